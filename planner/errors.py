"""Every exception the planner raises on purpose.

=================== ========= ==================================================
PlannerError        exit code meaning
=================== ========= ==================================================
├── UsageError      2         the command cannot start: a missing program or extra
├── InputError      2         what the user wrote cannot be used; lists all of it
├── InfeasibleError 3         the input is right, but no plan satisfies it
├── SolverError     4         the solver stopped without a proven optimum
└── InternalError   70        our bug
    └── AuditError  70        the plan breaks a limit of the scenario
=================== ========= ==================================================
"""

from collections.abc import Iterable

from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place of the input.

    Attributes:
        file: Path as the user gave it, ``<stdin>`` or ``--set``.
        line: Counted from 1; 0 where the problem is the file as a whole.
        column: Counted from 1; 0 where the problem is the file as a whole.
        path: Keys joined by dots, e.g. ``power.nameplate``; empty for the file.
        message: What is there and what is wrong with it.
        expected: What to write instead; empty where nothing can be said.
        hint: A near name ("did you mean …"), or empty.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        """Return ``file:line:column: path: message; expected``."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        path = f" {self.path}:" if self.path else ""
        tail = "; ".join(part for part in (self.message, self.expected) if part)
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}:{path} {tail}{hint}"


class PlannerError(Exception):
    """Base of every planned error; ``exit_code`` is the command's."""

    exit_code = 70


class UsageError(PlannerError):
    """The command cannot start: something it needs is not there."""

    exit_code = 2


class InputError(PlannerError):
    """The input cannot be used.

    Attributes:
        problems: Every problem of every file, sorted by place.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, each once, sorted by file, line and column."""
        self.problems = sorted(
            set(problems), key=lambda p: (p.file, p.line, p.column, p.path, p.message)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InfeasibleError(PlannerError):
    """The scenario is valid, but no plan satisfies it."""

    exit_code = 3


class SolverError(PlannerError):
    """The solver failed, or stopped at a limit before a proven optimum."""

    exit_code = 4


class InternalError(PlannerError):
    """A state that a valid input cannot reach: a bug of the planner."""

    exit_code = 70


class AuditError(InternalError):
    """The plan does not keep what the scenario asks for: a bug of the planner."""
