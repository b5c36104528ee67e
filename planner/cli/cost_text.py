"""What ``planner cost training`` prints for people."""

from collections.abc import Sequence

from planner.cli.cost_training import Result, best_of
from planner.cli.format import count as count_text
from planner.cli.format import digits, percent, scaled, scaled_range
from planner.cli.options import Terminal
from planner.cli.tables import Column, Screen, Table
from planner.cost.evidence import Evidence, nearest, warning
from planner.cost.questions import Answer
from planner.cost.training import AGAINST, Estimate
from planner.economics.inputs import Default
from planner.economics.ownership import COMPONENTS
from planner.performance.ranges import Range
from planner.performance.results import Rejection

_ABSENT = "-"
_MORE_EVIDENCE = 8
_WORTH_A_WORD = 0.005
"""Part of a distance that shows as 0.01."""
_RANGE = (
    Column("low", number=True),
    Column("base", number=True),
    Column("high", number=True),
)


def cost_text(result: Result, terminal: Terminal) -> None:
    """Print estimates as tables."""
    screen = Screen()
    done = [one for one in result.answers if one.estimate is not None]
    if terminal.quiet:
        for one in done:
            screen.line(_one_line(one))
    elif result.tables:
        for rows in result.tables:
            _count_table(screen, rows)
    elif len(done) > 1:
        _comparison(screen, result)
    if not terminal.quiet:
        details = done if len(done) == 1 or terminal.verbose else []
        for one in details:
            _details(screen, one, result, terminal)
        if not details:
            _shared(screen, done, result)
        _rejected(screen, result.answers)


def _one_line(one: Answer) -> str:
    found = one.estimate
    if found is None:
        return ""
    owned = "" if found.owned_usd is None else f", owned {_money(found.owned_usd)}"
    name = f"{one.candidate.name} on {_amount(found)}"
    return f"{name}: {_hours(found.hours.base)}, {_days(found.days.base)}{owned}"


def _details(screen: Screen, one: Answer, result: Result, terminal: Terminal) -> None:
    """Print one estimate with everything behind it."""
    found = one.estimate
    if found is None:
        return
    job = found.job
    screen.heading(f"{one.candidate.name}: {job.model.name} on {_amount(found)}")
    what = "" if job.method == "pretraining" else f", {job.method}"
    screen.line(
        f"{scaled(job.tokens, 'token')} in {job.precision}{what}, {job.setting}; "
        f"{scaled(job.flops_per_token, 'FLOP')}/token ({job.convention}), "
        f"{job.flops:.3g} FLOP"
    )
    screen.table(Table("Estimate, with an 80 % interval", _columns(), _figures(found)))
    _money_table(screen, found)
    if result.multiplier is not None:
        _project(screen, found, result.multiplier)
    _goodput_line(screen, found)
    number = _MORE_EVIDENCE if terminal.verbose else 3
    _evidence(screen, found, nearest(found, number))
    _notes(screen, found)
    _defaults(screen, one.defaults)


def _columns() -> tuple[Column, ...]:
    return (Column("", least=20), *_RANGE)


def _figures(found: Estimate) -> list[list[str]]:
    rows = [
        [f"MFU, {AGAINST}", *(percent(value) for value in found.mfu)],
        ["accelerator-hours", *(_hours(value) for value in found.hours)],
        ["days", *(digits(value, 3) for value in found.days)],
        ["energy, measured draw", *_scaled(found.energy_mwh, 1e6, "Wh")],
        ["energy, nameplate", *_scaled(found.nameplate_mwh, 1e6, "Wh")],
        ["carbon, location-based", *(f"{count_text(v)} t" for v in found.co2e_t)],
    ]
    for name, usd in (("owned", found.owned_usd), ("rented", found.rented_usd)):
        shown = [_ABSENT] * 3 if usd is None else _scaled(usd, 1.0, "USD")
        rows.append([f"cost, {name}", *shown])
    return rows


def _money_table(screen: Screen, found: Estimate) -> None:
    rows = [
        [name, *_scaled(found.components[name], 1.0, "USD")]
        for name in COMPONENTS
        if name in found.components
    ]
    screen.table(Table("Owned, by component", _columns(), rows))


def _project(screen: Screen, found: Estimate, multiplier: float) -> None:
    """Print the whole project, ablations and failed runs included."""
    rows = [["accelerator-hours", *map(_hours, found.hours.times(multiplier))]]
    for name, usd in (("owned", found.owned_usd), ("rented", found.rented_usd)):
        if usd is not None:
            shown = _scaled(usd.times(multiplier), 1.0, "USD")
            rows.append([f"cost, {name}", *shown])
    what = f"{found.job.name} on {found.job.hardware.chip.name}"
    title = f"Project: {multiplier:g} x {what} (--project-multiplier)"
    screen.table(Table(title, _columns(), rows))


def _goodput_line(screen: Screen, found: Estimate) -> None:
    screen.line()
    if found.checkpoint_interval_s is None:
        screen.line("goodput 100 %: no failures are counted")
        return
    minutes = digits(found.checkpoint_interval_s / 60.0, 2)
    kept = percent(found.goodput)
    screen.line(f"goodput {kept}, with a checkpoint every {minutes} min")


