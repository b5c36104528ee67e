"""The audit: a plan checked against its specs, without the program that made it.

Every limit, cost, metric and the objective's value are computed again from the
plan's rows and the specs, in Pint. Nothing here knows the linear program.
"""

from collections.abc import Callable

from planner.audit.accounts import accounts, unit_costs
from planner.audit.budgets import budgets
from planner.audit.build_out import (
    early_retirements,
    expansion_limit,
    expansions,
    residual,
    transfers,
)
from planner.audit.figures import costs, metrics, objective, purchases
from planner.audit.fleet import (
    assignment,
    end_of_life,
    fleet_balance,
    supply,
    transfer,
)
from planner.audit.leases import lease_limit, lease_term, leases
from planner.audit.limits import (
    capex_budget,
    carbon_budget,
    opex_budget,
    power_budget,
    site_power,
)
from planner.audit.money import Books
from planner.audit.policies import (
    residency,
    spare,
    vendor_commitment,
    vendor_share,
)
from planner.audit.revenue import does_it_pay
from planner.audit.rows import (
    assignment_allowed,
    names,
    nonnegative,
    rejected,
    rounded_up,
    services,
    split,
)
from planner.audit.runs import runs
from planner.audit.whole import minimum_run_size, placement, whole_counts
from planner.audit.work import (
    demand,
    minimum_served,
    run_efficiency,
    run_size,
    steady_run,
    table_memory,
    tier_minimum,
    training_work,
)
from planner.performance.pairing import Rates
from planner.plan.findings import Audit, CheckRow
from planner.plan.plan import Plan
from planner.specs.scenario import Scenario

Check = Callable[[Books], CheckRow]

CONSTRAINTS: tuple[Check, ...] = (
    fleet_balance,
    end_of_life,
    residual,
    transfer,
    assignment,
    site_power,
    power_budget,
    capex_budget,
    expansion_limit,
    opex_budget,
    carbon_budget,
    supply,
    lease_limit,
    lease_term,
    demand,
    minimum_served,
    table_memory,
    training_work,
    run_size,
    run_efficiency,
    steady_run,
    residency,
    vendor_share,
    vendor_commitment,
    spare,
    tier_minimum,
    placement,
    minimum_run_size,
)
"""One check for each constraint of the program, of the same name."""

CHECKS: tuple[Check, ...] = (
    *CONSTRAINTS,
    names,
    nonnegative,
    assignment_allowed,
    rejected,
    rounded_up,
    whole_counts,
    services,
    runs,
    split,
    purchases,
    expansions,
    leases,
    transfers,
    early_retirements,
    budgets,
    costs,
    accounts,
    unit_costs,
    does_it_pay,
    metrics,
    objective,
)
"""All checks, in the order of the audit's rows."""


def audit(scenario: Scenario, plan: Plan, rates: Rates) -> Audit:
    """Return what checking a plan against its scenario finds.

    Args:
        scenario: What was planned.
        plan: A plan with rows.
        rates: Work per accelerator-second, keyed by workload and accelerator.

    Returns:
        One row for each of ``CHECKS``; passed where every worst breach is within
        its tolerance: a millionth of the limit, or of an accelerator.
    """
    books = Books(scenario, plan, rates)
    rows = tuple(check(books) for check in CHECKS)
    return Audit(all(row.worst <= row.tolerance for row in rows), rows)
