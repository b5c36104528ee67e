"""What other inputs would come to: the runs of a store."""

from planner.plan.plan import Plan
from planner.plan.words import WORTH
from planner.report.parts import forms
from planner.report.record import Section, Table
from planner.report.studies import Studies


def studies_section(plan: Plan, studies: Studies) -> Section | None:
    """Return the runs that vary a plan's inputs; None where there are none."""
    text = f"{len(studies.runs)} runs of {studies.label}."
    return forms.section_of(
        "studies", "Other inputs", text, tables=(_runs(plan, studies),)
    )


def _runs(plan: Plan, studies: Studies) -> Table:
    name = f"{WORTH[plan.objective.mode]}_usd"
    columns = (
        forms.text("sets", "Changed"),
        forms.text("status", "Status"),
        forms.money(name, "Worth"),
    )
    rows = tuple(
        (" ".join(run.sets) or "nothing", run.status, (run.readings or {}).get(name))
        for run in studies.runs
    )
    return Table("studies", "Runs", columns, rows)
