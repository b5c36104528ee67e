"""What an hour of an accelerator costs where it is owned, and where it is leased.

A sum anyone can follow, beside the plan's own: straight-line capital and maintenance
of a held hour, and the energy of a worked one; against the price of a lease. It leaves
out discounting, the residual value at the horizon's end, and what power and capital
budgets are worth elsewhere, all of which the plan itself weighs.
"""

from collections import defaultdict
from collections.abc import Iterator

from planner.economics.ownership import owned_hour_usd
from planner.plan.plan import Plan
from planner.records import dataclass
from planner.specs.accelerator import Accelerator
from planner.specs.checks import buyable
from planner.specs.scenario import Scenario, Site
from planner.units import magnitude

OWN = "own"


@dataclass(frozen=True, slots=True)
class HourCost:
    """One way to have an accelerator.

    Attributes:
        accelerator: Its name.
        place: ``own``, or ``lease:NAME``.
        terms: ``owned``, ``reserved`` or ``on demand``.
        hours: Accelerator-hours that the plan holds that way.
        utilisation: Share of them that work; where the plan holds none, that of all
            its hours of this accelerator.
        held_usd: Cost of a held hour, worked or not: for own ones capital,
            maintenance and idle energy.
        worked_usd: Cost of a worked hour at that utilisation; None where nothing
            works.
        owning_pays_above: On demand: share of worked hours above which owning costs
            less; None where it never does.
    """

    accelerator: str
    place: str
    terms: str
    hours: float
    utilisation: float
    held_usd: float
    worked_usd: float | None
    owning_pays_above: float | None


@dataclass(frozen=True, slots=True)
class _Owned:
    """What an owned hour costs: ``held`` always, ``worked`` on top when it works."""

    held_usd: float
    worked_usd: float


def own_or_lease(scenario: Scenario, plan: Plan) -> tuple[HourCost, ...]:
    """Return the ways to have each accelerator that someone offers for lease.

    Owned ones cost what they do in the first period, at the site with the cheapest
    energy that takes them; leases what the plan pays, else the first period's price.
    """
    found: list[HourCost] = []
    for name, accelerator in scenario.accelerators.items():
        offers = [o for o in scenario.spec.leases if o.accelerator == name]
        if offers:
            found += _ways(scenario, plan, accelerator)
    return tuple(found)


def _ways(
    scenario: Scenario, plan: Plan, accelerator: Accelerator
) -> Iterator[HourCost]:
    """Yield owning and every offer of one accelerator."""
    name = accelerator.name
    held, worked = _held(scenario, plan, name), _worked(scenario, plan, name)
    everything = sum(worked.values()) / (sum(held.values()) or 1.0)
    owned = _owned(scenario, accelerator)
    for place in (
        OWN,
        *(p for p, o in scenario.offers.items() if o.accelerator == name),
    ):
        hours = held.get(place, 0.0)
        share = worked.get(place, 0.0) / hours if hours else everything
        if place == OWN:
            if owned is not None:
                cost = owned.held_usd / share + owned.worked_usd if share else None
                own = name, OWN, "owned", hours, share, owned.held_usd, cost, None
                yield HourCost(*own)
            continue
        yield _leased(scenario, plan, place, (hours, share), owned)


def _leased(
    scenario: Scenario,
    plan: Plan,
    place: str,
    used: tuple[float, float],
    owned: _Owned | None,
) -> HourCost:
    """Return the cost of an offer; on demand a held hour is a worked one."""
    offer, (hours, share) = scenario.offers[place], used
    rows = [row for row in plan.leases if row.offer == offer.name]
    level = scenario.rent(offer, scenario.periods[0])
    first = 0.0 if level is None else magnitude(level, "USD/hour")
    price = sum(row.lease_usd for row in rows) / hours if hours else first
    share = 1.0 if offer.on_demand else share
    return HourCost(
        accelerator=offer.accelerator,
        place=place,
        terms="on demand" if offer.on_demand else "reserved",
        hours=hours,
        utilisation=share,
        held_usd=price,
        worked_usd=price / share if share else None,
        owning_pays_above=_pays_above(owned, price) if offer.on_demand else None,
    )


def _pays_above(owned: _Owned | None, price: float) -> float | None:
    """Return the share u of worked hours where held + u·worked = u·price."""
    gain = 0.0 if owned is None else price - owned.worked_usd
    if owned is None or gain <= owned.held_usd:
        return None
    return owned.held_usd / gain


def _owned(scenario: Scenario, accelerator: Accelerator) -> _Owned | None:
    """Return the cost of an owned hour; None where it cannot be bought."""
    start = scenario.periods[0]
    capital = owned_hour_usd(accelerator, start)
    if not buyable(scenario, accelerator) or capital is None:
        return None
    idle = magnitude(accelerator.power.without_load, "MW")
    busy = magnitude(accelerator.power.under_load, "MW")

    def usd_per_mwh(site: Site) -> float:
        level = site.electricity.level(start)
        return 0.0 if level is None else magnitude(level, "USD/MWh") * site.pue

    energy = min(usd_per_mwh(s) for s in scenario.spec.sites if s.takes(accelerator))
    working = accelerator.reliability.availability or 1.0
    return _Owned((capital + idle * energy) / working, (busy - idle) * energy)


def _held(scenario: Scenario, plan: Plan, name: str) -> dict[str, float]:
    """Return the accelerator-hours in working order, owned and by offer."""
    hours = {span.label: span.hours for span in scenario.periods}
    found: dict[str, float] = defaultdict(float)
    working = scenario.accelerators[name].reliability.availability
    for row in plan.fleet:
        if row.accelerator == name:
            found[OWN] += row.installed * hours[row.period] * working
    places = {offer.name: place for place, offer in scenario.offers.items()}
    for lease in plan.leases:
        if lease.accelerator == name:
            found[places[lease.offer]] += lease.hours
    return found


def _worked(scenario: Scenario, plan: Plan, name: str) -> dict[str, float]:
    """Return the accelerator-hours that are assigned, owned and by offer."""
    hours = {span.label: span.hours for span in scenario.periods}
    found: dict[str, float] = defaultdict(float)
    for row in plan.allocation:
        if row.accelerator == name:
            place = row.site if row.site in scenario.offers else OWN
            share = scenario.blocks[row.block]
            found[place] += row.count * hours[row.period] * share
    return found
