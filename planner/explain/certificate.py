"""Proof of an optimum from the program's arrays, not from the solver's word.

The plan's values x and the first solve's duals y are put into the conditions of an
optimum. With d = c − Aᵀy: rows and bounds hold (primal); no price points to a side
that has no limit (dual); a price ≠ 0 stands only where its limit is reached
(complementary slackness); c·x equals the bound that y proves (gap).

Of objectives in turn the same plan is put into the conditions of each: of its own
program, in which the optima of the objectives before it are held.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import isfinite

import numpy as np

from planner.errors import UsageError
from planner.formulation.arrays import Arrays, Floats, Ints
from planner.plan.findings import Certificate
from planner.solvers.solution import Solution

TOLERANCE = 1e-6
"""Largest residual, relative to the terms it is made of, of a verified optimum."""
MOST_EXACT = 50_000
"""Non-zeros up to which the check is repeated in rational numbers."""

Residuals = tuple[float, float, float, float]
"""Primal, dual, complementary slackness, gap."""
Placed = tuple[Floats, Floats, Floats]
"""Values, lower and upper limits."""


def certificate_of(
    arrays: Arrays, solution: Solution, *, exact: bool = False
) -> Certificate:
    """Return how far an optimum is from being one, each condition apart.

    Args:
        arrays: The program as it was handed over.
        solution: Its optimum.
        exact: Whether to compute in rational numbers, without any rounding.

    Raises:
        UsageError: The program is too large for rational numbers.
    """
    if exact and len(arrays.value) > MOST_EXACT:
        msg = (
            f"the program has {len(arrays.value):,} non-zeros; --exact takes up to "
            f"{MOST_EXACT:,}: leave it out, or use --export and an exact solver"
        )
        raise UsageError(msg)
    residuals = _exact if exact else _rounded
    programs = [(each.handed_over, each) for each in solution.stages]
    each = [residuals(a, s) for a, s in (*programs, (arrays, solution))]
    found: Residuals = tuple(map(max, zip(*each, strict=True)))  # type: ignore[assignment]  # four of them
    primal, dual, slackness, gap = found
    return Certificate(
        primal_residual=primal,
        dual_residual=dual,
        complementary_slackness=slackness,
        relative_gap=gap,
        unique=solution.unique,
        verified=max(found) <= TOLERANCE,
        tolerance=TOLERANCE,
        exact=exact,
        fixed=solution.divided is not None,
    )


def _rounded(arrays: Arrays, solution: Solution) -> Residuals:
    """Return the residuals in floating point."""
    x, y = solution.values, solution.duals
    row_of = _row_of(arrays)
    terms = arrays.value * x[arrays.index]
    activity = _sums(row_of, terms, arrays.rows)
    size = _sums(row_of, np.abs(terms), arrays.rows)
    priced = arrays.value * y[row_of]
    reduced = arrays.cost - _sums(arrays.index, priced, arrays.columns)
    weight = np.abs(arrays.cost) + _sums(arrays.index, np.abs(priced), arrays.columns)
    columns = x, arrays.lower, arrays.upper
    rows = activity, arrays.row_lower, arrays.row_upper
    primal = max(_outside(*rows, size), _outside(*columns, np.abs(x)))
    sides = [
        _sides(reduced, columns, weight, np.abs(x)),
        _sides(y, rows, np.abs(y), size),
    ]
    cost = float(arrays.cost @ x)
    bound = _bound(y, *rows[1:]) + _bound(reduced, *columns[1:])
    gap = abs(cost - bound) / max(1.0, abs(cost))
    return primal, max(s[0] for s in sides), max(s[1] for s in sides), gap


def _row_of(arrays: Arrays) -> Ints:
    """Return the row of every term."""
    rows = np.arange(arrays.rows, dtype=np.int32)
    return np.repeat(rows, np.diff(arrays.start)).astype(np.int32)


def _sums(place: Ints, terms: Floats, count: int) -> Floats:
    """Return the sum of the terms at each place."""
    return np.bincount(place, terms, count).astype(np.float64)


def _outside(values: Floats, lower: Floats, upper: Floats, size: Floats) -> float:
    """Return the largest distance outside the bounds, relative to the size."""
    beyond = np.maximum(lower - values, values - upper) / np.maximum(1.0, size)
    return float(np.max(beyond, initial=0.0))


def _sides(
    prices: Floats, placed: Placed, weight: Floats, size: Floats
) -> tuple[float, float]:
    """Return the largest price without a limit, and price times distance to one.

    A positive price belongs to the lower limit, a negative one to the upper.
    """
    values, lower, upper = placed
    limit = np.where(prices > 0, lower, upper)
    relative = np.abs(prices) / np.maximum(1.0, weight)
    bounded = np.isfinite(limit)
    dual = np.max(relative, initial=0.0, where=~bounded)
    slack = np.abs(values - np.where(bounded, limit, values)) / np.maximum(1.0, size)
    return float(dual), float(np.max(relative * slack, initial=0.0))


def _bound(prices: Floats, lower: Floats, upper: Floats) -> float:
    """Return Σ price · bound on the side that the price's sign names."""
    side = np.where(prices > 0, lower, upper)
    used = (prices != 0) & np.isfinite(side)
    return float(prices[used] @ side[used])


