"""The points of a sweep: alternatives, values and draws, in every combination."""

from collections.abc import Sequence
from itertools import product

from planner.documents import suggest
from planner.errors import InputError, Problem
from planner.records import dataclass
from planner.specs.packed import ALTERNATIVE
from planner.specs.scenario import Scenario
from planner.sweep.axes import OPTION, Axis, axis_of
from planner.sweep.division import Sets

ALL = "all"
"""Stands for every alternative."""


@dataclass(frozen=True, slots=True)
class Points:
    """What a sweep varies.

    Attributes:
        alternatives: Names; none: the scenario as it stands.
        axes: Inputs with their values.
        draws: Points drawn from what is uncertain; none: nothing is drawn.
    """

    alternatives: tuple[str, ...]
    axes: tuple[Axis, ...]
    draws: tuple[Sets, ...] = ()

    @property
    def heads(self) -> tuple[str, ...]:
        """Return what tells a point from the others, draws left out."""
        named = (ALTERNATIVE,) if self.alternatives else ()
        return (*named, *(axis.path for axis in self.axes))

    def sets(self) -> list[Sets]:
        """Return what is set at each point, the last of what varies changing first."""
        sides: list[Sequence[Sets]] = [values_of(axis) for axis in self.axes]
        if self.alternatives:
            names = [(f"{ALTERNATIVE}={name}",) for name in self.alternatives]
            sides.insert(0, names)
        if self.draws:
            sides.append(self.draws)
        return grid(*sides)


def grid(*sides: Sequence[Sets]) -> list[Sets]:
    """Return every combination of one entry of each side, the last changing first."""
    return [tuple(text for part in parts for text in part) for parts in product(*sides)]


def values_of(axis: Axis) -> list[Sets]:
    """Return the values of an axis as a side of a grid."""
    return [(text,) for text in axis.sets]


def points_of(
    scenario: Scenario,
    vary: Sequence[str],
    alternatives: Sequence[str],
    count: int | None,
) -> Points:
    """Return what a sweep varies.

    Args:
        scenario: That it varies.
        vary: Texts after ``--vary``.
        alternatives: Names, or ``all``.
        count: Of draws; None: nothing is drawn.

    Raises:
        InputError: Lists everything wrong with any of them.
        UsageError: Something is to be drawn, and SciPy is not installed.
    """
    problems: list[Problem] = []
    axes: dict[str, Axis] = {}
    for text in vary:
        try:
            axis = axis_of(scenario, text)
        except InputError as error:
            problems += error.problems
            continue
        if axis.path in axes:
            message = "is varied twice"
            problems.append(Problem(OPTION, 0, 0, axis.path, message, "give it once"))
        axes[axis.path] = axis
    names = _alternatives(scenario, alternatives, problems)
    draws = () if count is None else _draws(scenario, count, axes, problems)
    if problems:
        raise InputError(problems)
    return Points(names, tuple(axes.values()), draws)


def _alternatives(
    scenario: Scenario, wanted: Sequence[str], problems: list[Problem]
) -> tuple[str, ...]:
    """Return the names of alternatives, each once, in the order of the scenario."""
    known = [each.name for each in scenario.spec.alternatives]
    if ALL in wanted and known:
        return tuple(known)
    for name in wanted:
        if name in known:
            continue
        message = f"'{name}' is not one of this scenario's alternatives"
        if not known:
            message = "the scenario has no alternatives"
        hint = suggest(name, known)
        expected = "" if hint or not known else f"known are {', '.join(known)}"
        problems.append(Problem("--alternative", 0, 0, "", message, expected, hint))
    return tuple(name for name in known if name in wanted)


def _draws(
    scenario: Scenario, count: int, axes: dict[str, Axis], problems: list[Problem]
) -> tuple[Sets, ...]:
    from planner.sweep.sampling import samples  # noqa: PLC0415  # seldom used

    try:
        drawn = samples(scenario, count)
    except InputError as error:
        problems += error.problems
        return ()
    for text in drawn[0]:
        path = text.partition("=")[0]
        if path in axes:
            message = "is both varied and drawn"
            expected = "vary another input, or leave out --sample"
            problems.append(Problem(OPTION, 0, 0, path, message, expected))
    return tuple(drawn)
