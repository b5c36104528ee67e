"""Runs and cases: estimates, with the files that they follow from."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from planner import documents
from planner.cost import recommendation as ranking
from planner.cost import serving
from planner.cost.cases import load_cases
from planner.cost.questions import answer, as_dict
from planner.cost.recommendation import ranking_rows
from planner.cost.runs import Asked, load_runs
from planner.cost.serving import inference_rows
from planner.documents import Node, find, walk_leaves
from planner.errors import InputError, Problem
from planner.performance.constants import constants_tree, stated
from planner.regression.changes import Change
from planner.regression.golden import Golden, Solver
from planner.regression.inputs import CONSTANTS, DEFAULTS
from planner.regression.numbers import rounded
from planner.regression.revert import put, tree_of
from planner.specs.catalogue import Catalogue
from planner.specs.inputs import NO_INPUT
from planner.specs.scenario import MetricCheck
from planner.version import __version__

Row = Mapping[str, Any]
_NO_FIGURE = frozenset({"evidence", "defaults", "notes", "interval"})
_FOLDERS = {"accelerators": "hardware", "models": "scenarios/models"}
_ECONOMICS = "scenarios/common/economics.yaml"
_FILE = "file"
_RANKING = frozenset({"demand", "candidates", "latency", "copies"})
_BOUNDS = ("low", "high")


@dataclass(frozen=True)
class Estimated:
    """A file of runs or cases.

    Attributes:
        kind: What it holds.
        parts: Its document and those it follows from, keyed by the first steps of
            their paths: ``file``, ``accelerators.h100``, ``defaults``, ….
        overrides: ``path=value`` texts, applied in ``parts``.
        data_dirs: Folders that are searched before the shipped one.
        changed: Parts that differ from their files.
        path: The file.
    """

    kind: Literal["run", "case"]
    parts: Mapping[str, Node]
    overrides: tuple[str, ...]
    data_dirs: tuple[str, ...]
    path: str
    changed: frozenset[str] = frozenset()

    @classmethod
    def load(
        cls,
        kind: Literal["run", "case"],
        path: str,
        overrides: Sequence[str],
        data_dirs: Sequence[str],
    ) -> "Estimated":
        """Return the estimates of a file.

        Raises:
            InputError: It is no such file.
        """
        problems: list[Problem] = []
        document = documents.load(path, overrides, problems=problems)
        if document is None or problems:
            raise InputError(problems)
        parts = {_FILE: document.root, CONSTANTS: constants_tree()}
        whole = cls(kind, parts, tuple(overrides), tuple(data_dirs), path)
        return replace(whole, parts=parts | whole._found(_used(whole.rows())))

    @property
    def expect(self) -> str:
        """The status of a file that can be read."""
        return "optimal"

    @property
    def checks(self) -> dict[str, MetricCheck] | None:
        """Stated tolerances: these files have none."""
        return {}

    def leaves(self) -> dict[str, Node]:
        """Return every value that the estimates follow from, keyed by path."""
        used = {"run": ("training",)}.get(self.kind, ("inference", "recommendation"))
        found = {}
        for name, root in self.parts.items():
            for loc, leaf in walk_leaves(root):
                if NO_INPUT.intersection(map(str, loc)) or leaf.value is None:
                    continue
                if name == CONSTANTS and loc[0] not in used:
                    continue
                path = ".".join(map(str, loc if name == _FILE else (name, *loc)))
                found[path] = leaf
                for bound in _BOUNDS:
                    if leaf.notes and leaf.notes.get(bound) is not None:
                        beside = leaf.with_value(leaf.notes[bound])
                        found[f"{path}.{bound}"] = beside
        return found

    def without(self, changes: Sequence[Change]) -> "Estimated":
        """Return the same with some changes of its inputs undone."""
        parts, changed = dict(self.parts), set(self.changed)
        for change in changes:
            for edit in change.edits:
                name, steps = self._split(edit.path)
                value = None if edit.before is None else tree_of(edit.before)
                parts[name] = put(parts[name], steps, value)
                changed.add(name)
        return replace(self, parts=parts, changed=frozenset(changed))

    def figures(self) -> Golden:
        """Return the figures of every row, and what bounds or rejects it."""
        rows = self.rows()
        return Golden(
            kind=self.kind,
            status="optimal",
            metrics={name: value for row in rows for name, value in _figures(row)},
            gap=0.0,
            allocation=None,
            binding=sorted(text for row in rows for text in _words(row)),
            inputs={},
            places={},
            solver=Solver("none", "", __version__),
        )

    def rows(self) -> Sequence[Row]:
        """Return the estimates; what was changed is read from a folder of its own."""
        with tempfile.TemporaryDirectory(prefix="planner-") as folder:
            for name in self.changed - {_FILE, CONSTANTS}:
                _write(Path(folder, _place(name)), self.parts[name])
            path, overrides = self.path, self.overrides
            if _FILE in self.changed:
                path, overrides = str(Path(folder, "file.yaml")), ()
                _write(Path(path), self.parts[_FILE])
            with stated(self.parts[CONSTANTS]):
                return self._rows(path, overrides, (folder, *self.data_dirs))

    def _rows(
        self, path: str, overrides: tuple[str, ...], data_dirs: tuple[str, ...]
    ) -> Sequence[Row]:
        if self.kind == "run":
            runs = load_runs(Asked(path, {}, overrides, data_dirs))
            return [as_dict(answer(each)) for each in runs]
        is_ranking = _is_ranking(self.parts[_FILE])
        kind: Literal["inference", "recommendation"] = (
            "recommendation" if is_ranking else "inference"
        )
        cases = load_cases(path, kind, overrides=overrides, data_dirs=data_dirs)
        if is_ranking:
            return ranking.as_dicts([r for case in cases for r in ranking_rows(case)])
        return serving.as_dicts([r for case in cases for r in inference_rows(case)])

    def _found(self, names: Sequence[str]) -> dict[str, Node]:
        """Return the documents of the catalogue that rows were computed from."""
        catalogue, found = Catalogue.of(self.data_dirs), {}
        for name in (*names, DEFAULTS):
            kind, _, file = _place(name).removesuffix(".yaml").rpartition("/")
            document = catalogue.load(kind, file, [])
            if document is not None:
                found[name] = document.root
        return found

    def _split(self, path: str) -> tuple[str, list[str]]:
        """Return the part that a path belongs to, and the steps in it."""
        steps = path.split(".")
        for end in (2, 1):
            name = ".".join(steps[:end])
            if name in self.parts and name != _FILE:
                return name, steps[end:]
        return _FILE, steps


def _used(rows: Sequence[Row]) -> list[str]:
    names = [f"accelerators.{row['accelerator']}" for row in rows]
    names += [f"models.{row['model']}" for row in rows if "model" in row]
    return list(dict.fromkeys(names))


def _place(name: str) -> str:
    """Return where the catalogue keeps a part."""
    family, _, item = name.partition(".")
    return f"{_FOLDERS[family]}/{item}.yaml" if item else _ECONOMICS


def _write(path: Path, root: Node) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_written(root)), encoding="utf-8")  # JSON is YAML


def _written(node: Node) -> Any:
    """Return a document as a file writes it, sources and bounds beside the values."""
    value: Any = node.value
    if isinstance(value, dict):
        value = {key: _written(below) for key, below in value.items()}
    elif isinstance(value, list):
        value = [_written(below) for below in value]
    beside = dict(node.notes or {})
    if node.source is not None and not isinstance(value, dict | list):
        beside["source"] = node.source
    return {"value": value, **beside} if beside else value


def _is_ranking(root: Node) -> bool:
    first = find(root, ("cases", 0))
    return (
        first is not None
        and isinstance(first.value, dict)
        and bool(_RANKING & first.value.keys())
    )


def _figures(row: Row) -> Iterator[tuple[str, float | None]]:
    """Yield every number of a row under run/accelerator/figure."""
    for path, value in _flat(row):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{row['name']}/{row['accelerator']}/{path}", rounded(value)


def _words(row: Row) -> Iterator[str]:
    """Yield what bounds a row, or why it cannot be done."""
    where = f"{row['name']}/{row['accelerator']}"
    if row.get("rejected"):
        yield f"{where}/rejected: {row['rejected']['reason']}"
    elif "binding" in row:
        yield f"{where}/{row['binding']}"


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for key, below in value.items():
        if key not in _NO_FIGURE:
            yield from _flat(below, f"{path}.{key}" if path else key)
