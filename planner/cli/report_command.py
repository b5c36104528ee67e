"""``planner report``: its options; ``cli.report`` does it."""

from typing import Annotated

import typer

from planner.cli.options import (
    Alternative,
    DataDirs,
    Debug,
    Json,
    Overrides,
    Quiet,
    Terminal,
    Verbose,
)


def report(
    subjects: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO...",
            help="Scenarios, '-' for stdin, or plans as JSON; of several the last is "
            "reported, and compared with the first.",
        ),
    ],
    *,
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="A page (.html), its tables (.md, .xlsx), paper (.pdf) or a picture "
            "(.png, .svg).",
        ),
    ],
    what_if: Annotated[
        bool,
        typer.Option(
            "--what-if",
            help="With .html: sliders that solve the plan again in the browser.",
        ),
    ] = False,
    chart: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="With .png or .svg: one chart, e.g. fleet; else the overview.",
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Show the runs of a sweep or a sensitivity, too: tornado, curves.",
        ),
    ] = None,
    alternative: Alternative = None,
    overrides: Overrides = [],  # noqa: B006 - Typer copies it
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Write a plan to look at: a page for the browser, pictures, a workbook, paper."""
    from planner.cli.report import Request, run  # noqa: PLC0415  # heavy

    request = Request(
        tuple(subjects),
        tuple(overrides),
        tuple(data_dirs),
        alternative,
        output,
        chart,
        store,
        what_if,
    )
    raise typer.Exit(run(request, Terminal(as_json, quiet, verbose, debug)))
