"""Where the chunks of a sweep are evaluated: here, in processes, or on a cluster.

A worker gets the scenario's documents, not its files, and one chunk at a time. Chunks
and what happens inside them are the same wherever they are evaluated, and so are the
results, to the last digit.
"""

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing.connection import wait as wait_for

from planner.errors import SolverError
from planner.sweep.division import Chunk
from planner.sweep.evaluate import Evaluator, Job, Outcome

Done = tuple[Chunk, list[Outcome]]
AHEAD = 2
"""Chunks that wait for each process, so that none is idle."""
TRIES = 3
"""So often are the chunks begun anew whose processes were killed."""
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Settings of numpy's libraries, whose threads wait for each other where there are
several processes: two would take longer than one."""
_ONE_AT_A_TIME = threading.Lock()
"""Workers of a cluster may run several threads; live models are for one."""


def here(evaluator: Evaluator, chunks: Sequence[Chunk]) -> Iterator[Done]:
    """Yield chunks evaluated in this process, one point at a time.

    Each part holds one point, so that no more than one is lost.
    """
    for chunk in chunks:
        found = evaluator.evaluated(chunk)
        for number, point, outcome in zip(
            chunk.numbers, chunk.points, found, strict=True
        ):
            yield Chunk((number,), (point,)), [outcome]


def in_processes(job: Job, chunks: Sequence[Chunk], jobs: int) -> Iterator[Done]:
    """Yield chunks evaluated by processes of this machine, as they are done.

    Args:
        job: What they work on.
        chunks: In order.
        jobs: How many processes.

    Raises:
        SolverError: Processes are killed again and again.
    """
    left = list(chunks)
    for _ in range(TRIES):
        done: set[int] = set()
        try:
            for chunk, outcomes in _by_pool(job, left, jobs):
                done.add(chunk.numbers[0])
                yield chunk, outcomes
        except BrokenProcessPool:
            left = [chunk for chunk in left if chunk.numbers[0] not in done]
            continue
        return
    msg = (
        f"processes of the sweep were killed {TRIES} times, as they are where memory "
        "does not suffice; use fewer --jobs"
    )
    raise SolverError(msg)


def _by_pool(job: Job, chunks: Sequence[Chunk], jobs: int) -> Iterator[Done]:
    context = multiprocessing.get_context("spawn")
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")  # as the processes begin; not for this one
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, context, _begin, (pickle.dumps(job),))
    waiting = iter(chunks)
    running: dict[Future[list[Outcome]], Chunk] = {}
    try:
        while True:
            for chunk in waiting:
                running[pool.submit(_here_in_pool, chunk)] = chunk
                if len(running) >= AHEAD * jobs:
                    break
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                outcomes = future.result()
                yield running.pop(future), outcomes
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()  # what it is at would be waited for


def evaluate_chunk(job: bytes, chunk: Chunk) -> list[Outcome]:
    """Return the outcomes of a chunk; the scenario is read once per process.

    Args:
        job: A ``Job``, pickled.
        chunk: What to evaluate.
    """
    with _ONE_AT_A_TIME:
        return list(_evaluator(job).evaluated(chunk))


@lru_cache(maxsize=2)
def _evaluator(job: bytes) -> Evaluator:
    return Evaluator(pickle.loads(job))  # noqa: S301  # from the process that asks


_JOB: list[bytes] = []
"""What the processes of a pool work on, set as each begins."""


def _begin(job: bytes) -> None:
    """Prepare a process of a pool: it ends with the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the sweep
    _JOB[:] = [job]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _here_in_pool(chunk: Chunk) -> list[Outcome]:
    return evaluate_chunk(_JOB[0], chunk)
