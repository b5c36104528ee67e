"""Solvers: two that agree, honest endings, true prices, one plan among equals."""

import json
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pulp
import pytest
import yaml

from planner.api import solve
from planner.errors import InternalError, UsageError
from planner.formulation.arrays import Arrays
from planner.formulation.build import Program
from planner.plan.plan import SECTIONS, Plan
from planner.plan.values import values_of
from planner.solvers.bridge import Highs, arrays_of
from planner.solvers.cbc import Cbc, find_cbc
from planner.solvers.highs import Live
from planner.solvers.solution import Solution
from planner.solvers.solve import SolverName, solve_program
from planner.solvers.tie_break import break_ties, weights_of
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario

ROOT = Path(__file__).parents[1]
AGREEMENT = 1e-7
"""Relative, between the objectives of two solvers."""
SAME = 1e-6
"""Accelerators, and shares, between two plans that must be one."""

Tiny = Callable[..., Scenario]
MakeProgram = Callable[[Scenario], Program]
ShippedPlan = Callable[[str, str], Plan]


def cbc_is_missing() -> bool:
    try:
        find_cbc()
    except UsageError:
        return True
    return False


needs_cbc = pytest.mark.skipif(
    cbc_is_missing(), reason="no CBC: not in PuLP, not on PATH, no cbcbox"
)
each_solver = pytest.mark.parametrize(
    "solver", ["highs", pytest.param("cbc", marks=needs_cbc)]
)


# --- What is found --------------------------------------------------------------------


@each_solver
def test_tiny_is_planned_as_by_hand(tiny: Tiny, solver: SolverName) -> None:
    plan = solve(tiny(), solver=solver)
    hours = 8760.0
    chat_usd = 3600 * hours * 0.001
    # A small bought in 2026 serves half of its life, one of 2027 a quarter.
    purchases = 440 * 6000 * 0.5 + (26 + 2 / 3) * 6000 * 0.25
    north, south = hours * 1.25 * 50e-6, hours * 1.5 * 80e-6  # $ per W and year
    use = 1 / 1.25
    energy_2026 = north * (100 * 1000 + 50 * 2000 + 50 * 2000 * use) + (
        north * 400 + south * 40
    ) * (300 + 500 * use)
    energy_2027 = north * (100 * 1000 + 100 * 2000 * use) + (
        north * 400 + south * (66 + 2 / 3)
    ) * (300 + 500 * use)
    maintenance = 2 * 100 * 0.05 * 30000
    value = chat_usd * (432 + 800 * 2 / 3) + 5e6
    expected = value - purchases - energy_2026 - energy_2027 - maintenance

    assert plan.status == "optimal"
    assert plan.objective.value_usd == pytest.approx(expected, rel=AGREEMENT)
    assert counts(plan, "purchases", "site", "period") == near(
        {("north", "2026"): 400, ("south", "2026"): 40, ("south", "2027"): 26 + 2 / 3}
    )
    assert counts(plan, "allocation", "workload", "accelerator", "period") == near(
        {
            ("pretraining", "big", "2026"): 50,
            ("chat", "big", "2026"): 50,
            ("chat", "small", "2026"): 440,
            ("chat", "big", "2027"): 100,
            ("chat", "small", "2027"): 466 + 2 / 3,
        }
    )
    assert [row.served_fraction for row in plan.services] == near([1.0, 2 / 3])
    assert [row.completed_fraction for row in plan.runs] == near([1.0])


@needs_cbc
def test_both_solvers_agree(shipped: str, shipped_plan: ShippedPlan) -> None:
    first, second = shipped_plan(shipped, "highs"), shipped_plan(shipped, "cbc")
    assert first.status == second.status
    value = first.objective.value_usd
    gaps = first.objective, second.objective
    within = AGREEMENT + (gaps[0].gap or 0.0) + (gaps[1].gap or 0.0)
    agreed = None if value is None else pytest.approx(value, rel=within)
    assert second.objective.value_usd == agreed


