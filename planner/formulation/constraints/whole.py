"""Integer plans: where exclusive work is, and how small a run may be."""

from collections.abc import Iterator

from planner.formulation.bounds import busy_shares
from planner.formulation.clock import ALL_DAY
from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Column, Pair, Row, Rows
from planner.formulation.variables import Variables
from planner.formulation.whole import Place, inside

Cell = tuple[str, int, str]
"""Workload, period and load block."""
Assigned = list[tuple[tuple[str, str, str, int, str], Column]]


def placement(c: Coefficients, v: Variables) -> Rows:
    """Work marked `single_site` or `single_accelerator` is at one place alone.

        Σ_p placed[w,p] ≤ 1
        Σ_{(a,s)∈p} assigned[a,s,w,t,b] / most[a,s,w,t,b] ≤ placed[w,p]

    with placed either 0 or 1, and most the accelerators that can be of use there.

    Rows: W marked, and W x places x T x B. Unit: share.
    """
    if c.whole is None:
        return
    for w, columns in v.placed.by("w").items():
        yield Row("placement", (w,), [(x, 1.0) for _, x in columns], "<=", 1.0)
    for (w, t, b), assigned in _cells(c, v) if v.placed.columns else ():
        for (_, s, a), x in v.placed.by("w").get(w, ()):
            held = [item for item in assigned if inside((s, a), item[0][1], item[0][0])]
            if not held:
                continue
            pairs = _shares(c, (w, t, b), held)
            place = tuple(filter(None, (s, a)))
            index = (w, *place, c.clock.labels[t], b)
            yield Row("placement", index, [*pairs, (x, -1.0)], "<=", 0.0)


def minimum_run_size(c: Coefficients, v: Variables) -> Rows:
    """While anything works on a run, at least its minimum of accelerators does.

        Σ_{a,s} assigned[a,s,r,t,b] / minimum[r] ≥ running[r,t,b]
        Σ_{a,s} assigned[a,s,r,t,b] / most[a,s,r,t,b] ≤ running[r,t,b]

    with running either 0 or 1, and most the accelerators that can be of use.

    Rows: R x T x B of runs with a minimum, two each. Unit: share.
    """
    if c.whole is None:
        return
    for cell, assigned in _cells(c, v) if v.running.columns else ():
        if cell not in v.running.columns:
            continue
        w, t, b = cell
        x, least = v.running.columns[cell], c.whole.minimum[w]
        index = w, c.clock.labels[t], b
        pairs = [(y, c.assigned_unit[w, k[0]] / least) for k, y in assigned]
        yield Row("minimum_run_size", index, [*pairs, (x, -1.0)], ">=", 0.0)
        pairs = _shares(c, cell, assigned)
        yield Row("minimum_run_size", (*index, "on"), [*pairs, (x, -1.0)], "<=", 0.0)


def _cells(c: Coefficients, v: Variables) -> Iterator[tuple[Cell, Assigned]]:
    """Yield what works on a workload at a time; a steady run's whole day once."""
    first = next(iter(c.clock.blocks))
    for (w, t, b), assigned in v.assigned.by("wtb").items():
        steady = w in c.work.steady
        if not steady or b == first:
            yield (w, t, ALL_DAY if steady else b), assigned


def _shares(c: Coefficients, cell: Cell, held: Assigned) -> list[Pair]:
    """Return the columns with their shares of the most that can be of use."""
    w, t, b = cell
    places: list[Place] = [(k[1], k[0]) for k, _ in held]
    share = busy_shares(c, w, places, t, b)
    return [(x, share[k[1], k[0]] * c.assigned_unit[w, k[0]]) for k, x in held]
