"""``planner init``: the template, and the scenario that follows a plan."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from typer.testing import CliRunner, Result

from planner.api import solve
from planner.cli.app import app
from planner.cli.output import json_text
from planner.documents import parse_yaml, plain
from planner.init import template_text
from planner.plan.plan import Plan
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun
from planner.units import magnitude
from tests.strategies import Draft, bought, differing, drafts

ROOT = Path(__file__).parents[1]
QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"
NEXT = "next.yaml"

Planned = Callable[..., Plan]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# -------------------------------------------------------------------------- template


def test_template_is_valid_without_a_warning_and_solves() -> None:
    assert run("init").exit_code == 0
    checked = run("validate", "scenario.yaml")
    scenario = load_scenario("scenario.yaml")

    assert (checked.exit_code, checked.stderr) == (0, "")
    assert scenario.warnings == ()
    assert solve(scenario).status == "optimal"


def test_template_has_limits_that_bind_and_three_kinds_of_work() -> None:
    """Power binds in 2026 and capital in 2027, as the tutorial says."""
    run("init")
    plan = solve(load_scenario("scenario.yaml"))
    tight = {
        (row.name, row.period[:4])
        for row in plan.budgets
        if row.limit and row.used > row.limit * (1 - 1e-9)
    }

    assert tight == {
        ("power_budget", "2026"),
        ("capex_budget", "2027"),
        ("supply", "2026"),
    }
    assert {row.kind for row in plan.split if row.count > 1} >= {
        "training",
        "inference",
        "recommendation",
    }


def test_every_line_of_the_template_is_commented() -> None:
    lines = [line for line in template_text().splitlines() if line.strip()]

    assert [line for line in lines if "#" not in line and line[-1] != ":"] == [
        "  - {site: my_site, accelerator: h100, count: 6000, installed: 2024Q3}"
    ]
    assert max(map(len, lines)) <= 88


def test_every_number_of_the_template_is_an_assumption() -> None:
    root = parse_yaml(template_text(), "template", [])
    assert root is not None
    content = plain(root)

    assert content["source"] == "assumption"
    code = re.sub(r"#.*|^source:.*", "", template_text(), flags=re.MULTILINE)
    assert "source:" not in code


def test_a_file_is_not_overwritten_without_force() -> None:
    Path("scenario.yaml").write_text("mine")
    refused = run("init")

    assert refused.exit_code == 2
    assert refused.stderr == (
        "scenario.yaml: exists already; write another name, or --force\n"
    )
    assert Path("scenario.yaml").read_text() == "mine"
    assert run("init", "--force").exit_code == 0
    assert Path("scenario.yaml").read_text(encoding="utf-8") == template_text()


def test_a_name_of_ones_own_json_and_stdout() -> None:
    assert run("init", "mine.yaml", "-q").stdout == ""
    assert Path("mine.yaml").is_file()
    document = json.loads(run("init", "other.yaml", "--json").stdout)
    assert document["path"] == "other.yaml"
    assert document["text"] == template_text()
    assert run("init", "-").stdout == template_text()
    assert json.loads(run("init", "-", "--json").stdout)["path"] is None


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (".", ".: is a folder; write another name"),
        ("no/such/folder.yaml", "cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_written_is_one_line(target: str, said: str) -> None:
    refused = run("init", target)

    assert refused.exit_code == 2
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_help_needs_nothing_of_the_plan() -> None:
    code = "import sys, planner.cli.app; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert not {"planner.init", "planner.guide", "pulp"} & set(done.stdout.split())


# ---------------------------------------------------------------------- continuation


def write(plan: Plan, path: str = "plan.json") -> None:
    Path(path).write_text(json_text(plan.as_dict()))


def planned(path: str | Path, *overrides: str, data: Sequence[Path] = ()) -> Plan:
    """Return the plan of a file, written to plan.json."""
    plan = solve(load_scenario(path, overrides=overrides, data_dirs=data))
    write(plan)
    return plan


def continued(at: str, *arguments: str | Path) -> tuple[Scenario, Plan]:
    """Return the scenario that continues plan.json, and its plan."""
    done = run("init", "--from", "plan.json", "--at", at, NEXT, *arguments)
    assert done.exit_code == 0, done.stderr
    folders = [each for each in arguments if isinstance(each, Path)]
    scenario = load_scenario(NEXT, data_dirs=folders)
    return scenario, solve(scenario)


def later(plan: Plan, at: str) -> dict[tuple[str, ...], float]:
    keys = ("site", "accelerator", "period")
    return {key: n for key, n in bought(plan, *keys).items() if key[2] >= at}


def standing(plan: Plan, at: str) -> dict[Any, float]:
    return {
        (row.site, row.accelerator, row.period): row.installed
        for row in plan.fleet
        if row.period >= at
    }


def served(plan: Plan, at: str) -> dict[Any, float]:
    return {
        (row.workload, row.period, row.block): row.served
        for row in plan.services
        if row.period >= at
    }


@pytest.mark.parametrize("at", ["2026Q2", "2026Q3", "2026Q4"])
def test_the_quickstart_goes_on_as_planned(at: str) -> None:
    """Money and power as before, what is spent and done is; so the plan is the same."""
    old = planned(QUICKSTART)
    scenario, new = continued(at)

    assert new.status == "optimal"
    assert scenario.spec.name == f"quickstart_{at.lower()}"
    assert scenario.periods[0].label == at
    assert scenario.periods[-1].label == "2026Q4"
    assert not differing(later(old, at), later(new, at))
    assert not differing(standing(old, at), standing(new, at))
    assert not differing(served(old, at), served(new, at))


def test_the_fleet_keeps_its_dates_and_orders_are_committed() -> None:
    old = planned(QUICKSTART)
    scenario, _ = continued("2026Q3")
    fleet = {(e.accelerator, e.installed.label): e.count for e in scenario.spec.fleet}
    came = bought(old, "accelerator", "period")
    step = scenario.spec.supply["b200"].steps[0]

    assert not differing(
        fleet,
        {
            ("b200", "2026Q2"): came["b200", "2026Q2"],
            ("h100", "2024Q2"): 8000.0,
            ("mtia_v2", "2026Q2"): came["mtia_v2", "2026Q2"],
        },
    )
    assert step.span is not None
    assert (step.span.label, step.limit) == ("2026Q3", 2500.0)
    assert step.committed == pytest.approx(came["b200", "2026Q3"], abs=1e-6)


def test_a_run_goes_on_with_the_tokens_and_the_value_that_remain() -> None:
    old = planned(QUICKSTART)
    scenario, new = continued("2026Q4")
    run_ = scenario.workloads["llama_run"]
    assert isinstance(run_, TrainingRun)
    assert run_.start is not None
    assert run_.value is not None
    left = magnitude(run_.tokens, "Ttoken")

    assert run_.start.label == "2026Q4"
    assert 0 < left < 30
    assert magnitude(run_.value[0].value, "MUSD") == pytest.approx(40 * left / 30)
    assert new.runs[0].completed_fraction == old.runs[0].completed_fraction == 1.0


@settings(max_examples=25)
@given(draft=drafts())
def test_random_plans_go_on_as_planned(
    draft: Draft, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the lead times, lifetimes, budgets and blocks, purchases stay."""
    folder = tmp_path_factory.mktemp("draft")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        scenario = draft.load(folder)
        old = solve(scenario)
        write(old)
        for span in scenario.periods[1:]:
            _, new = continued(span.label, "--force", "--data-dir", folder)
            assert new.status == "optimal"
            before, after = later(old, span.label), later(new, span.label)
            assert not differing(by_type(before), by_type(after), 1e-5)


