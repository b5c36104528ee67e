"""A smaller program of the same optimum: where units stand and what they do, apart.

Of one accelerator in one period, x[s,w] units stand at site s and work on workload w.
Where every term and the cost of x[s,w] belong to s alone or to w alone, the sums
y[s] = Σ_w x[s,w] and z[w] = Σ_s x[s,w] decide everything: any y, z ≥ 0 with Σy = Σz
can be split, for one as x[s,w] = y[s]·z[w] / Σz. The smaller program has y, z and
that one row, a *pool*, in place of all x.

Its duals are optimal for the whole program. With the pool's dual μ, reduced costs are
d[s] = p[s] − π·a[s] − μ ≥ 0 and d[w] = q[w] − π·b[w] + μ ≥ 0; their sum is what x[s,w]
has at the same π, and is 0 wherever y[s] and z[w] are both positive. As the optimum is
the same function of the right sides, each row's dual holds between the same ones, too.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.formulation.arrays import INFINITY, Arrays, Flags, Floats, Ints
from planner.formulation.build import Program
from planner.solvers.solution import Solution

SAME = 1e-12
"""Difference of costs, relative to the largest, that is rounding."""
PAYS = 0.5
"""Share of the columns that a smaller program may keep to be worth its making."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Columns that are each of one stand (units at a site) and one task.

    Attributes:
        column: Position in the program, keyed by pair.
        stand: Number of its stand, keyed by pair.
        task: Number of its task, keyed by pair.
        pool: Number of the pool of both, keyed by pair.
    """

    column: Ints
    stand: Ints
    task: Ints
    pool: Ints

    def kept(self, kept: Flags) -> "Pairs":
        """Return some of the pairs, their stands, tasks and pools numbered anew."""
        parts = (self.stand, self.task, self.pool)
        return Pairs(self.column[kept], *(_numbered(part[kept]) for part in parts))


@dataclass(frozen=True, slots=True)
class Pooled:
    """A smaller program, and how its solution becomes the whole one's.

    Attributes:
        arrays: Its columns are those that are left, stands, tasks; its rows those of
            the whole program, then one for each pool.
        rest: The whole program's columns that are left, in order.
        pairs: The others.
    """

    arrays: Arrays
    rest: Ints
    pairs: Pairs

    def split(self, found: Solution) -> Solution:
        """Return an optimum of the whole program: values, prices and ranges."""
        pairs = self.pairs
        rows = self.arrays.rows - _count(pairs.pool)
        stand, task = self._parts(np.maximum(found.values, 0.0))
        total = np.bincount(pairs.pool[_first(pairs.task)], task)[pairs.pool]
        shared = stand[pairs.stand] * task[pairs.task]
        shared = np.divide(shared, total, where=total > 0, out=np.zeros(len(total)))
        of_stand, of_task = self._parts(found.reduced_costs)
        reduced = of_stand[pairs.stand] + of_task[pairs.task]
        ranges = found.ranges
        return replace(
            found,
            values=self._joined(found.values, shared),
            reduced_costs=self._joined(found.reduced_costs, reduced),
            row_values=found.row_values[:rows],
            duals=found.duals[:rows],
            ranges=None if ranges is None else (ranges[0][:rows], ranges[1][:rows]),
        )

    def _parts(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the values of stands and of tasks."""
        stands, tasks = np.split(values[len(self.rest) :], [_count(self.pairs.stand)])
        return stands, tasks

    def _joined(self, values: Floats, paired: Floats) -> Floats:
        """Return values keyed by the whole program's columns."""
        found = np.zeros(len(self.rest) + len(paired))
        found[self.rest] = values[: len(self.rest)]
        found[self.pairs.column] = paired
        return found


def pooled(program: Program) -> Pooled | None:
    """Return a smaller program of the same optimum; None where it is not worth it."""
    return pooled_arrays(program.arrays, _pairs_of(program))


