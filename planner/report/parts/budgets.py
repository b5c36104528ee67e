"""How far limits are used: power by period, budgets by span, and all of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from planner.explain.explanation import BINDING
from planner.numerals import money, percent, power, runs_of
from planner.plan.plan import Plan
from planner.plan.rows import BudgetRow
from planner.report.charts import Axis, Chart, Columns, Line, scaled
from planner.report.parts import forms
from planner.report.parts.hidden import Group, hidden_limits
from planner.report.record import Cell, Section, Table, View
from planner.report.subject import Subject
from planner.specs.confidential import HIDDEN

_BUDGET = ("power_budget", "fleet")
_TITLES = {
    "site_power": "Power provisioned at {}",
    "capex_budget": "Capex, nominal",
    "opex_budget": "Opex, nominal",
    "carbon_budget": "CO2e of the energy",
}

Groups = Mapping[Group, Sequence[BudgetRow]]


def budgets_section(subject: Subject) -> Section | None:
    """Return how far every limit is used; None where there are none."""
    plan = subject.plan
    if not plan.budgets:
        return None
    groups: dict[Group, list[BudgetRow]] = defaultdict(list)
    for row in plan.budgets:
        groups[row.name, row.scope].append(row)
    hidden = hidden_limits(subject.hidden(), groups)
    return forms.section_of(
        "budgets",
        "Limits and how far they are used",
        "A limit that is used up is marked.",
        views=list(_views(plan, groups, hidden)),
        tables=(_tightest(groups, hidden), _table(plan, hidden)),
    )


def _views(plan: Plan, groups: Groups, hidden: frozenset[Group]) -> Iterator[View]:
    sites = [group for group in groups if group[0] == "site_power"]
    whole = len(sites) > 1 or _BUDGET in groups
    if whole:
        yield _power_of_fleet(plan, groups, hidden, sites)
    for (name, scope), rows in groups.items():
        if name in _TITLES:
            view = name.partition("_")[0]
            if name == "site_power":
                view = f"power of {scope}" if whole else "power"
            title = _TITLES[name].format(scope)
            yield _view(view, title, rows, hidden=(name, scope) in hidden)


def _power_of_fleet(
    plan: Plan, groups: Groups, hidden: frozenset[Group], sites: Sequence[Group]
) -> View:
    """Return the power of all sites against their sum, or the fleet's budget."""
    budget = {row.period: row.limit for row in groups.get(_BUDGET, ())}
    unknown = {_BUDGET} if budget else set(sites)
    rows = []
    for period in forms.periods_of(plan):
        found = [r for site in sites for r in groups[site] if r.period == period]
        used, power_mw = (
            sum(numbers)
            for numbers in ([r.used for r in found], [r.limit for r in found])
        )
        limit = budget.get(period, power_mw)
        share = used / limit if limit else None
        rows.append(BudgetRow("", "", period, used, limit, "MW", share))
    title = "Power provisioned, all sites"
    return _view("power", title, rows, hidden=bool(unknown & hidden))


def _view(name: str, title: str, rows: Sequence[BudgetRow], *, hidden: bool) -> View:
    """Return what is used as columns, and the limit as a line."""
    unit = rows[0].unit
    numbers = [row.used for row in rows] + [row.limit for row in rows]
    shown, values = scaled(unit, numbers)
    x = [row.period for row in rows]
    binding = [not hidden and _binds(row) for row in rows]
    used = Columns("used", x, values[: len(rows)], marked=binding)
    limit = Line("limit", x, values[len(rows) :], points=True)
    series = (used,) if hidden else (used, limit)
    axis = Axis("power" if unit == "MW" else "used", shown)
    chart = Chart(title, Axis("period"), axis, series)
    return View(name, chart, _sentence(title, rows, hidden=hidden))


def _binds(row: BudgetRow) -> bool:
    return (row.utilisation or 0.0) >= BINDING


def _sentence(title: str, rows: Sequence[BudgetRow], *, hidden: bool) -> str:
    peak = max(rows, key=lambda row: (row.utilisation or 0.0, row.used))
    used = _amount(peak.used, peak.unit)
    if hidden:
        most = max(rows, key=lambda row: row.used)
        return (
            f"{title}: columns, at most {_amount(most.used, most.unit)} in "
            f"{most.period}; the limit is confidential."
        )
    order = [row.period for row in rows]
    binding = [row.period for row in rows if _binds(row)]
    where = f"used up in {runs_of(binding, order)}" if binding else "never used up"
    return (
        f"{title}: columns under the line of the limit, {where}; at its tightest "
        f"{used} of {_amount(peak.limit, peak.unit)} "
        f"({percent(peak.utilisation)}) in {peak.period}."
    )


def _amount(number: float, unit: str) -> str:
    if unit == "MW":
        return power(number)
    return money(number) if unit == "USD" else f"{number:,.0f} {unit}"


def _tightest(groups: Groups, hidden: frozenset[Group]) -> Table:
    """Return each limit once, at its tightest, with the spans in which it binds."""
    columns = (
        forms.text("name", "Limit"),
        forms.text("scope", "Of"),
        forms.share("utilisation", "At most used"),
        forms.text("period", "In"),
        forms.text("binds", "Used up in"),
    )
    rows: list[tuple[Cell, ...]] = []
    for (name, scope), found in groups.items():
        peak = max(found, key=lambda row: (row.utilisation or 0.0, row.used))
        order = list(dict.fromkeys(row.period for row in found))
        binding = runs_of((row.period for row in found if _binds(row)), order)
        share, period = peak.utilisation, peak.period
        if (name, scope) in hidden:
            rows.append((name, scope, HIDDEN, HIDDEN, HIDDEN))
        else:
            rows.append((name, scope, share, period, binding))
    title = "Limits, each at its tightest"
    return Table("limits", title, columns, tuple(rows))


def _table(plan: Plan, hidden: frozenset[Group]) -> Table:
    columns = (
        forms.text("name", "Limit"),
        forms.text("scope", "Of"),
        forms.text("period", "Period"),
        forms.number("used", "Used"),
        forms.number("limit", "Limit"),
        forms.text("unit", "Unit"),
        forms.share("utilisation", "Utilisation"),
        forms.text("binds", "Used up"),
    )
    rows = []
    for row in plan.budgets:
        told = (row.limit, row.unit, row.utilisation, "yes" if _binds(row) else "")
        kept = (
            (HIDDEN, row.unit, HIDDEN, HIDDEN)
            if (row.name, row.scope) in hidden
            else told
        )
        rows.append((row.name, row.scope, row.period, row.used, *kept))
    return Table("budgets", "Every limit in every period", columns, tuple(rows))
