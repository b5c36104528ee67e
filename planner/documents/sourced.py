"""Sources: ``{value: …, source: key}`` unwrapped, ``source:`` handed down."""

from planner.documents.node import Node, plain
from planner.errors import Problem

BESIDE_VALUE = frozenset(
    {"value", "source", "confidence", "note", "why", "low", "high", "year", "fitted"}
)


def unwrap(root: Node, problems: list[Problem]) -> Node:
    """Return the tree with sourced values unwrapped and sources handed down.

    Args:
        root: A document as parsed.
        problems: Gets a ``source:`` that names none.

    Returns:
        A tree in which no mapping holds ``source``; each scalar has that of the
        nearest mapping that covers it.
    """
    return _unwrapped(root, None, problems)


def is_sourced(node: Node) -> bool:
    """Return whether the value was written with its own source or notes."""
    return node.notes is not None


def _unwrapped(node: Node, inherited: str | None, problems: list[Problem]) -> Node:
    if isinstance(node.value, list):
        items = [_unwrapped(item, inherited, problems) for item in node.value]
        return Node(items, node.mark, node.key_mark, inherited)
    if not isinstance(node.value, dict):
        return Node(node.value, node.mark, node.key_mark, inherited)
    entries = node.value
    source = _own_source(entries, inherited, problems)
    if "value" in entries and entries.keys() <= BESIDE_VALUE:
        inner = _unwrapped(entries["value"], source, problems)
        notes = dict(inner.notes or {})
        for key, entry in entries.items():
            if key not in ("value", "source"):
                notes[key] = plain(entry)
        return Node(inner.value, inner.mark, node.key_mark, inner.source, notes)
    below = {
        key: _unwrapped(entry, source, problems)
        for key, entry in entries.items()
        if key != "source"
    }
    return Node(below, node.mark, node.key_mark, source)


def _own_source(
    entries: dict[str, Node], inherited: str | None, problems: list[Problem]
) -> str | None:
    own = entries.get("source")
    if own is None:
        return inherited
    if isinstance(own.value, dict | list | bool) or own.value in (None, ""):
        problems.append(
            Problem(
                *own.mark,
                "source",
                "this is not the key of a source",
                "write a key of 'sources'",
            )
        )
        return inherited
    return str(own.value)
