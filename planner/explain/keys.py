"""Which YAML key feeds which price: a power step, a repeated amount, a demand."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from math import inf

from planner.explain.prices import COMMITTED, key_of
from planner.explain.stage_prices import PriceKey, stage_of
from planner.formulation.coefficients import standing_mw
from planner.periods import Span
from planner.plan.findings import PriceRow
from planner.records import dataclass
from planner.specs.demand import demand_unit, mean_demand, minimum_of
from planner.specs.lease import LEASE
from planner.specs.scenario import Scenario
from planner.specs.series import Series, Step
from planner.specs.workload import Service, TrainingRun
from planner.units import magnitude

FULL = "100 %"
LIMITS = (
    "site_power",
    "power_budget",
    "capex_budget",
    "opex_budget",
    "carbon_budget",
    "supply",
    "lease_limit",
    "vendor_share",
)
"""Limits that a plan is asked about: which bind, and what more of them is worth."""
AMOUNTS = {
    "capex_budget": ("capex", "USD"),
    "opex_budget": ("opex", "USD"),
    "carbon_budget": ("carbon", "t"),
}
"""Key under ``budgets`` and unit of every budget of a span."""
RANGED = (
    "site_power",
    "power_budget",
    "capex_budget",
    "opex_budget",
    "carbon_budget",
    "expansion_limit",
    "supply",
    "lease_limit",
    "vendor_commitment",
)
"""Limits whose right side a key is, so that their prices have a range."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What one price has to do with one key.

    Attributes:
        path: The key, as ``--set`` takes it.
        base: The key's value, in ``unit``.
        unit: Of the key, e.g. ``MW``.
        weight: Units of the limit or demand for one unit of the key.
        others: The part of the limit that other keys feed, in its units.
        carried: Whether the limit counts the spans before it, too.
    """

    path: str
    base: float
    unit: str
    weight: float
    others: float = 0.0
    carried: bool = False


@dataclass(frozen=True, slots=True)
class KeyPrice:
    """What one more unit of one YAML key is worth: the rows that it feeds, summed.

    Attributes:
        path: The key, as ``--set`` takes it.
        base: Its value now, in the unit behind ``per``.
        value: Gain in the objective per unit more [present $].
        unit: Of ``value``, e.g. ``USD per MW``.
        unique: Whether every summed price holds on both sides.
        rows: What is summed: price and weight.
        stage: Place of the objective that it is measured in, where several come in
            turn.
        cost_usd: Gain in the last of those, cost [present $]; None: there is one.
        valid_from: Value down to which it holds at least; None: not known.
        valid_to: Value up to which it holds at least, infinity where there is no
            end; None: not known.
        repeated: Whether the key stands for several spans.
    """

    path: str
    base: float
    value: float
    unit: str
    unique: bool
    rows: tuple[tuple[PriceKey, float], ...]
    valid_from: float | None
    valid_to: float | None
    repeated: bool = False
    stage: int = 0
    cost_usd: float | None = None

    @property
    def of_a_hundredth(self) -> float:
        """Return the gain of 1 % more of the key's value [present $]."""
        return self.value * self.base / 100


def key_prices(scenario: Scenario, prices: Iterable[PriceRow]) -> tuple[KeyPrice, ...]:
    """Return the price of every key, by what 1 % more of it gains or costs."""
    found: dict[str, list[tuple[PriceRow, Fed]]] = defaultdict(list)
    for row in prices:
        for fed in fed_by(scenario, key_of(row)):
            found[fed.path].append((row, fed))
    return tuple(sorted((_summed(fed) for fed in found.values()), key=_rank))


def _summed(rows: list[tuple[PriceRow, Fed]]) -> KeyPrice:
    """Return the price of one key, by the first objective that any row changes."""
    _, fed = rows[0]
    stage = min(stage_of(row) for row, _ in rows)
    costs = [row.stages[-1] * fed.weight for row, fed in rows if row.stages]
    rows = [(row, fed) for row, fed in rows if stage_of(row) == stage]
    known = all(row.constraint in RANGED for row, _ in rows)
    less = _room([_span(fed, row.valid_from, -1) for row, fed in rows])
    more = _room([_span(fed, row.valid_to, 1) for row, fed in rows])
    return KeyPrice(
        path=fed.path,
        base=fed.base,
        value=sum(row.value * fed.weight for row, fed in rows),
        unit=f"{rows[0][0].unit.partition(' per ')[0]} per {fed.unit}",
        unique=all(row.unique for row, _ in rows),
        rows=tuple((key_of(row), fed.weight) for row, fed in rows),
        valid_from=max(0.0, fed.base - less) if known else None,
        valid_to=fed.base + more if known else None,
        repeated=max(fed.weight for _, fed in rows) > 1
        if fed.carried
        else len(rows) > 1,
        stage=stage,
        cost_usd=sum(costs) if costs else None,
    )


