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
        ends = []
        for end in {each.low, each.high} - {each.base}:
            ends.append(function(*middle[:number], end, *middle[number + 1 :]) - base)
        below += min([0.0, *ends]) ** 2
        above += max([0.0, *ends]) ** 2
    return Range(max(0.0, base - math.sqrt(below)), base, base + math.sqrt(above))


def product(*factors: Range) -> Range:
    """Return the product of independent factors above 0.

    The relative deviations, as logarithms, add in quadrature.
    """
    base = math.prod(each.base for each in factors)
    if not base:
        return exactly(0.0)
    below = sum(math.log(each.base / each.low) ** 2 for each in factors)
    above = sum(math.log(each.high / each.base) ** 2 for each in factors)
    return Range(
        base * math.exp(-math.sqrt(below)), base, base * math.exp(math.sqrt(above))
    )
