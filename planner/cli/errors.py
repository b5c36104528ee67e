"""How a failed command ends: its lines on stderr, its JSON and its exit code."""

import json
import sys
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import typer

from planner.errors import InputError, PlannerError, Problem

INTERRUPTED = 130
INTERNAL = 70
CANNOT_START = 2
_SEVERITY = (INTERNAL, 4, 3, CANNOT_START, 1, 0)


def worst_code(codes: Iterable[int]) -> int:
    """Return the exit code that stands for several: 70 > 4 > 3 > 2 > 1 > 0."""
    found = {*codes, 0}
    return next(code for code in _SEVERITY if code in found)


def error_document(code: int, problems: Sequence[Problem]) -> str:
    """Return the JSON that a failed command prints (formats §6)."""
    listed = [asdict(problem) for problem in problems]
    content = {"exit_code": code, "problems": listed}
    return json.dumps({"format_version": 1, "error": content}, indent=2)


def fail(code: int, problems: Sequence[Problem], *, as_json: bool) -> int:
    """Print problems, as lines or as a document, and return the exit code."""
    for problem in problems:
        print_error(line_of(problem))
    if as_json:
        print_line(error_document(code, problems))
    return code


def line_of(problem: Problem) -> str:
    """Return a problem as one line; one without a file is the command's own."""
    return str(problem) if problem.file else f"planner{problem}"


def report(error: BaseException, arguments: Sequence[str]) -> int:
    """Print what ended a command, and return the command's exit code.

    Args:
        error: What was raised.
        arguments: Of the command line; tells ``--json`` and ``--debug`` even where
            they could not be parsed.
    """
    options = _options_of(arguments)
    if "--debug" in options:
        trace = "".join(traceback.format_exception(error))
        print_error(trace.rstrip())
    code, problems = _described(error)
    return fail(code, problems, as_json="--json" in options)


def internal_problem(error: BaseException, file: str = "") -> Problem:
    """Return the one line that an unexpected exception becomes."""
    said = " ".join(str(error).split())
    name = type(error).__name__
    message = f"internal error, this is a bug: {name}{': ' if said else ''}{said}"
    return Problem(file, 0, 0, "", message, "run again with --debug for the traceback")


def print_line(text: str) -> None:
    """Print to stdout, where there is one."""
    # Not typer.echo, which writes UTF-8 to streams that are set to ASCII.
    if sys.stdout is not None:
        sys.stdout.write(f"{text}\n")


def print_error(text: str) -> None:
    """Print to stderr, where there is one."""
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")


def _options_of(arguments: Sequence[str]) -> set[str]:
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    return set(arguments[:end])


def _described(error: BaseException) -> tuple[int, Sequence[Problem]]:
    """Return exit code and problems of an exception."""
    if isinstance(error, InputError):
        return error.exit_code, error.problems
    if isinstance(error, PlannerError) and error.exit_code != INTERNAL:
        return error.exit_code, [_general(str(error))]
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return INTERRUPTED, [_general("interrupted")]
    if isinstance(error, MemoryError):
        return INTERNAL, [_general("the memory of this machine does not suffice")]
    shown = getattr(error, "format_message", None)
    if shown is not None:
        said = " ".join(str(shown()).split()).rstrip(".")
        # Typer has printed the help where a group was named without a command.
        return CANNOT_START, [_usage(error, said)] if said else []
    return INTERNAL, [internal_problem(error)]


def _usage(error: BaseException, message: str) -> Problem:
    """Return what Typer refused, with the command whose help explains it."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "planner"
    return Problem("", 0, 0, "", message, f"see '{command} --help'")


def _general(message: str) -> Problem:
    return Problem("", 0, 0, "", message)
