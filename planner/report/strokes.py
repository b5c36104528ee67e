"""What is drawn on the axes of a still picture, series by series."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import isnan
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any

from planner.report.charts import (
    COLOURS,
    SCALE,
    WRITTEN,
    Bars,
    Cells,
    Changes,
    Chart,
    Columns,
    Line,
    Number,
    Rows,
    Series,
    Spans,
    Stretches,
    cell_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREY = "#777777"
"""Of totals, and of what is said of a bar."""
_DASHES = ("-", "--", "-.", ":")
_HATCHES = ("", "//", "..", "\\\\")
"""Of columns and areas, once all colours are used."""
_MARK = "xxx"
"""On columns that stand out; none of the hatches above."""
_LABEL = 32
"""Letters of a name at an axis, or in a legend."""
_PATH, _END = 44, 22
"""Letters of an input, and of its value at either end, beside a tornado."""
_TICKS = 16
"""Words that fit below a chart."""
_LEVEL = 8
"""Letters of such words, up to which they need not be turned."""
_INSIDE = 3
"""Lines up to which a legend finds room between them."""
_LARGE = 1e3
"""From here on numbers at an axis are written in full, with commas."""
_ACROSS = 0.75
"""Share of a chart's width that its axes have beside the scale of colours."""
_ROOM = 0.35
"""Of the width of a chart, for what is said beside its bars."""


def draw(axes: "Axes", chart: Chart, letters: int) -> None:
    """Draw the series of a chart, and the legend that tells them apart.

    Args:
        axes: Where.
        chart: Of series that a still picture can show.
        letters: That a line across the axes holds.
    """
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415  # an extra

    axes.xaxis.set_major_formatter(FuncFormatter(_tick_text))
    axes.yaxis.set_major_formatter(FuncFormatter(_tick_text))
    words = _words(chart.series)
    if words:
        _name_places(axes, words)
    places = {word: number for number, word in enumerate(words)}
    if chart.stacked:
        handles = _stacks(axes, chart, places)
    else:
        handles = [
            _one(axes, chart, number, places) for number in range(len(chart.series))
        ]
    for series in chart.series:
        if isinstance(series, Cells):
            _write_cells(axes, series, letters)
    if chart.has_legend:
        _legend(axes, chart, handles)


def fitted(text: str, letters: int, lines: int = 1) -> str:
    """Return a text in so many lines, cut with … where it is longer."""
    if lines == 1:
        one = " ".join(text.split())
        return one if len(one) <= letters else one[: letters - 1] + "…"
    folded = wrap(" ".join(text.split()), letters)
    if len(folded) <= lines:
        return "\n".join(folded)
    rest = shorten(" ".join(folded[lines - 1 :]), letters, placeholder=" …")
    return "\n".join([*folded[: lines - 1], rest])


def _tick_text(value: float, _place: int | None = None) -> str:
    if abs(value) < _LARGE:
        return f"{value:.6g}"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def _words(series: Sequence[Series]) -> list[str]:
    """Return the words of the first axis, each once."""
    found: dict[str, None] = {}
    for each in series:
        if isinstance(each, Line | Columns | Stretches):
            found.update({x: None for x in each.x if isinstance(x, str)})
    return list(found)


