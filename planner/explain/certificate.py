"""Proof of an optimum from the program's arrays, not from the solver's word."""

import numpy as np

from planner.plan.rows import Certificate
from planner.solvers.arrays import Arrays, Floats, Ints
from planner.solvers.solution import Solution

TOLERANCE = 1e-6
"""Largest residual, relative to the terms it is made of, of a verified optimum."""


def certificate_of(arrays: Arrays, solution: Solution) -> Certificate:
    """Return how far an optimum is from being one.

    The plan's values and the first solve's duals are put into the optimality
    conditions: rows and bounds hold (primal), c − Aᵀy has the sign that each
    column's place asks for (dual and complementary slackness together), and
    primal and dual objective agree (gap).

    Args:
        arrays: The program as it was handed over.
        solution: Its optimum.
    """
    x, y = solution.values, solution.duals
    rows = np.arange(arrays.rows, dtype=np.int32)
    row_of = np.repeat(rows, np.diff(arrays.start)).astype(np.int32)
    terms = arrays.value * x[arrays.index]
    activity = _sums(row_of, terms, arrays.rows)
    size = _sums(row_of, np.abs(terms), arrays.rows)
    primal = max(
        _outside(activity, arrays.row_lower, arrays.row_upper, size),
        _outside(x, arrays.lower, arrays.upper, np.abs(x)),
    )
    priced = arrays.value * y[row_of]
    reduced = arrays.cost - _sums(arrays.index, priced, arrays.columns)
    weight = np.abs(arrays.cost) + _sums(arrays.index, np.abs(priced), arrays.columns)
    dual = max(
        _wrong_sign(reduced, x, arrays.lower, arrays.upper, weight),
        _wrong_sign(y, activity, arrays.row_lower, arrays.row_upper, np.abs(y)),
    )
    cost = float(arrays.cost @ x)
    bound = _bound(y, arrays.row_lower, arrays.row_upper)
    bound += _bound(reduced, arrays.lower, arrays.upper)
    gap = abs(cost - bound) / max(1.0, abs(cost))
    verified = max(primal, dual, gap) <= TOLERANCE
    return Certificate(primal, dual, gap, solution.unique, verified, TOLERANCE)


def _sums(place: Ints, terms: Floats, count: int) -> Floats:
    """Return the sum of the terms at each place."""
    return np.bincount(place, terms, count).astype(np.float64)


def _outside(values: Floats, lower: Floats, upper: Floats, size: Floats) -> float:
    """Return the largest distance outside the bounds, relative to the size."""
    beyond = np.maximum(lower - values, values - upper) / np.maximum(1.0, size)
    return float(np.max(beyond, initial=0.0))


def _wrong_sign(
    prices: Floats, values: Floats, lower: Floats, upper: Floats, size: Floats
) -> float:
    """Return the largest price that its place does not allow.

    At its lower bound a price may be positive, at its upper one negative, between
    them it must be 0.
    """
    scale = np.maximum(1.0, np.abs(values))
    at_lower = values - lower <= TOLERANCE * scale
    at_upper = upper - values <= TOLERANCE * scale
    wrong = np.where(
        prices > 0, np.where(at_lower, 0.0, prices), np.where(at_upper, 0.0, -prices)
    )
    return float(np.max(wrong / np.maximum(1.0, size), initial=0.0))


def _bound(prices: Floats, lower: Floats, upper: Floats) -> float:
    """Return Σ price · bound on the side that the price's sign names."""
    side = np.where(prices > 0, lower, upper)
    used = (prices != 0) & np.isfinite(side)
    return float(prices[used] @ side[used])
