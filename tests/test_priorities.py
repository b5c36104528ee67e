"""serve_by_priority: tiers solved by hand, their prices, laws and refusals.

Chips as in ``test_hand_cases``: 25 k$ each, of which 15 k$ are left after two of five
years; 876 $ of energy a year when busy; 1.25 kW at the meter.
"""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.api import solve, solve_whole
from planner.audit import audit
from planner.cli.app import app
from planner.errors import InputError, Problem
from planner.explain.break_even import break_even
from planner.explain.export import program_text
from planner.explain.flexibility import flexibility_of
from planner.explain.keys import KeyPrice, key_prices
from planner.explain.why_not import why_not
from planner.formulation.arrays import Arrays
from planner.performance.pairing import rates
from planner.pipeline import program_of
from planner.pipeline import run as run_plan
from planner.plan.plan import Plan
from planner.plan.rows import TierRow
from planner.solvers.highs import Live
from planner.solvers.in_turn import solve_in_turn
from planner.solvers.near import Neighbour
from planner.solvers.solution import Solution
from planner.specs.checks import check
from planner.specs.load import load_scenario, reload
from tests.strategies import Draft, World, counts, drafts
from tests.test_laws import few, planned

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "scenarios" / "priorities.yaml"
SITE = (
    "[{name: here, power: 18.75 kW, pue: 1.25, electricity: 100 USD/MWh, "
    "carbon: 0.5 kg/kWh}]"
)


def service(name: str, rest: str, *, demand: str = "100 request/s") -> str:
    rate = "" if "throughput" in rest else ", throughput: {chip: 10 request/s}"
    return f"  - {{name: {name}, kind: inference, demand: {demand}{rate}, {rest}}}\n"


