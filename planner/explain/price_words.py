"""Prices in words: what one more unit of an input gains or costs."""

from collections.abc import Iterable
from math import isinf
from typing import TYPE_CHECKING

from planner.explain.keys import FULL, LIMITS, KeyPrice
from planner.numerals import count, digits, money, power, scaled
from planner.periods import is_span

if TYPE_CHECKING:
    from planner.explain.sides import Sides

WORTH = (*LIMITS, "expansion_limit")
"""Limits of which more is worth something."""
_SIZES = ((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"))
_LEAST_SHARE = 1e-4
"""Smallest share of a tier that is shown as such; below it more units are priced."""
_LEAST_USD = 1.0
"""Smallest price that is shown as such; below it more units are priced."""


def worth_most(prices: Iterable[KeyPrice]) -> list[KeyPrice]:
    """Return the prices of limits of which more gains, in the same order."""
    return [
        price for price in prices if price.rows[0][0][0] in WORTH and price.value > 0
    ]


def sentence(price: KeyPrice, sides: "Sides | None" = None) -> str:
    """Return what one more unit is worth, and from where to where that holds.

    Args:
        price: Of one key.
        sides: The same below and above today's value, where it was solved again.
    """
    unit, size = _unit(price)
    constraint, scope, _, committed = price.rows[0][0]
    if constraint == "supply":
        unit = f"committed {scope}" if committed else scope
    if constraint == "lease_limit":
        unit = f"{unit} of {scope}"
    what = f"one more {unit}{_of(price)}"
    if sides is not None and not sides.unique:
        return f"{what} {_two_prices(sides, size)}"
    value = price.value
    if sides is not None and sides.more.value is not None:
        value = sides.more.value
    word = "at most " if sides is None and not _holds_above(price) else ""
    gain = _gain(value * size, word, price.unit)
    return f"{what} {gain}{_then(price, size, gains=value > 0)}{_range(price, sides)}"


def brief(price: KeyPrice) -> str:
    """Return the price of one more unit and its range in a few words, for a chart."""
    unit, size = _unit(price)
    known = _range(price, None).replace(", valid from", ", from")
    word = "" if _holds_above(price) else "at most "
    return f"{word}{worth(price.value * size, price.unit)} per {unit}{known}"


def worth(number: float, unit: str) -> str:
    """Return a gain: money, or so many percent of what a tier can achieve."""
    what = unit.partition(" per ")[0]
    if what == "USD":
        return money(number)
    return f"{digits(number * 100, 3)} % of {what.removesuffix(' share')}"


def _then(price: KeyPrice, size: float, *, gains: bool) -> str:
    """Return what a gain or a loss in a tier does to the cost."""
    usd = price.cost_usd
    if usd is None or price.unit.startswith("USD") or usd == 0:
        return ""
    amount = money(abs(usd * size))
    if usd < 0:
        return f" and costs {amount}" if gains else f" and {amount}"
    return f" and saves {amount}"


def _holds_above(price: KeyPrice) -> bool:
    """Return whether the price is that of more, not only of less."""
    if price.unique or price.valid_to is None:
        return price.unique
    return price.valid_to > price.base * (1 + 1e-9)


def _gain(gain: float, word: str = "", unit: str = "USD") -> str:
    if gain == 0:
        return "is worth nothing"
    return f"{'is worth' if gain > 0 else 'costs'} {word}{worth(abs(gain), unit)}"


def _two_prices(sides: "Sides", size: float) -> str:
    """Return the price of the next unit, and of the last one."""
    less, more = sides.less.value, sides.more.value
    told = "is not possible" if more is None else _gain(more * size)
    if less is None:
        return f"{told}; none less is possible"
    taken = "would cost" if less > 0 else "would gain"
    return f"{told}; one less {taken} {money(abs(less * size))}"


def _unit(price: KeyPrice) -> tuple[str, float]:
    """Return a unit in which the price reads well, and its size."""
    name = price.unit.partition(" per ")[2]
    if not price.unit.startswith("USD"):
        return _share_unit(name, abs(price.value))
    if name == "100 %":
        return "point", 0.01
    value = abs(price.value)
    if name in ("MW", "USD") or value == 0 or "accelerator" in name:
        return name, 1.0
    for size, prefix in _SIZES:
        if value * size >= _LEAST_USD:
            return f"{prefix}{name}", size
    return f"T{name}", 1e12


def _share_unit(name: str, share: float) -> tuple[str, float]:
    """Return a unit of which one more is worth a share that reads well."""
    if name == "100 %":
        return "point", 0.01
    if "accelerator" in name:
        return name, 1.0
    if name == "MW":
        return (name, 1.0) if share <= 1 else ("kW", 1e-3)
    for size, prefix in _SIZES:
        if share * size >= _LEAST_SHARE:
            return f"{prefix}{name}", size
    return f"T{name}", 1e12


def _of(price: KeyPrice) -> str:
    """Return whose input it is, and when."""
    constraint, scope, _, _ = price.rows[0][0]
    words = price.path.split(".")
    step = next((word for word in words if is_span(word)), "")
    owner = words[1]
    when = f" from {step}" if step else ""
    texts = {
        "site_power": f" at {scope}{when}",
        "power_budget": f" for the fleet{when}",
        "capex_budget": f" of capex in {step}{_repeated(price)}",
        "expansion_limit": f" that can be added at {scope}",
        "supply": f" in {step}{_repeated(price)}",
        "lease_limit": " all the time",
        "demand": f" of {owner}{when}",
        "minimum_served": f" of the minimum of {owner}",
        "training_work": f" of {owner}",
        "run_size": f" for {owner}",
        "opex_budget": f" of opex in {step}{_repeated(price)}",
        "carbon_budget": f" of CO2e in {step}{_repeated(price)}",
        "residency": f" of {owner}",
        "vendor_share": f" of {owner}",
        "vendor_commitment": f" of {owner}",
        "spare": f" of {owner}",
    }
    return texts[constraint]


def _repeated(price: KeyPrice) -> str:
    """Return that an amount stands for later spans, too."""
    return " and the spans that repeat it" if price.repeated else ""


def _range(price: KeyPrice, sides: "Sides | None") -> str:
    """Return from where to where a price holds, where that is known."""
    low, high = price.valid_from, price.valid_to
    if sides is not None:
        low = min(_or(low, price.base), price.base * (1 - sides.less.reach))
        high = max(_or(high, price.base), price.base * (1 + sides.more.reach))
    share = price.unit.endswith(FULL)
    if share or low is None or high is None or not low < high:
        return ""
    if isinf(high):
        return f", valid from {_amount(low, price)}"
    return f", valid from {_amount(low, price)} to {_amount(high, price)}"


def _or(number: float | None, other: float) -> float:
    return other if number is None else number


def _amount(number: float, price: KeyPrice) -> str:
    """Return a value of the key."""
    unit = price.unit.partition(" per ")[2]
    if unit == "MW":
        return power(number)
    if unit == "USD":
        return money(number)
    return count(number) if "accelerator" in unit else scaled(number, unit)
