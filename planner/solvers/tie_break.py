"""One plan among equals: the tie-break of formulation §4.

All optima of a program share every dual optimum: a column with a reduced cost
is at its bound in each of them, a row with a dual is tight. What is left free is
the optimal face; fixed weights that belong to names, not to positions, choose
one point of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from planner.formulation.arrays import Arrays, Floats
from planner.formulation.build import Program
from planner.solvers.hashes import number_of, numbers_of
from planner.solvers.solution import Solution

THRESHOLDS = (1e-7, 1e-8, 1e-9)
"""Tried in turn: from which size a reduced cost or dual counts as non-zero."""
HELD = 1e-9
"""Relative change of the first objective that a face may cause."""
SERVING = 10.0
"""Weight of serving everything, over that of the whole fleet in one cell."""
STAYING = 3.0
"""More than what one accelerator weighs in one period in which it stands."""

Key = tuple[object, ...]


def break_ties(
    first: Solution,
    arrays: Arrays,
    weights: Floats,
    solve: Callable[[Arrays], Solution],
    *,
    before: Sequence[Solution] = (),
    within: float = HELD,
) -> Solution:
    """Return the optimum that the weights choose; its prices are the first's.

    Args:
        first: An optimal solution of ``arrays``, with duals.
        arrays: The program that it solves.
        weights: Secondary cost of every column.
        solve: Solves the face: the same matrix, other bounds and costs.
        before: Solutions of objectives before this one, which must hold, too.
        within: Relative change of an objective that the choice may cause.

    Returns:
        The chosen optimum with ``unique`` true; the first one with ``unique``
        false where no face keeps the objective.
    """
    for threshold in THRESHOLDS:
        chosen = solve(face(first, arrays, weights, threshold))
        if chosen.status != "optimal":
            continue
        kept = [*before, replace(first, arrays=arrays)]
        if held(chosen.values, kept, within):
            return replace(
                first,
                values=chosen.values,
                row_values=chosen.row_values,
                seconds=first.seconds + chosen.seconds,
                unique=True,
            )
    return replace(first, unique=False)


def held(values: Floats, done: Sequence[Solution], within: float) -> bool:
    """Return whether a plan is as good as every objective's own optimum."""
    return all(
        abs(float(each.handed_over.cost @ values) - each.objective)
        <= within * max(abs(each.objective), 1.0)
        for each in done
    )


def face(first: Solution, arrays: Arrays, weights: Floats, threshold: float) -> Arrays:
    """Return the program whose feasible points are the optima of ``arrays``."""
    bound = np.abs(first.reduced_costs) > threshold
    lower, upper = _at_nearest(first.values, arrays.lower, arrays.upper, bound)
    tight = np.abs(first.duals) > threshold
    rows = _at_nearest(first.row_values, arrays.row_lower, arrays.row_upper, tight)
    return arrays.with_bounds(weights, (lower, upper), rows)


def _at_nearest(
    values: Floats, lower: Floats, upper: Floats, held: np.ndarray
) -> tuple[Floats, Floats]:
    """Return bounds that hold the chosen entries at their nearer bound."""
    at_lower = np.abs(values - lower) <= np.abs(upper - values)
    nearest = np.where(at_lower, lower, upper)
    return np.where(held, nearest, lower), np.where(held, nearest, upper)


def weights_of(program: Program) -> Floats:
    """Return the secondary cost of every column, by what it stands for.

    Oldest and cheapest accelerators first, then by name; a site enters a
    thousand times weaker, so that splitting one moves nothing between
    accelerators. Serving more is always better.
    """
    c, v = program.c, program.v
    names = sorted(c.availability)
    rank = {a: number / len(names) for number, a in enumerate(_by_age(program, names))}
    serving = SERVING * c.fleet.size / c.scale
    found = [np.zeros(0)]
    for family in v.families():
        name = family.name
        if name == "assigned":  # nearly all columns: the same as below, all at once
            ranks = np.array([rank[a] for a in family.sets.names["a"]])
            accelerator = ranks[family.numbers("a")]
            shared = numbers_of(family, "awtb") / (2 * len(names))
            own = 1e-3 * numbers_of(family, "aswtb")
            found.append(1 + accelerator + shared + own)
            continue
        weights: list[float] = []
        for key in family.columns:
            if name in ("served", "completed", "smallest"):
                cells = len(c.work.window.get(key[0], (0,))) * len(c.clock.blocks)
                most = serving * (cells if name == "completed" else 1)
                weights.append(-most * (1 + number_of(name, *key)))
                continue
            if name == "expanded":
                # Late rather than early.
                late = 1 - key[1] / c.clock.count
                weights.append(1 + late + 1e-3 * number_of(name, *key))
                continue
            if name in ("placed", "running"):  # whole, so already decided
                weights.append(0.0)
                continue
            if name == "beyond":  # follows from what is assigned
                weights.append(1.0)
                continue
            a, rest = _whose(program, name, key)
            weight = 1 + rank[a] + number_of(name, a, *rest) / (2 * len(names))
            weight += STAYING * _staying(program, name, key[-1])
            weights.append(weight + 1e-3 * number_of(name, *key))
        found.append(np.array(weights, dtype=np.float64))
    return np.concatenate(found)


def _whose(program: Program, family: str, key: Key) -> tuple[str, Key]:
    """Return the accelerator of a count's column, and its key without the place."""
    if family in ("signed", "leased", "rented"):
        return program.c.leases.offers[str(key[0])].accelerator, key[1:]
    return str(key[0]), key[2:]


def _staying(program: Program, name: str, t: Any) -> float:
    """Return by how many periods of standing a move or early end is outweighed.

    Nothing is moved or scrapped for no reason, nor sooner than need be.
    """
    if name == "moved":
        return 1.0
    early = name == "retired" and program.c.leaving.early
    return float(program.c.clock.count - t) if early else 0.0


def _by_age(program: Program, names: list[str]) -> list[str]:
    """Return the accelerators, what stands at the start and costs little first."""
    c = program.c
    stands = {a for a, _ in c.fleet.start}

    def order(a: str) -> tuple[bool, float, str]:
        return a not in stands, c.price_musd.get((a, 0), 0.0), a

    return sorted(names, key=order)
