"""A scenario with all that it refers to, and where each of its values comes from."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from planner.documents import Node, Path, find, plain, walk_leaves
from planner.records import dataclass
from planner.specs.catalogue import Catalogue
from planner.specs.confidential import (
    HIDDEN,
    confidential_places,
    masked,
    notes_shown,
    shown,
)
from planner.specs.inflation import is_price, year_of
from planner.specs.scenario import Scenario
from planner.specs.sources import ASSUMPTION

_OWN_SOURCES = ("accelerators", "models")
"""Parts of the tree whose items bring their own sources."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One value of a scenario and where it comes from.

    Attributes:
        path: As ``--set`` takes it.
        value: As written.
        file: As shown to the user.
        line: Counted from 1; 0 on the command line.
        column: Counted from 1; 0 on the command line.
        source: Key, title, kind, as_of and url; None where no source covers it.
        notes: What stands beside the value: low, high, confidence, note, …
        money_of: Year whose money a price is written in; None where it is no price, or
            its source has no year.
        confidential: Whether value and notes are hidden: ``…`` stands in their place.
    """

    path: str
    value: Any
    file: str
    line: int
    column: int
    source: dict[str, Any] | None
    notes: dict[str, Any]
    money_of: int | None = None
    confidential: bool = False


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Return the scenario as a file would write it, with every default filled in.

    It refers to nothing but the catalogue's names: reading it again gives the same
    plan, unless it has confidential values, which are ``…`` here.
    """
    spec = scenario.spec
    found: dict[str, Any] = masked(scenario.tree, confidential_places(scenario))
    models = found.pop("models", {})
    listed = {item["name"]: item for item in found["accelerators"].values()}
    for name, accelerator in spec.accelerators.items():
        listed[name] = _with_defaults(listed[name], accelerator)
    found["accelerators"] = list(listed.values())
    for key in ("sites", "workloads", "fleet"):
        items = getattr(spec, key)
        if items:
            pairs = zip(found[key], items, strict=True)
            found[key] = [_with_defaults(item, each) for item, each in pairs]
    for item, workload in zip(found["workloads"], spec.workloads, strict=True):
        model = scenario.model_of(workload)
        if model is not None:
            written = models.get(workload.model_name, item["model"])
            item["model"] = _with_defaults(written, model)
    whole = _with_defaults(found, spec)
    order = [key for key in type(spec).model_fields if key != "models"]
    return {key: whole[key] for key in order if key in whole}


def _with_defaults(written: dict[str, Any], spec: BaseModel) -> dict[str, Any]:
    """Return what is written, followed by the defaults of what is not."""
    whole = dict(written)
    for key in type(spec).model_fields:
        value = getattr(spec, key)
        below = whole.get(key)
        if isinstance(value, BaseModel) and (below is None or isinstance(below, dict)):
            filled = _with_defaults(below or {}, value)
            if filled:
                whole[key] = filled
        elif key not in whole and _is_plain(value):
            whole[key] = list(value) if isinstance(value, tuple) else value
    return whole


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(isinstance(item, str) for item in value)
    return isinstance(value, bool | int | float | str)


def origins(scenario: Scenario, data_dirs: Sequence[str]) -> Iterator[Origin]:
    """Yield every written value of a scenario with its place and its source."""
    common = Catalogue.of(data_dirs).load("scenarios/common", "economics", [])
    fallback = [common.root] if common else []
    secret = frozenset(confidential_places(scenario))
    for loc, leaf in walk_leaves(scenario.tree):
        if "sources" in loc:
            continue
        scopes = [_scope(scenario.tree, loc), scenario.tree, *fallback]
        year = scenario.spec.currency_year
        priced, hidden = is_price(loc, leaf.value), loc in secret
        yield Origin(
            ".".join(map(str, loc)),
            HIDDEN if hidden else plain(leaf),
            *leaf.mark,
            source_of(leaf.source, scopes),
            notes_shown(leaf, hidden=hidden),
            year_of(leaf, scopes, year) if priced else None,
            hidden,
        )


def _scope(tree: Node, loc: Path) -> Node:
    """Return the part of the tree whose sources a path refers to."""
    if loc[0] in _OWN_SOURCES:
        return find(tree, loc[:2]) or tree
    return tree


def source_of(key: str | None, scopes: Sequence[Node]) -> dict[str, Any] | None:
    """Return a source with its key, from the first of some documents that has it."""
    if key is None:
        return None
    for scope in scopes:
        entry = find(scope, ("sources", key))
        if entry is not None and isinstance(entry.value, dict):
            return {"key": key, **shown(entry)}
    return {"key": key, "kind": ASSUMPTION} if key == ASSUMPTION else {"key": key}


def yaml_text(value: Any) -> str:
    """Return a value as a file writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def place_of(origin: Origin) -> str:
    """Return file and line of a value."""
    return f"{origin.file}:{origin.line}" if origin.line else origin.file
