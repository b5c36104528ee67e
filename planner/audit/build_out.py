"""What is built, stated a second time, in Pint."""

import math

from planner.audit.money import Books
from planner.audit.tally import Tally, total
from planner.plan.findings import CheckRow
from planner.plan.rows import ExpansionRow
from planner.units import ureg

MONTHS_OF_A_YEAR = 12
WHOLE = 1e-9


def expansion_limit(books: Books) -> CheckRow:
    """Power ordered for a site stays within what can be added to it."""
    tally = Tally("expansion_limit", "MW")
    for name, site in books.scenario.sites.items():
        if site.expansion is not None:
            ordered = books.ordered(name)
            tally.most(ordered, site.expansion.limit, books.largest)
    return tally.row()


def expansions(books: Books) -> CheckRow:
    """Every order can be placed, and states when it serves and what it costs."""
    tally = Tally("expansions", "MW")
    for row in books.plan.expansions:
        t, site = books.index.get(row.period), books.scenario.sites.get(row.site)
        if t is None or site is None or site.expansion is None:
            tally.broken("rows")
            continue
        tally.place(math.nan if math.isnan(row.mw) else -row.mw, 0.0)
        price = site.expansion.price(books.scenario.periods[t], site.pue)
        if price is None or not _dated(books, row, site.expansion.lead_months):
            tally.broken("rows")
            continue
        cost = total([(price * ureg.Quantity(1.0, "MW"), row.mw)], "USD")
        tally.same(row.capex_usd, cost, books.dearest, "USD")
    return tally.row()


def _dated(books: Books, row: ExpansionRow, lead_months: float) -> bool:
    """Return whether first service and latest order of an expansion are right."""
    t = books.index[row.period]
    first = books.first_after(t, lead_months)
    if first is None:
        return False
    month = books.scenario.periods[first].first_month - math.ceil(lead_months - WHOLE)
    order_by = f"{month // MONTHS_OF_A_YEAR}-{month % MONTHS_OF_A_YEAR + 1:02d}"
    served = books.scenario.periods[first].label
    return row.in_service == served and row.order_by == order_by
