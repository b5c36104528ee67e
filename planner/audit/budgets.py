"""Whether a plan states every limit of its scenario, and how far it is used."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from planner.audit.fleet import supply_steps
from planner.audit.money import Books
from planner.audit.tally import COUNT, Tally
from planner.plan.findings import CheckRow
from planner.units import Quantity

Where = tuple[str, str, str]
"""Constraint, scope, and period or span."""
FLEET = "fleet"


class Limit(NamedTuple):
    """A limit, what is used of it, and what one accelerator takes of it."""

    used: Quantity
    limit: Quantity
    each: Quantity
    unit: str


def budgets(books: Books) -> CheckRow:
    """Every limit has one row: what is used, and the limit as it is written."""
    tally = Tally("budgets", "rows")
    missing = dict(_limits(books))
    for row in books.plan.budgets:
        found = missing.pop((row.name, row.scope, row.period), None)
        if found is None or row.unit != found.unit:
            tally.broken("rows")
            continue
        tally.same(row.used, found.used, found.each, row.unit)
        tally.same(row.limit, found.limit, found.each, row.unit)
        if row.limit > 0:
            stated = math.nan if row.utilisation is None else row.utilisation
            tally.count(stated, row.used / row.limit, "share")
        elif row.utilisation is not None:
            tally.broken("share")
    for _ in missing:
        tally.broken("rows")
    return tally.row()


def _limits(books: Books) -> Iterator[tuple[Where, Limit]]:
    """Yield every limit that the scenario states."""
    yield from _power(books)
    yield from _capex(books)
    yield from _supply(books)
    yield from _expansion(books)
    yield from _leases(books)


def _power(books: Books) -> Iterator[tuple[Where, Limit]]:
    """Yield the power of each site, and of the fleet, in every period."""
    budget = books.scenario.spec.budgets.power
    for t, period in enumerate(books.scenario.periods):
        for name in books.scenario.sites:
            used, limit = books.provisioned[name, t], books.power_of(name, t)
            where = "site_power", name, period.label
            yield where, Limit(used, limit, books.largest, "MW")
        level = None if budget is None else budget.level(period)
        if level is not None:
            used = books.provisioned_everywhere[t]
            where = "power_budget", FLEET, period.label
            yield where, Limit(used, level, books.largest, "MW")


def _capex(books: Books) -> Iterator[tuple[Where, Limit]]:
    """Yield the capital budget of each span."""
    for span, spent, limit in books.capital():
        where = "capex_budget", FLEET, span.label
        yield where, Limit(spent, limit, books.dearest, "USD")


def _expansion(books: Books) -> Iterator[tuple[Where, Limit]]:
    """Yield what can be added to each site."""
    for name, site in books.scenario.sites.items():
        if site.expansion is not None:
            where, used = ("expansion_limit", name, ""), books.ordered(name)
            yield where, Limit(used, site.expansion.limit, books.largest, "MW")


def _supply(books: Books) -> Iterator[tuple[Where, Limit]]:
    """Yield the supply of each accelerator and span that has a limit."""
    one = books.one
    for chip in books.scenario.accelerators:
        for step in supply_steps(books, chip):
            if step.span is None or step.limit is None:
                continue
            times = books.starting_in(step.span)
            used = sum(books.delivered.get((chip, t), 0.0) for t in times)
            where = "supply", chip, step.span.label
            yield where, Limit(one * used, one * step.limit, one, COUNT)


def _leases(books: Books) -> Iterator[tuple[Where, Limit]]:
    """Yield the limit of each offer that has one, in every period."""
    one = books.one
    for (place, t), row in books.leased.items():
        offer = books.scenario.offers[place]
        if offer.limit is not None:
            where = "lease_limit", offer.name, books.scenario.periods[t].label
            yield where, Limit(one * row.count, one * offer.limit, one, COUNT)
