"""Every alternative applied, and the ends of every distribution, before any use."""

from dataclasses import replace

from planner.errors import InputError, Problem
from planner.specs.distribution import Distribution, distributions_of
from planner.specs.load import reload
from planner.specs.scenario import Scenario
from planner.specs.structure import problem_at

_ENDS = (0.0, "lowest"), (1.0, "highest")


def rehearse(scenario: Scenario) -> None:
    """Refuse a scenario with an alternative or a draw that makes it wrong.

    Raises:
        InputError: Lists every problem of every alternative, and of the lowest and
            of the highest draws of all uncertain inputs together.
    """
    problems: list[Problem] = []
    for each in scenario.spec.alternatives:
        try:
            reload(scenario, (), alternative=each.name)
        except InputError as error:
            problems += error.problems
    try:
        rehearse_draws(scenario)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)


def rehearse_draws(scenario: Scenario) -> None:
    """Refuse a scenario whose distributions reach beyond what a field may hold.

    Raises:
        InputError: Lists every problem of their lowest, and of their highest draws.
    """
    stated = distributions_of(scenario)
    problems: list[Problem] = []
    for share, name in _ENDS if stated else ():
        sets = [each.where.text(each.quantile(share)) for each in stated]
        try:
            reload(scenario, sets)
        except InputError as error:
            problems += (_placed(scenario, stated, p, name) for p in error.problems)
    if problems:
        raise InputError(problems)


def _placed(
    scenario: Scenario, stated: tuple[Distribution, ...], problem: Problem, end: str
) -> Problem:
    """Return a problem of the draws at the place of the distribution it comes from."""
    said = f"{problem.message} (its {end} draw)"
    for number, each in enumerate(stated):
        if problem.file == "--set" and problem.path == each.where.path:
            loc = ("uncertainty", "inputs", number)
            place = problem_at(scenario.tree, loc, said)
            return replace(place, path=each.where.path, expected=problem.expected)
    return replace(problem, message=f"{problem.message} (with the {end} draws)")
