"""``planner diff``: what differs between two plans, and whether that is too much."""

from collections.abc import Sequence
from typing import Any

from planner.cli.diff_text import DiffText, verdict_of
from planner.cli.errors import print_error
from planner.cli.options import Terminal
from planner.cli.output import print_json
from planner.errors import InfeasibleError, SolverError, UsageError
from planner.records import dataclass
from planner.regression.actual import actual_difference
from planner.regression.conditions import Condition
from planner.regression.diff import Difference, Row, difference
from planner.regression.sides import Side, sides_of


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        before: Scenario, plan or revision.
        after: The same; None with ``actual``.
        actual: CSV of what stands.
        at: Period that it is compared with.
        exit_code: Whether a difference is exit code 1.
        fail_if: Conditions, any of which is exit code 1.
        markdown: Whether the output is a comment on a pull request.
        only_changes: Whether what is the same is left out.
        overrides: ``path=value`` texts, for scenarios on both sides.
        data_dirs: Folders that are searched first.
        alternative: Of the scenarios on both sides; of the second alone where one
            is named, which is then compared with itself.
    """

    before: str
    after: str | None
    actual: str | None
    at: str | None
    exit_code: bool
    fail_if: tuple[str, ...]
    markdown: bool
    only_changes: bool
    overrides: tuple[str, ...]
    data_dirs: tuple[str, ...]
    alternative: str | None = None


def run(request: Request, terminal: Terminal) -> int:
    """Compare, print what differs, and return the exit code."""
    conditions = [Condition.parse(text) for text in request.fail_if]
    found = _difference(request, conditions)
    broken = [each for each in conditions if each.holds(_metric(found, each.metric))]
    verdict = verdict_of(found, broken)
    if terminal.as_json:
        print_json(document(found, broken, verdict, only=request.only_changes))
    else:
        text = DiffText(found, terminal, only_changes=request.only_changes)
        text.print(verdict, markdown=request.markdown, failed=bool(broken))
    for condition in broken:
        print_error(f"planner: --fail-if holds: {condition.text}")
    return _code(found, request, failed=bool(broken))


def _difference(request: Request, conditions: Sequence[Condition]) -> Difference:
    options = request.overrides, request.data_dirs
    if request.actual is None:
        if request.after is None and request.alternative is None:
            msg = "name two plans or scenarios, or one with --actual or --alternative"
            raise UsageError(msg)
        if request.at is not None:
            msg = "--at is the period of --actual; leave it out"
            raise UsageError(msg)
        name = request.alternative
        first = (request.before, None if request.after is None else name)
        second = (request.after or request.before, name)
        return difference(*sides_of((first, second), *options))
    if request.after is not None or conditions:
        what = "a second plan" if request.after is not None else "--fail-if"
        msg = f"--actual compares fleets alone; leave {what} out"
        raise UsageError(msg)
    planned = sides_of([(request.before, request.alternative)], *options)[0]
    return actual_difference(planned, request.actual, request.at)


def _metric(found: Difference, name: str) -> Row:
    missing = Row("metrics", name, None, None, differs=False)
    rows = (row for row in found.rows if (row.section, row.key) == ("metrics", name))
    return next(rows, missing)


def _code(found: Difference, request: Request, *, failed: bool) -> int:
    """Return the exit code: a side without a plan, else what was asked for."""
    for side in (found.before, found.after):
        if side.plan.status in ("time_limit", "failed"):
            return SolverError.exit_code
        if side.plan.status == "infeasible" and not _is_expected(side):
            return InfeasibleError.exit_code
    return int(failed or (request.exit_code and not found.is_same))


def _is_expected(side: Side) -> bool:
    return side.expect == "infeasible"


def document(
    found: Difference, broken: Sequence[Condition], verdict: str, *, only: bool
) -> dict[str, Any]:
    """Return the document of formats §6."""
    rows = [row for row in found.rows if row.differs or not only]
    names = ("file", "line", "path", "before", "after")
    return {
        "before": {"name": found.before.label, "status": found.before.plan.status},
        "after": {"name": found.after.label, "status": found.after.plan.status},
        "changes": [_row(row) for row in rows if row.differs or row.note],
        "unchanged": [_row(row) for row in rows if not (row.differs or row.note)],
        "inputs": [{n: getattr(each, n) for n in names} for each in found.inputs],
        "notes": list(found.notes),
        "failed": [condition.text for condition in broken],
        "verdict": verdict,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "section": row.section,
        "key": row.key,
        "before": row.before,
        "after": row.after,
        "change": row.change,
        "change_fraction": row.change_fraction,
        "note": row.note,
    }
