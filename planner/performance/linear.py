"""The inverse of a small covariance matrix, without numpy, which is slow to import."""

import math
from operator import mul

Matrix = list[list[float]]


def inverse(lower: Matrix) -> Matrix:
    """Return the inverse of a symmetric positive definite matrix.

    Args:
        lower: Its rows up to the diagonal.

    Returns:
        All of the inverse, keyed by row and column.
    """
    factor = cholesky(lower)
    size = len(factor)
    # Columns of the inverse of the factor: zero above, found from the diagonal down.
    columns = []
    for start in range(size):
        column = [1.0 / factor[start][start]]
        for row in range(start + 1, size):
            done = sum(map(mul, factor[row][start:row], column))
            column.append(-done / factor[row][row])
        columns.append(column)
    whole = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            whole[i][j] = whole[j][i] = sum(map(mul, columns[i], columns[j][i - j :]))
    return whole


def cholesky(lower: Matrix) -> Matrix:
    """Return the lower triangular factor of a symmetric positive definite matrix."""
    factor: Matrix = []
    for i, row in enumerate(lower):
        done: list[float] = []
        for j in range(i):
            rest = row[j] - sum(map(mul, done, factor[j]))
            done.append(rest / factor[j][j])
        done.append(math.sqrt(row[i] - sum(map(mul, done, done))))
        factor.append(done)
    return factor
