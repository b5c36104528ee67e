"""The rows of a plan, summed up as the tables that ``planner solve`` prints."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from planner.cli.format import bar, change, count, money, percent, power, runs_of
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


def split_table(plan: Plan, scenario: Scenario) -> Table:
    """Return accelerators by kind of work in the last period."""
    last = scenario.periods[-1].label
    counts = _split(plan, last)
    return _split_as_table(f"Accelerators by kind of work, {last}", counts, count)


def change_table(plan: Plan, scenario: Scenario) -> Table:
    """Return the same as a difference to the first period."""
    first, last = scenario.periods[0].label, scenario.periods[-1].label
    before, after = _split(plan, first), _split(plan, last)
    names = dict.fromkeys([*after, *before])
    counts = {
        name: {
            kind: after.get(name, {}).get(kind, 0.0) - before.get(name, {}).get(kind, 0.0)
            for kind in KINDS
        }
        for name in names
    }
    if first == last:
        counts = {}
    return _split_as_table(f"Change from {first} to {last}", counts, change)


def _split(plan: Plan, period: str) -> Split:
    """Return accelerators in a period, by type and kind of work."""
    found: Split = defaultdict(dict)
    for row in plan.split:
        if row.period == period:
            found[row.accelerator][row.kind] = row.count
    return found


def _split_as_table(
    title: str, counts: Split, write: Callable[[float], str]
) -> Table:
    """Return types below each other, kinds of work beside each other."""
    kinds = [*KINDS, "all"]
    rows = []
    for name, found in sorted(counts.items()):
        numbers = [found.get(kind, 0.0) for kind in KINDS]
        rows.append([name, *map(write, [*numbers, sum(numbers)])])
    if len(rows) > 1:
        sums = [sum(found.get(kind, 0.0) for found in counts.values()) for kind in KINDS]
        rows.append(["all", *map(write, [*sums, sum(sums)])])
    columns = (Column("accelerator"), *(Column(kind, number=True) for kind in kinds))
    return Table(title, columns, rows)


def purchase_table(plan: Plan, scenario: Scenario) -> Table:
    """Return deliveries by period and type, with the month of the order."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, row in enumerate(plan.purchases):
        groups[row.period, row.order_by, row.accelerator].append(number)
    several = len(scenario.sites) > 1
    rows = []
    for (period, order, name), numbers in sorted(groups.items()):
        found = [plan.purchases[number] for number in numbers]
        texts = [
            period,
            order,
            name,
            count(sum(row.count for row in found)),
            count(sum(row.systems for row in found)),
            money(sum(row.capex_usd for row in found)),
        ]
        sites = ", ".join(dict.fromkeys(row.site for row in found))
        rows.append([*texts, sites] if several else texts)
    columns = (
        Column("delivered"),
        Column("order by"),
        Column("accelerator"),
        Column("count", number=True),
        Column("systems", number=True),
        Column("capex", number=True),
    )
    if several:
        columns = (*columns, Column("sites"))
    return Table("Purchases", columns, rows)


def budget_table(plan: Plan, *, plain: bool) -> Table:
    """Return each limit at its tightest, with the periods in which it binds."""
    groups: dict[tuple[str, str], list[BudgetRow]] = defaultdict(list)
    for row in plan.budgets:
        groups[row.name, row.scope].append(row)
    columns = (
        Column("limit"),
        Column("of"),
        Column("used", number=True),
        Column(""),
        Column("peak use", number=True),
        Column("binds in"),
    )
    rows = [
        [name, scope, *_budget_texts(found, plain=plain)]
        for (name, scope), found in groups.items()
    ]
    return Table("Limits, each in its tightest period", columns, rows)


def _budget_texts(rows: Sequence[BudgetRow], *, plain: bool) -> list[str]:
    peak = max(rows, key=lambda row: (row.utilisation or 0.0, row.used, row.limit))
    order = list(dict.fromkeys(row.period for row in rows))
    binding = [row.period for row in rows if (row.utilisation or 0.0) >= BINDING]
    return [
        percent(peak.utilisation),
        bar(peak.utilisation, plain=plain),
        f"{_amount(peak.used, peak.unit)} of {_amount(peak.limit, peak.unit)}",
        runs_of(binding, order) if binding else "-",
    ]


def _amount(number: float, unit: str) -> str:
    if unit == "MW":
        return power(number)
    if unit == "USD":
        return money(number)
    return count(number) if unit == "accelerator" else f"{count(number)} {unit}"


def cost_table(plan: Plan, *, whole: bool) -> Table:
    """Return nominal cash, energy and carbon by period, or by year where many."""
    by_year = len(plan.costs) > _MOST_PERIODS and not whole
    groups: dict[str, list[CostRow]] = defaultdict(list)
    for row in plan.costs:
        groups[row.period[:4] if by_year else row.period].append(row)
    rows = [_cost_texts(label, found) for label, found in groups.items()]
    if len(rows) > 1:
        rows.append(_cost_texts("all", plan.costs))
    names = ["capex", "energy", "maintenance", "energy MWh", "carbon tCO2e"]
    first = Column("year" if by_year else "period")
    columns = (first, *(Column(name, number=True) for name in names))
    return Table("Cash (nominal), energy and carbon", columns, rows)


def _cost_texts(label: str, rows: Iterable[CostRow]) -> list[str]:
    found = list(rows)
    return [
        label,
        money(sum(row.capex_usd for row in found)),
        money(sum(row.energy_usd for row in found)),
        money(sum(row.maintenance_usd for row in found)),
        count(sum(row.energy_mwh for row in found)),
        count(sum(row.co2e_t for row in found)),
    ]


def rejected_table(plan: Plan, *, whole: bool) -> Table:
    """Return which workloads cannot use which accelerators, and why.

    Args:
        plan: With its rejected pairs.
        whole: One line a pair; otherwise one for each workload and reason, with
            the first pair's explanation.
    """
    groups: dict[tuple[str, ...], list[RejectedRow]] = defaultdict(list)
    for row in plan.rejected:
        pair = (row.workload, row.reason)
        groups[(*pair, row.accelerator) if whole else pair].append(row)
    rows = []
    for found in groups.values():
        names = ", ".join(row.accelerator for row in found)
        others = len({row.detail for row in found}) - 1
        more = f" (and {others} more; -v shows all)" if others else ""
        detail = found[0].detail + more
        rows.append([found[0].workload, found[0].reason, names, detail])
    names = ("workload", "reason", "accelerators", "detail")
    return Table("Cannot be used", tuple(map(Column, names)), rows)
