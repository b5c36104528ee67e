"""What a plan costs: cash by period, accounts by year, by workload, and who pays."""

from collections.abc import Iterator
from dataclasses import fields, replace

from planner.numerals import money
from planner.plan.plan import Plan
from planner.plan.rows import Parts
from planner.plan.words import WORTH, account_line, pay_line, whole_line
from planner.report.charts import Axis, Chart, Columns, scaled
from planner.report.parts import forms
from planner.report.record import Column, Section, Table, View
from planner.report.subject import Hidden, Subject
from planner.specs.confidential import HIDDEN

_CASH = {
    "capex_usd": "capex",
    "energy_usd": "energy",
    "maintenance_usd": "maintenance",
    "lease_usd": "leases",
    "transfer_usd": "transfers",
}
_TCO = {"depreciation_usd": "depreciation", "opex_usd": "opex"}
_PARTS = {
    "served_value": "served demand",
    "run_value": "training runs",
    "expansion": "more power",
    "residual": "residual value",
}
"""Words of the objective's parts, where they are not the field's own."""


def costs_section(subject: Subject) -> Section | None:
    """Return what a plan costs; None without a plan."""
    plan = subject.plan
    if not plan.costs:
        return None
    lines = (whole_line(plan), account_line(plan), pay_line(plan))
    return forms.section_of(
        "costs",
        "Costs",
        " ".join(forms.sentence(line) for line in lines if line),
        views=list(_views(plan)),
        tables=(
            _cash(plan),
            _objective(plan),
            _accounts(plan),
            _totals(plan),
            _unit_costs(plan, subject.hidden()),
            _pay(plan),
        ),
    )


def part_names() -> dict[str, str]:
    """Return the parts of an objective in words, keyed by field, in order."""
    return {each.name: _PARTS.get(each.name, each.name) for each in fields(Parts)}


def _views(plan: Plan) -> Iterator[View]:
    labels = forms.periods_of(plan)
    series = {
        word: [getattr(row, field) for row in plan.costs]
        for field, word in _CASH.items()
    }
    title = "Cash by period, nominal"
    yield _stacked("costs", title, Axis("period"), labels, series)
    years = tuple(str(row.year) for row in plan.accounts)
    series = {
        word: [getattr(row, field) for row in plan.accounts]
        for field, word in _TCO.items()
    }
    title = "Total cost of ownership by year, nominal"
    yield _stacked("accounts", title, Axis("year"), years, series)


def _stacked(
    name: str,
    title: str,
    x: Axis,
    labels: tuple[str, ...],
    series: dict[str, list[float]],
) -> View:
    """Return columns on one another, kinds that are 0 everywhere left out."""
    kept = {word: numbers for word, numbers in series.items() if any(numbers)}
    flat = [number for numbers in kept.values() for number in numbers]
    unit, values = scaled("USD", flat)
    width = len(labels)
    columns = tuple(
        Columns(word, labels, values[place * width : (place + 1) * width])
        for place, word in enumerate(kept)
    )
    chart = Chart(title, x, Axis("cost", unit), columns, stacked=True)
    told = ", ".join(f"{word} {money(sum(found))}" for word, found in kept.items())
    words = f"Stacked columns. {title}: {told or 'nothing'}; {money(sum(flat))} in all."
    return View(name, chart, words)


def _cash(plan: Plan) -> Table:
    return forms.table_of(
        "costs",
        "Cash, energy and carbon by period, nominal",
        plan.costs,
        forms.text("period", "Period"),
        forms.money("capex_usd", "Capex"),
        forms.money("energy_usd", "Energy"),
        forms.money("maintenance_usd", "Maintenance"),
        forms.money("lease_usd", "Leases"),
        forms.money("transfer_usd", "Transfers"),
        forms.number("energy_mwh", "Energy", "MWh"),
        forms.number("co2e_t", "CO2e", "t"),
    )


