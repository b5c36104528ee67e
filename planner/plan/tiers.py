"""What each workload, and each tier, achieves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from planner.formulation.tiers import Tiers
from planner.plan.rows import RunRow, ServiceRow, TierRow
from planner.specs.scenario import Scenario


def achieved(
    scenario: Scenario, services: Iterable[ServiceRow], runs: Iterable[RunRow]
) -> dict[str, float]:
    """Return what each workload achieves, by name.

    Of a service what is served on average over its hours with demand (absent
    without any), of a run what is completed.
    """
    lengths = {period.label: float(period.hours) for period in scenario.periods}
    hours: dict[str, float] = defaultdict(float)
    served: dict[str, float] = defaultdict(float)
    for row in services:
        if row.served_fraction is not None:
            length = lengths[row.period] * scenario.blocks[row.block]
            hours[row.workload] += length
            served[row.workload] += length * row.served_fraction
    found = {name: served[name] / length for name, length in hours.items()}
    return found | {run.workload: run.completed_fraction for run in runs}


def tier_rows(tiers: Tiers, shares: Mapping[str, float]) -> tuple[TierRow, ...]:
    """Return every tier, the first one first."""
    return tuple(
        TierRow(
            priority=rank,
            minimum=min(shares[name] for name in names),
            total=sum(tiers.weight[name] * shares[name] for name in names),
        )
        for rank, names in tiers.members.items()
    )
