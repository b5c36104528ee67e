"""Runs whose accelerators bring less the more there are of them."""

from pathlib import Path

import pytest

from planner.api import solve
from planner.errors import InputError
from planner.performance.chips import Chip
from planner.performance.inputs import chip
from planner.performance.pairing import Rate, rates
from planner.performance.published import load_survey
from planner.performance.results import TrainingRate
from planner.performance.training import brackets
from planner.plan.plan import Plan
from planner.specs.scenario import Scenario
from tests.strategies import World
from tests.test_audit import changed, failed, put

TEXT = """
horizon: {start: 2026Q1, periods: 1}
accelerators: [{name: h100, orderable: false}]
sites: [{name: here, power: 100 MW, pue: 1, electricity: 0 USD/MWh, carbon: 0 kg/kWh}]
fleet: [{site: here, accelerator: h100, count: 30000, installed: 2025Q4}]
workloads:
  - name: run
    kind: training
    model: llama_3_1_405b
    precision: bf16
    tokens: 40 Ttoken
    accelerators: {brackets: [4096, 16384], maximum: 32768}
    value: 1 GUSD
"""
SECONDS = 90 * 86400


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return World(tmp_path_factory.mktemp("brackets")).scenario(TEXT)


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    return solve(scenario)


def rate_of(scenario: Scenario) -> Rate:
    rate = rates(scenario)["run", "h100"]
    assert isinstance(rate, Rate)
    return rate


def test_a_run_does_what_its_brackets_add_up_to(scenario: Scenario, plan: Plan) -> None:
    used = 30000 * scenario.accelerators["h100"].reliability.availability
    small, middle, large = rate_of(scenario).brackets
    done = 4096 * small.token_s + 12288 * middle.token_s
    done += (used - 16384) * large.token_s
    assert sum(row.count for row in plan.allocation) == pytest.approx(used)
    (run,) = plan.runs
    assert run.tokens == pytest.approx(done * SECONDS, rel=1e-9)


def test_marginal_rates_are_those_of_the_law(scenario: Scenario) -> None:
    # F(n) = n · rate · (n / usual)^−slope · goodput(n), its chords the marginal rates.
    used: Chip = chip(scenario.accelerators["h100"])
    steady = TrainingRate(10, 10, 1, "", 0.4, "bf16", 1, None, (), "high")
    (first, second) = brackets(steady, without_failures(used), 100, (100, 400), 0.5)
    assert (first.up_to, second.up_to) == (100, 400)
    assert first.token_s == pytest.approx(10)
    assert second.token_s == pytest.approx((400 * 10 / 2 - 1000) / 300)
    failing = brackets(steady, used, 100, (100, 400), 0.5)
    assert failing[0].token_s < first.token_s
    assert failing[1].token_s < second.token_s


def without_failures(used: Chip) -> Chip:
    values = {name: getattr(used, name) for name in Chip.__slots__}
    return Chip(**values | {"failures_per_node_s": 0.0})


def test_the_law_is_fitted_on_published_runs() -> None:
    slope = load_survey().prior.slope("work")
    assert 0.01 < slope < 0.15


def test_a_maximum_alone_rates_all_alike(scenario: Scenario, tmp_path: Path) -> None:
    text = TEXT.replace("brackets: [4096, 16384], ", "")
    flat = World(tmp_path).scenario(text)
    assert rate_of(flat).brackets == ()
    falling = [b.token_s for b in rate_of(scenario).brackets]
    assert falling == sorted(falling, reverse=True)
    assert rate_of(scenario).per_accelerator == falling[0]
    assert any("one more accelerator brings 100%" in n for n in rate_of(scenario).notes)


def test_a_run_that_claims_the_first_rate_for_all_is_caught(
    scenario: Scenario, plan: Plan
) -> None:
    assert failed(scenario, plan) == set()
    more = changed(
        plan,
        "runs",
        lambda r: put(r, completed_fraction=r.completed_fraction * 1.001),
    )
    found = failed(scenario, more)
    assert "run_efficiency" in found
    assert "training_work" not in found


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{brackets: [4096]}", "has no maximum beside it"),
        ("{brackets: [4096, 2048], maximum: 9000}", "write rising sizes"),
        ("{brackets: 4096, maximum: 9000}", "is not a list of sizes"),
    ],
)
def test_brackets_that_say_nothing_are_refused(
    tmp_path: Path, value: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        World(tmp_path).scenario(TEXT, f"workloads.run.accelerators={value}")
    assert message in str(caught.value)


def test_brackets_of_a_measured_rate_are_refused(tmp_path: Path) -> None:
    override = "workloads.run.throughput={h100: 1000 token/s}"
    with pytest.raises(InputError) as caught:
        World(tmp_path).scenario(TEXT, override)
    assert "a throughput is measured and final" in str(caught.value)
