"""``planner cost inference`` and ``planner cost recommendation``: their options."""

from typing import Annotated

import typer

from planner.cli.cost import cost
from planner.cli.options import (
    DataDirs,
    Debug,
    Json,
    Overrides,
    Quiet,
    Terminal,
    Verbose,
)

# The root command takes `cost` from here, with all its commands.
__all__ = ["cost"]

CasePath = Annotated[
    str, typer.Argument(metavar="CASE", help="The file of cases; '-' for stdin.")
]
Accelerators = Annotated[
    list[str],
    typer.Option(
        "--accelerator",
        metavar="NAME",
        help="Compare these instead of the cases' own; repeatable; 'all' for all.",
        show_default=False,
    ),
]


@cost.command("inference")
def inference(
    case: CasePath,
    *,
    accelerators: Accelerators = [],  # noqa: B006 - Typer copies it
    market_price: Annotated[
        str | None,
        typer.Option(
            "--market-price",
            metavar="PRICE",
            help="A host's list price, one or a band: "
            "'input=0.20..0.90,output=0.30..0.90 USD/Mtoken'.",
        ),
    ] = None,
    host_revenue_share: Annotated[
        str | None,
        typer.Option(
            "--host-revenue-share",
            metavar="SHARE",
            help="Of that price, paid to the model's owner, e.g. '20 %'.",
        ),
    ] = None,
    users: Annotated[
        str | None,
        typer.Option(
            "--users",
            metavar="COUNT",
            help="Size the fleet for so many weekly users, e.g. '500 Muser'.",
        ),
    ] = None,
    trace: Annotated[
        str,
        typer.Option(
            "--trace",
            metavar="NAME",
            help="Where their requests a day, peak and headroom come from.",
        ),
    ] = "conversation",
    overrides: Overrides = [],  # noqa: B006
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Print what serving a language model costs, by accelerator."""
    from planner.cli.cost_serving_run import (  # noqa: PLC0415  # heavy
        Questions,
        Request,
        inference,
    )

    questions = Questions(market_price, host_revenue_share, users, trace)
    request = Request(case, tuple(accelerators), tuple(overrides), tuple(data_dirs))
    terminal = Terminal(as_json, quiet, verbose, debug)
    raise typer.Exit(inference(request, terminal, questions))


@cost.command("recommendation")
def recommendation(
    case: CasePath,
    *,
    accelerators: Accelerators = [],  # noqa: B006
    overrides: Overrides = [],  # noqa: B006
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Print what ranking costs, by accelerator."""
    from planner.cli.cost_serving_run import (  # noqa: PLC0415  # heavy
        Request,
        recommendation,
    )

    request = Request(case, tuple(accelerators), tuple(overrides), tuple(data_dirs))
    terminal = Terminal(as_json, quiet, verbose, debug)
    raise typer.Exit(recommendation(request, terminal))
