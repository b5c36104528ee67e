"""Shared fixtures: a scenario small enough to be planned by hand, and programs."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from planner.formulation.build import Program, build
from planner.formulation.coefficients import coefficients
from planner.performance.pairing import rates
from planner.plan.plan import Plan
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from tests.browser import Browser, missing, started

ROOT = Path(__file__).parents[1]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in the background so, and tests interrupt their children.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

# One small does 1 request/s on 1 kW, one big 2 on 4 kW: power goes to small ones.
TINY_HARDWARE = {
    "big": """\
name: big
vendor: acme
runs: [llm_training, llm_inference]
power: {nameplate: 4 kW, active: 3 kW, idle: 1 kW}
price: {system: 30 kUSD, maintenance: 5 %/year}
lifetime: 4 year
""",
    "small": """\
name: small
vendor: other
runs: [llm_inference]
power: {nameplate: 1 kW, active: 800 W, idle: 300 W}
price: {system: 5 kUSD, network: 1 kUSD}
lifetime: 4 year
""",
}

# By hand (test_solvers.test_tiny_is_planned_as_by_hand):
# - 2026: the run takes 50 big for the year. The chat needs 432 · 1.25 = 540 request/s:
#   100 from the other 50 big, 440 from small. North holds 400 of them beside the big
#   ones (1 MW = 100 · 5 kW + 400 · 1.25 kW), south the other 40.
# - 2027: the chat could use 1000 request/s. 1.1 MW hold the 1 MW of north and
#   100 kW / 1.5 kW = 66.67 small in south: 200 + 466.67 request/s, two thirds.
TINY = """\
name: tiny
currency_year: 2026
horizon: {start: 2026, periods: 2}
objective: maximize_value
accelerators: [big, small]
sites:
  - {name: north, pue: 1.25, power: 1 MW, electricity: 50 USD/MWh, carbon: 0.4 kg/kWh}
  - {name: south, pue: 1.5, power: 900 kW, electricity: 80 USD/MWh, carbon: 0.2 kg/kWh}
fleet:
  - {site: north, accelerator: big, count: 100, installed: 2025}
budgets:
  capex: {2026: 10 MUSD, 2027: 10 MUSD}
  power: {2026: 1.2 MW, 2027: 1.1 MW}
supply:
  big: 0
  small: {2026: 1000}
workloads:
  - name: chat
    kind: inference
    demand: {2026: 432 request/s, 2027: 800 request/s}
    throughput: {big: 2 request/s, small: 1 request/s}
    peak_to_average: 1.25
    value: 0.001 USD/request
    minimum: 50 %
  - name: pretraining
    kind: training
    tokens: 1.5768 Ttoken
    deadline: 2026
    throughput: {big: 1000 token/s}
    accelerators: {allowed: [big], maximum: 60}
    value: 5 MUSD
"""

Tiny = Callable[..., Scenario]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the goldens of tests/lp anew instead of comparing with them",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Return a factory of scenarios from texts, each with its own data folder."""

    def make(
        *overrides: str,
        text: str = TINY,
        hardware: dict[str, str] | None = None,
    ) -> Scenario:
        folder = tmp_path / "hardware"
        folder.mkdir(exist_ok=True)
        for name, content in (hardware or TINY_HARDWARE).items():
            (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
        path = tmp_path / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        return load_scenario(path, overrides=overrides, data_dirs=[tmp_path])

    return make


@pytest.fixture
def tiny_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder of a command: its catalogue is the tiny hardware."""
    (tmp_path / "hardware").mkdir()
    for name, content in TINY_HARDWARE.items():
        path = tmp_path / "hardware" / f"{name}.yaml"
        path.write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


@pytest.fixture
def tiny_text() -> str:
    return TINY


@pytest.fixture
def tiny_hardware() -> dict[str, str]:
    return dict(TINY_HARDWARE)


@pytest.fixture
def program() -> Callable[[Scenario], Program]:
    """Return what makes the program of a scenario."""

    def make(scenario: Scenario) -> Program:
        return build(coefficients(scenario, rates(scenario)), scenario.spec.name)

    return make


@pytest.fixture(scope="session")
def shipped_plan() -> Callable[[str, str], Plan]:
    """Return what solves a shipped scenario with a solver, once a session."""
    return cache(_shipped_plan)


def _shipped_plan(name: str, solver: Any) -> Plan:
    from planner.api import solve  # noqa: PLC0415  # tests of rows need no solver

    path = ROOT / "scenarios" / f"{name}.yaml"
    scenario = load_scenario(path)
    if solver == "cbc" and scenario.spec.integer:  # it takes minutes to half a percent
        scenario = load_scenario(path, overrides=["gap=2 %"])
    return solve(scenario, solver=solver)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser, one for all tests of a process; skip where there is none."""
    if reason := missing():
        pytest.skip(reason)
    with started(tmp_path_factory.mktemp("downloads")) as found:
        yield found


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what the run of another Python has shown: pages in a browser, documents."""
    done = os.environ.get("PLANNER_TEST_ONCE") == "done"
    if done and item.get_closest_marker("once") is not None:
        pytest.skip("PLANNER_TEST_ONCE=done: the tests of another Python show it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``shipped`` on every shipped scenario."""
    if "shipped" in metafunc.fixturenames:
        metafunc.parametrize("shipped", shipped_scenarios())


def shipped_scenarios() -> Sequence[str]:
    return sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
