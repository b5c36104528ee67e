"""Frontiers: one solved by hand, and what must hold for every one."""

import json
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from planner import load_scenario, solve
from planner.cli.app import app
from planner.cli.frontier_text import curve
from planner.errors import InfeasibleError, UsageError
from planner.report.charts import Line
from planner.specs.load import reload
from planner.specs.scenario import Scenario
from planner.sweep.frontier import Corner, Frontier, between, frontier_of
from tests.strategies import Draft, World, drafts
from tests.test_laws import few

SCENARIOS = Path(__file__).parents[1] / "scenarios"
POWER = "budgets.power.2026Q1", "budgets.power.2026Q3"

# By hand. A lean one costs 20 k$ on 1 kW, a cheap one 10 k$ on 2 kW. Chat takes 10 of
# either; batch takes 15 lean ones or 10 cheap ones.
#   all lean:               25 lean:             25 kW, 500 k$
#   batch on cheap:         10 lean and 10 cheap: 30 kW, 300 k$   (−40 k$ for each kW)
#   both on cheap:          20 cheap:            40 kW, 200 k$   (−10 k$ for each kW)
LEAN = "power: {nameplate: 1 kW, active: 1 kW, idle: 1 kW}\nprice: {system: 20 kUSD}"
CHEAP = "power: {nameplate: 2 kW, active: 2 kW, idle: 2 kW}\nprice: {system: 10 kUSD}"
TWO_JOBS = """
objective: minimize_cost
horizon: {start: 2026, periods: 1}
accelerators: [lean, cheap]
sites: [{name: here, power: 1 MW, pue: 1, electricity: 0 USD/MWh, carbon: 0 kg/kWh}]
workloads:
  - {name: chat, kind: inference, demand: 100 request/s,
     throughput: {lean: 10 request/s, cheap: 10 request/s}}
  - {name: batch, kind: inference, demand: 150 request/s,
     throughput: {lean: 10 request/s, cheap: 15 request/s}}
"""
BY_HAND = (0.025, 500e3), (0.030, 300e3), (0.040, 200e3)
# Two stand; four cheap ones can come, then only lean ones. So much of chat is served:
#   20 % by what stands; 60 % for 40 k$, at 100 k$ for each 100 %; all for 120 k$ more.
BY_SUPPLY = """
objective: minimize_cost
horizon: {start: 2026, periods: 1}
accelerators: [lean, cheap]
sites: [{name: here, power: 1 MW, pue: 1, electricity: 0 USD/MWh, carbon: 0 kg/kWh}]
fleet: [{site: here, accelerator: lean, count: 2, installed: 2025}]
supply: {cheap: {2026: 4}}
workloads:
  - {name: chat, kind: inference, demand: 100 request/s, minimum: 0 %,
     throughput: {lean: 10 request/s, cheap: 10 request/s}}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World(tmp_path)
    found.hardware("lean", LEAN)
    found.hardware("cheap", CHEAP)
    return found


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def corners(found: Frontier) -> list[Corner]:
    return [(each.level, each.best) for each in found.breaks]


def slopes(found: Frontier) -> list[float]:
    """Return the slope after every break but the last, which has none."""
    *first, last = (each.slope for each in found.breaks)
    assert last is None
    return [slope for slope in first if slope is not None]


def figure(found: Frontier, name: str) -> list[float | None]:
    return [each.figures[name] for each in found.breaks]


def command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["frontier", *arguments])
    return result.exit_code, result.stdout


# --- By hand --------------------------------------------------------------------------


def test_capex_for_power_is_as_by_hand(world: World) -> None:
    found = frontier_of(world.scenario(TWO_JOBS), "capex:power")
    for one, other in zip(corners(found), BY_HAND, strict=True):
        assert one == near(other)
    assert slopes(found) == near([-40e6, -10e6])
    assert figure(found, "purchased.lean") == near([25, 10, 0])
    assert figure(found, "purchased.cheap") == near([0, 10, 20])
    assert (found.best_unit, found.limit_unit) == ("USD", "MW")
    assert found.at(0.0275) == near(400e3)
    assert found.at(0.024) is None
    assert found.at(1.0) == near(200e3)


def test_the_other_way_round_it_has_the_same_corners(world: World) -> None:
    scenario = world.scenario(TWO_JOBS)
    found = frontier_of(scenario, "power:capex")
    swapped = [(best, level) for level, best in reversed(BY_HAND)]
    for one, other in zip(corners(found), swapped, strict=True):
        assert one == near(other)
    assert slopes(found) == near([-1 / 10e6, -1 / 40e6])


def test_capex_for_what_is_served_is_as_by_hand(world: World) -> None:
    found = frontier_of(world.scenario(BY_SUPPLY), "capex:served")
    expected = (0.2, 0.0), (0.6, 40e3), (1.0, 120e3)
    for one, other in zip(corners(found), expected, strict=True):
        assert one == near(other)
    assert slopes(found) == near([100e3, 200e3])
    assert found.at(0.1) == near(0.0)
    assert found.at(1.1) is None


def test_without_a_trade_there_is_one_plan(world: World) -> None:
    found = frontier_of(world.scenario(BY_SUPPLY), "capex:power")
    assert len(found.breaks) == 1
    assert corners(found)[0] == near((0.002, 0.0))
    assert slopes(found) == []


def test_corners_between_two_are_found_in_order_and_none_twice() -> None:
    known = [(0.0, 9.0), (1.0, 5.0), (2.0, 2.0), (3.0, 0.5), (5.0, 0.0)]
    asked = []

    def across(one: Corner, other: Corner) -> Corner:
        asked.append((one, other))
        wide, high = other[0] - one[0], one[1] - other[1]
        return min(known, key=lambda x: wide * x[1] + high * x[0])

    found = between(known[0], known[-1], (5.0, 9.0), across)
    assert found == known[1:-1]
    assert len(asked) == len(set(asked)) <= 2 * len(found) + 1


# --- Laws -----------------------------------------------------------------------------


def at_power(scenario: Scenario, mw: float) -> Scenario:
    """Return quickstart with no more power in any period."""
    limits = zip(POWER, (13.0, 22.0), strict=True)
    sets = [f"{path}={min(mw, now):.15g} MW" for path, now in limits]
    return reload(scenario, tuple(sets))


def at_capex(scenario: Scenario, usd: float) -> Scenario:
    return reload(scenario, (f"budgets.capex.2026={usd:.15g} USD",))


def middles(levels: Sequence[float]) -> list[float]:
    return [(one + other) / 2 for one, other in pairwise(levels)]


@pytest.mark.parametrize(
    ("trade", "limited"), [("profit:power", at_power), ("profit:capex", at_capex)]
)
def test_between_breaks_the_best_is_that_of_a_plan_of_its_own(
    trade: str, limited: type[Scenario]
) -> None:
    scenario = load_scenario(SCENARIOS / "quickstart.yaml")
    found = frontier_of(scenario, trade)
    levels = [each.level for each in found.breaks]
    assert len(levels) > 5
    for level in [*levels[1:], *middles(levels)]:
        plan = solve(limited(scenario, level))
        assert plan.objective.value_usd == pytest.approx(found.at(level), rel=1e-9)
    just_below = limited(scenario, levels[0] * (1 - 1e-4))
    assert solve(just_below).status == "infeasible"
    own = solve(scenario).objective.value_usd
    assert own == pytest.approx(found.at(levels[-1]), rel=1e-9)


@pytest.mark.parametrize(
    ("name", "trade", "bends"),
    [
        ("quickstart", "capex:served", True),
        ("quickstart", "served:power", True),
        ("quickstart", "carbon:cost", True),
        ("quickstart", "opex:profit", True),
        ("priorities", "capex:served", True),
        ("lease_or_own", "capex:cost", True),
        ("meta_2026", "capex:power", False),
    ],
)
def test_every_next_unit_gains_less(name: str, trade: str, bends: bool) -> None:  # noqa: FBT001  # a case
    found = frontier_of(load_scenario(SCENARIOS / f"{name}.yaml"), trade)
    best, limit = trade.split(":")
    assert (len(found.breaks) > 1) == bends
    more = {"served", "profit"}
    assert slopes(found) == sorted(set(slopes(found)), reverse=best in more)
    # More of the limit lets there be more, or needs less.
    rises = (best in more) != (limit in more)
    assert {slope > 0 for slope in slopes(found)} <= {rises}


@few
@given(draft=drafts(), trade=st.sampled_from(("capex:served", "profit:power")))
def test_any_frontier_bends_one_way_from_one_optimum_to_the_other(
    draft: Draft, trade: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scenario = draft.load(Path(folder))
        found = frontier_of(scenario, trade)
        other = frontier_of(scenario, ":".join(reversed(trade.split(":"))))
        own = solve(scenario).objective.value_usd
    assert slopes(found) == sorted(set(slopes(found)), reverse=found.best == "profit")
    if found.best == "profit":
        assert found.breaks[-1].best == near(own)
    swapped = sorted((best, level) for level, best in corners(other))
    for one, two in zip(corners(found), swapped, strict=True):
        assert one == pytest.approx(two, rel=1e-7, abs=1e-7)


def test_the_plan_at_a_break_is_what_its_corner_says() -> None:
    scenario = load_scenario(SCENARIOS / "quickstart.yaml")
    found = frontier_of(scenario, "capex:power")
    served = frontier_of(scenario, "served:power")
    for each in (*found.breaks, *served.breaks):
        assert each.figures["peak_power_mw"] == near(each.level)
    assert figure(found, "capex_usd") == near([each.best for each in found.breaks])
    unserved = [1 - each.best for each in served.breaks]
    assert figure(served, "unserved_fraction") == near(unserved)


# Both sites are as good in capex and power; only electricity tells them apart.
TWO_SITES = """
  - {name: dear, power: 1 MW, pue: 1, electricity: 90 USD/MWh, carbon: 0 kg/kWh}
  - {name: cheap, power: 1 MW, pue: 1, electricity: 10 USD/MWh, carbon: 0 kg/kWh}
