"""Power and money, stated a second time, in Pint.

A function returns the worst place of the constraint it is named after.
"""

from planner.audit.estate import Estate
from planner.audit.money import Books
from planner.audit.tally import Tally, total
from planner.plan.findings import CheckRow
from planner.units import Quantity


def site_power(ctx: Estate) -> CheckRow:
    """Provisioned facility power stays within each site's, expansions included."""
    tally = Tally("site_power", "MW")
    for name in ctx.scenario.sites:
        for t in range(len(ctx.scenario.periods)):
            limit = ctx.power_of(name, t)
            tally.most(ctx.provisioned[name, t], limit, ctx.largest)
    return tally.row()


def power_budget(ctx: Estate) -> CheckRow:
    """Provisioned facility power of all sites stays within the fleet's budget."""
    tally = Tally("power_budget", "MW")
    for t in range(len(ctx.scenario.periods)):
        limit = fleet_limit(ctx, t)
        if limit is not None:
            tally.most(ctx.provisioned_everywhere[t], limit, ctx.largest)
    return tally.row()


def fleet_limit(ctx: Estate, t: int) -> Quantity | None:
    """Return the fleet's power budget, at least what is grandfathered; or None."""
    budget = ctx.scenario.spec.budgets.power
    limit = None if budget is None else budget.level(ctx.scenario.periods[t])
    if limit is None or not ctx.scenario.grandfathered:
        return limit
    stands = [(ctx.standing(name, t), 1.0) for name in ctx.scenario.sites]
    return max(limit, total(stands, "MW"))


def capex_budget(books: Books) -> CheckRow:
    """Purchases and expansions of a span stay within its capital budget."""
    tally = Tally("capex_budget", "USD")
    for _, spent, limit in books.capital():
        tally.most(spent, limit, books.dearest)
    return tally.row()


def opex_budget(books: Books) -> CheckRow:
    """Running costs of a span stay within their budget."""
    tally = Tally("opex_budget", "USD")
    budget = books.scenario.spec.budgets.opex
    for span, limit in budget.amounts(books.scenario.periods) if budget else ():
        tally.most(books.within(books.opex, span, "USD"), limit, books.dearest)
    return tally.row()


def carbon_budget(books: Books) -> CheckRow:
    """Emissions of a span's energy stay within their budget."""
    tally = Tally("carbon_budget", "t")
    budget = books.scenario.spec.budgets.carbon
    for span, limit in budget.amounts(books.scenario.periods) if budget else ():
        tally.most(books.within(books.carbon, span, "t"), limit, books.dirtiest)
    return tally.row()
