"""What is wrong with a workload, seen beside the rest of the scenario."""

from typing import TYPE_CHECKING

from planner.specs.demand import PRIORITY, demand_unit, unit_value
from planner.specs.scenario import Scenario
from planner.specs.value import TokenPrice
from planner.specs.workload import (
    ContinuousTraining,
    Inference,
    Recommendation,
    Service,
    TrainingRun,
    Workload,
)

if TYPE_CHECKING:
    from planner.specs.checks import Loc, Report

_PROFILE_SUM_TOLERANCE = 1e-3


def check_workloads(report: "Report") -> None:
    """Add every problem of every workload to the report."""
    for number, workload in enumerate(report.scenario.spec.workloads):
        at: Loc = ("workloads", number)
        _worth(report, at, workload)
        if _references(report, at, workload):
            _rated(report, at, workload)
        if isinstance(workload, TrainingRun):
            _window(report, at, workload)
        else:
            _service(report, at, workload)


def _references(report: "Report", at: "Loc", workload: Workload) -> bool:
    """Check the names of sites and accelerators; return whether those are known."""
    scenario, placement = report.scenario, workload.accelerators
    for name in workload.sites or ():
        report.known((*at, "sites"), name, scenario.places, "sites")
    types = [((*at, "accelerators", "allowed"), n) for n in placement.allowed or ()]
    if isinstance(placement.maximum, dict):
        loc = (*at, "accelerators", "maximum")
        types += [((*loc, name), name) for name in placement.maximum]
    types += [((*at, "throughput", name), name) for name in workload.throughput]
    known = [
        report.known(loc, name, scenario.accelerators, "accelerators")
        for loc, name in types
    ]
    return all(known)


def _eligible(scenario: Scenario, workload: Workload) -> list[str]:
    """Return the accelerators that the workload may use and that run its kind."""
    types, placement = scenario.accelerators, workload.accelerators
    allowed = placement.allowed or tuple(types)
    limited = placement.maximum if isinstance(placement.maximum, dict) else allowed
    return [
        name
        for name in allowed
        if name in limited and workload.needs in types[name].runs
    ]


def _worth(report: "Report", at: "Loc", workload: Workload) -> None:
    """Check that value, minimum or priority is there, and that values fall."""
    if report.scenario.spec.objective == PRIORITY and workload.priority is None:
        expected = "write e.g. 'priority: 1' (1 comes first)"
        report.problem(at, "has no priority, as serve_by_priority needs", expected)
    maximize = report.scenario.spec.objective == "maximize_value"
    if maximize and workload.value is None and workload.minimum is None:
        expected = "write what it is worth, or the share that must be served"
        report.problem(at, "has neither value nor minimum", expected)
    values = [
        unit_value(workload, step.value).magnitude for step in workload.value or ()
    ]
    for number in range(1, len(values)):
        if values[number] > values[number - 1]:
            loc = (*at, "value", number, "value")
            report.problem(loc, "is above the step before it", "let values fall")


def _rated(report: "Report", at: "Loc", workload: Workload) -> None:
    """Check that a rate can be had: from a model, or measured throughputs."""
    scenario = report.scenario
    eligible = _eligible(scenario, workload)
    missing = [name for name in eligible if name not in workload.throughput]
    if missing and workload.model is None:
        message = f"has no model, and no throughput for {', '.join(missing)}"
        report.problem(at, message, "write e.g. 'model: llama_3_1_70b'")
    chosen = isinstance(workload, Inference)  # the best precision serves
    if missing and workload.precision is None and not chosen:
        report.problem(at, "has no precision", "write e.g. 'precision: fp8'")
    model = scenario.model_of(workload)
    wanted = "ranking" if isinstance(workload, Recommendation) else "transformer"
    if model is not None and model.kind != wanted:
        message = f"{model.name} is a {model.kind} model; {workload.kind} needs a"
        report.problem((*at, "model"), f"{message} {wanted} model")
    for name, rate in workload.throughput.items():
        units = {
            "Inference": ("token/s", "request/s"),
            "Recommendation": ("sample/s", "request/s"),
        }.get(type(workload).__name__, ("token/s",))
        if not any(rate.check(unit) for unit in units):
            loc = (*at, "throughput", name)
            message = f"{report.written(loc)} is not in {' or '.join(units)}"
            report.problem(loc, message, f"write e.g. '570 {units[0]}'")


def _window(report: "Report", at: "Loc", run: TrainingRun) -> None:
    periods = report.scenario.periods
    first, last = periods[0], periods[-1]
    inside = True
    for key in ("start", "deadline"):
        span = getattr(run, key)
        if span is None:
            continue
        if span.first_month < first.first_month or span.end_month > last.end_month:
            message = f"{span.label} is outside {first.label} … {last.label}"
            expected = "write a period inside, and the tokens that remain"
            report.problem((*at, key), message, expected)
            inside = False
    start = run.start.first_month if run.start else first.first_month
    end = run.deadline.end_month if run.deadline else last.end_month
    whole = any(p.first_month >= start and p.end_month <= end for p in periods)
    if inside and not whole:
        expected = f"write at least one whole period, e.g. {first.label}"
        report.problem(at, "has no whole period between start and deadline", expected)
    for key, month in (("start", start), ("deadline", end)):
        cut = [p for p in periods if p.first_month < month < p.end_month]
        if inside and cut:
            message = f"falls inside {cut[0].label}, which is left out of the window"
            report.warn((*at, key), message)


