"""How every number of a program moves with some sliders: found, then checked.

A slider multiplies what it stands for by a factor x. Along one slider each number N
keeps to one of two short laws,

    N(x) = N(1) + b·(x − 1)        e.g. a limit, a cost
    N(x) = N(1) + b·(1/x − 1)      e.g. the share of a demand that one unit serves

and where several sliders move the same number either their moves add up, or their
factors N(x)/N(1) multiply. Programs where all sliders stand anywhere tell which, and
whether it is so.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from planner.formulation.arrays import Flags, Floats, Ints
from planner.records import dataclass

EXACT = 1e-9
"""Relative distance from a law that rounding explains."""
STILL = 1e-13
"""Relative change of a number below which it has not moved."""
Shape = Literal["line", "over"]


@dataclass(frozen=True, slots=True)
class Move:
    """Numbers that one slider moves by the same kind of law.

    Attributes:
        shape: ``line`` for b·(x − 1), ``over`` for b·(1/x − 1).
        places: On the line of numbers, in order.
        by: The b of each.
    """

    shape: Shape
    places: Ints
    by: Floats

    def at(self, x: float) -> Floats:
        """Return by how much each number moves at a factor."""
        return self.by * (x - 1 if self.shape == "line" else 1 / x - 1)


def moves_between(
    base: Floats, low: tuple[float, Floats], high: tuple[float, Floats]
) -> tuple[tuple[Move, ...], Ints]:
    """Return how numbers move along one slider, and the places that keep to no law.

    Args:
        base: Every number where the slider stands at 1.
        low: A factor below 1, and every number there.
        high: A factor above 1, likewise.
    """
    size = np.maximum(np.abs(low[1]), np.abs(high[1]))
    # What is infinite differs from itself by no number.
    with np.errstate(invalid="ignore"):
        moved = np.maximum(np.abs(low[1] - base), np.abs(high[1] - base)) > STILL * size
        moved |= np.isfinite(low[1]) != np.isfinite(base)
    left, found = np.flatnonzero(moved), []
    shapes: tuple[Shape, Shape] = ("line", "over")
    for shape in shapes:
        one, other = (x - 1 if shape == "line" else 1 / x - 1 for x, _ in (low, high))
        with np.errstate(invalid="ignore"):
            by = (high[1][left] - low[1][left]) / (other - one)
            miss = np.abs(low[1][left] - one * by - base[left])
            kept = miss <= EXACT / 10 * np.maximum(size[left], np.abs(base[left]))
        if kept.any():
            found.append(Move(shape, left[kept], by[kept]))
        left = left[~kept]
    return tuple(found), left


@dataclass(frozen=True, slots=True)
class Laws:
    """How all sliders move the numbers together.

    Attributes:
        base: Every number where all stand at 1.
        moves: Of each slider.
        product: Whether factors multiply in a place that several sliders move.
    """

    base: Floats
    moves: tuple[tuple[Move, ...], ...]
    product: Flags

    def at(self, factors: Sequence[float]) -> Floats:
        """Return every number where the sliders stand at some factors."""
        sums = self.base.copy()
        times = np.ones(len(self.base))
        for moves, x in zip(self.moves, factors, strict=True):
            for move in moves:
                by, product = move.at(x), self.product[move.places]
                added, scaled = move.places[~product], move.places[product]
                sums[added] += by[~product]
                times[scaled] *= 1 + by[product] / self.base[scaled]
        found: Floats = np.where(self.product, sums * times, sums)
        return found

    def misses(self, factors: Sequence[float], numbers: Floats) -> Ints:
        """Return the places where a program's own numbers are others."""
        expected = self.at(factors)
        same = expected == numbers  # infinite ones, too
        size = np.maximum(np.abs(expected), np.abs(numbers))
        with np.errstate(invalid="ignore"):
            same |= np.abs(expected - numbers) <= EXACT * size + self.noise()
        return np.flatnonzero(~same)

    def noise(self) -> Floats:
        """Return the rounding of each number that is left of moves that cancel."""
        size = np.where(np.isfinite(self.base), np.abs(self.base), 0.0)
        for moves in self.moves:
            for move in moves:
                size[move.places] += np.abs(move.by)
        return 1e-14 * size


def laws_of(
    base: Floats,
    moves: tuple[tuple[Move, ...], ...],
    factors: Sequence[float],
    numbers: Floats,
) -> tuple[Laws, Ints]:
    """Return the laws of sliders together, and the places that keep to none.

    Args:
        base: Every number where all sliders stand at 1.
        moves: Of each slider.
        factors: Where they stand in a program that tells how they combine.
        numbers: Every number of that program.
    """
    movers = np.zeros(len(base), dtype=np.int64)
    for each in moves:
        for move in each:
            movers[move.places] += 1
    several = movers > 1
    sums = Laws(base, moves, np.zeros(len(base), dtype=np.bool_))
    uneven = np.zeros(len(base), dtype=np.bool_)
    uneven[sums.misses(factors, numbers)] = True
    found = Laws(base, moves, uneven & several & (base != 0))
    return found, found.misses(factors, numbers)
