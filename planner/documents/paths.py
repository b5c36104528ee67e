"""Paths into a document, and the overrides ``path=value`` that follow them."""

from planner.documents.confidential import covered, replacing
from planner.documents.node import Mark, Node, item_name, suggest
from planner.documents.reader import parse_yaml
from planner.documents.sourced import unwrap
from planner.errors import Problem
from planner.periods import is_span

COMMAND_LINE = Mark("--set", 0, 0)
# Items of these lists are laid over catalogue files, so that removing what an item
# does not hold can still remove what its file holds.
OVER_CATALOGUE = frozenset({"accelerators"})


class PathError(Exception):
    """A path that cannot be followed; the text says where it ends.

    Attributes:
        message: What is there and what is wrong with it.
        expected: What to write instead, or empty.
        hint: A near name, or empty.
    """

    def __init__(self, message: str, expected: str = "", hint: str = "") -> None:
        """Keep the three parts."""
        self.message = message
        self.expected = expected
        self.hint = hint
        super().__init__(message)


def apply_override(root: Node, text: str, problems: list[Problem]) -> Node:
    """Return the document with one ``path=value`` applied.

    Args:
        root: The document; not changed.
        text: As given after ``--set``. The value is YAML; ``null`` removes.
        problems: Gets the reason where the override cannot be applied.
    """
    path, _, written = (part.strip() for part in text.partition("="))
    try:
        steps = _steps_of(path, text)
        value = _value_of(written, path, problems)
        return root if value is None else set_at(root, steps, value)
    except PathError as error:
        place = path if "=" in text else ""
        problems.append(
            Problem(*COMMAND_LINE, place, error.message, error.expected, error.hint)
        )
        return root


def set_at(root: Node, steps: tuple[str, ...], value: Node) -> Node:
    """Return the document with the value at a path replaced, added or removed.

    Args:
        root: The document; not changed.
        steps: Keys, names of list items and periods.
        value: The new value; one of None removes what is there. In an item laid over
            a catalogue file it stays as None, to remove what the file holds.

    Raises:
        PathError: The path leads through a list item or a scalar that is not there.
    """
    return _set(root, steps, 0, value)


def _steps_of(path: str, text: str) -> tuple[str, ...]:
    steps = tuple(path.split("."))
    if "=" not in text or "" in steps:
        msg = f"'{text}' is not an override"
        raise PathError(msg, "write path=value, e.g. integer=true")
    return steps


def _value_of(written: str, path: str, problems: list[Problem]) -> Node | None:
    if not written:
        msg = "nothing follows the '='"
        raise PathError(msg, f"write {path}=null to remove it")
    found: list[Problem] = []
    node = parse_yaml(written, COMMAND_LINE.file, found)
    if node is not None and isinstance(node.value, dict | list):
        _check_flow(written)
    if node is not None:
        node = _moved(unwrap(node, found))
    problems.extend(
        Problem(*COMMAND_LINE, path, each.message, each.expected) for each in found
    )
    return None if found else node


def _check_flow(written: str) -> None:
    """Refuse lines of YAML, which a text with ': ' would otherwise turn into."""
    if written[0] not in "{[":
        msg = f"'{written}' is not one value"
        raise PathError(msg, "put a text that holds ': ' in quotes")


def _moved(node: Node) -> Node:
    """Return the tree with every place on the command line, none in a file."""
    value = node.value
    if isinstance(value, dict):
        value = {key: _moved(below) for key, below in value.items()}
    elif isinstance(value, list):
        value = [_moved(below) for below in value]
    notes = {"note": "--set", **(node.notes or {})}
    is_leaf = not isinstance(value, dict | list)
    kept = notes if is_leaf or node.notes is not None else None
    mark, hidden = COMMAND_LINE, node.confidential
    return Node(value, mark, mark, node.source, kept, confidential=hidden)


