"""What is built, moved and scrapped, as ``planner solve`` prints it."""

from collections import defaultdict

from planner.cli.format import count, money, power
from planner.cli.tables import Column, Table
from planner.plan.plan import Plan


def transfer_table(plan: Plan) -> Table:
    """Return what moves between sites, in the order in which it leaves."""
    columns = (
        Column("leaves in"),
        Column("serves in"),
        Column("accelerator"),
        Column("from"),
        Column("to"),
        Column("count", number=True),
        Column("cost", number=True),
    )
    rows = [
        [
            row.period,
            row.arrives,
            row.accelerator,
            row.site,
            row.to_site,
            count(row.count),
            money(row.cost_usd),
        ]
        for row in plan.transfers
    ]
    return Table("Transfers", columns, rows, keys=5)


def early_table(plan: Plan) -> Table:
    """Return what is scrapped before the end of its life, and the power it frees."""
    columns = (
        Column("scrapped in"),
        Column("accelerator"),
        Column("site"),
        Column("count", number=True),
        Column("frees", number=True),
    )
    rows = [
        [row.period, row.accelerator, row.site, count(row.count), power(row.freed_mw)]
        for row in plan.early_retirements
    ]
    return Table("Scrapped before the end of life", columns, rows, keys=3)


def lost_lines(plan: Plan) -> list[str]:
    """Return the residual value that is lost by scrapping, by accelerator."""
    lost: dict[str, float] = defaultdict(float)
    for row in plan.residuals:
        lost[row.accelerator] += row.lost_usd
    scrapped = dict.fromkeys(row.accelerator for row in plan.early_retirements)
    return [
        f"{name}: {money(lost[name])} of residual value is lost (present value)"
        for name in scrapped
    ]


def expansion_table(plan: Plan) -> Table:
    """Return the power added to sites, in the order in which it is paid."""
    columns = (
        Column("paid in"),
        Column("order by"),
        Column("in service"),
        Column("site"),
        Column("power", number=True),
        Column("capex", number=True),
    )
    rows = [
        [
            row.period,
            row.order_by,
            row.in_service,
            row.site,
            power(row.mw),
            money(row.capex_usd),
        ]
        for row in plan.expansions
    ]
    return Table("Expansions", columns, rows, keys=4)
