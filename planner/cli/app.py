"""The commands and their options; what they do is imported when they run."""

from enum import StrEnum
from typing import Annotated

import typer

from planner.cli.commands import Commands
from planner.cli.options import (
    Debug,
    DataDirs,
    Json,
    Overrides,
    Quiet,
    ScenarioPath,
    Terminal,
    Verbose,
)

PLAN, DATA = "Plan", "Data"

app = typer.Typer(
    name="planner",
    cls=Commands,
    help="Plan a compute fleet: what to buy where and when, and who gets it.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
hardware = typer.Typer(
    help="The catalogue of accelerators.", no_args_is_help=True
)
app.add_typer(hardware, name="hardware", rich_help_panel=DATA)


class Solver(StrEnum):
    """Solvers to choose from."""

    highs = "highs"
    cbc = "cbc"


class SchemaKind(StrEnum):
    """What files hold, and what a plan holds."""

    scenario = "scenario"
    hardware = "hardware"
    model = "model"
    plan = "plan"


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if wanted:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        try:
            found = version("planner")
        except PackageNotFoundError:
            found = "unknown (not installed)"
        typer.echo(f"planner {found}")
        raise typer.Exit


@app.callback()
def root(
    *,
    _shown: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Plan a compute fleet: what to buy where and when, and who gets it."""


@app.command(rich_help_panel=DATA)
def validate(
    *,
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files or folders; '-' for stdin."),
    ],
    overrides: Overrides = [],  # noqa: B006 - Typer copies it
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Check files and report every problem of every file."""
    from planner.cli.validate import run  # noqa: PLC0415  # heavy

    terminal = Terminal(as_json, quiet, verbose, debug)
    raise typer.Exit(run(paths, overrides, data_dirs, terminal))
