"""What differs between two plans, and between their inputs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from planner.periods import Span
from planner.plan.plan import Plan
from planner.records import dataclass
from planner.regression.changes import Change, changes_between
from planner.regression.numbers import ABSOLUTE, RELATIVE, close
from planner.regression.rows import (
    SECTIONS,
    Cells,
    Key,
    Window,
    done_before,
    periods_of,
    sections_of,
)
from planner.regression.sides import Side
from planner.specs.confidential import masked_override

OF_LARGEST = 1e-8
"""Share of the largest number of its kind that is a solver's rounding."""
DONE = "done"


@dataclass(frozen=True, slots=True)
class Row:
    """One number before and after.

    Attributes:
        section: One of ``SECTIONS``.
        key: Names of the row, joined by ``/``.
        before: None: the row was not there.
        after: None: the row is not there.
        differs: Whether the difference is more than a solver's rounding.
        note: ``done`` for a purchase that lies before the later plan's start.
    """

    section: str
    key: str
    before: float | None
    after: float | None
    differs: bool
    note: str = ""

    @property
    def change(self) -> float | None:
        """Return the difference; what is not there counts as 0, a metric does not."""
        if self.section == "metrics" and None in (self.before, self.after):
            return None
        return (self.after or 0.0) - (self.before or 0.0)

    @property
    def change_fraction(self) -> float | None:
        """Return the difference over what was before, where that is not 0."""
        if self.change is None or not self.before:
            return None
        return self.change / abs(self.before)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two plans side by side.

    Attributes:
        before: The first one.
        after: The second one.
        rows: Every number, whether it differs or not.
        inputs: The inputs that differ.
        notes: What the comparison leaves out.
    """

    before: Side
    after: Side
    rows: Sequence[Row]
    inputs: Sequence[Change]
    notes: Sequence[str]

    @property
    def changed(self) -> list[Row]:
        """Return the rows that differ."""
        return [row for row in self.rows if row.differs]

    @property
    def is_same(self) -> bool:
        """Return whether nothing of the plans differs."""
        same_end = self.before.plan.status == self.after.plan.status
        return same_end and not self.changed


def difference(before: Side, after: Side) -> Difference:
    """Return what differs between two plans, periods matched by the calendar."""
    first, second = before.plan, after.plan
    window = Window.of(first, second)
    sections = [sections_of(plan, window) for plan in (first, second)]
    rows: list[Row] = []
    for section in SECTIONS:
        rows += compared(section, sections[0][section], sections[1][section])
    rows += _done(first, second, window)
    notes = [*_notes(first, second, window)]
    return Difference(before, after, rows, _inputs(before, after), notes)


def compared(section: str, before: Cells, after: Cells) -> Iterator[Row]:
    """Yield every number of a section, keyed as in either plan."""
    is_row = section != "metrics"
    largest: dict[str, float] = defaultdict(float)
    for key, number in (*before.items(), *after.items()):
        measure = _measure(section, key)
        largest[measure] = max(largest[measure], abs(number or 0.0))
    for key in dict.fromkeys((*before, *after)):
        size = largest[_measure(section, key)] if is_row else 0.0
        noise = max(ABSOLUTE, OF_LARGEST * size)
        ends = before.get(key), after.get(key)
        first, second = ((end or 0.0) if is_row else end for end in ends)
        differs = not close(first, second, RELATIVE, noise)
        yield Row(section, "/".join(filter(None, key)), *ends, differs)


def _measure(section: str, key: Key) -> str:
    """Return what numbers of one size share: limits in $ and in MW are apart."""
    return key[0] if section == "budgets" else section


def _done(first: Plan, second: Plan, window: Window) -> Iterator[Row]:
    """Yield the purchases that the later plan begins with."""
    for plan, is_first in ((first, True), (second, False)):
        found = done_before(plan, window.first_month)
        for key, count in sorted(found.items(), key=_by_period):
            before, after = (count, None) if is_first else (None, count)
            yield Row(
                "purchases", "/".join(key), before, after, differs=False, note=DONE
            )


def _by_period(item: tuple[Key, float]) -> tuple[Span, Key]:
    return Span.parse(item[0][-1]), item[0]


def _notes(first: Plan, second: Plan, window: Window) -> Iterator[str]:
    if first.status != second.status:
        yield f"status: {first.status} → {second.status}"
    spans = [periods_of(plan) for plan in (first, second)]
    if not all(spans):
        return
    texts = [f"{each[0]} to {each[-1]}" for each in spans]
    if texts[0] != texts[1]:
        yield f"horizons: {texts[0]} → {texts[1]}; metrics are of each one's own"
    if window.first_month >= window.end_month:
        yield "the two share no period, so only metrics and runs are compared"


def _inputs(before: Side, after: Side) -> list[Change]:
    """Return the inputs that differ: values, or files where only those are known."""
    if before.values is not None and after.values is not None:
        return changes_between(before.values, after.values, before.places, after.marks)
    return [*_files(before.plan, after.plan), *_overrides(before, after)]


def _files(first: Plan, second: Plan) -> Iterator[Change]:
    hashes = [
        {f.path: f.sha256[:12] for f in p.provenance.files} for p in (first, second)
    ]
    if first.provenance.inputs_hash == second.provenance.inputs_hash:
        return
    for path in sorted(hashes[0].keys() | hashes[1].keys()):
        old, new = (each.get(path) for each in hashes)
        if old != new:
            yield Change(path, 0, "", old, new, ())


def _overrides(first: Side, second: Side) -> Iterator[Change]:
    hidden = (*first.confidential, *second.confidential)
    before, after = (dict(_set(side.plan, hidden)) for side in (first, second))
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield Change("--set", 0, path, before.get(path), after.get(path), ())


def _set(plan: Plan, hidden: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in plan.provenance.set:
        path, _, value = masked_override(text, hidden).partition("=")
        yield path.strip(), value.strip()