"""


def test_among_equals_the_scenario_s_own_objective_decides(world: World) -> None:
    one_site = TWO_JOBS.splitlines()[4]
    assert one_site.startswith("sites:")
    text = TWO_JOBS.replace(one_site, f"sites:{TWO_SITES}")
    found = frontier_of(world.scenario(text), "capex:power")
    energy_mwh = 8760 * 0.03
    used_up = 1 / 5  # of the lifetime
    cost_usd = 300e3 * used_up + energy_mwh * 10
    assert found.breaks[1].figures["cost_usd"] == near(cost_usd)


# --- Refusals, and the command --------------------------------------------------------


@pytest.mark.parametrize(
    ("trade", "said"),
    [
        ("capx:power", "did you mean 'capex'"),
        ("capex:watts", "write one of capex, power, served"),
        ("capex", "write e.g. capex:power"),
        ("capex:power:served", "write e.g. capex:power"),
        ("capex:capex", "write e.g. capex:power"),
        ("profit:capex", "write cost"),
        ("carbon:capex", "no decision changes carbon"),
    ],
)
def test_what_is_no_trade_is_refused(world: World, trade: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        frontier_of(world.scenario(TWO_JOBS), trade)


def test_integer_plans_are_refused_by_name() -> None:
    scenario = load_scenario(SCENARIOS / "quickstart.yaml", overrides=["integer=true"])
    with pytest.raises(UsageError, match="integer=false"):
        frontier_of(scenario, "capex:served")


def test_no_plan_is_no_frontier(world: World) -> None:
    scenario = world.scenario(TWO_JOBS, "sites.here.power=1 kW")
    with pytest.raises(InfeasibleError):
        frontier_of(scenario, "capex:power")
    assert command(
        str(SCENARIOS / "impossible_deadline.yaml"), "--trade", "capex:power"
    ) == (3, "")


def test_the_command_prints_a_line_for_every_break() -> None:
    path = str(SCENARIOS / "quickstart.yaml")
    code, text = command(path, "--trade", "profit:power")
    assert code == 0
    assert "most profit with at most so much power" in text
    assert "17.115 MW" in text
    code, text = command(path, "--trade", "profit:power", "--json")
    document = json.loads(text)
    found = frontier_of(load_scenario(path), "profit:power")
    assert document["limit"] == {"name": "power", "unit": "MW"}
    assert [each["level"] for each in document["breaks"]] == [
        each.level for each in found.breaks
    ]
    assert document["breaks"][-1]["slope"] is None


def test_a_long_frontier_is_shown_in_part() -> None:
    path = str(SCENARIOS / "hyperion_build_out.yaml")
    found = frontier_of(load_scenario(path), "profit:capex")
    assert len(found.breaks) > 20
    _, text = command(path, "--trade", "profit:capex", "-q")
    assert f"{len(found.breaks) - 20} more between them" in text
    _, text = command(path, "--trade", "profit:capex", "-v")
    assert "more between them" not in text


def test_the_curve_is_drawn_from_break_to_break(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plot` is not installed")
    path, file = str(SCENARIOS / "quickstart.yaml"), tmp_path / "curve.svg"
    assert command(path, "--trade", "capex:served", "--plot", str(file))[0] == 0
    assert "capex for served" in file.read_text(encoding="utf-8")


def test_a_curve_has_the_numbers_of_its_breaks() -> None:
    found = frontier_of(load_scenario(SCENARIOS / "quickstart.yaml"), "capex:served")
    chart = curve(found, "quickstart")
    (line,) = chart.series
    assert isinstance(line, Line)
    assert (chart.x.unit, chart.y.unit) == ("%", "MUSD")
    assert line.x == near([100 * each.level for each in found.breaks])
    assert line.y == near([each.best / 1e6 for each in found.breaks])


def test_a_file_that_is_no_chart_is_refused_before_anything_is_solved() -> None:
    path = str(SCENARIOS / "impossible_deadline.yaml")
    assert command(path, "--trade", "capex:power", "--plot", "curve.pdf")[0] == 2
