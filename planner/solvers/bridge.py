"""HiGHS as a PuLP solver: for a problem that is PuLP's, or has become one's own."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pulp

from planner.formulation.arrays import INFINITY, Arrays, Floats
from planner.formulation.build import no_collection
from planner.formulation.pulp_versions import (
    finish,
    objective_terms,
    positions,
    row_terms,
)
from planner.solvers.highs import Live
from planner.solvers.solution import Solution

WHOLE = "Integer"
"""PuLP's word for a column of whole numbers, 0 and 1 among them."""


class Highs(pulp.LpSolver):  # type: ignore[misc]  # PuLP 3.3 is untyped
    """Solves a PuLP problem with HiGHS and keeps the model for re-solves.

    Attributes:
        arrays: What was handed over.
        solution: How the solve ended.
    """

    name = "HIGHS_BULK"

    def __init__(
        self, columns: Sequence[pulp.LpVariable], time_limit: float | None = None
    ) -> None:
        """Keep the columns' order and the limit in seconds (None: none)."""
        super().__init__(msg=False, timeLimit=time_limit)
        self.columns = columns
        self.live = Live(time_limit)
        self.arrays: Arrays
        self.solution: Solution

    def available(self) -> bool:
        """Return whether the solver can run: highspy is a dependency."""
        return True

    def actualSolve(self, lp: pulp.LpProblem, **_: Any) -> Any:  # noqa: N802  # PuLP's name
        """Solve ``lp`` and write the result back to its columns and rows."""
        self.arrays = arrays_of(lp, self.columns)
        self.live.load(self.arrays, whole=True)
        self.solution = self.live.run()
        optimal = self.solution.status == "optimal"
        if optimal:
            for column, value, dj in zip(
                self.columns,
                self.solution.values.tolist(),
                self.solution.reduced_costs.tolist(),
                strict=True,
            ):
                column.varValue = value
                column.dj = dj
            for row, dual in zip(
                lp.constraints(), self.solution.duals.tolist(), strict=True
            ):
                row.pi = dual
        infeasible = self.solution.status == "infeasible"
        return finish(self, lp, optimal=optimal, infeasible=infeasible)


@no_collection()
def arrays_of(problem: pulp.LpProblem, columns: Sequence[pulp.LpVariable]) -> Arrays:
    """Return the arrays of a problem, its columns in the given order."""
    position = positions(columns)
    rows = problem.constraints()
    lengths, index, value = row_terms(rows, position)
    start = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(lengths, out=start[1:])
    terms = int(start[-1])
    cost = np.zeros(len(columns))
    for column, coefficient in objective_terms(problem, position):
        cost[column] = coefficient
    right = np.fromiter((-row.constant for row in rows), np.float64, len(rows))
    sense = np.fromiter((row.sense for row in rows), np.int32, len(rows))
    return Arrays(
        cost=cost,
        lower=_bounds([x.lowBound for x in columns], -INFINITY),
        upper=_bounds([x.upBound for x in columns], INFINITY),
        row_lower=np.where(sense == pulp.LpConstraintLE, -INFINITY, right),
        row_upper=np.where(sense == pulp.LpConstraintGE, INFINITY, right),
        start=start,
        index=np.fromiter(index, np.int32, terms),
        value=np.fromiter(value, np.float64, terms),
        whole=np.fromiter((x.cat == WHOLE for x in columns), np.bool_, len(columns)),
    )


def _bounds(values: list[float | None], missing: float) -> Floats:
    found = np.array(values, dtype=np.float64)  # None becomes not-a-number
    found[np.isnan(found)] = missing
    return found