def _exact(arrays: Arrays, solution: Solution) -> Residuals:
    """Return the residuals, computed in rational numbers and rounded at the end."""
    x, y = _fractions(solution.values), _fractions(solution.duals)
    cost, value = _fractions(arrays.cost), _fractions(arrays.value)
    activity, row_size = _zeros(arrays.rows), _zeros(arrays.rows)
    reduced, weight = list(cost), [abs(c) for c in cost]
    places = zip(_row_of(arrays).tolist(), arrays.index.tolist(), value, strict=True)
    for row, column, k in places:
        term, priced = k * x[column], k * y[row]
        activity[row] += term
        row_size[row] += abs(term)
        reduced[column] -= priced
        weight[column] += abs(priced)
    total = sum((c * v for c, v in zip(cost, x, strict=True)), Fraction())
    columns = _Exact(arrays.lower, arrays.upper)
    rows = _Exact(arrays.row_lower, arrays.row_upper)
    columns.check(x, reduced, weight, [abs(v) for v in x])
    rows.check(activity, y, [abs(v) for v in y], row_size)
    gap = abs(total - columns.bound - rows.bound) / max(Fraction(1), abs(total))
    return (
        float(max(columns.primal, rows.primal)),
        float(max(columns.dual, rows.dual)),
        float(max(columns.slackness, rows.slackness)),
        float(gap),
    )


class _Exact:
    """The residuals of all columns, or of all rows, as fractions."""

    def __init__(self, lower: Floats, upper: Floats) -> None:
        self.limits = list(zip(lower.tolist(), upper.tolist(), strict=True))
        self.primal = self.dual = self.slackness = self.bound = Fraction()

    def check(
        self,
        values: list[Fraction],
        prices: list[Fraction],
        weights: list[Fraction],
        sizes: list[Fraction],
    ) -> None:
        """Add up what values and prices do to the limits."""
        for (low, high), v, p, weight, size in zip(
            self.limits, values, prices, weights, sizes, strict=True
        ):
            scale = max(Fraction(1), size)
            for limit, sign in ((low, 1), (high, -1)):
                if isfinite(limit):
                    self.primal = max(self.primal, sign * (limit - v) / scale)
            if p:
                relative = abs(p) / max(Fraction(1), weight)
                self._price(low if p > 0 else high, v, p, relative, scale)

    def _price(
        self,
        limit: float,
        v: Fraction,
        p: Fraction,
        relative: Fraction,
        scale: Fraction,
    ) -> None:
        if not isfinite(limit):
            self.dual = max(self.dual, relative)
            return
        self.slackness = max(
            self.slackness, relative * abs(v - Fraction(limit)) / scale
        )
        self.bound += p * Fraction(limit)


def _fractions(numbers: Iterable[float]) -> list[Fraction]:
    return [Fraction(float(number)) for number in numbers]


def _zeros(count: int) -> list[Fraction]:
    return [Fraction()] * count
