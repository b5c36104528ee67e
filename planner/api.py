"""From a scenario to a plan: the library's front door."""

from dataclasses import replace

from planner.errors import AuditError, InputError
from planner.explain.certificate import certificate_of
from planner.explain.prices import prices_of
from planner.pipeline import Solved, run
from planner.plan.findings import Infeasibility, PriceRow
from planner.plan.plan import Plan
from planner.plan.rows import RunRow
from planner.solvers.solve import SolverName
from planner.specs.load import reload
from planner.specs.scenario import Scenario


def solve(
    scenario: Scenario,
    *,
    solver: SolverName = "highs",
    time_limit: float | None = None,
    exact: bool = False,
) -> Plan:
    """Return the audited plan of a scenario; without rows where there is none.

    Args:
        scenario: A checked scenario, from ``load_scenario``.
        solver: ``highs``, or ``cbc`` as a second opinion.
        time_limit: For each solve [s]; None: none.
        exact: Whether the certificate is computed in rational numbers.

    Returns:
        The plan, with prices and certificate. Its ``status`` is ``infeasible``
        where no plan satisfies the scenario (``infeasibility`` then says why and
        what would), ``time_limit`` or ``failed`` where none was proven.

    Raises:
        InputError: A field that the scenario needs is missing in a file.
        UsageError: CBC is asked for and not installed, or the program is too large
            for rational numbers.
        AuditError: The plan does not keep a limit: a bug.
    """
    return solve_whole(scenario, solver=solver, time_limit=time_limit, exact=exact).plan


def solve_whole(
    scenario: Scenario,
    *,
    solver: SolverName = "highs",
    time_limit: float | None = None,
    exact: bool = False,
) -> Solved:
    """Return the same plan with its program and solution, for more questions.

    Args:
        scenario: A checked scenario, from ``load_scenario``.
        solver: ``highs``, or ``cbc`` as a second opinion.
        time_limit: For each solve [s]; None: none.
        exact: Whether the certificate is computed in rational numbers.

    Raises:
        InputError: A field that the scenario needs is missing in a file.
        UsageError: CBC is asked for and not installed, or the program is too large
            for rational numbers.
        AuditError: The plan does not keep a limit: a bug.
    """
    solved = run(scenario, solver=solver, time_limit=time_limit)
    plan, program, solution = solved.plan, solved.program, solved.solution
    if plan.status == "infeasible":
        plan = replace(plan, infeasibility=_infeasibility(solved))
    if plan.status == "optimal":
        prices = prices_of(program, solution)
        plan = replace(
            plan,
            runs=_with_marginal_prices(plan.runs, prices),
            prices=prices,
            certificate=certificate_of(solution.handed_over, solution, exact=exact),
        )
    return replace(solved, plan=plan)


def _with_marginal_prices(
    runs: tuple[RunRow, ...], prices: tuple[PriceRow, ...]
) -> tuple[RunRow, ...]:
    """Return the runs with what one more token of each costs [present $]."""
    costs = {p.scope: p for p in prices if p.constraint == "training_work"}
    return tuple(
        replace(run, marginal_price=_marginal_usd(costs.get(run.workload)))
        for run in runs
    )


def _marginal_usd(price: PriceRow | None) -> float | None:
    """Return what one more token costs; None where it takes from a tier instead."""
    if price is None:
        return 0.0
    return -price.value if price.unit.startswith("USD") else None


def _infeasibility(solved: Solved) -> Infeasibility:
    """Return why a scenario has no plan, every fix solved again."""
    # Most scenarios have a plan, and none of this is quick to import.
    from planner.explain.infeasibility import infeasibility_of  # noqa: PLC0415
    from planner.solvers.near import Neighbour  # noqa: PLC0415
    from planner.specs.defaults import facility_usd_per_mw  # noqa: PLC0415

    scenario, near = solved.scenario, Neighbour()
    any_plan = ("gap=100 %",) if scenario.spec.integer else ()

    def has_plan(sets: tuple[str, ...]) -> bool:
        try:
            found = run(reload(scenario, (*sets, *any_plan)), near=near)
        except (InputError, AuditError):
            # An amount that only just suffices may leave a plan that keeps its limits
            # to the solver's tolerance, but not to the audit's: that is no proof.
            return False
        return found.plan.status == "optimal"

    price = facility_usd_per_mw(scenario.data_dirs)
    return infeasibility_of(scenario, solved.program, has_plan, price)
