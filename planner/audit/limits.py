"""Power and money, stated a second time, in Pint.

A function returns the worst place of the constraint it is named after.
"""

from planner.audit.estate import Estate
from planner.audit.money import Books
from planner.audit.tally import Tally
from planner.plan.findings import CheckRow


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
    budget = ctx.scenario.spec.budgets.power
    for t, period in enumerate(ctx.scenario.periods) if budget else ():
        limit = budget.level(period) if budget else None
        if limit is not None:
            tally.most(ctx.provisioned_everywhere[t], limit, ctx.largest)
    return tally.row()


def capex_budget(books: Books) -> CheckRow:
    """Purchases and expansions of a span stay within its capital budget."""
    tally = Tally("capex_budget", "USD")
    for _, spent, limit in books.capital():
        tally.most(spent, limit, books.dearest)
    return tally.row()
