"""Laws that hold whatever the scenario: more never hurts, notation never matters."""

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.formulation.build import build
from planner.formulation.coefficients import coefficients
from planner.performance.pairing import rates
from planner.plan.assemble import objective_usd
from planner.plan.plan import Plan
from planner.solvers.solve import solve_program
from planner.specs.scenario import Scenario
from tests.strategies import Amount, Draft, bought, counts, differing, drafts

SAME = 1e-6
"""Accelerators, relative above one: what makes two counts the same."""
CELL = ("accelerator", "workload", "period", "block")

few = settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def planned(draft: Draft, form: int = 0, turn: int = 0) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        plan = draft.plan(Path(folder), form, turn)
    assert plan.status == "optimal"
    return plan


def value(plan: Plan) -> float:
    assert plan.objective.value_usd is not None
    return plan.objective.value_usd


def size(plan: Plan) -> float:
    """Return the largest part of the objective: what rounding is relative to."""
    parts = plan.objective.parts
    assert parts is not None
    return max(1.0, parts.served_value, parts.run_value, -parts.purchases)


def assert_same(first: Plan, second: Plan, money: float = 1.0) -> None:
    """Assert that two plans are one, all $ of the second being ``money`` times."""
    assert value(second) == pytest.approx(money * value(first), abs=1e-9 * size(second))
    for keys in (("site", *CELL), CELL):
        assert not differing(counts(first, *keys), counts(second, *keys), SAME)
    keys = "site", "accelerator", "period"
    assert not differing(bought(first, *keys), bought(second, *keys), SAME)
    assert not differing(shares(first), shares(second), SAME)


def shares(plan: Plan) -> dict[tuple[str, ...], float]:
    found = {
        (row.workload, row.period, row.block): row.served_fraction or 0.0
        for row in plan.services
    }
    return found | {(run.workload,): run.completed_fraction for run in plan.runs}


def scaled(data: Any, kinds: set[str], factor: Decimal) -> Any:
    """Return a draft or a part of one with all amounts of some kinds multiplied."""

    def change(amount: Amount) -> Amount:
        return amount.times(factor) if amount.kind in kinds else amount

    if isinstance(data, Draft):
        return data.mapped(change)
    return Draft(data, {}).mapped(change).scenario


# ------------------------------------------------------------------ more never hurts


def more_power(draft: Draft) -> Draft:
    return scaled(draft, {"power"}, Decimal("1.1"))


def more_capex(draft: Draft) -> Draft:
    return draft.having(
        budgets=scaled(draft.scenario["budgets"], {"money"}, Decimal("1.1"))
    )


def more_supply(draft: Draft) -> Draft:
    supply = {
        name: {label: count * 1.1 for label, count in limits.items()}
        for name, limits in draft.scenario["supply"].items()
    }
    return draft.having(supply=supply)


def more_demand(draft: Draft) -> Draft:
    """A demand need not be served, so more of it is no burden either."""
    first, *others = draft.scenario["workloads"]
    demand = scaled(first["demand"], {"requests"}, Decimal("1.1"))
    return draft.having(workloads=[{**first, "demand": demand}, *others])


def cheaper_power(draft: Draft) -> Draft:
    return scaled(draft, {"electricity"}, Decimal("0.9"))


def one_more_accelerator(draft: Draft) -> Draft:
    extra = {"name": "extra", "vendor": "other", **_second(draft)}
    workloads = [
        {**w, "throughput": {**w["throughput"], "extra": w["throughput"]["card"]}}
        for w in draft.scenario["workloads"]
    ]
    wider = draft.having(
        accelerators=[*draft.scenario["accelerators"], "extra"],
        supply={**draft.scenario["supply"], "extra": {"2026Q1": 100}},
        workloads=workloads,
    )
    return Draft(wider.scenario, {**draft.hardware, "extra": extra})


def _second(draft: Draft) -> dict[str, Any]:
    kept = ("power", "price", "lifetime", "peak")
    return {key: draft.hardware["card"][key] for key in kept}


