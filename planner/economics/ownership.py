"""What one hour of one accelerator costs its owner, and what renting it costs.

Owned: purchase prices in a straight line over the lifetime, the share of the building
that its nameplate takes, upkeep, and the energy it draws under load.  An hour is one of
paid work: capital and upkeep of the idle hours are borne by the working ones, energy is
not (an idle accelerator adds about 1 % to the cost).  No interest is charged; a plan
counts the owned cost of its runs in the same way.

Use::

    cost = owned_hour(inputs)       # inputs from planner.economics.inputs.ownership
    cost.total.base                 # USD per accelerator-hour
    cost.components["energy"].high
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Literal

from planner.performance.ranges import Range, spread
from planner.periods import Span
from planner.records import dataclass
from planner.specs.accelerator import Accelerator
from planner.units import magnitude

HOURS_OF_A_YEAR = 8766.0

Component = Literal["system", "network", "facility", "energy", "maintenance"]
COMPONENTS: tuple[Component, ...] = (
    "system",
    "network",
    "facility",
    "energy",
    "maintenance",
)


@dataclass(frozen=True, slots=True)
class Ownership:
    """What the hourly cost of one owned accelerator is computed from.

    Attributes:
        system_usd: Price of its share of a server.
        network_usd: Price of its share of the cluster's network.
        maintenance_per_year: Yearly upkeep, as a share of both prices.
        lifetime_years: Years over which both are written off.
        utilisation: Share of all hours that do paid work, above 0 up to 1.
        nameplate_kw: Wall power to be provisioned, before PUE.
        active_kw: Wall power under load, before PUE.
        pue: Facility power over wall power.
        electricity_usd_kwh: Price of energy at the meter.
        facility_usd_kw: Building and its plant per kW of nameplate, before PUE.
        facility_lifetime_years: Years over which the building is written off.
    """

    system_usd: Range
    network_usd: Range
    maintenance_per_year: Range
    lifetime_years: Range
    utilisation: Range
    nameplate_kw: Range
    active_kw: Range
    pue: Range
    electricity_usd_kwh: Range
    facility_usd_kw: Range
    facility_lifetime_years: Range


@dataclass(frozen=True, slots=True)
class HourlyCost:
    """Cost of one accelerator for one hour of work.

    Attributes:
        components: USD per accelerator-hour, keyed by `COMPONENTS`.  Their bases add
            up to that of `total`; their ends do not, since not all are high at once.
        total: USD per accelerator-hour.
        energy_kwh: Drawn at the meter, PUE included.
    """

    components: Mapping[Component, Range]
    total: Range
    energy_kwh: Range


def owned_hour(inputs: Ownership) -> HourlyCost:
    """Return what an hour of work on an owned accelerator costs, by component."""
    ranges = [getattr(inputs, each.name) for each in fields(inputs)]
    return HourlyCost(
        components={
            name: spread(lambda *values, _n=name: _parts(*values)[_n], ranges)
            for name in COMPONENTS
        },
        total=spread(lambda *values: sum(_parts(*values).values()), ranges),
        energy_kwh=hourly_kwh(inputs.active_kw, inputs.pue),
    )


def owned_hour_usd(accelerator: Accelerator, period: Span) -> float | None:
    """Return straight-line capital and maintenance of one accelerator-hour [USD].

    At the price of the period, over all hours of the lifetime; None where price or
    lifetime is not known.
    """
    price, life = accelerator.price.level(period), accelerator.lifetime_months
    if price is None or life is None:
        return None
    share = 12 / life + accelerator.price.yearly_maintenance
    return magnitude(price, "USD") * share / HOURS_OF_A_YEAR


def hourly_kwh(active_kw: Range, pue: Range) -> Range:
    """Return the energy at the meter of one accelerator-hour under load [kWh]."""
    return spread(lambda power, overhead: power * overhead, [active_kw, pue])


def _parts(*values: float) -> dict[Component, float]:
    """Return the components [USD per accelerator-hour]; arguments as `Ownership`."""
    system_usd, network_usd, maintenance_per_year, lifetime_years, *others = values
    utilisation, nameplate_kw, active_kw, pue, electricity_usd_kwh, *building = others
    facility_usd_kw, facility_lifetime_years = building
    worked_hours = HOURS_OF_A_YEAR * utilisation
    lasting = lifetime_years * worked_hours
    building_usd = facility_usd_kw * nameplate_kw
    return {
        "system": system_usd / lasting,
        "network": network_usd / lasting,
        "facility": building_usd / (facility_lifetime_years * worked_hours),
        "energy": active_kw * pue * electricity_usd_kwh,
        "maintenance": maintenance_per_year * (system_usd + network_usd) / worked_hours,
    }
