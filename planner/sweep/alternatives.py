"""The ways in which things can turn out, each with its program, and their mean."""

from collections.abc import Iterator, Sequence

from planner.errors import InputError, UsageError
from planner.pipeline import program_of
from planner.specs.inputs import input_at
from planner.specs.load import reload
from planner.specs.packed import Packed
from planner.specs.scenario import Scenario
from planner.sweep.two_stage import Alternative
from planner.units import magnitude, parse

Sets = tuple[str, ...]
"""Texts ``path=value``, as ``--set`` takes them."""


class NoMeanError(Exception):
    """What alternatives differ in has no mean."""


def declared(scenario: Scenario) -> list[Alternative]:
    """Return the alternatives that a scenario states, in its order.

    Raises:
        UsageError: There are none, or not all of them can be planned together.
        InputError: An alternative does not fit.
    """
    listed = scenario.spec.alternatives
    if not listed:
        msg = (
            f"--robust: {scenario.spec.name} states no alternatives; write them, or "
            "uncertainty and --samples N"
        )
        raise UsageError(msg)
    found = []
    for each in listed:
        p = 1 / len(listed) if each.probability is None else each.probability
        if p > 0:
            changed = reload(scenario, (), alternative=each.name)
            found.append(_planned(each.name, p, changed, scenario))
    return found


def sampled(scenario: Scenario, points: Sequence[Sets]) -> list[Alternative]:
    """Return one alternative for each point, all alike.

    Args:
        scenario: What the points change.
        points: What is set at each.

    Raises:
        UsageError: Not all of them can be planned together.
        InputError: A value does not fit.
    """
    wide, documents = len(str(len(points))), Packed.of(scenario).unpacked()
    return [
        _planned(
            f"sample_{number:0{wide}}",
            1 / len(points),
            documents.scenario(sets),
            scenario,
        )
        for number, sets in enumerate(points, 1)
    ]


def _planned(
    name: str, probability: float, changed: Scenario, base: Scenario
) -> Alternative:
    _check(name, changed, base)
    return Alternative(name, probability, changed, program_of(changed))


def _check(name: str, changed: Scenario, base: Scenario) -> None:
    """Refuse what cannot be decided once for all alternatives.

    Raises:
        UsageError: Names it.
    """
    message = ""
    if changed.spec.objective == "serve_by_priority":
        message = (
            "objective: serve_by_priority is not one number to weigh; "
            "write maximize_value or minimize_cost"
        )
    elif changed.spec.integer:
        message = "plans in fractions alone can be robust; add --set integer=false"
    elif changed.spec.objective != base.spec.objective:
        message = f"{name} has another objective; write one for all alternatives"
    elif changed.periods != base.periods:
        message = f"{name} has another horizon; write one for all alternatives"
    if message:
        msg = f"--robust: {message}"
        raise UsageError(msg)


def mean_of(base: Scenario, alternatives: Sequence[Alternative]) -> Scenario:
    """Return the scenario in which every input has its mean over the alternatives.

    Raises:
        NoMeanError: An input that they differ in is not a number in all of them.
    """
    paths = {path: None for each in alternatives for path in _paths(base, each)}
    try:
        return reload(base, tuple(_mean(base, alternatives, path) for path in paths))
    except (InputError, ValueError) as error:
        raise NoMeanError from error


def _paths(base: Scenario, each: Alternative) -> Iterator[str]:
    """Yield what an alternative sets beyond the base."""
    more = each.scenario.overrides[len(base.overrides) :]
    for text in (*each.scenario.applied, *more):
        yield text.partition("=")[0].strip()


def _mean(base: Scenario, alternatives: Sequence[Alternative], path: str) -> str:
    """Return the text that sets an input to its mean.

    Raises:
        InputError: It is no number in the base, or in an alternative.
        ValueError: It is one of another unit there.
    """
    there, total = input_at(base, path), 0.0
    for each in alternatives:
        found = input_at(each.scenario, path)
        value = parse(f"{found.value!r} {found.unit}".strip(), there.unit, "")
        total += each.probability * magnitude(value, there.unit)
    return there.text(total)
