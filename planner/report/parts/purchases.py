"""What is bought, leased, added, moved and scrapped, and when."""

from collections import defaultdict
from collections.abc import Iterator

from planner.numerals import count as in_words
from planner.numerals import money
from planner.plan.plan import Plan
from planner.plan.rows import PurchaseRow
from planner.report.charts import Axis, Chart, Columns, scaled
from planner.report.parts import forms
from planner.report.record import Section, Table, View

Amounts = dict[str, dict[str, float]]
"""Keyed by accelerator and period."""


def purchases_section(plan: Plan) -> Section | None:
    """Return what comes and goes; None where nothing does."""
    return forms.section_of(
        "purchases",
        "Purchases, leases and moves",
        views=list(_views(plan)),
        tables=(_purchases(plan), _leases(plan), *_moves(plan)),
    )


def _views(plan: Plan) -> Iterator[View]:
    if plan.purchases:
        yield _counts(plan)
        yield _capex(plan)


def _by_accelerator(rows: tuple[PurchaseRow, ...], field: str) -> Amounts:
    found: Amounts = defaultdict(lambda: defaultdict(float))
    for row in rows:
        found[row.accelerator][row.period] += getattr(row, field)
    return dict(sorted(found.items()))


def _counts(plan: Plan) -> View:
    amounts = _by_accelerator(plan.purchases, "count")
    labels = forms.periods_of(plan)
    series = tuple(
        Columns(name, labels, [found.get(label, 0.0) for label in labels])
        for name, found in amounts.items()
    )
    axes = Axis("delivered"), Axis("accelerators")
    names = forms.accelerators_of(plan)
    chart = Chart("Accelerators bought", *axes, series, stacked=True, names=names)
    told = ", ".join(
        f"{in_words(sum(found.values()))} {name}" for name, found in amounts.items()
    )
    return View("purchases", chart, f"Stacked columns by period: {told} are bought.")


def _capex(plan: Plan) -> View:
    amounts = _by_accelerator(plan.purchases, "capex_usd")
    labels = forms.periods_of(plan)
    numbers = [found.get(label, 0.0) for found in amounts.values() for label in labels]
    unit, values = scaled("USD", numbers)
    width = len(labels)
    series = tuple(
        Columns(name, labels, values[place * width : (place + 1) * width])
        for place, name in enumerate(amounts)
    )
    axes = Axis("delivered"), Axis("capex, nominal", unit)
    names = forms.accelerators_of(plan)
    chart = Chart("Capex of accelerators", *axes, series, stacked=True, names=names)
    told = ", ".join(
        f"{name} {money(sum(found.values()))}" for name, found in amounts.items()
    )
    return View("purchases in USD", chart, f"Stacked columns by period: {told}.")


def _purchases(plan: Plan) -> Table:
    return forms.table_of(
        "purchases",
        "Purchases",
        plan.purchases,
        forms.text("period", "Delivered"),
        forms.text("order_by", "Order by"),
        forms.text("site", "Site"),
        forms.text("accelerator", "Accelerator"),
        forms.count("count", "Count", "accelerators"),
        forms.count("systems", "Whole systems"),
        forms.money("capex_usd", "Capex, nominal"),
    )


def _leases(plan: Plan) -> Table:
    return forms.table_of(
        "leases",
        "Leases",
        plan.leases,
        forms.text("offer", "Offer"),
        forms.text("accelerator", "Accelerator"),
        forms.text("period", "Period"),
        forms.count("count", "Leased at once", "accelerators"),
        forms.count("signed", "Signed", "accelerators"),
        forms.count("hours", "Paid for", "accelerator-hours"),
        forms.money("lease_usd", "Cost, nominal"),
    )


def _moves(plan: Plan) -> Iterator[Table]:
    """Yield added power, transfers, what is scrapped early, and residual values."""
    yield forms.table_of(
        "expansions",
        "Power added to sites",
        plan.expansions,
        forms.text("site", "Site"),
        forms.text("period", "Paid in"),
        forms.text("order_by", "Order by"),
        forms.text("in_service", "In service from"),
        forms.number("mw", "Facility power", "MW"),
        forms.money("capex_usd", "Capex, nominal"),
    )
    yield forms.table_of(
        "transfers",
        "Transfers between sites",
        plan.transfers,
        forms.text("site", "From"),
        forms.text("to_site", "To"),
        forms.text("accelerator", "Accelerator"),
        forms.text("period", "Leaves in"),
        forms.text("arrives", "Stands from"),
        forms.count("count", "Count", "accelerators"),
        forms.money("cost_usd", "Cost, nominal"),
    )
    yield forms.table_of(
        "early_retirements",
        "Scrapped before the end of life",
        plan.early_retirements,
        forms.text("site", "Site"),
        forms.text("accelerator", "Accelerator"),
        forms.text("period", "Period"),
        forms.count("count", "Count", "accelerators"),
        forms.number("freed_mw", "Power freed", "MW"),
    )
    yield forms.table_of(
        "residuals",
        "Value at the end of the horizon",
        plan.residuals,
        forms.text("site", "Site"),
        forms.text("accelerator", "Accelerator"),
        forms.text("installed", "Installed"),
        forms.text("standing", "Of the starting fleet"),
        forms.count("cohort", "Installed together", "accelerators"),
        forms.count("kept", "Kept", "accelerators"),
        forms.money("residual_usd", "Worth, present value"),
        forms.money("lost_usd", "Lost, present value"),
    )
