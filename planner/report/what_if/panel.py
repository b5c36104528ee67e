"""The panel of a page, with all that solves a plan again where it is read."""

import base64
import gzip
from importlib.resources import files

from planner.errors import UsageError
from planner.pipeline import Solved
from planner.report.charts import COLOURS
from planner.report.html import embedded
from planner.report.parts.forms import accelerators_of
from planner.report.record import WhatIf
from planner.report.subject import Subject
from planner.report.traces import PATTERNS
from planner.report.what_if.moving import moving
from planner.report.what_if.npm import HIGHS, files_of
from planner.report.what_if.packing import controls, packed
from planner.specs.confidential import confidential_paths

_PAGE = files("planner.report.what_if") / "page"
_SOLVER = ("LICENSE", "build/highs.js", "build/highs.wasm")


def what_if_of(subject: Subject) -> WhatIf:
    """Return sliders over a scenario, and what solves it again in the page.

    Args:
        subject: A scenario with its plan.

    Raises:
        UsageError: It is a plan without its scenario, holds confidential values or is
            solved in a way that the page does not have; or the solver's package
            cannot be had.
    """
    solved = _solved(subject)
    licence, *programs = files_of(HIGHS, _SOLVER).values()
    found = moving(solved)
    worker = "\n".join(_file(name) for name in ("program.js", "solver.js"))
    data = {
        **controls(found, solved),
        "colours": COLOURS,
        "patterns": PATTERNS,
        "looks": accelerators_of(solved.plan),
        "worker": worker,
        "highs": _letters(gzip.compress(programs[0], 9, mtime=0)),
        "wasm": _letters(gzip.compress(programs[1], 9, mtime=0)),
        "program": _letters(packed(found, solved)),
        "licence": licence.decode(),
        "solver": f"HiGHS {HIGHS.version}",
    }
    script = f"const WHAT_IF = {embedded(data)};\n{_file('panel.js')}"
    return WhatIf(html=_file("panel.html"), css=_file("panel.css"), script=script)


def _solved(subject: Subject) -> Solved:
    """Return the scenario of a subject with its program and plan.

    Raises:
        UsageError: The page cannot solve it again.
    """
    if subject.solved is None or subject.scenario is None:
        msg = (
            f"--what-if: {subject.label} is a plan without the scenario that it was "
            "made from, which is what is solved again; name the scenario"
        )
        raise UsageError(msg)
    scenario = subject.scenario
    hidden = confidential_paths(scenario)
    if hidden:
        msg = (
            f"--what-if: the page would carry the coefficients of {subject.label}, and "
            f"with them its confidential values: {', '.join(hidden)}; write the page "
            "without --what-if, or take the marks away"
        )
        raise UsageError(msg)
    if subject.solved.program.c.whole is not None:
        msg = (
            f"--what-if: {subject.label} cannot be solved again in the page: 'integer: "
            "true' needs branch and cut, which may take minutes; write the page "
            "without --what-if"
        )
        raise UsageError(msg)
    return subject.solved


def _file(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _letters(content: bytes) -> str:
    return base64.b64encode(content).decode()
