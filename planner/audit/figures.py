"""Whether a plan's figures follow from its rows: value, cash, metrics, budgets."""

import math
from dataclasses import fields

from planner.audit.constraints import (
    COUNT,
    supply_steps,
)
from planner.audit.money import Books
from planner.audit.tally import RELATIVE, Tally, total
from planner.periods import Span
from planner.plan.rows import BudgetRow, CheckRow, Metrics, Parts, PurchaseRow, RunRow
from planner.units import Quantity, magnitude, ureg

MONTHS_OF_A_YEAR = 12
WHOLE = 1e-9
UNITS = {
    "capex_usd": "USD",
    "opex_usd": "USD",
    "energy_usd": "USD",
    "maintenance_usd": "USD",
    "energy_mwh": "MWh",
    "co2e_t": "t",
}


def objective(books: Books) -> CheckRow:
    """The value is the sum of its parts, and each part follows from the specs."""
    tally = Tally("objective", "USD")
    stated = books.plan.objective
    if stated.value_usd is None or stated.parts is None:
        tally.broken("USD")
        return tally.row()
    each = magnitude(books.dearest, "USD")
    largest = 0.0
    for part in fields(Parts):
        found = getattr(books.parts, part.name)
        largest = max(largest, abs(found))
        tally.place(abs(getattr(stated.parts, part.name) - found), found, each)
    value = books.parts.total()
    # Parts of opposite signs nearly cancel; the sum is as exact as the largest.
    tally.place(abs(stated.value_usd - value), largest, each)
    if stated.mode != books.scenario.spec.objective:
        tally.broken("rows")
    return tally.row()


def metrics(books: Books) -> CheckRow:
    """Every metric follows from the rows."""
    tally = Tally("metrics", "USD")
    stated = books.plan.metrics
    if stated is None:
        tally.broken("rows")
        return tally.row()
    for name, found in _totals(books).items():
        unit = UNITS[name]
        tally.same(getattr(stated, name), found, _each(books, unit), unit)
    peak = max(books.provisioned_everywhere)
    tally.same(stated.peak_power_mw, peak, books.largest, "MW")
    _value_metric(books, tally, stated)
    last = len(books.scenario.periods) - 1
    counts = {(s, a): n for (s, a, t), n in books.installed.items() if t == last}
    tally.count(stated.accelerators, sum(counts.values()), COUNT)
    equivalents = _equivalents(books, counts)
    if equivalents is not None and stated.h100_equivalents is not None:
        tally.count(stated.h100_equivalents, equivalents, COUNT)
    tally.count(stated.unserved_fraction, _unserved(books), "share")
    unfinished = sum(share < 1 - RELATIVE for share in books.completed.values())
    tally.count(stated.unfinished_runs, unfinished, "runs")
    return tally.row()


def _totals(books: Books) -> dict[str, Quantity]:
    """Return cash, energy and carbon of the whole horizon."""
    tables = {
        "capex_usd": books.capex,
        "opex_usd": books.energy_cost + books.maintenance,
        "energy_mwh": books.energy_all,
        "co2e_t": books.carbon,
    }
    return {
        name: total([(quantity, 1.0) for quantity in table], UNITS[name])
        for name, table in tables.items()
    }


def _each(books: Books, unit: str) -> Quantity:
    """Return what one accelerator amounts to in a unit of the cost rows."""
    if unit == "USD":
        return books.dearest
    if unit == "MWh":
        return books.hungriest
    site_carbon = [
        level
        for site in books.scenario.spec.sites
        for period in books.scenario.periods
        if (level := site.carbon.level(period)) is not None
    ]
    most = max(site_carbon, default=ureg.Quantity(0.0, "kg/kWh"))
    return total([(books.hungriest * most, 1.0)], "t")