def _service(report: "Report", at: "Loc", service: Service) -> None:
    if service.accelerators.maximum is not None:
        message = "is for training runs; a service takes what its demand needs"
        report.problem((*at, "accelerators", "maximum"), message, "remove it")
    _profile(report, at, service)
    if not (_counted(report, at, service) and _follows(report, at, service)):
        return
    if isinstance(service, Inference):
        _tokens(report, at, service)
    if isinstance(service, Recommendation):
        _ranking(report, at, service)


def _profile(report: "Report", at: "Loc", service: Service) -> None:
    blocks = report.scenario.blocks
    if service.profile is None:
        return
    if service.peak_to_average is None:
        expected = "write the ratio within a block, e.g. 'peak_to_average: 1.2'"
        report.problem(at, "has a profile but no peak_to_average", expected)
    if report.scenario.spec.load_blocks is None:
        message = "is of load blocks, and the scenario has none"
        expected = "write e.g. 'load_blocks: {peak: 6 h, day: 10 h, night: 8 h}'"
        report.problem((*at, "profile"), message, expected)
        return
    if set(service.profile) != set(blocks):
        message = f"names {', '.join(service.profile)}; the load blocks are"
        report.problem((*at, "profile"), f"{message} {', '.join(blocks)}")
        return
    for name, share in service.profile.items():
        if share <= 0:
            report.problem((*at, "profile", name), "must be above 0")
    mean = sum(share * service.profile[name] for name, share in blocks.items())
    if abs(mean - 1) > _PROFILE_SUM_TOLERANCE:
        message = f"has the mean {mean:.4f} over the day; it must be 1"
        report.problem((*at, "profile"), message, "scale it")


def _counted(report: "Report", at: "Loc", service: Service) -> bool:
    """Check that the form of the demand fits what the service is counted in."""
    demand = service.demand
    if isinstance(service, ContinuousTraining) and demand.series is None:
        expected = "write e.g. '5 Mtoken/s'"
        report.problem((*at, "demand"), "training is counted in token/s", expected)
        return False
    if isinstance(service, Inference) and demand.candidates is not None:
        expected = "inference is counted in requests; remove it"
        loc = (*at, "demand", "candidates")
        report.problem(loc, "is for recommendation", expected)
        return False
    return True


def _follows(report: "Report", at: "Loc", service: Service) -> bool:
    """Check the chain of demands; return whether demand can be computed."""
    workloads = report.scenario.workloads
    seen = [service.name]
    current: Workload = service
    while not isinstance(current, TrainingRun) and current.demand.of is not None:
        name = current.demand.of
        if current is service and not report.known(
            (*at, "demand", "of"), name, workloads, "workloads"
        ):
            return False
        if name not in workloads:
            return False
        if name in seen:
            chain = " → ".join([*seen, name])
            report.problem((*at, "demand", "of"), f"demands go in a circle: {chain}")
            return False
        seen.append(name)
        current = workloads[name]
        requests = (
            not isinstance(current, TrainingRun) and demand_unit(current) == "request/s"
        )
        if not requests:
            message = f"{name} is not counted in requests"
            expected = "name a workload whose demand is in request/s"
            report.problem((*at, "demand", "of"), message, expected)
            return False
    return True


def _tokens(report: "Report", at: "Loc", service: Inference) -> None:
    """Check that prompt and output are there where tokens are counted."""
    values = [step.value for step in service.value or ()]
    by_token = any(isinstance(v, TokenPrice) or v.check("USD/token") for v in values)
    rated = service.model is not None
    if (rated or by_token) and service.prompt is None:
        report.problem(at, "has no prompt", "write e.g. 'prompt: 1155 token'")
    counted = any(rate.check("token/s") for rate in service.throughput.values())
    if (rated or by_token or counted) and service.output is None:
        report.problem(at, "has no output", "write e.g. 'output: 211 token'")
    if service.output is not None and service.output.magnitude == 0:
        report.problem((*at, "output"), "must be above 0")


def _ranking(report: "Report", at: "Loc", service: Recommendation) -> None:
    scenario = report.scenario
    model = scenario.model_of(service)
    unit = demand_unit(service)
    if service.copies is not None and (model is None or model.tables is None):
        message = "no model states tables to hold copies of"
        expected = "remove copies, or add a model with tables"
        if model is not None:
            message = f"{model.name} states no tables to hold copies of"
            expected = "remove copies, or add tables"
        report.problem((*at, "copies"), message, expected)
    if model is not None:
        wanted = "request/s" if model.per_request else "sample/s"
        if unit != wanted:
            message = f"demand is in {unit}, but {model.name} is counted in {wanted}"
            expected = "write e.g. '{of: ads_requests, candidates: 100 sample/request}'"
            if model.per_request:
                expected = "write it in request/s, without candidates"
            report.problem((*at, "demand"), message, expected)
        split = model.user_compute is not None and not model.per_request
        if split and service.demand.candidates is None:
            message = f"{model.name} has user_compute, which is done once a request"
            expected = "write the demand as {of: …, candidates: …}"
            report.problem((*at, "demand"), message, expected)
    for number, step in enumerate(service.value or ()):
        value_unit = "USD/request" if unit == "request/s" else "USD/sample"
        if isinstance(step.value, TokenPrice) or step.value.check(value_unit):
            continue
        loc = (
            (*at, "value") if len(service.value or ()) == 1 else (*at, "value", number)
        )
        report.problem(loc, f"is not in {value_unit}, as the demand in {unit} needs")
