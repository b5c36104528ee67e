"""Whether a plan states every limit of its scenario, and how far it is used."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from planner.audit.estate import FLEET
from planner.audit.fleet import supply_steps
from planner.audit.limits import fleet_limit
from planner.audit.money import Books
from planner.audit.policies import vendor_parts
from planner.audit.tally import COUNT, Tally
from planner.plan.findings import CheckRow
from planner.specs.policy import VendorShare
from planner.units import Quantity, ureg

Where = tuple[str, str, str]
"""Constraint, scope, and period or span."""
SHARE = "share"


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
        unit = "" if row.unit == SHARE else row.unit
        tally.same(row.used, found.used, found.each, unit)
        tally.same(row.limit, found.limit, found.each, unit)
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
    yield from _amounts(books)
    yield from _shares(books)
    yield from _supply(books)
    yield from _expansion(books)
    yield from _leases(books)


def _power(books: Books) -> Iterator[tuple[Where, Limit]]:
    """Yield the power of each site, and of the fleet, in every period."""
    for t, period in enumerate(books.scenario.periods):
        for name in books.scenario.sites:
            used, limit = books.provisioned[name, t], books.power_of(name, t)
            where = "site_power", name, period.label
            yield where, Limit(used, limit, books.largest, "MW")
        most = fleet_limit(books, t)
        if most is not None:
            used = books.provisioned_everywhere[t]
            where = "power_budget", FLEET, period.label
            yield where, Limit(used, most, books.largest, "MW")


def _amounts(books: Books) -> Iterator[tuple[Where, Limit]]:
    """Yield the budgets of capital, running costs and carbon of each span."""
    for span, spent, limit in books.capital():
        where = "capex_budget", FLEET, span.label
        yield where, Limit(spent, limit, books.dearest, "USD")
    budgets, periods = books.scenario.spec.budgets, books.scenario.periods
    for name, series, table, each, unit in (
        ("opex_budget", budgets.opex, books.opex, books.dearest, "USD"),
        ("carbon_budget", budgets.carbon, books.carbon, books.dirtiest, "t"),
    ):
        for span, limit in series.amounts(periods) if series else ():
            used = books.within(table, span, unit)
            yield (name, FLEET, span.label), Limit(used, limit, each, unit)


def _shares(books: Books) -> Iterator[tuple[Where, Limit]]:
    """Yield the share of each vendor that a policy limits, in every span of it."""
    one = ureg.Quantity(1.0, "")
    for policy in books.scenario.spec.policies:
        if not isinstance(policy, VendorShare):
            continue
        scope = books.scenario.policy_scopes[policy.label]
        for label, own, every in vendor_parts(books, policy):
            share = own / every if every.magnitude > 0 else 0 * one
            where = "vendor_share", scope, label
            yield where, Limit(share, one * policy.maximum, one, SHARE)


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
