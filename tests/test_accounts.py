"""Accounts by hand: depreciation, opex, TCO, means over the year, cost of a unit.

``chip`` as in ``test_hand_cases``: 0.8 kW active, 0.2 kW idle, 20 + 5 k$, 5 years; a
PUE of 1.25, power at 100 $/MWh; 2026 and 2027 have 8,760 h each.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.plan.account_rows import AccountRow, Totals, UnitCostRow
from planner.plan.plan import Plan
from tests.strategies import Draft, World, drafts
from tests.test_cli import QUICKSTART, process
from tests.test_laws import MONEY, few, planned, scaled, size

HOURS = 2 * 8760
YEAR_H = 8766.0
TEN_CHIPS = """
objective: minimize_cost
workloads:
  - name: chat
    kind: inference
    demand: 100 request/s
    throughput: {chip: 10 request/s}
    prompt: 30 token
    output: 20 token
"""
STANDING = (
    "fleet: [{site: here, accelerator: chip, count: 10, installed: 2023Q1}]\n"
    "supply: {chip: 0}\n"
)
ONLY_2026 = "supply: {chip: {2026: 10, 2027: 0}}\n"
SIX_YEARS = "horizon: {start: 2026, periods: 6}\n"
CHAT = TEN_CHIPS.replace("minimize_cost", "maximize_value")
CHAT += "    value: 0.01 USD/request\n"
RUN = """
horizon: {start: 2026, periods: 1}
objective: minimize_cost
workloads:
  - name: training
    kind: training
    tokens: 315.36 Gtoken
    throughput: {chip: 1000 token/s}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def totals(plan: Plan) -> Totals:
    assert plan.totals is not None
    return plan.totals


def column(plan: Plan, name: str) -> list[float]:
    return [getattr(row, name) for row in plan.accounts]


def cost_of(plan: Plan, workload: str) -> UnitCostRow:
    return next(row for row in plan.unit_costs if row.workload == workload)


# ---------------------------------------------------------------------- years


def test_two_years_of_ten_chips(world: World) -> None:
    # 250 k$ over five years; all work all day: 10 kW at the meter, 876 $ a year each.
    plan = world.plan("discount_rate: 8 %/year\n" + TEN_CHIPS)
    first, second = plan.accounts
    unknown = "h100_equivalents", "h100_equivalents_delivered"
    assert [getattr(first, name) for name in unknown] == [None, None]
    known = {k: v for k, v in asdict(first).items() if k not in unknown}
    assert known == near(
        {
            "year": 2026,
            "months": 12,
            "capex_usd": 250e3,
            "depreciation_usd": 50e3,
            "opex_usd": 8760,
            "tco_usd": 58_760,
            "utilisation": 1,
            "stranded_mw": 1000 - 10 * 1.25e-3,
            "undrawn_mw": 10 * 0.2 * 1.25e-3,
        }
    )
    assert (second.capex_usd, second.tco_usd) == near((0, 58_760))
    residual = 150e3 * 1.08**-2
    energy = 8760 * (1.08**-0.5 + 1.08**-1.5)
    whole = totals(plan)
    assert whole.net_present_value_usd == near(residual - 250e3 - energy)
    assert (whole.capex_usd, whole.depreciation_usd) == near((250e3, 100e3))
    assert (whole.opex_usd, whole.tco_usd) == near((17_520, 117_520))
    assert whole.undepreciated_accelerators == 0


def test_quarters_are_summed_by_calendar_year(world: World) -> None:
    plan = world.plan("horizon: {start: 2026Q3, periods: 4}\n" + TEN_CHIPS)
    assert column(plan, "year") == [2026, 2027]
    assert column(plan, "months") == [6, 6]
    assert column(plan, "depreciation_usd") == near([25e3, 25e3])
    # 184 days, then 181.
    assert column(plan, "opex_usd") == near([184 * 24.0, 181 * 24.0])


def test_profit_is_the_net_present_value(world: World) -> None:
    plan = world.plan(CHAT)
    assert totals(plan).net_present_value_usd == plan.objective.value_usd
    assert totals(plan).net_present_value_usd > 0


# --------------------------------------------------------------- depreciation


def test_depreciation_over_the_life_is_the_price(world: World) -> None:
    plan = world.plan(SIX_YEARS + ONLY_2026 + CHAT)
    assert column(plan, "depreciation_usd") == near([50e3] * 5 + [0])
    assert totals(plan).depreciation_usd == near(totals(plan).capex_usd)


