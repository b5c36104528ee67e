"""What it costs to force a little of something upon a plan that has none of it."""

import numpy as np

from planner.formulation.build import Program
from planner.solvers.highs import Live
from planner.solvers.solution import Solution

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


def loss_per_price(program: Program, solution: Solution, a: str) -> float:
    """Return what the objective loses per MUSD of an accelerator's price [MUSD].

    Its capital charge, and the budgets that its purchases use up.
    """
    c, total = program.c, 0.0
    rows = enumerate(program.rows)
    places = {r.index[0]: n for n, r in rows if r.constraint == "capex_budget"}
    budget = {t: places.get(x.label) for x in c.capex_spans for t in x.periods}
    family = program.v.added
    for number, (name, _, t) in enumerate(family.columns, family.first):
        if name != a:
            continue
        count = float(solution.values[number]) * c.scale
        total += count * c.charge_musd[a, t] / c.price_musd[a, t]
        if (row := budget.get(t)) is not None:
            dual = solution.duals[row] * program.row_factors[row] / program.cost_factor
            total += count * -float(dual)
    return total


def entry_price_musd(
    program: Program, solution: Solution, a: str, price_musd: float
) -> float | None:
    """Return the price at which an accelerator would first be bought, an estimate.

    None where limits leave no room for it, or it cannot be bought.
    """
    family = program.v.added
    places = enumerate(family.columns, family.first)
    columns = {number: 1.0 for number, key in places if key[0] == a}
    if not columns:
        return None
    found, dual = forced(solution, columns)
    if found.status != "optimal":
        return None
    per_musd = loss_per_price(program, found, a)
    if per_musd <= 0:
        return None
    return price_musd - dual / program.cost_factor * FORCED / per_musd
