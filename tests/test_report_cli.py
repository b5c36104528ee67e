"""``planner report`` from outside: what it writes, what it says, what it refuses."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.api import solve
from planner.cli import report as command
from planner.cli.app import app
from planner.errors import UsageError
from planner.report import paper
from planner.specs.load import load_scenario
from planner.version import FORMAT_VERSION
from tests.conftest import ROOT

SCENARIOS = ROOT / "scenarios"
QUICKSTART = SCENARIOS / "quickstart.yaml"
IMPOSSIBLE = SCENARIOS / "impossible_deadline.yaml"
BEGINS = {
    ".html": b"<!doctype html>",
    ".md": b"# One site",
    ".png": b"\x89PNG",
    ".svg": b"<?xml",
    ".xlsx": b"PK",
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    done = CliRunner().invoke(app, ["solve", str(QUICKSTART), "-q", "-o", str(path)])
    assert done.exit_code == 0
    return path


@pytest.mark.parametrize("suffix", BEGINS)
def test_the_ending_says_what_is_written(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"report{suffix}"
    done = run(QUICKSTART, "-o", file)
    assert done.exit_code == 0, done.stderr
    content = file.read_bytes()
    assert content.lower().startswith(BEGINS[suffix].lower())
    first, _, size = done.stdout.strip().partition("; ")
    assert first.endswith("quickstart, optimal")
    number, unit = size.split()
    assert float(number) * {"kB": 1e3, "MB": 1e6}[unit] == pytest.approx(
        len(content), rel=0.01
    )
    again = tmp_path / f"again{suffix}"
    run(QUICKSTART, "-o", again)
    assert again.read_bytes() == content


def test_paper_is_printed_by_a_browser(tmp_path: Path) -> None:
    if paper.find_browser() is None:
        pytest.skip("no Chromium or Chrome is installed")
    file = tmp_path / "report.pdf"
    done = run(QUICKSTART, "-o", file)
    assert done.exit_code == 0, done.stderr
    assert file.read_bytes().startswith(b"%PDF")


def test_without_a_browser_there_is_no_paper_and_a_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "find_browser", lambda: None)
    done = run(QUICKSTART, "-o", tmp_path / "report.pdf")
    assert done.exit_code == 2
    assert "Chromium" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fleet", b"2026Q"),
        ("purchases in USD", b"2026Q"),
        ("Split-By_Kind", b"kind of work"),
    ],
)
def test_one_chart_by_its_name(name: str, said: bytes, tmp_path: Path) -> None:
    file = tmp_path / "chart.svg"
    done = run(QUICKSTART, "-o", file, "--chart", name)
    assert done.exit_code == 0, done.stderr
    assert said in file.read_bytes()


def test_json_says_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    done = run(SCENARIOS / "meta_2025.yaml", QUICKSTART, "-o", file, "--json")
    told = json.loads(done.stdout)
    assert told["format_version"] == FORMAT_VERSION
    assert told["bytes"] == file.stat().st_size
    assert told["scenario"] == "quickstart"
    assert told["baseline"].endswith("meta_2025.yaml")
    assert {"fleet", "power", "split", "waterfall"} <= set(told["charts"])


def test_the_changes_are_applied_and_stand_in_the_report(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    sets = "budgets.capex.2026=70 MUSD"
    done = run(QUICKSTART, "-o", file, "--set", sets)
    assert done.exit_code == 0, done.stderr
    plan = solve(load_scenario(QUICKSTART, overrides=(sets,)))
    assert plan.metrics is not None
    text = file.read_text(encoding="utf-8")
    assert f"{plan.metrics.capex_usd / 1e6:.4g} MUSD" in text
    assert "budgets.capex.2026" in text


def test_a_plan_from_a_file_is_reported_without_solving(
    plan_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("planner.report.subject.solve_whole", refuse)
    done = run(plan_file, "-o", tmp_path / "report.html")
    assert done.exit_code == 0, done.stderr


def test_a_scenario_without_a_plan_is_written_and_the_exit_code_is_that_of_solve(
    tmp_path: Path,
) -> None:
    file = tmp_path / "report.html"
    assert run(IMPOSSIBLE, "-o", file).exit_code == 0
    assert b"Why there is no plan" in file.read_bytes()
    done = run(IMPOSSIBLE, "-o", file, "--set", "expect=optimal")
    assert done.exit_code == 3
    assert "infeasible: no plan keeps every limit" in done.stderr
    assert "infeasible" in done.stdout


def test_a_store_brings_its_runs(tmp_path: Path) -> None:
    store, file = tmp_path / "runs.db", tmp_path / "report.md"
    vary = "budgets.capex.2026=100..180 MUSD in 5"
    arguments = ["sweep", str(QUICKSTART), "--vary", vary, "--store", str(store), "-q"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert run(QUICKSTART, "-o", file, "--store", store).exit_code == 0
    assert "180 MUSD" in file.read_text(encoding="utf-8")
    done = run(SCENARIOS / "racks.yaml", "-o", tmp_path / "other.md", "--store", store)
    assert done.exit_code == 2
    assert "holds runs of scenario 'quickstart'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([QUICKSTART, "-o", "report.txt"], "ends in .html, .md, .pdf, .png, .svg or"),
        ([QUICKSTART, "-o", "folder.html"], "is a folder"),
        ([QUICKSTART, "-o", "none/report.html"], "the folder none does not exist"),
        ([QUICKSTART], "Missing option '-o'"),
        (["none.yaml", QUICKSTART, "-o", "report.html"], "none.yaml: the file does"),
        ([QUICKSTART, "none.yaml", "-o", "report.html"], "none.yaml: the file does"),
        (["-", "-", "-o", "report.html"], "can be read once"),
        ([QUICKSTART, "-o", "a.html", "--chart", "fleet"], "ends in .png or .svg"),
        ([QUICKSTART, "-o", "a.png", "--chart", "fleat"], "did you mean 'fleet'?"),
        ([QUICKSTART, "-o", "a.md", "--what-if"], "ends in .html"),
        ([QUICKSTART, "-o", "a.html", "--store", "no.db"], "no.db: does not exist"),
        ([QUICKSTART, "-o", "a.html", "--set", "nothing.at.all=1"], "nothing"),
        (["newer.json", "-o", "a.html"], "has format_version 99; this planner reads"),
        (["newer.json", QUICKSTART, "-o", "a.html"], "install a newer planner"),
        (["no_plan.json", "-o", "a.html"], "is not a plan"),
        (["no_json.json", "-o", "a.html"], "is no JSON"),
    ],
)
def test_what_is_refused_leaves_no_file(
    arguments: list[str | Path],
    said: str,
    plan_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.html").mkdir()
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    newer = json.dumps({**plan, "format_version": 99})
    (tmp_path / "newer.json").write_text(newer, encoding="utf-8")
    (tmp_path / "no_plan.json").write_text("{}", encoding="utf-8")
    (tmp_path / "no_json.json").write_text("{", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))

    done = run(*arguments)

    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_missing_library_is_named_before_anything_is_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def solved(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(command, "subjects_of", solved)
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda _: None)
    for suffix in (".html", ".png", ".xlsx", ".pdf"):
        done = run(QUICKSTART, "-o", tmp_path / f"report{suffix}")
        assert done.exit_code == 2
        assert "pip install 'fleet-planner[report]'" in done.stderr


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def solved(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(command, "subjects_of", solved)
    # The permissions of a folder do not stop every user.
    monkeypatch.setattr("planner.cli.output.os.access", lambda *_: False)
    done = run(QUICKSTART, "-o", tmp_path / "report.md")
    assert done.exit_code == 2
    assert "cannot be written in" in done.stderr
    assert not list(tmp_path.iterdir())


def test_what_was_there_stays_where_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.md"
    file.write_text("before", encoding="utf-8")

    def fails(*_: object) -> None:
        msg = "the page cannot be made"
        raise UsageError(msg)

    monkeypatch.setattr(command, "_content", fails)
    assert run(QUICKSTART, "-o", file).exit_code == 2
    assert file.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["report.md"]


def test_the_scenario_may_come_from_standard_input(tmp_path: Path) -> None:
    for name in ("hardware", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name)
    file = tmp_path / "report.md"
    text = QUICKSTART.read_text(encoding="utf-8")
    arguments = ["report", "-", "-o", str(file)]
    done = CliRunner().invoke(app, arguments, input=text)
    assert done.exit_code == 0, done.stderr
    assert file.read_text(encoding="utf-8").startswith("# One site")
