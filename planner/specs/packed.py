"""A scenario's documents, read once: changed and checked again without its files."""

import pickle
import zlib
from collections.abc import Sequence
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
from planner.specs.variants import Variant

ALTERNATIVE = "alternative"
"""What stands before the name of an alternative among the texts of a point."""
BASE = ""
"""Stands for the scenario as it was loaded."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What a scenario was loaded from, good on machines that lack its files.

    Attributes:
        content: The document before names are resolved, and every file of the
            catalogue that it names, compressed.
        folders: Where other names are looked up first, if they are there.
        path: The file that it was loaded from.
        data_dirs: As those of a scenario.
        alternative: The one that is applied to the scenario itself; None: none.
    """

    content: bytes
    folders: tuple[str, ...]
    path: str
    data_dirs: tuple[str, ...]
    alternative: str | None

    @classmethod
    def of(cls, scenario: Scenario, alternatives: Sequence[str] = ()) -> "Packed":
        """Return the documents of a scenario with its overrides.

        Args:
            scenario: As it was loaded.
            alternatives: Those that are wanted in its place.

        Raises:
            InputError: There is no alternative of that name, or the files have
                changed since, and are wrong now.
        """
        problems: list[Problem] = []
        catalogue = Catalogue.of(scenario.data_dirs)
        wanted = {BASE: scenario.alternative, **{name: name for name in alternatives}}
        contents = {}
        for name, applied in wanted.items():
            variant = None if applied is None else Variant(applied, problems)
            document = documents.load(
                scenario.path, scenario.overrides, problems=problems, first=variant
            )
            if document is None or problems:
                raise InputError(problems)
            files = list(document.files)
            root = resolve_tables(document.root, files, problems)
            contents[name] = Document(root, files, document.overrides)
            resolved(contents[name], catalogue, problems)  # reads what it asks for
        if problems:
            raise InputError(problems)
        return cls(
            content=zlib.compress(pickle.dumps((contents, catalogue.read))),
            folders=tuple(str(folder) for folder in catalogue.folders[:-1]),
            path=scenario.path,
            data_dirs=scenario.data_dirs,
            alternative=scenario.alternative,
        )

    def unpacked(self) -> "Unpacked":
        """Return what makes scenarios from the documents."""
        return Unpacked(self)


class Unpacked:
    """Makes scenarios from packed documents."""

    def __init__(self, packed: Packed) -> None:
        """Unpack the documents."""
        self._packed = packed
        plain = zlib.decompress(packed.content)
        contents, self._read = pickle.loads(plain)  # noqa: S301  # of this very program
        self._documents: dict[str, Document] = contents
        self._folders = (*map(Path, packed.folders), shipped_folder())

    def scenario(self, sets: Sequence[str] = ()) -> Scenario:
        """Return the checked scenario with further ``path=value`` texts.

        Args:
            sets: In order. ``alternative=NAME`` is no path: it puts one of the packed
                alternatives in the place of the scenario, whatever is set.

        Raises:
            InputError: One of them does not fit.
        """
        problems: list[Problem] = []
        name, texts = alternative_of(sets)
        document = self._documents[name]
        root = document.root
        for text in texts:
            root = apply_override(root, text, problems)
        whole = Document(root, document.files, (*document.overrides, *texts))
        catalogue = Catalogue(self._folders, self._read)
        found = resolved(whole, catalogue, problems)
        if problems or found is None:
            raise InputError(problems)
        return replace(
            found,
            path=self._packed.path,
            data_dirs=self._packed.data_dirs,
            alternative=name or self._packed.alternative,
        )


def alternative_of(sets: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the alternative that a point is of, or ``BASE``, and what else is set."""
    named = [text for text in sets if text.startswith(f"{ALTERNATIVE}=")]
    name = named[-1].partition("=")[2] if named else BASE
    return name, tuple(text for text in sets if text not in named)
