"""What may leave its site before the end of its life: scrapped, or moved."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from planner.economics.money import (
    MUSD,
    discount_factor,
    residual_share,
    residual_value,
)
from planner.formulation.clock import Clock
from planner.formulation.fleet import Fleet
from planner.records import dataclass
from planner.specs.scenario import Scenario
from planner.units import magnitude

FLEET = "fleet"
"""Place of all units of a type that can be moved: nobody follows each of them."""

STANDING = "standing_"
"""What the label of a cohort of the starting fleet begins with."""

Place = tuple[str, str]
"""An accelerator, and a site or ``FLEET``."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Units of one accelerator that were installed together at a place.

    Attributes:
        label: When: a period, or ``standing_`` and the span of the starting fleet.
        delivered: Period of delivery, T; None: of the starting fleet.
        count: Units of the starting fleet; 0 for a delivery, which is decided.
        residual_musd: What one is worth at the horizon's end [present MUSD], > 0.
    """

    label: str
    delivered: int | None
    count: float
    residual_musd: float


@dataclass(frozen=True, slots=True)
class Leaving:
    """Early retirement and transfers.

    Attributes:
        early: Whether units may be scrapped before the end of their life.
        cohorts: What has a value at the end, keyed by A x place; empty unless
            ``early``.
        sunk_musd: Value at the end of the starting fleet [present MUSD]: counted
            as lost, but for what is kept.
        moving_musd: Cost of moving one unit [nominal MUSD], keyed by A of what can
            be moved.
        takers: Sites that take it, keyed alike.
    """

    early: bool
    cohorts: Mapping[Place, tuple[Cohort, ...]]
    sunk_musd: float
    moving_musd: Mapping[str, float]
    takers: Mapping[str, tuple[str, ...]]

    def place(self, a: str, s: str) -> Place:
        """Return where lifetimes and residual values of a unit are counted."""
        return a, FLEET if a in self.moving_musd else s


def leaving_of(
    scenario: Scenario,
    clock: Clock,
    fleet: Fleet,
    price: Mapping[tuple[str, int], float],
) -> Leaving:
    """Return what may leave early in a scenario.

    Args:
        scenario: A checked scenario.
        clock: Its periods.
        fleet: Its counts.
        price: Of one unit [MUSD], keyed by A x T.
    """
    offer, early = scenario.spec.transfers, scenario.spec.early_retirement
    moving, takers = {}, {}
    for name, accelerator in scenario.accelerators.items():
        sites = [s.name for s in scenario.spec.sites if s.takes(accelerator)]
        if offer is not None and offer.moves(name) and len(sites) > 1:
            moving[name] = magnitude(offer.cost, "USD") * MUSD
            takers[name] = tuple(sites)
    bare = Leaving(early, {}, 0.0, moving, takers)
    if not early:
        return bare
    cohorts: dict[Place, dict[str, Cohort]] = defaultdict(dict)
    for where, cohort in (
        *_standing(scenario, clock, price),
        *_delivered(scenario, clock, fleet, price),
    ):
        if cohort.residual_musd > 0:
            known = cohorts[bare.place(*where)]
            before = known.get(cohort.label)
            count = cohort.count + (before.count if before else 0.0)
            known[cohort.label] = Cohort(
                cohort.label, cohort.delivered, count, cohort.residual_musd
            )
    found = {place: tuple(known.values()) for place, known in sorted(cohorts.items())}
    every = [cohort for known in found.values() for cohort in known]
    sunk = sum(cohort.count * cohort.residual_musd for cohort in every)
    return Leaving(early, found, sunk, moving, takers)


def _standing(
    scenario: Scenario, clock: Clock, price: Mapping[tuple[str, int], float]
) -> Iterator[tuple[Place, Cohort]]:
    """Yield the cohorts of the starting fleet; without price or life worth nothing."""
    last = clock.count - 1
    end = discount_factor(clock.yearly_rate, clock.end_years)
    for entry in scenario.spec.fleet:
        months = scenario.accelerators[entry.accelerator].lifetime_months
        musd = price.get((entry.accelerator, last))
        if months is None or musd is None:
            continue
        age = clock.spans[last].end_month - entry.installed.first_month
        residual = musd * residual_share(age / 12, months / 12) * end
        label = f"{STANDING}{entry.installed.label}"
        cohort = Cohort(label, None, entry.count, residual)
        yield (entry.accelerator, entry.site), cohort


def _delivered(
    scenario: Scenario,
    clock: Clock,
    fleet: Fleet,
    price: Mapping[tuple[str, int], float],
) -> Iterator[tuple[Place, Cohort]]:
    """Yield the cohorts that deliveries would be."""
    for a, s, t in sorted(fleet.can_add):
        months = scenario.accelerators[a].lifetime_months
        if months is None:
            continue
        residual = residual_value(
            price[a, t],
            price[a, clock.count - 1],
            paid_years=clock.start_years[t],
            end_years=clock.end_years,
            lifetime_years=months / 12,
            yearly_rate=clock.yearly_rate,
        )
        yield (a, s), Cohort(clock.labels[t], t, 0.0, residual)
