"""What a solver found, in the program's own terms."""

from dataclasses import dataclass
from typing import Literal

from planner.errors import InternalError
from planner.formulation.arrays import Arrays, Floats

Ranges = tuple[Floats, Floats]
"""Least and most, keyed by row."""
Status = Literal["optimal", "infeasible", "time_limit", "failed"]


@dataclass(frozen=True)
class Solution:
    """The end of one solve.

    Attributes:
        status: How it ended; ``optimal`` is the solver's own proof.
        values: Keyed by column; meaningless unless ``optimal``.
        reduced_costs: d(objective)/d(column), keyed by column.
        row_values: Keyed by row.
        duals: d(objective)/d(right side), keyed by row.
        objective: Of the program as it was handed over.
        bound: Proven bound on the objective, or None.
        algorithm: What the solver ran.
        iterations: Of that algorithm; None where it does not say.
        seconds: CPU time of the solve.
        unique: Whether the tie-break made the plan the only one; None where
            it was not tried.
        ranges: Right sides between which each row's dual holds, keyed by row;
            None where the solver does not say.
        arrays: The program as it was handed over; of several objectives in turn
            that of the last, on the face of those before.
        stages: The solutions of the objectives before the last, in turn: the same
            values, their own duals.
    """

    status: Status
    values: Floats
    reduced_costs: Floats
    row_values: Floats
    duals: Floats
    objective: float
    bound: float | None
    algorithm: str
    iterations: int | None
    seconds: float
    unique: bool | None = None
    ranges: Ranges | None = None
    arrays: Arrays | None = None
    stages: tuple["Solution", ...] = ()

    @property
    def handed_over(self) -> Arrays:
        """Return the program as it was handed over.

        Raises:
            InternalError: It was not kept.
        """
        if self.arrays is None:
            msg = "the solver did not keep its program"
            raise InternalError(msg)
        return self.arrays
