"""Where accelerators, models and defaults are found: folders, first one wins."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planner import documents
from planner.documents import Document, suggest
from planner.errors import InputError, Problem
from planner.specs.fields import is_name

ENVIRONMENT = "PLANNER_DATA"
LONGEST_NAME = 200
"""Of a file, without its ending; file systems allow little more."""


def shipped_folder() -> Path:
    """Return the folder that holds the shipped ``hardware`` and ``scenarios``.

    Inside an installed wheel it lies in the package, in a checkout beside it.
    """
    package = Path(__file__).parents[1]
    inside = package / "_data"
    return inside if inside.is_dir() else package.parent


@dataclass(frozen=True)
class Catalogue:
    """The data folders of one command, searched in order.

    Attributes:
        folders: ``--data-dir`` folders, then those of ``PLANNER_DATA``, then
            the shipped one.
        read: What was read so far, keyed by kind and name; None where it failed.
    """

    folders: tuple[Path, ...]
    read: dict[tuple[str, str], Document | None] = field(default_factory=dict)

    @classmethod
    def of(cls, data_dirs: Sequence[str | Path] = ()) -> "Catalogue":
        """Return the catalogue of the given folders and the environment.

        Raises:
            InputError: A given folder does not exist.
        """
        stated = [Path(folder) for folder in data_dirs]
        listed = os.environ.get(ENVIRONMENT, "")
        stated += [Path(folder) for folder in listed.split(os.pathsep) if folder]
        problems = [
            Problem(
                str(folder),
                0,
                0,
                "",
                "is not a folder",
                "write a folder that holds hardware/ or scenarios/",
            )
            for folder in stated
            if not folder.is_dir()
        ]
        if problems:
            raise InputError(problems)
        return cls((*stated, shipped_folder()))

    def names(self, kind: str) -> list[str]:
        """Return the names under ``kind`` (``hardware``, ``scenarios/models``)."""
        return sorted(
            {
                path.stem
                for folder in self.folders
                for path in (folder / kind).glob("*.yaml")
            }
        )

    def path(self, kind: str, name: str) -> Path | None:
        """Return the first file of that name, or None."""
        if not is_name(name) or len(name) > LONGEST_NAME:
            return None
        for folder in self.folders:
            path = folder / kind / f"{name}.yaml"
            if path.is_file():
                return path
        return None

    def load(self, kind: str, name: str, problems: list[Problem]) -> Document | None:
        """Return the document of that name, read once; None where it fails."""
        if (kind, name) not in self.read:
            path = self.path(kind, name)
            if path is None:
                return None
            self.read[kind, name] = documents.load(path, problems=problems)
        return self.read[kind, name]

    def hint(self, kind: str, name: str) -> str:
        """Return a "did you mean" among the names under ``kind``."""
        return suggest(name, self.names(kind))
