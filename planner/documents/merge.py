"""One tree laid over another: ``extends`` and catalogue overrides.

Mappings merge deeply. A sourced value and a series are one value each, which the
overlay replaces whole. Lists of named items merge by name; other lists are replaced.
What replaces a confidential value is confidential too, unless it says otherwise.
"""

from planner.documents.confidential import covered, replacing
from planner.documents.node import Node, is_named_list, item_name
from planner.documents.sourced import is_sourced
from planner.periods import is_span

_SERIES_KEYS = frozenset({"growth", "csv", "column"})


def is_series(node: Node) -> bool:
    """Return whether every key is a span, ``growth``, ``csv`` or ``column``."""
    return (
        isinstance(node.value, dict)
        and bool(node.value)
        and all(key in _SERIES_KEYS or is_span(key) for key in node.value)
    )


def merge(base: Node, overlay: Node) -> Node:
    """Return ``base`` with ``overlay`` laid over it; neither is changed.

    Each value keeps the place of the file that it comes from.
    """
    if base.confidential:
        overlay = covered(overlay)
    elif overlay.confidential:
        base = covered(base)
    if _is_one_value(base) or _is_one_value(overlay):
        return replacing(base, overlay)
    if isinstance(base.value, dict) and isinstance(overlay.value, dict):
        return overlay.with_value(_merged_entries(base.value, overlay.value))
    if isinstance(base.value, list) and isinstance(overlay.value, list):
        if is_named_list(overlay):
            return overlay.with_value(_merged_items(base.value, overlay.value))
        overlay = replacing(base, overlay)
        items = overlay.value if isinstance(overlay.value, list) else []
        return overlay.with_value(_with_known_items(base.value, items))
    return replacing(base, overlay)


def _is_one_value(node: Node) -> bool:
    return is_sourced(node) or is_series(node)


def _merged_entries(base: dict[str, Node], overlay: dict[str, Node]) -> dict[str, Node]:
    merged = dict(base)
    for key, node in overlay.items():
        merged[key] = merge(base[key], node) if key in base else node
    return merged


def _merged_items(base: list[Node], overlay: list[Node]) -> list[Node]:
    """Return the items in the order of the base, new ones at the end.

    Names that the overlay repeats are kept twice, for the schema to refuse.
    """
    places = _places(base)
    merged, taken = list(base), set[int]()
    for item in overlay:
        place = places.get(item_name(item) or "")
        if place is None or place in taken:
            merged.append(item)
        else:
            taken.add(place)
            merged[place] = _merged_item(base[place], item)
    return merged


def _merged_item(base: Node, overlay: Node) -> Node:
    if isinstance(base.value, dict) and isinstance(overlay.value, str):
        return base
    return merge(base, overlay)


def _with_known_items(base: list[Node], overlay: list[Node]) -> list[Node]:
    """Return the overlay; a bare name stands for the mapping that the base had."""
    places = _places(base)
    return [
        _merged_item(base[places[item.value]], item)
        if isinstance(item.value, str) and item.value in places
        else item
        for item in overlay
    ]


def _places(items: list[Node]) -> dict[str, int]:
    """Return the place of each name in a list, the first where it is repeated."""
    named = ((item_name(item), place) for place, item in enumerate(items))
    return {name: place for name, place in reversed(list(named)) if name is not None}
