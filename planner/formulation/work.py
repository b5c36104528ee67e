"""Rates as shares of demand, windows of runs, and values: the work side."""

from collections.abc import Mapping
from itertools import pairwise

from planner.economics.money import MUSD, discount_factor
from planner.formulation.clock import ALL_DAY, Clock
from planner.performance.pairing import Rate, Rates
from planner.periods import SECONDS_OF_AN_HOUR
from planner.records import dataclass
from planner.specs.demand import (
    demand_unit,
    mean_demand,
    minimum_of,
    profile_of,
    run_window,
    unit_value,
    value_steps,
)
from planner.specs.scenario import Scenario
from planner.specs.workload import Recommendation, Service, TrainingRun, Workload
from planner.units import magnitude

Cell = tuple[int, str]
"""Period and load block."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One step of a value: a share of the work, and what that share is worth.

    Attributes:
        width: Share of the work that this step spans, in (0, 1].
        value_musd: Worth of the whole work at this step's price
            [present MUSD per share of 1].
    """

    width: float
    value_musd: float


@dataclass(frozen=True, slots=True)
class Work:
    """The work side of one program.

    Attributes:
        runs: Training runs, R.
        services: Services, V.
        steady: Runs that use as much in every block, R; empty with one block.
        pairs: Sites and places of offers that each workload may use with each
            accelerator, keyed by W x A; absent where the pair cannot be.
        window: Periods of each run, keyed by R.
        live: Period and block of each service where it has demand, keyed by V.
        demand_share: Share of the demand that one accelerator can serve, with
            peak and headroom, keyed by A x V x T x B.
        copied: Services that state how many copies of their tables must be
            in memory.
        memory_share: Share of the table copies that one accelerator holds,
            keyed by A x V, for these.
        work_share: Share of a run that one accelerator does in a period and
            block, keyed by A x R x T x B; of a steady run in ``ALL_DAY``.
        maximum: Most accelerators of a run as weights: accelerator to the
            inverse of its maximum, keyed by R; runs without maximum absent.
        brackets: Sizes of a run beyond which one more of an accelerator does less,
            each with the part of the first rate that is lost there, keyed by A x R;
            runs without brackets are absent.
        minimum: Share that must be served or completed, keyed by W.
        unit: Unit of each service's demand, keyed by V.
        mean_demand: Mean demand of a period in that unit, keyed by V x T.
        tokens: Tokens of each run, keyed by R.
        use: Share of an assigned accelerator's time that burns active power,
            keyed by W.
        served_pieces: Steps of a service's value, keyed by V x T x B.
        completed_pieces: Steps of a run's value, keyed by R.
    """

    runs: tuple[str, ...]
    services: tuple[str, ...]
    steady: frozenset[str]
    pairs: Mapping[tuple[str, str], tuple[str, ...]]
    window: Mapping[str, tuple[int, ...]]
    live: Mapping[str, tuple[tuple[int, str], ...]]
    demand_share: Mapping[tuple[str, str, int, str], float]
    copied: frozenset[str]
    memory_share: Mapping[tuple[str, str], float]
    work_share: Mapping[tuple[str, str, int, str], float]
    maximum: Mapping[str, Mapping[str, float]]
    brackets: Mapping[tuple[str, str], tuple[tuple[float, float], ...]]
    minimum: Mapping[str, float]
    unit: Mapping[str, str]
    mean_demand: Mapping[tuple[str, int], float]
    tokens: Mapping[str, float]
    use: Mapping[str, float]
    served_pieces: Mapping[tuple[str, int, str], tuple[Piece, ...]]
    completed_pieces: Mapping[str, tuple[Piece, ...]]


def work_of(scenario: Scenario, clock: Clock, rates: Rates) -> Work:
    """Return the work side of a scenario's program.

    Args:
        scenario: A checked scenario.
        clock: Its periods.
        rates: Work per accelerator-second, keyed by W x A.
    """
    runs = [w for w in scenario.spec.workloads if isinstance(w, TrainingRun)]
    services = [w for w in scenario.spec.workloads if not isinstance(w, TrainingRun)]
    pairs = _pairs(scenario, rates)
    window = {run.name: run_window(scenario, run) for run in runs}
    demand = {s.name: _demand(scenario, clock, s) for s in services}
    return Work(
        runs=tuple(run.name for run in runs),
        services=tuple(service.name for service in services),
        steady=frozenset(run.name for run in runs if _is_steady(run, clock)),
        pairs=pairs,
        window=window,
        live={name: tuple(cells) for name, cells in demand.items()},
        demand_share={
            (a, s.name, t, b): _rate(rates, s, a) / (s.capacity_factor * wanted)
            for s in services
            for a in scenario.accelerators
            if (s.name, a) in pairs
            for (t, b), wanted in demand[s.name].items()
        },
        copied=frozenset(
            s.name for s in services if isinstance(s, Recommendation) and s.copies
        ),
        memory_share=_memory_shares(services, pairs, rates),
        work_share=_work_shares(clock, runs, window, pairs, rates),
        maximum={
            run.name: run_maximum(run, tuple(scenario.accelerators))
            for run in runs
            if run.accelerators.maximum is not None
        },
        brackets={
            (a, w): losses
            for w, a in pairs
            if isinstance(rate := rates[w, a], Rate) and (losses := _losses(rate))
        },
        minimum={w.name: minimum_of(scenario, w) for w in scenario.spec.workloads},
        unit={s.name: demand_unit(s) for s in services},
        mean_demand={
            (s.name, t): sum(
                demand[s.name].get((t, b), 0.0) * share
                for b, share in clock.blocks.items()
            )
            for s in services
            for t in range(clock.count)
        },
        tokens={run.name: magnitude(run.tokens, "token") for run in runs},
        use={run.name: 1.0 for run in runs}
        | {s.name: 1 / s.capacity_factor for s in services},
        served_pieces={
            cell: pieces
            for s in services
            for cell, pieces in _served_pieces(
                scenario, clock, s, demand[s.name]
            ).items()
        },
        completed_pieces={
            run.name: _completed_pieces(scenario, clock, run, window[run.name])
            for run in runs
        },
    )


