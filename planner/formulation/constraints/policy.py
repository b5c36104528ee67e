"""What the company asks of a plan beyond its limits: policies."""

from planner.formulation.coefficients import Coefficients
from planner.formulation.policy import Cap
from planner.formulation.rows import Column, Pair, Row, Rows
from planner.formulation.variables import Variables


def residency(c: Coefficients, v: Variables) -> Rows:
    """A share of what is served of a service is served in a region.

        Σ_{a, s∈region} demand_share[a,v,t,b]·assigned[a,s,v,t,b]
            ≥ minimum·Σ_k served[v,t,b,k]

    with demand_share as in ``demand``: capacity for peak and headroom stands there.

    Rows: policies x T x B with demand. Unit: share. Price: $ per 100 % of the minimum.
    """
    if not c.rules.homes:
        return
    assigned, every = v.assigned.by("wtb"), v.served.by("wtb")
    for home in c.rules.homes:
        for (w, t, b), served in every.items():
            if w != home.workload or home.minimum == 0:
                continue
            pairs = [
                (x, c.work.demand_share[k[0], w, t, b] * c.assigned_unit[w, k[0]])
                for k, x in assigned.get((w, t, b), ())
                if k[1] in home.places
            ]
            pairs += [(x, -home.minimum) for _, x in served]
            yield Row(
                "residency", (*home.where, c.clock.labels[t], b), pairs, ">=", 0.0
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
    if not c.rules.reserves:
        return
    cells = v.assigned.by("astb")
    for reserve in c.rules.reserves:
        for (a, s, t, b), columns in cells.items():
            stands = v.installed.columns.get((a, s, t))
            if a != reserve.accelerator or stands is None:
                continue
            pairs = [(x, c.assigned_unit[k[2], a] / c.scale) for k, x in columns]
            pairs.append((stands, -(1 - reserve.share) * c.availability[a]))
            policy, scope = reserve.where
            index = policy, scope, s, c.clock.labels[t], b
            yield Row("spare", index, pairs, "<=", 0.0)