def _span(fed: Fed, end: float | None, sign: int) -> float:
    """Return by how much a key can change before one price ends."""
    if end is None:
        return inf
    return max(0.0, sign * ((end - fed.others) / fed.weight - fed.base))


def _room(spans: list[float]) -> float:
    """Return by how much a key can change before the first of its prices may end.

    The 100 % rule: changes that together use up at most 100 % of the ranges of all
    right sides leave the basis optimal.
    """
    if min(spans) <= 0:
        return 0.0
    used = sum(1 / span for span in spans)
    return 1 / used if used else inf


def _rank(price: KeyPrice) -> tuple[int, float, str]:
    return price.stage, -abs(price.of_a_hundredth), price.path


def fed_by(scenario: Scenario, about: PriceKey) -> tuple[Fed, ...]:
    """Return the keys that feed a price: several where a budget carries over."""
    if about[0] == "capex_budget" and scenario.spec.budgets.carry_over:
        return tuple(_carried(scenario, about[2]))
    feed = _FEEDS.get(about[0])
    fed = None if feed is None else feed(scenario, about)
    return () if fed is None else (fed,)


def step_at(series: Series, period: Span) -> Step | None:
    """Return the step of a level that holds in a period; None before the first."""
    begun = [
        step
        for step in series.steps
        if step.span is None or step.span.first_month <= period.first_month
    ]
    return begun[-1] if begun else None


def growth_at(series: Series, step: Step, period: Span) -> float:
    """Return what a step has grown by in a period."""
    if series.growth is None or step.span is None:
        return 1.0
    return series.growth.factor(period.first_month - step.span.first_month)


def _under(path: str, step: Step) -> str:
    return path if step.span is None else f"{path}.{step.span.label}"


def _power(series: Series | None, path: str, label: str) -> Fed | None:
    period = Span.parse(label)
    step = None if series is None else step_at(series, period)
    if series is None or step is None:
        return None
    weight = growth_at(series, step, period)
    return Fed(_under(path, step), magnitude(step.value, "MW"), "MW", weight)


def _site_power(scenario: Scenario, about: PriceKey) -> Fed | None:
    _, site, period, _ = about
    if _stands_above(scenario, scenario.sites[site].power, [site], period):
        return None
    return _power(scenario.sites[site].power, f"sites.{site}.power", period)


def _power_budget(scenario: Scenario, about: PriceKey) -> Fed | None:
    series = scenario.spec.budgets.power
    if series and _stands_above(scenario, series, list(scenario.sites), about[2]):
        return None
    return _power(series, "budgets.power", about[2])


def _stands_above(
    scenario: Scenario, series: Series, sites: list[str], label: str
) -> bool:
    """Return whether a grandfathered fleet, not the written power, is the limit."""
    if not scenario.grandfathered:
        return False
    t = [period.label for period in scenario.periods].index(label)
    level, stands = series.level(scenario.periods[t]), standing_mw(scenario)
    written = 0.0 if level is None else magnitude(level, "MW")
    return sum(stands.get((site, t), 0.0) for site in sites) > written


def _amount(scenario: Scenario, about: PriceKey) -> Fed | None:
    """Return the step of a budget that holds for the span of a row."""
    key, unit = AMOUNTS[about[0]]
    series = getattr(scenario.spec.budgets, key)
    step = None if series is None else step_at(series, Span.parse(about[2]))
    if step is None:
        return None
    base = magnitude(step.value, unit)
    return Fed(_under(f"budgets.{key}", step), base, unit, 1.0)


def _policy(scenario: Scenario, about: PriceKey) -> Fed | None:
    """Return the number of a policy; None where it has no name to reach it by."""
    policy = scenario.policy(about[0], about[1])
    if policy is None or policy.name is None or policy.gives is None:
        return None
    unit = "accelerator" if about[0] == "vendor_commitment" else FULL
    path = f"policies.{policy.name}.{policy.gives}"
    return Fed(path, float(getattr(policy, policy.gives)), unit, 1.0)


