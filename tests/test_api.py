"""The library: what can be imported from ``planner``, and what a plan gives."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import planner
from planner import InputError, Plan, Scenario, load_scenario, solve
from planner.formulation.constraints import CONSTRAINTS
from planner.plan import rows as plan_rows
from planner.plan.plan import SECTIONS

ROOT = Path(__file__).parents[1]

Tiny = Callable[..., Scenario]

# Keys of the formats, by hand: a renamed field must fail here.
KEYS: dict[str, set[str]] = {
    "provenance": {"planner", "solver", "inputs_hash", "files", "set"},
    "objective": {
        "mode",
        "value_usd",
        "bound_usd",
        "gap",
        "parts",
        "continuous_usd",
        "continuous_loss",
    },
    "metrics": {
        "profit_usd",
        "cost_usd",
        "capex_usd",
        "opex_usd",
        "peak_power_mw",
        "energy_mwh",
        "co2e_t",
        "accelerators",
        "h100_equivalents",
        "unserved_fraction",
        "unfinished_runs",
    },
    "solver": {"name", "version", "algorithm", "iterations", "build_s", "solve_s"},
    "formulation": {"variables", "constraints", "nonzeros"},
    "audit": {"passed", "checks"},
}
PARTS = {
    "served_value",
    "run_value",
    "energy",
    "maintenance",
    "leases",
    "purchases",
    "expansion",
    "residual",
    "transfers",
}
ROW_KEYS: dict[str, set[str]] = {
    "tiers": {"priority", "minimum", "total"},
    "fleet": {"site", "accelerator", "period", "installed", "added", "retired"},
    "purchases": {
        "site",
        "accelerator",
        "order_by",
        "period",
        "count",
        "systems",
        "capex_usd",
    },
    "expansions": {"site", "period", "order_by", "in_service", "mw", "capex_usd"},
    "leases": {"offer", "accelerator", "period", "count"},
    "transfers": {
        "site",
        "to_site",
        "accelerator",
        "period",
        "arrives",
        "count",
        "cost_usd",
    },
    "early_retirements": {"site", "accelerator", "period", "count", "freed_mw"},
    "residuals": {
        "site",
        "accelerator",
        "installed",
        "standing",
        "cohort",
        "kept",
        "residual_usd",
        "lost_usd",
    },
    "allocation": {
        "site",
        "accelerator",
        "workload",
        "kind",
        "period",
        "block",
        "count",
    },
    "services": {
        "workload",
        "kind",
        "period",
        "block",
        "demand",
        "served",
        "unit",
        "served_fraction",
    },
    "runs": {
        "workload",
        "completed_fraction",
        "first_period",
        "last_period",
        "sites",
        "accelerators",
        "accelerator_hours",
        "tokens",
        "energy_mwh",
        "cost_usd",
        "marginal_price",
    },
    "split": {"kind", "accelerator", "period", "count", "share"},
    "budgets": {"name", "scope", "period", "used", "limit", "unit", "utilisation"},
    "costs": {
        "period",
        "capex_usd",
        "energy_usd",
        "maintenance_usd",
        "lease_usd",
        "transfer_usd",
        "energy_mwh",
        "co2e_t",
    },
    "accounts": {"year", "capex_usd", "depreciation_usd", "opex_usd", "tco_usd"},
    "unit_costs": {"workload", "cost_usd", "usd_per_mtoken", "usd_per_run"},
    "rejected": {"workload", "accelerator", "reason", "detail"},
    "rates": {"workload", "accelerator", "per_accelerator", "unit", "confidence"},
    "prices": {
        "constraint",
        "scope",
        "period",
        "value",
        "unit",
        "valid_from",
        "valid_to",
        "unique",
    },
}
EVERY_SECTION = pytest.mark.parametrize("section", SECTIONS)


@pytest.fixture
def plan(tiny: Tiny) -> Plan:
    return solve(tiny())


@pytest.mark.parametrize("name", planner.__all__)
def test_public_names_can_be_imported(name: str) -> None:
    assert getattr(planner, name) is not None


def test_unknown_name_of_the_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        planner.no_such_name  # noqa: B018


@pytest.mark.once
def test_typed_use_passes_mypy(tmp_path: Path) -> None:
    code = """
