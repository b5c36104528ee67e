"""Why there is no plan, and what would make one possible."""

from planner.explain.infeasible_words import collisions, no_conflict, relief
from planner.plan.findings import Infeasibility
from planner.plan.words import state_of
from planner.report.parts import forms
from planner.report.parts.hidden import hidden_limits
from planner.report.record import Cell, Section, Table
from planner.report.subject import Hidden, Subject
from planner.specs.confidential import HIDDEN, masked_override


def no_plan_section(subject: Subject) -> Section | None:
    """Return why there is no plan; None where there is one that is proven."""
    plan = subject.plan
    if plan.status == "optimal":
        return None
    text = forms.sentence(state_of(plan, subject.expect))
    if plan.metrics is not None:
        text += " The best plan that was found is shown."
    found = plan.infeasibility
    if found is None:
        return forms.section_of("no_plan", "Not proven optimal", text)
    hidden = subject.hidden()
    return forms.section_of(
        "no_plan",
        "Why there is no plan",
        " ".join((text, *_reasons(found))),
        tables=(_conflict(found), _standing(found, hidden), _fixes(found, hidden)),
    )


def _reasons(found: Infeasibility) -> list[str]:
    lines = list(collisions(found.conflict))
    if lines:
        return [f"Cannot hold together: {'; '.join(lines)}."]
    other = no_conflict(found)
    return [forms.sentence(other)] if other else []


def _conflict(found: Infeasibility) -> Table:
    return forms.table_of(
        "conflict",
        "Cannot hold together",
        found.conflict,
        forms.text("constraint", "Limit"),
        forms.text("scope", "Of"),
        forms.text("period", "Period"),
    )


def _standing(found: Infeasibility, hidden: Hidden) -> Table:
    """Return the limits that the starting fleet alone breaks."""
    columns = (
        forms.text("constraint", "Limit"),
        forms.text("scope", "Of"),
        forms.text("period", "From"),
        forms.number("used", "Used by what stands"),
        forms.number("limit", "Limit"),
        forms.text("unit", "Unit"),
        forms.text("set", "Makes room"),
    )
    groups = {(row.constraint, row.scope) for row in found.standing}
    kept = hidden_limits(hidden, groups)
    rows: list[tuple[Cell, ...]] = []
    for row in found.standing:
        limit = HIDDEN if (row.constraint, row.scope) in kept else row.limit
        about = row.constraint, row.scope, row.period, row.used
        rows.append((*about, limit, row.unit, _sets(row.set, hidden)))
    title = "What stands at the start breaks"
    return Table("standing", title, columns, tuple(rows))


def _fixes(found: Infeasibility, hidden: Hidden) -> Table:
    """Return what would make a plan possible, the cheapest first."""
    columns = (
        forms.text("fix", "Each makes a plan possible"),
        forms.money("cost_usd", "Costs, nominal"),
        forms.text("why", "Why it has no price"),
        forms.text("set", "Command-line options"),
    )
    rows = tuple(
        (relief(fix), fix.cost_usd, fix.why, _sets(fix.set, hidden))
        for fix in found.fixes
    )
    return Table("fixes", "Ways out, the cheapest first", columns, rows)


def _sets(texts: tuple[str, ...], hidden: Hidden) -> str:
    shown = (masked_override(text, hidden.paths) for text in texts)
    return " ".join(f"--set '{text}'" for text in shown)
