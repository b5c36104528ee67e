"""The root command: runs one command and turns whatever happens into an exit code."""

import codecs
import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from planner.cli.errors import CANNOT_START, INTERRUPTED, print_error, report

_PLAIN = {
    "…": "...",
    "→": "->",
    "×": "x",
    "·": "*",
    "−": "-",
    "€": "EUR",
    "≥": ">=",
    "≤": "<=",
    "µ": "u",
}
"""What stands for a sign that the terminal cannot show."""


class Commands(TyperGroup):
    """All commands; every exception ends here, none as a traceback."""

    def main(  # type: ignore[override]  # only what Typer calls it with
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,
    ) -> None:
        """Run the command line and exit.

        Raises:
            SystemExit: Always, with the exit code.
        """
        arguments = list(sys.argv[1:] if args is None else args)
        _prepare_streams()
        extra["standalone_mode"] = False
        sys.exit(self._code(arguments, prog_name or "planner", extra))

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command; a reader of its output that has seen enough is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _discard_output()
            return None

    def _code(self, arguments: list[str], name: str, extra: dict[str, Any]) -> int:
        """Return the exit code of the command, whatever happens in it."""
        try:
            result = super().main(arguments, name, **extra)
            if result == INTERRUPTED:
                result = report(KeyboardInterrupt(), arguments)
        except SystemExit as error:
            result = error.code
        except BaseException as error:  # noqa: BLE001 - the last place that can
            if _is_full(error):
                return _undelivered(error, CANNOT_START)
            result = report(error, arguments)
        return _delivered(result if isinstance(result, int) else 0)


def _delivered(code: int) -> int:
    """Return the exit code once all output has reached its reader."""
    if sys.stdout is None:
        return code
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
    except OSError as error:
        return _undelivered(error, code or CANNOT_START)
    return code


def _is_full(error: BaseException) -> bool:
    """Return whether stdout, which has no file name, could not take more."""
    return (
        isinstance(error, OSError)
        and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
        and error.filename is None
    )


def _undelivered(error: BaseException, code: int) -> int:
    _discard_output()
    reason = getattr(error, "strerror", None) or error
    print_error(f"planner: the output cannot be written: {reason}")
    return code


def _prepare_streams() -> None:
    """Let no sign that a stream cannot encode stop the output."""
    codecs.register_error("planner", _plain)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="planner")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign, "?") for sign in text), error.end


def _discard_output() -> None:
    """Send what is still buffered nowhere, so that no flush fails again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = None
    finally:
        os.close(nowhere)
