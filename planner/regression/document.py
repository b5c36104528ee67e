"""What checking found, as the JSON of formats §6."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from planner.regression.changes import Change
from planner.regression.check import Checked
from planner.regression.explain import Explained


def as_document(found: Sequence[Checked], code: int) -> dict[str, Any]:
    """Return the document of several files; ``error`` where one cannot be checked."""
    document: dict[str, Any] = {"files": [_file(checked) for checked in found]}
    problems = [asdict(p) for each in found if each.code > 1 for p in each.problems]
    if code > 1:
        document["error"] = {"exit_code": code, "problems": problems}
    return document


def _file(checked: Checked) -> dict[str, Any]:
    return {
        "file": checked.path,
        "outcome": checked.outcome,
        "exit_code": checked.code,
        "compared": checked.compared,
        "drifts": [_drift(each) for each in checked.drifts],
        "inputs": [_input(change) for change in checked.changes],
        "solver": {
            "golden": None if checked.before is None else asdict(checked.before),
            "now": None if checked.now is None else asdict(checked.now),
        },
        "problems": [asdict(problem) for problem in checked.problems],
    }


def _drift(explained: Explained) -> dict[str, Any]:
    drift = explained.drift
    return {
        "metric": drift.metric,
        "golden": drift.golden,
        "now": drift.now,
        "change": drift.change,
        "severity": drift.severity,
        "causes": [asdict(cause) for cause in explained.causes],
        "interaction": explained.interaction,
        "program": explained.program,
    }


def _input(change: Change) -> dict[str, Any]:
    """Return a changed input; what it feeds is the plan's business."""
    names = ("file", "line", "path", "before", "after")
    return {name: getattr(change, name) for name in names}
