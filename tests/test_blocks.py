"""Load blocks and steady runs, solved by hand.

Ten chips stand in every case; the day has a peak of 6 h and a rest of 18 h. ``chat``
takes 8 chips at the peak and 4 in the rest, so that a run finds 2 and 6: 2 all day, or
0.25 · 2 + 0.75 · 6 = 5 on average. A chip trains on 1000 token/s, which is 31.536
Gtoken in a year.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.api import solve
from planner.audit import audit
from planner.formulation.build import Program
from planner.performance.pairing import rates
from planner.plan.plan import Plan
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from tests.strategies import Draft, World, bought, differing, drafts
from tests.test_constraints import row_text
from tests.test_laws import SAME, few, planned, size, value

ROOT = Path(__file__).parents[1]
STANDING = """
supply: {chip: 0}
fleet: [{site: here, accelerator: chip, count: 10, installed: 2024}]
load_blocks: {peak: 6 h, rest: 18 h}
"""
CHAT = """
workloads:
  - name: chat
    kind: inference
    demand: 50 request/s
    throughput: {chip: 10 request/s}
    profile: {peak: 1.6, rest: 0.8}
    peak_to_average: 1
    minimum: 100 %
"""
RUN = """
  - name: run
    kind: training
    tokens: 630.72 Gtoken
    throughput: {chip: 1000 token/s}
    value: 100 MUSD
"""
STEADY = f"{RUN}    steady: true\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def of_run(plan: Plan) -> dict[str, float]:
    """Return the run's accelerators in the first year, by block."""
    return {
        row.block: row.count
        for row in plan.allocation
        if row.workload == "run" and row.period == "2026"
    }


def test_a_run_that_can_be_preempted_fills_the_night(world: World) -> None:
    plan = world.plan(STANDING + CHAT + RUN)
    assert of_run(plan) == near({"peak": 2, "rest": 6})
    assert plan.runs[0].completed_fraction == near(5 / 10)
    assert plan.runs[0].accelerator_hours == near(5 * 2 * 8760)


def test_a_steady_run_gets_what_the_peak_leaves(world: World) -> None:
    plan = world.plan(STANDING + CHAT + STEADY)
    assert of_run(plan) == near({"peak": 2, "rest": 2})
    assert plan.runs[0].completed_fraction == near(2 / 10)
    assert plan.runs[0].accelerator_hours == near(2 * 2 * 8760)
    # Idle: nothing at the peak, 4 of 10 in the rest; the split is the mean.
    split = {row.kind: row.count for row in plan.split if row.period == "2026"}
    assert split == near(
        {"training": 2, "inference": 5, "recommendation": 0, "idle": 3}
    )


def test_a_steady_run_and_its_maximum(world: World) -> None:
    limited = STEADY + "    accelerators: {maximum: 1.5}\n"
    plan = world.plan(STANDING + CHAT + limited)
    assert of_run(plan) == near({"peak": 1.5, "rest": 1.5})
    # One more chip all day is 1/10 of the run: 5 MUSD in each of the two years.
    busy = -8.76 * 0.6 * 1.25 * 100
    prices = {p.period: p.value for p in plan.prices if p.constraint == "run_size"}
    assert prices == near({"2026": 5e6 + busy, "2027": 5e6 + busy})


def test_energy_of_a_steady_run_is_that_of_the_whole_day(world: World) -> None:
    plan = world.plan(STANDING + CHAT + STEADY)
    assert plan.runs[0].energy_mwh == near(2 * 2 * 8760 * 0.8e-3 * 1.25)
    busy = 10 * 0.2 + (5 + 2) * 0.6
    assert [row.energy_mwh for row in plan.costs] == near([8.76 * 1.25 * busy] * 2)


def test_a_steady_run_has_one_column_in_the_rows_of_every_block(
    world: World, program: Callable[[Scenario], Program]
) -> None:
    maximum = "    accelerators: {maximum: 5}\n"
    made = program(world.scenario(STANDING + CHAT + STEADY + maximum))
    texts = [
        row_text(made, number)
        for number, row in enumerate(made.rows)
        if "2026" in row.index
    ]
    run = "assigned__chip__here__run__2026__ALL_DAY"
    for block in ("peak", "rest"):
        chat = f"assigned__chip__here__chat__2026__{block}"
        stands = "installed__chip__here__2026"
        row = f"assignment__chip__here__2026__{block}: 1 {chat} + 1 {run} - 1 {stands}"
        assert f"{row} <= 0" in texts
    assert f"run_size__run__2026__ALL_DAY: 200 {run} <= 1" in texts
    (work,) = [
        row_text(made, number)
        for number, row in enumerate(made.rows)
        if row.constraint == "training_work"
    ]
    both = [f"50 assigned__chip__here__run__{t}__ALL_DAY" for t in (2026, 2027)]
    assert work == f"training_work__run: {' + '.join(both)} - 1 completed__run__0 >= 0"


