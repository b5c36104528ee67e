"""What is built: rows of a plan."""

from planner.formulation.coefficients import Coefficients
from planner.plan.extract import order_month
from planner.plan.rows import ExpansionRow
from planner.plan.values import Values

USD_PER_MUSD = 1e6


def expansion_rows(c: Coefficients, x: Values) -> tuple[ExpansionRow, ...]:
    """Return the power ordered for each site, and from when on it serves."""
    rows = []
    for (site, t), mw in sorted(x.expanded.items(), key=lambda i: (i[0][1], i[0][0])):
        order = c.expansions.orders[site, t]
        first = order.serves[0]
        rows.append(
            ExpansionRow(
                site=site,
                period=c.clock.labels[t],
                order_by=order_month(c, first, c.expansions.lead_months[site]),
                in_service=c.clock.labels[first],
                mw=mw,
                capex_usd=mw * order.cost_musd * USD_PER_MUSD,
            )
        )
    return tuple(rows)
