"""What other inputs would come to: tornado, curves, maps and the runs of a store."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from planner.numerals import digits, money
from planner.plan.plan import Plan
from planner.plan.words import WORTH
from planner.report.charts import (
    Axis,
    Cells,
    Chart,
    Line,
    Rows,
    Spans,
    histogram,
    scaled,
)
from planner.report.parts import forms
from planner.report.record import Cell, Section, Table, View
from planner.report.studies import Curve, Point, Studies, numbers_of
from planner.report.subject import Hidden, Subject
from planner.specs.confidential import masked_override
from planner.specs.inputs import number_of
from planner.specs.origins import origins
from planner.specs.packed import ALTERNATIVE
from planner.sweep.evaluate import Outcome

MOST_BARS, MOST_CURVES, MOST_MAPS, MOST_RUNS = 15, 9, 3, 1000
"""Inputs of a tornado, curves, maps of two inputs, and runs in a table."""
LEAST_POINTS, LEAST_DRAWS = 3, 20
"""Points that make a curve, and draws that make a spread."""
_PAIR = 2
_LIMIT = re.compile(
    r"(budgets|supply)\..*|sites\.[^.]+\.(power|expansion)\b.*|leases\.[^.]+\.limit"
)
"""Path of a limit, whose curve is a frontier."""
_ENDED = {"infeasible": " (no plan)", "failed": " (failed)"}


Now = Mapping[str, tuple[float, str]]
"""Value and unit of the scenario's numbers, by path; of a file nothing is known."""


def studies_section(subject: Subject, studies: Studies) -> Section | None:
    """Return what other inputs would come to."""
    plan, hidden, now = subject.plan, subject.hidden(), _now(subject)
    curves = [each for each in studies.curves() if not hidden.covers(each.path)]
    shown = [run for run in studies.runs if not _covered(run, hidden)]
    text = f"{len(studies.runs)} runs of {studies.label}."
    if len(studies.runs) > MOST_RUNS:
        text += f" The table holds the first {MOST_RUNS}; 'planner sweep --export' all."
    views = [*_of_one(plan, now, curves), *_of_several(plan, studies, shown)]
    tables = _tornado_table(plan, now, curves), _runs(plan, studies, hidden)
    return forms.section_of("studies", "Other inputs", text, views=views, tables=tables)


def _covered(run: Outcome, hidden: Hidden) -> bool:
    """Return whether a run sets a confidential value."""
    return any(hidden.covers(text.partition("=")[0].strip()) for text in run.sets)


def _of_one(plan: Plan, now: Now, curves: Sequence[Curve]) -> Iterator[View]:
    """Yield what each input does alone."""
    if curves and plan.objective.value_usd is not None:
        yield _tornado(plan, now, curves, plan.objective.value_usd)
    long = [each for each in curves if len(each.points) >= LEAST_POINTS]
    for curve in sorted(long, key=_is_no_limit)[:MOST_CURVES]:
        yield _curve(plan, _with_own(plan, now, curve))


def _of_several(
    plan: Plan, studies: Studies, shown: Sequence[Outcome]
) -> Iterator[View]:
    """Yield what inputs do together: two of them, alternatives, draws."""
    yield from _maps(plan, studies, shown)
    named = _alternatives(studies, shown)
    if named:
        yield _of_alternatives(plan, named)
    draws = [run for run in shown if len(numbers_of(run)) > _PAIR]
    values = [x for run in draws if (x := studies.worth(run)) is not None]
    if len(values) >= LEAST_DRAWS:
        yield _spread(plan, values)


def _is_no_limit(curve: Curve) -> bool:
    return _LIMIT.fullmatch(curve.path) is None


def _word(plan: Plan) -> str:
    return WORTH[plan.objective.mode]


def _worth(plan: Plan) -> str:
    return f"{_word(plan)}, present value"


def _ends(all_now: Now, curve: Curve) -> tuple[Point | None, Point | None]:
    """Return the runs furthest below and above the input's own value."""
    now = all_now.get(curve.path)
    points = curve.points
    if now is None or now[1] != curve.unit:
        return (points[0] if len(points) > 1 else None), points[-1]
    low = points[0] if points[0].value < now[0] else None
    return low, points[-1] if points[-1].value > now[0] else None


