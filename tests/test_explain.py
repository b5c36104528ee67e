"""Explanations: prices by key and on both sides, break-even, flexibility, why not."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner import load_scenario
from planner.api import solve_whole
from planner.cli.app import app
from planner.errors import InputError
from planner.explain.break_even import BreakEven, break_even
from planner.explain.explanation import binding_limits, priced_keys
from planner.explain.flexibility import Flexible, flexibility_of
from planner.explain.keys import KeyPrice, key_prices
from planner.explain.price_words import sentence
from planner.explain.sides import Neighbours
from planner.explain.why_not import WhyNot, why_not
from planner.pipeline import Solved
from planner.pipeline import run as run_pipeline
from planner.solvers.near import Neighbour
from planner.specs.load import reload
from planner.specs.scenario import Scenario
from tests.strategies import World

ROOT = Path(__file__).parents[1]
QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"
SCARCE = "budgets.power.2026Q1=13 MW"
"""Laid over quickstart, so that power binds whatever the catalogue's rates are."""

# By hand: each chip takes 1.25 kW, serves 1 request/s and earns 31.536 MUSD a year.
TWO_LIMITS = """
horizon: {start: 2026, periods: 2}
fleet: [{site: here, accelerator: chip, count: 1, installed: 2025}]
sites: [{name: here, power: 1 MW, pue: 1.25, electricity: 0 USD/MWh,
         carbon: 0.5 kg/kWh}]
budgets: {power: 1 MW}
workloads:
  - {name: chat, kind: inference, demand: 5000 request/s, value: 1 USD/request,
     throughput: {chip: 1 request/s}}
"""

Make = Callable[[str], Solved]


@cache
def quickstart() -> Solved:
    return solve_whole(load_scenario(QUICKSTART, overrides=[SCARCE]))


def value_usd(scenario: Scenario, *sets: str) -> float:
    value = run_pipeline(reload(scenario, sets)).plan.objective.value_usd
    assert value is not None
    return value


def by_path(solved: Solved) -> dict[str, KeyPrice]:
    keys = key_prices(solved.scenario, solved.plan.prices)
    return {price.path: price for price in keys}


# --- Prices by key --------------------------------------------------------------------


def test_a_power_step_is_the_sum_of_the_periods_it_feeds(tmp_path: Path) -> None:
    text = TWO_LIMITS.replace("budgets: {power: 1 MW}", "")
    solved = solve_whole(World(tmp_path).scenario(text))
    price = by_path(solved)["sites.here.power"]
    rows = [row.value for row in solved.plan.prices if row.constraint == "site_power"]

    assert len(rows) == 2
    assert price.value == pytest.approx(sum(rows))
    change = "sites.here.power={} MW".format
    gain = value_usd(solved.scenario, change(1.001)) - value_usd(solved.scenario)
    assert price.value == pytest.approx(gain / 0.001, rel=1e-6)


def test_a_growing_demand_is_one_key_with_its_growth() -> None:
    price = by_path(quickstart())["workloads.assistant.demand.2026Q1"]
    weights = [weight for _, weight in price.rows]
    assert weights == pytest.approx([1.0, 1.2, 1.44, 1.728])
    change = "workloads.assistant.demand.2026Q1={} request/s".format
    scenario = quickstart().scenario
    gain = value_usd(scenario, change(16001)) - value_usd(scenario, change(15999))
    assert price.value == pytest.approx(gain / 2, rel=1e-6)


def test_an_amount_that_repeats_is_one_key(tmp_path: Path) -> None:
    text = TWO_LIMITS.replace("{power: 1 MW}", "{capex: {2026: 100 kUSD}}")
    solved = solve_whole(World(tmp_path).scenario(text))
    price = by_path(solved)["budgets.capex.2026"]
    assert len(price.rows) == 2
    less = value_usd(solved.scenario, "budgets.capex.2026=99 kUSD")
    gain = value_usd(solved.scenario) - less
    assert price.value == pytest.approx(gain / 1000, rel=1e-6)


