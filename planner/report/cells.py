"""Cells of a table: as people read them, as a file holds them, how wide they are."""

import math

from planner.numerals import count, digits, percent
from planner.records import dataclass
from planner.report.record import Cell, Column, Table

_WHOLE, _TINY = 1000, 1e-6
"""Money from which cents say nothing; numbers below which an exponent is written."""
_LONG = 60
"""Letters above which a cell is a text rather than a word."""
_NARROWEST, _WIDEST, _GAP = 4, 28, 3
"""Letters of a column at least and, printed, at most, and between two."""
_LINES = 3
"""Lines of a header, printed, unless a word is longer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as a page has it.

    Attributes:
        text: To read.
        value: For a file, where that is something else; None: the same.
        is_long: Whether it needs several lines.
    """

    text: str
    value: str | None
    is_long: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as a page has it.

    Attributes:
        rows: Cells in the order of the columns.
        widths: Of the columns, printed: shares of the table in percent.
        letters: Of its widest row, printed.
    """

    rows: tuple[tuple[Shown, ...], ...]
    widths: tuple[float, ...]
    letters: int


def sheet_of(table: Table) -> Sheet:
    """Return a table with its cells as they are shown."""
    rows = tuple(
        tuple(
            _shown(cell, column)
            for cell, column in zip(row, table.columns, strict=True)
        )
        for row in table.rows
    )
    letters = [
        _letters(column, [row[place] for row in rows])
        for place, column in enumerate(table.columns)
    ]
    total = sum(letters)
    return Sheet(rows, tuple(round(100 * each / total, 2) for each in letters), total)


def _shown(cell: Cell, column: Column) -> Shown:
    text = shown(cell, column)
    return Shown(text, exact(cell), column.form == "text" and len(text) > _LONG)


def _letters(column: Column, cells: list[Shown]) -> int:
    """Return how wide a column is printed: long texts take several lines."""
    header = f"{column.label} {column.unit}"
    words = max(len(header) // _LINES, *map(len, header.split()), 0)
    longest = max((len(cell.text) for cell in cells), default=0)
    most = longest if column.form != "text" else min(_WIDEST, longest)
    return _GAP + max(_NARROWEST, words, most)


def shown(cell: Cell, column: Column) -> str:
    """Return what stands in a cell for people to read."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    # A year is a number that is read as a word.
    is_word = column.form == "text" and isinstance(cell, int)
    return str(cell) if is_word else _number(cell, column.form)


def _number(number: float, form: str) -> str:
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    if form == "share":
        return percent(number)
    if form == "count":
        return count(number)
    if form == "money" and abs(number) >= _WHOLE:
        return f"{number:,.0f}"
    return f"{number:.1e}" if 0 < abs(number) < _TINY else digits(number, 5)


def exact(cell: Cell) -> str | None:
    """Return what a file of a table holds for a cell; None: what is shown."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return None if cell is None or isinstance(cell, str) else repr(cell)
