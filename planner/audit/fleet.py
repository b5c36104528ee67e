"""Counts, stated a second time: what stands, comes, goes and works.

A function returns the worst place of the constraint it is named after.
"""

from planner.audit.estate import FLEET, Estate
from planner.audit.tally import COUNT, Tally
from planner.plan.findings import CheckRow
from planner.specs.supply import SupplyStep


def fleet_balance(ctx: Estate) -> CheckRow:
    """What stands is what stood, plus what comes, less what retires or moves away."""
    tally = Tally("fleet_balance", COUNT)
    for site, chip in ctx.stands:
        before = ctx.start.get((site, chip), 0.0)
        for t in range(len(ctx.scenario.periods)):
            place = site, chip, t
            came, left = ctx.added.get(place, 0.0), ctx.retired.get(place, 0.0)
            came += ctx.arrived.get(place, 0.0)
            left += ctx.left.get(place, 0.0)
            stands = ctx.installed.get(place, 0.0)
            # Of what is left of many, a sum is as exact as the many are.
            tally.place(abs(stands - (before + came - left)), before + came)
            before = stands
    return tally.row()


def end_of_life(ctx: Estate) -> CheckRow:
    """What has retired by a period is what has reached its lifetime by then.

    With early retirement it may be more; what can be moved retires at any site, but
    what is due at a site has retired there or left it.
    """
    tally = Tally("end_of_life", COUNT)
    early = ctx.scenario.spec.early_retirement
    for (place, chip), sites in ctx.together.items():
        gone = 0.0
        left = dict.fromkeys(sites, 0.0)
        for t in range(len(ctx.scenario.periods)):
            worn = {site: worn_out(ctx, site, chip, t) for site in sites}
            for site in sites:
                retired = ctx.retired.get((site, chip, t), 0.0)
                gone += retired
                left[site] += retired + ctx.left.get((site, chip, t), 0.0)
                if place == FLEET:
                    tally.place(worn[site] - left[site], worn[site])
            due = sum(worn.values())
            tally.place(due - gone if early else abs(due - gone), due)
    return tally.row()


def transfer(ctx: Estate) -> CheckRow:
    """Only what can be moved and stood at a site leaves it, and not at the end."""
    tally = Tally("transfer", COUNT)
    last = len(ctx.scenario.periods) - 1
    for (site, other, chip, t), count in ctx.moved.items():
        accelerator = ctx.scenario.accelerators[chip]
        taken = ctx.scenario.sites[other].takes(accelerator)
        if chip not in ctx.movable or site == other or t >= last or not taken:
            tally.place(count, 0.0)
    for (site, chip, t), count in ctx.left.items():
        stood = ctx.start.get((site, chip), 0.0)
        if t > 0:
            stood = ctx.installed.get((site, chip, t - 1), 0.0)
        tally.place(count - stood, stood)
    return tally.row()


def worn_out(ctx: Estate, site: str, chip: str, t: int) -> float:
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


def assignment(ctx: Estate) -> CheckRow:
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


def supply(ctx: Estate) -> CheckRow:
    """Deliveries come where and when they can, as many as are committed and may be."""
    tally = Tally("supply", COUNT)
    for (site, chip, t), count in ctx.added.items():
        if count and not _deliverable(ctx, site, chip, t):
            tally.place(count, 0.0)
    for chip in ctx.scenario.accelerators:
        for step in supply_steps(ctx, chip):
            _supplied(ctx, tally, chip, step)
    return tally.row()


def supply_steps(ctx: Estate, chip: str) -> list[SupplyStep]:
    """Return the spans of an accelerator's supply that meet the horizon."""
    stated = ctx.scenario.spec.supply.get(chip)
    return [] if stated is None else stated.spans(ctx.scenario.periods)


def _supplied(ctx: Estate, tally: Tally, chip: str, step: SupplyStep) -> None:
    """Add the places of one span of an accelerator's supply."""
    times = ctx.starting_in(step.span) if step.span else ()
    counts = {t: ctx.delivered.get((chip, t), 0.0) for t in times}
    came = sum(counts.values())
    early = sum(count for t, count in counts.items() if _early(ctx, chip, t))
    if step.limit is not None:
        tally.place(came - step.limit, step.limit)
    tally.place(step.committed - came, step.committed)
    tally.place(early - step.committed, step.committed)


def _early(ctx: Estate, chip: str, t: int) -> bool:
    """Return whether what is ordered at the start arrives after a period's start."""
    lead_months = ctx.scenario.accelerators[chip].lead_months
    return ctx.age(t, ctx.scenario.periods[0]) < lead_months


def _deliverable(ctx: Estate, site: str, chip: str, t: int) -> bool:
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
