"""What it costs to force a little of something upon a plan that has none of it."""

from collections import defaultdict

import numpy as np

from planner.economics.money import discount_factor
from planner.formulation.build import Program
from planner.solvers.highs import Live
from planner.solvers.solution import Solution
from planner.specs.scenario import Scenario

FORCED = 1e-3
"""How much is forced upon the plan, in the program's unit of counts."""


def forced(solution: Solution, columns: dict[int, float]) -> tuple[Solution, float]:
    """Return the optimum with a little of some columns, and the dual of forcing it.

    Args:
        solution: The optimum without.
        columns: Their places, and how much each counts for.
    """
    live = Live()
    live.load(solution.handed_over)
    live.run()
    places = np.array(list(columns), dtype=np.int32)
    shares = np.array(list(columns.values()))
    live.model.addRow(FORCED, np.inf, len(places), places, shares)
    found = live.run()
    return found, float(found.duals[-1]) if found.status == "optimal" else 0.0


def loss_per_price(
    scenario: Scenario, program: Program, solution: Solution, a: str
) -> float:
    """Return what the objective loses per MUSD of an accelerator's price [MUSD].

    Its capital charge, its maintenance, and the budgets that it uses up.
    """
    c, total = program.c, 0.0
    rows = enumerate(program.rows)
    places = {r.index[0]: n for n, r in rows if r.constraint == "capex_budget"}
    budgets: dict[int, list[int]] = defaultdict(list)
    for span in c.capex_spans:
        for t in span.periods if span.label in places else ():
            budgets[t].append(places[span.label])
    family = program.v.added
    for number, (name, _, t) in enumerate(family.columns, family.first):
        if name != a:
            continue
        count = float(solution.values[number]) * c.added_unit[a]
        total += count * c.charge_musd[a, t] / c.price_musd[a, t]
        for row in budgets[t]:
            dual = solution.duals[row] * program.row_factors[row] / program.cost_factor
            total += count * -float(dual)
    total -= _kept(program, solution, a)
    return total + _maintained(scenario, program, solution, a)


def _kept(program: Program, solution: Solution, a: str) -> float:
    """Return the residual value of an accelerator per MUSD of its price [MUSD].

    With early retirement it is that of what is kept; else the charge holds it.
    """
    c, total = program.c, 0.0
    for (name, place), cohorts in c.leaving.cohorts.items():
        for each in cohorts if name == a else ():
            key = "kept", (a, place, each.label)
            count = float(solution.values[program.position[key]]) * c.scale
            last = c.clock.count - 1 if each.delivered is None else each.delivered
            total += (count - each.count) * each.residual_musd / c.price_musd[a, last]
    return total


def _maintained(
    scenario: Scenario, program: Program, solution: Solution, a: str
) -> float:
    """Return the present years of maintenance of an accelerator, times its rate."""
    clock = program.c.clock
    yearly = scenario.accelerators[a].price.yearly_maintenance
    family, total = program.v.installed, 0.0
    for number, (name, _, t) in enumerate(family.columns, family.first):
        if name == a and yearly:
            years = clock.months[t] / 12
            discount = discount_factor(clock.yearly_rate, clock.mid_years[t])
            count = float(solution.values[number]) * program.c.scale
            total += count * yearly * years * discount
    return total


def entry_change_musd(
    scenario: Scenario, program: Program, solution: Solution, a: str
) -> float | None:
    """Return the change of price at which an accelerator would first be bought.

    An estimate [MUSD], below 0. None where limits leave no room for it, or it
    cannot be bought.
    """
    family = program.v.added
    places = enumerate(family.columns, family.first)
    columns = {number: 1.0 for number, key in places if key[0] == a}
    if not columns:
        return None
    found, dual = forced(solution, columns)
    if found.status != "optimal":
        return None
    per_musd = loss_per_price(scenario, program, found, a)
    per_musd -= loss_per_price(scenario, program, solution, a)
    if per_musd <= 0:
        return None
    return -dual / program.cost_factor * FORCED / per_musd
