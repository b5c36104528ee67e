"""The constraints: one function each, its equation in its docstring.

A function takes the numbers ``c`` and the columns ``v`` and yields rows. Counts
are in units of ``c.scale`` accelerators, so every coefficient that is per
accelerator is multiplied by it. ``CONSTRAINTS`` lists them in reading order.
"""

from collections.abc import Callable, Iterator

from pulp import LpVariable

from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Pair, Row
from planner.formulation.variables import Variables

Rows = Iterator[Row]
Place = tuple[str, str]


def fleet_balance(c: Coefficients, v: Variables) -> Rows:
    """What stands is what stood, plus deliveries, less what retired.

        installed[a,s,t] − installed[a,s,t−1] − added[a,s,t] + retired[a,s,t] = 0

    with the starting fleet for installed[a,s,−1].

    Rows: A x S x T. Unit: accelerators.
    """
    installed, added, retired = (
        v.installed.columns,
        v.added.columns,
        v.retired.columns,
    )
    keys = sorted({*installed, *retired})
    for a, s, t in keys:
        terms = (
            (installed.get((a, s, t)), 1.0),
            (installed.get((a, s, t - 1)), -1.0),
            (added.get((a, s, t)), -1.0),
            (retired.get((a, s, t)), 1.0),
        )
        pairs = [(column, sign) for column, sign in terms if column is not None]
        start = c.fleet.start.get((a, s), 0.0) / c.scale if t == 0 else 0.0
        yield Row("fleet_balance", (a, s, c.clock.labels[t]), pairs, "==", start)


def end_of_life(c: Coefficients, v: Variables) -> Rows:
    """Everything that has reached its lifetime has retired.

        Σ_{u≤t} retired[a,s,u] − Σ_{u: end of life ≤ t} added[a,s,u]
            = starting fleet past its lifetime by t

    Rows: A x S x T where something can retire. Unit: accelerators.
    """
    gone: dict[Place, list[Pair]] = {}
    for (a, s, t), column in v.retired.columns.items():
        pairs = gone.setdefault((a, s), [])
        pairs.append((column, 1.0))
        pairs += [
            (added, -1.0)
            for u in range(t)
            if c.fleet.retires.get((a, u)) == t
            and (added := v.added.columns.get((a, s, u))) is not None
        ]
        expired = c.fleet.expired.get((a, s, t), 0.0) / c.scale
        index = a, s, c.clock.labels[t]
        yield Row("end_of_life", index, list(pairs), "==", expired)


def assignment(c: Coefficients, v: Variables) -> Rows:
    """Only what stands and works can be assigned.

        Σ_w assigned[a,s,w,t,b] ≤ availability[a]·installed[a,s,t]

    Rows: A x S x T x B. Unit: accelerators. Price: $ per accelerator-period.
    """
    for (a, s, t, b), columns in v.assigned.by("astb").items():
        pairs = [(column, 1.0) for _, column in columns]
        pairs.append((v.installed.columns[a, s, t], -c.availability[a]))
        yield Row("assignment", (a, s, c.clock.labels[t], b), pairs, "<=", 0.0)


def site_power(c: Coefficients, v: Variables) -> Rows:
    """Provisioned facility power stays within the site's power.

        Σ_a facility_mw[a,s]·installed[a,s,t] ≤ site_power_mw[s,t]

    Rows: S x T. Unit: MW. Price: $ per MW at that site.
    """
    for (s, t), columns in v.installed.by("st").items():
        pairs = [(x, c.facility_mw[k[0], s] * c.scale) for k, x in columns]
        limit = c.site_power_mw[s, t]
        yield Row("site_power", (s, c.clock.labels[t]), pairs, "<=", limit)


def power_budget(c: Coefficients, v: Variables) -> Rows:
    """Provisioned facility power of all sites stays within the fleet's budget.

        Σ_{a,s} facility_mw[a,s]·installed[a,s,t] ≤ power_budget_mw[t]

    Rows: T. Unit: MW. Price: $ per MW.
    """
    if not c.power_budget_mw:
        return
    for t, columns in v.installed.by("t").items():
        pairs = [(x, c.facility_mw[k[0], k[1]] * c.scale) for k, x in columns]
        limit = c.power_budget_mw[t]
        yield Row("power_budget", (c.clock.labels[t],), pairs, "<=", limit)


