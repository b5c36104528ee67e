"""A plan as numbers under keys, on the periods that another plan has too."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from statistics import fmean

from planner.periods import Span
from planner.plan.plan import Plan
from planner.records import dataclass
from planner.regression.numbers import rounded

Key = tuple[str, ...]
"""Names, the period, and a block where there is one."""
Cells = Mapping[Key, float | None]
COSTS = (
    "capex_usd",
    "energy_usd",
    "maintenance_usd",
    "lease_usd",
    "transfer_usd",
)
SECTIONS = (
    "metrics",
    "tiers",
    "purchases",
    "expansions",
    "fleet",
    "leases",
    "early_retirements",
    "transfers",
    "allocation",
    "budgets",
    "costs",
    "work",
)
"""What is compared, in the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class Window:
    """The months that two plans share, and the length of their coarser periods.

    Attributes:
        first_month: Of both.
        end_month: The first month that one of them does not have.
        months: Of a period.
    """

    first_month: int
    end_month: int
    months: int

    @classmethod
    def of(cls, first: Plan, second: Plan) -> "Window":
        """Return the window of two plans; all of it where one has no periods."""
        spans = [periods_of(plan) for plan in (first, second)]
        if not all(spans):
            return cls(0, 10**9, 1)
        return cls(
            max(each[0].first_month for each in spans),
            min(each[-1].end_month for each in spans),
            max(each[0].months for each in spans),
        )

    def label(self, period: str) -> str | None:
        """Return the period of the window that holds a period; None outside.

        What has no period is about the whole horizon, and stays so.
        """
        if not period:
            return period
        span = Span.parse(period)
        if not self.first_month <= span.first_month < self.end_month:
            return None
        if span.months >= self.months:
            return span.label
        start = span.first_month - span.first_month % self.months
        return Span(start, self.months).label


def periods_of(plan: Plan) -> list[Span]:
    """Return the periods of a plan; none where it has no rows."""
    return sorted(Span.parse(row.period) for row in plan.costs)


def sections_of(plan: Plan, window: Window) -> dict[str, Cells]:
    """Return every section that is compared, keyed by name and row."""
    metrics = asdict(plan.metrics) if plan.metrics is not None else {}
    found: dict[str, Cells] = {
        "metrics": {(k,): rounded(v) for k, v in metrics.items()}
    }
    for name, (rows, joined) in _ROWS.items():
        cells: dict[Key, list[float]] = defaultdict(list)
        for key, place, value in rows(plan):
            label = window.label(key[place])
            if label is not None:
                cells[(*key[:place], label, *key[place + 1 :])].append(value)
        found[name] = {key: rounded(joined(values)) for key, values in cells.items()}
    found["tiers"] = {(f"tier {t.priority}",): rounded(t.minimum) for t in plan.tiers}
    runs: Cells = {(r.workload,): rounded(r.completed_fraction) for r in plan.runs}
    found["work"] = {**found["work"], **runs}
    return found


def done_before(plan: Plan, month: int) -> dict[Key, float]:
    """Return the purchases that are delivered before a month [accelerators]."""
    found: dict[Key, float] = defaultdict(float)
    for key, place, count in _purchases(plan):
        if Span.parse(key[place]).first_month < month:
            found[key] += count
    return {key: rounded(count) or 0.0 for key, count in found.items()}


Rows = Iterator[tuple[Key, int, float]]
"""Key, where the period stands in it, and the number."""


def _purchases(plan: Plan) -> Rows:
    for row in plan.purchases:
        yield (row.site, row.accelerator, row.period), 2, row.count


def _fleet(plan: Plan) -> Rows:
    for row in sorted(plan.fleet, key=lambda row: Span.parse(row.period)):
        yield (row.site, row.accelerator, row.period), 2, row.installed


def _expansions(plan: Plan) -> Rows:
    for row in plan.expansions:
        yield (row.site, row.in_service), 1, row.mw


def _early_retirements(plan: Plan) -> Rows:
    for row in plan.early_retirements:
        yield (row.site, row.accelerator, row.period), 2, row.count


def _transfers(plan: Plan) -> Rows:
    for row in plan.transfers:
        yield (row.site, row.to_site, row.accelerator, row.period), 3, row.count


def _leases(plan: Plan) -> Rows:
    for row in sorted(plan.leases, key=lambda row: Span.parse(row.period)):
        yield (row.offer, row.accelerator, row.period), 2, row.count


def _allocation(plan: Plan) -> Rows:
    for row in plan.allocation:
        where = row.site, row.accelerator, row.workload
        yield (*where, row.period, row.block), 3, row.count


def _budgets(plan: Plan) -> Rows:
    for row in plan.budgets:
        yield (row.name, row.scope, row.period), 2, row.used


def _costs(plan: Plan) -> Rows:
    for row in plan.costs:
        for name in COSTS:
            yield (name, row.period), 1, getattr(row, name)


def _work(plan: Plan) -> Rows:
    for row in plan.services:
        if row.served_fraction is not None:
            yield (row.workload, row.period, row.block), 1, row.served_fraction


def _last(values: list[float]) -> float:
    return values[-1]


_ROWS: Mapping[str, tuple[Callable[[Plan], Rows], Callable[[list[float]], float]]] = {
    "purchases": (_purchases, sum),
    "expansions": (_expansions, sum),
    "fleet": (_fleet, _last),
    "leases": (_leases, _last),
    "early_retirements": (_early_retirements, sum),
    "transfers": (_transfers, sum),
    "allocation": (_allocation, fmean),
    "budgets": (_budgets, max),
    "costs": (_costs, sum),
    "work": (_work, fmean),
}
"""Rows of each section, and how several become one in a coarser period."""
