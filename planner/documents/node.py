"""YAML values that know where they were written.

A document is a tree of nodes. Every node carries the place of its value, the place of
its key, and the source that covers it.
"""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = str | int | float | bool | dict[str, "Node"] | list["Node"] | None


class Mark(NamedTuple):
    """A place in a file.

    Attributes:
        file: As shown to the user; ``<stdin>`` or ``--set`` where there is none.
        line: Counted from 1; 0 for the file as a whole.
        column: Counted from 1; 0 for the file as a whole.
    """

    file: str
    line: int
    column: int


class Node:
    """One value of a document; never changed once built.

    Attributes:
        value: The scalar, or the child nodes by key or in order.
        mark: Where the value begins.
        key_mark: Where its key begins; None for list items and the root.
        source: Key of the source that covers the value, or None.
        notes: What stood beside ``value`` and ``source`` in a sourced value
            (confidence, low, high, …); None where the value was written plainly.
        confidential: Whether the value is shown as ``…`` where others may read it, as
            the nearest ``confidential:`` at or above it says; None: none says so.
    """

    __slots__ = ("confidential", "key_mark", "mark", "notes", "source", "value")

    def __init__(
        self,
        value: Value,
        mark: Mark,
        key_mark: Mark | None = None,
        source: str | None = None,
        notes: dict[str, Any] | None = None,
        *,
        confidential: bool | None = None,
    ) -> None:
        """Keep the six parts."""
        self.value = value
        self.mark = mark
        self.key_mark = key_mark
        self.source = source
        self.notes = notes
        self.confidential = confidential

    def __repr__(self) -> str:
        """Return the plain value and its place."""
        return f"Node({plain(self)!r}, {self.mark.file}:{self.mark.line})"

    def with_value(self, value: Value) -> "Node":
        """Return a node that differs in its value alone."""
        return self._with(value, self.notes)

    def with_notes(self, notes: dict[str, Any]) -> "Node":
        """Return a node that differs in its notes alone."""
        return self._with(self.value, notes)

    def _with(self, value: Value, notes: dict[str, Any] | None) -> "Node":
        place, hidden = (self.mark, self.key_mark), self.confidential
        return Node(value, *place, self.source, notes, confidential=hidden)


def plain(node: Node) -> Any:
    """Return the values alone: dicts with text keys, lists and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def item_name(node: Node) -> str | None:
    """Return the name of a list item: its ``name``, or itself where it is text."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, dict) and "name" in node.value:
        name = node.value["name"].value
        is_text = isinstance(name, str | int | float) and not isinstance(name, bool)
        return str(name) if is_text else None
    return None


def is_named_list(node: Node) -> bool:
    """Return whether the node is a list with at least one mapping that has a name."""
    return isinstance(node.value, list) and any(
        isinstance(child.value, dict) and item_name(child) is not None
        for child in node.value
    )


def child(node: Node, step: str | int) -> Node | None:
    """Return the child under a key, an item's name or an item's index, or None."""
    if isinstance(node.value, dict):
        return node.value.get(str(step))
    if not isinstance(node.value, list):
        return None
    if isinstance(step, int):
        return node.value[step] if 0 <= step < len(node.value) else None
    return next((item for item in node.value if item_name(item) == step), None)


def find(node: Node, path: Iterable[str | int]) -> Node | None:
    """Return the node at a path of keys, item names and indices, or None."""
    found: Node | None = node
    for step in path:
        if found is None:
            return None
        found = child(found, step)
    return found


def walk_leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every scalar and every empty mapping or list with its path.

    Items of a list of named mappings stand by name, others by index; ``find`` reads
    the paths back.
    """
    if isinstance(node.value, dict) and node.value:
        for key, below in node.value.items():
            yield from walk_leaves(below, (*path, key))
    elif isinstance(node.value, list) and node.value:
        named = is_named_list(node)
        for index, below in enumerate(node.value):
            name = item_name(below) if named else None
            yield from walk_leaves(below, (*path, index if name is None else name))
    else:
        yield path, node


def locate(root: Node, loc: Sequence[str | int], *, key: bool = False) -> Mark:
    """Return the place of the deepest node that a location leads to.

    Args:
        root: The document.
        loc: Keys and list indices, as pydantic reports them. A step that is no child,
            such as the tag of a union, is passed over where the next step is one.
        key: Whether the place of the key is wanted rather than that of the value.

    Returns:
        The place; where the last steps lead nowhere, that of the key above them.
    """
    nodes, steps = _follow(root, loc)
    found = nodes[-1]
    complete = not loc or bool(steps and steps[-1] == len(loc) - 1)
    return (found.key_mark or found.mark) if key or not complete else found.mark


def display_path(root: Node, loc: Sequence[str | int]) -> str:
    """Return a location as users write paths: dots, and list items by their name."""
    nodes, steps = _follow(root, loc)
    shown = []
    for node, index in zip(nodes[1:], steps, strict=True):
        step = loc[index]
        name = item_name(node) if isinstance(step, int) else None
        shown.append(str(step) if name is None else name)
    missing = [str(step) for step in loc[steps[-1] + 1 if steps else 0 :]]
    return ".".join(shown + missing)


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'?`` for the nearest known word, or nothing."""
    words = {str(each).lower(): str(each) for each in known}
    near = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return f"did you mean '{words[near[0]]}'?" if near else ""


def _follow(root: Node, loc: Sequence[str | int]) -> tuple[list[Node], list[int]]:
    """Return the nodes along a location, root first, and the steps that led there."""
    nodes, steps = [root], []
    for index, step in enumerate(loc):
        below = child(nodes[-1], step)
        if below is None:
            is_tag = index + 1 < len(loc) and child(nodes[-1], loc[index + 1])
            if is_tag:
                continue
            break
        nodes.append(below)
        steps.append(index)
    return nodes, steps
