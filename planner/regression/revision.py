"""The whole tree of a git revision, in a folder of its own for as long as needed."""

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from planner.documents import Mark
from planner.errors import InputError, Problem, UsageError
from planner.records import dataclass
from planner.specs.catalogue import ENVIRONMENT

_DATA = ("hardware", "scenarios")


@dataclass(frozen=True, slots=True)
class Checkout:
    """The tree of a revision.

    Attributes:
        revision: As the user named it.
        folder: Where it lies now.
        root: Top folder of the repository that it belongs to.
    """

    revision: str
    folder: Path
    root: Path

    def path(self, path: str) -> Path:
        """Return where a file of the tree lies, named from its top or from here.

        Raises:
            InputError: The revision has no such file.
        """
        here = Path(os.path.relpath(Path.cwd().resolve(), self.root))
        from_here = self.folder / os.path.normpath(here / path)
        places = (
            [from_here] if path.startswith(".") else [self.folder / path, from_here]
        )
        for place in places:
            if place.is_file() and place.resolve().is_relative_to(self.folder):
                return place
        text = f"{self.revision}:{path}"
        message = f"revision {self.revision!r} has no file {path!r}"
        raise InputError([Problem(text, 0, 0, "", message)])

    def folders(self, data_dirs: Sequence[str]) -> list[str]:
        """Return the data folders as the revision had them, and its own tree."""
        stated = [*data_dirs, *os.environ.get(ENVIRONMENT, "").split(os.pathsep)]
        found = []
        for folder in filter(None, stated):
            real = Path(folder).resolve()
            inside = real.is_relative_to(self.root)
            place = self.folder / real.relative_to(self.root) if inside else real
            if place.is_dir():
                found.append(str(place))
        return [*found, *([str(self.folder)] if _has_data(self.folder) else [])]

    def renamed(self, problem: Problem) -> Problem:
        """Return a problem whose file is named by the revision."""
        return replace(problem, file=self._name(problem.file))

    def renamed_mark(self, mark: Mark) -> Mark:
        """Return a place whose file is named by the revision."""
        return mark._replace(file=self._name(mark.file))

    def _name(self, file: str) -> str:
        path = Path(os.path.realpath(file))
        if not path.is_relative_to(self.folder):
            return file
        return f"{self.revision}:{path.relative_to(self.folder).as_posix()}"


def revision_of(text: str) -> tuple[str, str] | None:
    """Return revision and path of ``REVISION:PATH``; None for the name of a file."""
    revision, colon, path = text.partition(":")
    if not (colon and revision and path) or Path(text).exists():
        return None
    return revision, path


def tree_folder() -> str | None:
    """Return the top of the repository around this folder, where it holds data.

    Raises:
        UsageError: There is no repository, or no git.
    """
    root = _root()
    return str(root) if _has_data(root) else None


@contextmanager
def checkout(revision: str) -> Iterator[Checkout]:
    """Give the tree of a revision, and take it away afterwards.

    Raises:
        InputError: There is no such revision.
        UsageError: There is no repository, or no git.
    """
    root = _root()
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options",
                  f"{revision}^{{commit}}", folder=root)  # fmt: skip
    if commit is None:
        message = f"there is no revision {revision!r} in this repository"
        expected = "write e.g. HEAD~1:scenarios/x.yaml; a shallow clone has few"
        raise InputError([Problem(revision, 0, 0, "", message, expected)])
    archive = _git("archive", "--format=tar", commit.decode().strip(), folder=root)
    if archive is None:
        msg = f"git cannot give the tree of {revision}"
        raise UsageError(msg)
    with tempfile.TemporaryDirectory(prefix="planner-") as name:
        folder = Path(name).resolve()
        with tarfile.open(fileobj=BytesIO(archive)) as tree:
            tree.extractall(folder, filter="data")
        yield Checkout(revision, folder, root)


def _has_data(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in _DATA)


def _root() -> Path:
    found = _git("rev-parse", "--show-toplevel", folder=Path.cwd())
    if found is None:
        msg = "this is not inside a git repository; a revision needs one"
        raise UsageError(msg)
    return Path(found.decode().rstrip("\n")).resolve()


def _git(*arguments: str, folder: Path) -> bytes | None:
    """Return what git prints; None where it refuses.

    Raises:
        UsageError: It is not installed.
    """
    try:
        done = subprocess.run(  # noqa: S603 - a revision stands behind --end-of-options
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        msg = "git is not installed; a revision needs it"
        raise UsageError(msg) from None
    return done.stdout if done.returncode == 0 else None
