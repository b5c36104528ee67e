"""What a file holds, by its place and its keys, and what is wrong with it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from planner import documents
from planner.cli.errors import INTERNAL, internal_problem
from planner.documents import Document, Node, display_path, plain, shown_path
from planner.errors import InputError, Problem
from planner.specs.accelerator import Accelerator
from planner.specs.case import Cases
from planner.specs.catalogue import shipped_folder
from planner.specs.economics import Economics
from planner.specs.fields import Spec
from planner.specs.load import load_scenario
from planner.specs.model import Model
from planner.specs.rehearsal import rehearse
from planner.specs.run import Run, Runs
from planner.specs.scenario import Scenario
from planner.specs.sources import check_sources, unsourced
from planner.specs.structure import structure

Kind = Literal["scenario", "part", "hardware", "model", "economics", "run", "case"]

_BY_FOLDER: dict[str, Kind] = {
    "hardware": "hardware",
    "models": "model",
    "runs": "run",
    "cases": "case",
}
_BY_KEY: dict[str, Kind] = {
    "horizon": "scenario",
    "workloads": "scenario",
    "extends": "scenario",
    "sites": "scenario",
    "vendor": "hardware",
    "peak": "hardware",
    "layers": "model",
    "parameters": "model",
    "compute": "model",
    "cases": "case",
    "runs": "run",
    "tokens": "run",
    "utilisation": "economics",
    "facility": "economics",
}


_TYPES: dict[Kind, type[Spec]] = {
    "hardware": Accelerator,
    "model": Model,
    "economics": Economics,
    "run": Run,
    "case": Cases,
}


@dataclass
class Verdict:
    """What checking one file found.

    Attributes:
        path: As shown to the user.
        kind: What the file was taken for; None where it cannot be read.
        code: Exit code for this file alone.
        problems: What is wrong.
        warnings: What deserves a look.
    """

    path: str
    kind: Kind | None = None
    code: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def files_in(path: str) -> list[str]:
    """Return a file itself, or every YAML file below a folder, sorted.

    Raises:
        InputError: The folder holds none.
    """
    folder = Path(path)
    if path == "-" or not folder.is_dir():
        return [path]
    found = sorted(
        str(file)
        for file in folder.rglob("*")
        if file.suffix in (".yaml", ".yml")
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    )
    if not found:
        message = "the folder holds no .yaml file"
        raise InputError([Problem(shown_path(path), 0, 0, "", message)])
    return found


def check_file(
    path: str,
    overrides: Sequence[str],
    data_dirs: Sequence[str],
    alternative: str | None = None,
) -> Verdict:
    """Return everything wrong with one file; never raises on its content.

    Args:
        path: The file, or ``-``.
        overrides: ``path=value`` texts, for scenarios.
        data_dirs: Folders that are searched first.
        alternative: That scenarios are checked in; None: all are, each by itself.
    """
    verdict = Verdict("<stdin>" if path == "-" else shown_path(path))
    try:
        _check(
            path, partial(_scenario, path, overrides, data_dirs, alternative), verdict
        )
    except InputError as error:
        verdict.problems += error.problems
    except Exception as error:  # noqa: BLE001 - the other files are checked all the same
        verdict.problems.append(internal_problem(error, verdict.path))
        verdict.code = INTERNAL
    verdict.problems = InputError(verdict.problems).problems
    if verdict.problems and not verdict.code:
        verdict.code = InputError.exit_code
    return verdict


def _check(path: str, scenario: Callable[[], Scenario], verdict: Verdict) -> None:
    if path == "-":
        # Standard input can be read only once, and only scenarios come that way.
        verdict.kind = "scenario"
        _check_scenario(scenario(), verdict)
        return
    document = documents.load(path, problems=verdict.problems)
    if document is None:
        return
    verdict.kind = kind_of(Path(path), document.root)
    if _is_shipped(Path(path)):
        verdict.problems += _without_source(document.root)
    if verdict.kind == "scenario":
        _check_scenario(scenario(), verdict)
    else:
        _check_alone(document, verdict.kind, verdict.problems)


def _scenario(
    path: str,
    overrides: Sequence[str],
    data_dirs: Sequence[str],
    alternative: str | None,
) -> Scenario:
    """Return a scenario; refuse it where one of its variants would be refused."""
    scenario = load_scenario(
        path, overrides=overrides, data_dirs=data_dirs, alternative=alternative
    )
    if alternative is None:
        rehearse(scenario)
    return scenario


def _check_scenario(scenario: Scenario, verdict: Verdict) -> None:
    """Check the data behind rates, which solving would refuse as well."""
    from planner.performance.needed import check_data  # noqa: PLC0415  # not every
    from planner.performance.pairing import rates  # noqa: PLC0415  # command rates

    verdict.warnings += scenario.warnings
    check_data(scenario, rates(scenario))


def _check_alone(document: Document, kind: Kind, problems: list[Problem]) -> None:
    """Check a file that refers to no other."""
    root = document.root
    check_sources(root, problems)
    spec = Runs if kind == "run" and "runs" in _keys(root) else _TYPES.get(kind)
    if spec is not None:
        structure(spec, root, plain(root), problems)


def kind_of(path: Path, root: Node) -> Kind:
    """Return what a file holds: by its folder, else by its keys."""
    keys = _keys(root)
    place = path.resolve().parent.name
    if place in _BY_FOLDER:
        return _BY_FOLDER[place]
    if place == "common" and "horizon" not in keys:
        return "economics" if path.stem == "economics" else "part"
    return next((kind for key, kind in _BY_KEY.items() if key in keys), "scenario")


def _keys(root: Node) -> set[str]:
    return set(root.value) if isinstance(root.value, dict) else set()


def _is_shipped(path: Path) -> bool:
    shipped, given = shipped_folder().resolve(), path.resolve()
    return any(
        given.is_relative_to(shipped / name) for name in ("hardware", "scenarios")
    )


def _without_source(root: Node) -> Iterator[Problem]:
    """Yield a problem for every number of a shipped file that no source covers."""
    if not root.value:
        return
    for loc, leaf in unsourced(root):
        path = display_path(root, loc)
        message = f"no source covers {leaf.value!r}"
        expected = "write {value: …, source: key}, or 'source: key' beside it"
        yield Problem(*leaf.mark, path, message, expected)
