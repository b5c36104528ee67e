"""A plan's accounts: what each calendar year costs and delivers, from its rows.

Everything here is nominal money of the scenario's currency year, undiscounted, except
the net present value. What a row says is defined at its type in ``plan.rows``.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from planner.performance.pairing import Rates
from planner.plan.account_rows import AccountRow, Totals
from planner.plan.cohorts import Cohort, cohorts_of
from planner.plan.equivalents import equivalents, h100_weights
from planner.plan.plan import Plan
from planner.plan.revenue import does_it_pay
from planner.plan.unit_costs import unit_cost_rows
from planner.records import dataclass
from planner.specs.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Means:
    """What the fleet does in some hours; every figure is a mean over them.

    Attributes:
        hours: How many.
        installed: Owned accelerator-hours.
        working: Of them, those at work.
        peak: Owned accelerator-hours weighted by peak; None where one is not known.
        delivered: Accelerator-hours at work, leased ones too, as those of an H100;
            None where a workload has no rate on one.
        stranded_mwh: Site power not provisioned, times hours.
        undrawn_mwh: Power provisioned and not drawn, times hours.
    """

    hours: float
    installed: float
    working: float
    peak: float | None
    delivered: float | None
    stranded_mwh: float
    undrawn_mwh: float

    @staticmethod
    def of(parts: Iterable["Means"]) -> "Means":
        """Return the sum of several."""
        found = list(parts)
        return Means(
            hours=sum(each.hours for each in found),
            installed=sum(each.installed for each in found),
            working=sum(each.working for each in found),
            peak=_sum(each.peak for each in found),
            delivered=_sum(each.delivered for each in found),
            stranded_mwh=sum(each.stranded_mwh for each in found),
            undrawn_mwh=sum(each.undrawn_mwh for each in found),
        )

    def figures(self) -> dict[str, float | None]:
        """Return the means by the names that accounts and totals have."""
        return {
            "h100_equivalents": _ratio(self.peak, self.hours),
            "h100_equivalents_delivered": _ratio(self.delivered, self.hours),
            "utilisation": _ratio(self.working, self.installed),
            "stranded_mw": self.stranded_mwh / self.hours,
            "undrawn_mw": self.undrawn_mwh / self.hours,
        }


@dataclass(frozen=True)
class Ledgers:
    """The rows of a plan, by period, as accounts need them."""

    scenario: Scenario
    plan: Plan
    rates: Rates
    h100_flop_s: float | None

    @cached_property
    def years(self) -> dict[int, list[int]]:
        """Return the periods of each calendar year."""
        found: dict[int, list[int]] = defaultdict(list)
        for t, period in enumerate(self.scenario.periods):
            found[period.year].append(t)
        return dict(found)

    @cached_property
    def cohorts(self) -> list[Cohort]:
        """Return what was paid together."""
        return cohorts_of(self.scenario, self.plan)

    @cached_property
    def means(self) -> list[Means]:
        """Return what the fleet does in each period."""
        power = self._power_mw()
        working, delivered = self._work()
        found = []
        for t, period in enumerate(self.scenario.periods):
            hours, (unused_mw, provisioned_mw) = (
                float(period.hours),
                power[period.label],
            )
            counts = self._stands[period.label]
            peak = equivalents(self.scenario, counts, self.h100_flop_s)
            drawn_mwh = self.plan.costs[t].energy_mwh
            found.append(
                Means(
                    hours=hours,
                    installed=sum(counts.values()) * hours,
                    working=working[period.label] * hours,
                    peak=_times(peak, hours),
                    delivered=_times(_sum(delivered[period.label]), hours),
                    stranded_mwh=unused_mw * hours,
                    undrawn_mwh=provisioned_mw * hours - drawn_mwh,
                )
            )
        return found

    @cached_property
    def _stands(self) -> dict[str, dict[str, float]]:
        """Return what stands of each type, by period."""
        found: dict[str, dict[str, float]] = {
            p.label: {} for p in self.scenario.periods
        }
        for row in self.plan.fleet:
            if row.installed:
                counts, name = found[row.period], row.accelerator
                counts[name] = counts.get(name, 0.0) + row.installed
        return found

    def _power_mw(self) -> dict[str, tuple[float, float]]:
        """Return power without accelerators, and power provisioned, by period."""
        found = {period.label: (0.0, 0.0) for period in self.scenario.periods}
        for row in self.plan.budgets:
            if row.name == "site_power":
                unused, used = found[row.period]
                unused += max(0.0, row.limit - row.used)
                found[row.period] = (unused, used + row.used)
        return found

    def _work(self) -> tuple[dict[str, float], dict[str, list[float | None]]]:
        """Return what works of the owned fleet, and all as H100s, by period."""
        weights = h100_weights(self.scenario, self.rates)
        working = {period.label: 0.0 for period in self.scenario.periods}
        delivered: dict[str, list[float | None]] = {label: [] for label in working}
        for row in self.plan.allocation:
            mean = row.count * self.scenario.blocks[row.block]
            weight = weights.get((row.workload, row.accelerator))
            delivered[row.period].append(_times(weight, mean))
            if row.site in self.scenario.sites:
                working[row.period] += mean
        return working, delivered


def with_accounts(
    plan: Plan, scenario: Scenario, rates: Rates, h100_flop_s: float | None
) -> Plan:
    """Return a plan with the accounts that follow from its rows.

    Args:
        plan: With all other rows.
        scenario: What was planned.
        rates: Work per accelerator-second, keyed by W x A.
        h100_flop_s: Peak bf16 of an H100 [FLOP/s]; None where not known.
    """
    ledgers = Ledgers(scenario, plan, rates, h100_flop_s)
    accounts = account_rows(ledgers)
    return replace(
        plan,
        accounts=accounts,
        unit_costs=unit_cost_rows(scenario, plan),
        totals=totals_of(ledgers, accounts),
        does_it_pay=does_it_pay(scenario, plan),
    )


def account_rows(ledgers: Ledgers) -> tuple[AccountRow, ...]:
    """Return one row for each calendar year that has a period."""
    periods = ledgers.scenario.periods
    rows = []
    for year, times in ledgers.years.items():
        cash = [ledgers.plan.costs[t] for t in times]
        first, end = periods[times[0]].first_month, periods[times[-1]].end_month
        charged = sum(cohort.charged(first, end) for cohort in ledgers.cohorts)
        opex = sum(row.opex_usd for row in cash)
        rows.append(
            AccountRow(
                year=year,
                months=end - first,
                capex_usd=sum(row.capex_usd for row in cash),
                depreciation_usd=charged,
                opex_usd=opex,
                tco_usd=charged + opex,
                **Means.of(ledgers.means[t] for t in times).figures(),  # type: ignore[arg-type]  # stranded and undrawn are numbers
            )
        )
    return tuple(rows)


def totals_of(ledgers: Ledgers, accounts: tuple[AccountRow, ...]) -> Totals:
    """Return the accounts of the whole plan."""
    value = ledgers.plan.objective.value_usd or 0.0
    maximize = ledgers.scenario.spec.objective == "maximize_value"
    unknown = [cohort for cohort in ledgers.cohorts if not cohort.known]
    return Totals(
        net_present_value_usd=value if maximize else -value,
        capex_usd=sum(row.capex_usd for row in accounts),
        depreciation_usd=sum(row.depreciation_usd for row in accounts),
        opex_usd=sum(row.opex_usd for row in accounts),
        tco_usd=sum(row.tco_usd for row in accounts),
        undepreciated_accelerators=sum((c.count for c in unknown), 0.0),
        **Means.of(ledgers.means).figures(),  # type: ignore[arg-type]  # stranded and undrawn are numbers
    )


def _times(number: float | None, factor: float) -> float | None:
    return None if number is None else number * factor


def _sum(numbers: Iterable[float | None]) -> float | None:
    """Return the sum; None where a number is not known."""
    total = 0.0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _ratio(part: float | None, whole: float) -> float | None:
    return None if part is None or whole <= 0 else part / whole
