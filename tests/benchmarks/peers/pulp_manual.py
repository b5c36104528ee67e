"""PuLP as its manual shows it: dictionaries of variables, ``lpSum`` of products."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import pulp
from pulp import HiGHS, LpMinimize, LpProblem, lpSum

from tests.benchmarks.peers import loaded
from tests.benchmarks.peers.data import Data

PACKAGES = ("pulp", "highspy")


@dataclass(slots=True)
class Variables:
    """The dictionaries of variables, and the sets that they are over."""

    types: range
    sites: range
    periods: range
    stands: list[tuple[int, int, int]]
    leaving: list[tuple[int, int, int]]
    added: Any
    retired: Any
    installed: Any
    assigned: Any
    served: Any
    completed: Any


def build(d: Data) -> LpProblem:
    """Return the problem."""
    prob = LpProblem("large", LpMinimize)
    x = _variables(prob, d)
    _cost(prob, d, x)
    _fleet(prob, d, x)
    _limits(prob, d, x)
    _work(prob, d, x)
    return prob


def _variables(prob: LpProblem, d: Data) -> Variables:
    types, sites, periods = map(range, d.stands)
    workloads, steps = range(d.services + d.runs), range(d.steps)
    services = range(d.services)
    stands, due = list(product(types, sites, periods)), d.due.tolist()
    leaving = [(a, s, t) for a, s, t in stands if due[a][s][t]]
    everywhere = types, sites, periods
    served = prob.add_variable_dicts("served", (services, periods, steps), 0)
    width = d.served_width.tolist()
    for v, t, k in product(services, periods, steps):
        served[v][t][k].upBound = width[v][t][k]
    return Variables(
        types=types,
        sites=sites,
        periods=periods,
        stands=stands,
        leaving=leaving,
        added=prob.add_variable_dicts("added", everywhere, 0),
        retired=prob.add_variable_dicts("retired", leaving, 0),
        installed=prob.add_variable_dicts("installed", everywhere, 0),
        assigned=prob.add_variable_dicts("assigned", (workloads, *everywhere), 0),
        served=served,
        completed=prob.add_variable_dicts("completed", range(d.runs), 0, 1),
    )


def _cost(prob: LpProblem, d: Data, x: Variables) -> None:
    added, installed, assigned = x.added, x.installed, x.assigned
    added_cost = d.added_cost().tolist()
    installed_cost = d.installed_cost().tolist()
    assigned_cost = d.assigned_cost().tolist()
    worth, whole = d.served_musd.tolist(), d.completed_musd.tolist()
    prob += (
        lpSum([added_cost[a][t] * added[a][s][t] for a, s, t in x.stands])
        + lpSum([installed_cost[a][s][t] * installed[a][s][t] for a, s, t in x.stands])
        + lpSum(
            [
                assigned_cost[w][a][s][t] * assigned[w][a][s][t]
                for w in range(d.services + d.runs)
                for a, s, t in x.stands
            ]
        )
        - lpSum(
            [
                worth[v][t][k] * x.served[v][t][k]
                for v in range(d.services)
                for t in x.periods
                for k in range(d.steps)
            ]
        )
        - lpSum([whole[r] * x.completed[r] for r in range(d.runs)])
    )


def _fleet(prob: LpProblem, d: Data, x: Variables) -> None:
    """Add fleet_balance, end_of_life, assignment and supply."""
    added, retired, installed, assigned = x.added, x.retired, x.installed, x.assigned
    start, expired = (d.start / d.scale).tolist(), (d.expired / d.scale).tolist()
    availability, retires = d.availability.tolist(), d.retires.tolist()
    workloads, quarter = range(d.services + d.runs), d.supply_span.tolist()
    for a, s, t in x.stands:
        before = installed[a][s][t - 1] if t else start[a][s]
        gone = retired.get((a, s, t), 0)
        prob += installed[a][s][t] - before - added[a][s][t] + gone == 0
    for a, s, t in x.leaving:
        prob += (
            lpSum([retired[a, s, u] for u in range(t + 1) if (a, s, u) in retired])
            - lpSum([added[a][s][u] for u in x.periods if retires[a][u] <= t])
            == expired[a][s][t]
        )
    for a, s, t in x.stands:
        prob += (
            lpSum([assigned[w][a][s][t] for w in workloads])
            <= availability[a] * installed[a][s][t]
        )
    for a, limits in enumerate((d.supply_limit / d.scale).tolist()):
        for q, limit in enumerate(limits):
            within = [t for t in x.periods if quarter[t] == q]
            prob += lpSum([added[a][s][t] for s in x.sites for t in within]) <= limit


def _limits(prob: LpProblem, d: Data, x: Variables) -> None:
    """Add site_power, power_budget and capex_budget."""
    types, sites, installed = x.types, x.sites, x.installed
    each_mw, price = (
        (d.facility_mw * d.scale).tolist(),
        (d.price_musd * d.scale).tolist(),
    )
    limit_mw, budget_mw = d.site_power_mw.tolist(), d.power_budget_mw.tolist()
    year = d.capex_span.tolist()
    for s, t in product(sites, x.periods):
        needed = lpSum([each_mw[a][s] * installed[a][s][t] for a in types])
        prob += needed <= limit_mw[s][t]
    for t in x.periods:
        needed = [each_mw[a][s] * installed[a][s][t] for a in types for s in sites]
        prob += lpSum(needed) <= budget_mw[t]
    for y, limit in enumerate(d.capex_limit_musd.tolist()):
        bought = [
            price[a][t] * x.added[a][s][t] for a, s, t in x.stands if year[t] == y
        ]
        prob += lpSum(bought) <= limit


def _work(prob: LpProblem, d: Data, x: Variables) -> None:
    """Add demand, minimum_served, training_work and run_size."""
    types, sites, periods, steps = x.types, x.sites, x.periods, range(d.steps)
    share, minimum = (d.demand_share * d.scale).tolist(), d.minimum.tolist()
    for v, t in product(range(d.services), periods):
        mine = x.assigned[v]
        able = [share[v][a][t] * mine[a][s][t] for a in types for s in sites]
        prob += lpSum(able) >= lpSum([x.served[v][t][k] for k in steps])
        prob += lpSum([x.served[v][t][k] for k in steps]) >= minimum[v]
    work, weight = (d.work_share * d.scale).tolist(), (d.run_weight * d.scale).tolist()
    for r in range(d.runs):
        mine = x.assigned[d.services + r]
        done = lpSum([work[r][a][t] * mine[a][s][t] for a, s, t in x.stands])
        prob += done >= x.completed[r]
        for t in periods:
            busy = [weight[r][a] * mine[a][s][t] for a in types for s in sites]
            prob += lpSum(busy) <= 1


def hand_over(prob: LpProblem) -> pulp.LpProblem:
    """Return the problem with PuLP's own HiGHS model of it."""
    solver = HiGHS(msg=False)
    solver.createAndConfigureSolver(prob)
    solver.buildSolverModel(prob)
    return prob


def shape(prob: LpProblem) -> tuple[int, int, int]:
    """Return the size of what PuLP handed over."""
    return loaded.shape(prob.solverModel)


def optimum(prob: LpProblem) -> float:
    """Solve what was handed over, and return its objective."""
    return loaded.optimum(prob.solverModel)
