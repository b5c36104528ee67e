"""Several objectives, one after the other: each keeps all optima of those before.

What is left free by an objective is its optimal face: columns with a reduced cost stay
at their bound, rows with a dual stay tight (as in the tie-break). A cut on the
objective would leave the same points but wrong prices: the cut, not the limit behind
it, would bear the dual of the next objective.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.formulation.arrays import Arrays, Floats
from planner.formulation.build import Program
from planner.solvers.solution import Ranges, Solution
from planner.solvers.tie_break import HELD, THRESHOLDS, break_ties, face, held

Solve = Callable[[Arrays], Solution]


def solve_in_turn(
    arrays: Arrays,
    before: Sequence[Floats],
    weights: Floats,
    solve: Solve,
    *,
    ranges: Callable[[], Ranges | None] = lambda: None,
    within: float = HELD,
) -> Solution:
    """Return the one optimum of several objectives in turn, or how the solve ended.

    Args:
        arrays: The program, with its last objective.
        before: Costs of the objectives before it, first one first.
        weights: Secondary cost of every column, for the tie-break.
        solve: Solves the same matrix with other bounds and costs.
        ranges: Right sides between which the duals of the last solve hold.
        within: Relative change of an objective that a later one may cause.

    Returns:
        The last objective's solution, on the face of all before; their own
        solutions stand in ``stages``, with the values of the chosen plan.
    """
    done: list[Solution] = []
    for cost in [*before, arrays.cost]:
        found = None
        for program in _programs(arrays, cost, done):
            found = replace(solve(program), arrays=program)
            if found.status == "optimal" and held(found.values, done, within):
                break
            if not done or found.status == "time_limit":
                return found
        else:
            return replace(done[-1], status="failed", bound=None)
        done.append(replace(found, ranges=ranges()))
    *stages, last = done
    chosen = break_ties(
        last, last.handed_over, weights, solve, before=stages, within=within
    )
    iterations = [each.iterations for each in done]
    return replace(
        chosen,
        stages=tuple(
            replace(each, values=chosen.values, row_values=chosen.row_values)
            for each in stages
        ),
        seconds=chosen.seconds + sum(each.seconds for each in stages),
        iterations=None if None in iterations else sum(n or 0 for n in iterations),
    )


def _programs(arrays: Arrays, cost: Floats, done: list[Solution]) -> Iterator[Arrays]:
    """Yield the program of the next objective; faces from the widest on."""
    if not done:
        yield replace(arrays, cost=cost)
        return
    for threshold in THRESHOLDS:
        yield face(done[-1], done[-1].handed_over, cost, threshold)


def costs_before(program: Program) -> list[Floats]:
    """Return the costs of every objective before the last, keyed by column."""
    found = []
    for stage in program.stages:
        costs: Floats = np.zeros(program.v.count)
        for column, cost in stage.costs:
            costs[column] = cost
        found.append(costs)
    return found
