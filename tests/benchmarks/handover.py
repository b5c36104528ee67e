"""From data to a loaded HiGHS: ours, the least there is, and other libraries.

Every contender makes the same model (``peers/``) in a process of its own, with its
own imports done before, and all take turns. Those that are installed reach the same
optimum, up to 10,000 assignments, before any time is taken; beyond, all make as many
columns, rows and terms.

*Ours* starts from the planner's coefficients, keyed by name; the others from arrays of
the same numbers. *The limit* makes its rows from these arrays, a block for each
constraint, and sorts no term: nobody who writes the model by hand does less. *As a PuLP
problem* is ours for whoever needs PuLP's objects (CBC, files, own rows), names
included. Memory is the most that a process held, its imports and data among it.
"""

import json
import os
import pickle
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from planner.formulation.coefficients import coefficients
from planner.performance.pairing import rates
from tests.benchmarks.large import SIZES, large_scenario
from tests.benchmarks.peers.reading import data_of
from tests.benchmarks.report import Asked, Part, Table, ratios, seconds

ROOT = Path(__file__).resolve().parents[2]
AGREEMENT = 1e-9
SOLVED = ("1e2", "1e4")
"""Sizes at which every contender is solved."""
REPEATS = {"1e2": 5, "1e4": 3}
"""Of one process and round, of which the median counts; elsewhere one."""
MOST_ROUNDS = {"1e2": 5, "1e4": 5, "1e5": 3, "1e6": 2}
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), "1"
)
Measured = dict[str, list[dict[str, float]]]
"""What each round of each contender measured."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to make the model.

    Attributes:
        module: Its name in ``peers``.
        title: What it is called.
        packages: Which must be installed.
        slow: Whether one round is enough of the largest size.
        targets: What we aim at, by size.
    """

    module: str
    title: str
    packages: tuple[str, ...]
    slow: bool = False
    targets: tuple[tuple[str, str], ...] = ()

    @property
    def installed(self) -> bool:
        """Return whether it can run here."""
        return all(find_spec(package) for package in self.packages)


LIMIT = Contender("limit", "numpy → HiGHS (the limit)", ("numpy", "highspy"))
OURS = Contender(
    "ours",
    "ours",
    ("highspy",),
    targets=(
        ("1e4", "<= 20 × limit"),
        ("1e5", "<= 45 × limit"),
        ("1e6", "<= 15 × limit, < 900 MiB"),
    ),
)
CONTENDERS = (
    LIMIT,
    OURS,
    Contender("ours_pulp", "ours, as a PuLP problem", ("pulp",), slow=True),
    Contender("pulp_manual", "PuLP as its manual shows it", ("pulp",), slow=True),
    Contender("linopy_labelled", "linopy", ("linopy",)),
    Contender(
        "pyoptinterface_blocks", "pyoptinterface", ("pyoptinterface", "highsbox")
    ),
    Contender("cvxpy_matrices", "cvxpy", ("cvxpy",)),
    Contender("pyomo_linear", "pyomo", ("pyomo",), slow=True),
)
BEHIND = {"pyomo_linear": SIZES, "linopy_labelled": ("1e2", "1e4", "1e5")}
"""Whom ours has to be ahead of, at which sizes."""


def part(asked: Asked) -> Part:
    """Return a table for every size, and all rounds."""
    tables, found = [], {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        for size in dict.fromkeys(("1e2", *asked.sizes)):
            _write(folder, size)
        for size in asked.sizes:
            optima = _agree(folder, size)
            measured = _measured(folder, size, asked.rounds)
            _same_shape(measured)
            tables.append(_table(size, measured))
            found[size] = {"optimum_musd": optima, "rounds": measured}
    return Part("Building and handing over", tables, found, __doc__ or "")


def _write(folder: Path, size: str) -> None:
    """Write what contenders start from."""
    scenario = large_scenario(SIZES[size])
    numbers = coefficients(scenario, rates(scenario))
    kinds = {"coefficients": numbers, "data": data_of(numbers)}
    for kind, data in kinds.items():
        (folder / f"{size}.{kind}").write_bytes(pickle.dumps(data))


def _agree(folder: Path, size: str) -> dict[str, float]:
    """Return every contender's optimum; all are the same.

    Of 100,000 assignments ours and the limit's alone, of more none.
    """
    asked = {"1e5": (LIMIT, OURS), "1e6": ()}.get(size, CONTENDERS)
    found = {
        one.module: _run(one, folder, size, "--solve")["optimum_musd"]
        for one in asked
        if one.installed
    }
    for module, optimum in found.items():
        least = found[LIMIT.module]
        assert abs(optimum - least) <= AGREEMENT * abs(least), (module, optimum, least)
    return found


def _measured(folder: Path, size: str, rounds: int) -> Measured:
    """Return what every round measured; contenders take turns."""
    found: Measured = {one.module: [] for one in CONTENDERS if one.installed}
    for number in range(min(rounds, MOST_ROUNDS.get(size, rounds))):
        for one in CONTENDERS:
            if one.installed and not (one.slow and size == "1e6" and number):
                repeats = str(REPEATS.get(size, 1))
                done = _run(one, folder, size, "--repeats", repeats)
                found[one.module].append(done)
    return found


def _run(one: Contender, folder: Path, size: str, *options: str) -> dict[str, float]:
    """Return what a contender measures of itself in a new process."""
    command = [sys.executable, "-m", "tests.benchmarks.peers.once", one.module]
    done = subprocess.run(  # noqa: S603  # this very Python
        [*command, str(folder), size, *options],
        cwd=ROOT,
        env=os.environ | ONE_THREAD,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"{one.title}, {size}: {done.stderr}"
        raise RuntimeError(msg)
    return json.loads(done.stdout.splitlines()[-1])


def _same_shape(measured: Measured) -> None:
    """See that all made as many columns, rows and, where they tell, terms."""
    shapes = {module: rounds[0]["shape"] for module, rounds in measured.items()}
    for module, shape in shapes.items():
        pairs = zip(shape, shapes[LIMIT.module], strict=True)
        assert all(own in (None, same) for own, same in pairs), (module, shapes)


def _table(size: str, measured: Measured) -> Table:
    columns, rows, terms = measured[LIMIT.module][0]["shape"]
    title = (
        f"{size}: {SIZES[size].assignments:,} assignments "
        f"({columns:,} columns, {rows:,} rows, {terms:,} terms)"
    )
    head = (
        "contender",
        "build",
        "hand-over",
        "× limit min / median / max",
        "ours / this",
        "peak MiB",
        "rounds",
        "target",
    )
    return Table(title, head, [_line(one, size, measured) for one in CONTENDERS])


def _line(one: Contender, size: str, measured: Measured) -> tuple[str, ...]:
    if not one.installed:
        return (one.title, "not installed", *[""] * 6)
    rounds = measured[one.module]
    own, least, ours = (_sums(measured[x.module]) for x in (one, LIMIT, OURS))
    beside = median(a / b for a, b in zip(ours, own, strict=False))
    targets = dict(one.targets)
    if size in BEHIND.get(one.module, ()):
        targets[size] = "ours / this < 1"
    return (
        one.title,
        seconds([each["build_s"] for each in rounds]),
        seconds([each["hand_over_s"] for each in rounds]),
        ratios(own, least),
        f"{beside:.2g}",
        f"{median(each['peak_mib'] for each in rounds):.0f}",
        str(len(rounds)),
        targets.get(size, ""),
    )


def _sums(rounds: list[dict[str, float]]) -> list[float]:
    return [each["build_s"] + each["hand_over_s"] for each in rounds]
