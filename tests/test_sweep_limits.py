"""A sweep over any limit is solved live, and each value is as if planned alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from planner import load_scenario
from planner.explain.break_even import fed_rows
from planner.explain.keys import fed_by
from planner.explain.prices import price_key
from planner.pipeline import program_of, run
from planner.specs.inputs import input_at
from planner.specs.load import reload
from planner.specs.scenario import Scenario
from planner.sweep import evaluate, field
from planner.sweep.evaluate import Evaluator
from tests.strategies import World

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SMALL = ("quickstart", "hyperion_build_out", "lease_or_own")
LATE_POWER = "sites.ohio.power.2027Q4"
SHARES = (1.004, 0.7, 1.0, 0.7, 0.9)
MANY = 24
"""Values between the ends, of which a few are planned alone."""

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


@dataclass(frozen=True)
class Point:
    """The optimum at one value of an input."""

    value: float
    status: str
    objective_usd: float | None


def optima_along(scenario: Scenario, path: str, values: Sequence[float]) -> list[Point]:
    """Return the optimum at each value of an input, as a sweep finds it."""
    where = input_at(scenario, path)
    outcomes = Evaluator(scenario).outcomes([(where.text(x),) for x in values])
    found = []
    for value, outcome in zip(values, outcomes, strict=True):
        figures = outcome.readings or {}
        worth = figures.get("profit_usd"), figures.get("cost_usd")
        usd = next((x for x in worth if x is not None), None)
        found.append(Point(value, outcome.status, usd))
    return found


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with every program that is built."""
    found: list[str] = []

    def counted(scenario: Scenario) -> object:
        found.append(scenario.spec.name)
        return program_of(scenario)

    for module in (evaluate, field):
        monkeypatch.setattr(module, "program_of", counted)
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
    keys = (fed_by(scenario, price_key(row)) for row in program.rows)
    paths = {fed.path for each in keys for fed in each}
    fed = (path for path in paths if fed_rows(scenario, program, path))
    # How large a run may be counts what each accelerator does: a coefficient.
    return sorted(path for path in fed if not path.endswith(".accelerators.maximum"))


@pytest.mark.parametrize("name", SMALL)
def test_along_a_limit_more_values_need_no_more_programs(
    name: str, built: list[str]
) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    paths = limits_of(scenario)
    assert paths
    for path in paths:
        now = input_at(scenario, path).value
        counts = []
        for count in (MANY, 2 * MANY):
            built.clear()
            values = [*(now * share for share in np.linspace(0.9, 1.0, count))]
            found = optima_along(scenario, path, values)
            counts.append(len(built))
        assert counts[0] == counts[1] < MANY / 2
        some = slice(None, None, MANY // 2)
        agree(found[some], alone(scenario, path, values[some]))


@pytest.mark.parametrize("name", ["quickstart", "lease_or_own"])
def test_a_few_values_of_a_limit(name: str) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    for path in limits_of(scenario):
        now = input_at(scenario, path).value
        values = [now * share for share in SHARES]
        agree(optima_along(scenario, path, values), alone(scenario, path, values))


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
    values = [now * share for share in np.linspace(0.9, 1.0, MANY)]
    found = optima_along(scenario, path, values)
    assert len(built) >= len(values)
    some = slice(None, None, MANY // 2)
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
