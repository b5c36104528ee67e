"""How far a plan may stray, and where it strays most."""

import math
from collections.abc import Iterable

from planner.plan.findings import CheckRow
from planner.units import Quantity, magnitude, unit_of, ureg

COUNT = "accelerator"
RELATIVE = 1e-6
"""Part of a limit by which it may be missed."""
ONE_MILLIONTH = 1e-6
"""Accelerators by which a count may be off."""


def total(weighted: Iterable[tuple[Quantity, float]], unit: str) -> Quantity:
    """Return the sum of quantities, each times a number, in a unit.

    Pint checks every quantity's dimension; the sum itself is of floats, since
    a plan has thousands of terms.

    Raises:
        pint.DimensionalityError: A quantity has another dimension.
    """
    number = sum(magnitude(quantity, unit) * weight for quantity, weight in weighted)
    return ureg.Quantity(number, unit_of(unit))


class Tally:
    """The place where one check is broken most, beside its tolerance there.

    The tolerance of a place is a millionth of its limit, or what a millionth
    of an accelerator amounts to in the limit's unit, whichever is larger.
    """

    def __init__(self, name: str, unit: str) -> None:
        """Begin without any place.

        Args:
            name: The check's word.
            unit: Of its limits; Pint's where they are quantities.
        """
        self._name = name
        self._unit = unit
        self._ratio = -math.inf
        self._row = CheckRow(name, 0.0, ONE_MILLIONTH, unit)

    def place(
        self, over: float, limit: float, each: float = 1.0, unit: str | None = None
    ) -> None:
        """Add a place.

        Args:
            over: How far it lies outside its limit; 0 or less: inside.
            limit: What a millionth is taken of.
            each: What one accelerator amounts to.
            unit: Of the three, where it is not the check's own.
        """
        tolerance = max(RELATIVE * abs(limit), ONE_MILLIONTH * abs(each))
        if not math.isfinite(over) or not math.isfinite(tolerance):
            over, tolerance = math.inf, ONE_MILLIONTH
        ratio = over / tolerance if tolerance > 0 else over * math.inf if over else 0.0
        if ratio > self._ratio:
            self._ratio = ratio
            self._row = CheckRow(self._name, over, tolerance, unit or self._unit)

    def most(self, used: Quantity, limit: Quantity, each: Quantity) -> None:
        """Add a place where ``used`` must not be above ``limit``."""
        unit = self._unit
        most = magnitude(limit, unit)
        self.place(magnitude(used, unit) - most, most, magnitude(each, unit))

    def same(self, stated: float, found: Quantity, each: Quantity, unit: str) -> None:
        """Add a place where a plan's number must be the quantity found."""
        number = magnitude(found, unit)
        self.place(abs(stated - number), number, magnitude(each, unit), unit)

    def count(self, stated: float, found: float, unit: str | None = None) -> None:
        """Add a place where a plan's count must be the one found."""
        self.place(abs(stated - found), found, 1.0, unit)

    def broken(self, unit: str) -> None:
        """Add a place that no tolerance forgives: a row too many or missing."""
        self.place(1.0, 0.0, 1.0, unit)

    def row(self) -> CheckRow:
        """Return the worst place; breach 0 where there is none."""
        return self._row
