"""The sets of the program, numbered: names to integers, numbers to arrays."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from planner.formulation.arrays import Flags, Floats, Ints
from planner.formulation.clock import ALL_DAY
from planner.formulation.coefficients import Coefficients


class Sets:
    """The members of each set by their number, a letter for each set.

    ``a`` accelerators, ``s`` sites and places of offers, ``w`` workloads, ``t``
    periods, ``b`` load blocks and last ``ALL_DAY``, ``k`` steps. Periods and steps
    are numbers already.

    Attributes:
        labels: Name of each period.
        sites: How many of ``s`` are sites of the scenario itself: the first ones.
        names: Members of each set, but for periods and steps, keyed by letter.
        size: How many members each set has, keyed by letter.
    """

    def __init__(self, c: Coefficients) -> None:
        """Number the members in the program's order."""
        self.labels = c.clock.labels
        sites = list(dict.fromkeys(s for s, _ in c.site_power_mw))
        self.sites = len(sites)
        self.names: dict[str, list[str]] = {
            "a": list(c.availability),
            "s": [*sites, *c.leases.at],
            "w": [*c.work.runs, *c.work.services],
            "b": [*c.clock.blocks, ALL_DAY],
        }
        self._numbers = {
            letter: {name: number for number, name in enumerate(names)}
            for letter, names in self.names.items()
        }
        steps = [*c.work.served_pieces.values(), *c.work.completed_pieces.values()]
        most = max(map(len, (*steps, *c.work.brackets.values())), default=0)
        self.size = {letter: len(names) for letter, names in self.names.items()}
        self.size |= {"t": c.clock.count, "k": most}

    def numbers(self, letter: str, members: Iterable[Any]) -> Ints:
        """Return the number of each member of a set."""
        if letter in self._numbers:
            members = map(self._numbers[letter].__getitem__, members)
        return np.fromiter(members, np.int64)

    def among(self, letter: str, members: Container[str]) -> Flags:
        """Return which of a set are among some members, keyed by number."""
        return np.array([name in members for name in self.names[letter]], np.bool_)

    def members(self, letter: str, numbers: Ints) -> list[Any]:
        """Return the member with each number."""
        if letter in self.names:
            names = self.names[letter]
            return [names[number] for number in numbers.tolist()]
        return list(numbers.tolist())

    def words(self, letter: str, numbers: Ints) -> list[str]:
        """Return the members as they stand in names of rows: periods by their label."""
        if letter == "t":
            return [self.labels[number] for number in numbers.tolist()]
        return list(map(str, self.members(letter, numbers)))

    def table(self, letters: str, numbers: Mapping[Any, float]) -> Floats:
        """Return numbers as an array over sets; not-a-number where none is stated.

        Args:
            letters: The sets of the keys, in the keys' order, e.g. ``wa``.
            numbers: The numbers by key; of one set the key is the member.
        """
        found = np.full([self.size[letter] for letter in letters], np.nan)
        if numbers:
            parts = zip(*numbers, strict=True) if len(letters) > 1 else [numbers]
            places = map(self.numbers, letters, parts)
            found[tuple(places)] = np.fromiter(numbers.values(), np.float64)
        return found

    def flat(self, letters: str, numbers: Mapping[str, Ints]) -> Ints:
        """Return one number for each combination of members, by their order."""
        found: Any = 0
        for letter in letters:
            found = found * self.size[letter] + numbers[letter]
        return np.asarray(found)

    def count(self, letters: Sequence[str]) -> int:
        """Return how many combinations of members there are."""
        found = 1
        for letter in letters:
            found *= self.size[letter]
        return found
