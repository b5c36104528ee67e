"""``planner validate``."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from planner.cli.errors import (
    error_document,
    line_of,
    print_error,
    print_line,
    worst_code,
)
from planner.cli.files import Verdict, check_file, files_in
from planner.cli.github import problem_annotation
from planner.cli.options import Terminal
from planner.cli.output import pretty, print_json, print_warnings
from planner.cli.sarif import sarif_document
from planner.errors import InputError

Form = Literal["text", "json", "github", "sarif"]


def run(
    paths: Sequence[str],
    overrides: Sequence[str],
    data_dirs: Sequence[str],
    terminal: Terminal,
    form: Form = "text",
    *,
    alternative: str | None = None,
) -> int:
    """Check files and folders, print what is wrong, and return the exit code."""
    verdicts: list[Verdict] = []
    for path in paths:
        try:
            files = files_in(path)
        except InputError as error:
            verdicts.append(Verdict(path, None, error.exit_code, error.problems))
            continue
        verdicts += [
            check_file(file, overrides, data_dirs, alternative) for file in files
        ]
    code = worst_code(verdict.code for verdict in verdicts)
    _print_problems(verdicts, terminal)
    if terminal.as_json or form == "json":
        _print_document(verdicts, code)
    elif form != "text":
        _print_for_service(verdicts, form)
    elif not terminal.quiet:
        _print_summary(verdicts)
    return code


def _print_problems(verdicts: Sequence[Verdict], terminal: Terminal) -> None:
    """Print every problem and warning once, however many files share it."""
    seen: set[str] = set()
    for verdict in verdicts:
        for problem in verdict.problems:
            line = line_of(problem)
            if line not in seen:
                print_error(line)
            seen.add(line)
    warnings = (str(each) for verdict in verdicts for each in verdict.warnings)
    print_warnings(dict.fromkeys(warnings), terminal)


def _print_for_service(verdicts: Sequence[Verdict], form: Form) -> None:
    """Print annotations, or one SARIF document, each problem once."""
    problems = list(dict.fromkeys(p for each in verdicts for p in each.problems))
    warnings = list(dict.fromkeys(p for each in verdicts for p in each.warnings))
    if form == "sarif":
        print_line(pretty(sarif_document(problems, warnings)))
        return
    for problem in problems:
        print_line(problem_annotation(problem))
    for warning in warnings:
        print_line(problem_annotation(warning, "warning"))


def _print_document(verdicts: Sequence[Verdict], code: int) -> None:
    if code:
        problems = (p for verdict in verdicts for p in verdict.problems)
        print_line(error_document(code, list(dict.fromkeys(problems))))
        return
    files = [
        {
            "path": verdict.path,
            "kind": verdict.kind,
            "warnings": [asdict(warning) for warning in verdict.warnings],
        }
        for verdict in verdicts
    ]
    print_json({"files": files})


def _print_summary(verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        if not verdict.code:
            print_line(f"{verdict.path}: {_praise(verdict)}")
    failed = sum(1 for verdict in verdicts if verdict.code)
    count = len(verdicts)
    files = "1 file" if count == 1 else f"{count} files"
    print_line(f"{files} checked, {failed} with problems")


def _praise(verdict: Verdict) -> str:
    if verdict.kind == "part":
        return "ok (part of scenarios; checked in full with those that extend it)"
    return f"ok ({verdict.kind})"
