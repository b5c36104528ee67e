"""How far other plans that are as good, or nearly, differ from the chosen one."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from planner.errors import SolverError
from planner.formulation.arrays import Arrays, Floats
from planner.formulation.build import Program
from planner.records import dataclass
from planner.solvers.highs import Live
from planner.solvers.solution import Solution
from planner.solvers.tie_break import THRESHOLDS, face

TINY = 1e-9
PRIMAL = 4
"""HiGHS: primal simplex, since only the objective changes from run to run."""


@dataclass(frozen=True, slots=True)
class Flexible:
    """The least and most of one thing over all plans within a distance.

    Attributes:
        kind: ``accelerator`` (units in service in the last period), ``site`` (its
            facility power then), ``lease`` (accelerators of an offer then) or
            ``workload`` (the share served on average over its time, or completed).
        item: Its name.
        least: Over all these plans.
        most: Over all these plans.
        plan: In the chosen one.
        unit: ``accelerator``, ``MW`` or ``share``.
    """

    kind: str
    item: str
    least: float
    most: float
    plan: float
    unit: str


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum of columns: what an item is."""

    kind: str
    item: str
    unit: str
    terms: dict[int, float]


def flexibility_of(
    program: Program, solution: Solution, distance: float
) -> tuple[Flexible, ...]:
    """Return how little and how much there can be of every item.

    Of objectives in turn the distance is that of the last, cost: every tier keeps
    what it achieves.

    Args:
        program: What was solved.
        solution: Its one optimum.
        distance: From the optimum, as a share of the objective's value; 0: plans
            that are exactly as good.

    Raises:
        SolverError: A program of the range was not solved.
    """
    live = _near(solution.handed_over, solution, distance)
    found = []
    for item in _items(program):
        chosen = sum(solution.values[n] * k for n, k in item.terms.items())
        least = min(chosen, _extreme(live, program, item.terms, 1.0))
        most = max(chosen, -_extreme(live, program, item.terms, -1.0))
        found.append(
            Flexible(
                kind=item.kind,
                item=item.item,
                least=_clean(least),
                most=_clean(most),
                plan=_clean(chosen),
                unit=item.unit,
            )
        )
    return tuple(found)


def _near(arrays: Arrays, solution: Solution, distance: float) -> Live:
    """Return a live model of all plans within a distance of the optimum."""
    live = Live()
    live.option("simplex_strategy", value=PRIMAL)
    if distance == 0:
        # The face, not a cut: a cut leaves the solver's tolerance to be used up.
        live.load(face(solution, arrays, arrays.cost, THRESHOLDS[0]))
        return live
    live.load(arrays)
    most = solution.objective + distance * abs(solution.objective)
    used = np.flatnonzero(arrays.cost).astype(np.int32)
    live.model.addRow(-np.inf, most, len(used), used, arrays.cost[used])
    return live


def _extreme(
    live: Live, program: Program, terms: dict[int, float], sign: float
) -> float:
    """Return the least value of a sum, times its sign."""
    costs: Floats = np.zeros(program.arrays.columns)
    for number, factor in terms.items():
        costs[number] = sign * factor
    every = np.arange(len(costs), dtype=np.int32)
    live.model.changeColsCost(len(every), every, costs)
    found = live.run()
    if found.status != "optimal":
        msg = "the range of plans could not be solved; try a wider distance"
        raise SolverError(msg)
    return float(costs @ found.values)


def _clean(number: float) -> float:
    return 0.0 if abs(number) < TINY else float(number)


def _items(program: Program) -> Iterator[_Sum]:
    """Yield what is asked about: accelerators, sites, workloads."""
    last = program.c.clock.count - 1
    counts: dict[str, dict[int, float]] = defaultdict(dict)
    power: dict[str, dict[int, float]] = defaultdict(dict)
    family = program.v.installed
    for number, (a, s, t) in enumerate(family.columns, family.first):
        if t == last:
            counts[a][number] = program.c.scale
            power[s][number] = program.c.facility_mw[a, s] * program.c.scale
    for name, terms in counts.items():
        yield _Sum("accelerator", name, "accelerator", terms)
    for name, terms in power.items():
        yield _Sum("site", name, "MW", terms)
    for name, terms in _leases(program, last).items():
        yield _Sum("lease", name, "accelerator", terms)
    for name, terms in _shares(program).items():
        yield _Sum("workload", name, "share", terms)


def _leases(program: Program, t: int) -> dict[str, dict[int, float]]:
    """Return the accelerators leased of every offer, on demand their mean."""
    c, v = program.c, program.v
    unit = {name: c.added_unit[o.accelerator] for name, o in c.leases.offers.items()}
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for number, (name, u) in enumerate(v.leased.columns, v.leased.first):
        if u == t and not c.leases.offers[name].on_demand:
            found[name][number] = unit[name]
    for number, (name, u, b) in enumerate(v.rented.columns, v.rented.first):
        if u == t:
            found[name][number] = unit[name] * c.clock.blocks[b]
    return found


def _shares(program: Program) -> dict[str, dict[int, float]]:
    """Return the mean share served of every service, and completed of every run."""
    clock, work = program.c.clock, program.c.work
    found: dict[str, dict[int, float]] = defaultdict(dict)
    served = program.v.served
    hours = {
        name: sum(clock.blocks[b] * clock.hours[t] for t, b in cells)
        for name, cells in work.live.items()
    }
    for number, (w, t, b, _) in enumerate(served.columns, served.first):
        found[w][number] = clock.blocks[b] * clock.hours[t] / hours[w]
    completed = program.v.completed
    for number, (run, _) in enumerate(completed.columns, completed.first):
        found[run][number] = 1.0
    return found
