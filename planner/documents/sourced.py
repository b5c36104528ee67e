"""Sources: ``{value: …, source: key}`` unwrapped, ``source:`` handed down.

``confidential:`` stands in the same places and is handed down alike.
"""

from typing import NamedTuple

from planner.documents.node import Node, Value, plain
from planner.errors import Problem

CONFIDENTIAL = "confidential"
_HANDED_DOWN = frozenset({"source", CONFIDENTIAL})
BESIDE_VALUE = _HANDED_DOWN | frozenset(
    {"value", "confidence", "note", "why", "low", "high", "year", "fitted"}
)


class _Above(NamedTuple):
    """What the mappings above a value say of it."""

    source: str | None
    confidential: bool | None


def unwrap(root: Node, problems: list[Problem]) -> Node:
    """Return the tree with sourced values unwrapped and sources handed down.

    Args:
        root: A document as parsed.
        problems: Gets a ``source:`` that names none, and a ``confidential:`` that is
            neither true nor false.

    Returns:
        A tree in which no mapping holds ``source`` or ``confidential``; each value has
        those of the nearest mapping that covers it.
    """
    return _unwrapped(root, _Above(None, None), problems)


def is_sourced(node: Node) -> bool:
    """Return whether the value was written with its own source or notes."""
    return node.notes is not None


def _unwrapped(node: Node, above: _Above, problems: list[Problem]) -> Node:
    if isinstance(node.value, list):
        items = [_unwrapped(item, above, problems) for item in node.value]
        return _covered(node, items, above)
    if not isinstance(node.value, dict):
        return _covered(node, node.value, above)
    entries = node.value
    own = _Above(
        _own_source(entries, above, problems), _own_mark(entries, above, problems)
    )
    if "value" in entries and entries.keys() <= BESIDE_VALUE:
        inner = _unwrapped(entries["value"], own, problems)
        notes = dict(inner.notes or {})
        for key, entry in entries.items():
            if key != "value" and key not in _HANDED_DOWN:
                notes[key] = plain(entry)
        place, hidden = (inner.mark, node.key_mark), inner.confidential
        return Node(inner.value, *place, inner.source, notes, confidential=hidden)
    below = {
        key: _unwrapped(entry, own, problems)
        for key, entry in entries.items()
        if key not in _HANDED_DOWN
    }
    return _covered(node, below, own)


def _covered(node: Node, value: Value, above: _Above) -> Node:
    """Return a node with what is said above it."""
    place, hidden = (node.mark, node.key_mark), above.confidential
    return Node(value, *place, above.source, confidential=hidden)


def _own_source(
    entries: dict[str, Node], above: _Above, problems: list[Problem]
) -> str | None:
    own = entries.get("source")
    if own is None:
        return above.source
    if isinstance(own.value, dict | list | bool) or own.value in (None, ""):
        problems.append(
            Problem(
                *own.mark,
                "source",
                "this is not the key of a source",
                "write a key of 'sources'",
            )
        )
        return above.source
    return str(own.value)


def _own_mark(
    entries: dict[str, Node], above: _Above, problems: list[Problem]
) -> bool | None:
    """Return whether a mapping's values are confidential; in doubt they are."""
    own = entries.get(CONFIDENTIAL)
    if own is None:
        return above.confidential
    if isinstance(own.value, bool):
        return own.value
    message = "this is neither true nor false"
    problems.append(Problem(*own.mark, CONFIDENTIAL, message, "write true or false"))
    return True
