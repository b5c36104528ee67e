"""Without a plan: what collides, and remedies that were solved again."""

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from typer.testing import CliRunner

from planner import Plan, load_scenario, solve
from planner.cli.app import app
from planner.plan.findings import Fix
from planner.specs.load import reload
from planner.specs.scenario import Scenario
from tests.strategies import Draft, World, drafts

ROOT = Path(__file__).parents[1]
IMPOSSIBLE = ROOT / "scenarios" / "impossible_deadline.yaml"
EXAMPLES = 34
"""Random scenarios of each of the six ways to break one: 204 together."""


def explained(scenario: Scenario) -> tuple[Plan, tuple[Fix, ...]]:
    plan = solve(scenario)
    assert plan.status == "infeasible"
    assert plan.infeasibility is not None
    return plan, plan.infeasibility.fixes


def is_possible(scenario: Scenario, *sets: str) -> bool:
    return solve(reload(scenario, sets)).status == "optimal"


# --- A shipped one --------------------------------------------------------------------


def test_every_fix_of_the_shipped_scenario_solves_it() -> None:
    scenario = load_scenario(IMPOSSIBLE)
    _, fixes = explained(scenario)
    assert len(fixes) >= 3
    for fix in fixes:
        assert fix.verified
        assert is_possible(scenario, *fix.set), fix


def test_a_little_less_than_a_fix_does_not_suffice() -> None:
    scenario = load_scenario(IMPOSSIBLE)
    _, fixes = explained(scenario)
    (lower,) = (fix for fix in fixes if fix.constraint == "minimum_served")
    (text,) = lower.set
    share = float(re.findall(r"=([\d.]+) %", text)[0])
    assert not is_possible(scenario, f"workloads.llama_run.minimum={share * 1.01} %")


def test_the_conflict_names_limits_of_the_scenario() -> None:
    plan, _ = explained(load_scenario(IMPOSSIBLE))
    assert plan.infeasibility is not None
    rows = {(row.constraint, row.scope) for row in plan.infeasibility.conflict}
    assert {("site_power", "ohio"), ("training_work", "llama_run")} <= rows


def test_a_later_deadline_is_found_in_whole_periods() -> None:
    scenario = load_scenario(IMPOSSIBLE, overrides=["horizon.periods=8"])
    _, fixes = explained(scenario)
    (later,) = (fix for fix in fixes if fix.unit == "period")
    assert later.set[0].startswith("workloads.llama_run.deadline=")
    assert is_possible(scenario, *later.set)
    count = int(later.amount)
    before = scenario.periods[1 + count - 1].label
    assert not is_possible(scenario, f"workloads.llama_run.deadline={before}")


# --- What stands breaks a limit -------------------------------------------------------


STANDING = """
fleet: [{site: here, accelerator: chip, count: 1000, installed: 2025}]
sites: [{name: here, power: {2026: 1 MW, 2027: 2 MW}, pue: 1.25,
         electricity: 100 USD/MWh, carbon: 0.5 kg/kWh}]
budgets: {power: 1.1 MW}
workloads:
  - {name: chat, kind: inference, demand: 10 request/s, value: 1 USD/request,
     throughput: {chip: 1 request/s}}
"""


def test_a_fleet_that_breaks_a_limit_is_named_with_the_remedy(tmp_path: Path) -> None:
    scenario = World(tmp_path).scenario(STANDING)
    plan, fixes = explained(scenario)
    assert plan.infeasibility is not None
    site, fleet = plan.infeasibility.standing

    assert (site.constraint, site.scope, site.period) == ("site_power", "here", "2026")
    assert (site.used, site.limit, site.unit) == (1.25, 1.0, "MW")
    assert (fleet.constraint, fleet.scope) == ("power_budget", "fleet")
    assert (fleet.used, fleet.limit) == (1.25, 1.1)
    assert is_possible(scenario, *site.set, *fleet.set)
    assert not is_possible(scenario, *site.set)
    assert fixes[0].verified


def test_a_fleet_past_its_lifetime_breaks_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    scenario = world.scenario(STANDING, "accelerators.chip.lifetime=1 year")
    assert solve(scenario).status == "optimal"


