"""A program as flat arrays: what a solver is handed, in one go."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
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

    def shares_places(self, other: "Arrays") -> bool:
        """Return whether another program's terms stand in the same places."""
        return (
            self.columns == other.columns
            and _same(self.start, other.start)
            and _same(self.index, other.index)
        )

    def shares_matrix(self, other: "Arrays") -> bool:
        """Return whether another program has this very matrix, to the last digit."""
        return self.shares_places(other) and _same(self.value, other.value)

    def with_bounds(
        self, cost: Floats, columns: tuple[Floats, Floats], rows: tuple[Floats, Floats]
    ) -> "Arrays":
        """Return the same matrix with another objective and other bounds."""
        terms = self.start, self.index
        return Arrays(cost, *columns, *rows, *terms, self.value, self.whole)

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


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether two arrays are equal; most that a sweep compares are one."""
    return one is other or np.array_equal(one, other)
