"""A price is what one more unit gains: against re-solves with a little more."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from planner import Plan, load_scenario, solve
from planner.explain.keys import key_prices
from planner.formulation.build import build
from planner.formulation.coefficients import coefficients
from planner.performance.pairing import rates
from planner.plan.findings import PriceRow
from planner.solvers.highs import Live
from planner.specs.inputs import input_at
from planner.specs.load import reload
from planner.specs.scenario import Scenario

ROOT = Path(__file__).parents[1]
QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"
SCARCE = "budgets.power.2026Q1=13 MW"
"""Laid over quickstart, so that power binds whatever the catalogue's rates are."""
STEP = 1e-4
"""Relative step of the finite differences."""


@cache
def plan(*overrides: str) -> Plan:
    return solve(load_scenario(QUICKSTART, overrides=(SCARCE, *overrides)))


def value_usd(*overrides: str) -> float:
    value = plan(*overrides).objective.value_usd
    assert value is not None
    return value


def price(constraint: str, scope: str, period: str) -> PriceRow:
    rows = {(row.constraint, row.scope, row.period): row for row in plan().prices}
    return rows[constraint, scope, period]


def gain(change: Callable[[float], str], base: float) -> float:
    """Return the gain per unit, by a step in each direction around the base."""
    more, less = base * (1 + STEP), base * (1 - STEP)
    gained = value_usd(change(more)) - value_usd(change(less))
    return gained / (more - less)


@pytest.mark.parametrize(
    ("row", "change", "base"),
    [
        (
            ("power_budget", "fleet", "2026Q2"),
            lambda mw: f"budgets.power.2026Q1={mw} MW",
            13.0,
        ),
        (
            ("capex_budget", "fleet", "2026"),
            lambda usd: f"budgets.capex.2026={usd} USD",
            140e6,
        ),
        (
            ("training_work", "llama_run", ""),
            lambda tokens: f"workloads.llama_run.tokens={tokens} token",
            30e12,
        ),
    ],
    ids=["power", "capex", "tokens"],
)
def test_a_price_is_the_gain_of_one_more_unit(
    row: tuple[str, str, str], change: Callable[[float], str], base: float
) -> None:
    assert price(*row).value == pytest.approx(gain(change, base), rel=1e-3)


def test_the_price_of_demand_holds_for_all_places_where_it_stands() -> None:
    # A growing demand is one input: its price is that of every period, grown.
    rows = [
        r for r in plan().prices if (r.constraint, r.scope) == ("demand", "assistant")
    ]
    grown = sum(row.value * 1.2**number for number, row in enumerate(rows))
    change = "workloads.assistant.demand.2026Q1={} request/s".format

    assert len(rows) == 4
    assert grown == pytest.approx(gain(change, 16000.0), rel=1e-3)


def test_the_price_of_a_runs_maximum_adds_up_over_its_periods() -> None:
    # Without failures: else a larger run also has a lower goodput.
    calm = tuple(
        f"accelerators.{name}.reliability.failures=null"
        for name in ("h100", "b200", "trainium2")
    )
    rows = [row for row in plan(*calm).prices if row.constraint == "run_size"]
    change = "workloads.llama_run.accelerators.maximum={}".format
    more = value_usd(*calm, change(1500 * (1 + STEP)))
    less = value_usd(*calm, change(1500 * (1 - STEP)))

    assert sum(row.value for row in rows) == pytest.approx(
        (more - less) / (2 * STEP * 1500), rel=1e-3
    )


def test_a_price_holds_in_its_range_and_not_beyond() -> None:
    row = price("capex_budget", "fleet", "2026")
    assert row.valid_from is not None
    assert row.valid_to is not None
    change = "budgets.capex.2026={} USD".format
    inside = value_usd(change(row.valid_to)) - value_usd(change(140e6))
    beyond = value_usd(change(row.valid_to * 1.2)) - value_usd(change(row.valid_to))

    assert inside == pytest.approx(row.value * (row.valid_to - 140e6), rel=1e-6)
    assert beyond < row.value * 0.2 * row.valid_to * 0.999


def test_limits_are_never_worth_less_than_nothing() -> None:
    limits = {"site_power", "power_budget", "capex_budget", "run_size"}
    for row in plan().prices:
        if row.constraint in limits:
            assert row.value > 0


# --- On every shipped scenario --------------------------------------------------------


def objective_usd(scenario: Scenario, *overrides: str) -> float:
    """Return the optimum without tie-break, plan and audit: those change no value."""
    again = reload(scenario, overrides)
    made = build(coefficients(again, rates(again)))
    live = Live()
    live.load(made.arrays)
    found = live.run()
    assert found.status == "optimal"
    gain = again.spec.objective == "maximize_value"
    cost_musd = found.objective / made.cost_factor + made.c.leaving.sunk_musd
    return (-1 if gain else 1) * cost_musd * 1e6


def test_prices_of_shipped_scenarios_are_finite_differences(
    shipped: str, shipped_plan: Callable[[str, str], Plan]
) -> None:
    found = shipped_plan(shipped, "highs")
    scenario = load_scenario(ROOT / "scenarios" / f"{shipped}.yaml")
    if found.tiers or scenario.spec.integer:
        # Several objectives in turn (test_priorities), whole columns that stay where
        # they are (test_integer).
        return
    keys = key_prices(scenario, found.prices)
    base = found.objective.value_usd
    families = "site_power", "power_budget", "carbon_budget", "training_work", "demand"
    for family in families:
        first = next((k for k in keys if k.rows[0][0][0] == family), None)
        if first is None or base is None:
            continue
        step = first.base * 1e-4
        there = input_at(scenario, first.path)
        factor = there.value / first.base
        better = 1 if scenario.spec.objective == "maximize_value" else -1
        gains = [
            (objective_usd(scenario, there.text((first.base + by) * factor)) - base)
            / (by * better)
            for by in (step, -step)[: 1 if first.unique else 2]
        ]
        if first.unique:
            assert gains[0] == pytest.approx(first.value, rel=2e-3)
        else:
            # Between the gain of one more and the loss of one less.
            more, less = gains
            slack = 1e-3 * abs(first.value)
            assert more - slack <= first.value <= less + slack


def test_the_certificate_verifies_every_shipped_plan(
    shipped: str, shipped_plan: Callable[[str, str], Plan]
) -> None:
    plan_of = shipped_plan(shipped, "highs")
    found = plan_of.certificate
    if found is None:
        assert plan_of.status == "infeasible"
        return

    assert found.verified
    assert found.unique is (None if found.fixed else True)
    assert max(found.primal_residual, found.dual_residual) < 1e-9
