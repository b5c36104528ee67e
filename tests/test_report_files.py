"""A report as pictures, Markdown and paper: what they say, the same each time."""

import io
import re
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from planner.errors import UsageError
from planner.report import paper
from planner.report.build import report_of
from planner.report.charts import COLOURS, Axis, Chart, Columns, Line
from planner.report.markdown import MOST, escaped, markdown_of
from planner.report.record import Column, Report, Section, Table
from planner.report.subject import subjects_of
from tests.conftest import ROOT
from tests.sample_report import (
    BOLD,
    HOSTILE,
    LINK,
    SCRIPT,
    SERIES,
    chart,
    sample_report,
)

DRAWN = [kind for kind in SERIES if kind != "flows"]
LABELLED = ["area", "stack", "spans", "cells", "rows", "changes", "stretches"]
"""Kinds that show all the hostile names."""
EMPTY = Report("none", "Nothing", "infeasible", None, (), (), (), ())


@pytest.fixture(autouse=True)
def matplotlib() -> None:
    pytest.importorskip("matplotlib", reason="the extra `report` is not installed")


def is_blank(png: bytes) -> bool:
    """Return whether a picture has one colour, or nearly no other."""
    from matplotlib.image import imread  # noqa: PLC0415  # an extra

    dots = imread(io.BytesIO(png))[..., :3]
    return float((dots.std(axis=2) + abs(dots.mean(axis=2) - 1) > 0.05).mean()) < 0.01


def dots_of(png: bytes, colour: str) -> int:
    """Return how many dots of a picture have a colour."""
    from matplotlib.colors import to_rgb  # noqa: PLC0415  # an extra
    from matplotlib.image import imread  # noqa: PLC0415  # an extra

    dots = imread(io.BytesIO(png))[..., :3]
    return int((abs(dots - to_rgb(colour)).max(axis=2) < 0.02).sum())


def words_of(svg: bytes) -> str:
    """Return the text of a picture, as a reader sees it."""
    import xml.etree.ElementTree as ET  # noqa: PLC0415  # our own file

    return "\n".join(
        "".join(each.itertext())
        for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314  # as above
    )


# -------------------------------------------------------------------------- pictures


@pytest.mark.parametrize("kind", DRAWN)
def test_every_kind_of_chart_is_a_picture_and_the_same_each_time(kind: str) -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        png, svg = (picture(chart(kind, "Title"), form) for form in ("png", "svg"))
    assert not is_blank(png)
    assert "Title" in words_of(svg)
    assert picture(chart(kind, "Title"), "png") == png
    assert picture(chart(kind, "Title"), "svg") == svg


@pytest.mark.parametrize("kind", LABELLED)
def test_names_are_text_in_pictures_however_they_are_written(kind: str) -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    shown = words_of(picture(chart(kind), "svg"))
    for name in HOSTILE:
        assert name[:20] in shown


def test_names_that_mean_something_to_the_library_are_shown_as_they_are() -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    names = ("_hidden", "$x^2$ and $", "算力", "100 %")
    series = tuple(Columns(name, ("$a$", "_b"), (1.0, 2.0)) for name in names)
    drawn = Chart("$y_1$", Axis("$t$"), Axis("_z"), series, note="$n$ \\frac", names=())
    shown = words_of(picture(drawn, "svg")).splitlines()
    for name in (*names, "$a$", "_b", "$y_1$", "$t$", "_z", "$n$ \\frac"):
        assert name in shown


def test_a_limit_that_binds_stands_out_without_colour() -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    def patterns(marked: Sequence[bool]) -> int:
        columns = Columns("used", ("2026", "2027"), (1.0, 2.0), marked)
        drawn = Chart("Power", Axis("period"), Axis("power"), (columns,))
        return picture(drawn, "svg").count(b"<pattern")

    assert [patterns(each) for each in ((), (False, False), (False, True))] == [0, 0, 1]


def test_more_series_than_colours_are_told_apart_by_patterns() -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    many = tuple(Line(str(n), ("2026", "2027"), (1.0, 2.0)) for n in range(9))
    drawn = Chart("Fleet", Axis("period"), Axis("count"), many, stacked=True)
    assert picture(drawn, "svg").count(b"<pattern") == 2
    assert picture(replace(drawn, series=many[:7]), "svg").count(b"<pattern") == 0


def test_flows_are_drawn_in_pages_alone() -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    with pytest.raises(UsageError, match=r"write an \.html file"):
        picture(chart("flows"), "png")


@pytest.mark.parametrize("stacked", [True, False])
def test_a_single_period_is_seen(*, stacked: bool) -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    lines = (Line("h100", ("2026",), (3.0,)), Line("b200", ("2026",), (2.0,)))
    drawn = Chart("Fleet", Axis("period"), Axis("count"), lines, stacked=stacked)
    none = replace(drawn, series=(Line("h100", ("2026",), (None,)),) * 2)
    for colour in COLOURS[:2]:
        seen, blank = (dots_of(picture(each, "png"), colour) for each in (drawn, none))
        assert seen > blank + 20


def test_a_limit_over_stacked_columns_is_no_part_of_the_stack() -> None:
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    parts = tuple(Columns(n, ("2026", "2027"), (1.0, 2.0)) for n in ("a", "b"))
    limit = Line("limit", ("2026", "2027"), (70.0, 70.0))
    drawn = Chart("x", Axis("period"), Axis("USD"), (*parts, limit), stacked=True)
    shown = words_of(picture(drawn, "svg")).splitlines()
    assert "70" in shown
    assert "80" not in shown


