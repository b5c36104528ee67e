"""Everything that differs between PuLP 3.3 and PuLP 4, and nothing else."""

import os
import time
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Literal

import pulp

from planner.formulation.rows import Pair, Row

PULP_4 = hasattr(pulp.LpAffineExpression, "from_list")

Ending = Literal["optimal", "infeasible", "stopped"]

_SENSES = {
    "<=": pulp.LpConstraintLE,
    ">=": pulp.LpConstraintGE,
    "==": pulp.LpConstraintEQ,
}


def expression(pairs: list[Pair]) -> Any:
    """Return Σ coefficient·column; every column at most once."""
    if PULP_4:
        return pulp.LpAffineExpression.from_list(pairs)
    return pulp.LpAffineExpression(pairs)


def set_objective(problem: pulp.LpProblem, pairs: list[Pair]) -> None:
    """Make Σ coefficient·column what the problem minimises."""
    problem.setObjective(expression(pairs))


def add_row(problem: pulp.LpProblem, row: Row, factor: float) -> None:
    """Add ``row`` times ``factor`` to the problem, under its own name."""
    pairs = row.pairs
    if factor != 1:
        pairs = [(column, k * factor) for column, k in pairs]
    terms = expression(pairs)
    rhs = row.rhs * factor
    if not PULP_4:
        problem.addConstraint(
            pulp.LpConstraint(terms, _SENSES[row.sense], row.name, rhs)
        )
        return
    terms.constant = -rhs
    terms.sense = _SENSES[row.sense]
    problem.addConstraint(terms, row.name)


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
        return {"optimal": "optimal", "infeasible": "infeasible"}.get(word, "stopped")  # type: ignore[return-value]  # the words of Ending
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


def empty_problem(name: str, count: int) -> tuple[pulp.LpProblem, list[Any]]:
    """Return a problem with ``count`` free columns ``x0``, ``x1`` and so on."""
    problem = pulp.LpProblem(name, pulp.LpMinimize)
    return problem, [problem.add_variable(f"x{number}") for number in range(count)]