def _value_metric(books: Books, tally: Tally, stated: Metrics) -> None:
    """Profit, or cost, is the objective's value; the other is absent."""
    given, absent = stated.profit_usd, stated.cost_usd
    if books.scenario.spec.objective == "minimize_cost":
        given, absent = absent, given
    value = books.plan.objective.value_usd
    if given is None or value is None or absent is not None:
        tally.broken("rows")
    else:
        tally.place(abs(given - value), value, magnitude(books.dearest, "USD"))


def _equivalents(books: Books, counts: dict[tuple[str, str], float]) -> float | None:
    """Return the count weighted by peak over an H100's; None where one is unknown."""
    peaks = {
        name: a.peak.get("bf16", a.peak.get("fp16"))
        for name, a in books.scenario.accelerators.items()
    }
    one = books.scenario.accelerators.get("h100")
    one_peak = None if one is None else one.peak.get("bf16")
    if one_peak is None:
        return None
    found = 0.0
    for (_, chip), count in counts.items():
        peak = peaks[chip]
        if peak is None:
            return None
        found += count * magnitude(peak / one_peak, "")
    return found


def _unserved(books: Books) -> float:
    """Return 1 less the mean over services of what is served, by hours."""
    hours: dict[str, float] = {}
    served: dict[str, float] = {}
    for (name, t, block), share in books.served.items():
        length = magnitude(books.hours(t, block), "h")
        hours[name] = hours.get(name, 0.0) + length
        served[name] = served.get(name, 0.0) + length * share
    shares = [served[name] / length for name, length in hours.items()]
    return 1 - sum(shares) / len(shares) if shares else 0.0


def costs(books: Books) -> CheckRow:
    """Every period's nominal cash, energy and carbon follow from the rows."""
    tally = Tally("costs", "USD")
    rows = {row.period: row for row in books.plan.costs}
    tables = {
        "capex_usd": books.capex,
        "energy_usd": books.energy_cost,
        "maintenance_usd": books.maintenance,
        "energy_mwh": books.energy_all,
        "co2e_t": books.carbon,
    }
    each = {name: _each(books, UNITS[name]) for name in tables}
    for label, t in books.index.items():
        row = rows.get(label)
        if row is None:
            tally.broken("rows")
            continue
        tally.place(abs(row.lease_usd), 0.0)
        for name, table in tables.items():
            tally.same(getattr(row, name), table[t], each[name], UNITS[name])
    return tally.row()


def budgets(books: Books) -> CheckRow:
    """Every budget row states what is used, and the limit as it is written."""
    tally = Tally("budgets", "rows")
    for row in books.plan.budgets:
        found = _used_and_limit(books, row)
        if found is None:
            tally.broken("rows")
            continue
        used, limit, each = found
        tally.same(row.used, used, each, row.unit)
        tally.same(row.limit, limit, each, row.unit)
        if row.limit > 0:
            stated = math.nan if row.utilisation is None else row.utilisation
            tally.count(stated, row.used / row.limit, "share")
    return tally.row()


def _used_and_limit(
    books: Books, row: BudgetRow
) -> tuple[Quantity, Quantity, Quantity] | None:
    """Return used, limit and one accelerator's part; None for an unknown row."""
    if row.name in ("site_power", "power_budget"):
        return _power_used(books, row)
    span = _span(row.period)
    if span is None:
        return None
    if row.name == "capex_budget":
        return _capex_used(books, span)
    if row.name == "supply" and row.scope in books.scenario.accelerators:
        return _supply_used(books, row.scope, span)
    return None


def _span(label: str) -> Span | None:
    try:
        return Span.parse(label)
    except ValueError:
        return None


def _power_used(
    books: Books, row: BudgetRow
) -> tuple[Quantity, Quantity, Quantity] | None:
    t, site = books.index.get(row.period), books.scenario.sites.get(row.scope)
    if t is None:
        return None
    period, limit = books.scenario.periods[t], ureg.Quantity(0.0, "MW")
    if row.name == "power_budget":
        budget = books.scenario.spec.budgets.power
        level = None if budget is None else budget.level(period)
        used = books.provisioned_everywhere[t]
        return None if level is None else (used, level, books.largest)
    if site is None:
        return None
    used = books.provisioned[site.name, t]
    return used, site.power.level(period) or limit, books.largest


