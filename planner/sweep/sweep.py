"""A sweep: its points, those that are stored already, and the others evaluated."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from planner.records import dataclass
from planner.specs.scenario import Scenario
from planner.sweep.division import Chunk, Sets
from planner.sweep.evaluate import Evaluator, Outcome
from planner.sweep.keys import Keys
from planner.sweep.store import Run, Store
from planner.sweep.workers import Done, here

Where = Callable[[Evaluator, Sequence[Chunk]], Iterator[Done]]
"""Evaluates chunks; ``workers`` and ``cluster`` have some."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is.

    Attributes:
        done: Points that are stored or evaluated.
        points: Of the sweep.
        stored: Points that were stored before.
        failed: Points that failed, now or before.
    """

    done: int
    points: int
    stored: int
    failed: int


class Sweep:
    """Evaluates points, and stores each as soon as it is done.

    Attributes:
        points: What is set at each.
        outcomes: Of the points done so far, keyed by their place.
        failed: How many of them failed.
    """

    def __init__(
        self, scenario: Scenario, points: Sequence[Sets], evaluator: Evaluator
    ) -> None:
        """Plan a sweep; nothing is solved yet."""
        self.scenario, self.points, self.evaluator = scenario, points, evaluator
        self.outcomes: dict[int, Outcome] = {}
        self.failed = self._stored = 0

    def run(
        self,
        store: Store | None = None,
        *,
        resume: bool = True,
        fail_fast: bool = False,
        where: Where = here,
    ) -> Iterator[Progress]:
        """Evaluate what is not stored yet, and yield how far it is.

        Args:
            store: Gets every run; None: runs are kept in memory alone.
            resume: Whether runs that are stored are taken from there.
            fail_fast: Whether to end at the first run that fails.
            where: Evaluates the chunks.

        Raises:
            InputError: The store cannot be written.
            UsageError: The cluster cannot be used.
            SolverError: The workers are lost.
        """
        keys: dict[int, str] = {}
        known = Keys(self.scenario, self.evaluator.documents) if store else None
        if store is not None and known is not None:
            keys = {n: known.key(point) for n, point in enumerate(self.points)}
            if resume:
                self._take(store, keys)
        yield self._progress()
        if self._over(fail_fast=fail_fast):
            return
        for chunk, outcomes in where(self.evaluator, self._chunks()):
            new = dict(zip(chunk.numbers, outcomes, strict=True))
            new = {n: x for n, x in new.items() if n not in self.outcomes}
            if store is not None and known is not None:
                store.put(Run(keys[n], known.base_hash, x) for n, x in new.items())
            self._keep(new)
            yield self._progress()
            if self._over(fail_fast=fail_fast):
                return

    def ordered(self) -> list[Outcome]:
        """Return the outcomes so far in the order of the points."""
        return [self.outcomes[number] for number in sorted(self.outcomes)]

    def _take(self, store: Store, keys: dict[int, str]) -> None:
        """Take what is stored; a run is shown as it was asked for now."""
        there = store.keys()
        for number, key in keys.items():
            if key in there:
                (run,) = store.runs([key])
                self._keep({number: replace(run.outcome, sets=self.points[number])})
        self._stored = len(self.outcomes)

    def _chunks(self) -> list[Chunk]:
        """Return the chunks with a point that is not done.

        Points of a chunk are solved each from the one before: it is evaluated whole,
        so that a sweep that was interrupted gives the same digits as one that was not.
        """
        chunks = self.evaluator.chunks(self.points)
        left = (c for c in chunks if not self.outcomes.keys() >= set(c.numbers))
        return [chunk if chunk.ways else self._undone(chunk) for chunk in left]

    def _undone(self, chunk: Chunk) -> Chunk:
        """Return what is left to do of points that are solved each for itself."""
        kept = [
            (number, point)
            for number, point in zip(chunk.numbers, chunk.points, strict=True)
            if number not in self.outcomes
        ]
        numbers, points = zip(*kept, strict=True)
        return Chunk(numbers, points)

    def _keep(self, outcomes: dict[int, Outcome]) -> None:
        self.outcomes |= outcomes
        self.failed += sum(x.status == "failed" for x in outcomes.values())

    def _progress(self) -> Progress:
        return Progress(len(self.outcomes), len(self.points), self._stored, self.failed)

    def _over(self, *, fail_fast: bool) -> bool:
        return len(self.outcomes) == len(self.points) or (fail_fast and self.failed > 0)
