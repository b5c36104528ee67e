"""What a solver found, in the program's own terms."""

from dataclasses import dataclass
from typing import Literal

from planner.solvers.arrays import Floats

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
        iterations: Of that algorithm.
        seconds: CPU time of the solve.
        unique: Whether the tie-break made the plan the only one; None where
            it was not tried.
    """

    status: Status
    values: Floats
    reduced_costs: Floats
    row_values: Floats
    duals: Floats
    objective: float
    bound: float | None
    algorithm: str
    iterations: int
    seconds: float
    unique: bool | None = None
