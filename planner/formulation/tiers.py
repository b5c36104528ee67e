"""Who comes first: the tiers of serve_by_priority, as numbers."""

from collections.abc import Mapping

from planner.formulation.clock import Clock
from planner.formulation.work import Work
from planner.records import dataclass
from planner.specs.demand import PRIORITY
from planner.specs.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Tiers:
    """The tiers of one program; empty under other objectives.

    Attributes:
        members: Workloads of each tier, keyed by priority, first tier first. A
            service without any demand achieves nothing and is in none.
        weight: Weight of each workload within its tier, keyed by W.
        hours: Share of a service's hours with demand, keyed by V x T x B.
    """

    members: Mapping[int, tuple[str, ...]]
    weight: Mapping[str, float]
    hours: Mapping[tuple[str, int, str], float]


def tiers_of(scenario: Scenario, clock: Clock, work: Work) -> Tiers:
    """Return the tiers of a scenario's program."""
    if scenario.spec.objective != PRIORITY:
        return Tiers({}, {}, {})
    members: dict[int, list[str]] = {}
    for workload in sorted(scenario.spec.workloads, key=lambda w: w.name):
        name = workload.name
        if name in work.window or work.live[name]:
            members.setdefault(workload.priority or 0, []).append(name)
    return Tiers(
        members={rank: tuple(members[rank]) for rank in sorted(members)},
        weight={w.name: w.weight for w in scenario.spec.workloads},
        hours={
            (name, t, block): hours
            for name, cells in work.live.items()
            for (t, block), hours in _shares(clock, cells).items()
        },
    )


def _shares(
    clock: Clock, cells: tuple[tuple[int, str], ...]
) -> dict[tuple[int, str], float]:
    """Return every cell's share of the hours of all."""
    hours = {(t, b): clock.blocks[b] * clock.hours[t] for t, b in cells}
    whole = sum(hours.values())
    return {cell: length / whole for cell, length in hours.items()}
