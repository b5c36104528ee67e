"""``planner sweep`` from outside: what it prints, writes and refuses."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from planner.cli.app import app
from tests.conftest import ROOT

QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"
CAPEX = "budgets.capex.2026=20..60 MUSD in 3"
PUE = "--vary", "sites.ohio.pue=1.1,1.2"


def run(*arguments: str | Path, **options: Any) -> Result:
    return CliRunner().invoke(
        app, ["sweep", *(str(each) for each in arguments)], **options
    )


def runs(*arguments: str | Path) -> list[dict[str, Any]]:
    done = run(QUICKSTART, *arguments, "--json")
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["runs"]
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("20..60 MUSD in 3", ["20 MUSD", "40 MUSD", "60 MUSD"]),
        ("20 .. 60 MUSD in 3", ["20 MUSD", "40 MUSD", "60 MUSD"]),
        ("20..60 MUSD by 20 MUSD", ["20 MUSD", "40 MUSD", "60 MUSD"]),
        ("20..60 MUSD by 20000 kUSD", ["20 MUSD", "40 MUSD", "60 MUSD"]),
        ("60..20 MUSD by 20 MUSD", ["60 MUSD", "40 MUSD", "20 MUSD"]),
        ("20 MUSD..0.06 GUSD in 2", ["0.02 GUSD", "0.06 GUSD"]),
        (
            "20..20.3 MUSD by 0.1 MUSD",
            ["20 MUSD", "20.1 MUSD", "20.2 MUSD", "20.3 MUSD"],
        ),
        ("20 MUSD, 60MUSD", ["20 MUSD", "60MUSD"]),
        ("20 MUSD", ["20 MUSD"]),
    ],
)
def test_values_of_an_input(values: str, expected: list[str]) -> None:
    found = runs("--vary", f"budgets.capex.2026={values}")
    assert [each["set"] for each in found] == [
        [f"budgets.capex.2026={value}"] for value in expected
    ]
    assert {each["status"] for each in found} == {"optimal"}


def test_several_inputs_make_a_grid_of_names_and_numbers() -> None:
    found = runs(
        "--vary",
        "workloads.llama_run.accelerators.allowed=[h100, b200],[h100]",
        "--vary",
        "sites.ohio.electricity=60..80 USD/MWh in 2",
    )
    assert [each["set"][1] for each in found] == [
        "sites.ohio.electricity=60 USD/MWh",
        "sites.ohio.electricity=80 USD/MWh",
    ] * 2
    assert found[0]["readings"]["profit_usd"] > found[1]["readings"]["profit_usd"]


def test_the_table_shows_what_was_varied_beside_the_figures_asked_for() -> None:
    done = run(QUICKSTART, "--vary", CAPEX, "--metric", "fleet.b200")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["budgets.capex.2026", "fleet.b200"]
    assert [line.split()[:2] for line in lines[2:]] == [
        [value, "MUSD"] for value in ("20", "40", "60")
    ]


WRONG = [
    ("budgets.capex.2027=1..2 MUSD in 3", "did you mean 'budgets.capex.2026'?"),
    ("budgets.capex.2026=20..60 MUSD by 7 MUSD", "misses the end, 60 MUSD"),
    ("budgets.capex.2026=20..60 MUSD by 70 MUSD", "misses the end, 60 MUSD"),
    ("budgets.capex.2026=20..60 MUSD by 0 MUSD", "leads nowhere"),
    ("budgets.capex.2026=20..60 MUSD by 1 MW", "is not"),
    ("budgets.capex.2026=20..60 MUSD in 1", "write 'in 2' or more"),
    ("budgets.capex.2026=20..60 MUSD in some", "is not a count"),
    ("budgets.capex.2026=20..60 MUSD", "without its number of values"),
    ("budgets.capex.2026=20..60 in 3", "has no unit"),
    ("budgets.capex.2026=20..60 MW in 3", "--vary: budgets.capex.2026: "),
    ("budgets.capex.2026=20 MUSD,1 MW", "--vary: budgets.capex.2026: "),
    ("budgets.capex.2026=20 MUSD,20 MUSD", "is listed twice"),
    ("budgets.capex.2026=20 MUSD,,", "has an empty value"),
    ("budgets.capex.2026=20..20 MUSD in 3", "begins where it ends"),
    ("budgets.capex=20..60 MUSD in 3", "is not one number"),
    ("budgets.capex.2026", "names no values"),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[text for text, _ in WRONG])
def test_values_that_are_none_are_refused(
    text: str, words: str, tmp_path: Path
) -> None:
    store = tmp_path / "runs.db"
    done = run(QUICKSTART, "--vary", text, "--store", store)
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not store.exists()


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    store = tmp_path / "notes.txt"
    store.write_text("mine")
    arguments = [part for text, _ in WRONG[:3] for part in ("--vary", text)]
    arguments += ["--metric", "profits_usd", "--store", str(store)]
    done = run(QUICKSTART, *arguments)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 5
    assert "did you mean 'profit_usd'?" in done.stderr
    assert store.read_text() == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [str(QUICKSTART)],
        ["--store", "runs.db"],
        [str(QUICKSTART), "--status", "--store", "runs.db"],
        [str(QUICKSTART), "--vary", CAPEX, "--export", "runs.csv"],
        [str(QUICKSTART), "--vary", CAPEX, "--jobs", "2", "--scheduler", "tcp://x:1"],
        ["--export", "runs.txt", "--store", "runs.db"],
    ],
)
def test_options_that_do_not_go_together(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


def test_a_store_is_filled_told_and_exported(tmp_path: Path) -> None:
    store, table = tmp_path / "runs.db", tmp_path / "runs.csv"
    whole = run(QUICKSTART, "--vary", CAPEX, "--store", store)
    assert whole.exit_code == 0
    assert run(QUICKSTART, "--vary", CAPEX, "--store", store).stdout == whole.stdout
    told = run("--status", "--store", store)
    assert "3 runs of quickstart: 3 optimal" in told.stdout
    assert json.loads(run("--status", "--store", store, "--json").stdout)["runs"] == 3
    assert run("--export", table, "--store", store).exit_code == 0
    assert table.read_text().splitlines()[0].startswith("key,budgets.capex.2026 [MUSD]")


def test_a_store_of_another_scenario_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "runs.db"
    assert run(QUICKSTART, "--vary", CAPEX, "--store", store).exit_code == 0
    before = store.read_bytes()
    text = QUICKSTART.read_text().replace("name: quickstart ", "name: other ")
    done = run("-", "--vary", CAPEX, "--store", store, input=text)
    assert done.exit_code == 2
    assert "holds runs of scenario 'quickstart', not of 'other'" in done.stderr
    assert store.read_bytes() == before


def test_a_run_that_fails_is_counted() -> None:
    done = run(
        QUICKSTART,
        "--vary",
        "workloads.llama_run.start=2026Q3,2026Q4",
        "--vary",
        "workloads.llama_run.deadline=2026Q4,2026Q3",
    )
    assert done.exit_code == 1
    first = "workloads.llama_run.start=2026Q4, workloads.llama_run.deadline=2026Q3"
    assert f"planner: 1 of 4 runs failed; the first, {first}: " in done.stderr
    assert done.stdout.count("  failed ") == 1


def test_an_interrupted_sweep_exits_130_and_keeps_its_runs(tmp_path: Path) -> None:
    store = tmp_path / "runs.db"
    command = ["sweep", str(QUICKSTART), "--vary", "sites.ohio.pue=1.1..1.4 in 3000"]
    with subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "planner", *command, "--store", str(store)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while process.poll() is None and not _runs_in(store):
            pass
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said == "planner: interrupted\n"
    assert 0 < _runs_in(store) < 3000


def _runs_in(store: Path) -> int:
    if not store.exists():
        return 0
    done = run("--status", "--store", store, "--json")
    return json.loads(done.stdout)["runs"] if done.exit_code == 0 else 0


@pytest.mark.parametrize("name", ["sweep.svg", "sweep.html"])
@pytest.mark.parametrize(
    "asked",
    [
        ["--vary", CAPEX],
        ["--vary", CAPEX, "--metric", "capex_usd", "--metric", "profit_usd"],
        ["--vary", CAPEX, "--vary", "budgets.power.2026Q1=10..16 MW in 3"],
        ["--vary", "workloads.llama_run.accelerators.allowed=[h100],[h100, b200]"],
    ],
)
def test_a_sweep_is_drawn(name: str, asked: list[str], tmp_path: Path) -> None:
    library = "plotly" if name.endswith("html") else "matplotlib"
    pytest.importorskip(library, reason="extra plot")
    path = tmp_path / name
    done = run(QUICKSTART, *asked, "--plot", path, "-q")
    assert (done.exit_code, done.stderr) == (0, "")
    assert asked[1].partition("=")[0] in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--metric", "capex_usd", "--metric", "fleet.h100"], "in USD, accelerators"),
        ([*PUE, "--vary", "discount_rate=8 %/year"], "3 are varied"),
        ([*PUE, "--metric", "capex_usd", "--metric", "opex_usd"], "give one --metric"),
    ],
)
def test_what_no_picture_shows_is_refused(
    asked: list[str], words: str, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib", reason="extra plot")
    path = tmp_path / "sweep.svg"
    done = run(QUICKSTART, "--vary", CAPEX, *asked, "--plot", path)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not path.exists()
