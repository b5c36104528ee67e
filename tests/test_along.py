"""The optimum along one input: as if each value were planned alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner import load_scenario
from planner.errors import InputError
from planner.explain import along
from planner.explain.along import Point, optima_along
from planner.pipeline import program_of, run
from planner.solvers.alike import Alike, Line
from planner.solvers.highs import Live
from planner.specs.inputs import input_at
from planner.specs.load import reload
from planner.specs.scenario import Scenario
from tests.strategies import World

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SMALL = ("quickstart", "hyperion_build_out", "lease_or_own")
LATE_POWER = "sites.ohio.power.2027Q4"
SHARES = (1.004, 0.7, 1.0, 0.7, 0.9)

# By hand: each chip takes 1.25 kW; one stands, so half of 2 request/s needs no other.
NEEDED = """
horizon: {start: 2026, periods: 1}
fleet: [{site: here, accelerator: chip, count: 1, installed: 2025}]
sites: [{name: here, power: 2.5 kW, pue: 1.25, electricity: 0 USD/MWh,
         carbon: 0.5 kg/kWh}]
workloads:
  - {name: chat, kind: inference, demand: 2 request/s, minimum: 50 %,
     value: 1 USD/request, throughput: {chip: 1 request/s}}
"""


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with every program that is built."""
    found: list[str] = []

    def counted(scenario: Scenario) -> object:
        found.append(scenario.spec.name)
        return program_of(scenario)

    monkeypatch.setattr(along, "program_of", counted)
    return found


def alone(scenario: Scenario, path: str, values: Sequence[float]) -> list[Point]:
    """Return the same points, each from a plan of its own."""
    found = []
    for value in values:
        plan = run(at(scenario, path, value)).plan
        assert plan.status in ("optimal", "infeasible")
        found.append(Point(value, plan.status, plan.objective.value_usd))
    return found


def at(scenario: Scenario, path: str, value: float) -> Scenario:
    return reload(scenario, (input_at(scenario, path).text(value),))


