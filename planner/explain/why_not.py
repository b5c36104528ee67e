"""Why an accelerator does not work on a workload, and at which price it would."""

from collections.abc import Callable

from planner.documents import suggest
from planner.economics.money import USD_PER_MUSD
from planner.errors import InputError, Problem
from planner.explain.entry import FORCED, forced, loss_per_price
from planner.formulation.build import Program
from planner.pipeline import Solved
from planner.records import dataclass
from planner.specs.scenario import Scenario
from planner.units import magnitude

CLOSER = (1.001, 1.01, 1.1)
"""Gaps tried in turn, over the first estimate, until a new solve confirms one."""

Uses = Callable[[tuple[str, ...]], bool]
"""Whether the plan with further ``--set`` arguments has the pair."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a workload does not use an accelerator.

    Attributes:
        workload: Its name.
        accelerator: Its name.
        reason: A rejection's word; else ``used``, ``no_place`` (nothing of it can
            stand where the workload may run), ``tie`` or ``price``.
        detail: The same in a sentence.
        gap_usd: Present $ that the best accelerator-period of it would lose, or None.
        enters_below_usd: Its system price below which the pair enters [USD], or
            None where that is not its price or none was confirmed.
        verified: Whether a new solve confirmed that price.
    """

    workload: str
    accelerator: str
    reason: str
    detail: str
    gap_usd: float | None = None
    enters_below_usd: float | None = None
    verified: bool = False


def why_not(solved: Solved, a: str, w: str, uses: Uses) -> WhyNot:
    """Return why an accelerator does not work on a workload.

    Args:
        solved: The scenario, its program and plan.
        a: The accelerator.
        w: The workload.
        uses: Solves again with another price.

    Raises:
        InputError: There is no such accelerator or workload.
    """
    _check(solved.scenario, a, w)
    plan = solved.plan
    for known in plan.rejected:
        if (known.workload, known.accelerator) == (w, a):
            return WhyNot(w, a, known.reason, known.detail)
    rows = [r for r in plan.allocation if (r.workload, r.accelerator) == (w, a)]
    if rows:
        most = max(row.count for row in rows)
        detail = f"{w} does use {a}: up to {most:,.6g} at one site in one period"
        return WhyNot(w, a, "used", detail)
    columns = _columns(solved.program, a, w)
    if not columns:
        detail = (
            f"no {a} can stand where {w} may run: none is installed there and none "
            "can be delivered in time (sites, requires, supply, available, lead_time)"
        )
        return WhyNot(w, a, "no_place", detail)
    return _priced(solved, (a, w), columns, uses)


def _check(scenario: Scenario, a: str, w: str) -> None:
    """Refuse names that the scenario does not have.

    Raises:
        InputError: It lacks one.
    """
    problems = [
        Problem("", 0, 0, name, f"is no {what} of the scenario", "", suggest(name, of))
        for what, name, of in (
            ("accelerator", a, scenario.accelerators),
            ("workload", w, scenario.workloads),
        )
        if name not in of
    ]
    if problems:
        raise InputError(problems)


def _columns(program: Program, a: str, w: str) -> dict[int, float]:
    """Return the columns of a pair, and the accelerator-periods that each counts."""
    family, clock = program.v.assigned, program.c.clock
    return {
        number: clock.shares[key[4]]
        for number, key in enumerate(family.columns, family.first)
        if (key[0], key[2]) == (a, w)
    }


def _priced(
    solved: Solved, pair: tuple[str, str], columns: dict[int, float], uses: Uses
) -> WhyNot:
    """Return what forcing a little of the pair upon the plan costs."""
    a, w = pair
    program, solution = solved.program, solved.solution
    found, dual = forced(solution, columns)
    if found.status != "optimal":
        detail = f"limits leave no room for {a} on {w}, whatever it costs"
        if solution.stages:
            detail = f"{a} on {w} would take from a tier, or a limit leaves it no room"
        return WhyNot(w, a, "limits", detail)
    gap_musd = dual / program.cost_factor
    gap_usd = gap_musd / program.c.assigned_unit[w, a] * USD_PER_MUSD
    if gap_musd <= 1e-9 * max(1.0, abs(solution.objective) / program.cost_factor):
        detail = f"a plan with {a} on {w} is as good; the tie-break chose another"
        return WhyNot(w, a, "tie", detail, 0.0)
    scenario = solved.scenario
    per_musd = loss_per_price(scenario, program, found, a)
    per_musd -= loss_per_price(scenario, program, solution, a)
    below = None
    if per_musd > 0:
        gap = gap_musd * FORCED / per_musd * USD_PER_MUSD
        below = _confirmed(scenario, a, gap, uses)
    detail = f"the best accelerator-period of {a} on {w} would lose {gap_usd:,.4g} USD"
    return WhyNot(w, a, "price", detail, gap_usd, below, below is not None)


def _confirmed(scenario: Scenario, a: str, gap: float, uses: Uses) -> float | None:
    """Return the price nearest to today's at which a new solve has the pair [USD].

    None where the price is not one number, or cannot fall so far.
    """
    path, series = f"accelerators.{a}.price.system", scenario.accelerators[a].price
    if series.system is None or not series.system.constant:
        return None
    price = magnitude(series.system.steps[0].value, "USD")
    for factor in CLOSER:
        lower = price - gap * factor
        if lower > 0 and uses((f"{path}={lower:.12g} USD",)):
            return lower
    return None
