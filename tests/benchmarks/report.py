"""Tables of what was measured: printed, as JSON, and as ``RESULTS.md``."""

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

PACKAGES = (
    *("numpy", "highspy", "pulp", "pydantic", "pint", "pyyaml", "typer"),
    *("linopy", "pyoptinterface", "highsbox", "cvxpy", "pyomo"),
)
RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one run of the suite is to measure.

    Attributes:
        rounds: Of each benchmark, at most.
        sizes: Names of the sizes of the large scenario.
        smoke: Whether all is to be as small as can be.
    """

    rounds: int
    sizes: tuple[str, ...]
    smoke: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as they are read.

    Attributes:
        title: What it is about.
        head: Names of its columns.
        lines: A cell for each column.
    """

    title: str
    head: tuple[str, ...]
    lines: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """What one benchmark found.

    Attributes:
        title: Its name.
        tables: For people.
        found: All rounds, for programs.
        text: What was done, as prose; its first line is dropped.
    """

    title: str
    tables: list[Table]
    found: Any
    text: str = ""

    def prose(self) -> str:
        """Return the text without its first paragraph's line."""
        return "\n".join(self.text.splitlines()[1:]).strip()


def document(
    parts: dict[str, Part], command: str, place: dict[str, Any]
) -> dict[str, Any]:
    """Return everything as JSON takes it, with where and when it was measured.

    Args:
        parts: What was found, keyed by module.
        command: How to run the same again.
        place: The machine as it was before.
    """
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": command,
        "machine": place,
        "versions": versions(),
        "parts": {name: {**asdict(part)} for name, part in parts.items()},
    }


def machine() -> dict[str, Any]:
    """Return what ran it, without its name."""
    load = os.getloadavg() if hasattr(os, "getloadavg") else ()
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_average": [round(each, 1) for each in load],
    }


def versions() -> dict[str, str]:
    """Return the version of Python and of every package that took part."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def printed(part: Part) -> str:
    """Return a part as text, its columns aligned."""
    blocks = [part.title]
    for table in part.tables:
        lines = [table.head, *table.lines]
        count = len(table.head)
        widths = [max(len(line[i]) for line in lines) for i in range(count)]
        blocks.append(f"\n{table.title}" if table.title else "")
        for line in lines:
            cells = (cell.ljust(w) for cell, w in zip(line, widths, strict=True))
            blocks.append(" | ".join(cells).rstrip())
    return "\n".join([*blocks, ""])


def markdown(found: dict[str, Any]) -> str:
    """Return ``RESULTS.md`` of a document."""
    place, load = found["machine"], found["machine"]["load_average"]
    names = (f"{name} {number}" for name, number in found["versions"].items())
    lines = [
        "# What building, solving and starting cost",
        "",
        f"Measured {found['date']} on {place['cpu']}, {place['cores']} cores,",
        f"{place['system']}, load average {' '.join(map(str, load))}.",
        f"Versions: {', '.join(names)}.",
        "",
        "To repeat, in a checkout with `pip install -e '.[bench]'`:",
        "",
        f"    {found['command']}",
        "",
        "Times are medians of CPU seconds (user and system); both sides of a ratio",
        "take turns, and every round gives one ratio. Ratios are what to read:",
        "absolute times belong to the machine. Targets are aims, not assertions.",
    ]
    for part in found["parts"].values():
        text = Part(part["title"], [], None, part["text"]).prose()
        lines += ["", f"## {part['title']}", *(["", text] if text else [])]
        for table in part["tables"]:
            if table["title"]:
                lines += ["", f"**{table['title']}**"]
            lines += ["", _row(table["head"]), _row(["---"] * len(table["head"]))]
            lines += [_row(line) for line in table["lines"]]
    return "\n".join([*lines, ""])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def ratios(own: Sequence[float], reference: Sequence[float]) -> str:
    """Return least, median and largest ratio of rounds that took turns."""
    found = sorted(a / b for a, b in zip(own, reference, strict=False))
    shown = (found[0], median(found), found[-1])
    return " / ".join(f"{one:.0f}" if one >= 100 else f"{one:.3g}" for one in shown)


def seconds(times: Sequence[float]) -> str:
    """Return the median of times, in a unit that fits."""
    middle = median(times)
    return f"{middle:.2f} s" if middle >= 0.1 else f"{middle * 1e3:.2f} ms"


def cpu_s() -> float:
    """Return the CPU seconds of this process and of those that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def say(line: str) -> None:
    """Write a line to standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
