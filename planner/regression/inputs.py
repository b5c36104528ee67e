"""Every value that a plan follows from: flat paths, values, and where they stand."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.documents import Mark, Node, plain, walk_leaves
from planner.performance.constants import constants_tree
from planner.records import dataclass
from planner.regression.confidential import fingerprint
from planner.specs.catalogue import Catalogue
from planner.specs.inputs import NO_INPUT
from planner.specs.scenario import Scenario
from planner.specs.workload import Inference, Recommendation

CONSTANTS = "efficiency"
"""First step of the paths of the performance layer's constants."""
DEFAULTS = "defaults"
"""First step of the paths of economics.yaml, where runs and cases follow from it."""
_PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The resolved documents behind a plan.

    Attributes:
        scenario: What is planned; its tree has every value resolved.
        constants: Those of the performance layer.
    """

    scenario: Scenario
    constants: Node

    @classmethod
    def of(cls, scenario: Scenario) -> "Inputs":
        """Return the inputs of a scenario as the files have them now."""
        return cls(scenario, constants_tree())

    def leaves(self) -> dict[str, Node]:
        """Return every value with its place, keyed by dotted path."""
        found = dict(_leaves(self.scenario.tree, ""))
        used = _parts_used(self.scenario)
        constants = _leaves(self.constants, f"{CONSTANTS}.")
        return found | {path: x for path, x in constants if path.split(".")[1] in used}


def value_of(leaf: Node) -> Any:
    """Return the value of a leaf as a golden keeps it; of a confidential one a hash."""
    value = plain(leaf)
    return fingerprint(value) if leaf.confidential else value


def _leaves(root: Node, prefix: str) -> Iterator[tuple[str, Node]]:
    for loc, leaf in walk_leaves(root):
        if not NO_INPUT.intersection(map(str, loc)) and leaf.value is not None:
            yield prefix + ".".join(map(str, loc)), leaf


def _parts_used(scenario: Scenario) -> set[str]:
    """Return the parts of the constants that a scenario's workloads are rated by."""
    return {
        "inference"
        if isinstance(workload, Inference)
        else "recommendation"
        if isinstance(workload, Recommendation)
        else "training"
        for workload in scenario.spec.workloads
        if workload.model is not None
    }


class Places:
    """Names of files that are the same on every machine.

    A file of the catalogue is named as seen from its folder, another one as seen from
    the golden.
    """

    def __init__(self, folder: Path, data_dirs: Sequence[str] = ()) -> None:
        """Keep the golden's folder and those that are searched first."""
        bases = (*Catalogue.of(data_dirs).folders, _PACKAGE)
        self.bases = [os.path.realpath(base) for base in bases]
        self.folder = os.path.realpath(folder)
        self._named: dict[str, str] = {}

    def name(self, file: str) -> str:
        """Return the name of a file as shown in a mark."""
        if file.startswith(("<", "-")):
            return file
        if file not in self._named:
            self._named[file] = self._relative(os.path.realpath(file))
        return self._named[file]

    def text(self, mark: Mark) -> str:
        """Return ``file:line`` of a place."""
        name = self.name(mark.file)
        return f"{name}:{mark.line}" if mark.line else name

    def all(self, leaves: Mapping[str, Node]) -> dict[str, str]:
        """Return the place of every value, keyed by its path."""
        return {path: self.text(leaf.mark) for path, leaf in leaves.items()}

    def _relative(self, path: str) -> str:
        for base in self.bases:
            if Path(path).is_relative_to(base):
                return os.path.relpath(path, base).replace(os.sep, "/")
        return os.path.relpath(path, self.folder).replace(os.sep, "/")
