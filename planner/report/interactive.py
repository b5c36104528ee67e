"""Charts as Plotly describes them, and as one HTML page that needs no other file."""

from collections.abc import Iterable, Sequence
from typing import Any

from planner.report.charts import (
    COLOURS,
    Axis,
    Bars,
    Cells,
    Changes,
    Chart,
    Columns,
    Flows,
    Line,
    Rows,
    Series,
    Spans,
    Stretches,
)
from planner.report.traces import INK, LONGEST, escaped, shortened, traces_of, wrapped

_PAPER, _RULE, _GAP = "#ffffff", "#dddddd", "#c9ced6"
_ROW, _LINE, _FRAME = 30, 15, 120
"""Pixels of a row, of a line of words in it, and of what is above and below all."""
_FEWEST = 3
"""Rows that have room at least."""
_MAP = 7
"""Rows of a map that have room at least: beside them its colours are explained."""
_LETTER = 7
"""Pixels of a letter, nearly."""
_WIDEST = 320
"""Pixels up to which words beside bars are given room."""
_LONGEST_BELOW = 22
"""Letters of a label below a chart, where there is less room than beside it."""
_COLUMN = 0.12
"""Widest column, as a share of the chart's width."""
_GAPS = 0.25, 0.75
"""Least and most space between columns, as a share of their distance."""
_WINDOW = 700
"""Pixels of a window that shows a chart alone, at least nearly."""
_LABELS = 16
"""Periods of a timeline up to which each has its label."""


def page(chart: Chart) -> str:
    """Return a chart as a page, Plotly's program in it."""
    from plotly.io import to_html  # noqa: PLC0415  # an extra, and heavy

    drawn = figure(chart)
    if drawn["layout"].get("height", _WINDOW) <= _WINDOW:
        # Alone, a picture fills its window.
        drawn["layout"].pop("height", None)
    text: str = to_html(
        drawn,
        include_plotlyjs=True,
        # A random one would make each file another one.
        div_id="chart",
        config={"displaylogo": False, "responsive": True},
    )
    return text


def figure(chart: Chart) -> dict[str, Any]:
    """Return a chart as Plotly describes a figure: ``data`` and ``layout``.

    Words of users are escaped, since Plotly reads ``<b>`` and ``<a>`` in labels. The
    colours of paper, rules and words are in ``layout.template`` alone, so that a page
    can put others there.
    """
    data = [
        trace for n, each in enumerate(chart.series) for trace in traces_of(chart, n)
    ]
    layout: dict[str, Any] = {
        "title": {"text": escaped(chart.title)},
        "xaxis": _axis(chart.x),
        "yaxis": _axis(chart.y),
        "showlegend": _has_legend(data),
        "legend": {"traceorder": "normal"},
        "barmode": _bar_mode(chart),
        "template": {"layout": template(_PAPER, INK, _RULE)},
    }
    for series in chart.series:
        _arrange(layout, series)
    if chart.note:
        layout["annotations"] = [_note(chart.note)]
    return {"data": data, "layout": layout}


def _axis(axis: Axis) -> dict[str, Any]:
    """Return an axis whose numbers are written out, with commas for thousands."""
    return {
        "title": {"text": escaped(axis.title), "standoff": 10},
        "automargin": True,
        "exponentformat": "none",
        "separatethousands": True,
    }


def template(paper: str, ink: str, rule: str) -> dict[str, Any]:
    """Return the part of a layout that has colours: of paper, words and rules."""
    axis = {"gridcolor": rule, "zerolinecolor": rule, "linecolor": rule}
    return {
        "paper_bgcolor": paper,
        "plot_bgcolor": paper,
        "font": {"color": ink},
        "colorway": list(COLOURS),
        "xaxis": axis,
        "yaxis": axis,
        "hoverlabel": {"namelength": -1},
    }


def is_empty(chart: Chart) -> bool:
    """Return whether nothing is drawn: no series, or none with a number in it."""
    return not any(
        value is not None for each in chart.series for value in _numbers(each)
    )


def _numbers(series: Series) -> Iterable[float | None]:
    found: Iterable[float | None]
    match series:
        case Line() | Columns():
            found = series.y
        case Bars():
            found = series.heights
        case Spans():
            found = (*series.low, *series.high)
        case Cells():
            found = (value for row in series.values for value in row)
        case Rows():
            found = series.x
        case Changes():
            found = series.amounts
        case Stretches():
            found = series.first
        case Flows():
            found = (amount for _, _, amount in series.links)
    return found


