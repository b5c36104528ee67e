"""What is built, moved and scrapped, stated a second time, in Pint."""

import math

from planner.audit.fleet import worn_out
from planner.audit.money import Books
from planner.audit.tally import COUNT, ONE_MILLIONTH, Tally, total
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


def transfers(books: Books) -> CheckRow:
    """Every move states when it arrives and what it costs."""
    tally = Tally("transfers", COUNT)
    offer = books.scenario.spec.transfers
    for row in books.plan.transfers:
        t = books.index.get(row.period)
        following = None if t is None else t + 1
        if offer is None or books.index.get(row.arrives) != following:
            tally.broken("rows")
            continue
        tally.place(math.nan if math.isnan(row.count) else -row.count, 0.0)
        cost = total([(offer.cost, row.count)], "USD")
        tally.same(row.cost_usd, cost, offer.cost, "USD")
    return tally.row()


def residual(books: Books) -> CheckRow:
    """Only what still stands at the end has a residual value."""
    tally = Tally("residual", COUNT)
    missing = dict(books.cohorts)
    kept: dict[tuple[str, str], float] = {}
    for row in books.plan.residuals:
        place = row.site, row.accelerator
        found = missing.pop((*place, row.installed, row.standing), None)
        if found is None:
            tally.broken("rows")
            continue
        count, value = found
        tally.count(row.cohort, count)
        tally.place(row.kept - count, count)
        tally.place(math.nan if math.isnan(row.kept) else -row.kept, 0.0)
        tally.same(row.residual_usd, value * row.kept, value, "USD")
        tally.same(row.lost_usd, value * (count - row.kept), value, "USD")
        kept[place] = kept.get(place, 0.0) + row.kept
    for count, _ in missing.values():
        tally.count(0.0, count)
    last = len(books.scenario.periods) - 1
    for (site, chip), count in kept.items():
        sites = books.together.get((site, chip), ())
        stands = sum(books.installed.get((s, chip, last), 0.0) for s in sites)
        tally.place(count - stands, stands)
    return tally.row()


def early_retirements(books: Books) -> CheckRow:
    """What is scrapped before its time has rows, with the power that it frees."""
    tally = Tally("early_retirements", COUNT)
    missing = _early(books)
    for row in books.plan.early_retirements:
        site, t = row.site, books.index.get(row.period, -1)
        tally.count(row.count, missing.pop((site, row.accelerator, t), 0.0))
        each = books.provision.get(site, {}).get(row.accelerator)
        if each is None:
            tally.broken("rows")
            continue
        tally.same(row.freed_mw, each * row.count, each, "MW")
    for count in missing.values():
        tally.count(0.0, count)
    return tally.row()


def _early(books: Books) -> dict[tuple[str, str, int], float]:
    """Return what retires before it is due, the oldest first, by place.

    Sites that are not told apart share it by what retires at each.
    """
    found: dict[tuple[str, str, int], float] = {}
    if not books.scenario.spec.early_retirement:
        return found
    for (_, chip), sites in books.together.items():
        before = 0.0
        for t in range(len(books.scenario.periods)):
            counts = {s: books.retired.get((s, chip, t), 0.0) for s in sites}
            after = before + sum(counts.values())
            due = sum(worn_out(books, site, chip, t) for site in sites)
            early = max(0.0, after - max(before, due))
            for site, count in counts.items():
                if count > 0 and early > ONE_MILLIONTH:
                    found[site, chip, t] = early * count / (after - before)
            before = after
    return found
