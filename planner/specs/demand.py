"""What a workload asks for and when, and what one unit of it is worth."""

from planner.periods import Span
from planner.specs.scenario import Scenario
from planner.specs.value import Price, TokenPrice, ValueStep
from planner.specs.workload import (
    ContinuousTraining,
    Inference,
    Recommendation,
    Service,
    TrainingRun,
    Workload,
)
from planner.units import Quantity, magnitude, unit_of, ureg

ZERO_SHARE = 0.0
FULL_SHARE = 1.0
PRIORITY = "serve_by_priority"
"""The objective that goes by priorities, not by values."""


def demand_unit(service: Service) -> str:
    """Return the unit a service's demand is counted in."""
    if isinstance(service, ContinuousTraining):
        return "token/s"
    if isinstance(service, Inference):
        return "request/s"
    demand = service.demand
    if demand.of is not None:
        return "request/s" if demand.candidates is None else "sample/s"
    if demand.series is not None:
        stated = demand.series.steps[0].value
        return "request/s" if stated.check("request/s") else "sample/s"
    return "request/s"


def mean_demand(scenario: Scenario, service: Service, period: Span) -> Quantity:
    """Return the mean demand of a period, in ``demand_unit``; 0 before its keys."""
    unit = demand_unit(service)
    demand = service.demand
    if demand.of is not None:
        followed = scenario.workloads[demand.of]
        base = mean_demand(scenario, followed, period)  # type: ignore[arg-type]  # checks.py lets only services be followed
        return (
            base if demand.candidates is None else (base * demand.candidates).to(unit)
        )
    if demand.users is not None and demand.requests_per_user is not None:
        users = demand.users.level(period)
        each = demand.requests_per_user.level(period)
        if users is None or each is None:
            return ureg.Quantity(0.0, unit)
        asked: Quantity = (users * each).to(unit)
        return asked
    level = demand.series.level(period) if demand.series else None
    return ureg.Quantity(0.0, unit) if level is None else _in_unit(level, unit)


def _in_unit(quantity: Quantity, unit: str) -> Quantity:
    """Return a quantity in another unit, by cached factors."""
    return ureg.Quantity(magnitude(quantity, unit), unit_of(unit))


def profile_of(scenario: Scenario, service: Service, block: str) -> float:
    """Return demand in a block over the mean, the profile scaled to mean 1."""
    if service.profile is None:
        return 1.0
    mean = sum(share * service.profile[name] for name, share in scenario.blocks.items())
    return service.profile[block] / mean


def minimum_of(scenario: Scenario, workload: Workload) -> float:
    """Return the share that must be served or completed."""
    if workload.minimum is not None:
        return workload.minimum
    default = scenario.spec.objective == "minimize_cost"
    return FULL_SHARE if default else ZERO_SHARE


def value_steps(scenario: Scenario, workload: Workload) -> tuple[ValueStep, ...]:
    """Return the steps of the value up to 100 %; none where value is ignored."""
    if scenario.spec.objective != "maximize_value" or workload.value is None:
        return ()
    return workload.value


def unit_value(workload: Workload, price: Price) -> Quantity:
    """Return the value of one unit of demand, or of the whole run.

    Returns:
        USD/request, USD/sample, USD/token or (a run) USD.
    """
    if isinstance(workload, Inference):
        if not isinstance(price, TokenPrice):
            if price.check("USD/request"):
                return price.to("USD/request")
            price = TokenPrice(price, price)
        none = ureg.Quantity(0.0, "token")
        prompt: Quantity = price.prompt * (workload.prompt or none)
        output: Quantity = price.output * (workload.output or none)
        total: Quantity = prompt + output
        each: Quantity = (total / ureg.Quantity(1.0, "request")).to("USD/request")
        return each
    if isinstance(price, TokenPrice):
        msg = f"{workload.name}: prices by token are for inference"
        raise TypeError(msg)
    if isinstance(workload, TrainingRun):
        return price.to("USD")
    if isinstance(workload, Recommendation):
        unit = "USD/request" if price.check("USD/request") else "USD/sample"
        return price.to(unit)
    return price.to("USD/token")


def run_window(scenario: Scenario, run: TrainingRun) -> tuple[int, ...]:
    """Return the periods that lie wholly between a run's start and deadline."""
    periods = scenario.periods
    start = run.start.first_month if run.start else periods[0].first_month
    end = run.deadline.end_month if run.deadline else periods[-1].end_month
    return tuple(
        t
        for t, span in enumerate(periods)
        if span.first_month >= start and span.end_month <= end
    )
