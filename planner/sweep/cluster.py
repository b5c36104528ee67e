"""Chunks evaluated by a Dask cluster."""

import pickle
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from planner.errors import SolverError, UsageError
from planner.sweep.division import Chunk
from planner.sweep.evaluate import Job, Outcome
from planner.sweep.workers import Done, evaluate_chunk
from planner.version import __version__

if TYPE_CHECKING:
    from distributed import Client

ANSWER_S = 5
"""How long a scheduler has to answer."""
TRIES = 3
"""So often is a chunk begun anew whose worker was lost."""


def on_cluster(job: Job, chunks: Sequence[Chunk], scheduler: str) -> Iterator[Done]:
    """Yield chunks evaluated by the workers of a scheduler, as they are done.

    Args:
        job: What they work on; its documents travel with each chunk.
        chunks: In order.
        scheduler: Its address, e.g. ``tcp://10.0.0.5:8786``.

    Raises:
        UsageError: The extra is missing, the scheduler does not answer, it has no
            worker, or its workers run another version of the planner.
        SolverError: A worker fails.
    """
    client = _client(scheduler)
    try:
        _check_workers(client, scheduler)
        content = pickle.dumps(job)
        from distributed import as_completed  # noqa: PLC0415  # an extra

        futures = {
            client.submit(
                evaluate_chunk, content, chunk, pure=False, retries=TRIES
            ): chunk
            for chunk in chunks
        }
        for future in as_completed(list(futures), loop=client.loop):
            chunk = futures.pop(future)
            yield chunk, _outcomes(future)
            future.release()
    finally:
        with suppress(Exception):
            client.close(timeout=ANSWER_S)


def _client(scheduler: str) -> "Client":
    """Return the connection to a scheduler."""
    try:
        from distributed import Client  # noqa: PLC0415  # an extra
    except ImportError:
        msg = "--scheduler needs Dask: pip install 'fleet-planner[cluster]'"
        raise UsageError(msg) from None
    try:
        return Client(scheduler, timeout=ANSWER_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        why = "" if isinstance(error, TimeoutError | OSError) else f" ({error})"
        msg = (
            f"the scheduler {scheduler} does not answer{why}; start one with "
            "'dask scheduler', and write its address, e.g. tcp://10.0.0.5:8786"
        )
        raise UsageError(msg) from None


def _check_workers(client: "Client", scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=ANSWER_S)
        found = client.run(planner_version)
    except TimeoutError:
        msg = f"the scheduler {scheduler} has no worker; start one with 'dask worker'"
        raise UsageError(msg) from None
    except ModuleNotFoundError:
        found = {"": "none"}
    other = sorted(set(found.values()) - {__version__})
    if other:
        msg = (
            f"the workers of {scheduler} run planner {', '.join(other)}, and this is "
            f"{__version__}; install the same on both"
        )
        raise UsageError(msg)


def planner_version() -> str:
    """Return the version of the planner in this process."""
    return __version__


def _outcomes(future: object) -> list[Outcome]:
    try:
        return list(future.result())  # type: ignore[attr-defined]  # Dask is untyped
    except Exception as error:
        msg = f"a worker of the cluster failed: {type(error).__name__}: {error}"
        raise SolverError(msg) from error
