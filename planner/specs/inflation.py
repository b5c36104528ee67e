"""Prices of other years in the money of one: `inflation` (formats §4).

Converted is every amount of money that a source of another year states, budgets apart:
they are limits, not prices. The year is the one noted beside a value (`year:`), else
that of its source's `as_of`. What names no source, `assumption` or `--set` is money of
`currency_year` already.
"""

import re
from collections.abc import Sequence

from planner.documents import Node, Path, find
from planner.documents.node import item_name
from planner.errors import Problem
from planner.periods import MONTHS_OF_A_YEAR
from planner.records import dataclass
from planner.specs.series import Growth
from planner.specs.sources import ASSUMPTION, SET

_MONEY = re.compile(
    r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>[kMGTPE]?USD.*)"
)
_YEAR = re.compile(r"(?P<year>(?:19|20|21)\d\d)(?:\D.*)?")
_NO_PRICES = frozenset({"budgets", "check", "models", "name", "sources", "title"})
"""Parts of a scenario that hold no price."""
WRITTEN = "written"
"""Key of the note that keeps a converted value as its file writes it."""
_BOUNDS = ("low", "high")


def is_price(loc: Path, value: object) -> bool:
    """Return whether a leaf of a scenario holds an amount of money that is a price."""
    if not isinstance(value, str) or loc[0] in _NO_PRICES or "sources" in loc:
        return False
    return _MONEY.fullmatch(value) is not None


def year_of(
    leaf: Node, scopes: Sequence[Node], currency_year: int | None
) -> int | None:
    """Return the year whose money a price is in; None where its source has none.

    Args:
        leaf: The price.
        scopes: Documents whose sources it may name, first one wins.
        currency_year: Of the scenario.
    """
    noted = (leaf.notes or {}).get("year")
    if noted is not None:
        return _year(noted)
    if leaf.source in (None, ASSUMPTION, SET):
        return currency_year
    for scope in scopes:
        entry = find(scope, ("sources", str(leaf.source)))
        if entry is not None:
            as_of = find(entry, ("as_of",))
            return None if as_of is None else _year(as_of.value)
    return None


def _year(text: object) -> int | None:
    found = _YEAR.fullmatch(str(text))
    return int(found["year"]) if found else None


@dataclass(frozen=True, slots=True)
class Conversion:
    """How prices come into the money of one year.

    Attributes:
        growth: Of prices.
        year: Whose money they are to be in.
    """

    growth: Growth
    year: int

    @classmethod
    def of(cls, root: Node, problems: list[Problem]) -> "Conversion | None":
        """Return the conversion that a scenario asks for; None without `inflation`.

        A rate or a year that cannot be read is left to the types to refuse.
        """
        rate, year = find(root, ("inflation",)), find(root, ("currency_year",))
        if rate is None:
            return None
        if year is None or year.value is None:
            message = "needs to know whose year's money prices are to be in"
            expected = "write e.g. 'currency_year: 2026'"
            problems.append(Problem(*rate.mark, "inflation", message, expected))
            return None
        try:
            return cls(Growth.read(rate.value), int(str(year.value)))
        except ValueError:
            return None

    def converted(
        self, node: Node, loc: Path, scopes: Sequence[Node], problems: list[Problem]
    ) -> Node:
        """Return a part of a scenario with its prices in the money of the year.

        Args:
            node: The part.
            loc: Its place in the scenario.
            scopes: Documents whose sources it may name, first one wins.
            problems: Gets every price whose source has no year.
        """
        if isinstance(node.value, dict):
            entries = node.value.items()
            below = {
                key: self.converted(child, (*loc, key), scopes, problems)
                for key, child in entries
            }
            return node.with_value(below)
        if isinstance(node.value, list):
            items = [
                self.converted(child, (*loc, item_name(child) or n), scopes, problems)
                for n, child in enumerate(node.value)
            ]
            return node.with_value(items)
        if not is_price(loc, node.value):
            return node
        year = year_of(node, scopes, self.year)
        if year is None:
            problems.append(_undated(node, loc))
            return node
        return self._priced(node, year) if year != self.year else node

    def _priced(self, node: Node, year: int) -> Node:
        """Return a price of another year, with what is written as a note."""
        factor = self.growth.factor(MONTHS_OF_A_YEAR * (self.year - year))
        notes = dict(node.notes or {})
        notes |= {key: _times(notes[key], factor) for key in _BOUNDS if key in notes}
        notes |= {"year": year, WRITTEN: node.value}
        value = _times(node.value, factor)
        return node.with_value(value).with_notes(notes)


def _times(text: object, factor: float) -> str:
    """Return an amount of money times a factor; any other text as it is."""
    found = _MONEY.fullmatch(str(text))
    if found is None:
        return str(text)
    return f"{float(found['number']) * factor!r} {found['unit']}"


def _undated(node: Node, loc: Path) -> Problem:
    path = ".".join(map(str, loc))
    message = f"{node.value!r} cannot be converted: source {node.source!r} has no year"
    expected = "write 'year: 2025' beside the value, or 'as_of: 2025-06' at the source"
    return Problem(*node.mark, path, message, expected)
