"""Tables as a workbook, read back as another program reads it."""

import io
from collections.abc import Sequence
from typing import Any

import pytest

from planner.errors import UsageError
from planner.report import workbook
from planner.report.record import Cell, Column, Table
from planner.report.workbook import MOST_LETTERS, sheet_names, workbook_of

openpyxl = pytest.importorskip("openpyxl", reason="reads what was written")
pytest.importorskip("xlsxwriter", reason="the extra `xlsx` is not installed")

NAME = Column("name", "Name")


def table(name: str, columns: Sequence[Column], *rows: tuple[Cell, ...]) -> Table:
    return Table(name, name, tuple(columns), rows)


def sheet_of(*tables: Table) -> Any:
    """Return the first sheet of a workbook as another program reads it."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(tables)))
    return book[book.sheetnames[0]]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "http://example.org",
        "mailto:a@b",
        "internal:Sheet!A1",
        "12",
        "{=A1}",
        " padded ",
        "two\nlines",
        "<script>&\"'",
        "_x0041_",
        "اسم",
        "true",
    ],
)
def test_a_text_stays_the_text_that_it_is(text: str) -> None:
    cell = sheet_of(table("texts", [NAME], (text,)))["A2"]

    assert cell.data_type == "s"
    assert cell.value == text
    assert cell.hyperlink is None


def test_a_text_that_looks_like_the_inside_of_a_workbook_is_shown() -> None:
    sheet = sheet_of(table("texts", [NAME], ("<r>a</b></r>",), ("after",)))

    assert [row[0].value for row in sheet] == ["Name", "<r>a</b></r> ", "after"]


@pytest.mark.parametrize("letter", ["a", "😀"])
def test_a_text_longer_than_a_cell_is_cut_and_says_so(letter: str) -> None:
    fits = letter * (MOST_LETTERS // len(letter.encode("utf-16-le")) * 2)
    sheet = sheet_of(table("texts", [NAME], (fits,), (letter * 40_000,)))

    assert sheet["A2"].value == fits
    cut = sheet["A3"].value
    assert isinstance(cut, str)
    assert cut.strip(letter) == " … (cut: a cell holds no more)"
    assert MOST_LETTERS - 2 < len(cut.encode("utf-16-le")) // 2 <= MOST_LETTERS


def test_what_no_sheet_can_hold_is_shown_as_a_sign() -> None:
    sheet = sheet_of(table("texts", [NAME], ("bell \x07",), ("a\ud800b\uffff",)))

    assert [row[0].value for row in sheet] == ["Name", "bell ␇", "a�b�"]


def test_values_keep_their_digits_and_what_is_unknown_is_empty() -> None:
    columns = [Column(str(number), str(number)) for number in range(5)]
    row = (0.1234567890123456, 12345678901, True, None, float("inf"))
    cells = sheet_of(table("values", columns, row))[2]

    assert [cell.value for cell in cells] == [*row[:4], "∞"]


@pytest.mark.parametrize(
    ("form", "numbers", "shown"),
    [
        ("money", (1_234_567.89, 0.5), "#,##0"),
        ("money", (12.5, -3.25), "#,##0.00"),
        ("money", (0.00003, 12.0), "General"),
        ("count", (12.0, 3000.0), "#,##0"),
        ("count", (12.5, 3000.0), "#,##0.0"),
        ("number", (12.1234, 3000.0), "#,##0.00##"),
        ("share", (0.5, 1.0), "0.0%"),
        ("text", (2026, 2027), "General"),
    ],
)
def test_numbers_are_shown_by_what_they_are(
    form: str, numbers: tuple[float, ...], shown: str
) -> None:
    column = Column("it", "It", "", form)  # type: ignore[arg-type]  # of the parameters
    sheet = sheet_of(table("numbers", [column], *((number,) for number in numbers)))

    assert {sheet[f"A{row}"].number_format for row in (2, 3)} == {shown}
    assert [sheet[f"A{row}"].value for row in (2, 3)] == list(numbers)


def test_a_sheet_has_its_header_with_units_frozen_and_filters() -> None:
    columns = [NAME, Column("capex_usd", "Capital expenditure", "USD", "money")]
    sheet = sheet_of(table("costs", columns, ("a", 1.0), ("b", 2.0)))

    assert [cell.value for cell in sheet[1]] == ["Name", "Capital expenditure [USD]"]
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    widths = [sheet.column_dimensions[letter].width for letter in "AB"]
    assert len("Capital expenditure [USD]") < widths[1] <= 60
    assert widths[0] < widths[1]


def test_a_table_without_rows_keeps_its_header() -> None:
    sheet = sheet_of(table("none", [NAME]))

    assert [[cell.value for cell in row] for row in sheet] == [["Name"]]


def test_names_of_sheets_are_legal_and_each_its_own() -> None:
    names = [
        "Fleet",
        "fleet",
        "a/b:c",
        "x" * 40,
        "x" * 41,
        "😀" * 20,
        "",
        "'quoted'",
        "History",
        "FLEET 2",
    ]

    found = sheet_names(names)

    assert found == (
        "Fleet",
        "fleet 2",
        "a_b_c",
        "x" * 31,
        "x" * 29 + " 2",
        "😀" * 15,
        "table",
        "quoted",
        "History 2",
        "FLEET 2 2",
    )
    book = openpyxl.load_workbook(
        io.BytesIO(workbook_of([table(name, [NAME]) for name in names]))
    )
    assert tuple(book.sheetnames) == found


def test_a_table_larger_than_a_sheet_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    rows = [("a",), ("b",), ("c",)]
    assert workbook_of([table("long", [NAME], *rows[:2])])

    with pytest.raises(UsageError, match=r"'long' has 3 rows .* --format csv"):
        workbook_of([table("long", [NAME], *rows)])


def test_the_same_tables_are_the_same_bytes() -> None:
    tables = [table("a", [NAME], ("x",)), table("b", [NAME], (1.5,))]

    assert workbook_of(tables) == workbook_of(tables)
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(tables)))
    assert book.properties.created.year == 2000