def _name_places(axes: "Axes", words: Sequence[str]) -> None:
    """Write words below the axis; of many only every so-many-th."""
    step = -(-len(words) // _TICKS)
    shown = range(0, len(words), step)
    labels = [fitted(words[place], _LABEL) for place in shown]
    turned = max(map(len, labels)) > _LEVEL or len(labels) > _TICKS // 2
    axes.set_xticks(shown, labels)
    if turned:
        axes.tick_params(axis="x", labelrotation=45)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.grid(visible=False, axis="x")


def _legend(axes: "Axes", chart: Chart, handles: Sequence[Any]) -> None:
    """Tell series apart; stacks from the top down, as they stand."""
    names = [fitted(getattr(each, "name", ""), _LABEL) for each in chart.series]
    pairs = list(zip(handles, names, strict=True))
    if chart.stacked:
        pairs.reverse()
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


def _one(axes: "Axes", chart: Chart, number: int, places: dict[str, int]) -> Any:
    """Draw a series beside or over the others, and return what stands for it."""
    series, look = chart.series[number], chart.look(number)
    colour = COLOURS[look % len(COLOURS)]
    if isinstance(series, Line):
        return _line(axes, series, look, places)
    if isinstance(series, Columns):
        return _columns(axes, chart, series, places)
    if isinstance(series, Bars):
        return _bars(axes, series, colour)
    if isinstance(series, Rows):
        return _rows(axes, series, colour)
    _alone(axes, series)
    return None


def _alone(axes: "Axes", series: Series) -> None:
    """Draw a series that has a chart to itself."""
    if isinstance(series, Spans):
        _spans(axes, series)
    elif isinstance(series, Changes):
        _changes(axes, series)
    elif isinstance(series, Stretches):
        _stretches(axes, series)
    elif isinstance(series, Cells):
        _cells(axes, series)
    else:
        raise TypeError(series)


def _numbers(values: Sequence[Number]) -> list[float]:
    return [float("nan") if value is None else value for value in values]


def _line(axes: "Axes", line: Line, number: int, places: dict[str, int]) -> Any:
    where = [places[x] if isinstance(x, str) else x for x in line.x]
    (drawn,) = axes.plot(
        where,
        _numbers(line.y),
        color=COLOURS[number % len(COLOURS)],
        linestyle=_DASHES[number // len(COLOURS) % len(_DASHES)],
        marker="o" if line.points else None,
        markersize=4,
        drawstyle="steps-post" if line.steps else "default",
    )
    return drawn


def _bars(axes: "Axes", bars: Bars, colour: str) -> Any:
    widths = [high - low for low, high in pairwise(bars.edges)]
    look = {"align": "edge", "color": colour, "edgecolor": "white", "alpha": 0.85}
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
    look = {"facecolor": colour, "edgecolor": "white", "hatch": hatch}
    drawn = axes.bar(where, _numbers(columns.y), linewidth=0.6, **stand, **look)
    for bar, marked in zip(drawn, columns.marked, strict=False):
        if marked:
            bar.set(edgecolor="black", linewidth=1.6, hatch=_MARK, zorder=2)
    return drawn


def _stacks(axes: "Axes", chart: Chart, places: dict[str, int]) -> list[Any]:
    """Draw areas, or columns, on one another; what is negative goes down."""
    up = [0.0] * len(places)
    down = [0.0] * len(places)
    drawn = []
    for number, each in enumerate(chart.series):
        if not isinstance(each, Line | Columns):
            raise TypeError(each)
        where = [places[str(x)] for x in each.x]
        heights = [0.0 if isnan(y) else y for y in _numbers(each.y)]
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
    if isinstance(chart.series[0], Line):
        axes.margins(x=0.0)
    _leave_room(axes, [*up, *down])
    return drawn


def _leave_room(axes: "Axes", ends: Sequence[float]) -> None:
    """End the second axis a little beyond what is drawn, and zero where it can."""
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    if high > low:
        room = 0.08 * (high - low)
        axes.set_ylim(low - room if low < 0 else 0.0, high + room if high > 0 else 0.0)


def _area(
    axes: "Axes",
    where: Sequence[int],
    heights: Sequence[float],
    up: list[float],
    number: int,
) -> Any:
    feet = [up[x] for x in where]
    for x, y in zip(where, heights, strict=True):
        up[x] += y
    return axes.fill_between(
        where,
        feet,
        [up[x] for x in where],
        facecolor=COLOURS[number % len(COLOURS)],
        hatch=_HATCHES[number // len(COLOURS) % len(_HATCHES)],
        edgecolor="white",
        linewidth=0.6,
    )


def _lying(axes: "Axes", labels: Sequence[str]) -> range:
    """Name rows from the top down, and return their places."""
    places = range(len(labels))
    axes.set_yticks(places, [fitted(label, _LABEL) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    return places


def _rows(axes: "Axes", rows: Rows, colour: str) -> Any:
    places = _lying(axes, rows.labels)
    lengths = [0.0 if x is None else x for x in rows.x]
    drawn = axes.barh(places, lengths, height=0.7, color=colour)
    for place, length, text in zip(places, lengths, rows.texts, strict=False):
        axes.annotate(
            fitted(text, _LABEL),
            (max(length, 0.0), place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    if any(rows.texts):
        low, high = axes.get_xlim()
        axes.set_xlim(low, high + _ROOM * (high - low))
    return drawn


def _spans(axes: "Axes", spans: Spans) -> None:
    places = _lying(axes, spans.labels)
    ends = (("low", spans.low, COLOURS[0]), ("high", spans.high, COLOURS[1]))
    for name, values, colour in ends:
        widths = [0.0 if value is None else value - spans.base for value in values]
        axes.barh(places, widths, left=spans.base, color=colour, label=f"{name} end")
    axes.axvline(spans.base, color="black", linewidth=1)
    named = zip(spans.labels, spans.texts, strict=True)
    axes.set_yticks(
        places,
        [
            f"{fitted(name, _PATH)}\n{fitted(low, _END)} … {fitted(high, _END)}"
            for name, (low, high) in named
        ],
    )
    axes.tick_params(axis="y", labelsize=8)
    axes.legend(frameon=False)


def _changes(axes: "Axes", changes: Changes) -> None:
    """Draw totals from zero, and each change from where the one before ended."""
    parts = list(zip(changes.amounts, changes.totals, strict=True))
    ends = list(
        accumulate(
            parts,
            lambda end, part: part[0] if part[1] else end + part[0],
            initial=0.0,
        )
    )
    axes.axhline(0.0, color="black", linewidth=0.8)
    _name_places(axes, changes.labels)
    for place, (amount, total) in enumerate(parts):
        foot = 0.0 if total else ends[place]
        colour = GREY if total else COLOURS[1] if amount > 0 else COLOURS[0]
        axes.bar([place], [amount], 0.7, bottom=foot, color=colour)
        text = f"{amount:,.4g}" if total else f"{amount:+,.4g}".replace("-", "−")
        axes.annotate(
            text,
            (place, max(foot, ends[place + 1])),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    for place, end in enumerate(ends[1:-1]):
        axes.plot([place, place + 1], [end, end], color=GREY, linewidth=0.8, zorder=0)
    _leave_room(axes, [0.0, *ends])


def _stretches(axes: "Axes", stretches: Stretches) -> None:
    """Draw from when to when; what is complete of it is dark."""
    places = _lying(axes, stretches.labels)
    axes.set_xlim(-0.5, len(stretches.x) - 0.5)
    rows = zip(
        places,
        stretches.first,
        stretches.last,
        stretches.done,
        stretches.texts,
        strict=True,
    )
    for place, first, last, done, text in rows:
        begin = 0 if first is None else first
        if first is not None and last is not None:
            foot, long = first - 0.5, last - first + 1
            axes.barh([place + 0.15], [long], 0.5, left=foot, color="#b7d5ea")
            axes.barh([place + 0.15], [long * done], 0.26, left=foot, color=COLOURS[0])
        # What is said of a late one ends where the bar does: there is no more room.
        late = begin > len(stretches.x) / 2
        end = begin if last is None else last
        axes.annotate(
            fitted(text, 2 * _LABEL),
            (end + 0.5 if late else begin - 0.5, place - 0.27),
            xytext=(-2 if late else 2, 0),
            textcoords="offset points",
            ha="right" if late else "left",
            va="center",
            fontsize=8,
        )


def _cells(axes: "Axes", cells: Cells) -> None:
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415  # an extra

    image = axes.imshow(
        [_numbers(row) for row in cells.values],
        cmap=SCALE,
        origin="lower",
        aspect="auto",
    )
    labels = [fitted(label, _LABEL) for label in cells.x]
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_yticks(range(len(cells.y)), [fitted(label, _LABEL) for label in cells.y])
    axes.grid(visible=False)
    scale = axes.figure.colorbar(image, ax=axes, format=FuncFormatter(_tick_text))
    scale.set_label(fitted(cells.colour.title, _LABEL))


def _write_cells(axes: "Axes", cells: Cells, letters: int) -> None:
    """Write the numbers of a heat map in its cells, where they have room."""
    texts = [[cell_text(value, cells.none) for value in row] for row in cells.values]
    longest = max((len(text) for row in texts for text in row), default=0)
    many = len(cells.x) * len(cells.y) > WRITTEN
    if many or len(cells.x) * (longest + 1) > _ACROSS * letters:
        return
    low, high = axes.images[0].get_clim()
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8}
    for i, row in enumerate(cells.values):
        for j, value in enumerate(row):
            dark = value is not None and value < (low + high) / 2
            axes.text(j, i, texts[i][j], color="white" if dark else "black", **look)
