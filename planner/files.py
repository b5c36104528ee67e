"""Files written whole or not at all."""

import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
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


def write_folder(path: str | os.PathLike[str], contents: Mapping[str, bytes]) -> None:
    """Write files into a folder: all of them, or none.

    On any error or interrupt the folder is as it was; one that was not there is not
    there. Other files that it holds stay.

    Args:
        path: The folder; a link is followed. Its parent has to exist.
        contents: Bytes by name of the file.

    Raises:
        InputError: The files cannot be written there, or one is a folder.
    """
    for name in contents:
        if Path(path, name).is_dir():
            where = os.path.join(path, name)  # noqa: PTH118 - as the user wrote it
            raise InputError([Problem(where, 0, 0, "", "is a folder")])
    try:
        target = Path(os.path.realpath(path))
        if target.exists():
            _exchange(target, contents)
        else:
            _make(target, contents)
    except OSError as error:
        message = f"the files cannot be written: {error.strerror}"
        raise InputError([Problem(os.fspath(path), 0, 0, "", message)]) from error


def _make(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write files beside a new folder, then give theirs its name."""
    prefix = f".{target.name[:40]}."
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=prefix) as name:
        made = Path(name, "made")
        made.mkdir()
        _fill(made, contents, made)
        made.rename(target)


def _exchange(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write files within a folder, then exchange one after the other, or none."""
    with tempfile.TemporaryDirectory(dir=target, prefix=".plan.") as name:
        new, old = Path(name, "new"), Path(name, "old")
        new.mkdir()
        old.mkdir()
        _fill(new, contents, target)
        try:
            for each in contents:
                with suppress(FileNotFoundError):
                    (target / each).rename(old / each)
                (new / each).rename(target / each)
        except BaseException:
            _restore(target, old, new, contents)
            raise


def _restore(target: Path, old: Path, new: Path, names: Iterable[str]) -> None:
    """Take away what is new in a folder, and bring back what was there."""
    for each in names:
        if not (new / each).exists():
            (target / each).unlink()
        if os.path.lexists(old / each):
            (old / each).rename(target / each)


def _fill(folder: Path, contents: Mapping[str, bytes], target: Path) -> None:
    """Write files, with the permissions of those that they are to replace."""
    for name, data in contents.items():
        mode = _mode(target / name)
        with (folder / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        (folder / name).chmod(mode)


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
