"""Which accelerators stand, can be bought and retire, where and when."""

import math
from collections import defaultdict
from collections.abc import Mapping

from planner.formulation.clock import Clock
from planner.records import dataclass
from planner.specs.accelerator import Accelerator
from planner.specs.checks import buyable
from planner.specs.scenario import Scenario
from planner.units import magnitude

_EPSILON_MONTHS = 1e-9
MOST_SCALE_EXPONENT = 3


@dataclass(frozen=True, slots=True)
class SupplySpan:
    """One span of ``supply``.

    Attributes:
        accelerator: Its name.
        label: The span, e.g. ``2026Q2``.
        periods: Its periods, T.
        early: Those before the lead time has passed: only what is committed.
        limit: Most deliveries, or None.
        committed: Least deliveries.
    """

    accelerator: str
    label: str
    periods: tuple[int, ...]
    early: tuple[int, ...]
    limit: float | None
    committed: float


@dataclass(frozen=True, slots=True)
class Fleet:
    """Counts of accelerators.

    Attributes:
        start: Units that stand at the start, keyed by A x S.
        expired: Of them, those past their lifetime in each period, counted
            from the start, keyed by A x S x T.
        can_add: Where and when deliveries can be, A x S x T.
        retires: Period in which a delivery reaches its lifetime, keyed by
            A x T of delivery; absent: after the horizon.
        supply: Spans of the row ``supply``.
        sizes: Accelerators that stand, that the power of all sites can hold, about, and
            that offers give, as far as they are known; and 1.
        scale: Accelerators that one unit of a count variable stands for.
    """

    start: Mapping[tuple[str, str], float]
    expired: Mapping[tuple[str, str, int], float]
    can_add: frozenset[tuple[str, str, int]]
    retires: Mapping[tuple[str, int], int]
    supply: tuple[SupplySpan, ...]
    sizes: tuple[float, ...]
    scale: float

    @property
    def size(self) -> float:
        """Return how large the fleet may become, about [accelerators]."""
        return max(self.sizes)


def fleet_of(scenario: Scenario, clock: Clock, scale: float | None = None) -> Fleet:
    """Return the counts of a scenario.

    Args:
        scenario: A checked scenario.
        clock: Its time.
        scale: Accelerators that one unit of a count stands for; None: by the size.
    """
    start: dict[tuple[str, str], float] = defaultdict(float)
    expired: dict[tuple[str, str, int], float] = defaultdict(float)
    for entry in scenario.spec.fleet:
        key = entry.accelerator, entry.site
        start[key] += entry.count
        life = scenario.accelerators[entry.accelerator].lifetime_months
        for t in range(clock.count) if life is not None else ():
            age = clock.months_since(t, entry.installed.first_month)
            if age >= life - _EPSILON_MONTHS:  # type: ignore[operator]  # life is not None here
                expired[*key, t] += entry.count
    sizes = _sizes(scenario, start)
    supply = tuple(
        span
        for accelerator in scenario.accelerators.values()
        for span in _supply_spans(scenario, clock, accelerator)
    )
    return Fleet(
        start=dict(start),
        expired=dict(expired),
        can_add=frozenset(_can_add(scenario, clock, supply)),
        retires=_retires(scenario, clock),
        supply=supply,
        sizes=sizes,
        scale=_scale(max(sizes)) if scale is None else scale,
    )


def _supply_spans(
    scenario: Scenario, clock: Clock, accelerator: Accelerator
) -> list[SupplySpan]:
    supply = scenario.spec.supply.get(accelerator.name)
    if supply is None:
        return []
    return [
        SupplySpan(
            accelerator.name,
            step.span.label,
            periods := clock.within(step.span),
            tuple(t for t in periods if _before_lead_time(clock, accelerator, t)),
            step.limit,
            step.committed,
        )
        for step in supply.spans(scenario.periods)
        if step.span is not None
    ]


def _before_lead_time(clock: Clock, accelerator: Accelerator, t: int) -> bool:
    elapsed = clock.months_since(t, clock.spans[0].first_month)
    return elapsed < accelerator.lead_months - _EPSILON_MONTHS


def _can_add(
    scenario: Scenario, clock: Clock, supply: tuple[SupplySpan, ...]
) -> list[tuple[str, str, int]]:
    """Return where and when a delivery can be non-zero."""
    span_of = {(s.accelerator, t): s for s in supply for t in s.periods}
    found = []
    for name, accelerator in scenario.accelerators.items():
        if not buyable(scenario, accelerator):
            continue
        limited = name in scenario.spec.supply
        sites = [s.name for s in scenario.spec.sites if s.takes(accelerator)]
        for t in range(clock.count):
            first = accelerator.available
            if first and clock.months_since(t, first.first_month) < 0:
                continue
            span = span_of.get((name, t))
            early = _before_lead_time(clock, accelerator, t)
            most = (span.limit if span else 0.0) if limited else None
            committed = span.committed if span else 0.0
            if most == 0 or (early and committed == 0):
                continue
            found += [(name, site, t) for site in sites]
    return found


def _retires(scenario: Scenario, clock: Clock) -> dict[tuple[str, int], int]:
    found = {}
    for name, accelerator in scenario.accelerators.items():
        life = accelerator.lifetime_months
        for t in range(clock.count) if life is not None else ():
            for later in range(t + 1, clock.count):
                age = clock.months_since(later, clock.spans[t].first_month)
                if age >= life - _EPSILON_MONTHS:  # type: ignore[operator]  # life is not None here
                    found[name, t] = later
                    break
    return found


def _sizes(
    scenario: Scenario, start: Mapping[tuple[str, str], float]
) -> tuple[float, ...]:
    """Return the accelerators that stand, power could hold, or offers give; and 1."""
    power_mw = 0.0
    for site in scenario.spec.sites:
        levels = [site.power.level(period) for period in scenario.periods]
        known = [magnitude(level, "MW") for level in levels if level is not None]
        power_mw += max(known, default=0.0)
        if site.expansion is not None:
            power_mw += magnitude(site.expansion.limit, "MW")
    each_mw = min(
        magnitude(a.power.nameplate, "MW") for a in scenario.accelerators.values()
    )
    leased = sum(offer.limit or offer.committed for offer in scenario.spec.leases)
    return sum(start.values()), power_mw / each_mw, leased, 1.0


def _scale(size: float) -> float:
    """Return a power of ten near a hundredth of the fleet's size."""
    exponent = math.floor(math.log10(size)) - 2
    return 10.0 ** min(MOST_SCALE_EXPONENT, max(0, exponent))
