"""What ``planner cost inference`` and ``recommendation`` print of their rows."""

from collections.abc import Iterable, Iterator, Sequence

from planner.cli.format import count, digits, percent, power, scaled
from planner.cli.tables import Column, Table
from planner.cost.market import Band, Break, Ends
from planner.cost.recommendation import RankingRow, energy_wh
from planner.cost.serving import InferenceRow, TokenCost
from planner.economics.inputs import Default
from planner.economics.ownership import HOURS_OF_A_YEAR
from planner.performance.ranges import Range

_NONE = "-"
_HEAD = Column("accelerator")


def inference_tables(rows: Sequence[InferenceRow]) -> Iterator[Table]:
    """Yield the tables of one case: rates, costs, the market, and who is out."""
    done = [row for row in rows if row.rate is not None]
    first = rows[0]
    yield Table(f"{first.name}: {first.model}", _RATES, [*map(_rate_cells, done)])
    yield Table("USD per million tokens", _COSTS, [*map(_cost_cells, done)])
    yield from _market_tables(done)
    yield from _demand_tables(done)
    yield _rejected_table(rows)


_RATES = (
    _HEAD,
    Column("precision"),
    Column("replica", number=True),
    Column("batch", number=True),
    Column("binds"),
    Column("token/s", number=True),
    Column("80 %", number=True),
    Column("request/s", number=True),
    Column("ms/token", number=True),
    Column("first ms", number=True),
    Column("confidence", least=6),
)


def _rate_cells(row: InferenceRow) -> tuple[str, ...]:
    rate, output = row.rate, row.output_token_s
    if rate is None or output is None:
        return ()
    return (
        row.candidate.chip.name,
        rate.precision,
        str(rate.replica),
        count(rate.batch),
        str(row.binding),
        digits(output.base, 3),
        f"{digits(output.low, 3)} to {digits(output.high, 3)}",
        digits(rate.request_s, 3),
        digits(rate.tpot_s * 1e3, 3),
        digits(rate.ttft_s * 1e3, 3),
        f"{rate.confidence or _NONE}, {row.candidate.evidence}",
    )


_COSTS = (
    _HEAD,
    Column("owned input", number=True),
    Column("output", number=True),
    Column("blended", number=True),
    Column("80 %", number=True),
    Column("rented input", number=True),
    Column("output", number=True),
    Column("blended", number=True),
    Column("Wh/1k output", number=True),
    Column("request/s/MW", number=True),
)


def _cost_cells(row: InferenceRow) -> tuple[str, ...]:
    owned, rented = row.owned, row.rented
    energy, of_a_mw = row.energy_wh, row.request_s_per_mw
    return (
        row.candidate.chip.name,
        *_three(owned),
        _NONE if owned is None else _ends(owned.blended),
        *_three(rented),
        _NONE if energy is None else digits(energy, 3),
        _NONE if of_a_mw is None else count(of_a_mw),
    )


def _three(cost: TokenCost | None) -> tuple[str, str, str]:
    if cost is None:
        return _NONE, _NONE, _NONE
    first, second, third = (
        digits(each.base, 3) for each in (cost.input, cost.output, cost.blended)
    )
    return first, second, third


def _ends(found: Range | Band) -> str:
    return f"{digits(found.low, 3)} to {digits(found.high, 3)}"


_MARKET = (
    _HEAD,
    Column("margin", number=True),
    Column("breaks even at use", number=True),
    Column("at tokens/day", number=True),
    Column("rented margin", number=True),
    Column("at use", number=True),
    Column("at tokens/day", number=True),
)


def _market_tables(rows: Sequence[InferenceRow]) -> Iterator[Table]:
    """Yield the comparison with a host's price, where one is asked for."""
    priced = [row for row in rows if row.market is not None]
    if not priced or priced[0].market is None:
        return
    band = _ends(priced[0].market.blended)
    title = f"Against a host at {band} USD per million tokens of this mix (low, high)"
    yield Table(title, _MARKET, [*map(_market_cells, priced)])


def _market_cells(row: InferenceRow) -> tuple[str, ...]:
    market = row.market
    if market is None:
        return ()
    return (
        row.candidate.chip.name,
        *_break_cells(market.owned),
        *_break_cells(market.rented),
    )


def _break_cells(found: Break | None) -> tuple[str, str, str]:
    if found is None:
        return _NONE, _NONE, _NONE
    return (
        ", ".join(_NONE if end is None else _signed(end) for end in found.margin),
        ", ".join(_use(end) for end in found.utilisation),
        _days(found.token_day),
    )


def _signed(share: float) -> str:
    return f"{100 * share:,.0f} %"


def _use(share: float | None) -> str:
    return "never" if share is None or share > 1 else percent(share)


def _days(found: Ends) -> str:
    ends = ("never" if end is None else f"{digits(end / 1e6, 3)} M" for end in found)
    return ", ".join(ends)


_DEMAND = (
    _HEAD,
    Column("accelerators", number=True),
    Column("replicas", number=True),
    Column("power", number=True),
    Column("owned MUSD/year", number=True),
)


