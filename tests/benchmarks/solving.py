"""The choice of algorithm, beside the best setting of HiGHS that trying found.

*Ours* is the hand-over and first solve of the program: the tie-break comes on top and
has no counterpart. The reference is the fastest of some settings of HiGHS on the same
arrays, named in brackets; it is looked up for each program, ours is chosen by size
alone. All reach the same optimum, which is asserted. Of the large scenario, ours is the
smaller program of ``planner/solvers/pooling.py`` where there is one, its making and the
split included. Whole runs go from text to audited plan in a process of their own, whose
largest memory is given beside.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

import highspy

from planner.formulation.arrays import Arrays
from planner.formulation.build import Program
from planner.pipeline import program_of
from planner.solvers.highs import Live
from planner.solvers.pooling import pooled
from planner.solvers.solve import POOLED_COLUMNS
from planner.specs.load import load_scenario
from tests.benchmarks.large import SIZES, large_scenario
from tests.benchmarks.peers.loaded import passed
from tests.benchmarks.rounds import Clock, Result, interleaved

ROOT = Path(__file__).resolve().parents[2]
AGREEMENT = 1e-7
Setting = Mapping[str, str | int | float]
SIMPLEX: dict[str, Setting] = {
    "HiGHS's own": {},
    "devex": {"simplex_dual_edge_weight_strategy": 1},
    "Dantzig": {"simplex_dual_edge_weight_strategy": 0},
    "no presolve": {"presolve": "off"},
    "devex, no presolve": {"simplex_dual_edge_weight_strategy": 1, "presolve": "off"},
    "no scaling": {"simplex_scale_strategy": 0},
    "no perturbation": {"dual_simplex_cost_perturbation_multiplier": 0.0},
    "primal": {"simplex_strategy": 4},
}
"""Settings of the simplex method that are tried."""
INTERIOR: dict[str, Setting] = {
    "interior point": {"solver": "ipx"},
    "interior point, no crossover": {"solver": "ipx", "run_crossover": "off"},
}
"""Settings of the interior point method that are tried."""
LARGE: tuple[tuple[str, dict[str, Setting], int], ...] = (
    ("1e4", SIMPLEX | INTERIOR, 7),
    ("1e5", {"devex": SIMPLEX["devex"]} | INTERIOR, 1),
)
"""Sizes of the large scenario, what is tried there, and the most rounds."""
LARGE_ROUNDS = 1
"""Of whole runs: the largest takes a minute."""
SMALL_COLUMNS, REPEATS = 1_000, 20
"""Programs up to this size are solved so many times for one reading."""
WHOLE = """
import json, resource, sys, time
from planner.pipeline import run
from tests.benchmarks.large import SIZES, large_scenario
plan = run(large_scenario(SIZES[sys.argv[1]])).plan
assert plan.status == "optimal" and plan.audit.passed
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps([time.process_time(), used]))
"""


def results(rounds: int) -> list[Result]:
    """Return the results of shipped and of large programs, then of whole runs."""
    found = []
    for path in sorted((ROOT / "scenarios").glob("*.yaml")):
        program = program_of(load_scenario(path))
        if program.c.whole is None and not program.stages and _has_optimum(program):
            found.append(_beside_best(path.stem, program, SIMPLEX, rounds))
    for size, settings, most in LARGE:
        program = program_of(large_scenario(SIZES[size]))
        found.append(_beside_best(size, program, settings, min(rounds, most)))
    found.append(_whole("1e5", LARGE_ROUNDS, "<= 15 s"))
    found.append(_whole("1e6", LARGE_ROUNDS, "<= 360 s, 2,048 MiB"))
    return found


def _has_optimum(program: Program) -> bool:
    live = Live()
    live.load(program.arrays)
    return live.run().status == "optimal"


def _beside_best(
    name: str, program: Program, settings: Mapping[str, Setting], rounds: int
) -> Result:
    """Return the time of ours beside that of the setting that is fastest."""
    arrays = program.arrays
    optimum = _ours(program)
    for setting in settings.values():
        off = abs(_with_highs(arrays, setting) - optimum)
        assert off <= AGREEMENT * max(1.0, abs(optimum)), (name, setting)
    repeats = REPEATS if arrays.columns <= SMALL_COLUMNS else 1
    clocks = [_clock(lambda: _ours(program), repeats)]
    clocks += [
        _clock(lambda setting=setting: _with_highs(arrays, setting), repeats)
        for setting in settings.values()
    ]
    ours, *tried = interleaved(clocks, rounds)
    best, seconds = min(
        zip(settings, tried, strict=True), key=lambda pair: median(pair[1])
    )
    return Result(
        f"{name}, {arrays.columns:,} columns ({best})", ours, seconds, "<= 1.2"
    )


def _ours(program: Program) -> float:
    """Return the optimum as the planner finds it."""
    arrays = program.arrays
    small = pooled(program) if arrays.columns >= POOLED_COLUMNS else None
    live = Live()
    live.load(arrays if small is None else small.arrays)
    found = live.run()
    return (found if small is None else small.split(found)).objective


def _with_highs(arrays: Arrays, setting: Setting) -> float:
    """Return the optimum that HiGHS finds with a setting."""
    model = passed(arrays)
    for option, value in ({"solver": "simplex", "threads": 1} | dict(setting)).items():
        assert model.setOptionValue(option, value) == highspy.HighsStatus.kOk, option
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(model.getInfo().objective_function_value)


def _clock(work: Callable[[], object], repeats: int) -> Clock:
    """Return a clock of ``work``, of so many times together."""

    def seconds() -> float:
        began = time.process_time()
        for _ in range(repeats):
            work()
        return (time.process_time() - began) / repeats

    return seconds


def _whole(size: str, rounds: int, target: str) -> Result:
    """Return the time from text to audited plan, start of Python included."""
    command = [sys.executable, "-c", WHOLE, size]
    found = []
    for _ in range(rounds):
        done = subprocess.run(  # noqa: S603  # this very Python
            command, cwd=ROOT, capture_output=True, text=True, check=True
        )
        found.append(json.loads(done.stdout))
    seconds, memory = map(list, zip(*found, strict=True))
    count = SIZES[size].assignments
    name = f"{count:,} assignments, text to audited plan, {max(memory):,.0f} MiB"
    return Result(name, seconds, [], target)
