"""Which limits of a plan would give a confidential input away."""

import re
from collections.abc import Iterable

from planner.report.subject import Hidden

_KEYS = {
    "site_power": ("sites.{}.power", "sites.{}.expansion"),
    "power_budget": ("budgets.power",),
    "capex_budget": ("budgets.capex",),
    "opex_budget": ("budgets.opex",),
    "carbon_budget": ("budgets.carbon",),
    "supply": ("supply.{}",),
    "lease_limit": ("leases.{}",),
    "vendor_share": ("policies",),
    "expansion_limit": ("sites.{}.expansion",),
    "demand": ("workloads.{}.demand",),
    "minimum_served": ("workloads.{}.minimum",),
    "training_work": ("workloads.{}.tokens",),
    "run_size": ("workloads.{}.accelerators",),
}
"""Where the limit of a row stands among the inputs; ``{}`` is its scope."""
Group = tuple[str, str]
"""Name and scope of a limit."""


def hidden_limits(hidden: Hidden, groups: Iterable[Group]) -> frozenset[Group]:
    """Return the limits that follow from a confidential value."""
    return frozenset(
        (name, scope)
        for name, scope in groups
        if any(hidden.covers(key.format(scope)) for key in _KEYS.get(name, ()))
    )


def hidden_checks(hidden: Hidden) -> frozenset[str]:
    """Return the checks of an audit whose tolerance follows from such a value."""
    return frozenset(
        name
        for name, keys in _KEYS.items()
        if any(_is_below(path, key) for key in keys for path in hidden.paths)
    )


def _is_below(path: str, key: str) -> bool:
    """Return whether a path is that of a key of any scope, or below it."""
    pattern = re.escape(key).replace(re.escape("{}"), "[^.]+")
    return re.match(rf"{pattern}(\.|$)", path) is not None
