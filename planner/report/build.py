"""A report from plans: the headline, and the sections that a plan has something for."""

from collections.abc import Iterator, Sequence

from planner.plan.words import state_of
from planner.report.parts.budgets import budgets_section
from planner.report.parts.comparison import comparison_section
from planner.report.parts.costs import costs_section
from planner.report.parts.fleet import fleet_section
from planner.report.parts.headline import cards_of
from planner.report.parts.inputs import inputs_section
from planner.report.parts.no_plan import no_plan_section
from planner.report.parts.prices import prices_section
from planner.report.parts.proof import proof_section, rates_section
from planner.report.parts.purchases import purchases_section
from planner.report.parts.split import split_section
from planner.report.parts.studies import studies_section
from planner.report.parts.work import runs_section, services_section, tiers_section
from planner.report.record import Report, Section
from planner.report.studies import Studies
from planner.report.subject import Subject
from planner.specs.confidential import masked_override


def report_of(subjects: Sequence[Subject], studies: Studies | None = None) -> Report:
    """Return the report of the last plan, compared with the first of several.

    Args:
        subjects: At least one plan.
        studies: Runs of a sweep over the last plan's scenario; None: none.
    """
    subject = subjects[-1]
    baseline = subjects[0] if len(subjects) > 1 else None
    plan = subject.plan
    return Report(
        name=plan.scenario,
        title=plan.title or plan.scenario,
        status=state_of(plan, subject.expect),
        baseline=None if baseline is None else baseline.label,
        cards=cards_of(plan, None if baseline is None else baseline.plan),
        sections=tuple(_sections(subjects, studies)),
        warnings=plan.warnings,
        colophon=tuple(_colophon(subject)),
    )


def _sections(
    subjects: Sequence[Subject], studies: Studies | None
) -> Iterator[Section]:
    subject, plan = subjects[-1], subjects[-1].plan
    found = (
        no_plan_section(subject),
        comparison_section(subjects),
        fleet_section(subject),
        budgets_section(subject),
        split_section(subject),
        purchases_section(plan),
        costs_section(subject),
        prices_section(subject),
        runs_section(subject),
        services_section(subject),
        tiers_section(plan),
        None if studies is None else studies_section(subject, studies),
        inputs_section(subject),
        rates_section(plan),
        proof_section(subject),
    )
    yield from (section for section in found if section is not None)


def _colophon(subject: Subject) -> Iterator[str]:
    """Yield where a plan comes from."""
    source, hidden = subject.plan.provenance, subject.hidden()
    yield f"planner {source.planner}, solver {source.solver}"
    yield f"inputs SHA-256 {source.inputs_hash}"
    for file in source.files:
        yield f"file {file.path}, SHA-256 {file.sha256}"
    for each in source.set:
        yield f"--set {masked_override(each, hidden.paths)}"
