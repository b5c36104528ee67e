"""One number among the inputs: what stands at a path, and what sets another."""

import re

from planner.documents import suggest, walk_leaves
from planner.errors import InputError, Problem
from planner.records import dataclass
from planner.specs.scenario import Scenario

NO_INPUT = frozenset(
    {
        "alternatives",
        "check",
        "format_version",
        "sources",
        "title",
        "uncertainty",
        "why",
    }
)
"""Keys that no figure of a plan follows from."""
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class Input:
    """A number that a file or ``--set`` writes.

    Attributes:
        path: Where it stands.
        value: As it is written, in ``unit``.
        unit: The unit it is written in, or empty.
    """

    path: str
    value: float
    unit: str

    def text(self, value: float) -> str:
        """Return what ``--set`` takes to write another value there."""
        return f"{self.path}={value:.12g} {self.unit}".rstrip()


def number_of(value: object) -> tuple[float, str] | None:
    """Return number and unit of a value as a file writes it; None: it is no such."""
    found = None if isinstance(value, bool) else _NUMBER.fullmatch(str(value))
    return None if found is None else (float(found[1]), found[2])


def input_at(scenario: Scenario, path: str) -> Input:
    """Return the number at a path of a scenario with all that it refers to.

    Raises:
        InputError: There is none.
    """
    leaves = {".".join(map(str, loc)): leaf for loc, leaf in walk_leaves(scenario.tree)}
    leaf = leaves.get(path)
    if leaf is None:
        below = [each for each in leaves if each.startswith(f"{path}.")]
        expected = f"write one of its numbers, e.g. {below[0]}" if below else ""
        message = "is not one number" if below else "is not in the scenario"
        hint = "" if below else suggest(path, leaves)
        raise InputError([Problem("", 0, 0, path, message, expected, hint)])
    found = number_of(leaf.value)
    if found is None:
        message = f"'{leaf.value}' is not a number with a unit"
        raise InputError([Problem("", 0, 0, path, message)])
    return Input(path, *found)
