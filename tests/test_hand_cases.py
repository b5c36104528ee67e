"""Scenarios small enough to be solved by hand; the sums stand in the comments.

The accelerator ``chip`` draws 1 kW of nameplate, 0.8 kW active and 0.2 kW idle, costs
20 + 5 k$ and lives 5 years; the site has a PUE of 1.25, power at 100 $/MWh and
0.5 kg/kWh. A year has 8,760 h (2026, 2027), so that one chip takes 2.19 MWh a year
when idle (219 $) and 6.57 MWh more (657 $) when busy.
"""

from pathlib import Path

import pytest

from planner.plan.plan import Plan
from tests.strategies import World, bought, counts

YEAR_S = 8760 * 3600
IDLE_USD = 1.25 * 8760 * 0.2e-3 * 100
BUSY_USD = 1.25 * 8760 * 0.6e-3 * 100
TEN_CHIPS = """
objective: minimize_cost
workloads:
  - name: chat
    kind: inference
    demand: 100 request/s
    throughput: {chip: 10 request/s}
"""
QUARTERS = "horizon: {start: 2026Q1, periods: 4}\n"
STANDING = "fleet: [{site: here, accelerator: chip, count: 10, installed: 2024}]\n"
NONE_BOUGHT = "supply: {chip: 0}\n"
FREE_POWER = (
    "sites: [{name: here, power: 1 GW, pue: 1, electricity: 0 USD/MWh, "
    "carbon: 0 kg/kWh}]\n"
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def parts(plan: Plan) -> dict[str, float]:
    """Return the parts of the objective that are not 0."""
    found = plan.objective.parts
    assert found is not None
    names = ("served_value", "run_value", "energy", "maintenance", "purchases")
    every = {name: getattr(found, name) for name in (*names, "residual")}
    assert sum(every.values()) == near(plan.objective.value_usd)
    return {name: part for name, part in every.items() if part}


def installed(plan: Plan, accelerator: str = "chip") -> dict[str, float]:
    """Return what stands in each period, over all sites."""
    found: dict[str, float] = {}
    for row in plan.fleet:
        if row.accelerator == accelerator:
            found[row.period] = found.get(row.period, 0.0) + row.installed
    return found


def added(plan: Plan) -> dict[str, float]:
    return {period: count for (period,), count in bought(plan, "period").items()}


def demands(plan: Plan, workload: str) -> list[float]:
    return [row.demand for row in plan.services if row.workload == workload]


def fractions(plan: Plan, workload: str = "chat") -> list[float | None]:
    rows = [row for row in plan.services if row.workload == workload]
    return [row.served_fraction for row in rows]


def limits(plan: Plan, name: str) -> dict[str, float]:
    return {row.period: row.limit for row in plan.budgets if row.name == name}


# ------------------------------------------------------------------ capital and energy


def test_a_purchase_is_charged_for_its_share_of_the_lifetime(world: World) -> None:
    # 100 request/s at 10 each: 10 chips at 25 k$. After 2 of 5 years, 3/5 is left.
    plan = world.plan(TEN_CHIPS)
    energy = 2 * 10 * (IDLE_USD + BUSY_USD)  # 17,520 $
    expected = {"energy": energy, "purchases": 250e3, "residual": -150e3}
    assert parts(plan) == near(expected)
    assert plan.objective.value_usd == near(117_520)
    assert added(plan) == near({"2026": 10})
    assert [row.capex_usd for row in plan.purchases] == near([250e3])
    metrics = plan.metrics
    assert metrics is not None
    assert metrics.cost_usd == near(117_520)
    assert metrics.profit_usd is None
    assert metrics.capex_usd == near(250e3)
    assert metrics.opex_usd == near(energy)
    assert metrics.peak_power_mw == near(10 * 1e-3 * 1.25)
    assert metrics.energy_mwh == near(2 * 10 * 8.76)
    assert metrics.co2e_t == near(10 * 8.76)
    assert metrics.accelerators == near(10)
    assert metrics.unserved_fraction == near(0)
    assert [row.co2e_t for row in plan.costs] == near([43.8, 43.8])
    assert [row.capex_usd for row in plan.costs] == near([250e3, 0])
    assert [row.energy_usd for row in plan.costs] == near([8760, 8760])


def test_purchases_discount_to_the_start_energy_to_mid_period(world: World) -> None:
    # Paid at 0; the residual falls at 2 years, energy at 1/2 and 3/2.
    plan = world.plan("discount_rate: 8 %/year\n" + TEN_CHIPS)
    expected = {
        "purchases": 250e3,
        "residual": -150e3 * 1.08**-2,
        "energy": 8760 * (1.08**-0.5 + 1.08**-1.5),
    }
    assert parts(plan) == near(expected)


def test_a_discount_per_quarter_is_compounded_to_years(world: World) -> None:
    plan = world.plan("discount_rate: 2 %/quarter\n" + TEN_CHIPS)
    assert parts(plan)["residual"] == near(-150e3 * 1.02**-8)


def test_a_later_purchase_is_paid_and_ages_later(world: World) -> None:
    # Demand begins in 2027: paid at 1 year, 4/5 left at the end.
    growing = TEN_CHIPS.replace("100 request/s", "{2027: 100 request/s}")
    plan = world.plan("discount_rate: 8 %/year\n" + growing)
    assert added(plan) == near({"2027": 10})
    found = parts(plan)
    assert found["purchases"] == near(250e3 / 1.08)
    assert found["residual"] == near(-200e3 * 1.08**-2)


@pytest.mark.parametrize(
    ("first", "last", "left_usd"), [(25, 15, 15e3), (15, 25, 15e3), (15, 15, 15e3)]
)
def test_the_residual_is_of_the_lower_price(
    world: World, first: int, last: int, left_usd: float
) -> None:
    prices = f"{{2026: {first} kUSD, 2027: {last} kUSD}}"
    world.hardware("chip", f"price: {{system: {prices}}}")
    plan = world.plan("supply: {chip: {2026: 10, 2027: 0}}\n" + TEN_CHIPS)
    found = parts(plan)
    assert found["purchases"] == near(10e3 * first)
    assert found["residual"] == near(-10 * left_usd * 3 / 5)


def test_nothing_is_left_of_what_outlives_the_horizon_by_nothing(world: World) -> None:
    world.hardware("chip", "lifetime: 2 year")
    assert "residual" not in parts(world.plan(TEN_CHIPS))


@pytest.mark.parametrize("factor", ["", "    peak_to_average: 2\n    headroom: 25 %\n"])
def test_energy_is_idle_for_all_and_active_for_the_mean(
    world: World, factor: str
) -> None:
    # 10 stand. 40 request/s keep 4 busy; with peak 2 and headroom 25 % all 10 are
    # assigned, but each is busy for 1/2.5 of its time: the same energy.
    text = TEN_CHIPS.replace("100 request", "40 request") + factor
    plan = world.plan(text + STANDING + NONE_BOUGHT)
    assert parts(plan) == near({"energy": 2 * (10 * IDLE_USD + 4 * BUSY_USD)})
    assigned = {("2026",): 10.0 if factor else 4.0, ("2027",): 10.0 if factor else 4.0}
    assert counts(plan, "period") == near(assigned)


def test_a_missing_draw_is_taken_from_the_one_above(world: World) -> None:
    world.hardware("chip", "power: {nameplate: 1 kW}")
    plan = world.plan(TEN_CHIPS.replace("100", "40") + STANDING + NONE_BOUGHT)
    assert parts(plan) == near({"energy": 2 * 10 * 1.25 * 8.76 * 100})


def test_energy_follows_the_calendar_and_the_prices_of_each_period(
    world: World,
) -> None:
    # A quarter of 2026 has 90, 91, 92, 92 days; power costs 100, then 50 $/MWh.
    site = "{name: here, power: 1 GW, pue: 1, carbon: {2026Q1: 0.4 kg/kWh}, "
    site += "electricity: {2026Q1: 100 USD/MWh, 2026Q3: 50 USD/MWh}}"
    text = TEN_CHIPS + STANDING + NONE_BOUGHT + QUARTERS
    plan = world.plan(f"{text}sites: [{site}]\n")
    mwh = [24 * days * 10 * 0.8e-3 for days in (90, 91, 92, 92)]
    usd = [mwh[0] * 100, mwh[1] * 100, mwh[2] * 50, mwh[3] * 50]
    assert [row.energy_mwh for row in plan.costs] == near(mwh)
    assert [row.energy_usd for row in plan.costs] == near(usd)
    assert [row.co2e_t for row in plan.costs] == near([0.4 * x for x in mwh])


def test_maintenance_is_on_the_period_s_price_and_for_the_standing_fleet_too(
    world: World,
) -> None:
    # 4 %/year of 25 k$ in Q1, of 15 k$ from Q2 on, 3/12 of it in each quarter.
    prices = "{system: {2026Q1: 20 kUSD, 2026Q2: 10 kUSD}, network: 5 kUSD, "
    world.hardware("chip", f"price: {prices}maintenance: 4 %/year}}")
    text = "discount_rate: 8 %/year\n" + TEN_CHIPS + STANDING + NONE_BOUGHT
    plan = world.plan(text + "horizon: {start: 2026Q1, periods: 2}\n")
    nominal = [10 * 0.04 * 0.25 * 25e3, 10 * 0.04 * 0.25 * 15e3]
    assert [row.maintenance_usd for row in plan.costs] == near(nominal)
    present = nominal[0] * 1.08**-0.125 + nominal[1] * 1.08**-0.375
    assert parts(plan)["maintenance"] == near(present)


def test_a_fleet_without_a_price_costs_no_maintenance(world: World) -> None:
    world.hardware("chip", "price: {maintenance: 4 %/year}\norderable: false")
    assert "maintenance" not in parts(world.plan(TEN_CHIPS + STANDING))


# ------------------------------------------------------------------ fleet over time


@pytest.mark.parametrize(
    ("lifetime", "standing"),
    [
        # Installed on the first of 2024: 24, 27, 30 and 33 months old.
        ("27 month", {"2026Q1": 10, "2026Q2": 0}),
        ("28 month", {"2026Q1": 10, "2026Q2": 10, "2026Q3": 0}),
        ("30 month", {"2026Q1": 10, "2026Q2": 10, "2026Q3": 0}),
        ("2.75 year", {"2026Q1": 10, "2026Q2": 10, "2026Q3": 10, "2026Q4": 0}),
        ("3 year", {"2026Q1": 10, "2026Q2": 10, "2026Q3": 10, "2026Q4": 10}),
    ],
)
def test_a_unit_retires_in_the_first_period_that_starts_past_its_lifetime(
    world: World, lifetime: str, standing: dict[str, float]
) -> None:
    world.hardware("chip", f"lifetime: {lifetime}")
    text = TEN_CHIPS.replace("minimize_cost", "maximize_value")
    value = "    value: 100 USD/Mrequest\n"
    plan = world.plan(text + value + STANDING + NONE_BOUGHT + QUARTERS)
    assert installed(plan) == near(standing)
    retired = {row.period: row.retired for row in plan.fleet if row.retired}
    gone = {period: 10 for period, count in standing.items() if count == 0}
    assert retired == near(gone)
    assert fractions(plan) == near([standing.get(f"2026Q{q}", 0) / 10 for q in "1234"])


def test_a_fleet_without_a_lifetime_outlives_the_horizon(world: World) -> None:
    path = world.hardware("chip", "orderable: false")
    path.write_text(path.read_text().replace("lifetime: 5 year", ""))
    old = STANDING.replace("2024", "1990")
    assert installed(world.plan(TEN_CHIPS + old)) == near({"2026": 10, "2027": 10})


def test_a_fleet_past_its_lifetime_retires_at_once_with_a_warning(world: World) -> None:
    text = TEN_CHIPS + STANDING.replace("2024", "2021")
    plan = world.plan(text)
    assert added(plan) == near({"2026": 10})
    first = plan.fleet[0]
    assert (first.installed, first.retired) == near((10, 10))
    (warning,) = [w for w in plan.warnings if "past their lifetime" in w]
    assert "fleet.0: 10 chip at here are past their lifetime" in warning


def test_two_cohorts_retire_one_after_the_other(world: World) -> None:
    # Lifetime 5 years: the 4 of 2021Q2 go in 2026Q2, the 6 of 2021-09 in 2026Q4.
    entries = [(4, "2021Q2"), (6, "2021-09")]
    fleet = ", ".join(
        f"{{site: here, accelerator: chip, count: {n}, installed: {when}}}"
        for n, when in entries
    )
    text = TEN_CHIPS.replace("minimize_cost", "maximize_value")
    value = "    value: 100 USD/Mrequest\n"
    plan = world.plan(f"{text}{value}{NONE_BOUGHT}{QUARTERS}fleet: [{fleet}]\n")
    standing = {"2026Q1": 10, "2026Q2": 6, "2026Q3": 6, "2026Q4": 0}
    assert installed(plan) == near(standing)


def test_a_delivery_retires_and_is_replaced(world: World) -> None:
    # Lifetime 18 months: bought in 2026, gone at the first January past it, 2028.
    world.hardware("chip", "lifetime: 18 month")
    plan = world.plan("horizon: {start: 2026, periods: 4}\n" + TEN_CHIPS)
    assert added(plan) == near({"2026": 10, "2028": 10})
    assert {row.period: row.retired for row in plan.fleet}["2028"] == near(10)
    # Nothing is left in 2030 of what was bought in 2028.
    assert "residual" not in parts(plan)


LEAD = "lead_time: 4 month"
SERVING = TEN_CHIPS.replace("minimize_cost", "maximize_value") + (
    "    value: 100 USD/Mrequest\n"
)


def test_nothing_new_arrives_before_the_lead_time_has_passed(world: World) -> None:
    # An order of January takes 4 months; the next period starts in July.
    world.hardware("chip", LEAD)
    plan = world.plan(SERVING + QUARTERS)
    assert added(plan) == near({"2026Q3": 10})
    assert fractions(plan) == near([0, 0, 1, 1])
    assert [row.order_by for row in plan.purchases] == ["2026-03"]


def test_before_the_lead_time_only_what_is_committed_arrives(world: World) -> None:
    world.hardware("chip", LEAD)
    supply = "supply: {chip: {2026Q1: {limit: 100, committed: 3}}}\n"
    plan = world.plan(SERVING + QUARTERS + supply)
    # The commitment stands for Q1 alone; the limit repeats, and holds from Q3 on.
    assert added(plan) == near({"2026Q1": 3, "2026Q3": 7})
    assert [row.order_by for row in plan.purchases] == ["2025-09", "2026-03"]


def test_a_commitment_is_bought_though_nobody_needs_it(world: World) -> None:
    supply = "supply: {chip: {2026: {committed: 25}}}\n"
    plan = world.plan(TEN_CHIPS + supply)
    assert added(plan) == near({"2026": 25})
    assert parts(plan)["energy"] == near(2 * (25 * IDLE_USD + 10 * BUSY_USD))


def test_a_committed_year_bounds_the_early_quarters_together(world: World) -> None:
    # Lead time 6 months: Q1 and Q2 share the 6 committed; the year's limit is 9.
    world.hardware("chip", "lead_time: 6 month")
    supply = "supply: {chip: {2026: {limit: 9, committed: 6}}}\n"
    plan = world.plan(SERVING + QUARTERS + supply)
    found = added(plan)
    assert found["2026Q1"] + found.get("2026Q2", 0.0) == near(6)
    assert found["2026Q3"] == near(3)


def test_supply_is_zero_before_its_first_key(world: World) -> None:
    plan = world.plan(SERVING + QUARTERS + "supply: {chip: {2026Q3: 5}}\n")
    assert added(plan) == near({"2026Q3": 5, "2026Q4": 5})
    assert fractions(plan) == near([0, 0, 0.5, 1])


def test_available_is_the_first_month_of_delivery(world: World) -> None:
    # A quarter that starts in January or April is too early for May.
    world.hardware("chip", "available: 2026-05")
    assert added(world.plan(SERVING + QUARTERS)) == near({"2026Q3": 10})


# ------------------------------------------------------------------ series


def test_a_level_finer_than_the_period_waits_for_the_next_one(world: World) -> None:
    # 1.25 kW of facility power each: 5 kW hold 4. March counts from Q2 on.
    power = "{2026-01: 5 kW, 2026-03: 10 kW}"
    site = f"{{name: here, power: {power}, pue: 1.25, electricity: 0 USD/MWh}}"
    plan = world.plan(f"{SERVING}{QUARTERS}sites: [{site}]\n")
    expected = {"2026Q1": 4, "2026Q2": 8, "2026Q3": 8, "2026Q4": 8}
    assert installed(plan) == near(expected)
    assert limits(plan, "site_power") == near(
        {"2026Q1": 0.005, "2026Q2": 0.01, "2026Q3": 0.01, "2026Q4": 0.01}
    )


def test_a_site_has_no_power_before_its_first_key(world: World) -> None:
    site = "{name: here, power: {2026Q3: 1 MW}, pue: 1, electricity: 0 USD/MWh}"
    plan = world.plan(f"{SERVING}{QUARTERS}sites: [{site}]\n")
    assert added(plan) == near({"2026Q3": 10})


def test_growth_compounds_from_each_key_to_the_period_s_start(world: World) -> None:
    demand = "{2026Q1: 100 request/s, 2026Q3: 300 request/s, growth: 10 %/year}"
    plan = world.plan(TEN_CHIPS.replace("100 request/s", demand) + QUARTERS)
    expected = [100, 100 * 1.1**0.25, 300, 300 * 1.1**0.25]
    assert demands(plan, "chat") == near(expected)


def test_growth_counts_from_a_key_inside_a_period_and_may_be_negative(
    world: World,
) -> None:
    # From February: 2 months to April, 5 to July, 8 to October.
    demand = "{2026-02: 100 request/s, growth: -20 %/quarter}"
    plan = world.plan(TEN_CHIPS.replace("100 request/s", demand) + QUARTERS)
    grown = [100 * 0.8 ** (months / 3) for months in (2, 5, 8)]
    assert demands(plan, "chat") == near([0, *grown])
    assert fractions(plan) == [None, 1, 1, 1]


def test_an_amount_repeats_until_the_next_key(world: World) -> None:
    # At 25 k$ each 100 k$ buy 4 a year, 50 k$ 2.
    text = SERVING.replace("100 request/s", "1000 request/s")
    text += "horizon: {start: 2026, periods: 4}\n"
    plan = world.plan(text + "budgets: {capex: {2026: 100 kUSD, 2028: 50 kUSD}}\n")
    assert added(plan) == near({"2026": 4, "2027": 4, "2028": 2, "2029": 2})
    expected = {"2026": 100e3, "2027": 100e3, "2028": 50e3, "2029": 50e3}
    assert limits(plan, "capex_budget") == near(expected)


def test_an_amount_bounds_the_sum_over_its_span(world: World) -> None:
    text = SERVING.replace("100 request/s", "1000 request/s") + QUARTERS
    plan = world.plan(text + "budgets: {capex: {2026: 100 kUSD}}\n")
    # All at once in the first quarter, when it serves longest.
    assert added(plan) == near({"2026Q1": 4})
    used = [(row.used, row.limit) for row in plan.budgets if row.name == "capex_budget"]
    assert used == [near((100e3, 100e3))]


def test_a_span_partly_outside_the_horizon_applies_whole_inside(world: World) -> None:
    text = SERVING.replace("100 request/s", "1000 request/s")
    text += "horizon: {start: 2026Q3, periods: 3}\n"
    plan = world.plan(text + "budgets: {capex: {2026: 100 kUSD, 2027: 50 kUSD}}\n")
    assert added(plan) == near({"2026Q3": 4, "2027Q1": 2})
    for year in ("2026", "2027"):
        said = f"budgets.capex.{year}: the whole of {year} applies to its part inside"
        assert any(said in warning for warning in plan.warnings)


def test_no_capital_means_no_purchase(world: World) -> None:
    assert not added(world.plan(SERVING + "budgets: {capex: 0 USD}\n"))


def test_power_of_all_sites_is_bounded_by_the_fleet_s_budget(world: World) -> None:
    sites = [
        f"{{name: {name}, power: 10 kW, pue: 1.25, electricity: 0 USD/MWh}}"
        for name in ("east", "west")
    ]
    budget = "budgets: {power: {2026: 5 kW, 2027: 15 kW}}\n"
    plan = world.plan(f"{SERVING}{budget}sites: [{', '.join(sites)}]\n")
    # 1.25 kW each: 4, then 10 (all the demand), though both sites hold 16.
    assert installed(plan) == near({"2026": 4, "2027": 10})
    assert limits(plan, "power_budget") == near({"2026": 0.005, "2027": 0.015})


def test_provisioning_and_pue_multiply_the_nameplate(world: World) -> None:
    # 1 kW x 1.25 x 80 % = 1 kW each.
    site = "{name: here, power: 7 kW, pue: 1.25, provisioning: 80 %}"
    plan = world.plan(f"{SERVING}sites: [{site}]\n")
    assert installed(plan) == near({"2026": 7, "2027": 7})


def test_only_what_is_available_works_and_all_of_it_idles(world: World) -> None:
    world.hardware("chip", "reliability: {availability: 80 %}")
    plan = world.plan(TEN_CHIPS)
    assert added(plan) == near({"2026": 12.5})
    assert counts(plan, "period") == near({("2026",): 10, ("2027",): 10})
    assert parts(plan)["energy"] == near(2 * (12.5 * IDLE_USD + 10 * BUSY_USD))


# ------------------------------------------------------------------ demand and blocks


def test_users_times_requests_of_each(world: World) -> None:
    # 8.64 M users x 10 a day / 86,400 s = 1,000 request/s; twice the habit in 2027.
    habit = "{2026: 10 request/user/day, 2027: 20 request/user/day}"
    demand = f"{{users: 8.64 Muser, requests_per_user: {habit}}}"
    plan = world.plan(TEN_CHIPS.replace("100 request/s", demand))
    assert demands(plan, "chat") == near([1000, 2000])
    assert added(plan) == near({"2026": 100, "2027": 100})


FUNNEL = """
workloads:
  - {name: front, kind: inference, demand: {2026: 100 request/s, growth: 50 %/year},
     throughput: {chip: 1 request/s}, minimum: 0 %}
  - {name: early, kind: recommendation, demand: {of: front},
     throughput: {chip: 10 request/s}, value: 100 USD/Mrequest, headroom: 20 %}
  - {name: late, kind: recommendation,
     demand: {of: early, candidates: 50 sample/request},
     throughput: {chip: 1 ksample/s}, value: 1 USD/Msample, peak_to_average: 2}
"""


def test_a_funnel_follows_the_demand_whatever_is_served(world: World) -> None:
    plan = world.plan(FUNNEL)
    assert demands(plan, "front") == near([100, 150])
    assert demands(plan, "early") == near([100, 150])
    assert demands(plan, "late") == near([5000, 7500])
    assert fractions(plan, "front") == near([0, 0])
    # Headroom and peak are each stage's own: 100/10 x 1.2 and 5,000/1,000 x 2.
    expected = {
        ("early", "2026"): 12,
        ("early", "2027"): 18,
        ("late", "2026"): 10,
        ("late", "2027"): 15,
    }
    assert counts(plan, "workload", "period") == near(expected)
    units = {row.workload: row.unit for row in plan.services}
    assert units == {"front": "request/s", "early": "request/s", "late": "sample/s"}


BLOCKS = "load_blocks: {peak: 6 h, rest: 18 h}\n"
BY_BLOCK = "    profile: {peak: 2, rest: 0.6666666666666667}\n    peak_to_average: 1\n"


def test_blocks_are_served_with_one_fleet_at_the_peak(world: World) -> None:
    # The mean of 2 and 0.6667 over 6 h and 18 h is 1.000025: the profile is divided
    # by it, so that the mean stays 100 request/s.
    profile = "    profile: {peak: 2, rest: 0.6667}\n    peak_to_average: 1\n"
    plan = world.plan(TEN_CHIPS + profile + BLOCKS)
    mean = 0.25 * 2 + 0.75 * 0.6667
    peak, rest = 200 / mean, 66.67 / mean
    assert demands(plan, "chat") == near([peak, rest, peak, rest])
    assert 0.25 * peak + 0.75 * rest == near(100)
    assert added(plan) == near({"2026": peak / 10})
    assigned = {("peak",): 2 * peak / 10, ("rest",): 2 * rest / 10}
    assert counts(plan, "block") == near(assigned)
    # On average over the day 10 chips are busy.
    energy = 2 * (peak / 10 * IDLE_USD + 10 * BUSY_USD)
    assert parts(plan)["energy"] == near(energy)
    split = {(row.kind, row.period): row.count for row in plan.split if row.count}
    assert split["inference", "2026"] == near(10)
    assert split["idle", "2026"] == near(peak / 10 - 10)


def test_value_is_paid_on_volume_in_each_block(world: World) -> None:
    # 10 chips serve 100 of 200 request/s at the peak, and all 66.7 of the rest.
    profile = BY_BLOCK
    text = SERVING + profile + BLOCKS + STANDING + NONE_BOUGHT
    plan = world.plan(text)
    assert fractions(plan) == near([1 / 2, 1, 1 / 2, 1])
    volume = 2 * YEAR_S * (0.25 * 100 + 0.75 * 200 / 3)
    assert parts(plan)["served_value"] == near(volume * 100e-6)


def test_minimum_served_is_the_mean_over_the_hours_of_the_day(world: World) -> None:
    # With n chips 10n of 200 are served for 6 h and 10n of 66.7 for 18 h:
    # 0.25 n/20 + 0.75 n/6.667 = n/8 >= 50 %, so 4 chips. (Serving the rest alone
    # takes 4.44: it saves some energy, but not the price of a chip.)
    profile = BY_BLOCK
    plan = world.plan(TEN_CHIPS + "    minimum: 50 %\n" + profile + BLOCKS)
    assert added(plan) == near({"2026": 4})
    assert fractions(plan) == near([0.2, 0.6, 0.2, 0.6])


# ------------------------------------------------------------------ value


STEPS = """    value:
      - {up_to: 60 %, value: 300 USD/Mrequest}
      - {up_to: 100 %, value: 100 USD/Mrequest}
"""
CHAT = TEN_CHIPS.replace("minimize_cost", "maximize_value")


def test_what_is_served_fills_the_dearest_step_first(world: World) -> None:
    # 8 of the 10 chips that it takes: 60 % at 300 and 20 % at 100 $/M.
    fleet = STANDING.replace("count: 10", "count: 8")
    plan = world.plan(CHAT + STEPS + fleet + NONE_BOUGHT)
    assert fractions(plan) == near([0.8, 0.8])
    worth = 2 * 100 * YEAR_S * (0.6 * 300e-6 + 0.2 * 100e-6)
    assert parts(plan)["served_value"] == near(worth)


def test_what_lies_above_the_last_step_is_worth_nothing(world: World) -> None:
    steps = "    value: [{up_to: 60 %, value: 300 USD/Mrequest}]\n"
    plan = world.plan(CHAT + steps)
    assert added(plan) == near({"2026": 6})
    assert fractions(plan) == near([0.6, 0.6])


def test_a_step_below_its_cost_is_not_served(world: World) -> None:
    # A chip costs 10 k$ of capital and 1,752 $ of power for 2 x 315.36 M requests,
    # 18.6 $/M: the step at 18 stays unserved, the one at 19 does not.
    for value, served in (("18", 0.6), ("19", 1.0)):
        steps = STEPS.replace("value: 100", f"value: {value}")
        assert fractions(world.plan(CHAT + steps)) == near([served, served])


def test_tokens_are_paid_by_prompt_and_output(world: World) -> None:
    # 500 token/s of output at 50 a request are 10 request/s. A request is worth
    # 100 x 1 + 50 x 4 = 300 $/M.
    priced = """    prompt: 100 token
    output: 50 token
    value: {prompt: 1 USD/Mtoken, output: 4 USD/Mtoken}
"""
    text = CHAT.replace("10 request/s}", "500 token/s}") + priced
    plan = world.plan(text)
    assert counts(plan, "period") == near({("2026",): 10, ("2027",): 10})
    assert parts(plan)["served_value"] == near(2 * 100 * YEAR_S * 300e-6)


def test_one_price_holds_for_prompt_and_output(world: World) -> None:
    priced = "    prompt: 100 token\n    output: 50 token\n    value: 2 USD/Mtoken\n"
    plan = world.plan(CHAT + priced)
    assert parts(plan)["served_value"] == near(2 * 100 * YEAR_S * 300e-6)


def test_served_value_falls_at_mid_period(world: World) -> None:
    plan = world.plan("discount_rate: 8 %/year\n" + SERVING + STANDING)
    worth = 100 * YEAR_S * 100e-6 * (1.08**-0.5 + 1.08**-1.5)
    assert parts(plan)["served_value"] == near(worth)


def test_minimize_cost_serves_all_and_ignores_value(world: World) -> None:
    plan = world.plan(TEN_CHIPS + "    value: 1 USD/request\n")
    assert fractions(plan) == near([1, 1])
    assert "served_value" not in parts(plan)


def test_minimize_cost_finishes_runs_too(world: World) -> None:
    plan = world.plan("objective: minimize_cost\n" + RUN)
    assert [run.completed_fraction for run in plan.runs] == near([1])


def test_what_must_be_served_and_cannot_is_infeasible(world: World) -> None:
    plan = world.plan(TEN_CHIPS + NONE_BOUGHT)
    assert plan.status == "infeasible"
    assert plan.metrics is None
    assert plan.objective.value_usd is None


def test_a_stated_minimum_replaces_the_default(world: World) -> None:
    plan = world.plan(TEN_CHIPS + "    minimum: 30 %\n")
    assert added(plan) == near({"2026": 3})


def test_the_unserved_fraction_counts_hours_not_volume(world: World) -> None:
    # chat: nobody can serve it, in 2027 alone has it demand -> 0. feed: all. Mean 1/2.
    text = """
workloads:
  - {name: chat, kind: inference, demand: {2027: 900 request/s}, value: 1 USD/request,
     throughput: {card: 10 request/s}, accelerators: {allowed: [card]}}
  - {name: feed, kind: recommendation, demand: 10 sample/s, minimum: 100 %,
     throughput: {chip: 10 sample/s}}
"""
    world.hardware("card", "orderable: false\nruns: [llm_inference]")
    plan = world.plan(text + "accelerators: [chip, card]\n")
    assert plan.metrics is not None
    assert plan.metrics.unserved_fraction == near(0.5)


def test_unserved_hours_are_weighted_by_the_blocks(world: World) -> None:
    profile = BY_BLOCK
    plan = world.plan(SERVING + profile + BLOCKS + STANDING + NONE_BOUGHT)
    # Half of the peak's 6 h is unserved.
    assert plan.metrics is not None
    assert plan.metrics.unserved_fraction == near(0.25 * 0.5)


# ------------------------------------------------------------------ tables


TABLES = """
objective: minimize_cost
workloads:
  - {name: feed, kind: recommendation, demand: 100 sample/s, copies: COPIES,
     headroom: HEADROOM, throughput: {chip: 10 sample/s}, precision: bf16,
     model: {name: ranker, kind: ranking, compute: 1 GFLOP/sample, tables: 200 GB}}
"""


@pytest.mark.parametrize(
    ("copies", "headroom", "chips", "busy"),
    [
        # 200 GB on 80 GB less 10 reserved: 3 chips a copy. 10 chips for the rate.
        (4, "0 %", 12, 12),
        (2, "0 %", 10, 10),
        (4, "50 %", 15, 10),  # the rate's headroom does not hold for memory
        (6, "50 %", 18, 12),  # known simplification: 18 charged at 1/1.5
    ],
)
def test_tables_need_memory_beside_the_rate(
    world: World, copies: int, headroom: str, chips: float, busy: float
) -> None:
    world.hardware("chip", "memory: {capacity: 80 GB, reserved: 10 GB}")
    text = TABLES.replace("COPIES", str(copies)).replace("HEADROOM", headroom)
    plan = world.plan(text)
    assert added(plan) == near({"2026": chips})
    assert parts(plan)["energy"] == near(2 * (chips * IDLE_USD + busy * BUSY_USD))


# ------------------------------------------------------------------ runs


# A chip trains 1 ktoken/s x 8,760 h = 31.536 Gtoken a year: ten chip-years of work.
RUN = """
workloads:
  - name: run
    kind: training
    tokens: 315.36 Gtoken
    throughput: {chip: 1 ktoken/s}
"""
TWO_TYPES = RUN.replace("ktoken/s}", "ktoken/s, card: 2 ktoken/s}") + (
    "    deadline: 2026\n    value: 1 MUSD\n"
)
BOTH = "accelerators: [chip, card]\n"


def test_an_unfinished_run_shows_its_fraction_and_its_value(world: World) -> None:
    text = (
        RUN
        + """    deadline: 2026
    accelerators: {maximum: 4}
    value: 1 MUSD
"""
    )
    plan = world.plan(text)
    (run,) = plan.runs
    assert run.completed_fraction == near(0.4)
    assert run.value_usd == near(0.4e6)
    assert run.tokens == near(0.4 * 315.36e9)
    assert (run.first_period, run.last_period) == ("2026", "2026")
    assert run.accelerator_hours == near(4 * 8760)
    # Its accelerators' own energy: active while they run.
    assert run.energy_mwh == near(4 * 8.76)
    # 25 k$ over 5 years of 8,766 h, and 876 $ of power a chip.
    assert run.cost_usd == near(4 * (8760 / 8766 * 5e3 + 876))
    assert plan.metrics is not None
    assert plan.metrics.unfinished_runs == 1
    assert parts(plan)["run_value"] == near(0.4e6)


def test_a_finished_run_takes_its_accelerators_as_late_as_it_may(world: World) -> None:
    # Two years, ten chip-years: 5 chips for both years cost less than 10 for one.
    plan = world.plan(RUN + "    value: 1 MUSD\n")
    (run,) = plan.runs
    assert run.completed_fraction == near(1)
    assert counts(plan, "period") == near({("2026",): 5, ("2027",): 5})
    assert plan.metrics is not None
    assert plan.metrics.unfinished_runs == 0


def test_a_maximum_by_type_weighs_each(world: World) -> None:
    # 2 cards fill 2/8 of the size; 3 chips the rest of it: (2 x 2 + 3) / 10.
    world.hardware("card")
    size = "    accelerators: {maximum: {chip: 4, card: 8}}\n"
    plan = world.plan(TWO_TYPES + size + BOTH + "supply: {card: {2026: 2}}\n")
    assert counts(plan, "accelerator") == near({("card",): 2, ("chip",): 3})
    assert plan.runs[0].completed_fraction == near(0.7)


def test_a_maximum_by_type_allows_only_what_it_names(world: World) -> None:
    world.hardware("card")
    plan = world.plan(TWO_TYPES + "    accelerators: {maximum: {chip: 4}}\n" + BOTH)
    assert plan.runs[0].completed_fraction == near(0.4)
    rejected = [(row.workload, row.accelerator, row.reason) for row in plan.rejected]
    assert rejected == [("run", "card", "not_allowed")]


def test_a_maximum_of_all_types_together(world: World) -> None:
    world.hardware("card")
    size = "    accelerators: {maximum: 4}\n"
    plan = world.plan(TWO_TYPES + size + BOTH + "supply: {card: {2026: 1}}\n")
    assert counts(plan, "accelerator") == near({("card",): 1, ("chip",): 3})
    assert plan.runs[0].completed_fraction == near((2 + 3) / 10)
    assert any("run run is spread over" in warning for warning in plan.warnings)


def test_a_run_stays_inside_its_window(world: World) -> None:
    # From Q2 to the end of 2026, 91 + 92 + 92 days, with one fleet all the time.
    text = RUN + "    start: 2026Q2\n    deadline: 2026\n    value: 100 MUSD\n"
    plan = world.plan(text + "horizon: {start: 2026Q1, periods: 8}\n")
    (run,) = plan.runs
    assert (run.first_period, run.last_period) == ("2026Q2", "2026Q4")
    assert run.completed_fraction == near(1)
    chips = 315.36e9 / (1e3 * 3600 * 24 * (91 + 92 + 92))
    assert counts(plan, "period") == near(
        {("2026Q2",): chips, ("2026Q3",): chips, ("2026Q4",): chips}
    )


@pytest.mark.parametrize(("deadline", "years"), [("2026", 1), ("2027", 2), (None, 3)])
def test_the_value_of_a_run_falls_at_the_end_of_its_window(
    world: World, deadline: str | None, years: int
) -> None:
    text = RUN + "    value: 1 MUSD\ndiscount_rate: 8 %/year\n"
    if deadline:
        text = text.replace("value:", f"deadline: {deadline}\n    value:")
    plan = world.plan(text + "horizon: {start: 2026, periods: 3}\n")
    assert parts(plan)["run_value"] == near(1e6 * 1.08**-years)


def test_steps_of_a_run_s_value_are_shares_of_it(world: World) -> None:
    steps = "    value: [{up_to: 50 %, value: 2 MUSD}, {up_to: 100 %, value: 1 MUSD}]\n"
    text = RUN + "    deadline: 2026\n    accelerators: {maximum: 8}\n" + steps
    plan = world.plan(text)
    assert plan.runs[0].value_usd == near(0.5 * 2e6 + 0.3 * 1e6)


def test_a_run_works_in_every_block(world: World) -> None:
    size = "    deadline: 2026\n    accelerators: {maximum: 4}\n    value: 1 MUSD\n"
    plan = world.plan(RUN + size + BLOCKS)
    assert counts(plan, "block") == near({("peak",): 4, ("rest",): 4})
    assert plan.runs[0].completed_fraction == near(0.4)


def test_continuous_training_is_a_service_that_counts_as_training(
    world: World,
) -> None:
    text = """
objective: minimize_cost
workloads:
  - {name: research, kind: training, mode: continuous, demand: 5 ktoken/s,
     throughput: {chip: 1 ktoken/s}, value: 1 USD/Mtoken}
"""
    plan = world.plan(text)
    assert added(plan) == near({"2026": 5})
    kinds = [(row.unit, row.kind) for row in plan.services]
    assert kinds == [("token/s", "training")] * 2
    shares = {row.kind: row.share for row in plan.split if row.period == "2026"}
    assert shares == near(
        {"training": 1, "inference": 0, "recommendation": 0, "idle": 0}
    )


# ------------------------------------------------------------------ rows of the plan


@pytest.mark.parametrize(
    ("peak", "equivalents"),
    [
        ("{bf16: 494.5 TFLOP/s}", 5.0),  # an H100 has 989
        ("{fp16: 1978 TFLOP/s}", 20.0),  # no bf16: its fp16
        ("{bf16: 989 TFLOP/s, fp16: 1 TFLOP/s}", 10.0),
        ("{fp8: 494.5 TFLOP/s}", None),
        ("{}", None),
    ],
)
def test_h100_equivalents_weigh_by_peak_bf16(
    world: World, peak: str, equivalents: float | None
) -> None:
    world.hardware("chip", f"peak: {peak}")
    plan = world.plan(TEN_CHIPS)
    assert plan.metrics is not None
    found = plan.metrics.h100_equivalents
    assert found == (None if equivalents is None else near(equivalents))


@pytest.mark.parametrize(
    ("lead", "order_by"),
    [("0 month", "2028-01"), ("1 quarter", "2027-10"), ("13 month", "2026-12")],
)
def test_an_order_is_due_its_lead_time_before_the_delivery(
    world: World, lead: str, order_by: str
) -> None:
    world.hardware("chip", f"lead_time: {lead}")
    text = TEN_CHIPS.replace("100 request/s", "{2028: 100 request/s}")
    plan = world.plan(text + "horizon: {start: 2026, periods: 3}\n")
    assert [row.order_by for row in plan.purchases] == [order_by]


def test_a_broken_month_of_lead_time_is_rounded_up(world: World) -> None:
    # 2.5 months before July is the middle of April: ordered in the month it begins.
    world.hardware("chip", "lead_time: 2.5 month")
    text = TEN_CHIPS.replace("100 request/s", "{2026Q3: 100 request/s}") + QUARTERS
    assert [row.order_by for row in world.plan(text).purchases] == ["2026-04"]


@pytest.mark.parametrize(("of_system", "systems"), [(1, 10), (8, 2), (5, 2), (16, 1)])
def test_systems_are_rounded_up(world: World, of_system: int, systems: int) -> None:
    world.hardware("chip", f"system: {{accelerators: {of_system}}}")
    assert [row.systems for row in world.plan(TEN_CHIPS).purchases] == [systems]


def test_few_replicas_show_their_whole_count_with_a_warning(world: World) -> None:
    plan = world.plan(TEN_CHIPS + "    replica: 8\n")
    assert [row.count for row in plan.allocation] == near([10, 10])
    assert [row.rounded_up for row in plan.allocation] == [16, 16]
    assert any("chat has under 20 replicas on chip" in text for text in plan.warnings)


def test_the_cheaper_accelerator_is_bought_where_both_can_serve(world: World) -> None:
    # The same price, but a card serves twice as much.
    world.hardware("card")
    both = "{chip: 10 request/s, card: 20 request/s}"
    text = TEN_CHIPS.replace("{chip: 10 request/s}", both)
    plan = world.plan(text + "accelerators: [chip, card]\n")
    assert bought(plan, "accelerator") == near({("card",): 5})


def test_an_accelerator_goes_only_where_its_cooling_is(world: World) -> None:
    world.hardware("chip", "requires: [liquid_cooling]")
    sites = (
        "[{name: dry, power: 1 MW, pue: 1, electricity: 0 USD/MWh}, "
        "{name: wet, power: 1 MW, pue: 1, electricity: 500 USD/MWh, "
        "provides: [liquid_cooling]}]"
    )
    plan = world.plan(f"{TEN_CHIPS}sites: {sites}\n")
    assert bought(plan, "site") == near({("wet",): 10})


def test_a_workload_s_sites_restrict_it(world: World) -> None:
    sites = (
        "[{name: cheap, power: 1 MW, pue: 1, electricity: 0 USD/MWh}, "
        "{name: dear, power: 1 MW, pue: 1, electricity: 500 USD/MWh}]"
    )
    text = f"{TEN_CHIPS}    sites: [dear]\nsites: {sites}\n"
    assert bought(world.plan(text), "site") == near({("dear",): 10})
    free = f"{TEN_CHIPS}sites: {sites}\n"
    assert bought(world.plan(free), "site") == near({("cheap",): 10})
