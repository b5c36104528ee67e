"""The store of a sweep: a SQLite file, one row per run, whole after any kill."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from planner.documents import shown_path
from planner.errors import InputError, Problem
from planner.records import dataclass
from planner.sweep.evaluate import Outcome
from planner.version import __version__

FORMAT_VERSION = 1
PATIENCE_S = 30.0
"""How long another process may hold the file."""
_TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS runs (key TEXT PRIMARY KEY, body TEXT NOT NULL)",
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is kept.

    Attributes:
        key: Of its resolved inputs and the model.
        base: Hash of the inputs of the scenario that it varied.
        outcome: What it came to.
    """

    key: str
    base: str
    outcome: Outcome


class Store:
    """A file of runs, of one scenario and one version of the planner.

    Attributes:
        path: Of the file.
        scenario: Name of the scenario that the runs are of.
    """

    def __init__(self, path: str, scenario: str | None = None) -> None:
        """Open a store; a new one where there is none and a scenario is given.

        Raises:
            InputError: It is no store, or one of another scenario or version.
        """
        self.path = path
        check_store(path, scenario)
        try:
            self.connection = sqlite3.connect(path, timeout=PATIENCE_S)
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            if scenario is not None:
                self._begin(scenario)
        except sqlite3.Error as error:
            _refuse(path, f"cannot be used as a store: {error}")
        self.scenario = _meta(self.connection)["scenario"]

    def __enter__(self) -> Self:
        """Return the open store."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; what was put is kept whatever happened."""
        self.connection.close()

    def keys(self) -> set[str]:
        """Return the keys of all runs."""
        return {key for (key,) in self.connection.execute("SELECT key FROM runs")}

    def put(self, runs: Iterable[Run]) -> None:
        """Add runs in one step, each in the place of one of the same inputs.

        Raises:
            InputError: The disk is full, or the file was taken away.
        """
        rows = [(run.key, _body(run)) for run in runs]
        try:
            with self.connection:
                self.connection.executemany("REPLACE INTO runs VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            _refuse(self.path, f"cannot be written: {error}")

    def runs(self, keys: Sequence[str] | None = None) -> Iterator[Run]:
        """Yield runs: those of some keys, in their order, or all, as they were put."""
        if keys is None:
            query = "SELECT key, body FROM runs ORDER BY rowid"
            for key, body in self.connection.execute(query):
                yield _run(key, body)
            return
        for key in keys:
            query = "SELECT body FROM runs WHERE key = ?"
            row = self.connection.execute(query, (key,)).fetchone()
            if row is not None:
                yield _run(key, row[0])

    def counts(self) -> dict[str, int]:
        """Return how many runs ended how."""
        return dict(Counter(run.outcome.status for run in self.runs()))

    def _begin(self, scenario: str) -> None:
        """Make the tables of a new store, all or none; those there are stay."""
        meta = {
            "format_version": str(FORMAT_VERSION),
            "scenario": scenario,
            "planner": __version__,
        }
        with self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                self.connection.execute(table)
            entries = "INSERT OR IGNORE INTO meta VALUES (?, ?)"
            self.connection.executemany(entries, meta.items())


def check_store(path: str, scenario: str | None) -> None:
    """Refuse a file that is not this sweep's, without touching it.

    Args:
        path: The file; one that does not exist is a store yet to be made.
        scenario: Name of the scenario to sweep; None: of any, and it must exist.

    Raises:
        InputError: It is no store, or one of another scenario or version.
    """
    file = Path(path)
    if not file.exists() and scenario is None:
        _refuse(path, "does not exist")
    if file.is_dir() or not file.absolute().parent.is_dir():
        _refuse(path, "is a folder" if file.is_dir() else "is in no folder")
    if file.exists():
        _check_content(path, scenario)


def _check_content(path: str, scenario: str | None) -> None:
    address = f"{Path(path).absolute().as_uri()}?mode=ro"
    try:
        found = sqlite3.connect(address, uri=True, timeout=PATIENCE_S)
        with closing(found) as connection:
            meta = _meta(connection)
            query = "SELECT count(*) FROM sqlite_master"
            (tables,) = connection.execute(query).fetchone()
    except sqlite3.Error as error:
        _refuse(path, f"cannot be used as a store: {error}")
    if not tables and scenario is not None:
        return  # its process was killed as it began
    version = meta.get("format_version", "")
    if not version.isdigit() or not {"scenario", "planner"} <= meta.keys():
        _refuse(path, "is not a store of a sweep")
    if int(version) > FORMAT_VERSION:
        what = f"is of format {version}, this planner reads up to {FORMAT_VERSION}"
        _refuse(path, what, "use a newer planner")
    if scenario is None:
        return
    other = "write another file after --store"
    if meta["scenario"] != scenario:
        what = f"holds runs of scenario '{meta['scenario']}', not of '{scenario}'"
        _refuse(path, what, other)
    if meta["planner"] != __version__:
        what = f"holds runs of planner {meta['planner']}; this is {__version__}"
        _refuse(path, what, other)


def _meta(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what a file says about itself; nothing where it is no store."""
    try:
        return dict(connection.execute("SELECT name, value FROM meta"))
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            return {}
        raise


def _refuse(path: str, message: str, expected: str = "") -> NoReturn:
    problem = Problem(shown_path(path), 0, 0, "", message, expected)
    raise InputError([problem]) from None


def _body(run: Run) -> str:
    outcome = run.outcome
    return json.dumps(
        {
            "base": run.base,
            "sets": outcome.sets,
            "status": outcome.status,
            "readings": outcome.readings,
            "error": outcome.error,
            "seconds": round(outcome.seconds, 6),
        },
        allow_nan=False,
    )


def _run(key: str, body: str) -> Run:
    found = json.loads(body)
    outcome = Outcome(
        tuple(found["sets"]),
        found["status"],
        found["readings"],
        found["error"],
        found["seconds"],
    )
    return Run(key, found["base"], outcome)
