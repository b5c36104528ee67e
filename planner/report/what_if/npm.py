"""Packages of npm: fetched once with its client, checked every time they are read."""

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from planner.errors import InputError, UsageError
from planner.files import write_whole
from planner.records import dataclass

PATIENCE_S = 240
"""How long npm may take to fetch one package [s]."""
SAID = 300
"""Characters of npm's own words that are repeated."""


@dataclass(frozen=True, slots=True)
class Package:
    """One version of a package.

    Attributes:
        name: In the registry.
        version: Exactly this one.
        integrity: Of its tarball, as the registry states it: ``sha512-`` and the
            digest in base 64.
    """

    name: str
    version: str
    integrity: str

    def __str__(self) -> str:
        """Return name and version."""
        return f"{self.name} {self.version}"


HIGHS = Package(
    "highs",
    "1.15.3",
    "sha512-5rzjBlAkqRxr7FOv+iZjxF8nNfKsEt8uOaP3S6gls6yRf4+Jv4BqBIE3iPFsgfOH"
    "utQBMNxRE9jWhxRAM7Oycw==",
)
"""The solver in WebAssembly (MIT)."""


def files_of(
    package: Package, paths: Sequence[str], needed_by: str = "--what-if"
) -> dict[str, bytes]:
    """Return files of a package, from the user's cache if it is there.

    Args:
        package: What is wanted.
        paths: Files inside the package, e.g. ``build/highs.js``.
        needed_by: What asks for it, for the message where it cannot be had.

    Returns:
        The content of each file, keyed by its path.

    Raises:
        UsageError: It is not in the cache, and npm is missing, fails, or brings
            something else; or a file is not in the package.
    """
    tarball = _tarball(package, needed_by)
    with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
        return {path: _file(archive, package, path) for path in paths}


def _file(archive: tarfile.TarFile, package: Package, path: str) -> bytes:
    """Return one file of a package, whose tarball has all under ``package/``.

    Raises:
        UsageError: It is not there.
    """
    found = None
    with suppress(KeyError):
        found = archive.extractfile(f"package/{path}")
    if found is None:
        msg = f"{package} has no file {path}"
        raise UsageError(msg)
    return found.read()


def _tarball(package: Package, needed_by: str) -> bytes:
    """Return the checked tarball; a cached one that is not the right one is replaced.

    Raises:
        UsageError: It cannot be had.
    """
    cached = _cached(package)
    if cached is not None:
        with suppress(OSError):
            found = cached.read_bytes()
            if _integrity(found) == package.integrity:
                return found
    fetched = _fetched(package, needed_by)
    if cached is not None:
        # Without a folder to keep it in it is fetched again the next time.
        with suppress(OSError, InputError):
            cached.parent.mkdir(parents=True, exist_ok=True)
            write_whole(cached, fetched)
    return fetched


def _cached(package: Package) -> Path | None:
    """Return where the tarball is kept; None where the user has no home."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    own = "Library/Caches" if sys.platform == "darwin" else ".cache"
    try:
        folder = Path(named) if Path(named).is_absolute() else Path.home() / own
    except RuntimeError:
        return None
    name = package.name.replace("/", "-")
    return folder / "fleet-planner" / "npm" / f"{name}-{package.version}.tgz"


def _integrity(content: bytes) -> str:
    digest = hashlib.sha512(content).digest()
    return f"sha512-{base64.b64encode(digest).decode()}"


def _fetched(package: Package, needed_by: str) -> bytes:
    """Return the tarball as npm brings it, checked.

    Raises:
        UsageError: npm is missing or fails, or brings something else.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise _refused(package, needed_by, "it is not on PATH")
    with tempfile.TemporaryDirectory() as folder:
        _pack(npm, package, needed_by, folder)
        found = sorted(Path(folder).glob("*.tgz"))
        content = found[0].read_bytes() if found else b""
    if not found:
        raise _refused(package, needed_by, "it brought no tarball")
    if _integrity(content) != package.integrity:
        msg = (
            f"npm brought another {package} than the one that {needed_by} needs: its "
            f"checksum is {_integrity(content)}, not {package.integrity}; check the "
            "registry that npm is set to"
        )
        raise UsageError(msg)
    return content


def _pack(npm: str, package: Package, needed_by: str, folder: str) -> None:
    """Let npm put the tarball into a folder, nothing of the package being run.

    Raises:
        UsageError: npm fails.
    """
    wanted = f"{package.name}@{package.version}"
    command = [npm, "pack", wanted, "--ignore-scripts", "--fetch-retries=1"]
    try:
        ended = subprocess.run(  # noqa: S603  # the npm that was found
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=PATIENCE_S,
        )
    except subprocess.TimeoutExpired:
        reason = f"it took more than {PATIENCE_S} s"
        raise _refused(package, needed_by, reason) from None
    except OSError as error:
        raise _refused(package, needed_by, str(error.strerror)) from error
    if ended.returncode:
        raise _refused(package, needed_by, _said(ended.stderr))


def _said(stderr: str) -> str:
    """Return npm's own words on what went wrong, on one line."""
    lines = [line.strip() for line in stderr.splitlines()]
    errors = [line for line in lines if line.startswith(("npm error", "npm ERR!"))]
    words = " ".join(errors or lines) or "it failed without a word"
    return words if len(words) <= SAID else f"{words[:SAID]}…"


def _refused(package: Package, needed_by: str, reason: str) -> UsageError:
    msg = (
        f"{needed_by} needs npm once, to fetch {package} ({reason}); install Node.js, "
        "or run it on a machine with a network"
    )
    return UsageError(msg)
