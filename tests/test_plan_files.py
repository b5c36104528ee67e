"""Plans in files for other programs: a workbook, CSV, Parquet."""

import csv
import importlib.util
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import planner.cli.solve
from planner import load_scenario
from planner.api import solve
from planner.cli.app import app
from planner.plan.plan import SECTIONS, Plan
from planner.plan.rows import Parts
from planner.report.sheet_files import files_of
from planner.report.sheets import sheets_of, tables_of
from planner.report.workbook import workbook_of
from tests.conftest import ROOT

openpyxl = pytest.importorskip("openpyxl", reason="reads what was written")
pytest.importorskip("xlsxwriter", reason="the extra `xlsx` is not installed")
parquet = pytest.importorskip(
    "pyarrow.parquet", reason="the extra `parquet` is not installed"
)

QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"
IMPOSSIBLE = ROOT / "scenarios" / "impossible_deadline.yaml"


@cache
def plan_of(path: Path) -> Plan:
    return solve(load_scenario(path))


def quickstart() -> Plan:
    return plan_of(QUICKSTART)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["solve", *map(str, arguments), "-q"])


def document(plan: Plan) -> dict[str, Any]:
    """Return the JSON of a plan as another program reads it."""
    read: dict[str, Any] = json.loads(json.dumps(plan.as_dict()))
    return read


LISTS = {"files", "checks", "conflict", "fixes", "standing"}
"""Records within a section: they have a file of their own."""
PARTS = [each.name for each in fields(Parts)]


def flat(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a record of the JSON, those of an inner one with a dot."""
    for name, value in record.items():
        if name == "parts":
            yield from ((f"parts.{each}", (value or {}).get(each)) for each in PARTS)
        elif name not in LISTS:
            yield name, value


def records(value: Any) -> list[dict[str, Any]]:
    """Return a section of the JSON as rows."""
    rows = [] if value is None else value if isinstance(value, list) else [value]
    return [dict(flat(row)) for row in rows]


def expected(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each section of a plan's JSON that has some."""
    found, own = document(plan), ("format_version", "scenario", "title", "status")
    rows = {"plan": [{name: found.pop(name) for name in own}]}
    rows["warnings"] = [{"warning": text} for text in found.pop("warnings")]
    for name, value in found.items():
        rows[name] = records(value)
        for inner, each in value.items() if isinstance(value, dict) else ():
            if inner in LISTS:
                rows[f"{name}.{inner}"] = records(each)
    return {name: each for name, each in rows.items() if each}


def as_csv(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(str(each) for each in value)
    return "" if value is None else str(value)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@pytest.mark.parametrize("path", [QUICKSTART, IMPOSSIBLE])
def test_csv_holds_what_the_json_does(path: Path) -> None:
    plan = plan_of(path)
    files = {name: rows_of(content) for name, content in files_of(plan, "csv").items()}
    written = {name.removesuffix(".csv"): rows for name, rows in files.items() if rows}

    assert written == {
        name: [{key: as_csv(value) for key, value in row.items()} for row in rows]
        for name, rows in expected(plan).items()
    }


@pytest.mark.parametrize("path", [QUICKSTART, IMPOSSIBLE])
def test_parquet_holds_what_the_json_does(path: Path) -> None:
    plan = plan_of(path)
    files = {
        name: parquet.read_table(io.BytesIO(content)).to_pylist()
        for name, content in files_of(plan, "parquet").items()
    }
    written = {
        name.removesuffix(".parquet"): rows for name, rows in files.items() if rows
    }

    assert written == expected(plan)


def test_every_plan_has_the_same_files_with_the_same_columns() -> None:
    plans = quickstart(), plan_of(IMPOSSIBLE)
    shapes = [[(each.name, each.fields) for each in sheets_of(plan)] for plan in plans]
    heads = [
        {
            name: content.splitlines()[0]
            for name, content in files_of(plan, "csv").items()
        }
        for plan in plans
    ]
    kinds = [
        {
            name: parquet.read_schema(io.BytesIO(content))
            for name, content in files_of(plan, "parquet").items()
        }
        for plan in plans
    ]

    assert shapes[0] == shapes[1]
    assert heads[0] == heads[1]
    assert kinds[0] == kinds[1]
    assert {f"{section}.csv" for section in SECTIONS} < set(heads[0])


def test_a_workbook_has_a_sheet_for_each_section_with_rows(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    result = run(QUICKSTART, "-o", path)

    assert (result.exit_code, result.stderr) == (0, "")
    book = openpyxl.load_workbook(path)
    written = expected(quickstart())
    assert set(book.sheetnames) == set(written)
    assert book.sheetnames[:3] == ["plan", "objective", "metrics"]
    assert book.sheetnames[-1] == "provenance.files"
    for name in set(written) - {"solver"}:  # its seconds differ
        rows = list(book[name].iter_rows(min_row=2, values_only=True))
        wanted = [[as_cell(value) for value in row.values()] for row in written[name]]
        assert [list(row) for row in rows] == wanted, name


def as_cell(value: Any) -> Any:
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-15)
    shown = as_csv(value) if isinstance(value, list) else value
    return None if shown == "" else shown


@pytest.mark.parametrize(
    ("section", "titles"),
    [
        ("fleet", {"Site", "Installed [accelerators]"}),
        ("purchases", {"Order by", "Systems", "Capex [USD]"}),
        ("metrics", {"Profit [USD]", "Peak power [MW]", "Energy [MWh]", "CO2e [t]"}),
        ("services", {"Demand", "Served", "Served fraction", "Unit"}),
        ("unit_costs", {"Accelerator hours", "Cost [USD]", "Cost [USD/Mtoken]"}),
        ("objective", {"Value [USD]", "Gap", "Parts: energy [USD]"}),
        ("runs", {"Marginal price [USD/token]", "Completed fraction"}),
        ("solver", {"Solve [s]"}),
    ],
)
def test_columns_of_a_workbook_have_units(section: str, titles: set[str]) -> None:
    (found,) = (each for each in tables_of(quickstart()) if each.name == section)
    written = [column.title for column in found.columns]

    assert titles <= set(written)
    assert len(set(written)) == len(written)


def test_years_counts_money_and_shares_are_shown_as_such() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(tables_of(quickstart()))))

    def form(sheet: str, title: str) -> str:
        (cell,) = (cell for cell in book[sheet][1] if cell.value == title)
        shown: str = book[sheet].cell(2, cell.column).number_format
        return shown

    assert form("accounts", "Year") == "General"
    assert form("purchases", "Systems") == "#,##0"
    assert form("purchases", "Capex [USD]") == "#,##0"
    assert form("split", "Share") == "0.0%"
    assert form("services", "Served fraction") == "0.0%"


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_folder_is_written_and_replaced(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "plan"
    assert run(QUICKSTART, "-o", f"{folder}/", "--format", form).exit_code == 0
    first = {each.name: each.read_bytes() for each in folder.iterdir()}
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    assert len(rows(folder / f"fleet.{form}")) == len(quickstart().fleet)

    assert run(IMPOSSIBLE, "-o", folder, "--format", form).exit_code == 0
    second = {each.name for each in folder.iterdir()}

    assert set(first) == {f"{each.name}.{form}" for each in sheets_of(quickstart())}
    assert second == {*first, "mine.txt"}
    assert rows(folder / f"fleet.{form}") == []
    assert rows(folder / f"infeasibility.fixes.{form}") != []


def rows(path: Path) -> list[Any]:
    if path.suffix == ".csv":
        return list(rows_of(path.read_bytes()))
    found: list[Any] = parquet.read_table(path).to_pylist()
    return found


def written_as(plan: Plan) -> tuple[Any, ...]:
    book = workbook_of(tables_of(plan))
    return book, files_of(plan, "csv"), files_of(plan, "parquet")


def test_the_same_plan_is_the_same_bytes() -> None:
    assert written_as(quickstart()) == written_as(quickstart())


def test_a_hostile_title_stays_a_text(tmp_path: Path) -> None:
    path, out = tmp_path / "hostile.yaml", tmp_path / "plan.xlsx"
    title, text = '"=HYPERLINK(1);\\n@x"', QUICKSTART.read_text(encoding="utf-8")
    hostile = re.sub(r"(?m)^title: .*", lambda _: f"title: {title}", text)
    path.write_text(hostile, encoding="utf-8")

    assert run(path, "-o", out).exit_code == 0
    cell = openpyxl.load_workbook(out)["plan"]["C2"]

    assert (cell.data_type, cell.value) == ("s", "=HYPERLINK(1);\n@x")


# -------------------------------------------------------------------------- refusals


def unsolved(*_: object, **__: object) -> Plan:
    raise ZeroDivisionError


@pytest.fixture
def no_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner.cli.solve, "solve", unsolved)


