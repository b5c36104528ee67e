"""Numbers as a terminal shows them."""

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
]
_BAR = 10


def bar(fraction: float | None, *, plain: bool) -> str:
    """Return a bar of ten signs, of ASCII alone where ``plain``."""
    full, empty = ("#", ".") if plain else ("█", "░")
    filled = 0 if fraction is None else min(_BAR, max(0, int(fraction * _BAR + 1e-6)))
    return full * filled + empty * (_BAR - filled)
