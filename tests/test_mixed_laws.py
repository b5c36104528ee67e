"""Laws of plans in which leases, expansions, policies and tiers meet."""

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.api import solve
from planner.formulation.build import build
from planner.formulation.coefficients import coefficients
from planner.formulation.constraints import CONSTRAINTS
from planner.performance.pairing import rates
from planner.plan.plan import Plan
from tests.mixing import GOALS, MONEY, mixed, mixed_drafts
from tests.strategies import Draft, World, bought, counts, differing, draft_of
from tests.test_audit import changed, failed, put
from tests.test_blocks import blocked

few = settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
CELL = ("site", "accelerator", "workload", "period", "block")


def planned(draft: Draft, form: int = 0, turn: int = 0, solver: str = "highs") -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        scenario = draft.load(Path(folder), form, turn)
        return solve(scenario, solver=solver)  # type: ignore[arg-type]


def size(plan: Plan) -> float:
    """Return the largest part of the objective [USD]: what rounding is relative to."""
    parts = plan.objective.parts
    return 1.0 if parts is None else max(1.0, *map(abs, vars_of(parts)))


def vars_of(parts: object) -> list[float]:
    return [getattr(parts, name) for name in type(parts).__dataclass_fields__]  # type: ignore[attr-defined]


def assert_same_value(
    first: Plan, second: Plan, rounding: float, money: float = 1.0
) -> None:
    assert first.status == second.status
    one, other = first.objective.value_usd, second.objective.value_usd
    if one is None or other is None:
        assert first.status == "infeasible"
        return
    assert other == pytest.approx(money * one, abs=rounding * size(second))


def assert_same(first: Plan, second: Plan, money: float = 1.0) -> None:
    """Assert that two plans are one, all $ of the second being ``money`` times."""
    assert_same_value(first, second, 1e-9, money)
    assert not differing(counts(first, *CELL), counts(second, *CELL))
    keys = "site", "accelerator", "period"
    assert not differing(bought(first, *keys), bought(second, *keys))
    leased, again = (
        {(row.offer, row.period): row.count for row in plan.leases}
        for plan in (first, second)
    )
    assert not differing(leased, again)


def test_drafts_have_rows_of_all_constraints() -> None:
    # Brackets need an estimate, not a throughput; a steady run has no rows.
    seen = {"power_budget", "run_efficiency", "steady_run"}
    for seed in range(16):
        whole = seed % 2 == 1
        draft = mixed(draft_of(seed), seed, GOALS[: 2 if whole else 3], whole=whole)
        with tempfile.TemporaryDirectory() as folder:
            scenario = draft.load(Path(folder))
        program = build(coefficients(scenario, rates(scenario)))
        seen |= {row.constraint for row in program.rows}
    assert {constraint.__name__ for constraint in CONSTRAINTS} == seen


@settings(few, max_examples=40)
@given(draft=mixed_drafts())
def test_every_plan_of_everything_passes_its_audit(draft: Draft) -> None:
    plan = planned(draft)
    assert plan.status in {"optimal", "infeasible"}
    if plan.status == "optimal":
        assert plan.audit is not None
        assert plan.audit.passed


@few
@given(draft=mixed_drafts())
def test_both_solvers_find_one_optimum_of_everything(draft: Draft) -> None:
    assert_same_value(planned(draft), planned(draft, solver="cbc"), 1e-7)


@few
@given(draft=mixed_drafts(), form=st.integers(1, 2), turn=st.integers(1, 9))
def test_neither_units_nor_order_matter_to_everything(
    draft: Draft, form: int, turn: int
) -> None:
    assert_same(planned(draft), planned(draft, form=form, turn=turn))


@few
@given(draft=mixed_drafts(), factor=st.sampled_from(["0.01", "3", "700"]))
def test_scaling_all_money_of_everything_changes_no_count(
    draft: Draft, factor: str
) -> None:
    times = Decimal(factor)
    dearer = draft.mapped(lambda x: x.times(times) if x.kind in MONEY else x)
    assert_same(planned(draft), planned(dearer), float(factor))


