"""What was paid together, and when it is written off."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from planner.formulation.leaving import FLEET
from planner.plan.plan import Plan
from planner.records import dataclass
from planner.specs.scenario import Scenario
from planner.units import magnitude

"""Where units of an accelerator that can be moved are counted, all sites together."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Accelerators of one type, or megawatts of a site, that were paid together.

    Attributes:
        count: How many.
        price_usd: Of one; None where it is not known.
        month: First month in service.
        life: Months over which they are written off; None where not known.
        gone: Month in which they are scrapped before that; None: never.
    """

    count: float
    price_usd: float | None
    month: int
    life: float | None
    gone: int | None = None

    @property
    def known(self) -> bool:
        """Return whether there is anything to write off."""
        return self.price_usd is not None and self.life is not None

    def charged(self, first: int, end: int) -> float:
        """Return what the months from ``first`` to before ``end`` write off [USD].

        Equal parts for every month in service; what is left when they are scrapped,
        in that month.
        """
        if self.price_usd is None or self.life is None:
            return 0.0
        over = self.month + self.life
        last = over if self.gone is None else min(over, self.gone)
        months = max(0.0, min(end, last) - max(first, self.month))
        if self.gone is not None and first <= self.gone < end:
            months += max(0.0, over - self.gone)
        return self.count * self.price_usd * months / self.life


def cohorts_of(scenario: Scenario, plan: Plan) -> list[Cohort]:
    """Return starting fleet, purchases and expansions, split by when they are gone."""
    found = list(_built(scenario, plan))
    if not scenario.spec.early_retirement:
        return [*found, *(each for _, each in _stock(scenario, plan))]
    stock: dict[tuple[str, str], list[Cohort]] = defaultdict(list)
    for place, cohort in _stock(scenario, plan):
        stock[place].append(cohort)
    retired = _retired(scenario, plan)
    for place, cohorts in stock.items():
        found += _split(sorted(cohorts, key=lambda c: c.month), retired.get(place, []))
    return found


def _stock(scenario: Scenario, plan: Plan) -> Iterator[tuple[tuple[str, str], Cohort]]:
    """Yield accelerators with the place in which the oldest go first."""
    for entry in scenario.spec.fleet:
        accelerator = scenario.accelerators[entry.accelerator]
        price = accelerator.price.level(entry.installed)
        usd = None if price is None else magnitude(price, "USD")
        month, life = entry.installed.first_month, accelerator.lifetime_months
        place = _place(scenario, entry.accelerator, entry.site)
        yield place, Cohort(entry.count, usd, month, life)
    months = {span.label: span.first_month for span in scenario.periods}
    for row in plan.purchases:
        life = scenario.accelerators[row.accelerator].lifetime_months
        usd, month = row.capex_usd / row.count, months[row.period]
        place = _place(scenario, row.accelerator, row.site)
        yield place, Cohort(row.count, usd, month, life)


def _place(scenario: Scenario, accelerator: str, site: str) -> tuple[str, str]:
    """Return where units are told apart: a site, or all where they can be moved."""
    offer, spec = scenario.spec.transfers, scenario.accelerators[accelerator]
    takers = sum(each.takes(spec) for each in scenario.spec.sites)
    moves = offer is not None and offer.moves(accelerator) and takers > 1
    return accelerator, FLEET if moves else site


def _retired(
    scenario: Scenario, plan: Plan
) -> dict[tuple[str, str], list[tuple[int, float]]]:
    """Return month and count of all that leaves service, by place, in order of time."""
    months = {span.label: span.first_month for span in scenario.periods}
    found: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for row in plan.fleet:
        if row.retired:
            place = _place(scenario, row.accelerator, row.site)
            found[place].append((months[row.period], row.retired))
    return {place: sorted(times) for place, times in found.items()}


def _split(cohorts: list[Cohort], retired: list[tuple[int, float]]) -> Iterator[Cohort]:
    """Yield the parts of cohorts, the oldest first, that leave at the same time."""
    waiting = list(retired)
    for cohort in cohorts:
        left = cohort.count
        while left > 0 and waiting:
            month, count = waiting.pop(0)
            gone = min(left, count)
            yield replace(cohort, count=gone, gone=month)
            left -= gone
            if count > gone:
                waiting.insert(0, (month, count - gone))
        if left > 0:
            yield replace(cohort, count=left)


def _built(scenario: Scenario, plan: Plan) -> Iterator[Cohort]:
    """Yield the power that is added to sites [MW]."""
    months = {span.label: span.first_month for span in scenario.periods}
    for row in plan.expansions:
        expansion = scenario.sites[row.site].expansion
        life = None if expansion is None else expansion.lifetime_months
        yield Cohort(row.mw, row.capex_usd / row.mw, months[row.in_service], life)
