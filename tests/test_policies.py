"""Policies and budgets of carbon and opex: two by two, solved by hand.

As in test_hand_cases: one chip draws 1 kW of nameplate, 0.8 kW active and 0.2 kW idle,
costs 25 k$ and lives 5 years. At a PUE of 1.25 it takes 2.19 MWh a year when idle, and
6.57 MWh more when busy: at 100 $/MWh 219 + 657 = 876 $, at 0.5 kg/kWh 4.38 t.
"""

from pathlib import Path

import pytest

from planner.api import solve
from planner.plan.plan import Plan
from planner.specs.load import reload
from tests.strategies import World, bought, counts

YEAR_S = 8760 * 3600
SITES = """
sites:
  - {name: here, region: us, power: 1 GW, pue: 1.25, electricity: 100 USD/MWh,
     carbon: 0.5 kg/kWh}
  - {name: there, region: eu, power: 1 GW, pue: 1.25, electricity: 200 USD/MWh,
     carbon: 0.1 kg/kWh}
"""
SERVED = """
horizon: {start: 2026, periods: 2}
objective: minimize_cost
accelerators: [chip, card]
workloads:
  - name: chat
    kind: inference
    demand: 100 request/s
    throughput: {chip: 10 request/s, card: 20 request/s}
"""
WORTH = SERVED.replace("minimize_cost", "maximize_value").replace(
    "    demand", "    value: 0.0002 USD/request\n    demand"
)
CHIPS = "fleet: [{site: here, accelerator: chip, count: 10, installed: 2025}]\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    # A card does twice the work of a chip for three times its price.
    world.hardware("card", "vendor: other\nprice: {system: 75 kUSD}")
    return world


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-7, abs=1e-7)


def cost(plan: Plan) -> float:
    assert plan.status == "optimal"
    assert plan.objective.value_usd is not None
    return plan.objective.value_usd


def prices(plan: Plan, constraint: str) -> dict[tuple[str, str], float]:
    return {
        (row.scope, row.period): row.value
        for row in plan.prices
        if row.constraint == constraint
    }


# ----------------------------------------------------------------------- residency


HOME = """
policies:
  - {name: home, kind: residency, workload: chat, region: eu, minimum: 40 %}
"""


def test_a_share_of_a_service_is_served_in_its_region(world: World) -> None:
    # 10 chips serve it all. Power is dearer in eu: without the policy none is there;
    # with it 4, at 876 $ more each a year.
    free = world.plan(SITES + SERVED)
    bound = world.plan(SITES + SERVED + HOME)
    assert counts(free, "site", "period") == near(
        {("here", "2026"): 10, ("here", "2027"): 10}
    )
    assert counts(bound, "site", "period") == near(
        {
            ("here", "2026"): 6,
            ("there", "2026"): 4,
            ("here", "2027"): 6,
            ("there", "2027"): 4,
        }
    )
    assert cost(bound) - cost(free) == near(2 * 4 * 876)
    # All of it in eu would be ten chips at 876 $ more, in two years.
    assert sum(prices(bound, "residency").values()) == near(-2 * 10 * 876)


def test_residency_counts_capacity_with_peak_and_headroom(world: World) -> None:
    text = SERVED.replace("    demand", "    peak_to_average: 2\n    demand")
    plan = world.plan(SITES + text + HOME)
    assert counts(plan, "site", "period")["there", "2026"] == near(8)


def test_residency_is_of_what_is_served(world: World) -> None:
    # Nobody has to be served; eu has no power in 2026, so nobody is.
    dark = SITES.replace("power: 1 GW, pue: 1.25, electricity: 200", DARK)
    plan = world.plan(dark + WORTH + HOME)
    served = {row.period: row.served_fraction for row in plan.services}
    assert served == near({"2026": 0, "2027": 1})


DARK = "power: {2027: 1 GW}, pue: 1.25, electricity: 200"


