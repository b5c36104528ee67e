"""CSV files that a scenario names: series over time, and the starting fleet.

They become nodes like those of YAML, so that every later message knows the line.
"""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from planner.documents import Mark, Node, Source, beside, read_source, suggest
from planner.errors import Problem
from planner.periods import Span

FLEET_COLUMNS = ("site", "accelerator", "count", "installed")
Files = list[tuple[str, str]]


def resolve_tables(root: Node, files: Files, problems: list[Problem]) -> Node:
    """Return the document with every named CSV file read in its place.

    Args:
        root: A scenario's document.
        files: Gets path and SHA-256 of every CSV file read.
        problems: Gets every problem of every row of every file.
    """
    if not isinstance(root.value, dict):
        return root
    reader = _Reader(files, problems)
    found = {}
    for key, node in root.value.items():
        if key == "fleet" and isinstance(node.value, str):
            found[key] = reader.fleet(node, _names(root, "sites"), _types(root))
        else:
            found[key] = reader.within(node)
    return root.with_value(found)


def _names(root: Node, key: str) -> set[str]:
    """Return the names of a list of mappings."""
    node = root.value.get(key) if isinstance(root.value, dict) else None
    items = node.value if node is not None and isinstance(node.value, list) else []
    names = (item.value.get("name") for item in items if isinstance(item.value, dict))
    return {str(name.value) for name in names if name is not None}


def _types(root: Node) -> set[str]:
    """Return the names of the accelerators, written as text or as overlays."""
    node = root.value.get("accelerators") if isinstance(root.value, dict) else None
    items = node.value if node is not None and isinstance(node.value, list) else []
    plain = {item.value for item in items if isinstance(item.value, str)}
    return plain | _names(root, "accelerators")


@dataclass(slots=True)
class _Table:
    """A CSV file: its header, and its rows with their line numbers."""

    file: str
    header: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


