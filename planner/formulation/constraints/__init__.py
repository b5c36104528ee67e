"""The constraints: one function each, its equation in its docstring.

A function takes the numbers ``c`` and the columns ``v`` and yields rows: one by one
from pairs, or as blocks where ``v.assigned`` is summed (``family.Cells``). Counts
are in units of ``c.scale`` accelerators, deliveries in those of ``c.added_unit``,
work in those of ``c.assigned_unit``; every coefficient that is per accelerator is
multiplied by them. ``CONSTRAINTS`` lists all in reading order.
"""

from collections.abc import Callable

from planner.formulation.coefficients import Coefficients
from planner.formulation.constraints.fleet import (
    assignment,
    end_of_life,
    fleet_balance,
    residual,
    supply,
    transfer,
)
from planner.formulation.constraints.leases import lease_limit, lease_term
from planner.formulation.constraints.limits import (
    capex_budget,
    carbon_budget,
    expansion_limit,
    opex_budget,
    power_budget,
    site_power,
)
from planner.formulation.constraints.policy import (
    residency,
    spare,
    vendor_commitment,
    vendor_share,
)
from planner.formulation.constraints.tiers import tier_minimum
from planner.formulation.constraints.whole import minimum_run_size, placement
from planner.formulation.constraints.work import (
    demand,
    minimum_served,
    run_efficiency,
    run_size,
    steady_run,
    table_memory,
    training_work,
)
from planner.formulation.rows import Rows
from planner.formulation.variables import Variables

Constraint = Callable[[Coefficients, Variables], Rows]

CONSTRAINTS: tuple[Constraint, ...] = (
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
