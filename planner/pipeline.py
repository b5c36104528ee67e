"""From a scenario to an audited plan, with everything that led to it."""

import time
from dataclasses import astuple, replace
from typing import TYPE_CHECKING

from planner.audit import audit
from planner.documents import find
from planner.errors import AuditError, InputError, InternalError, Problem
from planner.formulation.build import Program, ScalingError, build
from planner.formulation.coefficients import coefficients
from planner.performance.needed import check_data
from planner.performance.pairing import Rates, rates
from planner.plan.assemble import objective_usd, plan_of
from planner.plan.findings import Audit
from planner.plan.plan import Plan
from planner.plan.rows import SolverRow
from planner.records import dataclass
from planner.solvers.solution import Solution
from planner.solvers.solve import SolverName, solve_program, solver_version
from planner.specs.catalogue import Catalogue
from planner.specs.scenario import Scenario
from planner.specs.structure import problem_at
from planner.units import magnitude, parse

if TYPE_CHECKING:
    from planner.solvers.near import Neighbour

AGREEMENT = 1e-7
"""Relative distance allowed between the solver's objective and the plan's."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A scenario, its program, how it was solved, and the plan.

    Attributes:
        scenario: What was planned.
        program: What was solved.
        solution: How the solve ended.
        plan: The audited plan; without rows where there is none.
    """

    scenario: Scenario
    program: Program
    solution: Solution
    plan: Plan


def run(
    scenario: Scenario,
    *,
    solver: SolverName = "highs",
    time_limit: float | None = None,
    near: "Neighbour | None" = None,
) -> Solved:
    """Return the audited plan of a scenario, and what it was made from.

    Args:
        scenario: A checked scenario.
        solver: ``highs``, or ``cbc`` as a second opinion.
        time_limit: For each solve [s]; None: none.
        near: What was solved before, where the same is asked of many scenarios that
            differ little and none of their prices is told; the plans are the same.

    Raises:
        InputError: A field that the scenario needs is missing in a file.
        UsageError: CBC is asked for and not installed.
        AuditError: The plan does not keep a limit: a bug.
    """
    began = time.process_time()
    table = rates(scenario)
    check_data(scenario, table)
    program = _build(scenario, table)
    build_s = time.process_time() - began
    solution = solve_program(program, solver, time_limit, near)
    row = SolverRow(
        name=solver,
        version=solver_version(solver),
        algorithm=solution.algorithm,
        iterations=solution.iterations,
        build_s=build_s,
        solve_s=solution.seconds,
    )
    plan = plan_of(
        scenario,
        table,
        program,
        solution,
        solver=row,
        h100_flop_s=h100_flop_s(scenario),
    )
    if plan.metrics is not None:
        _check_objective(plan, objective_usd(program, solution, scenario))
        plan = replace(plan, audit=audit(scenario, plan, table))
        _check_audit(plan.audit)
    return Solved(scenario, program, solution, plan)


def program_of(scenario: Scenario) -> Program:
    """Return the program of a scenario without solving it.

    Raises:
        InputError: A field that the scenario needs is missing in a file.
    """
    table = rates(scenario)
    check_data(scenario, table)
    return _build(scenario, table)


def _build(scenario: Scenario, table: Rates) -> Program:
    """Return the program of a scenario.

    Raises:
        InputError: Numbers lie too far apart; names the input that they belong to.
    """
    try:
        return build(coefficients(scenario, table), scenario.spec.name)
    except ScalingError as error:
        loc = next(
            (
                (family, number)
                for family in ("policies", "workloads", "sites", "leases")
                for number, item in enumerate(getattr(scenario.spec, family))
                if item.name in error.row.index
            ),
            (),
        )
        raise InputError([problem_at(scenario.tree, loc, str(error))]) from None


def h100_flop_s(scenario: Scenario) -> float | None:
    """Return the peak bf16 of an H100 [FLOP/s], from the catalogue if need be."""
    if "h100" in scenario.accelerators:
        peak = scenario.accelerators["h100"].peak.get("bf16")
        return None if peak is None else magnitude(peak, "FLOP/s")
    problems: list[Problem] = []
    document = Catalogue.of(scenario.data_dirs).load("hardware", "h100", problems)
    node = find(document.root, ("peak", "bf16")) if document else None
    if node is None:
        return None
    return magnitude(parse(node.value, "FLOP/s", "989 TFLOP/s"), "FLOP/s")


def _check_objective(plan: Plan, solver_usd: float) -> None:
    """Compare the plan's own sum with the solver's.

    Raises:
        InternalError: They differ.
    """
    value, parts = plan.objective.value_usd, plan.objective.parts
    if value is None or parts is None:
        return
    size = max(
        abs(parts.served_value + parts.run_value),
        sum(abs(part) for part in astuple(parts)[2:]),
        1.0,
    )
    if abs(value - solver_usd) > AGREEMENT * size:
        msg = f"the plan is worth {value:.10g} $, the solver says {solver_usd:.10g} $"
        raise InternalError(msg)


def _check_audit(found: Audit | None) -> None:
    """Refuse a plan that its audit does not pass.

    Raises:
        AuditError: A check failed; lists all that did.
    """
    if found is None or found.passed:
        return
    failed = [
        f"{check.name} is broken by {check.worst:.3g} {check.unit} "
        f"(tolerance {check.tolerance:.3g})"
        for check in found.checks
        if check.worst > check.tolerance
    ]
    raise AuditError("the plan fails its audit: " + "; ".join(failed))
