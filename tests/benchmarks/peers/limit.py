"""The least there is: numpy arrays straight from the data, passed to HiGHS at once.

No term is sorted: the rows of a constraint over full sets are a block of so many
terms each, whose columns and coefficients are views of the data, side by side.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tests.benchmarks.peers import loaded
from tests.benchmarks.peers.data import Data, Floats

PACKAGES = ("numpy", "highspy")
INFINITY = float("inf")
Columns = NDArray[np.int32]


@dataclass(slots=True)
class Rows:
    """Rows so far, a block of them for each constraint."""

    counts: list[Columns] = field(default_factory=list)
    index: list[Columns] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)

    def add(
        self, *terms: tuple[Columns, ArrayLike], lower: ArrayLike, upper: ArrayLike
    ) -> None:
        """Add a block: columns as rows x terms, coefficients that fill that shape."""
        count = len(terms[0][0])
        index = np.concatenate([columns for columns, _ in terms], axis=1)
        value = np.concatenate(
            [np.broadcast_to(k, columns.shape) for columns, k in terms], axis=1
        )
        self.counts.append(np.full(count, index.shape[1], dtype=np.int32))
        self.index.append(index.ravel())
        self.value.append(value.ravel())
        self._bounds(count, lower, upper)

    def add_some(
        self,
        columns: Columns,
        coefficients: ArrayLike,
        there: NDArray[np.bool_],
        right: ArrayLike,
    ) -> None:
        """Add equations of which some terms are not there; all rows x terms."""
        self.counts.append(there.sum(axis=1, dtype=np.int32))
        self.index.append(columns[there])
        self.value.append(np.broadcast_to(coefficients, columns.shape)[there])
        self._bounds(len(columns), right, right)

    def _bounds(self, count: int, lower: ArrayLike, upper: ArrayLike) -> None:
        self.lower.append(np.broadcast_to(np.asarray(lower, float).ravel(), count))
        self.upper.append(np.broadcast_to(np.asarray(upper, float).ravel(), count))


@dataclass(frozen=True, slots=True)
class Program:
    """A program as HiGHS takes it."""

    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    start: Columns
    index: Columns
    value: Floats


@dataclass(frozen=True, slots=True)
class Numbered:
    """The number of every column, keyed as the columns are; -1: there is none."""

    added: Columns
    retired: Columns
    installed: Columns
    assigned: Columns
    served: Columns
    completed: Columns


def build(d: Data) -> Program:
    """Return the program."""
    v, count = _numbered(d)
    rows = Rows()
    _fleet(d, v, rows)
    _limits(d, v, rows)
    _work(d, v, rows)
    start = np.zeros(sum(map(len, rows.counts)) + 1, dtype=np.int32)
    np.cumsum(np.concatenate(rows.counts), out=start[1:])
    upper = np.full(count, INFINITY)
    upper[v.served.ravel()] = d.served_width.ravel()
    upper[v.completed] = 1.0
    return Program(
        cost=_cost(d, v, count),
        lower=np.zeros(count),
        upper=upper,
        row_lower=np.concatenate(rows.lower),
        row_upper=np.concatenate(rows.upper),
        start=start,
        index=np.concatenate(rows.index),
        value=np.concatenate(rows.value),
    )


def _numbered(d: Data) -> tuple[Numbered, int]:
    """Return the columns' numbers, and how many there are."""
    first = 0

    def next_ones(*shape: int) -> Columns:
        nonlocal first
        count = int(np.prod(shape))
        first += count
        return np.arange(first - count, first, dtype=np.int32).reshape(shape)

    workloads = d.services + d.runs
    added, installed = next_ones(*d.stands), next_ones(*d.stands)
    retired = np.full(d.stands, -1, dtype=np.int32)
    retired[d.due] = next_ones(int(d.due.sum()))
    assigned = next_ones(workloads, *d.stands)
    served = next_ones(*d.served_width.shape)
    completed = next_ones(d.runs)
    return Numbered(added, retired, installed, assigned, served, completed), first


def _cost(d: Data, v: Numbered, count: int) -> Floats:
    cost = np.zeros(count)
    cost[v.added] = d.added_cost()[:, None, :]
    cost[v.installed] = d.installed_cost()
    first = v.assigned[0, 0, 0, 0]
    cost[first : first + v.assigned.size] = d.assigned_cost().ravel()
    cost[v.served] = -d.served_musd
    cost[v.completed] = -d.completed_musd
    return cost


