"""Numbers as people read them: ',' for thousands, '.' for decimals, a fitting unit."""

import math
from collections.abc import Iterable, Sequence

_PREFIXES = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def count(number: float) -> str:
    """Return a number of things: whole where it is large or whole anyway."""
    if abs(number) >= 100 or abs(number - round(number)) < 1e-6:  # noqa: PLR2004 - three digits are enough
        return f"{_no_minus_zero(round(number)):,.0f}"
    return f"{number:,.1f}" if abs(number) >= 1 else digits(number, 2)


def change(number: float) -> str:
    """Return a difference with its sign; nothing changed is ``0``."""
    text = count(number)
    return f"+{text}" if number > 0 and text != "0" else text


def digits(number: float, significant: int = 4) -> str:
    """Return a number with so many digits, never in exponent form."""
    if number == 0 or not math.isfinite(number):
        return f"{number:g}"
    rounded = float(f"{number:.{significant - 1}e}")
    decimals = max(0, significant - 1 - math.floor(math.log10(abs(rounded))))
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def scaled(number: float, unit: str, significant: int = 4) -> str:
    """Return a quantity with a prefix that leaves 1 to 999 before the point."""
    return scaled_range([number], unit, significant)


def scaled_range(numbers: Sequence[float], unit: str, significant: int = 4) -> str:
    """Return quantities with one prefix, that of the largest: ``12.9 to 19.8 MW``."""
    largest = max(map(abs, numbers))
    just_below = 1 - 0.5 * 10**-significant
    scale, prefix = next(
        (entry for entry in _PREFIXES if largest >= entry[0] * just_below), (1.0, "")
    )
    shown = " to ".join(digits(number / scale, significant) for number in numbers)
    return f"{shown} {prefix}{unit}"


def money(usd: float | None) -> str:
    """Return an amount as ``140 MUSD``; ``-`` where there is none."""
    return "-" if usd is None else scaled(usd, "USD")


def power(megawatts: float) -> str:
    """Return a power as ``17.1 MW``."""
    return scaled(megawatts * 1e6, "W")


def percent(fraction: float | None) -> str:
    """Return a share; one that is not quite 0 or 100 % never reads as if it were."""
    if fraction is None:
        return "-"
    text = f"{100 * fraction:.1f}"
    if text == "100.0":
        return "100 %" if abs(fraction - 1) < 1e-6 else _near(fraction)  # noqa: PLR2004 - the tolerance of the audit
    if text in ("0.0", "-0.0"):
        return "0 %" if abs(fraction) < 1e-6 else "<0.1 %"  # noqa: PLR2004 - as above
    return f"{text} %"


def runs_of(labels: Iterable[str], order: Sequence[str]) -> str:
    """Return labels with neighbours joined, e.g. ``2026Q1 to 2026Q3, 2027Q1``."""
    places = {label: number for number, label in enumerate(order)}
    groups: list[list[str]] = []
    for label in sorted(set(labels), key=places.__getitem__):
        if groups and places[groups[-1][-1]] + 1 == places[label]:
            groups[-1].append(label)
        else:
            groups.append([label])
    return ", ".join(g[0] if len(g) == 1 else f"{g[0]} to {g[-1]}" for g in groups)


def _near(fraction: float) -> str:
    return ">99.9 %" if fraction < 1 else "100.0 %"


def _no_minus_zero(number: float) -> float:
    return number or 0.0
