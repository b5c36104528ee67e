"""Does it pay, by hand: what Llama costs, what pays for it, and the lift that would.

``chip`` as in ``test_hand_cases``. Ten serve the chat and five the ads, all day and all
of both years; five more stand idle.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.audit import audit
from planner.errors import InputError
from planner.performance.pairing import rates
from planner.plan.account_rows import DoesItPay
from planner.plan.plan import Plan
from tests.strategies import World
from tests.test_cli import SCENARIOS, process

HOURS = 2 * 8760
HOURLY = 25e3 / 5 / 8766
"""Capital of one chip for an hour; at work 1 kWh comes on top, idle 0.25."""
CHAT = 10 * HOURS * (HOURLY + 0.1)
IDLE = 5 * HOURS * (HOURLY + 0.025)
CASE = """
fleet: [{site: here, accelerator: chip, count: 20, installed: 2025}]
supply: {chip: 0}
objective: minimize_cost
workloads:
  - {name: chat, kind: inference, demand: 100 request/s,
     throughput: {chip: 10 request/s}}
  - {name: ads, kind: recommendation, demand: 1 Msample/s,
     throughput: {chip: 200 ksample/s}}
"""
REVENUE = """
revenue:
  llama: [chat]
  ads: [ads]
  ad_revenue: 1 MUSD/year
"""
MORE = """
  ad_lift: 2 %
  subscription: {subscribers: {2027: 100 user}, price: 5 USD/user/month}
  partners: {revenue: 50 kUSD/year, share: 10 %}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def answer(plan: Plan) -> DoesItPay:
    assert plan.does_it_pay is not None
    return plan.does_it_pay


def test_the_lift_that_pays_for_the_chat(world: World) -> None:
    found = answer(world.plan(CASE + REVENUE))
    assert found.workloads == ("chat",)
    assert found.years == 2
    assert found.cost_usd == near(CHAT)
    # The chat costs two thirds of what works, so two thirds of what idles are its own.
    assert found.idle_usd == near(IDLE * 2 / 3)
    assert found.ad_revenue_usd == near(2e6)
    needed = CHAT + IDLE * 2 / 3
    assert found.break_even_lift == near(needed / 2e6)
    samples = 3600 * HOURS  # millions
    assert found.break_even_usd_per_msample == near(needed / samples)
    stated = found.ad_lift, found.net_usd, found.pays
    assert stated == (None, None, None)


def test_subscribers_and_hosts_pay_a_part(world: World) -> None:
    # 100 people for the twelve months of 2027; a tenth of 50 k$ in each year.
    found = answer(world.plan(CASE + REVENUE + MORE))
    assert (found.subscription_usd, found.partner_usd) == near((6000, 10_000))
    needed = CHAT + IDLE * 2 / 3 - 16_000
    assert found.break_even_lift == near(needed / 2e6)
    assert found.net_usd == near(40_000 - needed)
    assert found.pays is False


def test_with_a_lift_above_break_even_it_pays(world: World) -> None:
    plan = world.plan(CASE + REVENUE, "revenue.ad_lift=8 %")
    found = answer(plan)
    assert found.net_usd == near(160_000 - CHAT - IDLE * 2 / 3)
    assert found.pays is True


def test_hosts_share_nothing_unless_it_is_said(world: World) -> None:
    hosts = "  partners: {revenue: 50 kUSD/year}\n"
    assert answer(world.plan(CASE + REVENUE + hosts)).partner_usd == 0


def test_ads_that_are_not_served_earn_nothing(world: World) -> None:
    # Fifteen chips, ten of them for the chat, which is worth more: half of the ads.
    half = CASE.replace("count: 20", "count: 15").replace("1 Msample/s", "2 Msample/s")
    half = half.replace("minimize_cost", "maximize_value")
    half = half.replace("10 request/s}}", "10 request/s}, value: 1 USD/request}")
    half = half.replace("ksample/s}}", "ksample/s}, value: 1 USD/Msample}")
    found = answer(world.plan(half + REVENUE))
    assert found.ad_revenue_usd == near(1e6)
    assert found.idle_usd == 0


def test_all_ad_revenue_counts_where_no_workload_earns_it(world: World) -> None:
    found = answer(world.plan(CASE + REVENUE.replace("  ads: [ads]\n", "")))
    assert found.ad_revenue_usd == near(2e6)
    assert found.break_even_usd_per_msample is None


