"""A fleet counted in H100s: by peak, and by the work that it does."""

from collections.abc import Mapping

from planner.performance.h100 import h100_rates
from planner.performance.pairing import Rate, Rates
from planner.specs.scenario import Scenario
from planner.units import magnitude


def equivalents(
    scenario: Scenario, counts: Mapping[str, float], h100_flop_s: float | None
) -> float | None:
    """Return the count weighted by peak bf16; None where a peak is not known."""
    total = 0.0
    for a, count in counts.items():
        peak = scenario.accelerators[a].peak
        quantity = peak.get("bf16", peak.get("fp16"))
        if quantity is None or h100_flop_s is None:
            return None
        total += count * magnitude(quantity, "FLOP/s") / h100_flop_s
    return total


def h100_weights(scenario: Scenario, rates: Rates) -> dict[tuple[str, str], float]:
    """Return the work of one accelerator over an H100's, keyed by W x A.

    Pairs are absent where the workload has no rate on an H100.
    """
    own = h100_rates(scenario, rates)
    return {
        (w, a): rate.per_accelerator / own[w]
        for (w, a), rate in rates.items()
        if isinstance(rate, Rate) and w in own
    }
