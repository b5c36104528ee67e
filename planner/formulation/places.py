"""Where and when units can stand, leave, move, and be worth something at the end."""

import numpy as np

from planner.formulation.arrays import Ints
from planner.formulation.coefficients import Coefficients
from planner.formulation.sets import Sets

Stand = tuple[str, str, int]
"""Accelerator, site and period."""
Move = tuple[str, str, str, int]
"""Accelerator, the site that it leaves, the one that it goes to, period."""


def added_keys(c: Coefficients) -> list[Stand]:
    """Return where and when deliveries can come."""
    return sorted(c.fleet.can_add)


def due_keys(c: Coefficients) -> set[Stand]:
    """Return where units reach their lifetime: of the start, or of a delivery."""
    keys = {
        (a, s, c.fleet.retires[a, t])
        for a, s, t in c.fleet.can_add
        if (a, t) in c.fleet.retires
    }
    for (a, s, t), count in c.fleet.expired.items():
        before = c.fleet.expired.get((a, s, t - 1), 0.0)
        if count > before:
            keys.add((a, s, t))
    return keys


def retired_keys(c: Coefficients, installed: set[Stand]) -> list[Stand]:
    """Return where units can leave service: at the end of their life, or before."""
    keys = due_keys(c)
    if not c.leaving.early and not c.leaving.moving_musd:
        return sorted(keys)
    due = {(a, t) for a, _, t in keys}
    for a, s, t in _stood_before(c, installed):
        if c.leaving.early or (a in c.leaving.moving_musd and (a, t) in due):
            keys.add((a, s, t))
    return sorted(keys)


def installed_keys(c: Coefficients) -> list[Stand]:
    """Return where units can stand: left of the start, delivered or moved before."""
    keys = set()
    for (a, s), count in c.fleet.start.items():
        for t in range(c.clock.count):
            if count > c.fleet.expired.get((a, s, t), 0.0):
                keys.add((a, s, t))
    for a, s, t in c.fleet.can_add:
        for later in range(t, c.fleet.retires.get((a, t), c.clock.count)):
            keys.add((a, s, later))
    for a in c.leaving.moving_musd:
        keys |= _reached(c, keys, a)
    return sorted(keys)


def _reached(c: Coefficients, keys: set[Stand], a: str) -> set[Stand]:
    """Return where units of a type can stand that come from another site."""
    first: dict[str, int] = {}
    for name, s, t in sorted(keys):
        if name == a:
            # What is delivered in a period can leave in the next.
            first.setdefault(s, 0 if (a, s) in c.fleet.start else t + 1)
    alive = {t for name, _, t in keys if name == a}
    return {
        (a, s, t)
        for s in c.leaving.takers[a]
        for t in alive
        if any(leaves < t for other, leaves in first.items() if other != s)
    }


def moved_keys(c: Coefficients, installed: set[Stand]) -> list[Move]:
    """Return which moves can be: of what stood before, to where it can stand then."""
    if not c.leaving.moving_musd:
        return []
    return sorted(
        (a, s, other, t)
        for a, s, t in _stood_before(c, installed)
        if t + 1 < c.clock.count
        for other in c.leaving.takers.get(a, ())
        if other != s and (a, other, t + 1) in installed
    )


def kept_keys(c: Coefficients) -> list[tuple[str, str, str]]:
    """Return what can be worth something at the end: accelerator, place, cohort."""
    return [
        (a, place, cohort.label)
        for (a, place), cohorts in c.leaving.cohorts.items()
        for cohort in cohorts
    ]


def _stood_before(c: Coefficients, installed: set[Stand]) -> set[Stand]:
    """Return where something can have stood when a period begins."""
    found = {(a, s, t + 1) for a, s, t in installed if t + 1 < c.clock.count}
    return found | {(a, s, 0) for (a, s), count in c.fleet.start.items() if count > 0}


def assigned_members(
    c: Coefficients, installed: set[Stand], sets: Sets
) -> dict[str, Ints]:
    """Return where units can work: pair, place, period and block all allow it.

    Returns:
        The members of every key by number, keyed by letter of A x S x W x T x B.
    """
    stands = np.zeros([sets.size[one] for one in "ast"], dtype=np.bool_)
    if installed:
        parts = zip(*installed, strict=True)
        stands[tuple(map(sets.numbers, "ast", parts))] = True
    found: dict[str, list[Ints]] = {one: [np.zeros(0, np.int64)] for one in "aswtb"}
    cells = {w: _cells(c, w, sets) for w in sets.names["w"]}
    for (w, a), sites in c.work.pairs.items():
        if w in c.work.maximum and a not in c.work.maximum[w]:
            continue
        (pair_a,), (pair_w,) = sets.numbers("a", [a]), sets.numbers("w", [w])
        places, (periods, blocks) = sets.numbers("s", sites), cells[w]
        site, cell = stands[pair_a][places][:, periods].nonzero()
        found["a"].append(np.full(len(cell), pair_a))
        found["s"].append(places[site])
        found["w"].append(np.full(len(cell), pair_w))
        found["t"].append(periods[cell])
        found["b"].append(blocks[cell])
    return {one: np.concatenate(parts) for one, parts in found.items()}


def _cells(c: Coefficients, w: str, sets: Sets) -> tuple[Ints, Ints]:
    """Return period and block of each cell in which there can be work."""
    cells = (
        [(t, b) for t in c.work.window[w] for b in c.blocks_of(w)]
        if w in c.work.window
        else c.work.live[w]
    )
    return (
        sets.numbers("t", (t for t, _ in cells)),
        sets.numbers("b", (b for _, b in cells)),
    )
