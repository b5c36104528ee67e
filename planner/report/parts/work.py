"""What the fleet does: training runs over time, and how much demand is served."""

from collections import defaultdict
from collections.abc import Mapping

from planner.numerals import percent
from planner.plan.plan import Plan
from planner.plan.rows import RunRow, ServiceRow
from planner.plan.words import DONE, run_state
from planner.report.charts import Axis, Cells, Chart, Line, Rows, Stretches
from planner.report.parts import forms
from planner.report.record import Cell, Section, Table, View
from planner.report.subject import Hidden, Subject
from planner.specs.confidential import HIDDEN

MOST_LINES = 7
"""Services that are told apart as lines; more are a heat map."""


def runs_section(subject: Subject) -> Section | None:
    """Return the training runs; None where there are none."""
    plan = subject.plan
    if not plan.runs:
        return None
    return forms.section_of(
        "runs",
        "Training runs",
        views=(_timeline(plan),),
        tables=(_runs(plan, subject.hidden()),),
    )


def _timeline(plan: Plan) -> View:
    labels = forms.periods_of(plan)
    places = {label: place for place, label in enumerate(labels)}
    runs = plan.runs
    series = Stretches(
        labels=[run.workload for run in runs],
        x=labels,
        first=[
            None if run.first_period is None else places[run.first_period]
            for run in runs
        ],
        last=[
            None if run.last_period is None else places[run.last_period] for run in runs
        ],
        done=[min(1.0, run.completed_fraction) for run in runs],
        texts=[run_state(run) for run in runs],
    )
    chart = Chart("Training runs", Axis("period"), Axis(""), (series,))
    told = "; ".join(f"{run.workload} {_when(run)}" for run in runs)
    return View("runs", chart, f"Timeline of {len(runs)} runs: {told}.")


def _when(run: RunRow) -> str:
    first, last = run.first_period, run.last_period
    if first is None:
        return run_state(run)
    when = f"in {first}" if first == last else f"from {first} to {last}"
    return f"{when}, {run_state(run)}"


def _runs(plan: Plan, hidden: Hidden) -> Table:
    columns = (
        forms.text("workload", "Training run"),
        forms.share("completed_fraction", "Completed"),
        forms.text("state", "State"),
        forms.text("first_period", "From"),
        forms.text("last_period", "To"),
        forms.text("sites", "Sites"),
        forms.text("accelerators", "Accelerators"),
        forms.count("accelerator_hours", "At work", "accelerator-hours"),
        forms.number("tokens", "Trained on", "tokens"),
        forms.number("energy_mwh", "Energy", "MWh"),
        forms.money("cost_usd", "Cost, nominal"),
        forms.money("value_usd", "Value counted, present"),
        forms.number("marginal_price", "One more token costs", "USD"),
    )
    rows = tuple(
        (
            run.workload,
            run.completed_fraction,
            run_state(run),
            run.first_period,
            run.last_period,
            ", ".join(run.sites),
            ", ".join(run.accelerators),
            run.accelerator_hours,
            HIDDEN if hidden.covers(f"workloads.{run.workload}.tokens") else run.tokens,
            run.energy_mwh,
            run.cost_usd,
            run.value_usd,
            run.marginal_price,
        )
        for run in plan.runs
    )
    return Table("runs", "Training runs", columns, rows)


Shares = Mapping[str, Mapping[str, float]]
"""Share of a period's demand that is served, keyed by service and period."""


def services_section(subject: Subject) -> Section | None:
    """Return how much demand is served; None where there are no services."""
    plan = subject.plan
    if not plan.services:
        return None
    shares = _served(subject)
    return forms.section_of(
        "services",
        "Served demand",
        "Shares are of the demand of a period, over all its hours.",
        views=(_served_view(plan, shares),) if shares else (),
        tables=(_shares(shares), _services(plan, subject.hidden())),
    )


