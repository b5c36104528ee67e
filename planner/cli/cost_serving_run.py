"""``planner cost inference`` and ``recommendation``: the work, and what is printed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import typer

from planner.cli.cost_serving_tables import (
    default_lines,
    inference_lines,
    inference_tables,
    ranking_lines,
    ranking_tables,
)
from planner.cli.options import Terminal
from planner.cli.output import print_json
from planner.cli.tables import Screen, Table
from planner.cost import recommendation as ranking
from planner.cost import serving
from planner.cost.cases import CaseKind, ServingCase, load_cases
from planner.cost.demand import TRACE, Traffic, traffic_of
from planner.cost.market import MarketPrice, parse_price
from planner.cost.recommendation import RankingRow, ranking_rows
from planner.cost.serving import InferenceRow, inference_rows
from planner.economics.inputs import Default
from planner.errors import InputError, Problem
from planner.records import dataclass
from planner.specs.fields import Ratio, Unit
from planner.units import magnitude

Row = TypeVar("Row", InferenceRow, RankingRow)
_SHARE = Ratio("20 %", 0.0, 1.0)
_USERS = Unit("user", "500 Muser", positive=True)


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        path: File of cases, or ``-``.
        accelerators: In place of those of the cases; names may be joined by commas.
        overrides: Texts ``path=value``.
        data_dirs: Folders that are searched first.
    """

    path: str
    accelerators: tuple[str, ...]
    overrides: tuple[str, ...]
    data_dirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked beside the cases.

    Attributes:
        market_price: Of a host, as text.
        host_revenue_share: Of it, for the model's owner, as text.
        users: To be served, as text.
        trace: That states their habits.
    """

    market_price: str | None = None
    host_revenue_share: str | None = None
    users: str | None = None
    trace: str = TRACE


class View(NamedTuple, Generic[Row]):
    """How rows of one kind of work are shown.

    Attributes:
        as_dicts: For the JSON.
        tables: Of one case.
        lines: What the reader must know of one case.
    """

    as_dicts: Callable[[Sequence[Row]], list[dict[str, Any]]]
    tables: Callable[[Sequence[Row]], Iterator[Table]]
    lines: Callable[[Sequence[Row]], Iterator[str]]


def inference(request: Request, terminal: Terminal, questions: Questions) -> int:
    """Print the cases of a file on their accelerators; return the exit code."""
    price = _price(questions.market_price, questions.host_revenue_share)
    traffic = _traffic(questions, request)
    cases = _cases(request, "inference")
    groups = [(case, inference_rows(case, price, traffic)) for case in cases]
    defaults = [*_defaults(cases), *(traffic.defaults if traffic else ())]
    view = View(serving.as_dicts, inference_tables, inference_lines)
    return _print_cases(groups, defaults, view, terminal)


def recommendation(request: Request, terminal: Terminal) -> int:
    """Print the cases of a file on their accelerators; return the exit code."""
    cases = _cases(request, "recommendation")
    groups = [(case, ranking_rows(case)) for case in cases]
    view = View(ranking.as_dicts, ranking_tables, ranking_lines)
    return _print_cases(groups, _defaults(cases), view, terminal)


def _print_cases(
    groups: Sequence[tuple[ServingCase, Sequence[Row]]],
    defaults: Sequence[Default],
    view: View[Row],
    terminal: Terminal,
) -> int:
    """Print rows by case, or all of them as JSON; return the exit code."""
    _check_any(groups)
    if terminal.as_json:
        rows = [row for _, group in groups for row in group]
        listed = [default._asdict() for default in defaults]
        print_json({"cases": view.as_dicts(rows), "defaults": listed})
        return 0
    screen = Screen()
    for _, group in groups:
        for table in view.tables(group):
            screen.table(table)
        _print_lines(screen, view.lines(group), terminal)
    _print_lines(screen, default_lines(defaults), terminal)
    return 0


def _print_lines(screen: Screen, lines: Iterable[str], terminal: Terminal) -> None:
    """Print what is said below tables, unless the command is to be quiet."""
    if terminal.quiet:
        return
    for number, line in enumerate(lines):
        if not number:
            screen.line()
        screen.line(line)


def _cases(request: Request, kind: CaseKind) -> list[ServingCase]:
    names = [each for text in request.accelerators for each in _split(text)]
    return load_cases(
        request.path,
        kind,
        accelerators=names,
        overrides=request.overrides,
        data_dirs=request.data_dirs,
    )


def _split(text: str) -> Iterator[str]:
    return (name.strip() for name in text.split(",") if name.strip())


def _price(text: str | None, share: str | None) -> MarketPrice | None:
    """Return the price to compare with.

    Raises:
        BadParameter: It is none, or the share stands alone.
    """
    if text is None:
        if share is None:
            return None
        message = "--host-revenue-share is a share of --market-price; write both"
        raise typer.BadParameter(message)
    try:
        return parse_price(text, 0.0 if share is None else _SHARE.read(share))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _traffic(questions: Questions, request: Request) -> Traffic | None:
    """Return the demand to size for.

    Raises:
        BadParameter: The users are no number of users.
        InputError: The trace is not known.
    """
    if questions.users is None:
        return None
    try:
        users = _USERS.read(questions.users)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    return traffic_of(magnitude(users, "user"), questions.trace, request.data_dirs)


def _check_any(groups: Sequence[tuple[ServingCase, Sequence[Row]]]) -> None:
    """Refuse a file of which nothing can be done.

    Raises:
        InputError: Every row is rejected; says why, and what comes nearest.
    """
    if any(row.rate is not None for _, rows in groups for row in rows):
        return
    problems = []
    for case, rows in groups:
        for row in rows:
            if row.rejected is None:
                continue
            message = f"{row.candidate.chip.name} cannot do it: {row.rejected.detail}"
            nearest = row.rejected.nearest
            expected = f"nearest: {nearest}" if nearest else ""
            path = f"cases.{row.name}"
            problems.append(Problem(*case.mark, path, message, expected))
    raise InputError(problems)


def _defaults(cases: Iterable[ServingCase]) -> list[Default]:
    """Return the defaults of all accelerators, each once."""
    used = (
        default
        for case in cases
        for candidate in case.candidates
        for default in candidate.defaults
    )
    return list(dict.fromkeys(used))
