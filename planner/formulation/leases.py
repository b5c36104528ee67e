"""Offers of leases as numbers: when they can be signed, how long, at what price."""

import math
from collections.abc import Mapping

from planner.economics.money import MUSD
from planner.formulation.clock import Clock
from planner.records import dataclass
from planner.specs.lease import Lease
from planner.specs.scenario import Scenario
from planner.units import magnitude

_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer, in periods counted from 0.

    Attributes:
        place: Where its accelerators work, ``lease:NAME``.
        accelerator: Its name.
        limit: Most accelerators at once, or None.
        committed: Least accelerators at once, in every period.
        term: Periods that what is signed is paid for.
        on_demand: Whether each hour is paid for alone, without a term.
        running: Accelerators signed before the horizon that still run, keyed by T.
        opens: Period from which it can be had.
        price_musd: Nominal price of one accelerator for all hours of a period
            [MUSD], keyed by T.
    """

    place: str
    accelerator: str
    limit: float | None
    committed: float
    term: int
    on_demand: bool
    running: tuple[float, ...]
    opens: int
    price_musd: tuple[float, ...]

    def signings(self, t: int) -> range:
        """Return the periods whose signings run in period ``t``."""
        return range(max(self.opens, t - self.term + 1), t + 1)


@dataclass(frozen=True, slots=True)
class Leases:
    """All offers of one program.

    Attributes:
        offers: Keyed by L, the offer's name.
        at: Name of the offer at a place, keyed by place.
    """

    offers: Mapping[str, Offer]
    at: Mapping[str, str]


def leases_of(scenario: Scenario, clock: Clock) -> Leases:
    """Return the offers of a scenario."""
    offers = {
        offer.name: _offer(scenario, clock, offer) for offer in scenario.spec.leases
    }
    return Leases(offers, {offer.place: name for name, offer in offers.items()})


def _offer(scenario: Scenario, clock: Clock, offer: Lease) -> Offer:
    first = scenario.accelerators[offer.accelerator].available
    before = (
        t
        for t in range(clock.count)
        if first and clock.months_since(t, first.first_month) < 0
    )
    return Offer(
        place=offer.place,
        accelerator=offer.accelerator,
        limit=offer.limit,
        committed=offer.committed,
        term=_term(offer, clock),
        on_demand=offer.on_demand,
        running=tuple(_running(offer, clock, t) for t in range(clock.count)),
        opens=max(before, default=-1) + 1,
        price_musd=tuple(
            _hourly_usd(scenario, offer, t) * hours * MUSD
            for t, hours in enumerate(clock.hours)
        ),
    )


def _term(offer: Lease, clock: Clock) -> int:
    """Return the periods of a term, rounded up."""
    months = offer.term_months
    return 1 if months is None else math.ceil(months / clock.months[0] - _EPSILON)


def _running(offer: Lease, clock: Clock, t: int) -> float:
    """Return what was signed before the horizon and still runs in a period."""
    months = offer.term_months or clock.months[0]
    return sum(
        count
        for span, count in offer.signed.items()
        if clock.months_since(t, span.first_month) < months - _EPSILON
    )


def _hourly_usd(scenario: Scenario, offer: Lease, t: int) -> float:
    price = scenario.rent(offer, scenario.periods[t])
    return 0.0 if price is None else magnitude(price, "USD/hour")
