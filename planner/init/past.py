"""What a plan has done before a date: fleet, orders, money and training."""

from collections import defaultdict
from dataclasses import replace

from planner.performance.pairing import Rate, Rates, rates
from planner.periods import SECONDS_OF_AN_HOUR, Span, months_between
from planner.plan.plan import Plan
from planner.plan.rows import ExpansionRow, PurchaseRow
from planner.records import dataclass
from planner.specs.demand import run_window
from planner.specs.lease import Lease
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun
from planner.units import magnitude

NOISE = 1e-6
"""Accelerators that are a solver's rounding; also the open share of a finished run."""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Accelerators of one type at one site that were installed together."""

    site: str
    accelerator: str
    installed: Span
    count: float


class Past:
    """A plan up to the start of one of its periods.

    Attributes:
        scenario: What was planned.
        plan: The plan.
        first: Number of the period that comes next.
    """

    def __init__(self, scenario: Scenario, plan: Plan, first: int) -> None:
        """Keep the three parts."""
        self.scenario = scenario
        self.plan = plan
        self.first = first
        self._number = {span.label: t for t, span in enumerate(scenario.periods)}

    @property
    def at(self) -> Span:
        """Return the period that comes next."""
        return self.scenario.periods[self.first]

    @property
    def ahead(self) -> tuple[Span, ...]:
        """Return the periods that remain."""
        return self.scenario.periods[self.first :]

    def is_over(self, period: str) -> bool:
        """Return whether a period lies before the date."""
        return self._number[period] < self.first

    def cohorts(self) -> list[Cohort]:
        """Return what stands on the first day, by site, type and date."""
        standing: dict[Place, list[Cohort]] = defaultdict(list)
        for entry in self.scenario.spec.fleet:
            standing[entry.site, entry.accelerator].append(
                Cohort(entry.site, entry.accelerator, entry.installed, entry.count)
            )
        rows = self.plan.fleet
        on_the_way: list[Cohort] = []
        for t in range(self.first + 1):
            # What left a period before arrives, also on the first day of the next plan.
            self._arrive(standing, on_the_way)
            on_the_way = self._leave(standing, t) if t < self.first else []
            label = self.scenario.periods[t].label
            for row in rows if t < self.first else ():
                if row.period == label:
                    place = row.site, row.accelerator
                    kept, _ = _split_oldest(standing[place], row.retired)
                    span = self.scenario.periods[t]
                    standing[place] = [*kept, Cohort(*place, span, row.added)]
        return [
            each
            for place in sorted(standing)
            for each in _together(standing[place])
            if each.count > NOISE
        ]

    @staticmethod
    def _arrive(standing: dict[Place, list[Cohort]], units: list[Cohort]) -> None:
        for each in units:
            standing[each.site, each.accelerator].append(each)

    def _leave(self, standing: dict[Place, list[Cohort]], t: int) -> list[Cohort]:
        """Take away what moves in a period, the oldest first, and return it."""
        moved: list[Cohort] = []
        for row in self.plan.transfers:
            if self._number[row.period] == t:
                place = row.site, row.accelerator
                standing[place], gone = _split_oldest(standing[place], row.count)
                moved += [replace(each, site=row.to_site) for each in gone]
        return moved

    def delivered(self, accelerator: str, span: Span) -> float:
        """Return the deliveries before the date within a span [accelerators]."""
        return sum(
            row.count
            for row in self.plan.purchases
            if row.accelerator == accelerator
            and self.is_over(row.period)
            and self.is_inside(row.period, span)
        )

    def coming(self, accelerator: str, span: Span) -> float:
        """Return what is ordered by the date and due within a span [accelerators]."""
        return sum(
            row.count
            for row in self.plan.purchases
            if row.accelerator == accelerator
            and self.is_ordered(row)
            and self.is_inside(row.period, span)
        )

    def is_ordered(self, row: PurchaseRow) -> bool:
        """Return whether a purchase is ordered by the date, and not yet delivered."""
        early = Span.parse(row.order_by).first_month < self.at.first_month
        return early and not self.is_over(row.period)

    def spent_usd(self, span: Span) -> float:
        """Return the nominal capex before the date within a span [USD]."""
        paid = [(row.period, row.capex_usd) for row in self.plan.purchases]
        paid += [(row.period, row.capex_usd) for row in self.plan.expansions]
        return sum(
            usd
            for period, usd in paid
            if self.is_over(period) and self.is_inside(period, span)
        )

    def ordered_mw(self, site: str) -> float:
        """Return the power ordered for a site before the date."""
        return sum(row.mw for row in self._expansions(site))

    def built_mw(self, site: str, period: Span) -> float:
        """Return what of it is in service in a period."""
        offer = self.scenario.sites[site].expansion
        if offer is None:
            return 0.0
        ages = (
            (months_between(Span.parse(row.in_service), period), row.mw)
            for row in self._expansions(site)
        )
        return sum(mw for age, mw in ages if 0 <= age < offer.lifetime_months)

    def _expansions(self, site: str) -> list[ExpansionRow]:
        return [
            row
            for row in self.plan.expansions
            if row.site == site and self.is_over(row.period)
        ]

    def signed(self, offer: Lease) -> dict[Span, float]:
        """Return what was signed before the date and still runs, by period."""
        found: dict[Span, float] = defaultdict(float, offer.signed)
        for row in self.plan.leases:
            if row.offer == offer.name and self.is_over(row.period):
                found[self.scenario.periods[self._number[row.period]]] += row.signed
        months = offer.term_months or self.at.months
        return {
            span: found[span]
            for span in sorted(found, key=lambda span: span.first_month)
            if found[span] > NOISE and self.at.first_month - span.first_month < months
        }

    def done(self, run: TrainingRun, table: Rates) -> float:
        """Return the share of a run's tokens that is trained on before the date."""
        tokens = 0.0
        for row in self.plan.allocation:
            rate = table[row.workload, row.accelerator]
            if row.workload != run.name or not self.is_over(row.period):
                continue
            hours = self.scenario.periods[self._number[row.period]].hours
            share = self.scenario.blocks[row.block]
            each = rate.per_accelerator if isinstance(rate, Rate) else 0.0
            tokens += row.count * each * hours * share * SECONDS_OF_AN_HOUR
        return min(1.0, tokens / magnitude(run.tokens, "token"))

    def runs(self) -> list[tuple[TrainingRun, float, bool]]:
        """Return every run with the share that is done, and whether it is over."""
        table = rates(self.scenario)
        found = []
        for run in self.scenario.spec.workloads:
            if isinstance(run, TrainingRun):
                done = self.done(run, table)
                last = run_window(self.scenario, run)[-1]
                over = last < self.first or done >= 1 - NOISE
                found.append((run, done, over))
        return found

    def is_inside(self, period: str, span: Span) -> bool:
        """Return whether a period starts inside a span."""
        first_month = self.scenario.periods[self._number[period]].first_month
        return span.first_month <= first_month < span.end_month


def _split_oldest(
    cohorts: list[Cohort], leaving: float
) -> tuple[list[Cohort], list[Cohort]]:
    """Return what is left when so many leave, the oldest first, and what leaves."""
    left, gone = [], []
    for each in sorted(cohorts, key=lambda c: c.installed.first_month):
        count = min(each.count, leaving)
        leaving -= count
        left.append(replace(each, count=each.count - count))
        gone.append(replace(each, count=count))
    return left, gone


def _together(cohorts: list[Cohort]) -> list[Cohort]:
    """Return the cohorts of one site and type, those of one date added up."""
    counts: dict[Span, float] = defaultdict(float)
    for each in cohorts:
        counts[each.installed] += each.count
    site, accelerator = cohorts[0].site, cohorts[0].accelerator
    return [Cohort(site, accelerator, span, n) for span, n in sorted(counts.items())]
