"""Rounds in which both sides take turns, and the table of their ratios."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.report import Part, Table, ratios, seconds

Clock = Callable[[], float]
"""Does the work once and returns its CPU seconds."""
HEAD = ("benchmark", "ours", "reference", "ratio min / median / max", "target")


@dataclass(frozen=True, slots=True)
class Result:
    """CPU seconds of every round of one benchmark.

    Attributes:
        name: What was measured.
        ours: Keyed by round [s].
        reference: The same work at its least, keyed by round [s]; empty where there
            is nothing to compare with.
        target: What we aim at, as text.
    """

    name: str
    ours: list[float]
    reference: list[float]
    target: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return the cells of its line."""
        ours = seconds(self.ours)
        if not self.reference:
            return self.name, ours, "", "", self.target
        shown = ratios(self.ours, self.reference)
        return self.name, ours, seconds(self.reference), shown, self.target


def interleaved(clocks: Sequence[Clock], rounds: int) -> list[list[float]]:
    """Return the seconds of each clock, keyed by clock and round.

    One more round comes first and does not count: it fills caches.
    """
    found: list[list[float]] = [[] for _ in clocks]
    for number in range(rounds + 1):
        for clock, times in zip(clocks, found, strict=True):
            taken = clock()
            if number:
                times.append(taken)
    return found


def part_of(title: str, results: Sequence[Result], text: str = "") -> Part:
    """Return results as a part of the report, with a line each."""
    table = Table("", HEAD, [result.cells() for result in results])
    found = [
        {"name": one.name.strip(), "ours_s": one.ours, "reference_s": one.reference}
        for one in results
    ]
    return Part(title, [table], found, text)


LEFT_OUT = ("PYTHONDONTWRITEBYTECODE", "OPENBLAS_NUM_THREADS")
"""Set where someone develops; they would change what a process costs."""


@contextmanager
def run_folder() -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield a new folder, and the environment of processes as a user starts them.

    Byte code is cached in the folder, as an installation would have it.
    """
    inherited = {k: v for k, v in os.environ.items() if k not in LEFT_OUT}
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield folder, inherited | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
