"""The root command: runs one command and turns whatever happens into an exit code."""

import codecs
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
    "–": "-",
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
        **extra: Any,  # noqa: ANN401 - handed on as it is
    ) -> None:
        """Run the command line and exit.

        Raises:
            SystemExit: Always, with the exit code.
        """
        arguments = list(sys.argv[1:] if args is None else args)
        _prepare_streams()
        extra["standalone_mode"] = False
        sys.exit(self._code(arguments, prog_name or "planner", extra))

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # noqa: ANN401 - whatever the command returns
        """Run the command, and see that its output arrives."""
        try:
            result = super().invoke(ctx)
            _flush()
        except BrokenPipeError:
            # Who read the output has seen enough of it.
            _discard_output()
            return None
        return result

    def _code(self, arguments: list[str], name: str, extra: dict[str, Any]) -> int:
        try:
            result = super().main(arguments, name, **extra)
            _flush()
        except SystemExit as error:
            return error.code if isinstance(error.code, int) else 1
        except BrokenPipeError:
            _discard_output()
            return 0
        except OSError as error:
            return _output_failed(error, arguments)
        except BaseException as error:  # noqa: BLE001 - the last place that can
            return _reported(error, arguments)
        if result == INTERRUPTED:
            return _reported(KeyboardInterrupt(), arguments)
        return result if isinstance(result, int) else 0


def _reported(error: BaseException, arguments: list[str]) -> int:
    try:
        code = report(error, arguments)
        _flush()
    except BrokenPipeError:
        _discard_output()
        return CANNOT_START
    return code


def _output_failed(error: OSError, arguments: list[str]) -> int:
    """Return the code of a failed write to stdout; others are bugs."""
    if error.filename is not None or error.errno is None:
        return _reported(error, arguments)
    _discard_output()
    print_error(f"planner: the output cannot be written: {error.strerror}")
    return CANNOT_START


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


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _discard_output() -> None:
    """Send what is still buffered nowhere, so that no flush fails again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = None
    finally:
        os.close(nowhere)
