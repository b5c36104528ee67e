"""Whether a plan's rows are possible at all, and agree with each other."""

import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterator

from planner.audit.context import Context
from planner.audit.tally import COUNT, RELATIVE, Tally, total
from planner.performance.pairing import Rate
from planner.plan.findings import CheckRow
from planner.plan.rows import ServiceRow
from planner.units import magnitude

FEW_REPLICAS = 20
"""From so many on, a part of a replica does not matter."""


def names(ctx: Context) -> CheckRow:
    """Rows name only what the scenario has, and no place twice."""
    tally = Tally("names", "rows")
    spec = ctx.scenario
    known: dict[str, Container[str]] = {
        "site": spec.sites,
        "place": spec.places,
        "offer": {offer.name for offer in spec.spec.leases},
        "to_site": spec.sites,
        "accelerator": spec.accelerators,
        "workload": spec.workloads,
        "period": ctx.index,
        "block": spec.blocks,
    }
    plan = ctx.plan
    for rows, fields in (
        (plan.fleet, ("site", "accelerator", "period")),
        (plan.purchases, ("site", "accelerator", "period")),
        (plan.expansions, ("site", "period")),
        (plan.leases, ("offer", "accelerator", "period")),
        (plan.allocation, ("place", "accelerator", "workload", "period", "block")),
        (plan.transfers, ("site", "accelerator", "period", "to_site")),
        (plan.early_retirements, ("site", "accelerator", "period")),
        (plan.services, ("workload", "period", "block")),
        (plan.runs, ("workload",)),
        (plan.costs, ("period",)),
    ):
        columns = ["site" if name == "place" else name for name in fields]
        keys = [tuple(getattr(row, name) for name in columns) for row in rows]
        once = set(keys)
        words = zip(*once, strict=True)
        strange = sum(
            sum(word not in known[name] for word in set(column))
            for name, column in zip(fields, words, strict=False)
        )
        tally.place(strange + len(keys) - len(once), 0.0)
    return tally.row()


def nonnegative(ctx: Context) -> CheckRow:
    """No count is negative, and every share lies between 0 and 1."""
    tally = Tally("nonnegative", COUNT)
    for row in ctx.plan.fleet:
        tally.place(-_least(row.installed, row.added, row.retired), 0.0)
    counts = [row.count for row in ctx.plan.allocation]
    counts += [row.count for row in ctx.plan.purchases]
    for lease in ctx.plan.leases:
        counts += [lease.count, lease.signed, lease.hours]
    tally.place(-_least(*counts, 0.0), 0.0)
    for share in _shares(ctx):
        tally.place(-_least(share, 1 - share), 0.0, unit="share")
    return tally.row()


def _least(*numbers: float) -> float:
    """Return the least number, or NaN where one is."""
    return math.nan if any(map(math.isnan, numbers)) else min(numbers)


def _shares(ctx: Context) -> Iterator[float]:
    for service in ctx.plan.services:
        if service.served_fraction is not None:
            yield service.served_fraction
    for run in ctx.plan.runs:
        yield run.completed_fraction


def assignment_allowed(ctx: Context) -> CheckRow:
    """Accelerators work only where, when and on what they can."""
    tally = Tally("assignment_allowed", COUNT)
    for pair, count in ctx.assigned.by_pair.items():
        if not _pair_allowed(ctx, *pair):
            tally.place(count, 0.0)
    for (name, t, block), used in ctx.assigned.by_cell.items():
        wanted = (name, t, block) in ctx.demand or t in ctx.windows.get(name, ())
        if not wanted:
            tally.place(sum(used.values()), 0.0)
    for row in ctx.plan.allocation:
        if row.kind != ctx.kinds.get(row.workload):
            tally.broken("rows")
    return tally.row()


def _pair_allowed(ctx: Context, name: str, site: str, chip: str) -> bool:
    """Return whether a workload may use an accelerator at a site."""
    workload = ctx.scenario.workloads[name]
    accelerator = ctx.scenario.accelerators[chip]
    listed = workload.accelerators.allowed
    return (
        isinstance(ctx.rates.get((name, chip)), Rate)
        and workload.needs in accelerator.runs
        and (listed is None or chip in listed)
        and (workload.sites is None or site in workload.sites)
        and site in ctx.scenario.places_of(accelerator)
    )


