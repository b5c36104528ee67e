"""A plan's accounts, as ``planner solve`` prints them."""

from planner.cli.format import count, digits, money, percent, power
from planner.cli.tables import Column, Table
from planner.plan.account_rows import AccountRow, Totals, UnitCostRow
from planner.plan.plan import Plan

_UNITS = (
    ("usd_per_run", "a run"),
    ("usd_per_mtoken", "Mtoken"),
    ("usd_per_msample", "Msample"),
    ("usd_per_mrequest", "Mrequest"),
)
_MW_DIGITS = 6
"""Less than a watt of what sites leave is the solver's rounding."""


def account_table(plan: Plan, *, whole: bool) -> Table:
    """Return what each calendar year costs and delivers.

    Args:
        plan: With its accounts.
        whole: Whether counts in H100s and power not drawn are shown too.
    """
    names = ["capex", "depreciation", "opex", "TCO", "utilised", "stranded"]
    if whole:
        names += ["not drawn", "H100-eq. by peak", "by work done"]
    rows = [[str(row.year), *_figures(row, whole=whole)] for row in plan.accounts]
    if plan.totals is not None and len(rows) > 1:
        rows.append(["all", *_figures(plan.totals, whole=whole)])
    columns = (Column("year"), *(Column(name, number=True) for name in names))
    return Table("Accounts (nominal); means over the year", columns, rows)


def _figures(row: AccountRow | Totals, *, whole: bool) -> list[str]:
    texts = [
        money(row.capex_usd),
        money(row.depreciation_usd),
        money(row.opex_usd),
        money(row.tco_usd),
        percent(row.utilisation),
        power(round(row.stranded_mw, _MW_DIGITS)),
    ]
    if not whole:
        return texts
    by_peak, by_work = row.h100_equivalents, row.h100_equivalents_delivered
    counts = ["-" if n is None else count(n) for n in (by_peak, by_work)]
    return [*texts, power(row.undrawn_mw), *counts]


def unit_cost_table(plan: Plan, *, whole: bool) -> Table:
    """Return what the work on each workload costs, and a unit of it.

    Args:
        plan: With its unit costs.
        whole: Whether accelerator-hours and every unit are shown, not the first alone.
    """
    columns = (
        Column("workload"),
        Column("cost", number=True),
        Column("USD an hour", number=True),
        Column("USD", number=True),
        Column("for"),
        Column("accelerator-hours", number=True),
    )
    rows = [
        texts
        for row in plan.unit_costs
        if row.accelerator_hours > 0
        for texts in _unit_texts(row, whole=whole)
    ]
    title = "Cost of the accelerators at work, with energy"
    if whole:
        return Table(title, columns, rows)
    return Table(title, columns[:-1], [texts[:-1] for texts in rows])


def _unit_texts(row: UnitCostRow, *, whole: bool) -> list[list[str]]:
    """Return a line for each unit; the first says what the work costs in all."""
    units = [
        (digits(usd, 3), unit)
        for name, unit in _UNITS
        if (usd := getattr(row, name)) is not None
    ] or [("-", "-")]
    hourly = row.usd_per_accelerator_hour
    first = [
        row.workload,
        money(row.cost_usd),
        "-" if hourly is None else digits(hourly, 3),
        *units[0],
        count(row.accelerator_hours),
    ]
    more = [["", "", "", *unit, ""] for unit in units[1:]]
    return [first, *more] if whole else [first]


def pay_table(plan: Plan, *, whole: bool) -> Table:
    """Return what has to be earned, and what earns it; empty without `revenue`.

    Args:
        plan: With its answer.
        whole: Whether the workloads are named.
    """
    found = plan.does_it_pay
    rows: list[list[str]] = []
    if found is not None:
        names = ", ".join(found.workloads)
        many = f"{len(found.workloads)} workloads"
        rows = [
            ["accelerators at work", money(found.cost_usd), names if whole else many],
            ["share of what idles", money(found.idle_usd), ""],
            ["subscriptions", money(found.subscription_usd), ""],
            ["partners", money(found.partner_usd), ""],
            ["advertising", money(found.ad_revenue_usd), "all of it, lift apart"],
        ]
    title = f"Does it pay, over {found.years:g} years (nominal)" if found else ""
    return Table(
        title,
        (Column("what"), Column("USD", number=True), Column("note")),
        rows,
        header=False,
    )
