"""What a plan leases: counts, hours and money of every offer and period."""

from collections import defaultdict
from collections.abc import Iterator

from planner.economics.money import USD_PER_MUSD
from planner.formulation.coefficients import Coefficients
from planner.plan.rows import BudgetRow, LeaseRow
from planner.plan.values import Values

Leased = dict[tuple[str, int], float]
"""A number by offer and period."""


def lease_rows(c: Coefficients, x: Values) -> tuple[LeaseRow, ...]:
    """Return what is leased, by offer and period."""
    hours = hours_of(c, x)
    usd = rents_of(c, hours)
    return tuple(
        LeaseRow(
            offer=name,
            accelerator=c.leases.offers[name].accelerator,
            period=c.clock.labels[t],
            count=x.leased.get((name, t), 0.0),
            signed=x.signed.get((name, t), 0.0),
            hours=hours.get((name, t), 0.0),
            lease_usd=usd.get((name, t), 0.0),
        )
        for name, t in sorted(x.leased)
    )


def hours_of(c: Coefficients, x: Values) -> Leased:
    """Return the accelerator-hours that are paid for."""
    found: Leased = defaultdict(float)
    for (name, t), count in x.leased.items():
        if not c.leases.offers[name].on_demand:
            found[name, t] = count * c.clock.hours[t]
    for (name, t, block), count in x.rented.items():
        found[name, t] += count * c.clock.blocks[block] * c.clock.hours[t]
    return found


def rents_of(c: Coefficients, hours: Leased) -> Leased:
    """Return the nominal price of accelerator-hours of offers [USD]."""
    return {key: count * hourly_usd(c, *key) for key, count in hours.items()}


def hourly_usd(c: Coefficients, name: str, t: int) -> float:
    """Return the price of one accelerator-hour of an offer [USD]."""
    return c.leases.offers[name].price_musd[t] * USD_PER_MUSD / c.clock.hours[t]


def mean_leased(c: Coefficients, x: Values) -> Leased:
    """Return the accelerators leased, the mean over all hours, by type and period."""
    found: Leased = defaultdict(float)
    for (name, t), count in hours_of(c, x).items():
        found[c.leases.offers[name].accelerator, t] += count / c.clock.hours[t]
    return found


def limit_rows(c: Coefficients, x: Values) -> Iterator[BudgetRow]:
    """Yield how far each offer with a limit is used."""
    for name, offer in c.leases.offers.items():
        limit = offer.limit
        for t, label in enumerate(c.clock.labels) if limit is not None else ():
            used = x.leased.get((name, t), 0.0)
            share = used / limit if limit else None
            yield BudgetRow(
                "lease_limit", name, label, used, limit or 0.0, "accelerator", share
            )
