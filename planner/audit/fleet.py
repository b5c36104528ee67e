"""Counts, stated a second time: what stands, comes, goes and works.

A function returns the worst place of the constraint it is named after.
"""

from planner.audit.context import Context
from planner.audit.tally import COUNT, Tally
from planner.plan.findings import CheckRow
from planner.specs.scenario import SupplyStep


def fleet_balance(ctx: Context) -> CheckRow:
    """What stands is what stood, plus deliveries, less what retired."""
    tally = Tally("fleet_balance", COUNT)
    for site, chip in ctx.stands:
        before = ctx.start.get((site, chip), 0.0)
        for t in range(len(ctx.scenario.periods)):
            place = site, chip, t
            came, left = ctx.added.get(place, 0.0), ctx.retired.get(place, 0.0)
            stands = ctx.installed.get(place, 0.0)
            tally.count(stands, before + came - left)
            before = stands
    return tally.row()


def end_of_life(ctx: Context) -> CheckRow:
    """What has retired by a period is what has reached its lifetime by then."""
    tally = Tally("end_of_life", COUNT)
    for site, chip in ctx.stands:
        gone = 0.0
        for t in range(len(ctx.scenario.periods)):
            gone += ctx.retired.get((site, chip, t), 0.0)
            tally.count(gone, _worn_out(ctx, site, chip, t))
    return tally.row()


def _worn_out(ctx: Context, site: str, chip: str, t: int) -> float:
    """Return the units that have reached their lifetime when a period starts."""
    months = ctx.scenario.accelerators[chip].lifetime_months
    if months is None:
        return 0.0
    old = sum(
        entry.count
        for entry in ctx.scenario.spec.fleet
        if (entry.site, entry.accelerator) == (site, chip)
        and ctx.age(t, entry.installed) >= months
    )
    return old + sum(
        ctx.added.get((site, chip, bought), 0.0)
        for bought in range(t)
        if ctx.age(t, ctx.scenario.periods[bought]) >= months
    )


def assignment(ctx: Context) -> CheckRow:
    """Only what stands and works, or is leased, is assigned, in every block."""
    tally = Tally("assignment", COUNT)
    for (site, chip, t, _), count in ctx.assigned.by_place.items():
        if site in ctx.scenario.offers:
            same = ctx.scenario.offers[site].accelerator == chip
            leased = ctx.leased[site, t].count if same else 0.0
            tally.place(count - leased, leased)
            continue
        share = ctx.scenario.accelerators[chip].reliability.availability
        working = share * ctx.installed.get((site, chip, t), 0.0)
        tally.place(count - working, working)
    return tally.row()


def supply(ctx: Context) -> CheckRow:
    """Deliveries come where and when they can, as many as are committed and may be."""
    tally = Tally("supply", COUNT)
    for (site, chip, t), count in ctx.added.items():
        if count and not _deliverable(ctx, site, chip, t):
            tally.place(count, 0.0)
    for chip in ctx.scenario.accelerators:
        for step in supply_steps(ctx, chip):
            _supplied(ctx, tally, chip, step)
    return tally.row()


def supply_steps(ctx: Context, chip: str) -> list[SupplyStep]:
    """Return the spans of an accelerator's supply that meet the horizon."""
    stated = ctx.scenario.spec.supply.get(chip)
    return [] if stated is None else stated.spans(ctx.scenario.periods)


def _supplied(ctx: Context, tally: Tally, chip: str, step: SupplyStep) -> None:
    """Add the places of one span of an accelerator's supply."""
    times = ctx.starting_in(step.span) if step.span else ()
    counts = {t: ctx.delivered.get((chip, t), 0.0) for t in times}
    came = sum(counts.values())
    early = sum(count for t, count in counts.items() if _early(ctx, chip, t))
    if step.limit is not None:
        tally.place(came - step.limit, step.limit)
    tally.place(step.committed - came, step.committed)
    tally.place(early - step.committed, step.committed)


def _early(ctx: Context, chip: str, t: int) -> bool:
    """Return whether what is ordered at the start arrives after a period's start."""
    lead_months = ctx.scenario.accelerators[chip].lead_months
    return ctx.age(t, ctx.scenario.periods[0]) < lead_months


def _deliverable(ctx: Context, site: str, chip: str, t: int) -> bool:
    """Return whether an accelerator can come to a site in a period at all."""
    accelerator, period = ctx.scenario.accelerators[chip], ctx.scenario.periods[t]
    first, price = accelerator.available, accelerator.price.level(period)
    if not accelerator.orderable or price is None or accelerator.lifetime is None:
        return False
    if first is not None and period.first_month < first.first_month:
        return False
    if not ctx.scenario.sites[site].takes(accelerator):
        return False
    if chip not in ctx.scenario.spec.supply:
        return not _early(ctx, chip, t)
    steps = supply_steps(ctx, chip)
    return any(step.span and t in ctx.starting_in(step.span) for step in steps)