def test_bulk_hand_over_is_what_pulp_hands_over(
    tiny: Tiny, program: MakeProgram
) -> None:
    ours, theirs = program(tiny()), program(tiny())
    highs = Highs(ours.columns)
    ours.problem.solve(highs)
    theirs.problem.solve(pulp.HiGHS(msg=False))
    mine, other = highs.live.model.getLp(), theirs.problem.solverModel.getLp()

    names = [x.name for x in theirs.problem.variables()]
    order = [names.index(x.name) for x in ours.columns]
    assert np.asarray(mine.col_cost_) == exactly(other.col_cost_, order)
    assert np.asarray(mine.col_lower_) == exactly(other.col_lower_, order)
    assert np.asarray(mine.col_upper_) == exactly(other.col_upper_, order)
    assert list(mine.row_lower_) == list(other.row_lower_)
    assert list(mine.row_upper_) == list(other.row_upper_)
    assert (dense(mine) == dense(other)[:, order]).all()
    assert highs.solution.objective == pytest.approx(
        pulp.value(theirs.problem.objective), rel=1e-12
    )
    found = [x.varValue for x in theirs.columns]
    assert highs.solution.values == pytest.approx(found, abs=SAME)


def test_arrays_are_those_of_the_pulp_problem(tiny: Tiny, program: MakeProgram) -> None:
    made = program(tiny())
    read_back = arrays_of(made.problem, made.columns)
    for name, ours in vars(made.arrays).items():
        theirs = getattr(read_back, name)
        assert ours.dtype == theirs.dtype
        assert ours.tolist() == theirs.tolist(), name
    assert [x.name for x in made.columns] == made.column_names


def test_a_row_of_ones_own_counts_in_pulp(tiny: Tiny, program: MakeProgram) -> None:
    made = program(tiny())
    best = solve_program(made)
    places = list(made.v.added.columns.values())
    most = 0.9 * float(best.values[places].sum())
    problem, bought = made.problem, [made.columns[place] for place in places]
    problem += pulp.lpSum(bought) <= most, "buy_less"
    highs = Highs(made.columns)
    problem.solve(highs)
    assert highs.solution.status == "optimal"
    assert highs.solution.objective > best.objective
    assert sum(x.varValue for x in bought) == pytest.approx(most)


def test_result_is_written_back_to_the_problem(
    tiny: Tiny, program: MakeProgram
) -> None:
    made = program(tiny())
    highs = Highs(made.columns)
    made.problem.solve(highs)
    solution = highs.solution
    assert [x.varValue for x in made.columns] == solution.values.tolist()
    assert [x.dj for x in made.columns] == solution.reduced_costs.tolist()
    assert [r.pi for r in made.problem.constraints()] == solution.duals.tolist()
    assert float(highs.arrays.cost @ solution.values) == pytest.approx(
        solution.objective, rel=1e-12
    )


# --- How it ended ---------------------------------------------------------------------


@each_solver
def test_infeasible_is_a_result_without_rows(tiny: Tiny, solver: SolverName) -> None:
    plan = solve(tiny("workloads.chat.minimum=100 %"), solver=solver)
    assert_no_plan(plan, "infeasible")


@each_solver
def test_time_limit_is_said_and_nothing_claimed(solver: SolverName) -> None:
    scenario = load_scenario(ROOT / "scenarios" / "meta_2026.yaml")
    assert_no_plan(solve(scenario, solver=solver, time_limit=1e-9), "time_limit")


@each_solver
def test_time_limit_that_suffices_changes_nothing(
    tiny: Tiny, solver: SolverName
) -> None:
    assert solve(tiny(), solver=solver, time_limit=60.0).status == "optimal"


def test_unbounded_is_an_internal_error() -> None:
    with pytest.raises(InternalError, match="unbounded"):
        run_of(arrays(cost=[-1.0, 0.0], row=[1.0, -1.0], most=1.0))


@pytest.mark.parametrize(("most", "decided"), [(-1.0, "infeasible"), (1.0, "optimal")])
def test_unbounded_or_infeasible_is_decided_without_presolve(
    monkeypatch: pytest.MonkeyPatch, most: float, decided: str
) -> None:
    monkeypatch.setattr("planner.solvers.highs.PRESOLVED_COLUMNS", 0)
    live = Live()
    live.load(arrays(cost=[1.0, 1.0], row=[1.0, 1.0], most=most))
    undecided = Undecided(live.model)
    live.model = undecided
    assert live.run().status == decided
    assert undecided.presolve == ["off", "choose"]