def _now(subject: Subject) -> Now:
    if subject.scenario is None:
        return {}
    written = origins(subject.scenario, subject.scenario.data_dirs)
    found = {each.path: number_of(each.value) for each in written}
    return {path: number for path, number in found.items() if number is not None}


def _with_own(plan: Plan, all_now: Now, curve: Curve) -> Curve:
    """Return a curve through the plan itself, too, where its input is known."""
    now = all_now.get(curve.path)
    if now is None or now[1] != curve.unit:
        return curve
    others = [point for point in curve.points if point.value != now[0]]
    own = Point(now[0], plan.status, plan.objective.value_usd)
    ordered = sorted((*others, own), key=lambda point: point.value)
    return replace(curve, points=tuple(ordered))


def _tornado(plan: Plan, now: Now, curves: Sequence[Curve], base: float) -> View:
    shown = curves[:MOST_BARS]
    ends = [_ends(now, curve) for curve in shown]
    values = [None if end is None else end.worth for pair in ends for end in pair]
    unit, numbers = scaled("USD", [base, *values])
    spans = Spans(
        labels=[curve.path for curve in shown],
        low=numbers[1::2],
        high=numbers[2::2],
        base=numbers[0] or 0.0,
        texts=[
            (_end_text(low, curve), _end_text(high, curve))
            for curve, (low, high) in zip(shown, ends, strict=True)
        ],
    )
    worth = _worth(plan)
    chart = Chart(
        f"What the {_word(plan)} hangs on", Axis(worth, unit), Axis(""), (spans,)
    )
    first = shown[0]
    words = (
        f"Tornado of {len(shown)} inputs around {money(base)}: {first.path} moves it "
        f"most, by {money(first.swing())}."
    )
    return View("tornado", chart, words)


def _end_text(end: Point | None, curve: Curve) -> str:
    if end is None:
        return ""
    return f"{digits(end.value)} {curve.unit}".rstrip() + _ENDED.get(end.status, "")


def _curve(plan: Plan, curve: Curve) -> View:
    """Return the objective over one input; a run without a plan is a gap."""
    points = curve.points
    unit, y = scaled("USD", [point.worth for point in points])
    worth = _worth(plan)
    line = Line(worth, [point.value for point in points], y, points=True)
    axes = Axis(curve.path, curve.unit), Axis(worth, unit)
    what = "sweep" if _is_no_limit(curve) else "frontier"
    title = f"{_word(plan).capitalize()} over {curve.path}"
    chart = Chart(title, *axes, (line,))
    known = [point for point in points if point.worth is not None]
    words = f"Line through {len(points)} values of {curve.path}"
    if known:
        first, last = known[0], known[-1]
        words += (
            f": {money(first.worth)} at {_end_text(first, curve)}, "
            f"{money(last.worth)} at {_end_text(last, curve)}"
        )
    without = len(points) - len(known)
    words += _without(without)
    return View(f"{what} of {curve.path}", chart, words)


def _without(count: int) -> str:
    """Return how many runs have no plan, as the end of a sentence."""
    verb = "has" if count == 1 else "have"
    return f"; {count} {verb} no plan." if count else "."


Pair = tuple[tuple[str, str], tuple[str, str]]
"""Paths of two inputs, each with its unit."""


def _maps(plan: Plan, studies: Studies, shown: Sequence[Outcome]) -> Iterator[View]:
    """Yield a map for every two inputs that runs change together."""
    found: dict[Pair, dict[tuple[float, float], float | None]] = defaultdict(dict)
    for run in shown:
        moved = numbers_of(run)
        if len(moved) == _PAIR == len(run.sets):
            (one, x, x_unit), (other, y, y_unit) = moved
            found[(one, x_unit), (other, y_unit)][x, y] = studies.worth(run)
    for pair, cells in list(found.items())[:MOST_MAPS]:
        across, up = ({key[side] for key in cells} for side in (0, 1))
        if min(len(across), len(up)) >= _PAIR:
            yield _map(plan, pair, (sorted(across), sorted(up)), cells)


