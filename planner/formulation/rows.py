"""Rows of the program, before they meet PuLP or a solver: one, or many at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.formulation.arrays import Floats, Ints

Column = int
"""A column, by its position in the program."""
Pair = tuple[Column, float]
Sense = Literal["<=", ">=", "=="]
Terms = tuple[Ints, Ints, Floats]
"""Row within a block, column and coefficient of every term."""


def named(*words: str) -> str:
    """Return words as one name that every file format takes: no ``-``, no ``:``."""
    return "__".join(words).replace("-", "_").replace(":", ".")


@dataclass(slots=True)  # frozen, which thousands of them would pay for twice
class Head:
    """What a row is about, without its terms.

    Attributes:
        constraint: The one name of the constraint.
        index: What the row is about, as words: site, period, …
        sense: How the sum compares with ``rhs``.
        rhs: The number.
    """

    constraint: str
    index: tuple[str, ...]
    sense: Sense
    rhs: float

    @property
    def name(self) -> str:
        """Return the row's name: the constraint, then the index."""
        return named(self.constraint, *self.index)


@dataclass(slots=True)
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
    sense: Sense
    rhs: float

    def heads(self) -> list[Head]:
        """Return what the row is about."""
        return [Head(self.constraint, self.index, self.sense, self.rhs)]


@dataclass(slots=True)
class Block:
    """Many rows of one constraint, which share sense and right side, as arrays.

    Attributes:
        constraint: The one name of the constraint.
        count: How many rows.
        indices: Makes what each row is about, when somebody asks.
        sense: How the sums compare with ``rhs``.
        rhs: The number.
        terms: In the order in which a row's terms stand; every column of a row at
            most once.
    """

    constraint: str
    count: int
    indices: Callable[[], Iterable[tuple[str, ...]]]
    sense: Sense
    rhs: float
    terms: list[Terms]

    def heads(self) -> list[Head]:
        """Return what each row is about."""
        return [
            Head(self.constraint, index, self.sense, self.rhs)
            for index in self.indices()
        ]

    def by_row(self) -> Terms:
        """Return terms per row, and columns and coefficients row after row."""
        row, column, value = map(np.concatenate, zip(*self.terms, strict=True))
        order = np.argsort(row, kind="stable")
        lengths = np.bincount(row, minlength=self.count)
        return lengths, column[order], value[order]


Rows = Iterator[Row | Block]


def one_row(head: Head, column: Ints, value: Floats) -> Block:
    """Return a row whose terms are arrays."""
    terms = np.zeros(len(column), np.int64), column, value
    indices = [head.index]
    return Block(head.constraint, 1, lambda: indices, head.sense, head.rhs, [terms])


def columns_and_values(pairs: Sequence[Pair]) -> tuple[Ints, Floats]:
    """Return pairs as two arrays."""
    columns, values = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(columns, np.int64), np.array(values, np.float64)
