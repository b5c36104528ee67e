"""``planner explain``: the command; ``explain_text`` says what it prints."""

import re
from dataclasses import asdict
from typing import Any

import typer

from planner.api import solve_whole
from planner.cli.errors import print_error
from planner.cli.given import Given
from planner.cli.options import Terminal
from planner.cli.output import print_json, print_warnings
from planner.errors import UsageError
from planner.explain.break_even import BreakEven, break_even
from planner.explain.explanation import (
    Priced,
    binding_limits,
    price_rows,
    priced_keys,
)
from planner.explain.flexibility import Flexible, flexibility_of
from planner.explain.own_or_lease import own_or_lease
from planner.explain.why_not import WhyNot, why_not
from planner.pipeline import Solved
from planner.pipeline import run as solve_again
from planner.records import dataclass
from planner.solvers.near import Neighbour
from planner.specs.integer_checks import whole_words
from planner.specs.load import reload
from planner.specs.scenario import Scenario

SHOWN = 12
"""Prices that the text shows on both sides; -v shows all."""
_SHARE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*(%?)")


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        given: The scenario.
        break_even: Paths of inputs.
        flexibility: Distance from the optimum, as text; None: not asked.
        why_not: Accelerator and workload; None: not asked.
        exact: Whether the certificate is computed in rational numbers.
    """

    given: Given
    break_even: tuple[str, ...]
    flexibility: str | None
    why_not: tuple[str, str] | None
    exact: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What was asked beside the prices; None: not asked."""

    break_even: tuple[BreakEven, ...] | None
    flexibility: tuple[Flexible, ...] | None
    why_not: WhyNot | None

    @property
    def asked(self) -> bool:
        """Return whether anything was asked."""
        return any(x is not None for x in (self.break_even, self.flexibility)) or (
            self.why_not is not None
        )


def run(request: Request, terminal: Terminal) -> int:
    """Explain a scenario's plan, or why it has none, and return the exit code."""
    distance = _share(request.flexibility)
    scenario = request.given.load()
    _check_integer(scenario, request)
    solved = solve_whole(scenario, exact=request.exact)
    print_warnings(solved.plan.warnings, terminal)
    if solved.plan.status in ("time_limit", "failed"):
        print_error(
            f"{request.given.shown}: the solver {solved.plan.solver.name} failed"
        )
        return 4
    answers = Answers(None, None, None)
    if solved.plan.status == "optimal":
        answers = _answers(solved, request, distance)
    if terminal.as_json:
        print_json(_document(solved, answers))
        return 0
    from planner.cli.explain_text import explain_text  # noqa: PLC0415  # tables

    explain_text(solved, answers, terminal)
    return 0


def _check_integer(scenario: Scenario, request: Request) -> None:
    """Refuse questions that only plans in fractions answer.

    Raises:
        UsageError: The plan is an integer plan.
    """
    asked = {
        "--break-even": request.break_even,
        "--flexibility": request.flexibility,
        "--why-not": request.why_not,
    }
    found = " and ".join(option for option, value in asked.items() if value)
    if scenario.spec.integer and found:
        paths = [
            f".{workload.name}.{'.'.join(word)}=null"
            for workload in scenario.spec.workloads
            for word in whole_words(workload)
        ]
        sets = ["integer=false", *(f"workloads{path}" for path in paths)]
        msg = (
            f"{found} asks what a little more or less does, which whole systems cannot "
            f"answer; add {' '.join(f'--set {each}' for each in sets)}, or compare two "
            "solves with --set"
        )
        raise UsageError(msg)


def _share(text: str | None) -> float | None:
    """Return a distance such as ``1%`` as a share.

    Raises:
        BadParameter: It is none.
    """
    if text is None:
        return None
    found = _SHARE.fullmatch(text.strip())
    share = float(found[1]) / (100 if found[2] else 1) if found else -1.0
    if not 0 <= share < 1:
        message = f"--flexibility {text} is not a share; write e.g. 0% or 1%"
        raise typer.BadParameter(message)
    return share


def _answers(solved: Solved, request: Request, distance: float | None) -> Answers:
    """Return what was asked, every change of the plan solved again."""
    scenario = solved.scenario

    def again(sets: tuple[str, ...], near: Neighbour | None) -> Solved:
        return solve_again(reload(scenario, sets), near=near)

    breaks: list[BreakEven] = []
    for path in request.break_even:
        breaks += break_even(solved, path, again)
    flexible = None
    if distance is not None:
        flexible = flexibility_of(solved.program, solved.solution, distance)
    told = None
    if request.why_not is not None:
        (a, w), near = request.why_not, Neighbour()

        def uses(sets: tuple[str, ...]) -> bool:
            rows = again(sets, near).plan.allocation
            return any((r.accelerator, r.workload) == (a, w) for r in rows)

        told = why_not(solved, a, w, uses)
    return Answers(tuple(breaks) if request.break_even else None, flexible, told)


def _document(solved: Solved, answers: Answers) -> dict[str, Any]:
    """Return the JSON; what was not asked is absent."""
    plan = solved.plan
    found: dict[str, Any] = {"scenario": plan.scenario, "status": plan.status}
    if plan.infeasibility is not None:
        return {**found, "infeasibility": asdict(plan.infeasibility)}
    found["objective"] = asdict(plan.objective)
    found["metrics"] = None if plan.metrics is None else asdict(plan.metrics)
    found["certificate"] = (
        None if plan.certificate is None else asdict(plan.certificate)
    )
    if not answers.asked:
        found["prices"] = price_rows(solved)
        found["keys"] = [each.as_dict() for each in _keys(solved, None)]
        found["binding"] = [asdict(each) for each in binding_limits(plan)]
        ways = own_or_lease(solved.scenario, plan)
        found["own_or_lease"] = [asdict(way) for way in ways]
    if answers.break_even is not None:
        found["break_even"] = [asdict(each) for each in answers.break_even]
    if answers.flexibility is not None:
        found["flexibility"] = [asdict(each) for each in answers.flexibility]
    if answers.why_not is not None:
        found["why_not"] = asdict(answers.why_not)
    return found


def _keys(solved: Solved, most: int | None) -> tuple[Priced, ...]:
    return priced_keys(solved, most, far=False)
