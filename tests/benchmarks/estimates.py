"""Estimates of training: ten thousand through the API, and one as a process."""

import time
from pathlib import Path

from planner.cost.runs import Asked, load_runs
from planner.cost.training import Estimate, Job, estimate
from tests.benchmarks.processes import cpu_seconds
from tests.benchmarks.rounds import Result, interleaved, run_folder

ESTIMATES = 10_000
RUN = "scenarios/runs/llama_3_1_405b.yaml"


def results(rounds: int) -> list[Result]:
    """Return the results of every benchmark of estimates, ``rounds`` times each."""
    command = ["-m", "planner", "cost", "training", RUN]
    job = _job()
    with run_folder() as (_, env):
        many, one = interleaved(
            [lambda: _seconds(job), lambda: cpu_seconds(command, env)], rounds
        )
    return [
        Result(f"{ESTIMATES:,} estimates of training", many, [], "< 1 s"),
        Result("cost training", one, [], "< 0.5 s"),
    ]


def _job() -> Job:
    root = Path(__file__).resolve().parents[2]
    found = load_runs(Asked(str(root / RUN), {}))[0].job
    assert isinstance(found, Job)
    return found


def _seconds(job: Job) -> float:
    """Estimate one run on ever more accelerators; nothing can be kept in between."""
    began = time.process_time()
    for number in range(ESTIMATES):
        assert isinstance(estimate(job, 1024 + 8 * number), Estimate)
    return time.process_time() - began
