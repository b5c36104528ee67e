"""What is committed before it is known how things turn out, as rows."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from planner.plan.extract import order_month
from planner.plan.values import MW_NOISE, NOISE
from planner.records import dataclass
from planner.sweep.two_stage import Alternative, Commitment, Key, TwoStage

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Purchase:
    """A delivery that is ordered in any case.

    Attributes:
        order_by: Month by which it must be ordered, in whichever alternative.
        placed: Whether that is before the horizon: it has been ordered.
        count: Accelerators.
        systems: The same in whole systems.
        less_in: Alternatives whose supply is smaller, in which not all of it has to
            come; what does not is not paid.
    """

    site: str
    accelerator: str
    order_by: str
    placed: bool
    period: str
    count: float
    systems: int
    less_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """Power that is ordered in any case [MW]; ``less_in`` as for purchases."""

    site: str
    period: str
    mw: float
    less_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signing:
    """A lease that is signed in any case; ``less_in`` as for purchases.

    Attributes:
        count: Accelerators.
    """

    offer: str
    accelerator: str
    period: str
    count: float
    less_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Committed:
    """All that is committed, by period.

    Attributes:
        purchases: Keyed by site, accelerator, period.
        expansions: Keyed by site, period.
        leases: Keyed by offer, period.
    """

    purchases: tuple[Purchase, ...]
    expansions: tuple[Expansion, ...]
    leases: tuple[Signing, ...]


def committed_of(two: TwoStage, commitment: Commitment) -> Committed:
    """Return what is committed as rows, without what is a solver's rounding.

    Args:
        two: The program of all alternatives.
        commitment: By family and key.
    """
    scenario = two.alternatives[0].scenario
    labels = two.alternatives[0].program.c.clock.labels
    accelerators = _all(each.scenario.accelerators for each in two.alternatives)
    offers = _all(each.program.c.leases.offers for each in two.alternatives)
    purchases, expansions, leases = [], [], []
    for (family, key), size in sorted(commitment.items(), key=_by_time):
        *names, last = key
        t = int(str(last))
        less = tuple(_less_in(two, (family, key)))
        if family == "added" and size > NOISE:
            a, s = map(str, names)
            system = accelerators[a].system.accelerators
            systems = math.ceil(size / system - NOISE)
            month = _order_by(two.alternatives, a, t)
            placed = month < str(scenario.periods[0].first_day)[: len(month)]
            purchases.append(
                Purchase(s, a, month, placed, labels[t], size, systems, less)
            )
        elif family == "expanded" and size > MW_NOISE:
            expansions.append(Expansion(str(names[0]), labels[t], size, less))
        elif family == "signed" and size > NOISE:
            name = str(names[0])
            a = offers[name].accelerator
            leases.append(Signing(name, a, labels[t], size, less))
    return Committed(tuple(purchases), tuple(expansions), tuple(leases))


def _all(each: Iterable[Mapping[str, Item]]) -> dict[str, Item]:
    """Return what any alternative has by its name, of the first one that has it."""
    found: dict[str, Item] = {}
    for items in each:
        found = {**items, **found}
    return found


def _less_in(two: TwoStage, order: tuple[str, Key]) -> Iterator[str]:
    """Yield the alternatives in which not all of an order has to come."""
    for number, each in enumerate(two.alternatives):
        if two.share(number, order) < 1:
            yield each.name


def _by_time(item: tuple[tuple[str, tuple[object, ...]], float]) -> tuple[int, str]:
    (_, key), _ = item
    return int(str(key[-1])), str(key)


def _order_by(alternatives: Sequence[Alternative], a: str, t: int) -> str:
    """Return the earliest month by which a delivery must be ordered."""
    return min(
        order_month(each.program.c, t, each.scenario.accelerators[a].lead_months)
        for each in alternatives
        if a in each.scenario.accelerators
    )
