"""The runs of a sweep as a table: CSV or Parquet, written whole or not at all."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from planner.errors import UsageError
from planner.files import write_whole
from planner.specs.inputs import number_of
from planner.sweep.store import Run

SUFFIXES = (".csv", ".parquet")

Cell = str | float | None
Table = dict[str, list[Cell]]


def export(path: str, runs: Iterable[Run]) -> None:
    """Write runs as a table, by the ending of the file.

    Args:
        path: Ends in one of ``SUFFIXES``.
        runs: One row each.

    Raises:
        InputError: The file cannot be written.
        UsageError: Parquet is asked for without pyarrow.
    """
    table = table_of(list(runs))
    parquet = Path(path).suffix == ".parquet"
    write_whole(path, _parquet(table) if parquet else _csv(table))


def table_of(runs: Sequence[Run]) -> Table:
    """Return runs by column: what was set, how it ended, the figures.

    An input whose values are all numbers in one unit is a column of numbers, its unit
    in square brackets behind its path; any other is one of texts.
    """
    sets = [dict(text.split("=", 1) for text in run.outcome.sets) for run in runs]
    table: Table = {"key": [run.key for run in runs]}
    for path in _keys(sets):
        name, values = _column(path, [each.get(path) for each in sets])
        table[name] = values
    table["status"] = [run.outcome.status for run in runs]
    figures = [run.outcome.readings or {} for run in runs]
    for name in _keys(figures):
        table[name] = [each.get(name) for each in figures]
    table["error"] = [run.outcome.error or None for run in runs]
    table["seconds"] = [run.outcome.seconds for run in runs]
    return table


def _keys(rows: Iterable[Iterable[str]]) -> list[str]:
    """Return the keys of all rows, each once, in the order in which they come."""
    return list(dict.fromkeys(key for row in rows for key in row))


def _column(path: str, texts: Sequence[str | None]) -> tuple[str, list[Cell]]:
    """Return head and cells of an input."""
    found = [None if text is None else number_of(text) for text in texts]
    written = [x for x, text in zip(found, texts, strict=True) if text is not None]
    units = {None if x is None else x[1] for x in written}
    if len(units) != 1 or None in units:
        return path, list(texts)
    (unit,) = units
    name = f"{path} [{unit}]" if unit else path
    return name, [None if x is None else x[0] for x in found]


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue()


def _parquet(table: Table) -> bytes:
    try:
        import pyarrow as pa  # noqa: PLC0415  # an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        msg = "Parquet needs pyarrow: pip install 'fleet-planner[parquet]'"
        raise UsageError(msg) from None
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(table), sink)
    return bytes(sink.getvalue().to_pybytes())
