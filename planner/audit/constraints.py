"""The constraints, stated a second time: rows against specs, in Pint.

A function returns the worst place of the constraint it is named after.
"""

import math
from collections import defaultdict

from planner.audit.context import Context
from planner.audit.money import Books
from planner.audit.tally import RELATIVE, Tally, total
from planner.performance.pairing import Rate
from planner.plan.rows import CheckRow
from planner.specs.demand import minimum_of
from planner.specs.scenario import SupplyStep
from planner.specs.workload import Recommendation
from planner.units import Quantity, magnitude, ureg

COUNT = "accelerator"


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
    """Only what stands and works is assigned, in every block."""
    tally = Tally("assignment", COUNT)
    for (site, chip, t, _), count in ctx.assigned.by_place.items():
        share = ctx.scenario.accelerators[chip].reliability.availability
        working = share * ctx.installed.get((site, chip, t), 0.0)
        tally.place(count - working, working)
    return tally.row()


def site_power(ctx: Context) -> CheckRow:
    """Provisioned facility power stays within the power of each site."""
    tally, none = Tally("site_power", "MW"), ureg.Quantity(0.0, "MW")
    for name, site in ctx.scenario.sites.items():
        for t, period in enumerate(ctx.scenario.periods):
            limit = site.power.level(period)
            if limit is None:
                limit = none
            tally.most(ctx.provisioned[name, t], limit, ctx.largest)
    return tally.row()


def power_budget(ctx: Context) -> CheckRow:
    """Provisioned facility power of all sites stays within the fleet's budget."""
    tally = Tally("power_budget", "MW")
    budget = ctx.scenario.spec.budgets.power
    for t, period in enumerate(ctx.scenario.periods) if budget else ():
        limit = budget.level(period) if budget else None
        if limit is not None:
            tally.most(ctx.provisioned_everywhere[t], limit, ctx.largest)
    return tally.row()


def capex_budget(books: Books) -> CheckRow:
    """Purchases of a span stay within its capital budget."""
    tally = Tally("capex_budget", "USD")
    budget = books.scenario.spec.budgets.capex
    for span, limit in budget.amounts(books.scenario.periods) if budget else ():
        spent = books.spent(span)
        tally.most(spent, limit, books.dearest)
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


def demand(ctx: Context) -> CheckRow:
    """What is served has capacity behind it, peak and headroom included."""
    tally = Tally("demand", "request/s")
    for cell, wanted in ctx.demand.items():
        workload = cell[0]
        factor = ctx.services[workload].capacity_factor
        unit = ctx.unit[workload]
        needed = magnitude(wanted, unit) * factor * ctx.served[cell]
        short = needed - magnitude(ctx.working(cell), unit)
        tally.place(short, needed, magnitude(ctx.fastest[workload], unit), unit)
    return tally.row()


def minimum_served(ctx: Context) -> CheckRow:
    """What must be served, by hours of each period, or completed is."""
    tally = Tally("minimum_served", "share")
    hours: dict[tuple[str, int], float] = defaultdict(float)
    served: dict[tuple[str, int], float] = defaultdict(float)
    wanted: dict[tuple[str, int], list[Quantity]] = defaultdict(list)
    for cell, share in ctx.served.items():
        name, t, block = cell
        hours[name, t] += ctx.scenario.blocks[block]
        served[name, t] += ctx.scenario.blocks[block] * share
        wanted[name, t].append(ctx.demand[cell])
    for (name, t), weight in hours.items():
        least = minimum_of(ctx.scenario, ctx.services[name])
        one = magnitude(ctx.fastest[name] / min(wanted[name, t]), "")
        tally.place(least - served[name, t] / weight, least, one)
    for name, run in ctx.runs.items():
        least = minimum_of(ctx.scenario, run)
        one = magnitude(_alone(ctx, name) / run.tokens, "")
        tally.place(least - ctx.completed[name], least, one)
    return tally.row()


def table_memory(ctx: Context) -> CheckRow:
    """What is served has its copies of the embedding tables in memory."""
    tally = Tally("table_memory", "copies")
    for name, service in ctx.services.items():
        copies = service.copies if isinstance(service, Recommendation) else None
        model = ctx.scenario.model_of(service)
        if not copies or model is None or not model.tables:
            continue
        filled = {
            chip: rate.table_accelerators
            for chip in ctx.scenario.accelerators
            if isinstance(rate := ctx.rates.get((name, chip)), Rate)
        }
        if not all(_filled(ctx, a, model.tables, n) for a, n in filled.items()):
            tally.broken("accelerator")
        held = {chip: 1 / count if count else 0.0 for chip, count in filled.items()}
        one = max(held.values(), default=1.0)
        for cell, share in ctx.served.items():
            if cell[0] == name:
                used = ctx.assigned.by_cell.get(cell, {})
                present = sum(held.get(a, 0.0) * count for a, count in used.items())
                tally.place(copies * share - present, copies * share, one)
    return tally.row()


def _filled(ctx: Context, chip: str, tables: Quantity, count: float | None) -> bool:
    """Return whether one copy of the tables fills so many accelerators, no fewer."""
    memory = ctx.scenario.accelerators[chip].memory
    if memory is None or count is None:
        return memory is None and count is None
    usable = memory.capacity
    if memory.reserved is not None:
        usable = usable - memory.reserved
    if usable.magnitude <= 0:
        return math.isinf(count)
    # Rounding decides whether a ratio that is nearly whole is rounded up.
    ratio, slack = magnitude(tables / usable, ""), RELATIVE * count
    return count.is_integer() and count - 1 - slack < ratio <= count + slack


def training_work(ctx: Context) -> CheckRow:
    """A run is completed as far as its tokens are trained on in its window."""
    tally = Tally("training_work", "token")
    for name, run in ctx.runs.items():
        work: list[tuple[Quantity, float]] = [
            (ctx.working((name, t, block)) * ctx.hours(t, block), 1.0)
            for t in ctx.windows[name]
            for block in ctx.scenario.blocks
        ]
        trained = total(work, "token")
        claimed: Quantity = run.tokens * ctx.completed[name]
        tally.most(claimed, trained, _alone(ctx, name))
    return tally.row()


def _alone(ctx: Context, run: str) -> Quantity:
    """Return the tokens that one accelerator trains on in a run's window."""
    hours = [(ctx.hours(t), 1.0) for t in ctx.windows[run]]
    return total([(ctx.fastest[run] * total(hours, "h"), 1.0)], "token")


def run_size(ctx: Context) -> CheckRow:
    """A run uses at most its maximum of accelerators at once."""
    tally = Tally("run_size", COUNT)
    for (name, _, _), used in ctx.assigned.by_cell.items():
        run = ctx.runs.get(name)
        most = None if run is None else run.accelerators.maximum
        if isinstance(most, dict):
            allowed = {chip: limit for chip, limit in most.items() if limit > 0}
            tally.place(sum(n for c, n in used.items() if c not in allowed), 0.0)
            share = sum(n / allowed[c] for c, n in used.items() if c in allowed)
            each = max((1 / limit for limit in allowed.values()), default=1.0)
            tally.place(share - 1, 1.0, each, "share")
        elif most is not None:
            tally.place(sum(used.values()) - most, most)
    return tally.row()
