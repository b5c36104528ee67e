"""One program of several alternatives: what is committed is the same in all of them.

Purchases, expansions and leases with a term are decided before it is known which
alternative comes true: one column each. All else is decided afterwards: the columns
and rows of every alternative's own program, side by side.

An order binds both sides, as far as there is supply. Where an alternative has less of
it than the one with the most, the same share of the order must be taken at least, the
whole of it at most, and what does not come is not paid:

    limit/most · ordered ≤ delivered ≤ ordered

That is the smallest convex set around delivered = min(ordered, limit).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np

from planner.formulation.arrays import INFINITY, Arrays, Floats, Ints
from planner.formulation.build import Program
from planner.formulation.stages import LARGEST
from planner.records import dataclass
from planner.solvers.tie_break import weights_of
from planner.specs.scenario import Scenario
from planner.sweep.blocks import with_rows

Key = tuple[object, ...]
Commitment = Mapping[tuple[str, Key], float]
"""What is committed, by family and key: accelerators, of ``expanded`` MW."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which things can turn out.

    Attributes:
        name: What it is called.
        probability: That it comes true.
        scenario: The scenario then.
        program: Its program.
    """

    name: str
    probability: float
    scenario: Scenario
    program: Program

    def orders(self) -> Iterator[tuple[tuple[str, Key], "Order"]]:
        """Yield everything that can be committed, by family and key."""
        c, v = self.program.c, self.program.v
        supply = {
            (span.accelerator, t): span.committed if t in span.early else span.limit
            for span in c.fleet.supply
            for t in span.periods
        }
        for (a, s, t), x in v.added.columns.items():
            yield ("added", (a, s, t)), Order(x, c.added_unit[a], supply.get((a, t)))
        for (s, t), x in v.expanded.columns.items():
            yield ("expanded", (s, t)), Order(x, 1.0, c.expansions.limit_mw[s])
        for (name, t), x in v.signed.columns.items():
            offer = c.leases.offers[name]
            unit = c.added_unit[offer.accelerator]
            yield ("signed", (name, t)), Order(x, unit, offer.limit)

    @property
    def musd(self) -> Floats:
        """Return the present cost less value of every column [MUSD]."""
        return self.program.arrays.cost / self.program.cost_factor

    @property
    def constant_musd(self) -> float:
        """Return the part of it that no column decides."""
        return self.program.c.leaving.sunk_musd

    def loss_musd(self, values: Floats) -> float:
        """Return the present cost less value of a plan [MUSD].

        Args:
            values: Keyed by column of the program.
        """
        return float(self.musd @ values) + self.constant_musd

    def ordered(self, values: Floats) -> Commitment:
        """Return what a plan of the program orders."""
        return {
            key: order.unit * float(values[order.column])
            for key, order in self.orders()
        }


@dataclass(frozen=True, slots=True)
class Order:
    """A column that is committed.

    Attributes:
        column: Of the alternative's program.
        unit: What 1 of it is: accelerators, or MW.
        limit: Most that there is, shared with other orders perhaps; None: no limit.
    """

    column: int
    unit: float
    limit: float | None

    @property
    def most(self) -> float:
        """Return the limit as a number."""
        return INFINITY if self.limit is None else self.limit


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an alternative's columns are in the program of all.

    Attributes:
        column: Keyed by the alternative's own column.
        ratio: What its own column is for 1 of that one, keyed likewise.
    """

    column: Ints
    ratio: Floats


