"""A sweep on a real Dask scheduler with two worker processes on this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.errors import UsageError
from planner.specs.load import load_scenario
from planner.sweep.cluster import on_cluster
from planner.sweep.division import LIVE, Chunk
from planner.sweep.evaluate import Evaluator, Outcome
from tests.conftest import ROOT

pytest.importorskip("distributed", reason="extra cluster")

POINTS = [
    *((f"budgets.capex.2026={20 + x / 20:g} MUSD",) for x in range(8 * LIVE)),
    *((f"sites.ohio.pue={1.1 + x / 1000:g}",) for x in range(40)),
]


class Cluster:
    """A scheduler and two workers, each a process."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.folder = folder
        self.processes = [
            self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        ]
        self.workers = [self._start_worker() for _ in range(2)]

    def _start_worker(self) -> subprocess.Popen[bytes]:
        return self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"
        )

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        # Elsewhere than the scenario, without anything of it.
        return subprocess.Popen(  # noqa: S603  # Dask's own command
            [sys.executable, "-m", "dask", *command],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        for process in (*self.workers, *self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    try:
        _await(found.address)
        yield found
    finally:
        found.stop()


def _await(address: str) -> None:
    host, port = address.removeprefix("tcp://").split(":")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the scheduler did not start")


def test_a_worker_that_is_killed_midway_changes_no_digit(cluster: Cluster) -> None:
    evaluator = Evaluator(load_scenario(ROOT / "scenarios" / "quickstart.yaml"))
    alone = [x.readings for x in evaluator.outcomes(POINTS)]
    chunks = evaluator.chunks(POINTS)
    found: dict[int, Outcome] = {}
    for number, (chunk, outcomes) in enumerate(
        on_cluster(evaluator.job, chunks, cluster.address)
    ):
        if number == 1:
            cluster.workers[0].kill()
        found |= dict(zip(chunk.numbers, outcomes, strict=True))
    assert [found[n].readings for n in range(len(POINTS))] == alone


def test_a_scheduler_without_workers_is_told(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.sweep.cluster.ANSWER_S", 1)
    for worker in cluster.workers:
        worker.kill()
        worker.wait()
    with pytest.raises(UsageError, match="has no worker"):
        list(on_cluster(_job(), [Chunk((0,), ((),))], cluster.address))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "tcp://x:y"])
def test_a_scheduler_that_does_not_answer_is_told(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.sweep.cluster.ANSWER_S", 1)
    with pytest.raises(UsageError, match="does not answer"):
        list(on_cluster(_job(), [Chunk((0,), ((),))], address))


def _job() -> object:
    return Evaluator(load_scenario(ROOT / "scenarios" / "quickstart.yaml")).job