def test_a_life_of_months_ends_within_a_year(world: World) -> None:
    world.hardware("chip", "lifetime: 18 month")
    plan = world.plan(SIX_YEARS + ONLY_2026 + CHAT)
    thirds = [250e3 * 2 / 3, 250e3 / 3, 0, 0, 0, 0]
    assert column(plan, "depreciation_usd") == near(thirds)


def test_the_fleet_is_written_off_at_the_price_it_was_installed_at(
    world: World,
) -> None:
    # Installed in January 2023, so 2026 and 2027 are the fourth and the fifth year.
    world.hardware("chip", "price: {system: {2022: 15 kUSD, 2024: 10 kUSD}}")
    plan = world.plan(STANDING + TEN_CHIPS)
    assert column(plan, "depreciation_usd") == near([30e3, 30e3])
    late = STANDING.replace("2023Q1", "2022Q1")
    plan = world.plan(late + CHAT)
    assert column(plan, "depreciation_usd") == near([30e3, 0])


@pytest.mark.parametrize(
    "text", ["price: {}", "price: {system: {2026: 15 kUSD}}", "lifetime: null"]
)
def test_what_has_no_known_price_or_life_is_counted_apart(
    world: World, text: str
) -> None:
    world.hardware("chip", "price: {}" if "null" in text else text)
    plan = world.plan(STANDING + TEN_CHIPS)
    assert column(plan, "depreciation_usd") == [0, 0]
    assert column(plan, "tco_usd") == near([8760, 8760])
    assert totals(plan).undepreciated_accelerators == 10


def test_an_expansion_is_written_off_from_its_first_month_in_service(
    world: World,
) -> None:
    # Half of ten chips fit; 6.25 kW more at 10 MUSD/MW serve from 2027 on, ten years.
    build = """
sites:
  - name: here
    power: 6.25 kW
    pue: 1.25
    electricity: 100 USD/MWh
    carbon: 0.5 kg/kWh
    expansion: {limit: 1 MW, cost: 10 MUSD/MW, lead_time: 1 year, lifetime: 10 year}
"""
    plan = world.plan(build + CHAT)
    assert column(plan, "capex_usd") == near([125e3 + 62.5e3, 125e3])
    assert column(plan, "depreciation_usd") == near([25e3, 50e3 + 6250])
    assert column(plan, "stranded_mw") == near([0, 0])


def test_what_is_scrapped_early_is_written_off_at_once(world: World) -> None:
    # Four chips of January 2024 in 5 kW; in 2027 five times as fast ones come that take
    # as much power. Two years of five are left, then: 2/5 of 25 k$ at once.
    world.hardware("fast")
    fleet = "fleet: [{site: here, accelerator: chip, count: 4, installed: 2024}]\n"
    text = """
early_retirement: true
accelerators: [chip, fast]
supply: {chip: 0, fast: {2027: 4}}
sites: [{name: here, power: 5 kW, pue: 1.25, electricity: 100 USD/MWh,
         carbon: 0.5 kg/kWh}]
objective: maximize_value
workloads:
  - {name: chat, kind: inference, demand: 1 krequest/s, value: 1 USD/request,
     throughput: {chip: 10 request/s, fast: 50 request/s}}
"""
    plan = world.plan(fleet + text)
    assert column(plan, "depreciation_usd") == near([20e3, 4 * 10e3 + 20e3])
    assert column(plan, "tco_usd")[1] == near(60e3 + 4 * 876)


def test_of_two_entries_the_older_is_scrapped(world: World) -> None:
    # As above, but half as many come: those of 2023 go, with one year of five left.
    world.hardware("fast")
    text = """
early_retirement: true
accelerators: [chip, fast]
supply: {chip: 0, fast: {2027: 2}}
fleet:
  - {site: here, accelerator: chip, count: 2, installed: 2024}
  - {site: here, accelerator: chip, count: 2, installed: 2023}
sites: [{name: here, power: 5 kW, pue: 1.25, electricity: 100 USD/MWh,
         carbon: 0.5 kg/kWh}]
objective: maximize_value
workloads:
  - {name: chat, kind: inference, demand: 1 krequest/s, value: 1 USD/request,
     throughput: {chip: 10 request/s, fast: 50 request/s}}
"""
    plan = world.plan(text)
    # 2027: those of 2023 write off their last year, those of 2024 their fourth.
    assert column(plan, "depreciation_usd") == near([20e3, 2 * 5e3 + 2 * 5e3 + 10e3])


