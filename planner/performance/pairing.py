"""The rate of every workload on every accelerator of a scenario."""

from collections.abc import Mapping
from dataclasses import replace

from planner.performance.chips import Chip
from planner.performance.constants import load_constants
from planner.performance.goodput import goodput
from planner.performance.inference import inference_rate
from planner.performance.inputs import (
    chip,
    ranking_model,
    ranking_work,
    serving_request,
    transformer,
)
from planner.performance.models import RankingModel, Transformer
from planner.performance.recommendation import recommendation_rate, table_accelerators
from planner.performance.results import (
    Bracket,
    InferenceRate,
    RecommendationRate,
    Rejection,
    TrainingRate,
)
from planner.performance.training import brackets, in_job, training_rate
from planner.periods import HOURS_OF_A_DAY, SECONDS_OF_AN_HOUR
from planner.records import dataclass
from planner.specs.accelerator import Accelerator
from planner.specs.demand import demand_unit, run_window
from planner.specs.model import Model
from planner.specs.scenario import Scenario
from planner.specs.workload import (
    ContinuousTraining,
    Inference,
    Recommendation,
    TrainingRun,
    Workload,
)
from planner.units import Quantity, magnitude, ureg

_FIXED_POINT_STEPS = 20
SECONDS_OF_A_DAY = HOURS_OF_A_DAY * SECONDS_OF_AN_HOUR
MEASURED = "measured"

Detail = TrainingRate | InferenceRate | RecommendationRate


