"""Columns of one name, and the rows that sum over them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

import numpy as np

from planner.formulation.arrays import Flags, Floats, Ints
from planner.formulation.clock import ALL_DAY
from planner.formulation.rows import Block, Column, Sense, Terms, named
from planner.formulation.sets import Sets

Key = TypeVar("Key", bound=tuple[object, ...])
Groups = dict[Any, list[tuple[Key, Column]]]
Numbers = Callable[[Any], Floats]
"""The coefficient of every term, from its members by number: ``k.a``, ``k.s``, …"""


class Family(Generic[Key]):
    """Columns of one name: their keys, in the program's order.

    Attributes:
        name: First word of every column's name.
        letters: The sets of its keys, a letter each: ``ast`` for A x S x T.
        first: Position of its first column in the program.
        count: How many columns it has.
        upper: Largest value of each column; empty: none has one.
        whole: Whether each column is a whole number; empty: none is.
        blocks: What ``ALL_DAY`` in a key stands for; empty: no key has it.
    """

    def __init__(
        self,
        name: str,
        letters: str,
        first: int,
        keys: Sequence[Key] | Mapping[str, Ints],
        sets: Sets,
        *,
        blocks: tuple[str, ...] = (),
    ) -> None:
        """Take keys, or their members' numbers as arrays, keyed by letter."""
        self.name = name
        self.letters = letters
        self.first = first
        self.sets = sets
        self.blocks = blocks
        self.upper: Sequence[float] = ()
        self.whole: Sequence[bool] = ()
        self._groups: dict[str, Groups[Key]] = {}
        self._numbers: dict[str, Ints] = {}
        self._at: Ints | None = None
        if isinstance(keys, Mapping):
            self._numbers = dict(keys)
            self.count = len(keys[letters[0]])
        else:
            self.keys = list(keys)
            self.count = len(self.keys)

    @cached_property
    def keys(self) -> list[Key]:
        """Return every column's key."""
        parts = (self.sets.members(one, self.numbers(one)) for one in self.letters)
        return list(zip(*parts, strict=True))  # type: ignore[arg-type]  # a tuple of members is a key

    @cached_property
    def columns(self) -> dict[Key, Column]:
        """Return the columns by key."""
        return dict(zip(self.keys, self.places.tolist(), strict=True))

    @property
    def places(self) -> Ints:
        """Return the position of every column in the program."""
        return np.arange(self.first, self.first + self.count)

    def numbers(self, letter: str) -> Ints:
        """Return the number of every key's member of a set."""
        if letter not in self._numbers:
            place = self.letters.index(letter)
            members = (key[place] for key in self.keys)
            self._numbers[letter] = self.sets.numbers(letter, members)
        return self._numbers[letter]

    def chosen(self, places: Ints) -> list[Key]:
        """Return the keys of some columns, by their place in the family."""
        if "keys" in self.__dict__:
            return [self.keys[place] for place in places.tolist()]
        parts = (
            self.sets.members(one, self.numbers(one)[places]) for one in self.letters
        )
        return list(zip(*parts, strict=True))  # type: ignore[arg-type]  # a tuple of members is a key

    def by(self, letters: str) -> Groups[Key]:
        """Return the columns grouped by some of their sets, e.g. ``st``.

        A column of all day is in the group of every block, under its own key.

        Returns:
            Keys and columns of each group, in order of first appearance; keyed by
            the part of the key that they share.
        """
        if letters not in self._groups:
            part_of = itemgetter(*(self.letters.index(one) for one in letters))
            found: Groups[Key] = defaultdict(list)
            if self.blocks and "b" in letters:
                for item in self.columns.items():
                    for key in self._in_blocks(item[0]):
                        found[part_of(key)].append(item)
            else:
                for item in self.columns.items():
                    found[part_of(item[0])].append(item)
            self._groups[letters] = dict(found)
        return self._groups[letters]

    def _in_blocks(self, key: Key) -> list[tuple[object, ...]]:
        """Return a key, or that of every block where it is of all day."""
        place = self.letters.index("b")
        if key[place] != ALL_DAY:
            return [key]
        return [(*key[:place], b, *key[place + 1 :]) for b in self.blocks]

    def names(self) -> Iterator[str]:
        """Yield the name of every column: the family, then the key."""
        words = [_Words(self.sets.labels if one == "t" else ()) for one in self.letters]
        parts = zip(*self.keys, strict=True) if self.keys else ()
        added = (
            map(word.__getitem__, part)
            for word, part in zip(words, parts, strict=False)
        )
        return map("".join, zip(repeat(self.name, self.count), *added, strict=True))

    def at(self, members: Any) -> Ints:
        """Return the column of each of several keys, by number; -1: none."""
        if self._at is None:
            self._at = np.full(self.sets.count(self.letters), -1)
            self._at[self.sets.flat(self.letters, vars(self.terms))] = self.places
        found: Ints = self._at[self.sets.flat(self.letters, vars(members))]
        return found

    @cached_property
    def terms(self) -> SimpleNamespace:
        """Return every column's place and members by number."""
        numbers = {one: self.numbers(one) for one in self.letters}
        return SimpleNamespace(place=self.places, **numbers)

    @cached_property
    def block_terms(self) -> SimpleNamespace:
        """Return the same with a column of all day once in every block."""
        if not self.blocks:
            return self.terms
        all_day = self.numbers("b") == len(self.blocks)
        times = np.where(all_day, len(self.blocks), 1)
        found = {one: np.repeat(x, times) for one, x in vars(self.terms).items()}
        begin = np.repeat(np.cumsum(times) - times, times)
        each = np.arange(len(begin)) - begin
        found["b"] = np.where(np.repeat(all_day, times), each, found["b"])
        return SimpleNamespace(**found)

    def cells(
        self,
        letters: str,
        where: Callable[[Any], Flags] | None = None,
        *,
        spread: bool = True,
    ) -> "Cells":
        """Return the rows that some sets of the keys make, by first appearance.

        Args:
            letters: The sets, e.g. ``astb``.
            where: Which terms count, from their members; None: all.
            spread: Whether a column of all day is in the row of every block; else it
                has one of its own.
        """
        spread = spread and "b" in letters
        terms = _kept(self.block_terms if spread else self.terms, where)
        return Cells(self.sets, letters, vars(terms), spread=spread)


