"""Laws of policies: none helps, a looser one never hurts, a price is the next step."""

import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.api import solve
from planner.explain.keys import key_prices
from planner.formulation.build import build
from planner.formulation.coefficients import coefficients
from planner.performance.pairing import rates
from planner.plan.plan import Plan
from planner.solvers.highs import Live
from planner.specs.inputs import input_at
from planner.specs.load import reload
from planner.specs.scenario import Scenario
from tests.strategies import Draft, drafts

STEP = 1e-5
few = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
seeds = st.integers(0, 10**6)


def ruled(draft: Draft, **keys: Any) -> Draft:
    """Return a draft in two regions and of two vendors, with further keys."""
    sites = [
        {**site, "region": region}
        for site, region in zip(draft.scenario["sites"], ("us", "eu"), strict=False)
    ]
    hardware = {**draft.hardware, "card": {**draft.hardware["card"], "vendor": "other"}}
    budgets = {**draft.scenario["budgets"], **keys.pop("budgets", {})}
    wider = draft.having(sites=sites, budgets=budgets, **keys)
    return Draft(wider.scenario, hardware)


def policies(seed: int) -> list[dict[str, Any]]:
    """Return one of each kind, some of them too strict for any plan."""
    random = Random(seed)  # noqa: S311  # no secret
    share = {kind: f"{random.randint(5, 95)} %" for kind in "hvps"}
    of = random.choice(["purchases", "power"])
    return [
        {
            "name": "home",
            "kind": "residency",
            "workload": "chat",
            "region": "us",
            "minimum": share["h"],
        },
        {
            "name": "cap",
            "kind": "vendor_share",
            "vendor": "acme",
            "maximum": share["v"],
            "of": of,
        },
        {
            "name": "promise",
            "kind": "vendor_commitment",
            "vendor": "other",
            "minimum": random.randint(1, 30),
        },
        {
            "name": "reserve",
            "kind": "spare",
            "accelerator": "chip",
            "share": share["s"],
        },
    ]


LOOSER = {
    "residency": {"minimum": "1 %"},
    "vendor_share": {"maximum": "99 %"},
    "vendor_commitment": {"minimum": 0},
    "spare": {"share": "1 %"},
}


def optimum(draft: Draft) -> float | None:
    """Return the profit; None where no plan is possible. Plans pass their audit."""
    with tempfile.TemporaryDirectory() as folder:
        plan: Plan = draft.plan(Path(folder))
    return plan.objective.value_usd


def at_least(more: float | None, less: float | None) -> bool:
    if less is None:
        return True
    return more is not None and more >= less - 1e-8 * max(1e6, abs(less))


@few
@given(draft=drafts(), seed=seeds, number=st.integers(0, 3))
def test_a_policy_never_helps_and_a_looser_one_never_hurts(
    draft: Draft, seed: int, number: int
) -> None:
    policy = policies(seed)[number]
    looser = {**policy, **LOOSER[policy["kind"]]}
    free = optimum(ruled(draft))
    loose = optimum(ruled(draft, policies=[looser]))
    tight = optimum(ruled(draft, policies=[policy]))
    assert at_least(free, loose)
    assert at_least(loose, tight)


@few
@given(draft=drafts(), key=st.sampled_from(["opex", "carbon"]), size=seeds)
def test_a_larger_budget_never_hurts(draft: Draft, key: str, size: int) -> None:
    unit = {"opex": "kUSD", "carbon": "t"}[key]
    first = 1 + size % 4000
    found = [
        optimum(ruled(draft, budgets={key: {2026: f"{n} {unit}"}}))
        for n in (first, 2 * first, 10**9)
    ]
    free = optimum(ruled(draft))
    assert at_least(found[1], found[0])
    assert at_least(found[2], found[1])
    assert found[2] == pytest.approx(free, rel=1e-9)


def profit(scenario: Scenario, text: str) -> float | None:
    """Return the optimum of a scenario with one more ``--set``."""
    again = reload(scenario, (text,))
    made = build(coefficients(again, rates(again)))
    live = Live()
    live.load(made.arrays)
    found = live.run()
    return (
        -found.objective / made.cost_factor * 1e6 if found.status == "optimal" else None
    )


PRICED = (
    "residency",
    "vendor_share",
    "vendor_commitment",
    "spare",
    "opex_budget",
    "carbon_budget",
    "demand",
)


@settings(few, max_examples=25)
@given(draft=drafts(), seed=seeds)
def test_a_price_lies_between_the_steps_to_both_sides(draft: Draft, seed: int) -> None:
    random = Random(seed)  # noqa: S311  # no secret
    rules = random.sample(policies(seed), k=random.randint(1, 3))
    budgets = {"carbon": {2026: f"{random.randint(100, 3000)} t"}}
    with tempfile.TemporaryDirectory() as folder:
        made = ruled(draft, policies=rules, budgets=budgets)
        scenario = made.load(Path(folder))
        plan = solve(scenario)
        base = plan.objective.value_usd
        for price in key_prices(scenario, plan.prices):
            if price.rows[0][0][0] not in PRICED or base is None:
                continue
            there = input_at(scenario, price.path)
            step = STEP * price.base
            size = there.value / price.base
            more, less = (
                profit(scenario, there.text((price.base + by) * size))
                for by in (step, -step)
            )
            rounding = 3e-9 * max(1e7, abs(base)) + 1e-3 * abs(price.value * step)
            if more is not None:
                assert more - base - rounding <= price.value * step, price
            if less is not None:
                assert price.value * step <= base - less + rounding, price
