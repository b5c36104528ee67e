"""Work, stated a second time: served, completed, in memory, in Pint.

A function returns the worst place of the constraint it is named after.
"""

import math
from collections import defaultdict

from planner.audit.context import Context
from planner.audit.tally import COUNT, RELATIVE, Tally, total
from planner.performance.pairing import Rate
from planner.plan.findings import CheckRow
from planner.specs.demand import minimum_of
from planner.specs.workload import Recommendation
from planner.units import Quantity, magnitude, ureg


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


def run_efficiency(ctx: Context) -> CheckRow:
    """A run with brackets is completed as far as accelerators of its size bring."""
    tally = Tally("run_efficiency", "token")
    for name, run in ctx.runs.items():
        if not run.accelerators.brackets:
            continue
        work = [
            (_falling(ctx, name, chip, count) * ctx.hours(t, block), 1.0)
            for t in ctx.windows[name]
            for block in ctx.scenario.blocks
            for chip, count in ctx.assigned.by_cell.get((name, t, block), {}).items()
        ]
        claimed: Quantity = run.tokens * ctx.completed[name]
        tally.most(claimed, total(work, "token"), _alone(ctx, name))
    return tally.row()


def _falling(ctx: Context, run: str, chip: str, count: float) -> Quantity:
    """Return what so many accelerators of a run do together, bracket by bracket."""
    rate, before, done = ctx.rates.get((run, chip)), 0.0, 0.0
    for bracket in rate.brackets if isinstance(rate, Rate) else ():
        done += max(0.0, min(count, bracket.up_to) - before) * bracket.token_s
        before = bracket.up_to
    return ureg.Quantity(done, "token/s")


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


def steady_run(ctx: Context) -> CheckRow:
    """A run that cannot be preempted uses as much in every load block."""
    tally = Tally("steady_run", COUNT)
    blocks = ctx.scenario.blocks
    found: dict[tuple[str, str, str, str], dict[str, float]] = defaultdict(
        lambda: dict.fromkeys(blocks, 0.0)
    )
    for row in ctx.allocation:
        run = ctx.runs.get(row.workload)
        if run is not None and run.steady:
            where = row.workload, row.site, row.accelerator, row.period
            found[where][row.block] += row.count
    for counts in found.values():
        most = max(counts.values())
        tally.place(most - min(counts.values()), most)
    return tally.row()


def tier_minimum(ctx: Context) -> CheckRow:
    """Every tier states its smallest achievement, and the weighted sum of all."""
    tally = Tally("tier_minimum", "share")
    rows = {row.priority: row for row in ctx.plan.tiers}
    for rank, names in _tiers(ctx).items():
        row = rows.pop(rank, None)
        if row is None:
            tally.broken("rows")
            continue
        shares = {name: _achieved(ctx, name) for name in names}
        weights = {name: ctx.scenario.workloads[name].weight for name in names}
        tally.count(row.minimum, min(shares.values()))
        tally.count(row.total, sum(weights[name] * shares[name] for name in names))
    for _ in rows:
        tally.broken("rows")
    return tally.row()


def _tiers(ctx: Context) -> dict[int, list[str]]:
    """Return the workloads of each priority that can achieve anything."""
    found: dict[int, list[str]] = defaultdict(list)
    if ctx.scenario.spec.objective == "serve_by_priority":
        asked = {name for name, _, _ in ctx.served} | set(ctx.runs)
        for workload in ctx.scenario.spec.workloads:
            if workload.name in asked and workload.priority is not None:
                found[workload.priority].append(workload.name)
    return found


def _achieved(ctx: Context, name: str) -> float:
    """Return what is completed of a run, or served of a service by its hours."""
    if name in ctx.runs:
        return ctx.completed[name]
    cells = [
        (magnitude(ctx.hours(t, block), "h"), share)
        for (work, t, block), share in ctx.served.items()
        if work == name
    ]
    return sum(h * share for h, share in cells) / sum(h for h, _ in cells)