class _Words(dict[Any, str]):
    """What each member of a set adds to a name, made when it is first asked for."""

    def __init__(self, labels: Sequence[str]) -> None:
        """Take the labels of periods; other members are words themselves."""
        self.labels = labels

    def __missing__(self, member: Any) -> str:
        """Return it with what parts it from the words before; nothing of none."""
        word = self.labels[member] if self.labels else str(member)
        self[member] = named("", word) if word else ""
        return self[member]


class Cells:
    """Rows over some sets: one for each combination of members that there is.

    Attributes:
        count: How many rows.
        k: Each row's members by number.
    """

    def __init__(
        self, sets: Sets, letters: str, numbers: Mapping[str, Ints], *, spread: bool
    ) -> None:
        """Take members by number, keyed by letter, each combination once or more."""
        self.sets, self.letters, self.spread = sets, letters, spread
        flat = sets.flat(letters, numbers)
        places = np.arange(len(flat))
        self._row = np.full(sets.count(letters), -1)
        self._row[flat[::-1]] = places[::-1]  # written last: a combination's first
        kept = places[self._row[flat] == places]
        self.count = len(kept)
        self.k = SimpleNamespace(**{one: numbers[one][kept] for one in letters})
        self._row[flat[kept]] = np.arange(self.count)

    def sum(
        self,
        family: Family[Any],
        number: Numbers | float,
        where: Callable[[Any], Flags] | None = None,
    ) -> Terms:
        """Return Σ number·column: each row's columns of the same members.

        Args:
            family: Its keys have all sets of the rows, then a row sums over the
                others; or only some of them, then a row has one column at most.
            number: Of each term, from its members by number, or of all.
            where: Which terms count, likewise; None: all.
        """
        if set(self.letters) <= set(family.letters):
            k = _kept(family.block_terms if self.spread else family.terms, where)
            row, column = self._row[self.sets.flat(self.letters, vars(k))], k.place
        else:
            k, row = self.k, np.arange(self.count)
            column = family.at(k)
        found = (row >= 0) & (column >= 0)
        k, row, column = _where(k, found), row[found], column[found]
        value = number(k) if callable(number) else np.full(len(row), number)
        return row, column, value

    def block(
        self,
        constraint: str,
        sense: Sense,
        rhs: float,
        *terms: Terms,
        index: str = "",
        prefix: tuple[str, ...] = (),
    ) -> Block:
        """Return the rows as a block of sums.

        Args:
            constraint: The one name of the constraint.
            sense: How the sums compare with ``rhs``.
            rhs: The number.
            *terms: What the sums are of.
            index: The sets that name a row; empty: all.
            prefix: Words before them.
        """

        def indices() -> Iterator[tuple[str, ...]]:
            words = [
                self.sets.words(one, getattr(self.k, one))
                for one in index or self.letters
            ]
            return (prefix + each for each in zip(*words, strict=True))

        return Block(constraint, self.count, indices, sense, rhs, list(terms))


def _kept(terms: SimpleNamespace, where: Callable[[Any], Flags] | None) -> Any:
    return terms if where is None else _where(terms, where(terms))


def _where(terms: SimpleNamespace, kept: Flags) -> SimpleNamespace:
    if kept.all():
        return terms
    return SimpleNamespace(**{name: x[kept] for name, x in vars(terms).items()})
