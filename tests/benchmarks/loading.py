"""Reading of large input: many rows of an inventory, many lines, the catalogue."""

import time
from pathlib import Path

from planner.documents import plain
from planner.documents.load import parsed
from planner.errors import Problem
from planner.specs.accelerator import Accelerator
from planner.specs.catalogue import Catalogue
from planner.specs.load import load_scenario
from planner.specs.sources import check_sources
from planner.specs.structure import structure
from tests.benchmarks.long import SITES as SITES_OF_LONG
from tests.benchmarks.long import long_scenario
from tests.benchmarks.rounds import Result, interleaved, run_folder

ROWS = 100_000
SITES, TYPES, MONTHS = 20, ("a100", "h100", "h200", "b200"), 48


def results(rounds: int) -> list[Result]:
    """Return the results of every benchmark of loading, ``rounds`` times each."""
    with run_folder() as (folder, _):
        path, long = _written(folder), folder / "long.yaml"
        lines = long_scenario()
        long.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fleet, written, catalogue = interleaved(
            [
                lambda: _scenario_seconds(path),
                lambda: _long_seconds(long),
                _catalogue_seconds,
            ],
            rounds,
        )
    return [
        Result(f"loading a scenario of {len(lines):,} lines", written, [], "<= 2 s"),
        Result(f"loading an inventory of {ROWS:,} rows", fleet, [], "< 1 s"),
        Result("loading the whole catalogue", catalogue, [], "< 0.4 s"),
    ]


def _written(folder: Path) -> Path:
    """Write a scenario whose fleet is an inventory, and return its path."""
    rows = ["site,accelerator,count,installed"]
    for number in range(ROWS):
        year, month = divmod(number // (SITES * len(TYPES)) % MONTHS, 12)
        kind = TYPES[number // SITES % len(TYPES)]
        rows.append(f"site_{number % SITES},{kind},8,{2022 + year}-{month + 1:02}")
    (folder / "inventory.csv").write_text("\n".join(rows), encoding="utf-8")
    sites = [f"  - {{name: site_{number}, power: 1 GW}}" for number in range(SITES)]
    rates = ", ".join(f"{kind}: 10 request/s" for kind in TYPES)
    lines = [
        "name: inventory",
        "horizon: {start: 2026Q1, periods: 4}",
        f"accelerators: [{', '.join(TYPES)}]",
        "sites:",
        *sites,
        "fleet: inventory.csv",
        "workloads:",
        "  - {name: chat, kind: inference, demand: 100 request/s, minimum: 0 %,",
        f"     throughput: {{{rates}}}, value: 1 USD/Mrequest}}",
    ]
    path = folder / "inventory.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _scenario_seconds(path: Path) -> float:
    began = time.process_time()
    fleet = load_scenario(path).spec.fleet
    seconds = time.process_time() - began
    assert sum(entry.count for entry in fleet) == 8 * ROWS
    return seconds


def _long_seconds(path: Path) -> float:
    parsed.cache_clear()  # as the first time in a process
    began = time.process_time()
    scenario = load_scenario(path)
    seconds = time.process_time() - began
    assert len(scenario.sites) == SITES_OF_LONG
    return seconds


def _catalogue_seconds() -> float:
    parsed.cache_clear()
    began = time.process_time()
    problems: list[Problem] = []
    catalogue = Catalogue.of()
    for name in catalogue.names("hardware"):
        document = catalogue.load("hardware", name, problems)
        assert document is not None
        check_sources(document.root, problems)
        structure(Accelerator, document.root, plain(document.root), problems)
    assert not problems
    return time.process_time() - began
