"""What is served and which runs finish, as ``planner solve`` prints it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from planner.cli.format import (
    count,
    digits,
    money,
    percent,
    runs_of,
    scaled_range,
    trend,
)
from planner.cli.tables import Column, Table
from planner.plan.plan import Plan
from planner.plan.rows import RunRow, ServiceRow
from planner.plan.words import DONE, run_state
from planner.specs.scenario import Scenario

_SCALES = ((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"))
_LEAST_PRICE = 0.01
"""Smallest price that is shown as such; below it more units are priced."""


def service_table(plan: Plan, scenario: Scenario, *, plain: bool) -> Table:
    """Return how much of each service's demand is served."""
    columns = (
        Column("service"),
        Column("mean demand, first to last", number=True),
        Column("served", number=True),
        Column("trend", extra=True),
        Column("at least"),
    )
    rows = [
        _service_texts(name, found, scenario, plain=plain)
        for name, found in _by_name(plan).items()
    ]
    return Table("Services", columns, rows)


def _by_name(plan: Plan) -> dict[str, list[ServiceRow]]:
    groups: dict[str, list[ServiceRow]] = defaultdict(list)
    for row in plan.services:
        groups[row.workload].append(row)
    return groups


def _service_texts(
    name: str, rows: Sequence[ServiceRow], scenario: Scenario, *, plain: bool
) -> list[str]:
    hours = _hours(rows, scenario)
    shares = [
        (row.served_fraction, time, row)
        for row, time in zip(rows, hours, strict=True)
        if row.served_fraction is not None
    ]
    demand = _demand(rows, hours)
    if not shares:
        return [name, demand, "-", "", "-"]
    least, _, worst = min(shares, key=lambda entry: entry[0])
    mean = sum(share * time for share, time, _ in shares) / sum(
        time for _, time, _ in shares
    )
    block = "" if worst.block == "all" else f" {worst.block}"
    place = "" if least >= DONE else f" in {worst.period}{block}"
    course = "" if plain else _course([row for _, _, row in shares])
    return [name, demand, percent(mean), course, f"{percent(least)}{place}"]


def _course(rows: Sequence[ServiceRow]) -> str:
    """Return what is served in each period, in its worst block."""
    worst: dict[str, float] = {}
    for row in rows:
        share = row.served_fraction or 0.0
        worst[row.period] = min(share, worst.get(row.period, 1.0))
    return trend(list(worst.values()), min)


def _hours(rows: Sequence[ServiceRow], scenario: Scenario) -> list[float]:
    """Return the hours that each row stands for."""
    lengths = {period.label: period.hours for period in scenario.periods}
    return [lengths[row.period] * scenario.blocks.get(row.block, 1.0) for row in rows]


def _demand(rows: Sequence[ServiceRow], hours: Sequence[float]) -> str:
    """Return the mean demand of the first and of the last period."""
    means = []
    for label in dict.fromkeys((rows[0].period, rows[-1].period)):
        found = [
            (row.demand, time)
            for row, time in zip(rows, hours, strict=True)
            if row.period == label
        ]
        total = sum(time for _, time in found)
        means.append(sum(demand * time for demand, time in found) / total)
    return scaled_range(means, rows[0].unit)


def service_lines(plan: Plan, scenario: Scenario) -> Iterator[str]:
    """Yield why demand of a service is left, by price or by capacity."""
    order = [period.label for period in scenario.periods]
    for name, rows in _by_name(plan).items():
        left = [
            row
            for row in rows
            if row.served_fraction is not None and row.served_fraction < DONE
        ]
        dear = [row for row in left if row.shortfall_usd is not None]
        scarce = [row for row in left if row.shortfall_usd is None]
        if dear:
            periods = runs_of((row.period for row in dear), order)
            yield f"{name}, {periods}: {_gap(dear)}"
        if scarce:
            periods = runs_of((row.period for row in scarce), order)
            yield f"{name}, {periods}: one more is worth just what its capacity takes"


def _gap(rows: Sequence[ServiceRow]) -> str:
    """Return how far the value of one more unit lies below its capacity's price.

    That price holds what the capacity costs, and what it would earn elsewhere.
    """
    gaps = [row.shortfall_usd for row in rows if row.shortfall_usd is not None]
    least, most = min(gaps), max(gaps)
    scale, prefix = next(
        (entry for entry in _SCALES if least * entry[0] >= _LEAST_PRICE), _SCALES[-1]
    )
    low, high = digits(least * scale, 3), digits(most * scale, 3)
    price = low if low == high else f"{low} to {high}"
    unit = rows[0].unit.removesuffix("/s")
    return f"one more {prefix}{unit} is worth {price} USD less than its capacity takes"


def run_table(plan: Plan) -> Table:
    """Return every training run, finished or not."""
    columns = (
        Column("training run"),
        Column("state"),
        Column("value counted", number=True),
        Column("cost", number=True),
        Column("periods"),
        Column("accelerator-hours", number=True),
        Column("MWh", number=True),
        Column("sites"),
        Column("accelerators"),
    )
    return Table("Training runs", columns, [_run_texts(run) for run in plan.runs])


def _run_texts(run: RunRow) -> list[str]:
    first, last = run.first_period, run.last_period
    periods = "-" if first is None else first if first == last else f"{first} to {last}"
    return [
        run.workload,
        run_state(run),
        money(run.value_usd),
        money(run.cost_usd),
        periods,
        count(run.accelerator_hours),
        count(run.energy_mwh),
        ", ".join(run.sites) or "-",
        ", ".join(run.accelerators) or "-",
    ]


def run_lines(plan: Plan, scenario: Scenario) -> Iterator[str]:
    """Yield what to note about runs: parts that count, and places they spread over."""
    whole = scenario.spec.integer
    for run in plan.runs:
        if run.completed_fraction < DONE and run.value_usd > 0:
            yield (
                f"{run.workload} is not finished; the objective still counts "
                f"{money(run.value_usd)} for the part that is"
            )
        keys = []
        if len(run.sites) > 1:
            keys.append("'single_site: true'" if whole else "'sites: […]'")
        if len(run.accelerators) > 1:
            one, listed = "'single_accelerator: true'", "'accelerators: {allowed: […]}'"
            keys.append(one if whole else listed)
        if keys:
            what = [*run.sites] if len(run.sites) > 1 else []
            what += run.accelerators if len(run.accelerators) > 1 else []
            yield (
                f"{run.workload} is spread over {', '.join(what)}; to keep it together "
                f"restrict it with {' and '.join(keys)}"
            )
