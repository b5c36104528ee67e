"""A figure as low, base and high: an 80 % interval around what is expected."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Range(NamedTuple):
    """One figure; the truth lies below `low` or above `high` one time in five.

    Attributes:
        low: Smallest plausible value.
        base: What is expected.
        high: Largest plausible value.
    """

    low: float
    base: float
    high: float

    def times(self, factor: float) -> "Range":
        """Return the range in other units; `factor` is above 0."""
        return Range(self.low * factor, self.base * factor, self.high * factor)


def exactly(value: float) -> Range:
    """Return a figure that is known."""
    return Range(value, value, value)


def spread(function: Callable[..., float], inputs: Sequence[Range]) -> Range:
    """Return what a function of independent inputs ranges over.

    Each input goes to its low and its high while the others stay at their base; the
    deviations of the result to either side add in quadrature, as those of independent
    errors do.  All inputs at their worst at once would be far less likely than one
    time in ten.

    Args:
        function: Of as many numbers as there are inputs.
        inputs: Its arguments.
    """
    middle = [each.base for each in inputs]
    base = function(*middle)
    below = above = 0.0
    for number, each in enumerate(inputs):
        ends = [
            function(*middle[:number], end, *middle[number + 1 :]) - base
            for end in {each.low, each.high} - {each.base}
        ]
        below += min([0.0, *ends]) ** 2
        above += max([0.0, *ends]) ** 2
    return Range(max(0.0, base - math.sqrt(below)), base, base + math.sqrt(above))


class Factor(NamedTuple):
    """A range as one factor of a product.

    Attributes:
        base: What is expected.
        below: log of base over low; infinite where low is 0.
        above: log of high over base.
    """

    base: float
    below: float
    above: float

    def times(self, other: "Factor") -> Range:
        """Return the product of two independent factors.

        The relative deviations, as logarithms, add in quadrature.
        """
        base = self.base * other.base
        low = base * math.exp(-math.hypot(self.below, other.below))
        return Range(low, base, base * math.exp(math.hypot(self.above, other.above)))


def factor(of: Range) -> Factor:
    """Return a range as a factor; one around 0 is 0 without deviation."""
    if not of.base:
        return Factor(0.0, 0.0, 0.0)
    below = math.log(of.base / of.low) if of.low > 0 else math.inf
    return Factor(of.base, below, math.log(of.high / of.base))


def product(*factors: Range) -> Range:
    """Return the product of independent ranges."""
    parts = [factor(each) for each in factors]
    base = math.prod(each.base for each in parts)
    below = math.hypot(*(each.below for each in parts))
    above = math.hypot(*(each.above for each in parts))
    return Range(base * math.exp(-below), base, base * math.exp(above))
