"""Tables that fit the terminal: text folds, numbers never break, the rest stacks."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import wrap
from unicodedata import east_asian_width

import typer

from planner.cli.errors import print_line
from planner.records import dataclass

_GAP = 2
_LONGEST_WORD = 30
"""Longer ones break, where the column must fold."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; numbers stand right and never fold.

    Attributes:
        name: Its head.
        number: Whether it holds numbers.
        least: Width that a column of text may fold to.
        extra: Whether it is a picture of what other columns say, which a table that is
            too wide leaves out.
    """

    name: str
    number: bool = False
    least: int = 16
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What a table shows.

    Attributes:
        title: Line above it.
        columns: The first names what a row is about.
        rows: One text for each column.
        header: Whether the names of the columns are shown.
        keys: How many of the first columns say what a row is about; they begin
            every part of a table that is too wide.
        stacked: Whether a table that is too wide becomes two lines for each row,
            rather than several tables below each other.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    header: bool = True
    keys: int = 1
    stacked: bool = False


class Screen:
    """Where tables and lines are printed.

    Attributes:
        plain: Whether only ASCII can be shown.
        rule: What lines are drawn with.
        width: Columns of the terminal.
    """

    def __init__(self) -> None:
        """Look at what stdout is."""
        encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
        self.plain = not encoding.startswith("utf")
        self.rule = "-" if self.plain else "─"
        self.width = get_terminal_size().columns

    def line(self, text: str = "") -> None:
        """Print one line."""
        print_line(text)

    def heading(self, text: str) -> None:
        """Print an empty line and a title."""
        self.line()
        bold = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.line(typer.style(text, bold=True) if bold else text)

    def table(self, table: Table) -> None:
        """Print a table, in several parts below each other where it is too wide."""
        if not table.rows:
            return
        table = self._fitting(table)
        if table.title:
            self.heading(table.title)
        if table.stacked and self._natural_width(table) > self.width:
            for first, second, *others in table.rows:
                self.line(f"{first}: {second}")
                if any(others):
                    self.line(f"    {'; '.join(other for other in others if other)}")
            return
        for part in self._parts(table):
            for line in _lines(table, part, self):
                self.line(line)

    def _fitting(self, table: Table) -> Table:
        """Return a table without empty pictures, and with as many as there is room."""
        shown = list(range(len(table.columns)))
        extra = [number for number in shown if table.columns[number].extra]
        for number in extra:
            least = [_least(table, column) for column in shown]
            is_wide = sum(least) + _GAP * (len(least) - 1) > self.width
            if is_wide or not any(row[number] for row in table.rows):
                shown.remove(number)
        columns = tuple(table.columns[number] for number in shown)
        rows = [[row[number] for number in shown] for row in table.rows]
        return replace(table, columns=columns, rows=rows)

    def _natural_width(self, table: Table) -> int:
        widths = [max(map(width, texts)) for texts in zip(*table.rows, strict=True)]
        return sum(widths) + _GAP * (len(widths) - 1)

    def _parts(self, table: Table) -> list[list[int]]:
        """Return the columns of each part; the key columns begin every part."""
        widths = [_least(table, number) for number in range(len(table.columns))]
        keys = list(range(table.keys))
        first = sum(widths[: table.keys]) + _GAP * (table.keys - 1)
        parts, current, used = [], list(keys), first
        for number in range(table.keys, len(widths)):
            if used + _GAP + widths[number] > self.width and len(current) > len(keys):
                parts.append(current)
                current, used = list(keys), first
            current.append(number)
            used += _GAP + widths[number]
        return [*parts, current]


def _least(table: Table, number: int) -> int:
    """Return the width that a column needs at least."""
    column = table.columns[number]
    texts = [row[number] for row in table.rows]
    if table.header:
        texts.append(column.name)
    widest = max(map(width, texts))
    if column.number:
        return widest
    words = (word for text in texts for word in text.split())
    longest = max(map(width, words), default=0)
    return min(widest, max(column.least, min(longest, _LONGEST_WORD)))


def _lines(table: Table, part: Sequence[int], screen: "Screen") -> Iterator[str]:
    """Yield the lines of one part of a table."""
    columns = [table.columns[number] for number in part]
    rows = [[row[number] for number in part] for row in table.rows]
    heads = [[column.name for column in columns]] if table.header else []
    natural = [max(map(width, texts)) for texts in zip(*heads, *rows, strict=True)]
    least = [_least(table, number) for number in part]
    widths = _fitted(natural, least, screen.width)
    for row in heads:
        yield from _folded(row, columns, widths)
        yield screen.rule * (sum(widths) + _GAP * (len(widths) - 1))
    for row in rows:
        yield from _folded(row, columns, widths)


def _fitted(natural: list[int], least: list[int], most: int) -> list[int]:
    """Return the widths of columns, the widest folded first until they fit."""
    widths = list(natural)
    while sum(widths) + _GAP * (len(widths) - 1) > most:
        room = [w if w > low else 0 for w, low in zip(widths, least, strict=True)]
        if not any(room):
            break
        widths[room.index(max(room))] -= 1
    return widths


def _folded(
    row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]
) -> Iterator[str]:
    """Yield the lines of one row: numbers right, text left and folded."""
    cells = [
        [text] if width(text) <= most else wrap(text, most) or [""]
        for text, most in zip(row, widths, strict=True)
    ]
    for texts in zip_longest(*cells, fillvalue=""):
        padded = [
            _padding(text, most) + text
            if column.number
            else text + _padding(text, most)
            for text, column, most in zip(texts, columns, widths, strict=True)
        ]
        yield (" " * _GAP).join(padded).rstrip()


def _padding(text: str, most: int) -> str:
    return " " * (most - width(text))


def width(text: str) -> int:
    """Return the cells that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(1 + (east_asian_width(letter) in "WF") for letter in text)
