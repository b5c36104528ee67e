"""Accelerators that leave before the end of their life, by hand.

An ``old`` costs 25 kUSD, a ``new`` 40 kUSD; both live 5 years and take 1.25 kW at the
meter, 0.1 USD an hour when busy. An old serves 10 request/s, worth 3.6 USD an hour, a
new twice that. 2026 and 2027 have 8,760 hours.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.formulation.build import Program
from planner.plan.plan import Plan
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from tests.strategies import World
from tests.test_audit import Break, failed, first, part, put, scale_all
from tests.test_hand_cases import fractions, installed, near

YEAR = 8760
EARLY = "early_retirement: true\n"
CHAT = """
objective: maximize_value
accelerators: [old, new]
workloads:
  - name: chat
    kind: inference
    demand: 1000 request/s
    throughput: {old: 10 request/s, new: 20 request/s}
    value: 100 USD/Mrequest
"""
FOUR = "fleet: [{site: here, accelerator: old, count: 4, installed: 2024}]\n"


def here(power: str) -> str:
    return (
        f"sites: [{{name: here, power: {power}, pue: 1.25, electricity: 100 USD/MWh, "
        "carbon: 0.5 kg/kWh}]\n"
    )


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.hardware("old", "orderable: false")
    made.hardware("new", "price: {system: 40 kUSD}")
    return made


def value(plan: Plan) -> float:
    assert plan.objective.value_usd is not None
    return plan.objective.value_usd


def part_of(plan: Plan, name: str) -> float:
    assert plan.objective.parts is not None
    return float(getattr(plan.objective.parts, name))


# ------------------------------------------------------------------ early retirement


def test_old_ones_are_scrapped_where_new_ones_earn_more_on_their_power(
    world: World,
) -> None:
    # Power holds 4. For each: 2 years of 3.6 USD an hour more; 16 kUSD of the new
    # one's price and a fifth of the old one's, what it would be worth after 4 years.
    text = CHAT + FOUR + here("5 kW")
    kept, scrapped = world.plan(text), world.plan(EARLY + text)
    assert installed(kept, "old") == near({"2026": 4, "2027": 4})
    assert installed(scrapped, "new") == near({"2026": 4, "2027": 4})
    assert [
        (row.period, row.accelerator, row.count, row.freed_mw)
        for row in scrapped.early_retirements
    ] == [("2026", "old", near(4), near(0.005))]
    assert part_of(scrapped, "purchases") == near(-160e3)
    assert part_of(scrapped, "residual") == near(4 * 40e3 * 3 / 5 - 4 * 25e3 / 5)
    each = 3.6 * 2 * YEAR - 40e3 * 2 / 5 - 25e3 / 5
    assert value(scrapped) == near(value(kept) + 4 * each)


def test_the_flag_changes_nothing_where_nothing_is_scrapped(world: World) -> None:
    # A new one for 150 kUSD loses 60 kUSD, and the old one's 5 kUSD beside them.
    text = "discount_rate: 8 %/year\n" + CHAT + FOUR + here("7.5 kW")
    dear = "accelerators.new.price.system=150 kUSD"
    without, flag = world.plan(text, dear), world.plan(EARLY + text, dear)
    assert flag.early_retirements == ()
    assert value(flag) == near(value(without))
    for name in ("served_value", "energy", "purchases", "residual"):
        assert part_of(flag, name) == near(part_of(without, name))
    for name in ("old", "new"):
        assert installed(flag, name) == near(installed(without, name))
    (old,) = (row for row in flag.residuals if row.standing)
    assert (old.cohort, old.kept, old.lost_usd) == (4, 4, 0)
    assert old.residual_usd == near(4 * 25e3 / 5 * 1.08**-2)


def test_a_scrapped_purchase_has_no_residual_value(world: World) -> None:
    # An old one earns 3.5 USD an hour in 2026: 30,660 USD of its 25 kUSD. In 2027 a
    # new one takes its power: 31,536 USD more for 8 kUSD and the 15 kUSD that it had.
    world.hardware("old")
    supply = "supply: {old: {2026: 4, 2027: 0}, new: {2027: 9}}\n"
    plan = world.plan(EARLY + CHAT + supply + here("5 kW"))
    assert installed(plan, "old").get("2026") == near(4)
    assert installed(plan, "new") == near({"2027": 4})
    found = {row.accelerator: row for row in plan.residuals}
    assert (found["old"].cohort, found["old"].kept) == (near(4), 0)
    assert found["old"].lost_usd == near(4 * 25e3 * 3 / 5)
    assert part_of(plan, "residual") == near(4 * 40e3 * 4 / 5)
    earned = 4 * 3.5 * YEAR + 4 * 7.1 * YEAR
    assert value(plan) == near(earned - 100e3 - 160e3 + 128e3)


def test_an_early_one_counts_for_what_is_due_later(world: World) -> None:
    # 3 reach their 5 years in 2027. Power of 2026 holds 4 of the 5: one goes before.
    fleet = """
fleet:
  - {site: here, accelerator: old, count: 3, installed: 2021Q3}
  - {site: here, accelerator: old, count: 2, installed: 2024}
