"""Solved from the program before: the same plan as if solved alone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from planner import load_scenario
from planner.formulation.arrays import Arrays
from planner.pipeline import Solved, program_of, run
from planner.plan.plan import Plan
from planner.solvers import solve
from planner.solvers.alike import Alike
from planner.solvers.highs import Live
from planner.solvers.near import Neighbour
from planner.solvers.solution import Solution
from planner.specs.load import reload
from planner.specs.scenario import Scenario
from tests.strategies import Amount, Draft, counts, differing, drafts

SCENARIOS = Path(__file__).parents[1] / "scenarios"
B200 = "accelerators.b200.price.system"
CAPEX = "budgets.capex.2026"
CHANGES = {
    "quickstart": (f"{B200}=80 kUSD", f"{B200}=184 kUSD", f"{CAPEX}=10 MUSD"),
    "hyperion_build_out": ("discount_rate=3 %/year", f"{CAPEX}=5 GUSD"),
    "impossible_deadline": (
        "workloads.llama_run.minimum=40 %",
        "supply.b200.2026Q2=1200",
    ),
    "lease_or_own": ("discount_rate=3 %/year", "sites.ohio.pue=1.5"),
    "meta_2026": (f"{B200}=1800 kUSD",),
}
"""Costs, right sides, coefficients; with a plan and without."""
PLACES = "accelerator", "workload", "site", "period", "block"


def same(found: Plan, alone: Plan) -> bool:
    """Return whether two plans are the same to the last printed digit."""
    assert found.status == alone.status
    value = alone.objective.value_usd
    assert found.objective.value_usd == (
        None if value is None else pytest.approx(value, rel=1e-9)
    )
    assert not differing(counts(found, *PLACES), counts(alone, *PLACES))
    return _figures(found) == pytest.approx(_figures(alone), rel=1e-6, abs=1e-6)


def _figures(plan: Plan) -> dict[str, float]:
    metrics = {} if plan.metrics is None else asdict(plan.metrics)
    return {name: value for name, value in metrics.items() if value is not None}


def of_changes(name: str) -> Iterable[Scenario]:
    """Yield a shipped scenario, then changed, then as it was."""
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    yield scenario
    for change in CHANGES[name]:
        yield reload(scenario, (change,))
    yield scenario


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that grows by every program solved from the beginning."""
    solved: list[object] = []
    whole: Callable[..., Solution] = vars(solve)["_with_highs"]

    def noted(program: object, time_limit: float | None) -> Solution:
        solved.append(program)
        return whole(program, time_limit)

    monkeypatch.setattr(solve, "_with_highs", noted)
    return solved


@pytest.mark.parametrize("name", CHANGES)
def test_a_plan_from_its_neighbour_is_the_one_found_alone(
    name: str, alone: list[object]
) -> None:
    near, each = Neighbour(), list(of_changes(name))
    found = [run(scenario, near=near).plan for scenario in each]
    assert alone == []
    assert all(map(same, found, (run(scenario).plan for scenario in each)))
    assert len(alone) == len(each)


@settings(max_examples=15)
@given(drafts(), drafts())
def test_random_neighbours_do_not_show(
    tmp_path_factory: pytest.TempPathFactory, first: Draft, other: Draft
) -> None:
    def dearer(amount: Amount) -> Amount:
        shares = "%" in amount.text(0)
        return amount if shares else amount.times(Decimal("1.5"))

    near = Neighbour()
    for draft in (first, first.mapped(dearer), other, first):
        scenario = draft.load(tmp_path_factory.mktemp("draft"))
        assert same(run(scenario, near=near).plan, run(scenario).plan)


@pytest.mark.parametrize("name", ["racks", "priorities"])
def test_what_takes_several_solves_is_solved_alone(
    name: str, alone: list[object]
) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    found: Solved = run(scenario, near=Neighbour())
    assert alone == [found.program]


def test_another_coefficient_begins_at_the_last_basis() -> None:
    scenario = load_scenario(SCENARIOS / "hyperion_build_out.yaml")
    first = program_of(scenario).arrays
    other = program_of(reload(scenario, ("discount_rate=7.9 %/year",))).arrays
    other = replace(other, value=np.where(first.value > 1, 1.001, 1) * first.value)
    found, fresh = Alike(first), _fresh(other)
    assert found.solution().status == "optimal"
    assert not found.admits(other)
    found.turn_to(other)
    hot = found.solution()
    assert hot.objective == pytest.approx(fresh.objective, rel=1e-9)
    assert _steps(hot) < _steps(fresh) / 2


def test_a_program_of_another_shape_begins_anew() -> None:
    names: Sequence[str] = ("quickstart", "hyperion_build_out", "quickstart")
    each = [
        program_of(load_scenario(SCENARIOS / f"{name}.yaml")).arrays for name in names
    ]
    found = Alike(each[0])
    for arrays in each:
        found.turn_to(arrays)
        assert found.solution().objective == pytest.approx(_fresh(arrays).objective)


def _fresh(arrays: Arrays) -> Solution:
    live = Live()
    live.load(arrays)
    return live.run()


def _steps(solution: Solution) -> int:
    assert solution.iterations is not None
    return solution.iterations


def test_a_live_program_turns_to_any_of_its_matrix() -> None:
    scenario = load_scenario(SCENARIOS / "quickstart.yaml")
    arrays = program_of(scenario).arrays
    upper = np.where(np.isfinite(arrays.row_upper), arrays.row_upper * 1.1, np.inf)
    lower = np.minimum(arrays.row_lower, upper)
    others = [
        replace(arrays, cost=arrays.cost * 0.5),
        replace(arrays, row_lower=lower, row_upper=upper),
        replace(arrays, lower=np.full(arrays.columns, 1e-4)),
        arrays,
    ]
    alike = Alike(arrays)
    for other in others:
        assert alike.admits(other)
        alike.turn_to(other)
        fresh = Live()
        fresh.load(other)
        expected = fresh.run()
        found = alike.solution()
        assert found.status == expected.status
        assert found.objective == pytest.approx(expected.objective, rel=1e-9)


def test_another_matrix_is_not_changed_in_place() -> None:
    scenario = load_scenario(SCENARIOS / "quickstart.yaml")
    arrays = program_of(scenario).arrays
    value = arrays.value.copy()
    value[-1] *= 1 + 1e-15
    other = program_of(reload(scenario, ("sites.ohio.pue=1.3",))).arrays
    assert not Alike(arrays).admits(replace(arrays, value=value))
    assert not Alike(arrays).admits(other)
