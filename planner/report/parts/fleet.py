"""What stands where: the fleet by period, owned and leased."""

from collections import defaultdict

from planner.numerals import count as in_words
from planner.pipeline import h100_flop_s
from planner.plan.equivalents import equivalents
from planner.plan.plan import Plan
from planner.report.charts import Axis, Chart, Line
from planner.report.parts import forms
from planner.report.record import Section, View
from planner.report.subject import Subject
from planner.specs.scenario import Scenario

Counts = dict[str, dict[str, float]]
"""Accelerators, keyed by name and period."""


def fleet_section(subject: Subject) -> Section | None:
    """Return the fleet by period; None where nothing stands and nothing is leased."""
    plan = subject.plan
    owned, leased = _owned(plan), _leased(plan)
    views = []
    if owned or leased:
        together = {**owned, **{f"{name}, leased": x for name, x in leased.items()}}
        views.append(_view(plan, together, "fleet", "accelerators"))
    in_h100s = _in_h100s(subject.scenario, owned)
    if in_h100s:
        views.append(_view(plan, in_h100s, "fleet in H100s", "H100-equivalents"))
    rows = forms.table_of(
        "fleet",
        "Fleet by site, accelerator and period",
        plan.fleet,
        forms.text("site", "Site"),
        forms.text("accelerator", "Accelerator"),
        forms.text("period", "Period"),
        forms.count("installed", "Installed", "accelerators"),
        forms.count("added", "Added", "accelerators"),
        forms.count("retired", "Retired", "accelerators"),
    )
    return forms.section_of("fleet", "Fleet by period", views=views, tables=(rows,))


def _owned(plan: Plan) -> Counts:
    found: Counts = defaultdict(lambda: defaultdict(float))
    for row in plan.fleet:
        found[row.accelerator][row.period] += row.installed
    return found


def _leased(plan: Plan) -> Counts:
    found: Counts = defaultdict(lambda: defaultdict(float))
    for row in plan.leases:
        found[row.accelerator][row.period] += row.count
    return found


def _in_h100s(scenario: Scenario | None, owned: Counts) -> Counts:
    """Return what is owned by peak bf16; nothing where a peak is not known."""
    if scenario is None:
        return {}
    flop_s, found = h100_flop_s(scenario), {}
    for name, counts in owned.items():
        each = equivalents(scenario, {name: 1.0}, flop_s)
        if each is None:
            return {}
        found[name] = {period: each * count for period, count in counts.items()}
    return found


def _view(plan: Plan, counts: Counts, name: str, unit: str) -> View:
    """Return areas on one another, one for each accelerator."""
    labels = forms.periods_of(plan)
    lines = tuple(
        Line(name, labels, [found.get(label, 0.0) for label in labels])
        for name, found in counts.items()
    )
    chart = Chart(
        f"{unit[0].upper()}{unit[1:]} in service",
        Axis("period"),
        Axis(unit),
        lines,
        stacked=True,
        names=forms.accelerators_of(plan),
    )
    return View(name, chart, _sentence(counts, labels, unit))


def _sentence(counts: Counts, labels: tuple[str, ...], unit: str) -> str:
    first, last = labels[0], labels[-1]
    at = {t: sum(found.get(t, 0.0) for found in counts.values()) for t in (first, last)}
    most = max(counts, key=lambda name: counts[name].get(last, 0.0))
    share = in_words(counts[most].get(last, 0.0))
    return (
        f"Stacked areas: {in_words(at[first])} {unit} in {first}, "
        f"{in_words(at[last])} in {last}, {share} of them {most}."
    )
