"""Work: what is served, completed, kept in memory, and how large runs are."""

from collections.abc import Iterator

from planner.formulation.clock import ALL_DAY
from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Pair, Row, Rows
from planner.formulation.variables import Variables


def demand(c: Coefficients, v: Variables) -> Rows:
    """What is served has capacity behind it, peak and headroom included.

        Σ_{a,s} demand_share[a,v,t,b]·assigned[a,s,v,t,b] ≥ Σ_k served[v,t,b,k]

    with demand_share = rate / (capacity factor · demand · profile).

    Rows: V x T x B with demand. Unit: share. Price: $ per unit of demand.
    """
    assigned = v.assigned.by("wtb")
    for (w, t, b), served in v.served.by("wtb").items():
        able = assigned.get((w, t, b), ())
        shares = {
            a: c.work.demand_share[a, w, t, b] * c.assigned_unit[w, a]
            for a in {k[0] for k, _ in able}
        }
        pairs = [(x, shares[k[0]]) for k, x in able]
        pairs += [(x, -1.0) for _, x in served]
        yield Row("demand", (w, c.clock.labels[t], b), pairs, ">=", 0.0)


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
    assigned = v.assigned.by("wtb")
    for (w, t, b), served in v.served.by("wtb").items():
        if w not in c.work.copied:
            continue
        pairs = [
            (x, c.work.memory_share[k[0], w] * c.assigned_unit[w, k[0]])
            for k, x in assigned.get((w, t, b), ())
            if (k[0], w) in c.work.memory_share
        ]
        pairs += [(x, -1.0) for _, x in served]
        yield Row("table_memory", (w, c.clock.labels[t], b), pairs, ">=", 0.0)


def training_work(c: Coefficients, v: Variables) -> Rows:
    """A run is completed as far as its tokens are trained on.

        Σ_{a,s, t∈window, b} work_share[a,r,t,b]·assigned[a,s,r,t,b]
            ≥ Σ_k completed[r,k]

    with work_share = rate·σ_b·H_t·3600 / tokens; of a run with brackets less what
    `run_efficiency` says is lost beyond them.

    Rows: R. Unit: share. Price: $ per token.
    """
    assigned = v.assigned.by("w")
    for run, completed in v.completed.by("w").items():
        pairs = [
            (
                x,
                c.work.work_share[k[0], run, k[3], k[4]] * c.assigned_unit[run, k[0]],
            )
            for k, x in assigned.get(run, ())
        ]
        pairs += [(x, -lost) for x, lost in _lost(c, v, run)]
        pairs += [(x, -1.0) for _, x in completed]
        yield Row("training_work", (run,), pairs, ">=", 0.0)


def _lost(c: Coefficients, v: Variables, run: str) -> Iterator[Pair]:
    """Yield what a run loses beyond each bracket of its size [share of it]."""
    for (_, a, t, b, k), x in v.beyond.by("w").get(run, ()):
        _, part = c.work.brackets[a, run][k]
        yield x, part * c.work.work_share[a, run, t, b] * c.scale


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
    for (w, t, b), columns in v.assigned.by("wtb").items():
        if w not in c.work.maximum:
            continue
        if w in c.work.steady:
            if b != next(iter(c.clock.blocks)):
                continue  # the same columns as in the first block
            b = ALL_DAY  # noqa: PLW2901
        weights = c.work.maximum[w]
        pairs = [(x, weights[k[0]] * c.assigned_unit[w, k[0]]) for k, x in columns]
        yield Row("run_size", (w, c.clock.labels[t], b), pairs, "<=", 1.0)


def steady_run(c: Coefficients, v: Variables) -> Rows:  # noqa: ARG001  # no rows
    """A run that cannot be preempted uses as much in every load block.

        assigned[a,s,r,t,b] = assigned[a,s,r,t]   (each b)

    One column stands for all blocks: in the rows of each block it is the same one,
    and its work and energy are those of the whole day. A limit on it is therefore a
    limit on the block that leaves least, and has its price there.

    Rows: none. Unit: accelerators.
    """
    yield from ()