def capex_budget(c: Coefficients, v: Variables) -> Rows:
    """Purchases of a span stay within its capital budget.

        Σ_{a,s, t∈span} price_musd[a,t]·added[a,s,t] ≤ limit_musd[span]

    Rows: spans. Unit: MUSD. Price: present $ per nominal $.
    """
    for span in c.capex_spans:
        inside = set(span.periods)
        pairs = [
            (x, c.price_musd[k[0], k[2]] * c.scale)
            for k, x in v.added.columns.items()
            if k[2] in inside
        ]
        if pairs:
            yield Row("capex_budget", (span.label,), pairs, "<=", span.limit_musd)


def supply(c: Coefficients, v: Variables) -> Rows:
    """Deliveries of a span lie between what is committed and the limit.

        committed[a,span] ≤ Σ_{s, t∈span} added[a,s,t] ≤ limit[a,span]
        Σ_{s, t∈span before the lead time} added[a,s,t] ≤ committed[a,span]

    Rows: A x spans. Unit: accelerators. Price: $ per accelerator.
    """
    columns: dict[tuple[str, int], list[LpVariable]] = {}
    for (a, _, t), column in v.added.columns.items():
        columns.setdefault((a, t), []).append(column)
    for span in c.fleet.supply:
        index = span.accelerator, span.label
        pairs = _ones(columns, span.accelerator, span.periods)
        committed = span.committed / c.scale
        if span.limit is not None and pairs:
            yield Row("supply", index, pairs, "<=", span.limit / c.scale)
        if span.committed > 0:
            yield Row("supply", (*index, "committed"), pairs, ">=", committed)
        early = _ones(columns, span.accelerator, span.early)
        if early and span.committed > 0:
            yield Row("supply", (*index, "early"), early, "<=", committed)


def _ones(
    columns: dict[tuple[str, int], list[LpVariable]], a: str, periods: tuple[int, ...]
) -> list[Pair]:
    return [(x, 1.0) for t in periods for x in columns.get((a, t), ())]


def demand(c: Coefficients, v: Variables) -> Rows:
    """What is served has capacity behind it, peak and headroom included.

        Σ_{a,s} demand_share[a,v,t,b]·assigned[a,s,v,t,b] ≥ Σ_k served[v,t,b,k]

    with demand_share = rate / (capacity factor · demand · profile).

    Rows: V x T x B with demand. Unit: share. Price: $ per unit of demand.
    """
    assigned = v.assigned.by("wtb")
    for (w, t, b), served in v.served.by("wtb").items():
        pairs = [
            (x, c.work.demand_share[k[0], w, t, b] * c.scale)
            for k, x in assigned.get((w, t, b), ())
        ]
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
            (x, c.work.memory_share[k[0], w] * c.scale)
            for k, x in assigned.get((w, t, b), ())
            if (k[0], w) in c.work.memory_share
        ]
        pairs += [(x, -1.0) for _, x in served]
        yield Row("table_memory", (w, c.clock.labels[t], b), pairs, ">=", 0.0)


def training_work(c: Coefficients, v: Variables) -> Rows:
    """A run is completed as far as its tokens are trained on.

        Σ_{a,s, t∈window, b} work_share[a,r,t,b]·assigned[a,s,r,t,b]
            ≥ Σ_k completed[r,k]

    with work_share = rate·σ_b·H_t·3600 / tokens.

    Rows: R. Unit: share. Price: $ per token.
    """
    assigned = v.assigned.by("w")
    for run, completed in v.completed.by("w").items():
        pairs = [
            (x, c.work.work_share[k[0], run, k[3], k[4]] * c.scale)
            for k, x in assigned.get(run, ())
        ]
        pairs += [(x, -1.0) for _, x in completed]
        yield Row("training_work", (run,), pairs, ">=", 0.0)


def run_size(c: Coefficients, v: Variables) -> Rows:
    """A run uses at most its maximum of accelerators at once.

        Σ_{a,s} assigned[a,s,r,t,b] / maximum[r,a] ≤ 1

    Rows: R x T x B of runs with a maximum. Unit: share.
    """
    for (w, t, b), columns in v.assigned.by("wtb").items():
        if w not in c.work.maximum:
            continue
        pairs = [(x, c.work.maximum[w][k[0]] * c.scale) for k, x in columns]
        yield Row("run_size", (w, c.clock.labels[t], b), pairs, "<=", 1.0)


Constraint = Callable[[Coefficients, Variables], Rows]

CONSTRAINTS: tuple[Constraint, ...] = (
    fleet_balance,
    end_of_life,
    assignment,
    site_power,
    power_budget,
    capex_budget,
    supply,
    demand,
    minimum_served,
    table_memory,
    training_work,
    run_size,
)
