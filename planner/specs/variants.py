"""An alternative applied to a document, and what is looked at before one is."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from planner.documents import (
    Mark,
    Node,
    PathError,
    find,
    item_name,
    plain,
    set_at,
    suggest,
)
from planner.documents.paths import COMMAND_LINE
from planner.documents.scalars import meaning
from planner.errors import InputError, Problem
from planner.specs.distribution import distributions_of
from planner.specs.inputs import number_of
from planner.specs.scenario import Scenario
from planner.units import parse, unit_of

ALTERNATIVES = "alternatives"
_OPTION = "--alternative"
_PLAIN = re.compile(r"[\w.%/+-]+(?: [\w.%/+-]+)*")
_RESOLVED = "models"
"""Part of a resolved scenario that no path can set."""


class Variant:
    """What applies one alternative to a document, as ``documents.load`` calls it.

    Attributes:
        name: Of the alternative.
        problems: Gets why it cannot be applied.
    """

    def __init__(self, name: str, problems: list[Problem]) -> None:
        """Keep both; what it sets is read from the document."""
        self.name = name
        self.problems = problems
        self._sets: dict[str, Node] = {}

    def __call__(self, root: Node) -> Node:
        """Return the document with the alternative's values in it."""
        item = find(root, (ALTERNATIVES, self.name))
        if item is None:
            self._refuse(root)
            return root
        sets = find(item, ("set",))
        if sets is not None and isinstance(sets.value, dict):
            self._sets = sets.value
        for path, value in self._sets.items():
            try:
                root = set_at(root, tuple(path.split(".")), value)
            except PathError as error:
                mark = value.key_mark or value.mark
                said = error.message, error.expected, error.hint
                self.problems.append(Problem(*mark, path, *said))
        return root

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems; those outside the alternative's lines name it."""
        own = {mark for node in self._sets.values() for mark in _marks(node)}
        return [
            p if (p.file, p.line, p.column) in own else self._named(p) for p in problems
        ]

    def _named(self, problem: Problem) -> Problem:
        """Return a problem of another place; that of a new key is its own line."""
        if problem.file == _OPTION:
            return problem
        if problem.file == COMMAND_LINE.file:
            # What is above a new value stands in no file; the rest is --set's own.
            above = f"{problem.path}."
            marks = (
                node.key_mark or node.mark
                for path, node in self._sets.items()
                if problem.path and path.startswith(above)
            )
            return replace(problem, **next(marks, COMMAND_LINE)._asdict())
        said = f" (with {_OPTION} {self.name})"
        return replace(problem, message=problem.message + said)

    def texts(self, tree: Node) -> tuple[str, ...]:
        """Return what it sets as ``--set`` would say it, in the resolved money."""
        return tuple(
            f"{path}={_written(_resolved(tree, path, node))}"
            for path, node in self._sets.items()
        )

    def _refuse(self, root: Node) -> None:
        listed = find(root, (ALTERNATIVES,))
        items = listed.value if listed and isinstance(listed.value, list) else []
        names = [name for item in items if (name := item_name(item)) is not None]
        message = f"'{self.name}' is not one of this scenario's alternatives"
        if not names:
            message = f"the scenario has no alternatives, so not '{self.name}'"
        hint = suggest(self.name, names)
        expected = "" if hint or not names else f"known are {', '.join(names)}"
        self.problems.append(Problem(_OPTION, 0, 0, "", message, expected, hint))


def _marks(node: Node) -> set[Mark]:
    """Return every place of a value and of its keys."""
    found, below = {node.mark, node.key_mark or node.mark}, node.value
    children: Iterable[Node] = ()
    if isinstance(below, dict | list):
        children = below.values() if isinstance(below, dict) else below
    return found.union(*map(_marks, children))


def _resolved(tree: Node, path: str, node: Node) -> Any:
    """Return a value that an alternative sets, a price in the scenario's money."""
    there = find(tree, path.split("."))
    is_it = there is not None and there.mark == node.mark
    if is_it and there is not None and not isinstance(there.value, dict | list):
        return there.value
    return plain(node)


def _written(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and meaning(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def check_variants(scenario: Scenario, rehearse: Callable[..., Scenario]) -> None:
    """Refuse alternatives and distributions that cannot be of this scenario.

    An alternative that only replaces numbers of the same unit is taken as it is here;
    ``rehearsal`` applies every one.

    Args:
        scenario: Resolved, no alternative applied.
        rehearse: Loads the scenario again, by ``alternative=NAME``.

    Raises:
        InputError: Lists every problem of each of them.
    """
    problems: list[Problem] = []
    try:
        distributions_of(scenario)
    except InputError as error:
        problems += error.problems
    for each in scenario.spec.alternatives:
        if all(_is_alike(scenario.tree, *pair) for pair in each.set.items()):
            continue
        try:
            rehearse(alternative=each.name)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)


def _is_alike(tree: Node, path: str, value: Any) -> bool:
    """Return whether a value is a number in the unit of the one that it replaces."""
    steps = path.split(".")
    leaf = find(tree, steps)
    number = None if leaf is None else number_of(leaf.value)
    if number is None or steps[0] == _RESOLVED or isinstance(value, bool):
        return False
    try:
        unit_of(number[1])
        parse(value, number[1], "")
    except ValueError:
        return False
    return True
