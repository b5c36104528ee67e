"""``planner solve --robust``: the command; ``robust_text`` says what it prints."""

from collections.abc import Sequence
from dataclasses import asdict

import typer

from planner.cli.errors import print_line
from planner.cli.options import Terminal
from planner.cli.output import check_file, json_text, print_warnings
from planner.cli.solve import Request, check_options
from planner.errors import UsageError
from planner.files import write_whole
from planner.records import dataclass
from planner.specs.scenario import Scenario
from planner.sweep.alternatives import declared, sampled
from planner.sweep.criterion import criterion_of
from planner.sweep.robust import Robust, robust_plan
from planner.sweep.two_stage import Alternative


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is asked of a commitment.

    Attributes:
        criterion: As ``--robust`` takes it.
        samples: Alternatives to draw; None: those that the scenario states.
        plot: File of how it turns out; None: none.
    """

    criterion: str
    samples: int | None
    plot: str | None = None


def run(request: Request, doubt: Doubt, terminal: Terminal) -> int:
    """Plan for several alternatives, print the commitment, and return the exit code."""
    _check(request, doubt)
    check_options(request)
    criterion = criterion_of(doubt.criterion)
    scenario = request.given.load()
    found = robust_plan(
        scenario,
        _alternatives(scenario, doubt.samples),
        criterion,
        time_limit=request.time_limit,
        exact=request.exact,
    )
    if doubt.plot is not None:
        from planner.cli.robust_text import picture  # noqa: PLC0415  # charts
        from planner.report.charts import write_chart  # noqa: PLC0415  # an extra

        write_chart(doubt.plot, picture(found))
    _print(found, scenario, request, terminal)
    return 0


def _print(
    found: Robust, scenario: Scenario, request: Request, terminal: Terminal
) -> None:
    document = json_text(asdict(found))
    if request.output is not None:
        write_whole(request.output, document + "\n")
    if terminal.as_json:
        print_line(document)
    else:
        from planner.cli.robust_text import robust_text  # noqa: PLC0415  # tables

        robust_text(found, terminal)
    print_warnings(map(str, scenario.warnings), terminal)


def _alternatives(scenario: Scenario, samples: int | None) -> Sequence[Alternative]:
    if samples is None:
        return declared(scenario)
    from planner.sweep.sampling import samples as drawn  # noqa: PLC0415  # seldom

    return sampled(scenario, drawn(scenario, samples))


def _check(request: Request, doubt: Doubt) -> None:
    """Refuse options that mean nothing for several alternatives.

    Raises:
        UsageError: Names the option, or an extra is not installed.
        InputError: A file cannot be written.
        BadParameter: The count of samples is none.
    """
    if doubt.plot is not None:
        from planner.report.charts import check_chart_path  # noqa: PLC0415  # seldom

        check_chart_path(doubt.plot)
    if doubt.samples is not None and doubt.samples < 1:
        message = f"--samples {doubt.samples} is not a count; write 1 or more"
        raise typer.BadParameter(message)
    if request.given.alternative is not None:
        msg = "--robust plans for all alternatives at once; leave out --alternative"
        raise UsageError(msg)
    if request.solver != "highs":
        msg = f"--robust is solved by highs; leave out --solver {request.solver}"
        raise UsageError(msg)
    if request.form is not None:
        msg = "--format writes the tables of one plan; leave out --robust"
        raise UsageError(msg)
    if request.output is not None:
        check_file(request.output, (".json",), "--robust writes JSON alone")
    if request.export is not None:
        msg = "--export writes the program of one scenario; leave out --robust"
        raise UsageError(msg)
