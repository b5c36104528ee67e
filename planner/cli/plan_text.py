"""What ``planner solve`` prints: the plan in the order a planner reads it."""

from collections.abc import Iterator

from planner.cli.account_tables import (
    account_table,
    pay_table,
    unit_cost_table,
)
from planner.cli.errors import print_line
from planner.cli.format import count, digits, money, percent, power
from planner.cli.infeasible_text import print_infeasible
from planner.cli.options import Terminal
from planner.cli.plan_build_out import (
    early_table,
    expansion_table,
    lost_lines,
    transfer_table,
)
from planner.cli.plan_tables import (
    budget_table,
    change_table,
    cost_table,
    lease_table,
    purchase_table,
    rate_lines,
    rejected_lines,
    repair_line,
    split_table,
)
from planner.cli.plan_work import run_lines, run_table, service_lines, service_table
from planner.cli.policy_table import policy_table
from planner.cli.price_text import worth_table
from planner.cli.tables import Column, Screen, Table
from planner.cli.tier_text import tier_table
from planner.plan.plan import Plan
from planner.plan.rows import Metrics
from planner.plan.words import (
    WORTH,
    account_line,
    audit_line,
    certificate_line,
    pay_line,
    state_of,
    whole_line,
)
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun


def plan_text(plan: Plan, scenario: Scenario, terminal: Terminal) -> None:
    """Print a plan, or why there is none; with ``-q`` its headline alone."""
    if terminal.quiet:
        print_line(headline(plan, scenario))
        return
    screen = Screen()
    _print_head(screen, plan, scenario)
    if plan.metrics is None:
        _print_hopeless(screen, plan, scenario)
        if plan.infeasibility is not None:
            print_infeasible(screen, plan.infeasibility, whole=terminal.verbose)
    else:
        _print_sections(screen, plan, scenario, terminal)
    if terminal.verbose:
        screen.heading("Rates per accelerator")
        for line in rate_lines(plan):
            screen.line(line)
    if plan.rejected:
        screen.heading("Cannot be used")
    for line in rejected_lines(plan, whole=terminal.verbose):
        screen.line(line)
    screen.line()
    if plan.audit is not None:
        screen.line(audit_line(plan.audit))
    if plan.certificate is not None:
        screen.line(certificate_line(plan.certificate))
    screen.line(_solver_line(plan))


def headline(plan: Plan, scenario: Scenario) -> str:
    """Return the plan in one line."""
    state = f"{plan.scenario}: {state_of(plan, scenario.spec.expect)}"
    if plan.metrics is None:
        return state
    facts = [f"{name} {value}" for name, value, _ in _facts(plan, scenario)]
    return f"{state}; {', '.join(facts)}"


def _print_head(screen: Screen, plan: Plan, scenario: Scenario) -> None:
    screen.line(f"{plan.scenario}: {state_of(plan, scenario.spec.expect)}")
    if plan.title:
        screen.line(plan.title)
    if plan.metrics is None:
        return
    screen.line()
    columns = (Column("figure"), Column("value"), Column("note"))
    rows = list(_facts(plan, scenario))
    screen.table(Table("", columns, rows, header=False))
    if whole := whole_line(plan):
        screen.line(whole)


def _facts(plan: Plan, scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and remark of every figure of the headline."""
    metrics = plan.metrics
    if metrics is None:
        return
    mode = WORTH[plan.objective.mode]
    yield mode, money(plan.objective.value_usd), _objective_note(plan, scenario)
    yield "unserved", percent(metrics.unserved_fraction), "mean over the services"
    yield "capex", money(metrics.capex_usd), "nominal, all periods"
    yield "opex", money(metrics.opex_usd), _opex_note(plan)
    yield "peak power", power(metrics.peak_power_mw), "at the meter"
    yield "accelerators", count(metrics.accelerators), _fleet_note(plan, metrics)
    runs = sum(isinstance(w, TrainingRun) for w in scenario.spec.workloads)
    yield "unfinished runs", f"{metrics.unfinished_runs} of {runs}", ""


def _opex_note(plan: Plan) -> str:
    more = "".join(
        f", {name}"
        for name, rows in (("leases", plan.leases), ("transfers", plan.transfers))
        if rows
    )
    return f"nominal: energy{more} and maintenance"


def _objective_note(plan: Plan, scenario: Scenario) -> str:
    year = scenario.spec.currency_year
    note = "present value" if year is None else f"present value, money of {year}"
    parts = plan.objective.parts
    if parts is None or not parts.residual:
        return note
    return f"{note}; counts {money(abs(parts.residual))} residual value"


def _fleet_note(plan: Plan, metrics: Metrics) -> str:
    note = "owned, in the last period" if plan.leases else "in the last period"
    if metrics.h100_equivalents is None:
        return note
    return f"{note}; {count(metrics.h100_equivalents)} H100-equivalents"


def _print_sections(
    screen: Screen, plan: Plan, scenario: Scenario, terminal: Terminal
) -> None:
    if plan.tiers:
        screen.table(tier_table(plan, scenario))
    screen.table(split_table(plan, scenario, plain=screen.plain))
    if repair := repair_line(plan, scenario):
        screen.line(repair)
    screen.table(change_table(plan, scenario, plain=screen.plain))
    screen.table(purchase_table(plan, scenario))
    screen.table(expansion_table(plan))
    screen.table(lease_table(plan, scenario))
    screen.table(early_table(plan))
    for line in lost_lines(plan):
        screen.line(line)
    screen.table(transfer_table(plan))
    screen.table(budget_table(plan, plain=screen.plain))
    screen.table(policy_table(plan, scenario))
    screen.table(worth_table(plan, scenario))
    screen.table(service_table(plan, scenario, plain=screen.plain))
    for line in service_lines(plan, scenario):
        screen.line(line)
    screen.table(run_table(plan))
    for line in run_lines(plan, scenario):
        screen.line(line)
    screen.table(cost_table(plan, whole=terminal.verbose))
    screen.table(account_table(plan, whole=terminal.verbose))
    if left := account_line(plan):
        screen.line(left)
    screen.table(unit_cost_table(plan, whole=terminal.verbose))
    screen.table(pay_table(plan, whole=terminal.verbose))
    if verdict := pay_line(plan):
        screen.line(verdict)


def _print_hopeless(screen: Screen, plan: Plan, scenario: Scenario) -> None:
    """Name the workloads that nothing can do, whatever the limits."""
    refused: dict[str, set[str]] = {}
    for row in plan.rejected:
        refused.setdefault(row.workload, set()).add(row.accelerator)
    every = set(scenario.accelerators)
    none = [name for name, types in refused.items() if types >= every]
    if plan.status != "infeasible":
        return
    screen.line()
    for name in none:
        screen.line(f"{name}: no accelerator of this scenario can do it, see below")
    if not none:
        text = "every workload has accelerators that can do it: the limits collide"
        screen.line(text)


def _solver_line(plan: Plan) -> str:
    solver, size = plan.solver, plan.formulation
    known = solver.iterations is not None
    steps = f"{solver.iterations:,} iterations; " if known else ""
    return (
        f"solver: {solver.name} {solver.version}, {solver.algorithm}; "
        f"{steps}{size.variables:,} variables, "
        f"{size.constraints:,} constraints; built in {digits(solver.build_s, 2)} s, "
        f"solved in {digits(solver.solve_s, 2)} s CPU"
    )
