"""What serve_by_priority is after, one objective after the other.

For each tier first the largest smallest achievement, then the largest sum of weight ·
achievement; cost comes last and is the program's own objective. A service achieves
what is served of it on average over its hours with demand, a run what is completed.
"""

from collections import defaultdict

from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Pair
from planner.formulation.variables import Variables
from planner.records import dataclass

LARGEST = 100.0
"""Largest cost in any objective that a solver is handed."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One objective before the last.

    Attributes:
        name: ``smallest`` or ``total``.
        priority: Of the tier.
        costs: What is minimised: less of what is wanted, times ``factor``.
        factor: What a share was multiplied by.
    """

    name: str
    priority: int
    costs: list[Pair]
    factor: float


def achievements(c: Coefficients, v: Variables) -> dict[str, list[Pair]]:
    """Return what each workload achieves, as a sum over columns; keyed by W."""
    found: dict[str, list[Pair]] = defaultdict(list)
    if not c.tiers.members:
        return found
    for (w, t, b, _), column in v.served.columns.items():
        found[w].append((column, c.tiers.hours[w, t, b]))
    for (run, _), column in v.completed.columns.items():
        found[run].append((column, 1.0))
    return found


def stages_of(c: Coefficients, v: Variables) -> tuple[Stage, ...]:
    """Return every objective before cost, in turn; none without tiers.

    A tier of one workload needs no second stage: its sum is its smallest.
    """
    found = []
    achieved = achievements(c, v)
    for rank, names in c.tiers.members.items():
        found.append(_stage("smallest", rank, [(v.smallest.columns[rank,], 1.0)]))
        total = [
            (column, share * c.tiers.weight[name])
            for name in names
            for column, share in achieved[name]
            if c.tiers.weight[name] > 0
        ]
        if len(names) > 1 and total:
            found.append(_stage("total", rank, total))
    return tuple(found)


def _stage(name: str, rank: int, wanted: list[Pair]) -> Stage:
    factor = LARGEST / max(share for _, share in wanted)
    return Stage(name, rank, [(x, -share * factor) for x, share in wanted], factor)
