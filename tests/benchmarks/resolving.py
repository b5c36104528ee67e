"""A thousand budgets: on a live program, on bare HiGHS, and rebuilt with PuLP."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pulp

from planner.explain.along import optima_along, track
from planner.formulation.arrays import Arrays
from planner.pipeline import program_of
from planner.plan.assemble import objective_usd
from planner.solvers.alike import Line
from planner.solvers.solution import Optimum
from planner.specs.inputs import input_at
from planner.specs.load import load_scenario, reload
from planner.specs.scenario import Scenario
from tests.benchmarks.peers.loaded import passed
from tests.benchmarks.rounds import Clock, Result, interleaved

ROOT = Path(__file__).resolve().parents[2]
BUDGET = "budgets.capex.2026"
BUDGETS = 1000
AGREEMENT = 1e-9
CASES = (("quickstart", 10, 11), ("hyperion_build_out", 5, 11), ("meta_2026", 1, 3))
"""Scenario, how many of its budgets are rebuilt (the rest by proportion), and the
most rounds."""


def results(rounds: int) -> list[Result]:
    """Return the results of every scenario."""
    found = []
    for name, rebuilt, most in CASES:
        scenario = load_scenario(ROOT / "scenarios" / f"{name}.yaml")
        found += _results(name, scenario, rebuilt, min(rounds, most))
    return found


def _results(name: str, scenario: Scenario, rebuilt: int, rounds: int) -> list[Result]:
    where = input_at(scenario, BUDGET)
    values = np.linspace(0.5, 1.5, BUDGETS) * where.value
    found = track(scenario, where, values[0], values[-1])
    assert found is not None, f"{BUDGET} of {name} is more than a right side"
    line, shares = found.line, [found.share(value) for value in values.tolist()]
    arrays, bounds = found.program.arrays, [line.sides(share) for share in shares]
    _check(scenario, values.tolist())
    some = np.linspace(0, BUDGETS - 1, rebuilt, dtype=int).tolist()
    few = [_moved(arrays, line, *bounds[number]) for number in some]
    columns = found.program.column_names
    assert _agree([_by_pulp(each, columns) for each in few], line, some, shares)
    parts: list[Clock] = [
        _clock(lambda: [line.optimum(share) for share in shares]),
        _bare(arrays, line.rows, bounds),
        _clock(lambda: [_by_pulp(each, columns) for each in few], BUDGETS / rebuilt),
        _clock(lambda: optima_along(scenario, BUDGET, values.tolist())),
    ]
    live, bare, pulps, whole = interleaved(parts, rounds)
    title = f"{name}, {BUDGETS:,} budgets, {arrays.columns:,} columns"
    return [
        Result(f"{title}: live / bare HiGHS live", live, bare, "<= 1.25"),
        Result(f"  rebuilt with PuLP ({rebuilt} timed) / live", pulps, live, ">= 80"),
        Result("  the same from the scenario / bare HiGHS", whole, bare),
    ]


def _check(scenario: Scenario, values: list[float]) -> None:
    """See that a live optimum is that of the program built anew."""
    where = input_at(scenario, BUDGET)
    found = optima_along(scenario, BUDGET, values)
    for point in (found[0], found[BUDGETS // 3], found[-1]):
        changed = reload(scenario, (where.text(point.value),))
        program = program_of(changed)
        model = passed(program.arrays)
        model.run()
        objective = model.getInfo().objective_function_value
        usd = objective_usd(program, Optimum("optimal", objective), changed)
        assert point.objective_usd is not None
        assert abs(usd - point.objective_usd) <= AGREEMENT * abs(usd)


def _agree(
    objectives: Sequence[float], line: Line, some: Sequence[int], shares: list[float]
) -> bool:
    """Return whether PuLP and the live program reach the same optima."""
    ours = [line.optimum(shares[number]).objective for number in some]
    return bool(np.allclose(objectives, ours, rtol=AGREEMENT))


def _bare(arrays: Arrays, rows: Any, bounds: Sequence[Any]) -> Clock:
    """Return a clock of the same with highspy and nothing else."""
    model = passed(arrays)
    moves = [
        list(zip(rows.tolist(), low.tolist(), high.tolist(), strict=True))
        for low, high in bounds
    ]

    def work() -> None:
        for sides in moves:
            for row, low, high in sides:
                model.changeRowBounds(row, low, high)
            model.run()
            assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
            _ = model.getInfo().objective_function_value

    return _clock(work)


def _moved(arrays: Arrays, line: Line, low: Any, high: Any) -> Arrays:
    """Return the program with other right sides."""
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    lower[line.rows], upper[line.rows] = low, high
    return arrays.with_bounds(arrays.cost, (arrays.lower, arrays.upper), (lower, upper))


def _by_pulp(arrays: Arrays, columns: Sequence[str]) -> float:
    """Return the optimum of a program made and solved as PuLP's manual shows."""
    problem = pulp.LpProblem("fleet", pulp.LpMinimize)
    x = problem.add_variable_dicts("x", columns, lowBound=0)
    names, start = list(columns), arrays.start.tolist()
    for number, upper in enumerate(arrays.upper.tolist()):
        if np.isfinite(upper):
            x[names[number]].upBound = upper
    problem += pulp.lpSum(
        cost * x[name] for name, cost in zip(names, arrays.cost.tolist(), strict=True)
    )
    index, value = arrays.index.tolist(), arrays.value.tolist()
    limits = zip(arrays.row_lower.tolist(), arrays.row_upper.tolist(), strict=True)
    for row, (low, high) in enumerate(limits):
        terms = range(start[row], start[row + 1])
        used = pulp.lpSum(value[k] * x[names[index[k]]] for k in terms)
        if low == high:
            problem += used == low
        elif np.isfinite(high):
            problem += used <= high
        else:
            problem += used >= low
    problem.solve(pulp.HiGHS(msg=False))
    return float(pulp.value(problem.objective))


def _clock(work: Callable[[], object], times: float = 1.0) -> Clock:
    """Return a clock of ``work``, which stands for so many times as much."""

    def seconds() -> float:
        began = time.process_time()
        work()
        return (time.process_time() - began) * times

    return seconds