def _map(
    plan: Plan,
    pair: Pair,
    scales: tuple[list[float], list[float]],
    cells: Mapping[tuple[float, float], float | None],
) -> View:
    x, y = scales
    unit, flat = scaled("USD", [cells.get((a, b)) for b in y for a in x])
    values = [flat[row * len(x) : (row + 1) * len(x)] for row in range(len(y))]
    worth, ((one, x_unit), (other, y_unit)) = _worth(plan), pair
    labels = [[digits(value) for value in scale] for scale in scales]
    series = Cells(labels[0], labels[1], values, Axis(worth, unit))
    title = f"{_word(plan).capitalize()} over {one} and {other}"
    chart = Chart(title, Axis(one, x_unit), Axis(other, y_unit), (series,))
    known = [value for value in cells.values() if value is not None]
    words = f"Heat map of {len(cells)} runs over {one} and {other}"
    if known:
        words += f": from {money(min(known))} to {money(max(known))}"
    without = len(cells) - len(known)
    words += _without(without)
    return View(f"map of {one} and {other}", chart, words)


def _alternatives(
    studies: Studies, shown: Sequence[Outcome]
) -> dict[str, float | None]:
    """Return what each alternative comes to, by name."""
    found = {}
    for run in shown:
        name, _, value = run.sets[0].partition("=") if run.sets else ("", "", "")
        if name == ALTERNATIVE and len(run.sets) == 1:
            found[value] = studies.worth(run)
    return found


def _of_alternatives(plan: Plan, named: Mapping[str, float | None]) -> View:
    unit, x = scaled("USD", list(named.values()))
    texts = ["no plan" if value is None else money(value) for value in named.values()]
    rows = Rows(_worth(plan), list(named), x, texts=texts)
    chart = Chart("Alternatives", Axis(_worth(plan), unit), Axis(""), (rows,))
    told = ", ".join(f"{n} {text}" for n, text in zip(named, texts, strict=True))
    return View("alternatives", chart, f"Bars of the alternatives: {told}.")


def _spread(plan: Plan, values: Sequence[float]) -> View:
    unit, numbers = scaled("USD", values)
    kept = [number for number in numbers if number is not None]
    worth = _worth(plan)
    chart = histogram(f"Spread of the {_word(plan)}", Axis(worth, unit), kept)
    words = (
        f"Histogram of {len(values)} draws: from {money(min(values))} to "
        f"{money(max(values))}, {money(sum(values) / len(values))} on average."
    )
    return View("spread", chart, words)


def _tornado_table(plan: Plan, now: Now, curves: Sequence[Curve]) -> Table:
    """Return both ends of every input that runs change alone."""
    columns = (
        forms.text("path", "Input"),
        forms.number("low", "Low"),
        forms.number("high", "High"),
        forms.text("unit", "Unit"),
        forms.money("at_low_usd", "At low"),
        forms.money("at_high_usd", "At high"),
        forms.money("swing_usd", "Moves it by"),
        forms.text("ended", "Without a plan"),
    )
    rows: list[tuple[Cell, ...]] = []
    for curve in curves:
        ends = _ends(now, curve)
        values = [None if end is None else end.value for end in ends]
        worth = [None if end is None else end.worth for end in ends]
        lost = Counter(x.status for x in curve.points if x.worth is None)
        told = ", ".join(f"{count} {status}" for status, count in sorted(lost.items()))
        rows.append((curve.path, *values, curve.unit, *worth, curve.swing(), told))
    title = f"What the {_word(plan)} hangs on, one input at a time"
    return Table("tornado", title, columns, tuple(rows))


def _runs(plan: Plan, studies: Studies, hidden: Hidden) -> Table:
    columns = (
        forms.text("sets", "Changed"),
        forms.text("status", "Status"),
        forms.money(studies.figure, _worth(plan).capitalize()),
    )
    rows = tuple(
        (
            " ".join(masked_override(text, hidden.paths) for text in run.sets)
            or "nothing",
            run.status,
            studies.worth(run),
        )
        for run in studies.runs[:MOST_RUNS]
    )
    return Table("studies", "Runs", columns, rows)
