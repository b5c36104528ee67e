"""From numbers to a linear program: columns, objective, constraints, scaling."""

import gc
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import PlannerError
from planner.formulation.arrays import INFINITY, Arrays, Flags, Floats
from planner.formulation.assemble import flat
from planner.formulation.coefficients import Coefficients
from planner.formulation.constraints import CONSTRAINTS
from planner.formulation.objective import net_cost
from planner.formulation.rows import Block, Head, Pair, Row
from planner.formulation.stages import LARGEST, Stage, stages_of
from planner.formulation.variables import Variables, variables

if TYPE_CHECKING:
    import pulp

LEAST_COEFFICIENT = 1e-5
MOST_COEFFICIENT = 1e6


class ScalingError(PlannerError):
    """A coefficient is too large or too small beside its row's others.

    Attributes:
        row: The row in question.
    """

    exit_code = 2

    def __init__(self, row: Head, message: str) -> None:
        """Keep the row; the message says what is wrong with it."""
        self.row = row
        super().__init__(message)


@dataclass(frozen=True)
class Program:
    """A linear program, and what its columns and rows stand for.

    Attributes:
        name: What PuLP calls it.
        c: Its numbers.
        v: Its columns by family.
        parts: All rows, in the program's order, in the user's units.
        row_factors: What each row was multiplied by.
        cost_factor: What the objective was multiplied by.
        arrays: The program as a solver gets it: minimise, scaled.
        stages: Objectives that come before it, in turn.
    """

    name: str
    c: Coefficients
    v: Variables
    parts: list[Row | Block]
    row_factors: list[float]
    cost_factor: float
    arrays: Arrays
    stages: tuple[Stage, ...] = ()

    @property
    def problem(self) -> "pulp.LpProblem":
        """Return the same program as a PuLP problem, its columns and rows named.

        Made when it is first asked for: PuLP's objects cost several times what the
        rows and the arrays do. CBC, files and one's own rows need them.
        """
        return self._as_pulp[0]

    @property
    def columns(self) -> "list[pulp.LpVariable]":
        """Return the columns of ``problem``, in the program's order."""
        return self._as_pulp[1]

    @cached_property
    def _as_pulp(self) -> "tuple[pulp.LpProblem, list[pulp.LpVariable]]":
        from planner.formulation.pulp_versions import problem_of  # noqa: PLC0415

        rows = [row.name for row in self.rows]
        return problem_of(self.name, self.arrays, self.column_names, rows)

    @cached_property
    def rows(self) -> list[Head]:
        """Return what every row is about, in the program's order."""
        return [head for part in self.parts for head in part.heads()]

    def pairs(self, row: int) -> list[Pair]:
        """Return the terms of a row, in the user's units."""
        first, end = self.arrays.start[row : row + 2].tolist()
        values = self.arrays.value[first:end] / self.row_factors[row]
        columns = self.arrays.index[first:end]
        return list(zip(columns.tolist(), values.tolist(), strict=True))

    @cached_property
    def column_names(self) -> list[str]:
        """Return the name of every column, keyed by column."""
        return [name for f in self.v.families() for name in f.names()]

    @cached_property
    def position(self) -> dict[tuple[str, tuple[object, ...]], int]:
        """Return the place of every column, keyed by family and key."""
        return {
            (family.name, key): column
            for family in self.v.families()
            for key, column in family.columns.items()
        }

    @property
    def constant(self) -> float:
        """Return what no column decides of the objective, scaled as it is."""
        return self.c.leaving.sunk_musd * self.cost_factor

    @property
    def nonzeros(self) -> int:
        """Return the number of matrix coefficients."""
        return len(self.arrays.value)


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
    v = variables(c)
    parts = [part for constraint in CONSTRAINTS for part in constraint(c, v)]
    plain = flat(_costs(c, v), _upper(v), _whole(v), parts)
    cost_factor = _cost_factor(plain.cost)
    factors = _row_factors(plain)
    program = Program(
        name=name,
        c=c,
        v=v,
        parts=parts,
        row_factors=factors.tolist(),
        cost_factor=cost_factor,
        arrays=plain.scaled(cost_factor, factors),
        stages=stages_of(c, v),
    )
    _check_spread(program)
    return program


def _costs(c: Coefficients, v: Variables) -> Floats:
    """Return the present cost less value of every column [MUSD]."""
    columns, costs = net_cost(c, v)
    found = np.zeros(v.count)
    found[columns] += costs  # so that no zero is negative
    return found


def _upper(v: Variables) -> Floats:
    """Return the largest value of every column."""
    found = np.full(v.count, INFINITY)
    for family in v.families():
        if len(family.upper):
            found[family.first : family.first + family.count] = family.upper
    return found


def _whole(v: Variables) -> Flags:
    """Return which columns are whole numbers."""
    found = np.zeros(v.count, dtype=np.bool_)
    for family in v.families():
        if len(family.whole):
            found[family.first : family.first + family.count] = family.whole
    return found


def _cost_factor(costs: Floats) -> float:
    """Return the factor that makes the largest cost ``LARGEST``."""
    largest = float(np.max(np.abs(costs), initial=0.0))
    return LARGEST / largest if largest > 0 else 1.0


def _row_factors(arrays: Arrays) -> Floats:
    """Return the powers of two that bring each row's coefficients around 1."""
    least, most = _spread(arrays)
    product = least * most
    product[product == 0] = 1.0
    return np.ldexp(1.0, -np.rint(np.log2(product) / 2).astype(np.int32))


def _spread(arrays: Arrays) -> tuple[Floats, Floats]:
    """Return the least and the largest coefficient of each row; 0 where none is."""
    least, most = np.zeros(arrays.rows), np.zeros(arrays.rows)
    filled = np.flatnonzero(np.diff(arrays.start))
    first, sizes = arrays.start[filled], np.abs(arrays.value)
    if len(filled):
        most[filled] = np.maximum.reduceat(sizes, first)
        sizes[sizes == 0] = INFINITY
        least[filled] = np.minimum.reduceat(sizes, first)
    least[most == 0] = 0.0
    return least, most


def _check_spread(program: Program) -> None:
    """Refuse a row whose coefficients lie too far apart.

    Raises:
        ScalingError: Names the coefficient that is farthest from the others.
    """
    least, most = _spread(program.arrays)
    wide = (least > 0) & ((least < LEAST_COEFFICIENT) | (most > MOST_COEFFICIENT))
    if not wide.any():
        return
    number = int(np.argmax(wide))
    row, pairs = program.rows[number], program.pairs(number)
    sizes = sorted(abs(coefficient) for _, coefficient in pairs if coefficient)
    middle = sizes[len(sizes) // 2]
    column, size = max(
        ((x, abs(k)) for x, k in pairs if k),
        key=lambda pair: abs(math.log(pair[1] / middle)),
    )
    msg = (
        f"{row.constraint} ({', '.join(row.index)}): {program.column_names[column]} "
        f"counts for {size:.3g} where others count for {middle:.3g}; write a rate, "
        "demand, size or price of a plausible magnitude"
    )
    raise ScalingError(row, msg)