def by_type(counts: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    """Add up the sites: what is ordered may be delivered to another one."""
    found: dict[tuple[str, ...], float] = {}
    for (_, accelerator, period), count in counts.items():
        key = accelerator, period
        found[key] = found.get(key, 0.0) + count
    return found


TWO_RUNS = """\
name: two
horizon: {start: 2026Q1, periods: 4}
accelerators: [big]
sites: [{name: here, power: 1 MW, pue: 1.25}]
fleet: fleet.csv
budgets: {capex: {2026: 1 MUSD}}
supply: {big: {2026: 40}}
workloads:
  - {name: early, kind: training, tokens: 0.1 Ttoken, deadline: 2026Q2, value: 1 MUSD,
     throughput: {big: 1000 token/s}}
  - {name: late, kind: training, tokens: 0.9 Ttoken, value: 9 MUSD, minimum: 50 %,
     throughput: {big: 1000 token/s}}
  - {name: chat, kind: inference, throughput: {big: 2 request/s}, minimum: 10 %,
     demand: {csv: demand.csv, column: chat}, value: 0.001 USD/request}
"""


@pytest.fixture
def two(tmp_path: Path, tiny_hardware: dict[str, str]) -> Path:
    """Return a scenario with two runs, tables, and a supply by the year."""
    (tmp_path / "hardware").mkdir()
    (tmp_path / "hardware" / "big.yaml").write_text(tiny_hardware["big"])
    (tmp_path / "fleet.csv").write_text(
        "site,accelerator,count,installed\nhere,big,20,2022Q2\nhere,big,10,2025Q1\n"
    )
    (tmp_path / "demand.csv").write_text(
        "period,chat\n2026Q1,50 request/s\n2026Q3,60 request/s\n"
    )
    path = tmp_path / "two.yaml"
    path.write_text(TWO_RUNS)
    return path


def test_runs_that_are_over_go_while_others_change(two: Path, tmp_path: Path) -> None:
    """A list that loses one item and changes another is written whole."""
    old = planned("two.yaml", data=[tmp_path])
    Path("below").mkdir()
    done = run(
        *("init", "--from", "plan.json", "--at", "2026Q3", "below/next.yaml"),
        *("--data-dir", tmp_path),
    )
    assert done.exit_code == 0, done.stderr
    scenario = load_scenario("below/next.yaml", data_dirs=[tmp_path])
    new = solve(scenario)

    assert two.is_file()
    assert list(scenario.workloads) == ["late", "chat"]
    assert scenario.workloads["late"].minimum is not None
    assert new.status == "optimal"
    assert not differing(standing(old, "2026Q3"), standing(new, "2026Q3"))
    assert not differing(served(old, "2026Q3"), served(new, "2026Q3"), 1e-5)


def test_runs_that_are_over_go_while_others_stay(two: Path, tmp_path: Path) -> None:
    two.write_text(
        TWO_RUNS.replace("- {name: late, ", "- {name: late, start: 2026Q3, ")
    )
    planned("two.yaml", data=[tmp_path])
    scenario, _ = continued("2026Q3", "--data-dir", tmp_path)

    assert list(scenario.workloads) == ["late", "chat"]
    assert "workloads: [late, chat]" in Path(NEXT).read_text()


def test_the_oldest_retire_and_the_year_keeps_what_is_left(
    two: Path, tmp_path: Path
) -> None:
    """20 big of 2022Q2 have served their four years by 2026Q2."""
    assert two.is_file()
    old = planned("two.yaml", data=[tmp_path])
    scenario, _ = continued("2026Q3", "--data-dir", tmp_path)
    came = sum(n for (_, _, t), n in later(old, "2026Q1").items() if t < "2026Q3")
    fleet = {e.installed.label: e.count for e in scenario.spec.fleet}
    capex = scenario.spec.budgets.capex
    limit = scenario.spec.supply["big"].steps[0].limit

    assert "2022Q2" not in fleet
    assert fleet["2025Q1"] == 10.0
    assert came > 0
    assert limit == pytest.approx(40 - came)
    assert capex is not None
    left_usd = magnitude(capex.steps[0].value, "USD")
    assert left_usd == pytest.approx(1e6 - came * 30e3, abs=1.0)


def test_unlimited_supply_gets_what_is_on_order(two: Path, tmp_path: Path) -> None:
    text = TWO_RUNS.replace("supply: {big: {2026: 40}}\n", "")
    two.write_text(text.replace("[big]", "[{name: big, lead_time: 6 month}]"))
    old = planned("two.yaml", data=[tmp_path])
    scenario, new = continued("2026Q2", "--data-dir", tmp_path)
    owed = {
        s.span.label: s.committed for s in scenario.spec.supply["big"].steps if s.span
    }

    assert later(old, "2026Q3")
    assert not differing(later(old, "2026Q2"), later(new, "2026Q2"))
    assert owed["2026Q3"] == pytest.approx(bought(old, "period")["2026Q3",])
    assert all(s.limit is None for s in scenario.spec.supply["big"].steps)


def test_overrides_are_carried_as_values() -> None:
    overrides = (
        "budgets.power.2026Q3=20 MW",
        "accelerators.h100.price.system=20 kUSD",
        "accelerators.b200.power.idle=null",
        "workloads.ads.minimum=80 %",
        "workloads.llama_run.accelerators.maximum=1400",
        "sites.ohio={power: 23 MW, pue: 1.15}",
        "horizon.periods=3",
        "workloads.llama_run.deadline=2026Q3",
    )
    old = planned(QUICKSTART, *overrides)
    scenario, new = continued("2026Q2")
    site = scenario.sites["ohio"]

    assert scenario.overrides == ()
    assert scenario.spec.horizon.periods == 2
    assert site.pue == 1.15
    assert scenario.workloads["ads"].minimum == 0.8
    assert scenario.accelerators["b200"].power.idle is None
    assert not differing(later(old, "2026Q2"), later(new, "2026Q2"))
    assert not differing(served(old, "2026Q2"), served(new, "2026Q2"))


def test_an_item_taken_away_stays_away() -> None:
    planned(QUICKSTART, "workloads.ads=null")
    scenario, _ = continued("2026Q3")

    assert list(scenario.workloads) == ["llama_run", "assistant"]


def test_values_taken_away_stay_away() -> None:
    overrides = (
        "budgets.power=null",
        "workloads.assistant.headroom=null",
        "supply.trainium2=null",
    )
    old = planned(QUICKSTART, *overrides)
    scenario, new = continued("2026Q2")

    assert scenario.spec.budgets.power is None
    assert scenario.spec.budgets.capex is not None
    assert "trainium2" not in scenario.spec.supply
    assert not differing(later(old, "2026Q2"), later(new, "2026Q2"))
    assert not differing(served(old, "2026Q2"), served(new, "2026Q2"))


def test_an_override_that_a_file_cannot_express_is_refused() -> None:
    planned(QUICKSTART, "discount_rate=null")
    refused = run("init", "--from", "plan.json", "--at", "2026Q3", NEXT)

    assert refused.exit_code == 2
    assert refused.stderr == (
        "next.yaml: the plan was made with --set discount_rate=null, which an "
        "extending file cannot say; write it into the scenario, solve that, and "
        "continue its plan\n"
    )
    assert not Path(NEXT).exists()


def test_a_continuation_can_be_continued() -> None:
    old = planned(QUICKSTART)
    run("init", "--from", "plan.json", "--at", "2026Q2")
    planned("quickstart_2026q2.yaml")
    scenario, new = continued("2026Q4")

    assert scenario.spec.name == "quickstart_2026q4"
    assert not differing(standing(old, "2026Q4"), standing(new, "2026Q4"))
    assert not differing(served(old, "2026Q4"), served(new, "2026Q4"))


def changed_plan(**keys: Any) -> str:
    planned(QUICKSTART)
    content = json.loads(Path("plan.json").read_text()) | keys
    return json.dumps({key: value for key, value in content.items() if value != "drop"})


def provenance(**keys: Any) -> Any:
    return json.loads(changed_plan())["provenance"] | keys


REFUSED: dict[str, tuple[Callable[[], str], str, str]] = {
    "newer format": (
        lambda: changed_plan(format_version=2),
        "2026Q3",
        "plan.json: has format_version 2; this planner reads 1; install",
    ),
    "no format": (
        lambda: changed_plan(format_version="drop"),
        "2026Q3",
        "plan.json: is not a plan: it has no format_version; write one with",
    ),
    "no JSON": (
        lambda: "name: x",
        "2026Q3",
        "plan.json: is no JSON, so no plan; write",
    ),
    "another document": (
        lambda: json.dumps({"format_version": 1, "error": {}}),
        "2026Q3",
        "plan.json: is not a plan; write one with 'planner solve SCENARIO",
    ),
    "a broken row": (
        lambda: changed_plan(fleet=[{"site": "ohio"}]),
        "2026Q3",
        "plan.json: is not a plan: fleet.0.accelerator: field required; write one with",
    ),
    "no plan in it": (
        lambda: changed_plan(status="infeasible"),
        "2026Q3",
        "plan.json: its status is infeasible, so there is nothing to continue",
    ),
    "no such period": (
        changed_plan,
        "2027Q1",
        "plan.json: '2027Q1' is not one of its periods; write --at 2026Q2 … 2026Q4",
    ),
    "the first period": (
        changed_plan,
        "2026Q1",
        "plan.json: '2026Q1' is its first period; write --at 2026Q2 … 2026Q4",
    ),
    "from stdin": (
        lambda: changed_plan(provenance=provenance(files=[])),
        "2026Q3",
        "plan.json: was made from standard input, so there is no file to extend",
    ),
    "moved": (
        lambda: changed_plan(
            provenance=provenance(files=[{"path": "gone.yaml", "sha256": ""}])
        ),
        "2026Q3",
        "plan.json: was made from 'gone.yaml', which is not there; run this in",
    ),
    "out of date": (
        lambda: changed_plan(provenance=provenance(inputs_hash="0")),
        "2026Q3",
        "plan.json: is out of date: its inputs changed after it was made; solve it",
    ),
}


@pytest.mark.parametrize(("make", "at", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_continued_is_one_line(
    make: Callable[[], str], at: str, said: str
) -> None:
    Path("plan.json").write_text(make())
    refused = run("init", "--from", "plan.json", "--at", at, NEXT)

    assert refused.exit_code == 2
    assert refused.stderr.startswith(said)
    assert len(refused.stderr.splitlines()) == 1
    assert not Path(NEXT).exists()


def test_a_scenario_that_changed_is_named() -> None:
    Path("mine.yaml").write_text(QUICKSTART.read_text(encoding="utf-8"))
    planned("mine.yaml")
    text = Path("mine.yaml").read_text(encoding="utf-8")
    Path("mine.yaml").write_text(text.replace("24 MW", "25 MW"))
    refused = run("init", "--from", "plan.json", "--at", "2026Q3")

    assert refused.stderr == (
        "plan.json: is out of date: mine.yaml changed after it was made; "
        "solve it again: planner solve mine.yaml -o plan.json\n"
    )


def test_what_the_plan_was_made_from_is_not_overwritten() -> None:
    Path("mine.yaml").write_text(QUICKSTART.read_text(encoding="utf-8"))
    planned("mine.yaml")
    refused = run(
        "init", "--from", "plan.json", "--at", "2026Q3", "mine.yaml", "--force"
    )

    assert refused.exit_code == 2
    assert "mine.yaml: is a file that the plan was made from" in refused.stderr


@pytest.mark.parametrize("only", [["--from", "plan.json"], ["--at", "2026Q3"]])
def test_from_and_at_go_together(only: list[str]) -> None:
    refused = run("init", *only)

    assert refused.exit_code == 2
    assert "write e.g. --from plan.json --at 2026Q3" in refused.stderr


def test_nothing_left_to_do(two: Path, tmp_path: Path) -> None:
    lines = TWO_RUNS.splitlines(keepends=True)
    two.write_text("".join(lines[:10]))
    planned("two.yaml", data=[tmp_path])
    refused = run(
        "init", "--from", "plan.json", "--at", "2026Q3", "--data-dir", tmp_path
    )

    assert refused.exit_code == 2
    assert (
        "every workload is over before 2026Q3; write an earlier --at" in refused.stderr
    )


def test_a_yearly_plan_has_years_as_periods(
    tmp_path: Path, tiny: Callable[..., Scenario]
) -> None:
    old = solve(tiny())
    write(old)
    scenario, new = continued("2027", "--data-dir", tmp_path)

    assert scenario.spec.name == "tiny_2027"
    assert list(scenario.workloads) == ["chat"]
    assert not differing(standing(old, "2027"), standing(new, "2027"))
    assert not differing(served(old, "2027"), served(new, "2027"))
