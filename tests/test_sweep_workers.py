"""Processes of a sweep: killed ones are replaced, and none outlives its parent."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.errors import InputError, SolverError
from planner.specs.load import load_scenario
from planner.sweep.division import REBUILT
from planner.sweep.evaluate import Evaluator
from planner.sweep.store import Store
from planner.sweep.workers import AHEAD, Done, in_processes
from tests.conftest import ROOT

QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"


def killed(done: Iterator[Done], times: int) -> Iterator[Done]:
    """Yield what is done, one process killed after each of the first parts."""
    for number, each in enumerate(done):
        if number < times:
            multiprocessing.active_children()[0].kill()
        yield each


def evaluator_and_points(count: int) -> tuple[Evaluator, list[tuple[str, ...]]]:
    evaluator = Evaluator(load_scenario(QUICKSTART))
    return evaluator, [(f"sites.ohio.pue={1.1 + k / 1000:g}",) for k in range(count)]


def test_a_process_that_is_killed_loses_no_point() -> None:
    evaluator, points = evaluator_and_points(12 * REBUILT)
    chunks = evaluator.chunks(points)
    done = list(killed(in_processes(evaluator.job, chunks, 2), 1))
    numbers = [number for chunk, _ in done for number in chunk.numbers]
    assert sorted(numbers) == list(range(len(points)))
    outcomes = [outcome for _, found in done for outcome in found]
    assert {outcome.status for outcome in outcomes} == {"optimal"}


def test_processes_that_are_killed_again_and_again_end_the_sweep() -> None:
    evaluator, points = evaluator_and_points(60 * REBUILT)
    chunks = evaluator.chunks(points)
    with pytest.raises(SolverError, match="fewer --jobs"):
        list(killed(in_processes(evaluator.job, chunks, 2), 60))


def test_no_process_outlives_a_sweep_that_is_killed(tmp_path: Path) -> None:
    store, jobs, count = tmp_path / "runs.db", 2, 4000
    vary = f"sites.ohio.pue=1.1..1.4 in {count}"
    command = ["sweep", str(QUICKSTART), "--vary", vary, "--jobs", str(jobs)]
    command += ["--store", str(store)]
    with subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "planner", *command],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        seen = 0
        while process.poll() is None and seen < REBUILT:
            time.sleep(0.1)
            seen = _runs_in(store)
        process.send_signal(signal.SIGKILL)
        assert process.stderr is not None
        process.stderr.read()  # ends when the last process that holds it has ended
    with Store(str(store)) as found:
        assert seen <= len(found.keys()) < count - AHEAD * jobs * REBUILT
        assert set(found.counts()) == {"optimal"}


def _runs_in(path: Path) -> int:
    if not path.exists():
        return 0
    try:
        with Store(str(path)) as store:
            return len(store.keys())
    except InputError:  # its tables are being made
        return 0