def _fleet(d: Data, v: Numbered, rows: Rows) -> None:
    """Add fleet_balance, end_of_life, assignment and supply."""
    before = np.full_like(v.installed, -1)
    before[:, :, 1:] = v.installed[:, :, :-1]
    columns = np.stack((v.installed, before, v.added, v.retired), axis=-1)
    columns = columns.reshape(-1, 4)
    right = np.zeros(d.stands)
    right[:, :, 0] = d.start / d.scale
    rows.add_some(columns, (1.0, -1.0, -1.0, 1.0), columns >= 0, right)
    a, s, t = np.nonzero(d.due)
    if len(a):
        early = np.arange(d.stands[2]) <= t[:, None]
        retired, added = v.retired[a, s], v.added[a, s]
        gone = early & (retired >= 0), d.retires[a] <= t[:, None]
        rows.add_some(
            np.concatenate((retired, added), axis=1),
            np.repeat((1.0, -1.0), d.stands[2]),
            np.concatenate(gone, axis=1),
            d.expired[a, s, t] / d.scale,
        )
    working = v.assigned.reshape(len(v.assigned), -1).T
    share = np.broadcast_to(d.availability[:, None, None], d.stands).reshape(-1, 1)
    standing = v.installed.reshape(-1, 1)
    rows.add((working, 1.0), (standing, -share), lower=-INFINITY, upper=0.0)
    for span, limit in enumerate(d.supply_limit.T):
        inside = v.added[:, :, d.supply_span == span].reshape(len(limit), -1)
        rows.add((inside, 1.0), lower=-INFINITY, upper=limit / d.scale)


def _limits(d: Data, v: Numbered, rows: Rows) -> None:
    """Add site_power, power_budget and capex_budget."""
    each_mw = d.facility_mw * d.scale
    _, sites, periods = d.stands
    by_site = np.moveaxis(v.installed, 0, -1).reshape(sites * periods, -1)
    of_site = np.repeat(each_mw.T, periods, axis=0)
    rows.add((by_site, of_site), lower=-INFINITY, upper=d.site_power_mw)
    by_period = v.installed.reshape(-1, periods).T
    rows.add((by_period, each_mw.ravel()), lower=-INFINITY, upper=d.power_budget_mw)
    price = d.price_musd * d.scale
    for span, limit in enumerate(d.capex_limit_musd):
        inside = d.capex_span == span
        columns = v.added[:, :, inside]
        prices = np.broadcast_to(price[:, None, inside], columns.shape)
        rows.add(
            (columns.reshape(1, -1), prices.reshape(1, -1)),
            lower=-INFINITY,
            upper=limit,
        )


def _work(d: Data, v: Numbered, rows: Rows) -> None:
    """Add demand, minimum_served, training_work and run_size."""
    accelerators, sites, periods = d.stands
    pairs = accelerators * sites
    by_period = v.assigned.reshape(-1, pairs, periods).swapaxes(1, 2)
    serving, training = by_period[: d.services], by_period[d.services :]
    share = np.repeat((d.demand_share * d.scale).swapaxes(1, 2), sites, axis=2)
    served = v.served.reshape(-1, d.steps)
    rows.add(
        (serving.reshape(-1, pairs), share.reshape(-1, pairs)),
        (served, -1.0),
        lower=0.0,
        upper=INFINITY,
    )
    rows.add((served, 1.0), lower=np.repeat(d.minimum, periods), upper=INFINITY)
    work = np.repeat((d.work_share * d.scale).swapaxes(1, 2), sites, axis=2)
    rows.add(
        (training.reshape(d.runs, -1), work.reshape(d.runs, -1)),
        (v.completed[:, None], -1.0),
        lower=0.0,
        upper=INFINITY,
    )
    weight = np.repeat(d.run_weight * d.scale, sites, axis=1)
    rows.add(
        (training.reshape(-1, pairs), np.repeat(weight, periods, axis=0)),
        lower=-INFINITY,
        upper=1.0,
    )


hand_over = loaded.passed
shape = loaded.shape
optimum = loaded.optimum