def test_a_lease_that_is_paid_and_not_used_idles(world: World) -> None:
    # Three more chips are reserved for both years and have nothing to do.
    lease = (
        "leases: [{name: cloud, accelerator: chip, limit: 3, committed: 3, "
        "price: 2 USD/hour, term: 24 month}]\n"
    )
    owned = CASE.replace("throughput:", "sites: [here], throughput:")
    found = answer(world.plan(lease + owned + REVENUE))
    assert found.cost_usd == near(CHAT)
    assert found.idle_usd == near((IDLE + 3 * HOURS * 2) * 2 / 3)


def test_without_a_price_there_is_no_answer(world: World) -> None:
    world.hardware("chip", "price: {}")
    found = answer(world.plan(CASE + REVENUE))
    assert (found.cost_usd, found.break_even_lift) == (None, None)


def test_revenue_changes_nothing_but_the_answer(world: World) -> None:
    plain, asked = world.plan(CASE), world.plan(CASE + REVENUE + MORE)
    assert plain.does_it_pay is None
    assert plain.objective == asked.objective
    assert plain.allocation == asked.allocation
    assert plain.accounts == asked.accounts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("llama: [chat]|llama: [chit]", "'chit' is not one of this scenario's"),
        ("llama: [chat]|llama: [chat, chat]", "'chat' is listed twice"),
        ("ads: [ads]|ads: [training]", "training is a training run"),
        ("1 MUSD/year|1 MUSD", "USD/year"),
        ("1 MUSD/year|{2027: 1 MUSD/year}", "2026"),
        ("  llama: [chat]\n|", "llama"),
    ],
)
def test_wrong_revenue_is_refused(world: World, text: str, said: str) -> None:
    before, after = text.split("|")
    run = "  - {name: training, kind: training, tokens: 1 Gtoken,\n"
    run += "     throughput: {chip: 1000 token/s}}\n"
    with pytest.raises(InputError) as caught:
        world.scenario(CASE + run + REVENUE.replace(before, after))
    assert said in str(caught.value)
    assert "revenue" in str(caught.value)


BREAKS: dict[str, Any] = {
    "cost_usd": 1e5,
    "idle_usd": 1e5,
    "subscription_usd": 1.0,
    "partner_usd": 1.0,
    "ad_revenue_usd": 1.0,
    "break_even_lift": 5.0,
    "break_even_usd_per_msample": None,
    "net_usd": 0.0,
    "pays": True,
    "years": 3.0,
    "workloads": ("ads",),
    "ad_lift": 0.03,
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_answer_fails_the_audit(world: World, name: str) -> None:
    scenario = world.scenario(CASE + REVENUE + MORE)
    plan = world.plan(CASE + REVENUE + MORE)
    broken = replace(answer(plan), **{name: BREAKS[name]})
    checks = audit(scenario, replace(plan, does_it_pay=broken), rates(scenario)).checks
    failed = {check.name for check in checks if check.worst > check.tolerance}
    assert failed == {"does_it_pay"}


def test_the_scenario_says_what_its_header_says(
    shipped_plan: Callable[[str, str], Plan],
) -> None:
    plan = shipped_plan("partner_revenue", "highs")
    found = answer(plan)
    assert found.cost_usd is not None
    assert found.idle_usd is not None
    cost = found.cost_usd + found.idle_usd
    assert cost == pytest.approx(76.6e9, rel=1e-3)
    assert found.break_even_lift == pytest.approx(0.126, abs=5e-4)
    without = (cost - found.subscription_usd) / found.ad_revenue_usd
    assert without == pytest.approx(0.128, abs=5e-4)
    assert cost / found.ad_revenue_usd == pytest.approx(0.130, abs=5e-4)
    assert found.net_usd == pytest.approx(-56.5e9, rel=1e-3)
    # The plan is that of meta_2026.
    assert plan.objective == shipped_plan("meta_2026", "highs").objective


def test_solve_says_whether_it_pays() -> None:
    done = process("solve", SCENARIOS / "partner_revenue.yaml")
    assert "Does it pay, over 3 years" in done.stdout
    assert "breaks even at an ad lift of 12.6 %" in done.stdout
    assert "it does not pay" in done.stdout
    more = "revenue.ad_lift=15 %"
    done = process("solve", SCENARIOS / "partner_revenue.yaml", "--set", more, "--json")
    assert json.loads(done.stdout)["does_it_pay"]["pays"] is True
