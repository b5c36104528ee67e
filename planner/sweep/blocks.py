"""More columns and rows for a program that is arrays already."""

from collections.abc import Sequence

import numpy as np

from planner.formulation.arrays import INFINITY, Arrays, Floats, Ints


def with_rows(
    arrays: Arrays,
    columns: tuple[Floats, Floats],
    rows: Sequence[tuple[Ints, Floats, float]],
) -> Arrays:
    """Return a program with more columns, and rows Σ coefficient·column ≤ number.

    Args:
        arrays: The program.
        columns: Least and most of each further column.
        rows: Columns, coefficients and number of each further row.
    """
    more = len(columns[0])
    lengths = [len(index) for index, _, _ in rows]
    factors = [2.0 ** -round(np.log2(np.abs(value).max())) for _, value, _ in rows]
    parts = list(zip(rows, factors, strict=True))
    ends = arrays.start[-1] + np.cumsum(lengths)
    return Arrays(
        cost=np.append(arrays.cost, np.zeros(more)),
        lower=np.append(arrays.lower, columns[0]),
        upper=np.append(arrays.upper, columns[1]),
        row_lower=np.append(arrays.row_lower, np.full(len(rows), -INFINITY)),
        row_upper=np.append(arrays.row_upper, [row[2] * k for row, k in parts]),
        start=np.append(arrays.start, ends).astype(np.int32),
        index=np.concatenate([arrays.index, *(row[0] for row, _ in parts)]).astype(
            np.int32
        ),
        value=np.concatenate([arrays.value, *(row[1] * k for row, k in parts)]),
        whole=np.append(arrays.whole, np.zeros(more, dtype=np.bool_)),
    )
