"""A file with all that it extends and all overrides, as one document."""

import os
from collections.abc import Callable, Sequence
from dataclasses import field
from functools import lru_cache

from planner.documents.merge import merge
from planner.documents.node import Mark, Node
from planner.documents.paths import apply_override
from planner.documents.reader import parse_yaml
from planner.documents.source import Source, beside, read_source
from planner.documents.sourced import unwrap
from planner.errors import InternalError, Problem
from planner.records import dataclass

MOST_FILES = 100
KEPT = 64
"""Texts whose nodes are kept: several times what one scenario is read from."""


@dataclass(frozen=True, slots=True)
class Document:
    """What one command reads.

    Attributes:
        root: The resolved mapping, without ``extends``.
        files: Shown path and SHA-256 of every file, in the order of reading; who
            reads further files for the document adds them.
        overrides: The texts ``path=value`` applied to it.
    """

    root: Node
    files: list[tuple[str, str]]
    overrides: tuple[str, ...]


def load(
    path: str | os.PathLike[str],
    overrides: Sequence[str] = (),
    *,
    problems: list[Problem],
    first: Callable[[Node], Node] | None = None,
) -> Document | None:
    """Return a document with ``extends`` resolved and overrides applied.

    Args:
        path: A YAML file, or ``-`` for standard input.
        overrides: Texts ``path=value``, the last wins.
        problems: Gets everything wrong in any of the files.
        first: Changes the document before the overrides do.

    Returns:
        The document, or None where its first file cannot be read at all. With
        problems added it is incomplete: good for finding more, not for solving.
    """
    reading = _Reading(problems)
    source = read_source(path, problems)
    if source is None or not reading.visit(source, _identity(path)):
        return None
    root = reading.layers[0]
    for layer in reading.layers[1:]:
        root = merge(root, layer)
    if first is not None:
        root = first(root)
    for text in overrides:
        root = apply_override(root, text, problems)
    return Document(root, reading.files, tuple(overrides))


def load_shipped(path: str | os.PathLike[str]) -> Document:
    """Return a document that comes with the package.

    Raises:
        InternalError: It is damaged.
    """
    problems: list[Problem] = []
    document = load(path, problems=problems)
    if document is None or problems:
        raise InternalError("\n".join(str(problem) for problem in problems))
    return document


def parse_document(source: Source, problems: list[Problem]) -> Node | None:
    """Return the mapping that a text holds, sources handed down, or None.

    Args:
        source: A text as ``read_source`` gives it.
        problems: Gets what is wrong in it.
    """
    root, found = parsed(source.text, source.shown)
    problems += found
    return root


@lru_cache(maxsize=KEPT)
def parsed(text: str, shown: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Return the mapping that a text holds and what is wrong in it.

    Nodes never change, so one process parses a text once, however many files extend
    it or name it, and however often a scenario is planned with one value changed.
    """
    problems: list[Problem] = []
    root = parse_yaml(text, shown, problems)
    if root is None or root.value is None:
        if not problems:
            problems.append(Problem(shown, 0, 0, "", "the file is empty"))
        return None, tuple(problems)
    if not isinstance(root.value, dict):
        kind = "a list" if isinstance(root.value, list) else "a single value"
        message = f"the file holds {kind}, not a mapping"
        problems.append(Problem(*root.mark, "", message, "write 'key: value' lines"))
        return None, tuple(problems)
    return unwrap(root, problems), tuple(problems)


@dataclass(slots=True)
class _Reading:
    """The files read so far, each once, those extended before those that extend."""

    problems: list[Problem]
    files: list[tuple[str, str]] = field(default_factory=list)
    layers: list[Node] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    open: list[str] = field(default_factory=list)

    def visit(self, source: Source, identity: str) -> bool:
        """Add a file and all that it extends; return whether it could be read."""
        self.files.append((source.shown, source.sha256))
        root = parse_document(source, self.problems)
        self.done.add(identity)
        if root is None or not isinstance(root.value, dict):
            return False
        entries = dict(root.value)
        extends = entries.pop("extends", None)
        self.open.append(identity)
        for name, mark in self._names(extends):
            self._extend(name, mark)
        self.open.pop()
        self.layers.append(root.with_value(entries))
        return True

    def _extend(self, name: str, mark: Mark) -> None:
        path = beside(mark, name)
        identity = _identity(path)
        if identity in self.open:
            self._refuse(mark, f"'{name}' extends this file, so neither can be read")
        elif identity in self.done:
            return
        elif len(self.files) >= MOST_FILES:
            self._refuse(mark, f"more than {MOST_FILES} files are extended")
        elif source := read_source(path, self.problems, mark, "extends"):
            self.visit(source, identity)

    def _names(self, extends: Node | None) -> list[tuple[str, Mark]]:
        """Return the files that ``extends`` names, with the place of each."""
        if extends is None or extends.value is None:
            return []
        listed = extends.value if isinstance(extends.value, list) else [extends]
        names = []
        for entry in listed:
            name = entry.value
            if isinstance(name, str) and name not in ("", "-") and "\0" not in name:
                names.append((name, entry.mark))
            else:
                self._refuse(
                    entry.mark,
                    "this is not the name of a file",
                    "write e.g. extends: [common/economics.yaml]",
                )
        return names

    def _refuse(self, mark: Mark, message: str, expected: str = "") -> None:
        self.problems.append(Problem(*mark, "extends", message, expected))


def _identity(path: str | os.PathLike[str]) -> str:
    return os.path.realpath(path)
