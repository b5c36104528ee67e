"""Compute-fleet capacity planner: who gets which accelerator, where and when.

>>> from planner import load_scenario, solve  # doctest: +SKIP
>>> plan = solve(load_scenario("scenarios/quickstart.yaml"))  # doctest: +SKIP
>>> plan.frame("allocation")  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

from planner.version import __version__

if TYPE_CHECKING:
    from planner.api import solve
    from planner.errors import (
        AuditError,
        InfeasibleError,
        InputError,
        PlannerError,
        SolverError,
    )
    from planner.plan.plan import Plan
    from planner.specs.load import load_scenario
    from planner.specs.scenario import Scenario

__all__ = [
    "AuditError",
    "InfeasibleError",
    "InputError",
    "Plan",
    "PlannerError",
    "Scenario",
    "SolverError",
    "__version__",
    "load_scenario",
    "solve",
]

_HOMES = {
    "Plan": "planner.plan.plan",
    "Scenario": "planner.specs.scenario",
    "load_scenario": "planner.specs.load",
    "solve": "planner.api",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that starting is cheap."""
    from importlib import import_module  # noqa: PLC0415

    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES.get(name, "planner.errors")), name)
