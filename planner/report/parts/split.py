"""Who gets which accelerators: by workload, by kind of work, and from where."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from planner.numerals import count as in_words
from planner.plan.plan import Plan
from planner.report.charts import Axis, Cells, Chart, Flows
from planner.report.parts import forms
from planner.report.record import Section, Table, View
from planner.report.subject import Subject

Pairs = dict[tuple[str, str], float]
"""Mean accelerators over periods and load blocks, keyed by two names."""
_MEAN = "mean accelerators"


def split_section(subject: Subject) -> Section | None:
    """Return the fleet split; None where nothing is at work."""
    plan = subject.plan
    if not plan.allocation:
        return None
    pairs, kinds = _by_workload(subject), _by_kind(plan)
    views = [
        _heat("split", "Accelerators by workload", "workload", pairs),
        _heat("split by kind", "Accelerators by kind of work", "kind of work", kinds),
        _flows(subject, pairs),
    ]
    return forms.section_of(
        "split",
        "Who gets which accelerators",
        "Means over all periods and hours of the day.",
        views=views,
        tables=(_table(pairs), _kinds(plan), _allocation(plan)),
    )


def _mean(
    subject: Subject, items: Iterable[tuple[tuple[str, str], str, float]]
) -> Pairs:
    """Return means by pair of names, from name pair, block and count of a period."""
    shares, periods = subject.block_shares, len(forms.periods_of(subject.plan))
    found: Pairs = defaultdict(float)
    for pair, block, number in items:
        found[pair] += number * shares[block] / periods
    return dict(found)


def _by_workload(subject: Subject) -> Pairs:
    rows = subject.plan.allocation
    return _mean(
        subject, (((r.accelerator, r.workload), r.block, r.count) for r in rows)
    )


def _by_kind(plan: Plan) -> Pairs:
    periods, found = (
        len(forms.periods_of(plan)),
        defaultdict[tuple[str, str], float](float),
    )
    for row in plan.split:
        found[row.accelerator, row.kind] += row.count / periods
    return {pair: number for pair, number in found.items() if number}


def _heat(name: str, title: str, across: str, pairs: Pairs) -> View:
    """Return a map of pairs; one that never is has no number."""
    x = list(dict.fromkeys(other for _, other in pairs))
    y = sorted({accelerator for accelerator, _ in pairs}, reverse=True)
    values = [[pairs.get((row, column)) for column in x] for row in y]
    cells = Cells(x, y, values, Axis(_MEAN), none="")
    chart = Chart(title, Axis(across), Axis("accelerator"), (cells,))
    (most, other), number = max(pairs.items(), key=lambda item: item[1])
    words = (
        f"Heat map of accelerator by {across}: the most are "
        f"{in_words(number)} {most} for {other}, of "
        f"{in_words(sum(pairs.values()))} in all."
    )
    return View(name, chart, words)


def _flows(subject: Subject, pairs: Pairs) -> View:
    """Return what goes from the sites, where there are several, to the workloads."""
    rows = subject.plan.allocation
    places = _mean(subject, (((r.site, r.accelerator), r.block, r.count) for r in rows))
    links = [(("accelerator", a), ("workload", w), x) for (a, w), x in pairs.items()]
    if len({site for site, _ in places}) > 1:
        before = [(("site", s), ("accelerator", a), x) for (s, a), x in places.items()]
        links = [*before, *links]
    ends = list(dict.fromkeys(end for link in links for end in link[:2]))
    places_of = {end: place for place, end in enumerate(ends)}
    flows = Flows(
        [name for _, name in ends],
        [(places_of[a], places_of[b], x) for a, b, x in links],
        Axis(_MEAN),
    )
    chart = Chart("Where accelerators work", Axis(""), Axis(""), (flows,))
    return View("flows", chart, _flow_words(pairs))


def _flow_words(pairs: Pairs) -> str:
    sums: dict[str, float] = defaultdict(float)
    for (_, workload), number in pairs.items():
        sums[workload] += number
    ranked = sorted(sums.items(), key=lambda item: -item[1])[:3]
    told = ", ".join(f"{name} {in_words(number)}" for name, number in ranked)
    return f"Flows from accelerators to workloads; the largest: {told}."


def _table(pairs: Pairs) -> Table:
    columns = (
        forms.text("accelerator", "Accelerator"),
        forms.text("workload", "Workload"),
        forms.count("count", "Mean", "accelerators"),
    )
    rows: Sequence[tuple[str, str, float]] = [(*pair, x) for pair, x in pairs.items()]
    return Table("split", "Accelerators by workload", columns, tuple(rows))


def _kinds(plan: Plan) -> Table:
    return forms.table_of(
        "split_kinds",
        "Accelerators by kind of work and period",
        plan.split,
        forms.text("kind", "Kind of work"),
        forms.text("accelerator", "Accelerator"),
        forms.text("period", "Period"),
        forms.count("count", "Mean", "accelerators"),
        forms.share("share", "Share"),
    )


def _allocation(plan: Plan) -> Table:
    return forms.table_of(
        "allocation",
        "Allocation",
        plan.allocation,
        forms.text("site", "Place"),
        forms.text("accelerator", "Accelerator"),
        forms.text("workload", "Workload"),
        forms.text("kind", "Kind of work"),
        forms.text("period", "Period"),
        forms.text("block", "Hours"),
        forms.count("count", "At work", "accelerators"),
        forms.count("rounded_up", "In whole replicas", "accelerators"),
    )
