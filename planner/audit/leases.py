"""Leases, stated a second time: terms, limits, hours and their price.

A function returns the worst place of the constraint or section it is named after.
"""

from planner.audit.context import Context
from planner.audit.money import Books
from planner.audit.tally import COUNT, Tally
from planner.plan.findings import CheckRow
from planner.specs.lease import Lease
from planner.units import magnitude, ureg


def lease_limit(ctx: Context) -> CheckRow:
    """What is leased lies between what is committed and the offer's limit."""
    tally = Tally("lease_limit", COUNT)
    for (place, _), row in ctx.leased.items():
        offer = ctx.scenario.offers[place]
        tally.place(offer.committed - row.count, offer.committed)
        if offer.limit is not None:
            tally.place(row.count - offer.limit, offer.limit)
    return tally.row()


def lease_term(ctx: Context) -> CheckRow:
    """What is leased is what was signed within its term; on demand, what works."""
    tally = Tally("lease_term", COUNT)
    for (place, t), row in ctx.leased.items():
        offer = ctx.scenario.offers[place]
        if offer.on_demand:
            tally.count(row.signed, 0.0)
            works = [ctx.rented(place, t, block) for block in ctx.scenario.blocks]
            _as_needed(ctx, tally, row.count, max(works))
            continue
        if row.signed and not _to_be_had(ctx, offer, t):
            tally.place(row.signed, 0.0)
        tally.count(row.count, _running(ctx, offer, t))
    return tally.row()


def _as_needed(ctx: Context, tally: Tally, paid: float, works: float) -> None:
    """Add a place where what is paid for is what works, or whole systems of it."""
    if _whole(ctx):
        tally.place(works - paid, works)
    else:
        tally.count(paid, works)


def _whole(ctx: Context) -> bool:
    """Return whether leases come in whole systems."""
    return ctx.scenario.spec.integer


def _to_be_had(ctx: Context, offer: Lease, t: int) -> bool:
    first = ctx.scenario.accelerators[offer.accelerator].available
    month = ctx.scenario.periods[t].first_month
    return first is None or month >= first.first_month


def _running(ctx: Context, offer: Lease, t: int) -> float:
    """Return what has been signed and whose term holds when a period starts."""
    periods = ctx.scenario.periods
    months = offer.term_months or periods[0].months
    before = sum(
        count for span, count in offer.signed.items() if ctx.age(t, span) < months
    )
    return before + sum(
        ctx.leased[offer.place, u].signed
        for u in range(t + 1)
        if ctx.age(t, periods[u]) < months
    )


def leases(books: Books) -> CheckRow:
    """Every lease row states its accelerator, its hours and their price."""
    tally = Tally("leases", "USD")
    offers = {offer.name: offer for offer in books.scenario.spec.leases}
    stated: set[tuple[str, int]] = set()
    for row in books.plan.leases:
        offer, t = offers.get(row.offer), books.index.get(row.period)
        if offer is None or t is None or row.accelerator != offer.accelerator:
            tally.broken("rows")
            continue
        stated.add((offer.place, t))
        hours = magnitude(books.hours(t), "h")
        if offer.on_demand:
            works = [
                magnitude(books.hours(t, block), "h")
                * books.rented(offer.place, t, block)
                for block in books.scenario.blocks
            ]
            _as_needed(books, tally, row.hours / hours, sum(works) / hours)
        else:
            tally.place(abs(row.hours - row.count * hours), row.hours, hours, "h")
        price = books.scenario.rent(offer, books.scenario.periods[t])
        if price is None:
            tally.broken("rows")
            continue
        hour, period = ureg.Quantity(1.0, "h"), books.hours(t)
        tally.same(row.lease_usd, price * hour * row.hours, price * period, "USD")
    for key, leased in books.leased.items():
        if key not in stated and leased.count:
            tally.broken("rows")
    return tally.row()
