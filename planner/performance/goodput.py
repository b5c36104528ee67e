"""Share of a training job's time that failures and checkpoints leave.

Failures are taken as independent and memoryless: a job on n nodes fails at n times the
rate of one.  That is right for thousands of accelerators; measured jobs of about 1,000
fail some 3.7 times as often (software and users: Kokolis et al., 2024, on RSC-1).
"""

import math
from typing import NamedTuple

from planner.performance.chips import Chip

# exp() of more overflows a float; such a job never reaches its next checkpoint.
_LARGEST_EXPONENT = 700.0
_NEWTON_STEPS = 8
_FIRST_ORDER = 0.1
"""Restart and interval, over the time to failure, up to which first order holds."""


class Goodput(NamedTuple):
    """Outcome for a job.

    Attributes:
        share: Of the time, 0 to 1.
        interval_s: Between checkpoints; None where nothing fails.
    """

    share: float
    interval_s: float | None


def mttf_s(failures_per_node_s: float, nodes: float) -> float:
    """Return the mean time to failure of a job: M = 1 / (nodes · rate), in seconds."""
    rate = failures_per_node_s * nodes
    return 1.0 / rate if rate else math.inf


def young_interval_s(checkpoint_s: float, mttf: float) -> float:
    """Return Young's (1974) interval between checkpoints, √(2·C·M), in seconds."""
    return math.sqrt(2.0 * checkpoint_s * mttf)


def optimal_interval_s(checkpoint_s: float, mttf: float) -> float:
    """Return the interval that makes Daly's goodput largest, in seconds.

    Where its derivative vanishes, e^((τ + C)/M)·(1 - τ/M) = 1, found by Newton's method
    from Young's interval, which is its limit for C much below M.
    """
    share = checkpoint_s / mttf
    interval = min(young_interval_s(checkpoint_s, mttf) / mttf, 0.9)
    for _ in range(_NEWTON_STEPS):
        # x + C/M + log(1 - x) = 0 with x = τ/M; the slope is -x/(1 - x).
        if not interval:
            break
        excess = interval + share + math.log1p(-interval)
        step = excess * (1.0 - interval) / interval
        interval = min(interval + step, 0.5 + 0.5 * interval)
    return interval * mttf


def daly_goodput(
    interval_s: float, checkpoint_s: float, restart_s: float, mttf: float
) -> float:
    """Return τ / (M·e^(R/M)·(e^((τ + C)/M) - 1)), exact for memoryless failures.

    Source: Daly (2006).  The limit for τ → 0 and C = 0 is e^(-R/M).
    """
    segment = (interval_s + checkpoint_s) / mttf
    if segment + restart_s / mttf > _LARGEST_EXPONENT:
        return 0.0
    survived = math.exp(-restart_s / mttf)
    if not interval_s:
        return 0.0 if checkpoint_s else survived
    return survived * interval_s / (mttf * math.expm1(segment))


def goodput(chip: Chip, count: float) -> Goodput:
    """Return the goodput of a job on `count` accelerators and its interval.

    Checkpoints are written at Young's interval, or at the exact optimum where failures
    come so often that first order fails; the share is Daly's.
    """
    mttf = mttf_s(chip.failures_per_node_s, count / chip.node_accelerators)
    if math.isinf(mttf):
        return Goodput(1.0, None)
    interval = young_interval_s(chip.checkpoint_s, mttf)
    if interval + chip.restart_s > _FIRST_ORDER * mttf:
        interval = optimal_interval_s(chip.checkpoint_s, mttf)
    return Goodput(
        daly_goodput(interval, chip.checkpoint_s, chip.restart_s, mttf), interval
    )
