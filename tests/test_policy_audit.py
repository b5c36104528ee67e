"""The audit rejects a plan that breaks a policy, or a budget of carbon or opex."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.api import solve
from planner.audit import audit
from planner.performance.pairing import rates
from planner.plan.plan import Plan
from planner.specs.scenario import Scenario
from tests.strategies import World

Break = Callable[[Plan], Plan]

# One chip does 10 request/s; 100 request/s take 10 chips in each period, 4 in eu.
# chip is acme's at 25 k$, card other's at the same price: 5 and 5 of each are bought.
TEXT = """
horizon: {start: 2026, periods: 2}
objective: minimize_cost
accelerators: [chip, card]
sites:
  - {name: here, region: us, power: 1 GW, pue: 1.25, electricity: 100 USD/MWh,
     carbon: 0.5 kg/kWh}
  - {name: there, region: eu, power: 1 GW, pue: 1.25, electricity: 200 USD/MWh,
     carbon: 0.5 kg/kWh}
budgets: {capex: {2026: 1 GUSD}, opex: {2026: 13 kUSD}, carbon: {2026: 50 t}}
workloads:
  - name: chat
    kind: inference
    demand: 100 request/s
    throughput: {chip: 10 request/s, card: 10 request/s}
policies:
  - {name: home, kind: residency, workload: chat, region: eu, minimum: 40 %}
  - {name: cap, kind: vendor_share, vendor: acme, maximum: 50 %}
  - {name: halls, kind: vendor_share, vendor: acme, maximum: 50 %, of: power}
  - {name: promise, kind: vendor_commitment, vendor: acme, minimum: 5}
  - {name: reserve, kind: spare, accelerator: card, share: 5 %}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    world = World(tmp_path_factory.mktemp("world"))
    world.hardware("card", "vendor: other")
    return world.scenario(TEXT)


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    return solve(scenario)


def failed(scenario: Scenario, plan: Plan) -> set[str]:
    found = audit(scenario, plan, rates(scenario))
    return {row.name for row in found.checks if row.worst > row.tolerance}


def changed(plan: Plan, section: str, change: Callable[[Any], Any]) -> Plan:
    rows = tuple(change(row) for row in getattr(plan, section))
    return replace(plan, **{section: rows})


def moved(plan: Plan) -> Plan:
    """Let a thousandth of what works in eu work in us."""
    factors = {"there": 0.999, "here": 1.001}
    return changed(
        plan, "allocation", lambda r: replace(r, count=r.count * factors[r.site])
    )


def scaled(section: str, *keys: str, factor: float, **only: str) -> Break:
    """Scale some numbers of the rows that have the values ``only``."""

    def change(row: Any) -> Any:
        if any(getattr(row, key) != value for key, value in only.items()):
            return row
        return replace(row, **{key: getattr(row, key) * factor for key in keys})

    return lambda plan: changed(plan, section, change)


BREAKS: dict[str, list[Break]] = {
    "residency": [
        moved,
        lambda plan: changed(plan, "allocation", lambda r: replace(r, site="here")),
    ],
    "vendor_share": [
        scaled("fleet", "added", factor=1.001, accelerator="chip"),
        scaled("fleet", "installed", factor=1.001, accelerator="chip"),
    ],
    "vendor_commitment": [scaled("fleet", "added", factor=0.9, accelerator="chip")],
    "spare": [
        scaled("allocation", "count", factor=1.001, accelerator="card"),
        scaled("fleet", "installed", factor=0.999, accelerator="card"),
    ],
    "opex_budget": [scaled("fleet", "installed", factor=2)],
    "carbon_budget": [scaled("fleet", "installed", factor=2)],
    "budgets": [
        lambda plan, name=name: replace(  # type: ignore[misc]  # bound per name
            plan, budgets=tuple(r for r in plan.budgets if r.name != name)
        )
        for name in ("opex_budget", "carbon_budget", "vendor_share")
    ]
    + [scaled("budgets", "used", factor=1.001, name="vendor_share")],
}


def test_the_plan_passes_and_uses_its_limits(scenario: Scenario, plan: Plan) -> None:
    assert plan.status == "optimal"
    assert failed(scenario, plan) == set()
    used = {(r.name, r.scope, r.period): r.utilisation for r in plan.budgets}
    assert used["vendor_share", "cap", "2026"] == pytest.approx(1)
    assert used["vendor_share", "halls", "2027"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, n) for name, breaks in BREAKS.items() for n in range(len(breaks))],
)
def test_a_broken_plan_fails_the_check_of_that_name(
    scenario: Scenario, plan: Plan, name: str, number: int
) -> None:
    assert name in failed(scenario, BREAKS[name][number](plan))


def test_a_fleet_above_its_grandfathered_power_is_refused(tmp_path: Path) -> None:
    world = World(tmp_path)
    fleet = "fleet: [{site: here, accelerator: chip, count: 1000, installed: 2025}]"
    site = (
        "sites: [{name: here, power: 1 MW, pue: 1.25, electricity: 100 USD/MWh, "
        "carbon: 0.5 kg/kWh}]\nbudgets: {power: 900 kW}\n"
    )
    chat = (
        "workloads: [{name: chat, kind: inference, demand: 10 request/s, "
        "value: 1 USD/request, throughput: {chip: 1 request/s}}]\n"
    )
    scenario = world.scenario(f"{fleet}\n{site}{chat}policies: [{{kind: grandfather}}]")
    plan = solve(scenario)
    assert plan.status == "optimal"
    assert {row.limit for row in plan.budgets if row.unit == "MW"} == {1.25}
    more = changed(plan, "fleet", lambda r: replace(r, installed=r.installed * 1.001))
    assert {"site_power", "power_budget"} <= failed(scenario, more)
