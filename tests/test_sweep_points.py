"""What a sweep varies: alternatives, values and draws, in every combination."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from planner.api import solve
from planner.cli.app import app
from planner.cli.sweep_text import quantile
from planner.plan.assemble import inputs_hash
from planner.specs.load import load_scenario, reload
from planner.sweep.evaluate import Evaluator
from planner.sweep.keys import Keys
from planner.sweep.points import grid, points_of
from tests.conftest import TINY, Tiny

MORE = """\
alternatives:
  - {name: poor, set: {budgets.capex: {2026: 1 MUSD, 2027: 1 MUSD}}}
  - {name: dark, set: {budgets.power.2026: 900 kW, sites.north.pue: 1.3}}
uncertainty:
  seed: 7
  inputs:
    - {path: budgets.capex.2026, uniform: {low: 1 MUSD, high: 9 MUSD}}
    - {path: sites.north.pue, triangular: {low: 1.1, mode: 1.2, high: 1.3}}
"""


@pytest.fixture
def doubtful(tiny_folder: Path, tiny_text: str) -> str:
    """Return a scenario with alternatives and uncertainty."""
    path = tiny_folder / "doubtful.yaml"
    path.write_text(tiny_text + MORE, encoding="utf-8")
    return path.name


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sweep", *arguments, "--data-dir", "."])


def runs(*arguments: str) -> list[dict[str, Any]]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["runs"]
    return found


def test_a_grid_is_every_combination() -> None:
    assert grid([("a",), ("b",)], [("c", "d"), ("e",)]) == [
        ("a", "c", "d"),
        ("a", "e"),
        ("b", "c", "d"),
        ("b", "e"),
    ]


def test_an_alternative_is_the_plan_that_solve_makes_of_it(doubtful: str) -> None:
    found = runs(doubtful, "--alternative", "all")
    assert [each["set"] for each in found] == [
        ["alternative=poor"],
        ["alternative=dark"],
    ]
    for each, name in zip(found, ("poor", "dark"), strict=True):
        scenario = load_scenario(doubtful, data_dirs=["."], alternative=name)
        metrics = solve(scenario).metrics
        assert metrics is not None
        assert each["readings"]["profit_usd"] == pytest.approx(metrics.profit_usd)


def test_what_is_varied_and_set_comes_after_the_alternative(doubtful: str) -> None:
    vary = "--vary", "sites.north.pue=1.2,1.25"
    found = runs(
        doubtful, "--alternative", "dark", *vary, "--set", "discount_rate=0 %/year"
    )
    assert [each["set"] for each in found] == [
        ["alternative=dark", "sites.north.pue=1.2"],
        ["alternative=dark", "sites.north.pue=1.25"],
    ]
    sets = ["discount_rate=0 %/year", "sites.north.pue=1.25"]
    scenario = load_scenario(
        doubtful, data_dirs=["."], alternative="dark", overrides=sets
    )
    metrics = solve(scenario).metrics
    assert metrics is not None
    profit = found[1]["readings"]["profit_usd"]
    assert profit == pytest.approx(metrics.profit_usd)


def test_the_key_of_an_alternative_is_that_of_its_inputs(doubtful: str) -> None:
    scenario = load_scenario(doubtful, data_dirs=["."])
    keys = Keys(scenario, Evaluator(scenario, ["poor", "dark"]).documents)
    point = "sites.north.pue=1.3", "budgets.power.2026=900 kW"
    assert keys.key(("alternative=dark",)) == keys.key(point)
    assert keys.key(("alternative=dark", point[0])) == keys.key(point)
    assert keys.key(("alternative=poor",)) != keys.key(())
    assert inputs_hash(reload(scenario, point).tree) == inputs_hash(
        reload(scenario, (), alternative="dark").tree
    )


def test_draws_are_the_same_on_every_run_and_told_by_their_spread(
    doubtful: str,
) -> None:
    pytest.importorskip("scipy", reason="extra sensitivity")
    found = runs(doubtful, "--sample", "12")
    assert found == runs(doubtful, "--sample", "12")
    assert len({tuple(each["set"]) for each in found}) == 12
    told = run(doubtful, "--sample", "12", "--metric", "capex_usd")
    capex = sorted(each["readings"]["capex_usd"] for each in found)
    line = told.stdout.splitlines()[-1].split()
    assert line[:2] == ["capex", "12"]
    assert float(line[2]) == pytest.approx(sum(capex) / 12e6, rel=1e-3)
    every = run(doubtful, "--sample", "12", "--metric", "capex_usd", "-v")
    assert len(every.stdout.splitlines()) == 2 + 12


def test_draws_are_made_for_every_alternative_and_value(tiny: Tiny) -> None:
    pytest.importorskip("scipy", reason="extra sensitivity")
    scenario = tiny(text=TINY + MORE)
    points = points_of(scenario, ["sites.south.pue=1.4,1.5"], ["poor", "dark"], 3)
    sets = points.sets()
    assert len(sets) == 2 * 2 * 3
    assert sets[0][:2] == ("alternative=poor", "sites.south.pue=1.4")
    assert {point[2:] for point in sets} == set(points.draws)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--alternative", "por"], "did you mean 'poor'?"),
        (["--alternative", "other"], "known are poor, dark"),
        (
            ["--sample", "3", "--vary", "budgets.capex.2026=1..2 MUSD in 2"],
            "is both varied and drawn",
        ),
        (["--sample", "0"], "--sample"),
    ],
)
def test_what_cannot_be_varied_is_told(
    doubtful: str, arguments: list[str], words: str
) -> None:
    if arguments[1] == "3":
        pytest.importorskip("scipy", reason="extra sensitivity")
    done = run(doubtful, *arguments)
    assert done.exit_code == 2
    assert words in done.stderr


def test_a_scenario_without_alternatives_or_uncertainty_says_so(
    tiny_folder: Path, tiny_text: str
) -> None:
    (tiny_folder / "tiny.yaml").write_text(tiny_text, encoding="utf-8")
    assert "has no alternatives" in run("tiny.yaml", "--alternative", "all").stderr
    assert "nothing uncertain" in run("tiny.yaml", "--sample", "3").stderr


def test_quantiles_lie_between_the_numbers_around_them() -> None:
    assert [quantile([1.0, 2.0, 4.0], x) for x in (0, 0.5, 0.75, 1)] == [1, 2, 3, 4]
    assert quantile([], 0.5) is None