def test_in_a_day_of_one_block_steady_changes_nothing(
    world: World, program: Callable[[Scenario], Program]
) -> None:
    plain = STANDING.replace("load_blocks: {peak: 6 h, rest: 18 h}", "")
    flat = CHAT.replace("    profile: {peak: 1.6, rest: 0.8}\n", "")
    preempted, steady = (
        program(world.scenario(plain + flat + run)) for run in (RUN, STEADY)
    )
    assert preempted.rows == steady.rows
    both = [
        [made.pairs(row) for row in range(len(made.rows))]
        for made in (preempted, steady)
    ]
    assert both[0] == both[1]
    assert preempted.column_names == steady.column_names


def test_the_audit_rejects_a_steady_run_that_pauses(world: World) -> None:
    scenario = world.scenario(STANDING + CHAT + STEADY)
    plan = world.plan(STANDING + CHAT + STEADY)

    def worst(plan: Plan) -> tuple[float, float]:
        rows = audit(scenario, plan, rates(scenario)).checks
        (row,) = [row for row in rows if row.name == "steady_run"]
        return row.worst, row.tolerance

    assert worst(plan) == (0.0, near(2e-6))
    paused = tuple(
        replace(row, count=row.count - 0.5)
        if (row.workload, row.block) == ("run", "peak")
        else row
        for row in plan.allocation
    )
    assert worst(replace(plan, allocation=paused))[0] == near(0.5)
    gone = tuple(r for r in plan.allocation if (r.workload, r.block) != ("run", "rest"))
    assert worst(replace(plan, allocation=gone))[0] == near(2)


# ------------------------------------------------------------------ night_shift

STEADILY = ("workloads.llama_run.steady=true",)
NO_BLOCKS = (
    "load_blocks=null",
    "workloads.assistant.profile=null",
    "workloads.assistant.peak_to_average=1.485",  # 1.35 of the peak × 1.1 within it
)


@pytest.mark.parametrize(
    ("sets", "capex_musd", "finished", "unpaid", "profit_musd"),
    [
        ((), 2.5, 1, 1, 117.4),
        (STEADILY, 40, 1, 0.41, 84.7),
        (NO_BLOCKS, 40, 0.974, 0.33, 80.6),
    ],
)
def test_night_shift_says_what_the_night_is_worth(
    sets: tuple[str, ...],
    capex_musd: float,
    finished: float,
    unpaid: float,
    profit_musd: float,
) -> None:
    # The numbers of its header: with its budget, then without any money.
    path = ROOT / "scenarios" / "night_shift.yaml"
    plan = solve(load_scenario(path, overrides=sets))
    assert plan.metrics is not None
    assert plan.metrics.capex_usd == pytest.approx(capex_musd * 1e6, abs=0.05e6)
    assert plan.runs[0].completed_fraction == pytest.approx(finished, abs=0.0005)
    poor = solve(load_scenario(path, overrides=(*sets, "budgets.capex=0")))
    assert poor.runs[0].completed_fraction == pytest.approx(unpaid, abs=0.005)
    assert value(poor) == pytest.approx(profit_musd * 1e6, abs=0.05e6)


# ------------------------------------------------------------------ laws

BLOCKS = {"peak": "6 h", "day": "10 h", "night": "8 h"}


def blocked(draft: Draft, **shape: float) -> Draft:
    """Return a draft whose services follow one profile; none: it has one block."""
    services = ("chat", "feed")
    workloads = []
    for workload in draft.scenario["workloads"]:
        kept = {k: v for k, v in workload.items() if k != "profile"}
        if shape and workload["name"] in services:
            kept |= {"profile": shape, "peak_to_average": 1.0}
        elif workload["name"] in services:
            kept["peak_to_average"] = 1.0
        workloads.append(kept)
    found = draft.having(workloads=workloads)
    found.scenario.pop("load_blocks", None)
    return found.having(load_blocks=BLOCKS) if shape else found


@few
@given(draft=drafts())
def test_blocks_with_one_flat_profile_equal_no_blocks(draft: Draft) -> None:
    flat = planned(blocked(draft, peak=1.0, day=1.0, night=1.0))
    plain = planned(blocked(draft))
    assert value(flat) == pytest.approx(value(plain), abs=1e-9 * size(plain))
    keys = "accelerator", "period"
    assert not differing(bought(flat, *keys), bought(plain, *keys), SAME)


@few
@given(draft=drafts(), peak=st.sampled_from([1.1, 1.4, 2.0]))
def test_a_steady_run_never_beats_one_that_can_be_preempted(
    draft: Draft, peak: float
) -> None:
    night = (24 - 6 * peak - 10) / 8
    free = blocked(draft, peak=peak, day=1.0, night=night)
    workloads = [
        {**w, "steady": True} if w["name"] == "run" else w
        for w in free.scenario["workloads"]
    ]
    steady = planned(free.having(workloads=workloads))
    preempted = planned(free)
    assert value(steady) <= value(preempted) + 1e-9 * size(preempted)