def pooled_arrays(arrays: Arrays, pairs: Pairs) -> Pooled | None:
    """Return a program with a column for each stand and task instead of each pair.

    A pool stays as it is where a pair is missing, or where one has a term, a cost or
    a bound of its own.

    Args:
        arrays: The whole program.
        pairs: Columns that may be pooled.
    """
    if not len(pairs.column):
        return None
    terms = _Terms.of(arrays, pairs)
    stand_costs, task_costs = _costs(arrays, pairs)
    own = arrays.cost[pairs.column]
    own = own - stand_costs[pairs.stand] - task_costs[pairs.task]
    misfit = np.abs(own) > _rounding(arrays)
    misfit |= arrays.whole[pairs.column] | (arrays.lower[pairs.column] != 0)
    misfit |= arrays.upper[pairs.column] != INFINITY
    misfit[terms.pair[terms.own]] = True
    fits = _complete(pairs)
    fits[pairs.pool[misfit]] = False
    kept = fits[pairs.pool]
    found = pairs.kept(kept)
    left = arrays.columns - len(found.column)
    if left + _count(found.stand) + _count(found.task) > PAYS * arrays.columns:
        return None
    rest = np.ones(arrays.columns, dtype=np.bool_)
    rest[found.column] = False
    small = _smaller(arrays, found, terms.kept(kept), rest)
    return Pooled(small, np.flatnonzero(rest), found)


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms of the pairs' columns.

    Attributes:
        pair: The pair, keyed by term.
        row: The row, keyed by term.
        value: The coefficient, keyed by term.
        of_stand: Whether all pairs of the stand have it, keyed by term.
        own: Whether neither these nor those of the task all have it.
    """

    pair: Ints
    row: Ints
    value: Floats
    of_stand: Flags
    own: Flags

    @classmethod
    def of(cls, arrays: Arrays, pairs: Pairs) -> "_Terms":
        """Return the terms, told apart by what they belong to."""
        pair_of = np.full(arrays.columns, -1)
        pair_of[pairs.column] = np.arange(len(pairs.column))
        pair = pair_of[arrays.index]
        found = pair >= 0
        pair, row, value = pair[found], _rows(arrays)[found], arrays.value[found]
        of_stand = _alike(pairs.stand, pair, row, value)
        other = np.flatnonzero(~of_stand)
        own = ~of_stand
        own[other] = ~_alike(pairs.task, pair[other], row[other], value[other])
        return cls(pair, row, value, of_stand, own)

    def kept(self, kept: Flags) -> "_Terms":
        """Return the terms of some pairs, these numbered anew."""
        number = np.cumsum(kept) - 1
        found = kept[self.pair]
        return _Terms(
            pair=number[self.pair[found]],
            row=self.row[found],
            value=self.value[found],
            of_stand=self.of_stand[found],
            own=self.own[found],
        )


def _alike(group: Ints, pair: Ints, row: Ints, value: Floats) -> Flags:
    """Return which terms all pairs of their pair's group have, with one value."""
    if not len(pair):
        return np.zeros(0, dtype=np.bool_)
    key = group[pair] * (int(row.max()) + 1) + row
    order = np.argsort(key, kind="stable")
    key, value = key[order], value[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    times = np.diff(first, append=len(key))
    sizes = np.bincount(group)[group[pair[order[first]]]]
    one = np.minimum.reduceat(value, first) == np.maximum.reduceat(value, first)
    found = np.zeros(len(key), dtype=np.bool_)
    found[order] = np.repeat(one & (times == sizes), times)
    return found


def _complete(pairs: Pairs) -> Flags:
    """Return which pools pair each of their stands with each of their tasks."""
    stands = np.bincount(pairs.pool[_first(pairs.stand)], minlength=_count(pairs.pool))
    tasks = np.bincount(pairs.pool[_first(pairs.task)], minlength=_count(pairs.pool))
    found: Flags = np.bincount(pairs.pool) == stands * tasks
    return found


def _costs(arrays: Arrays, pairs: Pairs) -> tuple[Floats, Floats]:
    """Return the cost of every stand and task; their sums are the pairs' if any are."""
    costs = arrays.cost[pairs.column]
    task = np.bincount(pairs.task, costs) / np.bincount(pairs.task)
    rest = costs - task[pairs.task]
    return np.bincount(pairs.stand, rest) / np.bincount(pairs.stand), task


def _smaller(arrays: Arrays, pairs: Pairs, terms: _Terms, rest: Flags) -> Arrays:
    """Return the smaller program; the columns of ``rest`` stay."""
    stands, tasks, pools = map(_count, (pairs.stand, pairs.task, pairs.pool))
    left = int(rest.sum())
    number = np.cumsum(rest) - 1
    stays = rest[arrays.index]
    stand = left + pairs.stand
    task = left + stands + pairs.task
    once = [np.isin(terms.pair, _first(node)) for node in (pairs.stand, pairs.task)]
    of_stand, of_task = terms.of_stand & once[0], ~terms.of_stand & once[1]
    pool = arrays.rows + np.concatenate(
        [pairs.pool[_first(pairs.stand)], pairs.pool[_first(pairs.task)]]
    )
    row = [_rows(arrays)[stays], terms.row[of_stand], terms.row[of_task], pool]
    column = [
        number[arrays.index[stays]],
        stand[terms.pair[of_stand]],
        task[terms.pair[of_task]],
        np.arange(left, left + stands + tasks),
    ]
    value = [arrays.value[stays], terms.value[of_stand], terms.value[of_task]]
    value += [np.ones(stands), -np.ones(tasks)]
    none = np.zeros(stands + tasks)
    start, index, values = _by_row(row, column, value, arrays.rows + pools)
    return Arrays(
        cost=np.concatenate([arrays.cost[rest], *_costs(arrays, pairs)]),
        lower=np.concatenate([arrays.lower[rest], none]),
        upper=np.concatenate([arrays.upper[rest], none + INFINITY]),
        row_lower=np.concatenate([arrays.row_lower, np.zeros(pools)]),
        row_upper=np.concatenate([arrays.row_upper, np.zeros(pools)]),
        start=start,
        index=index,
        value=values,
        whole=np.concatenate([arrays.whole[rest], none > 0]),
    )


def _by_row(
    row: list[Ints], column: list[Ints], value: list[Floats], rows: int
) -> tuple[Ints, Ints, Floats]:
    """Return where rows start, and the columns and values of their terms."""
    every = np.concatenate(row)
    order = np.argsort(every, kind="stable")
    start = np.zeros(rows + 1, dtype=np.int32)
    np.cumsum(np.bincount(every, minlength=rows), out=start[1:])
    index = np.concatenate(column)[order].astype(np.int32)
    return start, index, np.concatenate(value)[order]


def _pairs_of(program: Program) -> Pairs:
    """Return the assignments: stands at a site, tasks that may share a pool.

    Tasks of one accelerator and period share one where the same sites can do them, at
    costs that differ between the sites by the same amounts.
    """
    family = program.v.assigned
    a, s, w, t, b = (family.numbers(letter) for letter in "aswtb")
    task = _numbered(a, t, b, w)
    cost = program.arrays.cost[family.places]
    more = (cost - cost[_first(task)][task]) / _rounding(program.arrays)
    marks = np.zeros(_count(task), dtype=np.uint64)
    np.add.at(marks, task, _mixed(_mixed(s) + _mixed(np.rint(more))))
    pool = _numbered(a, t, b, _numbered(marks)[task])
    return Pairs(family.places, _numbered(pool, s), task, pool)


def _mixed(numbers: Floats | Ints) -> NDArray[np.uint64]:
    """Return whole numbers as ones whose sums tell sets of them apart (splitmix64)."""
    found = numbers.astype(np.int64).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = found ^ (found >> np.uint64(31))
    return mixed


def _numbered(*parts: NDArray[Any]) -> Ints:
    """Return a number from 0 for each combination of parts that there is."""
    flat = parts[0]
    for part in parts[1:]:
        flat = flat * _count(part) + part
    found = np.unique(flat, return_inverse=True)[1]
    numbers: Ints = found
    return numbers


def _first(numbers: Ints) -> Ints:
    """Return where each number comes first, keyed by number."""
    found: Ints = np.unique(numbers, return_index=True)[1]
    return found


def _count(numbers: Ints) -> int:
    """Return how many numbers there are, counted from 0."""
    return int(numbers.max(initial=-1)) + 1


def _rows(arrays: Arrays) -> Ints:
    """Return the row of every term."""
    return np.repeat(np.arange(arrays.rows), np.diff(arrays.start))


def _rounding(arrays: Arrays) -> float:
    """Return up to which difference costs count as the same."""
    return SAME * float(np.max(np.abs(arrays.cost), initial=SAME))
