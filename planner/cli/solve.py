"""``planner solve``: the command; ``plan_text`` says what it prints."""

import math
from pathlib import Path
from typing import Literal

import typer

from planner.api import solve
from planner.cli.errors import print_error, print_line
from planner.cli.given import Given
from planner.cli.options import Terminal
from planner.cli.output import check_file, json_text, print_warnings
from planner.cli.plan_files import check_output, write_plan
from planner.files import write_whole
from planner.plan.plan import Plan
from planner.records import dataclass
from planner.specs.scenario import Scenario

FORMATS = (".mps", ".lp")
"""Of programs, as ``planner.explain.export`` writes them."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        given: The scenario.
        solver: Which one.
        time_limit: For each solve [s].
        output: File or folder to write the plan to.
        export: File to write the program to.
        exact: Whether the certificate is computed in rational numbers.
        form: Of the files in a folder; None: ``output`` is no folder.
    """

    given: Given
    solver: Literal["highs", "cbc"]
    time_limit: float | None
    output: str | None
    export: str | None = None
    exact: bool = False
    form: Literal["csv", "parquet"] | None = None


def run(request: Request, terminal: Terminal) -> int:
    """Solve a scenario, print its plan, and return the exit code."""
    check_options(request)
    scenario = request.given.load()
    plan = solved(request, scenario)
    if terminal.as_json:
        print_line(json_text(plan.as_dict()))
    else:
        print_plan(plan, scenario, terminal)
    print_warnings(plan.warnings, terminal)
    code = exit_code(plan, scenario.spec.expect)
    if code:
        print_error(reason(plan, request.given.shown, request.time_limit))
    return code


def solved(request: Request, scenario: Scenario) -> Plan:
    """Return the plan of a scenario; it and its program are in their files.

    Raises:
        InputError: A field that it needs is missing, or a file cannot be written.
    """
    if request.export is not None:
        _export(request.export, scenario)
    plan = solve(
        scenario,
        solver=request.solver,
        time_limit=request.time_limit,
        exact=request.exact,
    )
    if request.output is not None:
        write_plan(request.output, request.form, plan)
    return plan


def exit_code(plan: Plan, expect: str) -> int:
    """Return the exit code of a solve, given the status that its scenario expects."""
    if plan.status not in ("optimal", "infeasible"):
        return 4
    as_expected = plan.status == expect
    if plan.status == "optimal":
        return 0 if as_expected else 1
    return 0 if as_expected else 3


def _export(path: str, scenario: Scenario) -> None:
    """Write the program before it is solved: it may be what another solver is for."""
    from planner.explain.export import program_text  # noqa: PLC0415  # seldom used
    from planner.pipeline import program_of  # noqa: PLC0415  # seldom used

    write_whole(path, program_text(program_of(scenario), Path(path).suffix))


def print_plan(plan: Plan, scenario: Scenario, terminal: Terminal) -> None:
    """Print a plan as text."""
    from planner.cli.plan_text import plan_text  # noqa: PLC0415  # --json needs no tables

    plan_text(plan, scenario, terminal)


def check_options(request: Request) -> None:
    """Refuse, before anything is solved, what could not be done afterwards."""
    limit = request.time_limit
    if limit is not None and not (math.isfinite(limit) and limit > 0):
        message = f"--time-limit {limit:g} is not a time; write seconds above 0"
        raise typer.BadParameter(message)
    check_output(request.output, request.form)
    if request.export is not None:
        check_file(request.export, FORMATS, "programs are written as MPS or LP")


def reason(plan: Plan, shown: str, time_limit: float | None = None) -> str:
    """Return the line that says why the exit code is not 0.

    Args:
        plan: That ended so.
        shown: Name of the scenario's file.
        time_limit: Of each solve [s]; None: none.
    """
    if plan.status == "optimal":
        return f"{shown}: expect: infeasible, but there is a plan"
    if plan.status == "infeasible":
        return f"{shown}: infeasible: no plan keeps every limit and every minimum"
    bound = plan.objective.bound_usd
    known = "no bound is known" if bound is None else _bound(plan, bound)
    if plan.status == "time_limit":
        limit = "" if time_limit is None else f" of {time_limit:g} s"
        what = f"stopped at the time limit{limit} before a proven optimum"
        return f"{shown}: {what}; {known}"
    return f"{shown}: the solver {plan.solver.name} failed; {known}"


def _bound(plan: Plan, bound: float) -> str:
    """Return what is proven although the solve was stopped."""
    profit = plan.objective.mode == "maximize_value"
    what = "profit is at most" if profit else "cost is at least"
    return f"bound {bound:,.0f} USD ({what} that)"