class Undecided:
    """A HiGHS whose first run says that it is unbounded or infeasible."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.presolve: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def setOptionValue(self, name: str, value: str) -> Any:  # noqa: N802  # HiGHS's name
        assert name == "presolve"
        self.presolve.append(value)
        return self.model.setOptionValue(name, value)

    def getModelStatus(self) -> Any:  # noqa: N802  # HiGHS's name
        if not self.presolve:
            return highspy.HighsModelStatus.kUnboundedOrInfeasible
        return self.model.getModelStatus()


@needs_cbc
def test_cbc_claims_no_optimum_of_an_unbounded_program() -> None:
    unbounded = arrays(cost=[-1.0, 0.0], row=[1.0, -1.0], most=1.0)
    assert Cbc().solve_arrays(unbounded).status == "failed"


def test_an_option_that_highs_does_not_know_is_an_internal_error() -> None:
    with pytest.raises(InternalError, match="no_such_option"):
        Live().option("no_such_option", value=1)


def test_a_program_that_highs_refuses_is_an_internal_error() -> None:
    given = arrays(cost=[1.0, 1.0], row=[1.0, 1.0], most=1.0)
    beyond = replace(given, index=np.array([0, 2], dtype=np.int32))
    with pytest.raises(InternalError, match="refused"):
        run_of(beyond)


def assert_no_plan(plan: Plan, status: str) -> None:
    assert plan.status == status
    assert plan.metrics is None
    assert plan.audit is None
    objective = plan.objective
    assert (objective.value_usd, objective.gap, objective.parts) == (None, None, None)
    filled = {section for section in SECTIONS if getattr(plan, section)}
    assert filled <= {"rejected", "rates"}


# --- Prices ---------------------------------------------------------------------------


@each_solver
def test_dual_of_power_is_the_gain_of_a_small_step(
    tiny: Tiny, program: MakeProgram, solver: SolverName
) -> None:
    step_mw = 0.01
    price = musd_per_unit(program(tiny()), "power_budget__2027", solver)
    less, more = (
        profit_musd(
            program(tiny(f"budgets.power={{2026: 1.2 MW, 2027: {mw} MW}}")), solver
        )
        for mw in (1.1 - step_mw, 1.1 + step_mw)
    )
    assert (more - less) / (2 * step_mw) == pytest.approx(price, rel=SAME)
    # A MW in south holds 666.67 small, each worth 25,229 $ of chat a year.
    each = 3.6 * 8.760 * 0.8 - 6 * 0.25 - 1.5 * 0.08 * 8.760 * 0.7
    assert price == pytest.approx(each / 1.5, rel=SAME)


def test_dual_of_a_limit_that_does_not_bind_is_0(
    tiny: Tiny, program: MakeProgram
) -> None:
    assert musd_per_unit(program(tiny()), "power_budget__2026", "highs") == 0
    assert musd_per_unit(program(tiny()), "site_power__south__2027", "highs") == 0


def test_duals_have_the_sign_of_their_row(tiny: Tiny, program: MakeProgram) -> None:
    made = program(tiny("workloads.chat.value=0.00001 USD/request"))
    solution = solve_program(made)
    assert solution.status == "optimal"
    seen = set()
    for row, dual in zip(made.rows, solution.duals, strict=True):
        if abs(dual) > 1e-9 and row.sense != "==":
            seen.add(row.sense)
            assert (dual < 0) == (row.sense == "<="), row.name
    assert seen == {"<=", ">="}


def test_tie_break_leaves_the_prices(tiny: Tiny, program: MakeProgram) -> None:
    made = program(tiny())
    highs = Highs(made.columns)
    made.problem.solve(highs)
    chosen = solve_program(program(tiny()))
    assert chosen.duals.tolist() == highs.solution.duals.tolist()


def musd_per_unit(made: Program, name: str, solver: SolverName) -> float:
    """Return the gain per unit of a row's right side as written [MUSD]."""
    number = [row.name for row in made.rows].index(name)
    dual = solve_program(made, solver).duals[number]
    return float(-dual * made.row_factors[number] / made.cost_factor)


def profit_musd(made: Program, solver: SolverName) -> float:
    return -solve_program(made, solver).objective / made.cost_factor


# --- One plan among equals ------------------------------------------------------------

