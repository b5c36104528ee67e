"""A file of training runs, or one run in flags, and all that their names stand for."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from planner import documents
from planner.cost.hardware import Hardware, hardware
from planner.cost.training import Job, Method, Setting, job_of
from planner.documents import Document, Mark, Node, find, plain
from planner.economics.inputs import Default
from planner.errors import InputError, Problem
from planner.performance.constants import load_constants
from planner.performance.inputs import transformer
from planner.performance.models import Transformer
from planner.performance.results import Rejection
from planner.records import dataclass
from planner.specs.accelerator import Accelerator
from planner.specs.catalogue import Catalogue
from planner.specs.economics import Economics
from planner.specs.model import Model
from planner.specs.run import Run
from planner.specs.sources import check_sources
from planner.specs.structure import problem_at, structure
from planner.units import magnitude

_STATED = {
    "pue": ("site", "pue"),
    "electricity": ("site", "electricity"),
    "carbon": ("site", "carbon"),
    "lifetime": ("economics", "lifetime"),
    "utilisation": ("economics", "utilisation"),
}
_DOUBLING = re.compile(r"\s*([0-9]{1,9})\.\.([0-9]{1,9})\s+doubling\s*")
ALL = "all"
"""Stands for every accelerator of the catalogue that trains."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One run on one accelerator.

    Attributes:
        name: Of the run.
        accelerator: Its name.
        runs: Kinds of work that it is known to do.
        job: The run there, or why it cannot be done.
        count: Accelerators; None where open.
        days: It may take; None where open.
        node: The run as it is written, for places in messages.
    """

    name: str
    accelerator: str
    runs: tuple[str, ...]
    job: Job | Rejection
    count: int | None
    days: float | None
    node: Node


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks, over what a file says.

    Attributes:
        path: The file; None where flags alone describe the run.
        flags: Keys of a run with what was written, e.g. ``{"tokens": "15 Ttoken"}``.
        overrides: Texts ``path=value``.
        data_dirs: Folders that are searched first.
    """

    path: str | None
    flags: Mapping[str, Any]
    overrides: tuple[str, ...] = ()
    data_dirs: tuple[str, ...] = ()


def load_runs(asked: Asked) -> list[Candidate]:
    """Return every run on each of its accelerators.

    Raises:
        InputError: Anything is wrong; lists every problem.
    """
    problems: list[Problem] = []
    catalogue = Catalogue.of(asked.data_dirs)
    document = _document(asked, problems)
    if document is None:
        raise InputError(problems)
    check_sources(document.root, problems)
    nodes = [_flagged(node, asked.flags) for node in _run_nodes(document.root)]
    reading = _Reading(catalogue, problems)
    found = [candidate for node in nodes for candidate in reading.candidates(node)]
    if problems:
        raise InputError(problems)
    return found


def _document(asked: Asked, problems: list[Problem]) -> Document | None:
    """Return the file, or an empty document for flags alone."""
    if asked.path is not None:
        return documents.load(asked.path, asked.overrides, problems=problems)
    root = _node({"name": "run"})
    for text in asked.overrides:
        root = documents.apply_override(root, text, problems)
    return Document(root, [], asked.overrides)


def _run_nodes(root: Node) -> list[Node]:
    """Return each run of a file; what is no list of runs counts as one."""
    listed = root.value.get("runs") if isinstance(root.value, dict) else None
    if listed is None or not isinstance(listed.value, list):
        return [root]
    return list(listed.value)


def _flagged(node: Node, flags: Mapping[str, Any]) -> Node:
    """Return a run with the flags laid over it; count and days replace each other."""
    if not isinstance(node.value, dict):
        return node
    entries = dict(node.value)
    for key in ("count", "days"):
        if key in flags:
            entries.pop("days" if key == "count" else "count", None)
    entries |= {key: _node(value) for key, value in flags.items()}
    return node.with_value(entries)


def _node(value: Any) -> Node:
    """Return what was written on the command line as a document."""
    mark = Mark("", 0, 0)
    if isinstance(value, dict):
        return Node({key: _node(each) for key, each in value.items()}, mark)
    if isinstance(value, list | tuple):
        return Node([_node(each) for each in value], mark)
    return Node(value, mark)