supply: {new: 0}
"""
    text = CHAT + fleet + here("5 kW")
    without = world.plan(text)
    assert without.status == "infeasible"
    assert without.infeasibility is not None
    assert without.infeasibility.standing
    plan = world.plan(EARLY + text)
    assert installed(plan, "old") == near({"2026": 4, "2027": 2})
    rows = [(row.period, row.count) for row in plan.early_retirements]
    assert rows == [("2026", near(1))]
    late = scale_all("fleet", retired=0.99)(plan)
    assert "end_of_life" in failed(world.scenario(EARLY + text), late)
    # The young ones stay; the other three would be worth nothing at the end.
    assert part_of(plan, "residual") == near(0)


def test_scrapping_has_a_table(world: World) -> None:
    world.scenario(EARLY + CHAT + FOUR + here("5 kW"))
    path, folder = str(world.folder / "case.yaml"), str(world.folder)
    result = CliRunner().invoke(app, ["solve", path, "--data-dir", folder])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    title = lines.index("Scrapped before the end of life")
    assert lines[title + 3].split() == ["2026", "old", "here", "4", "5", "kW"]
    assert lines[title + 4].startswith("old: 20 kUSD of residual value is lost")


# ------------------------------------------------------------------ transfers


MOVES = "transfers: {cost: 900 USD, accelerators: [old]}\n"
THREE = "horizon: {start: 2026, periods: 3}\n"
ONLY_NEAR = (
    CHAT.replace("demand: 1000", "sites: [near]\n    demand: 40")
    .replace("[old, new]", "[old]")
    .replace(", new: 20 request/s", "")
)
PLACES = """
sites:
  - {name: far, power: 1 GW, pue: 1.25, electricity: 100 USD/MWh, carbon: 0.5 kg/kWh}
  - {name: near, power: 1 GW, pue: 1.25, electricity: 100 USD/MWh, carbon: 0.5 kg/kWh}
"""


def far(installed: str, place: str = "far") -> str:
    entry = f"site: {place}, accelerator: old, count: 4, installed: {installed}"
    return f"fleet: [{{{entry}}}]\n"


def moves(plan: Plan) -> list[tuple[str, str, str, str, float, float]]:
    return [
        (row.site, row.to_site, row.period, row.arrives, row.count, row.cost_usd)
        for row in plan.transfers
    ]


def test_a_move_is_paid_when_it_leaves_and_serves_a_period_later(
    world: World,
) -> None:
    text = "discount_rate: 8 %/year\n" + ONLY_NEAR + PLACES + THREE + far("2025")
    plan = world.plan(text + MOVES)
    assert moves(plan) == [("far", "near", "2026", "2027", near(4), near(3600))]
    assert fractions(plan) == near([0, 1, 1])
    stands = {(r.site, r.period): r.installed for r in plan.fleet if r.installed}
    assert stands == near({("near", "2027"): 4, ("near", "2028"): 4})
    # On its way it takes no power.
    assert next(row.energy_mwh for row in plan.costs) == 0
    assert [row.transfer_usd for row in plan.costs] == near([3600, 0, 0])
    assert part_of(plan, "transfers") == near(-3600)
    assert plan.metrics is not None
    energy = sum(row.energy_usd for row in plan.costs)
    assert plan.metrics.opex_usd == near(energy + 3600)
    assert fractions(world.plan(text)) == near([0, 0, 0])


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (("horizon.periods=2",), 4),
        # None arrives after the last period.
        (("horizon.periods=1",), 0),
        # A year earns 30,660 USD, and saves the idle energy of two.
        (("horizon.periods=2", "transfers.cost=32 kUSD"), 0),
        (("horizon.periods=2", "transfers.cost=31 kUSD"), 4),
        (("sites.near.accelerators=[]",), 0),
        (("accelerators.old.requires=[water]", "sites.far.provides=[water]"), 0),
    ],
)
def test_nothing_moves_in_vain(
    world: World, change: tuple[str, ...], count: float
) -> None:
    text = ONLY_NEAR + PLACES + THREE + far("2025") + MOVES
    plan = world.plan(text, *change)
    assert sum(row.count for row in plan.transfers) == near(count)


def test_what_moves_keeps_its_age(world: World) -> None:
    # Five years old in 2028.
    plan = world.plan(ONLY_NEAR + PLACES + THREE + far("2023") + MOVES)
    assert fractions(plan) == near([0, 1, 0])
    assert {row.site for row in plan.fleet if row.retired} == {"near"}


def test_old_and_young_ones_do_not_change_places_for_free(world: World) -> None:
    # Those of near are due in 2027. Were lifetimes counted over both sites alone,
    # those of far could retire in their stead.
    fleet = """
fleet:
  - {site: near, accelerator: old, count: 4, installed: 2022}
  - {site: far, accelerator: old, count: 4, installed: 2025}
