"""What the header of ``hyperion_build_out`` says is what the planner finds."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner import Plan, load_scenario, solve
from planner.cli.app import app

HYPERION = Path(__file__).parents[1] / "scenarios" / "hyperion_build_out.yaml"
NOTHING_BUILT = "sites.hyperion.expansion=null"
NOTHING_MOVED = "transfers=null"
NOTHING_SCRAPPED = "early_retirement=false"


def planned(*overrides: str) -> Plan:
    return solve(load_scenario(HYPERION, overrides=overrides))


@pytest.mark.parametrize(
    ("overrides", "profit_musd"),
    [
        ((), 19_817),
        ((NOTHING_BUILT,), 16_766),
        ((NOTHING_MOVED,), 19_281),
        ((NOTHING_SCRAPPED,), 19_800),
        ((NOTHING_SCRAPPED, NOTHING_BUILT), 16_626),
        (("budgets.carry_over=false",), 19_791),
    ],
)
def test_each_way_out_is_worth_what_the_header_says(
    overrides: tuple[str, ...], profit_musd: float
) -> None:
    plan = planned(*overrides)
    assert plan.metrics is not None
    assert plan.metrics.profit_usd == pytest.approx(profit_musd * 1e6, abs=0.6e6)
    text = HYPERION.read_text(encoding="utf-8").split("name: hyperion")[0]
    assert f"{profit_musd:,}" in text


def test_power_is_ordered_before_it_serves_and_h100s_move() -> None:
    plan = planned()
    assert sum(row.mw for row in plan.expansions) == pytest.approx(1013, abs=0.5)
    assert sum(row.capex_usd for row in plan.expansions) == pytest.approx(
        13.7e9, abs=0.05e9
    )
    first = plan.expansions[0]
    assert (first.period, first.order_by, first.in_service) == (
        "2026Q2",
        "2026-04",
        "2027Q3",
    )
    assert sum(row.count for row in plan.transfers) == pytest.approx(90.9e3, abs=50)
    assert {row.accelerator for row in plan.early_retirements} == {"a100"}


def test_without_any_way_out_the_fleet_has_nowhere_to_go() -> None:
    overrides = ["--set", NOTHING_MOVED, "--set", NOTHING_SCRAPPED]
    result = CliRunner().invoke(app, ["explain", str(HYPERION), *overrides])
    assert result.exit_code == 0
    assert "the starting fleet alone provisions 289.6 MW of the 160 MW" in result.output
