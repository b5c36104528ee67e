"""The columns of the program: one family for each kind of decision.

A column exists only where it can be non-zero. Counts are in units of
``Coefficients.scale`` accelerators; shares lie between 0 and 1; power is in MW.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Generic, TypeVar

from pulp import LpProblem, LpVariable

from planner.formulation.clock import ALL_DAY
from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import named

Key = TypeVar("Key", bound=tuple[object, ...])
Groups = dict[Any, list[tuple[Key, LpVariable]]]


@dataclass(slots=True)
class Family(Generic[Key]):
    """Columns of one name: their keys, in the program's order.

    Attributes:
        name: First word of every column's name.
        sets: The sets of its keys, a letter each: ``ast`` for A x S x T.
        first: Position of its first column in the program.
        columns: The columns by key.
        blocks: What ``ALL_DAY`` in a key stands for; empty: no key has it.
    """

    name: str
    sets: str
    first: int
    columns: dict[Key, LpVariable] = field(default_factory=dict)
    blocks: tuple[str, ...] = ()
    _groups: dict[str, Groups[Key]] = field(default_factory=dict)

    def by(self, sets: str) -> Groups[Key]:
        """Return the columns grouped by some of their sets, e.g. ``st``.

        A column of all day is in the group of every block, under its own key.

        Returns:
            Keys and columns of each group, in order of first appearance; keyed by
            the part of the key that they share.
        """
        if sets not in self._groups:
            part_of = itemgetter(*(self.sets.index(one) for one in sets))
            found: Groups[Key] = defaultdict(list)
            if self.blocks and "b" in sets:
                for item in self.columns.items():
                    for key in self._in_blocks(item[0]):
                        found[part_of(key)].append(item)
            else:
                for item in self.columns.items():
                    found[part_of(item[0])].append(item)
            self._groups[sets] = dict(found)
        return self._groups[sets]

    def _in_blocks(self, key: Key) -> list[tuple[object, ...]]:
        """Return a key, or that of every block where it is of all day."""
        place = self.sets.index("b")
        if key[place] != ALL_DAY:
            return [key]
        return [(*key[:place], b, *key[place + 1 :]) for b in self.blocks]


@dataclass(frozen=True, slots=True)
class Variables:
    """All columns of one program.

    Attributes:
        added: Deliveries, A x S x T.
        retired: Units taken out of service, A x S x T.
        installed: Units in service, A x S x T.
        assigned: Units that work on a workload, A x S x W x T x B; of a steady
            run A x S x R x T x ``ALL_DAY``.
        signed: Leases signed, L x T.
        leased: Accelerators leased, L x T.
        rented: Accelerators paid for by the hour, L x T x B.
        served: Share of demand served, by step of its value, V x T x B x K.
        completed: Share of a run done, by step of its value, R x K.
        expanded: Facility power ordered for a site [MW], S x T.
    """

    added: Family[tuple[str, str, int]]
    retired: Family[tuple[str, str, int]]
    installed: Family[tuple[str, str, int]]
    assigned: Family[tuple[str, str, str, int, str]]
    signed: Family[tuple[str, int]]
    leased: Family[tuple[str, int]]
    rented: Family[tuple[str, int, str]]
    served: Family[tuple[str, int, str, int]]
    completed: Family[tuple[str, int]]
    expanded: Family[tuple[str, int]]

    def families(self) -> tuple[Family, ...]:  # type: ignore[type-arg]  # keys differ
        """Return the families in the program's order."""
        return (
            self.added,
            self.retired,
            self.installed,
            self.assigned,
            self.signed,
            self.leased,
            self.rented,
            self.served,
            self.completed,
            self.expanded,
        )


def variables(problem: LpProblem, c: Coefficients) -> Variables:
    """Add every column to ``problem`` and return them by family."""
    maker = _Maker(problem, c)
    added = maker.counts("added", _added_keys(c))
    retired = maker.counts("retired", _retired_keys(c))
    installed_keys = _installed_keys(c)
    installed = maker.counts("installed", installed_keys)
    leased_keys = _leased_keys(c)
    standing = set(installed_keys)
    for name, t in leased_keys:
        offer = c.leases.offers[name]
        standing.add((offer.accelerator, offer.place, t))
    assigned = maker.assigned(_assigned_keys(c, standing))
    return Variables(
        added=added,
        retired=retired,
        installed=installed,
        assigned=assigned,
        signed=maker.leases("signed", _signed_keys(c)),
        leased=maker.leases("leased", leased_keys),
        rented=maker.rented(leased_keys),
        served=maker.served(),
        completed=maker.completed(),
        expanded=maker.expanded(),
    )


