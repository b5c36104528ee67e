"""Charts as one HTML page that needs no other file and no network, with Plotly."""

from collections.abc import Mapping
from typing import Any

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

_DASHES = ("solid", "dash", "dashdot", "dot")


def page(chart: Chart) -> str:
    """Return a chart as a page, Plotly's program in it."""
    from plotly.io import to_html  # noqa: PLC0415  # an extra, and heavy

    text: str = to_html(
        figure(chart),
        include_plotlyjs=True,
        # A random one would make each file another one.
        div_id="chart",
        config={"displaylogo": False, "responsive": True},
    )
    return text


def figure(chart: Chart) -> dict[str, Any]:
    """Return a chart as Plotly describes a figure: ``data`` and ``layout``."""
    numbered = enumerate(chart.series)
    layout: dict[str, Any] = {
        "title": {"text": chart.title},
        "xaxis": {"title": {"text": chart.x.title}, "automargin": True},
        "yaxis": {"title": {"text": chart.y.title}, "automargin": True},
        "showlegend": chart.has_legend or isinstance(chart.series[0], Spans),
        "barmode": "overlay",
        "plot_bgcolor": "white",
        "colorway": list(COLOURS),
    }
    for series in chart.series:
        _arrange(layout, series)
    if chart.note:
        layout["annotations"] = [_note(chart.note)]
    return {
        "data": [trace for n, each in numbered for trace in _traces(each, n)],
        "layout": layout,
    }


def _arrange(layout: dict[str, Any], series: Series) -> None:
    """Set the axes for what stands on them."""
    if isinstance(series, Line | Cells) and isinstance(series.x[0], str):
        # A year in words would be taken for a number.
        layout["xaxis"]["type"] = "category"
    if isinstance(series, Cells):
        layout["yaxis"]["type"] = "category"
        return
    for axis in (layout["xaxis"], layout["yaxis"]):
        axis["gridcolor"] = "#dddddd"
    if isinstance(series, Spans):
        layout["yaxis"]["autorange"] = "reversed"
        base = {"x0": series.base, "x1": series.base, "y0": 0, "y1": 1}
        line = {"type": "line", "yref": "paper", "line": {"width": 1}}
        layout["shapes"] = [{**line, **base}]


def _note(text: str) -> Mapping[str, Any]:
    place = {"x": 0, "y": -0.18, "xref": "paper", "yref": "paper"}
    return {**place, "text": text, "showarrow": False, "font": {"size": 11}}


def _traces(series: Series, number: int) -> list[dict[str, Any]]:
    if isinstance(series, Line):
        return [_line(series, number)]
    if isinstance(series, Bars):
        return [_bars(series, COLOURS[number % len(COLOURS)])]
    if isinstance(series, Spans):
        return _spans(series)
    if isinstance(series, Cells):
        return [_cells(series)]
    raise TypeError(series)


def _line(line: Line, number: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": list(line.x),
        "y": list(line.y),
        "name": line.name,
        "mode": "lines+markers" if line.points else "lines",
        "line": {
            "color": COLOURS[number % len(COLOURS)],
            "dash": _DASHES[number // len(COLOURS) % len(_DASHES)],
            "shape": "hv" if line.steps else "linear",
        },
    }


def _bars(bars: Bars, colour: str) -> dict[str, Any]:
    ends = list(zip(bars.edges, bars.edges[1:], strict=False))
    return {
        "type": "bar",
        "x": [(a + b) / 2 for a, b in ends],
        "width": [b - a for a, b in ends],
        "y": list(bars.heights),
        "name": bars.name,
        "marker": {"color": colour, "line": {"color": "white", "width": 1}},
        "opacity": 0.85,
    }


def _spans(spans: Spans) -> list[dict[str, Any]]:
    ends = ((0, "low end", spans.low), (1, "high end", spans.high))
    pairs = zip(spans.labels, spans.texts, strict=True)
    labels = [f"{name}<br>{low} … {high}" for name, (low, high) in pairs]
    return [
        {
            "type": "bar",
            "orientation": "h",
            "y": labels,
            "x": [None if value is None else value - spans.base for value in values],
            "base": spans.base,
            "name": name,
            "hovertext": [texts[end] for texts in spans.texts],
            "marker": {"color": COLOURS[end]},
        }
        for end, name, values in ends
    ]


def _cells(cells: Cells) -> dict[str, Any]:
    written = len(cells.x) * len(cells.y) <= WRITTEN
    return {
        "type": "heatmap",
        "x": list(cells.x),
        "y": list(cells.y),
        "z": [list(row) for row in cells.values],
        "text": [[cell_text(value) for value in row] for row in cells.values],
        "texttemplate": "%{text}" if written else "",
        "colorscale": SCALE.capitalize(),
        "colorbar": {"title": {"text": cells.colour.title}},
        "hoverongaps": False,
    }
