"""What stands, comes, goes and works: counts of accelerators."""

from typing import Literal

import numpy as np

from planner.formulation.coefficients import Coefficients
from planner.formulation.family import Cells
from planner.formulation.places import due_keys
from planner.formulation.rows import (
    Column,
    Pair,
    Row,
    Rows,
    Terms,
    columns_and_values,
)
from planner.formulation.variables import Variables

Place = tuple[str, str]
Stand = tuple[str, str, int]


def fleet_balance(c: Coefficients, v: Variables) -> Rows:
    """What stands is what stood, plus what comes, less what retires or moves away.

        installed[a,s,t] − installed[a,s,t−1] − added[a,s,t] + retired[a,s,t]
            + Σ_{s2} moved[a,s,s2,t] − Σ_{s2} moved[a,s2,s,t−1] = 0

    with the starting fleet for installed[a,s,−1].

    Rows: A x S x T. Unit: accelerators.
    """
    installed, added, retired = (
        v.installed.columns,
        v.added.columns,
        v.retired.columns,
    )
    moved: dict[Stand, list[Pair]] = {}
    for (a, s, other, t), column in v.moved.columns.items():
        moved.setdefault((a, s, t), []).append((column, 1.0))
        moved.setdefault((a, other, t + 1), []).append((column, -1.0))
    keys = sorted({*installed, *retired, *moved})
    for a, s, t in keys:
        terms = (
            (installed.get((a, s, t)), 1.0),
            (installed.get((a, s, t - 1)), -1.0),
            (added.get((a, s, t)), -c.added_unit[a] / c.scale),
            (retired.get((a, s, t)), 1.0),
        )
        pairs = [(column, sign) for column, sign in terms if column is not None]
        pairs += moved.get((a, s, t), ())
        start = c.fleet.start.get((a, s), 0.0) / c.scale if t == 0 else 0.0
        yield Row("fleet_balance", (a, s, c.clock.labels[t]), pairs, "==", start)


def end_of_life(c: Coefficients, v: Variables) -> Rows:
    """Everything that has reached its lifetime has retired.

        Σ_{u≤t} retired[a,s,u] − Σ_{u: end of life ≤ t} added[a,s,u]
            = starting fleet past its lifetime by t

    With early retirement ≥: what retires early counts for what is due later, the
    oldest first. Of accelerators that can be moved the row is the sum over sites
    (``fleet``); beside it, what is due at a site has retired there or left it:

        Σ_{u≤t} (retired[a,s,u] + Σ_{s2} moved[a,s,s2,u])
            − Σ_{u: end of life ≤ t} added[a,s,u] ≥ starting fleet past its lifetime

    Rows: A x S x T where something can retire. Unit: accelerators.
    """
    due = due_keys(c)
    sense: Literal[">=", "=="] = ">=" if c.leaving.early else "=="
    gone: dict[Place, dict[int, list[Pair]]] = {}
    left: dict[Place, dict[int, list[Pair]]] = {}
    for (a, s, t), column in v.retired.columns.items():
        _add(gone, c.leaving.place(a, s), t, column)
        if a in c.leaving.moving_musd:
            _add(left, (a, s), t, column)
    for (a, s, _, t), column in v.moved.columns.items():
        _add(left, (a, s), t, column)
    yield from _due_rows(c, v, due, gone, sense)
    yield from _due_rows(c, v, due, left, ">=")


def _add(
    columns: dict[Place, dict[int, list[Pair]]], place: Place, t: int, x: Column
) -> None:
    columns.setdefault(place, {}).setdefault(t, []).append((x, 1.0))


def _due_rows(
    c: Coefficients,
    v: Variables,
    due: set[Stand],
    gone: dict[Place, dict[int, list[Pair]]],
    sense: Literal[">=", "=="],
) -> Rows:
    """Yield one row for each place and period in which something becomes due."""
    sites: dict[Place, list[str]] = {}
    for a, s in sorted({(a, s) for a, s, _ in due}):
        for place in {(a, s), c.leaving.place(a, s)} & gone.keys():
            sites.setdefault(place, []).append(s)
    for place, names in sorted(sites.items()):
        a = place[0]
        unit = c.added_unit[a] / c.scale
        pairs: list[Pair] = []
        for t in range(c.clock.count):
            pairs += gone[place].get(t, ())
            if not any((a, s, t) in due for s in names):
                continue
            pairs += [
                (added, -unit)
                for s in names
                for u in range(t)
                if c.fleet.retires.get((a, u)) == t
                and (added := v.added.columns.get((a, s, u))) is not None
            ]
            expired = sum(c.fleet.expired.get((a, s, t), 0.0) for s in names)
            index = *place, c.clock.labels[t]
            yield Row("end_of_life", index, list(pairs), sense, expired / c.scale)


