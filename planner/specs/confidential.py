"""What of a scenario is confidential: shown as ``…`` where others may read it.

A mark counts for its value and for all that would give the value away: what an
alternative sets in its place, and how it is distributed. Names are never hidden, since
they stand in paths.
"""

from collections.abc import Collection, Iterator
from typing import Any

from planner.documents import (
    Node,
    Path,
    find,
    is_confidential,
    is_named_list,
    item_name,
    walk_leaves,
)
from planner.specs.scenario import Scenario

HIDDEN = "…"
"""Stands for a confidential value."""
_HARMLESS = frozenset({"confidence", "fitted", "year"})
"""Notes beside a value that say nothing of its size."""
_NAMES = frozenset({"name", "path"})
"""Keys whose values are shown: what a number is called, not what it is."""


def confidential_paths(scenario: Scenario) -> tuple[str, ...]:
    """Return the paths of the confidential values, in the order of the scenario.

    They are written as ``--set`` takes them, those of the accelerators' and models'
    own files as ``planner show --sources`` lists them.
    """
    return tuple(".".join(map(str, loc)) for loc in confidential_places(scenario))


def confidential_places(scenario: Scenario) -> tuple[Path, ...]:
    """Return where in the scenario's tree its confidential values stand."""
    tree = scenario.tree
    if not is_confidential(tree):
        return ()
    marked = {loc for loc, leaf in walk_leaves(tree) if is_hidden(loc, leaf)}
    paths = {".".join(map(str, loc)) for loc in marked}
    about = {
        loc
        for loc, path in _places_about(tree)
        if any(overlap(path, other) for other in paths)
    }
    found = marked | about
    return tuple(
        loc for loc, _ in walk_leaves(tree) if loc in found and loc[-1] not in _NAMES
    )


def shown(node: Node) -> Any:
    """Return the plain values of any part of a document, its marked ones as ``…``."""
    return masked(node, {at for at, leaf in walk_leaves(node) if is_hidden(at, leaf)})


def is_hidden(loc: Path, leaf: Node) -> bool:
    """Return whether a value is marked as confidential, and no name."""
    return bool(leaf.confidential) and loc[-1] not in _NAMES


def notes_shown(leaf: Node, *, hidden: bool) -> dict[str, Any]:
    """Return what stands beside a value, as ``…`` what would give it away."""
    notes = dict(leaf.notes or {})
    return {
        key: HIDDEN if hidden and key not in _HARMLESS else value
        for key, value in notes.items()
    }


def masked(tree: Node, places: Collection[Path]) -> Any:
    """Return the plain values of a tree, those at some places as ``…``."""
    return _masked(tree, frozenset(places), ())


def masked_override(text: str, paths: Collection[str]) -> str:
    """Return a ``path=value`` text, its value as ``…`` where one is confidential.

    Args:
        text: As ``--set`` takes it.
        paths: What is confidential, as ``confidential_paths`` gives it.
    """
    path = text.partition("=")[0].strip()
    return f"{path}={HIDDEN}" if any(overlap(path, each) for each in paths) else text


def _masked(node: Node, places: frozenset[Path], loc: Path) -> Any:
    if loc in places:
        return HIDDEN
    if isinstance(node.value, dict):
        entries = node.value.items()
        return {key: _masked(below, places, (*loc, key)) for key, below in entries}
    if isinstance(node.value, list):
        return [_masked(item, places, (*loc, step)) for step, item in _items(node)]
    return node.value


def _items(node: Node) -> Iterator[tuple[str | int, Node]]:
    """Yield the items of a list with the steps that ``walk_leaves`` gives them."""
    named = is_named_list(node)
    for number, item in enumerate(node.value if isinstance(node.value, list) else ()):
        name = item_name(item) if named else None
        yield number if name is None else name, item


def _places_about(tree: Node) -> Iterator[tuple[Path, str]]:
    """Yield the places of values that are about another one, with that one's path."""
    for loc, _ in walk_leaves(tree):
        if loc[0] == "alternatives" and loc[2:3] == ("set",):
            yield loc, ".".join(map(str, loc[3:]))
        if loc[:2] == ("uncertainty", "inputs"):
            path = find(tree, (*loc[:3], "path"))
            if path is not None:
                yield loc, str(path.value)


def overlap(path: str, other: str) -> bool:
    """Return whether one of two paths is the other, or leads to it."""
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")