def _set(node: Node, steps: tuple[str, ...], at: int, value: Node) -> Node:
    if at == len(steps):
        return replacing(node, value)
    if isinstance(node.value, list):
        return node.with_value(_set_item(node.value, steps, at, value))
    if isinstance(node.value, dict):
        return node.with_value(_set_entry(node, steps, at, value))
    if node.value is None:
        empty = Node({}, COMMAND_LINE, node.key_mark, confidential=node.confidential)
        return _set(empty, steps, at, value)
    return _refuse_scalar(node, steps, at)


def _set_entry(
    node: Node, steps: tuple[str, ...], at: int, value: Node
) -> dict[str, Node]:
    """Return the entries of a mapping with one of them set, made or removed."""
    entries = dict(node.value) if isinstance(node.value, dict) else {}
    key, end = _longest_key(entries, steps, at)
    is_laid_over = steps[0] in OVER_CATALOGUE and at > 1
    if key in entries and end < len(steps):
        entries[key] = _set(entries[key], steps, end, value)
    elif value.value is not None or is_laid_over:
        new = _new_branch(steps[end:], value)
        new = covered(new) if node.confidential else new
        entries[key] = replacing(entries.get(key, new), new)
    elif key in entries:
        del entries[key]
    else:
        msg = f"there is no '{'.'.join(steps[:end])}' to remove"
        raise PathError(msg, hint=suggest(key, entries))
    return entries


def _longest_key(
    entries: dict[str, Node], steps: tuple[str, ...], at: int
) -> tuple[str, int]:
    """Return the key that steps begin with, and where the rest begins.

    A key may itself hold dots; without one that fits, it is the next step alone.
    """
    for end in range(len(steps), at, -1):
        key = ".".join(steps[at:end])
        if key in entries:
            return key, end
    return steps[at], at + 1


def _new_branch(steps: tuple[str, ...], value: Node) -> Node:
    """Return the value inside new mappings, one for each step."""
    for step in reversed(steps):
        value = Node({step: value}, COMMAND_LINE, COMMAND_LINE)
    return value


def _set_item(
    items: list[Node], steps: tuple[str, ...], at: int, value: Node
) -> list[Node]:
    """Return the items of a list with a named one set or removed."""
    names = [item_name(item) for item in items]
    place, end = _item_place(names, steps, at)
    item, name = items[place], names[place] or ""
    if end < len(steps):
        entries = item
        if isinstance(item.value, str):
            entries = Node({"name": item}, item.mark, item.key_mark)
        new = [_set(entries, steps, end, value)]
    elif value.value is None:
        new = []
    else:
        new = [replacing(item, _named(value, name))]
    return [*items[:place], *new, *items[place + 1 :]]


def _item_place(
    names: list[str | None], steps: tuple[str, ...], at: int
) -> tuple[int, int]:
    for end in range(len(steps), at, -1):
        name = ".".join(steps[at:end])
        if name in names:
            return names.index(name), end
    shown, known = ".".join(steps[:at]), [name for name in names if name is not None]
    if not known:
        msg = f"the items of '{shown}' have no names, so none can be set alone"
        raise PathError(msg, f"set {shown} as a whole")
    msg = f"'{shown}' has no item '{steps[at]}'"
    raise PathError(msg, f"it has {_listed(known)}", suggest(steps[at], known))


def _named(value: Node, name: str) -> Node:
    """Return a mapping that keeps the name of the item it replaces."""
    if not isinstance(value.value, dict) or "name" in value.value:
        return value
    return value.with_value({"name": Node(name, COMMAND_LINE), **value.value})


def _refuse_scalar(node: Node, steps: tuple[str, ...], at: int) -> Node:
    shown = ".".join(steps[:at])
    if is_span(steps[at]):
        msg = f"'{shown}' is one constant ({node.value}), not a series"
        first = f"{shown}={{{steps[at]}: …}}"
        raise PathError(msg, f"write {first} with every step")
    msg = f"'{shown}' is {node.value}, which has nothing below it"
    raise PathError(msg, f"set {shown} itself")


def _listed(names: list[str], most: int = 8) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown}, …"
