"""Whole processes: what the command line costs from start to end.

The reference of *quickstart* is a process that imports numpy and highspy and solves
the same arrays, as anybody would start it, and once more with
``OPENBLAS_NUM_THREADS=1``, the least that any planner on numpy and HiGHS can cost.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from planner.formulation.build import build
from planner.formulation.coefficients import coefficients
from planner.performance.pairing import rates
from planner.solvers.solve import solve_program
from planner.specs.load import load_scenario
from tests.benchmarks.rounds import Result, interleaved, run_folder

ROOT = Path(__file__).resolve().parents[2]
QUICKSTART = "scenarios/quickstart.yaml"
META = "scenarios/meta_2026.yaml"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
AGREEMENT = 1e-9

REFERENCE = """
import sys
import numpy as np
import highspy

arrays = np.load(sys.argv[1])
model = highspy.Highs()
model.setOptionValue("output_flag", False)
columns, rows = len(arrays["cost"]), len(arrays["row_lower"])
model.passModel(
    columns, rows, len(arrays["value"]), int(highspy.MatrixFormat.kRowwise), 1, 0.0,
    *(arrays[name] for name in ("cost", "lower", "upper", "row_lower", "row_upper")),
    *(arrays[name] for name in ("start", "index", "value")),
    np.zeros(columns, dtype=np.int32),
)
model.run()
print(model.getInfo().objective_function_value)
"""

PACKAGES = """
import pint
import pydantic
import typer
import yaml
"""
"""What the planner rests on beside: units, types, the command line, YAML."""


def results(rounds: int) -> list[Result]:
    """Return the results of every process benchmark, each run ``rounds`` times."""
    with run_folder() as (folder, env):
        return _results(folder, env, rounds)


def _results(folder: Path, env: Mapping[str, str], rounds: int) -> list[Result]:
    arrays = folder / "quickstart.npz"
    optimum = _dump(QUICKSTART, arrays)
    least = ["-c", REFERENCE, str(arrays)]
    reached = float(_output(least, env))
    assert abs(reached - optimum) <= AGREEMENT * max(1.0, abs(optimum))
    floor = ["-c", PACKAGES + REFERENCE, str(arrays)]
    solve, free, imports, bound, usage, meta = interleaved(
        [
            partial(cpu_seconds, ["-m", "planner", "solve", QUICKSTART], env),
            partial(cpu_seconds, least, env),
            partial(cpu_seconds, floor, env),
            partial(cpu_seconds, least, {**env, **ONE_THREAD}),
            partial(cpu_seconds, ["-m", "planner", "--help"], env),
            partial(cpu_seconds, ["-m", "planner", "solve", META], env),
        ],
        rounds,
    )
    return [
        Result("quickstart solve", solve, free, "<= 1.8"),
        Result("quickstart solve, one BLAS thread", solve, bound),
        Result("  the reference with Pint, pydantic, Typer, PyYAML", imports, free),
        *_phases(QUICKSTART, env, rounds),
        Result("planner --help", usage, [], "<= 0.25 s"),
        Result("meta_2026 solve", meta, [], "< 3 s"),
        *_phases(META, env, rounds),
    ]


def cpu_seconds(arguments: Sequence[str], env: Mapping[str, str]) -> float:
    """Run this Python with arguments, and return what it cost [CPU s]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _output(arguments, env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _output(arguments: Sequence[str], env: Mapping[str, str]) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(  # noqa: S603  # this very Python
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout


def _dump(path: str, target: Path) -> float:
    """Write the arrays of a scenario's program; return its optimum, as scaled."""
    scenario = load_scenario(ROOT / path)
    program = build(coefficients(scenario, rates(scenario)))
    np.savez(target, **vars(program.arrays))
    return solve_program(program).objective


def _phases(path: str, env: Mapping[str, str], rounds: int) -> list[Result]:
    """Return the parts of one solve, each with its own times."""
    command = ["-m", "tests.benchmarks.phases", path]
    found = [json.loads(_output(command, {**env, **ONE_THREAD})) for _ in range(rounds)]
    return [Result(f"  {name}", [one[name] for one in found], []) for name in found[0]]
