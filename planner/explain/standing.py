"""Limits that the starting fleet breaks by itself, and what makes room for it."""

from planner.explain.keys import fed_by
from planner.explain.relief import rounded_up
from planner.formulation.build import Program
from planner.plan.findings import Standing
from planner.specs.scenario import Scenario

Place = tuple[str, str, int]
"""Constraint, scope and period."""
OVER = 1e-9
"""Relative excess below which a fleet still fits."""


def standing_of(scenario: Scenario, program: Program) -> tuple[Standing, ...]:
    """Return every limit of power that what stands breaks, one for each key.

    What has reached its lifetime no longer counts, nor what may be scrapped or moved;
    nothing else can leave, so no plan keeps such a limit.
    """
    found: dict[str, Standing] = {}
    for (constraint, scope, t), (used, limit) in _used(program).items():
        if used <= limit * (1 + OVER):
            continue
        label = program.c.clock.labels[t]
        fed = next(iter(fed_by(scenario, (constraint, scope, label, False))), None)
        base = "budgets.power" if scope == "fleet" else f"sites.{scope}.power"
        path = f"{base}.{label}" if fed is None else fed.path
        wanted = used if fed is None else used / fed.weight
        known = found.get(path)
        if known is not None and known.used >= wanted:
            continue
        found[path] = Standing(
            constraint=constraint,
            scope=scope,
            period=label if known is None else known.period,
            used=wanted,
            limit=limit if fed is None else fed.base,
            unit="MW",
            set=(f"{path}={rounded_up(wanted)} MW",),
        )
    return tuple(found.values())


def _used(program: Program) -> dict[Place, tuple[float, float]]:
    """Return what stands and its limit, both in MW."""
    c = program.c
    found: dict[Place, tuple[float, float]] = {}
    for (a, s), count in c.fleet.start.items():
        if c.leaving.early or a in c.leaving.moving_musd:
            continue
        for t in range(c.clock.count):
            left = count - c.fleet.expired.get((a, s, t), 0.0)
            mw = left * c.facility_mw[a, s]
            _add(found, ("site_power", s, t), mw, c.site_power_mw[s, t])
            if t in c.power_budget_mw:
                _add(found, ("power_budget", "fleet", t), mw, c.power_budget_mw[t])
    return found


def _add(
    found: dict[Place, tuple[float, float]], place: Place, mw: float, limit: float
) -> None:
    before, _ = found.get(place, (0.0, limit))
    found[place] = before + mw, limit
