"""Everything that differs between PuLP 3.3 and PuLP 4, and nothing else."""

import os
import time
from collections.abc import Iterable, Sequence
from itertools import chain
from math import isinf
from typing import Any, Literal

import pulp

from planner.formulation.arrays import Arrays

PULP_4 = hasattr(pulp.LpAffineExpression, "from_list")

Ending = Literal["optimal", "infeasible", "stopped"]


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
    bounds = zip(arrays.lower.tolist(), arrays.upper.tolist(), strict=True)
    made = [
        problem.add_variable(
            column, _bound(low), _bound(high), "Integer" if whole else "Continuous"
        )
        for column, (low, high), whole in zip(
            columns, bounds, arrays.whole.tolist(), strict=True
        )
    ]
    costs = zip(made, arrays.cost.tolist(), strict=True)
    problem.setObjective(_expression([(x, cost) for x, cost in costs if cost]))
    terms = [
        (made[column], coefficient)
        for column, coefficient in zip(
            arrays.index.tolist(), arrays.value.tolist(), strict=True
        )
    ]
    start = arrays.start.tolist()
    limits = zip(arrays.row_lower.tolist(), arrays.row_upper.tolist(), strict=True)
    for number, (row, (low, high)) in enumerate(zip(rows, limits, strict=True)):
        _add_row(problem, row, terms[start[number] : start[number + 1]], low, high)
    return problem, made


def _add_row(
    problem: pulp.LpProblem,
    name: str,
    pairs: list[tuple[Any, float]],
    low: float,
    high: float,
) -> None:
    sense, right = pulp.LpConstraintEQ, low
    if low != high:
        sense = pulp.LpConstraintLE if isinf(low) else pulp.LpConstraintGE
        right = high if isinf(low) else low
    terms = _expression(pairs)
    if not PULP_4:
        problem.addConstraint(pulp.LpConstraint(terms, sense, name, right))
        return
    terms.constant = -right
    terms.sense = sense
    problem.addConstraint(terms, name)


def _expression(pairs: list[tuple[Any, float]]) -> Any:
    """Return Σ coefficient·column; every column at most once."""
    if PULP_4:
        return pulp.LpAffineExpression.from_list(pairs)
    return pulp.LpAffineExpression(pairs)


def _bound(value: float) -> float | None:
    return None if isinf(value) else value


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
