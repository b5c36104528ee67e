"""The one Pint registry, and the only place that reads a quantity from text.

A quantity is ``<number> <unit>``, e.g. ``1.8 kW``, ``65 USD/MWh``, ``8 %/quarter``.
The text is checked against that form before Pint sees it.

Two kinds of time, which do not convert into each other:

* ``[time]``: us, ms, s, min, h (hour), day. Rates, latencies, prices per hour.
* ``[calendar]``: month, quarter, year. Lead times, lifetimes, terms, and rates of
  growth, discount, inflation and maintenance. A month has no fixed number of hours.

Units of the definition file ``units.txt`` are the only ones there are.
"""

import copyreg
import re
import sys
from collections.abc import Iterable
from fractions import Fraction
from functools import cache, lru_cache
from math import isfinite, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from planner.unit_hints import NOUNS, PREFIXES, hint_for

_DASK_IS_OUT = "dask" not in sys.modules
if _DASK_IS_OUT:
    # Where it is installed Pint imports it, for 0.15 s of CPU and nothing here.
    sys.modules["dask"] = None  # type: ignore[assignment]  # None: not to be found
import pint  # noqa: E402  # only now

if _DASK_IS_OUT:
    del sys.modules["dask"]

ureg: pint.UnitRegistry[Any] = pint.UnitRegistry(
    str(Path(__file__).with_name("units.txt")), cache_folder=None
)

if TYPE_CHECKING:
    Quantity: TypeAlias = pint.Quantity[Any]
else:
    Quantity = ureg.Quantity

Items: TypeAlias = tuple[tuple[str, Any], ...]

PREFIXED = (
    *("W", "Wh", "USD", "token", "request", "sample", "user", "B", "FLOP"),
    *("param", "node", "accelerator", "g", "t"),
)
PLAIN = ("us", "ms", "s", "min", "h", "hour", "day", "month", "quarter", "year", "%")
ATOMS = frozenset(PLAIN) | {p + unit for unit in PREFIXED for p in ("", *PREFIXES)}

LONGEST_TEXT = 100
SHOWN_TEXT = 40

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_ATOM = r"(?![eE][+-]?[0-9])(?:[^\W\d_]|[%$€£µ])[^\s/*]*"
_UNIT = rf"{_ATOM}(?:[/*]{_ATOM})*"
_QUANTITY = re.compile(rf"({_NUMBER})(?: ?({_UNIT})| (1(?:/{_ATOM})+))")
_BARE = re.compile(_NUMBER)
_SEPARATED = re.compile(r"[+-]?[0-9]+(?:[,_'\s][0-9]+)+.*", re.DOTALL)
_NOT_FINITE = re.compile(r"[+-]?\.?(?:nan|inf(?:inity)?)\b.*", re.IGNORECASE)


class QuantityError(ValueError):
    """A text that is not the quantity wanted.

    Attributes:
        message: What is there and what is wrong with it.
        expected: What to write instead.
    """

    def __init__(self, message: str, expected: str) -> None:
        """Keep both parts; the text of the error is the two joined."""
        self.message = message
        self.expected = expected
        super().__init__(f"{message}; {expected}")


def parse(text: object, unit: str, example: str) -> Quantity:
    """Return the quantity that a text states, in the unit the text uses.

    Args:
        text: ``<number> <unit>``. A number alone, as text or as int or float, is
            taken only where ``unit`` is dimensionless.
        unit: Any unit of the wanted dimension, e.g. ``W``; ``""`` or ``%`` where a
            plain number or a share is wanted.
        example: A right text, for the message.

    Raises:
        QuantityError: The text is anything else; a ``ValueError``.
    """
    if not isinstance(text, str):
        return _plain_number(text, unit, example)
    match = _QUANTITY.fullmatch(text) if len(text) <= LONGEST_TEXT else None
    if match is None:
        return _without_unit(text, unit, example)
    written = match[2] or match[3]
    try:
        found = unit_of(written)
    except ValueError as error:
        msg = f"{_shown(text)} has {error}"
        raise QuantityError(msg, _write(example)) from None
    if not _fits(written, unit):
        _refuse_dimension(_shown(text), written, unit, example)
    return ureg.Quantity(_finite(match[1], example), found)


@lru_cache(maxsize=4096)
def unit_of(text: str) -> pint.Unit:
    """Return the unit written as in the inputs, e.g. ``USD/MWh``, ``1/node/day``.

    Args:
        text: Units joined by ``/`` and ``*``, a 1 before a leading ``/``; empty for
            the dimensionless unit.

    Raises:
        ValueError: A part of it is no unit; the text names it and a near one.
    """
    unit = ureg.parse_units("")
    if text in ("", "1"):
        return unit
    body = text.removeprefix("1") if text.startswith("1/") else f"*{text}"
    for sign, atom in re.findall(r"([/*])([^/*]*)", body):
        if atom not in ATOMS:
            msg = f"the unknown unit '{_clip(atom)}'{hint_for(atom, ATOMS)}"
            raise ValueError(msg)
        part = ureg.parse_units(atom)
        unit = unit * part if sign == "*" else unit / part
    return unit


