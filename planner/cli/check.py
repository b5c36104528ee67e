"""``planner check``: scenarios, runs and cases against their goldens."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from planner.cli.annotations import check_annotations
from planner.cli.check_text import CheckText
from planner.cli.errors import (
    CANNOT_START,
    INTERNAL,
    internal_problem,
    print_error,
    print_line,
    worst_code,
)
from planner.cli.files import files_in, kind_of
from planner.cli.junit import junit_text
from planner.cli.options import Terminal
from planner.cli.output import print_json
from planner.documents import Node, parse_document, read_source, shown_path
from planner.errors import InputError, Problem, UsageError
from planner.files import write_whole
from planner.records import dataclass
from planner.regression.check import Checked, Request, check_file
from planner.regression.discover import orphans_in, source_of
from planner.regression.document import as_document
from planner.regression.subject import Kind

DEFAULT = "scenarios"
_KINDS: Mapping[str, Kind] = {"scenario": "scenario", "run": "run", "case": "case"}
_SCENARIO = frozenset({"horizon", "extends", "workloads"})
"""Keys of which a file that can be solved has at least one."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for.

    Attributes:
        paths: Files and folders; none: ``scenarios``, else this folder.
        request: How each file is checked.
        junit: File for a JUnit report.
        form: How the result is printed.
    """

    paths: tuple[str, ...]
    request: Request
    junit: str | None
    form: Literal["text", "github"]


def run(options: Options, terminal: Terminal) -> int:
    """Check or write goldens, print what was found, and return the exit code."""
    _refuse(options)
    paths = options.paths or (DEFAULT if Path(DEFAULT).is_dir() else ".",)
    found = list(_checked(paths, options.request))
    found += [_orphan(golden) for golden in orphans_in(paths)]
    if not found:
        message = "holds no scenario, run or case, so there is nothing to check"
        problems = [Problem(shown_path(path), 0, 0, "", message) for path in paths]
        raise InputError(problems)
    code = worst_code(checked.code for checked in found)
    if options.junit is not None:
        write_whole(options.junit, junit_text(found))
    if terminal.as_json:
        print_json(as_document(found, code))
    else:
        CheckText(terminal).print(found)
    if options.form == "github":
        for line in check_annotations(found):
            print_line(line)
    for checked in found if terminal.as_json else ():
        for problem in checked.problems:
            print_error(str(problem))
    return code


def _refuse(options: Options) -> None:
    """Refuse what would hide a drift, or cannot be done.

    Raises:
        UsageError: Goldens would be written where nobody reads their diff, or from
            other values than the files'.
    """
    request = options.request
    if "-" in options.paths:
        msg = "standard input has no golden; write the path of a scenario"
        raise UsageError(msg)
    if not request.update:
        return
    if request.overrides or request.alternative is not None:
        option = "--set" if request.overrides else "--alternative"
        msg = f"--update with {option} would write goldens that the files do not give"
        raise UsageError(msg)
    if request.solver != "highs":
        msg = "--update writes what highs finds; leave --solver out"
        raise UsageError(msg)
    in_ci = os.environ.get("CI", "").lower() in ("1", "true", "yes")
    if in_ci and not request.force:
        msg = "CI is set, and goldens are updated where their diff is read; add --force"
        raise UsageError(msg)


def _checked(paths: Sequence[str], request: Request) -> Iterator[Checked]:
    seen: set[str] = set()
    for path in paths:
        try:
            files = _files(path)
        except InputError as error:
            yield _failed(shown_path(path), CANNOT_START, error.problems)
            continue
        for file in files:
            if (identity := os.path.realpath(file)) in seen:
                continue
            seen.add(identity)
            checked = check_one(file, request, is_named=not Path(path).is_dir())
            if checked is not None:
                yield checked


def _files(path: str) -> list[str]:
    """Return the files to look at; a folder may hold goldens alone."""
    try:
        return files_in(source_of(path))
    except InputError:
        if Path(path).is_dir():
            return []
        raise


def check_one(file: str, request: Request, *, is_named: bool) -> Checked | None:
    """Return what checking a file found; None for one that has no golden."""
    problems: list[Problem] = []
    source = read_source(file, problems)
    root = parse_document(source, problems) if source else None
    if root is None:
        return _failed(shown_path(file), CANNOT_START, problems)
    what = _what(Path(file), root)
    if what in _KINDS:
        return _guarded(file, _KINDS[what], request)
    if is_named:
        message = f"is a {what}; goldens are kept of scenarios, runs and cases"
        checked = Checked(shown_path(file), "skipped")
        checked.note(message)
        return checked
    return None


def _what(path: Path, root: Node) -> str:
    kind = kind_of(path, root)
    keys = root.value if isinstance(root.value, dict) else {}
    if kind == "scenario" and not _SCENARIO & keys.keys():
        return "file of another kind"
    return kind


def _guarded(file: str, kind: Kind, request: Request) -> Checked:
    try:
        return check_file(file, kind, request)
    except Exception as error:  # noqa: BLE001 - the other files are checked all the same
        shown = shown_path(file)
        return _failed(shown, INTERNAL, [internal_problem(error, shown)])


def _failed(path: str, code: int, problems: Sequence[Problem]) -> Checked:
    return Checked(path, "failed", code, problems=list(problems))


def _orphan(golden: Path) -> Checked:
    """Return the report of a golden that has lost its file."""
    checked = Checked(shown_path(golden), "orphan")
    checked.note("belongs to no file", "delete it, or bring its scenario back")
    return checked
