"""What an H100 would do of each workload: the measure of delivered work."""

from planner.performance.pairing import Rate, Rates, context_of, rate
from planner.specs.scenario import Scenario
from planner.specs.workload import Placement

H100 = "h100"


def h100_rates(scenario: Scenario, rates: Rates) -> dict[str, float]:
    """Return the work per second of one H100, in its unit, keyed by workload.

    A workload that may not use one is rated as if it might; absent are those that it
    cannot do, and all where the scenario has no ``h100``.

    Args:
        scenario: A checked scenario.
        rates: Work per accelerator-second, keyed by W x A.
    """
    chip = scenario.accelerators.get(H100)
    found: dict[str, float] = {}
    for name, workload in scenario.workloads.items() if chip else ():
        known = rates[name, H100]
        if not isinstance(known, Rate):
            free = workload.model_copy(update={"accelerators": Placement()})
            known = rate(free, chip, context_of(scenario, workload))  # type: ignore[arg-type]  # there is one
        if isinstance(known, Rate) and known.per_accelerator > 0:
            found[name] = known.per_accelerator
    return found
