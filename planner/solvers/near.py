"""A program solved from the one before it, to the same plan as if solved alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.formulation.arrays import Arrays, Floats
from planner.solvers.solution import Solution

if TYPE_CHECKING:
    from planner.solvers.alike import Alike


class Neighbour:
    """The last program that was solved, and its choice among ties, both live.

    Its plans, objectives and statuses are those of a solve that begins anew. Its duals
    may be others where several are right, and it has no ranges of them: where prices
    are told, solve alone.
    """

    def __init__(self) -> None:
        """Begin with none; HiGHS is loaded with the first."""
        self._first: Alike | None = None
        self._second: Alike | None = None

    def solution(
        self, arrays: Arrays, weights: Callable[[], Floats]
    ) -> Solution | None:
        """Return the one optimum of a program, or that it has none.

        Args:
            arrays: The program; whole columns are divided.
            weights: Gives the secondary cost of every column, for the tie-break.

        Returns:
            ``optimal`` and ``unique``, or ``infeasible``; None where it ended
            otherwise, which to solve alone may not.

        Raises:
            InternalError: HiGHS refuses it.
        """
        from planner.solvers.alike import Alike  # noqa: PLC0415  # highspy
        from planner.solvers.tie_break import break_ties  # noqa: PLC0415  # seldom

        if self._first is None:
            self._first = Alike(arrays)
        self._first.turn_to(arrays)
        found = self._first.solution()
        if found.status != "optimal":
            return found if found.status == "infeasible" else None
        found = replace(found, arrays=arrays)
        best = break_ties(found, arrays, weights(), self._on_face)
        return best if best.unique else None

    def _on_face(self, face: Arrays) -> Solution:
        """Solve the choice among ties, the first from the optimum itself."""
        from planner.solvers.alike import Alike  # noqa: PLC0415  # highspy

        if self._second is None:
            self._second = Alike(face)
            if self._first is not None:
                self._second.live.begin_at(self._first.live.basis())
        self._second.turn_to(face)
        return self._second.solution()
