"""Files written whole or not at all."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from planner.errors import InputError, Problem


def write_whole(path: str | os.PathLike[str], content: bytes | str) -> None:
    """Write a file so that no reader ever sees half of it.

    On any error or interrupt the old file stays as it was. A device or pipe, which
    cannot be replaced, is written directly.

    Args:
        path: The file; a link is followed.
        content: The bytes, or text to be written as UTF-8.

    Raises:
        InputError: The file cannot be written there.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(data)
        else:
            _replace(target, data)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f"the file cannot be written: {reason}"
        raise InputError([Problem(os.fspath(path), 0, 0, "", message)]) from error


def _replace(target: Path, data: bytes) -> None:
    """Write beside the target, then put it in place in one step."""
    prefix = f".{target.name[:40]}."
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=prefix)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _mode(target: Path) -> int:
    """Return the permissions of the file, or those a new one gets."""
    with suppress(FileNotFoundError):
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
