"""Records behave as the standard library's frozen dataclasses do when they are read."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from dataclasses import dataclass as standard

import pytest

from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class Ours:
    """A record of this project."""

    name: str
    count: float = 1.0
    parts: tuple[int, ...] = field(default=())


@standard(frozen=True, slots=True)
class Theirs:
    """The same, by the standard library."""

    name: str
    count: float = 1.0
    parts: tuple[int, ...] = field(default=())


@dataclass(frozen=True)
class Guarded:
    """A record without slots: the standard library's own."""

    name: str


GIVEN = ("a", 2.0, (1, 2))


def test_equal_records_are_equal_and_hash_alike() -> None:
    assert Ours(*GIVEN) == Ours(*GIVEN) != Ours("b")
    assert {Ours(*GIVEN): 1}[Ours(*GIVEN)] == 1
    assert Ours(*GIVEN) != Theirs(*GIVEN)
    assert hash(Ours(*GIVEN)) == hash(Theirs(*GIVEN))


def test_records_print_copy_and_change_as_the_standard_ones_do() -> None:
    ours, theirs = Ours(*GIVEN), Theirs(*GIVEN)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert asdict(ours) == asdict(theirs)
    assert [f.name for f in fields(ours)] == [f.name for f in fields(theirs)]
    assert replace(ours, count=3.0) == Ours("a", 3.0, (1, 2))
    assert copy.deepcopy(ours) == pickle.loads(pickle.dumps(ours)) == ours  # noqa: S301  # our own


def test_slots_hold_no_other_attribute() -> None:
    with pytest.raises(AttributeError):
        Ours("a").other = 1  # type: ignore[attr-defined]  # what is tested


def test_a_record_without_slots_is_guarded() -> None:
    with pytest.raises(FrozenInstanceError):
        Guarded("a").name = "b"  # type: ignore[misc]  # what is tested
