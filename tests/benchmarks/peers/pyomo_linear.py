"""pyomo: indexed variables, sums as ``LinearExpression``, its persistent HiGHS."""

from itertools import product

import pyomo.environ as pyo
from pyomo.contrib.appsi.solvers import Highs
from pyomo.core.expr.numeric_expr import LinearExpression

from tests.benchmarks.peers import loaded
from tests.benchmarks.peers.data import Data

PACKAGES = ("pyomo", "highspy")


def build(d: Data) -> pyo.ConcreteModel:
    """Return the model."""
    m = pyo.ConcreteModel()
    types, sites, periods = map(range, d.stands)
    m.A, m.S, m.T = (pyo.RangeSet(0, count - 1) for count in d.stands)
    m.V, m.R = pyo.RangeSet(0, d.services - 1), pyo.RangeSet(0, d.runs - 1)
    m.W, m.K = (
        pyo.RangeSet(0, d.services + d.runs - 1),
        pyo.RangeSet(0, d.steps - 1),
    )
    width = d.served_width.tolist()
    due = [
        tuple(key) for key in zip(*(i.tolist() for i in d.due.nonzero()), strict=True)
    ]
    m.added = pyo.Var(m.A, m.S, m.T, bounds=(0, None))
    m.retired = pyo.Var(due, bounds=(0, None))
    m.installed = pyo.Var(m.A, m.S, m.T, bounds=(0, None))
    m.assigned = pyo.Var(m.W, m.A, m.S, m.T, bounds=(0, None))
    m.served = pyo.Var(m.V, m.T, m.K, bounds=lambda _, v, t, k: (0, width[v][t][k]))
    m.completed = pyo.Var(m.R, bounds=(0, 1))
    _fleet(m, d, due)
    _limits(m, d)
    _work(m, d)

    added, installed, assigned = m.added, m.installed, m.assigned
    added_cost = d.added_cost().tolist()
    installed_cost = d.installed_cost().tolist()
    assigned_cost = d.assigned_cost().tolist()
    worth, whole = d.served_musd.tolist(), d.completed_musd.tolist()
    stands = list(product(types, sites, periods))
    pairs = [(added_cost[a][t], added[a, s, t]) for a, s, t in stands]
    pairs += [(installed_cost[a][s][t], installed[a, s, t]) for a, s, t in stands]
    pairs += [
        (assigned_cost[w][a][s][t], assigned[w, a, s, t])
        for w in m.W
        for a, s, t in stands
    ]
    pairs += [(-worth[v][t][k], x) for (v, t, k), x in m.served.items()]
    pairs += [(-whole[r], x) for r, x in m.completed.items()]
    m.cost = pyo.Objective(expr=_sum(pairs))
    return m


def _sum(pairs: list[tuple[float, object]]) -> LinearExpression:
    """Return Σ coefficient·variable."""
    coefficients, variables = zip(*pairs, strict=True)
    return LinearExpression(
        constant=0, linear_coefs=coefficients, linear_vars=variables
    )


def _fleet(m: pyo.ConcreteModel, d: Data, due: list[tuple[int, int, int]]) -> None:
    """Add fleet_balance, end_of_life, assignment and supply."""
    added, retired, installed, assigned = m.added, m.retired, m.installed, m.assigned
    scale, leaving, retires = d.scale, set(due), d.retires.tolist()
    start, expired = (d.start / scale).tolist(), (d.expired / scale).tolist()
    availability, quarter = d.availability.tolist(), d.supply_span.tolist()
    supply = (d.supply_limit / scale).tolist()

    def balance(_: pyo.ConcreteModel, a: int, s: int, t: int) -> object:
        pairs = [(1.0, installed[a, s, t]), (-1.0, added[a, s, t])]
        if t:
            pairs.append((-1.0, installed[a, s, t - 1]))
        if (a, s, t) in leaving:
            pairs.append((1.0, retired[a, s, t]))
        return _sum(pairs) == (0.0 if t else start[a][s])

    def end(_: pyo.ConcreteModel, a: int, s: int, t: int) -> object:
        pairs = [(1.0, retired[a, s, u]) for u in range(t + 1) if (a, s, u) in leaving]
        pairs += [(-1.0, added[a, s, u]) for u in m.T if retires[a][u] <= t]
        return _sum(pairs) == expired[a][s][t]

    def assign(_: pyo.ConcreteModel, a: int, s: int, t: int) -> object:
        pairs = [(1.0, assigned[w, a, s, t]) for w in m.W]
        return _sum([*pairs, (-availability[a], installed[a, s, t])]) <= 0.0

    def within(_: pyo.ConcreteModel, a: int, q: int) -> object:
        inside = [t for t, number in enumerate(quarter) if number == q]
        pairs = [(1.0, added[a, s, t]) for s in m.S for t in inside]
        return _sum(pairs) <= supply[a][q]

    m.fleet_balance = pyo.Constraint(m.A, m.S, m.T, rule=balance)
    m.end_of_life = pyo.Constraint(due, rule=end)
    m.assignment = pyo.Constraint(m.A, m.S, m.T, rule=assign)
    m.supply = pyo.Constraint(m.A, range(d.supply_limit.shape[1]), rule=within)


