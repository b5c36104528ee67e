"""Laws of what a fleet can do beside buying: an offer never hurts."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from planner.api import solve
from tests.strategies import Draft, drafts
from tests.test_laws import assert_same, few, planned, size, value


def an_expansion(draft: Draft) -> Draft:
    offer = {"limit": "200 kW", "cost": "12 MUSD/MW", "lead_time": "3 month"}
    sites = [{**site, "expansion": offer} for site in draft.scenario["sites"]]
    return draft.having(sites=sites)


def carrying_over(draft: Draft) -> Draft:
    return draft.having(budgets={**draft.scenario["budgets"], "carry_over": True})


def early(draft: Draft) -> Draft:
    return draft.having(early_retirement=True)


def transfers(draft: Draft) -> Draft:
    return draft.having(transfers={"cost": "100 USD"})


def everything(draft: Draft) -> Draft:
    return early(transfers(an_expansion(carrying_over(draft))))


OFFERS = (an_expansion, carrying_over, early, transfers, everything)


@pytest.mark.parametrize("offer", OFFERS, ids=lambda f: f.__name__)
@few
@given(draft=drafts())
def test_an_offer_never_hurts(offer: Callable[[Draft], Draft], draft: Draft) -> None:
    before, after = planned(draft), planned(offer(draft))
    assert value(after) >= value(before) - 1e-9 * size(before)
    assert after.audit is not None
    assert after.audit.passed


@settings(few, max_examples=40)
@given(draft=drafts())
def test_the_flag_changes_nothing_where_nothing_is_scrapped(draft: Draft) -> None:
    before, after = planned(draft), planned(early(draft))
    if not after.early_retirements:
        assert_same(before, after)
    else:
        assert value(after) >= value(before) - 1e-9 * size(before)


@few
@given(draft=drafts())
def test_an_offer_at_a_price_that_nobody_pays_changes_nothing(draft: Draft) -> None:
    offer = {"limit": "1 MW", "cost": "1 TUSD/MW"}
    sites = [{**site, "expansion": offer} for site in draft.scenario["sites"]]
    dear = draft.having(sites=sites, transfers={"cost": "1 GUSD"})
    assert_same(planned(draft), planned(dear))


@few
@given(draft=drafts())
def test_both_solvers_find_the_same_optimum(draft: Draft) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scenario = everything(draft).load(Path(folder))
        first, second = solve(scenario), solve(scenario, solver="cbc")
    assert value(second) == pytest.approx(value(first), abs=1e-7 * size(first))
