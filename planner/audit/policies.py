"""Policies, stated a second time, in Pint.

A function returns the worst place of the constraint it is named after.
"""

from collections.abc import Iterator

from planner.audit.context import Context
from planner.audit.money import Books
from planner.audit.tally import COUNT, Tally, total
from planner.plan.findings import CheckRow
from planner.specs.policy import (
    Residency,
    Spare,
    VendorCommitment,
    VendorShare,
    purchase_spans,
)
from planner.units import Quantity, magnitude


def residency(ctx: Context) -> CheckRow:
    """A share of what is served of a service has its capacity in a region."""
    tally = Tally("residency", "request/s")
    for policy in ctx.scenario.spec.policies:
        if not isinstance(policy, Residency):
            continue
        service, unit = ctx.services[policy.workload], ctx.unit[policy.workload]
        each = magnitude(ctx.fastest[policy.workload], unit)
        for cell, wanted in ctx.demand.items():
            if cell[0] == policy.workload:
                served = magnitude(wanted, unit) * ctx.served[cell]
                needed = served * service.capacity_factor * policy.minimum
                there = magnitude(ctx.working_in(policy.region, cell), unit)
                tally.place(needed - there, needed, each, unit)
    return tally.row()


def vendor_share(books: Books) -> CheckRow:
    """A vendor gets at most its share of each span's purchases, or of the power."""
    tally = Tally("vendor_share", "USD")
    for policy in books.scenario.spec.policies:
        if not isinstance(policy, VendorShare):
            continue
        unit = "MW" if policy.of == "power" else "USD"
        one = books.largest if policy.of == "power" else books.dearest
        for _, own, every in vendor_parts(books, policy):
            limit = magnitude(every, unit) * policy.maximum
            over = magnitude(own, unit) - limit
            tally.place(over, limit, magnitude(one, unit), unit)
    return tally.row()


def vendor_parts(
    books: Books, policy: VendorShare
) -> Iterator[tuple[str, Quantity, Quantity]]:
    """Yield label, the vendor's part and the whole of each span of a policy."""
    periods = books.scenario.periods
    if policy.of == "power":
        for t, period in enumerate(periods):
            yield period.label, *_nameplate(books, policy.vendor, t)
        return
    for label, times in purchase_spans(books.scenario.spec.budgets.capex, periods):
        terms = [
            (chip, (books.price[chip, t], count))
            for (chip, t), count in books.delivered.items()
            if t in times and (chip, t) in books.price
        ]
        yield label, *_parts(books, policy.vendor, terms, "USD")


def _nameplate(books: Books, vendor: str, t: int) -> tuple[Quantity, Quantity]:
    """Return a vendor's nameplate in a period, and everyone's."""
    terms = [
        (chip, (books.scenario.accelerators[chip].power.nameplate, count))
        for (_, chip, u), count in books.installed.items()
        if u == t
    ]
    return _parts(books, vendor, terms, "MW")


def _parts(
    books: Books,
    vendor: str,
    terms: list[tuple[str, tuple[Quantity, float]]],
    unit: str,
) -> tuple[Quantity, Quantity]:
    """Return the sum of a vendor's terms, and of all."""
    types = books.scenario.accelerators
    own = [term for chip, term in terms if types[chip].vendor == vendor]
    return total(own, unit), total([term for _, term in terms], unit)


def vendor_commitment(ctx: Context) -> CheckRow:
    """A vendor delivers at least what was promised to it, over the horizon."""
    tally = Tally("vendor_commitment", COUNT)
    types = ctx.scenario.accelerators
    for policy in ctx.scenario.spec.policies:
        if isinstance(policy, VendorCommitment):
            came = sum(
                count
                for (chip, _), count in ctx.delivered.items()
                if types[chip].vendor == policy.vendor
            )
            tally.place(policy.minimum - came, policy.minimum)
    return tally.row()


def spare(ctx: Context) -> CheckRow:
    """A share of what works is kept without work at every site."""
    tally = Tally("spare", COUNT)
    for policy in ctx.scenario.spec.policies:
        if not isinstance(policy, Spare):
            continue
        chip = policy.accelerator
        working = ctx.scenario.accelerators[chip].reliability.availability
        for (site, name, t, _), count in ctx.assigned.by_place.items():
            if name == chip and site in ctx.scenario.sites:
                stands = ctx.installed.get((site, chip, t), 0.0)
                most = (1 - policy.share) * working * stands
                tally.place(count - most, most)
    return tally.row()
