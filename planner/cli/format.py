"""Numbers as a terminal shows them."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from planner.numerals import (
    change,
    count,
    digits,
    money,
    percent,
    power,
    runs_of,
    scaled,
    scaled_range,
)

__all__ = [
    "bar",
    "change",
    "count",
    "digits",
    "money",
    "percent",
    "power",
    "runs_of",
    "scaled",
    "scaled_range",
    "trend",
]
_BAR = 8
_LEVELS = "▁▂▃▄▅▆▇█"
_MOST_SIGNS = 24
"""Periods that a trend shows one by one; of more, several share a sign."""
_ALL = 0.999999
"""Share from which a sign is as high as it can be."""


def bar(fraction: float | None, *, plain: bool) -> str:
    """Return a bar of eight signs, of ASCII alone where ``plain``."""
    halves = 0 if fraction is None else int(fraction * 2 * _BAR + 1e-6)
    halves = min(2 * _BAR, max(0, halves))
    if plain:
        return "#" * (halves // 2) + "." * (_BAR - halves // 2)
    drawn = "█" * (halves // 2) + "▌" * (halves % 2)
    return drawn + "░" * (_BAR - len(drawn))


def trend(
    shares: Sequence[float], of_several: Callable[[Sequence[float]], float] = max
) -> str:
    """Return shares over time, a sign each; nothing for a single one.

    Args:
        shares: From 0 to 1; the lowest sign is nothing, the highest all.
        of_several: What stands for several periods that share a sign.
    """
    if len(shares) < 2:  # noqa: PLR2004 - one has no course
        return ""
    signs = min(len(shares), _MOST_SIGNS)
    ends = [number * len(shares) // signs for number in range(signs + 1)]
    levels = [of_several(shares[first:last]) for first, last in pairwise(ends)]
    return "".join(map(_level, levels))


def _level(share: float) -> str:
    between = _LEVELS[1:-1]
    if share >= _ALL:
        return _LEVELS[-1]
    return between[int(share * len(between))] if share > 1 - _ALL else _LEVELS[0]
