"""What ``planner sensitivity`` prints and draws."""

from planner.cli.format import digits
from planner.cli.options import Terminal
from planner.cli.sensitivity import Found, Variance
from planner.cli.sweep_text import shown
from planner.cli.tables import Column, Screen, Table
from planner.report.charts import Axis, Chart, Spans, scaled
from planner.report.sweep_chart import unit_of_figure
from planner.sweep.sensitivity import End, Influence

DRAWN = 15
"""Inputs of a tornado, and of the text without -v."""
_ENDED = {"infeasible": "no plan", "failed": "failed", "refused": "not possible"}
_HOW = (
    "Each input alone, to the 10 % and 90 % quantiles of its distribution where it has "
    "one, else by the share of --by (10 %)."
)
_ELASTIC = "Elasticity: percent for one percent of the input, over 1 % both ways."


def sensitivity_text(found: Found, terminal: Terminal) -> None:
    """Print a table for every figure, and one for its Sobol indices."""
    screen = Screen()
    for name in found.names:
        screen.table(_table(found, name, terminal))
    left = len(found.influences) - DRAWN
    if left > 0 and not terminal.verbose:
        screen.line(f"{left} inputs that move less: -v")
    if not terminal.quiet:
        screen.line()
        screen.line(_HOW)
        screen.line(_ELASTIC)
    if found.variance is not None:
        for name in found.names:
            screen.table(_variance_table(found.variance, name))


def _table(found: Found, name: str, terminal: Terminal) -> Table:
    most = None if terminal.verbose else DRAWN
    columns = (
        Column("input"),
        Column("range"),
        Column("at low", number=True),
        Column("at high", number=True),
        Column("elasticity", number=True),
    )
    rows = [
        [
            each.path,
            f"{digits(each.low.value)} to {_value(each, each.high)}",
            _figure(each.low, name),
            _figure(each.high, name),
            _elasticity(each.elasticities.get(name)),
        ]
        for each in _ranked(found, name)[:most]
    ]
    title = f"What {name} hangs on, now {shown(name, found.base[name])}"
    return Table(title, columns, rows)


def _ranked(found: Found, name: str) -> list[Influence]:
    """Return the inputs by how far they move a figure, those without a plan first."""

    def rank(each: Influence) -> tuple[bool, float]:
        swing = each.swing(name)
        return swing is not None, -(swing or 0.0)

    return sorted(found.influences, key=rank)


def _value(each: Influence, end: End) -> str:
    return f"{digits(end.value)} {each.unit}".rstrip()


def _drawn(each: Influence, end: End) -> str:
    """Return the value of an end, and why it has no bar."""
    ended = _ENDED.get(end.status)
    return _value(each, end) + (f" ({ended})" if ended else "")


def _figure(end: End, name: str) -> str:
    return _ENDED.get(end.status) or shown(name, end.figures.get(name))


def _elasticity(number: float | None) -> str:
    return "-" if number is None else digits(round(number, 6), 3)


def _variance_table(variance: Variance, name: str) -> Table:
    title = f"Shares of the variance of {name}, by {variance.points} solves"
    columns = (
        Column("input"),
        Column("alone", number=True),
        Column("±", number=True),
        Column("in all", number=True),
        Column("±", number=True),
    )
    ordered = sorted(variance.indices.get(name, ()), key=lambda x: -x.total)
    rows = [
        [
            each.path,
            *(
                f"{number:.3f}"
                for number in (
                    each.first,
                    each.first_within,
                    each.total,
                    each.total_within,
                )
            ),
        ]
        for each in ordered
    ]
    return Table(title, columns, rows)


def tornado(found: Found, name: str) -> Chart:
    """Return the tornado of a figure: the inputs that move it most."""
    ranked = _ranked(found, name)[:DRAWN]
    now = found.base[name]
    values = [end.figures.get(name) for x in ranked for end in (x.low, x.high)]
    unit, numbers = scaled(unit_of_figure(name), [now, *values])
    spans = Spans(
        labels=[each.path for each in ranked],
        low=numbers[1::2],
        high=numbers[2::2],
        base=numbers[0] or 0.0,
        texts=[(_drawn(each, each.low), _drawn(each, each.high)) for each in ranked],
    )
    title = f"{found.scenario.spec.name}: what {name} hangs on"
    return Chart(title, Axis(name.removesuffix("_usd"), unit), Axis(""), (spans,))