@dataclass(frozen=True, slots=True)
class Rate:
    """What one accelerator does for one workload.

    Attributes:
        per_accelerator: Demand units per accelerator-second, all efficiency, latency,
            tail and goodput factors included.
        unit: ``request/s``, ``sample/s`` or ``token/s``.
        replica: Accelerators that serve together; None where divisible.
        table_accelerators: Accelerators that one copy of the tables fills; None
            without tables.
        measured: Whether it is the workload's own `throughput`.
        confidence: ``measured``, or that of the accelerator's factors.
        notes: What the reader of the estimate must know.
        brackets: Of a run that asks for them: what one more accelerator brings, by
            size; ``per_accelerator`` is that of the first.
        detail: The estimate with its parts; None where measured.
    """

    per_accelerator: float
    unit: str
    replica: int | None
    table_accelerators: float | None
    measured: bool
    confidence: str
    notes: tuple[str, ...] = ()
    detail: Detail | None = None
    brackets: tuple[Bracket, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a rate needs beside workload and accelerator.

    Attributes:
        model: Of the workload; None where all its rates are measured.
        unit: Of its demand.
        window_s: Length of a run's window; 0 for a service.
    """

    model: Model | None
    unit: str
    window_s: float


Rates = Mapping[tuple[str, str], Rate | Rejection]
"""The rate, or the reason for none, keyed by (workload, accelerator)."""


def rates(scenario: Scenario) -> dict[tuple[str, str], Rate | Rejection]:
    """Return the rate, or the reason for none, keyed by (workload, accelerator)."""
    return {
        (workload.name, accelerator.name): (
            _allowed(workload, accelerator)
            or _placed(scenario, workload, accelerator)
            or _rated(workload, accelerator, context_of(scenario, workload))
        )
        for workload in scenario.workloads.values()
        for accelerator in scenario.accelerators.values()
    }


def context_of(scenario: Scenario, workload: Workload) -> Context:
    """Return what the rate of a workload needs of its scenario."""
    if not isinstance(workload, TrainingRun):
        unit = demand_unit(workload)
        return Context(scenario.model_of(workload), unit, 0.0)
    hours = sum(scenario.periods[t].hours for t in run_window(scenario, workload))
    window_s = hours * SECONDS_OF_AN_HOUR
    return Context(scenario.model_of(workload), "token/s", window_s)


def rate(
    workload: Workload, accelerator: Accelerator, context: Context
) -> Rate | Rejection:
    """Return the rate of one workload on one accelerator, wherever it stands.

    A stated `throughput` is final: no efficiency, goodput, latency or tail factor and
    no memory fit apply to it.
    """
    return _allowed(workload, accelerator) or _rated(workload, accelerator, context)


def _rated(
    workload: Workload, accelerator: Accelerator, context: Context
) -> Rate | Rejection:
    """Return the measured or estimated rate of an accelerator that is allowed."""
    measured = workload.throughput.get(accelerator.name)
    if measured is not None:
        return _measured(workload, accelerator, context, measured)
    if context.model is None:
        return Rejection("no_data", f"no throughput is stated for {accelerator.name}")
    if isinstance(workload, Inference):
        model = transformer(context.model)
        return _inference(workload, accelerator, model, workload.precision)
    precision = workload.precision
    if precision is None:
        return Rejection("no_data", f"{workload.name} states no precision")
    if isinstance(workload, Recommendation):
        ranking = ranking_model(context.model)
        return _recommendation(workload, accelerator, ranking, precision, context.unit)
    model = transformer(context.model)
    return _training(workload, accelerator, model, precision, context.window_s)


def _placed(
    scenario: Scenario, workload: Workload, accelerator: Accelerator
) -> Rejection | None:
    """Return why no place of the workload takes the accelerator, if none does."""
    named = workload.sites
    places = scenario.places_of(accelerator)
    if any(named is None or place in named for place in places):
        return None
    sites = [
        site for site in scenario.sites.values() if named is None or site.name in named
    ]
    needs = set(accelerator.requires)
    willing = [
        site
        for site in sites
        if site.accelerators is None or accelerator.name in site.accelerators
    ]
    if willing and not any(needs <= set(site.provides) for site in willing):
        detail = f"no site provides {', '.join(sorted(needs))}"
        return Rejection("cooling", detail)
    return Rejection("not_allowed", f"no site takes {accelerator.name}")


def _allowed(workload: Workload, accelerator: Accelerator) -> Rejection | None:
    """Return why the workload may not use the accelerator, if so."""
    placement, name = workload.accelerators, accelerator.name
    if placement.allowed is not None and name not in placement.allowed:
        return Rejection("not_allowed", f"{workload.name} does not list {name}")
    if isinstance(placement.maximum, Mapping) and name not in placement.maximum:
        return Rejection("not_allowed", f"{workload.name} gives {name} no maximum")
    if workload.needs in accelerator.runs:
        return None
    why = accelerator.why or f"it runs {', '.join(accelerator.runs)}"
    return Rejection("kind", f"{name} does not run {workload.needs}: {why}")


def _measured(
    workload: Workload, accelerator: Accelerator, context: Context, stated: Quantity
) -> Rate | Rejection:
    """Return the stated throughput in the unit of the demand."""
    tables: float | None = None
    if context.model is not None and isinstance(workload, Recommendation):
        tables = table_accelerators(ranking_model(context.model), chip(accelerator))
    if not stated.check(context.unit):
        each = _conversion(workload)
        if each is None:
            detail = f"its throughput is not in {context.unit}"
            return Rejection("no_data", detail)
        stated = stated / each if context.unit == "request/s" else stated * each
    return Rate(
        per_accelerator=magnitude(stated, context.unit),
        unit=context.unit,
        replica=workload.replica,
        table_accelerators=tables,
        measured=True,
        confidence=MEASURED,
    )


def _conversion(workload: Workload) -> Quantity | None:
    """Return output tokens, or samples, per request; None where not stated."""
    if isinstance(workload, Inference) and workload.output is not None:
        per_request: Quantity = workload.output / ureg.Quantity(1.0, "request")
        return per_request
    if isinstance(workload, Recommendation):
        return workload.demand.candidates
    return None


def _training(
    workload: TrainingRun | ContinuousTraining,
    accelerator: Accelerator,
    model: Transformer,
    precision: str,
    window_s: float,
) -> Rate | Rejection:
    """Return the rate of a run in a job of the size that it will have."""
    constants, used = load_constants().training, chip(accelerator)
    length = workload.sequence_length
    stated = None if length is None else magnitude(length, "token")
    sequence = constants.sequence_tokens if stated is None else stated
    found = training_rate(model, used, precision, sequence, constants)
    if isinstance(found, Rejection):
        return found
    if isinstance(workload, ContinuousTraining):
        count = constants.continuous_accelerators
    else:
        count = _job_size(workload, used, found.token_s, window_s)
    steady, found = found, in_job(found, used, count)
    rate = _estimate(found, found.token_s, "token/s", workload.replica, None)
    if isinstance(workload, ContinuousTraining) or not workload.accelerators.brackets:
        return rate
    return _by_size(rate, workload, used, steady)


def _by_size(
    rate: Rate, run: TrainingRun, used: Chip, steady: TrainingRate
) -> Rate | Rejection:
    """Return the rate of a run with what one more accelerator brings at each size.

    The catalogue's efficiency is taken to hold at the usual size of a run of as much
    work; how it falls with size is the law of the published runs.
    """
    from planner.performance.published import load_survey  # noqa: PLC0415  # seldom

    survey = load_survey()
    peak = used.peak_flop_s.get("bf16") or used.peak_flop_s.get("fp16")
    if peak is None:
        return Rejection("no_data", f"hardware/{used.name}.yaml lacks peak.bf16")
    flops = steady.flops_per_token * magnitude(run.tokens, "token")
    usual = survey.typical_count(flops / peak / SECONDS_OF_A_DAY)
    most = _job_size(run, used, steady.steady_token_s, 1.0)
    ends = [size for size in run.accelerators.brackets if size < most]
    slope = max(0.0, survey.prior.slope("work"))
    found = brackets(steady, used, usual, [*ends, most], slope)
    first = found[0].token_s
    if first <= 0:
        return Rejection("unavailable", f"failures leave {used.name} no progress")
    parts = ", ".join(f"{b.token_s / first:.0%} up to {b.up_to:,.0f}" for b in found)
    note = f"one more accelerator brings {parts} (usual size {usual:,.0f})"
    return replace(
        rate, per_accelerator=first, brackets=found, notes=(*rate.notes, note)
    )


def _job_size(
    run: TrainingRun, used: Chip, steady_token_s: float, window_s: float
) -> float:
    """Return the accelerators of a run: its maximum, or those that finish in time."""
    maximum = run.accelerators.maximum
    if isinstance(maximum, Mapping):
        return maximum[used.name]
    if maximum is not None:
        return maximum
    ideal = magnitude(run.tokens, "token") / (steady_token_s * window_s)
    count = ideal
    for _ in range(_FIXED_POINT_STEPS):
        share = goodput(used, count).share
        if not share:
            break
        count = ideal / share
    return count


def _inference(
    workload: Inference,
    accelerator: Accelerator,
    model: Transformer,
    precision: str | None,
) -> Rate | Rejection:
    """Return the rate of the best replica, in the best precision where none is set."""
    request = serving_request(workload)
    if request is None:
        return Rejection("no_data", f"{workload.name} lacks prompt or output")
    constants = load_constants().inference
    found = inference_rate(model, chip(accelerator), precision, request, constants)
    if isinstance(found, Rejection):
        return found
    return _estimate(found, found.request_s, "request/s", found.replica, None)


def _recommendation(
    workload: Recommendation,
    accelerator: Accelerator,
    model: RankingModel,
    precision: str,
    unit: str,
) -> Rate | Rejection:
    """Return the rate of a ranking model."""
    constants = load_constants().recommendation
    work = ranking_work(workload, "request" if unit == "request/s" else "sample")
    found = recommendation_rate(model, chip(accelerator), precision, work, constants)
    if isinstance(found, Rejection):
        return found
    tables = found.table_accelerators
    return _estimate(found, found.unit_s, unit, workload.replica, tables)


def _estimate(
    found: Detail,
    per_accelerator: float,
    unit: str,
    replica: int | None,
    tables: float | None,
) -> Rate:
    """Return an estimate in the shape that all rates share."""
    return Rate(
        per_accelerator=per_accelerator,
        unit=unit,
        replica=replica,
        table_accelerators=tables,
        measured=False,
        confidence=found.confidence,
        notes=found.notes,
        detail=found,
    )