class _Maker:
    """Adds columns family by family, so that each family is contiguous."""

    def __init__(self, problem: LpProblem, c: Coefficients) -> None:
        self.add = problem.add_variable
        self.c = c
        self.labels = [label.replace("-", "_") for label in c.clock.labels]
        self.made = 0

    def counts(
        self, name: str, keys: list[tuple[str, str, int]]
    ) -> Family[tuple[str, str, int]]:
        add, labels = self.add, self.labels
        family = Family[tuple[str, str, int]](name, "ast", self.made)
        family.columns = {
            key: add(f"{name}__{key[0]}__{key[1]}__{labels[key[2]]}", 0) for key in keys
        }
        self.made += len(keys)
        return family

    def assigned(
        self, keys: list[tuple[str, str, str, int, str]]
    ) -> Family[tuple[str, str, str, int, str]]:
        add, labels = self.add, self.labels
        words = {key[1]: named(key[1]) for key in keys}
        family = Family[tuple[str, str, str, int, str]]("assigned", "aswtb", self.made)
        family.columns = {
            (a, s, w, t, b): add(f"assigned__{a}__{words[s]}__{w}__{labels[t]}__{b}", 0)
            for a, s, w, t, b in keys
        }
        if self.c.work.steady:
            family.blocks = tuple(self.c.clock.blocks)
        self.made += len(keys)
        return family

    def leases(self, name: str, keys: list[tuple[str, int]]) -> Family[tuple[str, int]]:
        add, labels = self.add, self.labels
        family = Family[tuple[str, int]](name, "lt", self.made)
        family.columns = {
            (offer, t): add(f"{name}__{offer}__{labels[t]}", 0) for offer, t in keys
        }
        self.made += len(keys)
        return family

    def rented(self, leased: list[tuple[str, int]]) -> Family[tuple[str, int, str]]:
        add, labels = self.add, self.labels
        family = Family[tuple[str, int, str]]("rented", "ltb", self.made)
        family.columns = {
            (offer, t, b): add(f"rented__{offer}__{labels[t]}__{b}", 0)
            for offer, t in leased
            if self.c.leases.offers[offer].on_demand
            for b in self.c.clock.blocks
        }
        self.made += len(family.columns)
        return family

    def served(self) -> Family[tuple[str, int, str, int]]:
        family = Family[tuple[str, int, str, int]]("served", "wtbk", self.made)
        for (v, t, b), pieces in self.c.work.served_pieces.items():
            for k, piece in enumerate(pieces):
                name = f"served__{v}__{self.labels[t]}__{b}__{k}"
                family.columns[v, t, b, k] = self.add(name, 0, piece.width)
        self.made += len(family.columns)
        return family

    def completed(self) -> Family[tuple[str, int]]:
        family = Family[tuple[str, int]]("completed", "wk", self.made)
        for run, pieces in self.c.work.completed_pieces.items():
            for k, piece in enumerate(pieces):
                name = f"completed__{run}__{k}"
                family.columns[run, k] = self.add(name, 0, piece.width)
        self.made += len(family.columns)
        return family

    def expanded(self) -> Family[tuple[str, int]]:
        family = Family[tuple[str, int]]("expanded", "st", self.made)
        for s, t in self.c.expansions.orders:
            name = f"expanded__{s}__{self.labels[t]}"
            family.columns[s, t] = self.add(name, 0)
        self.made += len(family.columns)
        return family


def _added_keys(c: Coefficients) -> list[tuple[str, str, int]]:
    return sorted(c.fleet.can_add)


def _retired_keys(c: Coefficients) -> list[tuple[str, str, int]]:
    """Return where units reach their lifetime: of the start, or of a delivery."""
    keys = {
        (a, s, c.fleet.retires[a, t])
        for a, s, t in c.fleet.can_add
        if (a, t) in c.fleet.retires
    }
    for (a, s, t), count in c.fleet.expired.items():
        before = c.fleet.expired.get((a, s, t - 1), 0.0)
        if count > before:
            keys.add((a, s, t))
    return sorted(keys)


def _installed_keys(c: Coefficients) -> list[tuple[str, str, int]]:
    """Return where units can stand: left of the start, or delivered before."""
    keys = set()
    for (a, s), count in c.fleet.start.items():
        for t in range(c.clock.count):
            if count > c.fleet.expired.get((a, s, t), 0.0):
                keys.add((a, s, t))
    for a, s, t in c.fleet.can_add:
        for later in range(t, c.fleet.retires.get((a, t), c.clock.count)):
            keys.add((a, s, later))
    return sorted(keys)


def _signed_keys(c: Coefficients) -> list[tuple[str, int]]:
    """Return when offers with a term can be signed."""
    return [
        (name, t)
        for name, offer in sorted(c.leases.offers.items())
        if not offer.on_demand and offer.limit != 0
        for t in range(offer.opens, c.clock.count)
    ]


def _leased_keys(c: Coefficients) -> list[tuple[str, int]]:
    """Return when something can be leased: on demand, signed before or by then."""
    return [
        (name, t)
        for name, offer in sorted(c.leases.offers.items())
        if offer.limit != 0
        for t in range(c.clock.count)
        if t >= offer.opens or offer.running[t]
    ]


def _assigned_keys(
    c: Coefficients, standing: set[tuple[str, str, int]]
) -> list[tuple[str, str, str, int, str]]:
    """Return where units can work: pair, place, period and block all allow it."""
    keys = []
    for (w, a), sites in c.work.pairs.items():
        if w in c.work.maximum and a not in c.work.maximum[w]:
            continue
        cells = (
            [(t, b) for t in c.work.window[w] for b in c.blocks_of(w)]
            if w in c.work.window
            else c.work.live[w]
        )
        keys += [
            (a, s, w, t, b) for s in sites for t, b in cells if (a, s, t) in standing
        ]
    return keys