def _has_legend(data: list[dict[str, Any]]) -> bool:
    """Return whether there are traces to be told apart."""
    named = [trace for trace in data if trace.get("showlegend", True)]
    return len(named) > 1


def _bar_mode(chart: Chart) -> str:
    if chart.stacked:
        return "stack"
    side_by_side = any(isinstance(each, Columns | Rows) for each in chart.series)
    return "group" if side_by_side else "overlay"


def _arrange(layout: dict[str, Any], series: Series) -> None:
    """Set the axes for what stands on them."""
    match series:
        case Line() | Columns():
            if any(isinstance(place, str) for place in series.x):
                _across(layout, [str(place) for place in series.x])
            layout["hovermode"] = "x unified"
        case Changes():
            _across(layout, series.labels)
        case Cells():
            _words(layout["xaxis"], series.x)
            _words(layout["yaxis"], series.y)
            _rows(layout, max(_MAP, len(series.y)))
            layout["xaxis"]["showgrid"] = layout["yaxis"]["showgrid"] = False
            if series.none:
                # What is said in them is dark on every page.
                layout["plot_bgcolor"] = _GAP
        case Rows():
            _words(layout["yaxis"], series.labels)
            _rows(layout, len(series.labels), series.texts)
            layout["yaxis"]["autorange"] = "reversed"
        case Spans():
            _rows(layout, 2 * len(series.labels))
            layout["yaxis"]["autorange"] = "reversed"
            base = {"x0": series.base, "x1": series.base, "y0": 0, "y1": 1}
            line = {"type": "line", "yref": "paper", "line": {"width": 1}}
            layout["shapes"] = [{**line, **base}]
        case Stretches():
            _timeline(layout, series)
        case Flows():
            _rows(layout, max(_MAP, len(series.nodes)))


def _across(layout: dict[str, Any], labels: Sequence[str]) -> None:
    """Set words below a chart; a few columns are not made as wide as they could be."""
    _words(layout["xaxis"], labels, _LONGEST_BELOW)
    layout["xaxis"]["showgrid"] = False
    layout["bargap"] = min(_GAPS[1], max(_GAPS[0], 1 - len(labels) * _COLUMN))


def _words(axis: dict[str, Any], labels: Iterable[str], longest: int = LONGEST) -> None:
    """Let an axis have words: each is one place, and long ones are cut short."""
    # A year in words would be taken for a number.
    axis["type"] = "category"
    places = {escaped(label): shortened(label, longest) for label in labels}
    if any(full != short for full, short in places.items()):
        ticks = {"tickvals": list(places), "ticktext": list(places.values())}
        axis |= {"tickmode": "array", **ticks}


def _rows(layout: dict[str, Any], count: int, texts: Sequence[str] = ()) -> None:
    """Make room for rows, and for the words that stand right of their bars."""
    lines = [line for text in texts for line in wrapped(text).split("<br>")]
    most = max((wrapped(text).count("<br>") + 1 for text in texts), default=1)
    high = max(_ROW, (most + 1) * _LINE)
    layout["height"] = max(layout.get("height", 0), _FRAME + high * max(count, _FEWEST))
    layout["bargap"] = _GAPS[0]
    if lines:
        layout["margin"] = {"r": min(_WIDEST, 20 + _LETTER * max(map(len, lines)))}


def _timeline(layout: dict[str, Any], series: Stretches) -> None:
    _words(layout["yaxis"], series.labels)
    _rows(layout, len(series.labels), series.texts)
    layout["yaxis"]["autorange"] = "reversed"
    labelled = range(0, len(series.x), 1 + len(series.x) // _LABELS)
    layout["xaxis"] |= {
        "range": [0, len(series.x)],
        "tickmode": "array",
        # A label stands in the middle of its period.
        "tickvals": [place + 0.5 for place in labelled],
        "ticktext": [shortened(series.x[place]) for place in labelled],
    }


def _note(text: str) -> dict[str, Any]:
    place = {"x": 0, "y": -0.18, "xref": "paper", "yref": "paper"}
    small = {"showarrow": False, "font": {"size": 11}}
    return {**place, "text": escaped(text), **small}
