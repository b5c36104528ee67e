"""Where numbers come from: every key of a source must be defined."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from planner.documents import Node, display_path, suggest, walk_leaves
from planner.errors import Problem

ASSUMPTION = "assumption"
"""Built-in source key: the author's own assumption."""

SET = "--set"
"""Source of what the command line states."""

_NOT_NUMBERS = frozenset(
    {
        "as_of",
        "available",
        "currency_year",
        "deadline",
        "format_version",
        "installed",
        "periods",
        "priority",
        "seed",
        "start",
        "year",
    }
)
"""Keys whose numbers are choices or dates, not facts."""


def check_sources(root: Node, problems: list[Problem]) -> None:
    """Add a problem for every source key that its file does not define."""
    known = _defined(root)
    for loc, leaf in walk_leaves(root):
        if leaf.source is None or leaf.source in known or leaf.source == SET:
            continue
        problems.append(
            Problem(
                leaf.mark.file,
                leaf.mark.line,
                leaf.mark.column,
                display_path(root, loc),
                f"source {leaf.source!r} is not defined under sources",
                "add it there, or write 'assumption'",
                suggest(leaf.source, sorted(known)),
            )
        )


def unsourced(root: Node) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Yield path and node of every number that no source covers."""
    for loc, leaf in walk_leaves(root):
        if loc[0] != "sources" and is_number(loc, leaf.value) and leaf.source is None:
            yield loc, leaf


def source_kinds(root: Node) -> Counter[str]:
    """Return how many numbers of a document are of each kind of source."""
    kinds = _defined(root)
    return Counter(
        kinds.get(leaf.source or "", "none")
        for loc, leaf in walk_leaves(root)
        if loc[0] != "sources" and is_number(loc, leaf.value)
    )


def is_number(loc: tuple[str | int, ...], value: Any) -> bool:
    """Return whether a leaf holds a number that needs a source."""
    if any(part in _NOT_NUMBERS for part in loc):
        return False
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return True
    return bool(value) and (value[0].isdigit() or value[0] in "+-.")


def _defined(root: Node) -> dict[str, str]:
    """Return the kind of every source that a document defines."""
    sources = root.value.get("sources") if isinstance(root.value, dict) else None
    entries = sources.value if sources is not None else {}
    kinds = {ASSUMPTION: ASSUMPTION}
    for key, entry in entries.items() if isinstance(entries, dict) else ():
        kind = entry.value.get("kind") if isinstance(entry.value, dict) else None
        kinds[key] = str(kind.value) if kind is not None else "none"
    return kinds
