"""What three load blocks cost beside one: load to audited plan."""

import time
from collections.abc import Callable
from pathlib import Path

from planner.pipeline import run
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from tests.benchmarks.rounds import Clock, Result, interleaved

ROOT = Path(__file__).resolve().parents[2]
META = ROOT / "scenarios" / "meta_2026.yaml"


def results(rounds: int) -> list[Result]:
    """Return the time of the same scenario with its three blocks and with one."""
    clocks = [_clock(lambda: load_scenario(META)), _clock(without_blocks)]
    three, one = interleaved(clocks, rounds)
    name = "meta_2026, load blocks 3 / 1 (solve, plan, audit)"
    return [Result(name, three, one, "<= 4")]


def without_blocks() -> Scenario:
    """Return ``meta_2026`` with a day of one block, its peaks as high as before."""
    scenario = load_scenario(META)
    sets = ["load_blocks=null"]
    for workload in scenario.spec.workloads:
        profile = getattr(workload, "profile", None)
        if profile:
            within = getattr(workload, "peak_to_average", None) or 1.0
            path = f"workloads.{workload.name}"
            sets.append(f"{path}.profile=null")
            sets.append(f"{path}.peak_to_average={max(profile.values()) * within:.6g}")
    return load_scenario(META, overrides=tuple(sets))


def _clock(load: Callable[[], Scenario]) -> Clock:
    """Return a clock of planning a scenario, its files read before."""

    def seconds() -> float:
        scenario = load()
        began = time.process_time()
        run(scenario)
        return time.process_time() - began

    return seconds
