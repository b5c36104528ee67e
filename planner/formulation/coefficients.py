"""Specs to the numbers of the program: one of two places where units end.

Sets: A accelerators, S sites, W workloads (R training runs, V services),
L offers of leases, T periods (counted from 0), B load blocks, K steps of a value.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import accumulate

from planner.economics.money import MUSD, capital_charge
from planner.formulation.clock import ALL_DAY, Clock
from planner.formulation.expansion import Expansions, expansions_of
from planner.formulation.fleet import Fleet, fleet_of
from planner.formulation.leases import Leases, leases_of
from planner.formulation.leaving import Leaving, leaving_of
from planner.formulation.policy import Rules, Span, budget_spans, rules_of
from planner.formulation.tiers import Tiers, tiers_of
from planner.formulation.whole import Whole, whole_of
from planner.formulation.work import Work, work_of
from planner.performance.pairing import Rates
from planner.periods import months_between
from planner.records import dataclass
from planner.specs.accelerator import Accelerator
from planner.specs.scenario import Scenario, Site
from planner.units import magnitude


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Every number of one program.

    Attributes:
        clock: Time: labels, hours, discounting.
        fleet: Counts: what stands, what can be bought, what retires.
        work: Rates as shares of demand, windows, values.
        expansions: Power that can be added to sites.
        leases: Offers of leases.
        rules: Policies, and budgets of carbon and running costs.
        leaving: What may be scrapped early or moved.
        tiers: Who comes first, under serve_by_priority.
        whole: What is not divided; None where everything is.
        scale: Accelerators that one unit of a count stands for.
        added_unit: The same of a delivery or a lease, keyed by A.
        assigned_unit: The same of what works, keyed by W x A.
        availability: Share of installed units in working order, keyed by A.
        facility_mw: Facility power one unit provisions [MW], keyed by A x S.
        site_power_mw: Limit of ``site_power`` [MW], keyed by S x T; with the policy
            ``grandfather`` at least what the starting fleet provisions, as the next.
        power_budget_mw: Limit of ``power_budget`` [MW], keyed by T; empty
            without that budget.
        price_musd: Price of one unit [MUSD], keyed by A x T, for what can be
            bought.
        capex_spans: Spans of ``capex_budget`` [MUSD]; with ``carry_over`` each with
            the periods before it, too. Empty without that budget.
        charge_musd: Capital charge of one unit bought [present MUSD], A x T; with
            early retirement the price alone, since the residual value is that of
            what is kept.
        installed_musd: Maintenance and idle energy of one unit installed
            [nominal MUSD], keyed by A x S x T.
        busy_musd: Energy of one unit assigned over an idle one, for a whole
            period at full use [nominal MUSD], keyed by A x S x T.
    """

    clock: Clock
    fleet: Fleet
    work: Work
    expansions: Expansions
    leases: Leases
    rules: Rules
    leaving: Leaving
    tiers: Tiers
    whole: Whole | None
    scale: float
    added_unit: Mapping[str, float]
    assigned_unit: Mapping[tuple[str, str], float]
    availability: Mapping[str, float]
    facility_mw: Mapping[tuple[str, str], float]
    site_power_mw: Mapping[tuple[str, int], float]
    power_budget_mw: Mapping[int, float]
    price_musd: Mapping[tuple[str, int], float]
    capex_spans: tuple[Span, ...]
    charge_musd: Mapping[tuple[str, int], float]
    installed_musd: Mapping[tuple[str, str, int], float]
    busy_musd: Mapping[tuple[str, str, int], float]

    def blocks_of(self, run: str) -> tuple[str, ...]:
        """Return the blocks that a run has columns in: ``ALL_DAY`` if it is steady."""
        return (ALL_DAY,) if run in self.work.steady else tuple(self.clock.blocks)


def coefficients(
    scenario: Scenario, rates: Rates, scale: float | None = None
) -> Coefficients:
    """Return the numbers of the program of a scenario.

    Args:
        scenario: A checked scenario.
        rates: Work per accelerator-second, keyed by W x A.
        scale: Accelerators that one unit of a count stands for; None: as the size of
            the fleet wants it.
    """
    clock = Clock.of(scenario)
    fleet = fleet_of(scenario, clock, scale)
    work = work_of(scenario, clock, rates)
    whole = whole_of(scenario, work, rates)
    price = _prices(scenario)
    energy = _energy_musd_per_mwh(scenario)
    stands = standing_mw(scenario) if scenario.grandfathered else {}
    return Coefficients(
        clock=clock,
        fleet=fleet,
        work=work,
        expansions=expansions_of(scenario, clock),
        leases=leases_of(scenario, clock),
        rules=rules_of(scenario, clock, work),
        leaving=leaving_of(scenario, clock, fleet, price),
        tiers=tiers_of(scenario, clock, work),
        whole=whole,
        scale=fleet.scale,
        added_unit={
            **dict.fromkeys(scenario.accelerators, fleet.scale),
            **({} if whole is None else whole.system),
        },
        assigned_unit={
            **dict.fromkeys(work.pairs, fleet.scale),
            **({} if whole is None else whole.replica),
        },
        availability={
            name: a.reliability.availability
            for name, a in scenario.accelerators.items()
        },
        facility_mw={
            (name, site.name): facility_mw(a, site)
            for name, a in scenario.accelerators.items()
            for site in scenario.spec.sites
        },
        site_power_mw=_site_power(scenario, stands),
        power_budget_mw=_power_budget(scenario, stands),
        price_musd=price,
        capex_spans=_capex_spans(scenario, clock),
        charge_musd=_charges(scenario, clock, price),
        installed_musd=_installed(scenario, clock, price, energy),
        busy_musd=_busy(scenario, clock, energy),
    )