def _capex_used(books: Books, span: Span) -> tuple[Quantity, Quantity, Quantity] | None:
    budget = books.scenario.spec.budgets.capex
    limits = dict(budget.amounts(books.scenario.periods)) if budget else {}
    return (books.spent(span), limits[span], books.dearest) if span in limits else None


def _supply_used(
    books: Books, chip: str, span: Span
) -> tuple[Quantity, Quantity, Quantity] | None:
    limits = {step.span: step.limit for step in supply_steps(books, chip)}
    limit, times = limits.get(span), books.starting_in(span)
    used = sum(books.delivered.get((chip, t), 0.0) for t in times)
    if limit is None:
        return None
    one = books.one
    return one * used, one * limit, one


def purchases(books: Books) -> CheckRow:
    """Every delivery has one row, with its price, systems and latest order."""
    tally = Tally("purchases", COUNT)
    missing = {place: n for place, n in books.added.items() if n}
    for row in books.plan.purchases:
        t = books.index.get(row.period, -1)
        tally.count(row.count, missing.pop((row.site, row.accelerator, t), 0.0))
        price = books.price.get((row.accelerator, t))
        if price is None:
            tally.broken("rows")
            continue
        tally.same(row.capex_usd, price * row.count, price, "USD")
        if not _ordered(books, row, t):
            tally.broken("rows")
    for count in missing.values():
        tally.count(0.0, count)
    return tally.row()


def _ordered(books: Books, row: PurchaseRow, t: int) -> bool:
    """Return whether order month and systems of a delivery are right."""
    accelerator = books.scenario.accelerators[row.accelerator]
    lead = math.ceil(accelerator.lead_months - WHOLE)
    month = books.scenario.periods[t].first_month - lead
    order_by = f"{month // MONTHS_OF_A_YEAR}-{month % MONTHS_OF_A_YEAR + 1:02d}"
    systems = math.ceil(row.count / accelerator.system.accelerators - WHOLE)
    return row.order_by == order_by and row.systems == systems


def runs(books: Books) -> CheckRow:
    """Every run's row states its place, tokens, hours, energy and value."""
    tally = Tally("runs", "token")
    rows = {row.workload: row for row in books.plan.runs}
    for name, run in books.runs.items():
        row = rows.get(name)
        if row is None or not _placed(books, row):
            tally.broken("rows")
            continue
        period = books.hours(0)
        done = run.tokens * row.completed_fraction
        tally.same(row.tokens, done, books.fastest[name] * period, "token")
        hours = ureg.Quantity(0.0, "h")
        energy = ureg.Quantity(0.0, "MWh")
        for (work, site, chip), count in books.assigned.hours.items():
            if work == name:
                spent = ureg.Quantity(count, "h")
                draw = books.scenario.accelerators[chip].power.under_load
                hours = hours + spent
                energy = energy + draw * spent * books.scenario.sites[site].pue
        tally.same(row.accelerator_hours, hours, period, "h")
        tally.same(row.energy_mwh, energy, books.hungriest, "MWh")
        tally.same(row.value_usd, books.run_value(name), books.dearest, "USD")
    return tally.row()


def _placed(books: Books, row: RunRow) -> bool:
    """Return whether a run's row names the places and periods it really uses."""
    cells = books.assigned.by_cell
    times = sorted({t for w, t, _ in cells if w == row.workload})
    labels = [books.scenario.periods[t].label for t in times]
    places = [(s, a) for w, s, a in books.assigned.hours if w == row.workload]
    return (
        row.first_period == (labels[0] if labels else None)
        and row.last_period == (labels[-1] if labels else None)
        and set(row.sites) == {site for site, _ in places}
        and set(row.accelerators) == {chip for _, chip in places}
    )
