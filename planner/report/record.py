"""A report as a record: cards, sections, their charts and their tables.

Whatever it is written as (a page, Markdown, a workbook, a picture) says the same, since
all of them are made from one ``Report``.
"""

from typing import Literal, TypeAlias

from planner.records import dataclass
from planner.report.charts import Chart

Cell: TypeAlias = str | float | int | bool | None
"""None: there is none; shown as an empty cell, never as 0."""


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a table holds.

    Attributes:
        name: As in the plan's JSON, the unit in it.
        label: In words.
        unit: Of its numbers; empty where they have none.
        form: How its cells are written; a share is written as percent.
    """

    name: str
    label: str
    unit: str = ""
    form: Literal["text", "count", "number", "money", "share"] = "text"

    @property
    def title(self) -> str:
        """Return label and unit as they stand in a header."""
        return f"{self.label} [{self.unit}]" if self.unit else self.label


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind.

    Attributes:
        name: Of its file and its sheet, e.g. ``fleet``; each its own.
        title: Above it.
        columns: From left to right.
        rows: Cells in the order of ``columns``.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of the headline.

    Attributes:
        name: Of the metric, as in ``metrics``.
        label: In words.
        value: As it is; None where there is none.
        text: As it is shown, unit included.
        change: Against the baseline, as it is shown; empty without one.
        better: Whether the change is for the better; None where neither.
    """

    name: str
    label: str
    value: float | None
    text: str
    change: str = ""
    better: bool | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One of the pictures of the same thing, between which a reader switches.

    Attributes:
        name: On the switch, and after ``--chart``, e.g. ``split``.
        chart: The picture.
        words: What it shows, for those who cannot see it.
    """

    name: str
    chart: Chart
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: pictures, and the tables that say the same in numbers.

    Attributes:
        name: Of its place in the page, e.g. ``fleet``.
        title: Its heading.
        text: What to know before reading it; empty: nothing.
        views: Pictures; the first is shown first. Empty: tables alone.
        tables: The first says what the pictures do.
    """

    name: str
    title: str
    text: str = ""
    views: tuple[View, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said of a plan.

    Attributes:
        name: Of the scenario.
        title: Of the scenario, or its name.
        status: How the solve ended, in words.
        baseline: What it is compared with; None: nothing.
        cards: The headline; empty without a plan.
        sections: In the order in which they are read.
        warnings: What deserves a look.
        colophon: Where it comes from: versions, hash of the inputs, files, ``--set``.
    """

    name: str
    title: str
    status: str
    baseline: str | None
    cards: tuple[Card, ...]
    sections: tuple[Section, ...]
    warnings: tuple[str, ...]
    colophon: tuple[str, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return all tables, the headline's in front."""
        figures = tuple(
            (c.name, c.label, c.value, c.text, c.change) for c in self.cards
        )
        columns = (
            Column("metric", "Metric"),
            Column("label", "Figure"),
            Column("value", "Value", form="number"),
            Column("text", "As shown"),
            Column("change", "Against the baseline"),
        )
        headline = Table("headline", f"{self.title}: {self.status}", columns, figures)
        return (headline, *(table for x in self.sections for table in x.tables))


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a page needs to solve the plan again in the reader's browser.

    Attributes:
        html: The controls and what they show, after the headline; escaped.
        css: Its style.
        script: All programs and data, as the content of a ``<script>``.
    """

    html: str
    css: str
    script: str
