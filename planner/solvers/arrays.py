"""A PuLP problem as flat arrays: what a solver is handed, in one go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pulp
from numpy.typing import NDArray

from planner.formulation.build import no_collection
from planner.formulation.pulp_versions import objective_terms, positions, row_terms

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
INFINITY = float("inf")


@dataclass(frozen=True)
class Arrays:
    """Minimise cost·x, with row bounds on matrix·x and bounds on x.

    Attributes:
        cost: Keyed by column.
        lower: Keyed by column.
        upper: Keyed by column.
        row_lower: Keyed by row.
        row_upper: Keyed by row.
        start: First term of each row, and the number of terms at the end.
        index: Column of each term.
        value: Coefficient of each term.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    start: Ints
    index: Ints
    value: Floats

    @property
    def columns(self) -> int:
        """Return the number of columns."""
        return len(self.cost)

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return len(self.row_lower)

    def with_bounds(
        self, cost: Floats, columns: tuple[Floats, Floats], rows: tuple[Floats, Floats]
    ) -> "Arrays":
        """Return the same matrix with another objective and other bounds."""
        return replace(
            self,
            cost=cost,
            lower=columns[0],
            upper=columns[1],
            row_lower=rows[0],
            row_upper=rows[1],
        )


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
    )


def _bounds(values: list[float | None], missing: float) -> Floats:
    found = np.array(values, dtype=np.float64)  # None becomes not-a-number
    found[np.isnan(found)] = missing
    return found
