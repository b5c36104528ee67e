"""Leases from outside: audits of broken plans, refusals, commands, continuations."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.audit import audit
from planner.cli.app import app
from planner.errors import InputError
from planner.explain.own_or_lease import own_or_lease
from planner.performance.pairing import rates
from planner.periods import Span
from planner.pipeline import run
from planner.plan.plan import Plan
from planner.plan.rows import LeaseRow
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from tests.leasing import CLOUD, chat, leased, near, offers, signed
from tests.strategies import World

ANY_HOUR = (
    "cannot stand on an on-demand offer, which ends any hour; remove it, or on_demand"
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


# ----------------------------------------------------------------------------- audit


@pytest.fixture
def honest(world: World) -> tuple[Scenario, Plan]:
    """Return a plan with a reserved offer, one on demand and a run on each."""
    text = (
        CLOUD
        + "load_blocks: {day: 12 h, night: 12 h}\n"
        + chat(
            "{2026: 100 request/s, 2027: 50 request/s}",
            "    profile: {day: 1.5, night: 0.5}\n    peak_to_average: 1\n",
        )
        + offers(
            "name: reserved, price: 2 USD/hour, term: 2 year, limit: 8, committed: 1",
            "name: hourly, price: 3 USD/hour, on_demand: true, limit: 12",
        )
    )
    scenario = world.scenario(text)
    plan = run(scenario).plan
    assert {row.offer for row in plan.leases} == {"reserved", "hourly"}
    return scenario, plan


def failed(honest: tuple[Scenario, Plan], plan: Plan) -> set[str]:
    scenario, _ = honest
    checks = audit(scenario, plan, rates(scenario)).checks
    return {check.name for check in checks if check.worst > check.tolerance}


def changed(plan: Plan, which: str, /, **numbers: Any) -> Plan:
    """Return the plan with the first row of an offer changed."""
    number = [row.offer for row in plan.leases].index(which)
    rows = list(plan.leases)
    rows[number] = replace(rows[number], **numbers)
    return replace(plan, leases=tuple(rows))


def row_of(plan: Plan, offer: str) -> LeaseRow:
    return next(row for row in plan.leases if row.offer == offer)


def test_the_honest_plan_passes(honest: tuple[Scenario, Plan]) -> None:
    assert failed(honest, honest[1]) == set()


@pytest.mark.parametrize(
    ("offer", "column", "factor", "expected"),
    [
        ("reserved", "count", 4.0, {"lease_limit", "lease_term", "leases"}),
        ("reserved", "count", 0.0, {"lease_limit", "lease_term", "assignment"}),
        ("reserved", "signed", 0.5, {"lease_term"}),
        (
            "reserved",
            "hours",
            0.9,
            {"leases", "costs", "metrics", "objective", "split"},
        ),
        ("reserved", "lease_usd", 0.9, {"leases"}),
        ("hourly", "count", 2.0, {"lease_limit", "lease_term"}),
        ("hourly", "hours", 0.5, {"leases", "costs", "objective", "split"}),
        ("hourly", "hours", 2.0, {"leases", "costs", "objective", "split"}),
        ("hourly", "lease_usd", 2.0, {"leases"}),
    ],
)
def test_a_broken_row_is_rejected(
    honest: tuple[Scenario, Plan],
    offer: str,
    column: str,
    factor: float,
    expected: set[str],
) -> None:
    plan = honest[1]
    number = getattr(row_of(plan, offer), column) * factor
    assert expected <= failed(honest, changed(plan, offer, **{column: number}))


def test_other_lies_about_leases_are_rejected(honest: tuple[Scenario, Plan]) -> None:
    plan = honest[1]
    assert "lease_term" in failed(honest, changed(plan, "hourly", signed=1.0))
    assert "names" in failed(honest, changed(plan, "hourly", offer="cloud"))
    assert "leases" in failed(honest, changed(plan, "hourly", accelerator="card"))
    assert "nonnegative" in failed(honest, changed(plan, "reserved", signed=-1.0))
    gone = replace(plan, leases=tuple(r for r in plan.leases if r.offer != "hourly"))
    assert {"assignment", "costs"} <= failed(honest, gone)
    kept = tuple(row for row in plan.budgets if row.name != "lease_limit")
    assert "budgets" in failed(honest, replace(plan, budgets=kept))


def test_work_at_an_offer_that_it_may_not_use_is_rejected(world: World) -> None:
    both = offers("name: one, price: 2 USD/hour", "name: other, price: 3 USD/hour")
    text = CLOUD + chat("10 request/s", "    sites: ['lease:one']\n") + both
    scenario = world.scenario(text)
    plan = run(scenario).plan

    def elsewhere(place: str) -> Plan:
        rows = tuple(replace(row, site=place) for row in plan.allocation)
        return replace(plan, allocation=rows)

    case = scenario, plan
    assert failed(case, plan) == set()
    moved = failed(case, elsewhere("lease:other"))
    assert {"assignment", "assignment_allowed"} <= moved
    assert "names" in failed(case, elsewhere("lease:nowhere"))
    assert "names" in failed(case, elsewhere("one"))


# -------------------------------------------------------------------- wrong and right


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        (
            "name: cloud, price: 2 USD/hour, on_demand: true, term: 1 year",
            f"leases.cloud.term: {ANY_HOUR}",
        ),
        (
            "name: cloud, price: 2 USD/hour, on_demand: true, committed: 3",
            f"leases.cloud.committed: {ANY_HOUR}",
        ),
        (
            "name: cloud, price: 2 USD/hour, limit: 3, committed: 4",
            "leases.cloud.committed: 4 is above the limit 3; write at most 3",
        ),
        (
            "name: cloud",
            "chip has no price.rental; write e.g. 'price: 2.5 USD/hour'",
        ),
        (
            "name: cloud, price: 0 USD/hour",
            "cloud.price: '0 USD/hour' must be above 0; write e.g. '2.5 USD/hour'",
        ),
        (
            "name: cloud, price: {2027: 1 USD/hour}",
            "leases.cloud.price: begins with 2027, after 2026; add a value for 2026",
        ),
        (
            "name: cloud, price: 2 USD/hour, term: 0 month",
            "leases.cloud.term: '0 month' must be above 0; write e.g. '12 month'",
        ),
        (
            "name: cloud, price: 2 USD/hour, signed: {2026: 4}",
            "start 2026; remove it: the plan itself signs from the start on",
        ),
        (
            "name: cloud, price: 2 USD/hour, limit: 3, term: 2 year, signed: {2025: 4}",
            "signed: 4 that still run are more than the limit of 3; raise the limit",
        ),
        (
            "name: cloud, price: 2 USD/hour, acelerator: chip",
            "leases.cloud.acelerator: unknown key (did you mean 'accelerator'?)",
        ),
    ],
)
def test_wrong_offers_are_refused(world: World, offer: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        world.scenario(CLOUD + chat("10 request/s") + offers(offer))
    (problem,) = caught.value.problems
    assert str(problem).endswith(expected)
    assert problem.line > 0


def test_offers_of_strangers_and_twins_are_refused_at_once(world: World) -> None:
    text = (
        "leases:\n  - {name: cloud, accelerator: chop, price: 2 USD/hour}\n"
        "  - {name: cloud, accelerator: chip, price: 2 USD/hour}\n"
    )
    with pytest.raises(InputError) as caught:
        world.scenario(chat("10 request/s", "    sites: ['lease:clod']\n") + text)
    told = "\n".join(map(str, caught.value.problems))
    assert "'chop' is not one of this scenario's accelerators" in told
    assert "'cloud' is used twice" in told
    assert "'lease:clod' is not one of this scenario's sites" in told
    assert "did you mean 'lease:cloud'" in told


def test_a_commitment_before_the_accelerator_exists_is_refused(world: World) -> None:
    world.hardware("chip", "available: 2026-07")
    offer = "name: cloud, price: 2 USD/hour, committed: 4"
    with pytest.raises(InputError, match="chip is available from 2026-07 on"):
        world.scenario(CLOUD + chat("10 request/s") + offers(offer))


def test_a_term_that_is_over_is_a_warning(world: World) -> None:
    offer = "name: cloud, price: 2 USD/hour, signed: {2024: 4}"
    scenario = world.scenario(CLOUD + chat("10 request/s") + offers(offer))
    assert "the term of 4 chip is over" in str(scenario.warnings[0])


def test_neither_site_nor_lease_is_refused(world: World) -> None:
    with pytest.raises(InputError, match="sites: is empty; write at least one"):
        world.scenario(CLOUD + chat("10 request/s"))


# ----------------------------------------------------------------------- from outside


def test_solve_prints_leases_and_their_cost(world: World) -> None:
    offer = offers("name: cloud, price: 2 USD/hour")
    world.scenario(CLOUD + chat("100 request/s") + offer)
    path, data = str(world.folder / "case.yaml"), str(world.folder)
    found = CliRunner().invoke(app, ["solve", path, "--data-dir", data])
    assert found.exit_code == 0, found.output
    assert "Leases\n" in found.output
    assert "87,600" in found.output
    assert "350.4 kUSD" in found.output
    told = CliRunner().invoke(app, ["solve", path, "--data-dir", data, "--json"])
    rows = json.loads(told.stdout)["leases"]
    assert [row["period"] for row in rows] == ["2026", "2027"]
    assert rows[0] == {
        "offer": "cloud",
        "accelerator": "chip",
        "period": "2026",
        "count": near(10),
        "signed": near(10),
        "hours": near(87_600),
        "lease_usd": near(175_200),
    }


def test_a_continuation_keeps_what_is_signed(world: World) -> None:
    # 1 chip reserved for three quarters in 2026Q1, again in Q4. From Q3 on the first
    # still runs for a quarter; the second is signed by the plan that follows.
    text = "horizon: {start: 2026Q1, periods: 4}\n" + CLOUD + chat("10 request/s")
    offer = offers("name: cloud, price: 2 USD/hour, term: 9 month")
    before = run(world.scenario(text + offer)).plan
    assert signed(before, "cloud") == near({"2026Q1": 1, "2026Q4": 1})
    plan, then = world.folder / "plan.json", world.folder / "next.yaml"
    data = ["--data-dir", str(world.folder)]
    case = str(world.folder / "case.yaml")
    told = CliRunner().invoke(app, ["solve", case, *data, "-o", str(plan)])
    assert told.exit_code == 0, told.output
    asked = ["init", str(then), "--from", str(plan), "--at", "2026Q3", *data]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    after = load_scenario(then, data_dirs=[world.folder])
    assert after.spec.leases[0].signed == {Span.parse("2026Q1"): 1}
    assert after.warnings == ()
    found = run(after).plan
    assert leased(found, "cloud") == near({"2026Q3": 1, "2026Q4": 1})
    assert signed(found, "cloud") == near({"2026Q4": 1})


def test_explain_sets_owning_beside_leasing(world: World) -> None:
    # Owned: 25 k$ / (5 · 8,766 h) + 0.2 kW · 1.25 · 0.1 $/kWh held, 0.6 kW on top when
    # it works. Two of four chips work in the second half of the day.
    blocks = "load_blocks: {day: 12 h, night: 12 h}\n"
    more = "    profile: {day: 1.5, night: 0.5}\n    peak_to_average: 1\n"
    scenario = world.scenario(
        blocks
        + "supply: {chip: 0}\n"
        + chat("100 request/s", more)
        + "fleet: [{site: here, accelerator: chip, count: 10, installed: 2025}]\n"
        + offers("name: hourly, price: 2 USD/hour, on_demand: true"),
    )
    ways = own_or_lease(scenario, run(scenario).plan)
    assert [(way.place, way.terms) for way in ways] == [("lease:hourly", "on demand")]
    bought = world.scenario(
        blocks
        + chat("100 request/s", more)
        + offers("name: hourly, price: 1.5 USD/hour, on_demand: true"),
    )
    own, hourly = own_or_lease(bought, run(bought).plan)
    held = 25_000 / 5 / 8766 + 0.2 * 1.25 * 0.1
    busy = 0.6 * 1.25 * 0.1
    assert own.held_usd == near(held)
    # At 1.5 $/h owning pays above 42 % of the hours: all 15 of the day work half of it.
    assert hourly.owning_pays_above == near(held / (1.5 - busy))
    assert (own.hours, own.utilisation) == near((15 * 17_520, 2 / 3))
    assert own.worked_usd == near(held * 1.5 + busy)
    assert (hourly.hours, hourly.worked_usd) == near((0, 1.5))


def test_a_wrong_offer_is_one_line_and_exit_2(world: World) -> None:
    path = world.folder / "case.yaml"
    offer = "name: cloud, price: 2 USD/hour"
    world.scenario(CLOUD + chat("10 request/s") + offers(offer))
    wrong = path.read_text().replace(offer, f"{offer}, on_demand: true, term: 1 year")
    path.write_text(wrong)
    asked = ["solve", str(path), "--data-dir", str(world.folder)]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 2
    (line,) = found.stderr.splitlines()
    assert line.endswith(f"leases.cloud.term: {ANY_HOUR}")
    assert found.stdout == ""


def test_explain_finds_break_even_and_ways_from_outside(world: World) -> None:
    world.scenario(
        chat("100 request/s")
        + offers(
            "name: cloud, price: 0.6 USD/hour, limit: 4",
            "name: hourly, price: 2 USD/hour, on_demand: true",
        )
    )
    case = [str(world.folder / "case.yaml"), "--data-dir", str(world.folder)]

    def explained(*words: str) -> dict[str, Any]:
        told = CliRunner().invoke(app, ["explain", *case, "--json", *words])
        assert told.exit_code == 0, told.output
        return json.loads(told.stdout)  # type: ignore[no-any-return]

    # Owning costs 11,752 $ for two years, 0.670776 $/h.
    (found,) = explained("--break-even", "leases.cloud.price")["break_even"]
    assert found["value"] == pytest.approx(11_752 / 17_520, rel=2e-4)
    assert found["enters"] == "cloud is dropped"
    told = CliRunner().invoke(app, ["explain", *case]).stdout
    assert "one more accelerator of cloud" in told
    assert "Own or lease, USD per accelerator-hour" in told
    ways = [(way["place"], way["terms"]) for way in explained()["own_or_lease"]]
    assert ways == [
        ("own", "owned"),
        ("lease:cloud", "reserved"),
        ("lease:hourly", "on demand"),
    ]
    ranges = explained("--flexibility", "0%")["flexibility"]
    items = {each["item"]: each for each in ranges}
    assert (items["cloud"]["kind"], items["cloud"]["plan"]) == ("lease", near(4))