# ------------------------------------------------------------ H100-equivalents


def test_work_counts_as_that_of_as_many_h100(world: World) -> None:
    # Ten chips of half an H100's peak and a third of its work.
    world.hardware("chip", "peak: {bf16: 500 TFLOP/s}")
    world.hardware("h100", "peak: {bf16: 1000 TFLOP/s}\nprice: {}")
    both = TEN_CHIPS.replace("{chip: 10 ", "{h100: 30 request/s, chip: 10 ")
    plan = world.plan("accelerators: [chip, h100]\nsupply: {h100: 0}\n" + both)
    assert column(plan, "h100_equivalents") == near([5, 5])
    assert column(plan, "h100_equivalents_delivered") == near([10 / 3, 10 / 3])


def test_work_that_may_not_use_an_h100_is_rated_on_one(world: World) -> None:
    world.hardware("chip", "peak: {bf16: 500 TFLOP/s}")
    world.hardware("h100", "peak: {bf16: 1000 TFLOP/s}\nprice: {}")
    both = TEN_CHIPS.replace("{chip: 10 ", "{h100: 30 request/s, chip: 10 ")
    both += "    accelerators: {allowed: [chip]}\n"
    plan = world.plan("accelerators: [chip, h100]\nsupply: {h100: 0}\n" + both)
    assert totals(plan).h100_equivalents_delivered == near(10 / 3)


def test_idle_accelerators_lower_the_utilisation(world: World) -> None:
    fleet = STANDING.replace("count: 10", "count: 40")
    plan = world.plan(fleet + TEN_CHIPS)
    assert column(plan, "utilisation") == near([0.25, 0.25])
    # 40 stand, 30 of them idle: 50 kW provisioned, 10·1 + 30·0.25 drawn.
    assert column(plan, "undrawn_mw") == near([0.05 - 0.0175] * 2)


# ----------------------------------------------------------- cost of the work


def test_the_cost_of_a_million_tokens(world: World) -> None:
    # 1 kWh at the meter an hour, 0.1 $; capital and maintenance 24 % of the price.
    world.hardware(
        "chip", "price: {system: 20 kUSD, network: 5 kUSD, maintenance: 4 %/year}"
    )
    found = cost_of(world.plan(TEN_CHIPS), "chat")
    hourly = 25e3 * 0.24 / YEAR_H + 0.1
    requests = 100 * 3600 * HOURS
    assert found.accelerator_hours == near(10 * HOURS)
    assert found.energy_mwh == near(10 * HOURS * 1e-3)
    assert found.cost_usd == near(10 * HOURS * hourly)
    assert (found.volume, found.unit) == (near(requests), "request")
    assert found.usd_per_accelerator_hour == near(hourly)
    assert found.usd_per_mrequest == near(10 * HOURS * hourly / requests * 1e6)
    assert found.usd_per_mtoken == near(10 * HOURS * hourly / (50 * requests) * 1e6)
    assert (found.usd_per_msample, found.usd_per_run) == (None, None)


def test_a_service_pays_for_its_headroom_but_not_for_its_energy(world: World) -> None:
    # Twice the accelerators, each half as busy: 0.2 + 0.6/2 kW, times 1.25.
    found = cost_of(world.plan(TEN_CHIPS + "    headroom: 100 %\n"), "chat")
    assert found.accelerator_hours == near(20 * HOURS)
    assert found.energy_mwh == near(20 * HOURS * 0.5 * 1.25e-3)


def test_the_cost_of_a_run(world: World) -> None:
    # 315.36 Gtoken at 1000 token/s are ten chip-years.
    plan = world.plan(RUN)
    found = cost_of(plan, "training")
    assert found.cost_usd == near(10 * 8760 * (25e3 / 5 / YEAR_H + 0.1))
    assert found.cost_usd == plan.runs[0].cost_usd
    assert found.usd_per_run == near(found.cost_usd)
    assert found.usd_per_mtoken == near(found.cost_usd / 315_360)


