"""Everything that differs between PuLP 3.3 and PuLP 4, and nothing else."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Literal

import numpy as np
import pulp

from planner.formulation.arrays import Arrays, Floats
from planner.formulation.build import no_collection

PULP_4 = hasattr(pulp.LpAffineExpression, "from_list")

Ending = Literal["optimal", "infeasible", "stopped"]


@no_collection()
def problem_of(
    name: str, arrays: Arrays, columns: Sequence[str], rows: Sequence[str]
) -> tuple[pulp.LpProblem, list[Any]]:
    """Return a program as a PuLP problem, and its columns in the arrays' order.

    Args:
        name: Of the problem.
        arrays: What is minimised, within which limits.
        columns: Name of every column.
        rows: Name of every row.
    """
    problem = pulp.LpProblem(name, pulp.LpMinimize)
    words = np.where(arrays.whole, "Integer", "Continuous").tolist()
    bounds = zip(_bounds(arrays.lower), _bounds(arrays.upper), words, strict=True)
    add = problem.add_variable
    made = [add(column, *of) for column, of in zip(columns, bounds, strict=True)]
    costs = zip(made, arrays.cost.tolist(), strict=True)
    problem.setObjective(_expression((x, cost) for x, cost in costs if cost))
    used = [made[column] for column in arrays.index.tolist()]
    values, start = arrays.value.tolist(), arrays.start.tolist()
    add_row = _adder(problem)
    for row, sense, right, first, end in zip(
        rows, *_sides(arrays), start, start[1:], strict=False
    ):
        terms = zip(used[first:end], values[first:end], strict=True)
        add_row(row, _expression(terms), sense, right)
    return problem, made


def _bounds(values: Floats) -> list[float | None]:
    """Return bounds as PuLP writes them, an infinite one as None."""
    infinite = np.isinf(values).tolist()
    pairs = zip(values.tolist(), infinite, strict=True)
    return [None if without else value for value, without in pairs]


def _sides(arrays: Arrays) -> tuple[list[int], list[float]]:
    """Return sense and right side of every row, each of which has one."""
    low, high = arrays.row_lower, arrays.row_upper
    most = np.isinf(low)
    sense = np.where(most, pulp.LpConstraintLE, pulp.LpConstraintGE)
    sense[low == high] = pulp.LpConstraintEQ
    return sense.tolist(), np.where(most, high, low).tolist()


def _adder(problem: pulp.LpProblem) -> Callable[[str, Any, int, float], None]:
    """Return what adds a row of a name, an expression, its sense and right side."""
    add, constraint = problem.addConstraint, pulp.LpConstraint

    def add_row(name: str, terms: Any, sense: int, right: float) -> None:
        add(constraint(terms, sense, name, right))

    def add_row_of_4(name: str, terms: Any, sense: int, right: float) -> None:
        terms.constant = -right
        terms.sense = sense
        add(terms, name)

    return add_row_of_4 if PULP_4 else add_row


def _expression(pairs: Iterable[tuple[Any, float]]) -> Any:
    """Return Σ coefficient·column; every column at most once."""
    if PULP_4:
        return pulp.LpAffineExpression.from_list(pairs)
    return pulp.LpAffineExpression(pairs)


def positions(columns: Sequence[pulp.LpVariable]) -> dict[int, int]:
    """Return each column's position by what identifies it inside a row."""
    if PULP_4:
        return {column.id: number for number, column in enumerate(columns)}
    return {id(column): number for number, column in enumerate(columns)}


def row_terms(
    rows: Sequence[Any], position: dict[int, int]
) -> tuple[list[int], Iterable[int], Iterable[float]]:
    """Return terms per row, and position and coefficient of every term."""
    if PULP_4:
        terms = [row.items() for row in rows]
        flat = list(chain.from_iterable(terms))
        return (
            [len(items) for items in terms],
            (position[column.id] for column, _ in flat),
            (coefficient for _, coefficient in flat),
        )
    expressions = [row.expr for row in rows]
    keys = chain.from_iterable(expressions)
    return (
        [len(terms) for terms in expressions],
        map(position.__getitem__, map(id, keys)),
        chain.from_iterable(terms.values() for terms in expressions),
    )


def objective_terms(
    problem: pulp.LpProblem, position: dict[int, int]
) -> list[tuple[int, float]]:
    """Return position and coefficient of every term of the objective."""
    items = problem.objective.items() if problem.objective is not None else ()
    if PULP_4:
        return [(position[x.id], k) for x, k in items if x.id in position]
    return [(position[id(x)], k) for x, k in items if id(x) in position]


def finish(
    solver: pulp.LpSolver,
    problem: pulp.LpProblem,
    *,
    optimal: bool,
    infeasible: bool,
) -> Any:
    """Return what ``actualSolve`` has to return, with an honest status."""
    if PULP_4:
        words = pulp.LpSolveStatus
        stopped = words.Infeasible if infeasible else words.NotSolved
        now = time.perf_counter(), time.process_time()
        status = words.Optimal if optimal else stopped
        return solver.buildStats(problem, status, optimal, start=now)
    status = pulp.LpStatusInfeasible if infeasible else pulp.LpStatusNotSolved
    solution = pulp.LpSolutionNoSolutionFound
    if optimal:
        status, solution = pulp.LpStatusOptimal, pulp.LpSolutionOptimal
    problem.assignStatus(status, solution)
    return status


def ended(problem: pulp.LpProblem, result: Any) -> Ending:
    """Return how a solve by one of PuLP's own solvers ended.

    ``problem.status`` of PuLP 3.3 says Optimal for a solve that a limit
    stopped; ``sol_status`` does not.
    """
    if PULP_4:
        word = str(getattr(result.status, "name", result.status)).lower()
        # A gap limit is the gap that was asked for, which is what optimal means here.
        known = {
            "optimal": "optimal",
            "gaplimit": "optimal",
            "infeasible": "infeasible",
        }
        return known.get(word, "stopped")  # type: ignore[return-value]  # the words of Ending
    if problem.sol_status == pulp.LpSolutionOptimal:
        return "optimal"
    infeasible = problem.status == pulp.LpStatusInfeasible
    return "infeasible" if infeasible else "stopped"


def bundled_cbc() -> str | None:
    """Return the path of the CBC inside PuLP, which PuLP 4 has no more."""
    if PULP_4:
        return None
    path = str(pulp.PULP_CBC_CMD.pulp_cbc_path)
    return path if os.access(path, os.X_OK) else None
