"""Quantities: what is read, what is refused and in which words, how they print."""

import copy
import pickle
from contextlib import suppress
from math import isfinite

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import units
from planner.units import (
    QuantityError,
    canonical_text,
    format_quantity,
    magnitude,
    parse,
    unit_of,
    ureg,
)

READ = [
    ("1.8 kW", "W", 1800.0),
    ("1.788 kW", "W", 1788.0),
    ("1788W", "kW", 1.788),
    ("9GUSD", "USD", 9e9),
    ("9 GUSD", "USD", 9e9),
    ("+5 MW", "W", 5e6),
    ("-2.5e3 W", "W", -2500.0),
    ("1E3 W", "W", 1000.0),
    (".5 W", "W", 0.5),
    ("5. W", "W", 5.0),
    ("2250 TFLOP/s", "FLOP/s", 2.25e15),
    ("80 GB", "B", 8e10),
    ("5EB", "B", 5e18),
    ("65 USD/MWh", "USD/Wh", 65e-6),
    ("65 USD/MWh", "USD/MWh", 65.0),
    ("0.38 kg/kWh", "t/MWh", 0.38),
    ("2.5 USD/hour", "USD/h", 2.5),
    ("2.5 USD/h", "USD/day", 60.0),
    ("0.00379 1/node/day", "1/node/day", 0.00379),
    ("3.7 request/user/day", "request/user/day", 3.7),
    ("0.5 USD/Mtoken", "USD/token", 5e-7),
    ("12.5 MUSD/MW", "USD/W", 12.5),
    ("15.6 Ttoken", "token", 15.6e12),
    ("405.85 Gparam", "param", 405.85e9),
    ("27.4 kB/sample", "B/sample", 27400.0),
    ("50 ms", "s", 0.05),
    ("20 us", "ms", 0.02),
    ("10 min", "s", 600.0),
    ("9 month", "quarter", 3.0),
    ("5.5 year", "month", 66.0),
    ("8 %/quarter", "%/year", 32.0),
    ("4 %/year", "1/month", 0.04 / 12),
    ("97 %", "", 0.97),
    ("97%", "%", 97.0),
    ("1.08", "", 1.08),
    ("1.08", "%", 108.0),
    (1.08, "", 1.08),
    (1, "%", 100.0),
    (0.1 + 0.2, "", 0.1 + 0.2),
    ("100 MW*h", "Wh", 1e8),
    ("3 kt", "kg", 3e6),
]


@pytest.mark.parametrize(("text", "unit", "value"), READ)
def test_reads(text: object, unit: str, value: float) -> None:
    """A right text gives its value in any unit of the dimension."""
    assert magnitude(parse(text, unit, "x"), unit) == pytest.approx(value, rel=3e-16)


REFUSED = [
    ("80 GB", "W", "1.8 kW", "'80 GB' is not a power; write e.g. '1.8 kW'"),
    ("31", "USD", "31 kUSD", "'31' has no unit; write e.g. '31 kUSD'"),
    (31, "USD", "31 kUSD", "'31' has no unit; write e.g. '31 kUSD'"),
    (1e9, "W", "1 GW", "'1000000000' has no unit; write e.g. '1 GW'"),
    ("1e5", "W", "1 W", "'1e5' has no unit; write e.g. '1 W'"),
    (True, "W", "1 W", "'true' is not a power; write e.g. '1 W'"),
    (None, "W", "1 W", "an empty value is not a power; write e.g. '1 W'"),
    ([1], "W", "1 W", "a list is not a power; write e.g. '1 W'"),
    ({}, "%", "8 %", "a mapping is not a share or a plain number; write e.g. '8 %'"),
    (float("nan"), "", "8 %", "'nan' is not a finite number; write e.g. '8 %'"),
    (float("inf"), "", "8 %", "'inf' is not a finite number; write e.g. '8 %'"),
    ("", "W", "1 W", "'' is empty; write e.g. '1 W'"),
    ("W", "W", "1 W", "'W' has no number; write e.g. '1 W'"),
    ("9**9**9 W", "W", "1 W", "'9**9**9 W' is not '<number> <unit>'; write e.g. '1 W'"),
    ("[1,2] W", "W", "1 W", "'[1,2] W' is not '<number> <unit>'; write e.g. '1 W'"),
    ("51/s", "1/s", "5 1/s", "'51/s' is not '<number> <unit>'; write e.g. '5 1/s'"),
    ("1/0 W", "W", "1 W", "'1/0 W' is not '<number> <unit>'; write e.g. '1 W'"),
    ("nan W", "W", "1 W", "'nan W' is not a finite number; write e.g. '1 W'"),
    ("inf W", "W", "1 W", "'inf W' is not a finite number; write e.g. '1 W'"),
    (".inf", "W", "1 W", "'.inf' is not a finite number; write e.g. '1 W'"),
    ("1e400 W", "W", "1 W", "'1e400' is too large; write e.g. '1 W'"),
    (
        "1 000 W",
        "W",
        "1 W",
        "'1 000 W' has a separator in its number; write e.g. '1 W'",
    ),
    (
        "1,000 W",
        "W",
        "1 W",
        "'1,000 W' has a separator in its number; write e.g. '1 W'",
    ),
    (
        "1_000 W",
        "W",
        "1 W",
        "'1_000 W' has a separator in its number; write e.g. '1 W'",
    ),
    (
        "$30000",
        "USD",
        "1 USD",
        "'$30000' begins with a currency sign; write e.g. '1 USD'",
    ),
    ("1 M USD", "USD", "x", "'1 M USD' has spaces in the wrong place; write '1 MUSD'"),
    ("5  W", "W", "1 W", "'5  W' has spaces in the wrong place; write '5 W'"),
    ("5\xa0W", "W", "1 W", "'5?W' has spaces in the wrong place; write '5 W'"),
    ("5 W\n", "W", "1 W", "'5 W?' has spaces in the wrong place; write '5 W'"),
    (
        "9" * 2000,
        "",
        "1",
        f"'{'9' * 40}…' is longer than 100 characters; write e.g. '1'",
    ),
    ("3 W", "B/node", "1 B/node", "'3 W' is not in B/node; write e.g. '1 B/node'"),
    (
        "9 day",
        "month",
        "9 month",
        (
            "'9 day' counts days or hours, which no calendar span holds evenly;"
            " use month, quarter or year, e.g. '9 month'"
        ),
    ),
    (
        "1 month",
        "s",
        "10 min",
        (
            "'1 month' counts calendar months, whose length varies;"
            " use s, min, h or day, e.g. '10 min'"
        ),
    ),
    (
        "4 %/day",
        "1/year",
        "4 %/year",
        (
            "'4 %/day' counts days or hours, which no calendar span holds evenly;"
            " use month, quarter or year, e.g. '4 %/year'"
        ),
    ),
]