# -------------------------------------------------------------------------- overview


def test_the_overview_has_the_headline_and_charts() -> None:
    from planner.report.overview import overview  # noqa: PLC0415  # an extra

    whole = sample_report()
    named = {"both": "budgets", "area": "fleet", "flows": "split"}
    sections = tuple(
        replace(each, name=named.get(each.name, each.name)) for each in whole.sections
    )
    report = replace(whole, sections=sections)
    png, svg = (overview(report, form) for form in ("png", "svg"))
    shown = words_of(svg)

    assert not is_blank(png)
    assert overview(report, "svg") == svg
    assert overview(report, "png") == png
    for said in (BOLD[:30], "optimal", "1.235 MUSD", "+3 %", "By period", "As area"):
        assert said in shown
    assert "As flows" not in shown


def test_the_overview_of_no_plan_says_so() -> None:
    from planner.report.overview import overview  # noqa: PLC0415  # an extra

    why = Section("no_plan", "Why there is no plan", "Power is short.")
    shown = words_of(overview(replace(EMPTY, sections=(why,)), "svg")).splitlines()
    assert shown == ["Nothing", "infeasible", "Power is short."]


def test_the_picture_of_the_readme_shows_the_plan_of_the_quickstart() -> None:
    shown = words_of((ROOT / "planner" / "guide" / "report.svg").read_bytes())
    report = report_of(subjects_of([str(ROOT / "scenarios" / "quickstart.yaml")]))
    assert report.title in shown.splitlines()
    for card in report.cards:
        assert card.label in shown.splitlines()
        assert card.text in shown.splitlines()


# -------------------------------------------------------------------------- markdown


def rendered(text: str) -> str:
    """Return Markdown as a wiki shows it."""
    library = pytest.importorskip("markdown_it", reason="comes with typer's rich")
    html: str = library.MarkdownIt("commonmark").enable("table").render(text)
    return html


def test_markdown_shows_what_users_wrote_as_text() -> None:
    html = rendered(markdown_of(sample_report()))

    assert set(re.findall(r"</?(\w+)", html)) <= {
        *("h1", "h2", "h3", "p", "strong", "ul", "li", "hr"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    for name in (*HOSTILE, LINK):
        shown = " ".join(name.split())
        inert = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert inert.replace('"', "&quot;") in html


def test_markdown_has_the_cells_of_its_tables() -> None:
    html = rendered(markdown_of(sample_report()))
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in html.split("<tr>")]

    assert {len(row) for row in rows} <= {0, 3, 6}
    quoted = "a &quot;quoted&quot;, name in two lines"
    assert [quoted, "0", "0", "-12,346", "0 %", ""] in rows
    assert rows[2] == ["Profit", "1.235 MUSD", "+3 % (better)"]


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |",
        "`code`",
        "# heading",
        "- item",
        "12. item",
        "* item",
        "[a](b)",
        "![a](b)",
        "a_b_c **d**",
        "&lt;b&gt;",
        "~~gone~~",
        "$x$",
        "\\",
        "line\nline",
    ],
)
def test_a_sentence_is_text_whatever_it_begins_with(text: str) -> None:
    section = Section("one", text, text)
    html = rendered(markdown_of(replace(EMPTY, sections=(section,))))
    shown = " ".join(text.split()).replace("&", "&amp;")

    assert f"<h2>{shown}</h2>" in html
    assert f"<p>{shown}</p>" in html


def test_a_long_table_says_what_is_left_out() -> None:
    def lines(count: int) -> str:
        rows = tuple((f"row {number}",) for number in range(count))
        table = Table("long", "Long", (Column("name", "Name"),), rows)
        return markdown_of(
            replace(EMPTY, sections=(Section("a", "A", "", (), (table,)),))
        )

    assert "more rows" not in lines(MOST)
    assert f"| row {MOST - 1} |" in lines(MOST)
    assert "… and 1,240 more rows" in lines(MOST + 1240)
    assert f"| row {MOST} |" not in lines(MOST + 1240)


def test_markdown_is_one_line_a_name() -> None:
    assert escaped(f"{SCRIPT}\n\r\u2028x").count("\n") == 0


# ----------------------------------------------------------------------------- paper


def test_a_page_is_printed() -> None:
    if paper.find_browser() is None:
        pytest.skip("no Chromium or Chrome is installed")
    page = "<!doctype html><title>t</title><p>1<p style='break-before: page'>2"
    content = paper.pdf_of(page)
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 2
    dates = re.findall(rb"/(\w+)Date \(D:(\d+)", content)
    assert dates == [(b"Creation", b"20000101000000"), (b"Mod", b"20000101000000")]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('no display')", r"gave no PDF \(exit code 1\): no disp"),
        ("pass", "gave no PDF; write the .html"),
        ("import time; time.sleep(60)", "took more than 1 s"),
    ],
)
def test_a_browser_that_gives_no_paper_is_no_traceback(
    program: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "chromium"
    command.write_text(f"#!{sys.executable}\n{program}\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setattr(paper, "find_browser", lambda: str(command))
    monkeypatch.setattr(paper, "PATIENCE_S", 1 if "sleep" in program else 60)
    with pytest.raises(UsageError, match=said):
        paper.pdf_of("<p>")


def test_no_browser_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert paper.find_browser() is None
    with pytest.raises(UsageError, match="none is on PATH"):
        paper.check_browser()
