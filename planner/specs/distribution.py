"""The distribution of one uncertain input, in the unit that the input is written in."""

from collections.abc import Sequence
from dataclasses import replace
from math import erf, exp, log, sqrt

from planner.errors import InputError, Problem
from planner.records import dataclass
from planner.specs.fields import shown
from planner.specs.inputs import Input, input_at
from planner.specs.scenario import Scenario
from planner.specs.structure import problem_at
from planner.specs.uncertainty import UncertainInput
from planner.units import QuantityError, magnitude, parse, unit_of

Loc = tuple[str | int, ...]
FARTHEST = 4.0
"""Deviations from the middle at which a normal or a lognormal is cut off."""
_SHARE = erf(FARTHEST / sqrt(2))
"""Of the normal distribution, inside the cut."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is known of one number of a scenario.

    Attributes:
        where: The number: its path, its value in the scenario, its unit.
        kind: ``normal``, ``lognormal``, ``triangular``, ``uniform`` or ``empirical``.
        numbers: Its parameters in ``where.unit``, in the order of the specs (the
            spread of a lognormal is a share); the values of an empirical one, sorted.
    """

    where: Input
    kind: str
    numbers: tuple[float, ...]

    def quantile(self, share: float) -> float:
        """Return the value that a share of the draws (0 to 1) does not exceed."""
        first, *rest = self.numbers
        if self.kind == "normal":
            return first + rest[0] * _score(share)
        if self.kind == "lognormal":
            return exp(log(first) + rest[0] * _score(share))
        if self.kind == "triangular":
            return _triangular(share, first, rest[0], rest[1])
        if self.kind == "uniform":
            return first + share * (rest[0] - first)
        return self.numbers[min(int(share * len(self.numbers)), len(self.numbers) - 1)]


def _score(share: float) -> float:
    """Return the quantile of the standard normal distribution within its cut."""
    from statistics import NormalDist  # noqa: PLC0415  # not every command draws

    within = 0.5 + (share - 0.5) * _SHARE
    return NormalDist().inv_cdf(within)


def _triangular(share: float, low: float, mode: float, high: float) -> float:
    width = high - low
    if width * share < mode - low:
        return low + sqrt(share * width * (mode - low))
    return high - sqrt((1 - share) * width * (high - mode))


def distributions_of(scenario: Scenario) -> tuple[Distribution, ...]:
    """Return the distributions of the scenario's uncertain inputs, in their order.

    Raises:
        InputError: A path is no number of the scenario, a value does not have its
            unit, or the parameters are none of such a distribution; lists them all.
    """
    stated = scenario.spec.uncertainty
    found, problems = [], []
    for number, each in enumerate(stated.inputs if stated else ()):
        try:
            found.append(_distribution(scenario, each, number))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def _distribution(
    scenario: Scenario, stated: UncertainInput, number: int
) -> Distribution:
    at = ("uncertainty", "inputs", number)
    where = _number_at(scenario, stated.path, (*at, "path"))
    problems: list[Problem] = []
    numbers: list[float] = []
    for loc, text in _amounts(stated):
        try:
            numbers.append(_in_unit(text, where))
        except QuantityError as error:
            found = problem_at(scenario.tree, (*at, *loc), error.message)
            problems.append(_with(found, error.expected))
    if not problems:
        loc, message, expected = _fault(stated, numbers)
        found = problem_at(scenario.tree, (*at, *loc), message, expected)
        problems += [found] if message else []
    if problems:
        raise InputError(problems)
    if stated.kind == "empirical":
        numbers.sort()
    if stated.lognormal is not None:
        numbers.append(stated.lognormal.spread)
    return Distribution(where, stated.kind, tuple(numbers))


def _number_at(scenario: Scenario, path: str, loc: Loc) -> Input:
    """Return the number that an uncertain input names.

    Raises:
        InputError: There is none; the place is that of the path in its file.
    """
    try:
        where = input_at(scenario, path)
        unit_of(where.unit)
    except InputError as error:
        found = error.problems[0]
        place = problem_at(scenario.tree, loc, f"{path} {found.message}")
        raise InputError([_with(place, found.expected, found.hint)]) from None
    except ValueError:
        message = f"{path} is not a number with a unit"
        raise InputError([problem_at(scenario.tree, loc, message)]) from None
    return where


def _with(problem: Problem, expected: str, hint: str = "") -> Problem:
    return replace(problem, expected=expected, hint=hint)


def _amounts(stated: UncertainInput) -> list[tuple[Loc, str]]:
    """Return the numbers in the path's unit, each with its place."""
    if stated.empirical is not None:
        return [(("empirical", n), text) for n, text in enumerate(stated.empirical)]
    spec = getattr(stated, stated.kind)
    keys = (key for key in type(spec).model_fields if key != "spread")
    return [((stated.kind, key), getattr(spec, key)) for key in keys]


def _in_unit(text: str, where: Input) -> float:
    example = f"{where.value:g} {where.unit}".rstrip()
    return magnitude(parse(text, where.unit, example), where.unit)


def _fault(stated: UncertainInput, numbers: Sequence[float]) -> tuple[Loc, str, str]:
    """Return place, message and remedy of parameters that make no distribution."""
    positive, below = "is not above 0", "is not below high"
    faults: tuple[tuple[bool, str, str, str], ...] = ()
    if stated.normal is not None:
        faults = ((numbers[1] <= 0, "deviation", positive, "a tenth of the mean"),)
    elif stated.lognormal is not None:
        faults = (
            (numbers[0] <= 0, "median", positive, "a normal or a uniform instead"),
            (stated.lognormal.spread <= 0, "spread", positive, "20 %"),
        )
    elif stated.uniform is not None:
        faults = ((numbers[0] >= numbers[1], "low", below, "low < high"),)
    elif stated.triangular is not None:
        low, mode, high = numbers
        inside = "is not between low and high"
        faults = (
            (low >= high, "low", below, "low <= mode <= high"),
            (not low <= mode <= high, "mode", inside, "low <= mode <= high"),
        )
    for wrong, key, fault, remedy in faults:
        if wrong:
            text = getattr(getattr(stated, stated.kind), key)
            return (stated.kind, key), f"{shown(text)} {fault}", f"write {remedy}"
    return (), "", ""
