"""The overview: cards and charts where there is a plan, reasons where there is none."""

from dataclasses import replace

import pytest

from planner.report.build import report_of
from planner.report.charts import Axis, Chart, Rows
from planner.report.record import Card, Report
from planner.report.subject import subjects_of
from tests.conftest import ROOT
from tests.test_report_files import EMPTY, is_blank, words_of

pytest.importorskip("matplotlib", reason="the extra `report` is not installed")


def report(scenario: str) -> Report:
    return report_of(subjects_of([str(ROOT / "scenarios" / f"{scenario}.yaml")]))


def words(shown: Report) -> list[str]:
    from planner.report.overview import overview  # noqa: PLC0415  # an extra

    return words_of(overview(shown, "svg")).splitlines()


def test_without_a_plan_the_picture_says_why_and_what_would_help() -> None:
    from planner.report.overview import overview  # noqa: PLC0415  # an extra

    shown = report("impossible_deadline")
    (section,) = (each for each in shown.sections if each.name == "no_plan")
    fixes = next(each for each in section.tables if each.name == "fixes")
    said = words(shown)

    assert not is_blank(overview(shown, "png"))
    assert said[:2] == [shown.title, shown.status]
    assert " ".join(said[2:]).startswith(section.text)
    for row in fixes.rows:
        assert any(line.startswith(f"• {row[0]}") for line in said)
    assert any(line.endswith("(218.8 MUSD)") for line in said)


def test_the_charts_that_say_most_are_shown_each_section_once() -> None:
    shown = report("quickstart")
    first = {
        each.name: each.views[0].chart.title for each in shown.sections if each.views
    }
    said = words(shown)

    told = "fleet", "budgets", "split", "services", "purchases", "prices"
    assert [first[name] for name in told if first[name] in said] == [
        first[name] for name in told
    ]
    assert first["runs"] not in said
    assert "at its limit" in said


def test_a_card_says_what_changed() -> None:
    cards = (
        Card("profit_usd", "Profit", 1e6, "1 MUSD", "+3 %", better=True),
        Card("co2e_t", "CO2e", 2.0, "2 t", "no change"),
    )
    compared = replace(EMPTY, baseline="$before$", cards=cards)
    assert words(compared) == [
        "Nothing",
        "infeasible; compared with $before$",
        *("Profit", "1 MUSD", "+3 %"),
        *("CO2e", "2 t", "no change"),
    ]


@pytest.mark.parametrize("count", [1, 2, 30])
def test_what_is_said_of_a_bar_has_room_whatever_its_length(count: int) -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    text = "2.25 MUSD per MW, from 12.2 MW to 13.75 MW"
    rows = Rows("gain", ["budget"] * count, [1.0] * count, [text] * count)
    chart = Chart("Worth", Axis("gain", "kUSD"), Axis(""), (rows,))
    said = words_of(picture(chart, "svg")).splitlines()
    assert said.count(text) == count


def test_bars_without_a_length_are_no_error() -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    rows = Rows("gain", ["one", "two"], [0.0, None], ["nothing", "none"])
    chart = Chart("Worth", Axis("gain", "kUSD"), Axis(""), (rows,))
    said = words_of(picture(chart, "svg")).splitlines()
    assert {"nothing", "none"} <= {*said}
