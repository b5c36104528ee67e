"""The columns of the program: one family for each kind of decision.

A column exists only where it can be non-zero. Counts are in units of
``Coefficients.scale`` accelerators; shares lie between 0 and 1; power is in MW.
"""

from collections.abc import Callable, Mapping, Sequence

from planner.formulation.arrays import Ints
from planner.formulation.coefficients import Coefficients
from planner.formulation.family import Family, Key
from planner.formulation.places import (
    added_keys,
    assigned_members,
    installed_keys,
    kept_keys,
    moved_keys,
    retired_keys,
)
from planner.formulation.sets import Sets
from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class Variables:
    """All columns of one program.

    Attributes:
        sets: What their keys are made of.
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
        kept: Units of a cohort that stand at the end, A x place x cohort.
        moved: Units that leave a site for another, A x S x S x T.
        smallest: Smallest achievement of a tier, keyed by its priority alone.
        beyond: Accelerators of a run beyond a bracket of its size,
            R x A x T x B x K.
        placed: Whether an exclusive workload is at a place, W x S x A; an empty
            site or accelerator stands for any.
        running: Whether any accelerator works on a run that has a minimum,
            R x T x B.
    """

    sets: Sets
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
    kept: Family[tuple[str, str, str]]
    moved: Family[tuple[str, str, str, int]]
    smallest: Family[tuple[int]]
    beyond: Family[tuple[str, str, int, str, int]]
    placed: Family[tuple[str, str, str]]
    running: Family[tuple[str, int, str]]

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
            self.kept,
            self.moved,
            self.smallest,
            self.beyond,
            self.placed,
            self.running,
        )

    @property
    def count(self) -> int:
        """Return the number of columns."""
        return sum(family.count for family in self.families())


def variables(c: Coefficients) -> Variables:
    """Return every column by family; each family is contiguous."""
    sets = Sets(c)
    maker = _Maker(sets, divided=c.whole is None)
    stand = installed_keys(c)
    stands = set(stand)
    leased_keys = _leased_keys(c)
    standing = set(stand)
    for name, t in leased_keys:
        offer = c.leases.offers[name]
        standing.add((offer.accelerator, offer.place, t))
    working = assigned_members(c, standing, sets)
    served, completed = c.work.served_pieces, c.work.completed_pieces
    replica = {} if c.whole is None else c.whole.replica
    runs = frozenset[str]() if c.whole is None else c.whole.runs
    added = maker.family("added", "ast", added_keys(c), whole=lambda _: True)
    retired = maker.family("retired", "ast", retired_keys(c, stands))
    installed = maker.family("installed", "ast", stand)
    assigned: Family[tuple[str, str, str, int, str]] = maker.family(
        "assigned",
        "aswtb",
        working,
        whole=lambda key: (key[2], key[0]) in replica,
        blocks=tuple(c.clock.blocks) if c.work.steady else (),
    )
    return Variables(
        sets=sets,
        added=added,
        retired=retired,
        installed=installed,
        assigned=assigned,
        signed=maker.family("signed", "lt", _signed_keys(c), whole=lambda _: True),
        leased=maker.family("leased", "lt", leased_keys),
        rented=maker.family(
            "rented", "ltb", _rented_keys(c, leased_keys), whole=lambda _: True
        ),
        served=maker.family(
            "served",
            "wtbk",
            [(*cell, k) for cell, steps in served.items() for k in range(len(steps))],
            [piece.width for steps in served.values() for piece in steps],
        ),
        completed=maker.family(
            "completed",
            "wk",
            [(run, k) for run, steps in completed.items() for k in range(len(steps))],
            [piece.width for steps in completed.values() for piece in steps],
            whole=lambda key: key[0] in runs,
        ),
        expanded=maker.family("expanded", "st", list(c.expansions.orders)),
        kept=maker.family("kept", "asc", kept_keys(c)),
        moved=maker.family("moved", "asdt", moved_keys(c, stands)),
        smallest=maker.family("smallest", "p", [(rank,) for rank in c.tiers.members]),
        beyond=maker.family("beyond", "watbk", _beyond_keys(c, assigned)),
        placed=maker.switches("placed", "wsa", _placed_keys(c)),
        running=maker.switches("running", "wtb", _running_keys(c, assigned)),
    )


class _Maker:
    """Numbers columns family by family, in the order in which they are asked for."""

    def __init__(self, sets: Sets, *, divided: bool) -> None:
        self.sets = sets
        self.made = 0
        self.divided = divided

    def family(
        self,
        name: str,
        letters: str,
        keys: Sequence[Key] | Mapping[str, Ints],
        upper: Sequence[float] = (),
        *,
        whole: Callable[[Key], bool] | None = None,
        blocks: tuple[str, ...] = (),
    ) -> Family[Key]:
        """Return the next columns, one for each key; whole ones where that is so."""
        found = Family(name, letters, self.made, keys, self.sets, blocks=blocks)
        self.made += found.count
        found.upper = upper
        if whole is not None and not self.divided:
            found.whole = [whole(key) for key in found.keys]
        return found

    def switches(self, name: str, letters: str, keys: Sequence[Key]) -> Family[Key]:
        """Return the next columns, each either 0 or 1."""
        return self.family(name, letters, keys, [1.0] * len(keys), whole=lambda _: True)


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


def _rented_keys(
    c: Coefficients, leased: list[tuple[str, int]]
) -> list[tuple[str, int, str]]:
    """Return when something can be paid for by the hour."""
    return [
        (name, t, b)
        for name, t in leased
        if c.leases.offers[name].on_demand
        for b in c.clock.blocks
    ]


def _beyond_keys(
    c: Coefficients, assigned: Family[tuple[str, str, str, int, str]]
) -> list[tuple[str, str, int, str, int]]:
    """Return where a run can be beyond a bracket of its size."""
    brackets = c.work.brackets
    if not brackets:
        return []
    cells = dict.fromkeys((w, a, t, b) for a, _, w, t, b in assigned.keys)
    return [
        (w, a, t, b, k)
        for w, a, t, b in cells
        for k in range(len(brackets.get((a, w), ())))
    ]


def _placed_keys(c: Coefficients) -> list[tuple[str, str, str]]:
    """Return the places that exclusive workloads choose one of."""
    places = {} if c.whole is None else c.whole.places
    return [(w, s, a) for w, found in places.items() for s, a in found]


def _running_keys(
    c: Coefficients, assigned: Family[tuple[str, str, str, int, str]]
) -> list[tuple[str, int, str]]:
    """Return when a run that has a least size can run."""
    if c.whole is None or not c.whole.minimum:
        return []
    cells = dict.fromkeys((w, t, b) for _, _, w, t, b in assigned.keys)
    return [cell for cell in cells if cell[0] in c.whole.minimum]
