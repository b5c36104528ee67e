"""What a file must say so that, laid over another, it gives a wanted document."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from planner.documents import (
    Mark,
    Node,
    beside,
    is_named_list,
    is_series,
    item_name,
    walk_leaves,
)
from planner.documents.sourced import CONFIDENTIAL

_REPLACED = "replaced"
_SET = {"note": "--set"}
_SAME: Any = object()


class _Said(NamedTuple):
    """What is said of a value, beside it or above it."""

    source: str | None
    confidential: bool


_NOTHING = _Said(None, confidential=False)


def node_of(data: Any, mark: Mark) -> Node:
    """Return plain values as a tree, all at one place."""
    if isinstance(data, Mapping):
        return Node({key: node_of(below, mark) for key, below in data.items()}, mark)
    if isinstance(data, list):
        return Node([node_of(below, mark) for below in data], mark)
    return Node(data, mark)


def overlay(base: Node, wanted: Node, folder: str) -> dict[str, Any]:
    """Return the least that, laid over a document, gives the wanted one.

    A file cannot take away a key at the top; ``settled`` of the merged document then
    still shows it. Below, a mapping that loses a key is replaced whole.

    Args:
        base: The document that the file extends.
        wanted: What both together shall give.
        folder: Where the file will lie; names of CSV files are seen from there.
    """
    if not isinstance(base.value, dict) or not isinstance(wanted.value, dict):
        return {}
    return dict(_entries(base.value, wanted.value, folder))


def settled(node: Node) -> Any:
    """Return the plain values, names of CSV files seen from the current folder."""
    if isinstance(node.value, list):
        return [settled(item) for item in node.value]
    if not isinstance(node.value, dict):
        return node.value
    return {
        key: beside(below.mark, str(below.value)) if key == "csv" else settled(below)
        for key, below in node.value.items()
    }


def _difference(base: Node, wanted: Node, folder: str) -> Any:
    if settled(base) == settled(wanted) and _marks(base) == _marks(wanted):
        return _SAME
    if any(each.notes is not None or is_series(each) for each in (base, wanted)):
        return _written(wanted, folder)
    if isinstance(base.value, dict) and isinstance(wanted.value, dict):
        if base.value.keys() - wanted.value.keys():
            return _whole(wanted, folder)
        return dict(_entries(base.value, wanted.value, folder))
    if isinstance(base.value, list) and is_named_list(wanted):
        return _items(base.value, wanted, folder)
    return _written(wanted, folder)


def _entries(
    base: dict[str, Node], wanted: dict[str, Node], folder: str
) -> Iterator[tuple[str, Any]]:
    for key, node in wanted.items():
        if key not in base:
            yield key, _written(node, folder)
            continue
        found = _difference(base[key], node, folder)
        if found is not _SAME:
            yield key, found


def _items(base: list[Node], wanted: Node, folder: str) -> Any:
    """Return items laid over those of their name, or names alone, or the whole list.

    A list of mappings adds to what is there, one of names chooses from it, and one
    with a source of its own replaces it.
    """
    items = wanted.value if isinstance(wanted.value, list) else []
    known = {item_name(item): item for item in base}
    changed = []
    for item in items:
        name = item_name(item)
        found = _written(item, folder)
        if name in known:
            found = _difference(known[name], item, folder)
        if found is not _SAME:
            entry = {"name": name, **found} if isinstance(found, dict) else found
            changed.append(entry)
    names = [item_name(item) for item in items]
    gone = any(name not in names for name in known)
    if gone and not changed:
        return names
    # Items merge by their name, so that one cannot be replaced alone.
    if gone or any(
        isinstance(each, dict) and each.get("note") == _REPLACED for each in changed
    ):
        return _whole(wanted, folder)
    return changed


def _whole(node: Node, folder: str) -> dict[str, Any]:
    """Return a value so that it replaces the one below, which it would else join."""
    return {"value": _written(node, folder), "note": _REPLACED}


def _written(node: Node, folder: str, above: _Said = _NOTHING) -> Any:
    """Return a value as a file in a folder writes it, with its sources and marks."""
    said = _Said(_source_of_all(node), bool(node.confidential))
    notes = node.notes if node.notes != _SET else None
    beside_it = _beside(said, above)
    if isinstance(node.value, dict):
        below = {k: _entry(k, v, folder, said) for k, v in node.value.items()}
        if notes is None:
            return {**below, **beside_it}
        return {"value": below, **beside_it, **notes}
    if isinstance(node.value, list):
        items = [_written(item, folder, above) for item in node.value]
        return items if notes is None else {"value": items, **notes}
    if notes is None and not beside_it:
        return node.value
    return {"value": node.value, **beside_it, **(notes or {})}


def _beside(said: _Said, above: _Said) -> dict[str, Any]:
    """Return the keys that say of a value what is not said above it."""
    found: dict[str, Any] = {}
    if said.source and said.source != above.source:
        found["source"] = said.source
    if said.confidential != above.confidential:
        found[CONFIDENTIAL] = said.confidential
    return found


def _entry(key: str, node: Node, folder: str, above: _Said) -> Any:
    if key == "csv":
        path = os.path.relpath(beside(node.mark, str(node.value)), folder or ".")
        return path.replace(os.sep, "/")
    return _written(node, folder, above)


def _marks(node: Node) -> list[bool]:
    """Return which of the values below a node are confidential."""
    return [bool(leaf.confidential) for _, leaf in walk_leaves(node)]


def _source_of_all(node: Node) -> str | None:
    """Return the source that all scalars below a node share, or None."""
    found = {leaf.source for _, leaf in walk_leaves(node)}
    return found.pop() if len(found) == 1 else None