def magnitude(quantity: Quantity, unit: str) -> float:
    """Return the number of a quantity in a unit, rounded at most twice.

    Powers of ten cost one rounding: 1.788 kW is exactly the float 1788.0 W.

    Args:
        quantity: Any quantity of this registry.
        unit: Written as in the inputs, e.g. ``USD/hour``.

    Raises:
        pint.DimensionalityError: The unit has another dimension.
        ValueError: The unit is unknown.
    """
    numerator, denominator = _ratio(_items(quantity), unit)
    return float(quantity.magnitude * numerator / denominator)


def format_quantity(quantity: Quantity) -> str:
    """Return a short text, ``1.788 kW``: six digits and a fitting prefix.

    Only the first unit above the line takes another prefix, and only where the unit
    has prefixes at all; days stay days, and a price per MWh stays one.
    """
    items = _items(quantity)
    value = float(quantity.magnitude)
    above = [_symbol(name) for name, power in items for _ in range(int(power))]
    below = [_symbol(name) for name, power in items for _ in range(-int(power))]
    if above and value and isfinite(value):
        value, above[0] = _rescale(value, above[0])
    return f"{value:.6g} {_joined(above, below)}".rstrip()


def canonical_text(quantity: Quantity) -> str:
    """Return a text that equal quantities share however they were written.

    In prefix-free units (W, Wh, USD, B, FLOP, s, month, g, …), by exact arithmetic
    on the decimals written: ``1.788 kW`` and ``1788 W`` are both ``1788 W``.
    """
    items = _items(quantity)
    exact = Fraction(str(quantity.magnitude)) * _root_factor(items)
    powers = _root_powers(items)
    energy = _shared(powers.get("watt", 0), powers.get("second", 0))
    if energy:
        exact /= _root_factor((("watt_hour", energy),))
        powers["watt"] -= energy
        powers["second"] -= energy
        powers["watt_hour"] = energy
    names = sorted(powers)
    above = [_symbol(name) for name in names for _ in range(powers[name])]
    below = [_symbol(name) for name in names for _ in range(-powers[name])]
    return f"{float(exact):.15g} {_joined(above, below)}".rstrip()


def _items(quantity: Quantity) -> Items:
    """Return the units of a quantity with their powers, as a key for caches."""
    return tuple(quantity.unit_items())


def _plain_number(value: object, unit: str, example: str) -> Quantity:
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{_kind(value)} is not {_noun(unit)}"
        raise QuantityError(msg, _write(example))
    return _without_unit(repr(value).removesuffix(".0"), unit, example)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return f"'{str(value).lower()}'"
    if value is None:
        return "an empty value"
    return "a list" if isinstance(value, list | tuple) else "a mapping"


def _without_unit(text: str, unit: str, example: str) -> Quantity:
    if len(text) > LONGEST_TEXT or not _BARE.fullmatch(text):
        closed = _without_spaces(text)
        right = f"write '{closed}'" if closed else _write(example)
        fault = "has spaces in the wrong place" if closed else _fault(text)
        msg = f"{_shown(text)} {fault}"
        raise QuantityError(msg, right)
    if not _fits("", unit):
        msg = f"{_shown(text)} has no unit"
        raise QuantityError(msg, _write(example))
    return ureg.Quantity(_finite(text, example), "")


def _finite(number: str, example: str) -> float:
    value = float(number)
    if not isfinite(value):
        msg = f"{_shown(number)} is too large"
        raise QuantityError(msg, _write(example))
    return value


def _fault(text: str) -> str:
    """Return what keeps a text from being ``<number> <unit>``."""
    faults = (
        (not text.strip(), "is empty"),
        (len(text) > LONGEST_TEXT, f"is longer than {LONGEST_TEXT} characters"),
        (text.lstrip("+-")[:1] in "$€£", "begins with a currency sign"),
        (_NOT_FINITE.fullmatch(text), "is not a finite number"),
        (_SEPARATED.fullmatch(text), "has a separator in its number"),
        (not re.search("[0-9]", text), "has no number"),
    )
    return next((said for found, said in faults if found), "is not '<number> <unit>'")


def _without_spaces(text: str) -> str:
    """Return the quantity that wrong spaces keep from being one, or nothing."""
    if len(text) > LONGEST_TEXT or _SEPARATED.fullmatch(text):
        return ""
    match = _QUANTITY.fullmatch("".join(text.split()))
    known = match and match[2] and set(re.split("[/*]", match[2])) <= ATOMS
    return f"{match[1]} {match[2]}" if match and known else ""


def _refuse_dimension(shown: str, written: str, unit: str, example: str) -> NoReturn:
    """Raise the error for a right unit of the wrong dimension."""
    wanted, found = _dimension(unit), _dimension(written)
    msg, right = f"{shown} is not {_noun(unit)}", _write(example)
    if wanted != found and _merged(wanted) == _merged(found):
        if "[calendar]" in wanted:
            msg = f"{shown} counts days or hours, which no calendar span holds evenly"
            right = f"use month, quarter or year, e.g. '{example}'"
        else:
            msg = f"{shown} counts calendar months, whose length varies"
            right = f"use s, min, h or day, e.g. '{example}'"
    raise QuantityError(msg, right)


