"""Files that something was made from, and whether they have changed since."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

_SUFFIXES = (".yaml", ".csv")
"""Of the files whose coming and going in a folder counts."""
_State = tuple[int, int, int]
"""When a file was written, how long it is, and which one it is."""


class Watch:
    """Looks at files, one by one, as often as it is asked to."""

    def __init__(
        self, known: Mapping[str, str | None], folders: Iterable[Path] = ()
    ) -> None:
        """Keep what was read.

        Args:
            known: SHA-256 of each file as it was read, keyed by its path; None: there
                was none.
            folders: Folders in which a new file would be read.
        """
        self._known = dict(known)
        self._folders = {folder: _names(folder) for folder in folders}
        self._seen: object = None
        self._states: dict[str, tuple[_State, str, bool]] = {}

    def look(self) -> bool:
        """Look once; return whether something differs and has stopped changing.

        What is still being written, or is missing while an editor renames it, is
        different from one look to the next.
        """
        now = (
            {path: self._hash(path) for path in self._known},
            {folder: _names(folder) for folder in self._folders},
        )
        is_still, self._seen = now == self._seen, now
        return is_still and now != (self._known, self._folders)

    def _hash(self, path: str) -> str | None:
        """Return the hash of a file, read again only where it can have changed."""
        try:
            found = Path(path).stat()
            state = found.st_mtime_ns, found.st_size, found.st_ino
            before = self._states.get(path)
            # Two writes within a tick of the clock look alike, so a file is read
            # once more after it has changed.
            if before is not None and before[0] == state and before[2]:
                return before[1]
            is_sure = before is not None and before[0] == state
            digest = hash_of(path) or ""
        except (OSError, ValueError):
            return None
        self._states[path] = state, digest, is_sure
        return digest or None


def hash_of(path: str) -> str | None:
    """Return the SHA-256 of a file's bytes; None where it cannot be read."""
    with suppress(OSError, ValueError):
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return None


def wait(watch: Watch, pause: Callable[[], None]) -> None:
    """Return when something has changed; ``pause`` is called between two looks."""
    while not watch.look():
        pause()


def _names(folder: Path) -> tuple[str, ...]:
    with suppress(OSError):
        names = (path.name for path in folder.iterdir() if path.suffix in _SUFFIXES)
        return tuple(sorted(names))
    return ()
