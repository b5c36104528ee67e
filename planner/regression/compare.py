"""A golden against what solving gives now."""

from collections.abc import Iterator, Mapping
from typing import Literal

from planner.records import dataclass
from planner.regression.golden import Golden
from planner.regression.numbers import ABSOLUTE, RELATIVE, close
from planner.specs.scenario import METRICS, MetricCheck

Severity = Literal["error", "warn"]
Figure = float | str | None

GROUPS: Mapping[str, tuple[str, ...]] = {
    "status": ("status",),
    "money": ("profit_usd", "cost_usd", "capex_usd", "opex_usd"),
    "power": ("peak_power_mw", "energy_mwh", "co2e_t"),
    "fleet": ("accelerators", "h100_equivalents"),
    "work": ("unserved_fraction", "unfinished_runs"),
    "allocation": ("allocation",),
    "binding": ("binding",),
}
"""What is compared together, as one test each."""

_ESTIMATES = {
    "usd": "money",
    "components": "money",
    "energy": "power",
    "co2e": "power",
    "count": "fleet",
    "/accelerators": "fleet",
}
"""Groups of the figures of runs and cases, by a word in their names."""
SMALLEST = 1e-6
"""Accelerators that are a solver's rounding."""
OF_LARGEST = 1e-8
"""The same, as a share of the largest count in a plan."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One figure outside its tolerance.

    Attributes:
        group: One of ``GROUPS``.
        metric: ``status``, a metric, or ``allocation`` and ``binding`` with the key
            of their row behind a dot.
        golden: What it was; None: there was none.
        now: What it is; None: there is none.
        severity: Whether it fails the check.
    """

    group: str
    metric: str
    golden: Figure
    now: Figure
    severity: Severity = "error"

    @property
    def change(self) -> float | None:
        """Return the difference, where both are numbers."""
        if isinstance(self.golden, int | float) and isinstance(self.now, int | float):
            return self.now - self.golden
        return None


def drifts(
    golden: Golden, now: Golden, checks: Mapping[str, MetricCheck], *, strict: bool
) -> list[Drift]:
    """Return everything outside its tolerance.

    Args:
        golden: As it was.
        now: As it is.
        checks: Tolerances that the scenario states, keyed by metric.
        strict: Whether the same solver made both, so that rows compare too.
    """
    if golden.status != now.status:
        return [Drift("status", "status", golden.status, now.status)]
    found = [*_metrics(golden, now, checks)]
    if strict:
        found += _allocation(golden.allocation, now.allocation)
        found += _binding(golden, now)
    return found


def _metrics(
    golden: Golden, now: Golden, checks: Mapping[str, MetricCheck]
) -> Iterator[Drift]:
    within = golden.gap + now.gap
    names = {**golden.metrics, **now.metrics}
    for name in (*(n for n in METRICS if n in names), *sorted(names.keys() - METRICS)):
        before, after = golden.metrics.get(name), now.metrics.get(name)
        stated = checks.get(name)
        relative, absolute = _tolerance(stated, within)
        if not close(before, after, relative, absolute):
            severity: Severity = stated.severity if stated else "error"
            yield Drift(group_of(name), name, before, after, severity)


def _tolerance(stated: MetricCheck | None, gap: float) -> tuple[float, float]:
    """Return the relative and the absolute tolerance of a metric."""
    relative, absolute = RELATIVE, ABSOLUTE
    if stated is not None and (stated.rel is not None or stated.abs is not None):
        relative, absolute = stated.rel or 0.0, stated.abs or 0.0
    return max(relative, gap), absolute


def group_of(metric: str) -> str:
    """Return the group of a metric, or of a drift's name."""
    name = metric.split(".", maxsplit=1)[0]
    known = (group for group, names in GROUPS.items() if name in names)
    said = (group for word, group in _ESTIMATES.items() if word in metric)
    return next(known, next(said, "work"))


def _allocation(
    golden: Mapping[str, float] | None, now: Mapping[str, float] | None
) -> Iterator[Drift]:
    """Yield the counts that differ, where both sides have the one plan."""
    if golden is None or now is None:
        return
    largest = max((*golden.values(), *now.values()), default=0.0)
    noise = max(SMALLEST, OF_LARGEST * largest)
    for key in sorted(golden.keys() | now.keys()):
        before, after = golden.get(key), now.get(key)
        if not close(before or 0.0, after or 0.0, RELATIVE, noise):
            yield Drift("allocation", f"allocation.{key}", before, after)


def _binding(golden: Golden, now: Golden) -> Iterator[Drift]:
    before, after = set(golden.binding), set(now.binding)
    for key in sorted(before ^ after):
        was, is_now = ("binds" if key in side else "free" for side in (before, after))
        yield Drift("binding", f"binding.{key}", was, is_now)
