"""Charts as records, and the one function that writes them to files.

``write_chart(path, chart)`` writes PNG and SVG with matplotlib, and with Plotly an HTML
page that needs no other file, whichever the name ends in; the same chart gives the
same file.

>>> from planner.report.charts import Axis, Chart, Line, write_chart
>>> line = Line("profit", x=(40, 60, 80), y=(1.2, 1.5, None), points=True)
>>> axes = Axis("capital budget", "GUSD"), Axis("profit", "GUSD")
>>> chart = Chart("What money is worth", *axes, (line,))
>>> write_chart("profit.svg", chart)  # doctest: +SKIP
"""

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from planner.documents import shown_path
from planner.errors import InputError, Problem, UsageError
from planner.files import write_whole
from planner.numerals import digits
from planner.records import dataclass

Number: TypeAlias = float | None
"""None: there is none here, and a gap is drawn."""
_NEEDS = {".png": "matplotlib", ".svg": "matplotlib", ".html": "plotly"}
"""Library that writes each kind of file."""
SUFFIXES = tuple(_NEEDS)
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Told apart by colour-blind readers, too (Okabe and Ito)."""
SCALE = "cividis"
"""Colours of a heat map, from low to high; of the same kind."""
WRITTEN = 150
"""Cells of a heat map up to which the numbers stand in them."""
_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Axis:
    """What one direction, or the colour, of a chart shows.

    Attributes:
        label: In words.
        unit: Of the numbers; empty where they have none.
    """

    label: str
    unit: str = ""

    @property
    def title(self) -> str:
        """Return label and unit as they stand on the axis."""
        return f"{self.label} [{self.unit}]" if self.unit else self.label


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers over numbers, or over words, joined in their order.

    Attributes:
        name: In the legend, where a chart has several.
        x: Where, in the unit of the first axis, or words.
        y: What is there, in the unit of the second axis.
        points: Whether each is marked.
        steps: Whether a value holds until the next, as shares of samples do.
    """

    name: str
    x: Sequence[float] | Sequence[str]
    y: Sequence[Number]
    points: bool = False
    steps: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Counts between edges: a histogram.

    Attributes:
        name: In the legend.
        edges: One more than there are bars, rising.
        heights: Of the bars.
    """

    name: str
    edges: Sequence[float]
    heights: Sequence[float]


@dataclass(frozen=True, slots=True)
class Spans:
    """Two bars a label, from what is at the low and at the high end: a tornado.

    Attributes:
        labels: From the top down.
        low: Result at the low end of each; None: there is none.
        high: Result at the high end of each.
        base: Result that both are compared with.
        texts: What the low and the high end are, behind each label's bars.
    """

    labels: Sequence[str]
    low: Sequence[Number]
    high: Sequence[Number]
    base: float
    texts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Cells:
    """A number for every pair: a heat map.

    Attributes:
        x: Of the columns, as labels.
        y: Of the rows, as labels, from the bottom up.
        values: Rows of numbers.
        colour: What they are.
        none: In words, where there is none.
    """

    x: Sequence[str]
    y: Sequence[str]
    values: Sequence[Sequence[Number]]
    colour: Axis
    none: str = "no plan"


@dataclass(frozen=True, slots=True)
class Columns:
    """Numbers over words, as bars that stand: over periods, mostly.

    Attributes:
        name: In the legend.
        x: Words, from left to right.
        y: What is there, in the unit of the second axis.
        marked: Whether each stands out, as a limit that binds; empty: none does.
    """

    name: str
    x: Sequence[str]
    y: Sequence[Number]
    marked: Sequence[bool] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Numbers beside words, as bars that lie.

    Attributes:
        name: In the legend.
        labels: From the top down.
        x: What is there, in the unit of the first axis.
        texts: In words, beside each bar; empty: none.
    """

    name: str
    labels: Sequence[str]
    x: Sequence[Number]
    texts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """How one total becomes another: a waterfall.

    Attributes:
        labels: From left to right.
        amounts: Totals, and in between what each adds, in the unit of the second axis.
        totals: Which of them are totals; the first and the last.
    """

    labels: Sequence[str]
    amounts: Sequence[float]
    totals: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Stretches:
    """From when to when: a timeline.

    Attributes:
        labels: From the top down.
        x: All periods, in order.
        first: Number of the period with which each begins; None: never does.
        last: Number of the period with which each ends.
        done: Share of each that is complete.
        texts: In words, on each.
    """

    labels: Sequence[str]
    x: Sequence[str]
    first: Sequence[int | None]
    last: Sequence[int | None]
    done: Sequence[float]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Flows:
    """What goes from where to where: a Sankey diagram; of a page alone.

    Attributes:
        nodes: Names of all ends.
        links: From, to (places in ``nodes``) and how much, in the unit of ``colour``.
        colour: What flows.
    """

    nodes: Sequence[str]
    links: Sequence[tuple[int, int, float]]
    colour: Axis


