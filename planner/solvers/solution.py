"""What a solver found, in the program's own terms."""

from dataclasses import dataclass
from typing import Literal

from planner.errors import InternalError
from planner.formulation.arrays import Arrays, Floats

Ranges = tuple[Floats, Floats]
"""Least and most, keyed by row."""
Status = Literal["optimal", "infeasible", "time_limit", "failed"]


@dataclass(frozen=True, slots=True)
class Optimum:
    """How a solve ended, without the plan.

    Attributes:
        status: As that of a solution.
        objective: Of the program as it was handed over; means nothing unless the
            status is ``optimal``.
    """

    status: Status
    objective: float


@dataclass(frozen=True)
class Solution:
    """The end of one solve.

    Attributes:
        status: How it ended; ``optimal`` is the solver's own proof.
        values: Keyed by column; meaningless unless ``found``.
        reduced_costs: d(objective)/d(column), keyed by column.
        row_values: Keyed by row.
        duals: d(objective)/d(right side), keyed by row.
        objective: Of the program as it was handed over.
        bound: Proven bound on the objective, or None.
        algorithm: What the solver ran.
        iterations: Of that algorithm; None where it does not say.
        seconds: CPU time of the solve.
        unique: Whether the tie-break made the plan the only one; None where
            it was not tried, or means nothing.
        ranges: Right sides between which each row's dual holds, keyed by row;
            None where the solver does not say.
        arrays: The program as it was handed over; of several objectives in turn
            that of the last, on the face of those before; of an integer program, the
            one with its whole columns fixed.
        stages: The solutions of the objectives before the last, in turn: the same
            values, their own duals.
        found: Whether the values are a plan, proven or not.
        divided: Objective of an integer program whose columns may be divided.
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
    found: bool = False
    divided: float | None = None

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
