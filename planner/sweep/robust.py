"""One commitment for several alternatives, and what knowing more would be worth."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from planner.economics.money import USD_PER_MUSD
from planner.errors import InfeasibleError, SolverError
from planner.explain.certificate import certificate_of
from planner.formulation.arrays import Arrays, Floats
from planner.pipeline import h100_flop_s, program_of
from planner.plan.findings import Certificate
from planner.records import dataclass
from planner.solvers.highs import Live
from planner.solvers.in_turn import solve_in_turn
from planner.solvers.solution import Solution
from planner.solvers.solve import solve_program
from planner.specs.scenario import Scenario
from planner.sweep.alternatives import NoMeanError, mean_of
from planner.sweep.commitment import Committed, committed_of
from planner.sweep.criterion import Criterion, with_criterion
from planner.sweep.readings import Figures, Readings
from planner.sweep.two_stage import Alternative, TwoStage

LISTED = 3
"""Names of alternatives that a message has."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one alternative turns out.

    Attributes:
        name: Of the alternative.
        probability: That it comes true.
        value_usd: Profit or cost with what is committed [present $].
        alone_usd: The same if it alone were planned for.
        regret_usd: How much worse than that; ≥ 0.
        figures: Of the plan in it.
    """

    name: str
    probability: float
    value_usd: float
    alone_usd: float
    regret_usd: float
    figures: Figures


@dataclass(frozen=True, slots=True)
class Robust:
    """A commitment, how it turns out, and what more knowledge would be worth.

    Amounts are profit or cost, as the scenario's objective says [present $].

    Attributes:
        scenario: Its name.
        objective: Of every alternative: ``maximize_value`` or ``minimize_cost``.
        criterion: What the commitment is best in, e.g. ``cvar:0.9``.
        value_usd: Of the criterion; of ``regret`` the largest regret.
        expected_usd: Mean over the alternatives.
        perfect_information_usd: By how much the criterion would be better if it were
            known beforehand which alternative comes true; ≥ 0.
        stochastic_solution_usd: By how much it is better than with what is best for
            the ``reference``; ≥ 0, or None: ``no_comparison`` says why.
        reference: ``mean``, the scenario with the mean of every input, or
            ``as_it_stands``, where what the alternatives set has no mean.
        no_comparison: Why what is best for the reference cannot be committed, or
            empty.
        committed: What is bought, added and signed beforehand.
        outcomes: One for each alternative, in order.
        certificate: Proof of the optimum from the program's arrays.
        columns: Of the program.
        rows: Of the program.
    """

    scenario: str
    objective: str
    criterion: str
    value_usd: float
    expected_usd: float
    perfect_information_usd: float
    stochastic_solution_usd: float | None
    reference: str
    no_comparison: str
    committed: Committed
    outcomes: tuple[Outcome, ...]
    certificate: Certificate
    columns: int
    rows: int


def robust_plan(
    scenario: Scenario,
    alternatives: Sequence[Alternative],
    criterion: Criterion,
    *,
    time_limit: float | None = None,
    exact: bool = False,
) -> Robust:
    """Return the commitment that is best over all alternatives.

    Args:
        scenario: What the alternatives change.
        alternatives: In which it is planned, at least one.
        criterion: What is best.
        time_limit: For each solve of the program of all [s]; None: none.
        exact: Whether the certificate is computed in rational numbers.

    Raises:
        InfeasibleError: No commitment keeps every limit in every alternative.
        SolverError: A program was not solved.
        UsageError: The program is too large for rational numbers.
    """
    best = _alone(alternatives)
    two = TwoStage(alternatives)
    arrays, before = with_criterion(two, criterion, best)
    found = _solved(scenario, two, arrays, before, time_limit)
    own = two.own(found.values)
    losses = [x.loss_musd(v) for x, v in zip(alternatives, own, strict=True)]
    p = [each.probability for each in alternatives]
    value = criterion.of(losses, p, best)
    flop_s = h100_flop_s(scenario)
    reference, planned = _reference(scenario, alternatives)
    other = _with_plan_of(planned, two)
    sign = -1.0 if scenario.spec.objective == "maximize_value" else 1.0

    def usd(loss_musd: float) -> float:
        return sign * loss_musd * USD_PER_MUSD + 0.0

    return Robust(
        scenario=scenario.spec.name,
        objective=scenario.spec.objective,
        criterion=criterion.text,
        value_usd=value * USD_PER_MUSD if criterion.kind == "regret" else usd(value),
        expected_usd=usd(float(np.dot(p, losses))),
        perfect_information_usd=_better(criterion.of(best, p, best), value),
        stochastic_solution_usd=None
        if isinstance(other, str)
        else _better(value, criterion.of(other, p, best)),
        reference=reference,
        no_comparison=other if isinstance(other, str) else "",
        committed=committed_of(two, two.commitment(found.values)),
        outcomes=tuple(
            Outcome(
                each.name,
                each.probability,
                usd(loss),
                usd(least),
                _better(least, loss),
                Readings(each.scenario, each.program, flop_s).read(values),
            )
            for each, loss, least, values in zip(
                alternatives, losses, best, own, strict=True
            )
        ),
        certificate=certificate_of(found.handed_over, found, exact=exact),
        columns=arrays.columns,
        rows=arrays.rows,
    )


def _better(one_musd: float, other_musd: float) -> float:
    """Return by how much one loss is the lower one [$]; rounding is no loss."""
    return max(0.0, (other_musd - one_musd) * USD_PER_MUSD)


def _alone(alternatives: Sequence[Alternative]) -> list[float]:
    """Return the least loss of each alternative, if it alone were planned for [MUSD].

    Raises:
        InfeasibleError: Some have no plan.
        SolverError: One was not solved.
    """
    found = [_least(each, each.program.arrays) for each in alternatives]
    failed = [x.name for x, y in zip(alternatives, found, strict=True) if y is None]
    if failed:
        msg = f"infeasible by itself: {_some(failed, len(found))}"
        raise InfeasibleError(msg)
    return [loss for loss in found if loss is not None]


def _least(each: Alternative, arrays: Arrays) -> float | None:
    """Return the least loss of a program of an alternative [MUSD]; None: no plan.

    Raises:
        SolverError: It was not solved.
    """
    live = Live()
    live.load(arrays)
    found = live.optimum()
    if found.status == "infeasible":
        return None
    if found.status != "optimal":
        msg = f"the program of {each.name} was not solved"
        raise SolverError(msg)
    return found.objective / each.program.cost_factor + each.constant_musd


def _some(names: Sequence[str], count: int) -> str:
    """Return how many alternatives are meant, and the first of them."""
    listed = ", ".join(names[:LISTED]) + (", …" if len(names) > LISTED else "")
    return f"{len(names)} of {count} alternatives ({listed})"


def _solved(
    scenario: Scenario,
    two: TwoStage,
    arrays: Arrays,
    before: Sequence[Floats],
    time_limit: float | None,
) -> Solution:
    """Return the one optimum of the program of all alternatives.

    Raises:
        InfeasibleError: It has none.
        SolverError: It was not solved.
    """
    live = Live(time_limit)
    live.load(arrays)
    weights = np.append(two.weights, np.ones(arrays.columns - two.columns))
    found = solve_in_turn(arrays, before, weights, partial(_changed, live))
    if found.status == "infeasible":
        msg = (
            f"infeasible: each alternative of {scenario.spec.name} has a plan, but no "
            "commitment keeps every limit in all of them"
        )
        raise InfeasibleError(msg)
    if found.status != "optimal":
        msg = f"the program of all alternatives was not solved ({found.status})"
        raise SolverError(msg)
    return found


def _changed(live: Live, arrays: Arrays) -> Solution:
    live.change(arrays)
    return live.run()


def _reference(
    scenario: Scenario, alternatives: Sequence[Alternative]
) -> tuple[str, Scenario]:
    """Return what one would plan for without a robust plan, and its name."""
    try:
        return "mean", mean_of(scenario, alternatives)
    except NoMeanError:
        return "as_it_stands", scenario


def _with_plan_of(planned: Scenario, two: TwoStage) -> list[float] | str:
    """Return losses if one commits what is best for a scenario, or why there are none.

    Args:
        planned: What is planned for.
        two: The program of all alternatives.
    """
    program = program_of(planned)
    plan = solve_program(program)
    if plan.status != "optimal":
        return "has no plan"
    commitment = Alternative("", 1.0, planned, program).ordered(plan.values)
    losses = [
        _least(each, two.fixed(number, commitment))
        for number, each in enumerate(two.alternatives)
    ]
    pairs = zip(two.alternatives, losses, strict=True)
    failed = [each.name for each, loss in pairs if loss is None]
    if failed:
        return f"leaves no plan in {_some(failed, len(losses))}"
    return [loss for loss in losses if loss is not None]
