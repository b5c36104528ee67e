"""Inputs put back to what they were: new documents, checked as the files' were."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, TypeVar

from planner.documents import Mark, Node, item_name, plain
from planner.errors import InputError, Problem
from planner.performance.constants import stated
from planner.regression.changes import Change
from planner.regression.inputs import CONSTANTS, Inputs
from planner.specs.accelerator import Accelerator
from planner.specs.checks import check
from planner.specs.fields import Spec
from planner.specs.model import Model
from planner.specs.scenario import Scenario, ScenarioSpec
from planner.specs.structure import structure

S = TypeVar("S", bound=Spec)
_GOLDEN = Mark("<golden>", 0, 0)


def put_back(inputs: Inputs, changes: Iterable[Change]) -> Inputs:
    """Return the inputs with some changes undone.

    Args:
        inputs: As they are now.
        changes: What to undo.

    Raises:
        InputError: What comes out is no valid scenario.
    """
    tree, constants = inputs.scenario.tree, inputs.constants
    for change in changes:
        for edit in change.edits:
            value = None if edit.before is None else tree_of(edit.before)
            steps = edit.path.split(".")
            if steps[0] == CONSTANTS:
                constants = put(constants, steps[1:], value)
            else:
                tree = put(tree, steps, value)
    if tree is inputs.scenario.tree:
        return Inputs(inputs.scenario, constants)
    return Inputs(_rebuilt(inputs.scenario, tree), constants)


def in_force(inputs: Inputs) -> AbstractContextManager[None]:
    """Return a context in which the inputs' constants rate the workloads."""
    return stated(inputs.constants)


def tree_of(value: Any) -> Node:
    """Return plain values as a document, placed in the golden."""
    if isinstance(value, dict):
        return Node({key: tree_of(below) for key, below in value.items()}, _GOLDEN)
    if isinstance(value, list):
        return Node([tree_of(below) for below in value], _GOLDEN)
    return Node(value, _GOLDEN)


def put(node: Node, steps: Sequence[str], value: Node | None) -> Node:
    """Return a document with another value at a path; None takes it away.

    ``low`` and ``high`` of a value that was written with its source are its notes.
    """
    if not steps:
        return node if value is None else node.with_value(value.value)
    if isinstance(node.value, list):
        return node.with_value(_put_item(node.value, steps, value))
    step, rest = steps[0], steps[1:]
    if node.notes is not None and not rest and not isinstance(node.value, dict):
        notes = {**node.notes, step: None if value is None else value.value}
        return node.with_notes(notes)
    entries = dict(node.value) if isinstance(node.value, dict) else {}
    if not rest and value is None:
        entries.pop(step, None)
    elif not rest and step not in entries and value is not None:
        entries[step] = value
    else:
        entries[step] = put(entries.get(step, Node({}, node.mark)), rest, value)
    return node.with_value(entries)


def _put_item(
    items: list[Node], steps: Sequence[str], value: Node | None
) -> list[Node]:
    step, rest = steps[0], steps[1:]
    names = [item_name(item) for item in items]
    place = names.index(step) if step in names else int(step) if step.isdigit() else -1
    if place < 0 or place >= len(items):
        return items if value is None else [*items, value]
    if not rest and value is None:
        return [*items[:place], *items[place + 1 :]]
    return [*items[:place], put(items[place], rest, value), *items[place + 1 :]]


def _rebuilt(scenario: Scenario, tree: Node) -> Scenario:
    """Return the scenario that another resolved document holds.

    Raises:
        InputError: It is none.
    """
    problems: list[Problem] = []
    old, spec = scenario.tree, scenario.spec
    accelerators = _parts(
        Accelerator, "accelerators", (old, tree), spec.accelerators, problems
    )
    models = _parts(Model, "models", (old, tree), spec.models, problems)
    data = plain(tree) | {"accelerators": accelerators, "models": models}
    again = structure(ScenarioSpec, tree, data, problems)
    if again is None or problems:
        raise InputError(problems)
    rebuilt = replace(scenario, spec=again, tree=tree)
    check(rebuilt, problems)
    if problems:
        raise InputError(problems)
    return rebuilt


def _parts(
    cls: type[S],
    family: str,
    trees: tuple[Node, Node],
    known: dict[str, S],
    problems: list[Problem],
) -> dict[str, S]:
    """Return the items of a family; those that are the same node are kept."""
    before, after = (_entries(tree, family) for tree in trees)
    found = {}
    for name, node in after.items():
        if before.get(name) is node and name in known:
            found[name] = known[name]
            continue
        prefix = f"{family}.{name}"
        item = structure(cls, node, plain(node), problems, prefix=prefix)
        if item is not None:
            found[name] = item
    return found


def _entries(tree: Node, family: str) -> dict[str, Node]:
    entries = tree.value.get(family) if isinstance(tree.value, dict) else None
    return entries.value if entries and isinstance(entries.value, dict) else {}
