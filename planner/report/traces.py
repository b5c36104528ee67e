"""Series of charts as traces of Plotly: what is drawn, and what is said on hovering.

What is told apart by colour is told apart by dashes or patterns, too. Words of users
are escaped: Plotly reads ``<b>`` and ``<a>`` in labels, and ``%{x}`` in templates.
"""

import math
import textwrap
from collections.abc import Sequence
from typing import Any

from planner.numerals import digits
from planner.report.charts import (
    COLOURS,
    SCALE,
    WRITTEN,
    Bars,
    Cells,
    Changes,
    Chart,
    Columns,
    Flows,
    Line,
    Number,
    Rows,
    Spans,
    Stretches,
    cell_text,
)

INK = "#000000"
"""Colour of words and outlines; a dark page puts a light one in its place."""
AT_LIMIT = "at its limit"
"""In a legend: the columns that are marked."""
LONGEST = 36
"""Letters of a label that a chart shows; all are in its table, and on hovering."""
_AT_LIMIT = {
    "color": "#E69F00",
    "line": {"color": INK, "width": 1.5},
    "pattern": {
        "shape": "x",
        "fillmode": "overlay",
        "fgcolor": INK,
        "fgopacity": 0.4,
        "size": 7,
        "solidity": 0.15,
    },
}
"""How columns look that are marked: another colour, a pattern, an outline."""
_LINES = 3
"""Lines of words beside a bar."""
_NARROW = 20
"""Letters of a line beside the colours of a map."""
_DASHES = ("solid", "dash", "dashdot", "dot", "longdash", "longdashdot")
PATTERNS = ("", "/", ".", "-", "|", "+", "\\")
_MARKERS = ("circle", "square", "diamond", "triangle-up", "x", "star")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

Trace = dict[str, Any]


