"""Words and numbers at the axes of a still picture."""

from collections.abc import Sequence
from textwrap import shorten, wrap
from typing import TYPE_CHECKING

from planner.report.charts import Number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL = 32
"""Letters of a name at an axis, or in a legend."""
_TICKS = 16
"""Words that fit below a chart."""
_LEVEL = 56
"""Letters side by side, up to which such words need not be turned."""
_SLIM = 3
"""Rows for which there is room at least, so that one alone is no block."""
_LARGE = 1e3
"""From here on numbers at an axis are written in full, with commas."""


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


def tick_text(value: float, _place: int | None = None) -> str:
    """Return a number at an axis, as matplotlib's ``FuncFormatter`` asks for it."""
    if abs(value) < _LARGE:
        return f"{value:.6g}"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def name_places(axes: "Axes", words: Sequence[str]) -> None:
    """Write words below the axis; of many only every so-many-th."""
    step = -(-len(words) // _TICKS)
    shown = range(0, len(words), step)
    labels = [fitted(words[place], LABEL) for place in shown]
    turned = len(labels) * (max(map(len, labels)) + 1) > _LEVEL
    axes.set_xticks(shown, labels)
    if turned:
        axes.tick_params(axis="x", labelrotation=45)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.grid(visible=False, axis="x")


def name_rows(axes: "Axes", labels: Sequence[str]) -> range:
    """Name rows from the top down, and return their places."""
    places = range(len(labels))
    axes.set_yticks(places, [fitted(label, LABEL) for label in labels])
    around = 0.1 + max(0.0, (_SLIM - len(labels)) / 2)
    axes.set_ylim(len(labels) - 0.5 + around, -0.5 - around)
    axes.grid(visible=False, axis="y")
    return places


def numbers(values: Sequence[Number]) -> list[float]:
    """Return numbers as matplotlib takes them: a gap where there is none."""
    return [float("nan") if value is None else value for value in values]


def leave_room(axes: "Axes", ends: Sequence[float]) -> None:
    """End the second axis a little beyond what is drawn, and zero where it can."""
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    if high > low:
        room = 0.08 * (high - low)
        axes.set_ylim(low - room if low < 0 else 0.0, high + room if high > 0 else 0.0)
