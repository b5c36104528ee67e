"""Leases by hand, their prices and laws; the sums stand in the comments."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.explain.break_even import break_even
from planner.explain.keys import key_prices
from planner.explain.prices import prices_of
from planner.pipeline import Solved, run
from planner.plan.findings import PriceRow
from planner.plan.plan import Plan
from planner.solvers.near import Neighbour
from planner.specs.load import reload
from tests.leasing import CLOUD, chat, leased, near, offers, signed
from tests.strategies import Draft, World, counts, drafts


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


# ------------------------------------------------------------------------- by hand


def test_two_offers_over_two_periods(world: World) -> None:
    # 10 chips are needed in 2026, 20 in 2027. A year of one costs 17,520 $ reserved at
    # 2 $/h and 26,280 $ on demand at 3 $/h. A term of two years signed in 2026 is paid
    # to the horizon's end: 10 in both years; the 10 more of 2027 are reserved too.
    text = CLOUD + chat("{2026: 100 request/s, 2027: 200 request/s}")
    plan = world.plan(
        text
        + offers(
            "name: reserved, price: 2 USD/hour, term: 2 year",
            "name: hourly, price: 3 USD/hour, on_demand: true",
        )
    )
    assert leased(plan, "reserved") == near({"2026": 10, "2027": 20})
    assert signed(plan, "reserved") == near({"2026": 10, "2027": 10})
    assert leased(plan, "hourly") == {}
    assert plan.objective.value_usd == near(30 * 17_520)
    assert [row.lease_usd for row in plan.costs] == near([175_200, 350_400])
    assert [row.hours for row in plan.leases] == near([87_600, 175_200])
    assert plan.objective.parts is not None
    assert plan.objective.parts.leases == near(525_600)
    metrics = plan.metrics
    assert metrics is not None
    assert metrics.opex_usd == near(525_600)
    assert (metrics.capex_usd, metrics.peak_power_mw, metrics.energy_mwh) == (0, 0, 0)
    assert (metrics.accelerators, metrics.co2e_t) == (0, 0)


def test_a_reservation_is_taken_where_it_is_used_often_enough(world: World) -> None:
    # Demand falls from 20 chips to 10. Reserved for two years at 2 $/h the last 10
    # would cost 35,040 $ for one year of use: on demand 26,280 $.
    text = CLOUD + chat("{2026: 200 request/s, 2027: 100 request/s}")
    plan = world.plan(
        text
        + offers(
            "name: reserved, price: 2 USD/hour, term: 2 year",
            "name: hourly, price: 3 USD/hour, on_demand: true",
        )
    )
    assert leased(plan, "reserved") == near({"2026": 10, "2027": 10})
    assert leased(plan, "hourly") == near({"2026": 10})
    assert plan.objective.value_usd == near(20 * 17_520 + 10 * 26_280)


def test_reserved_against_on_demand_over_four_slots(world: World) -> None:
    # The classic: slots of equal length need 40, 30, 20 and 10 machines; reserved 1 $/h
    # for all four, on demand 1.6 $/h. The n-th machine is reserved where the slots that
    # need it, times 1.6, cost more than 4: in 3 of 4 (4.8 > 4), not in 2 (3.2). So 20,
    # and 20 + 10 slots on demand: 4 · 20 + 1.6 · 30 = 128 a slot-hour of 6 a day.
    blocks = "load_blocks: {a: 6 h, b: 6 h, c: 6 h, d: 6 h}\n"
    profile = "    profile: {a: 1.6, b: 1.2, c: 0.8, d: 0.4}\n"
    plan = world.plan(
        CLOUD
        + blocks
        + chat("250 request/s", profile + "    peak_to_average: 1\n")
        + offers(
            "name: reserved, price: 1 USD/hour, term: 2 year",
            "name: hourly, price: 1.6 USD/hour, on_demand: true",
        )
    )
    assert leased(plan, "reserved") == near({"2026": 20, "2027": 20})
    assert leased(plan, "hourly") == near({"2026": 20, "2027": 20})
    per_block = counts(plan, "site", "period", "block")
    on_demand = {b: per_block.get(("lease:hourly", "2026", b), 0.0) for b in "abcd"}
    assert on_demand == near({"a": 20, "b": 10, "c": 0, "d": 0})
    assert plan.objective.value_usd == near(128 * 365 * 6 * 2)
    # In the split on demand counts what is paid for: 20 + (20 + 10) / 4.
    split = {row.kind: row.count for row in plan.split if row.period == "2026"}
    assert split["inference"] == near(25)
    assert sum(split.values()) == near(27.5)


def test_four_slots_as_four_periods(world: World) -> None:
    # The same with quarters of a common year, whose lengths differ: 2,160, 2,184,
    # 2,208, 2,208 h. Machine 21 to 30 is needed in two: 1.6 · 4,344 < 8,760.
    text = "horizon: {start: 2026Q1, periods: 4}\n" + CLOUD
    wanted = "{2026Q1: 400 request/s, 2026Q2: 300 request/s, 2026Q3: 200 request/s, "
    plan = world.plan(
        text
        + chat(f"{wanted}2026Q4: 100 request/s}}")
        + offers(
            "name: reserved, price: 1 USD/hour, term: 1 year",
            "name: hourly, price: 1.6 USD/hour, on_demand: true",
        )
    )
    assert signed(plan, "reserved") == near({"2026Q1": 20})
    assert leased(plan, "hourly") == near({"2026Q1": 20, "2026Q2": 10})
    on_demand = 1.6 * (20 * 2160 + 10 * 2184)
    assert plan.objective.value_usd == near(20 * 8760 + on_demand)


def test_what_a_term_has_left_at_the_end_is_not_paid(world: World) -> None:
    # Three years signed in the last of two: one year is paid.
    plan = world.plan(
        CLOUD
        + chat("{2027: 100 request/s}")
        + offers("name: long, price: 2 USD/hour, term: 3 year")
    )
    assert signed(plan, "long") == near({"2027": 10})
    assert plan.objective.value_usd == near(175_200)


@pytest.mark.parametrize(
    ("term", "periods"), [("", 1), ("term: 4 month", 2), ("term: 2 quarter", 2)]
)
def test_a_term_is_rounded_up_to_periods(world: World, term: str, periods: int) -> None:
    text = "horizon: {start: 2026Q1, periods: 4}\n" + CLOUD
    plan = world.plan(
        text
        + chat("{2026Q1: 10 request/s, 2026Q2: 0 request/s}")
        + offers(f"name: cloud, price: 2 USD/hour{term and ', ' + term}")
    )
    assert list(leased(plan, "cloud")) == ["2026Q1", "2026Q2"][:periods]
    assert signed(plan, "cloud") == near({"2026Q1": 1})


def test_what_is_committed_holds_in_every_period(world: World) -> None:
    # Nothing is asked for in 2026, yet 5 are committed, and signed each year.
    plan = world.plan(
        CLOUD
        + chat("{2027: 100 request/s}")
        + offers("name: cloud, price: 2 USD/hour, committed: 5")
    )
    assert leased(plan, "cloud") == near({"2026": 5, "2027": 10})
    assert signed(plan, "cloud") == near({"2026": 5, "2027": 10})


def test_what_was_signed_before_runs_until_its_term_ends(world: World) -> None:
    # 8 signed in 2025 for two years run, and are paid, in 2026; 10 are signed in 2027.
    plan = world.plan(
        CLOUD
        + chat("{2026: 50 request/s, 2027: 100 request/s}")
        + offers("name: cloud, price: 2 USD/hour, term: 2 year, signed: {2025: 8}")
    )
    assert leased(plan, "cloud") == near({"2026": 8, "2027": 10})
    assert signed(plan, "cloud") == near({"2027": 10})
    assert plan.objective.value_usd == near(18 * 17_520)


def test_own_and_lease_meet_where_their_costs_do(world: World) -> None:
    # Owned for two of five years: 25 k$ · 2/5 + 2 · 876 $ of energy = 11,752 $, so a
    # lease is cheaper below 11,752 / 17,520 = 0.670776 $/h.
    for price, site in (("0.67", "lease:cloud"), ("0.672", "here")):
        text = chat("100 request/s") + offers(f"name: cloud, price: {price} USD/hour")
        plan = world.plan(text)
        assert {row.site for row in plan.allocation} == {site}


def test_leases_lie_outside_power_and_capital(world: World) -> None:
    # 5 fit into the site's power and the budget; 5 are leased beside them.
    power = "{nameplate: 1 kW, active: 800 W, idle: 200 W}"
    world.hardware(
        "chip", f"power: {power}\nrequires: [water]\nprice: {{rental: 9 USD/hour}}"
    )
    sites = (
        "sites: [{name: here, power: 6.25 kW, pue: 1.25, provides: [water], "
        "electricity: 100 USD/MWh, carbon: 0.5 kg/kWh}]\n"
    )
    fleet = "fleet: [{site: here, accelerator: chip, count: 5, installed: 2025}]\n"
    none = "supply: {chip: 0}\nbudgets: {capex: 0, power: {2026: 6.25 kW}}\n"
    plan = world.plan(
        sites + fleet + none + chat("100 request/s") + offers("name: cloud")
    )
    assert leased(plan, "cloud") == near({"2026": 5, "2027": 5})
    metrics = plan.metrics
    assert metrics is not None
    assert metrics.peak_power_mw == near(6.25e-3)
    assert metrics.accelerators == near(5)
    # Of 10 busy chips, 5 burn their own energy: 5 · 8.76 MWh a year.
    assert metrics.energy_mwh == near(2 * 5 * 8.76)
    assert plan.costs[0].lease_usd == near(5 * 8760 * 9)


def test_a_lease_needs_neither_site_nor_cooling_nor_price(world: World) -> None:
    world.hardware(
        "chip", "requires: [water]\nprice: {rental: 2 USD/hour}\nlifetime: null"
    )
    plan = world.plan(CLOUD + chat("100 request/s") + offers("name: cloud"))
    assert plan.rejected == ()
    assert plan.objective.value_usd == near(2 * 175_200)


def test_a_lease_has_the_cooling_that_the_site_lacks(world: World) -> None:
    world.hardware("chip", "requires: [water]")
    offer = offers("name: cloud, price: 2 USD/hour")
    plan = world.plan(chat("100 request/s") + offer)
    assert plan.rejected == ()
    assert {row.site for row in plan.allocation} == {"lease:cloud"}
    (row,) = world.plan(
        chat("100 request/s", "    minimum: 0 %\n    sites: [here]\n") + offer
    ).rejected
    assert (row.reason, row.detail) == ("cooling", "no site provides water")


def test_a_workload_may_name_the_place_of_an_offer(world: World) -> None:
    cheap = "name: cheap, price: 1 USD/hour"
    text = offers(cheap, "name: dear, price: 3 USD/hour, region: eu")
    plan = world.plan(
        CLOUD + chat("10 request/s", "    sites: ['lease:dear']\n") + text
    )
    assert {row.site for row in plan.allocation} == {"lease:dear"}
    scenario = world.scenario(CLOUD + chat("10 request/s") + text)
    assert scenario.places == ("lease:cheap", "lease:dear")
    assert [scenario.region_of(place) for place in scenario.places] == [None, "eu"]


def test_a_price_may_change_over_time(world: World) -> None:
    prices = "{2026: 2 USD/hour, 2027: 1 USD/hour}"
    plan = world.plan(
        CLOUD + chat("100 request/s") + offers(f"name: cloud, price: {prices}")
    )
    assert [row.lease_usd for row in plan.leases] == near([175_200, 87_600])


def test_a_run_pays_for_its_leased_hours(world: World) -> None:
    # 1 chip-year of a run, at 2 $/h: 8,760 h, 17,520 $, and no energy of ours.
    run_text = (
        "objective: minimize_cost\nworkloads:\n  - name: run\n    kind: training\n"
        "    tokens: 31.536 Gtoken\n    deadline: 2026\n"
        "    throughput: {chip: 1000 token/s}\n"
    )
    price = "name: cloud, price: 2 USD/hour, on_demand: true"
    (row,) = world.plan(CLOUD + run_text + offers(price)).runs
    assert row.sites == ("lease:cloud",)
    assert row.accelerator_hours == near(8760)
    assert row.cost_usd == near(17_520)
    assert row.energy_mwh == 0


def test_an_accelerator_is_not_leased_before_it_exists(world: World) -> None:
    world.hardware("chip", "available: 2026-07")
    text = CLOUD + chat("10 request/s", "    minimum: 0 %\n").replace(
        "minimize_cost", "maximize_value"
    )
    worth = "    value: 1 USD/request\n"
    plan = world.plan(text + worth + offers("name: cloud, price: 2 USD/hour"))
    assert list(leased(plan, "cloud")) == ["2027"]


# ---------------------------------------------------------------------------- prices


def test_prices_of_limit_and_commitment(world: World) -> None:
    # One more at 2 $/h spares one at 3 $/h in both years; one less committed of what
    # nobody uses spares 4 $/h.
    text = (
        CLOUD
        + chat("100 request/s")
        + offers(
            "name: cheap, price: 2 USD/hour, limit: 4",
            "name: dear, price: 3 USD/hour",
            "name: owed, price: 7 USD/hour, committed: 1",
        )
    )
    solved = run(world.scenario(text))
    found = {x.path: x for x in key_prices(solved.scenario, priced(solved))}
    assert found["leases.cheap.limit"].value == near(2 * 8760)
    assert found["leases.owed.committed"].value == near(-2 * 8760 * (7 - 3))
    assert found["leases.cheap.limit"].unit == "USD per accelerator"
    used = {r.period: r.utilisation for r in solved.plan.budgets if r.scope == "cheap"}
    assert used == near({"2026": 1, "2027": 1})


def priced(solved: Solved) -> tuple[PriceRow, ...]:
    return prices_of(solved.program, solved.solution)


def test_more_of_an_offer_makes_a_plan_possible(world: World) -> None:
    from planner.api import solve_whole  # noqa: PLC0415  # one test alone

    offer = offers("name: cloud, price: 2 USD/hour, limit: 6")
    found = solve_whole(world.scenario(CLOUD + chat("100 request/s") + offer)).plan
    assert found.infeasibility is not None
    fix = found.infeasibility.fixes[0]
    assert (fix.constraint, fix.scope, fix.amount) == ("lease_limit", "cloud", near(4))
    assert fix.cost_usd == near(4 * 2 * 17_520)


def test_break_even_between_own_and_lease(world: World) -> None:
    # By the sums above: 11,752 $ for two years are 0.670776 $/h of a lease.
    text = chat("100 request/s") + offers("name: cloud, price: 1 USD/hour")
    solved = run(world.scenario(text))

    def again(sets: tuple[str, ...], near: Neighbour | None) -> Any:
        return run(reload(solved.scenario, sets), near=near)

    (below,) = break_even(solved, "leases.cloud.price", again)
    assert below.value == pytest.approx(11_752 / 17_520, rel=2e-4)
    assert below.enters == "cloud is leased for 175,200 accelerator-hours"
    # Dearer chips: at 25 k$ a lease of 17,520 $ beats 2/5 of system and network.
    (above,) = break_even(solved, "accelerators.chip.price.system", again)
    assert above.value == pytest.approx((17_520 - 1752) / 0.4 / 1e3 - 5, rel=2e-4)
    assert above.enters == "cloud is leased; chip leaves"


# ------------------------------------------------------------------------------ laws


few = settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
OFFER = {"name": "cloud", "accelerator": "chip"}


def planned(draft: Draft) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        return draft.plan(Path(folder))


def value(plan: Plan) -> float:
    assert plan.objective.value_usd is not None
    return plan.objective.value_usd


@few
@given(
    draft=drafts(),
    cents=st.integers(1, 40),
    on_demand=st.booleans(),
    term=st.integers(1, 6),
)
def test_a_lease_offer_never_hurts(
    draft: Draft, cents: int, term: int, *, on_demand: bool
) -> None:
    kind = {"on_demand": True} if on_demand else {"term": f"{term} quarter"}
    offer = {**OFFER, "price": f"{cents / 100} USD/hour", **kind}
    without, offered = planned(draft), planned(draft.having(leases=[offer]))
    parts = without.objective.parts
    assert parts is not None
    size = max(1.0, parts.served_value + parts.run_value)
    assert value(offered) >= value(without) - 1e-9 * size
    assert offered.audit is not None
    assert offered.audit.passed


@few
@given(draft=drafts(), cents=st.integers(1, 40))
def test_a_longer_term_never_helps_and_on_demand_never_hurts(
    draft: Draft, cents: int
) -> None:
    def worth(**kind: object) -> float:
        offer = {**OFFER, "price": f"{cents / 100} USD/hour", **kind}
        return value(planned(draft.having(leases=[offer])))

    values = [worth(on_demand=True), worth(), worth(term="2 quarter")]
    slack = 1e-9 * max(1.0, *map(abs, values))
    assert values[0] >= values[1] - slack
    assert values[1] >= values[2] - slack


@few
@given(draft=drafts(), on_demand=st.booleans())
def test_the_price_of_a_limit_predicts_a_small_step(
    draft: Draft, *, on_demand: bool
) -> None:
    kind = {"on_demand": True} if on_demand else {"term": "2 quarter"}

    def solved(limit: float) -> Solved:
        offer = {**OFFER, "price": "0.1 USD/hour", "limit": limit, **kind}
        with tempfile.TemporaryDirectory() as folder:
            return run(draft.having(leases=[offer]).load(Path(folder)))

    less, now, more = (solved(limit) for limit in (19.99, 20, 20.01))
    gain = (value(more.plan) - value(less.plan)) / 0.02
    prices = {price.path: price for price in key_prices(now.scenario, priced(now))}
    price = prices.get("leases.cloud.limit")
    if price is None:
        assert gain == pytest.approx(0, abs=1e-2)
    elif price.unique:
        assert price.value == pytest.approx(gain, rel=1e-4, abs=1e-2)
