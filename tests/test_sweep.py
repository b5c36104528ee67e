"""Points of a sweep are solved as the scenario alone would be, live or not."""

import hashlib
from itertools import product
from typing import Any

import pytest

from planner.api import solve
from planner.plan.assemble import inputs_hash
from planner.specs.load import load_scenario, reload
from planner.specs.scenario import Scenario
from planner.sweep.division import LIVE
from planner.sweep.evaluate import Evaluator
from planner.sweep.keys import Keys
from planner.sweep.sweep import Sweep
from planner.sweep.workers import in_processes
from planner.version import __version__
from tests.conftest import ROOT, Tiny


def shipped(name: str, *overrides: str) -> Scenario:
    return load_scenario(ROOT / "scenarios" / f"{name}.yaml", overrides=overrides)


def budgets(least: float, most: float, count: int) -> list[tuple[str, ...]]:
    step = (most - least) / (count - 1)
    return [(f"budgets.capex.2026={least + k * step:.12g} MUSD",) for k in range(count)]


MIXED = {
    "a limit": budgets(20, 60, 12),
    "two limits": [
        (*capex, f"budgets.power.2026Q1={mw} MW")
        for capex, mw in product(budgets(20, 60, 6), (12, 14, 16, 18))
    ],
    "a limit beside a price": [
        (*capex, f"accelerators.b200.price.system={price} kUSD")
        for capex, price in product(budgets(20, 60, 8), (30, 40))
    ],
    "a price without a capex budget": [
        ("budgets.capex=null", f"accelerators.b200.price.system={price} kUSD")
        for price in range(25, 41)
    ],
    "a value": [
        (f"workloads.assistant.value={x / 10:g} USD/Mtoken",) for x in range(5, 45)
    ],
}


@pytest.mark.parametrize("points", MIXED.values(), ids=MIXED)
def test_every_point_is_what_its_own_plan_says(points: Any) -> None:
    scenario = shipped("quickstart")
    outcomes = list(Evaluator(scenario).outcomes(points))
    assert [outcome.sets for outcome in outcomes] == points
    for outcome in (*outcomes[:: len(outcomes) // 3], outcomes[-1]):
        plan = solve(reload(scenario, outcome.sets))
        assert outcome.status == plan.status
        if plan.metrics is None:
            assert outcome.readings is None
            continue
        assert outcome.readings is not None
        for name in ("profit_usd", "capex_usd", "co2e_t", "accelerators"):
            near = pytest.approx(getattr(plan.metrics, name), rel=1e-9)
            assert outcome.readings[name] == near, name


@pytest.mark.parametrize(
    ("points", "live"),
    [
        (MIXED["a limit"], 12),
        (MIXED["two limits"], 24),
        (MIXED["a price without a capex budget"], 16),
        (MIXED["a value"], 40),
        ([(f"sites.ohio.pue={x / 100}",) for x in range(110, 130)], 0),
    ],
)
def test_inputs_that_move_no_coefficient_are_solved_live(
    points: list[tuple[str, ...]], live: int
) -> None:
    chunks = Evaluator(shipped("quickstart")).chunks(points)
    assert sum(len(chunk.points) for chunk in chunks if chunk.ways) == live
    assert sorted(n for chunk in chunks for n in chunk.numbers) == list(
        range(len(points))
    )


def test_plans_in_whole_systems_are_built_one_by_one(tiny: Tiny) -> None:
    scenario = tiny("integer=true")
    points = [(f"budgets.capex.2026={x} MUSD",) for x in range(1, 9)]
    outcomes = list(Evaluator(scenario).outcomes(points))
    for outcome in (outcomes[0], outcomes[-1]):
        plan = solve(reload(scenario, outcome.sets))
        assert outcome.readings is not None
        assert plan.metrics is not None
        assert outcome.readings["profit_usd"] == pytest.approx(plan.metrics.profit_usd)


def test_a_point_without_a_plan_and_one_that_is_no_scenario(tiny: Tiny) -> None:
    points = [
        ("workloads.chat.minimum=100 %", "budgets.power.2026=10 kW"),
        ("workloads.chat.minimum=120 %",),
        (),
    ]
    none, wrong, base = Evaluator(tiny()).outcomes(points)
    assert (none.status, none.readings, none.error) == ("infeasible", None, "")
    assert (wrong.status, wrong.readings) == ("failed", None)
    assert "workloads.chat.minimum" in wrong.error
    assert base.status == "optimal"


def test_a_live_infeasible_point_does_not_hold_back_the_next(tiny: Tiny) -> None:
    scenario = tiny("workloads.chat.minimum=60 %")
    points = [(f"budgets.power.2026={x * 50} kW",) for x in range(1, 25)]
    outcomes = list(Evaluator(scenario).outcomes(points))
    statuses = [outcome.status for outcome in outcomes]
    assert statuses == [solve(reload(scenario, p)).status for p in points]
    assert len(set(statuses)) == 2


def test_a_wrong_optimum_is_not_believed(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.explain.certificate.TOLERANCE", -1.0)
    (outcome,) = Evaluator(tiny()).outcomes([()])
    assert (outcome.status, outcome.readings) == ("failed", None)
    assert "certificate" in outcome.error


def test_two_processes_give_the_same_digits() -> None:
    evaluator = Evaluator(shipped("quickstart"))
    points = [*budgets(20, 60, 2 * LIVE + 7), ("sites.ohio.pue=1.3",)]
    alone = list(evaluator.outcomes(points))
    chunks = evaluator.chunks(points)
    found = {
        number: outcome
        for chunk, outcomes in in_processes(evaluator.job, chunks, 2)
        for number, outcome in zip(chunk.numbers, outcomes, strict=True)
    }
    together = [found[number].readings for number in range(len(points))]
    assert together == [outcome.readings for outcome in alone]


def test_a_scenario_is_made_anew_from_its_documents_alone(
    tiny: Tiny, tmp_path: Any
) -> None:
    evaluator = Evaluator(tiny())
    expected = [x.readings for x in evaluator.outcomes([("sites.north.pue=1.3",)])]
    for file in tmp_path.rglob("*.yaml"):
        file.unlink()
    elsewhere = Evaluator(evaluator.job)
    found = [x.readings for x in elsewhere.outcomes([("sites.north.pue=1.3",)])]
    assert found == expected


@pytest.mark.parametrize(
    "point",
    [
        (),
        ("budgets.capex.2026=45 MUSD",),
        ("sites.ohio.pue=1.3", "budgets.capex.2026=45 MUSD"),
        ("accelerators.b200.price.system=30 kUSD",),
        ("integer=true",),
        ("workloads.assistant.model=llama_3_1_8b",),
    ],
)
def test_the_key_of_a_run_follows_from_its_resolved_inputs(
    point: tuple[str, ...],
) -> None:
    scenario = shipped("quickstart")
    keys = Keys(scenario, Evaluator(scenario).documents)
    inputs = inputs_hash(reload(scenario, point).tree)
    text = f"{__version__}\n{inputs}"
    assert keys.key(point) == hashlib.sha256(text.encode()).hexdigest()


def test_the_first_failed_run_ends_a_sweep_that_is_to_fail_fast(tiny: Tiny) -> None:
    scenario = tiny()
    points = [("workloads.chat.minimum=120 %",), (), ()]
    sweep = Sweep(scenario, points, Evaluator(scenario))
    assert [each.failed for each in sweep.run(fail_fast=True)] == [0, 1]
    assert [each.done for each in sweep.run()][-1] == 3
