"""What has a still picture to itself: rows, tornadoes, waterfalls, timelines, maps."""

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from planner.report.charts import (
    COLOURS,
    SCALE,
    WRITTEN,
    Cells,
    Changes,
    Rows,
    Series,
    Spans,
    Stretches,
    cell_text,
)
from planner.report.lettering import (
    LABEL,
    fitted,
    leave_room,
    name_places,
    name_rows,
    numbers,
    tick_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GREY = "#777777"
"""Of totals."""
_PALE = "#b7d5ea"
"""Of what is not complete yet."""
_PATH, _END = 44, 22
"""Letters of an input, and of its value at either end, beside a tornado."""
_SMALLER = 1.4
"""How many letters of what is said of a bar are as wide as one of a title."""
_SAID = 0.5
"""Of the width of the axes, at most, for what is said beside a bar."""
_FEWEST = 24
"""Letters that axes hold, at least."""
_FEW = 8
"""Bars up to which what is said of each has room for two lines."""


def draw_shape(axes: "Axes", series: Series, letters: int) -> None:
    """Draw a series that is alone on its axes.

    Args:
        axes: Where.
        series: Rows, spans, changes, stretches or cells.
        letters: That a line across the axes holds.
    """
    if isinstance(series, Rows):
        _rows(axes, series, letters)
    elif isinstance(series, Spans):
        _spans(axes, series)
    elif isinstance(series, Changes):
        _changes(axes, series)
    elif isinstance(series, Stretches):
        _stretches(axes, series)
    elif isinstance(series, Cells):
        _cells(axes, series)
        _write_cells(axes, series, letters)
    else:
        raise TypeError(series)


def _rows(axes: "Axes", rows: Rows, letters: int) -> None:
    """Draw bars, and beside the end of each what is said of it."""
    places = name_rows(axes, rows.labels)
    lengths = [max(x or 0.0, 0.0) for x in rows.x]
    axes.barh(places, lengths, height=0.7, color=COLOURS[0])
    end = axes.get_xlim()[1]
    label = max((len(fitted(each, LABEL)) for each in rows.labels), default=0)
    across = max(_FEWEST, _SMALLER * letters - label)
    if any(rows.texts):
        longest = max(map(len, rows.texts)) + 1
        end = max(lengths) / (1.0 - min(_SAID, longest / across)) or end
        axes.set_xlim(0.0, end)
    lines = 2 if len(places) <= _FEW else 1
    for place, length, text in zip(places, lengths, rows.texts, strict=False):
        axes.annotate(
            fitted(text, int(across * (1.0 - length / end)), lines),
            (length, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )


def _spans(axes: "Axes", spans: Spans) -> None:
    places = name_rows(axes, spans.labels)
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
    name_places(axes, changes.labels)
    for place, (amount, total) in enumerate(parts):
        foot = 0.0 if total else ends[place]
        colour = _GREY if total else COLOURS[1] if amount > 0 else COLOURS[0]
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
        axes.plot([place, place + 1], [end, end], color=_GREY, linewidth=0.8, zorder=0)
    leave_room(axes, [0.0, *ends])


def _stretches(axes: "Axes", stretches: Stretches) -> None:
    """Draw from when to when; what is complete of it is dark."""
    places = name_rows(axes, stretches.labels)
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
            axes.barh([place + 0.15], [long], 0.5, left=foot, color=_PALE)
            axes.barh([place + 0.15], [long * done], 0.26, left=foot, color=COLOURS[0])
        # What is said of a late one ends where the bar does: there is no more room.
        late = begin > len(stretches.x) / 2
        end = begin if last is None else last
        axes.annotate(
            fitted(text, 2 * LABEL),
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
        [numbers(row) for row in cells.values],
        cmap=SCALE,
        origin="lower",
        aspect="auto",
    )
    name_places(axes, cells.x)
    axes.set_yticks(range(len(cells.y)), [fitted(label, LABEL) for label in cells.y])
    axes.grid(visible=False)
    scale = axes.figure.colorbar(image, ax=axes, format=FuncFormatter(tick_text))
    scale.set_label(fitted(cells.colour.title, LABEL))


def _write_cells(axes: "Axes", cells: Cells, letters: int) -> None:
    """Write the numbers of a heat map in its cells, where they have room."""
    texts = [[cell_text(value, cells.none) for value in row] for row in cells.values]
    longest = max((len(text) for row in texts for text in row), default=0)
    many = len(cells.x) * len(cells.y) > WRITTEN
    if many or len(cells.x) * (longest + 1) > letters:
        return
    low, high = axes.images[0].get_clim()
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8}
    for i, row in enumerate(cells.values):
        for j, value in enumerate(row):
            dark = value is not None and value < (low + high) / 2
            axes.text(j, i, texts[i][j], color="white" if dark else "black", **look)
