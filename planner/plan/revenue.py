"""Does it pay: what a scenario's revenue has to bear, and the lift that would do."""

from collections import defaultdict

from planner.periods import Span
from planner.plan.account_rows import DoesItPay
from planner.plan.plan import Plan
from planner.plan.unit_costs import efforts_of, idle_usd, volumes_of
from planner.specs.revenue import Revenue
from planner.specs.scenario import Scenario
from planner.specs.series import Series
from planner.units import magnitude

MILLION = 1e6


def does_it_pay(scenario: Scenario, plan: Plan) -> DoesItPay | None:
    """Return the answer for a scenario with `revenue`; None without.

    Args:
        scenario: What was planned.
        plan: With its rows.
    """
    revenue = scenario.spec.revenue
    if revenue is None:
        return None
    cost, idle = _cost_usd(scenario, plan, revenue)
    ads = _ad_revenue_usd(scenario, plan, revenue)
    subscription, partners = _subscription_usd(scenario), _partner_usd(scenario)
    known = None not in (cost, idle)
    needed = (cost or 0.0) + (idle or 0.0) - subscription - partners
    lift = revenue.ad_lift
    net = None if lift is None or not known else lift * ads - needed
    samples = _ad_samples(scenario, plan, revenue)
    return DoesItPay(
        workloads=revenue.llama,
        years=sum(period.months for period in scenario.periods) / 12,
        cost_usd=cost,
        idle_usd=idle,
        subscription_usd=subscription,
        partner_usd=partners,
        ad_revenue_usd=ads,
        break_even_lift=needed / ads if known and ads else None,
        break_even_usd_per_msample=needed / samples * MILLION
        if known and samples
        else None,
        ad_lift=lift,
        net_usd=net,
        pays=None if net is None else net >= 0,
    )


def _cost_usd(
    scenario: Scenario, plan: Plan, revenue: Revenue
) -> tuple[float | None, float | None]:
    """Return what the workloads cost, and their part of what idles by that cost."""
    spent = {name: effort.usd for name, effort in efforts_of(scenario, plan).items()}
    own = [spent[name] for name in revenue.llama]
    every = list(spent.values())
    idle = idle_usd(scenario, plan)
    known = [usd for usd in own if usd is not None]
    cost = sum(known) if len(known) == len(own) else None
    if cost is None or idle is None or None in every:
        return cost, None
    whole = sum(usd for usd in every if usd is not None)
    return cost, idle * cost / whole if whole > 0 else 0.0


def _ad_revenue_usd(scenario: Scenario, plan: Plan, revenue: Revenue) -> float:
    """Return the advertising revenue of the horizon, as far as ads are served."""
    served: dict[str, float] = defaultdict(float)
    wanted: dict[str, float] = defaultdict(float)
    for row in plan.services:
        if row.workload in (revenue.ads or ()) and row.served_fraction is not None:
            hours = scenario.blocks[row.block]
            served[row.period] += row.served_fraction * hours
            wanted[row.period] += hours
    total = 0.0
    for period in scenario.periods:
        asked = wanted[period.label]
        share = served[period.label] / asked if asked > 0 else 1.0
        total += _yearly(revenue.ad_revenue, period) * share
    return total


def _ad_samples(scenario: Scenario, plan: Plan, revenue: Revenue) -> float | None:
    """Return the samples that the ads workloads serve; None where one has requests."""
    volumes = volumes_of(scenario, plan)
    found = [volumes[name] for name in revenue.ads or ()]
    if any(unit != "sample" for _, unit in found):
        return None
    return sum(volume for volume, _ in found)


def _subscription_usd(scenario: Scenario) -> float:
    """Return what subscribers pay over the horizon."""
    revenue = scenario.spec.revenue
    paid = revenue.subscription if revenue else None
    if paid is None:
        return 0.0
    usd = magnitude(paid.price, "USD/user/month")
    people = ((p, paid.subscribers.level(p)) for p in scenario.periods)
    return sum(
        usd * p.months * magnitude(n, "user") for p, n in people if n is not None
    )


def _partner_usd(scenario: Scenario) -> float:
    """Return what hosts pass on over the horizon."""
    revenue = scenario.spec.revenue
    if revenue is None or revenue.partners is None:
        return 0.0
    series, share = revenue.partners.revenue, revenue.partners.share
    return share * sum(_yearly(series, p) for p in scenario.periods)


def _yearly(series: Series, period: Span) -> float:
    """Return a period's part of a yearly level [USD]."""
    level = series.level(period)
    return 0.0 if level is None else magnitude(level, "USD/year") * period.months / 12
