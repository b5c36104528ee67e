"""``planner cost training``: what is asked, and what goes where."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from planner.cli.options import Terminal
from planner.cli.output import print_json
from planner.cost.questions import Answer, answer, as_dict, cheapest, table
from planner.cost.runs import (
    Asked,
    Candidate,
    counts_of,
    days_between,
    load_runs,
    month_of,
)
from planner.documents import display_path, locate
from planner.errors import InputError, Problem
from planner.performance.results import Rejection
from planner.records import dataclass

_MODEL_KEYS = ("parameters", "active_parameters")
_PLACES = {"precision": "precision", "memory": "count", "kind": "accelerator"}


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        path: File of runs; None where flags describe the run.
        flags: Keys of a run, as written.
        counts: Counts of a table.
        start: First day, with a deadline.
        deadline: Last day.
        project_multiplier: Compute of the project over the run's.
        overrides: Texts ``path=value``.
        data_dirs: Folders that are searched first.
    """

    path: str | None
    flags: Mapping[str, Any]
    counts: str | None
    start: str | None
    deadline: str | None
    project_multiplier: float | None
    overrides: tuple[str, ...]
    data_dirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What the command prints.

    Attributes:
        answers: Every run on each of its accelerators.
        tables: The same at several counts, in the order of `answers`.
        days: That a run may take; None without a limit.
        multiplier: Of the project; None without.
    """

    answers: Sequence[Answer]
    tables: Sequence[Sequence[Answer]]
    days: float | None
    multiplier: float | None


def run_training(request: Request, terminal: Terminal) -> int:
    """Estimate every run, print the estimates, and return the exit code.

    Raises:
        InputError: The input is wrong, or none of the runs can be done.
    """
    days, month = _window(request)
    counts = _counts(request)
    multiplier = _multiplier(request)
    flags = _flags(request)
    if days is not None and "count" not in flags:
        flags.setdefault("days", f"{days:g} day")
    asked = Asked(request.path, flags, request.overrides, request.data_dirs)
    candidates = load_runs(asked)
    answers = [answer(each, month) for each in candidates]
    tables = [table(each, counts) for each in candidates] if counts else []
    _check_some([*answers, *(one for rows in tables for one in rows)])
    limit = days if days is not None else _stated_days(candidates)
    result = Result(answers, tables, limit, multiplier)
    if terminal.as_json:
        print_json(_document(result))
    else:
        _print_text(result, terminal)
    return 0


def _print_text(result: Result, terminal: Terminal) -> None:
    from planner.cli.cost_text import cost_text  # noqa: PLC0415  # --json needs no tables

    cost_text(result, terminal)


def _document(result: Result) -> dict[str, Any]:
    """Return the JSON: one row per run and accelerator, and per count of a table."""
    answers = [one for rows in result.tables for one in rows] or result.answers
    document: dict[str, Any] = {
        "runs": [as_dict(one, result.multiplier) for one in answers]
    }
    best = [
        {"run": run} | {how: one.candidate.accelerator for how, one in found.items()}
        for run, found in best_of(result).items()
    ]
    return document | ({"cheapest": best} if best else {})


def best_of(result: Result) -> dict[str, dict[str, Answer]]:
    """Return the cheapest accelerators of each run that has several, by its name."""
    groups: dict[str, list[Answer]] = {}
    for one in result.answers:
        groups.setdefault(one.candidate.name, []).append(one)
    return {
        name: found
        for name, answers in groups.items()
        if len(answers) > 1 and (found := cheapest(answers, result.days))
    }


def _stated_days(candidates: Sequence[Candidate]) -> float | None:
    stated = {each.days for each in candidates}
    return stated.pop() if len(stated) == 1 else None


def _window(request: Request) -> tuple[float | None, int | None]:
    """Return the days from start to deadline, and the month of the start."""
    if (request.start is None) != (request.deadline is None):
        message = "--start and --deadline go together; write both, e.g. 2026-12-31"
        raise typer.BadParameter(message)
    if request.start is None or request.deadline is None:
        return None, None
    try:
        days = days_between(request.start, request.deadline)
        return float(days), month_of(request.start)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _counts(request: Request) -> list[int]:
    if request.counts is None:
        return []
    if {"count", "days"} & request.flags.keys():
        message = "--counts stands beside --count or --days; write one of them"
        raise typer.BadParameter(message)
    try:
        return counts_of(request.counts)
    except ValueError as error:
        message = f"--counts {error}"
        raise typer.BadParameter(message) from None


def _multiplier(request: Request) -> float | None:
    stated = request.project_multiplier
    if stated is not None and not (math.isfinite(stated) and stated >= 1):
        message = f"--project-multiplier {stated:g} is not 1 or more; write e.g. 2.5"
        raise typer.BadParameter(message)
    return stated


def _flags(request: Request) -> dict[str, Any]:
    """Return the keys of a run that flags write; parameters make a model of it."""
    flags = dict(request.flags)
    stated = {key: flags.pop(key) for key in _MODEL_KEYS if key in flags}
    if {"count", "days"} <= flags.keys():
        message = "--days stands beside --count; write one of the two"
        raise typer.BadParameter(message)
    if "days" in flags and _is_number(flags["days"]):
        flags["days"] = f"{flags['days']} day"
    if not stated:
        return flags
    if "model" in flags:
        message = "--parameters stands beside --model; write one of the two"
        raise typer.BadParameter(message)
    flags["model"] = {"name": "model", "kind": "transformer", **stated}
    return flags


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _check_some(answers: Sequence[Answer]) -> None:
    """Refuse a request of which nothing can be done.

    Raises:
        InputError: With the reason of each.
    """
    if any(one.estimate is not None for one in answers):
        return
    problems = [
        _problem(one.candidate, one.found)
        for one in answers
        if isinstance(one.found, Rejection)
    ]
    raise InputError(list(dict.fromkeys(problems)))


def _problem(candidate: Candidate, rejected: Rejection) -> Problem:
    """Return why a run cannot be done, at the place that would change it."""
    loc = (_PLACES.get(rejected.reason, "accelerator"),)
    mark = locate(candidate.node, loc)
    message, _, expected = rejected.detail.partition("; ")
    return Problem(*mark, display_path(candidate.node, loc), message, expected)
