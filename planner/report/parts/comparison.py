"""Several plans side by side, and how one objective becomes the other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from planner.numerals import money as in_money
from planner.plan.plan import Plan
from planner.plan.rows import Parts
from planner.plan.words import WORTH
from planner.records import dataclass
from planner.report.charts import Axis, Changes, Chart, scaled
from planner.report.parts import forms
from planner.report.parts.changes import changed_inputs
from planner.report.parts.costs import part_names
from planner.report.parts.headline import FIGURES, is_same
from planner.report.record import Cell, Column, Section, Table, View
from planner.report.subject import Subject

Amounts = Mapping[str, float]
"""What a total consists of, keyed by its words [USD]."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How a total becomes another.

    Attributes:
        name: Of its view and its table.
        title: Of both, in words.
        total: What the total is, in words.
        before: What the baseline's consists of.
        after: What the plan's consists of.
    """

    name: str
    title: str
    total: str
    before: Amounts
    after: Amounts

    @property
    def changed(self) -> list[str]:
        """Return the parts that differ by more than a rounding."""
        every = dict.fromkeys((*self.before, *self.after))
        sizes = map(abs, (*self.before.values(), *self.after.values()))
        size = SMALL * max(sizes, default=0.0)
        return [each for each in every if abs(self.change(each)) > size]

    def change(self, part: str) -> float:
        """Return what a part adds to the total [USD]."""
        return self.after.get(part, 0.0) - self.before.get(part, 0.0)


SMALL = 1e-12
"""Share of the largest part that is a rounding."""


def comparison_section(subjects: Sequence[Subject]) -> Section | None:
    """Return the metrics of several plans and a waterfall; None for one plan."""
    if len(subjects) == 1:
        return None
    before, after = subjects[0], subjects[-1]
    steps = _steps(before.plan, after.plan)
    return forms.section_of(
        "comparison",
        "Compared with the baseline",
        _text(before, after),
        views=[_waterfall(each) for each in steps if each.changed],
        tables=(
            _metrics(subjects),
            *(_accelerators(subjects, *each) for each in _COUNTED),
            *map(_table, steps),
            changed_inputs(before, after),
        ),
    )


def _text(before: Subject, after: Subject) -> str:
    names = f"The baseline is {before.label}; this plan is {after.label}."
    modes = [each.plan.objective.mode for each in (before, after)]
    without = [each.label for each in (before, after) if each.plan.metrics is None]
    if without:
        return f"{names} There is no plan of {' nor of '.join(without)}."
    if modes[0] != modes[1]:
        return (
            f"{names} Their objectives are not the same ({modes[0]} and {modes[1]}), "
            "so no step leads from one to the other."
        )
    return names


def _metrics(subjects: Sequence[Subject]) -> Table:
    """Return a line for each metric that any plan has."""
    columns = (
        forms.text("metric", "Metric"),
        forms.text("unit", "Unit"),
        *_plans(subjects),
    )
    rows: list[tuple[Cell, ...]] = []
    for figure in FIGURES:
        values = [getattr(each.plan.metrics, figure.name, None) for each in subjects]
        if any(value is not None for value in values):
            rows.append((figure.label, figure.unit, *_changed(values)))
    return Table("comparison", "Metrics", columns, tuple(rows))


def _plans(subjects: Sequence[Subject]) -> tuple[Column, ...]:
    """Return a column for each plan, and two for the change from first to last."""
    return (
        *(
            forms.number(f"plan_{number}", each.label)
            for number, each in enumerate(subjects, 1)
        ),
        forms.number("change", "Change"),
        forms.share("change_fraction", "Change, relative"),
    )


def _changed(values: Sequence[float | None]) -> tuple[Cell, ...]:
    """Return values, the change from the first to the last, and its share."""
    before, after = values[0], values[-1]
    if before is None or after is None:
        return (*values, None, None)
    change = 0.0 if is_same(after, before) else after - before
    return (*values, change, change / abs(before) if before else None)


def _bought(plan: Plan) -> Iterable[tuple[str, float]]:
    return ((row.accelerator, row.count) for row in plan.purchases)


def _standing(plan: Plan) -> Iterable[tuple[str, float]]:
    last = forms.periods_of(plan)[-1:]
    return (
        (row.accelerator, row.installed) for row in plan.fleet if row.period in last
    )


Count = Callable[[Plan], Iterable[tuple[str, float]]]
_COUNTED: tuple[tuple[str, str, Count], ...] = (
    ("compared_purchases", "Accelerators bought, all periods", _bought),
    ("compared_fleet", "Accelerators in service in the last period", _standing),
)


def _accelerators(
    subjects: Sequence[Subject], name: str, title: str, counted: Count
) -> Table:
    """Return how many accelerators of each type every plan has."""
    sums = [_sums(counted(each.plan)) for each in subjects]
    columns = (forms.text("accelerator", "Accelerator"), *_plans(subjects))
    rows = tuple(
        (each, *_changed([found.get(each, 0.0) for found in sums]))
        for each in sorted(set().union(*sums))
    )
    return Table(name, title, columns, rows)


def _sums(items: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for name, amount in items:
        found[name] += amount
    return dict(found)


def _steps(before: Plan, after: Plan) -> list[Steps]:
    """Return what leads from one plan's totals to the other's."""
    if before.metrics is None or after.metrics is None:
        return []
    found = []
    old, new = before.objective, after.objective
    if old.mode == new.mode and old.parts and new.parts:
        total = f"{WORTH[new.mode]}, present value"
        title = f"From the baseline's {WORTH[new.mode]} to this plan's"
        parts = _parts(old.parts), _parts(new.parts)
        found.append(Steps("waterfall", title, total, *parts))
    for name, what, of in (
        ("waterfall_capex", "capex", _capex),
        ("waterfall_opex", "opex", _opex),
    ):
        title = f"From the baseline's {what} to this plan's"
        found.append(Steps(name, title, f"{what}, nominal", of(before), of(after)))
    return found


def _parts(parts: Parts) -> Amounts:
    return {word: getattr(parts, name) for name, word in part_names().items()}


def _capex(plan: Plan) -> Amounts:
    bought = ((row.accelerator, row.capex_usd) for row in plan.purchases)
    power = ((f"power at {row.site}", row.capex_usd) for row in plan.expansions)
    return _sums((*bought, *power))


def _opex(plan: Plan) -> Amounts:
    return {
        "energy": sum(row.energy_usd for row in plan.costs),
        "maintenance": sum(row.maintenance_usd for row in plan.costs),
        "leases": sum(row.lease_usd for row in plan.costs),
        "transfers": sum(row.transfer_usd for row in plan.costs),
    }


def _waterfall(steps: Steps) -> View:
    changed = sorted(steps.changed, key=lambda each: -abs(steps.change(each)))
    first, last = sum(steps.before.values()), sum(steps.after.values())
    amounts = [first, *map(steps.change, changed), last]
    unit, numbers = scaled("USD", amounts)
    series = Changes(
        labels=("baseline", *changed, "this plan"),
        amounts=[number or 0.0 for number in numbers],
        totals=(True, *(False for _ in changed), True),
    )
    chart = Chart(steps.title, Axis(""), Axis(steps.total, unit), (series,))
    most = changed[0]
    sign = "+" if steps.change(most) > 0 else "-"
    words = (
        f"Waterfall of {steps.total}: {in_money(first)} in the baseline, "
        f"{in_money(last)} in this plan; the largest step is {most} with "
        f"{sign}{in_money(abs(steps.change(most)))}."
    )
    return View(steps.name.replace("_", " of "), chart, words)


def _table(steps: Steps) -> Table:
    """Return the parts of both totals, those that are 0 in both left out."""
    columns = (
        forms.text("part", "Part"),
        forms.money("baseline_usd", "Baseline"),
        forms.money("plan_usd", "This plan"),
        forms.money("change_usd", "Change"),
    )
    every = dict.fromkeys((*steps.before, *steps.after))
    rows = [
        (
            each,
            steps.before.get(each, 0.0),
            steps.after.get(each, 0.0),
            steps.change(each),
        )
        for each in every
        if steps.before.get(each) or steps.after.get(each)
    ]
    first, last = sum(steps.before.values()), sum(steps.after.values())
    rows.append((f"all: {steps.total}", first, last, last - first))
    return Table(steps.name, steps.title, columns, tuple(rows))
