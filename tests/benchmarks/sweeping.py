"""Sweeps of a budget: one process after start-up, and two beside one (wall time).

Of the 5,000 budgets that the target names, 600 evenly apart: chunks are of 50 points,
so that more of them take longer, but not differently.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from planner.specs.load import load_scenario
from planner.sweep.division import Chunk
from planner.sweep.evaluate import Evaluator
from planner.sweep.points import points_of
from planner.sweep.sweep import Sweep
from planner.sweep.workers import Done, here, in_processes
from tests.benchmarks.rounds import Result, interleaved

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("quickstart", "budgets.capex.2026=20..60 MUSD in 1000")
LARGE = ("meta_2026", "budgets.capex.2026=40..80 GUSD in 600")
Where = Callable[[Evaluator, Sequence[Chunk]], Iterator[Done]]


def results(rounds: int) -> list[Result]:
    """Return the results of both sweeps; the large one is done once."""
    (small,) = interleaved([lambda: _seconds(*SMALL, here, time.process_time)], rounds)
    one, two = (
        _seconds(*LARGE, where, time.monotonic)
        for where in (_processes(1), _processes(2))
    )
    return [
        Result("quickstart, 1,000 budgets, one process", small, [], "<= 2 s"),
        Result(
            "meta_2026, 600 budgets: one process / two (wall)", [one], [two], ">= 1.6"
        ),
    ]


def _processes(count: int) -> Where:
    return lambda evaluator, chunks: in_processes(evaluator.job, chunks, count)


def _seconds(name: str, vary: str, where: Where, clock: Callable[[], float]) -> float:
    """Return how long a sweep takes once its scenario is loaded."""
    scenario = load_scenario(ROOT / "scenarios" / f"{name}.yaml")
    points = points_of(scenario, [vary], [], None).sets()
    evaluator = Evaluator(scenario)
    began = clock()
    sweep = Sweep(scenario, points, evaluator)
    for _ in sweep.run(where=where):
        pass
    took = clock() - began
    assert {outcome.status for outcome in sweep.ordered()} == {"optimal"}
    return took
