"""``planner solve --watch``: solves again whenever a file of the scenario changes."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from planner import documents
from planner.cli.diff_text import DiffText, verdict_of
from planner.cli.errors import INTERNAL, print_error, print_line, report
from planner.cli.options import Terminal
from planner.cli.output import print_warnings
from planner.cli.solve import (
    Request,
    check_options,
    exit_code,
    print_plan,
    reason,
    solved,
)
from planner.cli.watch import Watch, hash_of, wait
from planner.errors import InputError, PlannerError, Problem, UsageError
from planner.plan.plan import Plan
from planner.regression.diff import difference
from planner.regression.rows import SECTIONS
from planner.regression.sides import Side, side_of
from planner.specs.catalogue import Catalogue
from planner.specs.scenario import Scenario

PAUSE_S = 0.3
_KINDS = ("hardware", "scenarios/models", "scenarios/common")
"""Where in a data folder names are looked up."""


def _pause() -> None:
    time.sleep(PAUSE_S)


def run(
    request: Request, terminal: Terminal, pause: Callable[[], None] = _pause
) -> NoReturn:
    """Solve and print, then wait for a change and do so again, until interrupted.

    Args:
        request: What is solved.
        terminal: How it is printed.
        pause: Called between two looks at the files.

    Raises:
        UsageError: It cannot be watched.
        InputError: The scenario's file is not there; other errors in the files are
            printed, and watched until they are mended.
    """
    _check(request, terminal)
    data = [
        Path(folder, kind)
        for folder in Catalogue.of(request.given.data_dirs).folders
        for kind in _KINDS
    ]
    watched = _Watched(request, terminal)
    is_first = True
    while True:
        watched.once()
        if sys.stdout is not None:
            sys.stdout.flush()
        if is_first and not terminal.quiet:
            print_error(f"planner: {len(watched.files)} files are watched; Ctrl-C ends")
        is_first = False
        wait(Watch(watched.files, [*data, *watched.folders]), pause)


def _check(request: Request, terminal: Terminal) -> None:
    if request.given.path == documents.STDIN:
        msg = "--watch: standard input does not change; write the path of a scenario"
        raise UsageError(msg)
    if terminal.as_json:
        msg = "--watch prints one plan after another, so no --json; write -o plan.json"
        raise UsageError(msg)
    check_options(request)
    problems: list[Problem] = []
    if documents.read_source(request.given.path, problems) is None:
        raise InputError(problems)


class _Watched:
    """A scenario that is solved again and again.

    Attributes:
        files: SHA-256 of every file that the last solve has read, keyed by path.
        folders: Where a new file could mend what the last solve could not read.
    """

    def __init__(self, request: Request, terminal: Terminal) -> None:
        """Keep what is solved and how it is printed; nothing is solved yet."""
        self.request = request
        self.terminal = terminal
        self.files: Mapping[str, str | None] = {request.given.path: None}
        self.folders: frozenset[Path] = frozenset()
        self._runs = 0
        self._last: Side | None = None

    def once(self) -> None:
        """Solve, and print what there is to say."""
        before = {path: hash_of(path) for path in self.files}
        try:
            scenario = self.request.given.load()
        except InputError as error:
            self._report(error)
            self._look_around(before, error)
            return
        self.files, self.folders = dict(scenario.files), frozenset()
        try:
            self._show(solved(self.request, scenario), scenario)
        except PlannerError as error:
            if error.exit_code == INTERNAL:
                raise
            self._report(error)

    def _report(self, error: PlannerError) -> None:
        report(error, ["--debug"] if self.terminal.debug else [])

    def _look_around(self, before: Mapping[str, str | None], error: InputError) -> None:
        """Watch what was read, what is wrong, and the folders of both."""
        read = documents.load(self.request.given.path, problems=[])
        named = {problem.file for problem in error.problems}
        found: dict[str, str | None] = {
            path: hash_of(path) for path in sorted(named) if Path(path).is_file()
        }
        self.files = {**found, **dict(read.files if read else ()), **before}
        self.folders = frozenset(Path(path).parent for path in self.files)

    def _show(self, plan: Plan, scenario: Scenario) -> None:
        """Print a plan; one that follows another as what differs from it."""
        self._runs += 1
        side = side_of(f"run {self._runs}", scenario, plan)
        known = self._last.plan.warnings if self._last is not None else ()
        if self._last is None:
            print_plan(plan, scenario, self.terminal)
        else:
            self._print_change(self._last, side, scenario)
        new = [warning for warning in plan.warnings if warning not in known]
        print_warnings(new, self.terminal)
        if exit_code(plan, scenario.spec.expect):
            given = self.request.given
            print_error(reason(plan, given.shown, self.request.time_limit))
        if plan.metrics is not None:
            self._last = side

    def _print_change(self, last: Side, side: Side, scenario: Scenario) -> None:
        """Print inputs and metrics that differ; without a plan why there is none."""
        is_planned = side.plan.metrics is not None
        sections = SECTIONS if self.terminal.verbose else ("metrics",)
        found = difference(last, side)
        text = DiffText(
            found,
            self.terminal,
            only_changes=True,
            sections=sections if is_planned else (),
        )
        if not self.terminal.quiet:
            print_line("")
        text.print(verdict_of(found, []), markdown=False, failed=False)
        if not (is_planned or self.terminal.quiet):
            print_line("")
            print_plan(side.plan, scenario, self.terminal)
