"""What policies ask for, how near the plan comes to them, and what they cost."""

from collections import defaultdict
from collections.abc import Callable

from planner.cli.format import count, percent
from planner.cli.tables import Column, Table
from planner.explain.price_words import worth
from planner.plan.plan import Plan
from planner.specs.policy import (
    Grandfather,
    PolicyBase,
    Residency,
    Spare,
    VendorCommitment,
    VendorShare,
)
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun

Told = tuple[str, str]
"""What is asked for, and what the plan has."""
_HUNDREDTH = 0.01


def policy_table(plan: Plan, scenario: Scenario) -> Table:
    """Return each policy with what the plan has where it comes nearest to it."""
    rows = []
    for policy in scenario.spec.policies:
        asked, found = _told(policy)(plan, scenario, policy)
        rows.append([policy.label, asked, found, _margin(plan, scenario, policy)])
    columns = (
        Column("policy"),
        Column("asks for", least=20),
        Column("tightest", number=True),
        Column("at the margin"),
    )
    return Table("Policies", columns, rows)


def _told(policy: PolicyBase) -> Callable[[Plan, Scenario, PolicyBase], Told]:
    return {
        Residency: _residency,
        VendorShare: _vendor_share,
        VendorCommitment: _vendor_commitment,
        Spare: _spare,
        Grandfather: _grandfather,
    }[type(policy)]  # type: ignore[return-value]  # each for its own kind


def _residency(plan: Plan, scenario: Scenario, policy: Residency) -> Told:
    """Return the least share of what is served that has its capacity there."""
    rates = {(row.workload, row.accelerator): row.per_accelerator for row in plan.rates}
    there: dict[tuple[str, str], float] = defaultdict(float)
    for each in plan.allocation:
        at_home = scenario.region_of(each.site) == policy.region
        if each.workload == policy.workload and at_home:
            rate = rates[each.workload, each.accelerator]
            there[each.period, each.block] += each.count * rate
    service = scenario.workloads[policy.workload]
    factor = 1.0 if isinstance(service, TrainingRun) else service.capacity_factor
    shares = [
        min(1.0, there[row.period, row.block] / (row.served * factor))
        for row in plan.services
        if row.workload == policy.workload and row.served > 0
    ]
    asked = f"{policy.workload} from {policy.region}: at least {_share(policy.minimum)}"
    return asked, percent(min(shares)) if shares else "-"


def _vendor_share(plan: Plan, scenario: Scenario, policy: VendorShare) -> Told:
    scope = scenario.policy_scopes[policy.label]
    used = [
        row.used
        for row in plan.budgets
        if (row.name, row.scope) == ("vendor_share", scope)
    ]
    asked = f"{policy.vendor}, of {policy.of}: at most {_share(policy.maximum)}"
    return asked, percent(max(used, default=None))


def _vendor_commitment(
    plan: Plan, scenario: Scenario, policy: VendorCommitment
) -> Told:
    came = sum(
        row.count
        for row in plan.purchases
        if scenario.accelerators[row.accelerator].vendor == policy.vendor
    )
    return f"from {policy.vendor}: at least {count(policy.minimum)}", count(came)


def _spare(plan: Plan, scenario: Scenario, policy: Spare) -> Told:
    """Return the least share of what works that is without work."""
    name = policy.accelerator
    works = scenario.accelerators[name].reliability.availability
    busy: dict[tuple[str, str, str], float] = defaultdict(float)
    for each in plan.allocation:
        if each.accelerator == name:
            busy[each.site, each.period, each.block] += each.count
    shares = [
        1 - busy[row.site, row.period, block] / (works * row.installed)
        for row in plan.fleet
        if row.accelerator == name and row.installed > 0
        for block in scenario.blocks
    ]
    asked = f"{name} without work: at least {_share(policy.share)}"
    return asked, percent(max(0.0, min(shares))) if shares else "-"


def _grandfather(plan: Plan, scenario: Scenario, policy: Grandfather) -> Told:  # noqa: ARG001
    return "what stands may exceed a limit of power", "-"


def _share(fraction: float) -> str:
    return f"{100 * fraction:.4g} %"


def _margin(plan: Plan, scenario: Scenario, policy: PolicyBase) -> str:
    """Return what a little less of it would gain, over all its rows.

    With priorities that is a share of the first tier that gains anything.
    """
    scope = scenario.policy_scopes[policy.label]
    rows = [
        row
        for row in plan.prices
        if (row.constraint, row.scope) == (policy.kind, scope)
    ]
    if not rows:
        return "-"
    unit = min((row.unit for row in rows), key=lambda u: (u.startswith("USD"), u))
    whole = sum(abs(row.value) for row in rows if row.unit == unit)
    if isinstance(policy, VendorCommitment):
        return f"{worth(whole, unit)} each"
    return f"{worth(whole * _HUNDREDTH, unit)} a point"