# --- Both sides -----------------------------------------------------------------------


def test_two_limits_in_one_place_have_a_price_on_one_side_alone(tmp_path: Path) -> None:
    solved = solve_whole(World(tmp_path).scenario(TWO_LIMITS))
    near = Neighbours(solved.program, solved.solution.handed_over)
    rows = {
        price.path: price for price in key_prices(solved.scenario, [*_both(solved)])
    }
    budget = near.sides(rows["budgets.power"].rows)
    change = "budgets.power={} MW".format
    less = value_usd(solved.scenario, change(0.999))
    lost = value_usd(solved.scenario) - less

    assert not budget.unique
    assert budget.more.value == pytest.approx(0, abs=1e-6)
    assert budget.less.value == pytest.approx(lost / 0.001, rel=1e-6)


def _both(solved: Solved) -> list[object]:
    """Return prices of both limits, whichever the solver has put the dual on."""
    from planner.explain.prices import prices_at  # noqa: PLC0415

    every = range(len(solved.program.rows))
    return list(prices_at(solved.program, solved.solution, every).values())


def test_a_unique_price_is_the_same_on_both_sides_as_far_as_it_says() -> None:
    solved = quickstart()
    for each in priced_keys(solved, None, far=True):
        assert each.sides is not None
        assert each.sides.unique
        assert each.sides.more.value == pytest.approx(each.price.value, rel=1e-6)
    capex = by_path(solved)["budgets.capex.2026"]
    assert capex.valid_to is not None
    change = "budgets.capex.2026={} USD".format
    gain = value_usd(solved.scenario, change(capex.valid_to))
    gain -= value_usd(solved.scenario)
    assert gain == pytest.approx(capex.value * (capex.valid_to - capex.base), rel=1e-6)


def test_prices_are_told_in_words_with_sign_and_range() -> None:
    words = {path: sentence(price) for path, price in by_path(quickstart()).items()}
    power = words["budgets.power.2026Q1"]
    amount = r"[\d.]+ MUSD, valid from [\d.]+ MW to [\d.]+ MW"
    expected = f"one more MW for the fleet from 2026Q1 is worth {amount}"
    assert re.fullmatch(expected, power)
    assert " of llama_run costs " in words["workloads.llama_run.tokens"]


def test_binding_limits_stand_in_order_of_time() -> None:
    found = [(x.period, x.constraint) for x in binding_limits(quickstart().plan)]
    assert found == [("2026", "capex_budget"), ("2026Q2", "power_budget")]


# --- Break-even -----------------------------------------------------------------------


def broken_even(path: str) -> dict[str, BreakEven]:
    scenario = quickstart().scenario

    def again(sets: tuple[str, ...], near: Neighbour | None) -> Solved:
        return run_pipeline(reload(scenario, sets), near=near)

    return {each.enters: each for each in break_even(quickstart(), path, again)}


@pytest.mark.parametrize(
    ("path", "enters", "accelerator"),
    [
        ("accelerators.trainium2.price.system", "trainium2 enters", "trainium2"),
        ("accelerators.b200.price.system", "b200 leaves", "b200"),
    ],
)
def test_a_price_breaks_even_between_two_solves(
    path: str, enters: str, accelerator: str
) -> None:
    found = broken_even(path)[enters]
    assert found.unit == "kUSD"
    assert found.below < found.value < found.above
    assert found.above - found.below <= 1e-4 * found.above
    scenario = quickstart().scenario
    bought = []
    for value in (found.below, found.above):
        plan = run_pipeline(reload(scenario, [f"{path}={value} kUSD"])).plan
        bought.append(any(row.accelerator == accelerator for row in plan.purchases))
    assert bought == [True, False]


def test_a_limit_stops_binding_where_nothing_more_is_used() -> None:
    found = broken_even("budgets.capex.2026")["budgets.capex.2026 stops binding"]
    free = run_pipeline(reload(quickstart().scenario, ["budgets.capex.2026=9 GUSD"]))
    assert free.plan.metrics is not None
    assert found.value * 1e6 == pytest.approx(free.plan.metrics.capex_usd, rel=1e-4)


