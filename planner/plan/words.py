"""A plan in words, as a terminal and a report say it."""

from collections.abc import Mapping

from planner.numerals import count, digits, money, percent
from planner.plan.findings import Audit, Certificate
from planner.plan.plan import Plan
from planner.plan.rows import RunRow

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

DONE = 1 - 1e-6
"""Share of a run, or of demand, from which nothing is left."""


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


def whole_line(plan: Plan) -> str:
    """Return how near an integer plan is to the best; empty for a continuous one."""
    objective = plan.objective
    loss, fractions = objective.continuous_loss, objective.continuous_usd
    if objective.gap is None or loss is None:
        return ""
    profit = objective.mode == "maximize_value"
    what = "profit is at most" if profit else "cost is at least"
    return (
        f"whole systems, replicas and runs: {what} {money(objective.bound_usd)} (gap "
        f"{100 * objective.gap:.2f} %); in fractions {money(fractions)}, a loss of "
        f"{100 * loss:.2f} %"
    )


def run_state(run: RunRow) -> str:
    """Return whether a run is completed, or how far."""
    if run.completed_fraction >= DONE:
        return "completed"
    return f"not finished ({percent(run.completed_fraction)})"


def audit_line(audit: Audit) -> str:
    """Return how many checks passed, and which came nearest to failing."""
    if not audit.checks:
        return "audit: no checks"
    worst = max(audit.checks, key=lambda check: check.worst / (check.tolerance or 1))
    failed = sum(check.worst > check.tolerance for check in audit.checks)
    verdict = f"{failed} failed of" if failed else "passed all"
    outside = max(0.0, worst.worst)
    unit = f" {worst.unit}" if worst.unit else ""
    return (
        f"audit: {verdict} {len(audit.checks)} checks; worst {worst.name} "
        f"{outside:.2g}{unit} outside (tolerance {worst.tolerance:.2g})"
    )


def certificate_line(found: Certificate) -> str:
    """Return how far the plan is from an optimum, each condition apart."""
    how = " with its whole numbers fixed" if found.fixed else ""
    how += " in rational numbers" if found.exact else ""
    alone = {True: "no other plan is as good", False: "other plans are as good"}
    told = alone.get(found.unique is True, "") if found.unique is not None else ""
    return (
        f"certificate: {'optimal' if found.verified else 'NOT verified'}{how}; primal "
        f"{found.primal_residual:.1e}, dual {found.dual_residual:.1e}, complementary "
        f"slackness {found.complementary_slackness:.1e}, gap {found.relative_gap:.1e} "
        f"(tolerance {found.tolerance:.0e} each){f'; {told}' if told else ''}"
    )


def account_line(plan: Plan) -> str:
    """Return what the depreciation leaves out; empty where that is nothing."""
    left = plan.totals.undepreciated_accelerators if plan.totals else 0.0
    if not left:
        return ""
    return (
        f"depreciation leaves out {count(left)} accelerators of the starting fleet, "
        "whose price or lifetime is not known"
    )


def pay_line(plan: Plan) -> str:
    """Return the verdict; empty without `revenue`."""
    found = plan.does_it_pay
    if found is None:
        return ""
    lift = found.break_even_lift
    if lift is None:
        return "no lift can be told: a price or the advertising revenue is not known"
    sample = found.break_even_usd_per_msample
    by_sample = (
        "" if sample is None else f", or {digits(sample, 3)} USD a Msample of ads"
    )
    said = f"breaks even at an ad lift of {_percent(lift)}{by_sample}"
    if lift <= 0:
        said = "pays without any ad lift"
    if found.ad_lift is None or found.net_usd is None:
        return said
    stated, left = _percent(found.ad_lift), money(abs(found.net_usd))
    what = f"leaves {left}" if found.pays else f"lacks {left}: it does not pay"
    return f"{said}; the lift of {stated} {what}"


def _percent(share: float) -> str:
    """Return a share that may be far below a percent."""
    return f"{digits(share * 100, 3)} %"