def escaped(text: str) -> str:
    """Return words that Plotly shows as they are."""
    return text.translate(_ESCAPES)


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return escaped words, cut where they are too long for a chart."""
    return escaped(text if len(text) <= longest else text[: longest - 1] + "…")


def wrapped(text: str, longest: int = LONGEST) -> str:
    """Return escaped words in a few short lines, what does not fit cut off."""
    lines = textwrap.wrap(text, longest, max_lines=_LINES, placeholder=" …")
    return "<br>".join(map(escaped, lines))


def traces_of(chart: Chart, number: int) -> list[Trace]:
    """Return what Plotly draws for one series of a chart.

    Args:
        chart: All of it.
        number: Place of the series in the chart, from 0.
    """
    found: list[Trace]
    series, number = chart.series[number], chart.look(number)
    match series:
        case Line() as line:
            found = [_line(chart, line, number)]
        case Columns() as columns:
            found = _columns(chart, columns, number)
        case Bars() as bars:
            found = [_bars(bars, COLOURS[number % len(COLOURS)])]
        case Spans() as spans:
            found = _spans(spans)
        case Cells() as cells:
            found = [_cells(cells)]
        case Rows() as rows:
            found = [_rows(chart, rows, number)]
        case Changes() as changes:
            found = [_changes(chart, changes)]
        case Stretches() as stretches:
            found = _stretches(stretches)
        case Flows() as flows:
            found = [_flows(flows)]
    return found


def _places(places: Sequence[float] | Sequence[str]) -> list[Any]:
    return [escaped(each) if isinstance(each, str) else each for each in places]


def _finite(numbers: Sequence[Number]) -> list[Number]:
    """Return numbers, and None for those that no axis can show."""
    return [x if x is not None and math.isfinite(x) else None for x in numbers]


def _said(name: str, unit: str, variable: str = "y") -> str:
    """Return the words on hovering: the name in full, the number, its unit."""
    number = f"%{{{variable}:,.5~r}}"
    return f"{_plain(name)}: {number} {_plain(unit)}<extra></extra>"


def _plain(text: str) -> str:
    """Return words that a template of Plotly takes for nothing but words."""
    return escaped(text).replace("%", "&#37;")


def _pattern(number: int) -> Trace:
    """Return what tells fills apart besides their colour."""
    shape = PATTERNS[number % len(PATTERNS)]
    return {"shape": shape, "fillmode": "overlay", "fgopacity": 0.3, "size": 7}


def _line(chart: Chart, line: Line, number: int) -> Trace:
    among_columns = any(isinstance(each, Columns) for each in chart.series)
    words = any(isinstance(place, str) for place in line.x)
    colour = INK if among_columns else COLOURS[number % len(COLOURS)]
    dash = _DASHES[number % len(_DASHES)]
    steps = line.steps or among_columns
    shape = ("hvh" if words else "hv") if steps else "linear"
    trace: Trace = {
        "type": "scatter",
        "x": _places(line.x),
        "y": _finite(line.y),
        "name": shortened(line.name),
        # A line of one point would not be seen.
        "mode": "lines+markers" if line.points or len(line.x) == 1 else "lines",
        "line": {"color": colour, "dash": dash, "shape": shape},
        "marker": {"symbol": _MARKERS[number % len(_MARKERS)], "size": 7},
        "hovertemplate": _said(line.name, chart.y.unit),
    }
    return _area(trace, number) if chart.stacked and not among_columns else trace


def _area(trace: Trace, number: int) -> Trace:
    """Return a line as an area on the one before; of one point, as a column."""
    colour, pattern = trace["line"]["color"], _pattern(number)
    if len(trace["x"]) == 1:
        kept = {key: trace[key] for key in ("x", "y", "name", "hovertemplate")}
        marker = {"color": colour, "pattern": pattern}
        return {"type": "bar", **kept, "width": 0.5, "marker": marker}
    return trace | {
        "mode": "lines",
        "stackgroup": "all",
        "line": {"color": colour, "width": 1, "shape": trace["line"]["shape"]},
        "fillcolor": colour,
        "fillpattern": pattern,
    }


def _columns(chart: Chart, columns: Columns, number: int) -> list[Trace]:
    """Return columns, those that are marked as a trace of their own."""
    marked = list(columns.marked) or [False] * len(columns.y)
    both = list(zip(_finite(columns.y), marked, strict=True))
    plain = [None if mark else y for y, mark in both]
    limit = [y if mark else None for y, mark in both]
    marker = {"color": COLOURS[number % len(COLOURS)], "pattern": _pattern(number)}
    common: Trace = {"type": "bar", "x": _places(columns.x)}
    if not chart.stacked:
        # Those that are marked stand where they would without a mark.
        common["offsetgroup"] = str(number)
    said = f"{columns.name}, {AT_LIMIT}"
    found = [
        {
            **common,
            "y": plain,
            "name": shortened(columns.name),
            "marker": marker,
            "hovertemplate": _said(columns.name, chart.y.unit),
        },
        {
            **common,
            "y": limit,
            "name": f"{shortened(columns.name)}, {AT_LIMIT}",
            "marker": _AT_LIMIT,
            "hovertemplate": _said(said, chart.y.unit),
        },
    ]
    return found if any(marked) else found[:1]


def _bars(bars: Bars, colour: str) -> Trace:
    ends = list(zip(bars.edges, bars.edges[1:], strict=False))
    return {
        "type": "bar",
        "x": [(a + b) / 2 for a, b in ends],
        "width": [b - a for a, b in ends],
        "y": list(bars.heights),
        "name": shortened(bars.name),
        "marker": {"color": colour, "line": {"color": "white", "width": 1}},
        "opacity": 0.85,
    }


def _spans(spans: Spans) -> list[Trace]:
    ends = ((0, "low end", spans.low), (1, "high end", spans.high))
    pairs = zip(spans.labels, spans.texts, strict=True)
    labels = [
        f"{shortened(name)}<br>{shortened(low)} … {shortened(high)}"
        for name, (low, high) in pairs
    ]
    return [
        {
            "type": "bar",
            "orientation": "h",
            "y": labels,
            "x": [None if value is None else value - spans.base for value in values],
            "base": spans.base,
            "name": name,
            "hovertext": [
                f"{escaped(label)}: {escaped(texts[end])}"
                for label, texts in zip(spans.labels, spans.texts, strict=True)
            ],
            "marker": {
                "color": COLOURS[end],
                "pattern": _pattern(end),
            },
        }
        for end, name, values in ends
    ]


def _cells(cells: Cells) -> Trace:
    written = len(cells.x) * len(cells.y) <= WRITTEN
    values = [_finite(row) for row in cells.values]
    said = _said(cells.colour.label, cells.colour.unit, "z")
    return {
        "type": "heatmap",
        "x": _places(cells.x),
        "y": _places(cells.y),
        "z": values,
        "text": [[cell_text(value, cells.none) for value in row] for row in values],
        "texttemplate": "%{text}" if written else "",
        "colorscale": SCALE.capitalize(),
        "colorbar": {
            "title": {"text": wrapped(cells.colour.title, _NARROW), "side": "right"},
            "exponentformat": "none",
            "separatethousands": True,
        },
        "hovertemplate": f"%{{y}}<br>%{{x}}<br>{said}",
        "hoverongaps": False,
        "xgap": 1,
        "ygap": 1,
    }


def _rows(chart: Chart, rows: Rows, number: int) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "y": _places(rows.labels),
        "x": _finite(rows.x),
        "name": shortened(rows.name),
        "text": [wrapped(text) for text in rows.texts],
        "textposition": "outside",
        "cliponaxis": False,
        "constraintext": "none",
        "hovertext": [
            f"{escaped(label)}: {escaped(text)}"
            for label, text in zip(rows.labels, rows.texts, strict=True)
        ]
        if rows.texts
        else [escaped(label) for label in rows.labels],
        "hovertemplate": "%{hovertext}<br>"
        + _said(rows.name, chart.x.unit, variable="x"),
        "marker": {
            "color": COLOURS[number % len(COLOURS)],
            "pattern": _pattern(number),
        },
    }


def _changes(chart: Chart, changes: Changes) -> Trace:
    pairs = list(zip(changes.amounts, changes.totals, strict=True))
    return {
        "type": "waterfall",
        "x": _places(changes.labels),
        "y": list(changes.amounts),
        # "total" would be a sum of Plotly's own: what is said here is shown.
        "measure": ["absolute" if total else "relative" for _, total in pairs],
        "text": [
            digits(x) if total or x <= 0 else f"+{digits(x)}" for x, total in pairs
        ],
        "textposition": "outside",
        "cliponaxis": False,
        "constraintext": "none",
        "hovertext": [escaped(label) for label in changes.labels],
        "hovertemplate": "%{hovertext}: %{text} "
        f"{_plain(chart.y.unit)}<extra></extra>",
        "totals": {"marker": {"color": "#7f7f7f"}},
        "increasing": {"marker": {"color": COLOURS[1]}},
        "decreasing": {"marker": {"color": COLOURS[0]}},
        "connector": {"line": {"width": 1, "color": "#7f7f7f"}},
    }


def _stretches(stretches: Stretches) -> list[Trace]:
    """Return what is done as a fill, and around it when each is worked on."""
    ends = list(zip(stretches.first, stretches.last, strict=True))
    bases = [0 if first is None else first for first, _ in ends]
    lengths = [
        0 if first is None or last is None else last - first + 1 for first, last in ends
    ]
    common: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": _places(stretches.labels),
        "base": bases,
    }
    pairs = zip(stretches.labels, stretches.texts, strict=True)
    said = [f"{escaped(label)}: {escaped(text)}" for label, text in pairs]
    complete = zip(lengths, stretches.done, strict=True)
    return [
        {
            **common,
            "x": [length * min(1.0, max(0.0, done)) for length, done in complete],
            "name": "complete",
            "marker": {"color": COLOURS[0]},
            "hoverinfo": "skip",
        },
        {
            **common,
            "x": lengths,
            "name": "from first to last period",
            "marker": {"color": "rgba(0,0,0,0)", "line": {"color": INK, "width": 1}},
            "text": [wrapped(text) for text in stretches.texts],
            "textposition": "outside",
            "cliponaxis": False,
            "constraintext": "none",
            "hovertext": said,
            "hovertemplate": "%{hovertext}<extra></extra>",
        },
    ]


def _flows(flows: Flows) -> Trace:
    colours = [COLOURS[n % (len(COLOURS) - 1)] for n in range(len(flows.nodes))]
    unit = _plain(flows.colour.unit or flows.colour.label)
    names = [escaped(name) for name in flows.nodes]
    much = f"%{{value:,.5~r}} {unit}<extra></extra>"
    return {
        "type": "sankey",
        "node": {
            "label": [shortened(name) for name in flows.nodes],
            "customdata": names,
            "color": colours,
            "pad": 14,
            "thickness": 16,
            "line": {"width": 0},
            "hovertemplate": f"%{{customdata}}: {much}",
        },
        "link": {
            "source": [source for source, _, _ in flows.links],
            "target": [target for _, target, _ in flows.links],
            "value": [amount for _, _, amount in flows.links],
            "color": [f"{colours[source]}66" for source, _, _ in flows.links],
            "customdata": [f"{names[a]} → {names[b]}" for a, b, _ in flows.links],
            "hovertemplate": f"%{{customdata}}: {much}",
        },
    }
