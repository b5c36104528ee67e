"""Whether a plan's figures follow from its rows: value, cash, metrics, purchases."""

import math
from dataclasses import fields

from planner.audit.money import Books
from planner.audit.tally import COUNT, RELATIVE, Tally, total
from planner.documents import find
from planner.plan.findings import CheckRow
from planner.plan.rows import Metrics, Objective, Parts, PurchaseRow
from planner.specs.catalogue import Catalogue
from planner.specs.scenario import Scenario
from planner.units import Quantity, magnitude, parse

MONTHS_OF_A_YEAR = 12
WHOLE = 1e-9
UNITS = {
    "capex_usd": "USD",
    "opex_usd": "USD",
    "energy_usd": "USD",
    "maintenance_usd": "USD",
    "lease_usd": "USD",
    "transfer_usd": "USD",
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
    spec = books.scenario.spec
    if spec.integer:
        most = spec.gap if books.plan.status == "optimal" else math.inf
        sign = 1.0 if spec.objective == "maximize_value" else -1.0
        _whole_bound(tally, stated, sign, most, (largest, each))
    else:
        _bound(tally, stated.value_usd, stated, (largest, each))
    return tally.row()


def _bound(
    tally: Tally, value: float, stated: Objective, scale: tuple[float, float]
) -> None:
    """Add the bound, which is an optimum's value, and the gap between the two."""
    bound, gap = stated.bound_usd, stated.gap
    if bound is None or gap is None:
        tally.broken("rows")
        return
    tally.place(abs(bound - value), *scale)
    relative = abs(bound - value) / max(abs(value), 1.0)
    tally.place(abs(gap - relative), relative, 1.0, "share")


def _whole_bound(
    tally: Tally,
    stated: Objective,
    sign: float,
    most: float,
    scale: tuple[float, float],
) -> None:
    """Add an integer plan's bound: on its side, and as near as the gap says.

    Args:
        tally: Gets the places.
        stated: What the plan says.
        sign: 1 where more is better, else -1.
        most: Largest gap of a plan that counts as proven.
        scale: Largest part, and what one accelerator amounts to.
    """
    value, bound, gap = stated.value_usd, stated.bound_usd, stated.gap
    divided, loss = stated.continuous_usd, stated.continuous_loss
    if value is None or bound is None or gap is None:
        tally.broken("rows")
        return
    tally.place(sign * (value - bound), *scale)
    relative = abs(bound - value) / max(abs(value), 1.0)
    tally.place(abs(gap - relative), relative, 1.0, "share")
    if math.isfinite(most):
        tally.place(gap - most, 1.0, 1.0, "share")
    if divided is None or loss is None:
        tally.broken("rows")
        return
    tally.place(sign * (bound - divided), *scale)
    relative = abs(divided - value) / max(abs(divided), 1.0)
    tally.place(abs(loss - relative), relative, 1.0, "share")


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
    if equivalents is None or stated.h100_equivalents is None:
        if equivalents is not stated.h100_equivalents:
            tally.broken("rows")
    else:
        tally.count(stated.h100_equivalents, equivalents, COUNT)
    tally.count(stated.unserved_fraction, _unserved(books), "share")
    unfinished = sum(share < 1 - RELATIVE for share in books.completed.values())
    tally.count(stated.unfinished_runs, unfinished, "runs")
    return tally.row()


def _totals(books: Books) -> dict[str, Quantity]:
    """Return cash, energy and carbon of the whole horizon."""
    tables = {
        "capex_usd": books.capex,
        "opex_usd": books.opex,
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
    return books.dirtiest


def _value_metric(books: Books, tally: Tally, stated: Metrics) -> None:
    """Profit, or cost, is the objective's value; the other is absent."""
    given, absent = stated.profit_usd, stated.cost_usd
    if books.scenario.spec.objective != "maximize_value":
        given, absent = absent, given
    value = books.plan.objective.value_usd
    if given is None or value is None or absent is not None:
        tally.broken("rows")
    else:
        tally.place(abs(given - value), value, magnitude(books.dearest, "USD"))


def _equivalents(books: Books, counts: dict[tuple[str, str], float]) -> float | None:
    """Return the count weighted by peak over an H100's; None where one is unknown."""
    standing = {chip for (_, chip), count in counts.items() if count}
    peaks = {}
    for chip in standing:
        stated = books.scenario.accelerators[chip].peak
        peaks[chip] = stated.get("bf16", stated.get("fp16"))
    one = h100_peak(books.scenario) if all(peaks.values()) else None
    weights = {
        chip: magnitude(peak / one, "")
        for chip, peak in peaks.items()
        if one is not None and peak is not None
    }
    if standing - weights.keys():
        return None
    return sum(weights[chip] * count for (_, chip), count in counts.items() if count)


def h100_peak(scenario: Scenario) -> Quantity | None:
    """Return the peak of the scenario's h100, else of the one in the catalogue."""
    if "h100" in scenario.accelerators:
        return scenario.accelerators["h100"].peak.get("bf16")
    document = Catalogue.of(scenario.data_dirs).load("hardware", "h100", [])
    node = find(document.root, ("peak", "bf16")) if document else None
    return None if node is None else parse(node.value, "FLOP/s", "989 TFLOP/s")


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
        "lease_usd": books.leases,
        "transfer_usd": books.transfers,
        "energy_mwh": books.energy_all,
        "co2e_t": books.carbon,
    }
    each = {name: _each(books, UNITS[name]) for name in tables}
    for label, t in books.index.items():
        row = rows.get(label)
        if row is None:
            tally.broken("rows")
            continue
        for name, table in tables.items():
            tally.same(getattr(row, name), table[t], each[name], UNITS[name])
    return tally.row()


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
