"""What is written off in a period: equal parts by month, the rest when scrapped."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from planner.audit.money import Books
from planner.audit.tally import total
from planner.units import Quantity, ureg

Place = tuple[str, str]
"""Accelerator and site, or all sites where it can be moved."""


class Lot(NamedTuple):
    """What was paid together.

    Attributes:
        place: Where the oldest go first; None for what is never scrapped.
        price: Of one; None where it is not known.
        month: First month in service.
        life: In months; None where it is not known.
        units: How many.
    """

    place: Place | None
    price: Quantity | None
    month: int
    life: float | None
    units: float


def lots(books: Books) -> Iterator[Lot]:
    """Yield the starting fleet by entry, deliveries, and expansions by site."""
    chips, periods = books.scenario.accelerators, books.scenario.periods
    for entry in books.scenario.spec.fleet:
        chip, when = chips[entry.accelerator], entry.installed
        level, life = chip.price.level(when), chip.lifetime_months
        place = _place(books, entry.accelerator, entry.site)
        yield Lot(place, level, when.first_month, life, entry.count)
    for (site, name, t), count in sorted(books.added.items()):
        price, life = books.price.get((name, t)), chips[name].lifetime_months
        place = _place(books, name, site)
        yield Lot(place, price, periods[t].first_month, life, count)
    one = ureg.Quantity(1.0, "MW")
    for (name, t), mw in books.expanded.items():
        where = books.scenario.sites[name]
        offer, first = where.expansion, None
        if offer is not None:
            first = books.first_after(t, offer.lead_months)
        if offer is not None and first is not None:
            cost, life = offer.price(periods[t], where.pue), offer.lifetime_months
            paid = None if cost is None else cost * one
            yield Lot(None, paid, periods[first].first_month, life, mw)


def _place(books: Books, chip: str, site: str) -> Place:
    return chip, "" if chip in books.movable else site


def depreciation(books: Books, times: list[int]) -> Quantity:
    """Return what is written off in some periods."""
    periods, terms = books.scenario.periods, []
    leaving = _leaving(books)
    for number, lot in enumerate(lots(books)):
        if lot.price is None or lot.life is None:
            continue
        for t in times:
            age = periods[t].first_month - lot.month
            if age < 0:
                continue
            before, after = leaving.get((number, t), (0.0, 0.0))
            left = max(0.0, lot.life - age)
            used = min(left, periods[t].months) * (lot.units - after)
            terms.append((lot.price, (used + left * (after - before)) / lot.life))
    return total(terms, "USD")


def _leaving(books: Books) -> dict[tuple[int, int], tuple[float, float]]:
    """Return what of each lot has left before a period, and what when it has begun.

    Keyed by the lot's number and the period; empty without early retirement. The
    oldest of a place go first: of all that has left, a lot gives what is left when
    the older ones have given all that they are.
    """
    found: dict[tuple[int, int], tuple[float, float]] = {}
    if not books.scenario.spec.early_retirement:
        return found
    gone: dict[tuple[Place, int], float] = defaultdict(float)
    for (site, chip, t), count in books.retired.items():
        gone[_place(books, chip, site), t] += count
    older: dict[Place, float] = defaultdict(float)
    numbered = sorted(enumerate(lots(books)), key=lambda each: (each[1].month, each[0]))
    for number, lot in numbered:
        if lot.place is None:
            continue
        past, begun = older[lot.place], 0.0
        older[lot.place] += lot.units
        out = 0.0
        for t in range(len(books.scenario.periods)):
            out += gone[lot.place, t]
            before, begun = begun, min(lot.units, max(0.0, out - past))
            found[number, t] = before, begun
    return found
