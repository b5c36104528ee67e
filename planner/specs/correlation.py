"""A correlation matrix as the product of a lower triangle with itself."""

from collections.abc import Sequence
from math import sqrt

_NOTHING = 1e-9
"""What rounding may leave of a pivot that is 0."""


def lower_triangle(rows: Sequence[Sequence[float]]) -> list[list[float]] | None:
    """Return the Cholesky factor L of a symmetric matrix; None where there is none.

    Args:
        rows: Symmetric, with ones on the diagonal; singular matrices have a factor,
            too.

    Returns:
        L with L·Lᵀ the matrix, a row for each of its rows; None where the matrix is
        not positive semidefinite.
    """
    factor: list[list[float]] = []
    for i, row in enumerate(rows):
        line = [0.0] * len(rows)
        for j in range(i):
            rest = row[j] - sum(line[k] * factor[j][k] for k in range(j))
            pivot = factor[j][j]
            if pivot == 0 and abs(rest) > sqrt(_NOTHING):
                return None
            line[j] = rest / pivot if pivot else 0.0
        rest = row[i] - sum(x * x for x in line[:i])
        if rest < -_NOTHING:
            return None
        line[i] = sqrt(rest) if rest > _NOTHING else 0.0
        factor.append(line)
    return factor
