"""Everything that ``explain`` tells of one plan."""

from collections.abc import Iterable
from dataclasses import asdict
from math import isfinite
from typing import Any

from planner.explain.keys import LIMITS, KeyPrice, key_prices
from planner.explain.prices import key_of
from planner.explain.sides import Neighbours, Sides
from planner.periods import Span
from planner.pipeline import Solved
from planner.plan.findings import PriceRow
from planner.plan.plan import Plan
from planner.records import dataclass

BINDING = 0.999999
"""Utilisation from which a limit counts as used up."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A limit that is used up in a period.

    Attributes:
        period: Period or span.
        constraint: The row's one name.
        scope: Site or accelerator, else ``fleet``.
        price: Its price there, or None where more is worth nothing.
    """

    period: str
    constraint: str
    scope: str
    price: PriceRow | None


@dataclass(frozen=True, slots=True)
class Priced:
    """The price of a key, and on both sides where it was solved again."""

    price: KeyPrice
    sides: Sides | None

    @property
    def of_a_hundredth(self) -> float:
        """Return what 1 % more gains at the price of more [present $]."""
        more = None if self.sides is None else self.sides.more.value
        if more is None:
            return self.price.of_a_hundredth
        return more * self.price.base / 100

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON; what has no end is null."""
        price, sides = self.price, self.sides
        priced_in_usd = price.unit.startswith("USD")
        return {
            "path": price.path,
            "base": price.base,
            "value": price.value,
            "unit": price.unit,
            "of_a_hundredth_usd": self.of_a_hundredth if priced_in_usd else None,
            "cost_usd": price.cost_usd,
            "valid_from": price.valid_from,
            "valid_to": _finite(price.valid_to),
            "unique": price.unique if sides is None else sides.unique,
            **_values(sides),
        }


def priced_keys(solved: Solved, most: int | None, *, far: bool) -> tuple[Priced, ...]:
    """Return the prices of all keys, the first ones solved again on both sides.

    Args:
        solved: The scenario, its program and plan, with prices.
        most: How many are solved again; None: all.
        far: Whether to look how far they hold.
    """
    prices = key_prices(solved.scenario, solved.plan.prices)
    if solved.solution.stages:
        # One program does not tell how objectives in turn change to a side.
        return tuple(Priced(price, None) for price in prices)
    near = Neighbours(solved.program, solved.solution.handed_over)
    again = len(prices) if most is None else most
    solved_again = [
        Priced(price, near.sides(price.rows, far=far)) for price in prices[:again]
    ]
    ranked = sorted(solved_again, key=lambda each: -abs(each.of_a_hundredth))
    return (*ranked, *(Priced(price, None) for price in prices[again:]))


def price_rows(solved: Solved) -> list[dict[str, Any]]:
    """Return the prices as JSON; those that are not unique with both sides."""
    if solved.solution.stages:
        return [{**asdict(row), **_values(None)} for row in solved.plan.prices]
    near = Neighbours(solved.program, solved.solution.handed_over)
    found = []
    for row in solved.plan.prices:
        sides = None if row.unique else near.sides([(key_of(row), 1.0)])
        unique = row.unique if sides is None else sides.unique
        found.append({**asdict(row), "unique": unique, **_values(sides)})
    return found


def _values(sides: Sides | None) -> dict[str, float | None]:
    """Return both one-sided values; null where they are the price, or impossible."""
    return {
        "value_less": None if sides is None else sides.less.value,
        "value_more": None if sides is None else sides.more.value,
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and isfinite(number) else None


def binding_limits(plan: Plan) -> tuple[Binding, ...]:
    """Return the limits that are used up, period by period."""
    prices = {(row.constraint, row.scope, row.period): row for row in plan.prices}
    found = [
        Binding(row.period, row.name, row.scope, prices.get(_place(row)))
        for row in plan.budgets
        if row.name in LIMITS and (row.utilisation or 0.0) >= BINDING
    ]
    return tuple(sorted(found, key=lambda each: Span.parse(each.period).first_month))


def _place(row: Any) -> tuple[str, str, str]:
    return row.name, row.scope, row.period


def by_period(limits: Iterable[Binding]) -> dict[str, list[Binding]]:
    """Return binding limits keyed by their period, in order of time."""
    found: dict[str, list[Binding]] = {}
    for each in limits:
        found.setdefault(each.period, []).append(each)
    return found
