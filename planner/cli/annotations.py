"""Drifts as annotations of GitHub Actions, where their cause was written."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from planner.cli.check_text import change_text, drift_text, share_text, versions_text
from planner.cli.github import annotation, problem_annotation
from planner.documents import Mark, shown_path
from planner.regression.changes import Change
from planner.regression.check import Checked
from planner.regression.explain import Cause, Explained
from planner.regression.golden import golden_path, line_of

_MOST_ROWS = 5
"""Annotations for rows of one plan; GitHub shows ten of a kind in all."""


def check_annotations(found: Iterable[Checked]) -> Iterator[str]:
    """Yield one line for every drift and problem, where its cause was written."""
    for checked in found:
        level = "error" if checked.code else "warning"
        if checked.outcome not in ("written", "skipped"):
            for problem in checked.problems:
                yield problem_annotation(problem, level)
        for number, explained in enumerate(checked.drifts):
            if number < _MOST_ROWS or explained.causes:
                yield _drift(checked, explained)


def _drift(checked: Checked, explained: Explained) -> str:
    """Return a drift at the input that moved it most, else at its golden."""
    drift = explained.drift
    told = [f"{drift.metric} {drift_text(drift)} in {checked.path}"]
    told += [f"{share} {name}" for name, share in share_text(explained)]
    if not checked.changes:
        told.append(f"no input changed: {versions_text(checked)}")
    mark = _in_golden(checked.path, drift.metric)
    places: list[Cause | Change] = [cause for cause in explained.causes if cause.share]
    for place in [*places, *checked.changes][:1]:
        mark = Mark(place.file, place.line, 0)
        told += [] if explained.causes else [change_text(place)]
    level = "warning" if drift.severity == "warn" else "error"
    return annotation(level, mark, f"drift of {drift.metric}", "\n".join(told))


def _in_golden(path: str, metric: str) -> Mark:
    """Return where the golden of a file states a metric, or a row of its plan."""
    golden = golden_path(path)
    group, _, row = metric.partition(".")
    with suppress(OSError, ValueError):
        text = golden.read_text(encoding="utf-8")
        line = line_of(text, row or group) or line_of(text, group)
        return Mark(shown_path(golden), line, 0)
    return Mark(shown_path(golden), 0, 0)
