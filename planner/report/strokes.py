"""What is drawn on the axes of a still picture, series by series."""

from collections.abc import Sequence
from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING, Any

from planner.report.charts import (
    COLOURS,
    Bars,
    Chart,
    Columns,
    Line,
    Series,
    Stretches,
)
from planner.report.lettering import (
    LABEL,
    fitted,
    leave_room,
    name_places,
    numbers,
    tick_text,
)
from planner.report.shapes import draw_shape
from planner.report.traces import AT_LIMIT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "D", "^", "x", "*")
_HATCHES = ("", "//", "..", "\\\\")
"""Of columns and areas, once all colours are used."""
_MARKED: dict[str, Any] = {
    "facecolor": "#E69F00",
    "edgecolor": "black",
    "linewidth": 1.6,
    "hatch": "xx",
}
"""How columns look that are at their limit; none of the hatches above."""
_INSIDE = 3
"""Lines up to which a legend finds room between them."""


def draw(axes: "Axes", chart: Chart, letters: int) -> None:
    """Draw the series of a chart, and the legend that tells them apart.

    Args:
        axes: Where.
        chart: Of series that a still picture can show.
        letters: That a line across the axes holds.
    """
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415  # an extra

    axes.xaxis.set_major_formatter(FuncFormatter(tick_text))
    axes.yaxis.set_major_formatter(FuncFormatter(tick_text))
    words = _words(chart.series)
    if words:
        name_places(axes, words)
    places = {word: number for number, word in enumerate(words)}
    if chart.stacked:
        handles = _stacks(axes, chart, places)
    else:
        handles = [
            _one(axes, chart, number, places, letters)
            for number in range(len(chart.series))
        ]
    _legend(axes, chart, handles)


def _words(series: Sequence[Series]) -> list[str]:
    """Return the words of the first axis, each once."""
    found: dict[str, None] = {}
    for each in series:
        if isinstance(each, Line | Columns | Stretches):
            found.update({x: None for x in each.x if isinstance(x, str)})
    return list(found)


def _legend(axes: "Axes", chart: Chart, handles: Sequence[Any]) -> None:
    """Tell series apart, and those columns that are marked; stacks from the top."""
    from matplotlib.patches import Patch  # noqa: PLC0415  # an extra

    names = [fitted(getattr(each, "name", ""), LABEL) for each in chart.series]
    pairs = list(zip(handles, names, strict=True))
    if chart.stacked:
        pairs.reverse()
    if any(any(x.marked) for x in chart.series if isinstance(x, Columns)):
        pairs.append((Patch(**_MARKED), AT_LIMIT))
    if len(pairs) == 1:
        return
    lines = all(isinstance(each, Line) for each in chart.series)
    beside = chart.stacked or not lines or len(pairs) > _INSIDE
    place: dict[str, Any] = {"loc": "best"}
    if beside:
        place = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
    # Names that begin with _ would be left out, so they are written afterwards.
    legend = axes.legend(
        [handle for handle, _ in pairs],
        [str(number) for number in range(len(pairs))],
        frameon=False,
        **place,
    )
    for text, (_, name) in zip(legend.get_texts(), pairs, strict=True):
        text.set_text(name)


def _one(
    axes: "Axes", chart: Chart, number: int, places: dict[str, int], letters: int
) -> Any:
    """Draw a series beside or over the others, and return what stands for it."""
    series, look = chart.series[number], chart.look(number)
    colour = COLOURS[look % len(COLOURS)]
    if isinstance(series, Line):
        return _line(axes, chart, number, places)
    if isinstance(series, Columns):
        return _columns(axes, chart, series, places)
    if isinstance(series, Bars):
        return _bars(axes, series, colour)
    draw_shape(axes, series, letters)
    return None


def _line(axes: "Axes", chart: Chart, number: int, places: dict[str, int]) -> Any:
    """Draw a line; among columns it is a limit, which holds for each of them."""
    line, look = chart.series[number], chart.look(number)
    if not isinstance(line, Line):
        raise TypeError(line)
    limit = _has_columns(chart)
    style = "default"
    if limit or line.steps:
        style = "steps-mid" if places else "steps-post"
    # A line of one point would not be seen.
    marked = line.points or len(line.x) == 1
    (drawn,) = axes.plot(
        [places[x] if isinstance(x, str) else x for x in line.x],
        numbers(line.y),
        color="black" if limit else COLOURS[look % len(COLOURS)],
        linestyle=_DASHES[look % len(_DASHES)],
        marker=_MARKERS[look % len(_MARKERS)] if marked else None,
        markersize=4,
        drawstyle=style,
    )
    return drawn


