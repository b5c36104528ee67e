"""Why there is no plan and what would make one possible, in words."""

from collections import defaultdict
from collections.abc import Iterator

from planner.numerals import count, digits, money, percent, power
from planner.plan.findings import Conflict, Fix, Infeasibility, Standing

_RULES = {
    "site_power": "the power of {}",
    "power_budget": "the fleet's power budget",
    "capex_budget": "the capex budget",
    "supply": "the supply of {}",
    "lease_limit": "the limit of {}",
    "demand": "the capacity that {} needs",
    "minimum_served": "the minimum of {}",
    "table_memory": "the memory that {} needs",
    "training_work": "the tokens of {} by its deadline",
    "run_size": "the most accelerators of {}",
    "placement": "the one place of {}",
    "minimum_run_size": "the least accelerators of {}",
    "end_of_life": "the lifetime of {}",
    "opex_budget": "the opex budget",
    "carbon_budget": "the carbon budget",
    "residency": "the residency of {}",
    "vendor_share": "the vendor share of {}",
    "vendor_commitment": "the commitment to {}",
    "spare": "the spare of {}",
}
"""What the rows of a conflict stand for; the others tie accelerators together."""


def standing_line(row: Standing) -> str:
    """Return what stands above a limit, and what lets it stand."""
    place = "the fleet's power budget" if row.scope == "fleet" else row.scope
    sets = " ".join(f"--set '{text}'" for text in row.set)
    return (
        f"the starting fleet alone provisions {power(row.used)} of the "
        f"{power(row.limit)} of {place} from {row.period} on; to let it stand: {sets}"
    )


def collisions(conflict: tuple[Conflict, ...]) -> Iterator[str]:
    """Yield one line for each rule and scope, with its periods."""
    periods: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in conflict:
        if row.constraint in _RULES:
            periods[row.constraint, row.scope].append(row.period)
    for (constraint, scope), found in periods.items():
        when = ", ".join(sorted(filter(None, found)))
        rule = rule_of(constraint, scope)
        yield f"{rule}{f' in {when}' if when else ''} ({constraint})"


def rule_of(constraint: str, scope: str) -> str:
    """Return what a row stands for; empty where it only ties accelerators together."""
    return _RULES.get(constraint, "").format(scope)


def fix_line(fix: Fix) -> str:
    """Return what gives way, and what that costs."""
    cost = f"no price: {fix.why}" if fix.cost_usd is None else money(fix.cost_usd)
    return f"{relief(fix)} ({cost}; solved again)"


def relief(fix: Fix) -> str:
    """Return in words what gives way."""
    amount, scope = fix.amount, fix.scope
    when = f" from {fix.period} on" if fix.period else ""
    span = f" in {fix.period}" if fix.period else ""
    texts = {
        "site_power": f"{power(amount)} more at {scope}{when}",
        "power_budget": f"{power(amount)} more for the fleet{when}",
        "capex_budget": f"{money(amount)} more capex{span}",
        "supply": f"{count(amount)} more {scope}{span}",
        "lease_limit": f"{count(amount)} more of {scope} at once",
        "run_size": f"{count(amount)} more accelerators at once for {scope}",
        "minimum_served": f"a minimum of {scope} lower by {percent(amount)}",
        "demand": f"{percent(amount)} less demand of {scope}",
        "opex_budget": f"{money(amount)} more opex{span}",
        "carbon_budget": f"{count(amount)} t more CO2e{span}",
        "residency": f"{percent(amount)} less of {scope} from its region",
        "vendor_share": f"{percent(amount)} more of {scope}",
        "vendor_commitment": f"{count(amount)} fewer promised to {scope}",
        "spare": f"{percent(amount)} less of {scope} in spare",
        "mixture": f"together, {count(amount)} changes: {scope}",
    }
    if fix.constraint == "training_work" and fix.unit == "period":
        return f"{scope} may end in {fix.period}, {count(amount)} periods later"
    if fix.unit == "policy":
        return "what stands may stay above a limit of power (policy grandfather)"
    if fix.constraint == "training_work":
        return f"{digits(amount / 1e12)} Ttoken fewer for {scope}"
    return texts[fix.constraint]


def no_conflict(found: Infeasibility) -> str:
    """Return why no rows are known that collide; empty where what stands says it."""
    if found.whole:
        return (
            "in fractions there would be a plan; whole systems, replicas, runs and "
            "places have none"
        )
    return "" if found.standing else "which limits collide was not found"
