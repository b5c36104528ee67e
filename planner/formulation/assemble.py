"""From rows, one by one or in blocks, to the flat arrays that a solver is handed."""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby

import numpy as np

from planner.errors import InternalError
from planner.formulation.arrays import INFINITY, Arrays, Flags, Floats
from planner.formulation.rows import Block, Row, Terms


def flat(
    cost: Floats, upper: Floats, whole: Flags, parts: Sequence[Row | Block]
) -> Arrays:
    """Return the arrays of rows whose columns are 0 or more.

    Args:
        cost: Keyed by column.
        upper: Largest value, keyed by column.
        whole: Which columns are whole numbers.
        parts: Rows in the program's order, in the user's units.

    Raises:
        InternalError: A coefficient is not a number: a table has no such entry.
    """
    found = [_none(), *_terms_of(parts)]
    lengths, column, value = map(np.concatenate, zip(*found, strict=True))
    start = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=start[1:])
    if np.isnan(value).any():
        msg = "a coefficient of the program is not a number"
        raise InternalError(msg)
    limits = [_limits(part) for part in parts]
    counts = [part.count if isinstance(part, Block) else 1 for part in parts]
    return Arrays(
        cost=cost,
        lower=np.zeros(len(cost)),
        upper=upper,
        row_lower=np.repeat([low for low, _ in limits], counts),
        row_upper=np.repeat([high for _, high in limits], counts),
        start=start,
        index=column.astype(np.int32),
        value=value,
        whole=whole,
    )


def _terms_of(parts: Sequence[Row | Block]) -> Iterator[Terms]:
    """Yield lengths of rows, columns and coefficients, rows that adjoin at once."""
    for in_block, group in groupby(parts, key=lambda part: isinstance(part, Block)):
        if in_block:
            yield from (part.by_row() for part in group if isinstance(part, Block))
        else:
            yield _one_by_one([part.pairs for part in group if isinstance(part, Row)])


def _one_by_one(rows: list[list[tuple[int, float]]]) -> Terms:
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    pairs = chain.from_iterable(chain.from_iterable(rows))
    terms = np.fromiter(pairs, np.float64, 2 * int(lengths.sum()))
    return lengths, terms[::2].astype(np.int64), terms[1::2]


def _none() -> Terms:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)


def _limits(part: Row | Block) -> tuple[float, float]:
    low = -INFINITY if part.sense == "<=" else part.rhs
    return low, INFINITY if part.sense == ">=" else part.rhs
