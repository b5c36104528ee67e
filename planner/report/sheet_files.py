"""A plan as a folder of tables, a file for each section: CSV or Parquet."""

import csv
import importlib.util
import io
from typing import Any, Literal

from planner.errors import UsageError
from planner.plan.plan import Plan
from planner.report.sheets import Sheet, joined, sheets_of


def check_parquet() -> None:
    """Refuse, before anything is computed, files that could not be made.

    Raises:
        UsageError: pyarrow is not installed.
    """
    if importlib.util.find_spec("pyarrow") is None:
        msg = "Parquet needs pyarrow; pip install 'fleet-planner[parquet]'"
        raise UsageError(msg)


def files_of(plan: Plan, form: Literal["csv", "parquet"]) -> dict[str, bytes]:
    """Return the content of a file for each section, keyed by its name.

    The files are the same for every plan: a section without rows has its header. Their
    columns are the fields of the JSON, with all digits of its numbers; a CSV file has
    lists joined by ``; ``, and nothing where a value is null.

    Raises:
        UsageError: Parquet is asked for without pyarrow.
    """
    made = _csv if form == "csv" else _parquet
    if form == "parquet":
        check_parquet()
    return {f"{sheet.name}.{form}": made(sheet) for sheet in sheets_of(plan)}


def _csv(sheet: Sheet) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in sheet.fields)
    writer.writerows([_cell(value) for value in row] for row in sheet.rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """Return a value as CSV has it: truth as in JSON, a list as one text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return joined(value) if isinstance(value, tuple) else value


def _parquet(sheet: Sheet) -> bytes:
    import pyarrow as pa  # noqa: PLC0415  # an extra
    from pyarrow import parquet  # noqa: PLC0415  # an extra

    types = {
        "text": pa.string(),
        "flag": pa.bool_(),
        "whole": pa.int64(),
        "number": pa.float64(),
        "texts": pa.list_(pa.string()),
        "numbers": pa.list_(pa.float64()),
    }
    schema = pa.schema([(field.name, types[field.kind]) for field in sheet.fields])
    columns = [
        pa.array([row[place] for row in sheet.rows], kind)
        for place, kind in enumerate(schema.types)
    ]
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_arrays(columns, schema=schema), sink)
    return bytes(sink.getvalue().to_pybytes())
