"""What a plan has used of policies and budgets, in the scenario that continues it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.api import solve
from planner.cli.app import app
from planner.cli.output import json_text
from planner.plan.plan import Plan
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from tests.strategies import World, bought, differing

TEXT = """
horizon: {start: 2026Q1, periods: 4}
objective: minimize_cost
accelerators: [chip, card]
budgets: {opex: {2026: 20 kUSD}, carbon: {2026: 100 t}}
workloads:
  - name: chat
    kind: inference
    demand: {2026Q1: 100 request/s, 2026Q3: 200 request/s}
    throughput: {chip: 10 request/s, card: 10 request/s}
policies:
"""
PROMISE = "{name: promise, kind: vendor_commitment, vendor: other, minimum: 15}"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    world = World(tmp_path)
    world.hardware("card", "vendor: other\nprice: {system: 30 kUSD}")
    return world


def init(world: World, at: str) -> Result:
    arguments = ("--from", "plan.json", "--at", at, "next.yaml", "--data-dir")
    return CliRunner().invoke(app, ["init", *arguments, str(world.folder)])


def continued(world: World, policy: str, at: str) -> tuple[Plan, Scenario, Plan]:
    """Return a plan, the scenario that continues it, and the plan of that."""
    plan = world.plan(f"{TEXT}  - {policy}\n")
    assert plan.status == "optimal"
    Path("plan.json").write_text(json_text(plan.as_dict()))
    done = init(world, at)
    assert done.exit_code == 0, done.stderr
    scenario = load_scenario("next.yaml", data_dirs=[world.folder])
    return plan, scenario, solve(scenario)


@pytest.mark.parametrize(
    "policy", [PROMISE, PROMISE.replace("name: promise, ", "")], ids=["named", "not"]
)
def test_what_has_come_is_taken_off_a_promise(world: World, policy: str) -> None:
    plan, scenario, after = continued(world, policy, "2026Q3")
    came = sum(
        n
        for (name, period), n in bought(plan, "accelerator", "period").items()
        if name == "card" and period < "2026Q3"
    )
    assert 0 < came < 15
    (left,) = scenario.spec.policies
    assert getattr(left, "minimum", None) == pytest.approx(15 - came)
    later = {
        key: n
        for key, n in bought(plan, "accelerator", "period").items()
        if key[1] >= "2026Q3"
    }
    assert not differing(later, bought(after, "accelerator", "period"), 1e-6)


def test_budgets_keep_what_is_left_of_their_span(world: World) -> None:
    plan, scenario, _ = continued(world, PROMISE, "2026Q3")
    used = [row for row in plan.costs if row.period < "2026Q3"]
    opex, carbon = scenario.spec.budgets.opex, scenario.spec.budgets.carbon
    assert opex is not None
    assert carbon is not None
    left_usd = 20e3 - sum(row.energy_usd + row.maintenance_usd for row in used)
    left_t = 100 - sum(row.co2e_t for row in used)
    assert opex.steps[0].value.to("USD").magnitude == pytest.approx(left_usd)
    assert carbon.steps[0].value.to("t").magnitude == pytest.approx(left_t)


def test_a_date_inside_what_a_share_is_taken_of_is_refused(world: World) -> None:
    cap = "{name: cap, kind: vendor_share, vendor: acme, maximum: 50 %}"
    plan = world.plan(TEXT.replace("periods: 4", "periods: 8") + f"  - {cap}\n")
    Path("plan.json").write_text(json_text(plan.as_dict()))
    refused = init(world, "2026Q3")
    assert refused.exit_code == 2
    assert refused.stderr == (
        "plan.json: 2026Q3 lies inside 2026, of whose purchases the policy cap takes "
        "its share; write --at 2027Q1\n"
    )
    assert init(world, "2027Q1").exit_code == 0
    assert json.loads(Path("plan.json").read_text())["status"] == "optimal"
