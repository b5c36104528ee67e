"""What is built, moved, scrapped, leased and lost is shown and compared."""

from dataclasses import replace
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from planner.api import solve
from planner.cli.account_tables import account_table
from planner.cli.app import app
from planner.plan.plan import Plan
from planner.regression.diff import compared, difference
from planner.regression.sides import Side
from planner.specs.load import load_scenario


def side(plan: Plan) -> Side:
    return Side(plan.scenario, plan, plan.status)


BUILD_OUT = "scenarios/hyperion_build_out.yaml"


@pytest.mark.parametrize(
    ("path", "override", "keys"),
    [
        (
            BUILD_OUT,
            "transfers=null",
            [
                ("expansions", "hyperion/2027Q3"),
                ("transfers", "midwest/hyperion/h100/2027Q1"),
                ("budgets", "expansion_limit/hyperion"),
            ],
        ),
        (
            BUILD_OUT,
            "early_retirement=false",
            [("early_retirements", "midwest/a100/2027Q1")],
        ),
        (
            "scenarios/priorities.yaml",
            "sites.ohio.power=13 MW",
            [
                ("tiers", "tier 2"),
                ("tiers", "tier 3"),
                ("budgets", "site_power/ohio/2026Q4"),
            ],
        ),
    ],
)
def test_what_is_built_moved_scrapped_and_lost_is_compared(
    path: str, override: str, keys: list[tuple[str, str]]
) -> None:
    plans = [solve(load_scenario(path, overrides=o)) for o in ([override], [])]
    found = difference(side(plans[0]), side(plans[1]))

    changed = {(row.section, row.key): row for row in found.changed}
    assert [key for key in keys if key not in changed] == []
    for section, key in keys:
        assert changed[section, key].before != changed[section, key].after


def test_a_limit_in_megawatts_is_no_rounding_beside_one_in_dollars() -> None:
    before = {
        ("capex_budget", "fleet", "2026"): 60e9,
        ("site_power", "a", "2026"): 300.0,
    }
    after = {**before, ("site_power", "a", "2026"): 250.0}

    rows = compared("budgets", before, after)
    assert [(row.key, row.differs) for row in rows] == [
        ("capex_budget/fleet/2026", False),
        ("site_power/a/2026", True),
    ]


def test_what_is_leased_is_told_from_what_is_owned() -> None:
    solved = CliRunner().invoke(app, ["solve", "scenarios/lease_or_own.yaml"])
    owned = CliRunner().invoke(app, ["solve", "scenarios/night_shift.yaml"])

    (line,) = (x for x in solved.stdout.splitlines() if x.startswith("accelerators "))
    assert "5,137 " in line
    assert "owned, in the last period" in line
    (line,) = (x for x in owned.stdout.splitlines() if x.startswith("accelerators "))
    assert "owned" not in line


def test_a_folded_table_of_ways_says_which_way_each_line_is_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = CliRunner().invoke(app, ["explain", "scenarios/lease_or_own.yaml"]).stdout

    assert max(map(len, told.partition("Own or lease")[2].splitlines()[:12])) <= 80
    (line,) = (x for x in told.splitlines() if x.endswith(" 35.7 %"))
    assert "lease:hourly" in line


def test_less_than_a_watt_is_not_stranded() -> None:
    plan = solve(load_scenario("scenarios/quickstart.yaml"))
    (row,) = plan.accounts
    rounding = replace(plan, accounts=(replace(row, stranded_mw=1.1e-13),), totals=None)

    assert account_table(rounding, whole=False).rows[0][-1] == "0 W"


def test_what_costs_nothing_is_not_less_than_nothing() -> None:
    plan = solve(load_scenario("scenarios/quickstart.yaml"))
    parts = plan.objective.parts
    assert parts is not None
    assert [str(x) for x in (parts.leases, parts.transfers)] == ["0.0", "0.0"]


def test_a_question_whole_systems_cannot_answer_says_how_fractions_can() -> None:
    asked = ["explain", "scenarios/racks.yaml", "--why-not", "gb200", "code"]
    refused = CliRunner().invoke(app, asked)
    assert refused.exit_code == 2
    words = refused.stderr.replace(",", " ").split()
    sets = [(a, b) for a, b in pairwise(words) if a == "--set" and "=" in b]
    assert ("--set", "workloads.pretraining.single_site=null") in sets

    answered = CliRunner().invoke(
        app, [*asked, *(word for each in sets for word in each)]
    )
    assert answered.exit_code == 0
    assert "gb200 for code" in answered.stdout


def test_prices_of_an_integer_plan_say_what_they_hold_fixed() -> None:
    whole = CliRunner().invoke(app, ["explain", "scenarios/racks.yaml"]).stdout
    parts = CliRunner().invoke(app, ["explain", "scenarios/quickstart.yaml"]).stdout

    said = "Whole systems, replicas and runs are kept as they are"
    assert said in whole
    assert said not in parts
