"""What a plan was made from: every value with its place, its source and its date."""

from collections import Counter
from collections.abc import Sequence

from planner.report.parts import forms
from planner.report.record import Cell, Section, Table
from planner.report.subject import Subject
from planner.specs.confidential import HIDDEN
from planner.specs.origins import Origin, origins, place_of, yaml_text
from planner.specs.sources import ASSUMPTION, is_number

_FILE_ALONE = (
    "The plan was read from a file, which holds no inputs: only the files that they "
    "came from."
)
_ALWAYS = 6
"""Columns that are there whether any value has them or not."""


def inputs_section(subject: Subject) -> Section | None:
    """Return the inputs of a plan; of one that was read from a file, its files."""
    if subject.scenario is None:
        return forms.section_of(
            "inputs", "Inputs", _FILE_ALONE, tables=(_files(subject),)
        )
    scenario = subject.scenario
    found = list(origins(scenario, scenario.data_dirs))
    return forms.section_of(
        "inputs",
        "Inputs",
        _summary(found),
        tables=(_values(found), _sources(found), _files(subject)),
    )


def _summary(found: Sequence[Origin]) -> str:
    """Return how many numbers come from where."""
    numbers = [each for each in found if is_number(_loc(each), each.value)]
    kinds = Counter(map(_kind, numbers))
    assumed, without = kinds[ASSUMPTION], kinds[""]
    text = (
        f"{len(numbers)} numbers: {len(numbers) - assumed - without} from a source, "
        f"{assumed} {'is an assumption' if assumed == 1 else 'are assumptions'}, "
        f"{without} without a source."
    )
    hidden = sum(each.confidential for each in found)
    if hidden:
        text += f" {hidden} values are confidential, shown as {HIDDEN}."
    return text


def _loc(origin: Origin) -> tuple[str | int, ...]:
    return tuple(origin.path.split("."))


def _kind(origin: Origin) -> str:
    """Return the kind of a value's source; empty where there is none."""
    if origin.source is None:
        return ""
    return str(origin.source.get("kind", "other"))


def _values(found: Sequence[Origin]) -> Table:
    """Return every value; columns of what stands beside it only where any does."""
    columns = (
        forms.text("path", "Input"),
        forms.text("value", "Value"),
        forms.text("place", "File and line"),
        forms.text("source", "Source"),
        forms.text("kind", "Kind"),
        forms.text("as_of", "As of"),
        forms.text("confidence", "Confidence"),
        forms.text("money_of", "Money of"),
        forms.text("range", "Range"),
        forms.text("note", "Note"),
    )
    rows = [_value(each) for each in found]
    kept = [n for n in range(len(columns)) if n < _ALWAYS or any(r[n] for r in rows)]
    return Table(
        "inputs",
        "Inputs, as written",
        tuple(columns[n] for n in kept),
        tuple(tuple(row[n] for n in kept) for row in rows),
    )


def _value(origin: Origin) -> tuple[Cell, ...]:
    low, high, note = (_text(origin.notes.get(x)) for x in ("low", "high", "note"))
    span = f"{low or '?'} to {high or '?'}" if low or high else ""
    if span and origin.confidential:
        span = HIDDEN
    return (
        origin.path,
        yaml_text(origin.value),
        place_of(origin),
        "" if origin.source is None else str(origin.source["key"]),
        _kind(origin),
        _of_source(origin, "as_of"),
        _text(origin.notes.get("confidence")),
        _text(origin.money_of),
        span,
        note,
    )


def _of_source(origin: Origin, field: str) -> str:
    return "" if origin.source is None else _text(origin.source.get(field))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _sources(found: Sequence[Origin]) -> Table:
    """Return every source that a value names, and how many do."""
    fields = ("key", "kind", "as_of", "title", "url")
    counts = Counter(
        tuple(_of_source(each, field) for field in fields)
        for each in found
        if each.source is not None
    )
    columns = (
        forms.text("key", "Source"),
        forms.text("kind", "Kind"),
        forms.text("as_of", "As of"),
        forms.text("title", "Title"),
        forms.text("url", "Address"),
        forms.count("values", "Values"),
    )
    rows: list[tuple[Cell, ...]] = [(*x, counts[x]) for x in sorted(counts)]
    return Table("sources", "Sources", columns, tuple(rows))


def _files(subject: Subject) -> Table:
    return forms.table_of(
        "files",
        "Files that were read",
        subject.plan.provenance.files,
        forms.text("path", "File"),
        forms.text("sha256", "SHA-256"),
    )
