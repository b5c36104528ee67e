"""What could give way in an infeasible scenario: one limit or duty at a time.

A relief is a column that loosens the rows one input feeds; the least amount of it
that makes the program feasible is a linear program of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from planner.economics.money import USD_PER_MUSD
from planner.explain.keys import growth_at, step_at
from planner.formulation.build import Program
from planner.formulation.rows import Head
from planner.periods import Span
from planner.records import dataclass
from planner.specs.demand import demand_unit
from planner.specs.scenario import Scenario
from planner.specs.series import Series, Step
from planner.specs.supply import SupplyStep
from planner.specs.workload import TrainingRun
from planner.units import magnitude

LEAST_LEFT = 1 - 1e-6
"""Share of a run's tokens that can go; a run without tokens is none."""


@dataclass(frozen=True, slots=True)
class Relief:
    """One input that may give way.

    Attributes:
        constraint: The row's one name.
        scope: Site, accelerator or workload, else ``fleet``.
        period: Key of the step that gives way; empty where there is none.
        unit: Of the amount, e.g. ``MW``.
        rows: Rows that it loosens, and by how much of their right side one
            unit of the amount does (in the program's own scaling).
        sets: What ``--set`` takes when the input gives way by an amount.
        usd_per_unit: Nominal price of one unit; None where nothing prices it.
        why: Why nothing prices it.
        most: Largest amount that makes sense.
        mixes: Whether it can stand beside others; less work stands for a lower
            minimum there, and both together would count twice.
    """

    constraint: str
    scope: str
    period: str
    unit: str
    rows: tuple[tuple[int, float], ...]
    sets: Callable[[float], tuple[str, ...]]
    usd_per_unit: float | None
    why: str
    most: float = float("inf")
    mixes: bool = True

    @property
    def size(self) -> float:
        """Return the largest part of a right side that one unit loosens."""
        return max(abs(k) for _, k in self.rows)


def reliefs_of(
    scenario: Scenario, program: Program, usd_per_mw: float | None
) -> list[Relief]:
    """Return every input that may give way, in the program's order.

    Args:
        scenario: What cannot be planned.
        program: Its program.
        usd_per_mw: Price of one MW of facility; None: not known.
    """
    finder = _Finder(scenario, program, usd_per_mw)
    return [
        *finder.site_power(),
        *finder.power_budget(),
        *finder.capex_budget(),
        *finder.expansion_limit(),
        *finder.supply(),
        *finder.lease_limit(),
        *finder.run_size(),
        *finder.minimum_served(),
    ]


class _Fed(NamedTuple):
    """A row that a step of a power feeds.

    Attributes:
        number: Of the row.
        factor: What the row was multiplied by.
        grown: What the step has grown by in its period.
        limit: Its right side [MW].
    """

    number: int
    factor: float
    grown: float
    limit: float


