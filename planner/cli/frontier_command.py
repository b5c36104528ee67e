"""``planner frontier``: its options; ``cli.frontier`` does it."""

from typing import Annotated

import typer

from planner.cli.options import (
    Alternative,
    DataDirs,
    Debug,
    Json,
    Overrides,
    Quiet,
    ScenarioPath,
    Terminal,
    Verbose,
)


def frontier(
    scenario: ScenarioPath,
    *,
    trade: Annotated[
        str,
        typer.Option(
            metavar="BEST:LIMIT",
            help="The best of one for every level of the other: capex, power, served, "
            "carbon, cost, opex, profit; e.g. capex:power.",
            show_default=False,
        ),
    ],
    plot: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the curve as .png, .svg or .html."),
    ] = None,
    alternative: Alternative = None,
    overrides: Overrides = [],  # noqa: B006 - Typer copies it
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Trade one thing for another: every level at which the plan turns, exactly."""
    from planner.cli.frontier import Request, run  # noqa: PLC0415  # heavy
    from planner.cli.given import Given  # noqa: PLC0415  # heavy

    given = Given(scenario, tuple(overrides), tuple(data_dirs), alternative)
    request = Request(given, trade, plot)
    raise typer.Exit(run(request, Terminal(as_json, quiet, verbose, debug)))
