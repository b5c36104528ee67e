"""The audit of integer plans: what is not whole, not at one place or too small."""

from dataclasses import replace
from pathlib import Path

import pytest

from planner.api import solve
from planner.plan.plan import Plan
from planner.specs.scenario import Scenario
from tests.strategies import World
from tests.test_audit import changed, failed, put
from tests.test_integer import TWO_SITES, WHOLE, standing

TEXT = """
accelerators: [chip, card]
workloads:
  - {name: run, kind: training, tokens: 315360 Mtoken, value: 1 MUSD,
     throughput: {chip: 1000 token/s, card: 2000 token/s}, single_site: true,
     single_accelerator: true, accelerators: {minimum: 3, maximum: 6}}
  - {name: chat, kind: inference, demand: 45 request/s, replica: 2, minimum: 100 %,
     throughput: {chip: 10 request/s}, accelerators: {allowed: [chip]}}
"""


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, Plan]:
    world = World(Path(tmp_path_factory.mktemp("whole")))
    world.hardware("chip", "system: {accelerators: 8}")
    world.hardware("card", "orderable: false")
    fleet = standing(card_here=6, card_there=6)
    scenario = world.scenario(WHOLE + TEXT + TWO_SITES + fleet)
    return scenario, solve(scenario)


def test_the_plan_passes(solved: tuple[Scenario, Plan]) -> None:
    scenario, plan = solved
    assert failed(scenario, plan) == set()
    (run,) = plan.runs
    assert len(run.sites) == len(run.accelerators) == 1


def test_half_a_system_or_replica_is_caught(solved: tuple[Scenario, Plan]) -> None:
    scenario, plan = solved
    odd = changed(
        plan, "fleet", lambda r: put(r, added=r.added - 1 if r.added else 0.0)
    )
    assert "whole_counts" in failed(scenario, odd)
    odd = changed(
        plan,
        "allocation",
        lambda r: put(r, count=r.count + 1 if r.workload == "chat" else r.count),
    )
    assert "whole_counts" in failed(scenario, odd)


def test_half_a_run_is_caught(solved: tuple[Scenario, Plan]) -> None:
    scenario, plan = solved
    half = changed(plan, "runs", lambda r: put(r, completed_fraction=0.5))
    assert "whole_counts" in failed(scenario, half)


@pytest.mark.parametrize("field", ["site", "accelerator"])
def test_a_second_place_is_caught(solved: tuple[Scenario, Plan], field: str) -> None:
    scenario, plan = solved
    row = next(r for r in plan.allocation if r.workload == "run")
    other = {"here": "there", "there": "here", "card": "chip", "chip": "card"}
    extra = put(row, count=1.0, **{field: other[getattr(row, field)]})
    broken = replace(plan, allocation=(*plan.allocation, extra))
    assert "placement" in failed(scenario, broken)


def test_a_run_below_its_least_size_is_caught(solved: tuple[Scenario, Plan]) -> None:
    scenario, plan = solved
    small = changed(
        plan,
        "allocation",
        lambda r: put(r, count=2.5) if r.workload == "run" else r,
    )
    assert "minimum_run_size" in failed(scenario, small)


@pytest.mark.parametrize(
    ("field", "factor"),
    [("bound_usd", 0.9), ("gap", 2.0), ("continuous_usd", 0.9), ("continuous_loss", 2)],
)
def test_a_wrong_bound_gap_or_loss_is_caught(
    solved: tuple[Scenario, Plan], field: str, factor: float
) -> None:
    scenario, plan = solved
    wrong = getattr(plan.objective, field) * factor + (field == "gap")
    broken = replace(plan, objective=put(plan.objective, **{field: wrong}))
    assert "objective" in failed(scenario, broken)


def test_a_part_of_a_system_by_the_hour_is_caught(tmp_path: Path) -> None:
    # 45 request/s take 4.5 chips by day, 1.5 by night: two servers of four, then one.
    world = World(tmp_path)
    world.hardware("chip", "system: {accelerators: 4}\norderable: false")
    scenario = world.scenario(
        WHOLE
        + """
load_blocks: {day: 18 h, night: 6 h}
leases: [{name: cloud, accelerator: chip, price: 2 USD/hour, on_demand: true}]
workloads:
  - {name: chat, kind: inference, demand: 37.5 request/s, minimum: 100 %,
     throughput: {chip: 10 request/s}, peak_to_average: 1.0,
     profile: {day: 1.2, night: 0.4}}
"""
    )
    plan = solve(scenario)
    assert [row.hours for row in plan.leases] == pytest.approx([7 * 8760] * 2)
    odd = changed(plan, "leases", lambda r: put(r, count=4.5))
    assert "whole_counts" in failed(scenario, odd)
    odd = changed(plan, "leases", lambda r: put(r, hours=6.5 * 8760))
    assert "whole_counts" in failed(scenario, odd)
