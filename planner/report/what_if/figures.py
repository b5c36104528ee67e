"""What a plan's figures and charts are sums of, column by column."""

from collections.abc import Iterator, Sequence

import numpy as np

from planner.formulation.arrays import Floats, Ints
from planner.formulation.build import Program
from planner.records import dataclass
from planner.sweep.readings import Readings

Labels = tuple[tuple[str, ...], ...]
Names = Sequence[str]


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures of one kind, each the sum of some columns.

    Attributes:
        name: Of the kind.
        labels: What each figure is of, e.g. accelerator and period.
        columns: Of the program.
        group: Number of the figure that each column counts for.
        coefficients: What one unit of each column counts for.
    """

    name: str
    labels: Labels
    columns: Ints
    group: Ints
    coefficients: Floats


def sums_of(program: Program, readings: Readings) -> tuple[Sums, ...]:
    """Return all figures that the page shows, in the units of their names."""
    return (
        *_money(program, readings),
        *_burnt(readings),
        *_standing(program, readings),
        *_coming(program),
        *_done(program, readings),
    )


def _money(program: Program, readings: Readings) -> Iterator[Sums]:
    """Yield capex by period, and opex [nominal $]."""
    v = program.v
    period = np.zeros(v.count, dtype=np.int64)
    for family in (v.added, v.expanded):
        period[family.places] = family.numbers("t")
    columns, usd = readings.capex
    labels = tuple((label,) for label in program.c.clock.labels)
    yield Sums("capex_usd", labels, columns, period[columns], usd)
    yield _total("opex_usd", *readings.opex)


def _burnt(readings: Readings) -> Iterator[Sums]:
    yield _total("energy_mwh", *readings.energy)
    yield _total("co2e_t", *readings.carbon)


def _total(name: str, columns: Ints, coefficients: Floats) -> Sums:
    group = np.zeros(len(columns), dtype=np.int64)
    return Sums(name, (("",),), columns, group, coefficients)


def _standing(program: Program, readings: Readings) -> Iterator[Sums]:
    """Yield provisioned power by period [MW], and accelerators by kind and period."""
    c, v, k = program.c, program.v, program.v.installed.terms
    period, mw = readings.power
    labels = tuple((label,) for label in c.clock.labels)
    yield Sums("power_mw", labels, k.place, period, mw)
    scale = np.full(len(k.place), c.scale)
    names = v.sets.names["a"]
    periods = c.clock.labels
    yield _by_period("fleet", (names, periods), (k.place, k.a, k.t, scale))
    leased = v.leased
    offers = sorted({name for name, _ in leased.keys})
    of = np.array([offers.index(name) for name, _ in leased.keys], dtype=np.int64)
    when = np.array([t for _, t in leased.keys], dtype=np.int64)
    unit = [c.added_unit[c.leases.offers[name].accelerator] for name, _ in leased.keys]
    terms = leased.places, of, when, np.array(unit, np.float64)
    yield _by_period("leased", (offers, periods), terms)


def _coming(program: Program) -> Iterator[Sums]:
    """Yield deliveries by accelerator and period."""
    k = program.v.added.terms
    names = program.v.sets.names["a"]
    unit = program.v.sets.table("a", program.c.added_unit)[k.a]
    periods = program.c.clock.labels
    yield _by_period("bought", (names, periods), (k.place, k.a, k.t, unit))


def _done(program: Program, readings: Readings) -> Iterator[Sums]:
    """Yield the shares that are served, by service and by period, and completed."""
    c, v = program.c, program.v
    names = list(readings.served)
    terms = list(readings.served.values())
    columns = np.concatenate([*(x for x, _ in terms), np.zeros(0, np.int64)])
    group = np.repeat(np.arange(len(terms)), [len(x) for x, _ in terms])
    shares = np.concatenate([*(share for _, share in terms), np.zeros(0)])
    labels = tuple((name,) for name in names)
    yield Sums("served", labels, columns, group, shares)
    yield _served_by_period(program, names)
    runs = list(c.work.runs)
    of = np.array([runs.index(run) for run, _ in v.completed.keys], dtype=np.int64)
    ones, places = np.ones(len(of)), v.completed.places
    yield Sums("completed", tuple((run,) for run in runs), places, of, ones)


def _served_by_period(program: Program, names: list[str]) -> Sums:
    """Return the share of each period's demand that is served, by its hours."""
    c, served = program.c, program.v.served
    hours = {
        (w, t): sum(c.clock.blocks[b] for u, b in c.work.live[w] if u == t)
        for w in names
        for t in range(c.clock.count)
    }
    keys = served.keys
    share = [c.clock.blocks[b] / hours[w, t] for w, t, b, _ in keys]
    of = np.array([names.index(w) for w, _, _, _ in keys], dtype=np.int64)
    when = np.array([t for _, t, _, _ in keys], dtype=np.int64)
    terms = served.places, of, when, np.array(share, dtype=np.float64)
    return _by_period("served_by_period", (names, c.clock.labels), terms)


def _by_period(
    name: str, sets: tuple[Names, Names], terms: tuple[Ints, Ints, Ints, Floats]
) -> Sums:
    """Return sums by name and period, those without any column left out.

    Args:
        name: Of the kind.
        sets: Names, and periods.
        terms: Columns, the number of name and period of each, and what it counts for.
    """
    names, periods = sets
    columns, of, when, coefficients = terms
    cells, group = np.unique(of * len(periods) + when, return_inverse=True)
    labels = tuple(
        (names[cell // len(periods)], periods[cell % len(periods)])
        for cell in cells.tolist()
    )
    return Sums(name, labels, columns, group, coefficients)
