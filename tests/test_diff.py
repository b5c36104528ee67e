"""What differs between two plans, two revisions, or a plan and what stands."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from planner.api import solve
from planner.cli.app import app
from planner.errors import UsageError
from planner.plan.plan import Plan
from planner.plan.rows import PurchaseRow
from planner.regression.conditions import Condition
from planner.regression.diff import DONE, Row, difference
from planner.regression.rows import Window
from planner.regression.sides import Side
from planner.specs.load import load_scenario
from planner.specs.scenario import METRICS


class Folder:
    """Scenarios with their hardware, and the command run among them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["diff", *arguments])

    def document(self, *arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(*arguments, "--json").stdout)
        return found

    def replace(self, old: str, new: str, file: str = "scenarios/a.yaml") -> None:
        text = (self.path / file).read_text(encoding="utf-8")
        assert old in text
        (self.path / file).write_text(text.replace(old, new), encoding="utf-8")

    def plan(self, name: str, *overrides: str) -> Plan:
        path = self.path / "scenarios" / f"{name}.yaml"
        return solve(load_scenario(path, overrides=overrides, data_dirs=[self.path]))


@pytest.fixture
def folder(
    tiny_folder: Path, tiny_text: str, monkeypatch: pytest.MonkeyPatch
) -> Folder:
    (tiny_folder / "scenarios").mkdir()
    for name in "ab":
        path = tiny_folder / "scenarios" / f"{name}.yaml"
        path.write_text(tiny_text, encoding="utf-8")
    monkeypatch.setenv("PLANNER_DATA", str(tiny_folder))
    return Folder(tiny_folder)


A, B = "scenarios/a.yaml", "scenarios/b.yaml"


def rows_of(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["section"], row["key"]): row for row in document["changes"]}


def test_the_same_scenario_does_not_differ(folder: Folder) -> None:
    result = folder.run(A, B, "--exit-code", "--only-changes")

    assert result.exit_code == 0
    assert result.stdout == f"{A} → {B}: no difference\n"
    document = folder.document(A, B)
    assert document["changes"] == document["inputs"] == []
    assert {row["key"] for row in document["unchanged"]} >= set(METRICS) - {"cost_usd"}


def test_a_change_shows_before_after_change_and_percent(folder: Folder) -> None:
    folder.replace("power: {2026: 1.2 MW, 2027: 1.1 MW}", "power: 1 MW", B)
    document = folder.document(A, B, "--exit-code")
    rows = rows_of(document)

    assert folder.run(A, B, "--exit-code").exit_code == 1
    # By hand (tests/conftest.py): without 100 kW south loses 66.67 small.
    peak = rows["metrics", "peak_power_mw"]
    assert (peak["before"], peak["after"]) == (1.1, 1.0)
    assert peak["change"] == pytest.approx(-0.1)
    assert peak["change_fraction"] == pytest.approx(-0.1 / 1.1)
    south = rows["allocation", "south/small/chat/2027/all"]
    assert south["before"] == pytest.approx(200 / 3)
    assert south["after"] is None
    assert {"purchases", "fleet", "budgets", "costs", "work"} <= {s for s, _ in rows}
    (change,) = document["inputs"]
    assert (change["file"], change["path"]) == (B, "budgets.power")
    assert (change["before"], change["after"]) == (
        {"2026": "1.2 MW", "2027": "1.1 MW"}, "1 MW",
    )  # fmt: skip


def test_equal_numbers_are_printed_equal(folder: Folder) -> None:
    folder.replace("80 USD/MWh", "80.00000000001 USD/MWh", B)
    result = folder.run(A, B, "--exit-code")

    assert result.exit_code == 0
    for line in result.stdout.splitlines():
        if line.startswith(METRICS):
            _, before, after = line.split()
            assert before == after


def test_set_changes_both_sides(folder: Folder) -> None:
    assert folder.document(A, B, "--set", "horizon.periods=1")["changes"] == []


