"""What a run of a sweep is known by: a hash of its resolved inputs and of the model."""

import hashlib
import re

from planner.documents import display_path, parse_yaml, walk_leaves
from planner.errors import InputError
from planner.plan.assemble import inputs_hash
from planner.specs.packed import Unpacked
from planner.specs.scenario import Scenario
from planner.sweep.division import Sets
from planner.version import __version__

_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?.*")
"""A number, with or without a unit: what stands for it names no file."""


class Keys:
    """Makes the keys of runs, from the leaves of the scenario where that is enough."""

    def __init__(self, base: Scenario, documents: Unpacked) -> None:
        """Write every value of the scenario down once."""
        self.documents = documents
        self.base_hash = inputs_hash(base.tree)
        leaves = [
            (display_path(base.tree, loc), leaf.value)
            for loc, leaf in walk_leaves(base.tree)
            if "sources" not in loc
        ]
        self._lines = sorted(f"{path}={value!r}" for path, value in leaves)
        # Prices of other years are converted when they are read, and no longer what
        # was written.
        simple = base.spec.inflation is None
        self._values = dict(leaves) if simple else {}

    def key(self, point: Sets) -> str:
        """Return the SHA-256 of a point's resolved inputs and the model's version."""
        inputs = self._quick(point) or self._resolved(point)
        return hashlib.sha256(f"{__version__}\n{inputs}".encode()).hexdigest()

    def _quick(self, point: Sets) -> str | None:
        """Return the hash of inputs that differ from the base in numbers alone."""
        changed: dict[str, str] = {}
        for text in point:
            path, _, written = (part.strip() for part in text.partition("="))
            if not self._is_number(path, written):
                return None
            node = parse_yaml(written, "--set", [])
            if node is None:
                return None
            changed[f"{path}={self._values[path]!r}"] = f"{path}={node.value!r}"
        lines = [changed.get(line, line) for line in self._lines]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def _is_number(self, path: str, written: str) -> bool:
        there = self._values.get(path)
        if isinstance(there, bool) or there is None:
            return False
        return bool(_NUMBER.fullmatch(str(there)) and _NUMBER.fullmatch(written))

    def _resolved(self, point: Sets) -> str:
        try:
            return inputs_hash(self.documents.scenario(point).tree)
        except InputError:
            return "\n".join((self.base_hash, *point))
