"""From numbers to a PuLP problem: columns, objective, constraints, scaling."""

import gc
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import pulp

from planner.errors import PlannerError
from planner.formulation.coefficients import Coefficients
from planner.formulation.constraints import CONSTRAINTS
from planner.formulation.objective import net_cost
from planner.formulation.pulp_versions import add_row, set_objective
from planner.formulation.rows import Pair, Row
from planner.formulation.variables import Variables, variables

LEAST_COEFFICIENT = 1e-5
MOST_COEFFICIENT = 1e6
LARGEST_COST = 100.0


class ScalingError(PlannerError):
    """A coefficient is too large or too small beside its row's others.

    Attributes:
        row: The row in question.
    """

    exit_code = 2

    def __init__(self, row: Row, message: str) -> None:
        """Keep the row; the message says what is wrong with it."""
        self.row = row
        super().__init__(message)


@dataclass(frozen=True)
class Program:
    """A linear program, and what its columns and rows stand for.

    Attributes:
        problem: The PuLP problem: minimise.
        c: Its numbers.
        v: Its columns by family.
        columns: All columns, in the program's order.
        rows: All rows, in the program's order, in the user's units.
        row_factors: What each row was multiplied by.
        cost_factor: What the objective was multiplied by.
    """

    problem: pulp.LpProblem
    c: Coefficients
    v: Variables
    columns: list[pulp.LpVariable]
    rows: list[Row]
    row_factors: list[float]
    cost_factor: float

    @cached_property
    def position(self) -> dict[tuple[str, tuple[object, ...]], int]:
        """Return the place of every column, keyed by family and key."""
        keys = ((f.name, key) for f in self.v.families() for key in f.columns)
        return {key: number for number, key in enumerate(keys)}

    @property
    def nonzeros(self) -> int:
        """Return the number of matrix coefficients."""
        return sum(len(row.pairs) for row in self.rows)


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from walking, ever again, what only grows."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@no_collection()
def build(c: Coefficients, name: str = "fleet") -> Program:
    """Return the program of the numbers ``c``.

    Raises:
        ScalingError: The numbers of a row lie too far apart to be solved.
    """
    problem = pulp.LpProblem(name, pulp.LpMinimize)
    v = variables(problem, c)
    costs = net_cost(c, v)
    cost_factor = _cost_factor(costs)
    set_objective(problem, [(column, cost * cost_factor) for column, cost in costs])
    rows: list[Row] = []
    factors: list[float] = []
    for constraint in CONSTRAINTS:
        for row in constraint(c, v):
            factor = _row_factor(row)
            add_row(problem, row, factor)
            rows.append(row)
            factors.append(factor)
    return Program(
        problem=problem,
        c=c,
        v=v,
        columns=[x for family in v.families() for x in family.columns.values()],
        rows=rows,
        row_factors=factors,
        cost_factor=cost_factor,
    )


def _cost_factor(costs: list[Pair]) -> float:
    """Return the factor that makes the largest cost ``LARGEST_COST``."""
    largest = max((abs(cost) for _, cost in costs), default=0.0)
    return LARGEST_COST / largest if largest > 0 else 1.0


def _row_factor(row: Row) -> float:
    """Return the power of two that brings a row's coefficients around 1.

    Raises:
        ScalingError: They lie too far apart.
    """
    sizes = [abs(coefficient) for _, coefficient in row.pairs if coefficient]
    if not sizes:
        return 1.0
    least, most = min(sizes), max(sizes)
    factor = 2.0 ** -round(math.log2(least * most) / 2)
    if least * factor < LEAST_COEFFICIENT or most * factor > MOST_COEFFICIENT:
        middle = sorted(sizes)[len(sizes) // 2]
        column, size = max(
            ((x, abs(k)) for x, k in row.pairs if k),
            key=lambda pair: abs(math.log(pair[1] / middle)),
        )
        msg = (
            f"{row.constraint} ({', '.join(row.index)}): {column.name} counts for "
            f"{size:.3g} where others count for {middle:.3g}; write a rate, demand, "
            "size or price of a plausible magnitude"
        )
        raise ScalingError(row, msg)
    return factor
