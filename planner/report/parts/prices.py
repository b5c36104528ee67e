"""What one more unit of a limit is worth, and from where to where that holds."""

from collections import defaultdict
from collections.abc import Iterator
from math import isfinite

from planner.explain.keys import KeyPrice, key_prices
from planner.explain.price_words import brief, sentence, worth, worth_most
from planner.plan.plan import Plan
from planner.report.charts import Axis, Chart, Rows, scaled
from planner.report.parts import forms
from planner.report.parts.hidden import hidden_limits
from planner.report.record import Cell, Section, Table, View
from planner.report.subject import Hidden, Subject
from planner.specs.confidential import HIDDEN

MOST = 12
"""Limits that a chart shows."""
_GAIN = (
    "What 1 % more of each limit gains, in present value, at the prices of this plan"
)
_TIERS = "What 1 % more of each limit gains of the first tier that it changes"
_BESIDE = (
    "; beside each bar the price of one more unit, and from where to where of the "
    "limit it holds. 'At most': the price is that of the last unit; one more may gain "
    "less."
)
_UNKNOWN = (
    "The file of a plan holds its prices, and not the inputs that they are prices of."
)
_USD = "USD"


def prices_section(subject: Subject) -> Section | None:
    """Return what is worth most, and every price; None where there is none."""
    plan, hidden = subject.plan, subject.hidden()
    if not plan.prices:
        return None
    views, tables = [], []
    if subject.scenario is not None:
        every = key_prices(subject.scenario, plan.prices)
        shown = [price for price in every if not hidden.covers(price.path)]
        views = list(_views(worth_most(shown)))
        tables.append(_keys([*every], hidden))
    return forms.section_of(
        "prices",
        "What is worth most",
        _text(subject),
        views=views,
        tables=(*tables, _prices(plan, hidden)),
    )


def _text(subject: Subject) -> str:
    if subject.scenario is None:
        return _UNKNOWN
    return f"{_TIERS if subject.plan.tiers else _GAIN}{_BESIDE}"


def _views(prices: list[KeyPrice]) -> Iterator[View]:
    """Yield a picture for each thing that is gained: money, or shares of a tier."""
    groups: dict[str, list[KeyPrice]] = defaultdict(list)
    for price in prices:
        groups[_gained(price)].append(price)
    for what, found in groups.items():
        shown = found[:MOST]
        name = "prices" if what == _USD else f"prices in {what}"
        yield View(name, _chart(what, shown), _words(shown, len(found)))


def _gained(price: KeyPrice) -> str:
    """Return what a price is measured in, e.g. ``USD``."""
    return price.unit.partition(" per ")[0]


def _chart(what: str, prices: list[KeyPrice]) -> Chart:
    if what == _USD:
        unit, gains = scaled(_USD, [price.of_a_hundredth for price in prices])
        axis = Axis("gain for 1 % more, present value", unit)
    else:
        gains = [100 * price.of_a_hundredth for price in prices]
        axis = Axis(f"gain for 1 % more, of {what.removesuffix(' share')}", "%")
    labels = [price.path for price in prices]
    rows = Rows("gain", labels, gains, texts=[brief(price) for price in prices])
    return Chart("What is worth most", axis, Axis(""), (rows,))


def _words(shown: list[KeyPrice], count: int) -> str:
    first = shown[0]
    gain = worth(first.of_a_hundredth, first.unit)
    many = f"the {len(shown)} largest of {count}" if count > len(shown) else f"{count}"
    return (
        f"Bars of what 1 % more of a limit gains, {many}: {first.path} with {gain} "
        f"({sentence(first)})."
    )


def _keys(prices: list[KeyPrice], hidden: Hidden) -> Table:
    """Return every input that has a price, by what 1 % more of it gains or costs."""
    columns = (
        forms.text("path", "Input"),
        forms.number("of_a_hundredth", "Gain for 1 % more"),
        forms.text("unit", "Of what"),
        forms.text("sentence", "At the margin"),
        forms.number("valid_from", "Valid from"),
        forms.number("valid_to", "Valid to"),
        forms.text("input_unit", "Unit of the input"),
    )
    rows: list[tuple[Cell, ...]] = []
    for price in prices:
        what, _, unit = price.unit.partition(" per ")
        if hidden.covers(price.path):
            rows.append((price.path, HIDDEN, what, HIDDEN, HIDDEN, HIDDEN, unit))
            continue
        ends = price.valid_from, price.valid_to
        told = price.of_a_hundredth, what, sentence(price)
        rows.append((price.path, *told, *map(_finite, ends), unit))
    return Table("worth", "What one more of each input gains", columns, tuple(rows))


def _prices(plan: Plan, hidden: Hidden) -> Table:
    """Return the price of every row; the range of a confidential limit is hidden."""
    columns = (
        forms.text("constraint", "Limit"),
        forms.text("scope", "Of"),
        forms.text("period", "Period"),
        forms.number("value", "One more gains"),
        forms.text("unit", "Unit"),
        forms.number("valid_from", "Valid from"),
        forms.number("valid_to", "Valid to"),
        forms.text("unique", "Also for one less"),
    )
    groups = {(row.constraint, row.scope) for row in plan.prices}
    kept = hidden_limits(hidden, groups)
    rows: list[tuple[Cell, ...]] = []
    for row in plan.prices:
        ends: tuple[Cell, Cell] = _finite(row.valid_from), _finite(row.valid_to)
        if (row.constraint, row.scope) in kept:
            ends = HIDDEN, HIDDEN
        about = row.constraint, row.scope, row.period, row.value, row.unit
        rows.append((*about, *ends, "yes" if row.unique else "no"))
    return Table("prices", "The price of every limit", columns, tuple(rows))


def _finite(number: float | None) -> float | None:
    """Return a number; None where there is none, or no end."""
    return number if number is not None and isfinite(number) else None