def test_two_plans_in_files(folder: Folder) -> None:
    for name, sets in (("one", ()), ("two", ("budgets.power.2027=1 MW",))):
        plan = folder.plan("a", *sets).as_dict()
        (folder.path / f"{name}.json").write_text(json.dumps(plan), encoding="utf-8")
    document = folder.document("one.json", "two.json")

    assert rows_of(document)["metrics", "accelerators"]["change"] < 0
    assert [(each["path"], each["after"]) for each in document["inputs"]] == [
        ("budgets.power.2027", "1 MW")
    ]
    assert folder.document("one.json", A)["changes"] == []


def test_files_that_are_no_plans_are_two(folder: Folder) -> None:
    (folder.path / "no.json").write_text("{}", encoding="utf-8")

    result = folder.run("no.json", A)
    assert result.exit_code == 2
    assert "no.json: is not a plan" in result.stderr
    assert folder.run(A, "missing.yaml").exit_code == 2


def test_an_infeasible_side_is_three_and_shows_what_changed(folder: Folder) -> None:
    folder.replace("minimum: 50 %", "minimum: 100 %", B)
    result = folder.run(A, B)

    assert result.exit_code == 3
    assert f"{A} → {B}: optimal → infeasible" in result.stdout
    assert "workloads.chat.minimum 50 % → 100 %" in result.stdout
    folder.replace("name: tiny", "name: tiny\nexpect: infeasible", B)
    assert folder.run(A, B).exit_code == 0
    assert folder.run(A, B, "--exit-code").exit_code == 1


# Periods by the calendar.


def test_periods_match_by_the_calendar_and_the_past_is_done(folder: Folder) -> None:
    folder.replace("{start: 2026, periods: 2}", "{start: 2027, periods: 1}", B)
    folder.replace(
        "  capex: {2026: 10 MUSD, 2027: 10 MUSD}", "  capex: {2027: 10 MUSD}", B
    )
    folder.replace("deadline: 2026", "deadline: 2027", B)
    folder.replace(
        "fleet:\n", "fleet:\n  - {site: north, accelerator: small, count: 400, "
        "installed: 2026}\n  - {site: south, accelerator: small, count: 40, "
        "installed: 2026}\n", B,
    )  # fmt: skip
    document = folder.document(A, B)
    rows = rows_of(document)

    done = rows["purchases", "north/small/2026"]
    assert (done["before"], done["after"], done["note"]) == (400.0, None, DONE)
    assert "horizons: 2026 to 2027 → 2027 to 2027" in document["notes"][0]
    periods = {part for section, key in rows for part in key.split("/")[1:]
               if section in ("fleet", "allocation", "costs", "work")}  # fmt: skip
    assert "2027" in periods
    assert "2026" not in periods
    assert f"{DONE}" in folder.run(A, B).stdout


def test_quarters_add_up_to_the_years_of_another_plan(folder: Folder) -> None:
    folder.replace("{start: 2026, periods: 2}", "{start: 2026Q1, periods: 8}", B)
    folder.replace("deadline: 2026", "deadline: 2026Q4", B)
    years, quarters = (side(folder.plan(name)) for name in "ab")
    found = difference(years, quarters)
    rows = {(row.section, row.key): row for row in found.rows}

    spent = sum(cost.capex_usd for cost in quarters.plan.costs[:4])
    assert rows["costs", "capex_usd/2026"].after == pytest.approx(spent)
    last = [row for row in quarters.plan.fleet if row.period == "2026Q4"]
    for row in last:
        key = f"{row.site}/{row.accelerator}/2026"
        assert rows["fleet", key].after == pytest.approx(row.installed)
    assert not any("Q" in row.key for row in found.rows)


def side(plan: Plan) -> Side:
    return Side(plan.scenario, plan, plan.status)


def test_plans_without_a_common_period_compare_metrics_alone(folder: Folder) -> None:
    plan = folder.plan("a")
    later = replace(
        plan,
        costs=tuple(
            replace(row, period=str(int(row.period) + 9)) for row in plan.costs
        ),
        purchases=(PurchaseRow("north", "big", "2035-01", "2035", 1.0, 1, 1.0),),
    )
    found = difference(side(plan), side(later))

    assert Window.of(plan, later).label("2026") is None
    assert {row.section for row in found.rows if not row.note} == {"metrics", "work"}
    assert [row.key for row in found.rows if row.section == "work"] == ["pretraining"]
    assert any("share no period" in note for note in found.notes)


# Conditions.


