"""Prices in words: what one more unit of an input gains or costs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.cli.tables import Column, Table
from planner.explain.keys import KeyPrice, key_prices
from planner.explain.price_words import sentence, worth, worth_most
from planner.plan.plan import Plan
from planner.specs.scenario import Scenario

if TYPE_CHECKING:
    from planner.explain.sides import Sides

MOST = 5
"""Limits that are listed."""


def worth_table(plan: Plan, scenario: Scenario) -> Table:
    """Return the limits of which 1 % more gains most, in words."""
    found = worth_most(key_prices(scenario, plan.prices))[:MOST]
    rows = [
        [worth(price.of_a_hundredth, price.unit), sentence(price)] for price in found
    ]
    columns = (Column("for 1 % more", number=True), Column("at the margin"))
    return Table("What is worth most (present value)", columns, rows)


def price_table(
    title: str, priced: "Sequence[tuple[float, KeyPrice, Sides | None]]"
) -> Table:
    """Return prices below each other, with what 1 % more gains at that price."""
    rows = [
        [worth(gain, price.unit), sentence(price, sides), price.path]
        for gain, price, sides in priced
    ]
    columns = (
        Column("for 1 % more", number=True),
        Column("at the margin", least=40),
        Column("key"),
    )
    return Table(title, columns, rows)
