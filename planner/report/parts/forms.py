"""What sections are made of: columns by kind, tables of rows, sections that hold some.

A table has a column for each field that it names: its cells are the plan's own.
"""

from collections.abc import Sequence
from typing import Any

from planner.plan.plan import Plan
from planner.report.record import Cell, Column, Section, Table, View


def text(name: str, label: str) -> Column:
    """Return a column of words."""
    return Column(name, label)


def count(name: str, label: str, unit: str = "") -> Column:
    """Return a column of things that are counted."""
    return Column(name, label, unit, "count")


def number(name: str, label: str, unit: str = "") -> Column:
    """Return a column of numbers."""
    return Column(name, label, unit, "number")


def money(name: str, label: str, unit: str = "USD") -> Column:
    """Return a column of money."""
    return Column(name, label, unit, "money")


def share(name: str, label: str) -> Column:
    """Return a column of shares, 1 being all."""
    return Column(name, label, "", "share")


def table_of(name: str, title: str, rows: Sequence[Any], *columns: Column) -> Table:
    """Return the fields of rows that columns name; several words are joined."""
    cells = tuple(
        tuple(_cell(getattr(row, column.name)) for column in columns) for row in rows
    )
    return Table(name, title, columns, cells)


def accelerators_of(plan: Plan) -> tuple[str, ...]:
    """Return the accelerators that stand or are leased in a plan; each has its look."""
    owned = {row.accelerator for row in plan.fleet}
    leased = {row.accelerator for row in plan.leases}
    return (*sorted(owned), *(f"{name}, leased" for name in sorted(leased)))


def section_of(
    name: str,
    title: str,
    text: str = "",
    *,
    views: Sequence[View] = (),
    tables: Sequence[Table] = (),
) -> Section | None:
    """Return a section with the tables that have rows; None where nothing is left."""
    kept = tuple(table for table in tables if table.rows)
    if not kept and not views and not text:
        return None
    return Section(name, title, text, tuple(views), kept)


def periods_of(plan: Plan) -> tuple[str, ...]:
    """Return the labels of a plan's periods, in order; none without a plan."""
    return tuple(row.period for row in plan.costs)


def span_of(plan: Plan) -> str:
    """Return from when to when a plan is, in words; empty without a plan."""
    found = periods_of(plan)
    if not found:
        return ""
    return found[0] if len(found) == 1 else f"{found[0]} to {found[-1]}"


def sentence(words: str) -> str:
    """Return words with a capital in front and a full stop behind."""
    return f"{words[:1].upper()}{words[1:]}."


def _cell(value: Any) -> Cell:
    found: Cell = ", ".join(map(str, value)) if isinstance(value, tuple) else value
    return found
