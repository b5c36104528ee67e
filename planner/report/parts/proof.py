"""Why a plan can be trusted: its certificate, its audit, and the rates behind it."""

from collections.abc import Collection

from planner.plan.findings import Audit, Certificate
from planner.plan.plan import Plan
from planner.plan.words import audit_line, certificate_line
from planner.report.parts import forms
from planner.report.parts.hidden import hidden_checks
from planner.report.record import Cell, Section, Table
from planner.report.subject import Subject
from planner.specs.confidential import HIDDEN

_CONDITIONS = {
    "primal_residual": "No limit is broken: largest breach, relative",
    "dual_residual": "No price without a limit: largest one, relative",
    "complementary_slackness": "No price on a limit with room: largest product",
    "relative_gap": "Objective and its proven bound agree: distance, relative",
}


def rates_section(plan: Plan) -> Section | None:
    """Return what each accelerator can do, and what it cannot be used for."""
    rates = forms.table_of(
        "rates",
        "Work of one accelerator",
        plan.rates,
        forms.text("workload", "Workload"),
        forms.text("accelerator", "Accelerator"),
        forms.number("per_accelerator", "Rate"),
        forms.text("unit", "Unit"),
        forms.count("replica", "Serve together", "accelerators"),
        forms.text("confidence", "Confidence"),
        forms.text("notes", "Notes"),
    )
    rejected = forms.table_of(
        "rejected",
        "What cannot be paired",
        plan.rejected,
        forms.text("workload", "Workload"),
        forms.text("accelerator", "Accelerator"),
        forms.text("reason", "Reason"),
        forms.text("detail", "Detail"),
    )
    return forms.section_of("rates", "Rates", tables=(rates, rejected))


def proof_section(subject: Subject) -> Section | None:
    """Return certificate and audit; None without a plan."""
    plan, hidden = subject.plan, hidden_checks(subject.hidden())
    texts, tables = [], []
    if plan.certificate is not None:
        texts.append(forms.sentence(certificate_line(plan.certificate)))
        tables.append(_certificate(plan.certificate))
    if plan.audit is not None:
        texts.append(_audited(plan.audit, hidden))
        tables.append(_audit(plan.audit, hidden))
    return forms.section_of(
        "proof", "Certificate and audit", " ".join(texts), tables=tables
    )


def _audited(found: Audit, hidden: Collection[str]) -> str:
    """Return the verdict of an audit, its worst check named unless any is hidden."""
    if hidden and found.passed:
        return f"Audit: passed all {len(found.checks)} checks."
    return forms.sentence(audit_line(found))


def _certificate(found: Certificate) -> Table:
    columns = (
        forms.text("condition", "Condition of an optimum"),
        forms.number("worst", "Worst"),
        forms.number("tolerance", "Tolerance"),
        forms.text("holds", "Holds"),
    )
    rows: list[tuple[Cell, ...]] = []
    for name, words in _CONDITIONS.items():
        worst = getattr(found, name)
        holds = "yes" if worst <= found.tolerance else "no"
        rows.append((words, worst, found.tolerance, holds))
    unique = {True: "yes", False: "no", None: "not known"}[found.unique]
    rows.append(("No other plan is as good", None, None, unique))
    return Table("certificate", "Certificate", columns, tuple(rows))


def _audit(found: Audit, hidden: Collection[str]) -> Table:
    columns = (
        forms.text("name", "Check"),
        forms.number("worst", "Worst"),
        forms.number("tolerance", "Tolerance"),
        forms.text("unit", "Unit"),
    )
    rows: list[tuple[Cell, ...]] = []
    for check in found.checks:
        numbers: tuple[Cell, Cell] = check.worst, check.tolerance
        if check.name in hidden:
            numbers = HIDDEN, HIDDEN
        rows.append((check.name, *numbers, check.unit))
    title = "Audit: worst distance outside each limit"
    return Table("audit", title, columns, tuple(rows))
