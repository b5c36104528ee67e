"""What stands, comes, goes and works: counts of accelerators."""

from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Column, Pair, Row, Rows
from planner.formulation.variables import Variables

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
            (added.get((a, s, t)), -c.added_unit[a] / c.scale),
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
        unit = c.added_unit[a] / c.scale
        pairs = gone.setdefault((a, s), [])
        pairs.append((column, 1.0))
        pairs += [
            (added, -unit)
            for u in range(t)
            if c.fleet.retires.get((a, u)) == t
            and (added := v.added.columns.get((a, s, u))) is not None
        ]
        expired = c.fleet.expired.get((a, s, t), 0.0) / c.scale
        index = a, s, c.clock.labels[t]
        yield Row("end_of_life", index, list(pairs), "==", expired)


def assignment(c: Coefficients, v: Variables) -> Rows:
    """Only what stands and works, or is leased, can be assigned.

        Σ_w assigned[a,s,w,t,b] ≤ availability[a]·installed[a,s,t]
        Σ_w assigned[a,l,w,t,b] ≤ leased[l,t]        (offers with a term)
        Σ_w assigned[a,l,w,t,b] ≤ rented[l,t,b]      (offers on demand)

    Rows: A x S, L x T x B. Unit: accelerators. Price: $ per accelerator-period.
    """
    units: dict[str, dict[str, float]] = {}
    for (w, a), one in c.assigned_unit.items():
        units.setdefault(a, {})[w] = one / c.scale
    for (a, s, t, b), columns in v.assigned.by("astb").items():
        unit = units[a]
        pairs = [(x, unit[k[2]]) for k, x in columns]
        if s in c.leases.at:
            pairs.append((_leased(c, v, s, t, b), -c.added_unit[a] / c.scale))
        else:
            pairs.append((v.installed.columns[a, s, t], -c.availability[a]))
        yield Row("assignment", (a, s, c.clock.labels[t], b), pairs, "<=", 0.0)


def _leased(c: Coefficients, v: Variables, place: str, t: int, b: str) -> Column:
    """Return the column of what can work at the place of an offer."""
    name = c.leases.at[place]
    if c.leases.offers[name].on_demand:
        return v.rented.columns[name, t, b]
    return v.leased.columns[name, t]


def supply(c: Coefficients, v: Variables) -> Rows:
    """Deliveries of a span lie between what is committed and the limit.

        committed[a,span] ≤ Σ_{s, t∈span} added[a,s,t] ≤ limit[a,span]
        Σ_{s, t∈span before the lead time} added[a,s,t] ≤ committed[a,span]

    Rows: A x spans. Unit: accelerators. Price: $ per accelerator.
    """
    columns: dict[tuple[str, int], list[Column]] = {}
    for (a, _, t), column in v.added.columns.items():
        columns.setdefault((a, t), []).append(column)
    for span in c.fleet.supply:
        index = span.accelerator, span.label
        unit = c.added_unit[span.accelerator] / c.scale
        pairs = _each(columns, span.accelerator, span.periods, unit)
        committed = span.committed / c.scale
        if span.limit is not None and pairs:
            yield Row("supply", index, pairs, "<=", span.limit / c.scale)
        if span.committed > 0:
            yield Row("supply", (*index, "committed"), pairs, ">=", committed)
        early = _each(columns, span.accelerator, span.early, unit)
        if early and span.committed > 0:
            yield Row("supply", (*index, "early"), early, "<=", committed)


def _each(
    columns: dict[tuple[str, int], list[Column]],
    a: str,
    periods: tuple[int, ...],
    unit: float,
) -> list[Pair]:
    return [(x, unit) for t in periods for x in columns.get((a, t), ())]
