"""A file of serving cases, and everything that its names stand for."""

from collections.abc import Sequence
from typing import Literal

from planner import documents
from planner.documents import Mark, Node, plain
from planner.economics.inputs import (
    Default,
    Figures,
    active_kw,
    optional,
    ownership,
    rental_usd_h,
)
from planner.economics.ownership import HourlyCost, hourly_kwh, owned_hour
from planner.errors import InputError, Problem
from planner.performance.chips import Chip
from planner.performance.inputs import chip
from planner.performance.ranges import Range, exactly
from planner.records import dataclass
from planner.specs.accelerator import Accelerator
from planner.specs.case import Case, Cases, InferenceCase
from planner.specs.catalogue import Catalogue
from planner.specs.model import Model
from planner.specs.sources import check_sources
from planner.specs.structure import problem_at, structure

ALL = "all"
"""Stands for every accelerator of the catalogue."""

CaseKind = Literal["inference", "recommendation"]
_MODEL_KINDS = {"inference": "transformer", "recommendation": "ranking"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An accelerator that a case may use, and what an hour of it costs.

    Attributes:
        chip: What the performance layer sees.
        why: Why it cannot do other kinds of work; empty where its file does not say.
        evidence: ``measured`` or ``assumed``, of the factor on serving rates.
        factor: That factor over its own base, with its bounds.
        owned: Of one hour of paid work; None without a price.
        rented: USD per hour; None without a price.
        energy_kwh: Drawn at the meter in one hour under load.
        utilisation: Share of its hours in which an owned one does paid work.
        defaults: Figures that nobody stated.
    """

    chip: Chip
    why: str
    evidence: Literal["measured", "assumed"]
    factor: Range
    owned: HourlyCost | None
    rented: Range | None
    energy_kwh: Range
    utilisation: Range
    defaults: tuple[Default, ...]


@dataclass(frozen=True, slots=True)
class ServingCase:
    """One case with its model and the accelerators to compare.

    Attributes:
        case: As it is written.
        model: What it serves.
        candidates: The accelerators.
        mark: Where it is written.
    """

    case: Case
    model: Model
    candidates: tuple[Candidate, ...]
    mark: Mark


def load_cases(
    path: str,
    kind: CaseKind,
    *,
    accelerators: Sequence[str] = (),
    overrides: Sequence[str] = (),
    data_dirs: Sequence[str] = (),
) -> list[ServingCase]:
    """Return the cases of a file, ``-`` being standard input.

    Args:
        path: The file.
        kind: Of all its cases.
        accelerators: Names, or ``all``, in place of those of every case.
        overrides: ``path=value`` texts.
        data_dirs: Folders searched before the shipped one.

    Raises:
        InputError: Anything is wrong; lists every problem.
    """
    problems: list[Problem] = []
    catalogue = Catalogue.of(data_dirs)
    document = documents.load(path, overrides, problems=problems)
    if document is None:
        raise InputError(problems)
    reader = _Reader(catalogue, document.root, kind, tuple(accelerators), problems)
    found = reader.cases()
    if problems:
        raise InputError(problems)
    return found


class _Reader:
    """Replaces the names of one file by what they stand for."""

    def __init__(
        self,
        catalogue: Catalogue,
        root: Node,
        kind: CaseKind,
        accelerators: tuple[str, ...],
        problems: list[Problem],
    ) -> None:
        self.catalogue = catalogue
        self.root = root
        self.kind = kind
        self.accelerators = accelerators
        self.problems = problems
        self.known: dict[str, Candidate | None] = {}

    def cases(self) -> list[ServingCase]:
        """Return the cases that have no problem."""
        check_sources(self.root, self.problems)
        spec = structure(Cases, self.root, plain(self.root), self.problems)
        if spec is None:
            return []
        found = [self._case(number, case) for number, case in enumerate(spec.cases)]
        return [case for case in found if case is not None]

    def _case(self, number: int, case: Case) -> ServingCase | None:
        loc = ("cases", number)
        is_inference = isinstance(case, InferenceCase)
        if is_inference != (self.kind == "inference"):
            other = "inference" if is_inference else "recommendation"
            expected = f"use 'planner cost {other}'"
            self._problem(loc, f"is a case of {other}", expected)
            return None
        model = self._model((*loc, "model"), case)
        names = self._names(case)
        found = [self._candidate((*loc, "accelerator"), name) for name in names]
        used = [each for each in found if each is not None]
        if model is None or len(used) < len(found) or not self._writes(loc, case):
            return None
        node = documents.find(self.root, loc)
        mark = self.root.mark if node is None else node.mark
        return ServingCase(case, model, tuple(used), mark)

    def _writes(self, loc: tuple[str | int, ...], case: Case) -> bool:
        """Return whether a case of inference has an answer at all."""
        if not isinstance(case, InferenceCase) or case.output:
            return True
        expected = "write at least 1 token, e.g. '211 token'"
        self._problem((*loc, "output"), "is an answer without tokens", expected)
        return False

    def _names(self, case: Case) -> Sequence[str]:
        names = self.accelerators or case.accelerator
        if ALL in names:
            return self.catalogue.names("hardware")
        return list(dict.fromkeys(names))

    def _model(self, loc: tuple[str | int, ...], case: Case) -> Model | None:
        model = case.model
        if isinstance(model, str):
            found = self._read("scenarios/models", model, loc)
            if found is None:
                return None
            read = structure(Model, found, plain(found), self.problems)
            if read is None:
                return None
            model = read
        wanted = _MODEL_KINDS[self.kind]
        if model.kind == wanted:
            return model
        message = f"{model.name!r} is a {model.kind} model"
        self._problem(loc, message, f"write a {wanted} model")
        return None

    def _candidate(self, loc: tuple[str | int, ...], name: str) -> Candidate | None:
        if name not in self.known:
            node = self._read("hardware", name, loc)
            spec = None
            if node is not None:
                spec = structure(Accelerator, node, plain(node), self.problems)
            self.known[name] = (
                None if node is None or spec is None else self._costed(node, spec)
            )
        return self.known[name]

    def _costed(self, node: Node, spec: Accelerator) -> Candidate | None:
        economics = self.catalogue.load("scenarios/common", "economics", self.problems)
        if economics is None:
            return None
        figures = Figures(node, economics.root, {})
        inputs = ownership(figures)
        return Candidate(
            chip=chip(spec),
            why=spec.why or "",
            evidence=_evidence(node, spec),
            factor=_factor(node),
            owned=None if inputs is None else owned_hour(inputs),
            rented=rental_usd_h(node),
            energy_kwh=hourly_kwh(active_kw(node), figures.default("pue", "")),
            utilisation=figures.default("utilisation", ""),
            defaults=tuple(figures.defaults_used()),
        )

    def _read(self, kind: str, name: str, loc: tuple[str | int, ...]) -> Node | None:
        before = len(self.problems)
        document = self.catalogue.load(kind, name, self.problems)
        if document is not None:
            check_sources(document.root, self.problems)
            return document.root
        if len(self.problems) == before:
            hint = self.catalogue.hint(kind, name)
            known = ", ".join(self.catalogue.names(kind))
            expected = "" if hint else f"known are {known}"
            self._problem(loc, f"{name!r} is not in the catalogue", expected, hint)
        return None

    def _problem(
        self,
        loc: tuple[str | int, ...],
        message: str,
        expected: str = "",
        hint: str = "",
    ) -> None:
        self.problems.append(problem_at(self.root, loc, message, expected, hint))


def _evidence(node: Node, spec: Accelerator) -> Literal["measured", "assumed"]:
    """Return whether the factor on serving rates has a measurement behind it."""
    factor = documents.find(node, ("efficiency", "inference"))
    source = spec.sources.get(factor.source or "") if factor is not None else None
    if source is None or source.kind == "assumption":
        return "assumed"
    return "measured"


def _factor(node: Node) -> Range:
    """Return the bounds of the factor on serving rates, relative to its base."""
    found = optional(node, "efficiency.inference", "")
    return exactly(1.0) if not found or not found.base else found.times(1 / found.base)
