"""Five hundred alternatives of quickstart as one two-stage program."""

import time
from pathlib import Path

from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from planner.sweep.alternatives import sampled
from planner.sweep.criterion import criterion_of
from planner.sweep.robust import robust_plan
from tests.benchmarks.rounds import Clock, Result, interleaved

ROOT = Path(__file__).resolve().parents[2]
ALTERNATIVES = 500
CRITERIA = ("expected", "cvar:0.9", "regret")
MOST = 3
"""Rounds: each takes the time of hundreds of programs."""


def results(rounds: int) -> list[Result]:
    """Return the CPU time from the loaded scenario to the printed figures.

    Every alternative is read, built and solved alone, too.
    """
    scenario = load_scenario(ROOT / "scenarios" / "quickstart.yaml")
    points = [
        (
            f"workloads.assistant.demand.2026Q1={demand} request/s",
            f"accelerators.b200.price.system={price} USD",
        )
        for demand, price in zip(
            _spread(14000, 17500), _spread(35000, 50000, 7), strict=True
        )
    ]
    clocks = [_clock(scenario, points, criterion) for criterion in CRITERIA]
    times = interleaved(clocks, min(rounds, MOST))
    title = f"quickstart, {ALTERNATIVES} alternatives as one program"
    return [
        Result(f"{title}: {criterion}", found, [], "<= 60 s")
        for criterion, found in zip(CRITERIA, times, strict=True)
    ]


def _spread(low: float, high: float, step: int = 1) -> list[float]:
    """Return numbers evenly between two, every so many of them next to each other."""
    places = [number * step % ALTERNATIVES for number in range(ALTERNATIVES)]
    return [low + (high - low) * place / (ALTERNATIVES - 1) for place in places]


def _clock(scenario: Scenario, points: list[tuple[str, ...]], criterion: str) -> Clock:
    def work() -> float:
        began = time.process_time()
        found = robust_plan(
            scenario, sampled(scenario, points), criterion_of(criterion)
        )
        spent = time.process_time() - began
        assert found.certificate.verified
        return spent

    return work
