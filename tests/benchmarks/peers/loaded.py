"""HiGHS by highspy: handed a program by the shortest way, and what it says of it."""

from typing import Any

import highspy
import numpy as np


def silent() -> highspy.Highs:
    """Return an empty HiGHS that prints nothing."""
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)  # noqa: FBT003  # HiGHS's way
    return model


def passed(arrays: Any) -> highspy.Highs:
    """Return HiGHS with a program in it, by the shortest way there is.

    Args:
        arrays: Named as in ``planner.formulation.arrays.Arrays``.
    """
    model = silent()
    columns = len(arrays.cost)
    model.passModel(
        columns,
        len(arrays.row_lower),
        len(arrays.value),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        arrays.cost,
        arrays.lower,
        arrays.upper,
        arrays.row_lower,
        arrays.row_upper,
        arrays.start,
        arrays.index,
        arrays.value,
        np.zeros(columns, dtype=np.int32),
    )
    return model


def shape(model: highspy.Highs) -> tuple[int, int, int]:
    """Return the numbers of columns, rows and terms."""
    return model.getNumCol(), model.getNumRow(), model.getNumNz()


def optimum(model: highspy.Highs) -> float:
    """Solve by the algorithm that the planner takes, and return the objective."""
    # When all is timed: what a contender is timed with does not know the planner.
    from planner.solvers.highs import INTERIOR_POINT_ROWS  # noqa: PLC0415

    model.setOptionValue("output_flag", False)  # noqa: FBT003  # HiGHS's way
    if model.getNumRow() >= INTERIOR_POINT_ROWS:
        model.setOptionValue("solver", "ipx")
    model.run()
    status = model.getModelStatus()
    assert status == highspy.HighsModelStatus.kOptimal, status
    return float(model.getInfo().objective_function_value)
