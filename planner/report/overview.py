"""A report as one picture: its headline, and the charts that say most."""

from collections.abc import Iterator, Sequence
from itertools import islice
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.transforms import Affine2D

from planner.numerals import money
from planner.report.charts import COLOURS, Chart, Flows
from planner.report.interactive import is_empty
from planner.report.lettering import fitted
from planner.report.record import Card, Cell, Report
from planner.report.still import fill, saved, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase, SubFigure
    from matplotlib.transforms import Transform

_TELLING = (
    "comparison",
    "fleet",
    "budgets",
    "split",
    "services",
    "purchases",
    "prices",
    "runs",
    "costs",
    "studies",
)
"""Sections whose charts are shown, those that say most first."""
_MOST = 6
_ACROSS, _CARDS_ACROSS = 2, 5
_WIDTH, _TITLE, _CARD, _CHANGE, _CHART = 13.0, 1.0, 0.8, 0.2, 3.7
"""Inches: of all, and in height: of the title, of a card without and with the line
that a change takes, of a chart."""
_GAP = 0.2
"""Inches between what stands side by side, and around it."""
_LINE = 0.26
"""Inches of a line of words."""
_LETTERS, _REASONS = 150, 12
"""Letters of such a line, and how many lines say why there is no plan."""
_PAPER, _INK, _PALE, _EDGE = "#eef1f5", "#1d2229", "#5b6573", "#d5dbe3"
_GOOD, _BAD = COLOURS[0], COLOURS[1]


def overview(report: Report, form: str) -> bytes:
    """Return a report's headline and main charts as a ``png`` or an ``svg``.

    Without a plan there is no chart; then it says why.
    """
    charts = _telling(report)
    lines = [] if charts else list(_reasons(report))
    rows = [_CHART] * -(-len(charts) // _ACROSS)
    if lines:
        rows = [len(lines) * _LINE + 2 * _GAP]
    head = _head_height(report)
    with style():
        figure = Figure(
            figsize=(_WIDTH + _GAP, head + sum(rows) + _GAP),
            layout="constrained",
            facecolor=_PAPER,
        )
        FigureCanvasAgg(figure)
        layout: Any = figure.get_layout_engine()  # constrained, as asked for above
        layout.set(w_pad=_GAP, h_pad=_GAP + 0.06, wspace=0.0, hspace=0.0)
        parts = _grid(_body(figure, head + sum(rows)), [head, *rows], [_WIDTH])
        _headline(_sheet(parts[0][0], head), report)
        if lines:
            _say(_sheet(parts[1][0], rows[0]), lines, rows[0])
        for number, (part,) in enumerate([] if lines else parts[1:]):
            (panels,) = _grid(part, [_CHART], [_WIDTH / _ACROSS] * _ACROSS)
            several = charts[number * _ACROSS : (number + 1) * _ACROSS]
            for panel, chart in zip(panels, several, strict=False):
                _panel(panel, chart)
        return saved(figure, form)


def _telling(report: Report) -> list[Chart]:
    """Return a chart of each of the sections that say most."""
    sections = {section.name: section for section in report.sections}
    found = (
        view.chart
        for name in _TELLING
        if name in sections
        for view in sections[name].views[:1]
        if not is_empty(view.chart)
        and not any(isinstance(each, Flows) for each in view.chart.series)
    )
    return list(islice(found, _MOST))


def _reasons(report: Report) -> Iterator[str]:
    """Yield the lines that say why there is no plan, and the ways out."""
    section = next((each for each in report.sections if each.name == "no_plan"), None)
    if section is None:
        return
    yield from islice(wrap(section.text, _LETTERS), _REASONS)
    for table in section.tables:
        if table.name == "fixes" and table.rows:
            yield ""
            yield f"{table.title}:"
            yield from islice(map(_way_out, table.rows), _REASONS)


def _way_out(row: Sequence[Cell]) -> str:
    """Return a change that makes a plan possible, and what it costs."""
    fix, cost_usd, *_ = row
    cost = f" ({money(cost_usd)})" if isinstance(cost_usd, float) else ""
    return fitted(f"• {fix}{cost}", _LETTERS)


# ---------------------------------------------------------------------------- places


def _body(figure: "FigureBase", height: float) -> "FigureBase":
    """Return what is inside the margin; each thing in it brings the other half."""
    half = _GAP / 2
    return _grid(figure, [half, height, half], [half, _WIDTH, half])[1][1]


def _grid(
    parent: "FigureBase", heights: Sequence[float], widths: Sequence[float]
) -> list[list["SubFigure"]]:
    """Divide a part of a picture into rows of parts, all in inches."""
    found = parent.subfigures(
        len(heights),
        len(widths),
        height_ratios=heights,
        width_ratios=widths,
        squeeze=False,
        facecolor=_PAPER,
    )
    return [list(row) for row in found]


def _sheet(part: "FigureBase", height: float) -> "Axes":
    """Return axes over all of a part that is as wide as the picture.

    They count inches from its left, and from its top down.
    """
    axes = part.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, _WIDTH)
    axes.set_ylim(height, 0)
    return axes


