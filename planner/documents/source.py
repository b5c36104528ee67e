"""Bytes of an input: where they come from, and what is refused before parsing."""

import hashlib
import os
import stat
import sys
from pathlib import Path
from typing import NamedTuple, TextIO
from weakref import WeakKeyDictionary

from planner.documents.node import Mark, suggest
from planner.errors import Problem

LARGEST_FILE = 16 * 1024 * 1024
STDIN = "-"


class Source(NamedTuple):
    """The text of one input.

    Attributes:
        shown: Its path as shown to the user, or ``<stdin>``.
        text: The content, without a byte order mark.
        sha256: Of the bytes as read, in hexadecimal.
    """

    shown: str
    text: str
    sha256: str


class UnreadableError(Exception):
    """An input that cannot be read; the text says why."""


def read_source(
    path: str | os.PathLike[str],
    problems: list[Problem],
    asked_at: Mark | None = None,
    asked_by: str = "",
) -> Source | None:
    """Return the text of a file, or of standard input where the path is ``-``.

    Args:
        path: The file.
        problems: Gets the reason where it cannot be read.
        asked_at: The place that names the file, for the problem; None for a file
            that the user named on the command line.
        asked_by: The path of that place, e.g. ``extends``.

    Returns:
        The source, or None with a problem added.
    """
    is_stdin = os.fspath(path) == STDIN
    shown = "<stdin>" if is_stdin else shown_path(path)
    try:
        content = _read_stdin() if is_stdin else _read_file(Path(path))
        text = _decoded(content)
    except UnreadableError as error:
        name = f"'{shown}'" if asked_at else "the input" if is_stdin else "the file"
        place = asked_at or Mark(shown, 0, 0)
        hint = "" if is_stdin else _near_file(Path(path))
        problems.append(Problem(*place, asked_by, f"{name} {error}", "", hint))
        return None
    return Source(shown, text, hashlib.sha256(content).hexdigest())


def shown_path(path: str | os.PathLike[str]) -> str:
    """Return a path for messages: relative below the current folder, with ``/``."""
    given = os.path.normpath(os.fspath(path))
    below = os.path.relpath(given) if _is_below(given) else given
    return below.replace(os.sep, "/")


def beside(mark: Mark, name: str) -> str:
    """Return the path of a file that a value names, relative to its own file.

    Args:
        mark: The place of the value.
        name: The path as written there.
    """
    is_file = not mark.file.startswith(("<", "-"))
    folder = os.path.dirname(mark.file) if is_file else ""  # noqa: PTH120 - keeps "..", unlike Path
    return os.path.normpath(os.path.join(folder, name))  # noqa: PTH118 - as above


def _is_below(path: str) -> bool:
    try:
        return Path(os.path.abspath(path)).is_relative_to(Path.cwd())  # noqa: PTH100 - symlinks stay as written
    except ValueError:
        return False


_STDIN_READ: WeakKeyDictionary[TextIO, bytes] = WeakKeyDictionary()
"""What a stream held, since a scenario may be read again with other values."""


def _read_stdin() -> bytes:
    if sys.stdin is None:
        msg = "is closed"
        raise UnreadableError(msg)
    if sys.stdin not in _STDIN_READ:
        content = sys.stdin.buffer.read(LARGEST_FILE + 1)
        _STDIN_READ[sys.stdin] = content
    return _limited(_STDIN_READ[sys.stdin])


def _read_file(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            msg = "is a folder, not a file"
            raise UnreadableError(msg)
        if not stat.S_ISREG(mode):
            msg = "is a pipe or device, not a file; use '-' for standard input"
            raise UnreadableError(msg)
        with path.open("rb") as file:
            return _limited(file.read(LARGEST_FILE + 1))
    except FileNotFoundError:
        msg = "does not exist"
    except PermissionError:
        msg = "cannot be read: permission denied"
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        msg = f"cannot be read: {reason}"
    raise UnreadableError(msg)


def _limited(content: bytes) -> bytes:
    if len(content) > LARGEST_FILE:
        msg = f"is larger than {LARGEST_FILE // 1024**2} MB"
        raise UnreadableError(msg)
    return content


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        msg = f"is not text: it holds a NUL byte on line {line}"
        raise UnreadableError(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        msg = f"is not UTF-8 text: it holds a wrong byte on line {line}"
        raise UnreadableError(msg) from None


def _near_file(path: Path) -> str:
    """Return the file of the same folder that was probably meant."""
    try:
        if path.exists():
            return ""
        return suggest(path.name, (each.name for each in path.parent.iterdir()))
    except (OSError, ValueError):
        return ""
