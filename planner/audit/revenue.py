"""Whether the answer to "does it pay" follows from rows and specs."""

from collections import defaultdict
from typing import NamedTuple

from planner.audit.accounts import owned_hour, rented_hour, spending, volume
from planner.audit.money import Books
from planner.audit.tally import RELATIVE, Tally, total
from planner.plan.account_rows import DoesItPay
from planner.plan.findings import CheckRow
from planner.specs.revenue import Revenue
from planner.specs.series import Series
from planner.units import Quantity, magnitude, ureg

MONTHS_OF_A_YEAR = 12


class Sums(NamedTuple):
    """What the answer is made from; None where an accelerator has no price."""

    cost_usd: Quantity | None
    idle_usd: Quantity | None
    subscription_usd: Quantity
    partner_usd: Quantity
    ad_revenue_usd: Quantity


def does_it_pay(books: Books) -> CheckRow:
    """What Llama's share costs, what pays for it, and the lift that would."""
    tally = Tally("does_it_pay", "USD")
    revenue, stated = books.scenario.spec.revenue, books.plan.does_it_pay
    if revenue is None or stated is None:
        tally.place(float((revenue is None) != (stated is None)), 0.0)
        return tally.row()
    sums = _sums(books, revenue)
    for name, found in sums._asdict().items():
        _same(books, tally, getattr(stated, name), found)
    months = sum(period.months for period in books.scenario.periods)
    tally.count(stated.years, months / MONTHS_OF_A_YEAR, "year")
    if stated.workloads != revenue.llama:
        tally.broken("rows")
    _answers(books, tally, stated, revenue)
    return tally.row()


def _same(
    books: Books, tally: Tally, stated: float | None, found: Quantity | None
) -> None:
    """Add an amount, or its absence."""
    if stated is None or found is None:
        tally.place(float((stated is None) != (found is None)), 0.0)
    else:
        tally.same(stated, found, books.dearest, "USD")


def _answers(books: Books, tally: Tally, stated: DoesItPay, revenue: Revenue) -> None:
    """Add what follows from the amounts: break-even, and the verdict."""
    needed = None
    if stated.cost_usd is not None and stated.idle_usd is not None:
        needed = stated.cost_usd + stated.idle_usd
        needed -= stated.subscription_usd + stated.partner_usd
    size = abs(stated.cost_usd or 0.0) + stated.subscription_usd + stated.partner_usd
    ads = stated.ad_revenue_usd
    lift = stated.ad_lift
    net = None if needed is None or lift is None else lift * ads - needed
    expected = (
        (stated.break_even_lift, ads, needed),
        (stated.break_even_usd_per_msample, _million_samples(books, revenue), needed),
        (stated.net_usd, 1.0, net),
    )
    for number, divisor, amount in expected:
        if amount is None or not divisor:
            tally.place(float(number is not None), 0.0)
        elif number is None:
            tally.broken("rows")
        else:
            tally.place(abs(number * divisor - amount), size + (lift or 0.0) * ads)
    if (lift is None) != (revenue.ad_lift is None):
        tally.broken("rows")
    elif lift is not None and revenue.ad_lift is not None:
        tally.place(abs(lift - revenue.ad_lift), RELATIVE)
    if stated.pays != (None if stated.net_usd is None else stated.net_usd >= 0):
        tally.broken("rows")


def _million_samples(books: Books, revenue: Revenue) -> float | None:
    """Return the samples that the ads workloads serve, in millions."""
    names = revenue.ads or ()
    if any(books.unit[name] != "sample/s" for name in names):
        return None
    return sum(magnitude(volume(books, name), "Msample") for name in names)


def _sums(books: Books, revenue: Revenue) -> Sums:
    """Return the amounts."""
    cost, idle = _costs(books, revenue)
    return Sums(
        cost_usd=cost,
        idle_usd=idle,
        subscription_usd=_subscription(books, revenue),
        partner_usd=_partners(books, revenue),
        ad_revenue_usd=_advertising(books, revenue),
    )


def _costs(books: Books, revenue: Revenue) -> tuple[Quantity | None, Quantity | None]:
    """Return what the workloads cost, and their part of what idles."""
    spent = {name: cost for name, (_, _, cost) in spending(books).items()}
    own = [spent[name] for name in revenue.llama]
    known = [(cost, 1.0) for cost in own if cost is not None]
    cost = total(known, "USD") if len(known) == len(own) else None
    every = [(each, 1.0) for each in spent.values() if each is not None]
    idle = _idle(books)
    if cost is None or idle is None or len(every) < len(spent):
        return cost, None
    whole = magnitude(total(every, "USD"), "USD")
    share = magnitude(cost, "USD") / whole if whole > 0 else 0.0
    return cost, total([(idle, share)], "USD")


def _idle(books: Books) -> Quantity | None:
    """Return what accelerators cost that stand, or are leased, and do not work."""
    busy: dict[tuple[str, str, int], float] = defaultdict(float)
    for (_, site, chip, t), hours in books.assigned.hours.items():
        busy[site, chip, t] += hours / magnitude(books.hours(t), "h")
    terms = []
    for place, count in books.installed.items():
        left = count - busy[place]
        if left <= RELATIVE * max(1.0, count):
            continue
        _, hourly = owned_hour(books, place, 0.0)
        if hourly is None:
            return None
        terms.append((hourly, left * magnitude(books.hours(place[2]), "h")))
    for (site, t), row in books.leased.items():
        chip, hourly = (
            books.scenario.offers[site].accelerator,
            rented_hour(books, site, t),
        )
        idle = row.hours - busy[site, chip, t] * magnitude(books.hours(t), "h")
        if hourly is not None:
            terms.append((hourly, idle))
    return total(terms, "USD")


def _subscription(books: Books, revenue: Revenue) -> Quantity:
    """Return what subscribers pay."""
    paid, terms = revenue.subscription, []
    for period in books.scenario.periods if paid else ():
        people = paid.subscribers.level(period) if paid else None
        if paid is not None and people is not None:
            month = ureg.Quantity(1.0, "month")
            terms.append((people * paid.price * month, float(period.months)))
    return total(terms, "USD")


def _partners(books: Books, revenue: Revenue) -> Quantity:
    """Return what hosts pass on."""
    hosts = revenue.partners
    if hosts is None:
        return ureg.Quantity(0.0, "USD")
    earned = [_part(books, hosts.revenue, t) for t in range(len(books.index))]
    return total([(each, hosts.share) for each in earned], "USD")


def _advertising(books: Books, revenue: Revenue) -> Quantity:
    """Return the advertising revenue, as far as its workloads are served."""
    names, terms = revenue.ads or (), []
    for t in range(len(books.index)):
        served = [
            (share, books.scenario.blocks[block])
            for (name, u, block), share in books.served.items()
            if name in names and u == t
        ]
        hours = sum(long for _, long in served)
        share = sum(s * long for s, long in served) / hours if hours > 0 else 1.0
        terms.append((_part(books, revenue.ad_revenue, t), share))
    return total(terms, "USD")


def _part(books: Books, series: Series, t: int) -> Quantity:
    """Return a period's part of a yearly level."""
    level = series.level(books.scenario.periods[t])
    if level is None:
        return ureg.Quantity(0.0, "USD")
    months = ureg.Quantity(float(books.scenario.periods[t].months), "month")
    earned: Quantity = level * months
    return earned.to("USD")
