"""Prices where several objectives come in turn: one dual for each of them.

What one more unit of a limit gains is decided by the first objective that it changes:
so many shares of a tier; what it does to the cost after that stands beside it.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.economics.money import USD_PER_MUSD
from planner.formulation.build import Program
from planner.plan.findings import PriceRow
from planner.solvers.solution import Solution
from planner.solvers.tie_break import THRESHOLDS

USD = "USD"

PriceKey = tuple[str, str, str, bool]
"""Constraint, scope, period, and whether it is a commitment."""
PricesAt = Callable[[Program, Solution], dict[PriceKey, PriceRow]]


def stage_prices(
    program: Program, solution: Solution, prices_at: PricesAt
) -> tuple[PriceRow, ...]:
    """Return the prices by the first objective that each limit changes.

    Args:
        program: What was solved, with its stages.
        solution: Its optimum, with the solutions of the stages.
        prices_at: Returns the prices by the duals of one solution, in $.
    """
    tables = []
    for number, solved in enumerate((*solution.stages, solution)):
        factor, word = _measure(program, number)
        # Below this a dual does not hold its row tight either: it is rounding.
        duals = np.where(np.abs(solved.duals) > THRESHOLDS[0], solved.duals, 0.0)
        found = prices_at(
            replace(program, cost_factor=factor), replace(solved, duals=duals)
        )
        tables.append({key: _in(word, row) for key, row in found.items()})
    rows = []
    for key in tables[-1]:
        vector = [table[key] for table in tables]
        first = next((row for row in vector if row.value != 0), None)
        if first is not None:
            rows.append(replace(first, stages=tuple(row.value + 0.0 for row in vector)))
    return tuple(rows)


def _measure(program: Program, number: int) -> tuple[float, str]:
    """Return what an objective was multiplied by, per 1e-6 of its unit, and that."""
    if number == len(program.stages):
        return program.cost_factor, USD
    stage = program.stages[number]
    return stage.factor * USD_PER_MUSD, f"tier {stage.priority} share"


def _in(word: str, row: PriceRow) -> PriceRow:
    return replace(row, unit=f"{word}{row.unit.removeprefix(USD)}")


def stage_of(row: PriceRow) -> int:
    """Return the place of the objective that a price is measured in; 0: the only."""
    if not row.stages:
        return 0
    return next(n for n, value in enumerate(row.stages) if value != 0)
