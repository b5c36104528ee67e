"""What is wrong with what a fleet may do beside buying, said in one line each."""

from pathlib import Path

import pytest

from tests.strategies import World
from tests.test_specs import POWER, Case, added, replaced, reported


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    return World(Path())


def offered(text: str, expected: str) -> Case:
    return replaced(POWER, f"{POWER}, expansion: {{{text}}}", f"case.yaml:{expected}")


BOTH = "write either 'cost: 12.5 MUSD/MW' or 'cost_per_it_mw: …'"
REFUSED = {
    "no cost": offered(
        "limit: 3 MW", f"5:42: sites.here.expansion: has no cost; {BOTH}"
    ),
    "two costs": offered(
        "limit: 3 MW, cost: 9 MUSD/MW, cost_per_it_mw: 9 MUSD/MW",
        f"5:42: sites.here.expansion: has two costs; {BOTH}",
    ),
    "no limit": offered(
        "cost: 9 MUSD/MW",
        "5:31: sites.here.expansion.limit: is missing; write e.g. 'limit: 500 MW'",
    ),
    "a cost of no power": offered(
        "limit: 3 MW, cost: 9 MUSD",
        "5:62: sites.here.expansion.cost: '9 MUSD' is not a price of power; write "
        "e.g. '12.5 MUSD/MW'",
    ),
    "a cost that begins late": offered(
        "limit: 3 MW, cost: {2026Q2: 9 MUSD/MW}",
        "5:62: sites.here.expansion.cost: begins with 2026Q2, after 2026Q1; add a "
        "value for 2026Q1",
    ),
    "a lead time in hours": offered(
        "limit: 3 MW, cost: 9 MUSD/MW, lead_time: 100 h",
        "5:84: sites.here.expansion.lead_time: '100 h' counts days or hours, which no "
        "calendar span holds evenly; use month, quarter or year, e.g. '9 month'",
    ),
    "nothing to carry over": added(
        "budgets: {carry_over: true}",
        "case.yaml:12:23: budgets.carry_over: there is no capex budget to carry over; "
        "write capex, or remove it",
    ),
    "scrapped perhaps": added(
        "early_retirement: 7",
        "case.yaml:12:19: early_retirement: 7 is not a yes or no; write true or false",
    ),
    "moves without a cost": added(
        "transfers: {accelerators: [chip]}",
        "case.yaml:12:1: transfers.cost: is missing; write e.g. 'cost: 31 kUSD'",
    ),
    "moves of what takes no part": added(
        "transfers: {cost: 900 USD, accelerators: [chop]}",
        "case.yaml:12:42: transfers.accelerators: 'chop' is not one of this "
        "scenario's accelerators (did you mean 'chip'?)",
    ),
    "carried over perhaps": added(
        "budgets: {capex: 0, carry_over: 2}",
        "case.yaml:12:33: budgets.carry_over: 2 is not a yes or no; write true or "
        "false",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_wrong_input_is_refused(case: Case, world: World) -> None:
    assert reported(case, world) == list(case.expected)