def _evidence(screen: Screen, found: Estimate, listed: Sequence[Evidence]) -> None:
    said = warning(found)
    title = "Nearest published runs" + (f" ({said})" if said else "")
    columns = (
        Column("run", least=12),
        Column("accelerator", least=6),
        Column("active", number=True),
        Column("MFU", number=True),
        Column("hours", number=True),
        Column("distance", number=True),
        Column("which is", least=14),
    )
    rows = [
        [
            each.run.name,
            each.run.accelerator,
            scaled(each.run.traits.active_parameters, "", 3),
            percent(each.run.mfu),
            _hours(each.run.hours) if each.run.whole else "rate",
            digits(each.distance, 2),
            _apart(each),
        ]
        for each in listed
    ]
    screen.table(Table(title, columns, rows))


def _apart(each: Evidence) -> str:
    """Return what the distance of a run is made of."""
    parts = [(name, part) for name, part in each.parts.items() if part >= _WORTH_A_WORD]
    return ", ".join(f"{name} {digits(part, 2)}" for name, part in parts) or "like it"


def _notes(screen: Screen, found: Estimate) -> None:
    for note in found.job.notes:
        screen.line(f"note: {note}")


def _defaults(screen: Screen, defaults: Sequence[Default]) -> None:
    columns = (
        Column("default used"),
        Column("value"),
        Column("low, high"),
        Column("source"),
    )
    rows = [
        [
            each.name,
            each.value,
            " to ".join(end or each.value for end in (each.low, each.high))
            if each.low or each.high
            else "",
            each.source or "",
        ]
        for each in defaults
    ]
    screen.table(Table("Nobody stated", columns, rows))


def _comparison(screen: Screen, result: Result) -> None:
    """Print runs and accelerators side by side, and the cheapest."""
    rows = [_row(one) for one in result.answers if one.estimate is not None]
    names = {one.candidate.name for one in result.answers}
    columns = (Column("run"), *_row_columns()) if len(names) > 1 else _row_columns()
    shown = rows if len(names) > 1 else [row[1:] for row in rows]
    title = "" if len(names) > 1 else names.pop()
    screen.table(Table(title, columns, shown))
    for name, found in best_of(result).items():
        limit = "" if result.days is None else f" in {digits(result.days, 4)} days"
        best = ", ".join(
            f"{how} {one.candidate.accelerator}" for how, one in found.items()
        )
        screen.line(f"cheapest for {name}{limit}: {best}")


def _row_columns() -> tuple[Column, ...]:
    return (
        Column("accelerator", least=6),
        Column("count", number=True),
        Column("MFU", number=True),
        Column("goodput", number=True),
        Column("hours", number=True),
        Column("days", number=True),
        Column("energy", number=True),
        Column("owned", number=True),
        Column("rented", number=True),
    )


def _row(one: Answer) -> list[str]:
    found = one.estimate
    if found is None:
        return []
    low, high = found.days.low, found.days.high
    return [
        one.candidate.name,
        one.candidate.accelerator,
        count_text(found.count),
        percent(found.mfu.base),
        percent(found.goodput),
        _hours(found.hours.base),
        f"{digits(found.days.base, 3)} ({digits(low, 2)} to {digits(high, 2)})",
        scaled(found.energy_mwh.base * 1e6, "Wh", 3),
        _ABSENT if found.owned_usd is None else _money(found.owned_usd),
        _ABSENT if found.rented_usd is None else _money(found.rented_usd),
    ]


def _count_table(screen: Screen, answers: Sequence[Answer]) -> None:
    """Print one run at several counts."""
    rows = [_row(one)[1:] for one in answers if one.estimate is not None]
    screen.table(Table(answers[0].candidate.name, _row_columns(), rows))
    _rejected(screen, answers)


def _shared(screen: Screen, done: Sequence[Answer], result: Result) -> None:
    """Print what several estimates have in common."""
    screen.line()
    convention = "MFU counts FLOP by the causal matmul sum (6·N without a shape)"
    screen.line(f"{convention}, {AGAINST};")
    screen.line(
        "ranges are 80 % intervals; -v prints evidence, components and defaults"
    )
    if result.multiplier is not None:
        for one in done:
            if one.estimate is not None:
                _project(screen, one.estimate, result.multiplier)
    used = {each.name: each for one in done for each in one.defaults}
    general = [each for name, each in used.items() if ": " not in name]
    names = ", ".join(f"{each.name} {each.value}" for each in general)
    screen.line(
        f"nobody stated: {names}; prices, draws and failures of each accelerator"
    )


def _rejected(screen: Screen, answers: Sequence[Answer]) -> None:
    rows = [
        f"{one.candidate.name} on {one.candidate.accelerator} "
        f"({one.found.reason}): {one.found.detail}"
        for one in answers
        if isinstance(one.found, Rejection)
    ]
    if rows:
        screen.heading("Cannot be done")
        for row in dict.fromkeys(rows):
            screen.line(row)


def _amount(found: Estimate) -> str:
    return f"{count_text(found.count)} {found.job.hardware.chip.name}"


def _hours(hours: float) -> str:
    return scaled(hours, "h", 3)


def _days(days: float) -> str:
    return f"{digits(days, 3)} days"


def _scaled(of: Range, factor: float, unit: str) -> list[str]:
    return [scaled(value * factor, unit, 3) for value in of]


def _money(usd: Range) -> str:
    base = scaled(usd.base, "USD", 3)
    return f"{base} ({scaled_range([usd.low, usd.high], '', 2).strip()})"