Series: TypeAlias = (
    Line | Bars | Spans | Cells | Columns | Rows | Changes | Stretches | Flows
)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: title, axes and what is drawn.

    Attributes:
        title: Above it.
        x: First axis.
        y: Second axis.
        series: Drawn in this order; only lines and bars go together.
        note: A line of small print below it.
        stacked: Whether lines are areas, and columns stand, on one another.
        names: All that series of this kind are ever called, so that each looks the same
            in every chart of a report; empty: they look as their place says.
    """

    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    note: str = ""
    stacked: bool = False
    names: tuple[str, ...] = ()

    def look(self, number: int) -> int:
        """Return which of the colours, patterns and dashes a series has.

        Args:
            number: Its place in the chart, from 0.
        """
        name = getattr(self.series[number], "name", "")
        return self.names.index(name) if name in self.names else number


def check_chart_path(path: str) -> None:
    """Refuse, before anything is computed, a chart that could not be written.

    Raises:
        InputError: The name ends otherwise, is a folder's, or in none that exists.
        UsageError: The library that writes it is not installed.
    """
    target, message = Path(path), ""
    if target.suffix.lower() not in _NEEDS or path.endswith(("/", os.sep)):
        message = "charts are written as PNG, SVG or HTML"
    elif target.is_dir():
        message = "is a folder"
    elif not target.parent.is_dir():
        message = f"the folder {shown_path(target.parent)} does not exist"
    if message:
        expected = "write a file that ends in .png, .svg or .html"
        raise InputError([Problem(shown_path(path), 0, 0, "", message, expected)])
    library = _NEEDS[target.suffix.lower()]
    if importlib.util.find_spec(library) is None:
        msg = f"{target.suffix} needs {library}; pip install 'fleet-planner[plot]'"
        raise UsageError(msg)


def write_chart(path: str, chart: Chart) -> None:
    """Write a chart to a file, as PNG, SVG or HTML.

    Raises:
        InputError: The name ends otherwise, or the file cannot be written.
        UsageError: The library that writes it is not installed.
    """
    check_chart_path(path)
    suffix = Path(path).suffix.lower()
    if suffix == ".html":
        from planner.report.interactive import page  # noqa: PLC0415  # an extra

        write_whole(path, page(chart))
        return
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    write_whole(path, picture(chart, suffix.removeprefix(".")))


def cell_text(value: Number, none: str = "no plan") -> str:
    """Return what stands in a cell of a heat map.

    Args:
        value: What is there.
        none: What is said where there is none.
    """
    return none if value is None else digits(value, 3)


def scaled(unit: str, numbers: Sequence[Number]) -> tuple[str, list[Number]]:
    """Return numbers with a prefix that keeps an axis short, and their unit.

    Args:
        unit: Of the numbers; only USD takes a prefix.
        numbers: As they are.
    """
    largest = max((abs(each) for each in numbers if each is not None), default=0.0)
    factor, prefix = 1.0, ""
    if unit == "USD":
        known = (entry for entry in _PREFIXES if largest >= entry[0])
        factor, prefix = next(known, (1.0, ""))
    return prefix + unit, [None if x is None else x / factor for x in numbers]


def histogram(title: str, x: Axis, values: Sequence[float]) -> Chart:
    """Return how often values fall where, in as many bars as the square root of n.

    Args:
        title: Of the chart.
        x: What the values are.
        values: At least one, in the unit of ``x``.
    """
    import numpy as np  # noqa: PLC0415  # charts of other kinds need none

    count = min(60, max(1, round(len(values) ** 0.5)))
    heights, edges = np.histogram(np.asarray(values, dtype=float), bins=count)
    bars = Bars(x.label, edges.tolist(), [float(each) for each in heights])
    return Chart(title, x, Axis("samples"), (bars,))


def shares_below(title: str, x: Axis, values: Sequence[float]) -> Chart:
    """Return the share of values that does not exceed each value (the ECDF)."""
    ordered = sorted(values)
    shares = [100 * (n + 1) / len(ordered) for n in range(len(ordered))]
    first = ordered[:1]
    line = Line(x.label, [*first, *ordered], [0.0, *shares], steps=True)
    return Chart(title, x, Axis("samples at or below", "%"), (line,))
