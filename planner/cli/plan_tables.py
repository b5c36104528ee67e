"""The rows of a plan, summed up as the tables that ``planner solve`` prints."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from planner.cli.format import (
    bar,
    change,
    count,
    digits,
    money,
    percent,
    power,
    runs_of,
    trend,
)
from planner.cli.tables import Column, Table
from planner.plan.plan import Plan
from planner.plan.rows import BudgetRow, CostRow, RejectedRow
from planner.specs.scenario import Scenario

Split = dict[str, dict[str, float]]
"""Accelerators by type and kind of work."""

KINDS = ("training", "inference", "recommendation", "idle")
BINDING = 0.999999
"""Utilisation from which a limit counts as used up."""
_MOST_PERIODS = 8
"""Periods that are listed one by one; more are summed by year."""


def split_table(plan: Plan, scenario: Scenario, *, plain: bool) -> Table:
    """Return accelerators by kind of work in the last period."""
    last = scenario.periods[-1].label
    counts = _split(plan, last)
    table = _split_as_table(f"Accelerators by kind of work, {last}", counts, count)
    sizes = [sum(counts[name].values()) for name in sorted(counts)]
    every = sum(sizes)
    bars = [bar(size / every, plain=plain) if every else "" for size in sizes]
    return _with_picture(table, "share", bars if len(sizes) > 1 else [])


def change_table(plan: Plan, scenario: Scenario, *, plain: bool) -> Table:
    """Return the same as a difference to the first period, and what stood between."""
    first, last = scenario.periods[0].label, scenario.periods[-1].label
    before, after = _split(plan, first), _split(plan, last)
    counts: Split = {}
    for name in dict.fromkeys([*after, *before]) if first != last else ():
        now, then = after.get(name, {}), before.get(name, {})
        counts[name] = {
            kind: now.get(kind, 0.0) - then.get(kind, 0.0) for kind in KINDS
        }
    table = _split_as_table(f"Change from {first} to {last}", counts, change)
    sizes = _sizes(plan, [period.label for period in scenario.periods])
    found = [sizes[name] for name in sorted(counts)]
    found.append([sum(each) for each in zip(*found, strict=True)])
    trends = [] if plain else [_of_largest(each) for each in found]
    return _with_picture(table, "trend", trends[: len(table.rows)])


def _sizes(plan: Plan, periods: Sequence[str]) -> dict[str, list[float]]:
    """Return how many accelerators of each type there are in each period."""
    place = {label: number for number, label in enumerate(periods)}
    found: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(periods))
    for row in plan.split:
        found[row.accelerator][place[row.period]] += row.count
    return found


def _of_largest(counts: Sequence[float]) -> str:
    """Return counts over time as shares of the largest."""
    largest = max(counts) or 1.0
    return trend([each / largest for each in counts])


def _with_picture(table: Table, name: str, pictures: Sequence[str]) -> Table:
    """Return a table with a further column; rows at the end may have none."""
    missing = [""] * (len(table.rows) - len(pictures))
    pairs = zip(table.rows, [*pictures, *missing], strict=True)
    rows = [[*row, picture] for row, picture in pairs]
    columns = (*table.columns, Column(name, extra=True))
    return replace(table, columns=columns, rows=rows)


def repair_line(plan: Plan, scenario: Scenario) -> str:
    """Return how many idle accelerators of the last period are in repair."""
    last = scenario.periods[-1].label
    broken = sum(
        row.installed
        * (1 - scenario.accelerators[row.accelerator].reliability.availability)
        for row in plan.fleet
        if row.period == last
    )
    return f"idle counts {count(broken)} in repair" if broken else ""


def _split(plan: Plan, period: str) -> Split:
    """Return accelerators in a period, by type and kind of work."""
    found: Split = defaultdict(dict)
    for row in plan.split:
        if row.period == period:
            found[row.accelerator][row.kind] = row.count
    return found


def _split_as_table(title: str, counts: Split, write: Callable[[float], str]) -> Table:
    """Return types below each other, kinds of work beside each other."""
    kinds = [*KINDS, "all"]
    rows = []
    for name, found in sorted(counts.items()):
        numbers = [found.get(kind, 0.0) for kind in KINDS]
        rows.append([name, *map(write, [*numbers, sum(numbers)])])
    if len(rows) > 1:
        every = counts.values()
        sums = [sum(found.get(kind, 0.0) for found in every) for kind in KINDS]
        rows.append(["all", *map(write, [*sums, sum(sums)])])
    columns = (Column("accelerator"), *(Column(kind, number=True) for kind in kinds))
    return Table(title, columns, rows)


def purchase_table(plan: Plan, scenario: Scenario) -> Table:
    """Return deliveries by period and type, with the month of the order."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, row in enumerate(plan.purchases):
        groups[row.period, row.order_by, row.accelerator].append(number)
    several = len(scenario.sites) > 1
    start = str(scenario.periods[0].first_day)[: len("2026-01")]
    rows = []
    for (period, order, name), numbers in sorted(groups.items()):
        found = [plan.purchases[number] for number in numbers]
        texts = [
            period,
            f"{order} (placed)" if order < start else order,
            name,
            count(sum(row.count for row in found)),
            count(sum(row.systems for row in found)),
            money(sum(row.capex_usd for row in found)),
        ]
        sites = ", ".join(dict.fromkeys(row.site for row in found))
        rows.append([*texts, sites] if several else texts)
    columns: tuple[Column, ...] = (
        Column("delivered"),
        Column("order by"),
        Column("accelerator"),
        Column("count", number=True),
        Column("systems", number=True),
        Column("capex", number=True),
    )
    if several:
        columns = (*columns, Column("sites"))
    return Table("Purchases", columns, rows, keys=3)


