"""One row of the program, before it meets PuLP or a solver."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Column = int
"""A column, by its position in the program."""
Pair = tuple[Column, float]


def named(*words: str) -> str:
    """Return words as one name that every file format takes: no ``-``, no ``:``."""
    return "__".join(words).replace("-", "_").replace(":", ".")


@dataclass(slots=True)  # frozen, which thousands of them would pay for twice
class Row:
    """Σ coefficient·column, compared with a number.

    Attributes:
        constraint: The one name of the constraint.
        index: What the row is about, as words: site, period, …
        pairs: Columns and coefficients; every column at most once.
        sense: How the sum compares with ``rhs``.
        rhs: The number.
    """

    constraint: str
    index: tuple[str, ...]
    pairs: list[Pair]
    sense: Literal["<=", ">=", "=="]
    rhs: float

    @property
    def name(self) -> str:
        """Return the row's name: the constraint, then the index."""
        return named(self.constraint, *self.index)


Rows = Iterator[Row]