@pytest.mark.usefixtures("no_solve")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "plan/"], "a folder needs --format csv or --format parquet"),
        (["--format", "csv"], "--format csv writes into a folder; add e.g. -o plan/"),
        (["-o", "plan.xlsx", "--format", "csv"], "plan.xlsx is none"),
        (["-o", "none/plan/", "--format", "csv"], "the folder none does not exist"),
        (["-o", "file/", "--format", "csv"], "is a file, not a folder"),
        (["-o", "plan/", "--format", "tsv"], "'tsv' is not one of 'csv', 'parquet'"),
        (["-o", "plan.xls"], "write a file that ends in .json or .xlsx"),
        (["-o", "none/plan.xlsx"], "the folder none does not exist"),
        (
            ["-o", "plan/", "--format", "csv", "--robust", "expected"],
            "leave out --robust",
        ),
        (["-o", "plan.xlsx", "--robust", "expected"], "--robust writes JSON alone"),
    ],
)
def test_what_cannot_be_written_is_refused_before_solving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run(QUICKSTART, *arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.usefixtures("no_solve")
@pytest.mark.parametrize(
    ("arguments", "extra"),
    [(["plan.xlsx"], "xlsx"), (["plan/", "--format", "parquet"], "parquet")],
)
def test_a_missing_extra_is_named_before_solving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], extra: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    result = run(QUICKSTART, "-o", *arguments)

    assert result.exit_code == 2
    assert f"pip install 'fleet-planner[{extra}]'" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["plan.xlsx"], ["plan/", "--format", "csv"]], ids=" ".join
)
def test_a_full_disk_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.fsync", full_after(0 if len(arguments) == 1 else 5))
    result = run(QUICKSTART, "-o", *arguments)

    assert result.exit_code == 2
    assert "cannot be written: No space left on device" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def full_after(files: int) -> Callable[[int], None]:
    done: list[int] = []

    def sync(number: int) -> None:
        done.append(number)
        if len(done) > files:
            raise OSError(28, "No space left on device")

    return sync
