"""Options that commands share, and what they say about the output."""

from enum import StrEnum
from typing import Annotated, NamedTuple

import typer

ScenarioPath = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="The scenario file; '-' for stdin.")
]
Overrides = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change one value, e.g. sites.ohio.pue=1.2; repeatable.",
        show_default=False,
    ),
]
Alternative = Annotated[
    str | None,
    typer.Option(
        "--alternative",
        metavar="NAME",
        help="Apply one of the scenario's alternatives, before --set.",
        show_default=False,
    ),
]
DataDirs = Annotated[
    list[str],
    typer.Option(
        "--data-dir",
        metavar="FOLDER",
        help="Look for hardware/ and scenarios/ here first; repeatable.",
        show_default=False,
    ),
]
Exact = Annotated[
    bool,
    typer.Option("--exact", help="Check the optimum in rational numbers, too."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the least.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print everything.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")]


class Solver(StrEnum):
    """Solvers to choose from."""

    highs = "highs"
    cbc = "cbc"


class PlanForm(StrEnum):
    """Files that a folder of a plan's sections holds."""

    csv = "csv"
    parquet = "parquet"


class Terminal(NamedTuple):
    """How a command prints.

    Attributes:
        as_json: One document on stdout.
        quiet: The least on stdout, no warnings.
        verbose: Everything on stdout.
        debug: Tracebacks on stderr.
    """

    as_json: bool
    quiet: bool
    verbose: bool
    debug: bool
