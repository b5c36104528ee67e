"""How far every limit is used."""

from collections import defaultdict
from collections.abc import Iterator

from planner.economics.money import USD_PER_MUSD
from planner.formulation.coefficients import Coefficients
from planner.plan.leases import limit_rows
from planner.plan.rows import BudgetRow, CostRow
from planner.plan.values import Values


def budget_rows(
    c: Coefficients, x: Values, costs: tuple[CostRow, ...]
) -> tuple[BudgetRow, ...]:
    """Return how far every limit is used, in the constraints' order.

    Args:
        c: The program's numbers.
        x: Its solution.
        costs: Cash and carbon of every period, in order.
    """
    return (
        *_power(c, x),
        *_amounts(c, costs),
        *_shares(c, x),
        *_supply(c, x),
        *_expansions(c, x),
        *limit_rows(c, x),
    )


def _power(c: Coefficients, x: Values) -> Iterator[BudgetRow]:
    """Yield the power of each site, and of the fleet, in every period."""
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
        yield _budget(("site_power", s, labels[t]), used, limit, "MW")
    for t, limit in c.power_budget_mw.items():
        used = sum(mw for (_, u), mw in power.items() if u == t)
        yield _budget(("power_budget", "fleet", labels[t]), used, limit, "MW")


def _amounts(c: Coefficients, costs: tuple[CostRow, ...]) -> Iterator[BudgetRow]:
    """Yield the budgets of capital, running costs and carbon of each span."""
    for span in c.capex_spans:
        used = sum(costs[t].capex_usd for t in span.periods)
        limit = span.limit * USD_PER_MUSD
        yield _budget(("capex_budget", "fleet", span.label), used, limit, "USD")
    for each in c.rules.opex:
        used = sum(costs[t].opex_usd for t in each.periods)
        limit = each.limit * USD_PER_MUSD
        yield _budget(("opex_budget", "fleet", each.label), used, limit, "USD")
    for each in c.rules.carbon:
        used = sum(costs[t].co2e_t for t in each.periods)
        yield _budget(("carbon_budget", "fleet", each.label), used, each.limit, "t")


def _shares(c: Coefficients, x: Values) -> Iterator[BudgetRow]:
    """Yield the share of each vendor that a policy limits, in every span of it."""
    for cap in c.rules.caps:
        sizes: dict[int, list[tuple[bool, float]]] = defaultdict(list)
        counts = x.installed if cap.of == "power" else x.added
        for (a, _, t), count in counts.items():
            each = c.rules.nameplate_mw[a] if cap.of == "power" else c.price_musd[a, t]
            sizes[t].append((a in cap.accelerators, each * count))
        for label, periods in cap.spans:
            terms = [term for t in periods for term in sizes.get(t, ())]
            every, own = sum(n for _, n in terms), sum(n for mine, n in terms if mine)
            where, share = ("vendor_share", cap.where[1], label), own / (every or 1.0)
            yield _budget(where, share, cap.maximum, "share")


def _supply(c: Coefficients, x: Values) -> Iterator[BudgetRow]:
    """Yield the supply of each accelerator and span that has a limit."""
    for supply in c.fleet.supply:
        if supply.limit is None:
            continue
        used = sum(
            count
            for (a, _, t), count in x.added.items()
            if a == supply.accelerator and t in supply.periods
        )
        where = "supply", supply.accelerator, supply.label
        yield _budget(where, used, supply.limit, "accelerator")


def _expansions(c: Coefficients, x: Values) -> Iterator[BudgetRow]:
    """Yield what can be added to each site."""
    for s, limit in c.expansions.limit_mw.items():
        used = sum(mw for (place, _), mw in x.expanded.items() if place == s)
        yield _budget(("expansion_limit", s, ""), used, limit, "MW")


def _budget(
    where: tuple[str, str, str], used: float, limit: float, unit: str
) -> BudgetRow:
    """Return the row of a constraint, scope and period."""
    utilisation = used / limit if limit > 0 else None
    return BudgetRow(*where, used, limit, unit, utilisation)