def test_two_regions_of_one_service_are_two_policies(world: World) -> None:
    both = (
        "policies:\n"
        "  - {name: home, kind: residency, workload: chat, region: eu, minimum: 40 %}\n"
        "  - {name: abroad, kind: residency, workload: chat, region: us, minimum: 60 %}"
    )
    plan = world.plan(SITES + SERVED + both)
    assert set(prices(plan, "residency")) == {("home", "2026"), ("home", "2027")}


# ------------------------------------------------------------------------ vendors


CAP = "policies: [{name: cap, kind: vendor_share, vendor: acme, maximum: 25 %}]"


def test_a_vendor_gets_its_share_of_the_money(world: World) -> None:
    # As much money for c chips as a third of that for d cards, 25·c = 75·d / 3, and
    # 10·c + 20·d = 100: c = d = 10/3.
    plan = world.plan(SITES + SERVED + CAP)
    spent = {row.accelerator: row.capex_usd for row in plan.purchases}
    assert spent["chip"] / (spent["chip"] + spent["card"]) == near(0.25)
    assert bought(plan, "accelerator") == near({("chip",): 10 / 3, ("card",): 10 / 3})
    (row,) = [
        r for r in plan.budgets if r.name == "vendor_share" and r.period == "2026"
    ]
    assert (row.scope, row.used, row.limit) == ("acme", near(0.25), 0.25)


def test_a_vendor_gets_its_share_of_the_power(world: World) -> None:
    # Both draw 1 kW: c = d / 3 with 10·c + 20·d = 100, so d = 30/7.
    plan = world.plan(SITES + SERVED + CAP.replace("25 %", "25 %, of: power"))
    found = bought(plan, "accelerator", "period")
    assert found == near({("chip", "2026"): 10 / 7, ("card", "2026"): 30 / 7})


def test_shares_are_taken_in_spans_of_the_capital_budget(world: World) -> None:
    # The second year buys nothing but for growth: each year has its own share.
    grown = SERVED.replace(
        "100 request/s", "{2026: 100 request/s, 2027: 200 request/s}"
    )
    plan = world.plan(SITES + grown + CAP)
    rows = {r.period: r.used for r in plan.budgets if r.name == "vendor_share"}
    assert rows == near({"2026": 0.25, "2027": 0.25})
    quarters = grown.replace("{start: 2026, periods: 2}", "{start: 2026Q1, periods: 8}")
    budget = "budgets: {capex: {2026Q3: 1 GUSD}}\n"
    plan = world.plan(SITES + quarters + budget + CAP)
    labels = [r.period for r in plan.budgets if r.name == "vendor_share"]
    assert labels == ["2026", "2026Q3", "2026Q4"] + [f"2027Q{n}" for n in range(1, 5)]


def test_a_promise_is_kept_though_it_costs(world: World) -> None:
    # 10 chips suffice; 2 promised cards replace 4 of them.
    promise = (
        "policies: [{name: p, kind: vendor_commitment, vendor: other, minimum: 2}]"
    )
    plan = world.plan(SITES + SERVED + promise)
    assert bought(plan, "accelerator") == near({("chip",): 6, ("card",): 2})
    # One card more for 2/5 of its life and its power, less two chips.
    ((where, price),) = prices(plan, "vendor_commitment").items()
    assert where == ("other", "")
    assert price == near(-(75e3 * 0.4 + 2 * 876 - 2 * (25e3 * 0.4 + 2 * 876)))


def test_what_is_committed_counts_for_a_promise(world: World) -> None:
    text = SERVED + "supply: {card: {2026: {limit: 9, committed: 2}}}\n"
    promise = (
        "policies: [{name: p, kind: vendor_commitment, vendor: other, minimum: 2}]"
    )
    plan = world.plan(SITES + text + promise)
    assert bought(plan, "accelerator") == near({("chip",): 6, ("card",): 2})


# -------------------------------------------------------------------------- spare


