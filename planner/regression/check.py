"""One file checked against its golden, or its golden written."""

from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Literal

from planner.documents import shown_path
from planner.errors import (
    InfeasibleError,
    InputError,
    PlannerError,
    Problem,
    UsageError,
)
from planner.files import write_whole
from planner.records import dataclass
from planner.regression.changes import Change
from planner.regression.compare import Drift, drifts
from planner.regression.confidential import is_fingerprint
from planner.regression.explain import Explained, changed_inputs, explained
from planner.regression.golden import (
    Golden,
    NewerFormatError,
    Solver,
    golden_path,
    read_golden,
)
from planner.regression.inputs import Places, value_of
from planner.regression.subject import Kind, Planned, Subject
from planner.solvers.solve import SolverName

Outcome = Literal[
    "ok", "drift", "warned", "missing", "written", "skipped", "orphan", "failed"
]
INTERNAL = 70


@dataclass(frozen=True, slots=True)
class Request:
    """How files are checked.

    Attributes:
        overrides: ``path=value`` texts.
        data_dirs: Folders that are searched first.
        solver: Which one; with another than the golden's, rows do not compare.
        update: Whether goldens that differ are written anew.
        force: Whether even that of a newer planner is.
        alternative: Name of the scenarios' alternative that is checked; None: none.
    """

    overrides: tuple[str, ...] = ()
    data_dirs: tuple[str, ...] = ()
    solver: SolverName = "highs"
    update: bool = False
    force: bool = False
    alternative: str | None = None


@dataclass
class Checked:
    """What checking one file found.

    Attributes:
        path: As shown to the user.
        outcome: In one word.
        code: Exit code for this file alone.
        drifts: Everything outside its tolerance, with its causes.
        changes: Inputs that changed since the golden was written.
        compared: How many figures were compared.
        before: What made the golden.
        now: What solved it now.
        problems: What is wrong, or what is to be done.
    """

    path: str
    outcome: Outcome = "ok"
    code: int = 0
    drifts: Sequence[Explained] = ()
    changes: Sequence[Change] = ()
    compared: int = 0
    before: Solver | None = None
    now: Solver | None = None
    problems: list[Problem] = field(default_factory=list)

    def note(self, message: str, expected: str = "") -> None:
        """Add what is to be said of the file as a whole."""
        self.problems.append(Problem(self.path, 0, 0, "", message, expected))


def check_file(path: str, kind: Kind, request: Request) -> Checked:
    """Return what checking a file found; raises nothing that its content causes."""
    checked = Checked(shown_path(path))
    try:
        _check(path, _subject(path, kind, request), request, checked)
    except PlannerError as error:
        checked.outcome, checked.code = "failed", error.exit_code
        checked.problems += (
            error.problems
            if isinstance(error, InputError)
            else [Problem(checked.path, 0, 0, "", str(error))]
        )
    return checked


def _subject(path: str, kind: Kind, request: Request) -> Subject:
    if kind == "scenario":
        return Planned.load(
            path,
            request.overrides,
            request.data_dirs,
            request.solver,
            request.alternative,
        )
    if request.alternative is not None:
        msg = f"is a {kind}; --alternative is for scenarios"
        raise UsageError(msg)
    from planner.regression.estimates import Estimated  # noqa: PLC0415  # few are

    return Estimated.load(kind, path, request.overrides, request.data_dirs)


def _check(path: str, subject: Subject, request: Request, checked: Checked) -> None:
    if subject.checks is None:
        checked.outcome = "skipped"
        checked.note("says 'check: false'")
        return
    file = golden_path(path)
    golden = _golden(file, request)
    now = subject.figures()
    checked.now, checked.before = now.solver, golden.solver if golden else None
    _check_expected(now, subject.expect, golden, checked)
    if request.update:
        _update(file, golden, now, subject, checked)
    elif golden is None:
        checked.outcome, checked.code = "missing", 1
        checked.note("has no golden", "write it with 'planner check --update'")
    else:
        _compare(golden, now, subject, checked)


def _golden(file: Path, request: Request) -> Golden | None:
    """Return the golden beside a file; None where it has none that is worth keeping.

    Raises:
        InputError: It cannot be read, and is not to be written anew.
    """
    if not file.exists():
        return None
    try:
        return read_golden(file)
    except NewerFormatError:
        if not (request.update and request.force):
            raise
    except InputError:
        if not request.update:
            raise
    return None


def _check_expected(
    now: Golden, expect: str, golden: Golden | None, checked: Checked
) -> None:
    """See that the solve ended as the scenario says.

    Raises:
        InfeasibleError: There is no plan, no golden and nothing to explain.
    """
    if now.status == expect:
        return
    checked.outcome = "drift"
    if now.status == "optimal":
        checked.code = 1
        checked.note("expect: infeasible, but there is a plan", "remove 'expect'")
        return
    checked.code = InfeasibleError.exit_code
    checked.note("infeasible: no plan keeps every limit and every minimum")
    if golden is None:
        raise InfeasibleError(checked.problems.pop().message)


def _compare(golden: Golden, now: Golden, subject: Subject, checked: Checked) -> None:
    strict = golden.solver.name == now.solver.name
    found = drifts(golden, now, subject.checks or {}, strict=strict)
    rows = len(now.allocation or ()) if strict and golden.allocation is not None else 0
    checked.compared = 1 + len(now.metrics) + rows
    if not found:
        return
    checked.changes = changed_inputs(golden, subject)
    checked.drifts = explained(found, checked.changes, subject)
    if any(drift.severity == "error" for drift in found):
        checked.outcome, checked.code = "drift", checked.code or 1
    elif not checked.code:
        checked.outcome = "warned"


def _update(
    file: Path, golden: Golden | None, now: Golden, subject: Subject, checked: Checked
) -> None:
    """Write the golden where it differs, unless the scenario needs a look first."""
    if checked.code:
        return
    differs = golden is None or _differs(golden, now, subject)
    if differs:
        write_whole(file, _complete(now, subject, file.parent).text())
        checked.outcome = "written"
        checked.note(f"{shown_path(file)} {'is new' if golden is None else 'differed'}")


def _differs(golden: Golden, now: Golden, subject: Subject) -> bool:
    """Return whether a golden says anything else than a new one would."""
    found: list[Drift] = drifts(golden, now, {}, strict=True)
    if found or changed_inputs(golden, subject):
        return True
    leaves = subject.leaves()
    return any(
        is_fingerprint(value) != bool(leaves[path].confidential)
        for path, value in golden.inputs.items()
        if path in leaves
    )


def _complete(golden: Golden, subject: Subject, folder: Path) -> Golden:
    """Return a golden with its inputs, to be written into a folder."""
    leaves = subject.leaves()
    values = {path: value_of(leaf) for path, leaf in leaves.items()}
    places = Places(folder, subject.data_dirs).all(leaves)
    return replace(golden, inputs=values, places=places)