def _objective(plan: Plan) -> Table:
    """Return what the objective consists of, its sum below."""
    columns = forms.text("part", "Part"), forms.money("usd", "Present value")
    parts, worth = plan.objective.parts, WORTH[plan.objective.mode]
    rows = (
        []
        if parts is None
        else [(word, getattr(parts, name)) for name, word in part_names().items()]
    )
    kept = [row for row in rows if row[1]]
    if parts is not None:
        kept.append((worth, parts.total()))
    return Table("objective", f"What the {worth} consists of", columns, tuple(kept))


def _figures() -> tuple[Column, ...]:
    return (
        forms.money("capex_usd", "Capex"),
        forms.money("depreciation_usd", "Depreciation"),
        forms.money("opex_usd", "Opex"),
        forms.money("tco_usd", "Total cost of ownership"),
        forms.number("h100_equivalents", "By peak", "H100"),
        forms.number("h100_equivalents_delivered", "By work done", "H100"),
        forms.share("utilisation", "Utilisation"),
        forms.number("stranded_mw", "Stranded", "MW"),
        forms.number("undrawn_mw", "Provisioned, not drawn", "MW"),
    )


def _accounts(plan: Plan) -> Table:
    return forms.table_of(
        "accounts",
        "Accounts by year, nominal; means over the year",
        plan.accounts,
        forms.text("year", "Year"),
        forms.count("months", "Months"),
        *_figures(),
    )


def _totals(plan: Plan) -> Table:
    return forms.table_of(
        "totals",
        "Accounts of the whole plan, nominal",
        () if plan.totals is None else (plan.totals,),
        forms.money("net_present_value_usd", "Net present value"),
        *_figures(),
        forms.count("undepreciated_accelerators", "Not depreciated", "accelerators"),
    )


def _unit_costs(plan: Plan, hidden: Hidden) -> Table:
    found = forms.table_of(
        "unit_costs",
        "Cost of the accelerators at work, with energy, nominal",
        plan.unit_costs,
        forms.text("workload", "Workload"),
        forms.text("kind", "Kind of work"),
        forms.count("accelerator_hours", "At work", "accelerator-hours"),
        forms.number("energy_mwh", "Energy", "MWh"),
        forms.money("cost_usd", "Cost"),
        forms.number("volume", "Work done"),
        forms.text("unit", "Unit of the work"),
        forms.number("usd_per_accelerator_hour", "An hour", "USD"),
        forms.number("usd_per_mtoken", "A Mtoken", "USD"),
        forms.number("usd_per_mrequest", "A Mrequest", "USD"),
        forms.number("usd_per_msample", "A Msample", "USD"),
        forms.money("usd_per_run", "A run"),
    )
    volume = [column.name for column in found.columns].index("volume")
    rows = tuple(
        (*row[:volume], HIDDEN, *row[volume + 1 :])
        if _is_hidden(hidden, str(row[0]))
        else row
        for row in found.rows
    )
    return replace(found, rows=rows)


def _is_hidden(hidden: Hidden, workload: str) -> bool:
    """Return whether how much work there is to do is confidential."""
    keys = "tokens", "demand"
    return any(hidden.covers(f"workloads.{workload}.{key}") for key in keys)


def _pay(plan: Plan) -> Table:
    return forms.table_of(
        "does_it_pay",
        "Does it pay, over the whole plan, nominal",
        () if plan.does_it_pay is None else (plan.does_it_pay,),
        forms.text("workloads", "Workloads"),
        forms.number("years", "Length", "years"),
        forms.money("cost_usd", "At work"),
        forms.money("idle_usd", "Share of what idles"),
        forms.money("subscription_usd", "Subscriptions"),
        forms.money("partner_usd", "Partners"),
        forms.money("ad_revenue_usd", "Advertising, all of it"),
        forms.share("break_even_lift", "Lift that breaks even"),
        forms.number("break_even_usd_per_msample", "The same a Msample", "USD"),
        forms.share("ad_lift", "Stated lift"),
        forms.money("net_usd", "Left with it"),
        forms.text("pays", "Pays"),
    )