def test_a_spare_waits_beside_what_works(world: World) -> None:
    # 90 % in working order, a tenth of those in spare: 81 % of what stands works.
    world.hardware("chip", "reliability: {availability: 90 %}")
    spare = "policies: [{name: s, kind: spare, accelerator: chip, share: 10 %}]"
    plan = world.plan(SITES + SERVED + spare)
    assert bought(plan, "accelerator") == near({("chip",): 10 / 0.81})
    # One more point of share: d(10 / 0.9 / (1 − s)) of 25 k$ · 0.4 and idle power.
    idle = 2 * 219
    total = sum(prices(plan, "spare").values())
    assert total == near(-(10 / 0.9 / 0.9**2) * (25e3 * 0.4 + idle))


# ------------------------------------------------------------------------ budgets


def test_carbon_moves_work_to_the_clean_site(world: World) -> None:
    # Here 4.38 t a chip and year, there 0.876 t: 5 at each make 26.28 t.
    budget = "budgets: {carbon: {2026: 26.28 t}}\n"
    plan = world.plan(SITES + SERVED + budget)
    assert counts(plan, "site", "period") == near(
        {(s, t): 5 for s in ("here", "there") for t in ("2026", "2027")}
    )
    # A chip that moves costs 876 $ more a year and saves 3.504 t: 250 $/t in each.
    assert sum(prices(plan, "carbon_budget").values()) == near(2 * 250)
    assert [r.used for r in plan.budgets if r.name == "carbon_budget"] == near(
        [26.28] * 2
    )


def test_running_costs_are_limited(world: World) -> None:
    # A request is worth 0.2 m$, so that each of ten chips earns 63,072 $ a year.
    budget = "budgets: {opex: {2026: 4380 USD}}\n"
    plan = world.plan(SITES + CHIPS + NONE + WORTH + budget)
    # Ten stand: 2,190 $ go into idle power, the other 2,190 $ run 3 1/3.
    assert [row.served_fraction for row in plan.services] == near([1 / 3, 1 / 3])
    worth = 10 * YEAR_S * 0.0002
    # One $ more runs 1/657 of a chip; it has to be spent, too.
    assert prices(plan, "opex_budget") == near(
        {("fleet", t): worth / 657 - 1 for t in ("2026", "2027")}
    )


NONE = "supply: {chip: 0, card: 0}\n"


def test_maintenance_is_a_running_cost(world: World) -> None:
    world.hardware("chip", "price: {system: 25 kUSD, maintenance: 4 %/year}")
    plan = world.plan(SITES + SERVED + "budgets: {opex: {2026: 1 MUSD}}\n")
    used = [r.used for r in plan.budgets if r.name == "opex_budget"]
    assert used == near([10 * (876 + 1000)] * 2)


# -------------------------------------------------------------------- grandfather


def test_what_stands_may_stay_above_a_limit_until_its_end_of_life(
    world: World,
) -> None:
    # 10 chips take 12.5 kW, the site has 10 kW; they retire in 2027.
    world.hardware("chip", "lifetime: 2 year")
    sites = SITES.replace("region: us, power: 1 GW", "region: us, power: 10 kW")
    text = sites + CHIPS + WORTH + "policies: [{kind: grandfather}]"
    plan = world.plan(text)
    limits = {
        row.period: row.limit
        for row in plan.budgets
        if (row.name, row.scope) == ("site_power", "here")
    }
    assert limits == near({"2026": 0.0125, "2027": 0.01})
    assert world.plan(text, "policies=null").status == "infeasible"


def test_the_fleets_budget_is_grandfathered_too(world: World) -> None:
    budget = "budgets: {power: 10 kW}\n"
    text = SITES + CHIPS + WORTH + budget + "policies: [{kind: grandfather}]"
    plan = world.plan(text)
    found = [row.limit for row in plan.budgets if row.name == "power_budget"]
    assert found == near([0.0125] * 2)


# --------------------------------------------------------- without a plan: a remedy