@pytest.mark.parametrize(
    ("text", "before", "after", "holds"),
    [
        ("capex_usd > +5%", 100.0, 106.0, True),
        ("capex_usd > +5%", 100.0, 104.0, False),
        ("capex_usd > 5 %", 100.0, 90.0, False),
        ("profit_usd < -2%", 100.0, 97.0, True),
        ("profit_usd < -2%", -100.0, -103.0, True),
        ("peak_power_mw >= 0.5", 1.0, 1.5, True),
        ("peak_power_mw > 600 kW", 1.0, 1.5, False),
        ("capex_usd > 1 kUSD", 0.0, 1500.0, True),
        ("capex_usd > 5%", 0.0, 1.0, True),
        ("capex_usd > 5%", 0.0, 0.0, False),
        ("capex_usd<=0", 5.0, 5.0, True),
        ("unfinished_runs > 0", 0, 1, True),
    ],
)
def test_conditions(text: str, before: float, after: float, *, holds: bool) -> None:
    condition = Condition.parse(text)
    row = Row("metrics", condition.metric, before, after, differs=before != after)

    assert condition.holds(row) is holds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("capex", "is no condition; write e.g. 'capex_usd > +5%'"),
        ("capex_us > 5%", "did you mean 'capex_usd'?"),
        ("capex_usd > 5 MW", "is not"),
        ("accelerators > 5 MW", "accelerators has no unit"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match="--fail-if") as error:
        Condition.parse(text)
    assert said in str(error.value)


def test_fail_if_fails_and_says_why(folder: Folder) -> None:
    folder.replace("{2026: 1.2 MW, 2027: 1.1 MW}", "{2026: 1.2 MW, 2027: 1 MW}", B)
    options = ("--fail-if", "profit_usd < -50%", "--fail-if", "peak_power_mw < -1 kW")
    result = folder.run(A, B, *options)

    assert result.exit_code == 1
    assert "--fail-if holds: peak_power_mw < -1 kW" in result.stderr
    assert folder.document(A, B, *options)["failed"] == ["peak_power_mw < -1 kW"]
    assert folder.run(A, B, *options[:2]).exit_code == 0
    assert folder.run(A, B, "--fail-if", "cost_usd > 0").exit_code == 2


def test_markdown_begins_with_a_verdict(folder: Folder) -> None:
    folder.replace("{2026: 1.2 MW, 2027: 1.1 MW}", "{2026: 1.2 MW, 2027: 1 MW}", B)
    lines = folder.run(A, B, "--markdown").stdout.splitlines()

    assert "`scenarios/a.yaml` → `scenarios/b.yaml`:" in lines[0]
    assert "profit_usd" in lines[0]
    assert "| metrics | before | after | change | % |" in lines
    assert folder.run(A, A, "--markdown").stdout.startswith("✅ ")
    failed = folder.run(A, B, "--markdown", "--fail-if", "profit_usd < 0").stdout
    assert failed.startswith("❌ **planner diff**")
    assert failed.splitlines()[0].endswith("fails: profit_usd < 0")


def test_only_changes_leaves_out_what_is_the_same(folder: Folder) -> None:
    folder.replace("value: 5 MUSD", "value: 6 MUSD", B)
    whole, short = (
        folder.run(A, B, *more).stdout for more in ((), ("--only-changes",))
    )

    assert "capex_usd" in whole
    assert "capex_usd" not in short
    assert "profit_usd" in short
    assert folder.document(A, B, "--only-changes")["unchanged"] == []


# What stands.


