"""Lines that GitHub Actions shows beside the code: escaped as it asks for."""

from planner.documents import Mark
from planner.errors import Problem


def annotation(level: str, mark: Mark, title: str, message: str) -> str:
    """Return one workflow command, ``::error file=…,line=…,title=…::message``."""
    properties = {
        "file": mark.file,
        "line": mark.line,
        "col": mark.column,
        "title": title,
    }
    written = ",".join(
        f"{name}={_property(str(value))}" for name, value in properties.items() if value
    )
    return f"::{level} {written}::{_data(message)}"


def problem_annotation(problem: Problem, level: str = "error") -> str:
    """Return a problem of a file at its place."""
    tail = "; ".join(part for part in (problem.message, problem.expected) if part)
    hint = f" ({problem.hint})" if problem.hint else ""
    path = f"{problem.path}: " if problem.path else ""
    mark = Mark(problem.file, problem.line, problem.column)
    return annotation(level, mark, "planner", path + tail + hint)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
