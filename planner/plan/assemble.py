"""A solved program to a plan."""

import hashlib
from collections import defaultdict
from dataclasses import replace

from planner.documents import Node, display_path, walk_leaves
from planner.economics.money import USD_PER_MUSD
from planner.formulation.build import Program
from planner.performance.pairing import Rate, Rates
from planner.performance.results import Rejection
from planner.plan.accounts import with_accounts
from planner.plan.budgets import budget_rows
from planner.plan.build_out import (
    early_retirement_rows,
    expansion_rows,
    residual_rows,
    transfer_rows,
)
from planner.plan.extract import (
    allocation_rows,
    fleet_rows,
    purchase_rows,
    rate_rows,
    rejected_rows,
    service_rows,
    split_rows,
)
from planner.plan.leases import lease_rows
from planner.plan.money import (
    cost_rows,
    ledger_of,
    metrics_of,
    parts_of,
    run_rows,
)
from planner.plan.plan import Plan
from planner.plan.rows import (
    AllocationRow,
    FileRow,
    FormulationRow,
    Objective,
    Parts,
    Provenance,
    RunRow,
    SolverRow,
)
from planner.plan.tiers import achieved, tier_rows
from planner.plan.values import values_of
from planner.solvers.solution import Optimum, Solution
from planner.specs.scenario import Scenario
from planner.version import __version__


def plan_of(
    scenario: Scenario,
    rates: Rates,
    program: Program,
    solution: Solution,
    *,
    solver: SolverRow,
    h100_flop_s: float | None,
) -> Plan:
    """Return the plan that a solution is; without rows where it has no values.

    Args:
        scenario: What was planned.
        rates: Work per accelerator-second, keyed by W x A.
        program: What was solved.
        solution: How.
        solver: What solved it, and how long that took.
        h100_flop_s: Peak bf16 of an H100 [FLOP/s], for equivalents.
    """
    bound = bound_usd(program, solution, scenario)
    bare = Plan(
        scenario=scenario.spec.name,
        title=scenario.spec.title,
        status=solution.status,
        objective=Objective(scenario.spec.objective, None, bound, None, None),
        metrics=None,
        solver=solver,
        formulation=FormulationRow(
            program.arrays.columns, len(program.rows), program.nonzeros
        ),
        provenance=provenance_of(scenario, solver),
        rejected=rejected_rows(rates),
        rates=rate_rows(rates),
        warnings=warnings_of(scenario, rates),
    )
    if solution.status != "optimal" and not solution.found:
        return bare
    return _filled(bare, scenario, rates, program, solution, h100_flop_s)


def _filled(  # noqa: PLR0917  # what a plan is made from
    bare: Plan,
    scenario: Scenario,
    rates: Rates,
    program: Program,
    solution: Solution,
    h100_flop_s: float | None,
) -> Plan:
    """Return a plan with the rows of a solution, proven optimal or not."""
    c, x = program.c, values_of(program, solution)
    book = ledger_of(scenario, c, x)
    parts = parts_of(scenario, c, x, book)
    value = parts.total()
    allocation = allocation_rows(scenario, c, x, rates)
    runs = run_rows(scenario, c, x, book)
    costs = cost_rows(c, book)
    services = service_rows(scenario, c, x)
    filled = replace(
        bare,
        objective=_objective(scenario, program, solution, parts),
        metrics=metrics_of(
            scenario, c, x, book, value_usd=value, h100_flop_s=h100_flop_s
        ),
        tiers=tier_rows(c.tiers, achieved(scenario, services, runs)),
        fleet=fleet_rows(c, x),
        purchases=purchase_rows(scenario, c, x),
        expansions=expansion_rows(c, x),
        leases=lease_rows(c, x),
        transfers=transfer_rows(c, x),
        early_retirements=early_retirement_rows(c, x),
        residuals=residual_rows(c, x),
        allocation=allocation,
        services=services,
        runs=runs,
        split=split_rows(scenario, c, x),
        budgets=budget_rows(c, x, costs),
        costs=costs,
        warnings=(
            *bare.warnings,
            *spread(runs, whole=c.whole is not None),
            *few(allocation),
            *ties(solution),
        ),
    )
    return with_accounts(filled, scenario, rates, h100_flop_s)


