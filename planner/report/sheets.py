"""A plan as tables for other programs: as in its JSON, or with units in the headers."""

import re
import types
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin

from planner.plan.plan import SECTIONS, Plan
from planner.records import dataclass
from planner.report.record import Cell, Column, Table
from planner.version import FORMAT_VERSION

Kind = Literal["text", "flag", "whole", "number", "texts", "numbers"]
_KINDS: dict[Any, Kind] = {
    str: "text",
    bool: "flag",
    int: "whole",
    float: "number",
    tuple[str, ...]: "texts",
    tuple[float, ...]: "numbers",
}
_OWN = ("scenario", "title", "status")
"""What a plan says of itself, beside its sections."""
_LAST = ("solver", "formulation", "provenance")
"""Sections that say where it comes from: behind those that say what it is."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a section.

    Attributes:
        name: As in the JSON; of a field within a field, both with a dot between.
        kind: Of its values, any of which may be None.
    """

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A section of a plan, a row for each of its records.

    Attributes:
        name: As in the JSON; of a list within a section ``section.field``.
        fields: The same for every plan.
        rows: Values in their order; none where the plan has no such section.
    """

    name: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Any, ...], ...]


def sheets_of(plan: Plan) -> tuple[Sheet, ...]:
    """Return all sections of a plan, those without rows too.

    The first, ``plan``, has its name, title and status. A section that is one record
    is one row. Together they hold all that ``plan.as_dict()`` does, and names and
    columns are the same for every plan.
    """
    own = tuple(Field(name, "text") for name in _OWN)
    head = Sheet(
        "plan",
        (Field("format_version", "whole"), *own),
        ((FORMAT_VERSION, *(getattr(plan, name) for name in _OWN)),),
    )
    warned = Sheet(
        "warnings",
        (Field("warning", "text"),),
        tuple((warning,) for warning in plan.warnings),
    )
    return (head, *_in_order(plan), warned, *_of_names(plan, _LAST))


def tables_of(plan: Plan) -> tuple[Table, ...]:
    """Return the sections of a plan that have rows, for people to read.

    Values are those of the JSON, lists joined by ``; ``; each column has its unit and
    the form of its numbers.
    """
    return tuple(
        Table(
            sheet.name,
            _words(sheet.name),
            tuple(_column(field) for field in sheet.fields),
            tuple(tuple(_cell(value) for value in row) for row in sheet.rows),
        )
        for sheet in sheets_of(plan)
        if sheet.rows
    )


def joined(values: Sequence[str | float]) -> str:
    """Return a list as one text."""
    return "; ".join(x if isinstance(x, str) else repr(x) for x in values)


def _in_order(plan: Plan) -> Iterator[Sheet]:
    """Return the sections that say what the plan is."""
    others = {*_OWN, *_LAST, "warnings"}
    names = [each.name for each in fields(plan) if each.name not in others]
    yield from _of_names(plan, names)


def _of_names(plan: Plan, names: Sequence[str]) -> Iterator[Sheet]:
    types_of = {each.name: each.type for each in fields(plan)}
    for name in names:
        value = getattr(plan, name)
        if name in SECTIONS:
            yield from _sheets(name, _item(types_of[name]), value)
        else:
            records = () if value is None else (value,)
            yield from _sheets(name, _known(types_of[name]), records)


def _sheets(name: str, record: Any, records: Sequence[Any]) -> Iterator[Sheet]:
    """Return the sheet of records of one type, then those of the lists in them."""
    paths = list(_paths(record))
    plain = [(path, kind) for path, kind in paths if kind in _KINDS]
    yield Sheet(
        name,
        tuple(Field(".".join(path), _KINDS[kind]) for path, kind in plain),
        tuple(tuple(_at(each, path) for path, _ in plain) for each in records),
    )
    for path, kind in paths:
        if kind not in _KINDS:
            inner = [row for each in records for row in _at(each, path)]
            yield from _sheets(".".join((name, *path)), _item(kind), inner)


def _paths(record: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Return the fields of a type of record, those of a record in it as its own."""
    for each in fields(record):
        kind = _known(each.type)
        if is_dataclass(kind):
            for path, inner in _paths(kind):
                yield (each.name, *path), inner
        else:
            yield (each.name,), kind


def _at(record: Any, path: Sequence[str]) -> Any:
    """Return the value of a field; None within what is None."""
    for name in path:
        record = None if record is None else getattr(record, name)
    return record


def _known(kind: Any) -> Any:
    """Return a type without None."""
    if get_origin(kind) in (Union, types.UnionType):
        (kind,) = (each for each in get_args(kind) if each is not types.NoneType)
    return kind


def _item(kind: Any) -> Any:
    """Return the type of the records of a list."""
    return get_args(kind)[0]


# ------------------------------------------------------------------------- units

_ACCELERATORS = frozenset(
    ("count", "installed", "added", "retired", "signed", "cohort", "kept")
)
"""Numbers of accelerators by their names."""
_SHARES = frozenset(
    ("share", "utilisation", "gap", "continuous_loss", "break_even_lift", "ad_lift")
)
_LABELS = {
    "mw": ("Power", "MW"),
    "hours": ("Accelerator hours", ""),
    "marginal_price": ("Marginal price", "USD/token"),
}
"""Names that do not say it all."""
_UNITS = {"usd": "USD", "mw": "MW", "mwh": "MWh", "t": "t", "s": "s"}
_MONEY_PER = re.compile(r"(?:(.+)_)?usd_per_(.+)")
_SHORT = {"Co2e": "CO2e", "Tco": "TCO", "Sha256": "SHA-256"}
_MILLION = re.compile(r"m(token|request|sample)")


def _column(field: Field) -> Column:
    """Return a column whose unit comes from the name of its field."""
    *within, name = field.name.split(".")
    if field.kind != "number":
        is_count = field.kind == "whole" and name not in ("year", "priority")
        form: Literal["count", "text"] = "count" if is_count else "text"
        return Column(field.name, _words(field.name), "", form)
    if within:  # the parts of the objective
        return Column(field.name, _words(field.name), "USD", "money")
    if name in _SHARES or name.endswith("_fraction"):
        return Column(name, _words(name), "", "share")
    if name in _ACCELERATORS:
        return Column(name, _words(name), "accelerators", "count")
    return _number(name)


def _number(name: str) -> Column:
    """Return a column of numbers: money, or anything else."""
    if per := _MONEY_PER.fullmatch(name):
        what = _MILLION.sub(r"M\1", per[2]).replace("_", " ")
        return Column(name, _words(per[1] or "cost"), f"USD/{what}", "money")
    label, unit = _LABELS.get(name, ("", ""))
    stem, _, ending = name.rpartition("_")
    if not label and stem and ending in _UNITS:
        label, unit = _words(stem), _UNITS[ending]
    form: Literal["money", "number"] = "number"
    if unit.startswith("USD"):
        form = "money"
    return Column(name, label or _words(name), unit, form)


def _words(name: str) -> str:
    """Return the name of a field as words."""
    words = name.replace(".", ": ").replace("_", " ")
    capital = f"{words[:1].upper()}{words[1:]}"
    return _SHORT.get(capital, capital)


def _cell(value: Any) -> Cell:
    cell: Cell = joined(value) if isinstance(value, tuple) else value
    return cell