TWO_TIERS = (
    f"objective: serve_by_priority\nsites: {SITE}\nworkloads:\n"
    + service("chat", "priority: 1")
    + service("batch", "priority: 2, weight: 3, value: 9 USD/request")
)
STANDING = (
    "objective: serve_by_priority\nsupply: {chip: 0}\n"
    "fleet: [{site: here, accelerator: chip, count: 10, installed: 2024}]\n"
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def tiers(plan: Plan) -> dict[int, tuple[float, float]]:
    return {row.priority: (row.minimum, row.total) for row in plan.tiers}


def in_order(plan: Plan) -> list[float]:
    """Return smallest achievement and total of each tier, the first one first."""
    return [number for row in plan.tiers for number in (row.minimum, row.total)]


def key_price(world: World, text: str, path: str, *sets: str) -> KeyPrice:
    scenario = world.scenario(text, *sets)
    found = key_prices(scenario, solve(scenario).prices)
    return next(price for price in found if price.path == path)


# ------------------------------------------------------------------ solved by hand


def test_the_first_tier_is_served_before_the_second(world: World) -> None:
    # 18.75 kW hold 15 chips: 10 for chat, 5 of the 10 that batch asks for. The value
    # of batch is ignored; what is bought is what the tiers need, at its cost.
    plan = world.plan(TWO_TIERS)
    assert in_order(plan) == near([1, 1, 1 / 2, 3 / 2])
    assert plan.objective.value_usd == near(15 * (25e3 - 15e3) + 2 * 15 * 876)
    assert plan.metrics is not None
    assert plan.metrics.cost_usd == plan.objective.value_usd
    assert plan.metrics.profit_usd is None
    parts = plan.objective.parts
    assert parts is not None
    assert (parts.served_value, parts.run_value) == (0, 0)
    assert plan.certificate is not None
    assert plan.certificate.verified
    assert plan.certificate.unique


def test_a_price_is_of_the_first_tier_that_changes_with_its_cost_beside(
    world: World,
) -> None:
    # One more chip serves 10 of batch's 100 request/s, for 10 k$ and 2 · 876 $.
    price = key_price(world, TWO_TIERS, "sites.here.power")
    assert price.unit == "tier 2 share per MW"
    assert price.value == near(0.1 / 1.25e-3)
    assert price.cost_usd == near(-(10e3 + 2 * 876) / 1.25e-3)
    # One more request/s of chat takes a tenth of a chip from batch, at no cost.
    price = key_price(world, TWO_TIERS, "workloads.chat.demand")
    assert (price.unit, price.value) == ("tier 2 share per request/s", near(-0.01))
    assert price.cost_usd == near(0)


def test_a_price_of_a_tier_is_a_finite_difference(world: World) -> None:
    less, more = (
        tiers(world.plan(TWO_TIERS.replace("18.75", power)))[2][0]
        for power in ("18.7", "18.8")
    )
    price = key_price(world, TWO_TIERS, "sites.here.power")
    assert (more - less) / 1e-4 == pytest.approx(price.value, rel=1e-6)


def test_within_a_tier_the_least_served_comes_first(world: World) -> None:
    # 10 chips for chat, which needs 10, and batch, which needs 20 at 5 request/s:
    # a third of each.
    slow = "throughput: {chip: 5 request/s}"
    text = STANDING + "workloads:\n" + service("chat", "priority: 4, weight: 7")
    plan = world.plan(text + service("batch", f"{slow}, priority: 4"))
    assert in_order(plan) == near([1 / 3, 7 / 3 + 1 / 3])


def test_what_the_least_served_leaves_goes_by_weight(world: World) -> None:
    # `stuck` may use the 2 cards alone, which serve 20 of its 100: 20 % is the least.
    # chat then holds 2 of 10 chips and batch 4 of 20; a chip more serves 10 % of
    # chat or 5 % of batch, which counts three times: batch gets the other 4.
    world.hardware("card", "orderable: false")
    fleet = "[{site: here, accelerator: chip, count: 10, installed: 2024}, "
    fleet += "{site: here, accelerator: card, count: 2, installed: 2024}]"
    stuck = "throughput: {card: 10 request/s}, accelerators: {allowed: [card]}"
    own = "accelerators: {allowed: [chip]}, priority: 1"
    text = (
        "objective: serve_by_priority\naccelerators: [chip, card]\n"
        f"supply: {{chip: 0}}\nfleet: {fleet}\nworkloads:\n"
        + service("chat", own)
        + service("batch", f"throughput: {{chip: 5 request/s}}, weight: 3, {own}")
        + service("stuck", f"{stuck}, priority: 1")
    )
    plan = world.plan(text)
    assert counts(plan, "workload")["batch",] == near(8 + 8)
    assert in_order(plan) == near([0.2, 0.2 + 3 * 0.4 + 0.2])


def test_a_run_achieves_what_is_completed_and_a_service_its_mean(world: World) -> None:
    # chat takes all 10 chips in 2026 and none in 2027 (no demand: left out of its
    # mean); the run asks for 10 chips for two years and finds those of 2027.
    run = "  - {name: run, kind: training, tokens: 630.72 Gtoken, priority: 2, "
    run += "throughput: {chip: 1000 token/s}}\n"
    demand = "{2026: 100 request/s, 2027: 0 request/s}"
    text = STANDING + "workloads:\n" + service("chat", "priority: 1", demand=demand)
    plan = world.plan(text + run)
    assert in_order(plan) == near([1, 1, 1 / 2, 1 / 2])


def test_a_minimum_binds_whatever_comes_first(world: World) -> None:
    owed = TWO_TIERS.replace("weight: 3", "weight: 3, minimum: 60 %")
    plan = world.plan(owed)
    assert in_order(plan) == near([0.9, 0.9, 0.6, 1.8])
    price = key_price(world, owed, "workloads.batch.minimum")
    assert price.unit == "tier 1 share per 100 %"
    assert price.value == near(-1)


def test_a_tier_that_cannot_lose_has_no_price_and_costs_least(world: World) -> None:
    # Enough for all; `dear` does what chip does for more money and stays away.
    world.hardware("dear", "price: {system: 30 kUSD}")
    text = TWO_TIERS.replace("18.75 kW", "1 GW") + "accelerators: [chip, dear]\n"
    both = text.replace(
        "{chip: 10 request/s}", "{chip: 10 request/s, dear: 10 request/s}"
    )
    plan = world.plan(both)
    assert in_order(plan) == near([1, 1, 1, 3])
    assert {row.accelerator for row in plan.purchases} == {"chip"}
    assert not [row for row in plan.prices if row.constraint == "site_power"]
    demands = {row.unit for row in plan.prices}
    assert demands == {"USD per request/s"}


def test_infeasible_tiers_say_what_collides(world: World) -> None:
    plan = world.plan(
        TWO_TIERS.replace("weight: 3", "minimum: 100 %").replace("18.75", "10")
    )
    assert plan.status == "infeasible"
    assert plan.tiers == ()
    assert plan.infeasibility is not None
    assert plan.infeasibility.fixes


# ------------------------------------------------------------------ faces, not cuts


def arrays(cost: list[float]) -> Arrays:
    """Return x ≤ 3 and y − 2x ≥ 0, at a cost, in x and y ≥ 0."""
    inf = float("inf")
    return Arrays(
        cost=np.array(cost),
        lower=np.zeros(2),
        upper=np.full(2, inf),
        row_lower=np.array([-inf, 0.0]),
        row_upper=np.array([3.0, inf]),
        start=np.array([0, 1, 3], dtype=np.int32),
        index=np.array([0, 0, 1], dtype=np.int32),
        value=np.array([1.0, -2.0, 1.0]),
        whole=np.zeros(2, dtype=bool),
    )


def solved(program: Arrays) -> Solution:
    live = Live()
    live.load(program)
    return live.run()


def test_a_face_keeps_the_price_that_a_cut_on_the_objective_loses() -> None:
    # Most x, then least y: x = 3, y = 6. One more of x ≤ 3 adds 1 to x and 2 to y.
    program = arrays([0.0, 1.0])
    found = solve_in_turn(program, [np.array([-1.0, 0.0])], np.ones(2), solved)
    assert found.values == near([3, 6])
    assert found.stages[0].duals[0] == near(-1)
    assert found.duals[0] == near(2)
    # A cut x ≥ 3 in its place keeps the plan and bears the price itself.
    cut = solved(replace(program, lower=np.array([3.0, 0.0])))
    assert cut.values == near([3, 6])
    assert cut.duals[0] == near(0)


def test_a_later_objective_cannot_cost_an_earlier_one(world: World) -> None:
    found = solve_whole(world.scenario(TWO_TIERS))
    assert len(found.solution.stages) == len(found.program.stages) == 2
    for stage in found.solution.stages:
        reached = float(stage.handed_over.cost @ found.solution.values)
        assert abs(reached - stage.objective) <= 1e-9 * abs(stage.objective)


# ------------------------------------------------------------------ laws


def ranked(draft: Draft, *names: str) -> Draft:
    """Return a draft with tiers in the order of the names, without others."""
    given = {w["name"]: w for w in draft.scenario["workloads"]}
    workloads = [
        {**given[name], "priority": rank, "weight": rank}
        for rank, name in enumerate(names, 1)
    ]
    return draft.having(workloads=workloads, objective="serve_by_priority")


@few
@given(draft=drafts(), order=st.permutations(["chat", "feed", "run"]))
def test_a_lower_tier_takes_nothing_from_a_higher_one(
    draft: Draft, order: list[str]
) -> None:
    alone = tiers(planned(ranked(draft, *order[:2])))
    beside = tiers(planned(ranked(draft, *order)))
    for rank, (least, total) in alone.items():
        assert beside[rank] == pytest.approx((least, total), abs=1e-7)


@settings(few, max_examples=6)
@given(draft=drafts(), order=st.permutations(["chat", "feed", "run"]))
def test_both_solvers_find_the_same_tiers_and_cost(
    draft: Draft, order: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    scenario = ranked(draft, *order).load(tmp_path_factory.mktemp("draft"))
    first, second = solve(scenario), solve(scenario, solver="cbc")
    assert (first.status, second.status) == ("optimal", "optimal")
    for rank, found in tiers(first).items():
        assert tiers(second)[rank] == pytest.approx(found, abs=1e-7)
    size = max(1.0, *(abs(row.capex_usd) for row in first.costs))
    assert first.objective.value_usd == pytest.approx(
        second.objective.value_usd, abs=1e-7 * size
    )


@few
@given(draft=drafts())
def test_more_power_never_lowers_a_first_tier(draft: Draft) -> None:
    less = ranked(draft, "chat", "feed", "run")
    more = less.mapped(lambda x: x.times(Decimal("1.1")) if x.kind == "power" else x)
    (low, _), (high, _) = tiers(planned(less))[1], tiers(planned(more))[1]
    assert high >= low - 1e-9


# ------------------------------------------------------------------ audit


@pytest.mark.parametrize(
    "wrong",
    [
        (TierRow(1, 1.0, 1.0),),
        (TierRow(1, 1.0, 1.0), TierRow(2, 0.5, 1.4)),
        (TierRow(1, 0.9, 1.0), TierRow(2, 0.5, 1.5)),
        (TierRow(1, 1.0, 1.0), TierRow(2, 0.5, 1.5), TierRow(3, 1.0, 1.0)),
    ],
)
def test_the_audit_rejects_tiers_that_the_rows_do_not_show(
    world: World, wrong: tuple[TierRow, ...]
) -> None:
    scenario = world.scenario(TWO_TIERS)
    plan = solve(scenario)
    assert plan.audit is not None
    assert plan.audit.passed
    found = audit(scenario, replace(plan, tiers=wrong), rates(scenario))
    failed = [row.name for row in found.checks if row.worst > row.tolerance]
    assert failed == ["tier_minimum"]


def test_other_objectives_have_no_tiers(world: World) -> None:
    plan = world.plan(
        TWO_TIERS.replace("serve_by_priority", "minimize_cost").replace("18.75", "30")
    )
    assert plan.tiers == ()
    assert all(row.stages == () for row in plan.prices)


# ------------------------------------------------------------------ explain and command


def test_every_workload_needs_a_priority(world: World) -> None:
    with pytest.raises(InputError) as caught:
        world.scenario(TWO_TIERS.replace(", priority: 1", ""))
    (problem,) = caught.value.problems
    said = "workloads.chat: has no priority, as serve_by_priority needs; write e.g."
    assert said in str(problem)


def test_whole_systems_are_refused_by_name(world: World) -> None:
    # Prices and faces of tiers are those of a continuous program.
    scenario = world.scenario(TWO_TIERS)
    whole = scenario.spec.model_copy(update={"integer": True})
    problems: list[Problem] = []
    check(replace(scenario, spec=whole), problems)
    (problem,) = problems
    said = "integer: is not supported together with serve_by_priority"
    assert said in str(problem)


def test_flexibility_keeps_what_the_tiers_achieve(world: World) -> None:
    found = solve_whole(world.scenario(TWO_TIERS))
    items = flexibility_of(found.program, found.solution, 0.1)
    shares = {each.item: (each.least, each.most) for each in items}
    assert shares["chat"] == near((1, 1))
    assert shares["batch"] == near((1 / 2, 1 / 2))


def test_break_even_is_found_by_solving_again(world: World) -> None:
    found = solve_whole(world.scenario(TWO_TIERS))

    def again(sets: tuple[str, ...], near: Neighbour | None) -> object:
        return run_plan(reload(found.scenario, sets), near=near)

    changes = break_even(found, "sites.here.power", again)  # type: ignore[arg-type]  # what it solves
    (change,) = changes
    # At 25 kW both are served in full.
    assert change.value == pytest.approx(0.025, rel=1e-3) or change.value == (
        pytest.approx(25, rel=1e-3)
    )
    assert "stops binding" in change.enters


def test_why_not_says_that_it_would_take_from_a_tier(world: World) -> None:
    world.hardware("slow")
    text = TWO_TIERS + "accelerators: [chip, slow]\n"
    both = text.replace(
        "{chip: 10 request/s}", "{chip: 10 request/s, slow: 1 request/s}"
    )
    found = solve_whole(world.scenario(both))
    told = why_not(found, "slow", "batch", lambda _: False)
    assert told.reason == "limits"
    assert "would take from a tier" in told.detail


def test_an_exported_program_says_what_comes_before_its_objective(world: World) -> None:
    text = program_text(program_of(world.scenario(TWO_TIERS)), ".mps")
    first = text.splitlines()[0]
    assert first == (
        "* to be maximised before this: smallest achievement of tier 1, smallest "
        "achievement of tier 2"
    )


def test_the_shipped_scenario_shows_who_goes_without() -> None:
    plan = solve(load_scenario(SHIPPED))
    found = tiers(plan)
    assert found[1] == near((1, 1))
    assert found[2][0] == pytest.approx(0.972, abs=5e-4)
    assert found[3][0] == pytest.approx(0.129, abs=5e-4)
    names = ("assistant", "llama_run", "research")
    equal = tuple(f"workloads.{name}.priority=1" for name in names)
    (one,) = solve(load_scenario(SHIPPED, overrides=equal)).tiers
    assert one.minimum == pytest.approx(0.79, abs=5e-4)


def test_prices_of_the_shipped_scenario_are_finite_differences() -> None:
    # Not unique: the price lies between the gain of one more and the loss of one less.
    scenario = load_scenario(SHIPPED)
    before = solve(scenario)
    price = next(
        price
        for price in key_prices(scenario, before.prices)
        if price.path == "sites.ohio.power"
    )

    def gain(mw: float) -> tuple[float, float]:
        after = run_plan(reload(scenario, (f"sites.ohio.power={12 + mw} MW",))).plan
        assert after.objective.value_usd is not None
        assert before.objective.value_usd is not None
        cost = after.objective.value_usd - before.objective.value_usd
        return (tiers(after)[2][0] - tiers(before)[2][0]) / mw, -cost / mw

    (more, more_usd), (less, less_usd) = gain(1e-3), gain(-1e-3)
    assert more * (1 - 1e-6) <= price.value <= less * (1 + 1e-6)
    assert price.cost_usd is not None
    assert min(more_usd, less_usd) * 1.01 <= price.cost_usd <= 0


def test_the_command_shows_each_tier_s_loss_and_prices() -> None:
    from typer.testing import CliRunner  # noqa: PLC0415

    told = CliRunner().invoke(app, ["solve", str(SHIPPED)]).stdout
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert "1 100 % 0 % -" in lines
    assert "3 12.9 % 87.1 % research 12.9 % served" in lines
    assert any("one more MW at ohio is worth at most" in line for line in lines)
    shown = CliRunner().invoke(app, ["explain", str(SHIPPED), "--json"]).stdout
    document = json.loads(shown)
    power = next(k for k in document["keys"] if k["path"] == "sites.ohio.power")
    assert power["unit"] == "tier 2 share per MW"
    assert power["cost_usd"] < 0
    assert power["of_a_hundredth_usd"] is None
    assert all(len(row["stages"]) == 5 for row in document["prices"])