def test_a_limit_that_does_not_bind_starts_to() -> None:
    (found,) = broken_even("sites.ohio.power").values()
    metrics = quickstart().plan.metrics
    assert metrics is not None
    assert found.enters == "sites.ohio.power starts to bind"
    assert found.value == pytest.approx(metrics.peak_power_mw, rel=1e-4)


def test_what_makes_a_plan_impossible_is_a_break_even_too() -> None:
    impossible = broken_even("budgets.power.2026Q1")["no plan is possible"]
    change = "budgets.power.2026Q1={} MW".format
    scenario = quickstart().scenario
    states = [
        run_pipeline(reload(scenario, [change(value)])).plan.status
        for value in (impossible.below, impossible.above)
    ]
    assert states == ["infeasible", "optimal"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("accelerators.b200.price.sistem", "did you mean"),
        ("budgets.power", "is not one number; write one of its numbers"),
        ("workloads.assistant.kind", "is not a number"),
    ],
)
def test_a_break_even_needs_one_number(path: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        broken_even(path)
    assert said in str(caught.value.problems[0])


# --- Flexibility ----------------------------------------------------------------------

# Two accelerators and two sites that differ in name alone.
TWINS = """
horizon: {start: 2026, periods: 1}
accelerators: [left, right]
sites:
  - {name: east, power: 1 MW, pue: 1.25, electricity: 50 USD/MWh, carbon: 0 kg/kWh}
  - {name: west, power: 1 MW, pue: 1.25, electricity: 50 USD/MWh, carbon: 0 kg/kWh}
supply: {left: {2026: 300}, right: {2026: 300}}
workloads:
  - {name: chat, kind: inference, demand: 400 request/s, value: 0.01 USD/request,
     throughput: {left: 1 request/s, right: 1 request/s}}
"""


def flexible(solved: Solved, distance: float) -> dict[str, Flexible]:
    rows = flexibility_of(solved.program, solved.solution, distance)
    return {row.item: row for row in rows}


def test_ties_are_free_and_the_rest_is_not(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.hardware("left")
    world.hardware("right")
    found = flexible(run_pipeline(world.scenario(TWINS)), 0.0)
    # 400 are needed and each kind can be 300 of them; either site can hold all.
    for name in ("left", "right"):
        assert (found[name].least, found[name].most) == pytest.approx((100, 300))
    for name in ("east", "west"):
        assert (found[name].least, found[name].most) == pytest.approx((0, 0.5))
    assert (found["chat"].least, found["chat"].most) == pytest.approx((1, 1))


def test_a_wider_distance_holds_the_narrower_one_and_the_plan() -> None:
    narrow, wide = flexible(quickstart(), 0.0), flexible(quickstart(), 0.01)
    for name, row in narrow.items():
        assert wide[name].least <= row.least <= row.plan <= row.most <= wide[name].most
    assert wide["b200"].least < narrow["b200"].least * 0.99


def test_the_end_of_a_range_is_a_plan_within_that_distance() -> None:
    solved = quickstart()
    least = flexible(solved, 0.01)["b200"].least
    # Forbidding what lies above that count costs the 1 % and no more.
    best = solved.plan.objective.value_usd
    assert best is not None
    assert least > 0
    text = f"supply.b200={{2026Q1: 0, 2026Q2: {least}, 2026Q3: 0}}"
    forced = value_usd(solved.scenario, text)
    assert forced <= best * (1 - 0.01) * (1 + 1e-3)


# --- Why not --------------------------------------------------------------------------


def asked(solved: Solved, accelerator: str, workload: str) -> WhyNot:
    def uses(sets: tuple[str, ...]) -> bool:
        rows = run_pipeline(reload(solved.scenario, sets)).plan.allocation
        pairs = {(row.accelerator, row.workload) for row in rows}
        return (accelerator, workload) in pairs

    return why_not(solved, accelerator, workload, uses)


def test_what_was_rejected_says_so() -> None:
    assert asked(quickstart(), "mtia_v2", "assistant").reason == "kind"
    assert asked(quickstart(), "mtia_v2", "llama_run").reason == "not_allowed"


def test_what_is_used_says_so() -> None:
    assert asked(quickstart(), "h100", "ads").reason == "used"


def test_a_price_that_would_bring_it_in_is_confirmed() -> None:
    found = asked(quickstart(), "trainium2", "assistant")
    assert found.reason == "price"
    assert found.verified
    assert found.gap_usd is not None
    assert found.gap_usd > 0
    enters = broken_even("accelerators.trainium2.price.system")["trainium2 enters"]
    below = found.enters_below_usd
    assert below is not None
    assert below == pytest.approx(enters.value * 1000, rel=0.05)


def test_a_tie_says_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.hardware("left")
    world.hardware("right")
    text = TWINS.replace("{left: {2026: 300}, right: {2026: 300}}", "{}")
    solved = run_pipeline(world.scenario(text))
    (used,) = {row.accelerator for row in solved.plan.allocation}
    other = "left" if used == "right" else "right"
    assert asked(solved, other, "chat").reason == "tie"


def test_what_can_stand_nowhere_says_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.hardware("left")
    world.hardware("right")
    solved = run_pipeline(world.scenario(TWINS, "supply.right=0"))
    assert asked(solved, "right", "chat").reason == "no_place"


def test_unknown_names_are_refused_with_a_near_one() -> None:
    with pytest.raises(InputError) as caught:
        asked(quickstart(), "trainium", "assistent")
    told = " ".join(map(str, caught.value.problems))
    assert "'trainium2'" in told
    assert "'assistant'" in told


# --- On the command line --------------------------------------------------------------


def ran(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        app, ["explain", str(QUICKSTART), "--set", SCARCE, *arguments]
    )
    return result.exit_code, result.stdout


def test_explain_names_prices_limits_and_what_is_not_done() -> None:
    code, text = ran()
    assert code == 0
    assert "unserved" in text
    assert "residual value" in text
    assert "unfinished runs" in text
    assert "one more MW for the fleet" in text
    assert "Binding limits, period by period" in text
    assert "certificate: optimal" in text


def test_json_has_the_sections_that_were_asked() -> None:
    code, text = ran("--json")
    found = json.loads(text)
    assert code == 0
    assert {"prices", "keys", "binding", "certificate", "metrics"} <= found.keys()
    assert "break_even" not in found
    code, text = ran(
        *("--json", "--break-even", "budgets.capex.2026", "--flexibility", "1%"),
        *("--why-not", "mtia_v2", "assistant"),
    )
    found = json.loads(text)
    assert code == 0
    assert {"path", "value", "unit", "enters"} <= found["break_even"][0].keys()
    assert {"item", "least", "most"} <= found["flexibility"][0].keys()
    assert found["why_not"]["reason"] == "kind"


def test_text_answers_what_was_asked() -> None:
    code, text = ran(
        *("--break-even", "sites.ohio.power", "--flexibility", "0"),
        *("--why-not", "trainium2", "assistant", "-q"),
    )
    assert code == 0
    assert "starts to bind" in text
    assert "capex" not in text
    assert "trainium2 for assistant (price):" in text
    assert "enters at a system price of " in text


@pytest.mark.parametrize("share", ["much", "-1%", "100%", "1 MW"])
def test_a_distance_must_be_a_share(share: str) -> None:
    assert ran("--flexibility", share)[0] == 2


def test_solve_says_what_is_worth_most() -> None:
    result = CliRunner().invoke(app, ["solve", str(QUICKSTART), "--set", SCARCE])
    assert "What is worth most" in result.stdout
    assert "one more USD of capex in 2026 is worth 0." in result.stdout
