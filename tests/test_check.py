"""Goldens: what they hold, what moves them, and what ``check`` says of it."""

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import planner.cli.check
from planner.cli.app import app
from planner.cli.github import annotation
from planner.documents import Mark, Node, parse_yaml, plain
from planner.errors import UsageError
from planner.performance.constants import constants_tree, load_constants, stated
from planner.regression.changes import by_file, changes_between
from planner.regression.inputs import Inputs
from planner.regression.numbers import rounded, same_value
from planner.regression.revert import put_back
from planner.regression.snapshot import metrics_of, solved
from planner.solvers.cbc import find_cbc
from planner.specs.load import load_scenario

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "scenarios"


def cbc_is_missing() -> bool:
    try:
        find_cbc()
    except UsageError:
        return True
    return False


needs_cbc = pytest.mark.skipif(cbc_is_missing(), reason="no CBC here")


class Folder:
    """A repository of scenarios, with the command run inside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.scenario = path / "scenarios" / "tiny.yaml"
        self.golden = path / "scenarios" / "tiny.golden.json"

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["check", *arguments, "--data-dir", "."])

    def update(self) -> None:
        result = self.run("--update")
        assert result.exit_code == 0, result.output

    def document(self, *arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(*arguments, "--json").stdout)
        return found

    def only(self, *arguments: str) -> dict[str, Any]:
        files = self.document(*arguments)["files"]
        assert len(files) == 1
        found: dict[str, Any] = files[0]
        return found

    def replace(self, old: str, new: str, file: str = "scenarios/tiny.yaml") -> None:
        path = self.path / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def edit(self, **changes: Any) -> None:
        content = json.loads(self.golden.read_text(encoding="utf-8"))
        content.update(changes)
        self.golden.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def folder(tiny_folder: Path, tiny_text: str) -> Folder:
    (tiny_folder / "scenarios").mkdir()
    made = Folder(tiny_folder)
    made.scenario.write_text(tiny_text, encoding="utf-8")
    return made


def drifts_of(file: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {drift["metric"]: drift for drift in file["drifts"]}


# What is checked, and what a golden holds.


def test_a_scenario_without_a_golden_fails_and_none_is_made(folder: Folder) -> None:
    result = folder.run()

    assert result.exit_code == 1
    assert "has no golden; write it with 'planner check --update'" in result.stdout
    assert not folder.golden.exists()


def test_update_writes_what_check_then_accepts(folder: Folder) -> None:
    result = folder.run("scenarios", "--update")

    assert result.exit_code == 0
    assert "scenarios/tiny.golden.json is new" in result.stdout
    assert folder.only()["outcome"] == "ok"
    before = folder.golden.read_bytes()
    assert "1 ok" in folder.run("--update").stdout.splitlines()[-1]
    assert folder.golden.read_bytes() == before


def test_a_golden_has_sorted_keys_one_value_a_line_and_nine_digits(
    folder: Folder,
) -> None:
    folder.update()
    text = folder.golden.read_text(encoding="utf-8")
    golden = json.loads(text)

    assert text == json.dumps(golden, indent=1, sort_keys=True) + "\n"
    assert golden["status"] == "optimal"
    assert golden["metrics"]["unserved_fraction"] == 0.166666667
    assert golden["allocation"]["north/small/chat/2026/all"] == pytest.approx(400)
    assert "power_budget/fleet/2027" in golden["binding"]
    assert golden["inputs"]["accelerators.big.power.nameplate"] == "4 kW"
    places = golden["places"]
    assert places["accelerators.big.power.nameplate"] == "hardware/big.yaml:4"
    assert places["sites.north.power"] == "scenarios/tiny.yaml:7"
    assert set(golden["solver"]) == {"name", "version", "planner"}


def test_efficiency_and_models_are_inputs_like_any_other() -> None:
    inputs = Inputs.of(load_scenario(SHIPPED / "quickstart.yaml")).leaves()

    assert inputs["efficiency.inference.bandwidth"].mark.file.endswith(
        "efficiency.yaml"
    )
    assert inputs["models.llama_3_1_70b.layers"].value == 80
    assert not any("sources" in path.split(".") for path in inputs)


def test_only_scenarios_are_checked_and_check_false_opts_out(folder: Folder) -> None:
    folder.update()
    (folder.path / "scenarios" / "models").mkdir()
    (folder.path / "scenarios" / "models" / "m.yaml").write_text("name: m")
    (folder.path / "scenarios" / "docker.yaml").write_text("services: {}")
    shutil.copy(folder.scenario, folder.path / "scenarios" / "draft.yaml")
    folder.replace("name: tiny", "name: tiny\ncheck: false", "scenarios/draft.yaml")

    files = {file["file"]: file["outcome"] for file in folder.document()["files"]}

    assert files == {"scenarios/draft.yaml": "skipped", "scenarios/tiny.yaml": "ok"}
    assert folder.run("hardware/big.yaml").exit_code == 0
    assert "is a hardware" in folder.run("hardware/big.yaml").stdout


def test_an_orphan_golden_is_reported(folder: Folder) -> None:
    folder.update()
    shutil.move(folder.golden, folder.path / "scenarios" / "gone.golden.json")
    result = folder.run()

    assert "scenarios/gone.golden.json: orphaned: belongs to no file" in result.stdout
    assert folder.run("scenarios/gone.golden.json").exit_code == 2


def test_a_golden_names_its_scenario(folder: Folder) -> None:
    folder.update()

    assert folder.only("scenarios/tiny.golden.json")["file"] == "scenarios/tiny.yaml"


def test_a_folder_without_scenarios_cannot_be_checked(folder: Folder) -> None:
    result = folder.run("hardware")

    assert result.exit_code == 2
    assert (
        "hardware: holds no scenario, run or case, so there is nothing to check"
        in result.stderr
    )


# Drift, and its causes.


def test_separable_changes_explain_all_of_a_drift_exactly(folder: Folder) -> None:
    folder.update()
    # By hand (tests/conftest.py): north draws the same whatever its power costs, and
    # the run is worth finishing at 5 and at 6 MUSD, so that the effects add up.
    before = json.loads(folder.golden.read_text(encoding="utf-8"))["metrics"]
    folder.replace("50 USD/MWh", "60 USD/MWh")
    folder.replace("80 USD/MWh", "100 USD/MWh")
    folder.replace("value: 5 MUSD", "value: 6 MUSD")
    profit = drifts_of(folder.only())["profit_usd"]

    assert profit["golden"] == before["profit_usd"]
    causes = {cause["path"]: cause for cause in profit["causes"]}
    assert causes.keys() == {
        "sites.north.electricity",
        "sites.south.electricity",
        "workloads.pretraining.value",
    }
    run = causes["workloads.pretraining.value"]
    assert (run["file"], run["line"]) == ("scenarios/tiny.yaml", 31)
    assert (run["before"], run["after"]) == ("5 MUSD", "6 MUSD")
    assert run["share"] * profit["change"] == pytest.approx(1e6, rel=1e-6)
    assert sum(cause["share"] for cause in causes.values()) == pytest.approx(
        1, abs=1e-7
    )
    assert profit["interaction"] == pytest.approx(0, abs=1e-7)
    assert profit["program"] == pytest.approx(0, abs=1e-7)


def test_effects_that_overlap_leave_an_interaction(folder: Folder) -> None:
    folder.update()
    # Either leaves fewer small ones in each year: 1 MUSD buys 167, and 200 come.
    folder.replace("{2026: 10 MUSD, 2027: 10 MUSD}", "{2026: 1 MUSD}")
    folder.replace("small: {2026: 1000}", "small: {2026: 200}")
    accelerators = drifts_of(folder.only())["accelerators"]

    shares = [cause["share"] for cause in accelerators["causes"]]
    whole = sum(shares) + accelerators["interaction"] + accelerators["program"]
    assert whole == pytest.approx(1, abs=1e-6)
    assert accelerators["program"] == pytest.approx(0, abs=1e-6)
    assert abs(accelerators["interaction"]) > 0.01


def test_a_change_in_the_catalogue_is_named_by_its_own_file(folder: Folder) -> None:
    folder.update()
    folder.replace("nameplate: 4 kW", "nameplate: 4.5 kW", "hardware/big.yaml")
    result = folder.run()

    assert result.exit_code == 1
    assert "100.0 %  hardware/big.yaml:4 power.nameplate 4 kW → 4.5 kW" in result.stdout
    assert "allocation: " in result.stdout


def test_what_moves_without_an_input_is_code_or_solver(folder: Folder) -> None:
    folder.update()
    metrics = json.loads(folder.golden.read_text(encoding="utf-8"))["metrics"]
    old = {"name": "highs", "version": "1.0.0", "planner": "0.0.1"}
    folder.edit(metrics=metrics | {"capex_usd": 1e6}, solver=old)
    result = folder.run()

    assert "no input changed: code or solver did (planner 0.0.1, highs 1.0.0 →" in (
        result.stdout
    )
    assert folder.only()["drifts"][0]["causes"] == []


def test_the_unit_of_writing_is_no_change(folder: Folder) -> None:
    folder.update()
    folder.replace("power: 900 kW", "power: 0.9 MW")
    before = folder.golden.read_bytes()

    assert folder.only()["outcome"] == "ok"
    folder.update()
    assert folder.golden.read_bytes() == before


def test_moved_lines_are_no_change(folder: Folder) -> None:
    folder.update()
    text = folder.scenario.read_text(encoding="utf-8")
    folder.scenario.write_text(f"# A comment.\n\n{text}", encoding="utf-8")
    before = folder.golden.read_bytes()

    folder.update()
    assert folder.golden.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("- {site: north, accelerator: big, count: 100, installed: 2025}\n",
         ("- {site: north, accelerator: big, count: 60, installed: 2025}\n"
          "  - {site: north, accelerator: big, count: 9, installed: 2024}\n"), "fleet"),
        ("power: {2026: 1.2 MW, 2027: 1.1 MW}", "power: 1 MW", "budgets.power"),
        ("small: {2026: 1000}", "small: {2026: {limit: 300, committed: 10}}",
         "supply.small.2026"),
        ("minimum: 50 %\n", "minimum: 50 %\n    sites: [north]\n",
         "workloads.chat.sites"),
    ],
)  # fmt: skip
def test_whatever_changes_shape_is_put_back_as_a_whole(
    folder: Folder, old: str, new: str, path: str
) -> None:
    folder.update()
    folder.replace(old, new)
    profit = drifts_of(folder.only())["profit_usd"]

    assert [cause["path"] for cause in profit["causes"]] == [path]
    assert profit["causes"][0]["share"] == pytest.approx(1, abs=1e-6)


def test_a_removed_workload_comes_back_to_be_explained(folder: Folder) -> None:
    folder.update()
    text = folder.scenario.read_text(encoding="utf-8")
    folder.scenario.write_text(text[: text.index("  - name: pretraining")])
    profit = drifts_of(folder.only())["profit_usd"]

    cause = profit["causes"][0]
    assert (cause["path"], cause["after"]) == ("workloads.pretraining", None)
    assert cause["before"]["value"] == "5 MUSD"
    assert cause["share"] == pytest.approx(1, abs=1e-6)


def test_a_default_for_several_sites_is_one_change(folder: Folder) -> None:
    (folder.path / "scenarios" / "common").mkdir()
    economics = "pue: 1.2\nelectricity: 60 USD/MWh\ncarbon: 0.3 kg/kWh\n"
    file = "scenarios/common/economics.yaml"
    (folder.path / file).write_text(economics, encoding="utf-8")
    folder.replace(", electricity: 50 USD/MWh", "")
    folder.replace(", electricity: 80 USD/MWh", "")
    folder.update()
    folder.replace("60 USD/MWh", "70 USD/MWh", file)
    profit = drifts_of(folder.only())["profit_usd"]

    cause = profit["causes"][0]
    assert len(profit["causes"]) == 1
    assert (cause["file"], cause["line"], cause["path"]) == (file, 2, "electricity")
    assert cause["share"] == pytest.approx(1, abs=1e-7)


def test_more_than_fifty_changes_are_put_back_by_file() -> None:
    marks = {f"a.x{n}": Mark(f"{n % 2}.yaml", n + 1, 1) for n in range(60)}
    before, after = dict.fromkeys(marks, 1), dict.fromkeys(marks, 2)
    found = changes_between(before, after, {}, marks)

    assert len(found) == 60
    files = by_file(found)
    assert [(each.file, each.path) for each in files] == [
        ("0.yaml", "30 inputs"),
        ("1.yaml", "30 inputs"),
    ]
    assert sum(len(each.edits) for each in files) == 60


def test_constants_are_put_back_like_any_input() -> None:
    scenario = load_scenario(SHIPPED / "quickstart.yaml")
    inputs = Inputs.of(scenario)
    leaves = inputs.leaves()
    now = {path: plain(leaf) for path, leaf in leaves.items()}
    path = "efficiency.inference.bandwidth"
    marks = {each: leaf.mark for each, leaf in leaves.items()}
    found = changes_between(now | {path: 0.5}, now, {}, marks)

    assert found[0].shown_path == "inference.bandwidth"
    shipped = load_constants().inference.bandwidth
    back = put_back(inputs, found)
    with stated(back.constants):
        assert load_constants().inference.bandwidth == 0.5
    assert load_constants().inference.bandwidth == shipped
    assert metrics_of(solved(back).plan) != metrics_of(solved(inputs).plan)
    assert inputs.constants is constants_tree()


# Runs and cases.


@pytest.fixture
def estimates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    for part in ("hardware", "scenarios"):
        shutil.copytree(ROOT / part, tmp_path / part)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    return Folder(tmp_path)


def test_a_run_drifts_with_the_defaults_and_the_catalogue(estimates: Folder) -> None:
    path = "scenarios/runs/llama_3_1_405b.yaml"
    assert estimates.run(path, "--update").exit_code == 0
    assert estimates.only(path)["outcome"] == "ok"
    estimates.replace("value: 1275 W", "value: 1340 W", "hardware/h100.yaml")
    economics = "scenarios/common/economics.yaml"
    estimates.replace("value: 65 USD/MWh", "value: 80 USD/MWh", economics)
    estimates.replace("high: 90 USD/MWh", "high: 99 USD/MWh", economics)
    drifts = drifts_of(estimates.only(path))

    # Facility follows nameplate, energy what a MWh costs, its high end the dearest.
    name = "llama_3_1_405b/h100"
    energy = drifts[f"{name}/components.energy.base"]
    assert energy["change"] / energy["golden"] == pytest.approx(80 / 65 - 1)
    assert energy["causes"][0]["path"] == "defaults.electricity"
    assert energy["causes"][0]["file"] == economics
    assert energy["causes"][0]["share"] == pytest.approx(1)
    high = drifts[f"{name}/components.energy.high"]
    assert "defaults.electricity.high" in {cause["path"] for cause in high["causes"]}
    owned = drifts[f"{name}/cost_usd.owned.base"]
    shares = {cause["path"]: cause["share"] for cause in owned["causes"]}
    assert shares["accelerators.h100.power.nameplate"] > 0
    assert sum(shares.values()) == pytest.approx(1, abs=1e-6)


def test_a_run_drifts_with_what_it_says(estimates: Folder) -> None:
    path = "scenarios/runs/llama_3_1_405b.yaml"
    assert estimates.run(path, "--update").exit_code == 0
    result = estimates.run(path, "--set", "count=8192")

    assert result.exit_code == 1
    assert "count 16384 → 8192" in result.stdout


@pytest.mark.parametrize("name", ["chat", "ranking"])
def test_cases_drift_with_constants_of_the_rates(estimates: Folder, name: str) -> None:
    path = f"scenarios/cases/{name}.yaml"
    assert estimates.run(path, "--update").exit_code == 0
    golden = Path(path).with_suffix(".golden.json")
    content = json.loads(golden.read_text(encoding="utf-8"))
    assert any("/mtia_v2/" in row or "/trainium2/" in row for row in content["binding"])
    estimates.replace("value: 1788 W", "value: 1900 W", "hardware/b200.yaml")
    files = estimates.only(path)

    assert files["outcome"] == "drift"
    assert {change["path"] for change in files["inputs"]} == {
        "accelerators.b200.power.nameplate"
    }
    assert all("/b200/" in metric for metric in drifts_of(files))


# Tolerances.


def test_a_stated_tolerance_and_a_warning_do_not_fail(folder: Folder) -> None:
    folder.replace(
        "name: tiny",
        "name: tiny\n"
        "check: {metrics: {opex_usd: {rel: 1 %}, energy_mwh: {severity: warn}}}",
    )
    folder.update()
    golden = json.loads(folder.golden.read_text(encoding="utf-8"))
    metrics = golden["metrics"]
    moved = {name: metrics[name] * 1.005 for name in ("opex_usd", "energy_mwh")}
    folder.edit(metrics=metrics | moved)
    result = folder.run()

    assert result.exit_code == 0
    assert "warning: energy_mwh" in result.stdout
    assert "opex_usd" not in result.stdout
    assert folder.only()["outcome"] == "warned"


def test_the_default_tolerance_is_one_millionth(folder: Folder) -> None:
    folder.update()
    metrics = json.loads(folder.golden.read_text(encoding="utf-8"))["metrics"]
    for factor, code in ((1 + 9e-7, 0), (1 + 2e-6, 1)):
        folder.edit(metrics=metrics | {"capex_usd": metrics["capex_usd"] * factor})
        assert folder.run().exit_code == code


def test_all_drifts_of_all_files_are_shown(folder: Folder) -> None:
    shutil.copy(folder.scenario, folder.path / "scenarios" / "twin.yaml")
    folder.update()
    folder.replace("nameplate: 4 kW", "nameplate: 4.5 kW", "hardware/big.yaml")
    document = folder.document()

    assert [file["outcome"] for file in document["files"]] == ["drift", "drift"]
    for file in document["files"]:
        assert {"profit_usd", "accelerators", "energy_mwh"} <= drifts_of(file).keys()


# Expectations and bad input.

IMPOSSIBLE = ("minimum: 50 %", "minimum: 100 %")


def test_an_expected_infeasible_scenario_has_a_golden_too(folder: Folder) -> None:
    folder.replace(*IMPOSSIBLE)
    folder.replace("name: tiny", "name: tiny\nexpect: infeasible")
    folder.update()

    assert json.loads(folder.golden.read_text(encoding="utf-8"))["metrics"] == {}
    assert folder.run().exit_code == 0
    folder.replace(*reversed(IMPOSSIBLE))
    result = folder.run()
    assert result.exit_code == 1
    assert "expect: infeasible, but there is a plan" in result.stdout
    status = drifts_of(folder.only())["status"]
    assert (status["golden"], status["now"]) == ("infeasible", "optimal")
    assert [cause["share"] for cause in status["causes"]] == [1.0]
    assert folder.run("--update").exit_code == 1


def test_a_scenario_that_became_infeasible_is_three(folder: Folder) -> None:
    folder.update()
    folder.replace(*IMPOSSIBLE)
    result = folder.run()

    assert result.exit_code == 3
    assert "status optimal → infeasible" in result.stdout
    assert "workloads.chat.minimum 50 % → 100 %" in result.stdout
    before = folder.golden.read_bytes()
    assert folder.run("--update").exit_code == 3
    assert folder.golden.read_bytes() == before


def test_a_scenario_that_became_invalid_is_two_and_shows_the_place(
    folder: Folder,
) -> None:
    folder.update()
    folder.replace("power: 900 kW", "power: 900 GB")
    result = folder.run()

    assert result.exit_code == 2
    assert "scenarios/tiny.yaml:8:" in result.stderr
    document = folder.document()
    assert document["error"]["exit_code"] == 2
    assert document["error"]["problems"][0]["line"] == 8


def test_a_truncated_golden_is_two_and_can_be_written_again(folder: Folder) -> None:
    folder.update()
    text = folder.golden.read_text(encoding="utf-8")
    folder.golden.write_text(text[: len(text) // 2], encoding="utf-8")
    result = folder.run()

    assert result.exit_code == 2
    assert "scenarios/tiny.golden.json:" in result.stderr
    assert "is not JSON: it ends too early; write it again with" in result.stderr
    folder.update()
    assert folder.golden.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metrics": {"capex_usd": "much"}}, "is not a golden: metrics.capex_usd"),
        ({"status": "fine"}, "is not a golden: status"),
        ({"extra": 1}, "is not a golden: extra"),
        ({"format_version": None}, "it has no format_version"),
    ],
)
def test_a_golden_edited_into_none_is_two(
    folder: Folder, changes: dict[str, Any], said: str
) -> None:
    folder.update()
    folder.edit(**changes)
    result = folder.run()

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_conflict_left_by_a_merge_is_two(folder: Folder) -> None:
    folder.update()
    text = folder.golden.read_text(encoding="utf-8")
    folder.golden.write_text(f"<<<<<<< HEAD\n{text}", encoding="utf-8")

    assert "scenarios/tiny.golden.json:1:1: is not JSON" in folder.run().stderr


def test_a_golden_of_a_newer_format_is_never_overwritten_unasked(
    folder: Folder,
) -> None:
    folder.update()
    folder.edit(format_version=2)
    for arguments in ((), ("--update",)):
        result = folder.run(*arguments)
        assert result.exit_code == 2
        assert "has format_version 2; this planner reads 1" in result.stderr
    assert folder.run("--update", "--force").exit_code == 0
    assert folder.run().exit_code == 0


def test_the_worst_code_of_several_files_counts(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("drifted", "invalid", "infeasible", "fine", "broken")
    for name in names:
        shutil.copy(folder.scenario, folder.path / "scenarios" / f"{name}.yaml")
    folder.update()
    folder.replace("demand: {2026: 432", "demand: {2026: 430", "scenarios/drifted.yaml")
    folder.replace("power: 900 kW", "power: 1 GB", "scenarios/invalid.yaml")
    folder.replace(*IMPOSSIBLE, "scenarios/infeasible.yaml")
    paths = {name: f"scenarios/{name}.yaml" for name in names}

    assert folder.run(paths["drifted"], paths["fine"]).exit_code == 1
    assert folder.run(paths["drifted"], paths["invalid"]).exit_code == 2
    assert folder.run("scenarios").exit_code == 3
    check_file = planner.cli.check.check_file

    def failing(path: str, kind: Any, request: Any) -> Any:
        if path.endswith("broken.yaml"):
            msg = "not planned for"
            raise RuntimeError(msg)
        return check_file(path, kind, request)

    monkeypatch.setattr(planner.cli.check, "check_file", failing)
    result = folder.run("scenarios")
    assert result.exit_code == 70
    assert "scenarios/drifted.yaml: drifted" in result.stdout
    assert "internal error, this is a bug: RuntimeError: not planned for" in (
        result.stderr
    )


# CI.


def test_update_refuses_in_ci_unless_forced(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    result = folder.run("--update")

    assert result.exit_code == 2
    assert "CI is set" in result.stderr
    assert not folder.golden.exists()
    assert folder.run("--update", "--force").exit_code == 0
    assert folder.golden.exists()


@pytest.mark.parametrize(
    "arguments", [("--update", "--set", "horizon.periods=1"), ("-",),
                  ("--update", "--solver", "cbc")],
)  # fmt: skip
def test_what_cannot_be_a_golden_is_refused(
    folder: Folder, arguments: tuple[str, ...]
) -> None:
    assert folder.run(*arguments).exit_code == 2
    assert not folder.golden.exists()


def test_set_shows_what_a_change_would_move(folder: Folder) -> None:
    folder.update()
    result = folder.run("--set", "budgets.power.2026=1 MW")

    assert result.exit_code == 1
    assert "--set budgets.power.2026 1.2 MW → 1 MW" in result.stdout


def test_annotations_stand_on_the_line_of_the_cause(folder: Folder) -> None:
    folder.update()
    folder.replace("nameplate: 4 kW", "nameplate: 4.5 kW", "hardware/big.yaml")
    lines = folder.run("--output-format", "github").stdout.splitlines()
    found = [line for line in lines if line.startswith("::error ")]

    assert found[0].startswith(
        "::error file=hardware/big.yaml,line=4,title=drift of profit_usd::"
    )
    assert "100.0 %25 hardware/big.yaml:4 power.nameplate" in found[0]
    assert "%0A" in found[0]


def test_annotations_without_a_cause_stand_in_the_golden(folder: Folder) -> None:
    folder.update()
    text = folder.golden.read_text(encoding="utf-8")
    line = next(n for n, x in enumerate(text.splitlines(), 1) if '"capex_usd"' in x)
    metrics = json.loads(text)["metrics"] | {"capex_usd": 1.0}
    written = text.replace(f'"capex_usd": {json.loads(text)["metrics"]["capex_usd"]}',
                           f'"capex_usd": {metrics["capex_usd"]}')  # fmt: skip
    folder.golden.write_text(written, encoding="utf-8")
    lines = folder.run("--output-format", "github").stdout.splitlines()

    place = f"file=scenarios/tiny.golden.json,line={line},"
    assert any(x.startswith(f"::error {place}") for x in lines)


def test_annotations_escape_what_would_end_them() -> None:
    line = annotation("error", Mark("a,b:c.yaml", 3, 0), "50 %", "one\r\ntwo: 5 %, x")

    assert line == (
        "::error file=a%2Cb%3Ac.yaml,line=3,title=50 %25::one%0D%0Atwo: 5 %25, x"
    )


def test_junit_has_one_case_for_each_group(folder: Folder) -> None:
    folder.update()
    folder.replace("50 USD/MWh", "60 USD/MWh")
    assert folder.run("--junit", "report.xml").exit_code == 1
    root = ET.parse(folder.path / "report.xml").getroot()  # noqa: S314 - our own file

    assert root.attrib["tests"] == "7"
    cases = {case.attrib["name"]: case for case in root.iter("testcase")}
    assert cases["fleet"].find("failure") is None
    failure = cases["money"].find("failure")
    assert failure is not None
    assert "sites.north.electricity 50 USD/MWh → 60 USD/MWh" in (failure.text or "")


def test_validate_writes_sarif_and_annotations(folder: Folder) -> None:
    folder.replace("power: 900 kW", "power: 900 GB")
    arguments = ["validate", "scenarios", "--data-dir", ".", "--output-format"]
    sarif = CliRunner().invoke(app, [*arguments, "sarif"])
    github = CliRunner().invoke(app, [*arguments, "github"])

    assert sarif.exit_code == github.exit_code == 2
    log = json.loads(sarif.stdout)
    assert log["version"] == "2.1.0"
    result = log["runs"][0]["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert result["level"] == "error"
    assert place["artifactLocation"]["uri"] == "scenarios/tiny.yaml"
    assert place["region"]["startLine"] == 8
    assert github.stdout.startswith("::error file=scenarios/tiny.yaml,line=8,col=")


# The same answer everywhere.


@needs_cbc
def test_cbc_confirms_status_and_metrics(folder: Folder) -> None:
    folder.update()

    assert folder.only("--solver", "cbc")["outcome"] == "ok"


def reversed_order(node: Node) -> Any:
    """Return a document with the entries of every mapping the other way round."""
    if isinstance(node.value, dict):
        pairs = reversed(node.value.items())
        return {key: reversed_order(value) for key, value in pairs}
    if isinstance(node.value, list):
        return [reversed_order(item) for item in node.value]
    return node.value


@pytest.mark.parametrize("name", ["quickstart", "meta_2026"])
def test_the_order_of_mappings_moves_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    for part in ("hardware", "scenarios"):
        shutil.copytree(ROOT / part, tmp_path / part)
    path = f"scenarios/{name}.yaml"
    command = ["check", path, "--data-dir", "."]
    assert CliRunner().invoke(app, [*command, "--update", "--force"]).exit_code == 0
    for file in tmp_path.rglob("*.yaml"):
        root = parse_yaml(file.read_text(encoding="utf-8"), str(file), [])
        assert root is not None
        file.write_text(json.dumps(reversed_order(root)), encoding="utf-8")

    result = CliRunner().invoke(app, command)

    assert result.exit_code == 0, result.output


def test_the_shipped_scenarios_are_at_their_goldens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, ["check", "scenarios"])

    assert result.exit_code == 0, result.output


@needs_cbc
@pytest.mark.parametrize("name", ["quickstart", "meta_2024", "meta_2025"])
def test_cbc_confirms_the_shipped_goldens(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    command = ["check", f"scenarios/{name}.yaml", "--solver", "cbc"]

    assert CliRunner().invoke(app, command).exit_code == 0


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("1 MW", "1000 kW", True),
        ("8 %/year", "0.08 1/year", True),
        (5, "5.0", True),
        ("fp8", "fp16", False),
        ("2026Q1", "2026Q2", False),
        (True, 1, False),
        ("1275 W", "1340 W", False),
    ],
)
def test_inputs_are_the_same_where_they_mean_the_same(
    first: Any,
    second: Any,
    same: bool,  # noqa: FBT001
) -> None:
    assert same_value(first, second) is same


def test_numbers_keep_nine_digits() -> None:
    assert rounded(1 / 3) == 0.333333333
    assert rounded(123456789012.0) == 123456789000.0
    assert str(rounded(-0.0)) == "0.0"
    assert rounded(3) == 3
    assert rounded(None) is None