class _Reading:
    """Runs read so far, with the accelerators and models that they name."""

    def __init__(self, catalogue: Catalogue, problems: list[Problem]) -> None:
        """Keep where names are looked up and where problems go."""
        self.catalogue = catalogue
        self.problems = problems
        self.economics = catalogue.load("scenarios/common", "economics", problems)
        if self.economics is not None:
            root = self.economics.root
            structure(Economics, root, plain(root), problems)
        self.specs: dict[str, Accelerator | None] = {}

    def candidates(self, node: Node) -> Iterator[Candidate]:
        """Yield a run on each of its accelerators."""
        data = plain(node)
        run = structure(Run, node, data, self.problems)
        if run is None:
            return
        model = self._model(run, node)
        stated = {
            name: own
            for name, path in _STATED.items()
            if (own := find(node, path)) is not None
        }
        for name in self._names(run):
            spec = self._accelerator(name, node)
            if spec is None or model is None or self.economics is None:
                continue
            document = self.catalogue.load("hardware", name, self.problems)
            if document is None:
                continue
            used = hardware(spec, document.root, self.economics.root, stated)
            yield Candidate(
                name=run.name,
                accelerator=name,
                runs=spec.runs,
                job=_job(run, model, used),
                count=run.count,
                days=None if run.days is None else magnitude(run.days, "day"),
                node=node,
            )

    def _names(self, run: Run) -> list[str]:
        if ALL not in run.accelerator:
            return list(dict.fromkeys(run.accelerator))
        return self.catalogue.names("hardware")

    def _model(self, run: Run, node: Node) -> Transformer | None:
        """Return the model of a run; None with a problem added."""
        spec = self._model_spec(run, node)
        if spec is None:
            return None
        if spec.kind != "transformer":
            message = f"{spec.name} is a ranking model"
            self._problem(node, ("model",), message, "write a transformer")
            return None
        return transformer(spec)

    def _model_spec(self, run: Run, node: Node) -> Model | None:
        if isinstance(run.model, Model):
            return run.model
        document = self._named("scenarios/models", run.model, node, ("model",))
        if document is None:
            return None
        return structure(Model, document.root, plain(document.root), self.problems)

    def _accelerator(self, name: str, node: Node) -> Accelerator | None:
        """Return an accelerator, read once."""
        if name not in self.specs:
            document = self._named("hardware", name, node, ("accelerator",))
            self.specs[name] = (
                None
                if document is None
                else structure(
                    Accelerator, document.root, plain(document.root), self.problems
                )
            )
        return self.specs[name]

    def _named(
        self, kind: str, name: str, node: Node, loc: tuple[str, ...]
    ) -> Document | None:
        """Return a file of the catalogue; None with a problem added."""
        if self.catalogue.path(kind, name) is None:
            hint = self.catalogue.hint(kind, name)
            known = "" if hint else f"known are {', '.join(self.catalogue.names(kind))}"
            message = f"{name!r} is not in the catalogue"
            self.problems.append(problem_at(node, loc, message, known, hint))
            return None
        return self.catalogue.load(kind, name, self.problems)

    def _problem(
        self, node: Node, loc: tuple[str, ...], message: str, expected: str
    ) -> None:
        self.problems.append(problem_at(node, loc, message, expected))


def _job(run: Run, model: Transformer, used: Hardware) -> Job | Rejection:
    """Return a run on an accelerator, with what it takes for granted."""
    defaults = []
    length = load_constants().training.sequence_tokens
    if run.sequence_length is not None:
        length = magnitude(run.sequence_length, "token")
    else:
        defaults.append(Default("sequence_length", f"{length:g} token"))
    defaults += [
        Default(key, getattr(run, key))
        for key in ("precision", "method", "setting")
        if key not in run.model_fields_set
    ]
    method: Method = run.method
    setting: Setting = run.setting
    return job_of(
        run.name,
        model,
        used,
        tokens=magnitude(run.tokens, "token"),
        sequence_tokens=length,
        precision=run.precision,
        method=method,
        setting=setting,
        defaults=tuple(defaults),
    )


def days_between(start: str, deadline: str) -> int:
    """Return the days from one date to another, both written ``2026-12-31``.

    Raises:
        ValueError: One is no date, or they are in the wrong order.
    """
    first, last = _date(start), _date(deadline)
    if last <= first:
        msg = f"{deadline} is not after {start}; write a later deadline"
        raise ValueError(msg)
    return (last - first).days


def month_of(start: str) -> int:
    """Return the month of a date as year·12 + month - 1.

    Raises:
        ValueError: It is no date.
    """
    found = _date(start)
    return found.year * 12 + found.month - 1


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = f"{text!r} is not a date; write e.g. 2026-12-31"
        raise ValueError(msg) from None


def counts_of(text: str) -> list[int]:
    """Return the counts that ``2048..65536 doubling`` or ``1024,4096`` writes.

    Raises:
        ValueError: It is neither; says what to write.
    """
    found = _DOUBLING.fullmatch(text)
    if found is not None:
        low, high = (int(end) for end in found.groups())
        counts = [low * 2**n for n in range(high.bit_length()) if low * 2**n <= high]
    else:
        parts = [part.strip() for part in text.split(",")]
        counts = [int(part) for part in parts] if all(map(str.isdigit, parts)) else []
    if not counts or min(counts) < 1:
        msg = f"{text!r} are not counts; write '2048..65536 doubling' or '1024,4096'"
        raise ValueError(msg)
    return counts
