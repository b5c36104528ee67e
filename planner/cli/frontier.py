"""``planner frontier``: the command; ``frontier_text`` says what it prints."""

from dataclasses import asdict
from typing import Any

from planner.cli.given import Given
from planner.cli.options import Terminal
from planner.cli.output import print_json, print_warnings
from planner.records import dataclass
from planner.sweep.frontier import Frontier, frontier_of


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        given: The scenario.
        trade: The two quantities.
        plot: File of the curve; None: none.
    """

    given: Given
    trade: str
    plot: str | None = None


def run(request: Request, terminal: Terminal) -> int:
    """Compute a frontier, print it, and return the exit code."""
    if request.plot is not None:
        from planner.report.charts import check_chart_path  # noqa: PLC0415  # seldom

        check_chart_path(request.plot)
    scenario = request.given.load()
    found = frontier_of(scenario, request.trade)
    print_warnings(map(str, scenario.warnings), terminal)
    if request.plot is not None:
        from planner.cli.frontier_text import curve  # noqa: PLC0415  # charts
        from planner.report.charts import write_chart  # noqa: PLC0415  # an extra

        write_chart(request.plot, curve(found, scenario.spec.name))
    if terminal.as_json:
        print_json(_document(scenario.spec.name, found))
        return 0
    from planner.cli.frontier_text import frontier_text  # noqa: PLC0415  # tables

    frontier_text(found, scenario, terminal)
    return 0


def _document(name: str, found: Frontier) -> dict[str, Any]:
    """Return the JSON: breaks by rising level."""
    return {
        "scenario": name,
        "best": {"name": found.best, "unit": found.best_unit},
        "limit": {"name": found.limit, "unit": found.limit_unit},
        "breaks": [asdict(each) for each in found.breaks],
        "solves": found.solves,
    }
