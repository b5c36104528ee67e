"""Programs that differ little: loaded once, changed where they differ, solved hot."""

import numpy as np

from planner.formulation.arrays import Arrays, Floats, Ints
from planner.solvers.highs import Live
from planner.solvers.solution import Optimum, Solution

ROUNDING = 1e-12
"""Relative distance of a right side from a straight line that rounding explains."""


class Alike:
    """A live program, and others like it, one after the other.

    A run begins at the last one's basis, so ask in an order in which neighbours
    differ little. Its columns are divided, whole or not.

    Attributes:
        arrays: The program that the next run solves.
    """

    def __init__(self, arrays: Arrays) -> None:
        """Load the first program.

        Raises:
            InternalError: HiGHS refuses it.
        """
        self.arrays = arrays
        self.live = Live()
        self.live.load(arrays)

    def admits(self, arrays: Arrays) -> bool:
        """Return whether a program has this very matrix, to the last digit."""
        return self.arrays.shares_matrix(arrays)

    def turn_to(self, arrays: Arrays) -> None:
        """Let the next run solve another program.

        One of this matrix is changed in place; one whose terms stand in the same
        places is loaded and begins at the last basis; any other begins anew.

        Raises:
            InternalError: HiGHS refuses it.
        """
        if self.admits(arrays):
            self._change_to(arrays)
        else:
            basis = self.live.basis() if self.arrays.shares_places(arrays) else None
            self.live.load(arrays)
            self.live.begin_at(basis)
        self.arrays = arrays

    def _change_to(self, arrays: Arrays) -> None:
        """Change what differs in the loaded program, of the same matrix."""
        old, model = self.arrays, self.live.model
        costly = _differing((old.cost, arrays.cost))
        if len(costly):
            model.changeColsCost(len(costly), costly, arrays.cost[costly])
        columns = _differing((old.lower, arrays.lower), (old.upper, arrays.upper))
        if len(columns):
            low, high = arrays.lower[columns], arrays.upper[columns]
            model.changeColsBounds(len(columns), columns, low, high)
        rows = _differing(
            (old.row_lower, arrays.row_lower), (old.row_upper, arrays.row_upper)
        )
        self.live.move_rows(rows, arrays.row_lower[rows], arrays.row_upper[rows])

    def optimum(self) -> Optimum:
        """Solve the program and return its objective alone."""
        return self.live.optimum()

    def solution(self) -> Solution:
        """Solve the program and return all of its solution."""
        return self.live.run()


class Line:
    """Programs whose right sides alone move, evenly, from one end to the other.

    Attributes:
        rows: Those that move.
    """

    def __init__(self, start: Arrays, end: Arrays) -> None:
        """Load the program of the start; the end differs in right sides alone."""
        self.alike = Alike(start)
        self.rows = _differing(
            (start.row_lower, end.row_lower), (start.row_upper, end.row_upper)
        )
        self._lower = _way(start.row_lower[self.rows], end.row_lower[self.rows])
        self._upper = _way(start.row_upper[self.rows], end.row_upper[self.rows])

    @classmethod
    def through(cls, start: Arrays, middle: Arrays, end: Arrays) -> "Line | None":
        """Return the line through three programs; None where they lie on none.

        Args:
            start: The program at 0.
            middle: That at 0.5.
            end: That at 1.
        """
        line = cls(start, end)
        for other in (middle, end):
            if not line.alike.admits(other) or _moved(start, other):
                return None
        low, high = line.sides(0.5)
        lower, upper = start.row_lower.copy(), start.row_upper.copy()
        lower[line.rows], upper[line.rows] = low, high
        even = _near(lower, middle.row_lower) and _near(upper, middle.row_upper)
        return line if even else None

    def sides(self, share: float) -> tuple[Floats, Floats]:
        """Return least and most of the rows that move, at a share of the way."""
        (low, lows), (high, highs) = self._lower, self._upper
        return low + share * lows, high + share * highs

    def optimum(self, share: float) -> Optimum:
        """Solve the program at a share of the way and return its objective alone."""
        self.alike.live.move_rows(self.rows, *self.sides(share))
        return self.alike.live.optimum()

    def solution(self, share: float) -> Solution:
        """Solve the program at a share of the way and return all of its solution."""
        self.alike.live.move_rows(self.rows, *self.sides(share))
        return self.alike.live.run()


def _differing(*pairs: tuple[Floats, Floats]) -> Ints:
    """Return the places at which any of two arrays differ."""
    apart = np.zeros(len(pairs[0][0]), dtype=np.bool_)
    for one, other in pairs:
        apart |= one != other
    return np.flatnonzero(apart).astype(np.int32)


def _moved(one: Arrays, other: Arrays) -> bool:
    """Return whether two programs differ in costs or columns' bounds."""
    same = (
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("cost", "lower", "upper", "whole")
    )
    return not all(same)


def _near(one: Floats, other: Floats) -> bool:
    """Return whether two arrays are the same up to rounding."""
    return bool(np.allclose(one, other, rtol=ROUNDING, atol=0.0))


def _way(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return where each right side starts, and how far it moves."""
    way = np.zeros(len(start))
    moves = start != end  # an infinite one does not
    way[moves] = end[moves] - start[moves]
    return start, way
