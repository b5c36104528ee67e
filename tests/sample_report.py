"""A report with a picture of every kind, its names as hostile as users can write."""

from planner.report.charts import (
    Axis,
    Bars,
    Cells,
    Changes,
    Chart,
    Columns,
    Flows,
    Line,
    Rows,
    Series,
    Spans,
    Stretches,
)
from planner.report.record import Card, Column, Report, Section, Table, View

SCRIPT = "<script>document.title = 'taken'</script>"
BOLD = '<b onclick="x">"bold" & %{y} %{x}</b>'
LONG = "a_name_that_is_far_longer_than_any_chart_or_card_has_room_for_" * 4
RIGHT_TO_LEFT = "مركز البيانات"
HOSTILE = (SCRIPT, BOLD, LONG, RIGHT_TO_LEFT)
LINK = "<a href='https://example.org'>link</a><br>"

PERIODS = ("2026", "2027", "2028")
NAMES = ("north", *HOSTILE)
MONEY, POWER, COUNT = Axis("cost", "MUSD"), Axis("power", "MW"), Axis("accelerators")
_NUMBERS = (1.0, 2.5, 4.0, 3.0, 2.0)
SERIES: dict[str, tuple[Axis, Axis, tuple[Series, ...]]] = {
    "line": (MONEY, POWER, (Line(BOLD, (1, 2, 3), (1.0, None, 2.0), points=True),)),
    "area": (
        Axis("period"),
        COUNT,
        tuple(Line(name, PERIODS, (1.0, 2.0, 4.0)) for name in NAMES),
    ),
    "point": (Axis("period"), COUNT, (Line(LONG, ("2026",), (3.0,)),)),
    "columns": (
        Axis("period"),
        POWER,
        (
            Columns(SCRIPT, PERIODS, (3.0, 5.0, None), (False, True, False)),
            Line("budget", PERIODS, (5.0, 5.0, 6.0), steps=True),
        ),
    ),
    "stack": (
        Axis("site"),
        COUNT,
        (Columns("old", NAMES, _NUMBERS), Columns(BOLD, NAMES, _NUMBERS)),
    ),
    "bars": (MONEY, COUNT, (Bars(LONG, (0.0, 1.0, 2.0), (3.0, 1.0)),)),
    "spans": (
        MONEY,
        Axis(""),
        (
            Spans(
                NAMES,
                (1.0, 2.0, None, 1.5, 1.0),
                (3.0, 4.0, 3.5, 3.0, 5.0),
                2.5,
                (("1 MW", LINK),) * len(NAMES),
            ),
        ),
    ),
    "cells": (
        Axis("workload"),
        Axis("accelerator"),
        (Cells(PERIODS, NAMES, ((1.0, None, 3.0),) * len(NAMES), COUNT),),
    ),
    "rows": (MONEY, Axis(""), (Rows(LINK, NAMES, _NUMBERS, NAMES),)),
    "changes": (
        Axis(""),
        MONEY,
        (
            Changes(
                NAMES,
                (10.0, 4.0, -3.0, 2.0, 13.0),
                (True, False, False, False, True),
            ),
        ),
    ),
    "stretches": (
        Axis("period"),
        Axis("run"),
        (
            Stretches(
                NAMES,
                PERIODS,
                (0, 1, None, 2, 0),
                (1, 1, None, 2, 2),
                (1.0, 0.5, 0.0, 0.25, 1.0),
                NAMES,
            ),
        ),
    ),
    "flows": (
        Axis(""),
        Axis(""),
        (Flows(NAMES, ((0, 2, 3.0), (0, 3, 1.0), (1, 4, 2.0)), COUNT),),
    ),
}
"""Series of every kind with their axes, keyed by the kind."""


def chart(kind: str, title: str = "Chart") -> Chart:
    x, y, series = SERIES[kind]
    stacked = kind in ("area", "point", "stack")
    return Chart(title, x, y, series, note=LINK, stacked=stacked)


COLUMNS = (
    Column("site", "Site"),
    Column("units", "Accelerators", form="count"),
    Column("power_mw", "Power", "MW", form="number"),
    Column("cost_usd", "Cost", "USD", form="money"),
    Column("share", "Share", form="share"),
    Column("binding", "Binds"),
)
ROWS = (
    (SCRIPT, 1234, 1.23456789012, 1234567.891, 0.123456, True),
    (BOLD, 66.6666666666, None, 0.5, 1.0, False),
    ('a "quoted", name\nin two lines', 0, 0.0, -12345.6, 0.0, None),
    (RIGHT_TO_LEFT, 5, 2.0, None, None, True),
    (LONG, 5, float("inf"), 3.0, 0.999999, True),
)


def sample_report() -> Report:
    """Return a report that has all there is in one."""
    table = Table("sites", f"Sites {BOLD}", COLUMNS, ROWS)
    long = Table("inputs", "Inputs", COLUMNS, ROWS * 6)
    pictures = tuple(
        Section(
            kind,
            f"{kind} {SCRIPT}",
            f"What to know: {LINK}",
            (View(kind, chart(kind, f"As {kind} {LINK}"), f"{kind}: {BOLD}"),),
        )
        for kind in SERIES
    )
    both = Section(
        "both",
        "Two views",
        views=(
            View("columns", chart("columns", "By period"), "columns over periods"),
            View("cells", chart("cells", f"By site {SCRIPT}"), "a map"),
        ),
        tables=(table,),
    )
    nothing = Chart("Purchases", Axis("period"), COUNT, (Columns("none", (), ()),))
    return Report(
        name=SCRIPT,
        title=f"{BOLD} {RIGHT_TO_LEFT} {LONG}",
        status="optimal",
        baseline=SCRIPT,
        cards=(
            Card("profit_usd", "Profit", 1234567.891234, "1.235 MUSD", "+3 %", True),  # noqa: FBT003  # as it is
            Card("power_mw", BOLD, None, SCRIPT, "+1 %", None),
        ),
        sections=(
            both,
            *pictures,
            Section(
                "empty", "Empty", views=(View("none", nothing, "Nothing is bought."),)
            ),
            Section("inputs", "Inputs", tables=(long,)),
        ),
        warnings=(f"look at {SCRIPT}",),
        colophon=("planner 0.1.0", SCRIPT),
    )