@pytest.mark.parametrize(("text", "unit", "example", "message"), REFUSED)
def test_refuses(text: object, unit: str, example: str, message: str) -> None:
    """A wrong text is refused in these words; none of them hangs."""
    with pytest.raises(QuantityError) as caught:
        parse(text, unit, example)
    assert str(caught.value) == message


UNKNOWN = [
    ("GiB", "write GB: 1 GiB = 1.073741824 GB"),
    ("KiB", "write kB: 1 KiB = 1.024 kB"),
    ("Gb", "bits are not used: write GB, 8 Gb = 1 GB"),
    ("Gbit", "bits are not used: write GB, 8 Gbit = 1 GB"),
    ("Gbps", "bits are not used: write GB/s, 8 Gbps = 1 GB/s"),
    ("gpu", "write accelerator"),
    ("kGPUs", "write kaccelerator"),
    ("KW", "write kW"),
    ("mw", "did you mean 'MW'?"),
    ("Ms", "did you mean 'ms'?"),
    ("kwh", "write kWh"),
    ("$", "write USD"),
    ("M$", "write MUSD"),
    ("eur", "money is in USD"),
    ("FLOPS", "write FLOP/s"),
    ("TFLOPs", "write TFLOP, or TFLOP/s for a rate"),
    ("Mtokens", "write Mtoken"),
    ("tokne", "did you mean 'token'?"),
    ("hours", "write hour"),
    ("week", "write 7 day"),
    ("years", "write year"),
    ("tCO2e", "write t"),
    ("M", "a prefix needs its unit, e.g. MUSD"),
    ("MJ", "energy is in Wh, 3600 J = 1 Wh"),
]


@pytest.mark.parametrize(("unit", "hint"), UNKNOWN)
def test_unknown_unit_names_the_right_one(unit: str, hint: str) -> None:
    """A unit that does not exist is named, with what was meant."""
    with pytest.raises(QuantityError) as caught:
        parse(f"5 {unit}", "W", "1 W")
    expected = f"'5 {unit}' has the unknown unit '{unit}' ({hint}); write e.g. '1 W'"
    assert str(caught.value) == expected


def test_unknown_unit_without_a_near_one() -> None:
    """Nothing is guessed where nothing is near."""
    with pytest.raises(QuantityError, match="unknown unit 'zzzzzz'; write"):
        parse("5 zzzzzz", "W", "1 W")


def test_error_keeps_its_parts() -> None:
    """Callers can put fault and advice in separate fields."""
    with pytest.raises(QuantityError) as caught:
        parse("80 GB", "W", "1.8 kW")
    assert caught.value.message == "'80 GB' is not a power"
    assert caught.value.expected == "write e.g. '1.8 kW'"


@pytest.mark.parametrize("atom", sorted(units.ATOMS))
def test_every_unit_is_defined_and_prints_back(atom: str) -> None:
    """Each allowed unit is in the definition file, and its print is readable."""
    quantity = parse(f"3 {atom}", atom, "x")
    again = parse(format_quantity(quantity), atom, "x")
    assert magnitude(again, atom) == pytest.approx(3, rel=1e-9)