def _carried(scenario: Scenario, label: str) -> Iterator[Fed]:
    """Yield the keys of a span and of those before it, whose rest it may spend."""
    series, last = scenario.spec.budgets.capex, Span.parse(label)
    if series is None:
        return
    spans = series.amounts(scenario.periods)
    counted = [span for span, _ in spans if span.first_month <= last.first_month]
    times = Counter(step for span in counted if (step := step_at(series, span)))
    whole = sum(magnitude(step.value, "USD") * n for step, n in times.items())
    for step, n in times.items():
        base = magnitude(step.value, "USD")
        path = _under("budgets.capex", step)
        yield Fed(path, base, "USD", float(n), whole - n * base, carried=True)


def _expansion(scenario: Scenario, about: PriceKey) -> Fed | None:
    offer = scenario.sites[about[1]].expansion
    if offer is None:
        return None
    path = f"sites.{about[1]}.expansion.limit"
    return Fed(path, magnitude(offer.limit, "MW"), "MW", 1.0)


def _supply(scenario: Scenario, about: PriceKey) -> Fed | None:
    """Return the key of a limit or commitment; a mapping names which."""
    _, name, period, committed = about
    month = Span.parse(period).first_month
    steps = [
        step
        for step in scenario.spec.supply[name].steps
        if step.span is not None and step.span.first_month <= month
    ]
    if not steps or steps[-1].span is None:
        return None
    step = steps[-1]
    base = step.committed if committed else step.limit
    if base is None:
        return None
    path = f"supply.{name}.{steps[-1].span.label}"
    # A step with a commitment is a mapping; one without is one number.
    if committed or step.committed > 0:
        path = f"{path}.{'committed' if committed else 'limit'}"
    unit = COMMITTED if committed else "USD per accelerator"
    return Fed(path, base, unit.removeprefix("USD per "), 1.0)


def _lease(scenario: Scenario, about: PriceKey) -> Fed | None:
    """Return the limit of an offer, or what is committed of it."""
    _, name, _, committed = about
    offer = scenario.offers[LEASE + name]
    key, base = "limit", offer.limit
    if committed:
        key, base = "committed", offer.committed
    unit = COMMITTED if committed else "USD per accelerator"
    path = f"leases.{name}.{key}"
    return None if base is None else Fed(path, base, unit.removeprefix("USD per "), 1.0)


def _demand(scenario: Scenario, about: PriceKey) -> Fed | None:
    """Return the stated demand, or the users, that a service's demand follows."""
    followed = service = _service(scenario, about[1])
    while followed.demand.of is not None:
        followed = _service(scenario, followed.demand.of)
    period = Span.parse(about[2])
    path, unit = f"workloads.{followed.name}.demand", demand_unit(followed)
    series = followed.demand.series
    if followed.demand.users is not None:
        series, path, unit = followed.demand.users, f"{path}.users", "user"
    step = None if series is None else step_at(series, period)
    base = 0.0 if step is None else magnitude(step.value, unit)
    if step is None or base == 0:
        return None
    wanted = float(mean_demand(scenario, service, period).magnitude)
    return Fed(_under(path, step), base, unit, wanted / base)


def _service(scenario: Scenario, name: str) -> Service:
    workload = scenario.workloads[name]
    if isinstance(workload, TrainingRun):
        msg = f"{name} is a run and has no demand"
        raise TypeError(msg)
    return workload


def _minimum(scenario: Scenario, about: PriceKey) -> Fed:
    path = f"workloads.{about[1]}.minimum"
    least = minimum_of(scenario, scenario.workloads[about[1]])
    return Fed(path, least, FULL, 1.0)


def _tokens(scenario: Scenario, about: PriceKey) -> Fed | None:
    run = scenario.workloads[about[1]]
    if not isinstance(run, TrainingRun):
        return None
    path = f"workloads.{run.name}.tokens"
    return Fed(path, magnitude(run.tokens, "token"), "token", 1.0)


def _maximum(scenario: Scenario, about: PriceKey) -> Fed | None:
    maximum = scenario.workloads[about[1]].accelerators.maximum
    if not isinstance(maximum, float | int):
        return None
    path = f"workloads.{about[1]}.accelerators.maximum"
    return Fed(path, float(maximum), "accelerator", 1.0)


_FEEDS: dict[str, Callable[[Scenario, PriceKey], Fed | None]] = {
    "site_power": _site_power,
    "power_budget": _power_budget,
    "capex_budget": _amount,
    "opex_budget": _amount,
    "carbon_budget": _amount,
    "expansion_limit": _expansion,
    "supply": _supply,
    "lease_limit": _lease,
    "demand": _demand,
    "minimum_served": _minimum,
    "training_work": _tokens,
    "run_size": _maximum,
    "residency": _policy,
    "vendor_share": _policy,
    "vendor_commitment": _policy,
    "spare": _policy,
}
