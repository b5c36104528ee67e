"""``--vary``: one input and the values that a sweep gives it."""

import re
from dataclasses import replace

from planner.documents import suggest, walk_leaves
from planner.errors import InputError, Problem
from planner.records import dataclass
from planner.specs.inputs import input_at
from planner.specs.packed import Unpacked
from planner.specs.scenario import Scenario
from planner.units import QuantityError, magnitude, parse

OPTION = "--vary"
EXAMPLE = "budgets.capex.2026=40..80 GUSD in 9"
_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(
    rf"({_NUMBER})\s*([^\d\s.][^.]*?)?\s*\.\.\s*({_NUMBER})\s*([^\d\s.][^.]*?)?"
    r"\s+(in|by)\s+(.+)"
)
LEAST = 2
"""Values that a range has at least."""
_EVEN = 1e-9
"""Steps by which a step may miss its end and still land on it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One input of a sweep.

    Attributes:
        path: Where it stands.
        sets: What ``--set`` takes for each of its values, in order.
        numbers: The values, in one unit, where they are a range; else None.
    """

    path: str
    sets: tuple[str, ...]
    numbers: tuple[float, ...] | None


class AxisError(ValueError):
    """A text after ``--vary`` that is no axis.

    Attributes:
        message: What is wrong.
        expected: What to write instead.
        hint: A near name, or empty.
    """

    def __init__(self, message: str, expected: str = "", hint: str = "") -> None:
        """Keep the three parts."""
        self.message, self.expected, self.hint = message, expected, hint
        super().__init__(message)


def axis_of(scenario: Scenario, text: str) -> Axis:
    """Return the axis that a text after ``--vary`` states.

    Args:
        scenario: That the path leads into.
        text: ``PATH=A..B UNIT in COUNT``, ``PATH=A..B UNIT by STEP``, or a list.

    Raises:
        InputError: The path leads nowhere, or the values are none.
    """
    path, _, values = (part.strip() for part in text.partition("="))
    if not (path and values):
        expected = f"write e.g. '{EXAMPLE}'"
        problem = Problem(OPTION, 0, 0, "", f"'{text}' names no values", expected)
        raise InputError([problem])
    try:
        found = _RANGE.fullmatch(values)
        if found is None:
            return _listed(scenario, path, values)
        return _range(scenario, path, found)
    except AxisError as error:
        problem = Problem(OPTION, 0, 0, path, error.message, error.expected, error.hint)
        raise InputError([problem]) from None


def check_values(documents: Unpacked, axis: Axis) -> None:
    """Refuse values that do not fit their input: of a range the ends stand for all.

    Raises:
        InputError: One does not.
    """
    tried = axis.sets if axis.numbers is None else (axis.sets[0], axis.sets[-1])
    problems: list[Problem] = []
    for text in tried:
        try:
            documents.scenario((text,))
        except InputError as error:
            problems += [_as_varied(each, text) for each in error.problems]
    if problems:
        raise InputError(problems)


def _as_varied(problem: Problem, text: str) -> Problem:
    """Return a problem of a value that ``--vary`` gave, not ``--set``."""
    if problem.file == "--set":
        return replace(problem, file=OPTION)
    return replace(problem, message=f"with {text}: {problem.message}")


def _range(scenario: Scenario, path: str, found: re.Match[str]) -> Axis:
    """Return an axis of evenly spaced numbers, both ends among them.

    Raises:
        AxisError: There is no number at the path, or the numbers are none.
    """
    try:
        where = input_at(scenario, path)
    except InputError as error:
        first = error.problems[0]
        raise AxisError(first.message, first.expected, first.hint) from None
    unit = (found[4] or found[2] or "").strip()
    if where.unit and not unit:
        msg = f"'{found[0]}' has no unit"
        raise AxisError(msg, f"write e.g. '{found[1]}..{found[3]} {where.unit} …'")
    least = _in_unit(f"{found[1]} {found[2] or unit}".strip(), unit)
    most = float(found[3])
    if least == most:
        msg = f"'{found[0]}' begins where it ends"
        raise AxisError(msg, "write two numbers, or one value without '..'")
    if found[5] == "in":
        count = _count(found[6])
    else:
        count = _steps(least, most, found[6], unit) + 1
    step = (most - least) / (count - 1)
    numbers = (*(least + k * step for k in range(count - 1)), most)
    sets = tuple(f"{path}={number:.12g} {unit}".rstrip() for number in numbers)
    return Axis(path, sets, numbers)


def _count(text: str) -> int:
    """Return how many values a range has.

    Raises:
        AxisError: Less than two, or no number.
    """
    written = text.strip()
    if not re.fullmatch(r"[+-]?\d+", written):
        msg = f"'{written}' is not a count"
        raise AxisError(msg, "write how many values, e.g. 'in 9'")
    if int(written) < LEAST:
        msg = f"{written} values do not reach from one end to the other"
        raise AxisError(msg, "write 'in 2' or more")
    return int(written)


def _steps(least: float, most: float, text: str, unit: str) -> int:
    """Return how many steps lead from one end to the other.

    Raises:
        AxisError: They do not land on it.
    """
    step = _in_unit(text.strip(), unit)
    if step <= 0:
        msg = f"a step of {text.strip()} leads nowhere"
        raise AxisError(msg, "write one above 0")
    steps = abs(most - least) / step
    count = round(steps)
    if count < 1 or abs(steps - count) > _EVEN * max(1.0, steps):
        low, sign = int(steps), 1 if most > least else -1
        near = least + sign * low * step
        msg = (
            f"a step of {text.strip()} misses the end, {most:.12g} {unit}".rstrip()
            + f": the last before it is {near:.12g} {unit}".rstrip()
        )
        even = f"{abs(most - least) / max(low, 1):.6g} {unit}".rstrip()
        raise AxisError(msg, f"write e.g. 'by {even}' or 'in {max(low, 1) + 1}'")
    return count


def _in_unit(text: str, unit: str) -> float:
    """Return a number with its unit in another unit.

    Raises:
        AxisError: It is none, or of another dimension.
    """
    try:
        example = f"5 {unit}".strip()
        return float(magnitude(parse(text, unit, example), unit))
    except QuantityError as error:
        raise AxisError(error.message, error.expected) from None


def _listed(scenario: Scenario, path: str, values: str) -> Axis:
    """Return an axis of values as they are listed.

    Raises:
        AxisError: The path leads nowhere, or a value is empty or stands twice.
    """
    if ".." in values:
        msg = f"'{values}' is a range without its number of values"
        raise AxisError(msg, f"write '{values} in 9', or 'by' and a step")
    paths = {".".join(map(str, loc)) for loc, _ in walk_leaves(scenario.tree)}
    if path not in paths and not any(each.startswith(f"{path}.") for each in paths):
        msg = "is not in the scenario"
        raise AxisError(msg, hint=suggest(path, paths))
    parts = _split(values)
    if "" in parts:
        msg = f"'{values}' has an empty value"
        raise AxisError(msg, "write e.g. '40 GUSD,60 GUSD'")
    if len(set(parts)) < len(parts):
        twice = next(each for each in parts if parts.count(each) > 1)
        msg = f"'{twice}' is listed twice"
        raise AxisError(msg)
    return Axis(path, tuple(f"{path}={each}" for each in parts), None)


def _split(values: str) -> list[str]:
    """Return what stands between commas, those in brackets or quotes left alone."""
    parts, depth, quote = [""], 0, ""
    for letter in values:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append("")
            continue
        parts[-1] += letter
    return [part.strip() for part in parts]