@cache
def _noun(unit: str) -> str:
    """Return what a unit measures, with its article: ``a power``."""
    wanted = _dimension(unit)
    for known, noun in NOUNS.items():
        if _dimension(known) == wanted:
            return noun
    return f"in {unit}"


@lru_cache(maxsize=4096)
def _fits(written: str, unit: str) -> bool:
    return _dimension(written) == _dimension(unit)


@lru_cache(maxsize=4096)
def _dimension(unit: str) -> dict[str, Any]:
    return dict(unit_of(unit).dimensionality)


def _merged(dimension: dict[str, Any]) -> dict[str, Any]:
    """Return the dimension with calendar and physical time taken for one."""
    merged = dict(dimension)
    both = merged.pop("[time]", 0) + merged.pop("[calendar]", 0)
    return {**merged, "[time]": both} if both else merged


@lru_cache(maxsize=4096)
def _ratio(items: Items, unit: str) -> tuple[float, float]:
    """Return numerator and denominator of the factor between two units."""
    source = ureg.Unit(pint.util.UnitsContainer(dict(items)))
    target = unit_of(unit)
    if source.dimensionality != target.dimensionality:
        raise pint.DimensionalityError(
            source, target, str(source.dimensionality), str(target.dimensionality)
        )
    wanted = _items(ureg.Quantity(1.0, target))
    factor = _root_factor(items) / _root_factor(wanted)
    return float(factor.numerator), float(factor.denominator)


def _root_factor(items: Items) -> Fraction:
    """Return the exact factor from units to root units."""
    return Fraction(
        prod((_root(name)[0] ** Fraction(power) for name, power in items), start=1)
    )


def _root_powers(items: Items) -> dict[str, int]:
    powers: dict[str, int] = {}
    for name, power in items:
        for root, exponent in _root(name)[1]:
            powers[root] = powers.get(root, 0) + int(exponent * power)
    return powers


@cache
def _root(name: str) -> tuple[Fraction, Items]:
    """Return the factor and the root units of one unit, e.g. 1000 and watt."""
    factor, unit = ureg.get_root_units(name)
    # The shortest decimal of the float is the one in the definition file.
    return Fraction(str(factor)), _items(ureg.Quantity(1.0, unit))


def _shared(first: int, second: int) -> int:
    """Return the power that two exponents of the same sign have in common."""
    if first * second <= 0:
        return 0
    return min(first, second) if first > 0 else max(first, second)


@cache
def _symbol(name: str) -> str:
    return str(ureg.get_symbol(name))


@cache
def _ladder(symbol: str) -> tuple[tuple[float, str], ...]:
    """Return scale and symbol of each size of a unit, the largest first."""
    base = next((u for u in PREFIXED if symbol in {p + u for p in ("", *PREFIXES)}), "")
    if not base:
        return ()
    own = _root(str(ureg.parse_units(symbol)))[0]
    names = [p + base for p in ("", *PREFIXES)]
    if base in ("g", "t"):
        names = ["g", "kg", *(p + "t" for p in ("", *PREFIXES))]
    sizes = ((float(_root(str(ureg.parse_units(n)))[0] / own), n) for n in names)
    return tuple(sorted(sizes, reverse=True))


def _rescale(value: float, symbol: str) -> tuple[float, str]:
    """Return the value in the largest size of the unit that it fills once."""
    ladder = _ladder(symbol)
    for scale, name in ladder:
        scaled = float(f"{value / scale:.6g}")
        if abs(scaled) >= 1:
            return scaled, name
    if ladder:
        scale, name = ladder[-1]
        return value / scale, name
    return value, symbol


def _joined(above: Iterable[str], below: Iterable[str]) -> str:
    top, bottom = "*".join(above), "".join(f"/{symbol}" for symbol in below)
    return f"{top or '1'}{bottom}" if top or bottom else ""


def _write(example: str) -> str:
    return f"write e.g. '{example}'"


def _clip(text: str) -> str:
    """Return a text that is safe and short enough to stand in a message."""
    visible = "".join(c if c.isprintable() else "?" for c in text[: SHOWN_TEXT + 1])
    return visible if len(visible) <= SHOWN_TEXT else f"{visible[:SHOWN_TEXT]}…"


def _shown(text: str) -> str:
    return f"'{_clip(text)}'"


def _restore(value: float, items: Items) -> Quantity:
    """Rebuild a pickled quantity on this registry rather than on Pint's default."""
    return ureg.Quantity(value, ureg.Unit(pint.util.UnitsContainer(dict(items))))


def _reduce(quantity: Quantity) -> tuple[Any, ...]:
    return _restore, (quantity.magnitude, _items(quantity))


copyreg.pickle(ureg.Quantity, _reduce)
