"""Tables as an Excel workbook: a sheet for each, the same bytes for the same tables."""

import importlib.util
import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from planner.errors import UsageError
from planner.report.cells import shown
from planner.report.record import Cell, Column, Table

MOST_ROWS, MOST_COLUMNS = 1_048_575, 16_384
"""Of a table on one sheet: its header takes a row."""
MOST_LETTERS = 32_767
"""UTF-16 units in one cell."""
_CUT = " … (cut: a cell holds no more)"
_NAME_LETTERS = 31
_ILLEGAL = re.compile(r"[\[\]:*?/\\\t\n\r]")
_PICTURES = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"},
    0x7F: 0x2421,
    0xFFFE: 0xFFFD,
    0xFFFF: 0xFFFD,
}
_NARROWEST, _WIDEST, _ARROW = 8, 60, 3
"""Letters of a column at least and at most; what the filter's button takes."""
_FORMATS = {
    "count": "#,##0.0",
    "money": "#,##0.00",
    "number": "#,##0.00##",
    "share": "0.0%",
    "text": "General",
}
"""Of numbers with fractions."""
_WHOLE, _GENERAL = "#,##0", "General"
"""Of numbers without; of a column some of whose numbers would else read as 0."""
_LARGE, _TINY = 1000, 0.0001
"""Money from which cents say nothing; what four decimals no longer show."""
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""In the file's properties, where the clock would make each file another one."""


def check_workbook() -> None:
    """Refuse, before anything is computed, a workbook that could not be made.

    Raises:
        UsageError: XlsxWriter is not installed.
    """
    if importlib.util.find_spec("xlsxwriter") is None:
        msg = "a workbook needs XlsxWriter; pip install 'fleet-planner[xlsx]'"
        raise UsageError(msg)


def workbook_of(tables: Sequence[Table]) -> bytes:
    """Return tables as the content of an .xlsx file, a sheet for each.

    What is text stays text, also where it looks like a formula, a number or an address.
    Numbers have 16 digits.

    Args:
        tables: In the order of the sheets. Sheets are named after them, shortened
            and numbered where Excel would refuse the name.

    Raises:
        UsageError: XlsxWriter is not installed, or a table is larger than a sheet.
    """
    check_workbook()
    for table in tables:
        _check_size(table)
    from xlsxwriter import Workbook  # noqa: PLC0415  # an extra

    content = io.BytesIO()
    plain = ("strings_to_formulas", "strings_to_numbers", "strings_to_urls")
    book = Workbook(content, {"in_memory": True, **dict.fromkeys(plain, False)})
    book.set_properties({"created": _CREATED.replace(tzinfo=None)})
    styles = _Styles(book)
    names = sheet_names(table.name for table in tables)
    for name, table in zip(names, tables, strict=True):
        _fill(book.add_worksheet(name), table, styles)
    book.close()
    return content.getvalue()


def sheet_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names that Excel takes for sheets, in the same order, each its own.

    They have at most 31 letters and none that Excel refuses, no apostrophe at either
    end, and differ in more than upper and lower case.
    """
    taken = {"history"}  # Excel keeps this one for itself
    found = []
    for name in names:
        legal = _ILLEGAL.sub("_", _sound(name)).strip("'") or "table"
        chosen, number = _cut(legal, _NAME_LETTERS).rstrip("'"), 1
        while chosen.lower() in taken:
            number += 1
            ending = f" {number}"
            chosen = _cut(legal, _NAME_LETTERS - len(ending)) + ending
        taken.add(chosen.lower())
        found.append(chosen)
    return tuple(found)


class _Styles:
    """How cells look, each style made once.

    Attributes:
        header: Of the first row.
    """

    def __init__(self, book: Any) -> None:
        """Keep the workbook that the styles are of."""
        self._book = book
        self._made: dict[str, Any] = {}
        self.header = book.add_format({"bold": True, "bottom": 1, "valign": "top"})

    def of(self, form: str) -> Any:
        """Return the style of numbers in a format."""
        if form not in self._made:
            self._made[form] = self._book.add_format({"num_format": form})
        return self._made[form]


def _fill(sheet: Any, table: Table, styles: _Styles) -> None:
    """Write one table: header, rows, widths."""
    sheet.freeze_panes(1, 0)
    if table.columns:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        style = styles.of(_number_format(column, cells))
        sheet.set_column(place, place, _width(column, cells))
        sheet.write_string(0, place, _text(column.title), styles.header)
        for number, cell in enumerate(cells, 1):
            _write(sheet, number, place, cell, style)


def _write(sheet: Any, row: int, place: int, cell: Cell, style: Any) -> None:
    """Write one cell as what it is; nothing where there is nothing."""
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, place, _text(cell))
    elif math.isfinite(cell):
        sheet.write_number(row, place, cell, style)
    else:  # a sheet has no infinite number
        sheet.write_string(row, place, "∞" if cell > 0 else "−∞" if cell < 0 else "nan")


def _number_format(column: Column, cells: Iterable[Cell]) -> str:
    """Return how the numbers of a column are shown: all of them alike."""
    if column.form in ("share", "text"):
        return _FORMATS[column.form]
    numbers = [x for x in cells if isinstance(x, int | float) and math.isfinite(x)]
    sizes = [abs(x) for x in numbers if x]
    largest, smallest = max(sizes, default=0), min(sizes, default=1)
    if column.form == "money" and largest >= _LARGE:
        return _WHOLE
    if all(size == round(size) for size in sizes):
        return _WHOLE
    return _GENERAL if smallest < _TINY else _FORMATS[column.form]


def _width(column: Column, cells: Iterable[Cell]) -> int:
    """Return the width of a column in letters."""
    longest = max((len(shown(cell, column)) for cell in cells), default=0)
    wanted = max(len(column.title) + _ARROW, longest + 1, _NARROWEST)
    return min(_WIDEST, wanted)


def _text(words: str) -> str:
    """Return words as a cell can hold them."""
    sound = _sound(words)
    if sound.startswith("<r>") and sound.endswith("</r>"):
        sound += " "  # else XlsxWriter takes it for the inside of its own XML
    if _letters(sound) <= MOST_LETTERS:
        return sound
    return _cut(sound, MOST_LETTERS - _letters(_CUT)) + _CUT


def _sound(words: str) -> str:
    """Return words with pictures of control characters, which no sheet can hold.

    Of half a letter (a lone surrogate) and what is none, U+FFFD is left.
    """
    whole = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.translate(_PICTURES)


def _letters(words: str) -> int:
    """Return the length as Excel counts it: in UTF-16 units."""
    return len(words.encode("utf-16-le")) // 2


def _cut(words: str, most: int) -> str:
    """Return the beginning of words, at most so many UTF-16 units, no half letters."""
    return words.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _check_size(table: Table) -> None:
    rows, columns = len(table.rows), len(table.columns)
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        msg = (
            f"the table '{table.name}' has {rows:,} rows and {columns:,} columns, and "
            f"a sheet holds {MOST_ROWS:,} and {MOST_COLUMNS:,}; write CSV or Parquet: "
            "planner solve -o FOLDER/ --format csv"
        )
        raise UsageError(msg)