class TwoStage:
    """The program of all alternatives.

    Attributes:
        alternatives: What it is made of.
        committed: Family and key of the first columns, in their order.
        arrays: Minimise the expected cost less value, scaled.
    """

    def __init__(self, alternatives: Sequence[Alternative]) -> None:
        """Put the programs of the alternatives together."""
        self.alternatives = alternatives
        self._orders = [dict(each.orders()) for each in alternatives]
        self._units: dict[tuple[str, Key], float] = {}
        self._most: dict[tuple[str, Key], float] = {}
        for orders in self._orders:
            for key, order in orders.items():
                self._units.setdefault(key, order.unit)
                self._most[key] = max(self._most.get(key, 0.0), order.most)
        self.committed = sorted(self._units, key=lambda key: (key[0], str(key[1])))
        self._places = list(self._placed())
        self.arrays = self._linked(self._assembled())

    def share(self, number: int, key: tuple[str, Key]) -> float:
        """Return the share of an order that must be taken in an alternative.

        Args:
            number: Of the alternative.
            key: Family and key of the order.
        """
        order, most = self._orders[number].get(key), self._most.get(key, 0.0)
        if order is None:
            return 0.0
        return 1.0 if order.most >= most else order.most / most

    def _placed(self) -> Iterator[_Place]:
        first = {key: number for number, key in enumerate(self.committed)}
        made = len(first)
        for number, (each, orders) in enumerate(
            zip(self.alternatives, self._orders, strict=True)
        ):
            count = each.program.arrays.columns
            column, ratio = np.full(count, -1), np.ones(count)
            for key, order in orders.items():
                if self.share(number, key) == 1:
                    column[order.column] = first[key]
                    ratio[order.column] = self._units[key] / order.unit
            rest = np.flatnonzero(column < 0)
            column[rest] = np.arange(made, made + len(rest))
            made += len(rest)
            yield _Place(column, ratio)

    @property
    def columns(self) -> int:
        """Return the number of columns."""
        return self.arrays.columns

    @cached_property
    def weights(self) -> Floats:
        """Return the secondary cost of every column, for the tie-break."""
        found = np.zeros(self.columns)
        pairs = zip(self.alternatives, self._places, strict=True)
        for each, place in pairs:
            found[place.column] += each.probability * weights_of(each.program)
        return found

    def losses(self) -> list[tuple[Ints, Floats]]:
        """Return columns and present cost less value [MUSD] of each alternative."""
        found = []
        for each, place in zip(self.alternatives, self._places, strict=True):
            costly = np.flatnonzero(each.program.arrays.cost)
            musd = each.musd[costly] * place.ratio[costly]
            found.append((place.column[costly], musd))
        return found

    def own(self, values: Floats) -> list[Floats]:
        """Return the values of each alternative's own columns."""
        return [values[place.column] * place.ratio for place in self._places]

    def commitment(self, values: Floats) -> Commitment:
        """Return what is committed."""
        first = values[: len(self.committed)]
        pairs = zip(self.committed, first, strict=True)
        return {key: self._units[key] * float(x) for key, x in pairs}

    def fixed(self, number: int, commitment: Commitment) -> Arrays:
        """Return the program of an alternative in which so much is ordered."""
        arrays = self.alternatives[number].program.arrays
        lower, upper = arrays.lower.copy(), arrays.upper.copy()
        for key, order in self._orders[number].items():
            ordered = commitment.get(key, 0.0) / order.unit
            lower[order.column] = self.share(number, key) * ordered
            upper[order.column] = ordered
        rows = arrays.row_lower, arrays.row_upper
        return arrays.with_bounds(arrays.cost, (lower, upper), rows)

    def _assembled(self) -> Arrays:
        each = [alternative.program.arrays for alternative in self.alternatives]
        pairs = list(zip(each, self._places, strict=True))
        ends = [place.column.max(initial=-1) + 1 for place in self._places]
        lower, upper = self._bounds(max(*ends, len(self.committed)))
        terms = [0, *accumulate(len(one.value) for one in each)]
        starts = [one.start[:-1] + n for one, n in zip(each, terms, strict=False)]
        values = [one.value * place.ratio[one.index] for one, place in pairs]
        return Arrays(
            cost=self._expected(len(lower)),
            lower=lower,
            upper=upper,
            row_lower=np.concatenate([one.row_lower for one in each]),
            row_upper=np.concatenate([one.row_upper for one in each]),
            start=np.append(np.concatenate(starts), terms[-1]).astype(np.int32),
            index=np.concatenate([p.column[one.index] for one, p in pairs]).astype(
                np.int32
            ),
            value=np.concatenate(values),
            whole=np.zeros(len(lower), dtype=np.bool_),
        )

    def _linked(self, arrays: Arrays) -> Arrays:
        """Return the program with what binds deliveries to orders."""
        first = {key: number for number, key in enumerate(self.committed)}
        rows = []
        for number, (orders, place) in enumerate(
            zip(self._orders, self._places, strict=True)
        ):
            for key, order in orders.items():
                share = self.share(number, key)
                if share < 1:
                    pair = np.array([place.column[order.column], first[key]])
                    one, whole = order.unit, self._units[key]
                    rows.append((pair, np.array([one, -whole]) / whole, 0.0))
                    rows.append((pair, np.array([-one, share * whole]) / whole, 0.0))
        return with_rows(arrays, (np.zeros(0), np.zeros(0)), rows) if rows else arrays

    def _bounds(self, columns: int) -> tuple[Floats, Floats]:
        """Return what every alternative lets a column be."""
        lower, upper = np.zeros(columns), np.full(columns, INFINITY)
        for each, place in zip(self.alternatives, self._places, strict=True):
            own = each.program.arrays
            np.maximum.at(lower, place.column, own.lower / place.ratio)
            np.minimum.at(upper, place.column, own.upper / place.ratio)
        return lower, upper

    def _expected(self, columns: int) -> Floats:
        """Return the expected cost less value of every column, scaled."""
        found = np.zeros(columns)
        for each, place in zip(self.alternatives, self._places, strict=True):
            np.add.at(found, place.column, each.probability * each.musd * place.ratio)
        most = np.abs(found).max(initial=0.0)
        return np.asarray(found * (LARGEST / most if most > 0 else 1.0))
