"""What a run of a sweep is known by: a hash of its resolved inputs and of the model."""

import hashlib

from planner.documents import display_path, parse_yaml, walk_leaves
from planner.errors import InputError
from planner.plan.assemble import inputs_hash
from planner.specs.inputs import number_of
from planner.specs.packed import BASE, Unpacked, alternative_of
from planner.specs.scenario import Scenario
from planner.sweep.division import Sets
from planner.version import __version__


class Keys:
    """Makes the keys of runs, from the leaves of the scenario where that is enough.

    Attributes:
        base_hash: Of the inputs of the scenario itself.
    """

    def __init__(self, base: Scenario, documents: Unpacked) -> None:
        """Keep the scenario; what it varies is written down when it is asked for."""
        self.documents = documents
        self.base_hash = inputs_hash(base.tree)
        self._known = {BASE: _Leaves(base)}

    def key(self, point: Sets) -> str:
        """Return the SHA-256 of a point's resolved inputs and the model's version."""
        name, texts = alternative_of(point)
        if name not in self._known:
            self._known[name] = _Leaves(self.documents.scenario(point[:1]))
        inputs = self._known[name].changed(texts) or self._resolved(point)
        return hashlib.sha256(f"{__version__}\n{inputs}".encode()).hexdigest()

    def _resolved(self, point: Sets) -> str:
        try:
            return inputs_hash(self.documents.scenario(point).tree)
        except InputError:
            return "\n".join((self.base_hash, *point))


class _Leaves:
    """Every value of a scenario, written down once."""

    def __init__(self, scenario: Scenario) -> None:
        leaves = [
            (display_path(scenario.tree, loc), leaf.value)
            for loc, leaf in walk_leaves(scenario.tree)
            if "sources" not in loc
        ]
        self.lines = sorted(f"{path}={value!r}" for path, value in leaves)
        # Prices of other years are converted when they are read, and no longer what
        # was written.
        simple = scenario.spec.inflation is None
        self.values = dict(leaves) if simple else {}

    def changed(self, texts: Sets) -> str | None:
        """Return the hash of inputs with other numbers; None: it is not as simple."""
        changed: dict[str, str] = {}
        for text in texts:
            path, _, written = (part.strip() for part in text.partition("="))
            node = parse_yaml(written, "--set", [])
            if node is None or not self._is_number(path, written):
                return None
            changed[f"{path}={self.values[path]!r}"] = f"{path}={node.value!r}"
        lines = [changed.get(line, line) for line in self.lines]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def _is_number(self, path: str, written: str) -> bool:
        """Return whether one number stands for another: then it names no file."""
        both = self.values.get(path), written
        return all(number_of(value) is not None for value in both)
