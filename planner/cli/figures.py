"""Figures by their names, as options and tables take them."""

from collections.abc import Collection, Iterable

from planner.documents import suggest
from planner.errors import InputError, Problem
from planner.specs.scenario import Scenario


def worth_of(scenario: Scenario) -> str:
    """Return the name of the figure that the scenario's plan is made for."""
    return "profit_usd" if scenario.spec.objective == "maximize_value" else "cost_usd"


def check_figures(names: Iterable[str], known: Collection[str]) -> None:
    """Refuse figures that there are none of.

    Raises:
        InputError: Lists each of them.
    """
    problems = []
    for name in names:
        if name not in known:
            hint = suggest(name, known)
            expected = "" if hint else f"known are {', '.join(known)}"
            message = f"there is no figure '{name}'"
            problems.append(Problem("--metric", 0, 0, "", message, expected, hint))
    if problems:
        raise InputError(problems)
