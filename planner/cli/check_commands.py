"""``check`` and ``diff`` with their options; what they do is imported when they run."""

from enum import StrEnum
from typing import Annotated

import typer

from planner.cli.options import (
    Alternative,
    DataDirs,
    Debug,
    Json,
    Overrides,
    Quiet,
    Solver,
    Terminal,
    Verbose,
)


class CheckForm(StrEnum):
    """How results of ``check`` are printed."""

    text = "text"
    github = "github"


def check(
    *,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...", help="Scenarios or folders; else scenarios/."
        ),
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Write the goldens that differ.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Update even where CI is set.")
    ] = False,
    solver: Annotated[
        Solver, typer.Option(help="cbc compares status and metrics alone.")
    ] = Solver.highs,
    junit: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a JUnit report.")
    ] = None,
    form: Annotated[
        CheckForm,
        typer.Option("--output-format", help="github adds annotations."),
    ] = CheckForm.text,
    alternative: Alternative = None,
    overrides: Overrides = [],  # noqa: B006 - Typer copies it
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Compare scenarios with their goldens, and explain what moved."""
    from planner.cli.check import Options, run  # noqa: PLC0415  # heavy
    from planner.regression.check import Request  # noqa: PLC0415  # heavy

    request = Request(
        tuple(overrides), tuple(data_dirs), solver.value, update, force, alternative
    )
    options = Options(tuple(paths or ()), request, junit, form.value)
    raise typer.Exit(run(options, Terminal(as_json, quiet, verbose, debug)))


def diff(
    before: Annotated[
        str,
        typer.Argument(
            metavar="A", help="Scenario, plan.json, or REVISION:PATH of a git tree."
        ),
    ],
    after: Annotated[
        str | None,
        typer.Argument(metavar="[B]", help="The same; absent with --actual."),
    ] = None,
    *,
    actual: Annotated[
        str | None,
        typer.Option(metavar="FLEET.csv", help="Compare A's fleet with what stands."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD", help="Period of --actual; else that of its last line."
        ),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 where they differ.")
    ] = False,
    fail_if: Annotated[
        list[str],
        typer.Option(
            "--fail-if",
            metavar="CONDITION",
            help="Exit with 1 where it holds, e.g. 'capex_usd > +5%'; repeatable.",
            show_default=False,
        ),
    ] = [],  # noqa: B006
    markdown: Annotated[
        bool, typer.Option("--markdown", help="For a comment on a pull request.")
    ] = False,
    only_changes: Annotated[
        bool, typer.Option("--only-changes", help="Leave out what is the same.")
    ] = False,
    alternative: Alternative = None,
    overrides: Overrides = [],  # noqa: B006
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Compare two plans or scenarios, revisions of one, or a plan and a fleet."""
    from planner.cli.diff import Request, run  # noqa: PLC0415  # heavy

    request = Request(
        before=before,
        after=after,
        actual=actual,
        at=at,
        exit_code=exit_code,
        fail_if=tuple(fail_if),
        markdown=markdown,
        only_changes=only_changes,
        overrides=tuple(overrides),
        data_dirs=tuple(data_dirs),
        alternative=alternative,
    )
    raise typer.Exit(run(request, Terminal(as_json, quiet, verbose, debug)))
