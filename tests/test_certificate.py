"""A certificate is worth what it finds: errors are planted, other solvers repeat it."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from planner import Plan, load_scenario
from planner.api import solve_whole
from planner.cli.app import app
from planner.errors import UsageError
from planner.explain import certificate
from planner.explain.certificate import certificate_of
from planner.explain.export import program_text
from planner.formulation.build import Program
from planner.pipeline import Solved
from planner.pipeline import run as run_pipeline
from planner.plan.values import values_of
from planner.solvers.cbc import find_cbc
from planner.solvers.highs import Live
from planner.solvers.solve import solve_program
from planner.specs.scenario import Scenario

ROOT = Path(__file__).parents[1]
QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"
SAME = 1e-6
"""Of an allocation, between two ways to solve."""

MakeProgram = Callable[[Scenario], Program]
ShippedPlan = Callable[[str, str], Plan]


def cbc() -> str | None:
    try:
        return find_cbc()
    except UsageError:
        return None


needs_cbc = pytest.mark.skipif(
    cbc() is None, reason="no CBC: not in PuLP, not on PATH, no cbcbox"
)
needs_glpk = pytest.mark.skipif(
    shutil.which("glpsol") is None, reason="no GLPK: install Debian's glpk-utils"
)


@pytest.fixture(scope="module")
def quickstart() -> Solved:
    return run_pipeline(load_scenario(QUICKSTART))


# --- What it finds --------------------------------------------------------------------


@pytest.mark.parametrize("exact", [False, True])
def test_an_optimum_is_verified(quickstart: Solved, *, exact: bool) -> None:
    solution = quickstart.solution
    found = certificate_of(solution.handed_over, solution, exact=exact)
    assert found.verified
    assert found.exact is exact
    assert found.unique
    residuals = (
        found.primal_residual,
        found.dual_residual,
        found.complementary_slackness,
        found.relative_gap,
    )
    assert max(residuals) < 1e-9


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("plant", ["more", "price", "sign", "cost"])
def test_a_planted_error_is_found(
    quickstart: Solved, plant: str, *, exact: bool
) -> None:
    solution, arrays = quickstart.solution, quickstart.solution.handed_over
    x, y, cost = solution.values.copy(), solution.duals.copy(), arrays.cost.copy()
    used = int(np.argmax(x))
    priced = int(np.argmax(np.abs(y)))
    broken = {
        "more": "primal_residual",
        "price": "complementary_slackness",
        "sign": "dual_residual",
        "cost": "relative_gap",
    }[plant]
    if plant == "more":
        x[used] *= 1.001
    elif plant == "price":
        slack = np.isfinite(arrays.row_upper) & (arrays.row_upper > 0)
        free = np.flatnonzero(slack & (solution.row_values < 0.9 * arrays.row_upper))
        y[free[0]] = -1.0
    elif plant == "sign":
        y[priced] *= -1
    else:
        cost[used] *= 1.01
    wrong = replace(solution, values=x, duals=y)
    found = certificate_of(replace(arrays, cost=cost), wrong, exact=exact)
    assert not found.verified
    assert getattr(found, broken) > found.tolerance


def test_rational_numbers_are_for_programs_of_some_size(
    quickstart: Solved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate, "MOST_EXACT", 100)
    solution = quickstart.solution
    with pytest.raises(UsageError, match="197 non-zeros; --exact takes up to 100"):
        certificate_of(solution.handed_over, solution, exact=True)


def test_exact_on_the_command_line() -> None:
    result = CliRunner().invoke(app, ["solve", str(QUICKSTART), "--exact"])
    assert result.exit_code == 0
    assert "certificate: optimal in rational numbers; primal " in result.stdout


# --- One plan, whatever solves it -----------------------------------------------------


@needs_cbc
def test_cbc_plans_what_highs_plans(shipped: str, shipped_plan: ShippedPlan) -> None:
    one, other = shipped_plan(shipped, "highs"), shipped_plan(shipped, "cbc")
    assert one.status == other.status
    if one.objective.continuous_usd is None:  # whole plans agree within their gaps
        assert not different(allocation(one), allocation(other))
    assert other.certificate is None or other.certificate.verified


@pytest.mark.once
def test_interior_point_and_another_seed_plan_the_same(
    shipped: str, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = program(load_scenario(ROOT / "scenarios" / f"{shipped}.yaml"))
    before = solve_program(made)
    if before.status != "optimal" or made.c.whole is not None:
        return
    load = Live.load

    def with_interior_point(live: Live, *arguments: object) -> None:
        load(live, *arguments)  # type: ignore[arg-type]  # handed through
        live.option("solver", value="ipx")
        live.option("random_seed", value=4711)

    monkeypatch.setattr(Live, "load", with_interior_point)
    after = solve_program(made)
    assert before.unique
    assert after.unique
    one, other = values_of(made, before), values_of(made, after)
    assert not different(one.assigned, other.assigned)
    assert not different(one.added, other.added)


def allocation(plan: Plan) -> dict[tuple[str, ...], float]:
    return {
        (row.site, row.accelerator, row.workload, row.period, row.block): row.count
        for row in plan.allocation
    }


def different(one: dict[Any, float], other: dict[Any, float]) -> dict[Any, Any]:
    pairs = {k: (one.get(k, 0.0), other.get(k, 0.0)) for k in one.keys() | other.keys()}
    return {
        k: (a, b) for k, (a, b) in pairs.items() if abs(a - b) > SAME * max(1.0, abs(a))
    }


# --- Repeated by other solvers --------------------------------------------------------


def solved_by_glpk(path: Path) -> float:
    report = path.with_suffix(".txt")
    form = "--freemps" if path.suffix == ".mps" else "--lp"
    command = ["glpsol", form, str(path), "-o", str(report)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our file
    text = report.read_text()
    assert re.search(r"Status: +OPTIMAL", text)
    (value,) = re.findall(r"Objective: +OBJ = (\S+)", text)
    return float(value)


def solved_by_cbc(path: Path) -> float:
    command = [cbc() or "cbc", str(path), "solve"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # our file
    return float(re.findall(r"Optimal objective (\S+)", done.stdout)[-1])


@pytest.mark.parametrize("suffix", [".mps", ".lp"])
@pytest.mark.parametrize(
    "solver",
    [
        pytest.param(solved_by_glpk, marks=needs_glpk),
        pytest.param(solved_by_cbc, marks=needs_cbc),
    ],
)
@pytest.mark.parametrize("name", ["quickstart", "meta_2025", "mtia_first"])
def test_another_solver_finds_the_same_value_in_the_file(  # noqa: PLR0917  # pytest's way
    name: str,
    solver: Callable[[Path], float],
    suffix: str,
    tmp_path: Path,
    shipped_plan: ShippedPlan,
    program: MakeProgram,
) -> None:
    made = program(load_scenario(ROOT / "scenarios" / f"{name}.yaml"))
    path = tmp_path / f"model{suffix}"
    path.write_text(program_text(made, suffix))
    value = shipped_plan(name, "highs").objective.value_usd
    assert value is not None
    assert -solver(path) / made.cost_factor * 1e6 == pytest.approx(value, rel=1e-7)


def test_export_writes_readable_names_and_how_to_scale(tmp_path: Path) -> None:
    for suffix in (".mps", ".lp"):
        path = tmp_path / f"model{suffix}"
        result = CliRunner().invoke(
            app, ["solve", str(QUICKSTART), "--export", str(path), "-q"]
        )
        assert result.exit_code == 0
        text = path.read_text()
        assert "present MUSD" in text.splitlines()[0]
        assert "assigned__h100__ohio__assistant__2026Q1__all" in text
        assert "capex_budget__2026" in text


def test_a_program_without_a_plan_is_exported_too(tmp_path: Path) -> None:
    path = tmp_path / "model.lp"
    scenario = ROOT / "scenarios" / "impossible_deadline.yaml"
    result = CliRunner().invoke(app, ["solve", str(scenario), "--export", str(path)])
    assert result.exit_code == 0
    assert "minimum_served__llama_run" in path.read_text()


def test_export_refuses_another_format_before_solving(tmp_path: Path) -> None:
    path = tmp_path / "model.gms"
    result = CliRunner().invoke(app, ["solve", str(QUICKSTART), "--export", str(path)])
    assert result.exit_code == 2
    assert "ends in .mps or .lp" in result.stderr
    assert not path.exists()


# --- A limit of time ------------------------------------------------------------------


def test_a_time_limit_shows_what_is_proven(shipped_plan: ShippedPlan) -> None:
    scenario = load_scenario(ROOT / "scenarios" / "meta_2026.yaml")
    plan = solve_whole(scenario, time_limit=1e-9).plan
    best = shipped_plan("meta_2026", "highs").objective.value_usd
    assert plan.status == "time_limit"
    assert plan.objective.value_usd is None
    assert plan.objective.bound_usd is not None
    assert best is not None
    assert plan.objective.bound_usd >= best
