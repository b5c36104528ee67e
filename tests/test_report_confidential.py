"""No report shows a confidential value: not as an input, nor as what equals it."""

from collections.abc import Callable

import pytest

from planner.api import solve
from planner.report.build import report_of
from planner.report.charts import Columns
from planner.report.record import Cell, Report, Section
from planner.report.subject import Subject
from planner.specs.scenario import Scenario

Tiny = Callable[..., Scenario]
SECRETS = {
    "electricity: 50 USD/MWh": "electricity: {value: 51.0123 USD/MWh, SECRET}",
    "power: 1 MW": "power: {value: 1.0123 MW, SECRET}",
    "capex: {2026: 10 MUSD, 2027: 10 MUSD}": "capex: {SECRET, 2026: 10.0123 MUSD, "
    "2027: 9.0123 MUSD}",
    "demand: {2026: 432 request/s, 2027: 800 request/s}": "demand: {SECRET, "
    "2026: 432.0123 request/s, 2027: 800.0123 request/s}",
    "small: {2026: 1000}": "small: {SECRET, 2026: 1000.0123}",
    "tokens: 1.5768 Ttoken": "tokens: {value: 1.50123 Ttoken, SECRET}",
    "value: 0.001 USD/request": "value: {value: 0.0010123 USD/request, SECRET}",
}
"""What is written, and what in its place: every secret number holds DIGITS."""
DIGITS = "0123"
NO_PLAN = ["sites.south.power=0 MW", "sites.north.power=0.10123 MW"]


def sections_of(subject: Subject) -> dict[str, Section]:
    return {section.name: section for section in report_of([subject]).sections}


def rows_of(section: Section, name: str) -> list[dict[str, Cell]]:
    (table,) = [table for table in section.tables if table.name == name]
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def said(report: Report) -> list[str]:
    """Return all that a report says, but for hashes."""
    parts = [repr(report.cards), report.status, *report.warnings]
    parts += [line for line in report.colophon if "SHA-256" not in line]
    for section in report.sections:
        parts += [section.text, *map(repr, section.views)]
        kept = (table for table in section.tables if table.name != "files")
        parts += [repr(row) for table in kept for row in table.rows]
    return parts


@pytest.mark.parametrize(
    ("overrides", "status"), [([], "optimal"), (NO_PLAN, "infeasible")]
)
def test_no_part_of_a_report_says_a_secret(
    tiny: Tiny,
    tiny_text: str,
    tiny_hardware: dict[str, str],
    overrides: list[str],
    status: str,
) -> None:
    text, price = tiny_text, "system: 5 kUSD"
    for plain, secret in SECRETS.items():
        assert plain in text
        text = text.replace(plain, secret.replace("SECRET", "confidential: true"))
    small = tiny_hardware["small"].replace(
        price, "system: {value: 5.0123 kUSD, confidential: true}"
    )
    scenario = tiny(*overrides, text=text, hardware=tiny_hardware | {"small": small})
    plan = solve(scenario)
    assert plan.status == status
    subject = Subject("tiny", plan, scenario)
    before = Subject("before", solve(tiny()), tiny())
    for subjects in ([subject], [before, subject]):
        assert [x for x in said(report_of(subjects)) if DIGITS in x] == []
    assert any(DIGITS in x for x in said(report_of([Subject("plan.json", plan)])))


def test_a_confidential_limit_is_hidden(tiny: Tiny, tiny_text: str) -> None:
    text = tiny_text.replace("power: 1 MW", "power: {value: 1 MW, confidential: true}")
    scenario = tiny("budgets.power=1.2 MW", text=text)
    report = report_of([Subject("tiny", solve(scenario), scenario)])
    sections = {each.name: each for each in report.sections}
    budgets = sections["budgets"]
    rows = {table.name: table for table in budgets.tables}["budgets"].rows
    shown = {row[1]: row[4:] for row in rows if row[0] == "site_power"}
    assert shown["north"] == ("…", "MW", "…", "…")
    assert shown["south"][0] == 0.9
    series = {view.name: view.chart.series for view in budgets.views}
    assert [len(series[f"power of {site}"]) for site in ("north", "south")] == [1, 2]
    (used,) = series["power of north"]
    assert isinstance(used, Columns)
    assert not any(used.marked)
    set_there = report_of([Subject("tiny", solve(scenario), scenario)]).colophon
    assert "--set budgets.power=1.2 MW" in set_there
    hidden = tiny("sites.north.power=1.1 MW", text=text)
    colophon = report_of([Subject("tiny", solve(hidden), hidden)]).colophon
    assert "--set sites.north.power=…" in colophon


def test_confidential_inputs_are_hidden_with_what_stands_beside(
    tiny: Tiny, tiny_text: str
) -> None:
    text = tiny_text.replace(
        "electricity: 50 USD/MWh",
        "electricity: {value: 50 USD/MWh, low: 40 USD/MWh, note: the contract, "
        "confidential: true}",
    ).replace("demand: {2026", "demand: {confidential: true, 2026")
    scenario = tiny(text=text)
    sections = sections_of(Subject("tiny", solve(scenario), scenario))
    rows = {row["path"]: row for row in rows_of(sections["inputs"], "inputs")}
    row = rows["sites.north.electricity"]
    assert [row[x] for x in ("value", "range", "note")] == ["…", "…", "…"]
    assert "3 values are confidential" in sections["inputs"].text
    served = rows_of(sections["services"], "services")
    assert {(row["demand"], row["served"]) for row in served} == {("…", "…")}
    worth = {row["path"]: row for row in rows_of(sections["prices"], "worth")}
    assert worth["workloads.chat.demand.2026"]["of_a_hundredth"] == "…"
