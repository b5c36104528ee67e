"""Power that is added to a site, and capital that is carried over, by hand.

A ``chip`` takes 1.25 kW at the meter: 0.1 USD an hour when busy. It serves 10 of the
100 request/s that are asked for, which earn 3.6 USD an hour. The site holds 4 chips; 6
more take 7.5 kW, at 10 MUSD a MW 75 kUSD. 2028 is a leap year.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.explain.keys import key_prices
from planner.formulation.build import Program
from planner.plan.plan import Plan
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from tests.strategies import World
from tests.test_audit import Break, changed, failed, first, part, put, scale_all
from tests.test_hand_cases import added, installed, limits, near

HOURS = 8760 + 8784
"""Of 2027 and 2028."""
OFFER = "limit: 1 MW, cost: 10 MUSD/MW, lead_time: 12 month"
CHAT = """
objective: maximize_value
horizon: {start: 2026, periods: 3}
workloads:
  - name: chat
    kind: inference
    demand: 100 request/s
    throughput: {chip: 10 request/s}
    value: 100 USD/Mrequest
"""


def at(offer: str, power: str = "5 kW") -> str:
    return (
        f"sites: [{{name: here, power: {power}, pue: 1.25, electricity: 100 USD/MWh, "
        f"carbon: 0.5 kg/kWh, expansion: {{{offer}}}}}]\n"
    )


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def orders(plan: Plan) -> list[tuple[str, str, str, float, float]]:
    return [
        (row.period, row.order_by, row.in_service, row.mw, row.capex_usd)
        for row in plan.expansions
    ]


def part_of(plan: Plan, name: str) -> float:
    assert plan.objective.parts is not None
    return float(getattr(plan.objective.parts, name))


# ------------------------------------------------------------------ power that is built


def test_power_is_paid_at_the_order_and_serves_after_the_lead_time(
    world: World,
) -> None:
    plan = world.plan(CHAT + at(OFFER))
    assert orders(plan) == [
        ("2026", "2026-01", "2027", near(0.0075), near(75e3)),
    ]
    assert installed(plan) == near({"2026": 4, "2027": 10, "2028": 10})
    assert limits(plan, "site_power") == near(
        {"2026": 0.005, "2027": 0.0125, "2028": 0.0125}
    )
    assert limits(plan, "expansion_limit") == {"": 1.0}
    assert [row.capex_usd for row in plan.costs] == near([100e3 + 75e3, 150e3, 0])
    assert part_of(plan, "expansion") == near(-75e3)
    # Of 25 years 23 are left of the power; of 5 years 2 of 4 chips, 3 of 6.
    left = 75e3 * 23 / 25 + 100e3 * 2 / 5 + 150e3 * 3 / 5
    assert part_of(plan, "residual") == near(left)
    assert plan.metrics is not None
    assert plan.metrics.capex_usd == near(325e3)


def test_an_expansion_is_discounted_and_ages_from_its_first_service(
    world: World,
) -> None:
    plan = world.plan("discount_rate: 8 %/year\n" + CHAT + at(OFFER))
    assert part_of(plan, "expansion") == near(-75e3)
    left = 75e3 * 23 / 25 + 100e3 * 2 / 5 + 150e3 * 3 / 5
    assert part_of(plan, "residual") == near(left * 1.08**-3)


@pytest.mark.parametrize(
    ("cost", "paid", "left"),
    [
        ("cost_per_it_mw: 12.5 MUSD/MW", 75e3, 75e3),
        ("cost: {2026: 10 MUSD/MW, 2028: 5 MUSD/MW}", 75e3, 37.5e3),
        ("cost: {2026: 10 MUSD/MW, 2028: 20 MUSD/MW}", 75e3, 75e3),
    ],
)
def test_the_residual_is_of_the_lower_cost_per_facility_mw(
    world: World, cost: str, paid: float, left: float
) -> None:
    plan = world.plan(CHAT + at(f"limit: 1 MW, {cost}, lead_time: 12 month"))
    assert part_of(plan, "expansion") == near(-paid)
    chips = 100e3 * 2 / 5 + 150e3 * 3 / 5
    assert part_of(plan, "residual") == near(left * 23 / 25 + chips)


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        # 13 months: the first January after is that of 2028, however late the order.
        ("13 month", [("2026", "2026-12", "2028")]),
        ("2 year", [("2026", "2026-01", "2028")]),
        ("25 month", []),
        ("0 month", [("2026", "2026-01", "2026")]),
    ],
)
def test_a_lead_time_is_rounded_up_to_a_period(
    world: World, lead: str, expected: list[tuple[str, str, str]]
) -> None:
    plan = world.plan(CHAT + at(f"limit: 1 MW, cost: 10 MUSD/MW, lead_time: {lead}"))
    assert [order[:3] for order in orders(plan)] == expected


def test_an_order_that_serves_after_the_horizon_is_no_variable(
    world: World, program: Callable[[Scenario], Program]
) -> None:
    made = program(world.scenario(CHAT + at(OFFER)))
    assert set(made.v.expanded.columns) == {("here", 0), ("here", 1)}
    none = program(world.scenario(CHAT + at(OFFER.replace("1 MW", "0 MW"))))
    assert not none.v.expanded.columns


def test_power_that_has_reached_its_lifetime_is_ordered_anew(world: World) -> None:
    # A year each, and the limit counts all orders: 3 x 7.5 kW.
    offer = "limit: 22.5 kW, cost: 10 MUSD/MW, lifetime: 1 year"
    plan = world.plan(CHAT + at(offer))
    assert [order[0] for order in orders(plan)] == ["2026", "2027", "2028"]
    assert part_of(plan, "expansion") == near(-225e3)
    assert part_of(plan, "residual") == near(250e3 * 2 / 5)


def test_the_fleet_s_power_budget_stays_what_it_is(world: World) -> None:
    plan = world.plan(CHAT + at(OFFER) + "budgets: {power: 10 kW}\n")
    assert installed(plan) == near({"2026": 4, "2027": 8, "2028": 8})
    assert [order[3] for order in orders(plan)] == near([0.005])


def test_expansions_and_purchases_share_the_capital(world: World) -> None:
    # The power for 6 chips from 2027 on goes before; it leaves 62.5 kUSD for 2026.
    capex = "budgets: {capex: {2026: 137500 USD, 2027: 1 MUSD}}\n"
    plan = world.plan(CHAT + at(OFFER) + capex)
    assert installed(plan) == near({"2026": 2.5, "2027": 10, "2028": 10})
    used = {row.period: row.used for row in plan.budgets if row.name == "capex_budget"}
    assert used == near({"2026": 137.5e3, "2027": 187.5e3, "2028": 0})


# ------------------------------------------------------------------ what it is worth


def test_the_price_of_the_limit_is_what_a_mw_earns_above_its_cost(
    world: World,
) -> None:
    # A chip earns 3.5 USD an hour in 2027 and 2028, loses 2/5 of its price and 2/25
    # of its power's; a MW holds 800 chips. The site's own MW costs nothing.
    scenario = world.scenario(CHAT + at(OFFER.replace("1 MW", "5 kW")))
    plan = world.plan(CHAT + at(OFFER.replace("1 MW", "5 kW")))
    chip = 3.5 * HOURS - 25e3 * 2 / 5
    found = {price.path: price for price in key_prices(scenario, plan.prices)}
    limit = found["sites.here.expansion.limit"]
    assert limit.value == near((chip - 12.5e3 * 2 / 25) * 800)
    assert (limit.base, limit.unit) == (0.005, "USD per MW")
    # It holds until the 2 chips that are missing stand.
    assert limit.valid_to == near(0.0075)
    # One MW from 2026 on replaces a chip of 2027 by one of 2026.
    whole = 3.5 * (8760 + HOURS) - 25e3 * 3 / 5
    assert found["sites.here.power"].value == near(whole * 800)


def test_above_its_break_even_no_power_is_added(world: World) -> None:
    # What serves in 2028 alone stays longest: a chip earns 3.5 USD an hour and loses a
    # fifth of its price; 1.25 kW may lose the rest, 1/25 of their cost.
    world.scenario(CHAT + at(OFFER))
    path, folder = str(world.folder / "case.yaml"), str(world.folder)
    explained = ["explain", path, "--data-dir", folder, "--json"]
    key = "sites.here.expansion.cost"
    result = CliRunner().invoke(app, [*explained, "--break-even", key])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["break_even"]
    (above,) = (each for each in found if each["value"] > 10)
    chip = 3.5 * 8784 - 25e3 / 5
    assert above["value"] == pytest.approx(chip / 1.25e-3 * 25 / 1e6, rel=2e-4)
    assert "power is added at here" in above["enters"]


def test_more_that_can_be_added_is_a_fix(world: World) -> None:
    text = CHAT.replace("value: 100", "minimum: 60 %\n    value: 100")
    offer = OFFER.replace("1 MW", "1 kW").replace("12 month", "0 month")
    plan = world.plan(text + at(offer))
    assert plan.status == "infeasible"
    assert plan.infeasibility is not None
    (fix,) = [f for f in plan.infeasibility.fixes if f.constraint == "expansion_limit"]
    # 6 chips take 7.5 kW: 2.5 kW beside the site's own, 1.5 kW more than offered.
    assert fix.amount == pytest.approx(0.0015)
    assert fix.cost_usd == pytest.approx(15e3)
    assert fix.set[0].startswith("sites.here.expansion.limit=0.0025")


def test_the_table_says_when_to_order_and_from_when_on_it_serves(
    world: World,
) -> None:
    world.scenario(CHAT + at(OFFER))
    path, folder = str(world.folder / "case.yaml"), str(world.folder)
    result = CliRunner().invoke(app, ["solve", path, "--data-dir", folder])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    title = lines.index("Expansions")
    assert lines[title + 1].split("  ")[0] == "paid in"
    row = " ".join(lines[title + 3].split())
    assert row == "2026 2026-01 2027 here 7.5 kW 75 kUSD"


def test_what_is_ordered_stands_in_the_scenario_that_follows(world: World) -> None:
    world.scenario(CHAT + at(OFFER) + "budgets: {capex: {2026: 200 kUSD}}\n")
    folder = ["--data-dir", str(world.folder)]
    plan, new = str(world.folder / "plan.json"), str(world.folder / "new.yaml")
    run = CliRunner().invoke
    run(app, ["solve", str(world.folder / "case.yaml"), "-o", plan, *folder])
    result = run(app, ["init", new, "--from", plan, "--at", "2027", *folder])
    assert result.exit_code == 0, result.output
    following = load_scenario(new, data_dirs=[world.folder])
    (site,) = following.spec.sites
    level = site.power.level(following.periods[0])
    assert level is not None
    assert level.to("kW").magnitude == near(12.5)
    assert site.expansion is not None
    assert site.expansion.limit.to("kW").magnitude == near(992.5)


# ------------------------------------------------------------------ carried over


CARRIED = """
budgets: {capex: {2026: 300 kUSD, 2027: 100 kUSD}, carry_over: %s}
"""
GROWING = CHAT.replace(
    "demand: 100 request/s", "demand: {2026: 100 request/s, 2027: 180 request/s}"
).replace("periods: 3", "periods: 2")


@pytest.mark.parametrize(
    ("carried", "bought", "rows"),
    [
        # 10 chips leave 50 kUSD of 300; with them 6 of the 8 wanted come in 2027.
        ("true", {"2026": 10, "2027": 6}, [(250, 300), (400, 400)]),
        ("false", {"2026": 12, "2027": 4}, [(300, 300), (100, 100)]),
    ],
)
def test_capital_that_is_left_is_spent_later(
    world: World,
    carried: str,
    bought: dict[str, float],
    rows: list[tuple[float, float]],
) -> None:
    plan = world.plan(GROWING + CARRIED % carried)
    assert added(plan) == near(bought)
    found = [row for row in plan.budgets if row.name == "capex_budget"]
    assert [row.used / 1e3 for row in found] == near([used for used, _ in rows])
    assert [row.limit / 1e3 for row in found] == near([limit for _, limit in rows])


def test_capital_is_not_spent_before_its_span(world: World) -> None:
    capex = "budgets: {capex: {2026: 100 kUSD, 2027: 300 kUSD}, carry_over: true}\n"
    assert added(world.plan(GROWING + capex)) == near({"2026": 4, "2027": 12})


def test_the_price_of_a_budget_sums_every_later_row(world: World) -> None:
    # 2026 binds as well: what it could spend now earns in both years.
    text = GROWING + "budgets: {capex: {2026: 50 kUSD}, carry_over: true}\n"
    scenario, plan = world.scenario(text), world.plan(text)
    rows = {price.period: price.value for price in plan.prices}
    now = (3.5 * 8760 * 2 - 25e3 * 2 / 5) / 25e3
    later = (3.5 * 8760 - 25e3 / 5) / 25e3
    assert rows == near({"2026": now - later, "2027": later})
    (price,) = key_prices(scenario, plan.prices)
    # The key stands for both years: 1 more dollar in each, so 1 and then 2.
    assert price.value == near(now - later + 2 * later)
    more = world.plan(text, "budgets.capex.2026=51 kUSD").objective.value_usd
    assert plan.objective.value_usd is not None
    assert more == near(plan.objective.value_usd + 1e3 * price.value)


def test_keys_of_their_own_are_priced_by_the_rows_from_them_on(world: World) -> None:
    capex = "budgets: {capex: {2026: 50 kUSD, 2027: 60 kUSD}, carry_over: true}\n"
    scenario, plan = world.scenario(GROWING + capex), world.plan(GROWING + capex)
    rows = {price.period: price.value for price in plan.prices}
    found = {p.path: p for p in key_prices(scenario, plan.prices)}
    assert found["budgets.capex.2026"].value == near(sum(rows.values()))
    assert found["budgets.capex.2027"].value == near(rows["2027"])
    # All wants are met with 18 chips: 450 kUSD in both years.
    assert found["budgets.capex.2027"].valid_to == near(400e3)


def test_more_capital_in_a_span_loosens_the_later_ones(world: World) -> None:
    text = GROWING.replace("value: 100", "minimum: 100 %\n    value: 100")
    capex = "budgets: {capex: {2026: 270 kUSD, 2027: 0 USD}, carry_over: true}\n"
    plan = world.plan(text + capex)
    assert plan.infeasibility is not None
    fixes = [f for f in plan.infeasibility.fixes if f.constraint == "capex_budget"]
    assert {fix.period: fix.amount for fix in fixes} == pytest.approx(
        {"2026": 180e3, "2027": 180e3}
    )


def test_what_is_left_is_carried_into_the_scenario_that_follows(world: World) -> None:
    world.scenario(GROWING + CARRIED % "true")
    folder = ["--data-dir", str(world.folder)]
    plan, new = str(world.folder / "plan.json"), str(world.folder / "new.yaml")
    run = CliRunner().invoke
    run(app, ["solve", str(world.folder / "case.yaml"), "-o", plan, *folder])
    result = run(app, ["init", new, "--from", plan, "--at", "2027", *folder])
    assert result.exit_code == 0, result.output
    following = load_scenario(new, data_dirs=[world.folder])
    assert following.spec.budgets.capex is not None
    ((_, left),) = following.spec.budgets.capex.amounts(following.periods)
    assert left.to("kUSD").magnitude == near(150)


# ------------------------------------------------------------------ broken plans


def more_mw(factor: float) -> Break:
    """Order more than the plan does, with its cost."""
    return scale_all("expansions", mw=factor, capex_usd=factor)


BREAKS: dict[str, list[Break]] = {
    "expansion_limit": [more_mw(1.001)],
    "expansions": [
        scale_all("expansions", capex_usd=1.001),
        more_mw(-1.0),
        lambda plan: first(plan, "expansions", in_service="2026"),
        lambda plan: first(plan, "expansions", order_by="2026-02"),
        lambda plan: first(plan, "expansions", site="nowhere"),
        lambda plan: first(plan, "expansions", period="2028"),
    ],
    "site_power": [
        lambda plan: put(plan, expansions=()),
        lambda plan: first(plan, "expansions", period="2027"),
    ],
    "capex_budget": [more_mw(1.001)],
    "budgets": [
        lambda plan: put(
            plan, budgets=[r for r in plan.budgets if r.name != "expansion_limit"]
        ),
        lambda plan: changed(
            plan, "budgets", lambda r: put(r, limit=1) if not r.period else r
        ),
    ],
    "costs": [more_mw(0.9)],
    "names": [lambda plan: put(plan, expansions=(*plan.expansions, *plan.expansions))],
    "objective": [part("expansion"), part("residual"), more_mw(0.9)],
    "metrics": [more_mw(0.9)],
}


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, n) for name, breaks in BREAKS.items() for n in range(len(breaks))],
)
def test_a_broken_plan_fails_the_check_of_that_name(
    world: World, name: str, number: int
) -> None:
    offer = OFFER.replace("1 MW", "5 kW")
    text = CHAT + at(offer) + "budgets: {capex: {2026: 150 kUSD}}\n"
    scenario, plan = world.scenario(text), world.plan(text)
    assert failed(scenario, plan) == set()
    assert name in failed(scenario, BREAKS[name][number](plan))


def test_spending_ahead_of_its_span_fails_the_audit(world: World) -> None:
    scenario = world.scenario(GROWING + CARRIED % "true")
    plan: Any = world.plan(GROWING + CARRIED % "false", "budgets.capex.2026=350 kUSD")
    assert "capex_budget" in failed(scenario, plan)
