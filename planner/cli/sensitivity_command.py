"""``planner sensitivity``: its options; ``cli.sensitivity`` does it."""

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


def sensitivity(
    scenario: ScenarioPath,
    *,
    inputs: Annotated[
        list[str],
        typer.Option(
            "--input",
            metavar="PATH",
            help="Input to move; repeatable. Absent: those of `uncertainty`, else "
            "those that matter most at the margin.",
            show_default=False,
        ),
    ] = [],  # noqa: B006 - Typer copies it
    by: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="How far each is moved, e.g. 10%. Absent: to the 10 % and 90 % "
            "quantiles of its distribution, else by 10 %.",
            show_default=False,
        ),
    ] = None,
    metrics: Annotated[
        list[str],
        typer.Option(
            "--metric",
            metavar="NAME",
            help="Figure beside the objective, e.g. capex_usd or fleet.b200; "
            "repeatable.",
            show_default=False,
        ),
    ] = [],  # noqa: B006
    sobol: Annotated[
        int | None,
        typer.Option(
            metavar="COUNT",
            help="Sobol indices, too, from COUNT times (inputs + 2) solves; a power "
            "of two.",
        ),
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the tornado as .png, .svg or .html."),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Keep every run in a file, for 'planner report --store'; runs that "
            "are there are not solved again.",
        ),
    ] = None,
    alternative: Alternative = None,
    overrides: Overrides = [],  # noqa: B006
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Say which inputs a plan's figures hang on, each moved to both its ends."""
    from planner.cli.given import Given  # noqa: PLC0415  # heavy
    from planner.cli.sensitivity import Request, run  # noqa: PLC0415  # heavy

    request = Request(
        Given(scenario, tuple(overrides), tuple(data_dirs), alternative),
        tuple(inputs),
        by,
        tuple(metrics),
        sobol,
        plot,
        store,
    )
    raise typer.Exit(run(request, Terminal(as_json, quiet, verbose, debug)))