IMPOSSIBLE = {
    "residency": (
        SITES.replace("region: eu, power: 1 GW", "region: eu, power: 1 kW") + SERVED,
        HOME,
    ),
    "vendor_share": (SITES + SERVED + "supply: {card: 0}\n", CAP),
    "spare": (
        SITES + SERVED + CHIPS + NONE,
        "policies: [{name: s, kind: spare, accelerator: chip, share: 10 %}]",
    ),
    "vendor_commitment": (
        SITES + SERVED + "budgets: {capex: {2026: 300 kUSD}}\n",
        "policies: [{name: p, kind: vendor_commitment, vendor: other, minimum: 9}]",
    ),
    "carbon_budget": (SITES + SERVED, "budgets: {carbon: {2026: 4 t}}"),
    "opex_budget": (SITES + SERVED, "budgets: {opex: {2026: 4 kUSD}}"),
}


@pytest.mark.parametrize("constraint", IMPOSSIBLE)
def test_what_collides_is_named_with_a_remedy_that_solves(
    world: World, constraint: str
) -> None:
    text, policy = IMPOSSIBLE[constraint]
    scenario = world.scenario(f"{text}{policy}\n")
    plan = solve(scenario)
    assert plan.status == "infeasible"
    assert plan.infeasibility is not None
    assert constraint in {row.constraint for row in plan.infeasibility.conflict}
    fixes = [f for f in plan.infeasibility.fixes if f.constraint == constraint]
    assert fixes
    assert solve(reload(scenario, fixes[0].set)).status == "optimal"


def test_the_least_change_of_a_share_is_found(world: World) -> None:
    # 1 kW holds 0.8 chips of 10: 8 % can be served in eu.
    text, policy = IMPOSSIBLE["residency"]
    plan = world.plan(f"{text}{policy}\n")
    assert plan.infeasibility is not None
    (fix,) = (f for f in plan.infeasibility.fixes if f.constraint == "residency")
    # A card does twice a chip's work on the same power: 16 %.
    assert 0.24 <= fix.amount <= 0.2411
    assert fix.set[0].startswith("policies.home.minimum=15.9")


def test_a_fleet_above_a_limit_may_be_grandfathered(world: World) -> None:
    sites = SITES.replace("region: us, power: 1 GW", "region: us, power: 10 kW")
    scenario = world.scenario(sites + CHIPS + WORTH + HOME)
    plan = solve(scenario)
    assert plan.infeasibility is not None
    (fix,) = (f for f in plan.infeasibility.fixes if f.unit == "policy")
    assert (fix.constraint, fix.scope) == ("site_power", "here")
    fixed = solve(reload(scenario, fix.set))
    assert fixed.status == "optimal"
    assert set(reload(scenario, fix.set).policy_scopes) == {"home", "grandfather"}


# ------------------------------------------------------------------------ leases


OFFER = """
leases:
  - {name: cloud, accelerator: chip, region: eu, limit: 100, price: 1 USD/hour}
"""


def test_a_lease_serves_its_region_without_carbon_and_its_price_is_opex(
    world: World,
) -> None:
    # Eu has no power: 4 of 10 chips are leased there, at 8,760 $ a year each.
    dark = SITES.replace("region: eu, power: 1 GW", "region: eu, power: 0 W")
    budgets = "budgets: {carbon: {2026: 1 kt}, opex: {2026: 1 MUSD}}\n"
    alone = SERVED.replace(", card: 20 request/s", "").replace("[chip, card]", "[chip]")
    plan = world.plan(dark + alone + OFFER + budgets + HOME)
    at_home = counts(plan, "site", "period")
    assert at_home["lease:cloud", "2026"] == near(4)
    used = {(r.name, r.period): r.used for r in plan.budgets}
    assert used["opex_budget", "2026"] == near(6 * 876 + 4 * 8760)
    assert used["carbon_budget", "2026"] == near(6 * 4.38)


def test_a_spare_is_not_asked_of_a_lease(world: World) -> None:
    spare = "policies: [{kind: spare, accelerator: chip, share: 10 %}]\n"
    text = SERVED.replace(", card: 20 request/s", "").replace("[chip, card]", "[chip]")
    plan = world.plan(SITES + text + OFFER + "supply: {chip: 0}\n" + spare)
    assert counts(plan, "site")["lease:cloud",] == near(2 * 10)
