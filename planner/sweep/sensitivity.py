"""What the figures of a plan hang on: one input moved at a time, to both its ends."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from planner.errors import InputError
from planner.records import dataclass
from planner.specs.load import reload
from planner.specs.scenario import Scenario
from planner.sweep.evaluate import Outcome
from planner.sweep.ranges import Range

STEP = 0.01
"""Share of an input by which it is moved both ways for its elasticity."""
DIGITS = 8
"""Significant ones of an elasticity, a difference of figures with 12."""
Sets: TypeAlias = tuple[str, ...]
Evaluate: TypeAlias = Callable[[Sequence[Sets]], Iterable[Outcome]]
REFUSED = "refused"
"""Status of an end that no scenario may have, e.g. a share above 100 %."""


@dataclass(frozen=True, slots=True)
class End:
    """What one end of a range comes to.

    Attributes:
        value: Of the input, in its unit.
        status: ``optimal``, ``infeasible``, ``failed`` or ``refused``.
        why: Why it failed or is refused; else empty.
        figures: Its figures, keyed by name; empty where there is no plan.
    """

    value: float
    status: str
    why: str
    figures: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Influence:
    """What one input does to the figures.

    Attributes:
        path: The input.
        unit: Of its values.
        value: Today's.
        declared: Whether the ends are quantiles of a declared distribution.
        low: The lower end.
        high: The upper end.
        elasticities: Change of each figure in percent for one percent of the input,
            keyed by name; None where there is none, as for a figure or an input of 0.
    """

    path: str
    unit: str
    value: float
    declared: bool
    low: End
    high: End
    elasticities: Mapping[str, float | None]

    def swing(self, name: str) -> float | None:
        """Return the distance of a figure's values at both ends; None without both."""
        low, high = self.low.figures.get(name), self.high.figures.get(name)
        return None if low is None or high is None else abs(high - low)


def influences_of(
    scenario: Scenario,
    ranges: Sequence[Range],
    base: Outcome,
    names: Sequence[str],
    evaluate: Evaluate,
) -> tuple[Influence, ...]:
    """Return the influence of every input, by how far the first figure moves.

    Args:
        scenario: What is planned.
        ranges: The inputs and their ends.
        base: What the scenario itself comes to.
        names: Figures to look at, the first one decides the order.
        evaluate: Returns the outcome of every point, in their order.
    """
    moves = [(*_ends(each), *_steps(each)) for each in ranges]
    found = iter(evaluate([sets for move in moves for sets in move]))
    outcomes = zip(*[found] * 4, strict=True)
    influences = [
        _influence(scenario, each, base, names, four)
        for each, four in zip(ranges, outcomes, strict=True)
    ]
    return tuple(sorted(influences, key=lambda x: _rank(x, names[0])))


def _rank(influence: Influence, name: str) -> tuple[bool, float]:
    """Return where an input stands: those that leave no plan come first."""
    swing = influence.swing(name)
    return swing is not None, -(swing or 0.0)


_Four: TypeAlias = tuple[Outcome, Outcome, Outcome, Outcome]


def _ends(each: Range) -> tuple[Sets, Sets]:
    return each.sets(each.low), each.sets(each.high)


def _steps(each: Range) -> tuple[Sets, Sets]:
    return tuple(each.sets(each.value * (1 + step)) for step in (-STEP, STEP))  # type: ignore[return-value]  # two of them


def _influence(
    scenario: Scenario,
    each: Range,
    base: Outcome,
    names: Iterable[str],
    outcomes: _Four,
) -> Influence:
    low, high, less, more = outcomes
    return Influence(
        path=each.path,
        unit=each.known.where.unit,
        value=each.value,
        declared=each.declared,
        low=_end(scenario, each.low, low),
        high=_end(scenario, each.high, high),
        elasticities={
            name: _elasticity(base, less, more, name) if each.value else None
            for name in names
        },
    )


def _end(scenario: Scenario, value: float, outcome: Outcome) -> End:
    status, why = str(outcome.status), outcome.error
    if status == "failed":
        try:
            reload(scenario, outcome.sets)
        except InputError as error:
            problem = error.problems[0]
            status, why = REFUSED, problem.message
    return End(value, status, why, outcome.readings or {})


def _elasticity(base: Outcome, less: Outcome, more: Outcome, name: str) -> float | None:
    """Return the central difference of a figure over a step, both as shares."""
    values = [(each.readings or {}).get(name) for each in (base, less, more)]
    now, below, above = values
    if now is None or below is None or above is None or now == 0:
        return None
    return float(f"{(above - below) / now / (2 * STEP):.{DIGITS}g}")
