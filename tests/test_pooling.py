"""Where units stand and what they do, decided apart: the same optimum and plan."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.explain.certificate import certificate_of
from planner.formulation.arrays import INFINITY, Arrays, Floats
from planner.formulation.build import Program
from planner.pipeline import program_of
from planner.solvers import solve as solving
from planner.solvers.highs import Live
from planner.solvers.pooling import Pairs, pooled, pooled_arrays
from planner.solvers.solution import Solution
from planner.solvers.solve import solve_program
from tests.benchmarks.large import Size, large_scenario

EXACT = 1e-9
"""Relative, between objectives of one program solved in two ways."""
SAME = 1e-6
"""Accelerators, and shares, between two plans that must be one."""


@pytest.fixture(scope="module")
def program() -> Program:
    """Return 2 accelerators x 8 sites x 21 workloads x 4 months."""
    size = Size(accelerators=2, sites=8, services=20, runs=1, months=4)
    return program_of(large_scenario(size))


def optimum(arrays: Arrays) -> Solution:
    live = Live()
    live.load(arrays)
    return replace(live.run(), ranges=live.ranges(), arrays=arrays)


# --- The same optimum -----------------------------------------------------------------


@st.composite
def transports(draw: st.DrawFn) -> tuple[Arrays, Pairs]:
    """Return a program of stands with a limit each and tasks with a demand each.

    Each pair of a stand and a task of its pool is a column; a shortfall of each task
    makes it feasible. Numbers repeat often, so that optima are many.
    """
    sizes = draw(
        st.lists(
            st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=3
        )
    )
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cells = [
        (pool, stand, task)
        for pool, (stands, tasks) in enumerate(sizes)
        for stand in range(stands)
        for task in range(tasks)
    ]
    stands, tasks = 4 * len(sizes), 4  # a task is the same demand in every pool
    matrix = np.zeros((stands + tasks, len(cells) + tasks))
    cost = np.zeros(len(cells) + tasks)
    use, dear = seed.integers(1, 3, stands), seed.integers(0, 4, stands)
    rate, gain = seed.integers(1, 3, (len(sizes), 4)), seed.integers(0, 3, 4)
    for column, (pool, stand, task) in enumerate(cells):
        place = 4 * pool + stand
        matrix[place, column] = use[place]
        matrix[stands + task, column] = rate[pool, task]
        cost[column] = dear[place] - gain[task]
    cost[len(cells) :] = 5
    matrix[stands:, len(cells) :] = np.eye(tasks)
    limits = seed.integers(0, 5, stands).astype(float)
    demands = seed.integers(0, 9, tasks).astype(float)
    number = np.array([4 * pool + stand for pool, stand, _ in cells])
    of_task = np.array([4 * pool + task for pool, _, task in cells])
    pairs = Pairs(
        np.arange(len(cells)),
        np.unique(number, return_inverse=True)[1],
        np.unique(of_task, return_inverse=True)[1],
        np.array([pool for pool, _, _ in cells]),
    )
    lower = np.concatenate([np.full(stands, -INFINITY), demands])
    upper = np.concatenate([limits, demands])
    return of_matrix(matrix, cost, lower, upper), pairs


def of_matrix(matrix: Floats, cost: Floats, lower: Floats, upper: Floats) -> Arrays:
    row, column = np.nonzero(matrix)
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(matrix)))])
    return Arrays(
        cost=cost.astype(float),
        lower=np.zeros(len(cost)),
        upper=np.full(len(cost), INFINITY),
        row_lower=lower,
        row_upper=upper,
        start=start.astype(np.int32),
        index=column.astype(np.int32),
        value=matrix[row, column].astype(float),
        whole=np.zeros(len(cost), dtype=np.bool_),
    )


@settings(max_examples=150, deadline=None)
@given(transports())
def test_split_is_an_optimum_of_the_whole_program(drawn: tuple[Arrays, Pairs]) -> None:
    arrays, pairs = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.solvers.pooling.PAYS", INFINITY)
        small = pooled_arrays(arrays, pairs)
    assert small is not None
    assert len(small.pairs.column) == len(pairs.column)
    found = small.split(optimum(small.arrays))
    proof = certificate_of(arrays, found)
    assert proof.verified
    assert proof.relative_gap <= EXACT
    assert found.objective == pytest.approx(optimum(arrays).objective, rel=EXACT)
    activities = [
        float(arrays.value[a:b] @ found.values[arrays.index[a:b]])
        for a, b in zip(arrays.start[:-1], arrays.start[1:], strict=True)
    ]
    assert found.row_values == pytest.approx(np.array(activities), abs=SAME)


def test_same_objective_and_plan_with_and_without(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = solve_program(program)
    monkeypatch.setattr(solving, "POOLED_COLUMNS", 0)
    apart = solve_program(program)
    assert pooled(program) is not None
    assert apart.objective == pytest.approx(whole.objective, rel=EXACT)
    assert whole.unique
    assert apart.unique
    assert apart.values == pytest.approx(whole.values, abs=SAME)
    assert apart.row_values == pytest.approx(whole.row_values, abs=SAME)
    assert certificate_of(program.arrays, apart).verified


def test_prices_hold_within_their_ranges(program: Program) -> None:
    small = pooled(program)
    assert small is not None
    found = small.split(optimum(small.arrays))
    assert found.ranges is not None
    arrays, (low, high) = program.arrays, found.ranges
    priced = np.flatnonzero((np.abs(found.duals) > SAME) & np.isfinite(high))
    assert len(priced)
    for row in priced[:: max(1, len(priced) // 12)]:
        at = found.row_values[row]
        for end in (low[row], high[row]):
            moved = (arrays.row_lower.copy(), arrays.row_upper.copy())
            for side in moved:
                side[row] = end if np.isfinite(side[row]) else side[row]
            bounds = (arrays.lower, arrays.upper)
            other = optimum(arrays.with_bounds(arrays.cost, bounds, moved))
            more = found.duals[row] * (end - at)
            assert other.objective == pytest.approx(found.objective + more, rel=SAME)


# --- What is pooled -------------------------------------------------------------------


def test_fewer_columns_and_the_same_rows_first(program: Program) -> None:
    small, arrays = pooled(program), program.arrays
    assert small is not None
    assert small.arrays.columns < arrays.columns / 2
    assert small.arrays.row_upper[: arrays.rows].tolist() == arrays.row_upper.tolist()
    assert not small.arrays.row_upper[arrays.rows :].any()


def square() -> tuple[Arrays, Pairs]:
    """Return two stands and two tasks, and columns that are left alone."""
    matrix = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]])
    pairs = Pairs(*map(np.array, ([0, 1, 2, 3], [0, 0, 1, 1], [0, 1, 0, 1], [0] * 4)))
    sides = np.full(4, -INFINITY), np.full(4, 2.0)
    return of_matrix(matrix, np.array([1, 3, 2, 4]), *sides), pairs


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("cost", 1.5),  # of stand and task together
        ("value", 2.0),  # one term of the stand, another of the task
        ("upper", 1.0),
        ("lower", 0.5),
        ("whole", True),
    ],
)
def test_what_a_pair_has_alone_keeps_its_pool(
    monkeypatch: pytest.MonkeyPatch, what: str, value: float
) -> None:
    monkeypatch.setattr("planner.solvers.pooling.PAYS", INFINITY)
    arrays, pairs = square()
    changed = getattr(arrays, what).copy()
    changed[0] = value
    before = pooled_arrays(arrays, pairs)
    after = pooled_arrays(replace(arrays, **{what: changed}), pairs)
    assert before is not None
    assert after is not None
    assert (len(before.pairs.column), len(after.pairs.column)) == (4, 0)


def test_a_missing_pair_keeps_its_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solvers.pooling.PAYS", INFINITY)
    arrays, pairs = square()
    three = np.array([True, True, True, False])
    after = pooled_arrays(arrays, pairs.kept(three))
    assert after is not None
    assert not len(after.pairs.column)


def test_no_smaller_program_where_little_is_saved() -> None:
    assert pooled_arrays(*square()) is None
