"""The best of one quantity for every level of another: all break points, exactly.

The values that plans can have of two quantities form a polygon, whose edge towards the
better side of both is the frontier: convex, straight from break to break. Its corners
are found without a grid. The two ends are known from each quantity's own optimum; a
plan that is best in the direction across a chord either lies on it, and the chord is
an edge, or is a new corner between two shorter chords. That takes two solves a break,
each of them from the last one's basis, since only the objective turns.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import sqrt

import numpy as np

from planner.errors import InfeasibleError, SolverError, UsageError
from planner.formulation.arrays import Arrays, Floats
from planner.formulation.build import Program
from planner.formulation.stages import LARGEST
from planner.pipeline import h100_flop_s, program_of
from planner.records import dataclass
from planner.solvers.highs import Live
from planner.solvers.in_turn import costs_before, solve_in_turn
from planner.solvers.solution import Solution
from planner.solvers.tie_break import weights_of
from planner.specs.scenario import Scenario
from planner.sweep.quantities import Quantity, quantity_of, trade_of, with_peak
from planner.sweep.readings import Figures, Readings

STRAIGHT = 1e-9
"""Distance from a chord, as a share of the frontier's extent, that is none."""
PRIMAL = 4
"""HiGHS: primal simplex, since only the objective changes from run to run."""
STEEPER = 2.0
"""Beyond an end any direction steeper than its edge singles the end out."""

Corner = tuple[float, float]
"""Level and best, both so that less is better."""


@dataclass(frozen=True, slots=True)
class Break:
    """One corner of a frontier, and the plan there.

    Attributes:
        level: Of the quantity that is limited.
        best: Of the other, the best that can be had at this level.
        slope: Change of the best for one unit more of the level, up to the next
            break; None at the last one.
        figures: Of the plan there that is best by the scenario's own objective.
    """

    level: float
    best: float
    slope: float | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Frontier:
    """All breaks between two quantities.

    Attributes:
        best: Name of the quantity that is as good as can be.
        best_unit: Its unit.
        limit: Name of the quantity that is limited.
        limit_unit: Its unit.
        breaks: By rising level; one alone where no trade is needed.
        solves: How often the program was solved to find the corners.
    """

    best: str
    best_unit: str
    limit: str
    limit_unit: str
    breaks: tuple[Break, ...]
    solves: int

    def at(self, level: float) -> float | None:
        """Return the best at any level; None where no plan keeps to it."""
        levels = [each.level for each in self.breaks]
        bests = [each.best for each in self.breaks]
        more_is_better = self.limit in ("served", "profit")
        outside = level > levels[-1] if more_is_better else level < levels[0]
        return None if outside else float(np.interp(level, levels, bests))


def frontier_of(scenario: Scenario, trade: str) -> Frontier:
    """Return the best of one quantity for every level of another.

    Args:
        scenario: What is planned; all its limits hold.
        trade: The two quantities, e.g. ``capex:power``.

    Raises:
        UsageError: The trade names no two quantities, or the plan is an integer plan.
        InfeasibleError: No plan satisfies the scenario.
        SolverError: A program was not solved.
    """
    best, limit = trade_of(trade, scenario)
    if scenario.spec.integer:
        msg = "--trade is of plans in fractions; add --set integer=false"
        raise UsageError(msg)
    program = program_of(scenario)
    readings = Readings(scenario, program, h100_flop_s(scenario))
    arrays = with_peak(program) if "power" in (best, limit) else program.arrays
    columns = arrays.columns
    two = [quantity_of(n, scenario, program, readings, columns) for n in (best, limit)]
    search = _Search(program, arrays, two[0], two[1])
    corners = search.corners()
    found = [
        _break(two, readings, program, values, corner)
        for corner, values in zip(corners, search.plans(corners), strict=True)
    ]
    if two[1].sign < 0:
        found.reverse()
    return Frontier(
        best=best,
        best_unit=two[0].unit,
        limit=limit,
        limit_unit=two[1].unit,
        breaks=_with_slopes(found),
        solves=search.solves,
    )


def _break(
    two: list[Quantity],
    readings: Readings,
    program: Program,
    values: Floats,
    corner: Corner,
) -> Break:
    level, best = (q.sign * x for q, x in zip(two[::-1], corner, strict=True))
    return Break(level, best, None, readings.read(values[: program.arrays.columns]))


def _with_slopes(breaks: list[Break]) -> tuple[Break, ...]:
    """Return breaks by rising level, each with the slope up to the next one."""
    found = [
        replace(one, slope=(other.best - one.best) / (other.level - one.level))
        for one, other in pairwise(breaks)
    ]
    return (*found, breaks[-1])


