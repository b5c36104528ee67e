"""How much of a drift each changed input is: put back alone, and solved again."""

from collections.abc import Mapping, Sequence
from typing import Any

from planner.errors import PlannerError
from planner.records import dataclass
from planner.regression.changes import Change, by_file, changes_between
from planner.regression.compare import Drift
from planner.regression.confidential import has_fingerprint
from planner.regression.golden import Golden
from planner.regression.inputs import value_of
from planner.regression.numbers import rounded
from planner.regression.subject import Subject

MOST_CHANGES = 50
"""More are put back file by file."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One changed input behind a drift.

    Attributes:
        before: In the golden; None where nothing stood there, ``…`` for what is
            confidential.
        after: Now, likewise.
        share: Part of the drift that putting it back alone undoes; None where that
            leaves no valid scenario, or no plan, and for what is confidential: the
            golden does not know what it was.
    """

    file: str
    line: int
    path: str
    before: Any
    after: Any
    share: float | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A drift with its causes.

    Attributes:
        drift: What drifted.
        causes: The largest share first.
        interaction: Share that no input has alone; None where it is not known.
        program: Share that is left when all inputs are put back: code or solver.
    """

    drift: Drift
    causes: tuple[Cause, ...]
    interaction: float | None
    program: float | None


@dataclass(frozen=True, slots=True)
class _Trial:
    """What undoing some changes gives; no plan where they cannot be undone alone."""

    changes: tuple[Change, ...]
    status: str | None
    metrics: Mapping[str, float | None]


def changed_inputs(golden: Golden, subject: Subject) -> list[Change]:
    """Return what changed since a golden was written, at most 50 or by file."""
    leaves = subject.leaves()
    now = {path: value_of(leaf) for path, leaf in leaves.items()}
    marks = {path: leaf.mark for path, leaf in leaves.items()}
    found = changes_between(golden.inputs, now, golden.places, marks)
    return found if len(found) <= MOST_CHANGES else by_file(found)


def explained(
    drifts: Sequence[Drift],
    changes: Sequence[Change],
    subject: Subject,
) -> list[Explained]:
    """Return every drift with its causes.

    Args:
        drifts: Of one file; rows of a plan get no causes.
        changes: Its changed inputs.
        subject: What is in the file now.
    """
    if not changes:
        return [Explained(drift, (), None, 1.0) for drift in drifts]
    trials = [_trial((change,), subject) for change in changes]
    whole = trials[0] if len(trials) == 1 else _trial(tuple(changes), subject)
    return [_explained(drift, trials, whole) for drift in drifts]


def _trial(changes: tuple[Change, ...], subject: Subject) -> _Trial:
    if any(has_fingerprint(e.before) for change in changes for e in change.edits):
        return _Trial(changes, None, {})
    try:
        found = subject.without(changes).figures()
    except (PlannerError, TypeError, KeyError):
        return _Trial(changes, None, {})
    return _Trial(changes, found.status, found.metrics)


def _explained(drift: Drift, trials: Sequence[_Trial], whole: _Trial) -> Explained:
    if drift.group in ("allocation", "binding"):
        return Explained(drift, (), None, None)
    shares = [_share(drift, trial) for trial in trials]
    causes = [
        _cause(trial.changes[0], s) for trial, s in zip(trials, shares, strict=True)
    ]
    causes.sort(key=lambda cause: -abs(cause.share or 0.0))
    back = _share(drift, whole)
    if back is None or drift.change is None:
        return Explained(drift, tuple(causes), None, None)
    known = sum(share for share in shares if share is not None)
    return Explained(drift, tuple(causes), rounded(back - known), rounded(1.0 - back))


def _share(drift: Drift, trial: _Trial) -> float | None:
    """Return the part of a drift that a trial undoes."""
    if drift.metric == "status":
        return None if trial.status is None else float(trial.status == drift.golden)
    undone = trial.metrics.get(drift.metric)
    if drift.change is None or undone is None or not isinstance(drift.now, int | float):
        return None
    return rounded((drift.now - undone) / drift.change)


def _cause(change: Change, share: float | None) -> Cause:
    return Cause(
        change.file, change.line, change.path, change.before, change.after, share
    )
