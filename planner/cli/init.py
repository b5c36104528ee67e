"""``planner init``: a scenario to begin with, or the one that follows a plan."""

import os
from collections.abc import Sequence
from pathlib import Path

from planner.cli.errors import print_line
from planner.cli.options import Terminal
from planner.cli.output import print_json, print_warnings
from planner.documents import shown_path
from planner.errors import InputError, Problem, UsageError
from planner.files import write_whole
from planner.init.continuation import Draft, continuation
from planner.init.template import template_text
from planner.records import dataclass
from planner.specs.load import load_scenario

DEFAULT = "scenario.yaml"
STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        target: File to write, ``-`` for stdout, None for the default name.
        plan: Plan to continue; None: the template.
        at: Period to continue it from.
        data_dirs: Folders that are searched first.
        force: Whether a file that exists may be replaced.
    """

    target: str | None
    plan: str | None
    at: str | None
    data_dirs: tuple[str, ...]
    force: bool


def run(request: Request, terminal: Terminal) -> int:
    """Write a scenario, or print it, and return 0.

    Raises:
        InputError: The file exists, cannot be written, or the plan cannot be continued.
        UsageError: Only one of ``--from`` and ``--at`` is there.
    """
    draft = _draft(request)
    target = request.target or (f"{draft.name}.yaml" if request.plan else DEFAULT)
    if target == STDOUT:
        if terminal.as_json:
            print_json({"path": None, "name": draft.name, "text": draft.text})
        else:
            print_line(draft.text.rstrip())
        return 0
    if not request.force:
        _refuse_existing(target)
    write_whole(target, draft.text)
    _report(target, draft, request.data_dirs, terminal)
    return 0


def _draft(request: Request) -> Draft:
    if request.plan is None and request.at is None:
        return Draft("my_fleet", template_text())
    if request.plan is None or request.at is None:
        there, missing = ("--from", "--at") if request.plan else ("--at", "--from")
        example = "--from plan.json --at 2026Q3"
        msg = f"{there} needs {missing} beside it; write e.g. {example}"
        raise UsageError(msg)
    target = None if request.target == STDOUT else request.target
    at = request.at.upper()
    return continuation(request.plan, at, target, request.data_dirs)


def _refuse_existing(target: str) -> None:
    if os.path.lexists(target):
        folder = Path(target).is_dir()
        message = "is a folder" if folder else "exists already"
        expected = "write another name" + ("" if folder else ", or --force")
        raise InputError([Problem(shown_path(target), 0, 0, "", message, expected)])


def _report(
    target: str, draft: Draft, data_dirs: Sequence[str], terminal: Terminal
) -> None:
    """Say what was written, and what a first look at it finds."""
    shown = shown_path(target)
    scenario = load_scenario(target, data_dirs=data_dirs)
    if terminal.as_json:
        print_json({"path": shown, "name": draft.name, "text": draft.text})
    elif not terminal.quiet:
        print_line(f"{shown} written; next: planner solve {shown}")
    print_warnings(map(str, scenario.warnings), terminal)
