"""The chart of a sweep: lines over one input, a map of two, a spread of draws."""

from collections.abc import Sequence

from planner.errors import UsageError
from planner.report.charts import Axis, Cells, Chart, Line, histogram, scaled
from planner.specs.inputs import number_of
from planner.specs.scenario import Scenario
from planner.sweep.axes import Axis as Varied
from planner.sweep.evaluate import Outcome
from planner.sweep.points import Points

MOST_VARIED = 2
"""Inputs that a picture can show."""
MARKED = 40
"""Values up to which each is marked on its line."""
_UNITS = {"usd": "USD", "mw": "MW", "mwh": "MWh", "t": "t", "fraction": "share"}
_COUNTS = {
    "fleet": "accelerators",
    "purchased": "accelerators",
    "completed": "share",
    "served": "share",
}


def unit_of_figure(name: str) -> str:
    """Return the unit of a figure, by its name; empty for a plain count."""
    family, dot, _ = name.partition(".")
    return _COUNTS[family] if dot else _UNITS.get(name.rpartition("_")[2], "")


def check_drawable(varied: Points, figures: Sequence[str]) -> None:
    """Refuse what no single picture shows.

    Raises:
        UsageError: Too much is varied, or the figures have several units.
    """
    inputs = len(varied.axes)
    if varied.draws and (inputs or varied.alternatives):
        msg = "--plot shows draws alone; leave out --vary and --alternative"
        raise UsageError(msg)
    if not varied.draws and not 1 <= inputs <= MOST_VARIED:
        msg = f"--plot shows one or two inputs, and {inputs} are varied"
        raise UsageError(msg)
    if inputs == MOST_VARIED and len(varied.alternatives) > 1:
        msg = "--plot maps two inputs of one alternative; name one"
        raise UsageError(msg)
    alone = varied.draws or inputs == MOST_VARIED
    if alone and len(figures) > 1:
        msg = "--plot shows one figure of draws or of two inputs; give one --metric"
        raise UsageError(msg)
    units = {unit_of_figure(name) for name in figures}
    if len(units) > 1:
        msg = f"--plot has one axis for figures in {', '.join(sorted(units))}"
        raise UsageError(msg + "; give --metric of one unit")


def sweep_chart(
    scenario: Scenario,
    varied: Points,
    outcomes: Sequence[Outcome],
    figures: Sequence[str],
) -> Chart:
    """Return the chart of a sweep that ``check_drawable`` has let pass.

    Args:
        scenario: What was swept.
        varied: What was varied.
        outcomes: Of all points, in their order.
        figures: Names of those that are shown.
    """
    title = scenario.spec.title or scenario.spec.name
    if varied.draws:
        found = [x for x in _of(outcomes, figures[0]) if x is not None]
        unit, numbers = scaled(unit_of_figure(figures[0]), found)
        values = [x for x in numbers if x is not None]
        return histogram(title, Axis(figures[0], unit), values or [0.0])
    if len(varied.axes) == 1:
        return _lines(title, varied, outcomes, figures)
    return _map(title, varied.axes, outcomes, figures[0])


def _of(outcomes: Sequence[Outcome], name: str) -> list[float | None]:
    return [(each.readings or {}).get(name) for each in outcomes]


def _lines(
    title: str, varied: Points, outcomes: Sequence[Outcome], figures: Sequence[str]
) -> Chart:
    """Return a line for each figure of each alternative."""
    (axis,) = varied.axes
    where, places = _scale(axis)
    count, names = len(axis.sets), varied.alternatives or ("",)
    keys = [(name, figure) for figure in figures for name in names]
    columns = [x for figure in figures for x in _of(outcomes, figure)]
    unit, numbers = scaled(unit_of_figure(figures[0]), columns)
    lines = []
    for place, (name, figure) in enumerate(keys):
        row = numbers[place * count : (place + 1) * count]
        words = [figure if len(figures) > 1 else "", name]
        said = " ".join(filter(None, words)) or figure
        lines.append(Line(said, places, row, points=count <= MARKED))
    return Chart(title, where, Axis(", ".join(figures), unit), tuple(lines))


def _scale(axis: Varied) -> tuple[Axis, Sequence[float] | Sequence[str]]:
    """Return the first axis of a chart, and the values on it."""
    texts = [text.partition("=")[2] for text in axis.sets]
    numbers = [number_of(text) for text in texts]
    units = {None if each is None else each[1] for each in numbers}
    if len(units) > 1 or None in units:
        return Axis(axis.path), texts
    found = [each for each in numbers if each is not None]
    return Axis(axis.path, found[0][1]), [value for value, _ in found]


def _map(
    title: str, axes: Sequence[Varied], outcomes: Sequence[Outcome], figure: str
) -> Chart:
    """Return a heat map: the first input across, the second up."""
    first, second = axes
    unit, numbers = scaled(unit_of_figure(figure), _of(outcomes, figure))
    high = len(second.sets)
    rows = [numbers[row::high] for row in range(high)]
    (across, _), (up, _) = _scale(first), _scale(second)
    cells = Cells(_labels(first), _labels(second), rows, Axis(figure, unit))
    return Chart(title, across, up, (cells,))


def _labels(axis: Varied) -> list[str]:
    """Return the values of an axis, without the unit that its title names."""
    _, places = _scale(axis)
    return [f"{x:.6g}" if isinstance(x, float) else x for x in places]
