"""Which inputs differ between two sets of them, each as one thing to put back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from planner.documents import Mark
from planner.records import dataclass
from planner.regression.confidential import ends_shown, kept_alike
from planner.regression.inputs import CONSTANTS, DEFAULTS
from planner.regression.numbers import same_value

Values = Mapping[str, Any]
Steps = tuple[str, ...]
NOWHERE = Mark("", 0, 0)


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands below a path, before and after; None: nothing does."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change in one place, however many values of the plan it feeds.

    Attributes:
        file: As shown to the user; where the value is gone, where it stood.
        line: Counted from 1; 0: the file as a whole.
        path: As ``--set`` takes it; that of the file where it feeds several values.
        before: In the golden; None where nothing stood there, ``…`` for what is
            confidential.
        after: Now, likewise.
        edits: The values of the resolved documents that differ.
    """

    file: str
    line: int
    path: str
    before: Any
    after: Any
    edits: tuple[Edit, ...]

    @property
    def shown_path(self) -> str:
        """Return the path as the file itself would write it."""
        family, _, rest = self.path.partition(".")
        name, _, below = rest.partition(".")
        if family in (CONSTANTS, DEFAULTS):
            return rest
        own = {"accelerators": f"hardware/{name}.yaml", "models": f"models/{name}.yaml"}
        is_own = self.file.endswith(own.get(family, "\0"))
        return below if is_own and below else self.path


def changes_between(
    before: Values,
    after: Values,
    old_places: Mapping[str, str],
    marks: Mapping[str, Mark],
) -> list[Change]:
    """Return what changed, by file and line.

    Args:
        before: Values keyed by path.
        after: The same, now.
        old_places: ``file:line`` of the values before.
        marks: Places of the values now.
    """
    before, after = kept_alike(before, after)
    roots = _Roots(before, after)
    paths = sorted(before.keys() | after.keys())
    changed = [p for p in paths if not _same(before, after, p)]
    edits = {}
    for path in changed:
        root = roots.of(path)
        if root not in edits:
            parts = [_below(values, root) for values in (before, after)]
            edits[root] = Edit(root, *parts)
    by_place: dict[tuple[Any, ...], list[Edit]] = defaultdict(list)
    for root, edit in edits.items():
        mark = _mark_of(root, marks, old_places)
        is_leaf = root in marks
        key = (mark, str(edit.before), str(edit.after)) if is_leaf else (mark, root)
        by_place[key].append(edit)
    found = [_change(key[0], group) for key, group in by_place.items()]
    return sorted(found, key=lambda change: (change.file, change.line, change.path))


def by_file(changes: Iterable[Change]) -> list[Change]:
    """Return one change for each file, with all that changed in it."""
    groups: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        groups[change.file].append(change)
    found = []
    for file, group in groups.items():
        edits = tuple(edit for change in group for edit in change.edits)
        path = f"{len(group)} inputs" if len(group) > 1 else group[0].path
        found.append(Change(file, 0, path, None, None, edits))
    return found


def _same(before: Values, after: Values, path: str) -> bool:
    return path in before and path in after and same_value(before[path], after[path])


def _change(mark: Mark, edits: list[Edit]) -> Change:
    first = edits[0]
    path = first.path if len(edits) == 1 else _shared_end(edit.path for edit in edits)
    ends = ends_shown(first.before, first.after)
    return Change(mark.file, mark.line, path, *ends, tuple(edits))


def _shared_end(paths: Iterable[str]) -> str:
    """Return the last steps that paths have in common."""
    reversed_steps = [path.split(".")[::-1] for path in paths]
    shared = []
    for steps in zip(*reversed_steps, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return ".".join(reversed(shared))


def _mark_of(root: str, marks: Mapping[str, Mark], old: Mapping[str, str]) -> Mark:
    """Return where a value stands, else where the first below it does or did."""
    if root in marks:
        return marks[root]
    below = sorted(mark for path, mark in marks.items() if _is_at(path, root))
    if below:
        return below[0]
    places = [place for path, place in sorted(old.items()) if _is_at(path, root)]
    file, _, line = places[0].rpartition(":") if places else ("", "", "0")
    return Mark(file, int(line), 0) if line.isdigit() else Mark(places[0], 0, 0)


def _is_at(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}.")


def _below(values: Values, root: str) -> Any:
    """Return what stands at or below a path, nested; None: nothing."""
    if root in values:
        return values[root]
    nested: dict[str, Any] = {}
    for path, value in values.items():
        if path.startswith(f"{root}."):
            *above, last = path[len(root) + 1 :].split(".")
            at = nested
            for step in above:
                at = at.setdefault(step, {})
            at[last] = value
    return listed(nested) if nested else None


def listed(nested: Any) -> Any:
    """Return mappings as the lists that they stand for: by number, or by name."""
    if not isinstance(nested, dict):
        return nested
    items = {key: listed(value) for key, value in nested.items()}
    if list(items) and set(items) == {str(n) for n in range(len(items))}:
        return [items[str(n)] for n in range(len(items))]
    if items and all(
        isinstance(value, dict) and str(value.get("name")) == key
        for key, value in items.items()
    ):
        return list(items.values())
    return items


class _Roots:
    """The path under which each change is put back as a whole.

    What stands on one side alone comes and goes with all that is below it, and a list
    without names is replaced whole where its length or its scalars differ.
    """

    def __init__(self, before: Values, after: Values) -> None:
        self.sides = [_Side(before), _Side(after)]

    def of(self, path: str) -> str:
        """Return the shortest path that must be put back for ``path``."""
        steps = path.split(".")
        for end in range(1, len(steps)):
            at = ".".join(steps[:end])
            forms = [side.form(at) for side in self.sides]
            if forms[0] != forms[1] or forms[0] == "scalars":
                return at
        return path


class _Side:
    """What kind of value stands at each path."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.below: dict[str, set[str]] = defaultdict(set)
        for path in values:
            steps = path.split(".")
            at = steps[0]
            for _, step in pairwise(steps):
                self.below[at].add(step)
                at = f"{at}.{step}"

    def form(self, path: str) -> str:
        """Return ``none``, ``value``, ``mapping``, ``scalars`` or a list's length."""
        if path in self.values:
            return "value"
        steps = self.below.get(path)
        if not steps:
            return "none"
        if steps != {str(n) for n in range(len(steps))}:
            return "mapping"
        plain = all(f"{path}.{n}" in self.values for n in range(len(steps)))
        return "scalars" if plain else f"list of {len(steps)}"