# Two sites and two accelerators that differ in nothing, two services that ask for the
# same: nearly everything is a tie.
TWIN = """\
name: {name}
vendor: acme
power: {{nameplate: 1 kW}}
price: {{system: 5 kUSD}}
lifetime: 4 year
"""
TWINS = {name: TWIN.format(name=name) for name in ("left", "right")}
TIES = """\
name: ties
horizon: {start: 2026Q1, periods: 3}
load_blocks: {day: 12 h, night: 12 h}
objective: maximize_value
accelerators: [left, right]
sites:
  - {name: east, pue: 1.2, power: 1 MW, electricity: 50 USD/MWh, carbon: 0.4 kg/kWh}
  - {name: west, pue: 1.2, power: 1 MW, electricity: 50 USD/MWh, carbon: 0.4 kg/kWh}
fleet:
  - {site: east, accelerator: left, count: 100, installed: 2025}
  - {site: west, accelerator: right, count: 100, installed: 2025}
supply:
  left: {2026: 300}
  right: {2026: 300}
workloads:
  - name: chat
    kind: inference
    demand: {2026Q1: 300 request/s}
    throughput: {left: 1 request/s, right: 1 request/s}
    value:
      - {up_to: 50 %, value: 0.01 USD/request}
      - {up_to: 90 %, value: 0.008 USD/request}
  - name: mail
    kind: inference
    demand: {2026Q1: 300 request/s}
    throughput: {left: 1 request/s, right: 1 request/s}
    value: 0.009 USD/request
  - name: tuning
    kind: training
    tokens: 1 Ttoken
    throughput: {left: 2000 token/s, right: 2000 token/s}
    value: 50 MUSD
"""


@pytest.fixture
def tied(tiny: Tiny) -> Scenario:
    return tiny(text=TIES, hardware=TWINS)


def test_ties_are_ties(tied: Scenario, program: MakeProgram) -> None:
    """Another optimum exists: the tests below would fail without a tie-break."""
    made = program(tied)
    highs = Highs(made.columns)
    made.problem.solve(highs)
    weights = weights_of(made)
    other = break_ties(
        highs.solution,
        highs.arrays,
        -weights * (weights > 0),
        run_of,
    )
    chosen = solve_program(program(tied))
    assert chosen.unique
    assert np.abs(other.values - chosen.values).max() * made.c.scale > 10


@pytest.mark.parametrize("name", ["meta_2026", "power_constrained", "quickstart"])
def test_shipped_scenario_has_one_plan(name: str, program: MakeProgram) -> None:
    scenario = load_scenario(ROOT / "scenarios" / f"{name}.yaml")
    assert solve_program(program(scenario)).unique


@pytest.mark.parametrize("seed", range(6))
def test_order_of_the_input_changes_nothing(
    tiny: Tiny, tied: Scenario, program: MakeProgram, seed: int
) -> None:
    text = shuffled(yaml.safe_load(TIES), random.Random(seed))  # noqa: S311  # no secret
    other = tiny(text=text, hardware=TWINS)
    assert not differences(chosen_by(program(other)), chosen_by(program(tied)))


@pytest.mark.parametrize("seed", range(3))
def test_order_of_a_shipped_scenario_changes_nothing(
    tmp_path: Path, program: MakeProgram, seed: int
) -> None:
    path = ROOT / "scenarios" / "quickstart.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    other = tmp_path / "shuffled.yaml"
    other.write_text(shuffled(content, random.Random(seed)), encoding="utf-8")  # noqa: S311  # no secret
    before = chosen_by(program(load_scenario(path)))
    assert not differences(chosen_by(program(load_scenario(other))), before)


