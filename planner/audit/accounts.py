"""Whether a plan's accounts follow from its rows and specs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields

from planner.audit.depreciation import depreciation, lots
from planner.audit.figures import h100_peak
from planner.audit.money import Books
from planner.audit.runs import HOURS_OF_A_YEAR
from planner.audit.tally import COUNT, Tally, total
from planner.plan.account_rows import AccountRow, Totals, UnitCostRow
from planner.plan.findings import CheckRow
from planner.specs.workload import Inference
from planner.units import Quantity, magnitude, ureg

MILLION = 1e6
_CASH = ("capex_usd", "depreciation_usd", "opex_usd", "tco_usd")
_UNITS = {
    "h100_equivalents": COUNT,
    "h100_equivalents_delivered": COUNT,
    "utilisation": "share",
    "stranded_mw": "MW",
    "undrawn_mw": "MW",
}


def accounts(books: Books) -> CheckRow:
    """Every year's accounts, and those of the whole plan, follow from the rows."""
    tally = Tally("accounts", "USD")
    periods = books.scenario.periods
    years: dict[int, list[int]] = defaultdict(list)
    for t, period in enumerate(periods):
        years[period.first_month // 12].append(t)
    rows = {row.year: row for row in books.plan.accounts}
    if len(rows) != len(books.plan.accounts) or rows.keys() != years.keys():
        tally.broken("rows")
        return tally.row()
    for year, times in years.items():
        _figures(books, tally, rows[year], times)
        if rows[year].months != sum(periods[t].months for t in times):
            tally.broken("rows")
    whole = books.plan.totals
    if whole is None:
        tally.broken("rows")
        return tally.row()
    _figures(books, tally, whole, list(range(len(periods))))
    _value(books, tally, whole)
    return tally.row()


def _value(books: Books, tally: Tally, whole: Totals) -> None:
    """Add the net present value, and how many of the fleet are not written off."""
    value = books.parts.total()
    costs = books.scenario.spec.objective != "maximize_value"
    largest = max(abs(getattr(books.parts, part.name)) for part in fields(books.parts))
    stated = -whole.net_present_value_usd if costs else whole.net_present_value_usd
    tally.place(abs(stated - value), largest, magnitude(books.dearest, "USD"))
    unknown = [lot.units for lot in lots(books) if lot.price is None or not lot.life]
    tally.count(whole.undepreciated_accelerators, sum(unknown), COUNT)


def _figures(
    books: Books, tally: Tally, row: AccountRow | Totals, times: list[int]
) -> None:
    """Add every figure of some periods."""
    paid = total([(books.capex[t], 1.0) for t in times], "USD")
    running = total([(books.opex[t], 1.0) for t in times], "USD")
    charged = depreciation(books, times)
    for name, found in zip(
        _CASH, (paid, charged, running, charged + running), strict=True
    ):
        # A count that is off by a millionth is off in every period that it stands.
        each = books.dearest * len(times)
        tally.same(getattr(row, name), found, each, "USD")
    for name, mean in _means(books, times).items():
        stated = getattr(row, name)
        if mean is None or stated is None:
            if mean is not stated:
                tally.broken("rows")
        else:
            each_mw = magnitude(books.largest, "MW") if name.endswith("_mw") else 1.0
            tally.place(abs(stated - mean), mean, each_mw, _UNITS[name])


def _means(books: Books, times: list[int]) -> dict[str, float | None]:
    """Return the means over the hours of some periods."""
    hours = {t: magnitude(books.hours(t), "h") for t in times}
    long = sum(hours.values())
    stand: dict[str, float] = defaultdict(float)
    for (_, chip, t), count in books.installed.items():
        stand[chip] += count * hours.get(t, 0.0)
    work, delivered = _working(books, hours)
    fleet = sum(stand.values())
    peaks = _peaks(books, stand)
    lit = sum(magnitude(books.energy_all[t], "MWh") for t in times)
    reserved = [(books.provisioned_everywhere[t], hours[t]) for t in times]
    unused = [(books.unprovisioned[t], hours[t]) for t in times]
    return {
        "h100_equivalents": None if peaks is None else peaks / long,
        "h100_equivalents_delivered": None if delivered is None else delivered / long,
        "utilisation": work / fleet if fleet > 0 else None,
        "stranded_mw": magnitude(total(unused, "MW"), "MW") / long,
        "undrawn_mw": (magnitude(total(reserved, "MW"), "MW") - lit) / long,
    }


def _working(books: Books, hours: Mapping[int, float]) -> tuple[float, float | None]:
    """Return owned accelerator-hours at work, and all of them as an H100's."""
    owned, weighted, unknown = 0.0, 0.0, False
    for (name, site, chip, t), worked in books.assigned.hours.items():
        if t not in hours:
            continue
        owned += worked if site in books.scenario.sites else 0.0
        h100, own = books.h100_rate.get(name), books.rate.get((name, chip))
        if h100 is None or own is None:
            unknown = True
        else:
            weighted += worked * magnitude(own / h100, "")
    return owned, None if unknown else weighted


def _peaks(books: Books, stand: Mapping[str, float]) -> float | None:
    """Return accelerator-hours weighted by peak; None where one is not known."""
    one, weighted = h100_peak(books.scenario), 0.0
    for chip, standing in stand.items():
        stated = books.scenario.accelerators[chip].peak
        peak = stated.get("bf16", stated.get("fp16"))
        if standing and (peak is None or one is None):
            return None
        if peak is not None and one is not None:
            weighted += standing * magnitude(peak / one, "")
    return weighted


def unit_costs(books: Books) -> CheckRow:
    """Every workload has one row: its hours, energy and cost, and cost by volume."""
    tally = Tally("unit_costs", "USD")
    rows = {row.workload: row for row in books.plan.unit_costs}
    names = list(books.scenario.workloads)
    if [row.workload for row in books.plan.unit_costs] != names:
        tally.broken("rows")
        return tally.row()
    spent = spending(books)
    for name, row in rows.items():
        hours, energy, cost = spent[name]
        longest = max(books.hours(t) for t in range(len(books.scenario.periods)))
        tally.same(row.accelerator_hours, hours, longest, "h")
        tally.same(row.energy_mwh, energy, books.hungriest, "MWh")
        if cost is None or row.cost_usd is None:
            tally.place(float((cost is None) != (row.cost_usd is None)), 0.0)
        else:
            tally.same(row.cost_usd, cost, books.dearest, "USD")
        _ratios(books, tally, row)
    return tally.row()


def _ratios(books: Books, tally: Tally, row: UnitCostRow) -> None:
    """Add the volume, and the cost of a unit of it in every measure."""
    name, usd = row.workload, row.cost_usd
    unit = books.unit[name].removesuffix("/s")
    longest = max(books.hours(t) for t in range(len(books.scenario.periods)))
    tally.same(row.volume, volume(books, name), books.fastest[name] * longest, unit)
    workload = books.scenario.workloads[name]
    if row.unit != unit or row.kind != workload.kind:
        tally.broken("rows")
    divisors: dict[str, float | None] = {
        "usd_per_accelerator_hour": row.accelerator_hours,
        f"usd_per_m{unit}": row.volume / MILLION,
        "usd_per_run": books.completed.get(name),
    }
    if isinstance(workload, Inference) and workload.prompt and workload.output:
        tokens = magnitude(workload.prompt + workload.output, "token")
        divisors["usd_per_mtoken"] = row.volume * tokens / MILLION
    for field in fields(row):
        if not field.name.startswith("usd_per_"):
            continue
        divisor, stated = divisors.get(field.name), getattr(row, field.name)
        if not divisor or usd is None:
            tally.place(0.0 if stated is None else 1.0, 0.0)
        elif stated is None:
            tally.broken("rows")
        else:
            tally.place(
                abs(stated * divisor - usd), usd, magnitude(books.dearest, "USD")
            )


def volume(books: Books, name: str) -> Quantity:
    """Return the work that is done on a workload."""
    if name in books.runs:
        done: Quantity = books.runs[name].tokens * books.completed[name]
        return done
    unit = books.unit[name]
    terms = [
        (wanted * books.hours(cell[1], cell[2]), books.served[cell])
        for cell, wanted in books.demand.items()
        if cell[0] == name
    ]
    return total(terms, unit.removesuffix("/s"))


Spent = tuple[Quantity, Quantity, Quantity | None]
"""Accelerator-hours, energy and cost."""


def spending(books: Books) -> dict[str, Spent]:
    """Return accelerator-hours, energy and cost of each workload."""
    found: dict[str, Spent] = {}
    by_work: dict[str, list[tuple[str, str, int, float]]] = defaultdict(list)
    for (name, site, chip, t), hours in books.assigned.hours.items():
        by_work[name].append((site, chip, t, hours))
    for name in books.scenario.workloads:
        energy, cost, known, long = [], [], True, 0.0
        for site, chip, t, hours in by_work[name]:
            burnt, priced = _hour(books, name, (site, chip, t))
            energy.append((burnt, hours))
            known = known and priced is not None
            cost += [] if priced is None else [(priced, hours)]
            long += hours
        found[name] = (
            ureg.Quantity(long, "h"),
            total(energy, "MWh"),
            total(cost, "USD") if known else None,
        )
    return found


def _hour(
    books: Books, name: str, place: tuple[str, str, int]
) -> tuple[Quantity, Quantity | None]:
    """Return energy and cost of one accelerator at work for one hour."""
    site, _, t = place
    if site in books.scenario.offers:
        return ureg.Quantity(0.0, "MWh"), rented_hour(books, site, t)
    return owned_hour(books, place, books.use[name])


def rented_hour(books: Books, site: str, t: int) -> Quantity | None:
    """Return the price of a leased accelerator for one hour."""
    offer, period = books.scenario.offers[site], books.scenario.periods[t]
    rent = books.scenario.rent(offer, period)
    return None if rent is None else rent * ureg.Quantity(1.0, "h")


def owned_hour(
    books: Books, place: tuple[str, str, int], use: float
) -> tuple[Quantity, Quantity | None]:
    """Return energy and cost of one accelerator for one hour, in part under load.

    Capital in a straight line, maintenance and energy; no cost without a price.
    """
    site, chip, t = place
    where, hour = books.scenario.sites[site], ureg.Quantity(1.0, "h")
    idle, extra = books.power[chip]
    burnt: Quantity = (idle + extra * use) * hour * where.pue
    level = where.electricity.level(books.scenario.periods[t])
    bill = ureg.Quantity(0.0, "USD") if level is None else burnt * level
    price, accelerator = books.price.get((chip, t)), books.scenario.accelerators[chip]
    if price is None or accelerator.lifetime is None:
        return burnt, None
    share = 1 / magnitude(accelerator.lifetime, "year")
    if accelerator.price.maintenance is not None:
        share += magnitude(accelerator.price.maintenance, "1/year")
    return burnt, bill.to("USD") + price * (share / HOURS_OF_A_YEAR)