"""
    plan = world.plan(ONLY_NEAR + PLACES + THREE + fleet + MOVES)
    assert moves(plan) == [("far", "near", "2026", "2027", near(4), near(3600))]
    assert fractions(plan) == near([1, 1, 1])


def test_a_site_s_power_can_go_where_its_fleet_can_move(world: World) -> None:
    places = PLACES.replace(
        "name: far, power: 1 GW", "name: far, power: {2026: 5 kW, 2027: 0 W}"
    )
    text = ONLY_NEAR.replace("[near]", "[near, far]") + places + THREE + far("2025")
    assert world.plan(text).status == "infeasible"
    plan = world.plan(text + MOVES)
    assert moves(plan) == [("far", "near", "2026", "2027", near(4), near(3600))]
    assert fractions(plan) == near([0, 1, 1])


def test_only_what_stands_can_leave(
    world: World, program: Callable[[Scenario], Program]
) -> None:
    made = program(world.scenario(ONLY_NEAR + PLACES + THREE + far("2025") + MOVES))
    assert set(made.v.moved.columns) == {
        ("old", "far", "near", 0),
        ("old", "far", "near", 1),
        # What came in 2027 could go back then; it stood nowhere in 2026.
    }


def test_the_residual_value_of_what_moved_is_counted_over_all_sites(
    world: World,
) -> None:
    text = EARLY + ONLY_NEAR + PLACES + THREE + far("2025") + MOVES
    plan = world.plan(text)
    (row,) = plan.residuals
    assert (row.site, row.installed, row.standing) == ("fleet", "2025", True)
    assert (row.cohort, row.kept) == (4, near(4))
    assert row.residual_usd == near(4 * 25e3 / 5)
    assert part_of(plan, "residual") == 0


def test_what_is_on_its_way_stands_in_the_scenario_that_follows(
    world: World,
) -> None:
    world.scenario(ONLY_NEAR + PLACES + THREE + far("2025") + MOVES)
    folder = ["--data-dir", str(world.folder)]
    plan, new = str(world.folder / "plan.json"), str(world.folder / "new.yaml")
    run = CliRunner().invoke
    result = run(app, ["solve", str(world.folder / "case.yaml"), "-o", plan, *folder])
    assert "Transfers" in result.output
    result = run(app, ["init", new, "--from", plan, "--at", "2027", *folder])
    assert result.exit_code == 0, result.output
    (entry,) = load_scenario(new, data_dirs=[world.folder]).spec.fleet
    assert (entry.site, entry.count, entry.installed.label) == ("near", 4, "2025")


# ------------------------------------------------------------------ broken plans


def off(section: str, **values: object) -> Break:
    return lambda plan: first(plan, section, **values)


BREAKS: dict[str, list[Break]] = {
    "fleet_balance": [lambda plan: put(plan, transfers=())],
    "residual": [
        scale_all("residuals", kept=1.001),
        scale_all("residuals", kept=1.001, residual_usd=1.001),
        scale_all("residuals", cohort=1.001),
        scale_all("residuals", residual_usd=1.001),
        scale_all("residuals", lost_usd=1.001),
        lambda plan: first(plan, "residuals", standing=not plan.residuals[0].standing),
        off("residuals", kept=float("nan")),
        lambda plan: put(plan, residuals=()),
        lambda plan: put(plan, residuals=(*plan.residuals, *plan.residuals)),
    ],
    "transfer": [
        scale_all("transfers", count=1.001),
        off("transfers", period="2028", arrives="2029"),
        off("transfers", to_site="far"),
        off("transfers", accelerator="new"),
    ],
    "transfers": [
        scale_all("transfers", cost_usd=1.001),
        off("transfers", arrives="2026"),
        off("transfers", count=-1.0),
    ],
    "early_retirements": [
        scale_all("early_retirements", count=1.001),
        scale_all("early_retirements", freed_mw=1.001),
        off("early_retirements", period="2027"),
        off("early_retirements", site="nowhere"),
        lambda plan: put(plan, early_retirements=()),
    ],
    "names": [off("transfers", to_site="nowhere")],
    "costs": [scale_all("costs", transfer_usd=1.001)],
    "objective": [part("transfers"), part("residual")],
}


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, n) for name, breaks in BREAKS.items() for n in range(len(breaks))],
)
def test_a_broken_plan_fails_the_check_of_that_name(
    world: World, name: str, number: int
) -> None:
    # 2 are scrapped at once for the power of 2026, 4 move in 2026; near gets new ones.
    places = PLACES.replace("far, power: 1 GW", "far, power: {2026: 5 kW, 2027: 0 W}")
    fleet = far("2025").replace("count: 4", "count: 6")
    chat = CHAT.replace("demand: 1000", "sites: [near]\n    demand: 60")
    text = EARLY + chat + places.replace("near, power: 1 GW", "near, power: 6 kW")
    text += THREE + fleet + MOVES
    scenario, plan = world.scenario(text), world.plan(text)
    assert failed(scenario, plan) == set()
    assert name in failed(scenario, BREAKS[name][number](plan))


def test_without_the_flag_nothing_is_scrapped(world: World) -> None:
    text = CHAT + FOUR + here("5 kW")
    plan = world.plan(EARLY + text)
    scenario = world.scenario(text)
    assert {"end_of_life", "residual"} <= failed(scenario, plan)
