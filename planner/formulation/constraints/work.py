"""Work: what is served, completed, kept in memory, and how large runs are."""

import numpy as np

from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Pair, Row, Rows
from planner.formulation.variables import Variables


def demand(c: Coefficients, v: Variables) -> Rows:
    """What is served has capacity behind it, peak and headroom included.

        Σ_{a,s} demand_share[a,v,t,b]·assigned[a,s,v,t,b] ≥ Σ_k served[v,t,b,k]

    with demand_share = rate / (capacity factor · demand · profile).

    Rows: V x T x B with demand. Unit: share. Price: $ per unit of demand.
    """
    share = v.sets.table("awtb", c.work.demand_share)
    unit = v.sets.table("wa", c.assigned_unit)
    rows = v.served.cells("wtb")
    yield rows.block(
        "demand",
        ">=",
        0.0,
        rows.sum(v.assigned, lambda k: share[k.a, k.w, k.t, k.b] * unit[k.w, k.a]),
        rows.sum(v.served, -1.0),
    )


def minimum_served(c: Coefficients, v: Variables) -> Rows:
    """What must be served or completed is.

        Σ_b σ_b·Σ_k served[v,t,b,k] ≥ minimum[v]·Σ_b σ_b   (blocks with demand)
        Σ_k completed[r,k] ≥ minimum[r]

    Rows: V x T, and R. Unit: share.
    """
    share = c.clock.blocks
    for (w, t), served in v.served.by("wt").items():
        if c.work.minimum[w] > 0:
            pairs = [(x, share[k[2]]) for k, x in served]
            hours = sum(share[b] for u, b in c.work.live[w] if u == t)
            least = c.work.minimum[w] * hours
            yield Row("minimum_served", (w, c.clock.labels[t]), pairs, ">=", least)
    for run, completed in v.completed.by("w").items():
        if c.work.minimum[run] > 0:
            pairs = [(x, 1.0) for _, x in completed]
            yield Row("minimum_served", (run,), pairs, ">=", c.work.minimum[run])


def table_memory(c: Coefficients, v: Variables) -> Rows:
    """What is served has its copies of the embedding tables in memory.

        Σ_{a,s} assigned[a,s,v,t,b] / (copies·table_accelerators[a,v])
            ≥ Σ_k served[v,t,b,k]

    Rows: V x T x B of services with copies. Unit: share.
    """
    if not c.work.copied:
        return
    share = v.sets.table("aw", c.work.memory_share)
    unit = v.sets.table("wa", c.assigned_unit)
    copied = v.sets.among("w", c.work.copied)
    rows = v.served.cells("wtb", lambda k: copied[k.w])
    yield rows.block(
        "table_memory",
        ">=",
        0.0,
        rows.sum(
            v.assigned,
            lambda k: share[k.a, k.w] * unit[k.w, k.a],
            where=lambda k: ~np.isnan(share[k.a, k.w]),
        ),
        rows.sum(v.served, -1.0),
    )


def training_work(c: Coefficients, v: Variables) -> Rows:
    """A run is completed as far as its tokens are trained on.

        Σ_{a,s, t∈window, b} work_share[a,r,t,b]·assigned[a,s,r,t,b]
            ≥ Σ_k completed[r,k]

    with work_share = rate·σ_b·H_t·3600 / tokens; of a run with brackets less what
    `run_efficiency` says is lost beyond them.

    Rows: R. Unit: share. Price: $ per token.
    """
    share = v.sets.table("awtb", c.work.work_share)
    unit = v.sets.table("wa", c.assigned_unit)
    lost = v.sets.table("awk", _lost(c))
    rows = v.completed.cells("w")
    yield rows.block(
        "training_work",
        ">=",
        0.0,
        rows.sum(v.assigned, lambda k: share[k.a, k.w, k.t, k.b] * unit[k.w, k.a]),
        rows.sum(
            v.beyond,
            lambda k: -(lost[k.a, k.w, k.k] * share[k.a, k.w, k.t, k.b] * c.scale),
        ),
        rows.sum(v.completed, -1.0),
    )


def _lost(c: Coefficients) -> dict[tuple[str, str, int], float]:
    """Return the part of the first rate that is lost, A x R x bracket."""
    return {
        (a, run, k): part
        for (a, run), brackets in c.work.brackets.items()
        for k, (_, part) in enumerate(brackets)
    }


def run_efficiency(c: Coefficients, v: Variables) -> Rows:
    """Beyond each bracket of a run's size, one more accelerator does less.

        Σ_s assigned[a,s,r,t,b] − beyond[r,a,t,b,k] ≤ size[r,k]

    and `training_work` loses work_share·lost[a,r,k]·beyond[r,a,t,b,k], with lost the
    fall of the marginal rate at size k over the first one. Marginal rates fall, so no
    column has to be whole. Each accelerator is rated by its own count.

    Rows: R x A x T x B x K of runs with brackets. Unit: accelerators.
    """
    if not v.beyond.columns:
        return
    held: dict[tuple[str, str, int, str], list[Pair]] = {}
    for (a, _, w, t, b), x in v.assigned.columns.items():
        pair = x, c.assigned_unit[w, a] / c.scale
        held.setdefault((w, a, t, b), []).append(pair)
    for (w, a, t, b, k), x in v.beyond.columns.items():
        index = w, a, c.clock.labels[t], b, str(k)
        size, _ = c.work.brackets[a, w][k]
        pairs = [*held[w, a, t, b], (x, -1.0)]
        yield Row("run_efficiency", index, pairs, "<=", size / c.scale)


def run_size(c: Coefficients, v: Variables) -> Rows:
    """A run uses at most its maximum of accelerators at once.

        Σ_{a,s} assigned[a,s,r,t,b] / maximum[r,a] ≤ 1

    Rows: R x T x B of runs with a maximum; of a steady run R x T. Unit: share.
    """
    if not c.work.maximum:
        return
    weight = v.sets.table(
        "wa",
        {(w, a): x for w, each in c.work.maximum.items() for a, x in each.items()},
    )
    unit = v.sets.table("wa", c.assigned_unit)
    limited = v.sets.among("w", c.work.maximum)
    rows = v.assigned.cells("wtb", lambda k: limited[k.w], spread=False)
    share = rows.sum(v.assigned, lambda k: weight[k.w, k.a] * unit[k.w, k.a])
    yield rows.block("run_size", "<=", 1.0, share)


def steady_run(c: Coefficients, v: Variables) -> Rows:  # noqa: ARG001  # no rows
    """A run that cannot be preempted uses as much in every load block.

        assigned[a,s,r,t,b] = assigned[a,s,r,t]   (each b)

    One column stands for all blocks: in the rows of each block it is the same one,
    and its work and energy are those of the whole day. A limit on it is therefore a
    limit on the block that leaves least, and has its price there.

    Rows: none. Unit: accelerators.
    """
    yield from ()
