"""How time and memory grow up to the solve, one dimension doubled at a time.

Each point is a process of its own: load, rates, coefficients, build, hand-over, with
imports and a first small scenario before the clock; memory is what the process holds
at most beyond that. Exponents are least squares in logarithms over all points:
against the dimension, and against the program's non-zeros. **The aim is about 1
against non-zeros**; below 1, what does not grow still counts.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from planner.formulation.build import build
from planner.formulation.coefficients import coefficients
from planner.performance.pairing import rates
from planner.solvers.highs import Live
from tests.benchmarks.large import SIZES, Size, large_scenario
from tests.benchmarks.peers.once import peak
from tests.benchmarks.report import Asked, Part, Table, seconds

ROOT = Path(__file__).resolve().parents[2]
PLOT = Path(__file__).with_name("growth.svg")
BASE = Size(accelerators=6, sites=6, services=10, runs=2, months=24)
GROWING = {
    "sites": ("sites", (6, 12, 24, 48, 96)),
    "periods": ("months", (6, 12, 24, 48, 96)),
    "workloads": ("services", (8, 16, 32, 64, 128)),
    "accelerators": ("accelerators", (3, 6, 12, 24, 48)),
}
"""Field and values of each dimension, the others as in ``BASE``."""
PHASES = ("load", "rates", "coefficients", "build", "hand-over")
MOST_ROUNDS = 3
LEAST_MIB = 1.0
"""Less memory is not told from what the process held before."""
HEAD = (
    *("dimension", "from … to", "non-zeros", "time", "memory MiB"),
    *("time ~ dimension", "time ~ non-zeros", "memory ~ non-zeros", "target"),
)
Point = dict[str, float]


def part(asked: Asked) -> Part:
    """Return exponents and phases, and draw the plot if the whole is measured."""
    growing = GROWING
    if asked.smoke:
        growing = {"sites": ("sites", (1, 2, 4))}
    found = {name: _points(*growing[name], asked) for name in growing}
    tables = [
        Table("", HEAD, [_line(name, points) for name, points in found.items()]),
        Table("Phases at the largest of each", _phase_head(), _phase_lines(found)),
    ]
    text = __doc__ or ""
    if not asked.smoke and find_spec("matplotlib"):
        _draw(found)
        text += f"\n![Time and memory against non-zeros]({PLOT.name})\n"
    return Part("Growth", tables, found, text)


def _points(field: str, values: tuple[int, ...], asked: Asked) -> list[Point]:
    """Return the medians of every value; values take turns."""
    base = SIZES["1e2"] if asked.smoke else BASE
    sizes = [replace(base, **{field: value}) for value in values]
    rounds = [
        [_measured(size) for size in sizes]
        for _ in range(min(asked.rounds, MOST_ROUNDS))
    ]
    return [
        {"value": value, **{key: median(one[key] for one in found) for key in found[0]}}
        for value, found in zip(values, zip(*rounds, strict=True), strict=True)
    ]


def _measured(size: Size) -> Point:
    """Return what a new process measures of one size."""
    numbers = (size.accelerators, size.sites, size.services, size.runs, size.months)
    command = [sys.executable, "-m", "tests.benchmarks.growth", *map(str, numbers)]
    done = subprocess.run(  # noqa: S603  # this very Python
        command, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _once(size: Size) -> Point:
    """Return CPU seconds by phase, the memory they took [MiB], and the non-zeros."""
    _phases(SIZES["1e2"])
    before = peak()
    found = _phases(size)
    return {**found, "time": sum(found[x] for x in PHASES), "memory": peak() - before}


def _phases(size: Size) -> Point:
    found: Point = {}

    def timed(phase: str, work: Callable[..., Any], *given: object) -> Any:
        began = time.process_time()
        made = work(*given)
        found[phase] = time.process_time() - began
        return made

    scenario = timed("load", large_scenario, size)
    table = timed("rates", rates, scenario)
    numbers = timed("coefficients", coefficients, scenario, table)
    program = timed("build", build, numbers)
    timed("hand-over", Live().load, program.arrays)
    return {**found, "nonzeros": program.nonzeros}


def exponent(against: list[float], found: list[float], least: float = 0.0) -> str:
    """Return the slope of ``found`` over ``against`` in logarithms.

    Points at or below ``least`` do not count; of fewer than two there is no slope.
    """
    points = [(x, y) for x, y in zip(against, found, strict=True) if y > least]
    if len(points) < 2:
        return "-"
    x, y = np.log(points).T
    return f"{np.polyfit(x, y, 1)[0]:.2f}"


def _line(name: str, points: list[Point]) -> tuple[str, ...]:
    of = {key: [point[key] for point in points] for key in points[0]}
    first, last = points[0], points[-1]
    return (
        name,
        f"{first['value']:g} … {last['value']:g}",
        f"{first['nonzeros']:,.0f} … {last['nonzeros']:,.0f}",
        f"{seconds([first['time']])} … {seconds([last['time']])}",
        f"{first['memory']:.0f} … {last['memory']:.0f}",
        exponent(of["value"], of["time"]),
        exponent(of["nonzeros"], of["time"]),
        exponent(of["nonzeros"], of["memory"], LEAST_MIB),
        "about 1 or less",
    )


def _phase_head() -> tuple[str, ...]:
    columns = (f"{phase} (~ non-zeros)" for phase in PHASES)
    return ("dimension", *columns)


def _phase_lines(found: dict[str, list[Point]]) -> list[tuple[str, ...]]:
    """Return time and exponent of every phase."""
    lines = []
    for name, points in found.items():
        nonzeros = [point["nonzeros"] for point in points]
        cells = [
            f"{seconds([points[-1][phase]])} "
            f"({exponent(nonzeros, [point[phase] for point in points])})"
            for phase in PHASES
        ]
        lines.append((name, *cells))
    return lines


def _draw(found: dict[str, list[Point]]) -> None:
    """Write the plot of time and memory against non-zeros."""
    import matplotlib as mpl  # noqa: PLC0415  # heavy, and in an extra

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415  # as above

    mpl.rcParams["svg.hashsalt"] = "growth"  # the same file of the same numbers
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for axis, key, unit in zip(axes, ("time", "memory"), ("s", "MiB"), strict=True):
        for (name, points), marker in zip(found.items(), "osd^", strict=True):
            x = [point["nonzeros"] for point in points]
            y = [point[key] for point in points]
            least = LEAST_MIB if key == "memory" else 0.0
            label = f"{name} ({exponent(x, y, least)})"
            axis.loglog(x, y, marker=marker, label=label)
        every = [point for points in found.values() for point in points]
        ends = np.array(sorted((p["nonzeros"], p[key]) for p in every))
        middle = ends[len(ends) // 2]
        x = ends[[0, -1], 0]
        axis.loglog(x, middle[1] * x / middle[0], "k--", label="linear")
        axis.set(xlabel="non-zeros", ylabel=f"{key} [{unit}]")
        axis.legend(title="doubled (exponent)")
        axis.grid(visible=True, which="both", alpha=0.2)
    figure.suptitle("Load, rates, coefficients, build, hand-over")
    figure.savefig(PLOT, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]]
    sys.stdout.write(json.dumps(_once(Size(*sizes))))