def facility_mw(accelerator: Accelerator, site: Site) -> float:
    """Return the facility power that one unit provisions at a site [MW]."""
    nameplate_mw = magnitude(accelerator.power.nameplate, "MW")
    return site.provisioning * nameplate_mw * site.pue


def standing_mw(scenario: Scenario) -> dict[tuple[str, int], float]:
    """Return what the starting fleet provisions until its end of life [MW].

    Keyed by S x T; where nothing stands there is no key.
    """
    found: dict[tuple[str, int], float] = defaultdict(float)
    for entry in scenario.spec.fleet:
        accelerator = scenario.accelerators[entry.accelerator]
        each_mw = facility_mw(accelerator, scenario.sites[entry.site])
        life = accelerator.lifetime_months
        for t, period in enumerate(scenario.periods):
            if life is None or months_between(entry.installed, period) < life:
                found[entry.site, t] += entry.count * each_mw
    return found


def _site_power(
    scenario: Scenario, stands: Mapping[tuple[str, int], float]
) -> dict[tuple[str, int], float]:
    """Return each site's power, at least what a grandfathered fleet provisions."""
    found = {}
    for site in scenario.spec.sites:
        for t, period in enumerate(scenario.periods):
            level = site.power.level(period)
            limit = 0.0 if level is None else magnitude(level, "MW")
            found[site.name, t] = max(limit, stands.get((site.name, t), 0.0))
    return found


def _power_budget(
    scenario: Scenario, stands: Mapping[tuple[str, int], float]
) -> dict[int, float]:
    """Return the fleet's power budget, likewise."""
    series = scenario.spec.budgets.power
    if series is None:
        return {}
    every: dict[int, float] = defaultdict(float)
    for (_, t), mw in stands.items():
        every[t] += mw
    levels = [series.level(period) for period in scenario.periods]
    return {
        t: max(magnitude(q, "MW"), every[t])
        for t, q in enumerate(levels)
        if q is not None
    }


def _prices(scenario: Scenario) -> dict[tuple[str, int], float]:
    """Return price.system plus price.network, where there is a price."""
    found = {}
    for name, accelerator in scenario.accelerators.items():
        for t, period in enumerate(scenario.periods):
            price = accelerator.price.level(period)
            if price is not None:
                found[name, t] = magnitude(price, "USD") * MUSD
    return found


def _capex_spans(scenario: Scenario, clock: Clock) -> tuple[Span, ...]:
    budgets = scenario.spec.budgets
    spans = budget_spans(scenario, clock, budgets.capex, "USD", MUSD)
    return tuple(accumulate(spans, _carried)) if budgets.carry_over else spans


def _carried(before: Span, span: Span) -> Span:
    """Return a span with what the spans before it may spend, and leave to it."""
    periods = (*before.periods, *span.periods)
    return Span(span.label, periods, before.limit + span.limit)


def _charges(
    scenario: Scenario, clock: Clock, price: Mapping[tuple[str, int], float]
) -> dict[tuple[str, int], float]:
    last = clock.count - 1
    found = {}
    for (name, t), musd in price.items():
        months = scenario.accelerators[name].lifetime_months
        if months is None:
            continue
        if scenario.spec.early_retirement:
            found[name, t] = musd * clock.start_discounts[t]
            continue
        found[name, t] = capital_charge(
            musd,
            price[name, last],
            paid_years=clock.start_years[t],
            end_years=clock.end_years,
            lifetime_years=months / 12,
            yearly_rate=clock.yearly_rate,
        )
    return found


def _energy_musd_per_mwh(scenario: Scenario) -> dict[tuple[str, int], float]:
    """Return the nominal price of energy at the machines, PUE included."""
    found = {}
    for site in scenario.spec.sites:
        for t, period in enumerate(scenario.periods):
            level = site.electricity.level(period)
            usd_per_mwh = 0.0 if level is None else magnitude(level, "USD/MWh")
            found[site.name, t] = usd_per_mwh * MUSD * site.pue
    return found


def _installed(
    scenario: Scenario,
    clock: Clock,
    price: Mapping[tuple[str, int], float],
    energy: Mapping[tuple[str, int], float],
) -> dict[tuple[str, str, int], float]:
    found = {}
    for name, accelerator in scenario.accelerators.items():
        idle_mw = magnitude(accelerator.power.without_load, "MW")
        yearly = accelerator.price.yearly_maintenance
        for (site, t), musd_per_mwh in energy.items():
            years = clock.months[t] / 12
            maintenance = yearly * years * price.get((name, t), 0.0)
            idle = musd_per_mwh * clock.hours[t] * idle_mw
            found[name, site, t] = maintenance + idle
    return found


def _busy(
    scenario: Scenario, clock: Clock, energy: Mapping[tuple[str, int], float]
) -> dict[tuple[str, str, int], float]:
    found = {}
    for name, accelerator in scenario.accelerators.items():
        power = accelerator.power
        extra_mw = magnitude(power.under_load, "MW")
        extra_mw -= magnitude(power.without_load, "MW")
        for (site, t), musd_per_mwh in energy.items():
            found[name, site, t] = musd_per_mwh * clock.hours[t] * extra_mw
    return found
