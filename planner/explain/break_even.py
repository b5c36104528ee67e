"""The value of one input at which the plan changes, confirmed by solving again."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from planner.economics.money import USD_PER_MUSD
from planner.errors import InputError
from planner.explain.entry import entry_change_musd
from planner.explain.keys import fed_by
from planner.explain.prices import price_key
from planner.formulation.build import Program
from planner.pipeline import Solved
from planner.records import dataclass
from planner.solvers.highs import Live
from planner.solvers.near import Neighbour
from planner.specs.inputs import Input, input_at
from planner.specs.scenario import Scenario
from planner.units import magnitude, parse

RIGHT_SIDES = (
    "site_power",
    "power_budget",
    "capex_budget",
    "expansion_limit",
    "opex_budget",
    "carbon_budget",
    "supply",
    "lease_limit",
    "run_size",
)
"""Constraints whose right side an input is."""
WIDTH = 1e-4
"""Relative distance between the two solves that a break-even lies between."""
NOTHING = 1e-9
"""Share of the objective below which 1 % more of a limit is worth nothing."""
FARTHEST = (2.0, 8.0, 64.0)
"""How many times as much, or as little, is tried."""
DONE = 1 - 1e-6
MOST_TOLD = 4
NO_PLAN = "no plan is possible"
LEASED = " is leased"

Resolve = Callable[[tuple[str, ...], Neighbour | None], Solved]
State = frozenset[str]
"""What of a plan is compared."""


@dataclass(frozen=True, slots=True)
class BreakEven:
    """A value at which the plan changes.

    Attributes:
        path: The input.
        value: Where, to 1e-4 relative; between two values that were solved.
        unit: Of ``value``, as the input is written.
        enters: What happens there, coming from today's value.
        now: Today's value.
        below: Last value below that was solved.
        above: First value above that was solved.
    """

    path: str
    value: float
    unit: str
    enters: str
    now: float
    below: float
    above: float


def break_even(solved: Solved, path: str, resolve: Resolve) -> tuple[BreakEven, ...]:
    """Return the nearest values below and above at which the plan changes.

    What is looked at follows from the input: purchases and leases of an accelerator
    for one of its own values; how much of an offer is leased, and whether any is, for
    one of the offer's; whether a limit binds for a budget, a power, a supply or a
    limit of an offer; what is bought, who works on what and what gets finished for
    all others.

    Args:
        solved: The scenario, its program and plan.
        path: The input, a number.
        resolve: Solves the scenario again with further ``--set`` arguments, from a
            neighbour where there is one.

    Raises:
        InputError: There is no number at the path.
    """
    where = input_at(solved.scenario, path)
    found: list[BreakEven] = []
    for state in _states_of(solved, path):
        for each in _Search(solved, where, resolve, state).found():
            near = (abs(each.value - other.value) for other in found)
            if min(near, default=math.inf) > 2 * WIDTH * abs(each.value):
                found.append(each)
    return tuple(sorted(found, key=lambda each: each.value))


class _Search:
    """Looks for the change on either side of today's value."""

    def __init__(
        self,
        solved: Solved,
        where: Input,
        resolve: Resolve,
        state: Callable[[Solved], State],
    ) -> None:
        self.solved, self.where, self.resolve = solved, where, resolve
        self.rows = fed_rows(solved.scenario, solved.program, where.path)
        # Whether a limit binds is read from its price, so that each is solved alone.
        self.near = None if self.rows else Neighbour()
        self.state = state
        self.today = self.state(solved)

    def found(self) -> Iterator[BreakEven]:
        """Yield what is found below, then above."""
        guess = self._guess()
        for up in (False, True):
            ends = self._bracket(guess, up=up)
            if ends is not None:
                yield self._narrowed(*ends)

    def at(self, value: float) -> State | None:
        """Return what the plan is with another value; None where it is no input."""
        try:
            return self.state(self.resolve((self.where.text(value),), self.near))
        except InputError:
            return None

    def _bracket(self, guess: float | None, *, up: bool) -> tuple[float, float] | None:
        """Return a value as today and one that differs; None where none was found."""
        now, near = self.where.value, self.where.value
        if now == 0:
            return None
        tried = [now * f if up else now / f for f in FARTHEST]
        if guess is not None and guess > 0 and (guess > now) == up:
            tried = [guess * (1 + k * WIDTH / 3) for k in (-1, 1)] + tried
        for value in sorted(tried, key=lambda each: abs(each - now)):
            state = self.at(value)
            if state is None:
                return None
            if state != self.today:
                return near, value
            near = value
        return None

    def _narrowed(self, near: float, far: float) -> BreakEven:
        """Return the change between two values, halving until it is narrow."""
        state = self.at(far) or frozenset()
        while abs(far - near) > WIDTH * max(abs(near), abs(far)):
            middle = (near + far) / 2
            between = self.at(middle)
            if between == self.today:
                near = middle
            else:
                far, state = middle, between or frozenset()
        low, high = min(near, far), max(near, far)
        return BreakEven(
            path=self.where.path,
            value=(near + far) / 2,
            unit=self.where.unit,
            enters=_difference(self.today, state),
            now=self.where.value,
            below=low,
            above=high,
        )

    def _guess(self) -> float | None:
        """Return where the plan should change; None where nothing tells."""
        if self.solved.solution.stages:
            return None
        if self.rows:
            return self._used()
        family, _, rest = self.where.path.partition(".")
        name, _, field = rest.partition(".")
        if (family, field) != ("accelerators", "price.system") or self.today:
            return None
        factor = magnitude(parse(f"1 {self.where.unit}", "USD", "31 kUSD"), "USD")
        factor /= USD_PER_MUSD
        solved = self.solved
        change = entry_change_musd(
            solved.scenario, solved.program, solved.solution, name
        )
        return None if change is None else self.where.value + change / factor

    def _used(self) -> float | None:
        """Return where a limit would stop binding: what is used without it."""
        arrays = self.solved.solution.handed_over
        live = Live()
        live.load(arrays)
        for number in self.rows:
            low = float(arrays.row_lower[number])
            live.model.changeRowBounds(number, low, float("inf"))
        found = live.run()
        if found.status != "optimal":
            return None
        limits = arrays.row_upper[self.rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            used = float(np.nanmax(found.row_values[self.rows] / limits))
        return self.where.value * used if np.isfinite(used) else None


def fed_rows(scenario: Scenario, program: Program, path: str) -> list[int]:
    """Return the rows of a limit that a path feeds, whether they bind or not."""
    numbers: dict[str, list[int]] = {}
    for number, row in enumerate(program.rows):
        if row.constraint not in RIGHT_SIDES or row.sense != "<=":
            continue
        for fed in fed_by(scenario, price_key(row)):
            numbers.setdefault(fed.path, []).append(number)
    return numbers.get(path, [])


def _states_of(today: Solved, path: str) -> tuple[Callable[[Solved], State], ...]:
    """Return what of a plan is compared, in turn, when the input at a path changes."""
    if fed_rows(today.scenario, today.program, path):
        return (lambda solved: _planned(solved, _binding(solved, path)),)
    family, _, rest = path.partition(".")
    name = rest.split(".")[0]

    def bought(solved: Solved) -> State:
        names = {f"{row.accelerator} is bought" for row in solved.plan.purchases}
        offers = {
            f"{row.offer}{LEASED}"
            for row in solved.plan.leases
            if row.accelerator == name
        }
        return _planned(solved, frozenset(names & {f"{name} is bought"} | offers))

    def leased(solved: Solved) -> State:
        hours = sum(row.hours for row in solved.plan.leases if row.offer == name)
        shown = float(f"{hours:.5g}")
        fact = f"{name}{LEASED} for {shown:,.10g} accelerator-hours"
        return _planned(solved, frozenset({fact} if hours else {f"{name} is dropped"}))

    def used(solved: Solved) -> State:
        names = {f"{row.offer}{LEASED}" for row in solved.plan.leases}
        return _planned(solved, frozenset(names & {f"{name}{LEASED}"}))

    if family == "leases":
        return leased, used
    return (bought,) if family == "accelerators" else (_whole,)


def _planned(solved: Solved, state: State) -> State:
    """Return the state of a plan; one of its own where there is none."""
    return state if solved.plan.status == "optimal" else frozenset({NO_PLAN})


def _binding(solved: Solved, path: str) -> State:
    """Return whether 1 % more of a limit would gain anything."""
    solution = solved.solution
    if solved.plan.status != "optimal":
        return frozenset()
    upper = solution.handed_over.row_upper
    gains = (
        abs(float(each.duals[n] * upper[n])) > NOTHING * max(1.0, abs(each.objective))
        for each in (*solution.stages, solution)
        for n in fed_rows(solved.scenario, solved.program, path)
    )
    return frozenset({f"{path} binds"} if any(gains) else ())


def _whole(solved: Solved) -> State:
    """Return what is bought, built, moved, scrapped and finished, and who does what."""
    plan = solved.plan
    pairs = {f"{row.accelerator} works on {row.workload}" for row in plan.allocation}
    names = {f"{row.accelerator} is bought" for row in plan.purchases}
    done = {
        f"{row.workload} is finished"
        for row in plan.runs
        if row.completed_fraction >= DONE
    }
    sites = {f"power is added at {row.site}" for row in plan.expansions}
    moved = {f"{row.accelerator} moves to {row.to_site}" for row in plan.transfers}
    early = {f"{row.accelerator} is scrapped early" for row in plan.early_retirements}
    return _planned(solved, frozenset(pairs | names | done | sites | moved | early))


def _difference(before: State, after: State) -> str:
    """Return in words what a change brings and ends."""
    if NO_PLAN in after:
        return NO_PLAN
    if NO_PLAN in before:
        return "a plan becomes possible"
    brings = [_entering(each) for each in sorted(after - before)]
    ends = [_leaving(each) for each in sorted(before - after)]
    told = [text for text in (*brings, *ends) if text]
    more = f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    return "; ".join(told[:MOST_TOLD]) + more


def _entering(fact: str) -> str:
    if fact.endswith(" is bought"):
        return f"{fact.removesuffix(' is bought')} enters"
    return f"{fact.removesuffix(' binds')} starts to bind" if " binds" in fact else fact


def _leaving(fact: str) -> str:
    """Return what ends; empty where what comes instead says it."""
    if f"{LEASED} for " in fact or fact.endswith(" is dropped"):
        return ""
    if fact.endswith(LEASED):
        return f"{fact.removesuffix(LEASED)} is dropped"
    if fact.endswith(" is bought"):
        return f"{fact.removesuffix(' is bought')} leaves"
    if fact.endswith(" binds"):
        return f"{fact.removesuffix(' binds')} stops binding"
    return f"no longer: {fact}"
