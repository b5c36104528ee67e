"""Laws of what a fleet can do beside buying: an offer never hurts."""

from collections.abc import Callable

import pytest
from hypothesis import given

from tests.strategies import Draft, drafts
from tests.test_laws import few, planned, size, value


def an_expansion(draft: Draft) -> Draft:
    offer = {"limit": "200 kW", "cost": "12 MUSD/MW", "lead_time": "3 month"}
    sites = [{**site, "expansion": offer} for site in draft.scenario["sites"]]
    return draft.having(sites=sites)


def carrying_over(draft: Draft) -> Draft:
    return draft.having(budgets={**draft.scenario["budgets"], "carry_over": True})


OFFERS = (an_expansion, carrying_over)


@pytest.mark.parametrize("offer", OFFERS, ids=lambda f: f.__name__)
@few
@given(draft=drafts())
def test_an_offer_never_hurts(offer: Callable[[Draft], Draft], draft: Draft) -> None:
    before, after = planned(draft), planned(offer(draft))
    assert value(after) >= value(before) - 1e-9 * size(before)
    assert after.audit is not None
    assert after.audit.passed
