"""The report as a page, without a browser: what is in it, and what never is."""

import base64
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="the extra `report` is not installed")
pytest.importorskip("plotly", reason="the extra `report` is not installed")

from planner.report.build import report_of
from planner.report.cells import exact, sheet_of, shown
from planner.report.charts import Axis, Chart, Columns, Line
from planner.report.html import embedded
from planner.report.interactive import figure, is_empty
from planner.report.page import page_of
from planner.report.record import Column, Table, WhatIf
from planner.report.subject import subjects_of
from planner.report.traces import AT_LIMIT, INK, LONGEST
from tests.sample_report import (
    COLUMNS,
    HOSTILE,
    LINK,
    LONG,
    ROWS,
    SCRIPT,
    SERIES,
    chart,
    sample_report,
)

META_2026 = Path(__file__).parents[1] / "scenarios" / "meta_2026.yaml"
VOID = {"meta", "input", "br", "col"}
WHAT_IF = WhatIf("<div id='knobs'>knobs</div>", "#knobs {}", "/* solver */")


class Elements(HTMLParser):
    """Elements of a page, and the words in each; fails where one is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def page() -> str:
    return page_of(sample_report())


@pytest.fixture(scope="module")
def elements(page: str) -> Elements:
    return Elements(page)


def test_names_of_users_are_words_and_nothing_else(elements: Elements) -> None:
    # Its own: figures, Plotly, program; a skip link and one link a section.
    assert len(elements.all("script")) == 3
    links = [each["href"] for each in elements.all("a")]
    assert {link[0] for link in links} == {"#"}
    assert elements.all("b") == []
    assert SCRIPT in "".join(elements.texts["td"])
    said = [each["aria-label"] for each in elements.all("div") if "role" in each]
    assert f"Table: {sample_report().sections[0].tables[0].title}" in said


def test_every_section_has_its_place_its_picture_and_its_tables(
    elements: Elements,
) -> None:
    report = sample_report()
    sections = [each["id"] for each in elements.all("section")]
    assert sections == [each.name for each in report.sections]
    drawn = [each["data-chart"] for each in elements.all("div") if "data-chart" in each]
    assert drawn[:3] == ["both/columns", "both/cells", "line/line"]
    assert len(drawn) == len(SERIES) + 2
    assert len(elements.all("tr")) == 2 + len(ROWS) * 7


def test_the_headline_holds_the_numbers_as_they_are(elements: Elements) -> None:
    cards = [each for each in elements.all("li") if "data-metric" in each]
    assert [(each["data-metric"], each["data-value"]) for each in cards] == [
        ("profit_usd", "1234567.891234"),
        ("power_mw", ""),
    ]


def test_plotly_is_in_the_page_once_and_packed(page: str) -> None:
    from plotly.offline import get_plotlyjs  # noqa: PLC0415  # as where it is used

    (packed,) = re.findall(r'id="plotly">([^<]+)</script>', page)
    assert zlib.decompress(base64.b64decode(packed)).decode() == get_plotlyjs()
    assert page.count("Licensed under the MIT license") == 1
    assert len(page.encode()) < 3e6


def test_the_page_of_the_largest_shipped_scenario_can_be_mailed() -> None:
    report = report_of(subjects_of([str(META_2026)]))
    assert len(page_of(report).encode()) < 6e6


def test_the_same_report_gives_the_same_page(page: str) -> None:
    assert page_of(sample_report()) == page


def test_nothing_is_fetched(page: str, elements: Elements) -> None:
    fetched = {"src", "srcset", "data", "action", "background", "poster"}
    for tag, attributes in elements.found:
        assert not fetched & attributes.keys(), tag
    (policy,) = (
        each["content"]
        for each in elements.all("meta")
        if "content" in each and "http-equiv" in each
    )
    assert policy.startswith("default-src 'none'")
    assert "connect-src" not in policy
    assert not re.search(r"@import|url\(", page)


def test_a_page_that_solves_may_start_a_worker_and_says_what_it_shows() -> None:
    page = page_of(sample_report(), WHAT_IF)
    for part in (WHAT_IF.html, WHAT_IF.css, WHAT_IF.script, "worker-src blob:"):
        assert part in page
    assert '<body class="what-if">' in page
    sections = len(sample_report().sections)
    assert page.count('<p class="as-written">Of the plan as written') == sections


def test_what_is_not_there_is_said_in_words(page: str) -> None:
    assert "Nothing to draw. Nothing is bought." in page
    assert 'data-chart="empty/none"' not in page


@pytest.mark.parametrize("kind", SERIES)
def test_labels_hold_no_markup_of_users(kind: str) -> None:
    drawn = json.dumps(figure(chart(kind)), ensure_ascii=False)
    marks = set(re.findall(r"<[^>]*>", drawn))
    assert marks <= {"<br>", "<extra>", "</extra>"}
    for template in re.findall(r'template": "([^"]*)"', drawn):
        assert set(re.findall(r"%\{(\w+)", template)) <= {
            "x", "y", "z", "value", "text", "hovertext", "customdata",
        }  # fmt: skip


@pytest.mark.parametrize("kind", ["rows", "cells", "stack", "changes", "stretches"])
def test_long_labels_are_cut_and_stay_apart(kind: str) -> None:
    longest = 22 if kind in ("stack", "changes") else LONGEST
    layout = figure(chart(kind))["layout"]
    axis = next(
        layout[name] for name in ("xaxis", "yaxis")
        if layout[name].get("type") == "category" and "tickvals" in layout[name]
    )  # fmt: skip
    place = axis["tickvals"].index(LONG)
    assert axis["ticktext"][place] == LONG[: longest - 1] + "…"
    assert len(set(axis["tickvals"])) == len(HOSTILE) + 1


def test_columns_at_their_limit_stand_out_by_more_than_colour() -> None:
    plain, limit, budget = figure(chart("columns"))["data"]
    assert plain["y"] == [3.0, None, None]
    assert limit["y"] == [None, 5.0, None]
    assert limit["name"].endswith(AT_LIMIT)
    assert limit["marker"]["pattern"]["shape"] != plain["marker"]["pattern"]["shape"]
    assert limit["marker"]["line"]["width"] > 0
    assert (plain["offsetgroup"], budget["line"]["color"]) == ("0", INK)
    assert limit["offsetgroup"] == plain["offsetgroup"]


def test_areas_and_columns_are_told_apart_without_colour() -> None:
    areas = figure(chart("area"))["data"]
    assert len({each["fillpattern"]["shape"] for each in areas}) == len(areas)
    columns = figure(chart("stack"))
    assert len({each["marker"]["pattern"]["shape"] for each in columns["data"]}) == 2
    assert columns["layout"]["barmode"] == "stack"
    # Columns of several groups stand side by side, also where they are stacked.
    assert not any("offsetgroup" in each for each in columns["data"])


def test_an_area_of_one_period_is_a_column() -> None:
    (column,) = figure(chart("point"))["data"]
    assert (column["type"], column["y"]) == ("bar", [3.0])


def test_a_waterfall_shows_the_totals_it_is_given() -> None:
    (fall,) = figure(chart("changes"))["data"]
    assert fall["measure"] == ["absolute", *["relative"] * 3, "absolute"]
    assert fall["text"] == ["10", "+4", "-3", "+2", "13"]


def test_a_timeline_fills_what_is_done() -> None:
    done, whole = figure(chart("stretches"))["data"]
    assert whole["base"] == [0, 1, 0, 2, 0]
    assert whole["x"] == [2, 1, 0, 1, 3]
    assert done["x"] == [2.0, 0.5, 0.0, 0.25, 3.0]


def test_no_number_is_no_picture() -> None:
    axes = Axis("period"), Axis("power", "MW")
    assert is_empty(Chart("none", *axes, ()))
    assert is_empty(Chart("gaps", *axes, (Line("gaps", ("2026",), (None,)),)))
    assert not is_empty(Chart("zero", *axes, (Columns("zero", ("2026",), (0.0,)),)))
    assert not any(is_empty(chart(kind)) for kind in SERIES)


def test_cells_are_short_to_read_and_exact_in_files() -> None:
    (first, second, third, fourth, last) = (
        [shown(cell, column) for cell, column in zip(row, COLUMNS, strict=True)]
        for row in ROWS
    )
    assert first[1:] == ["1,234", "1.2346", "1,234,568", "12.3 %", "yes"]
    assert second[1:] == ["66.7", "", "0.5", "100 %", "no"]
    assert third[1:] == ["0", "0", "-12,346", "0 %", ""]
    assert (fourth[3:5], last[2]) == (["", ""], "∞")
    assert [exact(cell) for cell in ROWS[0][1:]] == [
        "1234", "1.23456789012", "1234567.891", "0.123456", "true",
    ]  # fmt: skip
    assert exact(None) is exact("words") is None


def test_a_hidden_value_stays_hidden_in_a_column_of_numbers() -> None:
    assert shown("…", Column("cost_usd", "Cost", "USD", form="money")) == "…"


def test_a_printed_table_is_as_wide_as_its_page() -> None:
    columns = Column("name", "Name"), Column("cost_usd", "Cost", "USD", form="money")
    sheet = sheet_of(Table("costs", "Costs", columns, ((LONG, 1234.5), ("x", None))))
    # 28 letters of the name, 5 of "1,234", 3 between columns.
    assert (sheet.letters, sheet.widths) == (39, (79.49, 20.51))
    assert [cell.is_long for row in sheet.rows for cell in row] == [
        True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("text", [*HOSTILE, LINK, "</script><!--", "a\u2028b"])
def test_embedded_text_cannot_end_its_script(text: str) -> None:
    made = embedded({text: [text, 1.5, None, True]})
    assert not re.search("[<>&\u2028\u2029]", made)
    assert json.loads(made) == {text: [text, 1.5, None, True]}


def test_embedded_numbers_are_numbers_of_json() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        embedded({"price": float("inf")})
