"""A scenario file, with everything it names, to a checked ``Scenario``."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path as FilePath

from planner import documents
from planner.documents import Document, Node, Path, find, plain
from planner.errors import InputError, Problem
from planner.specs.accelerator import Accelerator
from planner.specs.catalogue import Catalogue
from planner.specs.checks import check
from planner.specs.fields import shown
from planner.specs.inflation import Conversion
from planner.specs.model import Model
from planner.specs.scenario import Scenario, ScenarioSpec
from planner.specs.sources import check_sources
from planner.specs.structure import problem_at, structure, unknown_key
from planner.specs.tables import resolve_tables
from planner.specs.variants import Variant, check_variants

SITE_DEFAULTS = ("pue", "electricity", "carbon")
DESCRIBES = frozenset({"vendor", "power"})
"""Keys that make a mapping an accelerator of its own, without a catalogue file."""


def load_scenario(
    path: str | FilePath,
    *,
    overrides: Sequence[str] = (),
    data_dirs: Sequence[str | FilePath] = (),
    alternative: str | None = None,
) -> Scenario:
    """Return the checked scenario of a file, ``-`` being standard input.

    Args:
        path: The scenario file.
        overrides: ``path=value`` texts, applied in order after ``extends``.
        data_dirs: Folders searched before the shipped one.
        alternative: Name of one of its alternatives, applied before the overrides;
            None: the scenario as it stands.

    Raises:
        InputError: Anything is wrong; lists every problem of every file.
    """
    found = _loaded(path, overrides, data_dirs, alternative)
    if alternative is None:
        check_variants(found, partial(reload, found, ()))
    return found


def reload(
    scenario: Scenario, more: Sequence[str], *, alternative: str | None = None
) -> Scenario:
    """Return the same scenario with further ``path=value`` texts.

    Args:
        scenario: As it was loaded.
        more: Texts that are applied after its own.
        alternative: Name of another alternative; None: the scenario's own, if any.

    Raises:
        InputError: One of them does not fit.
    """
    overrides = (*scenario.overrides, *more)
    name = scenario.alternative if alternative is None else alternative
    return _loaded(scenario.path, overrides, scenario.data_dirs, name)


def _loaded(
    path: str | FilePath,
    overrides: Sequence[str],
    data_dirs: Sequence[str | FilePath],
    alternative: str | None,
) -> Scenario:
    """Return a checked scenario, whose other alternatives are not looked at.

    Raises:
        InputError: Anything is wrong; lists every problem of every file.
    """
    problems: list[Problem] = []
    catalogue = Catalogue.of(data_dirs)
    variant = None if alternative is None else Variant(alternative, problems)
    document = documents.load(path, overrides, problems=problems, first=variant)
    if document is None:
        raise InputError(problems)
    scenario = resolved(document, catalogue, problems)
    if problems or scenario is None:
        raise InputError(problems if variant is None else variant.placed(problems))
    return replace(
        scenario,
        path=str(path),
        data_dirs=tuple(str(folder) for folder in data_dirs),
        alternative=alternative,
        applied=variant.texts(scenario.tree) if variant else (),
    )


def resolved(
    document: Document, catalogue: Catalogue, problems: list[Problem]
) -> Scenario | None:
    """Return the scenario that a document is, with everything it names.

    Args:
        document: With ``extends`` resolved and overrides applied; not changed.
        catalogue: Where names are looked up.
        problems: Gets everything wrong; with any the scenario is None.
    """
    return _Resolver(catalogue, document, problems).scenario()


class _Resolver:
    """Replaces the names in one document by what they stand for."""

    def __init__(
        self, catalogue: Catalogue, document: Document, problems: list[Problem]
    ) -> None:
        """Keep where names are looked up and where problems go."""
        self.catalogue = catalogue
        self.root = document.root
        self.problems = problems
        self.files = list(document.files)
        self.overrides = tuple(document.overrides)
        self.conversion: Conversion | None = None

    def scenario(self) -> Scenario | None:
        """Return the scenario; None when there are problems."""
        check_sources(self.root, self.problems)
        self.root = resolve_tables(self.root, self.files, self.problems)
        self.conversion = Conversion.of(self.root, self.problems)
        self._check_resolved()
        unread = {(p.file, p.line, p.column) for p in self.problems}
        accelerators = self._accelerators()
        models = self._models()
        self._site_defaults()
        self._in_money_of_one_year()
        data = {
            key: value
            for key, value in plain(self.root).items()
            if key not in ("accelerators", "models")
        }
        data |= {"accelerators": accelerators, "models": models}
        found: list[Problem] = []
        self._some_place(found)
        spec = structure(ScenarioSpec, self.root, data, found)
        self.problems += [p for p in found if (p.file, p.line, p.column) not in unread]
        if spec is None or self.problems:
            return None
        scenario = Scenario(spec, self.root, tuple(self.files), self.overrides)
        warnings = check(scenario, self.problems)
        return replace(scenario, warnings=tuple(warnings))

    def _check_resolved(self) -> None:
        """Refuse keys that the loader itself fills in."""
        written = self.root.value if isinstance(self.root.value, dict) else {}
        for key in sorted(ScenarioSpec.resolved & written.keys()):
            self.problems.append(unknown_key(ScenarioSpec, self.root, (key,)))

    def _some_place(self, found: list[Problem]) -> None:
        """Refuse a scenario that has neither a site nor an offer of leases."""
        written = [self._child(key) for key in ("sites", "leases")]
        if any(node is not None and node.value != [] for node in written):
            return
        message, expected = "is missing", "write 'sites: …' (Places with power)"
        if written[0] is not None:
            message, expected = "is empty", "write at least one"
        found.append(problem_at(self.root, ("sites",), message, expected))

    def _accelerators(self) -> dict[str, Accelerator]:
        """Return the accelerators that take part; the tree gets their values."""
        node = self._child("accelerators")
        if node is None or not isinstance(node.value, list):
            message = f"{shown(plain(node))} is not a list" if node else "is missing"
            expected = "write e.g. 'accelerators: [h100, b200]'"
            self._problem(("accelerators",), message, expected)
            return {}
        if not node.value:
            self._problem(("accelerators",), "is empty", "write at least one")
        found: dict[str, Accelerator] = {}
        resolved: dict[str, Node] = {}
        for number, item in enumerate(node.value):
            name, overlay = self._named(item, number)
            if name is None:
                continue
            loc = ("accelerators", number)
            if name in resolved:
                self._problem(loc, f"{name!r} is listed twice")
                continue
            overlaid = self._overlaid("hardware", name, overlay, loc)
            if overlaid is None:
                continue
            whole, own = overlaid
            if item.confidential:
                whole = documents.covered(whole)
            resolved[name] = self._converted(whole, ("accelerators", name), whole)
            spec = self._accelerator(name, resolved[name], own)
            if spec is not None:
                found[name] = spec
        node.value = resolved
        return found

    def _accelerator(self, name: str, node: Node, own: set[str]) -> Accelerator | None:
        path = f"accelerators.{name}"
        return structure(
            Accelerator, node, plain(node), self.problems, prefix=path, own=own
        )

    def _named(self, item: Node, number: int) -> tuple[str | None, Node | None]:
        """Return name and overlay of one entry of ``accelerators``."""
        if isinstance(item.value, str):
            return item.value, None
        name = item.value.get("name") if isinstance(item.value, dict) else None
        if name is None or not isinstance(name.value, str):
            expected = "write e.g. 'b200' or '{name: b200, price: {system: 31 kUSD}}'"
            self._problem(("accelerators", number), "has no name", expected)
            return None, None
        return name.value, item

    def _overlaid(
        self, kind: str, name: str, overlay: Node | None, loc: tuple[str | int, ...]
    ) -> tuple[Node, set[str]] | None:
        """Return the catalogue's document with an overlay laid over it.

        The second part is the files of the catalogue that it comes from.
        """
        before = len(self.problems)
        document = self.catalogue.load(kind, name, self.problems)
        if document is not None:
            self.files += [f for f in document.files if f not in self.files]
            check_sources(document.root, self.problems)
            root = document.root
            laid = root if overlay is None else _laid(root, overlay)
            return laid, {file for file, _ in document.files}
        if len(self.problems) > before:
            return None
        if overlay is not None and overlay.value.keys() >= DESCRIBES:  # type: ignore[union-attr]  # a mapping, as _named made sure
            return overlay, set()
        hint = self.catalogue.hint(kind, name)
        known = ", ".join(self.catalogue.names(kind))
        self._problem(
            loc,
            f"{shown(name)} is not in the catalogue",
            "" if hint else f"known are {known}",
            hint,
        )
        return None

    def _in_money_of_one_year(self) -> None:
        """Convert the prices of other years; those of accelerators are already."""
        common = self.catalogue.load("scenarios/common", "economics", self.problems)
        entries = self.root.value
        if self.conversion is None or not isinstance(entries, dict):
            return
        scopes = [common.root] if common else []
        for key, node in entries.items():
            if key != "accelerators":
                entries[key] = self._converted(node, (key,), *scopes)

    def _converted(self, node: Node, loc: Path, *more: Node) -> Node:
        """Return a part with its prices in the money of `currency_year`.

        Args:
            node: The part.
            loc: Its place in the scenario.
            more: Documents whose sources it may name beside the scenario's.
        """
        if self.conversion is None:
            return node
        scopes = [*more, self.root] if loc[0] == "accelerators" else [self.root, *more]
        return self.conversion.converted(node, loc, scopes, self.problems)

    def _models(self) -> dict[str, Model]:
        """Return the models that workloads name; the tree gets their values."""
        found: dict[str, Model] = {}
        resolved: dict[str, Node] = {}
        workloads = self._child("workloads")
        items = workloads.value if workloads is not None else None
        for number, item in enumerate(items if isinstance(items, list) else ()):
            node = item.value.get("model") if isinstance(item.value, dict) else None
            if node is None or not isinstance(node.value, str):
                continue
            name = node.value
            if name in resolved:
                continue
            loc = ("workloads", number, "model")
            overlaid = self._overlaid("scenarios/models", name, None, loc)
            if overlaid is None:
                continue
            whole = resolved[name] = overlaid[0]
            spec = structure(Model, whole, plain(whole), self.problems)
            if spec is not None:
                found[name] = spec
        if resolved and isinstance(self.root.value, dict):
            self.root.value["models"] = Node(resolved, self.root.mark)
        return found

    def _site_defaults(self) -> None:
        """Give every site the defaults of economics.yaml that it lacks."""
        sites = self._child("sites")
        document = self.catalogue.load("scenarios/common", "economics", self.problems)
        if sites is None or document is None or not isinstance(sites.value, list):
            return
        used = False
        for site in sites.value:
            written = site.value
            for key in SITE_DEFAULTS if isinstance(written, dict) else ():
                default = find(document.root, (key,))
                if isinstance(written, dict) and default and key not in written:
                    written[key] = default
                    used = True
        if used:
            self.files += [f for f in document.files if f not in self.files]

    def _child(self, key: str) -> Node | None:
        value = self.root.value
        return value.get(key) if isinstance(value, dict) else None

    def _problem(
        self,
        loc: tuple[str | int, ...],
        message: str,
        expected: str = "",
        hint: str = "",
    ) -> None:
        self.problems.append(problem_at(self.root, loc, message, expected, hint))


def _laid(root: Node, overlay: Node) -> Node:
    """Return a catalogue document with an overlay; ``null`` takes a value away."""
    return _without_none(documents.merge(root, overlay))


def _without_none(node: Node) -> Node:
    if not isinstance(node.value, dict):
        return node
    kept = {k: _without_none(v) for k, v in node.value.items() if v.value is not None}
    return node.with_value(kept)
