"""Charts as PNG and SVG, with matplotlib and without a screen."""

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from planner.report.charts import (
    COLOURS,
    SCALE,
    WRITTEN,
    Bars,
    Cells,
    Chart,
    Line,
    Series,
    Spans,
    cell_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    # Identifiers inside an SVG are random otherwise.
    "svg.hashsalt": "planner",
    # Words stay words, for readers and for searching.
    "svg.fonttype": "none",
}
_DASHES = ("-", "--", "-.", ":")
_WIDTH, _HEIGHT, _ROW = 8.0, 5.0, 0.45
"""Inches; the last one a bar of a tornado."""
_DOTS = 150
"""Of a PNG, per inch."""


def picture(chart: Chart, form: str) -> bytes:
    """Return a chart as the bytes of a ``png`` or an ``svg``."""
    with mpl.rc_context({**mpl.rcParamsDefault, **_STYLE}):
        figure = Figure(figsize=(_WIDTH, _height(chart)), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.set_title(chart.title)
        axes.set_xlabel(chart.x.title)
        axes.set_ylabel(chart.y.title)
        for number, series in enumerate(chart.series):
            _draw(axes, series, number)
        if chart.has_legend:
            axes.legend(frameon=False)
        if chart.note:
            figure.supxlabel(chart.note, fontsize=8, color="#555555")
        target = io.BytesIO()
        # A date or a version would make each file another one.
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(target, format=form, dpi=_DOTS, metadata=metadata)
    return target.getvalue()


def _height(chart: Chart) -> float:
    rows = max(
        (len(each.labels) for each in chart.series if isinstance(each, Spans)),
        default=0,
    )
    return max(_HEIGHT, 2.0 + _ROW * rows)


def _draw(axes: "Axes", series: Series, number: int) -> None:
    colour = COLOURS[number % len(COLOURS)]
    if isinstance(series, Line):
        _line(axes, series, number)
    elif isinstance(series, Bars):
        widths = [b - a for a, b in zip(series.edges, series.edges[1:], strict=False)]
        axes.bar(
            series.edges[:-1],
            series.heights,
            widths,
            align="edge",
            color=colour,
            edgecolor="white",
            alpha=0.85,
            label=series.name,
        )
    elif isinstance(series, Spans):
        _spans(axes, series)
    elif isinstance(series, Cells):
        _cells(axes, series)
    else:
        raise TypeError(series)


def _line(axes: "Axes", line: Line, number: int) -> None:
    places: list[Any] = list(line.x)
    axes.plot(
        places,
        [float("nan") if y is None else y for y in line.y],
        color=COLOURS[number % len(COLOURS)],
        linestyle=_DASHES[number // len(COLOURS) % len(_DASHES)],
        marker="o" if line.points else None,
        markersize=4,
        drawstyle="steps-post" if line.steps else "default",
        label=line.name,
    )


def _spans(axes: "Axes", spans: Spans) -> None:
    places = range(len(spans.labels))
    ends = (("low", spans.low, COLOURS[0]), ("high", spans.high, COLOURS[1]))
    for name, values, colour in ends:
        widths = [0.0 if value is None else value - spans.base for value in values]
        axes.barh(places, widths, left=spans.base, color=colour, label=f"{name} end")
    axes.axvline(spans.base, color="black", linewidth=1)
    labels = zip(spans.labels, spans.texts, strict=True)
    axes.set_yticks(places, [f"{name}\n{low} … {high}" for name, (low, high) in labels])
    axes.tick_params(axis="y", labelsize=8)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.legend(frameon=False)


def _cells(axes: "Axes", cells: Cells) -> None:
    rows = [[float("nan") if v is None else v for v in row] for row in cells.values]
    image = axes.imshow(rows, cmap=SCALE, origin="lower", aspect="auto")
    axes.set_xticks(range(len(cells.x)), list(cells.x), rotation=45, ha="right")
    axes.set_yticks(range(len(cells.y)), list(cells.y))
    axes.grid(visible=False)
    figure = axes.figure
    figure.colorbar(image, ax=axes, label=cells.colour.title)
    if len(cells.x) * len(cells.y) > WRITTEN:
        return
    low, high = image.get_clim()
    for i, row in enumerate(cells.values):
        for j, value in enumerate(row):
            dark = value is not None and value < (low + high) / 2
            axes.text(
                j,
                i,
                cell_text(value, cells.none),
                ha="center",
                va="center",
                fontsize=8,
                color="white" if dark else "black",
            )
