"""``planner sensitivity``: the command; ``sensitivity_text`` says what it prints."""

import gc
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from planner.api import solve
from planner.cli.figures import check_figures, worth_of
from planner.cli.given import Given
from planner.cli.options import Terminal
from planner.cli.output import print_json, print_warnings
from planner.cli.progress import Bar
from planner.errors import InfeasibleError, SolverError, UsageError
from planner.records import dataclass
from planner.specs.rehearsal import rehearse_draws
from planner.specs.scenario import Scenario
from planner.sweep.evaluate import Evaluator, Outcome
from planner.sweep.indices import Index, check_sobol, index_points, indices_of
from planner.sweep.ranges import Range, inputs_that_matter, ranges_of
from planner.sweep.sensitivity import Evaluate, Influence, influences_of
from planner.sweep.store import Store, check_store
from planner.sweep.sweep import Sweep

_SHARE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*(%?)")


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        given: The scenario.
        inputs: Paths to move; none: those declared, else those that matter.
        by: How far, as text; None: to the declared ends, else by a tenth.
        metrics: Figures beside the objective.
        sobol: Base points of the Sobol indices; None: not asked.
        plot: File of the tornado; None: none.
        store: File that keeps the runs; None: none.
    """

    given: Given
    inputs: tuple[str, ...]
    by: str | None
    metrics: tuple[str, ...]
    sobol: int | None
    plot: str | None
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Variance:
    """Sobol indices of every figure.

    Attributes:
        points: How many were solved.
        without: How many of them have no plan, or a figure that has no value.
        indices: Of every input, keyed by figure; empty where a point has none.
    """

    points: int
    without: int
    indices: Mapping[str, tuple[Index, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """All that was asked.

    Attributes:
        scenario: What was planned.
        names: Figures, the objective first.
        base: What the scenario itself comes to.
        influences: Of every input, by how far the objective moves.
        variance: Sobol indices; None: not asked.
    """

    scenario: Scenario
    names: tuple[str, ...]
    base: Mapping[str, float | None]
    influences: tuple[Influence, ...]
    variance: Variance | None


def run(request: Request, terminal: Terminal) -> int:
    """Move every input, print what it does, and return the exit code."""
    share = _checked(request)
    gc.enable()  # a thousand scenarios are not one
    scenario = request.given.load()
    print_warnings(map(str, scenario.warnings), terminal)
    if request.store is not None:
        check_store(request.store, scenario.spec.name)
    ranges = _ranges(scenario, request, share)
    found = _found(scenario, ranges, request, terminal)
    print_warnings(_doubts(found), terminal)
    if request.plot is not None:
        from planner.cli.sensitivity_text import tornado  # noqa: PLC0415  # charts
        from planner.report.charts import write_chart  # noqa: PLC0415

        asked = found.names[1:] or found.names
        write_chart(request.plot, tornado(found, asked[0]))
    if terminal.as_json:
        print_json(_document(found))
    else:
        from planner.cli.sensitivity_text import sensitivity_text  # noqa: PLC0415

        sensitivity_text(found, terminal)
    return _code(found)


def _checked(request: Request) -> float | None:
    """Return how far inputs are moved, after refusing what cannot be done.

    Raises:
        UsageError: An option is no such number, or an extra is not installed.
        InputError: The file of the chart cannot be written.
    """
    if request.plot is not None:
        from planner.report.charts import check_chart_path  # noqa: PLC0415  # seldom

        check_chart_path(request.plot)
    if request.sobol is not None:
        check_sobol(request.sobol)
    if request.by is None:
        return None
    found = _SHARE.fullmatch(request.by.strip())
    share = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < share < 1:
        msg = f"--by {request.by} is not a share above 0 and below 100 %; write 10%"
        raise UsageError(msg)
    return share


def _ranges(
    scenario: Scenario, request: Request, share: float | None
) -> tuple[Range, ...]:
    """Return the inputs that are moved, and their ends.

    Raises:
        InputError: There is no number at a path, or a draw would be refused.
        InfeasibleError: Prices are to choose them, and there is no plan.
    """
    stated = scenario.spec.uncertainty
    paths = request.inputs
    if not paths and stated is not None:
        paths = tuple(each.path for each in stated.inputs)
    if not paths:
        plan = solve(scenario)
        _check_status(scenario, plan.status)
        paths = inputs_that_matter(scenario, plan)
    if stated is not None:
        rehearse_draws(scenario)
    return ranges_of(scenario, paths, share)


def _check_status(scenario: Scenario, status: str, why: str = "") -> None:
    """Refuse to compare with a scenario that has no plan.

    Raises:
        InfeasibleError: No plan satisfies it.
        SolverError: None was proven.
    """
    name = scenario.spec.name
    if status == "infeasible":
        msg = f"{name} has no plan to compare with; 'planner explain' says why"
        raise InfeasibleError(msg)
    if status != "optimal":
        msg = f"{name}: {why or 'no optimum was proven'}"
        raise SolverError(msg)


def _found(
    scenario: Scenario, ranges: tuple[Range, ...], request: Request, terminal: Terminal
) -> Found:
    with ExitStack() as stack:
        store = None
        if request.store is not None:
            store = stack.enter_context(Store(request.store, scenario.spec.name))
        evaluate = _evaluate(scenario, store, terminal)
        (base,) = evaluate([()])
        _check_status(scenario, base.status, base.error)
        names = _names(scenario, base, request.metrics)
        variance = None
        if request.sobol is not None:
            variance = _variance(scenario, ranges, names, request.sobol, evaluate)
        influences = influences_of(scenario, ranges, base, names, evaluate)
    readings = base.readings or {}
    return Found(scenario, names, {n: readings[n] for n in names}, influences, variance)


def _evaluate(
    scenario: Scenario, store: Store | None, terminal: Terminal
) -> Callable[[Sequence[tuple[str, ...]]], list[Outcome]]:
    """Return what evaluates points; runs that are stored are not solved again."""
    evaluator = Evaluator(scenario)

    def evaluate(points: Sequence[tuple[str, ...]]) -> list[Outcome]:
        sweep = Sweep(scenario, points, evaluator)
        with Bar(len(points), shown=not terminal.quiet) as bar:
            for progress in sweep.run(store):
                bar.at(progress)
        return sweep.ordered()

    return evaluate


def _names(
    scenario: Scenario, base: Outcome, metrics: Sequence[str]
) -> tuple[str, ...]:
    """Return the figures that are looked at, the objective first.

    Raises:
        InputError: There is no such figure.
    """
    check_figures(metrics, base.readings or {})
    return tuple(dict.fromkeys([worth_of(scenario), *metrics]))


def _variance(
    scenario: Scenario,
    ranges: tuple[Range, ...],
    names: Sequence[str],
    count: int,
    evaluate: Evaluate,
) -> Variance:
    """Return the Sobol indices of every figure; none where a point has no plan."""
    stated = scenario.spec.uncertainty
    seed = stated.seed if stated else 1
    points = index_points(ranges, count, seed)
    readings = [outcome.readings or {} for outcome in evaluate(points)]
    complete: dict[str, list[float]] = {}
    for name in names:
        figures = [
            figure for each in readings if (figure := each.get(name)) is not None
        ]
        if len(figures) == len(points):
            complete[name] = figures
    without = sum(any(each.get(n) is None for n in names) for each in readings)
    indices = {n: indices_of(ranges, each, seed) for n, each in complete.items()}
    return Variance(len(points), without, indices)


def _doubts(found: Found) -> list[str]:
    """Return what limits the answers."""
    stated, doubts = found.scenario.spec.uncertainty, []
    if found.variance is not None and stated and stated.correlation is not None:
        doubts.append("Sobol indices are of inputs as if they were not correlated")
    if found.variance is not None and found.variance.without:
        missing = f"{found.variance.without} of {found.variance.points} points"
        doubts.append(f"{missing} have no plan, so there are no Sobol indices")
    if found.scenario.spec.integer:
        doubts.append("plans in whole systems differ by up to their gap for no reason")
    ends = (end for each in found.influences for end in (each.low, each.high))
    if any(end.status == "failed" for end in ends):
        doubts.append("an end could not be solved; --json says why")
    return doubts


def _code(found: Found) -> int:
    """Return 1 where something asked for could not be had, else 0."""
    ends = (end for each in found.influences for end in (each.low, each.high))
    failed = any(end.status == "failed" for end in ends)
    missing = found.variance is not None and found.variance.without > 0
    return int(failed or missing)


def _document(found: Found) -> dict[str, Any]:
    """Return the JSON: inputs by how far the objective moves."""
    variance = None
    if found.variance is not None:
        variance = {
            "points": found.variance.points,
            "without": found.variance.without,
            "indices": {
                name: [asdict(index) for index in indices]
                for name, indices in found.variance.indices.items()
            },
        }
    return {
        "scenario": found.scenario.spec.name,
        "base": dict(found.base),
        "inputs": [_row(each, found.names) for each in found.influences],
        "sobol": variance,
    }


def _row(each: Influence, names: Sequence[str]) -> dict[str, Any]:
    ends = {
        key: {
            "value": end.value,
            "status": end.status,
            "why": end.why,
            "figures": {name: end.figures.get(name) for name in names},
        }
        for key, end in (("low", each.low), ("high", each.high))
    }
    return {
        "path": each.path,
        "unit": each.unit,
        "value": each.value,
        "declared": each.declared,
        **ends,
        "elasticities": dict(each.elasticities),
    }
