"""Tables that fit the terminal: text folds, numbers never break, the rest stacks."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from planner.cli.errors import print_line

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
    """

    name: str
    number: bool = False
    least: int = 16


@dataclass(frozen=True, slots=True)
class Table:
    """What a table shows.

    Attributes:
        title: Line above it.
        columns: The first names what a row is about.
        rows: One text for each column.
        header: Whether the names of the columns are shown.
        stacked: Whether a table that is too wide becomes two lines for each row,
            rather than several tables below each other.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    header: bool = True
    stacked: bool = False


class Screen:
    """Where tables and lines are printed.

    Attributes:
        plain: Whether only ASCII can be shown.
    """

    def __init__(self) -> None:
        """Look at what stdout is."""
        self.console = Console(
            file=sys.stdout, highlight=False, markup=False, emoji=False
        )
        self.plain = not self.console.encoding.startswith("utf")

    def line(self, text: str = "") -> None:
        """Print one line."""
        print_line(text)

    def heading(self, text: str) -> None:
        """Print an empty line and a title."""
        self.line()
        self.console.print(Text(text, style="bold"), soft_wrap=True)

    def table(self, table: Table) -> None:
        """Print a table, in several parts below each other where it is too wide."""
        if not table.rows:
            return
        if table.title:
            self.heading(table.title)
        if table.stacked and self._natural_width(table) > self.console.width:
            for first, second, *others in table.rows:
                self.line(f"{first}: {second}")
                if any(others):
                    self.line(f"    {'; '.join(other for other in others if other)}")
            return
        for part in self._parts(table):
            with self.console.capture() as captured:
                self.console.print(_rich(table, part))
            for line in captured.get().splitlines():
                print_line(line.rstrip())

    def _natural_width(self, table: Table) -> int:
        widths = [max(map(cell_len, texts)) for texts in zip(*table.rows, strict=True)]
        return sum(widths) + _GAP * (len(widths) - 1)

    def _parts(self, table: Table) -> list[list[int]]:
        """Return the columns of each part; the first column begins every part."""
        widths = [_least(table, number) for number in range(len(table.columns))]
        parts, current, used = [], [0], widths[0]
        for number in range(1, len(widths)):
            if used + _GAP + widths[number] > self.console.width and len(current) > 1:
                parts.append(current)
                current, used = [0], widths[0]
            current.append(number)
            used += _GAP + widths[number]
        return [*parts, current]


def _least(table: Table, number: int) -> int:
    """Return the width that a column needs at least."""
    column = table.columns[number]
    texts = [row[number] for row in table.rows]
    if table.header:
        texts.append(column.name)
    widest = max(map(cell_len, texts))
    if column.number:
        return widest
    words = (word for text in texts for word in text.split())
    longest = max(map(cell_len, words), default=0)
    return min(widest, max(column.least, min(longest, _LONGEST_WORD)))


def _rich(table: Table, part: Sequence[int]) -> RichTable:
    shown = RichTable(
        box=box.SIMPLE_HEAD if table.header else None,
        show_header=table.header,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1 if table.header else _GAP, 0, 0),
        header_style="",
    )
    for number in part:
        column = table.columns[number]
        shown.add_column(
            Text(column.name),
            justify="right" if column.number else "left",
            no_wrap=column.number,
            min_width=_least(table, number),
            overflow="fold",
        )
    for row in table.rows:
        shown.add_row(*(Text(row[number]) for number in part))
    return shown
