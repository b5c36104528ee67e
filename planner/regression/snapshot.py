"""What a solve gave, in the form in which goldens keep it."""

from dataclasses import asdict

from planner.errors import SolverError
from planner.pipeline import Solved, run
from planner.plan.plan import Plan
from planner.regression.golden import Golden, Solver
from planner.regression.inputs import Inputs
from planner.regression.numbers import RELATIVE, rounded
from planner.regression.revert import in_force
from planner.solvers.near import Neighbour
from planner.solvers.solve import SolverName


def solved(
    inputs: Inputs, solver: SolverName = "highs", near: Neighbour | None = None
) -> Solved:
    """Return the audited plan of inputs, or that there is none.

    Args:
        inputs: What is planned.
        solver: Which one solves it.
        near: What was solved before, where inputs that differ little follow.

    Raises:
        InputError: A field that the scenario needs is missing in a file.
        SolverError: The solver failed.
    """
    with in_force(inputs):
        found = run(inputs.scenario, solver=solver, near=near)
    if found.plan.status not in ("optimal", "infeasible"):
        msg = f"{inputs.scenario.path}: the solver {solver} failed"
        raise SolverError(msg)
    return found


def metrics_of(plan: Plan) -> dict[str, float | None]:
    """Return the metrics of a plan with the digits that are kept; {} without one."""
    if plan.metrics is None:
        return {}
    return {name: rounded(value) for name, value in asdict(plan.metrics).items()}


def snapshot(found: Solved) -> Golden:
    """Return what a golden of a solve holds, but for its inputs."""
    plan = found.plan
    return Golden(
        kind="scenario",
        status="optimal" if plan.status == "optimal" else "infeasible",
        metrics=metrics_of(plan),
        gap=plan.objective.gap or 0.0,
        allocation=allocation_of(found),
        binding=binding_of(plan),
        inputs={},
        places={},
        solver=solver_of(plan),
    )


def solver_of(plan: Plan) -> Solver:
    """Return what made a plan."""
    return Solver(plan.solver.name, plan.solver.version, plan.provenance.planner)


def allocation_of(found: Solved) -> dict[str, float] | None:
    """Return who works on what; None where other plans are as good."""
    plan = found.plan
    integer = bool(found.scenario.spec.integer)
    if plan.status != "optimal" or integer or found.solution.unique is False:
        return None
    return {
        key(row.site, row.accelerator, row.workload, row.period, row.block): value
        for row in plan.allocation
        if (value := rounded(row.count)) is not None
    }


def binding_of(plan: Plan) -> list[str]:
    """Return the limits that are used in full."""
    return sorted(
        key(row.name, row.scope, row.period)
        for row in plan.budgets
        if row.utilisation is not None and row.utilisation >= 1 - RELATIVE
    )


def key(*parts: str) -> str:
    """Return the one text that names a row."""
    return "/".join(parts)
