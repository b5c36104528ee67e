"""A program as flat arrays: what a solver is handed, in one go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from planner.formulation.rows import Row

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]
INFINITY = float("inf")


@dataclass(frozen=True)
class Arrays:
    """Minimise cost·x, with row bounds on matrix·x and bounds on x.

    Attributes:
        cost: Keyed by column.
        lower: Keyed by column.
        upper: Keyed by column.
        row_lower: Keyed by row.
        row_upper: Keyed by row.
        start: First term of each row, and the number of terms at the end.
        index: Column of each term.
        value: Coefficient of each term.
        whole: Which columns are whole numbers, keyed by column; a solver that is not
            told so divides them.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    start: Ints
    index: Ints
    value: Floats
    whole: Flags

    @property
    def columns(self) -> int:
        """Return the number of columns."""
        return len(self.cost)

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return len(self.row_lower)

    def with_bounds(
        self, cost: Floats, columns: tuple[Floats, Floats], rows: tuple[Floats, Floats]
    ) -> "Arrays":
        """Return the same matrix with another objective and other bounds."""
        return replace(
            self,
            cost=cost,
            lower=columns[0],
            upper=columns[1],
            row_lower=rows[0],
            row_upper=rows[1],
        )

    def fixed(self, values: Floats) -> "Arrays":
        """Return the same program with its whole columns fixed at rounded values."""
        whole = np.round(values)
        return replace(
            self,
            lower=np.where(self.whole, whole, self.lower),
            upper=np.where(self.whole, whole, self.upper),
        )

    def scaled(self, cost: float, rows: Floats) -> "Arrays":
        """Return the program with its costs and every row multiplied by a factor."""
        return replace(
            self,
            cost=self.cost * cost,
            row_lower=self.row_lower * rows,
            row_upper=self.row_upper * rows,
            value=self.value * np.repeat(rows, np.diff(self.start)),
        )


def flat(cost: Floats, upper: Floats, whole: Flags, rows: Sequence[Row]) -> Arrays:
    """Return the arrays of rows whose columns are 0 or more.

    Args:
        cost: Keyed by column.
        upper: Largest value, keyed by column.
        whole: Which columns are whole numbers.
        rows: In the program's order, in the user's units.
    """
    start = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum([len(row.pairs) for row in rows], out=start[1:])
    pairs = chain.from_iterable(row.pairs for row in rows)
    terms = np.fromiter(chain.from_iterable(pairs), np.float64, 2 * int(start[-1]))
    return Arrays(
        cost=cost,
        lower=np.zeros(len(cost)),
        upper=upper,
        row_lower=_floats(-INFINITY if r.sense == "<=" else r.rhs for r in rows),
        row_upper=_floats(INFINITY if r.sense == ">=" else r.rhs for r in rows),
        start=start,
        index=terms[::2].astype(np.int32),
        value=terms[1::2].copy(),
        whole=whole,
    )


def _floats(values: Iterable[float]) -> Floats:
    return np.fromiter(values, np.float64)
