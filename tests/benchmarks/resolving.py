"""A thousand budgets: on a live program, on bare HiGHS, and rebuilt with PuLP."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import highspy
import numpy as np
import pulp

from planner.formulation.arrays import Arrays
from planner.formulation.build import Program
from planner.pipeline import program_of
from planner.solvers.alike import Alike
from planner.specs.inputs import input_at
from planner.specs.load import load_scenario, reload
from planner.specs.packed import Packed
from planner.specs.scenario import Scenario
from planner.sweep.evaluate import Evaluator
from planner.sweep.field import Way, field_of
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
    now = input_at(scenario, BUDGET)
    values = (np.linspace(0.5, 1.5, BUDGETS) * now.value).tolist()
    way = Way(now.path, now.unit, values[0], values[-1])
    template = ((BUDGET, way.text(0.5)),)
    field = field_of(Packed.of(scenario).unpacked(), template, (way,), None)
    assert field is not None, f"{BUDGET} of {name} is more than a right side"
    points = [(way.share(value),) for value in values]
    programs = [field.arrays(point) for point in points]
    _check(scenario, values, programs, field.middle)
    few = [programs[n] for n in np.linspace(0, BUDGETS - 1, rebuilt, dtype=int)]
    columns = field.middle.column_names
    _agree([_by_pulp(each, columns) for each in few], few)
    alike = Alike(programs[0])

    def live() -> None:
        for point in points:
            alike.turn_to(field.arrays(point))
            assert alike.live.optimum().status == "optimal"

    sets = [(now.text(value),) for value in values]
    parts: list[Clock] = [
        _clock(live),
        _bare(programs),
        _clock(lambda: [_by_pulp(each, columns) for each in few], BUDGETS / rebuilt),
        _clock(lambda: list(Evaluator(scenario).outcomes(sets))),
    ]
    times = interleaved(parts, rounds)
    again, bare, pulps, whole = times
    title = f"{name}, {BUDGETS:,} budgets, {len(columns):,} columns"
    return [
        Result(f"{title}: live / bare HiGHS live", again, bare, "<= 1.25"),
        Result(f"  rebuilt with PuLP ({rebuilt} timed) / live", pulps, again, ">= 80"),
        Result("  sweep, its ties broken and proven / bare HiGHS", whole, bare),
    ]


def _check(
    scenario: Scenario, values: list[float], programs: list[Arrays], middle: Program
) -> None:
    """See that an optimum of the field is that of the program built anew."""
    where = input_at(scenario, BUDGET)
    for number in (0, BUDGETS // 3, BUDGETS - 1):
        program = program_of(reload(scenario, (where.text(values[number]),)))
        anew = _optimum(program.arrays) / program.cost_factor
        moved = _optimum(programs[number]) / middle.cost_factor
        assert abs(anew - moved) <= AGREEMENT * abs(anew)


def _optimum(arrays: Arrays) -> float:
    model = passed(arrays)
    model.run()
    return float(model.getInfo().objective_function_value)


def _agree(objectives: Sequence[float], programs: Sequence[Arrays]) -> None:
    """See that PuLP and HiGHS reach the same optima."""
    ours = [_optimum(each) for each in programs]
    assert np.allclose(objectives, ours, rtol=AGREEMENT)


def _bare(programs: Sequence[Arrays]) -> Clock:
    """Return a clock of the same with highspy and nothing else, each change known."""
    model, last = passed(programs[0]), programs[0]
    moves = []
    for arrays in programs:
        low, high = arrays.row_lower, arrays.row_upper
        apart = (low != last.row_lower) | (high != last.row_upper)
        rows = np.flatnonzero(apart)
        sides = zip(low[rows].tolist(), high[rows].tolist(), strict=True)
        moves.append([(r, *s) for r, s in zip(rows.tolist(), sides, strict=True)])
        last = arrays
    # The first of the next round moves back from the last.
    moves[0] = [(r, *_sides(programs[0], r)) for r, _, _ in moves[-1]]

    def work() -> None:
        for sides in moves:
            for row, low, high in sides:
                model.changeRowBounds(row, low, high)
            model.run()
            assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
            _ = model.getInfo().objective_function_value

    return _clock(work)


def _sides(arrays: Arrays, row: int) -> tuple[float, float]:
    return float(arrays.row_lower[row]), float(arrays.row_upper[row])


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
