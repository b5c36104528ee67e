"""Numbers of a solution to the rows of a plan."""

import math
from collections import defaultdict

from planner.economics.money import USD_PER_MUSD
from planner.formulation.coefficients import Coefficients
from planner.performance.pairing import Rate, Rates
from planner.periods import SECONDS_OF_AN_HOUR
from planner.plan.leases import mean_leased
from planner.plan.rows import (
    AllocationRow,
    FleetRow,
    PurchaseRow,
    RateRow,
    RejectedRow,
    ServiceRow,
    SplitRow,
)
from planner.plan.values import Values
from planner.specs.demand import demand_unit, mean_demand, profile_of
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun

FEW_REPLICAS = 20


def fleet_rows(c: Coefficients, x: Values) -> tuple[FleetRow, ...]:
    """Return what stands, comes and goes, by site, accelerator and period."""
    keys = sorted(
        {*x.installed, *x.added, *x.retired}, key=lambda k: (k[1], k[0], k[2])
    )
    return tuple(
        FleetRow(
            site,
            accelerator,
            c.clock.labels[t],
            x.installed.get((accelerator, site, t), 0.0),
            x.added.get((accelerator, site, t), 0.0),
            x.retired.get((accelerator, site, t), 0.0),
        )
        for accelerator, site, t in keys
    )


def purchase_rows(
    scenario: Scenario, c: Coefficients, x: Values
) -> tuple[PurchaseRow, ...]:
    """Return the deliveries with the month by which each must be ordered."""
    rows = []
    for (name, site, t), count in sorted(x.added.items(), key=lambda i: _by_time(i[0])):
        accelerator = scenario.accelerators[name]
        rows.append(
            PurchaseRow(
                site=site,
                accelerator=name,
                order_by=order_month(c, t, accelerator.lead_months),
                period=c.clock.labels[t],
                count=count,
                systems=math.ceil(count / accelerator.system.accelerators - 1e-9),
                capex_usd=count * c.price_musd[name, t] * USD_PER_MUSD,
            )
        )
    return tuple(rows)


def order_month(c: Coefficients, t: int, lead_months: float) -> str:
    """Return the month in which a delivery of period ``t`` must be ordered."""
    month = c.clock.spans[t].first_month - math.ceil(lead_months - 1e-9)
    return f"{month // 12}-{month % 12 + 1:02d}"


def allocation_rows(
    scenario: Scenario, c: Coefficients, x: Values, rates: Rates
) -> tuple[AllocationRow, ...]:
    """Return who works on what, with whole replicas where there are few."""
    rows = []
    for (a, site, w, t, block), count in sorted(
        x.assigned.items(), key=lambda i: (i[0][3], i[0][2], i[0][0], i[0][1], i[0][4])
    ):
        rate = rates[w, a]
        replica = rate.replica if isinstance(rate, Rate) else None
        rows.append(
            AllocationRow(
                site=site,
                accelerator=a,
                workload=w,
                kind=scenario.workloads[w].kind,
                period=c.clock.labels[t],
                block=block,
                count=count,
                rounded_up=_rounded_up(count, replica),
            )
        )
    return tuple(rows)


def _rounded_up(count: float, replica: int | None) -> int | None:
    """Return the count in whole replicas, where it is under 20 of them."""
    if replica is None or count >= FEW_REPLICAS * replica:
        return None
    whole = math.ceil(count / replica - 1e-6) * replica
    return whole if abs(whole - count) > 1e-6 * max(1.0, count) else None


def service_rows(
    scenario: Scenario, c: Coefficients, x: Values
) -> tuple[ServiceRow, ...]:
    """Return demand and what is served of it, by workload, period and block."""
    rows = []
    for name in c.work.services:
        service = scenario.workloads[name]
        if isinstance(service, TrainingRun):
            continue
        unit = demand_unit(service)
        for t, period in enumerate(scenario.periods):
            mean = float(mean_demand(scenario, service, period).magnitude)
            for block in c.clock.blocks:
                wanted = mean * profile_of(scenario, service, block)
                share = x.served.get((name, t, block), 0.0) if wanted > 0 else None
                hours = c.clock.blocks[block] * c.clock.hours[t]
                volume = wanted * hours * SECONDS_OF_AN_HOUR
                short = x.shortfall.get((name, t, block))
                short = None if short is None or share == 1.0 else short
                rows.append(
                    ServiceRow(
                        workload=name,
                        kind=service.kind,
                        period=c.clock.labels[t],
                        block=block,
                        demand=wanted,
                        served=wanted * (share or 0.0),
                        unit=unit,
                        served_fraction=share,
                        shortfall_usd=short and short * USD_PER_MUSD / volume,
                    )
                )
    return tuple(rows)


def split_rows(scenario: Scenario, c: Coefficients, x: Values) -> tuple[SplitRow, ...]:
    """Return how much of each accelerator does which kind of work, or none.

    Owned and leased; on demand only the hours that are paid for.
    """
    held: dict[tuple[str, int], float] = defaultdict(float, mean_leased(c, x))
    for (a, _, t), count in x.installed.items():
        held[a, t] += count
    busy: dict[tuple[str, int, str], float] = defaultdict(float)
    for (a, _, w, t, block), count in x.assigned.items():
        busy[a, t, scenario.workloads[w].kind] += count * c.clock.blocks[block]
    rows = []
    for (a, t), total in sorted(held.items(), key=lambda i: (i[0][1], i[0][0])):
        kinds = ("training", "inference", "recommendation")
        counts = {kind: busy.get((a, t, kind), 0.0) for kind in kinds}
        counts["idle"] = total - sum(counts.values())
        rows += [
            SplitRow(kind, a, c.clock.labels[t], count, count / total)
            for kind, count in counts.items()
        ]
    return tuple(rows)


def rejected_rows(rates: Rates) -> tuple[RejectedRow, ...]:
    """Return every pair that cannot be, and why."""
    return tuple(
        RejectedRow(w, a, rate.reason, rate.detail)
        for (w, a), rate in rates.items()
        if not isinstance(rate, Rate)
    )


def rate_rows(rates: Rates) -> tuple[RateRow, ...]:
    """Return the rate of every pair that can be."""
    return tuple(
        RateRow(
            w,
            a,
            rate.per_accelerator,
            rate.unit,
            rate.replica,
            rate.confidence,
            tuple(rate.notes),
        )
        for (w, a), rate in rates.items()
        if isinstance(rate, Rate)
    )


def _by_time(key: tuple[str, str, int]) -> tuple[int, str, str]:
    a, site, t = key
    return t, a, site
