"""Integer programs with HiGHS: a start beside the divided optimum, then a search."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.formulation.arrays import Arrays
from planner.solvers.highs import Live
from planner.solvers.solution import Solution

WHOLE = 1e-7
"""Distance from a whole number that counts as one."""
EFFORT = 0.2
"""Share of the work that goes into finding plans, over proving: HiGHS's 0.05 takes
twice as long to come within 0.5 % of the bound in scenarios/racks.yaml."""
LEAST_SECONDS = 0.01
"""What is left for the search where the divided program took all the time."""


def best_whole(
    arrays: Arrays,
    divided: Solution,
    gap: float,
    time_limit: float | None,
    bought: Sequence[int],
    *,
    constant: float = 0.0,
) -> Solution:
    """Return the best whole solution, with its bound, and the divided objective.

    Args:
        arrays: The integer program.
        divided: The optimum of the program with all columns divided.
        gap: Relative distance between solution and bound that suffices.
        time_limit: For both programs [s]; None: none.
        bought: Columns that decide most, the purchases: with these at the nearest
            whole numbers HiGHS begins, and has a plan within seconds.
        constant: Counts in the objective that the gap is relative to; not in the
            objectives that are returned.

    Returns:
        ``optimal`` within the gap; ``time_limit`` with ``found`` where a plan is at
        hand, but not proven.
    """
    left = time_limit
    if left is not None:
        left = max(LEAST_SECONDS, left - divided.seconds)
    tree = Live(left)
    tree.load(arrays, whole=True, constant=constant)
    if tree.whole:
        tree.option("mip_rel_gap", value=gap)
        tree.option("mip_heuristic_effort", value=EFFORT)
        tree.option("mip_feasibility_tolerance", value=WHOLE)
        if bought:
            columns = np.asarray(bought, dtype=np.int32)
            tree.start(columns, np.round(divided.values[columns]))
    found = tree.run()
    known = divided.objective if found.bound is None else found.bound - constant
    return replace(
        found,
        objective=found.objective - constant,
        bound=None if found.status == "infeasible" else max(known, divided.objective),
        seconds=divided.seconds + found.seconds,
        divided=divided.objective,
    )
