"""Integer plans from outside: what is printed, proven and refused; laws; solvers."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from planner.api import solve
from planner.pipeline import program_of
from planner.specs.load import load_scenario
from tests.strategies import Draft, World, drafts
from tests.test_cli import SCENARIOS, run
from tests.test_integer import CHAT

RACKS = SCENARIOS / "racks.yaml"
SECONDS = "5"
"""Enough for a plan of ``racks``, far too few to prove that none is any better."""
slow = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    world = World(tmp_path)
    world.hardware("chip", "system: {accelerators: 8}")
    world.scenario(CHAT)
    return tmp_path / "case.yaml"


def test_the_option_makes_whole_what_the_file_leaves_divided(path: Path) -> None:
    arguments = ["solve", path, "--data-dir", path.parent]
    assert "whole systems" not in run(*arguments).stdout
    shown = run(*arguments, "--integer", "--set", "gap=0 %")
    assert shown.exit_code == 0
    assert "cost is at least 180.1 kUSD (gap 0.00 %)" in shown.stdout
    assert re.search(r"in fractions 117\.5 kUSD, a loss of 53\.29 %", shown.stdout)
    assert "optimal with its whole numbers fixed" in shown.stdout
    found = json.loads(run(*arguments, "--integer", "--json").stdout)
    assert found["provenance"]["set"] == ["integer=true"]
    assert found["objective"]["continuous_usd"] == pytest.approx(117_520)
    assert found["certificate"]["unique"] is None


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_a_limit_that_leaves_no_time_is_4_with_a_bound(path: Path, solver: str) -> None:
    arguments = ["solve", path, "--data-dir", path.parent, "--integer"]
    stopped = run(*arguments, "--solver", solver, "--time-limit", "1e-9")
    assert stopped.exit_code == 4
    assert "stopped at the time limit, not proven optimal" in stopped.stdout
    assert "cost is at least that" in stopped.stderr
    assert "Purchases" not in stopped.stdout


def test_what_was_found_at_a_limit_is_shown_as_unproven_with_its_bound() -> None:
    stopped = run("solve", RACKS, "--set", "gap=0 %", "--time-limit", SECONDS, "--json")
    assert stopped.exit_code == 4
    found = json.loads(stopped.stdout)
    objective = found["objective"]
    assert found["status"] == "time_limit"
    assert found["audit"]["passed"]
    assert found["purchases"]
    assert not found["prices"]
    assert 0 < objective["gap"] < 1
    assert objective["value_usd"] < objective["bound_usd"]
    assert objective["bound_usd"] <= objective["continuous_usd"] * (1 + 1e-9)
    assert f"time limit of {SECONDS} s before a proven optimum; bound" in stopped.stderr


@pytest.mark.parametrize(
    "question",
    [
        ("--break-even", "accelerators.chip.price.system"),
        ("--flexibility", "1%"),
        ("--why-not", "chip", "chat"),
    ],
)
def test_what_only_fractions_answer_is_refused(
    path: Path, question: tuple[str, ...]
) -> None:
    whole = ["--data-dir", path.parent, "--set", "integer=true"]
    refused = run("explain", path, *whole, *question)
    assert refused.exit_code == 2
    assert f"{question[0]} asks what a little more or less does" in refused.stderr
    assert run("explain", path, *whole).exit_code == 0


def test_an_export_says_what_is_whole(path: Path) -> None:
    target = path.parent / "program.lp"
    arguments = ["solve", path, "--data-dir", path.parent, "--integer"]
    assert run(*arguments, "--export", target).exit_code == 0
    _, _, whole = target.read_text().partition("Generals")
    assert "added__chip__here__2026" in whole
    assert "installed__chip__here__2026" not in whole
    target = path.parent / "program.mps"
    assert run(*arguments, "--export", target).exit_code == 0
    text = target.read_text()
    assert "INTORG" in text


@slow
@given(draft=drafts())
def test_an_integer_plan_never_beats_the_continuous_one(
    draft: Draft, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("whole")
    divided = draft.plan(folder / "divided").objective.value_usd
    servers = {
        name: {**data, "system": {"accelerators": 8}}
        for name, data in draft.hardware.items()
    }
    whole = Draft(draft.scenario, servers).having(integer=True, gap="1 %")
    objective = whole.plan(folder / "whole").objective
    assert divided is not None
    assert objective.value_usd is not None
    assert objective.continuous_usd == pytest.approx(divided, rel=1e-7, abs=1e-3)
    assert objective.value_usd <= divided + 1e-7 * abs(divided) + 1e-3
    assert objective.gap is not None
    assert objective.gap <= 0.01 + 1e-9


@pytest.mark.parametrize("override", ["gap=0 %", "gap=2 %"])
def test_the_solvers_agree_within_their_gaps(path: Path, override: str) -> None:
    scenario = load_scenario(
        path, overrides=["integer=true", override], data_dirs=[path.parent]
    )
    one, other = (
        solve(scenario, solver=solver).objective for solver in ("highs", "cbc")
    )
    assert one.value_usd is not None
    within = (one.gap or 0.0) + (other.gap or 0.0) + 1e-6
    assert other.value_usd == pytest.approx(one.value_usd, rel=within)


def test_a_plan_of_fractions_has_no_whole_column(path: Path) -> None:
    divided = load_scenario(path, data_dirs=[path.parent])
    whole = load_scenario(path, overrides=["integer=true"], data_dirs=[path.parent])
    assert not program_of(divided).arrays.whole.any()
    made = program_of(whole)
    named = dict(zip(made.column_names, made.arrays.whole.tolist(), strict=True))
    assert named["added__chip__here__2026"]
    assert not named["installed__chip__here__2026"]