class _Search:
    """Looks for corners on one live program."""

    def __init__(
        self, program: Program, arrays: Arrays, best: Quantity, limit: Quantity
    ) -> None:
        self.program, self.arrays = program, arrays
        self.best, self.limit = best, limit
        self.live = Live()
        self.live.option("simplex_strategy", value=PRIMAL)
        self.live.load(arrays)
        self.solves = 0

    def corners(self) -> list[Corner]:
        """Return the corners from the best level on, each as less is better."""
        best, limit = self._costs()
        first = self._end([limit, best])
        last = self._end([best, limit])
        wide, high = last[0] - first[0], first[1] - last[1]
        sizes = [max(abs(a), abs(b)) for a, b in zip(first, last, strict=True)]
        if wide <= STRAIGHT * sizes[0] or high <= STRAIGHT * sizes[1]:
            return [first]

        def across(one: Corner, other: Corner) -> Corner:
            return self._across(one[1] - other[1], other[0] - one[0])

        found = [first, *between(first, last, (wide, high), across), last]
        return _bent(found, (wide, high))

    def plans(self, corners: list[Corner]) -> list[Floats]:
        """Return the plan at each corner that is best by the scenario's objective."""
        weights = np.append(
            weights_of(self.program),
            np.ones(self.arrays.columns - self.program.arrays.columns),
        )
        more = np.zeros(self.arrays.columns - self.program.arrays.columns)
        tiers = [np.append(cost, more) for cost in costs_before(self.program)]
        found = []
        for costs in self._singling_out(corners):
            chosen = solve_in_turn(
                self.arrays, [*costs, *tiers], weights, self._changed
            )
            found.append(_optimal(chosen).values)
        return found

    def _singling_out(self, corners: list[Corner]) -> list[list[Floats]]:
        """Return the objectives, in turn, of which each corner is the one optimum."""
        if len(corners) == 1:
            return [self._costs()]
        slopes = [(a[1] - b[1]) / (b[0] - a[0]) for a, b in pairwise(corners)]
        around = [slopes[0] * STEEPER**2, *slopes, slopes[-1] / STEEPER**2]
        # The mean of two slopes belongs to the corner between their edges alone.
        return [[self._towards(sqrt(a * b), 1.0)] for a, b in pairwise(around)]

    def _costs(self) -> list[Floats]:
        return [self._towards(0.0, 1.0), self._towards(1.0, 0.0)]

    def _towards(self, limit: float, best: float) -> Floats:
        """Return the costs of so much of each quantity, as a solver takes them."""
        costs = limit * self.limit.sign * self.limit.terms
        costs = costs + best * self.best.sign * self.best.terms
        return np.asarray(costs * (LARGEST / np.abs(costs).max()))

    def _across(self, limit: float, best: float) -> Corner:
        """Return the corner that is best in a direction."""
        self.solves += 1
        changed = replace(self.arrays, cost=self._towards(limit, best))
        return self._corner(_optimal(self._changed(changed)))

    def _end(self, costs: list[Floats]) -> Corner:
        """Return the corner that is best of one quantity first, then of the other."""
        self.solves += len(costs)
        arrays = replace(self.arrays, cost=costs[1])
        return self._corner(
            _optimal(
                solve_in_turn(arrays, costs[:1], np.zeros(len(costs[0])), self._changed)
            )
        )

    def _corner(self, found: Solution) -> Corner:
        limit, best = self.limit, self.best
        x = found.values
        return limit.sign * limit.of(x), best.sign * best.of(x)

    def _changed(self, arrays: Arrays) -> Solution:
        """Solve the same matrix with other costs and bounds."""
        self.live.change(arrays)
        found = self.live.run()
        if found.status == "failed":  # a run from the last basis can lose its way
            self.live.load(arrays)
            found = self.live.run()
        return found


def between(
    first: Corner,
    last: Corner,
    extent: tuple[float, float],
    across: Callable[[Corner, Corner], Corner],
) -> list[Corner]:
    """Return the corners between two, in order.

    Args:
        first: The one with the better level.
        last: The one with the better best.
        extent: Of the whole frontier, by which distances are measured.
        across: Returns the corner that is best across the chord of two.
    """
    found: list[Corner] = []
    chords = [(first, last)]
    while chords:
        one, other = chords.pop()
        middle = across(one, other)
        inside = one[0] < middle[0] < other[0] and one[1] > middle[1] > other[1]
        if inside and _below(one, middle, other, extent) > STRAIGHT:
            chords += [(middle, other), (one, middle)]
        elif other != last:
            found.append(other)
    return found


def _below(
    one: Corner, middle: Corner, other: Corner, extent: tuple[float, float]
) -> float:
    """Return how far a corner lies beyond a chord, as a share of the extent."""
    wide, high = extent
    across = (one[1] - other[1]) / high, (other[0] - one[0]) / wide
    way = (one[0] - middle[0]) / wide, (one[1] - middle[1]) / high
    return (across[0] * way[0] + across[1] * way[1]) / (across[0] + across[1])


def _bent(corners: list[Corner], extent: tuple[float, float]) -> list[Corner]:
    """Return the corners without those on the straight line of their neighbours."""
    found = corners[:1]
    for middle, other in pairwise(corners[1:]):
        if _below(found[-1], middle, other, extent) > STRAIGHT:
            found.append(middle)
    return [*found, corners[-1]]


def _optimal(found: Solution) -> Solution:
    """Return a solution that is one.

    Raises:
        InfeasibleError: There is no plan.
        SolverError: It was not solved.
    """
    if found.status == "infeasible":
        msg = "infeasible: no plan keeps every limit and every minimum"
        raise InfeasibleError(msg)
    if found.status != "optimal":
        msg = "a program of the frontier was not solved"
        raise SolverError(msg)
    return found
