"""One program, one plan: the chosen solver, then the tie-break."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from planner.errors import InternalError
from planner.formulation.arrays import Arrays
from planner.formulation.build import Program
from planner.solvers.solution import Solution

if TYPE_CHECKING:
    from planner.solvers.near import Neighbour

SolverName = Literal["highs", "cbc"]
POOLED_COLUMNS = 30_000
"""From here on a smaller program is looked for: that costs 5 % of what it saves."""
EIGHT_DIGITS = 1e-7
"""How far a plan of CBC, which writes so many, may be from an objective's optimum."""


def solve_program(
    program: Program,
    solver: SolverName = "highs",
    time_limit: float | None = None,
    near: "Neighbour | None" = None,
) -> Solution:
    """Return the one optimum of a program, or how the solve ended.

    Args:
        program: What ``build`` made.
        solver: ``highs``, or ``cbc`` as a second opinion.
        time_limit: For each solve [s]; None: none.
        near: The program solved before, where many follow that differ little and
            none of their prices is told; HiGHS without a time limit begins there.

    Raises:
        UsageError: CBC is asked for and not installed.
        InternalError: The program is refused or unbounded.
    """
    if solver == "cbc":
        return _with_cbc(program, time_limit)
    if near is not None and time_limit is None:
        found = _from(near, program)
        if found is not None:
            return found
    return _with_highs(program, time_limit)


def _from(near: "Neighbour", program: Program) -> Solution | None:
    """Return what a solve from another program gives; None where it is to begin anew.

    Stages and whole columns take several solves, and a large program is made smaller.
    """
    from planner.solvers.tie_break import weights_of  # noqa: PLC0415  # highspy

    if program.stages or program.c.whole is not None:
        return None
    if program.arrays.columns >= POOLED_COLUMNS:
        return None
    found = near.solution(program.arrays, lambda: weights_of(program))
    if found is None or found.status == "optimal":
        return found
    return bounded(found, program.arrays)


def bounded(stopped: Solution, arrays: Arrays) -> Solution:
    """Return a solve that a limit stopped, with the bound that holds anyway.

    A presolved run that is stopped leaves no duals; that nothing can be better than
    every value earned at no cost needs none.
    """
    import numpy as np  # noqa: PLC0415

    if stopped.status == "infeasible":
        return stopped
    best = np.where(arrays.cost < 0, arrays.upper, arrays.lower)
    used = arrays.cost != 0
    least = float(arrays.cost[used] @ best[used])
    return replace(stopped, bound=least if np.isfinite(least) else None)


def with_duals(whole: Solution, left: Solution) -> Solution:
    """Return a whole plan with the prices of the program that it leaves open.

    Args:
        whole: A plan of an integer program.
        left: The optimum of that program with its whole columns fixed.

    Raises:
        InternalError: There is none, although the plan is one.
    """
    if left.status != "optimal":
        msg = "with its whole columns fixed, the plan does not keep its own limits"
        raise InternalError(msg)
    bound = whole.bound
    return replace(
        left,
        status=whole.status,
        bound=None if bound is None else min(bound, left.objective),
        algorithm=whole.algorithm,
        iterations=whole.iterations,
        seconds=whole.seconds + left.seconds,
        divided=whole.divided,
        found=True,
    )


def solver_version(solver: SolverName) -> str:
    """Return the version of a solver as it states it."""
    if solver == "cbc":
        from planner.solvers import cbc  # noqa: PLC0415  # only where it is used

        return cbc.version()
    from planner.solvers import highs  # noqa: PLC0415  # only where it is used

    return highs.version()


def _with_highs(program: Program, time_limit: float | None) -> Solution:
    from planner.solvers.highs import Live  # noqa: PLC0415
    from planner.solvers.tie_break import break_ties, weights_of  # noqa: PLC0415

    if program.stages:
        return _staged_with_highs(program, time_limit)
    live, arrays, whole = Live(time_limit), program.arrays, program.c.whole
    small = None
    if whole is None and arrays.columns >= POOLED_COLUMNS:
        from planner.solvers.pooling import pooled  # noqa: PLC0415  # seldom

        small = pooled(program)
    live.load(arrays if small is None else small.arrays)
    found = live.run()
    if found.status != "optimal":
        return bounded(found, arrays)
    if whole is not None:
        from planner.solvers.branching import best_whole  # noqa: PLC0415  # seldom

        bought = list(program.v.added.columns.values())
        chosen = best_whole(
            arrays, found, whole.gap, time_limit, bought, constant=program.constant
        )
        if not chosen.found:
            return chosen
        live, arrays = Live(), arrays.fixed(chosen.values)
        live.load(arrays)
        found = with_duals(chosen, live.run())

    first = replace(found, ranges=live.ranges(), arrays=arrays)
    if small is not None:
        first = small.split(first)
        live.load(arrays)

    def solve_face(face: Arrays) -> Solution:
        live.change(face)
        return live.run()

    best = break_ties(first, arrays, weights_of(program), solve_face)
    return best if whole is None else replace(best, unique=None)


def _staged_with_highs(program: Program, time_limit: float | None) -> Solution:
    """Return the optimum of objectives in turn, on one live model."""
    from planner.solvers.highs import Live  # noqa: PLC0415
    from planner.solvers.in_turn import costs_before, solve_in_turn  # noqa: PLC0415
    from planner.solvers.tie_break import weights_of  # noqa: PLC0415

    live, arrays = Live(time_limit), program.arrays
    live.load(arrays)

    def solve(changed: Arrays) -> Solution:
        live.change(changed)
        return live.run()

    before, weights = costs_before(program), weights_of(program)
    found = solve_in_turn(arrays, before, weights, solve, ranges=live.ranges)
    return found if found.status == "optimal" else bounded(found, arrays)


def _with_cbc(program: Program, time_limit: float | None) -> Solution:
    from planner.solvers.cbc import Cbc, within_gap  # noqa: PLC0415
    from planner.solvers.tie_break import break_ties, weights_of  # noqa: PLC0415

    whole, arrays = program.c.whole, program.arrays
    cbc = Cbc(time_limit)
    if program.stages:
        from planner.solvers.in_turn import costs_before, solve_in_turn  # noqa: PLC0415

        before, weights = costs_before(program), weights_of(program)
        found = solve_in_turn(
            arrays, before, weights, cbc.solve_arrays, within=EIGHT_DIGITS
        )
        return found if found.status == "optimal" else bounded(found, arrays)
    divided = None if whole is None else cbc.solve_arrays(arrays)
    if divided is not None and divided.status != "optimal":
        return bounded(divided, arrays)

    def solve_to(gap: float) -> Solution:
        found = Cbc(time_limit, gap).solve(program.problem, program.columns, arrays)
        if divided is None:
            return found
        known = divided.objective if found.bound is None else found.bound
        bound = None if found.status == "infeasible" else max(known, divided.objective)
        return replace(found, bound=bound, divided=divided.objective)

    gap = 0.0 if whole is None else whole.gap
    first = within_gap(solve_to, gap, program.constant)
    if not first.found:
        return first if first.bound is not None else bounded(first, arrays)
    if whole is not None:
        arrays = arrays.fixed(first.values)
        first = with_duals(first, Cbc().solve_arrays(arrays))
    first = replace(first, arrays=arrays)
    best = break_ties(first, arrays, weights_of(program), cbc.solve_arrays)
    return best if whole is None else replace(best, unique=None)
