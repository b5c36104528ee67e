"""Prices on both sides of a value, by solving again with a little more and less."""

from collections.abc import Sequence

import numpy as np

from planner.explain.prices import homes_of, price_key, prices_at
from planner.explain.stage_prices import PriceKey
from planner.formulation.arrays import Arrays
from planner.formulation.build import Program
from planner.records import dataclass
from planner.solvers.highs import Live

STEP = 1e-4
"""Relative change of what is moved; a right side below 1 moves by as much."""
FARTHER = (1e-3, 1e-2, 1e-1)
"""Longer steps that tell how far a price holds at least."""
SAME = 1e-6
"""Relative distance below which both sides are one price."""
BENT = 10 * STEP
"""The same for the price of a share: a step of the share bends it by as much."""
SHARES = ("residency", "vendor_share", "spare")
"""Constraints whose number stands in coefficients."""

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
        bent: Whether the price changes with the value, as that of a share does.
    """

    less: Side
    more: Side
    bent: bool = False

    @property
    def unique(self) -> bool:
        """Return whether one price holds on both sides."""
        apart = BENT if self.bent else SAME
        return same(self.less.value, self.more.value, apart)


class Neighbours:
    """A live model of a solved program, moved a little to and fro."""

    def __init__(self, program: Program, arrays: Arrays) -> None:
        """Solve the program once; every later run starts from its basis."""
        self.program = program
        self.arrays = arrays
        self.live = Live()
        self.live.load(arrays)
        self.live.run()
        self.homes = homes_of(program)
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
        bent = any(key[0] in SHARES for key, _ in weighted)
        return Sides(less, self.side(weighted, STEP, far=far), bent)

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
            # A demand stands in what must be served in a region, too.
            for home, _ in self.homes.get(self.program.rows[number].index, ()):
                self._stretch(home, 1 + step, valued=False)
            return
        if kind in SHARES:
            self._share(number, step)
            return
        arrays, model = self.arrays, self.live.model
        low, high = float(arrays.row_lower[number]), float(arrays.row_upper[number])
        size = max(abs(x) for x in (low, high) if np.isfinite(x))
        by = step * max(1.0, size)
        model.changeRowBounds(number, low + by, high + by)

    def _share(self, number: int, step: float) -> None:
        """Move the share of a policy, which stands in the coefficients of its row."""
        row, rules = self.program.rows[number], self.program.c.rules
        name = row.index[0]
        if row.constraint == "residency":
            self._rescale(number, 1 + step, 1.0)
        elif row.constraint == "spare":
            share = next(x.share for x in rules.reserves if x.where[0] == name)
            self._rescale(number, _left(share, step), 1.0)
        else:
            share = next(x.maximum for x in rules.caps if x.where[0] == name)
            self._rescale(number, 1 + step, _left(share, step))

    def _rescale(self, number: int, negative: float, positive: float) -> None:
        """Multiply the coefficients of a row, those of either sign by a factor."""
        arrays, model = self.arrays, self.live.model
        for place in range(arrays.start[number], arrays.start[number + 1]):
            size, column = float(arrays.value[place]), int(arrays.index[place])
            factor = negative if size < 0 else positive
            model.changeCoeff(number, column, size * factor)

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


def _left(share: float, step: float) -> float:
    """Return what a relative step of a share leaves of the rest, over that rest."""
    return (1 - share * (1 + step)) / (1 - share) if share < 1 else 1.0


def same(one: float | None, other: float | None, apart: float = SAME) -> bool:
    """Return whether two prices are one, up to rounding or a relative distance."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= apart * max(abs(one), abs(other))
