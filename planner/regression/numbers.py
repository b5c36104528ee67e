"""Numbers and texts as goldens keep and compare them."""

import math
import re
from fractions import Fraction
from typing import Any

from planner.units import QuantityError, canonical_text, parse, unit_of

SIGNIFICANT = 9
"""Digits that are kept, printed and compared."""
RELATIVE = 1e-6
"""Tolerance where a scenario states none."""
ABSOLUTE = 1e-9
"""The same, in the unit of the number: what is left of nothing."""

_QUANTITY = re.compile(r"\s*[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?\s*(?P<unit>\S.*?)?\s*")


def rounded(number: float | None) -> float | None:
    """Return a number with the digits that are kept; whole numbers stay whole."""
    if number is None or isinstance(number, int):
        return number
    return float(f"{number:.{SIGNIFICANT - 1}e}") + 0.0


def close(
    first: float | None,
    second: float | None,
    relative: float = RELATIVE,
    absolute: float = ABSOLUTE,
) -> bool:
    """Return whether two numbers are the same within a tolerance."""
    if first is None or second is None:
        return first is second
    return math.isclose(first, second, rel_tol=relative, abs_tol=absolute)


def same_value(first: Any, second: Any) -> bool:
    """Return whether two inputs mean the same: ``1 MW`` is ``1000 kW``."""
    if first == second and isinstance(first, bool) == isinstance(second, bool):
        return True
    return canonical(first) == canonical(second)


def canonical(value: Any) -> str:
    """Return a text that inputs of the same meaning share."""
    if value is None or isinstance(value, bool | dict | list):
        return repr(value)
    found = _QUANTITY.fullmatch(str(value))
    try:
        if found is None:
            return f"text {value}"
        if found["unit"] is None:
            return str(Fraction(str(value).strip()))
        unit_of(found["unit"])
        return canonical_text(parse(value, found["unit"], "1 W"))
    except (QuantityError, ValueError, ArithmeticError):
        return f"text {value}"