def _objective(
    scenario: Scenario, program: Program, solution: Solution, parts: Parts
) -> Objective:
    """Return what was reached, beside what is proven and what fractions would give."""
    mode, value = scenario.spec.objective, parts.total()
    bound = bound_usd(program, solution, scenario)
    if solution.divided is None or bound is None:
        return Objective(mode, value, value, 0.0, parts)
    best = max if mode == "maximize_value" else min
    bound = best(bound, value)
    fractions = _usd(solution.divided, program, scenario)
    size = max(abs(value), 1.0)
    return Objective(
        mode,
        value,
        bound,
        abs(bound - value) / size,
        parts,
        continuous_usd=fractions,
        continuous_loss=abs(fractions - value) / max(abs(fractions), 1.0),
    )


def objective_usd(
    program: Program, found: Solution | Optimum, scenario: Scenario
) -> float:
    """Return the solver's own objective, as profit or cost [present $]."""
    return _usd(found.objective, program, scenario)


def bound_usd(program: Program, solution: Solution, scenario: Scenario) -> float | None:
    """Return the proven bound on profit or cost [present $]; None without one."""
    return None if solution.bound is None else _usd(solution.bound, program, scenario)


def _usd(objective: float, program: Program, scenario: Scenario) -> float:
    """Return an objective of the program as profit or cost [present $]."""
    cost = objective / program.cost_factor + program.c.leaving.sunk_musd
    cost *= USD_PER_MUSD
    return -cost if scenario.spec.objective == "maximize_value" else cost


def warnings_of(scenario: Scenario, rates: Rates) -> tuple[str, ...]:
    """Return the input's warnings, and the workloads that nothing can do."""
    found = [str(warning) for warning in scenario.warnings]
    for name in scenario.workloads:
        reasons = {
            rate.reason
            for (w, _), rate in rates.items()
            if w == name and isinstance(rate, Rejection)
        }
        if not any(
            w == name and isinstance(rate, Rate) for (w, _), rate in rates.items()
        ):
            why = ", ".join(sorted(reasons))
            found.append(f"no accelerator can do workload {name} ({why}); see rejected")
    return tuple(found)


def spread(runs: tuple[RunRow, ...], *, whole: bool = False) -> list[str]:
    """Return a warning for each run that uses several sites or types.

    Args:
        runs: Of a plan.
        whole: Whether it is an integer plan, which can keep a run together.
    """
    words = "sites or accelerators.allowed"
    if whole:
        words = "single_site: true and single_accelerator: true"
    return [
        f"run {run.workload} is spread over {', '.join(run.sites)} on "
        f"{', '.join(run.accelerators)}; restrict it with {words} if it must stay "
        "together"
        for run in runs
        if len(run.sites) > 1 or len(run.accelerators) > 1
    ]


def few(allocation: tuple[AllocationRow, ...]) -> list[str]:
    """Return a warning for each pair whose whole replicas take notably more."""
    extra: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in allocation:
        if row.rounded_up is not None:
            extra[row.workload, row.accelerator].append(row.rounded_up - row.count)
    return [
        f"{workload} has under 20 replicas on {accelerator} in {len(more)} places; "
        f"in whole replicas they take up to {max(more):,.1f} accelerators more each"
        for (workload, accelerator), more in sorted(extra.items())
    ]


def ties(solution: Solution) -> list[str]:
    """Return a warning where other plans are as good and none was singled out."""
    if solution.unique is not False:
        return []
    return ["other plans are as good as this one; the tie-break could not settle them"]


def provenance_of(scenario: Scenario, solver: SolverRow) -> Provenance:
    """Return what the plan was computed from."""
    return Provenance(
        planner=__version__,
        solver=f"{solver.name} {solver.version}",
        inputs_hash=inputs_hash(scenario.tree),
        files=tuple(FileRow(path, sha256) for path, sha256 in scenario.files),
        set=(*scenario.applied, *scenario.overrides),
    )


def inputs_hash(tree: Node) -> str:
    """Return a SHA-256 over every resolved value, whatever its order or file."""
    lines = sorted(
        f"{display_path(tree, loc)}={leaf.value!r}"
        for loc, leaf in walk_leaves(tree)
        if "sources" not in loc
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
