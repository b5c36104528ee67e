"""What is built, moved and scrapped: rows of a plan."""

from collections import defaultdict

from planner.economics.money import USD_PER_MUSD
from planner.formulation.coefficients import Coefficients
from planner.formulation.leaving import STANDING
from planner.plan.extract import order_month
from planner.plan.rows import (
    EarlyRetirementRow,
    ExpansionRow,
    ResidualRow,
    TransferRow,
)
from planner.plan.values import NOISE, Values


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


def transfer_rows(c: Coefficients, x: Values) -> tuple[TransferRow, ...]:
    """Return what moves between sites, in order of time."""
    rows = []
    for (a, site, other, t), count in sorted(x.moved.items(), key=_by_time):
        cost_usd = count * c.leaving.moving_musd[a] * USD_PER_MUSD
        labels = c.clock.labels[t], c.clock.labels[t + 1]
        rows.append(TransferRow(site, other, a, *labels, count, cost_usd))
    return tuple(rows)


def _by_time(item: tuple[tuple[str, str, str, int], float]) -> tuple[object, ...]:
    return item[0][3], item[0]


def early_retirement_rows(c: Coefficients, x: Values) -> tuple[EarlyRetirementRow, ...]:
    """Return what is scrapped before its time: the oldest go first.

    Of accelerators that can be moved, the sites share what is early by what retires.
    """
    if not c.leaving.early:
        return ()
    retired: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for (a, s, t), count in x.retired.items():
        times = retired[c.leaving.place(a, s)]
        times[t] = times.get(t, 0.0) + count
    share: dict[tuple[tuple[str, str], int], float] = {}
    for place, times in retired.items():
        gone = 0.0
        for t in sorted(times):
            early = gone + times[t] - max(gone, _due(c, x, place, t))
            share[place, t] = max(0.0, early) / times[t]
            gone += times[t]
    return tuple(
        EarlyRetirementRow(s, a, c.clock.labels[t], early, early * c.facility_mw[a, s])
        for (a, s, t), count in sorted(x.retired.items(), key=_by_period)
        if (early := count * share[c.leaving.place(a, s), t]) > NOISE
    )


def _by_period(item: tuple[tuple[str, str, int], float]) -> tuple[object, ...]:
    return item[0][2], item[0]


def _due(c: Coefficients, x: Values, place: tuple[str, str], t: int) -> float:
    """Return the units of a place that have reached their lifetime by a period."""
    expired = sum(
        count
        for (a, s, u), count in c.fleet.expired.items()
        if u == t and c.leaving.place(a, s) == place
    )
    return expired + sum(
        count
        for (a, s, u), count in x.added.items()
        if c.leaving.place(a, s) == place
        and c.fleet.retires.get((a, u), c.clock.count) <= t
    )


def residual_rows(c: Coefficients, x: Values) -> tuple[ResidualRow, ...]:
    """Return the value that each cohort has at the end, and what is lost of it."""
    delivered: dict[tuple[str, str, int | None], float] = defaultdict(float)
    for (a, s, t), count in x.added.items():
        delivered[*c.leaving.place(a, s), t] += count
    rows = []
    for (a, place), cohorts in c.leaving.cohorts.items():
        for each in cohorts:
            count = each.count + delivered.get((a, place, each.delivered), 0.0)
            if count <= NOISE:
                continue
            kept = min(count, x.kept.get((a, place, each.label), 0.0))
            usd = each.residual_musd * USD_PER_MUSD
            rows.append(
                ResidualRow(
                    site=place,
                    accelerator=a,
                    installed=each.label.removeprefix(STANDING),
                    standing=each.delivered is None,
                    cohort=count,
                    kept=kept,
                    residual_usd=kept * usd,
                    lost_usd=(count - kept) * usd,
                )
            )
    return tuple(rows)
