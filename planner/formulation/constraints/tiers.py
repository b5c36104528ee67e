"""Tiers: what serve_by_priority compares within one priority."""

from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Row, Rows
from planner.formulation.stages import achievements
from planner.formulation.variables import Variables


def tier_minimum(c: Coefficients, v: Variables) -> Rows:
    """No workload of a tier achieves less than the tier's smallest achievement.

        Σ_{t,b} hours[v,t,b]·Σ_k served[v,t,b,k] ≥ smallest[tier of v]
        Σ_k completed[r,k] ≥ smallest[tier of r]

    with hours = σ_b·H_t over their sum where v has demand. Only under
    serve_by_priority, which makes the smallest as large as it can be.

    Rows: W in a tier. Unit: share. Price: none, no input stands in them.
    """
    achieved = achievements(c, v)
    for rank, names in c.tiers.members.items():
        for name in names:
            pairs = [*achieved[name], (v.smallest.columns[rank,], -1.0)]
            yield Row("tier_minimum", (name,), pairs, ">=", 0.0)
