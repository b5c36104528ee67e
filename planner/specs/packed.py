"""A scenario's documents, read once: changed and checked again without its files."""

import pickle
import zlib
from dataclasses import replace
from pathlib import Path

from planner import documents
from planner.documents import Document, apply_override
from planner.errors import InputError, Problem
from planner.records import dataclass
from planner.specs.catalogue import Catalogue, shipped_folder
from planner.specs.load import resolved
from planner.specs.scenario import Scenario
from planner.specs.tables import resolve_tables


@dataclass(frozen=True, slots=True)
class Packed:
    """What a scenario was loaded from, good on machines that lack its files.

    Attributes:
        content: The document before names are resolved, and every file of the
            catalogue that it names, compressed.
        folders: Where other names are looked up first, if they are there.
        path: The file that it was loaded from.
        data_dirs: As those of a scenario.
    """

    content: bytes
    folders: tuple[str, ...]
    path: str
    data_dirs: tuple[str, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> "Packed":
        """Return the documents of a scenario with its overrides.

        Raises:
            InputError: Its files have changed since, and are wrong now.
        """
        problems: list[Problem] = []
        catalogue = Catalogue.of(scenario.data_dirs)
        document = documents.load(scenario.path, scenario.overrides, problems=problems)
        if document is None or problems:
            raise InputError(problems)
        files = list(document.files)
        root = resolve_tables(document.root, files, problems)
        whole = Document(root, files, document.overrides)
        content = pickle.dumps(whole)
        resolved(whole, catalogue, problems)  # reads what the catalogue is asked for
        if problems:
            raise InputError(problems)
        return cls(
            content=zlib.compress(pickle.dumps((content, catalogue.read))),
            folders=tuple(str(folder) for folder in catalogue.folders[:-1]),
            path=scenario.path,
            data_dirs=scenario.data_dirs,
        )

    def unpacked(self) -> "Unpacked":
        """Return what makes scenarios from the documents."""
        return Unpacked(self)


class Unpacked:
    """Makes scenarios from packed documents."""

    def __init__(self, packed: Packed) -> None:
        """Unpack the documents."""
        self._packed = packed
        content, self._read = pickle.loads(  # noqa: S301  # of this very program
            zlib.decompress(packed.content)
        )
        self._document: bytes = content
        folders = (*map(Path, packed.folders), shipped_folder())
        self._folders = folders

    def scenario(self, sets: tuple[str, ...] = ()) -> Scenario:
        """Return the checked scenario with further ``path=value`` texts.

        Raises:
            InputError: One of them does not fit.
        """
        problems: list[Problem] = []
        document: Document = pickle.loads(self._document)  # noqa: S301  # as above
        root = document.root
        for text in sets:
            root = apply_override(root, text, problems)
        whole = Document(root, document.files, (*document.overrides, *sets))
        catalogue = Catalogue(self._folders, self._read)
        found = resolved(whole, catalogue, problems)
        if problems or found is None:
            raise InputError(problems)
        return replace(found, path=self._packed.path, data_dirs=self._packed.data_dirs)
