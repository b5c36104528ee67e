"""What explaining costs beside solving: prices, and a scenario without a plan."""

import time
from collections.abc import Callable
from pathlib import Path

from planner.api import solve_whole
from planner.explain.certificate import certificate_of
from planner.explain.prices import prices_of
from planner.pipeline import run
from planner.solvers.highs import Live
from planner.solvers.solve import solve_program
from planner.specs.load import load_scenario
from tests.benchmarks.rounds import Clock, Result, interleaved

ROOT = Path(__file__).resolve().parents[2]
PRICED = ROOT / "scenarios" / "meta_2026.yaml"
IMPOSSIBLE = ROOT / "scenarios" / "impossible_deadline.yaml"


def results(rounds: int) -> list[Result]:
    """Return what prices add to a solve, and an explanation to a failed one."""
    solved = run(load_scenario(PRICED))
    live = Live()
    live.load(solved.solution.handed_over)
    live.run()

    def priced() -> None:
        live.ranges()
        prices_of(solved.program, solved.solution)
        certificate_of(solved.solution.handed_over, solved.solution)

    parts = [
        _clock(priced),
        _clock(lambda: solve_program(solved.program)),
        _clock(lambda: solve_whole(load_scenario(IMPOSSIBLE))),
        _clock(lambda: run(load_scenario(IMPOSSIBLE))),
    ]
    prices, solve, explained, alone = interleaved(parts, rounds)
    return [
        Result(
            "meta_2026 ranging, prices, certificate / solve", prices, solve, "<= 0.3"
        ),
        Result("impossible_deadline explained / solved", explained, alone, "<= 20"),
    ]


def _clock(work: Callable[[], object]) -> Clock:
    """Return a clock of ``work``."""

    def seconds() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return seconds
