"""What ``planner check`` prints: every drift of every file, and what caused it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from planner.cli.errors import print_error, print_line
from planner.cli.format import digits
from planner.cli.options import Terminal
from planner.regression.changes import Change
from planner.regression.check import Checked
from planner.regression.compare import Drift
from planner.regression.explain import Cause, Explained
from planner.regression.numbers import SIGNIFICANT
from planner.specs.confidential import HIDDEN

MOST_ROWS = 5
"""Rows of a plan that are listed; ``--verbose`` lists all."""
LONGEST = 60
SMALLEST_SHARE = 0.0005
_ROWS = ("allocation", "binding")
_WORDS = {
    "ok": "ok",
    "drift": "drifted",
    "warned": "with warnings",
    "missing": "without a golden",
    "written": "written",
    "skipped": "skipped",
    "orphan": "orphaned",
    "failed": "not checked",
}


class CheckText:
    """Prints results for people."""

    def __init__(self, terminal: Terminal) -> None:
        """Keep how much is to be printed."""
        self.terminal = terminal

    def print(self, found: Sequence[Checked]) -> None:
        """Print every file, and how many there are of each outcome."""
        for checked in found:
            for problem in checked.problems if checked.code > 1 else ():
                print_error(str(problem))
            if checked.outcome == "ok" and self.terminal.quiet:
                continue
            for line in self._lines(checked):
                print_line(line)
        counts = Counter[str](checked.outcome for checked in found)
        parts = [f"{counts[key]} {word}" for key, word in _WORDS.items() if counts[key]]
        files = "1 file" if len(found) == 1 else f"{len(found)} files"
        print_line(f"{files}: {', '.join(parts)}")

    def _lines(self, checked: Checked) -> Iterator[str]:
        if checked.outcome == "ok":
            yield f"{checked.path}: ok ({checked.compared:,} figures)"
            return
        told = "" if checked.code > 1 else _told(checked)
        yield f"{checked.path}: {_WORDS[checked.outcome]}{told}"
        for change in checked.changes if self._lists_inputs(checked) else ():
            yield f"  changed: {place_of(change)} {change_text(change)}"
        if checked.drifts and not checked.changes:
            yield f"  no input changed: {versions_text(checked)}"
        for explained in checked.drifts:
            if explained.drift.group not in _ROWS:
                yield from _drift_lines(explained)
        for group in _ROWS:
            yield from self._rows(checked, group)

    def _lists_inputs(self, checked: Checked) -> bool:
        """Return whether the inputs are not named below a drift anyway."""
        return not any(explained.causes for explained in checked.drifts)

    def _rows(self, checked: Checked, group: str) -> Iterator[str]:
        """Yield the rows of a plan that differ, the largest difference first."""
        rows = [each.drift for each in checked.drifts if each.drift.group == group]
        if not rows:
            return
        rows.sort(key=lambda drift: -_size(drift))
        shown = rows if self.terminal.verbose else rows[:MOST_ROWS]
        yield f"  {group}: {len(rows)} differ"
        for drift in shown:
            yield f"    {drift.metric.partition('.')[2]} {drift_text(drift)}"
        if len(rows) > len(shown):
            yield f"    … and {len(rows) - len(shown)} more (--verbose lists all)"


def drift_text(drift: Drift) -> str:
    """Return ``before → after  +x %`` of a drift."""
    return f"{_figure(drift.golden)} → {_figure(drift.now)}{_percent(drift)}"


def change_text(change: Change | Cause) -> str:
    """Return the path of a changed input, what it was and what it is."""
    path = change.shown_path if isinstance(change, Change) else _own_path(change)
    if change.before is None and change.after is None:
        return path
    return f"{path} {_short(change.before)} → {_short(change.after)}"


def place_of(change: Change | Cause) -> str:
    """Return ``file:line`` of a changed input."""
    return f"{change.file}:{change.line}" if change.line else change.file


def versions_text(checked: Checked) -> str:
    """Return what else can have moved a figure: the program or its solver."""
    if checked.before == checked.now:
        return f"the code did ({checked.now})"
    return f"code or solver did ({checked.before} → {checked.now})"


def share_text(explained: Explained) -> Iterator[tuple[str, str]]:
    """Yield every cause of a drift with its share of it."""
    for cause in explained.causes:
        share = _unknown(cause) if cause.share is None else _share(cause.share)
        if cause.share is None or abs(cause.share) >= SMALLEST_SHARE:
            yield f"{place_of(cause)} {change_text(cause)}", share
    others = (
        ("the inputs together", explained.interaction),
        ("code or solver", explained.program if explained.causes else None),
    )
    for name, share_ in others:
        if share_ is not None and abs(share_) >= SMALLEST_SHARE:
            yield name, _share(share_)


def _unknown(cause: Cause) -> str:
    """Return why a cause has no share: the old value was kept as a hash, or alone."""
    return "not known" if cause.before == HIDDEN else "not alone"


def group_lines(checked: Checked, group: str) -> Iterator[str]:
    """Yield what fails one group of a file; a file without figures fails ``status``."""
    failed = [
        each
        for each in checked.drifts
        if (each.drift.group, each.drift.severity) == (group, "error")
    ]
    for explained in failed:
        yield f"{explained.drift.metric} {drift_text(explained.drift)}"
        for name, share in share_text(explained):
            yield f"  {share:>9}  {name}"
    if failed and not checked.changes:
        yield f"no input changed: {versions_text(checked)}"
    if group == "status" and checked.code and not checked.drifts:
        yield from map(str, checked.problems)


def _own_path(cause: Cause) -> str:
    return Change(cause.file, cause.line, cause.path, None, None, ()).shown_path


def _told(checked: Checked) -> str:
    notes = [
        "; ".join(part for part in (each.message, each.expected) if part)
        for each in checked.problems
    ]
    return f": {' '.join(notes)}" if notes else ""


def _drift_lines(explained: Explained) -> Iterator[str]:
    drift = explained.drift
    warned = "warning: " if drift.severity == "warn" else ""
    yield f"  {warned}{drift.metric} {drift_text(drift)}"
    for name, share in share_text(explained):
        yield f"    {share:>9}  {name}"


def _figure(value: float | str | None) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else digits(value, SIGNIFICANT)


def _percent(drift: Drift) -> str:
    change = drift.change
    if change is None or not isinstance(drift.golden, int | float) or not drift.golden:
        return ""
    return f"  {100 * change / abs(drift.golden):+.3g} %"


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"


def _size(drift: Drift) -> float:
    ends = [x for x in (drift.golden, drift.now) if isinstance(x, int | float)]
    return abs(drift.change) if drift.change is not None else max(ends, default=0.0)


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
