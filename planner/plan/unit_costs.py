"""What the work on each workload costs inside a plan: $/Mtoken, $/Msample, $/run."""

from collections import defaultdict
from dataclasses import dataclass

from planner.economics.ownership import owned_hour_usd
from planner.periods import SECONDS_OF_AN_HOUR, Span
from planner.plan.account_rows import UnitCostRow
from planner.plan.plan import Plan
from planner.plan.rows import AllocationRow
from planner.specs.scenario import Scenario
from planner.specs.workload import Inference, TrainingRun, Workload
from planner.units import magnitude

MILLION = 1e6
NOISE = 1e-6
"""Share of what stands below which nothing idles but a rounding."""


@dataclass(slots=True)
class Effort:
    """What is spent on one workload.

    Attributes:
        hours: Accelerator-hours.
        mwh: Energy at the meter of owned accelerators.
        usd: Cost; None where a price is not known.
    """

    hours: float = 0.0
    mwh: float = 0.0
    usd: float | None = 0.0

    def add(self, hours: float, mwh: float, usd: float | None) -> None:
        """Add some accelerator-hours."""
        self.hours += hours
        self.mwh += mwh
        self.usd = None if self.usd is None or usd is None else self.usd + usd


def efforts_of(scenario: Scenario, plan: Plan) -> dict[str, Effort]:
    """Return what is spent on each workload, by name."""
    found = {name: Effort() for name in scenario.workloads}
    spans = {span.label: span for span in scenario.periods}
    hourly: dict[tuple[str, str, str, str], tuple[float, float | None]] = {}
    for row in plan.allocation:
        period = spans[row.period]
        place = row.workload, row.site, row.accelerator, row.period
        if place not in hourly:
            hourly[place] = _hourly(scenario, row, period)
        hours = row.count * scenario.blocks[row.block] * period.hours
        mwh, usd = hourly[place]
        total = None if usd is None else usd * hours
        found[row.workload].add(hours, mwh * hours, total)
    return found


def _hourly(
    scenario: Scenario, row: AllocationRow, period: Span
) -> tuple[float, float | None]:
    """Return energy [MWh] and cost [USD] of one accelerator for one hour of work.

    The energy of a leased one is its host's, and in the price.
    """
    if row.site in scenario.offers:
        return 0.0, _rent_usd(scenario, row.site, period)
    use = _use(scenario.workloads[row.workload])
    return _owned_hour(scenario, (row.site, row.accelerator), period, use)


def _owned_hour(
    scenario: Scenario, place: tuple[str, str], period: Span, use: float
) -> tuple[float, float | None]:
    """Return energy [MWh] and cost [USD] of an hour, under load for a share of it."""
    site, accelerator = scenario.sites[place[0]], scenario.accelerators[place[1]]
    idle_mw = magnitude(accelerator.power.without_load, "MW")
    extra_mw = magnitude(accelerator.power.under_load, "MW") - idle_mw
    mwh = site.pue * (idle_mw + use * extra_mw)
    level = site.electricity.level(period)
    energy_usd = 0.0 if level is None else mwh * magnitude(level, "USD/MWh")
    owned = owned_hour_usd(accelerator, period)
    return mwh, None if owned is None else owned + energy_usd


def _rent_usd(scenario: Scenario, place: str, period: Span) -> float | None:
    """Return the price of a leased accelerator-hour [USD]."""
    rent = scenario.rent(scenario.offers[place], period)
    return None if rent is None else magnitude(rent, "USD/hour")


def idle_usd(scenario: Scenario, plan: Plan) -> float | None:
    """Return what accelerators cost while they idle, or are in repair [USD].

    Leased ones cost the hours that are paid for without work. None where an owned one
    has no price.
    """
    busy: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in plan.allocation:
        mean = row.count * scenario.blocks[row.block]
        busy[row.site, row.accelerator, row.period] += mean
    spans = {span.label: span for span in scenario.periods}
    idle = Effort()
    for stand in plan.fleet:
        place, period = (stand.site, stand.accelerator), spans[stand.period]
        count = stand.installed - busy[(*place, stand.period)]
        if count > NOISE * max(1.0, stand.installed):
            mwh, usd = _owned_hour(scenario, place, period, 0.0)
            hours = count * period.hours
            idle.add(hours, mwh * hours, None if usd is None else usd * hours)
    paid = sum(row.lease_usd for row in plan.leases)
    for (site, _, label), mean in busy.items():
        if site in scenario.offers:
            used = mean * spans[label].hours
            paid -= used * (_rent_usd(scenario, site, spans[label]) or 0.0)
    return None if idle.usd is None else idle.usd + max(0.0, paid)


def _use(workload: Workload) -> float:
    """Return the share of an assigned accelerator's time under load."""
    return 1.0 if isinstance(workload, TrainingRun) else 1 / workload.capacity_factor


def unit_cost_rows(scenario: Scenario, plan: Plan) -> tuple[UnitCostRow, ...]:
    """Return what each workload's work costs, in the scenario's order."""
    efforts, volumes = efforts_of(scenario, plan), volumes_of(scenario, plan)
    rows = []
    for name, workload in scenario.workloads.items():
        effort, (volume, unit) = efforts[name], volumes[name]
        done = {row.workload: row.completed_fraction for row in plan.runs}.get(name)
        rows.append(
            UnitCostRow(
                workload=name,
                kind=workload.kind,
                accelerator_hours=effort.hours,
                energy_mwh=effort.mwh,
                cost_usd=effort.usd,
                volume=volume,
                unit=unit,
                usd_per_accelerator_hour=_over(effort.usd, effort.hours),
                usd_per_mtoken=_per_mtoken(workload, effort.usd, volume, unit),
                usd_per_mrequest=_per(effort.usd, volume, unit, "request"),
                usd_per_msample=_per(effort.usd, volume, unit, "sample"),
                usd_per_run=None if done is None else _over(effort.usd, done),
            )
        )
    return tuple(rows)


def volumes_of(scenario: Scenario, plan: Plan) -> dict[str, tuple[float, str]]:
    """Return the work done on each workload and its unit, by name."""
    found = {run.workload: (run.tokens, "token") for run in plan.runs}
    hours = {span.label: span.hours for span in scenario.periods}
    for row in plan.services:
        seconds = hours[row.period] * scenario.blocks[row.block] * SECONDS_OF_AN_HOUR
        before, _ = found.get(row.workload, (0.0, ""))
        unit = row.unit.removesuffix("/s")
        found[row.workload] = (before + row.served * seconds, unit)
    return found


def _per_mtoken(
    workload: Workload, usd: float | None, volume: float, unit: str
) -> float | None:
    """Return the cost of a million tokens, a request's prompt and output counted."""
    if not isinstance(workload, Inference):
        return _per(usd, volume, unit, "token")
    if workload.prompt is None or workload.output is None:
        return None
    each = magnitude(workload.prompt, "token") + magnitude(workload.output, "token")
    return _per(usd, volume * each, "token", "token")


def _per(usd: float | None, volume: float, unit: str, wanted: str) -> float | None:
    """Return the cost of a million units; None where it is not that unit."""
    return _over(usd, volume / MILLION) if unit == wanted else None


def _over(usd: float | None, count: float) -> float | None:
    return None if usd is None or count <= 0 else usd / count
