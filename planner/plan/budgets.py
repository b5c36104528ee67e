"""How far every limit is used."""

from collections import defaultdict

from planner.formulation.coefficients import Coefficients
from planner.plan.leases import limit_rows
from planner.plan.rows import BudgetRow
from planner.plan.values import Values

USD_PER_MUSD = 1e6


def budget_rows(c: Coefficients, x: Values) -> tuple[BudgetRow, ...]:
    """Return how far every limit is used, in the constraints' order."""
    rows: list[BudgetRow] = []
    power: dict[tuple[str, int], float] = defaultdict(float)
    for (a, s, t), count in x.installed.items():
        power[s, t] += c.facility_mw[a, s] * count
    labels = c.clock.labels
    built: dict[tuple[str, int], float] = defaultdict(float)
    for (s, ordered), mw in x.expanded.items():
        for t in c.expansions.orders[s, ordered].serves:
            built[s, t] += mw
    for (s, t), given in c.site_power_mw.items():
        limit = given + built.get((s, t), 0.0)
        used = power.get((s, t), 0.0)
        rows.append(_budget(("site_power", s, labels[t]), used, limit, "MW"))
    for t, limit in c.power_budget_mw.items():
        used = sum(mw for (_, u), mw in power.items() if u == t)
        rows.append(_budget(("power_budget", "fleet", labels[t]), used, limit, "MW"))
    for span in c.capex_spans:
        used = sum(
            count * c.price_musd[a, t] * USD_PER_MUSD
            for (a, _, t), count in x.added.items()
            if t in span.periods
        )
        used += sum(
            mw * c.expansions.orders[s, t].cost_musd * USD_PER_MUSD
            for (s, t), mw in x.expanded.items()
            if t in span.periods
        )
        limit = span.limit_musd * USD_PER_MUSD
        rows.append(_budget(("capex_budget", "fleet", span.label), used, limit, "USD"))
    for supply in c.fleet.supply:
        if supply.limit is None:
            continue
        used = sum(
            count
            for (a, _, t), count in x.added.items()
            if a == supply.accelerator and t in supply.periods
        )
        where = "supply", supply.accelerator, supply.label
        rows.append(_budget(where, used, supply.limit, "accelerator"))
    for s, limit in c.expansions.limit_mw.items():
        used = sum(mw for (place, _), mw in x.expanded.items() if place == s)
        rows.append(_budget(("expansion_limit", s, ""), used, limit, "MW"))
    rows += limit_rows(c, x)
    return tuple(rows)


def _budget(
    where: tuple[str, str, str], used: float, limit: float, unit: str
) -> BudgetRow:
    """Return the row of a constraint, scope and period."""
    utilisation = used / limit if limit > 0 else None
    return BudgetRow(*where, used, limit, unit, utilisation)
