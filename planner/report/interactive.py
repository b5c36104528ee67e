"""Charts as one HTML page that needs no other file and no network, with Plotly."""

from typing import Any

import plotly.graph_objects as go

from planner.report.charts import (
    COLOURS,
    SCALE,
    WRITTEN,
    Bars,
    Cells,
    Chart,
    Line,
    Spans,
    cell_text,
)

_DASHES = ("solid", "dash", "dashdot", "dot")


def page(chart: Chart) -> str:
    """Return a chart as a page, Plotly's program in it."""
    text: str = figure(chart).to_html(
        include_plotlyjs=True,
        # A random one would make each file another one.
        div_id="chart",
        config={"displaylogo": False, "responsive": True},
    )
    return text


def figure(chart: Chart) -> go.Figure:
    """Return a chart as a figure of Plotly."""
    drawn = go.Figure(
        data=[
            trace
            for number, series in enumerate(chart.series)
            for trace in _traces(series, number)
        ]
    )
    several = chart.has_legend or any(isinstance(s, Spans) for s in chart.series)
    drawn.update_layout(
        title={"text": chart.title},
        xaxis={"title": {"text": chart.x.title}, "automargin": True},
        yaxis={"title": {"text": chart.y.title}, "automargin": True},
        template="plotly_white",
        showlegend=several,
        barmode="overlay",
        bargap=0.02,
    )
    for series in chart.series:
        if isinstance(series, Line | Cells) and isinstance(series.x[0], str):
            # A year, or a budget in words, would be taken for a number.
            drawn.update_xaxes(type="category")
        if isinstance(series, Cells):
            drawn.update_yaxes(type="category")
        if isinstance(series, Spans):
            drawn.update_yaxes(autorange="reversed")
            drawn.add_vline(x=series.base, line={"color": "black", "width": 1})
    if chart.note:
        drawn.add_annotation(_note(chart.note))
    return drawn


def _note(text: str) -> dict[str, Any]:
    place = {"x": 0, "y": -0.18, "xref": "paper", "yref": "paper"}
    return {**place, "text": text, "showarrow": False, "font": {"size": 11}}


def _traces(series: Line | Bars | Spans | Cells, number: int) -> list[Any]:
    if isinstance(series, Line):
        return [_line(series, number)]
    if isinstance(series, Bars):
        return [_bars(series, COLOURS[number % len(COLOURS)])]
    if isinstance(series, Spans):
        return _spans(series)
    return [_cells(series)]


def _line(line: Line, number: int) -> go.Scatter:
    return go.Scatter(
        x=list(line.x),
        y=list(line.y),
        name=line.name,
        mode="lines+markers" if line.points else "lines",
        line={
            "color": COLOURS[number % len(COLOURS)],
            "dash": _DASHES[number // len(COLOURS) % len(_DASHES)],
            "shape": "hv" if line.steps else "linear",
        },
    )


def _bars(bars: Bars, colour: str) -> go.Bar:
    ends = list(zip(bars.edges, bars.edges[1:], strict=False))
    return go.Bar(
        x=[(a + b) / 2 for a, b in ends],
        width=[b - a for a, b in ends],
        y=list(bars.heights),
        name=bars.name,
        marker={"color": colour, "line": {"color": "white", "width": 1}},
        opacity=0.85,
    )


def _spans(spans: Spans) -> list[go.Bar]:
    ends = ((0, "low end", spans.low), (1, "high end", spans.high))
    return [
        go.Bar(
            y=list(spans.labels),
            x=[None if value is None else value - spans.base for value in values],
            base=spans.base,
            orientation="h",
            name=name,
            hovertext=[texts[end] for texts in spans.texts],
            marker={"color": COLOURS[end]},
        )
        for end, name, values in ends
    ]


def _cells(cells: Cells) -> go.Heatmap:
    written = len(cells.x) * len(cells.y) <= WRITTEN
    return go.Heatmap(
        text=[[cell_text(value) for value in row] for row in cells.values],
        texttemplate="%{text}" if written else None,
        x=list(cells.x),
        y=list(cells.y),
        z=[list(row) for row in cells.values],
        colorscale=SCALE,
        colorbar={"title": {"text": cells.colour.title}},
        hoverongaps=False,
    )