def _served(subject: Subject) -> Shares:
    """Return the share that is served of each period's demand, where it has any."""
    shares = subject.block_shares
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in subject.plan.services:
        weight = shares[row.block]
        sums[row.workload, row.period][0] += weight * row.served
        sums[row.workload, row.period][1] += weight * row.demand
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (workload, period), (served, demand) in sums.items():
        if demand > 0:
            found[workload][period] = served / demand
    return found


def _served_view(plan: Plan, shares: Shares) -> View:
    labels = forms.periods_of(plan)
    title, axis = "Demand that is served", Axis("served", "%")
    values = {
        name: [_hundred(found.get(label)) for label in labels]
        for name, found in shares.items()
    }
    if len(values) > MOST_LINES:
        names = list(values)[::-1]
        rows = [values[name] for name in names]
        cells = Cells(labels, names, rows, axis, none="")
        chart = Chart(title, Axis("period"), Axis("service"), (cells,))
    else:
        lines = tuple(Line(n, labels, y, points=True) for n, y in values.items())
        chart = Chart(title, Axis("period"), axis, lines)
    return View("services", chart, _served_words(shares))


def _hundred(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _served_words(shares: Shares) -> str:
    least = [
        (min(found.values()), min(found, key=lambda t: found[t]), name)
        for name, found in shares.items()
    ]
    short = sorted(each for each in least if each[0] < DONE)
    whole = len(least) - len(short)
    told = "; ".join(f"{n} {percent(x)} in {t}" for x, t, n in short[:5])
    full = f"{whole} of {len(least)} services are served in full"
    return f"Share of demand served by period: {full}" + (
        f"; at their least, {told}." if short else "."
    )


def _shares(shares: Shares) -> Table:
    columns = (
        forms.text("workload", "Service"),
        forms.text("period", "Period"),
        forms.share("served_fraction", "Served"),
    )
    rows = tuple(
        (workload, period, share)
        for workload, found in shares.items()
        for period, share in found.items()
    )
    return Table("served", "Served share of each period's demand", columns, rows)


def _services(plan: Plan, hidden: Hidden) -> Table:
    columns = (
        forms.text("workload", "Service"),
        forms.text("kind", "Kind"),
        forms.text("period", "Period"),
        forms.text("block", "Hours"),
        forms.number("demand", "Demand"),
        forms.number("served", "Served"),
        forms.text("unit", "Unit"),
        forms.share("served_fraction", "Served share"),
        forms.number("shortfall_usd", "One more costs above its value", "USD"),
    )
    kept = {
        r.workload
        for r in plan.services
        if hidden.covers(f"workloads.{r.workload}.demand")
    }
    rows = tuple(
        (
            row.workload,
            row.kind,
            row.period,
            row.block,
            *_amounts(row, hidden=row.workload in kept),
            row.unit,
            row.served_fraction,
            row.shortfall_usd,
        )
        for row in plan.services
    )
    return Table("services", "Demand and what is served of it", columns, rows)


def _amounts(row: ServiceRow, *, hidden: bool) -> tuple[Cell, Cell]:
    return (HIDDEN, HIDDEN) if hidden else (row.demand, row.served)


def tiers_section(plan: Plan) -> Section | None:
    """Return what each priority achieves; None where there are no priorities."""
    if not plan.tiers:
        return None
    labels = [f"tier {row.priority}" for row in plan.tiers]
    rows = Rows("smallest", labels, [100 * row.minimum for row in plan.tiers])
    axis = Axis("smallest achievement of a workload", "%")
    chart = Chart("What each tier achieves", axis, Axis(""), (rows,))
    told = ", ".join(
        f"{label} {percent(row.minimum)}"
        for label, row in zip(labels, plan.tiers, strict=True)
    )
    table = forms.table_of(
        "tiers",
        "Tiers, the first one served first",
        plan.tiers,
        forms.count("priority", "Priority"),
        forms.share("minimum", "Smallest achievement"),
        forms.number("total", "Weighted sum of achievements"),
    )
    words = f"Bars of the smallest achievement in each tier: {told}."
    view = View("tiers", chart, words)
    return forms.section_of("tiers", "Priorities", views=(view,), tables=(table,))