def rejected(ctx: Context) -> CheckRow:
    """Every pair without a rate has one row, with the rate's reason."""
    tally = Tally("rejected", "rows")
    stated = Counter(
        (row.workload, row.accelerator, row.reason, row.detail)
        for row in ctx.plan.rejected
    )
    found: Counter[tuple[str, str, str, str]] = Counter(
        (*pair, rate.reason, rate.detail)
        for pair, rate in ctx.rates.items()
        if not isinstance(rate, Rate)
    )
    tally.place((stated - found).total() + (found - stated).total(), 0.0)
    return tally.row()


def rounded_up(ctx: Context) -> CheckRow:
    """Counts under 20 replicas are stated in whole ones too, and no others."""
    tally = Tally("rounded_up", COUNT)
    for row in ctx.plan.allocation:
        rate = ctx.rates.get((row.workload, row.accelerator))
        replica = rate.replica if isinstance(rate, Rate) else None
        if not _whole_replicas(row.count, row.rounded_up, replica):
            tally.broken(COUNT)
    return tally.row()


def _whole_replicas(count: float, stated: int | None, replica: int | None) -> bool:
    """Return whether a count is rounded up to whole replicas where it has to be."""
    if replica is None or not math.isfinite(count):
        return stated is None
    # A millionth either way decides neither whether a count is whole, nor under 20.
    slack = 2 * RELATIVE * max(1.0, count, replica)
    if stated is None:
        whole = round(count / replica) * replica
        return abs(whole - count) <= slack or count >= FEW_REPLICAS * replica - slack
    few = count <= FEW_REPLICAS * replica + slack
    more = stated - count
    return few and stated % replica == 0 and -slack <= more <= replica + slack


def services(ctx: Context) -> CheckRow:
    """Every service row states the demand, and served as a part of it."""
    tally = Tally("services", "rows")
    missing = set(ctx.demand)
    for row in ctx.plan.services:
        cell = row.workload, ctx.index.get(row.period, -1), row.block
        wanted, share = ctx.demand.get(cell), row.served_fraction
        missing.discard(cell)
        if not _described(ctx, row) or (share is None) != (wanted is None):
            tally.broken("rows")
        elif wanted is None or share is None:
            tally.place(abs(row.demand) + abs(row.served), 0.0, unit=row.unit)
        else:
            each = ctx.fastest[row.workload]
            tally.same(row.demand, wanted, each, row.unit)
            tally.same(row.served, total([(wanted, share)], row.unit), each, row.unit)
    for _ in missing:
        tally.broken("rows")
    return tally.row()


def _described(ctx: Context, row: ServiceRow) -> bool:
    """Return whether kind and unit are the service's, and its shortfall can be.

    A shortfall follows from dual prices, not from rows: only that it costs
    something, and that something is missing, can be seen here.
    """
    service, short = ctx.services.get(row.workload), row.shortfall_usd
    if service is None:
        return False
    if short is not None and not (0 < short < math.inf):
        return False
    served = row.served_fraction is None or row.served_fraction >= 1
    same = (row.kind, row.unit) == (service.kind, ctx.unit[row.workload])
    return same and (short is None or not served)


def split(ctx: Context) -> CheckRow:
    """The kinds of work and idleness of an accelerator add up to what is held.

    That is what stands, and the mean of what is leased over all hours.
    """
    tally = Tally("split", COUNT)
    stands: dict[tuple[str, int], float] = defaultdict(float)
    for (_, chip, t), count in ctx.installed.items():
        stands[chip, t] += count
    for (place, t), leased in ctx.leased.items():
        if leased.hours:
            chip, period = ctx.scenario.offers[place].accelerator, ctx.hours(t)
            stands[chip, t] += leased.hours / magnitude(period, "h")
    expected = dict(ctx.assigned.by_kind)
    for key, count in stands.items():
        kinds = ("training", "inference", "recommendation")
        expected["idle", *key] = count - sum(
            expected.get((kind, *key), 0.0) for kind in kinds
        )
    shares: dict[tuple[str, int], float] = defaultdict(float)
    for row in ctx.plan.split:
        key = row.accelerator, ctx.index.get(row.period, -1)
        tally.count(row.count, expected.pop((row.kind, *key), 0.0))
        tally.count(row.share * stands.get(key, 0.0), row.count)
        shares[key] += row.share
    for share in shares.values():
        tally.count(share, 1.0, "share")
    for count in expected.values():
        tally.count(0.0, count)
    return tally.row()