# --- Random ones ----------------------------------------------------------------------


def too_much_demand(draft: Draft) -> Draft:
    first, *others = draft.scenario["workloads"]
    demand = dict(first["demand"])
    key = next(key for key in demand if key != "growth")
    demand[key] = demand[key].times(Decimal(100))
    chat = {**first, "demand": demand, "minimum": "100 %"}
    return draft.having(workloads=[chat, *others])


def too_large_a_fleet(draft: Draft) -> Draft:
    (entry,) = draft.scenario["fleet"]
    hardware = {
        name: {**data, "lifetime": "5 year"} for name, data in draft.hardware.items()
    }
    larger = draft.having(fleet=[{**entry, "count": entry["count"] * 40 + 4000}])
    return replace(larger, hardware=hardware)


def committed_without_capital(draft: Draft) -> Draft:
    supply = {**draft.scenario["supply"], "card": {"2026Q1": COMMITTED}}
    return draft.having(budgets={"capex": 0}, supply=supply)


COMMITTED = {"limit": 90, "committed": 60}


def too_many_tokens(draft: Draft) -> Draft:
    *others, run = draft.scenario["workloads"]
    tokens = run["tokens"].times(Decimal(1000))
    run = {**run, "minimum": "100 %", "tokens": tokens}
    return draft.having(workloads=[*others, run])


def too_small_a_run(draft: Draft) -> Draft:
    *others, run = draft.scenario["workloads"]
    tokens = run["tokens"].times(Decimal(30))
    small = {"minimum": "90 %", "tokens": tokens, "accelerators": {"maximum": 1}}
    return draft.having(workloads=[*others, {**run, **small}])


def too_little_power(draft: Draft) -> Draft:
    chat, feed, run = draft.scenario["workloads"]
    demand = feed["demand"].times(Decimal(50))
    feed = {**feed, "minimum": "99 %", "demand": demand}
    budgets = {**draft.scenario["budgets"], "power": "20 kW"}
    return draft.having(workloads=[chat, feed, run], budgets=budgets)


@pytest.mark.parametrize(
    "spoil",
    [
        too_much_demand,
        too_large_a_fleet,
        committed_without_capital,
        too_many_tokens,
        too_small_a_run,
        too_little_power,
    ],
)
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(draft=drafts())
def test_random_infeasible_scenarios_have_a_proven_fix(
    draft: Draft, spoil: Callable[[Draft], Draft]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _, fixes = explained(spoil(draft).load(Path(folder)))
        assert fixes
        # Each was solved again where it was found; none is offered without.
        assert all(fix.verified for fix in fixes), fixes


@settings(max_examples=4)
@given(draft=drafts())
def test_what_a_random_fix_sets_solves(draft: Draft) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scenario = too_many_tokens(draft).load(Path(folder))
        _, fixes = explained(scenario)
        for fix in fixes:
            assert is_possible(scenario, *fix.set), fix


# --- On the command line --------------------------------------------------------------


def ran(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout


def test_solve_exits_with_3_and_prints_the_first_three() -> None:
    code, text = ran("solve", str(IMPOSSIBLE), "--set", "expect=optimal")
    assert code == 3
    assert "Cannot hold together" in text
    assert re.findall(r"^(\d)\. ", text, flags=re.MULTILINE) == ["1", "2", "3"]
    assert "--set 'workloads.llama_run.minimum=" in text


def test_explain_of_an_infeasible_scenario_exits_with_0() -> None:
    code, text = ran("explain", str(IMPOSSIBLE), "--set", "expect=optimal")
    assert code == 0
    assert "Each of these makes a plan possible" in text


def test_json_of_an_infeasible_scenario_has_conflict_and_fixes() -> None:
    code, text = ran("solve", str(IMPOSSIBLE), "--json")
    found = json.loads(text)["infeasibility"]
    assert code == 0
    assert found["conflict"]
    keys = {"constraint", "scope", "period", "amount", "unit", "cost_usd", "set"}
    assert all(keys | {"verified"} <= fix.keys() for fix in found["fixes"])
    code, text = ran("explain", str(IMPOSSIBLE), "--json")
    assert json.loads(text)["infeasibility"] == found
