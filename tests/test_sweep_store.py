"""A store keeps every run that was done, whatever happens to the sweep."""

import csv
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.specs.scenario import Scenario
from planner.sweep.evaluate import Evaluator
from planner.sweep.export import export
from planner.sweep.store import Store
from planner.sweep.sweep import Sweep
from tests.conftest import ROOT, Tiny

POINTS = [
    *((f"budgets.capex.2026={x} MUSD",) for x in range(1, 9)),
    ("sites.north.pue=1.1",),
    ("workloads.chat.minimum=120 %",),
    ("budgets.power.2026=1 kW", "workloads.chat.minimum=100 %"),
]


def swept(scenario: Scenario, path: Path, **how: bool) -> Sweep:
    sweep = Sweep(scenario, POINTS, Evaluator(scenario))
    with Store(str(path), scenario.spec.name) as store:
        for _ in sweep.run(store, **how):
            pass
    return sweep


def test_what_is_stored_is_not_done_again(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "runs.db"
    first = swept(tiny(), path)

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("planner.sweep.evaluate.Evaluator.evaluated", never)
    again = swept(tiny(), path)
    assert [x.readings for x in again.ordered()] == [
        x.readings for x in first.ordered()
    ]
    with pytest.raises(AssertionError):
        swept(tiny(), path, resume=False)


def test_failed_and_infeasible_runs_are_stored_as_such(
    tiny: Tiny, tmp_path: Path
) -> None:
    path = tmp_path / "runs.db"
    swept(tiny(), path)
    with Store(str(path)) as store:
        assert store.counts() == {"optimal": 9, "failed": 1, "infeasible": 1}
        (failed,) = [r for r in store.runs() if r.outcome.status == "failed"]
    assert "workloads.chat.minimum" in failed.outcome.error


def test_a_sweep_that_was_cut_short_gives_the_same_digits(
    tiny: Tiny, tmp_path: Path
) -> None:
    whole = swept(tiny(), tmp_path / "whole.db")
    path = tmp_path / "cut.db"
    swept(tiny(), path)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM runs WHERE rowid % 3 = 0")
    connection.close()
    resumed = swept(tiny(), path)
    assert [x.readings for x in resumed.ordered()] == [
        x.readings for x in whole.ordered()
    ]


def test_other_inputs_of_the_same_scenario_are_other_runs(
    tiny: Tiny, tmp_path: Path
) -> None:
    path = tmp_path / "runs.db"
    swept(tiny(), path)
    swept(tiny("sites.south.pue=1.4"), path)
    with Store(str(path)) as store:
        assert len(store.keys()) == 2 * len(POINTS)


def meta(path: Path, name: str, value: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))
    connection.close()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("scenario", "other", "holds runs of scenario 'other', not of 'tiny'"),
        ("planner", "0.0.1", "holds runs of planner 0.0.1"),
        ("format_version", "99", "is of format 99"),
        ("format_version", "x", "is not a store of a sweep"),
    ],
)
def test_a_store_of_something_else_is_refused_and_left_alone(
    tiny: Tiny, tmp_path: Path, name: str, value: str, words: str
) -> None:
    path = tmp_path / "runs.db"
    swept(tiny(), path)
    meta(path, name, value)
    before = path.read_bytes()
    with pytest.raises(InputError, match=words):
        Store(str(path), "tiny")
    assert path.read_bytes() == before


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to be taken for one\n" * 99)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(InputError, match="not a"):
            Store(str(path), "tiny")
        assert path.read_bytes() == before
    with pytest.raises(InputError, match="does not exist"):
        Store(str(tmp_path / "none.db"))
    with pytest.raises(InputError, match="is a folder"):
        Store(str(tmp_path), "tiny")


@pytest.mark.parametrize("content", [b"", None])
def test_a_store_whose_process_was_killed_as_it_began_is_begun_again(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "runs.db"
    if content is None:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
    else:
        path.write_bytes(content)
    with pytest.raises(InputError, match="is not a store"):
        Store(str(path))
    with Store(str(path), "tiny") as store:
        assert store.keys() == set()


def test_runs_are_exported_with_their_inputs_as_numbers(
    tiny: Tiny, tmp_path: Path
) -> None:
    path, target = tmp_path / "runs.db", tmp_path / "runs.csv"
    sweep = swept(tiny(), path)
    with Store(str(path)) as store:
        export(str(target), store.runs())
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(POINTS)
    first = next(x for x in rows if x["budgets.capex.2026 [MUSD]"] == "1.0")
    readings = sweep.outcomes[0].readings
    assert readings is not None
    assert float(first["profit_usd"]) == readings["profit_usd"]
    assert first["status"] == "optimal"


def test_parquet_holds_the_same_table(tiny: Tiny, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="extra parquet")
    path, target = tmp_path / "runs.db", tmp_path / "runs.parquet"
    swept(tiny(), path)
    with Store(str(path)) as store:
        export(str(target), store.runs())
        statuses = [run.outcome.status for run in store.runs()]
    assert parquet.read_table(target)["status"].to_pylist() == statuses


BEFORE = 7
SLOW = """\
import sys
from planner.specs.load import load_scenario
from planner.sweep import evaluate
from planner.sweep.store import Store
from planner.sweep.sweep import Sweep
scenario = load_scenario(sys.argv[1])
evaluator = evaluate.Evaluator(scenario)
points = [(f"sites.ohio.pue={1.1 + k / 1000:g}",) for k in range(200)]
with Store(sys.argv[2], scenario.spec.name) as store:
    for progress in Sweep(scenario, points, evaluator).run(store):
        print(progress.done, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_kill_at_any_moment_loses_the_run_in_flight_alone(
    tmp_path: Path, number: int
) -> None:
    path = tmp_path / "runs.db"
    scenario = ROOT / "scenarios" / "quickstart.yaml"
    done = 0
    with subprocess.Popen(  # noqa: S603  # a program of the tests
        [sys.executable, "-c", SLOW, str(scenario), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            done = int(line)
            if done == BEFORE:
                process.send_signal(number)
    with Store(str(path)) as store:
        assert BEFORE <= done <= len(store.keys()) <= done + 1 < 200
        assert set(store.counts()) == {"optimal"}