import pandas as pd
from planner import InputError, Plan, Scenario, load_scenario, solve

scenario: Scenario = load_scenario("a.yaml", overrides=["x=1"], data_dirs=["d"])
plan: Plan = solve(scenario, solver="cbc", time_limit=1.0)
frame: pd.DataFrame = plan.frame("fleet")
profit: float | None = plan.objective.value_usd
errors: list[str] = []
try:
    solve(scenario)
except InputError as error:
    errors = [problem.message for problem in error.problems]
reveal_type(plan.metrics)
solve(scenario, solver="glpk")
"""
    path = tmp_path / "typed_use.py"
    path.write_text(code, encoding="utf-8")
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if "typed_use.py" in line]
    assert len(lines) == 2, done.stdout + done.stderr
    assert "planner.plan.rows.Metrics | None" in lines[0]
    assert "glpk" in lines[1]


def test_input_that_is_wrong_lists_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("name: wrong\nhorizon: {start: 2026, periods: 0}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    assert len(caught.value.problems) >= 3
    assert all(problem.file == str(path) for problem in caught.value.problems)


@EVERY_SECTION
def test_frame_has_the_fields_of_its_rows(plan: Plan, section: str) -> None:
    frame = plan.frame(section)
    fields = [field.name for field in dataclasses.fields(row_type(section))]
    assert list(frame.columns) == fields
    assert len(frame) == len(getattr(plan, section))


@EVERY_SECTION
def test_frame_of_an_empty_section_has_its_columns(tiny: Tiny, section: str) -> None:
    none: dict[str, Any] = {section: ()}
    empty = dataclasses.replace(solve(tiny()), **none)
    fields = [field.name for field in dataclasses.fields(row_type(section))]
    assert list(empty.frame(section).columns) == fields


def test_frame_holds_the_values_of_its_rows(plan: Plan) -> None:
    frame = plan.frame("purchases").set_index(["site", "period"])
    for row in plan.purchases:
        assert frame.loc[(row.site, row.period), "count"] == row.count
    assert frame["capex_usd"].sum() == pytest.approx(plan.metrics.capex_usd)  # type: ignore[union-attr]  # it has a plan


def test_unknown_section_is_refused_with_the_names(plan: Plan) -> None:
    with pytest.raises(KeyError) as caught:
        plan.frame("fleets")
    text = str(caught.value)
    assert "'fleets'" in text
    for section in SECTIONS:
        assert section in text


def test_sections_are_all_the_lists_of_rows() -> None:
    hints = get_type_hints(Plan)
    lists = {name for name in hints if row_type(name, hints) is not None}
    assert lists == set(SECTIONS)


@EVERY_SECTION
def test_json_rows_have_the_keys_of_the_formats(plan: Plan, section: str) -> None:
    for row in plan.as_dict()[section]:
        assert ROW_KEYS[section] <= set(row)
    assert ROW_KEYS[section] <= {f.name for f in dataclasses.fields(row_type(section))}


def test_json_has_the_keys_of_the_formats(plan: Plan) -> None:
    found = json.loads(json.dumps(plan.as_dict(), allow_nan=False))
    assert found["format_version"] == 1
    assert {"scenario", "title", "status", *KEYS, *SECTIONS} <= set(found)
    for key, expected in KEYS.items():
        assert set(found[key]) == expected
    assert set(found["objective"]["parts"]) == PARTS
    assert found["audit"]["passed"] is True
    for check in found["audit"]["checks"]:
        assert set(check) == {"name", "worst", "tolerance", "unit"}
    for file in found["provenance"]["files"]:
        assert set(file) == {"path", "sha256"}


def test_json_of_a_shipped_plan_is_strict(
    shipped: str, shipped_plan: Callable[[str, str], Plan]
) -> None:
    text = json.dumps(shipped_plan(shipped, "highs").as_dict(), allow_nan=False)
    assert json.loads(text)["scenario"] == shipped


def test_json_without_a_plan_has_no_figures(tiny: Tiny) -> None:
    found = solve(tiny("workloads.chat.minimum=100 %")).as_dict()
    assert found["status"] == "infeasible"
    assert found["metrics"] is None
    assert found["objective"]["value_usd"] is None
    filled = {section for section in SECTIONS if found[section]}
    assert filled <= {"rejected", "rates"}


def test_parts_add_up_to_the_value(plan: Plan) -> None:
    parts = plan.objective.parts
    assert parts is not None
    assert sum(dataclasses.asdict(parts).values()) == plan.objective.value_usd
    assert parts.served_value > 0 < parts.residual
    assert parts.purchases < 0 > parts.energy


def test_parts_are_costs_under_minimize_cost(tiny: Tiny) -> None:
    plan = solve(
        tiny("objective=minimize_cost", "workloads.chat.demand.2027=500 request/s")
    )
    parts = plan.objective.parts
    assert parts is not None
    assert sum(dataclasses.asdict(parts).values()) == plan.objective.value_usd
    assert parts.served_value == 0 == parts.run_value
    assert parts.purchases > 0 > parts.residual
    assert plan.metrics is not None
    assert plan.metrics.profit_usd is None
    assert plan.metrics.cost_usd == plan.objective.value_usd


def test_metrics_are_those_of_the_plan_by_hand(plan: Plan) -> None:
    metrics = plan.metrics
    assert metrics is not None
    assert metrics.accelerators == pytest.approx(566 + 2 / 3)
    assert metrics.peak_power_mw == pytest.approx(1.1)
    assert metrics.capex_usd == pytest.approx((466 + 2 / 3) * 6000)
    assert metrics.unserved_fraction == pytest.approx(1 / 6)
    assert metrics.unfinished_runs == 0
    assert metrics.profit_usd == plan.objective.value_usd
    assert metrics.cost_usd is None


def test_budgets_are_those_of_the_plan_by_hand(plan: Plan) -> None:
    used = {(row.name, row.scope, row.period): row.used for row in plan.budgets}
    assert used["power_budget", "fleet", "2026"] == pytest.approx(1.06)
    assert used["power_budget", "fleet", "2027"] == pytest.approx(1.1)
    assert used["site_power", "south", "2027"] == pytest.approx(0.1)
    assert used["capex_budget", "fleet", "2026"] == pytest.approx(440 * 6000)
    assert used["supply", "small", "2026"] == pytest.approx(440)
    assert {name for name, _, _ in used} <= {c.__name__ for c in CONSTRAINTS}


def test_equivalents_need_a_peak_of_every_accelerator(
    tiny: Tiny, tiny_hardware: dict[str, str]
) -> None:
    assert metrics_of(solve(tiny())).h100_equivalents is None
    # Weighted by bf16 over an H100's 989 TFLOP/s; fp16 where there is no bf16.
    hardware = {
        "big": tiny_hardware["big"] + "peak: {bf16: 1978 TFLOP/s, fp8: 9 PFLOP/s}\n",
        "small": tiny_hardware["small"] + "peak: {fp16: 98.9 TFLOP/s}\n",
    }
    found = metrics_of(solve(tiny(hardware=hardware))).h100_equivalents
    assert found == pytest.approx(100 * 2 + (466 + 2 / 3) * 0.1)


def test_overrides_and_files_are_in_the_provenance(tiny: Tiny) -> None:
    plan = solve(tiny("budgets.power=null"))
    assert plan.provenance.set == ("budgets.power=null",)
    names = {Path(file.path).name for file in plan.provenance.files}
    assert {"scenario.yaml", "big.yaml", "small.yaml"} <= names
    assert plan.provenance.inputs_hash != solve(tiny()).provenance.inputs_hash


def test_hash_of_the_inputs_ignores_order_and_place(tiny: Tiny, tiny_text: str) -> None:
    lines = tiny_text.splitlines(keepends=True)
    moved = "# a comment\n" + "".join([*lines[1:], lines[0]])
    before = solve(tiny()).provenance.inputs_hash
    assert solve(tiny(text=moved)).provenance.inputs_hash == before


def metrics_of(plan: Plan) -> plan_rows.Metrics:
    assert plan.metrics is not None
    return plan.metrics


def row_type(section: str, hints: dict[str, Any] | None = None) -> Any:
    """Return the dataclass of a section's rows; None where it is no list of rows."""
    hint = (hints or get_type_hints(Plan))[section]
    arguments = get_args(hint)
    if not arguments or not dataclasses.is_dataclass(arguments[0]):
        return None
    return arguments[0] if arguments[-1] is Ellipsis else None
