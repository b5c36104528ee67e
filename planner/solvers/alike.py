"""Programs that differ little: loaded once, changed where they differ, solved hot."""

import numpy as np

from planner.formulation.arrays import Arrays, Floats, Ints
from planner.solvers.highs import Live
from planner.solvers.solution import Solution

_NONE = np.zeros(0, dtype=np.int32)


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
        if len(rows):
            low, high = arrays.row_lower[rows], arrays.row_upper[rows]
            model.changeRowsBounds(len(rows), rows, low, high)

    def solution(self) -> Solution:
        """Solve the program and return all of its solution."""
        return self.live.run()


def _differing(*pairs: tuple[Floats, Floats]) -> Ints:
    """Return the places at which any of two arrays differ."""
    apart = [one != other for one, other in pairs if one is not other]
    if not apart:
        return _NONE
    return np.flatnonzero(np.logical_or.reduce(apart)).astype(np.int32)