MORE = (
    more_power,
    more_capex,
    more_supply,
    more_demand,
    cheaper_power,
    one_more_accelerator,
)


@pytest.mark.parametrize("more", MORE, ids=lambda f: f.__name__)
@few
@given(draft=drafts())
def test_more_of_anything_never_lowers_the_objective(
    more: Callable[[Draft], Draft], draft: Draft
) -> None:
    before, after = planned(draft), planned(more(draft))
    assert value(after) >= value(before) - 1e-9 * size(before)


# ---------------------------------------------------------- notation never matters


@few
@given(draft=drafts(), form=st.integers(1, 2))
def test_the_unit_of_writing_never_matters(draft: Draft, form: int) -> None:
    assert_same(planned(draft), planned(draft, form=form))


@few
@given(draft=drafts(), turn=st.integers(1, 9))
def test_the_order_of_keys_and_lists_never_matters(draft: Draft, turn: int) -> None:
    first, second = planned(draft), planned(draft, turn=turn)
    assert_same(first, second)
    assert first.provenance.inputs_hash == second.provenance.inputs_hash


@few
@given(draft=drafts())
def test_a_plan_is_the_same_when_it_is_made_again(draft: Draft) -> None:
    first, second = planned(draft).as_dict(), planned(draft).as_dict()
    for plan in (first, second):
        plan["solver"].pop("build_s")
        plan["solver"].pop("solve_s")
        plan["provenance"].pop("files")
        plan["warnings"] = [text.split("case.yaml")[-1] for text in plan["warnings"]]
    assert first == second


# --------------------------------------------------------------- audit and prices


@settings(few, max_examples=40)
@given(draft=drafts())
def test_every_plan_passes_its_audit(draft: Draft) -> None:
    audit = planned(draft).audit
    assert audit is not None
    assert audit.passed
    assert audit.checks


def priced(scenario: Scenario) -> tuple[float, dict[str, float]]:
    """Return the objective [$], and the price of every row in the user's unit."""
    program = build(coefficients(scenario, rates(scenario)))
    solution = solve_program(program)
    factors = zip(program.rows, program.row_factors, solution.duals, strict=True)
    prices = {
        row.name: -float(dual) * factor / program.cost_factor * 1e6
        for row, factor, dual in factors
    }
    return objective_usd(program, solution, scenario), prices


