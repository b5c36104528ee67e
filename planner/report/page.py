"""A report as one HTML page: its style, its programs and its numbers are in it.

The page asks the network for nothing, and its Content-Security-Policy forbids it. It
has no clock, no machine and no random name in it: the same report gives the same bytes.
"""

import base64
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from planner.report.cells import exact, sheet_of
from planner.report.html import embedded
from planner.report.interactive import figure, is_empty, template
from planner.report.record import Report, View, WhatIf

_FILES = files("planner.report") / "page_files"
_THEMES = {
    "light": template("rgba(0,0,0,0)", "#1d2229", "#dfe3e8"),
    "dark": template("rgba(0,0,0,0)", "#e8eaed", "#3a4048"),
}
_OWN = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
"""What a page may do: run and show what is written in it."""
_SOLVER = " 'wasm-unsafe-eval' blob:; worker-src blob:; connect-src blob: data:"
"""What a page that solves may do, too."""
_SHORT = 12
"""Rows up to which also a later table of a section without pictures is open."""


def page_of(report: Report, what_if: WhatIf | None = None) -> str:
    """Return a report as a page that needs no other file and no network.

    Args:
        report: What it says.
        what_if: What solves the plan again in the reader's browser; None: nothing.
    """
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  # an extra

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    notice, packed = _plotly()
    text: str = environment.from_string(_own("page.html.jinja")).render(
        report=report,
        what_if=what_if,
        policy=_OWN + (_SOLVER if what_if else ""),
        css=_own("page.css"),
        js=_own("page.js"),
        figures=embedded(_figures(report)),
        notice=notice,
        plotly=packed,
        is_empty=is_empty,
        exact=exact,
        sheet=sheet_of,
        short=_SHORT,
    )
    return text


def _own(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")


def _figures(report: Report) -> Mapping[str, Any]:
    """Return the pictures for the page's program, keyed by section and view."""
    return {
        "themes": _THEMES,
        "figures": {
            f"{section.name}/{view.name}": _bare(view)
            for section in report.sections
            for view in section.views
            if not is_empty(view.chart)
        },
    }


def _bare(view: View) -> dict[str, Any]:
    """Return a picture without what the page itself says: title, note, colours."""
    drawn = figure(view.chart)
    for name in ("title", "annotations", "template"):
        drawn["layout"].pop(name, None)
    return drawn


@cache
def _plotly() -> tuple[str, str]:
    """Return the notice of Plotly's program, and the program, packed in letters.

    It is 5 MB as it is, and 2 MB so: a page can be mailed, also with a solver in it.
    """
    from plotly.offline import get_plotlyjs  # noqa: PLC0415  # an extra, and heavy

    program: str = get_plotlyjs()
    notice = program[: program.index("*/") + 2]
    return notice, base64.b64encode(zlib.compress(program.encode(), 9)).decode()
