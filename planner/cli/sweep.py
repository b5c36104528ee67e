"""``planner sweep``: the command; ``sweep_text`` says what it prints."""

import gc
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import numpy as np

from planner.cli.errors import print_error
from planner.cli.figures import check_figures, worth_of
from planner.cli.options import Terminal
from planner.cli.output import check_file, print_json, print_warnings
from planner.cli.progress import Bar
from planner.cli.sweep_text import (
    document,
    print_status,
    status_document,
    sweep_text,
)
from planner.errors import InputError, Problem, UsageError
from planner.pipeline import program_of
from planner.records import dataclass
from planner.report.charts import check_chart_path, write_chart
from planner.report.sweep_chart import check_drawable, sweep_chart
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from planner.sweep.axes import EXAMPLE, check_values
from planner.sweep.cluster import on_cluster
from planner.sweep.evaluate import Evaluator, Outcome
from planner.sweep.export import SUFFIXES, export
from planner.sweep.points import Points, points_of
from planner.sweep.readings import Readings
from planner.sweep.store import Store, check_store
from planner.sweep.sweep import Sweep, Where
from planner.sweep.workers import here, in_processes


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        scenario: Path, or ``-``; None where only a store is asked about.
        overrides: Texts ``path=value``.
        data_dirs: Folders that are searched first.
        vary: Texts ``path=values``.
        alternatives: Names of alternatives, or ``all``.
        sample: How many points are drawn from what is uncertain; None: none.
        metrics: Figures to print; none: the main ones.
        store: File of runs.
        resume: Whether runs of the store are taken from there.
        fail_fast: Whether to end at the first run that fails.
        jobs: Processes of this machine.
        scheduler: Address of a Dask cluster.
        status: Whether only to say what the store holds.
        export: File to write what the store holds to.
        plot: File to draw the figures in.
    """

    scenario: str | None
    overrides: tuple[str, ...]
    data_dirs: tuple[str, ...]
    vary: tuple[str, ...]
    alternatives: tuple[str, ...]
    sample: int | None
    metrics: tuple[str, ...]
    store: str | None
    resume: bool
    fail_fast: bool
    jobs: int
    scheduler: str | None
    status: bool
    export: str | None
    plot: str | None = None


def run(request: Request, terminal: Terminal) -> int:
    """Sweep a scenario, print its figures, and return the exit code."""
    _check_options(request)
    if request.store is not None and request.scenario is None:
        return _from_store(request, request.store, terminal)
    gc.enable()  # a thousand scenarios are not one
    return _swept(request, terminal)


def _swept(request: Request, terminal: Terminal) -> int:
    scenario = load_scenario(
        request.scenario or "", overrides=request.overrides, data_dirs=request.data_dirs
    )
    print_warnings(map(str, scenario.warnings), terminal)
    varied, evaluator = _checked(request, scenario)
    points = varied.sets()
    sweep = Sweep(scenario, points, evaluator)
    with ExitStack() as stack:
        store = None
        if request.store is not None:
            store = stack.enter_context(Store(request.store, scenario.spec.name))
        bar = stack.enter_context(Bar(len(points), shown=not terminal.quiet))
        where = _where(request)
        for progress in sweep.run(
            store, resume=request.resume, fail_fast=request.fail_fast, where=where
        ):
            bar.at(progress)
        if store is not None and request.export is not None:
            export(request.export, store.runs())
    outcomes = sweep.ordered()
    if request.plot is not None and len(outcomes) == len(points):
        chart = sweep_chart(scenario, varied, outcomes, _drawn(request, scenario))
        write_chart(request.plot, chart)
    if terminal.as_json:
        print_json(document(scenario, varied, outcomes))
    else:
        sweep_text(scenario, varied, outcomes, request.metrics, terminal)
    return _code(outcomes)


def _drawn(request: Request, scenario: Scenario) -> tuple[str, ...]:
    """Return the figures of a chart: those asked for, else what the plan is worth."""
    return tuple(dict.fromkeys(request.metrics)) or (worth_of(scenario),)


def _code(outcomes: list[Outcome]) -> int:
    """Return the exit code, and say how many runs failed."""
    failed = [x for x in outcomes if x.status == "failed"]
    if not failed:
        return 0
    first = failed[0]
    runs = "run" if len(outcomes) == 1 else "runs"
    print_error(
        f"planner: {len(failed)} of {len(outcomes)} {runs} failed; the first, "
        f"{', '.join(first.sets)}: {first.error}"
    )
    return 1


def _checked(request: Request, scenario: Scenario) -> tuple[Points, Evaluator]:
    """Return what is varied; nothing is written before all of it is right.

    Raises:
        InputError: Lists everything wrong with anything that was asked for.
        UsageError: Something is to be drawn, and SciPy is not installed; or no chart
            shows it all.
    """
    problems: list[Problem] = []
    points = Points((), ())
    try:
        asked = request.vary, request.alternatives, request.sample
        points = points_of(scenario, *asked)
    except InputError as error:
        problems += error.problems
    evaluator = Evaluator(scenario, points.alternatives)
    checks: list[Callable[[], None]] = [
        partial(check_values, evaluator.documents, axis) for axis in points.axes
    ]
    checks.append(partial(_check_metrics, scenario, request.metrics))
    if request.store is not None:
        checks.append(partial(check_store, request.store, scenario.spec.name))
    for check in checks:
        try:
            check()
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    if request.plot is not None:
        check_drawable(points, _drawn(request, scenario))
    return points, evaluator


def _check_metrics(scenario: Scenario, names: tuple[str, ...]) -> None:
    """Refuse figures that there are none of.

    Raises:
        InputError: Lists each of them.
    """
    if not names:
        return
    program = program_of(scenario)
    known = Readings(scenario, program, None).read(np.zeros(program.arrays.columns))
    check_figures(names, known)


def _where(request: Request) -> Where:
    """Return what evaluates the chunks."""
    if request.scheduler is not None:
        address = request.scheduler
        return lambda evaluator, chunks: on_cluster(evaluator.job, chunks, address)
    if request.jobs > 1:
        return lambda evaluator, chunks: in_processes(
            evaluator.job, chunks, request.jobs
        )
    return here


def _from_store(request: Request, path: str, terminal: Terminal) -> int:
    """Say what a store holds, or export it, and return the exit code."""
    with Store(path) as store:
        if request.export is not None:
            export(request.export, store.runs())
        if terminal.as_json:
            print_json(status_document(store))
        elif request.status or not terminal.quiet:
            print_status(store)
    return 0


def _check_options(request: Request) -> None:
    """Refuse, before anything is solved, what could not be done afterwards.

    Raises:
        UsageError: Options lack one another, or exclude one another.
        InputError: The file of an export cannot be written.
    """
    if request.scenario is None and request.store is None:
        msg = "sweep needs a scenario, or --store FILE with --status or --export"
        raise UsageError(msg)
    if request.scenario is None and not (request.status or request.export):
        msg = "without a scenario --store FILE goes with --status or --export FILE"
        raise UsageError(msg)
    if request.scenario is not None and request.status:
        msg = "--status says what a store holds; leave out the scenario"
        raise UsageError(msg)
    varied = request.vary or request.alternatives or request.sample
    if request.scenario is not None and not varied:
        msg = f"sweep needs something to vary, e.g. --vary '{EXAMPLE}'"
        raise UsageError(msg)
    if request.export is not None and request.store is None:
        msg = "--export writes what a store holds; add --store FILE"
        raise UsageError(msg)
    if request.plot is not None:
        if request.scenario is None:
            msg = "--plot draws a sweep; name its scenario and what it varies"
            raise UsageError(msg)
        check_chart_path(request.plot)
    if request.scheduler is not None and request.jobs > 1:
        msg = "--jobs are of this machine, --scheduler of a cluster; give one of them"
        raise UsageError(msg)
    if request.export is not None:
        check_file(request.export, SUFFIXES, "runs are written as CSV or Parquet")