def lease_table(plan: Plan, scenario: Scenario) -> Table:
    """Return what is leased of each offer, period by period, and its price."""
    on_demand = {o.name for o in scenario.spec.leases if o.on_demand}
    rows = [
        [
            row.offer,
            row.accelerator,
            row.period,
            count(row.count),
            "on demand" if row.offer in on_demand else count(row.signed),
            count(row.hours),
            money(row.lease_usd),
        ]
        for row in plan.leases
    ]
    columns = (
        Column("offer"),
        Column("accelerator"),
        Column("period"),
        *(
            Column(name, number=True)
            for name in ("leased", "signed", "accelerator-hours", "cost")
        ),
    )
    return Table("Leases", columns, rows, keys=2)


def budget_table(plan: Plan, *, plain: bool) -> Table:
    """Return each limit at its tightest, with the periods in which it binds."""
    groups: dict[tuple[str, str], list[BudgetRow]] = defaultdict(list)
    for row in plan.budgets:
        groups[row.name, row.scope].append(row)
    columns = (
        Column("limit"),
        Column("of"),
        Column("used", number=True),
        Column("", extra=True),
        Column("trend", extra=True),
        Column("amount", number=True),
        Column("binds in"),
    )
    rows = [
        [name, scope, *_budget_texts(found, plain=plain)]
        for (name, scope), found in groups.items()
    ]
    return Table("Limits, each in its tightest period", columns, rows, keys=2)


def _budget_texts(rows: Sequence[BudgetRow], *, plain: bool) -> list[str]:
    peak = max(rows, key=lambda row: (row.utilisation or 0.0, row.used, row.limit))
    order = list(dict.fromkeys(row.period for row in rows))
    used = dict.fromkeys(order, 0.0)
    for row in rows:
        used[row.period] = max(used[row.period], row.utilisation or 0.0)
    binding = [row.period for row in rows if (row.utilisation or 0.0) >= BINDING]
    return [
        percent(peak.utilisation),
        bar(peak.utilisation, plain=plain),
        "" if plain else trend([used[period] for period in order]),
        f"{_amount(peak.used, peak.unit)} of {_amount(peak.limit, peak.unit)}",
        (runs_of(binding, order) or "all") if binding else "-",
    ]


def _amount(number: float, unit: str) -> str:
    if unit == "MW":
        return power(number)
    if unit == "USD":
        return money(number)
    if unit == "share":
        return percent(number)
    return count(number) if unit == "accelerator" else f"{count(number)} {unit}"


def cost_table(plan: Plan, *, whole: bool) -> Table:
    """Return nominal cash, energy and carbon by period, or by year where many."""
    by_year = len(plan.costs) > _MOST_PERIODS and not whole
    groups: dict[str, list[CostRow]] = defaultdict(list)
    for row in plan.costs:
        groups[row.period[:4] if by_year else row.period].append(row)
    if len(groups) > 1:
        groups["all"] = list(plan.costs)
    leased, moved = bool(plan.leases), bool(plan.transfers)
    rows = [
        _cost_texts(label, found, leased=leased, moved=moved)
        for label, found in groups.items()
    ]
    names = ["capex", "energy", "maintenance"]
    names += [*(["leases"] if leased else []), *(["transfers"] if moved else [])]
    names += ["energy MWh", "carbon tCO2e"]
    first = Column("year" if by_year else "period")
    columns = (first, *(Column(name, number=True) for name in names))
    return Table("Cash (nominal), energy and carbon", columns, rows)


def _cost_texts(
    label: str, found: Sequence[CostRow], *, leased: bool, moved: bool
) -> list[str]:
    leases = [money(sum(row.lease_usd for row in found))] if leased else []
    transfers = [money(sum(row.transfer_usd for row in found))] if moved else []
    return [
        label,
        money(sum(row.capex_usd for row in found)),
        money(sum(row.energy_usd for row in found)),
        money(sum(row.maintenance_usd for row in found)),
        *leases,
        *transfers,
        count(sum(row.energy_mwh for row in found)),
        count(sum(row.co2e_t for row in found)),
    ]


def rate_lines(plan: Plan) -> list[str]:
    """Return the rate behind every pair, how far to trust it, and what to know."""
    return [
        f"{row.workload} on {row.accelerator}: {digits(row.per_accelerator, 4)} "
        f"{row.unit}, confidence {row.confidence}"
        + "".join(f"; {note}" for note in row.notes)
        for row in plan.rates
    ]


def rejected_lines(plan: Plan, *, whole: bool) -> list[str]:
    """Return which workloads cannot use which accelerators, and why.

    Args:
        plan: With its rejected pairs.
        whole: One line a pair; otherwise workloads that the same accelerators
            cannot do share one, with the first explanation.
    """
    if whole:
        return [
            f"{row.workload} on {row.accelerator} ({row.reason}): {row.detail}"
            for row in plan.rejected
        ]
    by_workload: dict[tuple[str, str], list[RejectedRow]] = defaultdict(list)
    for row in plan.rejected:
        by_workload[row.workload, row.reason].append(row)
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for (workload, reason), found in by_workload.items():
        names = ", ".join(row.accelerator for row in found)
        alike[reason, names, *dict.fromkeys(row.detail for row in found)].append(
            workload
        )
    return [
        f"{', '.join(workloads)} on {names} ({reason}): {_first_detail(details)}"
        for (reason, names, *details), workloads in alike.items()
    ]


def _first_detail(details: Sequence[str]) -> str:
    more = f" (and {len(details) - 1} more; -v lists all)" if len(details) > 1 else ""
    return f"{details[0]}{more}"