def _limits(m: pyo.ConcreteModel, d: Data) -> None:
    """Add site_power, power_budget and capex_budget."""
    added, installed = m.added, m.installed
    each_mw, price = (
        (d.facility_mw * d.scale).tolist(),
        (d.price_musd * d.scale).tolist(),
    )
    limit_mw, budget_mw = d.site_power_mw.tolist(), d.power_budget_mw.tolist()
    limit_musd, year = d.capex_limit_musd.tolist(), d.capex_span.tolist()

    def site(_: pyo.ConcreteModel, s: int, t: int) -> object:
        return (
            _sum([(each_mw[a][s], installed[a, s, t]) for a in m.A]) <= limit_mw[s][t]
        )

    def fleet(_: pyo.ConcreteModel, t: int) -> object:
        pairs = [(each_mw[a][s], installed[a, s, t]) for a in m.A for s in m.S]
        return _sum(pairs) <= budget_mw[t]

    def capital(_: pyo.ConcreteModel, y: int) -> object:
        inside = [t for t, number in enumerate(year) if number == y]
        pairs = [
            (price[a][t], added[a, s, t]) for a in m.A for s in m.S for t in inside
        ]
        return _sum(pairs) <= limit_musd[y]

    m.site_power = pyo.Constraint(m.S, m.T, rule=site)
    m.power_budget = pyo.Constraint(m.T, rule=fleet)
    m.capex_budget = pyo.Constraint(range(len(limit_musd)), rule=capital)


def _work(m: pyo.ConcreteModel, d: Data) -> None:
    """Add demand, minimum_served, training_work and run_size."""
    assigned, served, completed = m.assigned, m.served, m.completed
    share, minimum = (d.demand_share * d.scale).tolist(), d.minimum.tolist()
    work, weight = (d.work_share * d.scale).tolist(), (d.run_weight * d.scale).tolist()
    first = d.services

    def demand(_: pyo.ConcreteModel, v: int, t: int) -> object:
        pairs = [(share[v][a][t], assigned[v, a, s, t]) for a in m.A for s in m.S]
        return _sum([*pairs, *((-1.0, served[v, t, k]) for k in m.K)]) >= 0.0

    def least(_: pyo.ConcreteModel, v: int, t: int) -> object:
        return _sum([(1.0, served[v, t, k]) for k in m.K]) >= minimum[v]

    def training(_: pyo.ConcreteModel, r: int) -> object:
        pairs = [
            (work[r][a][t], assigned[first + r, a, s, t])
            for a, s, t in product(m.A, m.S, m.T)
        ]
        return _sum([*pairs, (-1.0, completed[r])]) >= 0.0

    def size(_: pyo.ConcreteModel, r: int, t: int) -> object:
        pairs = [(weight[r][a], assigned[first + r, a, s, t]) for a in m.A for s in m.S]
        return _sum(pairs) <= 1.0

    m.demand = pyo.Constraint(m.V, m.T, rule=demand)
    m.minimum_served = pyo.Constraint(m.V, m.T, rule=least)
    m.training_work = pyo.Constraint(m.R, rule=training)
    m.run_size = pyo.Constraint(m.R, m.T, rule=size)


def hand_over(m: pyo.ConcreteModel) -> Highs:
    """Return pyomo's persistent solver with the model in its HiGHS."""
    solver = Highs()
    solver.highs_options = {"output_flag": False}
    solver.set_instance(m)
    return solver


def shape(solver: Highs) -> tuple[int, int, int]:
    """Return the size of what pyomo handed over."""
    return loaded.shape(solver._solver_model)  # noqa: SLF001  # nothing public tells


def optimum(solver: Highs) -> float:
    """Solve what was handed over, and return its objective."""
    return loaded.optimum(solver._solver_model)  # noqa: SLF001  # as above
