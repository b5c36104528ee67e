"""What each tier lost, as ``planner solve`` prints it."""

from planner.cli.format import percent
from planner.cli.tables import Column, Table
from planner.plan.plan import Plan
from planner.plan.tiers import achieved
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun

_ALL = 1 - 1e-9


def tier_table(plan: Plan, scenario: Scenario) -> Table:
    """Return every tier with what it lost, and which workloads lose it."""
    shares = achieved(scenario, plan.services, plan.runs)
    rows = []
    for tier in plan.tiers:
        members = [
            workload
            for workload in scenario.spec.workloads
            if workload.priority == tier.priority and workload.name in shares
        ]
        weights = sum(workload.weight for workload in members)
        lost = 1 - tier.total / weights if weights else 0.0
        losers = sorted(
            (shares[w.name], w.name, _verb(scenario, w.name))
            for w in members
            if shares[w.name] < _ALL
        )
        texts = [f"{name} {percent(share)} {verb}" for share, name, verb in losers]
        least = percent(tier.minimum)
        rows.append([str(tier.priority), least, percent(lost), ", ".join(texts) or "-"])
    columns = (
        Column("tier"),
        Column("smallest achievement", number=True),
        Column("lost", number=True),
        Column("by", least=30),
    )
    return Table("Tiers, the first one served first", columns, rows)


def _verb(scenario: Scenario, name: str) -> str:
    run = isinstance(scenario.workloads[name], TrainingRun)
    return "completed" if run else "served"