@pytest.mark.parametrize("other", ["W", "Wh", "s", "month", "B", "FLOP", "token", ""])
def test_dimensions_are_apart(other: str) -> None:
    """No dimension converts into another; information is not a number."""
    quantity = parse("1 USD", "USD", "x")
    with pytest.raises(pint.DimensionalityError):
        magnitude(quantity, other)
    with pytest.raises(QuantityError):
        parse("80 GB", "%", "x")


PRINTED = [
    (1788.0, "W", "1.788 kW"),
    (999.9999999, "W", "1 kW"),
    (0.0, "kW", "0 kW"),
    (-1500.0, "W", "-1.5 kW"),
    (0.5, "W", "0.5 W"),
    (1e25, "W", "1e+07 EW"),
    (1500.0, "kg", "1.5 t"),
    (0.4, "kg", "400 g"),
    (5e9, "kg", "5 Mt"),
    (65.0, "USD/MWh", "65 USD/MWh"),
    (2.5, "USD/hour", "2.5 USD/h"),
    (0.00379, "1/node/day", "0.00379 1/node/day"),
    (8.0, "%/quarter", "8 %/quarter"),
    (1.08, "", "1.08"),
    (60000.0, "request/s", "60 krequest/s"),
    (90.0, "day", "90 day"),
    (1 / 3, "W", "0.333333 W"),
    (5.0, "MW*h", "5 MW*h"),
]


@pytest.mark.parametrize(("value", "unit", "text"), PRINTED)
def test_prints(value: float, unit: str, text: str) -> None:
    """Six digits, a fitting prefix, short symbols."""
    assert format_quantity(ureg.Quantity(value, unit_of(unit))) == text


CANONICAL = [
    ("1.788 kW", "1788 W"),
    ("1788 W", "1788 W"),
    ("65 USD/MWh", "6.5e-05 USD/Wh"),
    ("100 MW*h", "100000000 Wh"),
    ("5.5 year", "66 month"),
    ("8 %/quarter", "0.0266666666666667 1/month"),
    ("32 %/year", "0.0266666666666667 1/month"),
    ("1.08", "1.08"),
    ("0.38 kg/kWh", "0.38 g/Wh"),
    ("0.38 t/MWh", "0.38 g/Wh"),
    ("3 W/min", "0.05 W/s"),
]


@pytest.mark.parametrize(("text", "canonical"), CANONICAL)
def test_canonical_text(text: str, canonical: str) -> None:
    """The unit of writing does not show in the canonical text."""
    number, _, unit = text.partition(" ")
    quantity = ureg.Quantity(float(number), unit_of(unit))
    assert canonical_text(quantity) == canonical


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(numbers, st.sampled_from(sorted(units.ATOMS)))
def test_any_python_float_reads_back(number: float, unit: str) -> None:
    """What Python prints for a float is a number here, to the last bit."""
    assert magnitude(parse(f"{number!r} {unit}", unit, "x"), unit) == number


@given(st.decimals(-1e6, 1e6, places=4), st.sampled_from(units.PREFIXED))
def test_unit_of_writing_never_matters(number: object, unit: str) -> None:
    """The same quantity in k and in M has one canonical text."""
    in_kilo = ureg.Quantity(float(str(number)), unit_of(f"k{unit}"))
    in_mega = ureg.Quantity(float(f"{number}e-3"), unit_of(f"M{unit}"))
    assert canonical_text(in_kilo) == canonical_text(in_mega)
    assert magnitude(in_kilo, "k" + unit) == float(str(number))


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Every text is a finite quantity or is refused as one."""
    with suppress(QuantityError):
        assert isfinite(magnitude(parse(text, "W", "1 W"), "W"))


@given(st.integers(-(10**9), 10**9), st.sampled_from(units.PREFIXED))
def test_print_reads_back(number: int, unit: str) -> None:
    """A printed quantity is within its six digits of the quantity."""
    quantity = parse(f"{number} {unit}", unit, "x")
    again = parse(format_quantity(quantity), unit, "x")
    assert magnitude(again, unit) == pytest.approx(number, rel=1e-5)


def test_quantities_survive_pickling_and_copying() -> None:
    """A quantity from another process adds to one of this registry."""
    quantity = parse("65 USD/MWh", "USD/Wh", "x")
    for again in (pickle.loads(pickle.dumps(quantity)), copy.deepcopy(quantity)):  # noqa: S301 - own bytes
        assert magnitude(again + quantity, "USD/MWh") == 130.0


def test_percent_works_in_pint() -> None:
    """Arithmetic with shares is Pint's own."""
    share = parse("8 %", "%", "x")
    assert (share + 1).to("").magnitude == pytest.approx(1.08)
    assert parse("50 %", "", "x").to("").magnitude == 0.5
