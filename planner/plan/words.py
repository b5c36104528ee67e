"""A plan in words, as a terminal and a report say it."""

from collections.abc import Mapping

from planner.numerals import money
from planner.plan.plan import Plan

WORTH: Mapping[str, str] = {
    "maximize_value": "profit",
    "minimize_cost": "cost",
    "serve_by_priority": "cost",
}
"""What the value of an objective is, keyed by its mode."""
_STATUS = {
    "optimal": "optimal",
    "infeasible": "infeasible",
    "time_limit": "stopped at the time limit, not proven optimal",
    "failed": "the solver failed",
}


def state_of(plan: Plan, expect: str = "optimal") -> str:
    """Return how a solve ended, beside what its scenario expects.

    Args:
        plan: What came out.
        expect: Status that the scenario asks for.
    """
    word = _STATUS[plan.status]
    if plan.status in ("time_limit", "failed"):
        bound = plan.objective.bound_usd
        profit = plan.objective.mode == "maximize_value"
        limit = "profit at most" if profit else "cost at least"
        return word if bound is None else f"{word}; proven: {limit} {money(bound)}"
    if expect == "infeasible":
        kept = plan.status == "infeasible"
        return f"{word}, {'as' if kept else 'which is not what'} the scenario expects"
    return word
