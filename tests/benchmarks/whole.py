"""How long an integer plan takes, beside the same plan in fractions."""

import time
from pathlib import Path

from planner.pipeline import run
from planner.specs.load import load_scenario
from tests.benchmarks.rounds import Clock, Result, interleaved

ROOT = Path(__file__).resolve().parents[2]
RACKS = ROOT / "scenarios" / "racks.yaml"
TOGETHER = (
    "single_site=false",
    "single_accelerator=false",
    "accelerators.minimum=null",
)
MOST_ROUNDS = 3
"""Each takes seconds."""


def results(rounds: int) -> list[Result]:
    """Return the time of ``racks`` to its gap of 0.5 %, and in fractions."""
    fractions = ["integer=false", "workloads.tuning.accelerators.minimum=null"]
    fractions += [f"workloads.pretraining.{each}" for each in TOGETHER]
    clocks = [_clock(()), _clock(tuple(fractions))]
    whole, divided = interleaved(clocks, min(rounds, MOST_ROUNDS))
    name = "racks to a gap of 0.5 % / in fractions (solve, plan, audit)"
    return [Result(name, whole, divided, "<= 30 s")]


def _clock(overrides: tuple[str, ...]) -> Clock:
    """Return a clock of planning the scenario, its files read before."""

    def seconds() -> float:
        scenario = load_scenario(RACKS, overrides=overrides)
        began = time.process_time()
        run(scenario)
        return time.process_time() - began

    return seconds