def _inches(panel: "SubFigure") -> "Transform":
    """Return what places inches from a chart's corner in the picture."""
    unit = Affine2D().scale(_ACROSS / _WIDTH, 1 / _CHART)
    found: Transform = unit + panel.transSubfigure
    return found


def _box(left: float, top: float, width: float, height: float) -> FancyBboxPatch:
    """Return a white card that keeps half a gap from its place's edges [in]."""
    return FancyBboxPatch(
        (left + _GAP / 2, top + _GAP / 2),
        width - _GAP,
        height - _GAP,
        boxstyle="round,pad=0,rounding_size=0.07",
        facecolor="white",
        edgecolor=_EDGE,
        linewidth=0.8,
        zorder=-1,
    )


# ---------------------------------------------------------------------------- drawing


def _panel(panel: "SubFigure", chart: Chart) -> None:
    """Draw a chart on a white card."""
    box = _box(0, 0, _WIDTH / _ACROSS, _CHART)
    box.set_transform(_inches(panel))
    panel.patches.append(box)
    fill(panel.add_subplot(), chart, letters=60)
    if chart.note:
        panel.supxlabel(fitted(chart.note, 100), fontsize=8, color=_PALE)


def _head_height(report: Report) -> float:
    """Return inches of title, status and cards."""
    return _TITLE + -(-len(report.cards) // _CARDS_ACROSS) * _card_height(report)


def _card_height(report: Report) -> float:
    changes = any(card.change for card in report.cards)
    return _CARD + _GAP + changes * _CHANGE


def _headline(axes: "Axes", report: Report) -> None:
    """Write title, status and cards."""
    left = _GAP / 2 + 0.04
    look: dict[str, Any] = {"va": "baseline", "color": _INK}
    axes.text(left, 0.46, fitted(report.title, 80), fontsize=21, weight="bold", **look)
    status = report.status
    if report.baseline is not None:
        status = f"{status}; compared with {report.baseline}"
    colour = _GOOD if report.status.startswith("optimal") else _BAD
    axes.plot([left + 0.07], [0.74], marker="o", markersize=8, color=colour)
    axes.text(left + 0.2, 0.8, fitted(status, 130), fontsize=12, color=_PALE)
    width, height = _WIDTH / _CARDS_ACROSS, _card_height(report)
    for number, card in enumerate(report.cards):
        row, place = divmod(number, _CARDS_ACROSS)
        top = _TITLE + row * height
        axes.add_patch(_box(place * width, top, width, height))
        _card(axes, card, place * width + _GAP / 2 + 0.14, top + _GAP / 2)


def _card(axes: "Axes", card: Card, left: float, top: float) -> None:
    label, value = fitted(card.label, 30), fitted(card.text, 18)
    axes.text(left, top + 0.28, label, fontsize=10, color=_PALE)
    axes.text(left, top + 0.62, value, fontsize=17, weight="bold", color=_INK)
    if card.change:
        colour = {True: _GOOD, False: _BAD, None: _PALE}[card.better]
        change = fitted(card.change, 30)
        axes.text(left, top + 0.86, change, fontsize=10, color=colour)


def _say(axes: "Axes", lines: Sequence[str], height: float) -> None:
    """Write lines on a white card."""
    axes.add_patch(_box(0, 0, _WIDTH, height))
    for number, line in enumerate(lines):
        down = _GAP + (number + 0.7) * _LINE
        axes.text(_GAP / 2 + 0.14, down, line, fontsize=11, color=_INK)