def priced_draft(draft: Draft) -> tuple[float, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        return priced(draft.load(Path(folder)))


def with_capex(draft: Draft, factor: str) -> Draft:
    money = draft.scenario["budgets"]["capex"][2026]
    return draft.having(budgets={"capex": {2026: money.times(Decimal(factor))}})


@few
@given(draft=drafts())
def test_the_objective_is_concave_in_capex(draft: Draft) -> None:
    middle = planned(draft)
    less, more = (value(planned(with_capex(draft, f))) for f in ("0.9", "1.1"))
    assert 2 * value(middle) >= less + more - 2e-9 * size(middle)


@few
@given(draft=drafts())
def test_the_price_of_capex_predicts_a_small_step(draft: Draft) -> None:
    # Between the slopes to both sides, which differ only at a kink.
    middle, prices = priced_draft(draft)
    price_per_usd = prices["capex_budget__2026"] / 1e6
    budget_kusd = draft.scenario["budgets"]["capex"][2026].number
    step_usd = float(budget_kusd) * 1e3 * 1e-4
    less, more = (priced_draft(with_capex(draft, f))[0] for f in ("0.9999", "1.0001"))
    rounding = 1e-8 * max(1e6, abs(middle))
    assert price_per_usd >= 0
    assert (more - middle) - rounding <= price_per_usd * step_usd
    assert price_per_usd * step_usd <= (middle - less) + rounding


@few
@given(draft=drafts())
def test_the_price_of_power_predicts_a_small_step(draft: Draft) -> None:
    # Power of the last period, the later one of each site's two steps.
    middle, prices = priced_draft(draft)
    site, *others = draft.scenario["sites"]
    start, later = site["power"]
    periods = draft.scenario["horizon"]["periods"]
    quarters = [f"2026Q{number}" for number in range(2, periods + 1)]
    rows = [f"site_power__{site['name']}__{label}" for label in quarters]
    per_mw = sum(prices.get(row, 0.0) for row in rows)
    step = Decimal("0.0001")

    def moved(sign: int) -> float:
        power = {
            start: site["power"][start],
            later: Amount(site["power"][later].number + sign * step, "power"),
        }
        return priced_draft(draft.having(sites=[{**site, "power": power}, *others]))[0]

    rounding = 1e-8 * max(1e6, abs(middle))
    predicted = per_mw * float(step)
    assert moved(1) - middle - rounding <= predicted <= middle - moved(-1) + rounding


# ------------------------------------------------------ what must not move anything


MONEY = {"money", "electricity", "per_request", "per_sample"}


@few
@given(draft=drafts(), factor=st.sampled_from(["0.01", "3", "700"]))
def test_scaling_all_money_changes_no_count(draft: Draft, factor: str) -> None:
    dearer = scaled(draft, MONEY, Decimal(factor))
    assert_same(planned(draft), planned(dearer), float(factor))


@few
@given(draft=drafts(), factor=st.sampled_from(["0.01", "8", "1000"]))
def test_scaling_demand_and_rates_together_changes_nothing(
    draft: Draft, factor: str
) -> None:
    work = {"requests", "samples", "tokens", "training"}
    many = scaled(draft, work, Decimal(factor))
    cheap = scaled(many, {"per_request", "per_sample"}, 1 / Decimal(factor))
    assert_same(planned(draft), planned(cheap))


@few
@given(draft=drafts())
def test_halving_a_site_moves_nothing_between_accelerators(draft: Draft) -> None:
    site, *others = draft.scenario["sites"]
    half = scaled(site, {"power"}, Decimal("0.5"))
    entry = draft.scenario["fleet"][0]
    standing = [
        {**entry, "site": name, "count": entry["count"] / 2}
        for name in ("east_a", "east_b")
    ]
    split = draft.having(
        sites=[{**half, "name": "east_a"}, {**half, "name": "east_b"}, *others],
        fleet=standing,
    )
    first, second = planned(draft), planned(split)
    assert value(second) == pytest.approx(value(first), abs=1e-9 * size(first))
    assert not differing(counts(first, *CELL), counts(second, *CELL), SAME)
    keys = "accelerator", "period"
    assert not differing(bought(first, *keys), bought(second, *keys), SAME)


@few
@given(draft=drafts())
def test_an_accelerator_that_nobody_can_use_changes_nothing(draft: Draft) -> None:
    useless = {
        "name": "ballast",
        "vendor": "other",
        "runs": ["recommendation_training"],
        **_second(draft),
    }
    wider = draft.having(
        accelerators=["ballast", *draft.scenario["accelerators"]],
        supply={**draft.scenario["supply"], "ballast": {"2026Q1": 1000}},
        workloads=[
            {**w, "throughput": {**w["throughput"], "ballast": w["throughput"]["chip"]}}
            for w in draft.scenario["workloads"]
        ],
    )
    plan = planned(Draft(wider.scenario, {**draft.hardware, "ballast": useless}))
    assert_same(planned(draft), plan)
    reasons = {row.workload: row.reason for row in plan.rejected}
    assert reasons == dict.fromkeys(("chat", "feed", "run"), "kind")


@few
@given(draft=drafts())
def test_a_workload_that_is_worth_nothing_changes_nothing(draft: Draft) -> None:
    idle = {
        "name": "spare",
        "kind": "inference",
        "demand": "100 request/s",
        "throughput": {"chip": "1 request/s", "card": "1 request/s"},
        "minimum": "0 %",
    }
    wider = draft.having(workloads=[idle, *draft.scenario["workloads"]])
    first, second = planned(draft), planned(wider)
    assert value(second) == pytest.approx(value(first), abs=1e-9 * size(first))
    keys = "accelerator", "period"
    assert not differing(bought(first, *keys), bought(second, *keys), SAME)