def residual(c: Coefficients, v: Variables) -> Rows:
    """Only what still stands at the end has a residual value.

        kept[a,s,c] ≤ cohort c: added[a,s,t], or a part of the starting fleet
        Σ_c kept[a,s,c] ≤ installed[a,s,last]

    Of accelerators that can be moved summed over sites (``fleet``). Cohorts that are
    worth nothing at the end have no row.

    Rows: A x S x cohorts, with early retirement only. Unit: accelerators.
    """
    last = c.clock.count - 1
    added: dict[tuple[Place, int], list[Pair]] = {}
    for (a, s, t), column in v.added.columns.items():
        pair = (column, -c.added_unit[a] / c.scale)
        added.setdefault((c.leaving.place(a, s), t), []).append(pair)
    stands: dict[Place, list[Pair]] = {}
    for (a, s, t), column in v.installed.columns.items():
        if t == last:
            stands.setdefault(c.leaving.place(a, s), []).append((column, -1.0))
    for place, cohorts in c.leaving.cohorts.items():
        kept = {x.label: v.kept.columns[*place, x.label] for x in cohorts}
        for cohort in cohorts:
            pairs = [(kept[cohort.label], 1.0)]
            if cohort.delivered is not None:
                pairs += added[place, cohort.delivered]
            index = *place, cohort.label
            yield Row("residual", index, pairs, "<=", cohort.count / c.scale)
        pairs = [(column, 1.0) for column in kept.values()]
        yield Row("residual", place, [*pairs, *stands.get(place, ())], "<=", 0.0)


def transfer(c: Coefficients, v: Variables) -> Rows:
    """Only what stood at a site can leave it; it arrives a period later.

        Σ_{s2} moved[a,s,s2,t] ≤ installed[a,s,t−1]

    with the starting fleet for installed[a,s,−1]; none leaves in the last period.

    Rows: A x S x T where units can leave. Unit: accelerators.
    """
    for (a, s, t), columns in v.moved.by("ast").items():
        pairs = [(x, 1.0) for _, x in columns]
        before = v.installed.columns.get((a, s, t - 1))
        if before is not None:
            pairs.append((before, -1.0))
        start = c.fleet.start.get((a, s), 0.0) / c.scale if t == 0 else 0.0
        yield Row("transfer", (a, s, c.clock.labels[t]), pairs, "<=", start)


def assignment(c: Coefficients, v: Variables) -> Rows:
    """Only what stands and works, or is leased, can be assigned.

        Σ_w assigned[a,s,w,t,b] ≤ availability[a]·installed[a,s,t]
        Σ_w assigned[a,l,w,t,b] ≤ leased[l,t]        (offers with a term)
        Σ_w assigned[a,l,w,t,b] ≤ rented[l,t,b]      (offers on demand)

    Rows: A x S, L x T x B. Unit: accelerators. Price: $ per accelerator-period.
    """
    unit, able = v.sets.table("wa", c.assigned_unit), v.sets.table("a", c.availability)
    rows = v.assigned.cells("astb")
    yield rows.block(
        "assignment",
        "<=",
        0.0,
        rows.sum(v.assigned, lambda k: unit[k.w, k.a] / c.scale),
        rows.sum(v.installed, lambda k: -able[k.a]),
        _leased(c, v, rows),
    )


def _leased(c: Coefficients, v: Variables, rows: Cells) -> Terms:
    """Return what can work at the places of offers: what is leased, or rented."""
    hosted = np.flatnonzero(rows.k.s >= v.sets.sites)
    found: list[Pair] = []
    for row in hosted.tolist():
        a, s, t, b = (v.sets.members(x, getattr(rows.k, x)[[row]])[0] for x in "astb")
        name, unit = c.leases.at[s], -c.added_unit[a] / c.scale
        demanded = c.leases.offers[name].on_demand
        column = v.rented.columns[name, t, b] if demanded else v.leased.columns[name, t]
        found.append((column, unit))
    return hosted, *columns_and_values(found)


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
