"""Rows as arrays are the rows that one gets by grouping keys one by one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from planner.errors import InternalError
from planner.formulation.assemble import flat
from planner.formulation.build import Program
from planner.formulation.clock import ALL_DAY
from planner.formulation.family import Family
from planner.formulation.rows import Head, Row, one_row
from planner.pipeline import program_of
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from tests.conftest import ROOT
from tests.strategies import World
from tests.test_blocks import CHAT, STANDING, STEADY


@pytest.fixture(scope="module", params=["night_shift", "lease_or_own"])
def real(request: pytest.FixtureRequest) -> Program:
    path = ROOT / "scenarios" / f"{request.param}.yaml"
    return program_of(load_scenario(path))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def steady(world: World, program: Callable[[Scenario], Program]) -> Program:
    return program(world.scenario(STANDING + CHAT + STEADY))


def rows_of(family: Family, letters: str) -> dict[tuple[str, ...], list[int]]:  # type: ignore[type-arg]  # any keys
    """Return the columns of each row, keyed by its words, in the rows' order."""
    cells = family.cells(letters)
    block = cells.block("sum", "<=", 0.0, cells.sum(family, 1.0))
    lengths, columns, _ = block.by_row()
    parts = np.split(columns, np.cumsum(lengths)[:-1])
    return {
        index: part.tolist() for index, part in zip(block.indices(), parts, strict=True)
    }


def grouped(family: Family, letters: str) -> dict[tuple[str, ...], list[int]]:  # type: ignore[type-arg]  # any keys
    """Return the same by grouping keys."""
    labels = family.sets.labels
    found = {}
    for key, items in family.by(letters).items():
        parts = key if len(letters) > 1 else (key,)
        words = zip(letters, parts, strict=True)
        index = tuple(labels[x] if one == "t" else str(x) for one, x in words)
        found[index] = [column for _, column in items]
    return found


@pytest.mark.parametrize("letters", ["astb", "wtb", "w", "aw", "t", "b", "st"])
def test_cells_are_groups(real: Program, letters: str) -> None:
    expected = grouped(real.v.assigned, letters)
    assert list(rows_of(real.v.assigned, letters).items()) == list(expected.items())


@pytest.mark.parametrize("letters", ["astb", "wtb", "w", "t"])
def test_a_column_of_all_day_is_in_the_row_of_every_block(
    steady: Program, letters: str
) -> None:
    assigned = steady.v.assigned
    assert any(key[4] == ALL_DAY for key in assigned.keys)
    expected = grouped(assigned, letters)
    assert list(rows_of(assigned, letters).items()) == list(expected.items())


def test_unspread_it_has_a_row_of_its_own(steady: Program) -> None:
    cells = steady.v.assigned.cells("wtb", spread=False)
    blocks = {steady.v.sets.names["b"][number] for number in cells.k.b.tolist()}
    assert blocks == {"peak", "rest", ALL_DAY}


def test_smaller_keys_give_each_row_one_column(real: Program) -> None:
    v = real.v
    cells = v.assigned.cells("astb")
    row, column, value = cells.sum(v.installed, lambda k: k.t + 1.0)
    own = len(v.sets.names["s"]) - len(real.c.leases.at)
    assert row.tolist() == np.flatnonzero(cells.k.s < own).tolist()
    names = {x: key for key, x in v.installed.columns.items()}
    assert [names[x][2] + 1.0 for x in column.tolist()] == value.tolist()


def test_chosen_keys_are_those_of_all(real: Program) -> None:
    made = real.v.assigned
    some = np.array([0, made.count - 1, made.count // 2])
    before = made.chosen(some)
    assert before == [made.keys[place] for place in some.tolist()] == made.chosen(some)


def test_a_number_that_is_not_stated_is_refused() -> None:
    head = Head("demand", ("w", "2026"), ">=", 0.0)
    missing = one_row(head, np.array([0]), np.array([np.nan]))
    rows = [Row("supply", ("a",), [(0, 1.0)], "<=", 1.0), missing]
    bounds = np.zeros(1), np.ones(1), np.zeros(1, np.bool_)
    with pytest.raises(InternalError, match="not a number"):
        flat(*bounds, rows)
