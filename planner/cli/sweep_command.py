"""``planner sweep``: its options; ``cli.sweep`` does it."""

from typing import Annotated

import typer

from planner.cli.options import (
    DataDirs,
    Debug,
    Json,
    Overrides,
    Quiet,
    Terminal,
    Verbose,
)


def sweep(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="[SCENARIO]",
            help="The scenario file; '-' for stdin.",
            show_default=False,
        ),
    ] = None,
    *,
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="PATH=VALUES",
            help="One input's values: 'A..B UNIT in COUNT', 'A..B UNIT by STEP' or a "
            "list with commas; several make a grid.",
            show_default=False,
        ),
    ] = [],  # noqa: B006 - Typer copies it
    alternative: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="One of the scenario's alternatives, or all; repeatable.",
            show_default=False,
        ),
    ] = [],  # noqa: B006
    sample: Annotated[
        int | None,
        typer.Option(
            metavar="COUNT", min=1, help="Points drawn from the scenario's uncertainty."
        ),
    ] = None,
    metric: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="Figure to print, e.g. capex_usd or fleet.b200; repeatable.",
            show_default=False,
        ),
    ] = [],  # noqa: B006
    store: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Keep every run here; what is there is not done again."
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume/--no-resume", help="Take what the store has, or do it again."
        ),
    ] = True,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="End at the first run that fails.")
    ] = False,
    jobs: Annotated[
        int, typer.Option(metavar="COUNT", min=1, help="Processes of this machine.")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Dask cluster, e.g. tcp://10.0.0.5:8786."),
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="Say what a store holds.")
    ] = False,
    export: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Write what the store holds as .csv or .parquet."
        ),
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Draw the figures, as .png, .svg or .html."),
    ] = None,
    overrides: Overrides = [],  # noqa: B006
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Solve a scenario for many values of its inputs."""
    from planner.cli.sweep import Request, run  # noqa: PLC0415  # heavy

    request = Request(
        scenario,
        tuple(overrides),
        tuple(data_dirs),
        tuple(vary),
        tuple(alternative),
        sample,
        tuple(metric),
        store,
        resume,
        fail_fast,
        jobs,
        scheduler,
        status,
        export,
        plot,
    )
    raise typer.Exit(run(request, Terminal(as_json, quiet, verbose, debug)))
