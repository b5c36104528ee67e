"""Tables that fit the terminal: text folds, numbers never break, the rest stacks."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

_GAP = 2
_NARROWEST = 24
"""Width that a column of text may fold to."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; numbers stand right and never fold."""

    name: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What a table shows.

    Attributes:
        title: Line above it.
        columns: The first names what a row is about.
        rows: One text for each column.
        header: Whether the names of the columns are shown.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    header: bool = True


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
        """Print one line, folded at spaces where it is too long."""
        self.console.print(Text(text), soft_wrap=not self.console.is_terminal)

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
        for part in self._parts(table):
            self.console.print(_rich(table, part))

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
    if column.number or number == 0:
        return widest
    return min(widest, _NARROWEST)


def _rich(table: Table, part: Sequence[int]) -> RichTable:
    shown = RichTable(
        box=box.SIMPLE_HEAD if table.header else None,
        show_header=table.header,
        show_edge=False,
        pad_edge=False,
        padding=(0, _GAP, 0, 0),
        header_style="",
    )
    for number in part:
        column = table.columns[number]
        fixed = column.number or number == 0
        shown.add_column(
            Text(column.name),
            justify="right" if column.number else "left",
            no_wrap=fixed,
            min_width=_least(table, number) if fixed else None,
            overflow="fold",
        )
    for row in table.rows:
        shown.add_row(*(Text(row[number]) for number in part))
    return shown
