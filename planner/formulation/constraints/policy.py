"""What the company asks of a plan beyond its limits: policies."""

from planner.formulation.coefficients import Coefficients
from planner.formulation.policy import Cap, Home, Reserve
from planner.formulation.rows import Block, Column, Pair, Row, Rows
from planner.formulation.variables import Variables


def residency(c: Coefficients, v: Variables) -> Rows:
    """A share of what is served of a service is served in a region.

        Σ_{a, s∈region} demand_share[a,v,t,b]·assigned[a,s,v,t,b]
            ≥ minimum·Σ_k served[v,t,b,k]

    with demand_share as in ``demand``: capacity for peak and headroom stands there.

    Rows: policies x T x B with demand. Unit: share. Price: $ per 100 % of the minimum.
    """
    for home in c.rules.homes:
        if home.minimum > 0:
            yield _served_at_home(c, v, home)


def _served_at_home(c: Coefficients, v: Variables, home: Home) -> Block:
    share = v.sets.table("awtb", c.work.demand_share)
    unit = v.sets.table("wa", c.assigned_unit)
    inside = v.sets.among("s", home.places)
    (own,) = v.sets.numbers("w", [home.workload])
    rows = v.served.cells("wtb", lambda k: k.w == own)
    able = rows.sum(
        v.assigned,
        lambda k: share[k.a, k.w, k.t, k.b] * unit[k.w, k.a],
        where=lambda k: inside[k.s],
    )
    served = rows.sum(v.served, -home.minimum)
    return rows.block(
        "residency", ">=", 0.0, able, served, index="tb", prefix=home.where
    )


def vendor_share(c: Coefficients, v: Variables) -> Rows:
    """A vendor gets at most its share, of purchases or of power.

        Σ_{a of vendor, s, t∈span} price_musd[a,t]·added[a,s,t]
            ≤ maximum·Σ_{a,s, t∈span} price_musd[a,t]·added[a,s,t]
        Σ_{a of vendor, s} nameplate_mw[a]·installed[a,s,t]
            ≤ maximum·Σ_{a,s} nameplate_mw[a]·installed[a,s,t]

    the second with ``of: power``. Spans are those of ``capex_budget``, else calendar
    years.

    Rows: policies x spans, or x T. Unit: MUSD, or MW. Price: $ per 100 % of the
    maximum.
    """
    for cap in c.rules.caps:
        terms = _worth(c, v, cap)
        for label, periods in cap.spans:
            pairs = [
                (x, size * ((a in cap.accelerators) - cap.maximum))
                for t in periods
                for a, x, size in terms.get(t, ())
            ]
            pairs = [(x, size) for x, size in pairs if size]
            if pairs:
                yield Row("vendor_share", (*cap.where, label), pairs, "<=", 0.0)


def _worth(
    c: Coefficients, v: Variables, cap: Cap
) -> dict[int, list[tuple[str, Column, float]]]:
    """Return accelerator, column and what one unit of it counts for, keyed by T."""
    found: dict[int, list[tuple[str, Column, float]]] = {}
    if cap.of == "power":
        for (a, _, t), x in v.installed.columns.items():
            size = c.rules.nameplate_mw[a] * c.scale
            found.setdefault(t, []).append((a, x, size))
        return found
    for (a, _, t), x in v.added.columns.items():
        size = c.price_musd[a, t] * c.added_unit[a]
        found.setdefault(t, []).append((a, x, size))
    return found


def vendor_commitment(c: Coefficients, v: Variables) -> Rows:
    """A vendor delivers at least what was promised to it.

        Σ_{a of vendor, s, t} added[a,s,t] ≥ minimum

    over the horizon, what ``supply`` has committed included.

    Rows: policies. Unit: accelerators. Price: $ per accelerator.
    """
    for promise in c.rules.promises:
        pairs: list[Pair] = [
            (x, c.added_unit[k[0]] / c.scale)
            for k, x in v.added.columns.items()
            if k[0] in promise.accelerators
        ]
        least = promise.minimum / c.scale
        yield Row("vendor_commitment", promise.where, pairs, ">=", least)


def spare(c: Coefficients, v: Variables) -> Rows:
    """A share of what works is kept without work, for failures.

        Σ_w assigned[a,s,w,t,b] ≤ (1 − share)·availability[a]·installed[a,s,t]

    Rows: policies x S x T x B. Unit: accelerators. Price: $ per 100 % of the share.
    """
    for reserve in c.rules.reserves:
        yield _in_reserve(c, v, reserve)


def _in_reserve(c: Coefficients, v: Variables, reserve: Reserve) -> Block:
    unit = v.sets.table("wa", c.assigned_unit)
    (own,) = v.sets.numbers("a", [reserve.accelerator])
    rows = v.assigned.cells("astb", lambda k: (k.a == own) & (k.s < v.sets.sites))
    works = rows.sum(v.assigned, lambda k: unit[k.w, k.a] / c.scale)
    able = -(1 - reserve.share) * c.availability[reserve.accelerator]
    stands = rows.sum(v.installed, able)
    return rows.block(
        "spare", "<=", 0.0, works, stands, index="stb", prefix=reserve.where
    )
