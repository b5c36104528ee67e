"""A golden: what planning a scenario gave, and from what (formats §1, §4)."""

import json
from dataclasses import asdict, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from planner.documents import read_source, shown_path
from planner.errors import InputError, Problem
from planner.records import dataclass

FORMAT_VERSION = 1
SUFFIX = ".golden.json"
_AGAIN = "write it again with 'planner check --update'"


class NewerFormatError(InputError):
    """A golden that a newer planner wrote: not to be replaced by an older one."""


@dataclass(frozen=True, slots=True)
class Solver:
    """What made a golden; shown, never compared. Estimates need none but the code."""

    name: str
    version: str
    planner: str

    def __str__(self) -> str:
        """Return the versions."""
        solver = f", {self.name} {self.version}" if self.version else ""
        return f"planner {self.planner}{solver}"


@dataclass(frozen=True)
class Golden:
    """The figures of one scenario, as they are and as they were.

    Attributes:
        kind: What the file beside it holds.
        status: How the solve ended.
        metrics: Figures, the unit in the name, nine digits each.
        gap: Proven relative distance from the optimum; 0 where the plan is one.
        allocation: Accelerators, keyed by site/accelerator/workload/period/block;
            None where several plans are as good.
        binding: Limits that are used in full, as constraint/scope/period.
        inputs: Every value that the plan follows from, keyed by path.
        places: ``file:line`` of each.
        solver: What made it.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)

    kind: Literal["scenario", "run", "case"]
    status: Literal["optimal", "infeasible"]
    metrics: dict[str, float | None]
    gap: float
    allocation: dict[str, float] | None
    binding: list[str]
    inputs: dict[str, str | bool | int | float | dict[str, Any] | list[Any]]
    places: dict[str, str]
    solver: Solver
    format_version: int = field(default=FORMAT_VERSION)

    def text(self) -> str:
        """Return the file's content: sorted keys, one value a line."""
        return (
            json.dumps(asdict(self), indent=1, sort_keys=True, allow_nan=False) + "\n"
        )


def golden_path(path: str | Path) -> Path:
    """Return where the golden of a file lies: beside it."""
    file = Path(path)
    return file.with_name(file.stem + SUFFIX)


def read_golden(path: Path) -> Golden:
    """Return the golden of a file.

    Raises:
        NewerFormatError: A newer planner wrote it.
        InputError: It cannot be read, was cut short, or was edited into none.
    """
    problems: list[Problem] = []
    source = read_source(path, problems)
    if source is None:
        raise InputError(problems)
    content = _content(source.text, source.shown)
    version = content.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        message = f"has format_version {version}; this planner reads {FORMAT_VERSION}"
        problem = Problem(source.shown, 0, 0, "", message, "install a newer planner")
        raise NewerFormatError([problem])
    if version != FORMAT_VERSION:
        raise _refused(source.shown, 0, 0, "is not a golden: it has no format_version")
    try:
        return TypeAdapter(Golden).validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        said = f"is not a golden: {place}: {first['msg'].lower()}"
        line = line_of(source.text, str(first["loc"][-1]))
        raise _refused(source.shown, line, 1 if line else 0, said) from None


def line_of(text: str, key: str) -> int:
    """Return the line of a key in a golden's text; 0 where it has none."""
    sought = f'"{key}":'
    lines = enumerate(text.splitlines(), 1)
    return next((n for n, line in lines if line.lstrip().startswith(sought)), 0)


def _content(text: str, shown: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        cut = not text.rstrip().endswith("}")
        why = "it ends too early" if cut else error.msg.lower()
        said = f"is not JSON: {why}"
        raise _refused(shown, error.lineno, error.colno, said) from None
    except (ValueError, RecursionError):
        raise _refused(shown, 0, 0, "is not a golden") from None
    if not isinstance(content, dict):
        raise _refused(shown, 0, 0, "is not a golden")
    return content


def _refused(shown: str, line: int, column: int, message: str) -> InputError:
    return InputError([Problem(shown_path(shown), line, column, "", message, _AGAIN)])
