"""What stands where: the fleet by period, owned and leased."""

from collections import defaultdict

from planner.numerals import count as in_words
from planner.plan.plan import Plan
from planner.report.charts import Axis, Chart, Line
from planner.report.parts.forms import count, money, periods_of, section_of, table_of
from planner.report.parts.forms import text as words
from planner.report.record import Section, View

Counts = dict[str, dict[str, float]]
"""Accelerators, keyed by name and period."""


def fleet_section(plan: Plan) -> Section | None:
    """Return the fleet by period; None where nothing stands and nothing is leased."""
    owned, leased = _owned(plan), _leased(plan)
    views = []
    if owned or leased:
        together = {**owned, **{f"{name}, leased": x for name, x in leased.items()}}
        views.append(_view(plan, together))
    rows = table_of(
        "fleet",
        "Fleet by site, accelerator and period",
        plan.fleet,
        words("site", "Site"),
        words("accelerator", "Accelerator"),
        words("period", "Period"),
        count("installed", "Installed", "accelerators"),
        count("added", "Added", "accelerators"),
        count("retired", "Retired", "accelerators"),
    )
    leases = table_of(
        "leases",
        "Leases",
        plan.leases,
        words("offer", "Offer"),
        words("accelerator", "Accelerator"),
        words("period", "Period"),
        count("count", "Leased at once", "accelerators"),
        count("signed", "Signed", "accelerators"),
        count("hours", "Paid for", "accelerator-hours"),
        money("lease_usd", "Cost, nominal"),
    )
    return section_of("fleet", "Fleet by period", views=views, tables=(rows, leases))


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


def _view(plan: Plan, counts: Counts) -> View:
    """Return areas on one another, one for each accelerator."""
    labels = periods_of(plan)
    lines = tuple(
        Line(name, labels, [found.get(label, 0.0) for label in labels])
        for name, found in counts.items()
    )
    chart = Chart(
        "Accelerators in service",
        Axis("period"),
        Axis("accelerators"),
        lines,
        stacked=True,
    )
    return View("fleet", chart, _sentence(counts, labels))


def _sentence(counts: Counts, labels: tuple[str, ...]) -> str:
    first, last = labels[0], labels[-1]
    at = {t: sum(found.get(t, 0.0) for found in counts.values()) for t in (first, last)}
    most = max(counts, key=lambda name: counts[name].get(last, 0.0))
    share = in_words(counts[most].get(last, 0.0))
    return (
        f"Stacked areas: {in_words(at[first])} accelerators in {first}, "
        f"{in_words(at[last])} in {last}, {share} of them {most}."
    )
