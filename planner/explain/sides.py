"""Prices on both sides of a value, by solving again with a little more and less."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.explain.prices import price_key, prices_at
from planner.explain.stage_prices import PriceKey
from planner.formulation.arrays import Arrays
from planner.formulation.build import Program
from planner.solvers.highs import Live

STEP = 1e-4
"""Relative change of what is moved; a right side below 1 moves by as much."""
FARTHER = (1e-3, 1e-2, 1e-1)
"""Longer steps that tell how far a price holds at least."""
SAME = 1e-6
"""Relative distance below which both sides are one price."""

Weighted = Sequence[tuple[PriceKey, float]]


@dataclass(frozen=True, slots=True)
class Side:
    """A price on one side.

    Attributes:
        value: Gain per unit more there [present $]; None: nothing is possible.
        reach: Relative change up to which it holds at least.
    """

    value: float | None
    reach: float


@dataclass(frozen=True, slots=True)
class Sides:
    """What the last unit less costs, and the next one more is worth.

    Attributes:
        less: Below the value.
        more: Above it.
    """

    less: Side
    more: Side

    @property
    def unique(self) -> bool:
        """Return whether one price holds on both sides."""
        return same(self.less.value, self.more.value)


class Neighbours:
    """A live model of a solved program, moved a little to and fro."""

    def __init__(self, program: Program, arrays: Arrays) -> None:
        """Solve the program once; every later run starts from its basis."""
        self.program = program
        self.arrays = arrays
        self.live = Live()
        self.live.load(arrays)
        self.live.run()
        self.numbers: dict[PriceKey, list[int]] = {}
        for number, row in enumerate(program.rows):
            self.numbers.setdefault(price_key(row), []).append(number)

    def sides(self, weighted: Weighted, *, far: bool = False) -> Sides:
        """Return the prices of what moves several limits or demands together.

        Args:
            weighted: What moves, and how much of it for one unit.
            far: Whether to look how far the prices hold.
        """
        less = self.side(weighted, -STEP, far=far)
        return Sides(less, self.side(weighted, STEP, far=far))

    def side(self, weighted: Weighted, step: float, *, far: bool = False) -> Side:
        """Return the price on the side that a relative step leads to.

        The step is short, so the prices there are those of the side.

        Args:
            weighted: What moves, and how much of it for one unit.
            step: Relative change; its sign is the side.
            far: Whether to look how far the price holds.
        """
        value = self._price(weighted, step)
        reach = abs(step) if value is not None else 0.0
        for longer in FARTHER if far and value is not None else ():
            if not same(self._price(weighted, longer if step > 0 else -longer), value):
                break
            reach = longer
        return Side(value, reach)

    def _price(self, weighted: Weighted, step: float) -> float | None:
        """Return the price where all has moved by a relative step."""
        rows = [number for key, _ in weighted for number in self.numbers[key]]
        for number in rows:
            self._move(number, step)
        found = self.live.run()
        for number in rows:
            self._move(number, 0.0)
        if found.status != "optimal":
            return None
        prices = prices_at(self.program, found, rows)
        return sum(prices[key].value * k for key, k in weighted if key in prices)

    def _move(self, number: int, step: float) -> None:
        """Move one row by a relative step from where the program has it."""
        kind = self.program.rows[number].constraint
        if kind in ("demand", "training_work"):
            self._stretch(number, 1 + step, valued=kind == "demand")
            return
        arrays, model = self.arrays, self.live.model
        low, high = float(arrays.row_lower[number]), float(arrays.row_upper[number])
        size = max(abs(x) for x in (low, high) if np.isfinite(x))
        by = step * max(1.0, size)
        model.changeRowBounds(number, low + by, high + by)

    def _stretch(self, number: int, factor: float, *, valued: bool) -> None:
        """Make a demand or a run so many times as large: its shares count for more."""
        arrays, model = self.arrays, self.live.model
        for place in range(arrays.start[number], arrays.start[number + 1]):
            share, column = float(arrays.value[place]), int(arrays.index[place])
            if share < 0:
                model.changeCoeff(number, column, share * factor)
                if valued:
                    cost = float(arrays.cost[column]) * factor
                    model.changeColCost(column, cost)


def same(one: float | None, other: float | None) -> bool:
    """Return whether two prices are one, up to rounding."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME * max(abs(one), abs(other))