def test_a_plan_beside_the_fleet_that_stands(folder: Folder) -> None:
    csv = "site,accelerator,count,installed\nnorth,big,90,2025\nnorth,small,400,2026\n"
    (folder.path / "fleet.csv").write_text(csv, encoding="utf-8")
    rows = rows_of(folder.document(A, "--actual", "fleet.csv"))

    assert rows["fleet", "north/big"]["change"] == -10
    assert rows["fleet", "south/small"]["after"] is None
    assert ("fleet", "north/small") not in rows
    later = rows_of(folder.document(A, "--actual", "fleet.csv", "--at", "2027"))
    assert later["fleet", "south/small"]["before"] == pytest.approx(200 / 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("site,count\n", "has no column accelerator, installed"),
        ("site,accelerator,count,installed\nn,a,many,2025\n", ":2:1: count 'many'"),
        ("site,accelerator,count,installed\nn,a,1,soon\n", ":2:1: installed: 'soon'"),
        ("site,accelerator,count,installed\n", "holds no accelerators"),
    ],
)
def test_an_inventory_that_is_none_is_two(
    folder: Folder, content: str, said: str
) -> None:
    (folder.path / "fleet.csv").write_text(content, encoding="utf-8")
    result = folder.run(A, "--actual", "fleet.csv")

    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (A,),
        (A, B, "--at", "2026"),
        (A, B, "--actual", "fleet.csv"),
        (A, "--actual", "fleet.csv", "--at", "2031"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    folder: Folder, arguments: tuple[str, ...]
) -> None:
    csv = "site,accelerator,count,installed\nnorth,big,90,2025\n"
    (folder.path / "fleet.csv").write_text(csv, encoding="utf-8")

    assert folder.run(*arguments).exit_code == 2


# Revisions.


@pytest.fixture
def repository(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "PLANNER_DATA"):
        monkeypatch.delenv(name, raising=False)
    git(folder.path, "init", "-q")
    git(folder.path, "add", ".")
    git(folder.path, "commit", "-q", "-m", "first")
    return folder


def git(path: Path, *arguments: str) -> None:
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(path), *name, *arguments]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - git


def test_a_revision_is_the_whole_tree(repository: Folder) -> None:
    repository.replace("nameplate: 4 kW", "nameplate: 4.5 kW", "hardware/big.yaml")
    document = repository.document(f"HEAD:{A}", A, "--only-changes")

    (change,) = document["inputs"]
    assert (change["file"], change["line"]) == ("hardware/big.yaml", 4)
    assert (change["before"], change["after"]) == ("4 kW", "4.5 kW")
    assert rows_of(document)["metrics", "profit_usd"]["change"] < 0
    back = repository.document(A, f"HEAD:{A}", "--only-changes")
    assert back["inputs"][0]["file"] == "HEAD:hardware/big.yaml"
    git(repository.path, "commit", "-q", "-a", "-m", "second")
    assert repository.run(f"HEAD~1:{A}", f"HEAD:{A}", "--exit-code").exit_code == 1
    assert repository.run(f"HEAD:{A}", A, "--exit-code").exit_code == 0


def test_a_revision_follows_extends_and_paths_from_here(
    repository: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = "extends: [a.yaml]\nname: child\n"
    (repository.path / "scenarios" / "child.yaml").write_text(child, encoding="utf-8")
    git(repository.path, "add", ".")
    git(repository.path, "commit", "-q", "-m", "child")
    repository.replace("value: 5 MUSD", "value: 7 MUSD")
    monkeypatch.chdir(repository.path / "scenarios")
    document = repository.document("HEAD:./child.yaml", "child.yaml")

    assert [each["path"] for each in document["inputs"]] == [
        "workloads.pretraining.value"
    ]


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (f"nowhere:{A}", "there is no revision 'nowhere' in this repository"),
        (f"--output=x:{A}", "No such option"),
        ("HEAD:scenarios/none.yaml", "revision 'HEAD' has no file"),
        ("HEAD:../../etc/passwd", "revision 'HEAD' has no file"),
    ],
)
def test_a_revision_that_does_not_exist_is_two(
    repository: Folder, first: str, said: str
) -> None:
    result = repository.run(first, A)

    assert result.exit_code == 2
    assert said in result.stderr


def test_an_invalid_revision_is_named_by_it(repository: Folder) -> None:
    repository.replace("power: 900 kW", "power: 900 GB")
    git(repository.path, "commit", "-q", "-a", "-m", "broken")
    repository.replace("power: 900 GB", "power: 900 kW")
    result = repository.run(f"HEAD:{A}", A)

    assert result.exit_code == 2
    assert f"HEAD:{A}:8:" in result.stderr
    assert repository.run(f"HEAD~1:{A}", A, "--exit-code").exit_code == 0


def test_outside_a_repository_there_are_no_revisions(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.path.parent))
    result = folder.run(f"HEAD:{A}", A)

    assert result.exit_code == 2
    assert "this is not inside a git repository" in result.stderr
