"""The commands and their options; what they do is imported when they run."""

from enum import StrEnum
from typing import Annotated

import typer

from planner import __version__
from planner.cli.check_commands import check, diff
from planner.cli.commands import Commands
from planner.cli.cost_serving import cost
from planner.cli.frontier_command import frontier
from planner.cli.options import (
    Alternative,
    DataDirs,
    Debug,
    Exact,
    Json,
    Overrides,
    PlanForm,
    Quiet,
    ScenarioPath,
    Solver,
    Terminal,
    Verbose,
)
from planner.cli.report_command import report
from planner.cli.sensitivity_command import sensitivity
from planner.cli.sweep_command import sweep

PLAN, ESTIMATE, CHECK, DATA = "Plan", "Estimate", "Check", "Data"

app = typer.Typer(
    name="planner",
    cls=Commands,
    help="Plan a compute fleet: what to buy where and when, and who gets it.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
hardware = typer.Typer(help="The catalogue of accelerators.", no_args_is_help=True)
app.add_typer(hardware, name="hardware", rich_help_panel=DATA)
app.command(rich_help_panel=CHECK)(check)
app.command(rich_help_panel=CHECK)(diff)
app.command(rich_help_panel=PLAN)(frontier)
app.command(rich_help_panel=PLAN)(sweep)
app.command(rich_help_panel=PLAN)(sensitivity)
app.command(rich_help_panel=PLAN)(report)
app.add_typer(cost, name="cost", rich_help_panel=ESTIMATE)


class Form(StrEnum):
    """How ``validate`` prints what it finds."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"


class SchemaKind(StrEnum):
    """What files hold, and what a plan holds."""

    scenario = "scenario"
    hardware = "hardware"
    model = "model"
    run = "run"
    case = "case"
    plan = "plan"


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if wanted:
        typer.echo(f"planner {__version__}")
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
    form: Annotated[
        Form, typer.Option("--output-format", help="For CI and code scanning.")
    ] = Form.text,
    alternative: Alternative = None,
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
    raise typer.Exit(
        run(paths, overrides, data_dirs, terminal, form.value, alternative=alternative)
    )


@app.command(rich_help_panel=PLAN)
def solve(
    scenario: ScenarioPath,
    *,
    solver: Annotated[
        Solver, typer.Option(help="cbc is the second opinion.")
    ] = Solver.highs,
    time_limit: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Stop after this long; exit code 4."),
    ] = None,
    integer: Annotated[
        bool,
        typer.Option(
            "--integer", help="Whole systems, replicas and runs: --set integer=true."
        ),
    ] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write the plan as .json or .xlsx, or with --format into FOLDER/.",
        ),
    ] = None,
    form: Annotated[
        PlanForm | None,
        typer.Option("--format", help="With -o FOLDER/: a file for each section."),
    ] = None,
    export: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Write the program as .mps or .lp, for any solver."
        ),
    ] = None,
    robust: Annotated[
        str | None,
        typer.Option(
            metavar="CRITERION",
            help="One commitment for all alternatives: expected, cvar:0.9 or regret.",
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            metavar="COUNT", help="With --robust: draw so many from uncertainty."
        ),
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="With --robust: how it turns out, .png, .svg or .html."
        ),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Solve again when a file changes, until Ctrl-C."),
    ] = False,
    exact: Exact = False,
    alternative: Alternative = None,
    overrides: Overrides = [],  # noqa: B006
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Compute the best plan and print it."""
    from planner.cli.given import Given  # noqa: PLC0415  # heavy
    from planner.cli.solve import Request, run  # noqa: PLC0415  # heavy

    whole = ("integer=true",) if integer else ()
    given = Given(scenario, (*overrides, *whole), tuple(data_dirs), alternative)
    request = Request(
        given,
        solver.value,
        time_limit,
        output,
        export,
        exact,
        None if form is None else form.value,
    )
    terminal = Terminal(as_json, quiet, verbose, debug)
    if robust is not None:
        if watch:
            message = "--watch solves one scenario; leave --robust out"
            raise typer.BadParameter(message)
        from planner.cli.robust import Doubt  # noqa: PLC0415  # seldom used
        from planner.cli.robust import run as run_robust  # noqa: PLC0415  # as above

        raise typer.Exit(run_robust(request, Doubt(robust, samples, plot), terminal))
    if samples is not None or plot is not None:
        option = "--plot" if samples is None else "--samples"
        message = f"{option} belongs to --robust; add e.g. --robust expected"
        raise typer.BadParameter(message)
    if watch:
        from planner.cli.solve_watch import run as watched  # noqa: PLC0415  # as above

        watched(request, terminal)
    raise typer.Exit(run(request, terminal))


@app.command(rich_help_panel=PLAN)
def explain(
    scenario: ScenarioPath,
    *,
    break_even: Annotated[
        list[str],
        typer.Option(
            metavar="PATH",
            help="Value at which the plan changes, e.g. of "
            "accelerators.b200.price.system; repeatable.",
            show_default=False,
        ),
    ] = [],  # noqa: B006
    flexibility: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE", help="Least and most over plans as good, 0% or e.g. 1%."
        ),
    ] = None,
    why_not: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="ACCELERATOR WORKLOAD", help="Why the one is not used by the other."
        ),
    ] = None,
    exact: Exact = False,
    alternative: Alternative = None,
    overrides: Overrides = [],  # noqa: B006
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Say why: what limits are worth, what would change the plan, why there is none."""
    from planner.cli.explain import Request, run  # noqa: PLC0415  # heavy
    from planner.cli.given import Given  # noqa: PLC0415  # heavy

    given = Given(scenario, tuple(overrides), tuple(data_dirs), alternative)
    request = Request(given, tuple(break_even), flexibility, why_not, exact)
    raise typer.Exit(run(request, Terminal(as_json, quiet, verbose, debug)))


@app.command(rich_help_panel=DATA)
def show(
    scenario: ScenarioPath,
    *,
    sources: Annotated[
        bool, typer.Option("--sources", help="Where each value comes from.")
    ] = False,
    alternative: Alternative = None,
    overrides: Overrides = [],  # noqa: B006
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Print a scenario with everything it refers to, or its sources."""
    from planner.cli.given import Given  # noqa: PLC0415  # heavy
    from planner.cli.show import run  # noqa: PLC0415  # heavy

    given = Given(scenario, tuple(overrides), tuple(data_dirs), alternative)
    terminal = Terminal(as_json, quiet, verbose, debug)
    raise typer.Exit(run(given, terminal, sources=sources))


