"""Power and money: what the fleet and its sites must stay within."""

import numpy as np

from planner.formulation.arrays import Floats, Ints
from planner.formulation.coefficients import Coefficients
from planner.formulation.objective import running_costs
from planner.formulation.rows import Head, Pair, Row, Rows, one_row
from planner.formulation.variables import Variables


def site_power(c: Coefficients, v: Variables) -> Rows:
    """Provisioned facility power stays within the site's, expansions included.

        Σ_a facility_mw[a,s]·installed[a,s,t] − Σ_{u: in service in t} expanded[s,u]
            ≤ site_power_mw[s,t]

    Rows: S x T. Unit: MW. Price: $ per MW at that site.
    """
    built: dict[tuple[str, int], list[Pair]] = {}
    for (s, u), column in v.expanded.columns.items():
        for t in c.expansions.orders[s, u].serves:
            built.setdefault((s, t), []).append((column, -1.0))
    for (s, t), columns in v.installed.by("st").items():
        pairs = [(x, c.facility_mw[k[0], s] * c.scale) for k, x in columns]
        pairs += built.get((s, t), ())
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
    """Purchases and expansions of a span stay within its capital budget.

        Σ_{a,s, t∈span} price_musd[a,t]·added[a,s,t]
            + Σ_{s, t∈span} cost_musd[s,t]·expanded[s,t] ≤ limit_musd[span]

    With ``carry_over`` both sides count the spans before it, too.

    Rows: spans. Unit: MUSD. Price: present $ per nominal $.
    """
    for span in c.capex_spans:
        inside = set(span.periods)
        pairs = [
            (x, c.price_musd[k[0], k[2]] * c.added_unit[k[0]])
            for k, x in v.added.columns.items()
            if k[2] in inside
        ]
        pairs += [
            (x, c.expansions.orders[k].cost_musd)
            for k, x in v.expanded.columns.items()
            if k[1] in inside
        ]
        if pairs:
            yield Row("capex_budget", (span.label,), pairs, "<=", span.limit)


def expansion_limit(c: Coefficients, v: Variables) -> Rows:
    """Power ordered for a site stays within what can be added to it.

        Σ_t expanded[s,t] ≤ limit_mw[s]

    Rows: S with an expansion. Unit: MW. Price: $ per MW of the limit.
    """
    for s, columns in v.expanded.by("s").items():
        pairs = [(x, 1.0) for _, x in columns]
        yield Row("expansion_limit", (s,), pairs, "<=", c.expansions.limit_mw[s])


def opex_budget(c: Coefficients, v: Variables) -> Rows:
    """Running costs of a span stay within its budget.

        Σ_{t∈span} energy + maintenance + leases + transfers ≤ limit_musd[span]

    nominal, as they are in the objective before discounting.

    Rows: spans. Unit: MUSD. Price: present $ per nominal $.
    """
    if not c.rules.opex:
        return
    costs = running_costs(c, v)
    for span in c.rules.opex:
        inside = np.isin(costs.period, span.periods)
        if inside.any():
            head = Head("opex_budget", (span.label,), "<=", span.limit)
            yield one_row(head, costs.column[inside], costs.musd[inside])


def carbon_budget(c: Coefficients, v: Variables) -> Rows:
    """Emissions of a span's energy stay within its budget.

        Σ_{a,s, t∈span} idle_t[a,s,t]·installed[a,s,t]
            + Σ_{a,s,w,b, t∈span} busy_t[a,s,t]·σ_b·use_w·assigned[a,s,w,t,b]
            ≤ limit_t[span]

    at the scenario's own sites: a lease's emissions are its host's.

    Rows: spans. Unit: t. Price: $ per t.
    """
    if not c.rules.carbon:
        return
    columns, periods, tonnes = _emissions(c, v)
    for span in c.rules.carbon:
        inside = np.isin(periods, span.periods)
        if inside.any():
            head = Head("carbon_budget", (span.label,), "<=", span.limit)
            yield one_row(head, columns[inside], tonnes[inside])


def _emissions(c: Coefficients, v: Variables) -> tuple[Ints, Ints, Floats]:
    """Return columns, their periods, and what one unit of each emits [t]."""
    table = v.sets.table
    idle, busy = table("ast", c.rules.idle_t), table("ast", c.rules.busy_t)
    use, unit = table("w", c.work.use), table("wa", c.assigned_unit)
    share = table("b", c.clock.shares)
    stands, works = v.installed.terms, v.assigned.terms
    a, s, w, t, b = works.a, works.s, works.w, works.t, works.b
    standing = idle[stands.a, stands.s, stands.t] * c.scale
    working = busy[a, s, t] * share[b] * use[w] * unit[w, a]
    own = s < v.sets.sites  # a lease's emissions are its host's
    return (
        np.append(stands.place, works.place[own]),
        np.append(stands.t, t[own]),
        np.append(standing, working[own]),
    )