def agree(found: Sequence[Point], expected: Sequence[Point]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert (one.value, one.status) == (other.value, other.status)
        if other.objective_usd is None:
            assert one.objective_usd is None
        else:
            assert one.objective_usd == pytest.approx(other.objective_usd, rel=1e-9)


def limits_of(scenario: Scenario) -> list[str]:
    """Return every input that is a limit of the program."""
    program = program_of(scenario)
    keys = (along.fed_by(scenario, along.price_key(row)) for row in program.rows)
    paths = {fed.path for each in keys for fed in each}
    fed = (path for path in paths if along.fed_rows(scenario, program, path))
    # How large a run may be counts what each accelerator does: a coefficient.
    return sorted(path for path in fed if not path.endswith(".accelerators.maximum"))


@pytest.mark.parametrize("name", SMALL)
def test_along_a_limit_three_programs_do_for_any_number_of_values(
    name: str, built: list[str]
) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    paths = limits_of(scenario)
    assert paths
    for path in paths:
        now = input_at(scenario, path).value
        values = [now * share for share in SHARES]
        built.clear()
        agree(optima_along(scenario, path, values), alone(scenario, path, values))
        assert len(built) <= 3


@pytest.mark.parametrize(
    "path",
    [
        "discount_rate",
        "workloads.assistant.demand.2026Q1",
        "accelerators.b200.price.system",
        "workloads.llama_run.accelerators.maximum",
    ],
)
def test_what_is_more_than_a_limit_is_built_anew(path: str, built: list[str]) -> None:
    scenario = load_scenario(SCENARIOS / "quickstart.yaml")
    now = input_at(scenario, path).value
    values = [now * share for share in SHARES]
    agree(optima_along(scenario, path, values), alone(scenario, path, values))
    # Both ends and the middle tell that it is; then each of four different values.
    assert len(built) == 3 + 4


def test_a_limit_is_a_line_on_either_side_of_where_counts_are_scaled_anew(
    built: list[str],
) -> None:
    """Counts are in units that follow from the fleet that the power allows."""
    scenario, path = load_scenario(SCENARIOS / "lease_or_own.yaml"), LATE_POWER
    values = np.linspace(7.0, 13.0, 121).tolist()
    found = optima_along(scenario, path, values)
    assert len({program_of(at(scenario, path, v)).c.scale for v in (7.0, 13.0)}) == 2
    assert len(built) < len(values) / 2
    some = slice(None, None, 15)
    agree(found[some], alone(scenario, path, values[some]))


@pytest.mark.parametrize(
    ("name", "sets"), [("priorities", ()), ("quickstart", ("integer=true",))]
)
def test_objectives_in_turn_and_whole_plans_are_solved_one_by_one(
    name: str, sets: tuple[str, ...]
) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.yaml", overrides=sets)
    path = "budgets.capex.2026"
    now = input_at(scenario, path).value
    values = [now, now / 2]
    agree(optima_along(scenario, path, values), alone(scenario, path, values))


def test_a_value_without_a_plan_stands_between_those_with_one(tmp_path: Path) -> None:
    text = f"{NEEDED}budgets: {{power: 2.5 kW}}\n"
    scenario = World(tmp_path).scenario(text)
    values = [2.5, 0.5, 1.25, 2.0]
    found = optima_along(scenario, "budgets.power", values)
    assert [point.status for point in found].count("infeasible") == 1
    assert found[1] == Point(0.5, "infeasible", None)
    agree(found, alone(scenario, "budgets.power", values))


def test_a_limit_that_does_not_move_evenly_is_built_anew(
    tmp_path: Path, built: list[str]
) -> None:
    """A grandfathered fleet lets a site have less power than it uses."""
    scenario = World(tmp_path).scenario(f"{NEEDED}policies: [{{kind: grandfather}}]\n")
    values = [0.5, 1.0, 2.0, 3.0]
    path = "sites.here.power"
    found = optima_along(scenario, path, values)
    assert len(built) > 3
    agree(found, alone(scenario, path, values))


def test_one_value_and_none(tmp_path: Path) -> None:
    scenario = World(tmp_path).scenario(NEEDED)
    agree(
        optima_along(scenario, "sites.here.power", [2.0]),
        alone(scenario, "sites.here.power", [2.0]),
    )
    assert optima_along(scenario, "sites.here.power", []) == ()


def test_what_is_no_number_or_does_not_fit_is_refused(tmp_path: Path) -> None:
    scenario = World(tmp_path).scenario(NEEDED)
    with pytest.raises(InputError, match="not in the scenario"):
        optima_along(scenario, "sites.there.power", [1.0])
    with pytest.raises(InputError, match="power"):
        optima_along(scenario, "sites.here.power", [-1.0, 1.0])


# --- Programs alike -------------------------------------------------------------------


def test_a_live_program_turns_to_any_of_its_matrix() -> None:
    scenario = load_scenario(SCENARIOS / "quickstart.yaml")
    arrays = program_of(scenario).arrays
    upper = np.where(np.isfinite(arrays.row_upper), arrays.row_upper * 1.1, np.inf)
    lower = np.minimum(arrays.row_lower, upper)
    others = [
        replace(arrays, cost=arrays.cost * 0.5),
        replace(arrays, row_lower=lower, row_upper=upper),
        replace(arrays, lower=np.full(arrays.columns, 1e-4)),
        arrays,
    ]
    alike = Alike(arrays)
    for other in others:
        assert alike.admits(other)
        alike.turn_to(other)
        fresh = Live()
        fresh.load(other)
        expected = fresh.run()
        found = alike.optimum()
        assert found.status == expected.status
        assert found.objective == pytest.approx(expected.objective, rel=1e-9)
        assert alike.solution().objective == found.objective


def test_another_matrix_is_not_changed_in_place() -> None:
    scenario = load_scenario(SCENARIOS / "quickstart.yaml")
    arrays = program_of(scenario).arrays
    value = arrays.value.copy()
    value[-1] *= 1 + 1e-15
    other = program_of(reload(scenario, ("sites.ohio.pue=1.3",))).arrays
    assert not Alike(arrays).admits(replace(arrays, value=value))
    assert not Alike(arrays).admits(other)


def test_programs_on_no_line_are_told() -> None:
    scenario = load_scenario(SCENARIOS / "quickstart.yaml")
    start = program_of(scenario).arrays
    path = "budgets.capex.2026"
    end = program_of(reload(scenario, (f"{path}=280 MUSD",))).arrays
    middle = program_of(reload(scenario, (f"{path}=210 MUSD",))).arrays
    beside = program_of(reload(scenario, (f"{path}=211 MUSD",))).arrays
    line = Line.through(start, middle, end)
    assert line is not None
    assert line.rows.size == 1
    assert line.solution(0.5).objective == line.optimum(0.5).objective
    assert Line.through(start, beside, end) is None
    assert Line.through(start, replace(middle, cost=middle.cost * 2), end) is None
