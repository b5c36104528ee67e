"""Policies and the budgets of carbon and running costs, as numbers."""

from collections.abc import Mapping

from planner.economics.money import MUSD
from planner.formulation.clock import Clock
from planner.formulation.work import Work
from planner.records import dataclass
from planner.specs.policy import (
    Residency,
    Spare,
    VendorCommitment,
    VendorShare,
    purchase_spans,
)
from planner.specs.scenario import Scenario
from planner.specs.series import Series
from planner.units import magnitude


@dataclass(frozen=True, slots=True)
class Span:
    """One span of a budget.

    Attributes:
        label: The span, e.g. ``2026``.
        periods: Its periods, T.
        limit: What may be used in it, in the budget's unit.
    """

    label: str
    periods: tuple[int, ...]
    limit: float


@dataclass(frozen=True, slots=True)
class Home:
    """A share of a service that must be served in a region.

    Attributes:
        where: Label and scope of the policy.
        workload: The service, V.
        places: Places in the region.
        minimum: Least share of what is served.
    """

    where: tuple[str, str]
    workload: str
    places: frozenset[str]
    minimum: float


@dataclass(frozen=True, slots=True)
class Cap:
    """A vendor's largest share of purchases or of nameplate.

    Attributes:
        where: Label and scope of the policy.
        of: ``purchases`` or ``power``.
        accelerators: Those of the vendor.
        maximum: Its largest share.
        spans: Label and periods of each span.
    """

    where: tuple[str, str]
    of: str
    accelerators: frozenset[str]
    maximum: float
    spans: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """Deliveries that are promised to a vendor.

    Attributes:
        where: Label and scope of the policy.
        accelerators: Those of the vendor.
        minimum: Least deliveries over the horizon [accelerators].
    """

    where: tuple[str, str]
    accelerators: frozenset[str]
    minimum: float


@dataclass(frozen=True, slots=True)
class Reserve:
    """A share of an accelerator that stays without work.

    Attributes:
        where: Label and scope of the policy.
        accelerator: Its name.
        share: Of those in working order.
    """

    where: tuple[str, str]
    accelerator: str
    share: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What the policies ask for, and the budgets of carbon and running costs.

    Attributes:
        homes: Of ``residency``.
        caps: Of ``vendor_share``.
        promises: Of ``vendor_commitment``.
        reserves: Of ``spare``.
        nameplate_mw: Nameplate of one unit [MW], keyed by A.
        carbon: Spans of ``carbon_budget`` [t].
        idle_t: Emissions of one unit installed in a whole period [t], keyed by
            A x S x T of the scenario's own sites; empty without that budget.
        busy_t: What full use adds to it, likewise.
        opex: Spans of ``opex_budget`` [MUSD].
    """

    homes: tuple[Home, ...]
    caps: tuple[Cap, ...]
    promises: tuple[Promise, ...]
    reserves: tuple[Reserve, ...]
    nameplate_mw: Mapping[str, float]
    carbon: tuple[Span, ...]
    idle_t: Mapping[tuple[str, str, int], float]
    busy_t: Mapping[tuple[str, str, int], float]
    opex: tuple[Span, ...]


def rules_of(scenario: Scenario, clock: Clock, work: Work) -> Rules:
    """Return the policies and budgets of a scenario as numbers."""
    budgets, scopes = scenario.spec.budgets, scenario.policy_scopes
    idle, busy = ({}, {}) if budgets.carbon is None else _emissions(scenario, clock)
    homes, caps, promises, reserves = [], [], [], []
    for policy in scenario.spec.policies:
        where = policy.label, scopes[policy.label]
        if isinstance(policy, Residency):
            places = _places(scenario, work, policy)
            homes.append(Home(where, policy.workload, places, policy.minimum))
        elif isinstance(policy, VendorShare):
            own, spans = _own(scenario, policy.vendor), _spans(scenario, clock, policy)
            caps.append(Cap(where, policy.of, own, policy.maximum, spans))
        elif isinstance(policy, VendorCommitment):
            own = _own(scenario, policy.vendor)
            promises.append(Promise(where, own, policy.minimum))
        elif isinstance(policy, Spare):
            reserves.append(Reserve(where, policy.accelerator, policy.share))
    return Rules(
        homes=tuple(homes),
        caps=tuple(caps),
        promises=tuple(promises),
        reserves=tuple(reserves),
        nameplate_mw={
            name: magnitude(a.power.nameplate, "MW")
            for name, a in scenario.accelerators.items()
        },
        carbon=budget_spans(scenario, clock, budgets.carbon, "t", 1.0),
        idle_t=idle,
        busy_t=busy,
        opex=budget_spans(scenario, clock, budgets.opex, "USD", MUSD),
    )


def _places(scenario: Scenario, work: Work, policy: Residency) -> frozenset[str]:
    """Return the places of a region that a service may use."""
    return frozenset(
        place
        for (w, _), places in work.pairs.items()
        if w == policy.workload
        for place in places
        if scenario.region_of(place) == policy.region
    )


def _own(scenario: Scenario, vendor: str) -> frozenset[str]:
    """Return the accelerators of a vendor."""
    types = scenario.accelerators.items()
    return frozenset(name for name, each in types if each.vendor == vendor)


def _spans(
    scenario: Scenario, clock: Clock, policy: VendorShare
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the spans over which a vendor's share is taken."""
    if policy.of == "power":
        return tuple((label, (t,)) for t, label in enumerate(clock.labels))
    return tuple(purchase_spans(scenario.spec.budgets.capex, scenario.periods))


def budget_spans(
    scenario: Scenario, clock: Clock, series: Series | None, unit: str, factor: float
) -> tuple[Span, ...]:
    """Return the spans of a budget, their limits in a unit times a factor."""
    spans = series.amounts(scenario.periods) if series else []
    return tuple(
        Span(span.label, clock.within(span), magnitude(limit, unit) * factor)
        for span, limit in spans
    )


def _emissions(
    scenario: Scenario, clock: Clock
) -> tuple[dict[tuple[str, str, int], float], dict[tuple[str, str, int], float]]:
    """Return the emissions of one unit without load, and what full load adds [t]."""
    idle, busy = {}, {}
    for site in scenario.spec.sites:
        for t, period in enumerate(scenario.periods):
            level = site.carbon.level(period)
            t_per_mwh = 0.0 if level is None else magnitude(level, "t/MWh")
            t_per_mw = t_per_mwh * site.pue * clock.hours[t]
            for name, accelerator in scenario.accelerators.items():
                idle_mw = magnitude(accelerator.power.without_load, "MW")
                loaded_mw = magnitude(accelerator.power.under_load, "MW")
                idle[name, site.name, t] = t_per_mw * idle_mw
                busy[name, site.name, t] = t_per_mw * (loaded_mw - idle_mw)
    return idle, busy