@few
@given(draft=mixed_drafts(*GOALS[:2], whole=True))
def test_whole_plans_of_everything_keep_their_gap_and_never_beat_fractions(
    draft: Draft,
) -> None:
    plan = planned(draft)
    if plan.status == "infeasible":
        return
    assert plan.audit is not None
    assert plan.audit.passed
    objective = plan.objective
    assert objective.value_usd is not None
    assert objective.continuous_usd is not None
    assert objective.gap is not None
    assert objective.gap <= 0.01 + 1e-9
    sign = 1 if objective.mode == "maximize_value" else -1
    better = sign * (objective.value_usd - objective.continuous_usd)
    assert better <= 1e-7 * size(plan)


@pytest.mark.parametrize(("seed", "solver"), [(13, "cbc"), (82, "highs")])
def test_a_gap_counts_what_the_starting_fleet_is_worth(seed: int, solver: str) -> None:
    # A constant beside the columns, without which each solver stops too early here.
    draft = mixed(draft_of(seed), 7 * seed + 1, GOALS[:2], whole=True)
    plan = planned(draft, solver=solver)
    assert draft.scenario["early_retirement"]
    assert plan.status == "optimal"
    assert plan.objective.gap is not None
    assert plan.objective.gap <= 0.01


def test_what_is_left_of_many_is_as_exact_as_the_many(tmp_path: Path) -> None:
    world = World(tmp_path)
    scenario = world.scenario(
        """
sites: [{name: here, power: 200 MW, pue: 1.25, electricity: 100 USD/MWh}]
fleet:
  - {site: here, accelerator: chip, count: 100000, installed: 2022}
  - {site: here, accelerator: chip, count: 0.1, installed: 2025}
workloads:
  - {name: chat, kind: inference, demand: 1 request/s, value: 1 USD/Mrequest,
     throughput: {chip: 10 request/s}}
"""
    )
    plan = solve(scenario)

    def off(count: float) -> Plan:
        return changed(plan, "fleet", lambda r: put(r, retired=r.retired + count))

    assert {row.retired for row in plan.fleet} == {0.0, 100000.0}
    assert "fleet_balance" in failed(scenario, off(1.0))
    last = replace(
        plan,
        fleet=tuple(
            put(r, retired=r.retired + 4e-6) if r.retired else r for r in plan.fleet
        ),
    )
    assert "fleet_balance" not in failed(scenario, last)


@few
@given(draft=mixed_drafts())
def test_halving_a_site_moves_nothing_between_accelerators_in_everything(
    draft: Draft,
) -> None:
    # Units could rest in transit from one half to the other, where none burns energy.
    draft = draft.having(transfers=None)
    half = Decimal("0.5")
    site, *_ = draft.mapped(
        lambda x: x.times(half) if x.kind == "power" else x
    ).scenario["sites"]
    names = "east_a", "east_b"
    entry = draft.scenario["fleet"][0]
    split = draft.having(
        sites=[
            *({**site, "name": name} for name in names),
            *draft.scenario["sites"][1:],
        ],
        fleet=[{**entry, "site": n, "count": entry["count"] / 2} for n in names],
    )
    first, second = planned(draft), planned(split)
    assert_same_value(first, second, 1e-9)
    assert not differing(counts(first, *CELL[1:]), counts(second, *CELL[1:]))
    keys = "accelerator", "period"
    assert not differing(bought(first, *keys), bought(second, *keys))


@few
@given(draft=mixed_drafts())
def test_one_flat_profile_equals_no_blocks_in_everything(draft: Draft) -> None:
    flat = planned(blocked(draft, peak=1.0, day=1.0, night=1.0))
    plain = planned(blocked(draft))
    assert_same_value(plain, flat, 1e-9)


@few
@given(draft=mixed_drafts("maximize_value"), cents=st.integers(1, 40))
def test_one_more_lease_offer_never_hurts_in_everything(
    draft: Draft, cents: int
) -> None:
    offer = {"name": "more", "accelerator": "chip", "price": f"{cents / 100} USD/hour"}
    without = planned(draft)
    offered = planned(draft.having(leases=[*draft.scenario["leases"], offer]))
    if without.objective.value_usd is not None:
        assert offered.objective.value_usd is not None
        gain = offered.objective.value_usd - without.objective.value_usd
        assert gain >= -1e-9 * size(without)
