"""Goodput against the figures published on Meta's clusters."""

import math
from dataclasses import replace

import pytest

from planner.performance.chips import Chip
from planner.performance.goodput import (
    daly_goodput,
    goodput,
    mttf_s,
    young_interval_s,
)

DAY_S = 86400.0
LLAMA_3 = Chip(
    name="h100",
    runs=frozenset({"llm_training"}),
    peak_flop_s={},
    node_accelerators=8,
    failures_per_node_s=3.79e-3 / DAY_S,
    restart_s=600,
    checkpoint_s=10,
)


def first_order_goodput(
    interval_s: float, checkpoint_s: float, restart_s: float, mttf: float
) -> float:
    """Return (1 - (R + τ/2)/M) / (1 + C/τ), good while (R + τ)/M is below 0.1.

    Source: Kokolis et al. (2024), expected effective training time ratio.
    """
    lost = (restart_s + interval_s / 2.0) / mttf
    return max(0.0, (1.0 - lost) / (1.0 + checkpoint_s / interval_s))


def test_llama_3_fails_every_three_hours() -> None:
    """419 unexpected interruptions in 54 days on 16,384 GPUs."""
    mttf_h = mttf_s(LLAMA_3.failures_per_node_s, 16384 / 8) / 3600

    assert mttf_h == pytest.approx(3.09, rel=0.005)


@pytest.mark.parametrize(
    ("checkpoint_s", "restart_s", "count", "expected"),
    [
        (10, 600, 16384, 0.908),
        (60, 600, 16384, 0.853),
        (60, 600, 98304, 0.554),
        (2, 120, 98304, 0.89),
    ],
)
def test_goodput_of_llama_3(
    checkpoint_s: float, restart_s: float, count: float, expected: float
) -> None:
    """Meta states above 90 %: checkpoints must be nearly asynchronous."""
    chip = replace(LLAMA_3, checkpoint_s=checkpoint_s, restart_s=restart_s)

    assert goodput(chip, count).share == pytest.approx(expected, abs=0.005)


def test_interval_is_youngs() -> None:
    """7.9 minutes at 16,384 GPUs and 10 s a checkpoint."""
    interval_s = goodput(LLAMA_3, 16384).interval_s

    assert interval_s is not None
    assert interval_s / 60 == pytest.approx(7.86, abs=0.05)


@pytest.mark.parametrize(
    ("count", "hours"), [(16384, 1.80), (131072, 0.225), (1024, 28.8)]
)
def test_research_cluster_projections(count: float, hours: float) -> None:
    """RSC-1: 6.5 per 1,000 node-days, the projections of Kokolis et al."""
    assert mttf_s(6.5e-3 / DAY_S, count / 8) / 3600 == pytest.approx(hours, rel=0.01)


def test_first_order_agrees_where_failures_are_rare() -> None:
    """The two forms differ by less than 0.001 at 512 GPUs, and by more at 98,304."""

    def gap(count: float) -> float:
        mttf = mttf_s(LLAMA_3.failures_per_node_s, count / 8)
        interval = young_interval_s(10, mttf)
        exact = daly_goodput(interval, 10, 600, mttf)
        return abs(exact - first_order_goodput(interval, 10, 600, mttf))

    assert gap(512) < 1e-3
    assert gap(98304) > 1e-2


def test_without_failures_nothing_is_lost() -> None:
    """No failure rate: goodput 1, and no checkpoints to time."""
    assert goodput(replace(LLAMA_3, failures_per_node_s=0.0), 16384) == (1.0, None)


def test_free_checkpoints_lose_only_restarts() -> None:
    """The limit for C = 0 is e^(-R/M)."""
    mttf = mttf_s(LLAMA_3.failures_per_node_s, 2048)

    share = goodput(replace(LLAMA_3, checkpoint_s=0.0), 16384).share

    assert share == pytest.approx(math.exp(-600 / mttf))


def test_youngs_interval_is_nearly_best() -> None:
    """No interval gains more than 0.1 % over Young's at Llama 3's size."""
    mttf = mttf_s(LLAMA_3.failures_per_node_s, 2048)
    best = max(daly_goodput(tau, 10, 600, mttf) for tau in range(60, 3600))

    assert goodput(LLAMA_3, 16384).share > best - 1e-3


def test_more_accelerators_never_help_goodput() -> None:
    """It falls with size, down to 0 without overflow."""
    shares = [goodput(LLAMA_3, 10.0**power).share for power in range(1, 12)]

    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == 0.0