@hardware.command("list")
def hardware_list(
    *,
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """List the accelerators of the catalogue."""
    from planner.cli.hardware import list_all  # noqa: PLC0415  # heavy

    terminal = Terminal(as_json, quiet, verbose, debug)
    raise typer.Exit(list_all(data_dirs, terminal))


@hardware.command("show")
def hardware_show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="E.g. b200.")],
    *,
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Print every value of one accelerator with its source."""
    from planner.cli.hardware import show_one  # noqa: PLC0415  # heavy

    terminal = Terminal(as_json, quiet, verbose, debug)
    raise typer.Exit(show_one(name, data_dirs, terminal))


@app.command(rich_help_panel=DATA)
def schema(
    kind: Annotated[SchemaKind, typer.Argument(help="What the file holds.")],
    *,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    from planner.cli.schema import run  # noqa: PLC0415  # heavy

    raise typer.Exit(run(kind.value, Terminal(as_json, quiet, verbose, debug)))


@app.command(rich_help_panel=DATA)
def init(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="File to write; '-' for stdout; else scenario.yaml, or NAME.yaml "
            "with --from.",
            show_default=False,
        ),
    ] = None,
    *,
    plan: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="PLAN.json", help="Continue this plan; with --at."
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="PERIOD", help="First period of the next one."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that exists.")
    ] = False,
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Write a commented scenario to begin with, or the one that follows a plan."""
    from planner.cli.init import Request, run  # noqa: PLC0415  # heavy

    request = Request(target, plan, at, tuple(data_dirs), force)
    raise typer.Exit(run(request, Terminal(as_json, quiet, verbose, debug)))


@app.command(rich_help_panel=DATA)
def guide(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC", help="E.g. tutorial; absent: the list.", show_default=False
        ),
    ] = None,
    *,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Print the documentation: tutorial, fields, constraints, glossary and more."""
    from planner.cli.guide import run  # noqa: PLC0415  # heavy

    raise typer.Exit(run(topic, Terminal(as_json, quiet, verbose, debug)))
