"""Charts as PNG and SVG, with matplotlib and without a screen."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from planner.errors import UsageError
from planner.report.charts import Cells, Chart, Flows, Rows, Spans, Stretches
from planner.report.lettering import fitted
from planner.report.strokes import draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#9aa3af",
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "font.family": "sans-serif",
    # One that comes with matplotlib, so that each machine draws the same.
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.8,
    # Identifiers inside an SVG are random otherwise.
    "svg.hashsalt": "planner",
    # Words stay words, for readers and for searching.
    "svg.fonttype": "none",
    # A dollar sign in a name begins no formula.
    "text.parse_math": False,
    "xtick.color": "#9aa3af",
    "xtick.labelcolor": "#3d4654",
    "ytick.color": "#9aa3af",
    "ytick.labelcolor": "#3d4654",
}
_WIDTH, _HEIGHT, _WIDEST = 8.0, 5.0, 16.0
"""Inches."""
_CELL = 0.8
"""Inches of a column of a heat map."""
_ROW = {Spans: 0.45, Rows: 0.32, Stretches: 0.45}
"""Inches that each label needs."""
_DOTS = 150
"""Of a PNG, per inch."""
_PLACES = 5
"""Decimals of where parts of a picture are, as shares of its width and height."""
_TITLE, _NOTE = 90, 120
"""Letters in a line of a title, and of a note."""


def picture(chart: Chart, form: str) -> bytes:
    """Return a chart as the bytes of a ``png`` or an ``svg``.

    Raises:
        UsageError: It shows flows, which only a page does.
    """
    if any(isinstance(each, Flows) for each in chart.series):
        msg = "flows between names are drawn in a page alone; write an .html file"
        raise UsageError(msg)
    with style():
        width = _width(chart)
        figure = Figure(figsize=(width, _height(chart)), layout="constrained")
        FigureCanvasAgg(figure)
        fill(figure.add_subplot(), chart, round(_TITLE * width / _WIDTH))
        if chart.note:
            note = fitted(chart.note, _NOTE, lines=3)
            figure.supxlabel(note, fontsize=8, color="#555555")
        return saved(figure, form)


def fill(axes: "Axes", chart: Chart, letters: int) -> None:
    """Draw a chart with its title and the titles of its axes.

    Args:
        axes: Where; nothing is there yet.
        chart: Of series that a still picture can show.
        letters: That a line across the axes holds.
    """
    axes.set_title(fitted(chart.title, letters, lines=2))
    axes.set_xlabel(fitted(chart.x.title, letters))
    axes.set_ylabel(fitted(chart.y.title, letters // 2, lines=2))
    draw(axes, chart, letters)


@contextmanager
def style() -> Iterator[None]:
    """Draw as all pictures are drawn; a letter that no font has is no news."""
    with (
        mpl.rc_context({**mpl.rcParamsDefault, **_STYLE}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


def saved(figure: Figure, form: str) -> bytes:
    """Return a figure as the bytes of a file that is the same each time."""
    _settle(figure)
    target = io.BytesIO()
    # A date or a version would make each file another one.
    unsaid = ("Date", "Creator") if form == "svg" else ("Software",)
    metadata = dict.fromkeys(unsaid)
    figure.savefig(target, format=form, dpi=_DOTS, metadata=metadata)
    return target.getvalue()


def _width(chart: Chart) -> float:
    """Return inches that suffice for the numbers of a heat map."""
    columns = [len(each.x) for each in chart.series if isinstance(each, Cells)]
    return min(_WIDEST, max(_WIDTH, 3.0 + _CELL * max(columns, default=0)))


def _settle(figure: Figure) -> None:
    """Lay a figure out, and round where its parts are.

    The last digits of a layout depend on where in memory its unknowns are.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    parts = list(figure.subfigs)
    for part in parts:
        part.bbox_relative.set_points(part.bbox_relative.get_points().round(_PLACES))
        parts.extend(part.subfigs)
    for axes in figure.axes:
        bounds = axes.get_position(original=True).bounds
        left, bottom, width, height = (round(each, _PLACES) for each in bounds)
        axes.set_position((left, bottom, width, height))


def _height(chart: Chart) -> float:
    """Return inches that suffice for the labels of all rows."""
    rows = [
        len(each.labels) * _ROW[type(each)]
        for each in chart.series
        if isinstance(each, Spans | Rows | Stretches)
    ]
    return max(_HEIGHT, 2.0 + max(rows, default=0.0))
