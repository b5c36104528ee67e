"""Integer plans, stated a second time: what is whole, where, and how large.

A function returns the worst place of the constraint it is named after.
"""

import math
from collections import defaultdict
from collections.abc import Iterable

from planner.audit.context import Context
from planner.audit.tally import COUNT, ONE_MILLIONTH, Tally
from planner.performance.pairing import Rate
from planner.plan.findings import CheckRow
from planner.units import magnitude


def whole_counts(ctx: Context) -> CheckRow:
    """Deliveries and leases are in systems, work in replicas; runs are done or not."""
    tally = Tally("whole_counts", COUNT)
    if not ctx.scenario.spec.integer:
        return tally.row()
    for (_, chip, _), count in ctx.added.items():
        system = ctx.scenario.accelerators[chip].system.accelerators
        _multiple(tally, count, system)
    _leased_systems(ctx, tally)
    for row in ctx.plan.allocation:
        rate = ctx.rates.get((row.workload, row.accelerator))
        if isinstance(rate, Rate) and rate.replica is not None:
            _multiple(tally, row.count, rate.replica)
    for name, share in ctx.completed.items():
        if not ctx.runs[name].divisible:
            tally.place(min(abs(share), abs(1 - share)), 1.0, 0.0, "share")
    return tally.row()


def _leased_systems(ctx: Context, tally: Tally) -> None:
    """Add what is signed, and what is rented: the systems at work in every block."""
    for (place, t), row in ctx.leased.items():
        offer = ctx.scenario.offers[place]
        size = ctx.scenario.accelerators[offer.accelerator].system.accelerators
        _multiple(tally, row.signed, size)
        if not offer.on_demand:
            continue
        _multiple(tally, row.count, size)
        busy = sum(
            math.ceil(ctx.rented(place, t, block) / size - ONE_MILLIONTH) * size * share
            for block, share in ctx.scenario.blocks.items()
        )
        paid = row.hours / magnitude(ctx.hours(t), "h")
        tally.place(busy - paid, busy)


def _multiple(tally: Tally, count: float, size: int) -> None:
    """Add a count that must be so many times a size."""
    tally.count(count, round(count / size) * size)


def placement(ctx: Context) -> CheckRow:
    """Work marked so is at one site, or on one type of accelerator."""
    tally = Tally("placement", COUNT)
    for name, workload in ctx.scenario.workloads.items():
        used = {k[1:]: n for k, n in ctx.assigned.by_pair.items() if k[0] == name}
        if workload.single_site:
            _one(tally, ((site, count) for (site, _), count in used.items()))
        if workload.single_accelerator:
            _one(tally, ((chip, count) for (_, chip), count in used.items()))
    return tally.row()


def _one(tally: Tally, used: Iterable[tuple[str, float]]) -> None:
    """Add what is used beside the place with the most."""
    sums: dict[str, float] = defaultdict(float)
    for place, count in used:
        sums[place] += count
    tally.place(sum(sums.values()) - max(sums.values(), default=0.0), 0.0)


def minimum_run_size(ctx: Context) -> CheckRow:
    """While anything works on a run, at least its minimum of accelerators does."""
    tally = Tally("minimum_run_size", COUNT)
    for (name, _, _), used in ctx.assigned.by_cell.items():
        run = ctx.runs.get(name)
        least = None if run is None else run.accelerators.minimum
        count = sum(used.values())
        if least is not None and count > ONE_MILLIONTH:
            tally.place(least - count, least)
    return tally.row()