def _has_columns(chart: Chart) -> bool:
    return any(isinstance(each, Columns) for each in chart.series)


def _bars(axes: "Axes", bars: Bars, colour: str) -> Any:
    widths = [high - low for low, high in pairwise(bars.edges)]
    look: dict[str, Any] = {"align": "edge", "color": colour, "edgecolor": "white"}
    look["alpha"] = 0.85
    return axes.bar(bars.edges[:-1], bars.heights, widths, **look)


def _columns(
    axes: "Axes", chart: Chart, columns: Columns, places: dict[str, int]
) -> Any:
    """Draw columns beside those of the other series."""
    groups = [each for each in chart.series if isinstance(each, Columns)]
    number = next(n for n, each in enumerate(groups) if each is columns)
    width = 0.8 / len(groups)
    shift = (number - (len(groups) - 1) / 2) * width
    where = [places[x] + shift for x in columns.x]
    look = chart.look(next(n for n, x in enumerate(chart.series) if x is columns))
    return _column(axes, columns, where, look, {"width": width})


def _column(
    axes: "Axes",
    columns: Columns,
    where: Sequence[float],
    number: int,
    stand: dict[str, Any],
) -> Any:
    colour = COLOURS[number % len(COLOURS)]
    hatch = _HATCHES[number // len(COLOURS) % len(_HATCHES)]
    look: dict[str, Any] = {
        "facecolor": colour,
        "edgecolor": "white",
        "hatch": hatch,
    }
    drawn = axes.bar(where, numbers(columns.y), linewidth=0.6, **stand, **look)
    for bar, marked in zip(drawn, columns.marked, strict=False):
        if marked:
            bar.set(**_MARKED, zorder=2)
    return drawn


def _stacks(axes: "Axes", chart: Chart, places: dict[str, int]) -> list[Any]:
    """Draw areas, or columns, on one another; what is negative goes down."""
    up = [0.0] * len(places)
    down = [0.0] * len(places)
    drawn = []
    for number, each in enumerate(chart.series):
        if not isinstance(each, Line | Columns):
            raise TypeError(each)
        if isinstance(each, Line) and _has_columns(chart):
            drawn.append(_line(axes, chart, number, places))
            continue
        where = [places[str(x)] for x in each.x]
        heights = [0.0 if isnan(y) else y for y in numbers(each.y)]
        if isinstance(each, Line):
            drawn.append(_area(axes, where, heights, up, chart.look(number)))
            continue
        feet = [
            (up if y >= 0 else down)[x] for x, y in zip(where, heights, strict=True)
        ]
        stand = {"bottom": feet, "width": 0.8}
        drawn.append(_column(axes, each, where, chart.look(number), stand))
        for x, y in zip(where, heights, strict=True):
            (up if y >= 0 else down)[x] += y
    if not _has_columns(chart) and len(places) > 1:
        axes.margins(x=0.0)
    leave_room(axes, [*up, *down, *_limits(chart)])
    return drawn


def _limits(chart: Chart) -> list[float]:
    """Return the numbers of the lines over columns."""
    lines = (each for each in chart.series if isinstance(each, Line))
    over = [y for each in lines for y in each.y if y is not None]
    return over if _has_columns(chart) else []


def _area(
    axes: "Axes",
    where: Sequence[int],
    heights: Sequence[float],
    up: list[float],
    number: int,
) -> Any:
    """Draw an area on what is below it; of one period, which has no width, a column."""
    feet = [up[x] for x in where]
    for x, y in zip(where, heights, strict=True):
        up[x] += y
    look: dict[str, Any] = {
        "facecolor": COLOURS[number % len(COLOURS)],
        "hatch": _HATCHES[number // len(COLOURS) % len(_HATCHES)],
        "edgecolor": "white",
        "linewidth": 0.6,
    }
    if len(up) == 1:
        return axes.bar(where, heights, 0.5, bottom=feet, **look)
    return axes.fill_between(where, feet, [up[x] for x in where], **look)
