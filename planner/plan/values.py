"""A solution's numbers under the keys of the program's columns, in user units."""

from collections.abc import Callable

import numpy as np

from planner.formulation.build import Program
from planner.formulation.clock import ALL_DAY
from planner.formulation.family import Family, Key
from planner.records import dataclass
from planner.solvers.solution import Solution

NOISE = 1e-6
"""Accelerators below which a count is a solver's rounding, not a decision."""
SHARE_NOISE = 1e-9
MW_NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class Values:
    """The counts and shares of one plan.

    Attributes:
        added: Deliveries [accelerators], A x S x T; only what is above 0, as
            in the other counts.
        retired: The same, taken out of service.
        installed: The same, in service.
        assigned: The same, at work, A x S x W x T x B.
        signed: Leases signed, L x T.
        leased: Accelerators leased, L x T; on demand: the most of all blocks.
        rented: Accelerators paid for by the hour, L x T x B.
        served: Share of demand served, V x T x B.
        completed: Share of a run done, keyed by R.
        kept: Units that stand at the end, A x place x cohort, as the other counts.
        moved: Units that leave a site for another, A x S x S x T.
        expanded: Power ordered [MW], S x T; only what is above 0.
        shortfall: Present MUSD by which serving all of a demand at the first
            step that is not full costs more than it is worth, V x T x B.
    """

    added: dict[tuple[str, str, int], float]
    retired: dict[tuple[str, str, int], float]
    installed: dict[tuple[str, str, int], float]
    assigned: dict[tuple[str, str, str, int, str], float]
    signed: dict[tuple[str, int], float]
    leased: dict[tuple[str, int], float]
    rented: dict[tuple[str, int, str], float]
    served: dict[tuple[str, int, str], float]
    completed: dict[str, float]
    kept: dict[tuple[str, str, str], float]
    moved: dict[tuple[str, str, str, int], float]
    expanded: dict[tuple[str, int], float]
    shortfall: dict[tuple[str, int, str], float]


def values_of(program: Program, solution: Solution) -> Values:
    """Return what the columns of a program are in a solution."""
    numbers = solution.values.tolist()
    c, v = program.c, program.v

    def counts(family: Family[Key], unit: Callable[[Key], float]) -> dict[Key, float]:
        found = solution.values[family.first : family.first + family.count]
        some = np.flatnonzero(found > 0)
        return {
            key: count
            for key, x in zip(family.chosen(some), found[some].tolist(), strict=True)
            if (count := x * unit(key)) > NOISE
        }

    served: dict[tuple[str, int, str], float] = {}
    for number, (w, t, b, _) in enumerate(v.served.columns, v.served.first):
        served[w, t, b] = served.get((w, t, b), 0.0) + numbers[number]
    completed: dict[str, float] = {}
    for number, (run, _) in enumerate(v.completed.columns, v.completed.first):
        completed[run] = completed.get(run, 0.0) + numbers[number]
    assigned = counts(v.assigned, lambda k: c.assigned_unit[k[2], k[0]])
    if v.assigned.blocks:
        assigned = _in_blocks(assigned, v.assigned.blocks)

    def of_offer(key: tuple[str, int] | tuple[str, int, str]) -> float:
        return c.added_unit[c.leases.offers[key[0]].accelerator]

    rented = counts(v.rented, of_offer)
    return Values(
        added=counts(v.added, lambda k: c.added_unit[k[0]]),
        retired=counts(v.retired, lambda _: c.scale),
        installed=counts(v.installed, lambda _: c.scale),
        assigned=assigned,
        signed=counts(v.signed, of_offer),
        leased=_leased(program, counts(v.leased, of_offer), rented),
        rented=rented,
        served={key: _share(x) for key, x in served.items()},
        completed={key: _share(x) for key, x in completed.items()},
        kept=counts(v.kept, lambda _: c.scale),
        moved=counts(v.moved, lambda _: c.scale),
        expanded={
            key: mw
            for number, key in enumerate(v.expanded.columns, v.expanded.first)
            if (mw := numbers[number]) > MW_NOISE
        },
        # Under priorities no price says what more would cost: tiers decide.
        shortfall={} if program.stages else _shortfall(program, solution),
    )


def _leased(
    program: Program,
    leased: dict[tuple[str, int], float],
    rented: dict[tuple[str, int, str], float],
) -> dict[tuple[str, int], float]:
    """Return what is leased; on demand no more than the block with the most takes."""
    offers = program.c.leases.offers
    found = {key: x for key, x in leased.items() if not offers[key[0]].on_demand}
    for (name, t, _), count in rented.items():
        found[name, t] = max(count, found.get((name, t), 0.0))
    return found


def _in_blocks(
    counts: dict[tuple[str, str, str, int, str], float], blocks: tuple[str, ...]
) -> dict[tuple[str, str, str, int, str], float]:
    """Return counts of all day as such of every block."""
    return {
        (*key[:-1], b): count
        for key, count in counts.items()
        for b in (blocks if key[-1] == ALL_DAY else key[-1:])
    }


def _share(x: float) -> float:
    """Return a share without the solver's rounding at its ends."""
    if x < SHARE_NOISE:
        return 0.0
    return 1.0 if x > 1 - SHARE_NOISE else x


def _shortfall(
    program: Program, solution: Solution
) -> dict[tuple[str, int, str], float]:
    """Return the reduced cost of serving more, where it is above 0."""
    reduced = solution.reduced_costs.tolist()
    found: dict[tuple[str, int, str], float] = {}
    family = program.v.served
    for number, (w, t, b, _) in enumerate(family.columns, family.first):
        musd = reduced[number] / program.cost_factor
        if musd > SHARE_NOISE and (w, t, b) not in found:
            found[w, t, b] = musd
    return found