OPTIONS = [
    {"random_seed": 1},
    {"random_seed": 4711},
    {"presolve": "off"},
    {"simplex_strategy": 4},
    {"presolve": "off", "random_seed": 7, "simplex_strategy": 4},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_settings_of_the_solver_change_nothing(
    tied: Scenario,
    program: MakeProgram,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
) -> None:
    before = chosen_by(program(tied))
    set_options(monkeypatch, options)
    assert not differences(chosen_by(program(tied)), before)


@pytest.mark.parametrize("options", OPTIONS[1:3], ids=str)
@pytest.mark.parametrize("name", ["meta_2026", "power_constrained", "quickstart"])
def test_settings_of_the_solver_change_no_shipped_plan(
    name: str,
    options: dict[str, Any],
    program: MakeProgram,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario = load_scenario(ROOT / "scenarios" / f"{name}.yaml")
    before = chosen_by(program(scenario))
    set_options(monkeypatch, options)
    assert not differences(chosen_by(program(scenario)), before)


@needs_cbc
def test_both_solvers_choose_the_same_plan(
    tied: Scenario, program: MakeProgram
) -> None:
    first, second = chosen_by(program(tied)), chosen_by(program(tied), "cbc")
    assert not differences(first, second)


def test_a_tie_is_decided_for_serving(tiny: Tiny, program: MakeProgram) -> None:
    # Beyond 90 % chat is worth nothing; what stands and draws no more costs nothing.
    scenario = tiny(
        "supply={left: 0, right: 0}",
        "fleet=[{site: east, accelerator: left, count: 900, installed: 2025}]",
        "sites.east.power=2 MW",
        text=TIES,
        hardware=TWINS,
    )
    served = values_of(made := program(scenario), solve_program(made)).served
    assert served == near(dict.fromkeys(served, 1.0))


def test_a_tie_is_decided_for_completing(tiny: Tiny, program: MakeProgram) -> None:
    # All that stands must work on it in nearly every period and block.
    scenario = tiny(
        "horizon.periods=12",
        "load_blocks={day: 8 h, evening: 8 h, night: 8 h}",
        "supply={left: 0, right: 0}",
        "fleet=[{site: east, accelerator: left, count: 800, installed: 2025}]",
        "workloads.chat.demand={2026Q1: 1 request/s}",
        "workloads.mail.demand={2026Q1: 1 request/s}",
        "workloads.tuning.tokens=140 Ttoken",
        "workloads.tuning.value=[{up_to: 50 %, value: 50 MUSD}]",
        text=TIES,
        hardware=TWINS,
    )
    completed = values_of(made := program(scenario), solve_program(made)).completed
    assert completed == near({"tuning": 1.0})


def test_a_face_that_fails_leaves_the_first_optimum(
    tied: Scenario, program: MakeProgram
) -> None:
    made = program(tied)
    highs = Highs(made.columns)
    made.problem.solve(highs)
    first = highs.solution

    def fails(_face: Arrays) -> Solution:
        return replace(first, status="failed")

    kept = break_ties(first, highs.arrays, weights_of(made), fails)
    assert kept.unique is False
    assert kept.values is first.values


def test_a_face_that_loses_money_is_not_taken(
    tied: Scenario, program: MakeProgram
) -> None:
    made = program(tied)
    highs = Highs(made.columns)
    made.problem.solve(highs)
    first = highs.solution

    def worse(_face: Arrays) -> Solution:
        return replace(first, values=first.values * (1 - 1e-6))

    kept = break_ties(first, highs.arrays, weights_of(made), worse)
    assert kept.unique is False
    assert kept.values is first.values


def test_solving_twice_gives_the_same_json(
    shipped: str, shipped_plan: ShippedPlan
) -> None:
    again = solve(load_scenario(ROOT / "scenarios" / f"{shipped}.yaml"))
    assert without_seconds(again) == without_seconds(shipped_plan(shipped, "highs"))


@each_solver
def test_solving_a_tie_twice_gives_the_same_json(
    tied: Scenario, solver: SolverName
) -> None:
    first, second = solve(tied, solver=solver), solve(tied, solver=solver)
    assert without_seconds(first) == without_seconds(second)


@pytest.mark.parametrize("site", ["east", "west"])
def test_splitting_a_site_moves_nothing_between_accelerators(
    tiny: Tiny, tied: Scenario, program: MakeProgram, site: str
) -> None:
    whole = by_work(program(tied))
    halves = tiny(text=split(TIES, site), hardware=TWINS)
    assert not differences(by_work(program(halves)), whole)


def test_splitting_a_shipped_site_moves_nothing_between_accelerators(
    tmp_path: Path, program: MakeProgram
) -> None:
    path = ROOT / "scenarios" / "quickstart.yaml"
    halves = tmp_path / "halves.yaml"
    halves.write_text(split(path.read_text(encoding="utf-8"), "ohio"), "utf-8")
    whole = by_work(program(load_scenario(path)))
    assert not differences(by_work(program(load_scenario(halves))), whole)


def chosen_by(
    made: Program, solver: SolverName = "highs"
) -> dict[tuple[Any, ...], float]:
    """Return the counts and shares of the one plan."""
    solution = solve_program(made, solver)
    assert solution.unique
    x = values_of(made, solution)
    families: dict[str, Any] = {
        "added": x.added,
        "retired": x.retired,
        "installed": x.installed,
        "assigned": x.assigned,
        "served": x.served,
        "completed": {(run,): share for run, share in x.completed.items()},
    }
    return {
        (name, *key): value
        for name, found in families.items()
        for key, value in found.items()
    }


def differences(
    one: dict[tuple[Any, ...], float], other: dict[tuple[Any, ...], float]
) -> dict[tuple[Any, ...], tuple[float, float]]:
    """Return where two plans differ by more than a millionth of an accelerator."""
    found = {}
    for key in {*one, *other}:
        first, second = one.get(key, 0.0), other.get(key, 0.0)
        if abs(first - second) > SAME * max(1.0, abs(first)):
            found[key] = first, second
    return found


def by_work(made: Program) -> dict[tuple[Any, ...], float]:
    """Return the same over all sites: what each accelerator does."""
    found: dict[tuple[Any, ...], float] = defaultdict(float)
    for (name, *key), value in chosen_by(made).items():
        if name in ("added", "retired", "installed", "assigned"):
            del key[1]
        found[name, *key] += value
    return dict(found)


def shuffled(content: Any, dice: random.Random) -> str:
    """Return a scenario's text in another order: keys, and lists of named things."""

    def mixed(value: Any) -> Any:
        if isinstance(value, dict):
            keys = list(value)
            dice.shuffle(keys)
            return {key: mixed(value[key]) for key in keys}
        if isinstance(value, list) and not any(
            isinstance(item, dict) and "up_to" in item for item in value
        ):
            items = [mixed(item) for item in value]
            dice.shuffle(items)
            return items
        return value

    return dumped(mixed(content))


def split(text: str, name: str) -> str:
    """Return a scenario whose site is two of half the power and half the fleet."""
    content = yaml.safe_load(text)
    halves = f"{name}_a", f"{name}_b"
    sites, fleet = [], []
    for site in content["sites"]:
        if site["name"] != name:
            sites.append(site)
            continue
        amount, unit = site["power"].split()
        power = f"{float(amount) / 2} {unit}"
        sites += [{**site, "name": half, "power": power} for half in halves]
    for entry in content["fleet"]:
        if entry["site"] != name:
            fleet.append(entry)
            continue
        count = entry["count"] / 2
        fleet += [{**entry, "site": half, "count": count} for half in halves]
    return dumped({**content, "sites": sites, "fleet": fleet})


def dumped(content: Any) -> str:
    return str(yaml.safe_dump(content, sort_keys=False))


def set_options(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]) -> None:
    start = Live.__init__

    def begin(self: Live, time_limit: float | None = None) -> None:
        start(self, time_limit)
        for name, value in options.items():
            self.option(name, value=value)

    monkeypatch.setattr(Live, "__init__", begin)


def without_seconds(plan: Plan) -> str:
    found = plan.as_dict()
    for key in ("build_s", "solve_s"):
        del found["solver"][key]
    return json.dumps(found)


def counts(plan: Plan, section: str, *keys: str) -> dict[tuple[str, ...], float]:
    found: dict[tuple[str, ...], float] = defaultdict(float)
    for row in getattr(plan, section):
        found[tuple(getattr(row, key) for key in keys)] += row.count
    return dict(found)


def near(expected: Any) -> Any:
    return pytest.approx(expected, rel=SAME, abs=SAME)


def exactly(values: Any, order: list[int]) -> Any:
    return pytest.approx(np.asarray(values)[order], rel=0, abs=0)


def arrays(cost: list[float], row: list[float], most: float) -> Arrays:
    """Return: minimise cost·x, row·x <= most, x >= 0."""
    return Arrays(
        cost=np.array(cost),
        lower=np.zeros(2),
        upper=np.full(2, np.inf),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([most]),
        start=np.array([0, 2], dtype=np.int32),
        index=np.array([0, 1], dtype=np.int32),
        value=np.array(row),
        whole=np.zeros(2, dtype=np.bool_),
    )


def run_of(given: Arrays) -> Solution:
    live = Live()
    live.load(given)
    return live.run()


def dense(lp: Any) -> Any:
    """Return the matrix of a HiGHS program, rows by columns."""
    matrix = lp.a_matrix_
    found = np.zeros((lp.num_row_, lp.num_col_))
    by_row = "row" in str(matrix.format_).lower()
    for major in range(len(matrix.start_) - 1):
        for place in range(matrix.start_[major], matrix.start_[major + 1]):
            minor, value = matrix.index_[place], matrix.value_[place]
            cell = (major, minor) if by_row else (minor, major)
            found[cell] = value
    return found
