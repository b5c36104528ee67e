"""Policies from outside: what is refused, what is printed, what a path reaches."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.api import solve_whole
from planner.cli.app import app
from planner.errors import InputError
from planner.explain.explanation import priced_keys
from tests.strategies import World

TEXT = """\
name: case
horizon: {start: 2026, periods: 2}
accelerators: [chip, card]
sites:
  - {name: here, region: us, power: 1 MW}
  - {name: there, region: eu, power: 60 kW, electricity: 200 USD/MWh}
workloads:
  - name: chat
    kind: inference
    demand: 400 request/s
    value: 0.001 USD/request
    throughput: {chip: 1 request/s, card: 2 request/s}
  - {name: run, kind: training, tokens: 1 Gtoken, value: 1 USD,
     throughput: {chip: 1 token/s, card: 1 token/s}}
policies:
"""
LINE = TEXT.count("\n") + 1
KINDS = "residency, vendor_share, vendor_commitment, spare, grandfather"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    world = World(tmp_path)
    world.hardware("chip")
    world.hardware("card", "vendor: other\nprice: {system: 75 kUSD}")
    return world


def ran(world: World, *arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(
        app, [*arguments, "--data-dir", str(world.folder)], env={"COLUMNS": "200"}
    )
    return done.exit_code, done.stdout, done.stderr


REFUSED = {
    "kind": (
        "{name: a, kind: residencey}",
        (
            f"21: policies.a.kind: 'residencey' is not one of {KINDS} (did you mean "
            "'residency'?)"
        ),
    ),
    "no kind": (
        "{name: a, region: eu}",
        (
            "5: policies.a.kind: is missing; write residency, vendor_share, "
            "vendor_commitment, spare or grandfather"
        ),
    ),
    "no mapping": ("residency", "5: policies.residency: 'residency' is not a mapping"),
    "workload": (
        "{name: a, kind: residency, workload: chatt, region: eu, minimum: 1}",
        (
            "42: policies.a.workload: 'chatt' is not one of this scenario's "
            "workloads (did you mean 'chat'?)"
        ),
    ),
    "run": (
        "{name: a, kind: residency, workload: run, region: eu, minimum: 1}",
        (
            "42: policies.a.workload: run is a run; residency is for services; "
            "restrict a run with its own 'sites'"
        ),
    ),
    "region": (
        "{name: a, kind: residency, workload: chat, region: ue, minimum: 1}",
        (
            "56: policies.a.region: 'ue' is not one of this scenario's regions; known "
            "are us, eu"
        ),
    ),
    "vendor": (
        "{name: a, kind: vendor_share, vendor: acmee, maximum: 80 %}",
        (
            "43: policies.a.vendor: 'acmee' is not one of this scenario's vendors "
            "(did you mean 'acme'?)"
        ),
    ),
    "share": (
        "{name: a, kind: vendor_share, vendor: acme, maximum: 120 %}",
        (
            "58: policies.a.maximum: '120 %' must be between 0% and 100%; "
            "write e.g. '80 %'"
        ),
    ),
    "of": (
        "{name: a, kind: vendor_share, vendor: acme, maximum: 1, of: purchase}",
        (
            "65: policies.a.of: 'purchase' is not one of purchases, power (did you "
            "mean 'purchases'?)"
        ),
    ),
    "accelerator": (
        "{name: a, kind: spare, accelerator: chips, share: 3 %}",
        (
            "41: policies.a.accelerator: 'chips' is not one of this scenario's "
            "accelerators (did you mean 'chip'?)"
        ),
    ),
    "key": (
        "{name: a, kind: spare, accelerator: chip, shares: 3 %}",
        "47: policies.a.shares: unknown key (did you mean 'share'?)",
    ),
    "count": (
        "{name: a, kind: vendor_commitment, vendor: acme, minimum: 20 %}",
        "63: policies.a.minimum: '20 %' is a share; write a count, e.g. 8000",
    ),
    "twice": (
        "{name: a, kind: grandfather}\n  - {name: a, kind: grandfather}",
        "12: policies.a.name: 'a' is used twice; write another name",
    ),
    "twice without a name": (
        "{kind: grandfather}\n  - {kind: grandfather}",
        (
            "5: policies.1: is the second policy 'grandfather'; give it a name, e.g. "
            "'name: second'"
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_told_with_its_place(world: World, case: str) -> None:
    policy, said = REFUSED[case]
    Path("case.yaml").write_text(f"{TEXT}  - {policy}\n")
    code, _, text = ran(world, "validate", "case.yaml")
    problems = [line for line in text.splitlines() if line.startswith("case.yaml:")]
    line = LINE + policy.count("\n")
    expected = f"case.yaml:{line}:{said}"
    assert code == 2
    assert expected in problems, problems


def test_nothing_can_be_promised_that_cannot_be_bought(world: World) -> None:
    policy = "{name: a, kind: vendor_commitment, vendor: other, minimum: 20}"
    Path("case.yaml").write_text(f"{TEXT}  - {policy}\nsupply: {{card: 0}}\n")
    _, _, text = ran(world, "validate", "case.yaml")
    assert f"case.yaml:{LINE}:64: policies.a.minimum: nothing of other can be" in text


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ("carbon: 5 t", "'5 t' does not say for which span; write e.g. {2026: 5 t}"),
        ("carbon: {2026: 5 USD}", "'5 USD' is not a mass of CO2; write e.g. '400 kt'"),
        ("opex: {2026: 5 t}", "'5 t' is not an amount of money; write e.g. '2 GUSD'"),
        ("opex: {2026Q1: 5 USD}", "2026Q1 is finer than the periods (2026 …)"),
    ],
)
def test_budgets_are_amounts_of_their_unit(
    world: World, budget: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        world.scenario(f"{TEXT}budgets: {{{budget}}}\n")
    key = budget.partition(":")[0]
    (problem,) = caught.value.problems
    assert problem.path.startswith(f"budgets.{key}")
    assert said in str(problem)


CAP = "  - {name: cap, kind: vendor_share, vendor: other, maximum: 40 %}\n"
HOME = "  - {name: home, kind: residency, workload: chat, region: eu, minimum: 10 %}\n"


def test_a_path_reaches_the_number_of_a_policy(world: World) -> None:
    Path("case.yaml").write_text(TEXT + CAP)
    shares = {}
    for share in ("40 %", "20 %"):
        changed = f"policies.cap.maximum={share}"
        code, text, _ = ran(world, "solve", "case.yaml", "--json", "--set", changed)
        rows = json.loads(text)["budgets"]
        (row,) = (
            r for r in rows if r["name"] == "vendor_share" and r["period"] == "2026"
        )
        shares[share] = row["limit"]
        assert (code, row["scope"], row["unit"]) == (0, "other", "share")
        assert row["used"] <= row["limit"] + 1e-9
    assert shares == {"40 %": 0.4, "20 %": 0.2}


def test_a_policy_that_is_taken_away_is_gone(world: World) -> None:
    Path("case.yaml").write_text(TEXT + CAP + HOME)
    _, text, _ = ran(
        world, "solve", "case.yaml", "--json", "--set", "policies.home=null"
    )
    found = {row["constraint"] for row in json.loads(text)["prices"]}
    assert "residency" not in found
    assert ran(world, "solve", "case.yaml", "-q", "--set", "policies=null")[0] == 0


def test_solve_and_explain_name_the_policies(world: World) -> None:
    budgets = "budgets: {carbon: {2026: 2 kt}, opex: {2026: 1 MUSD}}\n"
    Path("case.yaml").write_text(TEXT + HOME + CAP + budgets)
    code, solved, _ = ran(world, "solve", "case.yaml")
    assert code == 0
    assert "carbon_budget  fleet" in solved
    assert "vendor_share" in solved
    code, told, _ = ran(world, "explain", "case.yaml", "-v")
    assert code == 0
    assert "policies.home.minimum" in told
    assert "one more point of home costs" in told


def test_a_fleet_above_its_power_is_offered_the_policy(world: World) -> None:
    fleet = "fleet: [{site: there, accelerator: chip, count: 60, installed: 2025}]\n"
    Path("case.yaml").write_text(TEXT + HOME + fleet)
    code, text, _ = ran(world, "solve", "case.yaml")
    assert code == 3
    offered = (
        "--set 'policies=[{name: home, kind: residency, workload: chat, region: eu"
    )
    assert offered in text
    assert "policy grandfather" in text


def test_a_table_shows_how_near_the_plan_comes_to_each_policy(world: World) -> None:
    policies = (
        HOME
        + CAP
        + "  - {kind: vendor_commitment, vendor: other, minimum: 5}\n"
        + "  - {kind: spare, accelerator: chip, share: 5 %}\n"
        + "  - {kind: grandfather}\n"
    )
    Path("case.yaml").write_text(TEXT + policies)
    _, text, _ = ran(world, "solve", "case.yaml")
    table = text.partition("\nPolicies\n")[2].partition("\n\n")[0]
    found = {line.split("  ")[0]: line for line in table.splitlines()}
    assert "chat from eu: at least 10 %  " in found["home"]
    assert " 10.0 %  " in found["home"]
    assert " a point" in found["home"]
    assert "other, of purchases: at most 40 %  " in found["cap"]
    assert "from other: at least 5  " in found["vendor_commitment_other"]
    assert " 5.0 %" in found["spare_chip"]
    assert "what stands may exceed" in found["grandfather"]


def test_with_priorities_a_policy_costs_a_share_of_a_tier(world: World) -> None:
    ranked = TEXT.replace("    value", "    priority: 1\n    value").replace(
        "value: 1 USD,", "priority: 2,"
    )
    home = HOME.replace("10 %", "90 %")
    Path("case.yaml").write_text(f"{ranked}{home}objective: serve_by_priority\n")
    _, text, errors = ran(world, "solve", "case.yaml")
    table = text.partition("\nPolicies\n")[2].partition("\n\n")[0]
    assert " % of tier 1 a point" in table, (text, errors)


# ------------------------------------------------------------------ prices of a key


def test_a_demand_with_residency_is_priced_on_both_sides(world: World) -> None:
    """The demand stands in the rows of its residency, too."""
    scenario = world.scenario(TEXT + HOME)
    solved = solve_whole(scenario)
    base = solved.plan.objective.value_usd
    assert base is not None
    found = {each.price.path: each for each in priced_keys(solved, None, far=False)}
    demand = found["workloads.chat.demand"]
    assert demand.sides is not None
    for side, factor in ((demand.sides.more, 1.0001), (demand.sides.less, 0.9999)):
        moved = world.scenario(
            TEXT.replace("400 request/s", f"{400 * factor} request/s") + HOME
        )
        value = solve_whole(moved).plan.objective.value_usd
        assert value is not None
        assert side.value == pytest.approx((value - base) / (400 * (factor - 1)), 1e-3)
