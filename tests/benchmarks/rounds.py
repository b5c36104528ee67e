"""Rounds in which both sides take turns, and the table of their ratios."""

import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

Clock = Callable[[], float]
"""Does the work once and returns its CPU seconds."""


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
        ours = _seconds(self.ours)
        if not self.reference:
            return self.name, ours, "", "", self.target
        pairs = zip(self.ours, self.reference, strict=True)
        ratios = sorted(own / least for own, least in pairs)
        shown = f"{ratios[0]:.1f} / {median(ratios):.1f} / {ratios[-1]:.1f}"
        return self.name, ours, _seconds(self.reference), shown, self.target


def interleaved(clocks: Sequence[Clock], rounds: int) -> list[list[float]]:
    """Return the seconds of each clock, keyed by clock and round.

    One more round comes first and does not count: it fills caches.
    """
    found: list[list[float]] = [[] for _ in clocks]
    for number in range(rounds + 1):
        for clock, times in zip(clocks, found, strict=True):
            seconds = clock()
            if number:
                times.append(seconds)
    return found


def print_results(results: Sequence[Result]) -> None:
    """Print what ran where, and one line for every result."""
    names = ("pulp", "highspy", "numpy", "pydantic", "pint")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    rounds = len(results[0].ours)
    say(f"Python {platform.python_version()}, {versions}")
    say(f"{rounds} rounds, medians of CPU seconds, load {load:.1f}\n")
    head = ("benchmark", "ours", "reference", "ratio min/median/max", "target")
    lines = [head, *(result.cells() for result in results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        say(" | ".join(cells).rstrip())


def say(line: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{line}\n")


def _seconds(times: Sequence[float]) -> str:
    middle = median(times)
    return f"{middle:.3f} s" if middle >= 0.1 else f"{middle * 1e3:.2f} ms"
