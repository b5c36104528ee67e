"""What of an integer plan is whole, and how much there can be of it at most."""

from collections.abc import Mapping

from planner.formulation.work import Work
from planner.performance.pairing import Rate, Rates
from planner.records import dataclass
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun

Place = tuple[str, str]
"""Site and accelerator; an empty word stands for any."""
ANY = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """The decisions that an integer plan does not divide.

    Attributes:
        gap: Relative distance from the proven bound that suffices.
        system: Accelerators of a system, keyed by A.
        replica: Accelerators of a replica, keyed by W x A; pairs without one
            are divisible.
        runs: Runs that are completed or not begun, R.
        places: What an exclusive workload chooses one of, keyed by W: sites,
            accelerators, or pairs of both; others are absent.
        minimum: Least accelerators of a run while any work on it, keyed by R.
    """

    gap: float
    system: Mapping[str, int]
    replica: Mapping[tuple[str, str], int]
    runs: frozenset[str]
    places: Mapping[str, tuple[Place, ...]]
    minimum: Mapping[str, float]


def whole_of(scenario: Scenario, work: Work, rates: Rates) -> Whole | None:
    """Return what a scenario's plan does not divide; None for a continuous plan."""
    spec = scenario.spec
    if not spec.integer:
        return None
    runs = [w for w in spec.workloads if isinstance(w, TrainingRun)]
    return Whole(
        gap=spec.gap,
        system={n: a.system.accelerators for n, a in scenario.accelerators.items()},
        replica={
            pair: rate.replica
            for pair in work.pairs
            if isinstance(rate := rates[pair], Rate) and rate.replica is not None
        },
        runs=frozenset(run.name for run in runs if not run.divisible),
        places={
            w.name: places
            for w in spec.workloads
            if len(places := _places(work, w.name, w.single_site, w.single_accelerator))
            > 1
        },
        minimum={
            run.name: run.accelerators.minimum
            for run in runs
            if run.accelerators.minimum
        },
    )


def _places(work: Work, name: str, site: bool, accelerator: bool) -> tuple[Place, ...]:  # noqa: FBT001  # the scenario's own two words
    """Return the places that a workload chooses one of; none where it may spread."""
    if not (site or accelerator):
        return ()
    found = dict.fromkeys(
        (s if site else ANY, a if accelerator else ANY)
        for (w, a), sites in work.pairs.items()
        if w == name
        for s in sites
    )
    return tuple(found)


def inside(place: Place, site: str, accelerator: str) -> bool:
    """Return whether a site and an accelerator belong to a place."""
    return place[0] in (ANY, site) and place[1] in (ANY, accelerator)
