"""Power and money, stated a second time, in Pint.

A function returns the worst place of the constraint it is named after.
"""

from planner.audit.context import Context
from planner.audit.money import Books
from planner.audit.tally import Tally
from planner.plan.findings import CheckRow
from planner.units import ureg


def site_power(ctx: Context) -> CheckRow:
    """Provisioned facility power stays within the power of each site."""
    tally, none = Tally("site_power", "MW"), ureg.Quantity(0.0, "MW")
    for name, site in ctx.scenario.sites.items():
        for t, period in enumerate(ctx.scenario.periods):
            limit = site.power.level(period)
            if limit is None:
                limit = none
            tally.most(ctx.provisioned[name, t], limit, ctx.largest)
    return tally.row()


def power_budget(ctx: Context) -> CheckRow:
    """Provisioned facility power of all sites stays within the fleet's budget."""
    tally = Tally("power_budget", "MW")
    budget = ctx.scenario.spec.budgets.power
    for t, period in enumerate(ctx.scenario.periods) if budget else ():
        limit = budget.level(period) if budget else None
        if limit is not None:
            tally.most(ctx.provisioned_everywhere[t], limit, ctx.largest)
    return tally.row()


def capex_budget(books: Books) -> CheckRow:
    """Purchases of a span stay within its capital budget."""
    tally = Tally("capex_budget", "USD")
    budget = books.scenario.spec.budgets.capex
    for span, limit in budget.amounts(books.scenario.periods) if budget else ():
        spent = books.spent(span)
        tally.most(spent, limit, books.dearest)
    return tally.row()