class _Reader:
    """Reads the CSV files of one document."""

    def __init__(self, files: Files, problems: list[Problem]) -> None:
        self.files = files
        self.problems = problems

    def within(self, node: Node) -> Node:
        """Return a node with every ``{csv: …, column: …}`` below it read."""
        if isinstance(node.value, list):
            return node.with_value([self.within(item) for item in node.value])
        if not isinstance(node.value, dict):
            return node
        if "csv" in node.value:
            return self.series(node)
        return node.with_value({k: self.within(v) for k, v in node.value.items()})

    def series(self, node: Node) -> Node:
        """Return the mapping of periods that a CSV column holds."""
        written = node.value if isinstance(node.value, dict) else {}
        unknown = sorted(set(written) - {"csv", "column"})
        if unknown or "column" not in written:
            message = f"has {unknown[0]!r}" if unknown else "names no column"
            self._refuse(node.mark, message, "write {csv: demand.csv, column: name}")
            return node.with_value(None)
        column = str(written["column"].value)
        table = self._table(written["csv"], node.mark, ("period", column))
        if table is None:
            return node.with_value(None)
        at_period, at_value = table.header.index("period"), table.header.index(column)
        steps: dict[str, Node] = {}
        for line, row in table.rows:
            mark, period = Mark(table.file, line, 1), row[at_period]
            if period in steps:
                self._refuse(mark, f"period {period!r} is given twice", "keep one")
            steps[period] = _cell(_number(row[at_value]), mark, written["csv"])
        return node.with_value(steps)

    def fleet(self, node: Node, sites: set[str], types: set[str]) -> Node:
        """Return the fleet of an inventory, equal rows added up."""
        table = self._table(node, node.mark, FLEET_COLUMNS)
        if table is None:
            return node.with_value([])
        at = [table.header.index(column) for column in FLEET_COLUMNS]
        totals: dict[tuple[str, str, str], tuple[float, int]] = {}
        good: set[tuple[str, str, str]] = set()
        for line, row in table.rows:
            site, accelerator, count, installed = (row[i] for i in at)
            key = site, accelerator, installed
            if key not in good and self._known(table, line, key, sites, types):
                good.add(key)
            number = self._count(table, line, count)
            total, first = totals.get(key, (0.0, line))
            totals[key] = total + number, first
        items = [
            _entry(table.file, first, key, total, node)
            for key, (total, first) in totals.items()
        ]
        return node.with_value(items)

    def _known(
        self,
        table: _Table,
        line: int,
        key: tuple[str, str, str],
        sites: set[str],
        types: set[str],
    ) -> bool:
        """Check the names and the date of one row."""
        site, accelerator, installed = key
        before = len(self.problems)
        for word, known, what in (
            (site, sites, "sites"),
            (accelerator, types, "accelerators"),
        ):
            if word not in known:
                message = f"{word!r} is not one of this scenario's {what}"
                hint = suggest(word, sorted(known))
                expected = "" if hint else f"known are {', '.join(sorted(known))}"
                self._refuse(Mark(table.file, line, 1), message, expected, hint)
        try:
            Span.parse(installed)
        except ValueError as error:
            self._refuse(Mark(table.file, line, 1), f"installed: {error}")
        return len(self.problems) == before

    def _count(self, table: _Table, line: int, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number) and number >= 0:
            return number
        mark = Mark(table.file, line, 1)
        self._refuse(mark, f"count {text!r} is not a count", "write e.g. 8000")
        return 0.0

    def _table(
        self, node: Node, asked_at: Mark, columns: tuple[str, ...]
    ) -> _Table | None:
        """Return a CSV file that has the columns; None where it does not."""
        path = beside(node.mark, str(node.value))
        source = read_source(path, self.problems, asked_at=asked_at)
        if source is None:
            return None
        self.files.append((source.shown, source.sha256))
        rows = self._rows(source)
        header = next(rows, (1, []))[1]
        missing = [column for column in columns if column not in header]
        if missing:
            message = f"has no column {', '.join(missing)}; it has {', '.join(header)}"
            expected = f"name the columns {', '.join(columns)} in line 1"
            self._refuse(Mark(source.shown, 1, 1), message, expected)
            self._refuse(asked_at, f"{source.shown!r} cannot be used")
            return None
        table = _Table(source.shown, header)
        for line, row in rows:
            if len(row) == len(header):
                table.rows.append((line, row))
            elif any(row):
                message = f"has {len(row)} values for {len(header)} columns"
                self._refuse(Mark(source.shown, line, 1), message)
        return table

    def _rows(self, source: Source) -> Iterator[tuple[int, list[str]]]:
        """Yield line number and stripped cells of every row."""
        reader = csv.reader(io.StringIO(source.text, newline=""))
        try:
            for row in reader:
                yield reader.line_num, [cell.strip() for cell in row]
        except csv.Error as error:
            self._refuse(Mark(source.shown, reader.line_num, 1), f"is no CSV: {error}")

    def _refuse(
        self, mark: Mark, message: str, expected: str = "", hint: str = ""
    ) -> None:
        self.problems.append(Problem(*mark, "", message, expected, hint))


def _number(text: str) -> str | float:
    """Return a cell as a number where it is one, else as text with its unit."""
    try:
        return float(text)
    except ValueError:
        return text


def _entry(
    file: str, line: int, key: tuple[str, str, str], count: float, named: Node
) -> Node:
    mark = Mark(file, line, 1)
    site, accelerator, installed = key
    values: dict[str, str | float] = {
        "site": site,
        "accelerator": accelerator,
        "count": count,
        "installed": installed,
    }
    return Node({key: _cell(each, mark, named) for key, each in values.items()}, mark)


def _cell(value: str | float, mark: Mark, named: Node) -> Node:
    """Return a value of a file, of the source that covers the file's name."""
    hidden = named.confidential
    return Node(value, mark, mark, named.source, confidential=hidden)
