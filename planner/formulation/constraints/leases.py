"""Leases: accelerators of others, for a term or by the hour."""

from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Row, Rows
from planner.formulation.variables import Variables


def lease_limit(c: Coefficients, v: Variables) -> Rows:
    """What is leased lies between what is committed and the offer's limit.

        committed[l] ≤ leased[l,t] ≤ limit[l]

    Rows: L x T. Unit: accelerators. Price: $ per accelerator-period.
    """
    for (name, t), leased in v.leased.columns.items():
        offer = c.leases.offers[name]
        index = name, c.clock.labels[t]
        pairs = [(leased, c.added_unit[offer.accelerator] / c.scale)]
        if offer.limit is not None:
            yield Row("lease_limit", index, pairs, "<=", offer.limit / c.scale)
        if offer.committed > 0:
            least = offer.committed / c.scale
            yield Row("lease_limit", (*index, "committed"), list(pairs), ">=", least)


def lease_term(c: Coefficients, v: Variables) -> Rows:
    """What is leased is what has been signed and still runs; no hour is beyond it.

        leased[l,t] − Σ_{u=t−term[l]+1..t} signed[l,u] = running[l,t]
        leased[l,t] ≥ rented[l,t,b]                       (offers on demand)

    with running for what was signed before the horizon. What a term has left at the
    horizon's end is neither paid nor used.

    Rows: L x T, L x T x B on demand. Unit: accelerators.
    """
    for (name, t), leased in v.leased.columns.items():
        offer = c.leases.offers[name]
        if offer.on_demand:
            continue
        unit = c.added_unit[offer.accelerator] / c.scale
        signed = (v.signed.columns.get((name, u)) for u in offer.signings(t))
        pairs = [(leased, unit), *((x, -unit) for x in signed if x is not None)]
        running = offer.running[t] / c.scale
        yield Row("lease_term", (name, c.clock.labels[t]), pairs, "==", running)
    for (name, t, b), rented in v.rented.columns.items():
        pairs = [(v.leased.columns[name, t], 1.0), (rented, -1.0)]
        yield Row("lease_term", (name, c.clock.labels[t], b), pairs, ">=", 0.0)