@dataclass(frozen=True, slots=True)
class _Finder:
    """Groups the rows that one input feeds."""

    scenario: Scenario
    program: Program
    usd_per_mw: float | None

    def rows(self, constraint: str) -> Iterator[tuple[int, Head, float]]:
        """Yield number, row and factor of every row of a constraint."""
        factors = self.program.row_factors
        for number, row in enumerate(self.program.rows):
            if row.constraint == constraint:
                yield number, row, factors[number]

    def step_of(self, series: Series, label: str) -> tuple[Step, float]:
        """Return the step of a level that holds in a period, and its growth."""
        period = Span.parse(label)
        step = step_at(series, period)
        if step is None:
            return Step(period, series.steps[0].value * 0), 1.0
        return step, growth_at(series, step, period)

    def site_power(self) -> Iterator[Relief]:
        """Yield more power at a site, one relief for each step of its power."""
        found: dict[tuple[str, Step], list[_Fed]] = defaultdict(list)
        for number, row, factor in self.rows("site_power"):
            site, label = row.index
            step, grown = self.step_of(self.scenario.sites[site].power, label)
            found[site, step].append(_Fed(number, factor, grown, row.rhs))
        for (site, step), rows in found.items():
            yield self._power("site_power", site, f"sites.{site}.power", step, rows)

    def power_budget(self) -> Iterator[Relief]:
        """Yield more power for the fleet, one relief for each step of its budget."""
        series = self.scenario.spec.budgets.power
        found: dict[Step, list[_Fed]] = defaultdict(list)
        for number, row, factor in self.rows("power_budget"):
            if series is not None:
                step, grown = self.step_of(series, row.index[0])
                found[step].append(_Fed(number, factor, grown, row.rhs))
        for step, rows in found.items():
            yield self._power("power_budget", "fleet", "budgets.power", step, rows)

    def _power(
        self,
        constraint: str,
        scope: str,
        path: str,
        step: Step,
        rows: list[_Fed],
    ) -> Relief:
        """Return the relief of one step of a power.

        What a grandfathered fleet provisions is the limit to be raised, where it is
        more than what is written.
        """
        label = step.span.label if step.span else ""
        written = magnitude(step.value, "MW")
        if self.scenario.grandfathered:
            stands = (row.limit / row.grown for row in rows)
            written = max(written, *stands)
        at = f"{path}.{label}" if label else path
        return Relief(
            constraint,
            scope,
            label,
            "MW",
            tuple((row.number, row.factor * row.grown) for row in rows),
            lambda mw: (f"{at}={rounded_up(written + mw)} MW",),
            self.usd_per_mw,
            "economics.yaml states no facility cost",
        )

    def capex_budget(self) -> Iterator[Relief]:
        """Yield more capital, one relief for each span.

        With ``carry_over`` it loosens every later span as well.
        """
        budgets = self.scenario.spec.budgets
        series = budgets.capex
        spans = series.amounts(self.scenario.periods) if series else ()
        amounts = {s.label: magnitude(amount, "USD") for s, amount in spans}
        rows = [(n, row.index[0], k) for n, row, k in self.rows("capex_budget")]
        for place, (number, label, factor) in enumerate(rows):
            later = rows[place:] if budgets.carry_over else [(number, label, factor)]
            written = amounts[label]
            kept = self._kept_capex(label)
            yield Relief(
                "capex_budget",
                "fleet",
                label,
                "USD",
                tuple((n, k / USD_PER_MUSD) for n, _, k in later),
                lambda usd, label=label, written=written, kept=kept: (  # type: ignore[misc]  # bound per span
                    f"budgets.capex.{label}={rounded_up(written + usd)} USD",
                    *kept,
                ),
                1.0,
                "",
            )

    def _kept_capex(self, label: str) -> tuple[str, ...]:
        """Return what keeps other spans' budgets where they repeat this one's.

        A budget of 0 without a span is taken away first, to be written by spans.
        """
        series = self.scenario.spec.budgets.capex
        if series is not None and series.constant:
            spans = series.amounts(self.scenario.periods)
            others = (s.label for s, _ in spans if s.label != label)
            zeros = tuple(f"budgets.capex.{other}=0 USD" for other in others)
            return ("budgets.capex=null", *zeros)
        following = Span.parse(label).next()
        if series is None or any(step.span == following for step in series.steps):
            return ()
        return tuple(
            f"budgets.capex.{span.label}={magnitude(amount, 'USD'):.12g} USD"
            for span, amount in series.amounts(self.scenario.periods)
            if span == following
        )

    def expansion_limit(self) -> Iterator[Relief]:
        """Yield more power that can be added to a site, at what it costs there."""
        orders = self.program.c.expansions.orders
        for number, row, factor in self.rows("expansion_limit"):
            (site,) = row.index
            musd = min(order.cost_musd for (s, _), order in orders.items() if s == site)
            yield Relief(
                "expansion_limit",
                site,
                "",
                "MW",
                ((number, factor),),
                lambda mw, site=site, now=row.rhs: (  # type: ignore[misc]  # bound per site
                    f"sites.{site}.expansion.limit={rounded_up(now + mw)} MW",
                ),
                musd * USD_PER_MUSD,
                "",
            )

    def supply(self) -> Iterator[Relief]:
        """Yield more deliveries, one relief for each span with a limit."""
        scale = self.program.c.scale
        prices = self.program.c.price_musd
        for number, row, factor in self.rows("supply"):
            if row.sense != "<=" or len(row.index) != 2:  # noqa: PLR2004  # a limit, not a commitment
                continue
            name, label = row.index
            steps = self.scenario.spec.supply[name].spans(self.scenario.periods)
            number_of = [s.span.label for s in steps if s.span].index(label)
            step, following = steps[number_of], steps[number_of + 1 : number_of + 2]
            keys = {s.span for s in self.scenario.spec.supply[name].steps}
            kept = tuple(
                _limit_set(name, s, f"{s.limit:.12g}")
                for s in following
                if s.span not in keys and s.limit is not None
            )
            t = self.program.c.clock.within(Span.parse(label))[0]
            price = prices.get((name, t))
            yield Relief(
                "supply",
                name,
                label,
                "accelerator",
                ((number, factor / scale),),
                lambda count, name=name, step=step, kept=kept: (  # type: ignore[misc]  # bound per span
                    _limit_set(name, step, rounded_up((step.limit or 0.0) + count)),
                    *kept,
                ),
                None if price is None else price * USD_PER_MUSD,
                f"{name} has no price",
            )

    def lease_limit(self) -> Iterator[Relief]:
        """Yield a higher limit of an offer, in all its periods."""
        c = self.program.c
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, row, factor in self.rows("lease_limit"):
            if row.sense == "<=":
                found[row.index[0]].append((number, factor / c.scale))
        for name, rows in found.items():
            offer = c.leases.offers[name]
            limit = offer.limit or 0.0
            yield Relief(
                "lease_limit",
                name,
                "",
                "accelerator",
                tuple(rows),
                lambda count, name=name, limit=limit: (  # type: ignore[misc]  # bound per offer
                    f"leases.{name}.limit={rounded_up(limit + count)}",
                ),
                sum(offer.price_musd) * USD_PER_MUSD,
                "",
            )

    def run_size(self) -> Iterator[Relief]:
        """Yield a larger maximum of a run that has one number for all types."""
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, row, factor in self.rows("run_size"):
            found[row.index[0]].append((number, factor))
        for name, rows in found.items():
            maximum = self.scenario.workloads[name].accelerators.maximum
            if not isinstance(maximum, float | int) or not maximum:
                continue
            yield Relief(
                "run_size",
                name,
                "",
                "accelerator",
                tuple((number, factor / maximum) for number, factor in rows),
                lambda more, name=name, now=maximum: (  # type: ignore[misc]  # bound per run
                    f"workloads.{name}.accelerators.maximum={rounded_up(now + more)}",
                ),
                None,
                "a larger run has no price of its own",
            )

    def minimum_served(self) -> Iterator[Relief]:
        """Yield a smaller duty: a lower minimum, fewer tokens, less demand."""
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, row, factor in self.rows("minimum_served"):
            name = row.index[0]
            whole = row.rhs / self.program.c.work.minimum[name]
            found[name].append((number, factor * whole))
        for name, rows in found.items():
            least = self.program.c.work.minimum[name]
            yield Relief(
                "minimum_served",
                name,
                "",
                "share",
                tuple(rows),
                lambda share, name=name, least=least: (  # type: ignore[misc]  # bound per workload
                    f"workloads.{name}.minimum={rounded_down(100 * (least - share))} %",
                ),
                None,
                "a lower minimum has no price",
                least,
            )
            less = self._less_work(name, least, tuple(rows))
            if less.rows:
                yield less

    def _less_work(
        self, name: str, least: float, rows: tuple[tuple[int, float], ...]
    ) -> Relief:
        """Return fewer tokens of a run, or less demand of a service."""
        workload = self.scenario.workloads[name]
        if isinstance(workload, TrainingRun):
            tokens = magnitude(workload.tokens, "token")
            return Relief(
                "training_work",
                name,
                "",
                "token",
                tuple((number, k * least / tokens) for number, k in rows),
                lambda less: (
                    f"workloads.{name}.tokens={rounded_down(tokens - less)} token",
                ),
                None,
                "fewer tokens have no price",
                tokens * LEAST_LEFT,
                mixes=False,
            )
        return Relief(
            "demand",
            name,
            "",
            "share",
            # A share q less asks for (1 − q)·served of the capacity, served ≥ minimum.
            tuple(
                (number, factor * least)
                for number, row, factor in self.rows("demand")
                if row.index[0] == name
            ),
            lambda share: _demand_sets(self.scenario, name, 1 - share),
            None,
            "less demand has no price",
            1.0,
            mixes=False,
        )


def _limit_set(name: str, step: SupplyStep, number: str) -> str:
    """Return what sets the limit of one span of supply, its commitment kept."""
    label = step.span.label if step.span else ""
    if step.committed > 0:
        number = f"{{limit: {number}, committed: {step.committed:.12g}}}"
    return f"supply.{name}.{label}={number}"


def _demand_sets(scenario: Scenario, name: str, share: float) -> tuple[str, ...]:
    """Return every step of a stated demand, scaled down."""
    workload = scenario.workloads[name]
    if isinstance(workload, TrainingRun) or workload.demand.series is None:
        return ()
    series, unit = workload.demand.series, demand_unit(workload)
    path = f"workloads.{name}.demand"
    return tuple(
        f"{path}{f'.{step.span.label}' if step.span else ''}="
        f"{rounded_down(magnitude(step.value, unit) * share)} {unit}"
        for step in series.steps
    )


def rounded_up(number: float) -> str:
    """Return a number rounded up to nine digits, so that it suffices."""
    return f"{number * (1 + 5e-9) + 1e-9:.9g}"


def rounded_down(number: float) -> str:
    """Return a number rounded down to nine digits, so that it suffices."""
    return f"{max(0.0, number * (1 - 5e-9) - 1e-9):.9g}"
