"""A frontier in words: a line for every break, and what its plan is made of."""

from collections.abc import Sequence

from planner.cli.format import count, digits, money, percent, scaled
from planner.cli.options import Terminal
from planner.cli.tables import Column, Screen, Table
from planner.report.charts import Axis, Chart, Line
from planner.report.charts import scaled as axis_scaled
from planner.specs.scenario import Scenario
from planner.sweep.frontier import Break, Frontier

SHOWN = 20
"""Breaks that the text shows; -v shows all."""
_DIGITS = 5
"""Of levels and bests: neighbours can be near."""
_MORE = {
    "MW": (1.0, "MW"),
    "t": (1.0, "t"),
    "share": (0.01, "point"),
    "USD": (1e6, "MUSD"),
}
"""One more of a quantity, as a slope is told, by its unit."""
_LEAST = 1e-6
"""Accelerators below which there are none."""


def frontier_text(found: Frontier, scenario: Scenario, terminal: Terminal) -> None:
    """Print a frontier; with ``-q`` the table alone."""
    screen = Screen()
    shown = list(found.breaks) if terminal.verbose else _some(found.breaks)
    if not terminal.quiet:
        screen.line(_headline(found, scenario))
    screen.table(_table(found, shown, scenario))
    if len(shown) < len(found.breaks):
        between = len(found.breaks) - len(shown)
        screen.line(f"{between} more between them: -v, or --json")


def _some(breaks: Sequence[Break]) -> list[Break]:
    """Return the breaks that are shown: both ends, and evenly counted between."""
    last = len(breaks) - 1
    if last < SHOWN:
        return list(breaks)
    return [breaks[round(k * last / (SHOWN - 1))] for k in range(SHOWN)]


def _headline(found: Frontier, scenario: Scenario) -> str:
    name = scenario.spec.name
    if len(found.breaks) == 1:
        return (
            f"{name}: no trade: one plan is best in {found.best} and in {found.limit}; "
            "a limit or a minimum of the scenario may hold both"
        )
    word = "most" if found.best in ("served", "profit") else "least"
    limit = "at least" if found.limit in ("served", "profit") else "at most"
    return (
        f"{name}: {word} {found.best} with {limit} so much {found.limit}; straight "
        "from line to line"
    )


def _table(found: Frontier, shown: Sequence[Break], scenario: Scenario) -> Table:
    size, unit = _MORE[found.limit_unit]
    objective = "profit" if _profit(found.breaks[0]) is not None else "cost"
    names = [found.limit, found.best, f"one more {unit}"]
    rest = [name for name in (objective,) if name not in names]
    columns = (
        *(Column(name, number=True) for name in (*names, *rest)),
        Column("buys"),
        Column("serves"),
    )
    rows = [
        [
            _amount(each.level, found.limit_unit),
            _amount(each.best, found.best_unit),
            "" if each.slope is None else _slope(each.slope * size, found.best_unit),
            *(money(_worth(each)) for _ in rest),
            _bought(each, scenario),
            _done(each),
        ]
        for each in shown
    ]
    return Table("", columns, rows)


def _profit(each: Break) -> float | None:
    return each.figures["profit_usd"]


def _worth(each: Break) -> float | None:
    """Return the scenario's own objective."""
    profit = _profit(each)
    return each.figures["cost_usd"] if profit is None else profit


def _amount(number: float, unit: str) -> str:
    if unit == "share":
        return f"{digits(100 * number, _DIGITS)} %"
    if unit == "MW":
        return scaled(number * 1e6, "W", _DIGITS)
    return scaled(number, unit, _DIGITS)


def _slope(change: float, unit: str) -> str:
    """Return what one more does to the best, with its sign."""
    sign = "+" if change > 0 else ""
    if unit == "share":
        return f"{sign}{digits(100 * change)} points"
    return f"{sign}{_amount(change, unit)}"


def _bought(each: Break, scenario: Scenario) -> str:
    """Return what is bought over the horizon."""
    counts = {a: each.figures[f"purchased.{a}"] or 0.0 for a in scenario.accelerators}
    texts = [f"{a} {count(x)}" for a, x in counts.items() if x > _LEAST]
    return ", ".join(texts) or "nothing"


def _done(each: Break) -> str:
    """Return what is served and completed."""
    return ", ".join(
        f"{name.partition('.')[2]} {percent(share)}"
        for name, share in each.figures.items()
        if name.startswith(("served.", "completed."))
    )


def curve(found: Frontier, name: str) -> Chart:
    """Return the frontier as a chart, its breaks marked."""
    x_unit, x = _drawn([each.level for each in found.breaks], found.limit_unit)
    y_unit, y = _drawn([each.best for each in found.breaks], found.best_unit)
    line = Line(found.best, x, y, points=True)
    title = f"{name}: {found.best} for {found.limit}"
    axes = Axis(found.limit, x_unit), Axis(found.best, y_unit)
    return Chart(title, *axes, (line,), note="straight between the points")


def _drawn(numbers: Sequence[float], unit: str) -> tuple[str, list[float]]:
    """Return the unit of an axis, and numbers in it."""
    if unit == "share":
        return "%", [100 * number for number in numbers]
    shown, values = axis_scaled(unit, numbers)
    return shown, [0.0 if value is None else value for value in values]
