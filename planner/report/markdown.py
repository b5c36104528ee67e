"""A report as Markdown, for a wiki: its cards and its tables, as text."""

import re
from collections.abc import Iterator, Sequence

from planner.report.cells import shown
from planner.report.record import Card, Report, Section, Table

MOST = 40
"""Rows of a table that are written."""
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~&$!])")
_BEGINNING = re.compile(r"^(\s*)(\d+)([.)])|^(\s*)([-+=])")
"""What begins a list or a heading at the start of a line."""


def markdown_of(report: Report) -> str:
    """Return a report as Markdown: a headline, then each section with its tables.

    A table has its first rows alone where it has more than ``MOST``, and says so.
    """
    lines = [f"# {escaped(report.title)}", "", f"Status: {escaped(report.status)}."]
    if report.baseline is not None:
        lines += ["", f"Compared with {escaped(report.baseline)}."]
    if report.cards:
        lines += ["", *_cards(report.cards)]
    if report.warnings:
        lines += ["", "**Warnings**", ""]
        lines += [f"- {escaped(each)}" for each in report.warnings]
    for section in report.sections:
        lines += ["", *_section(section)]
    lines += ["", "---", ""]
    lines += [f"- {escaped(each)}" for each in report.colophon]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))


def _line(text: str) -> str:
    """Return a text that begins a line as a text."""
    return _BEGINNING.sub(_inert, escaped(text))


def _inert(found: re.Match[str]) -> str:
    numbered = found[3] is not None
    return f"{found[2]}\\{found[3]}" if numbered else f"\\{found[5]}"


def _cards(cards: Sequence[Card]) -> Iterator[str]:
    changes = any(card.change for card in cards)
    yield "| Figure | Value | Change |" if changes else "| Figure | Value |"
    yield "|---|---:|---|" if changes else "|---|---:|"
    for card in cards:
        cells = [escaped(card.label), escaped(card.text)]
        if changes:
            judged = {True: " (better)", False: " (worse)", None: ""}[card.better]
            cells.append(escaped(card.change) + judged)
        yield f"| {' | '.join(cells)} |"


def _section(section: Section) -> Iterator[str]:
    yield f"## {escaped(section.title)}"
    if section.text:
        yield ""
        yield _line(section.text)
    for table in section.tables:
        yield ""
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"### {escaped(table.title)}"
    yield ""
    yield _row(escaped(column.title) for column in table.columns)
    left = {"text": "---"}
    yield "|" + "|".join(left.get(each.form, "---:") for each in table.columns) + "|"
    for row in table.rows[:MOST]:
        cells = zip(row, table.columns, strict=True)
        yield _row(escaped(shown(cell, column)) for cell, column in cells)
    more = len(table.rows) - MOST
    if more > 0:
        yield ""
        yield f"… and {more:,} more rows; an .xlsx or .html report has them all."


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"
