"""A diff for people: tables on a terminal, or Markdown for a pull request."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from planner.cli.check_text import change_text, place_of
from planner.cli.errors import print_line
from planner.cli.format import digits
from planner.cli.options import Terminal
from planner.cli.tables import Column, Screen, Table
from planner.regression.conditions import Condition
from planner.regression.diff import Difference, Row
from planner.regression.numbers import SIGNIFICANT
from planner.regression.rows import SECTIONS

MOST_ROWS = 15
"""Rows of a section that are shown, the largest changes; ``--verbose`` shows all."""
MOST_NAMED = 4
_HEAD = ("before", "after", "change", "%")
_TITLES = {
    "metrics": "Metrics",
    "tiers": "Tiers [smallest achievement]",
    "purchases": "Purchases [accelerators]",
    "expansions": "Expansions [MW]",
    "fleet": "Fleet [accelerators]",
    "leases": "Leases [accelerators]",
    "early_retirements": "Scrapped before the end of life [accelerators]",
    "transfers": "Transfers [accelerators]",
    "allocation": "Allocation [accelerators]",
    "budgets": "Limits, used",
    "costs": "Costs [USD]",
    "work": "Work done [share]",
}
_Cells = tuple[str, ...]
T = TypeVar("T")


class DiffText:
    """Prints a difference."""

    def __init__(
        self,
        found: Difference,
        terminal: Terminal,
        *,
        only_changes: bool,
        sections: Sequence[str] = SECTIONS,
    ) -> None:
        """Keep what is printed, and how much of it."""
        self.sections = sections
        self.found = found
        self.terminal = terminal
        self.only_changes = only_changes

    def print(self, verdict: str, *, markdown: bool, failed: bool) -> None:
        """Print the verdict and, unless all is quiet, every section."""
        before, after = self.found.before.label, self.found.after.label
        if markdown:
            mark = "❌" if failed else "✅" if self.found.is_same else "ℹ️"  # noqa: RUF001 - a sign of its own
            print_line(f"{mark} **planner diff** `{before}` → `{after}`: {verdict}")
        else:
            print_line(f"{before} → {after}: {verdict}")
        if self.terminal.quiet:
            return
        for note in self.found.notes:
            print_line(f"\n_{note}_" if markdown else note)
        screen = Screen()
        for title, head, rows, more in self._tables():
            if markdown:
                _print_markdown(title, head, rows)
            else:
                numbers = [name in _HEAD for name in head]
                columns = [
                    Column(n, number=x) for n, x in zip(head, numbers, strict=True)
                ]
                screen.table(Table(title, tuple(columns), rows))
            if more:
                print_line(f"… and {more} more (--verbose shows all)")

    def _tables(self) -> Iterator[tuple[str, _Cells, list[_Cells], int]]:
        """Yield title, head, rows and how many rows are left out."""
        inputs: list[_Cells] = [
            (place_of(each), change_text(each)) for each in self.found.inputs
        ]
        shown_inputs = self._shown(inputs)
        if inputs:
            more = len(inputs) - len(shown_inputs)
            yield "Inputs that differ", ("place", "input"), shown_inputs, more
        for section in self.sections:
            rows = [row for row in self.found.rows if row.section == section]
            if section != "metrics" or self.only_changes:
                everything = self.terminal.verbose and not self.only_changes
                rows = [r for r in rows if r.differs or r.note or everything]
            if section != "metrics":
                rows.sort(key=lambda row: -abs(row.change or 0.0))
            rows = [r for r in rows if (r.before, r.after) != (None, None)]
            shown = rows if section == "metrics" else self._shown(rows)
            if shown:
                cells = [_cells(row) for row in shown]
                more = len(rows) - len(shown)
                yield _TITLES[section], (section, *_HEAD), cells, more

    def _shown(self, rows: list[T]) -> list[T]:
        return rows if self.terminal.verbose else rows[:MOST_ROWS]


def verdict_of(found: Difference, broken: Sequence[Condition]) -> str:
    """Return the whole difference in one line."""
    if broken:
        return f"fails: {'; '.join(condition.text for condition in broken)}"
    if found.before.plan.status != found.after.plan.status:
        return f"{found.before.plan.status} → {found.after.plan.status}"
    inputs = _counted(len(found.inputs), "input")
    if found.is_same:
        tail = f"; {inputs} differ" if len(found.inputs) > 1 else f"; {inputs} differs"
        return f"no difference{tail if found.inputs else ''}"
    metrics = [row for row in found.changed if row.section == "metrics"]
    metrics.sort(key=_rank)
    named = [
        f"{row.key} {_percent(row) or _change(row)}" for row in metrics[:MOST_NAMED]
    ]
    others = len(found.changed) - len(named)
    noun = "other number" if named else "number"
    rows = [_counted(others, noun)] if others else []
    return ", ".join([*named, *rows, *([f"{inputs} changed"] if found.inputs else [])])


def _rank(row: Row) -> tuple[bool, float]:
    """Return the place in a verdict: the objective, then the largest changes."""
    return row.key not in ("profit_usd", "cost_usd"), -abs(row.change_fraction or 0.0)


def _cells(row: Row) -> _Cells:
    ends = (_number(row.before), _number(row.after))
    if row.note:
        return row.key, *ends, row.note, ""
    if not row.differs:
        return row.key, ends[0], ends[0], "", ""
    return row.key, *ends, _change(row), _percent(row)


def _number(value: float | None) -> str:
    return "-" if value is None else digits(value, SIGNIFICANT)


def _change(row: Row) -> str:
    change = row.change
    if change is None:
        return ""
    text = digits(change, SIGNIFICANT - 3)
    return f"+{text}" if change > 0 else text


def _percent(row: Row) -> str:
    share = row.change_fraction
    return "" if share is None else f"{100 * share:+.3g} %"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _print_markdown(title: str, head: _Cells, rows: Sequence[_Cells]) -> None:
    """Print a section that opens with a click."""
    aligned = ["--:" if name in _HEAD else ":--" for name in head]
    print_line(f"\n<details><summary>{title}</summary>\n")
    for cells in (head, aligned, *rows):
        print_line(f"| {' | '.join(map(_escaped, cells))} |")
    print_line("\n</details>")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