def _demand_tables(rows: Sequence[InferenceRow]) -> Iterator[Table]:
    """Yield what a number of users takes, where one is given."""
    if not rows or rows[0].traffic is None:
        return
    mean, peak, provided = (
        scaled(each, "request/s", 3)
        for each in (
            rows[0].traffic.mean_request_s,
            rows[0].traffic.peak_request_s,
            rows[0].traffic.provided_request_s,
        )
    )
    title = f"For {mean} on average, {peak} at the peak, {provided} with headroom"
    yield Table(title, _DEMAND, [*map(_demand_cells, rows)])


def _demand_cells(row: InferenceRow) -> tuple[str, ...]:
    rate, traffic, owned = row.rate, row.traffic, row.candidate.owned
    if rate is None or traffic is None:
        return ()
    number = traffic.accelerators(rate)
    yearly = _NONE
    if owned is not None:
        # All are paid for around the clock; energy only for what is served.
        busy = traffic.mean_request_s / rate.request_s
        energy = owned.components["energy"].base
        idle = (owned.total.base - energy) * row.candidate.utilisation.base
        yearly = digits((number * idle + busy * energy) * HOURS_OF_A_YEAR / 1e6, 3)
    return (
        row.candidate.chip.name,
        count(number),
        count(number / rate.replica),
        power(number * row.candidate.energy_kwh.base * 1e-3),
        yearly,
    )


_REJECTED = (_HEAD, Column("reason"), Column("why", least=30), Column("nearest"))


def _rejected_table(rows: Sequence[InferenceRow] | Sequence[RankingRow]) -> Table:
    cells = [
        (
            row.candidate.chip.name,
            row.rejected.reason,
            row.rejected.detail,
            row.rejected.nearest,
        )
        for row in rows
        if row.rejected is not None
    ]
    title = f"{rows[0].name}: cannot do it"
    return Table(title, _REJECTED, cells, stacked=True)


def inference_lines(rows: Sequence[InferenceRow]) -> Iterator[str]:
    """Yield what the reader must know of one case."""
    rates = {row.candidate.chip.name: row.rate for row in rows if row.rate is not None}
    notes: dict[str, list[str]] = {}
    for name, rate in rates.items():
        for note in rate.notes:
            notes.setdefault(note.removeprefix(f"{name}: "), []).append(name)
    yield from _noted(notes)
    if any(rate.tail < 1 for rate in rates.values()):
        yield "A latency limit is set: rates hold the factor for the slowest requests."
    markets = [row.market for row in rows if row.market is not None]
    if markets and markets[0].partner.high:
        band = _ends(markets[0].partner)
        yield f"Served by a partner, the owner earns {band} USD per million tokens."


def _noted(notes: dict[str, list[str]]) -> Iterator[str]:
    for note, names in notes.items():
        yield f"note: {note} ({', '.join(names)})"


def default_lines(defaults: Iterable[Default]) -> Iterator[str]:
    """Yield the defaults that were used, in one line for each name."""
    values: dict[str, list[str]] = {}
    for default in defaults:
        values.setdefault(default.name, []).append(default.value)
    shown = (
        f"{name} {' or '.join(dict.fromkeys(texts))}" for name, texts in values.items()
    )
    yield f"defaults: {', '.join(shown)}"


def ranking_tables(rows: Sequence[RankingRow]) -> Iterator[Table]:
    """Yield the tables of one case: rates and costs, and who is out."""
    done = [row for row in rows if row.rate is not None]
    first = rows[0]
    unit = "sample" if not done or done[0].rate is None else done[0].rate.unit
    columns = (
        _HEAD,
        Column("precision"),
        Column("binds"),
        Column(f"{unit}/s", number=True),
        Column("80 %", number=True),
        Column("for memory", number=True),
        Column("for rate", number=True),
        Column("accelerators", number=True),
        Column("power", number=True),
        Column(f"owned USD/M{unit}", number=True),
        Column("rented", number=True),
        Column(f"Wh/M{unit}", number=True),
        Column("confidence", least=6),
    )
    yield Table(f"{first.name}: {first.model}", columns, [*map(_ranking_cells, done)])
    yield _rejected_table(rows)


def _ranking_cells(row: RankingRow) -> tuple[str, ...]:
    rate, unit_s, energy = row.rate, row.unit_s, energy_wh(row)
    if rate is None or unit_s is None or energy is None:
        return ()
    megawatts = row.accelerators * row.candidate.energy_kwh.base * 1e-3
    return (
        row.candidate.chip.name,
        rate.precision,
        str(row.binding),
        digits(unit_s.base, 3),
        _ends(unit_s),
        count(row.for_memory),
        count(row.for_rate),
        count(row.accelerators),
        power(megawatts),
        _NONE if row.owned is None else digits(row.owned.base, 3),
        _NONE if row.rented is None else digits(row.rented.base, 3),
        digits(energy, 3),
        rate.confidence or _NONE,
    )


def ranking_lines(rows: Sequence[RankingRow]) -> Iterator[str]:
    """Yield what the reader must know of one case."""
    notes: dict[str, list[str]] = {}
    for row in rows:
        for note in row.rate.notes if row.rate is not None else ():
            name = row.candidate.chip.name
            said = note.removeprefix(f"{name}: ").removeprefix(f"{name} ")
            notes.setdefault(said, []).append(name)
    yield from _noted(notes)
