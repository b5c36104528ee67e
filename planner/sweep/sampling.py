"""Points drawn from the distributions that a scenario declares."""

import math
from collections.abc import Sequence
from typing import Any

from planner.errors import InputError, Problem, UsageError
from planner.specs.correlation import lower_triangle
from planner.specs.distribution import Distribution, distributions_of
from planner.specs.rehearsal import rehearse_draws
from planner.specs.scenario import Scenario

_EDGE = 1e-12
"""Distance that shares keep from 0 and 1, where a score would be infinite."""


def samples(scenario: Scenario, count: int) -> list[tuple[str, ...]]:
    """Return so many points from the scenario's ``uncertainty``.

    The same scenario, count and versions of NumPy and SciPy give the same points:
    numbers are rounded to 12 digits.

    Args:
        scenario: With ``uncertainty``.
        count: Of points, at least 1.

    Returns:
        For each point one ``path=value unit`` text for every uncertain input, in
        their order, as ``--set`` takes them.

    Raises:
        InputError: It declares nothing uncertain, or a draw would be refused.
        UsageError: SciPy is not installed.
    """
    stated = scenario.spec.uncertainty
    if stated is None:
        message = "declares nothing uncertain, so there is nothing to draw from"
        expected = "write 'uncertainty: …', see 'planner guide uncertainty'"
        raise InputError([Problem(scenario.path, 0, 0, "", message, expected)])
    rehearse_draws(scenario)
    known = distributions_of(scenario)
    points = shares(stated.sampling, len(known), count, stated.seed)
    if stated.correlation is not None:
        points = correlated(points, stated.correlation)
    return [texts(known, point) for point in points]


def texts(known: Sequence[Distribution], point: Sequence[float]) -> tuple[str, ...]:
    """Return the ``--set`` texts of one point.

    Args:
        known: The distributions.
        point: Share of its draws that each value is not exceeded by, 0 to 1.
    """
    pairs = zip(known, point, strict=True)
    return tuple(each.where.text(each.quantile(share)) for each, share in pairs)


def shares(sampling: str, width: int, count: int, seed: int) -> list[list[float]]:
    """Return points spread evenly over the unit cube.

    Args:
        sampling: ``latin_hypercube``, or ``sobol`` (scrambled).
        width: Of the cube: how many numbers a point has.
        count: Of points.
        seed: Of the spread.

    Raises:
        UsageError: SciPy is not installed.
    """
    qmc = _qmc()
    if sampling == "sobol":
        # A power of two at a time, as the sequence is balanced then.
        power = math.ceil(math.log2(count))
        drawn = qmc.Sobol(width, scramble=True, rng=seed).random_base2(power)[:count]
    else:
        drawn = qmc.LatinHypercube(width, rng=seed).random(count)
    found: list[list[float]] = drawn.tolist()
    return found


def correlated(
    points: Sequence[Sequence[float]], rows: Sequence[Sequence[float]]
) -> list[list[float]]:
    """Return points whose normal scores have a correlation: a Gaussian copula.

    Args:
        points: Independent shares.
        rows: The correlation, positive semidefinite.
    """
    from statistics import NormalDist  # noqa: PLC0415  # not every command draws

    normal, factor = NormalDist(), lower_triangle(rows) or []
    found = []
    for point in points:
        scores = [normal.inv_cdf(min(max(u, _EDGE), 1 - _EDGE)) for u in point]
        mixed = (
            sum(weight * score for weight, score in zip(line, scores, strict=True))
            for line in factor
        )
        found.append([normal.cdf(score) for score in mixed])
    return found


def _qmc() -> Any:
    try:
        from scipy.stats import qmc  # noqa: PLC0415  # an extra, and heavy
    except ImportError:
        msg = "samples need scipy; pip install 'fleet-planner[sensitivity]'"
        raise UsageError(msg) from None
    return qmc