def _losses(rate: Rate) -> tuple[tuple[float, float], ...]:
    """Return where one more accelerator brings less, and how much less of the first."""
    return tuple(
        (before.up_to, (before.token_s - after.token_s) / rate.per_accelerator)
        for before, after in pairwise(rate.brackets)
        if after.token_s < before.token_s
    )


def run_maximum(run: TrainingRun, names: tuple[str, ...]) -> dict[str, float]:
    """Return 1/maximum for every accelerator that a run may use."""
    maximum = run.accelerators.maximum
    if isinstance(maximum, dict):
        return {name: 1 / most for name, most in maximum.items() if most > 0}
    return dict.fromkeys(names, 1 / maximum) if maximum else {}


def _pairs(scenario: Scenario, rates: Rates) -> dict[tuple[str, str], tuple[str, ...]]:
    found = {}
    for workload in scenario.spec.workloads:
        for name, accelerator in scenario.accelerators.items():
            if not isinstance(rates[workload.name, name], Rate):
                continue
            places = tuple(
                place
                for place in scenario.places_of(accelerator)
                if workload.sites is None or place in workload.sites
            )
            if places:
                found[workload.name, name] = places
    return found


def _rate(rates: Rates, workload: Workload, accelerator: str) -> float:
    """Return the work per second of one accelerator in the demand's unit."""
    rate = rates[workload.name, accelerator]
    return rate.per_accelerator if isinstance(rate, Rate) else 0.0


def _demand(scenario: Scenario, clock: Clock, service: Service) -> dict[Cell, float]:
    """Return the demand of every period and block where it is above 0."""
    found = {}
    for t, period in enumerate(scenario.periods):
        mean = float(mean_demand(scenario, service, period).magnitude)
        for block in clock.blocks:
            wanted = mean * profile_of(scenario, service, block)
            if wanted > 0:
                found[t, block] = wanted
    return found


def _memory_shares(
    services: list[Service],
    pairs: Mapping[tuple[str, str], tuple[str, ...]],
    rates: Rates,
) -> dict[tuple[str, str], float]:
    found = {}
    for service in services:
        copies = service.copies if isinstance(service, Recommendation) else None
        for workload, accelerator in pairs if copies else ():
            rate = rates[workload, accelerator]
            if workload != service.name or not isinstance(rate, Rate):
                continue
            if rate.table_accelerators is not None:
                share = 1 / (copies * rate.table_accelerators)  # type: ignore[operator]  # copies is set here
                found[accelerator, workload] = share
    return found


def _is_steady(run: TrainingRun, clock: Clock) -> bool:
    """Return whether a run has one column for several blocks."""
    return run.steady and len(clock.blocks) > 1


def _work_shares(
    clock: Clock,
    runs: list[TrainingRun],
    window: Mapping[str, tuple[int, ...]],
    pairs: Mapping[tuple[str, str], tuple[str, ...]],
    rates: Rates,
) -> dict[tuple[str, str, int, str], float]:
    found = {}
    for run in runs:
        blocks = {ALL_DAY: 1.0} if _is_steady(run, clock) else clock.blocks
        tokens = magnitude(run.tokens, "token")
        accelerators = [a for w, a in pairs if w == run.name]
        for a in accelerators:
            per_hour = _rate(rates, run, a) * SECONDS_OF_AN_HOUR / tokens
            for t in window[run.name]:
                for block, share in blocks.items():
                    found[a, run.name, t, block] = per_hour * share * clock.hours[t]
    return found


def _served_pieces(
    scenario: Scenario, clock: Clock, service: Service, demand: Mapping[Cell, float]
) -> dict[tuple[str, int, str], tuple[Piece, ...]]:
    steps = _priced_steps(scenario, service)
    found = {}
    for (t, block), wanted in demand.items():
        volume = wanted * clock.blocks[block] * clock.hours[t] * SECONDS_OF_AN_HOUR
        discount = discount_factor(clock.yearly_rate, clock.mid_years[t])
        found[service.name, t, block] = _pieces(steps, volume * discount)
    return found


def _completed_pieces(
    scenario: Scenario, clock: Clock, run: TrainingRun, window: tuple[int, ...]
) -> tuple[Piece, ...]:
    last = window[-1]
    end = clock.start_years[last] + clock.months[last] / 12
    steps = _priced_steps(scenario, run)
    if scenario.spec.integer and not run.divisible:
        steps = [(1.0, sum(width * musd for width, musd in steps))]
    return _pieces(steps, discount_factor(clock.yearly_rate, end))


def _priced_steps(scenario: Scenario, workload: Workload) -> list[tuple[float, float]]:
    """Return width and value of one unit of work [MUSD] of every step.

    What lies above the last step's share is worth 0.
    """
    reached = 0.0
    found = []
    for step in value_steps(scenario, workload):
        musd = float(unit_value(workload, step.value).magnitude) * MUSD
        found.append((step.up_to - reached, musd))
        reached = step.up_to
    return [*found, (1 - reached, 0.0)] if reached < 1 else found


def _pieces(steps: list[tuple[float, float]], volume: float) -> tuple[Piece, ...]:
    return tuple(Piece(width, musd * volume) for width, musd in steps)