def test_half_a_run_costs_half_of_a_whole_one(world: World) -> None:
    half = RUN.replace("minimize_cost", "maximize_value")
    half += "    value: 1 MUSD\n    accelerators: {maximum: 5}\n"
    found = cost_of(world.plan(half), "training")
    whole = cost_of(world.plan(RUN), "training")
    assert found.cost_usd == near(whole.cost_usd and whole.cost_usd / 2)
    assert found.usd_per_run == near(whole.usd_per_run)
    assert found.usd_per_mtoken == near(whole.usd_per_mtoken)


def test_leased_hours_cost_their_lease(world: World) -> None:
    # 315.36 Gtoken are ten chip-years: five stand there, five are leased at 2 $.
    lease = (
        "leases: [{name: cloud, accelerator: chip, limit: 5, price: 2 USD/hour, "
        "on_demand: true}]\n"
    )
    plan = world.plan(lease + STANDING.replace("count: 10", "count: 5") + RUN)
    found = cost_of(plan, "training")
    owned = 5 * 8760 * (25e3 / 5 / YEAR_H + 0.1)
    assert found.cost_usd == near(owned + 5 * 8760 * 2)
    assert found.cost_usd == near(plan.runs[0].cost_usd)
    assert found.energy_mwh == near(5 * 8.76)
    assert column(plan, "opex_usd") == near([5 * 876 + 5 * 8760 * 2])
    assert column(plan, "utilisation") == near([1])


def test_without_a_price_there_is_no_cost(world: World) -> None:
    world.hardware("chip", "price: {}")
    found = cost_of(world.plan(STANDING + TEN_CHIPS), "chat")
    assert found.cost_usd is None
    assert found.usd_per_mtoken is None
    assert found.accelerator_hours == near(10 * HOURS)


# ------------------------------------------------------------------ identities


def test_accounts_of_shipped_plans_add_up(
    shipped: str, shipped_plan: Callable[[str, str], Plan]
) -> None:
    plan = shipped_plan(shipped, "highs")
    if plan.metrics is None:
        assert (plan.accounts, plan.unit_costs, plan.totals) == ((), (), None)
        return
    for name in ("capex_usd", "opex_usd"):
        metric = near(getattr(plan.metrics, name))
        assert sum(column(plan, name)) == metric
        assert getattr(totals(plan), name) == metric
    for row in (*plan.accounts, totals(plan)):
        assert row.tco_usd == near(row.depreciation_usd + row.opex_usd)
        # None where nothing is owned, as while everything is leased.
        assert row.utilisation is None or 0 <= row.utilisation <= 1
        assert row.stranded_mw >= 0
        assert row.undrawn_mw >= 0
    for run in plan.runs:
        assert cost_of(plan, run.workload).cost_usd == near(run.cost_usd)
    assert list(plan.frame("accounts")["year"]) == column(plan, "year")


@few
@given(draft=drafts(), factor=st.sampled_from(["0.01", "3", "700"]))
def test_scaling_all_money_scales_every_account(draft: Draft, factor: str) -> None:
    one, other = planned(draft), planned(scaled(draft, MONEY, Decimal(factor)))
    rounding = 1e-6 * size(other)
    pairs: list[tuple[AccountRow | UnitCostRow, AccountRow | UnitCostRow]]
    pairs = [*zip(one.accounts, other.accounts, strict=True)]
    pairs += zip(one.unit_costs, other.unit_costs, strict=True)
    for before, after in pairs:
        later = asdict(after)
        for name, number in asdict(before).items():
            if "usd" in name and number is not None:
                grown = number * float(factor)
                assert later[name] == pytest.approx(grown, rel=1e-6, abs=rounding)


# -------------------------------------------------------------- from outside


def test_solve_prints_and_writes_the_accounts() -> None:
    printed = process("solve", QUICKSTART).stdout
    assert "Accounts (nominal)" in printed
    assert "Cost of the accelerators at work" in printed
    assert "H100-eq." not in printed
    assert "H100-eq. by peak" in process("solve", QUICKSTART, "-v").stdout
    written = json.loads(process("solve", QUICKSTART, "--json").stdout)
    (row,) = written["accounts"]
    assert row["year"] == 2026
    assert row["capex_usd"] == pytest.approx(written["metrics"]["capex_usd"])
    assert written["totals"]["tco_usd"] == pytest.approx(row["tco_usd"])
    assert [row["workload"] for row in written["unit_costs"]] == [
        "llama_run",
        "assistant",
        "ads",
    ]
