"""How much of a figure's variance each input explains: Sobol indices, by SALib."""

from collections.abc import Sequence
from typing import Any

from planner.errors import UsageError
from planner.records import dataclass
from planner.sweep.ranges import Range
from planner.sweep.sampling import texts

CONFIDENCE = 0.95
"""Of the intervals, by resampling the points."""


@dataclass(frozen=True, slots=True)
class Index:
    """Shares of a figure's variance, of one input.

    Attributes:
        path: The input.
        first: What it explains alone.
        first_within: Half the width of the interval around it.
        total: What it explains alone and together with others.
        total_within: Half the width of the interval around it.
    """

    path: str
    first: float
    first_within: float
    total: float
    total_within: float


def check_sobol(count: int) -> None:
    """Refuse a number of points that Sobol's sequence is not balanced for.

    Raises:
        UsageError: It is no power of two, or SALib is not installed.
    """
    _salib("sample")
    if count < 2 or count & (count - 1):  # noqa: PLR2004 - the least power of two
        power = 1 << max(1, (count - 1).bit_length())
        msg = f"--sobol {count} is no power of two; write e.g. {power}"
        raise UsageError(msg)


def index_points(
    ranges: Sequence[Range], count: int, seed: int
) -> list[tuple[str, ...]]:
    """Return the points at which the figures have to be known.

    Each input is drawn from its distribution, as if independent of the others.

    Args:
        ranges: The inputs.
        count: Of base points, a power of two; count·(inputs + 2) points are returned.
        seed: Of the spread.

    Raises:
        UsageError: SALib is not installed.
    """
    sobol = _salib("sample")
    problem = _problem(ranges)
    drawn = sobol.sample(problem, count, calc_second_order=False, seed=seed)
    known = [each.known for each in ranges]
    return [texts(known, point) for point in drawn.tolist()]


def indices_of(
    ranges: Sequence[Range], figures: Sequence[float], seed: int
) -> tuple[Index, ...]:
    """Return the indices of every input, in order; all 0 for a figure that stays.

    Args:
        ranges: The inputs.
        figures: The figure at every point of ``index_points``.
        seed: Of the resampling behind the intervals.

    Raises:
        UsageError: SALib is not installed.
    """
    import numpy as np  # noqa: PLC0415  # not every command draws

    sobol = _salib("analyze")
    if min(figures) == max(figures):
        return tuple(Index(each.path, 0.0, 0.0, 0.0, 0.0) for each in ranges)
    found = sobol.analyze(
        _problem(ranges),
        np.asarray(figures),
        calc_second_order=False,
        conf_level=CONFIDENCE,
        seed=seed,
    )
    keys = ("S1", "S1_conf", "ST", "ST_conf")
    rows = zip(*(found[key].tolist() for key in keys), strict=True)
    return tuple(
        Index(each.path, *(round(number, 6) for number in row))
        for each, row in zip(ranges, rows, strict=True)
    )


def _problem(ranges: Sequence[Range]) -> dict[str, Any]:
    """Return the unit cube as SALib describes it."""
    return {
        "num_vars": len(ranges),
        "names": [each.path for each in ranges],
        "bounds": [[0.0, 1.0]] * len(ranges),
    }


def _salib(part: str) -> Any:
    """Return SALib's module of a step.

    Raises:
        UsageError: It is not installed.
    """
    try:
        if part == "sample":
            from SALib.sample import sobol  # noqa: PLC0415  # an extra, and heavy

            return sobol
        from SALib.analyze import sobol as analysis  # noqa: PLC0415  # as above
    except ImportError:
        msg = "--sobol needs SALib; pip install 'fleet-planner[sensitivity]'"
        raise UsageError(msg) from None
    return analysis
