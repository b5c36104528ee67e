"""A report as one picture: its headline, and the charts that say most."""

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from planner.report.charts import COLOURS, Chart, Flows
from planner.report.interactive import is_empty
from planner.report.lettering import fitted
from planner.report.record import Card, Report
from planner.report.still import fill, saved, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TELLING = (
    "no_plan",
    "comparison",
    "fleet",
    "budgets",
    "split",
    "costs",
    "services",
    "purchases",
    "runs",
    "prices",
    "studies",
)
"""Sections whose charts are shown, those that say most first."""
_MOST = 6
_ACROSS = 2
_CARDS_ACROSS = 5
_SAID = 4
"""Lines about why there is no plan."""
_WIDTH, _CARD, _TITLE, _CHART = 13.0, 0.95, 1.0, 3.7
"""Inches; the last three the height of a row of cards, of the title, of charts."""
_EDGE_LEFT = 0.03
"""Inches beside the cards of the headline; they stand above those of the charts."""
_INSET = 0.2
"""Inches between a chart and the edge of its card."""
_PAPER, _INK, _PALE, _EDGE = "#f3f5f8", "#1d2229", "#5b6573", "#d5dbe3"
_GOOD, _BAD = COLOURS[0], COLOURS[1]


def overview(report: Report, form: str) -> bytes:
    """Return a report's headline and main charts as a ``png`` or an ``svg``."""
    charts = _telling(report)
    # Without a plan there are no cards, and why stands in their place.
    cards_high = max(1, -(-len(report.cards) // _CARDS_ACROSS)) * _CARD
    rows = -(-len(charts) // _ACROSS)
    heights = [_TITLE + cards_high, *[_CHART] * rows]
    with style():
        figure = Figure(
            figsize=(_WIDTH, sum(heights)), layout="constrained", facecolor=_PAPER
        )
        FigureCanvasAgg(figure)
        figure.get_layout_engine().set(w_pad=_INSET, h_pad=_INSET)
        parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)
        head = parts[0, 0]
        head.set_facecolor(_PAPER)
        _headline(head.add_axes((0, 0, 1, 1)), report, heights[0])
        for number in range(rows):
            row = parts[number + 1, 0]
            row.set_facecolor(_PAPER)
            panels = row.subfigures(1, _ACROSS, wspace=0.015, squeeze=False)[0]
            several = charts[number * _ACROSS : (number + 1) * _ACROSS]
            for panel in panels:
                panel.set_facecolor(_PAPER)
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


def _panel(panel: "Figure", chart: Chart) -> None:
    """Draw a chart on a white card."""
    box = FancyBboxPatch(
        (0.012, 0.02),
        0.976,
        0.96,
        boxstyle="round,pad=0,rounding_size=0.012",
        transform=panel.transSubfigure,
        facecolor="white",
        edgecolor=_EDGE,
        linewidth=0.8,
        zorder=-1,
    )
    panel.patches.append(box)
    fill(panel.add_subplot(), chart, letters=60)
    if chart.note:
        panel.supxlabel(fitted(chart.note, 100), fontsize=8, color=_PALE)


def _headline(axes: "Axes", report: Report, inches: float) -> None:
    """Write title, status and cards; the second axis is in inches from the top."""
    axes.set_axis_off()
    axes.set_xlim(0, _WIDTH)
    axes.set_ylim(inches, 0)
    axes.text(
        0.16, 0.42, fitted(report.title, 80), fontsize=20, weight="bold", color=_INK
    )
    status = report.status
    if report.baseline is not None:
        status = f"{status}; compared with {report.baseline}"
    axes.text(0.16, 0.76, fitted(status, 130), fontsize=11, color=_PALE)
    if not report.cards and report.sections:
        said = fitted(report.sections[0].text, 120, lines=_SAID)
        axes.text(0.16, _TITLE + 0.1, said, fontsize=11, color=_INK, va="top")
    _cards(axes, report.cards)


def _cards(axes: "Axes", cards: Sequence[Card]) -> None:
    width = (_WIDTH - 2 * _EDGE_LEFT) / _CARDS_ACROSS
    for number, card in enumerate(cards):
        row, place = divmod(number, _CARDS_ACROSS)
        left, top = _EDGE_LEFT + place * width, _TITLE + row * _CARD
        box = FancyBboxPatch(
            (left + 0.05, top + 0.05),
            width - 0.1,
            _CARD - 0.1,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor="white",
            edgecolor=_EDGE,
            linewidth=0.8,
        )
        axes.add_patch(box)
        label, value = fitted(card.label, 30), fitted(card.text, 18)
        axes.text(left + 0.17, top + 0.29, label, fontsize=9, color=_PALE)
        axes.text(left + 0.17, top + 0.6, value, fontsize=16, weight="bold", color=_INK)
        if card.change:
            colour = {True: _GOOD, False: _BAD, None: _PALE}[card.better]
            change = fitted(card.change, 30)
            axes.text(left + 0.17, top + 0.81, change, fontsize=9, color=colour)
