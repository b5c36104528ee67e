"""Readings are the metrics of the plan, without the plan."""

from dataclasses import asdict
from pathlib import Path

import pytest

from planner.pipeline import h100_flop_s, run
from planner.specs.load import load_scenario
from planner.sweep.readings import Readings
from tests.conftest import ROOT

SCENARIOS = sorted(
    path
    for path in (ROOT / "scenarios").glob("*.yaml")
    if "expect: infeasible" not in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_readings_are_the_metrics_of_the_plan(path: Path) -> None:
    scenario = load_scenario(path)
    solved = run(scenario)
    readings = Readings(scenario, solved.program, h100_flop_s(scenario))
    figures = readings.read(solved.solution.values)
    plan = solved.plan
    assert plan.metrics is not None
    for name, metric in asdict(plan.metrics).items():
        near = pytest.approx(metric or 0.0, rel=1e-9, abs=1e-6)
        assert figures[name] == (None if metric is None else near), name
    for run_row in plan.runs:
        completed = figures[f"completed.{run_row.workload}"]
        assert completed == pytest.approx(run_row.completed_fraction, abs=1e-9)
    bought = sum(row.count for row in plan.purchases)
    purchased = [x or 0.0 for name, x in figures.items() if "purchased." in name]
    assert sum(purchased) == pytest.approx(bought, rel=1e-9, abs=1e-5)
