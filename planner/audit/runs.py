"""Whether the rows of training runs follow from what works on them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import field

from planner.audit.money import Books
from planner.audit.tally import Tally, total
from planner.plan.findings import CheckRow
from planner.plan.rows import RunRow
from planner.records import dataclass
from planner.units import Quantity, magnitude, ureg

HOURS_OF_A_YEAR = 8766.0
"""Mean of leap and other years."""


@dataclass(frozen=True, slots=True)
class Used:
    """What one run uses.

    Attributes:
        places: Site and accelerator.
        times: Periods, counted from 0.
        hours: Accelerator-hours on owned sites, keyed by accelerator and period.
        leased: The same on leases, keyed by the offer's place and period.
        energy: At the meter, keyed by site and period.
    """

    places: set[tuple[str, str]] = field(default_factory=set)
    times: set[int] = field(default_factory=set)
    hours: dict[tuple[str, int], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    leased: dict[tuple[str, int], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    energy: dict[tuple[str, int], list[tuple[Quantity, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def runs(books: Books) -> CheckRow:
    """Every run's row states its place, tokens, hours, energy, cost and value."""
    tally = Tally("runs", "token")
    rows = {row.workload: row for row in books.plan.runs}
    used, period = _used(books), books.hours(0)
    for name, run in books.runs.items():
        row = rows.pop(name, None)
        if row is None or not _placed(books, row, used[name]):
            tally.broken("rows")
            continue
        done: Quantity = run.tokens * row.completed_fraction
        tally.same(row.tokens, done, books.fastest[name] * period, "token")
        both = used[name].hours.values(), used[name].leased.values()
        hours = ureg.Quantity(sum(map(sum, both)), "h")
        tally.same(row.accelerator_hours, hours, period, "h")
        tally.same(row.value_usd, books.run_value(name), books.dearest, "USD")
        _energy_and_cost(books, tally, row, used[name])
    for _ in rows:
        tally.broken("rows")
    return tally.row()


def _used(books: Books) -> Mapping[str, Used]:
    """Return what each run uses, by name."""
    found = {name: Used() for name in books.runs}
    hour = ureg.Quantity(1.0, "h")
    one: dict[str, Quantity] = {
        name: accelerator.power.under_load * hour
        for name, accelerator in books.scenario.accelerators.items()
    }
    for (work, site, chip, t), hours in books.assigned.hours.items():
        if work in found:
            used = found[work]
            used.places.add((site, chip))
            used.times.add(t)
            if site in books.scenario.offers:
                used.leased[site, t] += hours
                continue
            pue = books.scenario.sites[site].pue
            used.hours[chip, t] += hours
            used.energy[site, t].append((one[chip], hours * pue))
    return found


def _placed(books: Books, row: RunRow, used: Used) -> bool:
    """Return whether a run's row names the places and periods it really uses."""
    labels = [books.scenario.periods[t].label for t in sorted(used.times)]
    return (
        row.first_period == (labels[0] if labels else None)
        and row.last_period == (labels[-1] if labels else None)
        and row.sites == tuple(sorted({site for site, _ in used.places}))
        and row.accelerators == tuple(sorted({chip for _, chip in used.places}))
    )


def _energy_and_cost(books: Books, tally: Tally, row: RunRow, used: Used) -> None:
    """Add a run's energy, and the cost of its hours with that energy and leases."""
    energy = {key: total(terms, "MWh") for key, terms in used.energy.items()}
    everything = total([(burnt, 1.0) for burnt in energy.values()], "MWh")
    tally.same(row.energy_mwh, everything, books.hungriest, "MWh")
    owned = _owned(books, used)
    if owned is None or row.cost_usd is None:
        if owned is not None or row.cost_usd is not None:
            tally.broken("rows")
        return
    paid = [(owned, 1.0)]
    for (site, t), burnt in energy.items():
        period = books.scenario.periods[t]
        level = books.scenario.sites[site].electricity.level(period)
        if level is not None:
            paid.append((burnt * level, 1.0))
    for (place, t), hours in used.leased.items():
        offer, period = books.scenario.offers[place], books.scenario.periods[t]
        rent = books.scenario.rent(offer, period)
        if rent is not None:
            paid.append((rent * ureg.Quantity(1.0, "h"), hours))
    tally.same(row.cost_usd, total(paid, "USD"), books.dearest, "USD")


def _owned(books: Books, used: Used) -> Quantity | None:
    """Return straight-line capital and maintenance; None where no price is known."""
    terms: list[tuple[Quantity, float]] = []
    for (chip, t), hours in used.hours.items():
        accelerator = books.scenario.accelerators[chip]
        price = books.price.get((chip, t))
        if price is None or accelerator.lifetime is None:
            return None
        years, yearly = hours / HOURS_OF_A_YEAR, accelerator.price.maintenance
        terms.append((price, years / magnitude(accelerator.lifetime, "year")))
        if yearly is not None:
            terms.append((price, years * magnitude(yearly, "1/year")))
    return total(terms, "USD")
