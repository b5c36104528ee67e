"""The report in a real browser, from a file and without a network."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="the extra `report` is not installed")
pytest.importorskip("plotly", reason="the extra `report` is not installed")

from planner.api import solve
from planner.errors import UsageError
from planner.report.build import report_of
from planner.report.cells import exact
from planner.report.interactive import is_empty
from planner.report.page import page_of
from planner.report.record import Report, Table, WhatIf
from planner.report.subject import subjects_of
from planner.report.what_if.npm import Package, files_of
from planner.specs.load import load_scenario
from tests.browser import Browser
from tests.sample_report import BOLD, LONG, SCRIPT, sample_report

pytestmark = pytest.mark.once
QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
AXE = Package(
    "axe-core",
    "4.14.1",
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASy"
    "FNNtuFooJpZe37OgudVGtQ==",
)
"""Finds what keeps people from reading a page (MPL-2.0)."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ALL = "document.querySelectorAll"
SHOWN = "figure:not([hidden]) .chart"
INK = "'rgb(29, 34, 41)'"
"""Of words on a light page."""
COLOURS = 3
"""Not more are in a picture without a chart."""
TAB, RIGHT = "\ue004", "\ue014"

Written = tuple[Report, Path]


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Return the report of quickstart against a plan with less power, and its page."""
    folder = tmp_path_factory.mktemp("quickstart")
    less = load_scenario(QUICKSTART, overrides=["sites.ohio.power=15 MW"])
    baseline = folder / "less_power.json"
    baseline.write_text(json.dumps(solve(less).as_dict()), encoding="utf-8")
    return written(report_of(subjects_of([str(baseline), str(QUICKSTART)])), folder)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Return a report with hostile names and every kind of chart, and its page."""
    report = replace(sample_report(), name="hostile")
    return written(report, tmp_path_factory.mktemp("hostile"))


def written(report: Report, folder: Path) -> Written:
    path = folder / "report.html"
    path.write_text(page_of(report), encoding="utf-8")
    return report, path


def test_the_headline_reads_as_the_plan(browser: Browser, quickstart: Written) -> None:
    report, path = quickstart
    browser.open(path)
    cards = browser.value(
        "[...document.querySelectorAll('.card')].map((card) =>"
        " [card.dataset.metric, card.dataset.value,"
        "  card.querySelector('.value').innerText])"
    )
    metrics = solve(load_scenario(QUICKSTART)).as_dict()["metrics"]
    found = {name: float(value) for name, value, _ in cards if name in metrics}
    assert len(found) > 5
    assert found == {name: pytest.approx(metrics[name], rel=1e-12) for name in found}
    assert [text for *_, text in cards] == [card.text for card in report.cards]
    assert browser.errors() == []


@pytest.mark.parametrize(
    ("written_report", "scheme"), [("quickstart", "light"), ("hostile", "dark")]
)
def test_every_chart_is_drawn(
    browser: Browser, request: pytest.FixtureRequest, written_report: str, scheme: str
) -> None:
    report, path = request.getfixturevalue(written_report)
    browser.open(path)
    browser.prefer(scheme)
    drawn = set()
    for section in report.sections:
        for view in section.views:
            choose(browser, section.name, view.name)
            if is_empty(view.chart):
                continue
            picture = browser.picture(f"#{section.name} {SHOWN}")
            assert colours(picture) > COLOURS, (section.name, view.name)
            drawn.add(f"{section.name}/{view.name}")
    boxes = browser.value(f"[...{ALL}('.chart')].map((box) => box.dataset.chart)")
    assert drawn == set(boxes) != set()
    assert browser.errors() == []


def choose(browser: Browser, section: str, view: str) -> None:
    """Switch a section to a view, as a click does; one alone has no switch."""
    radio = f"#{section} .views input[value={json.dumps(view)}]"
    browser.value(f"document.querySelector({json.dumps(radio)})?.click()")


def colours(png: bytes) -> int:
    """Return how many colours a picture has, those of a few pixels left out."""
    import matplotlib.image  # noqa: PLC0415  # an extra
    import numpy as np  # noqa: PLC0415  # as above

    pixels = matplotlib.image.imread(io.BytesIO(png), format="png")
    shades = (pixels[..., :3] * 255).round().astype(int) @ (1, 256, 65536)
    _, counts = np.unique(shades, return_counts=True)
    return int((counts > 20).sum())


def test_a_blank_picture_has_no_colours(browser: Browser, hostile: Written) -> None:
    browser.open(hostile[1])
    browser.value(f"{ALL}('#line .chart svg').forEach((drawn) => drawn.remove())")
    assert colours(browser.picture(f"#line {SHOWN}")) < COLOURS


def test_words_in_charts_can_be_read_in_the_dark(
    browser: Browser, hostile: Written
) -> None:
    browser.open(hostile[1])
    browser.prefer("dark")
    browser.wait(f"getComputedStyle({ALL}('#line .xtick text')[0]).fill !== {INK}")
    words = "'.xtick text, .ytick text, .legendtext, .xtitle, .ytitle'"
    fills = browser.value(f"[...{ALL}({words})].map((x) => getComputedStyle(x).fill)")
    assert {min(numbers(fill)) for fill in fills} == {232}
    browser.prefer("light")
    browser.wait(f"getComputedStyle({ALL}('#line .xtick text')[0]).fill === {INK}")


def numbers(colour: str) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", colour)]


def test_views_are_switched_with_the_keyboard(
    browser: Browser, hostile: Written
) -> None:
    browser.open(hostile[1])
    browser.value("document.querySelector('#both .views input').focus()")
    browser.keys(RIGHT)
    shown = f"{ALL}('#both {SHOWN}').length"
    name = f"document.querySelector('#both {SHOWN}').dataset.chart"
    assert (browser.value(shown), browser.value(name)) == (1, "both/cells")
    assert browser.value(f"{name} && {ALL}('#both {SHOWN} svg').length > 0")
    browser.keys(RIGHT)
    assert browser.value(name) == "both/columns"


def test_everything_is_reached_with_the_keyboard(
    browser: Browser, quickstart: Written
) -> None:
    browser.open(quickstart[1])
    browser.value(f"{ALL}('details').forEach((each) => {{ each.open = true; }})")
    browser.value(
        "window.reached = new Set();"
        " document.addEventListener('focusin', (event) => reached.add(event.target)); 0"
    )
    wanted = "a, button, summary, .scroll, input:checked, [type=search]"
    count = browser.value(f"{ALL}('{wanted}').length")
    browser.keys(TAB * count)
    missed = f"[...{ALL}('{wanted}')].filter((each) => !reached.has(each)).length"
    assert browser.value(missed) == 0
    assert browser.value("reached.size") == count
    browser.value("document.querySelector('summary').focus()")
    browser.keys(TAB)
    outline = "getComputedStyle(document.activeElement).outlineWidth"
    assert browser.value(outline) == "3px"


def test_a_table_is_handed_out_as_it_is(browser: Browser, hostile: Written) -> None:
    report, path = hostile
    browser.open(path)
    browser.value("document.querySelector('#both button.csv').click()")
    table = report.sections[0].tables[0]
    assert browser.downloaded("hostile-sites.csv") == csv_of(table)


def csv_of(table: Table) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows([exact(cell) or cell for cell in row] for row in table.rows)
    return text.getvalue().encode()


def test_rows_of_a_long_table_are_found_by_a_word(
    browser: Browser, hostile: Written
) -> None:
    browser.open(hostile[1])
    browser.value("document.querySelector('#inputs details').open = true")
    browser.value("document.querySelector('#inputs [type=search]').focus()")
    browser.keys(LONG[:20].upper())
    visible = f"[...{ALL}('#inputs tbody tr')].filter((row) => !row.hidden).length"
    assert browser.value(visible) == 6


def test_names_of_users_do_nothing(browser: Browser, hostile: Written) -> None:
    browser.open(hostile[1])
    assert browser.value("document.title").startswith(BOLD)
    marked = "main b, main script, main :is(a, [onclick]), svg a, svg [onclick]"
    assert browser.value(f"{ALL}({json.dumps(marked)}).length") == 0
    legend = f"[...{ALL}('#area .legendtext')].map((each) => each.textContent)"
    names = browser.value(legend)
    assert any(name.startswith(SCRIPT[:20]) for name in names)
    assert any(name.startswith("a_name_that_is_far_longer") for name in names)


HOVERED = {
    "area": [{"curveNumber": 2, "pointNumber": 1}],
    "cells": {"xval": 0, "yval": 2},
    "rows": [{"curveNumber": 0, "pointNumber": 2}],
    "changes": [{"curveNumber": 0, "pointNumber": 2}],
    "stretches": [{"curveNumber": 1, "pointNumber": 2}],
}
"""Where a name with markup in it is told on hovering, keyed by the kind of chart."""


def test_hovering_shows_names_in_full_and_as_they_are(
    browser: Browser, hostile: Written
) -> None:
    browser.open(hostile[1])
    for kind, place in HOVERED.items():
        box = f"document.querySelector('#{kind} .chart')"
        browser.value(f"Plotly.Fx.hover({box}, {json.dumps(place)})")
        said = browser.value(
            f"[...{box}.querySelectorAll('.hoverlayer text')]"
            ".map((each) => each.textContent).join(' ')"
        )
        assert BOLD in said, kind


def test_paper_has_all_tables_and_pictures_as_wide_as_a_page(
    browser: Browser, quickstart: Written
) -> None:
    report, path = quickstart
    browser.open(path)
    browser.prefer("dark")
    pages = re.findall(rb"/Type\s*/Page\b", browser.paper())
    assert len(pages) >= len(report.sections)
    browser.value("dispatchEvent(new Event('beforeprint'))")
    assert browser.value(f"{ALL}('details:not([open])').length") == 0
    widths = browser.value(f"[...{ALL}('{SHOWN} svg')].map((x) => x.clientWidth)")
    assert max(widths) <= 680
    browser.value("dispatchEvent(new Event('afterprint'))")
    assert browser.value(f"{ALL}('details:not([open])').length") > 0
    assert browser.errors() == []


@pytest.mark.parametrize("written_report", ["quickstart", "hostile"])
def test_nothing_keeps_people_from_reading_it(
    browser: Browser, request: pytest.FixtureRequest, axe: str, written_report: str
) -> None:
    _, path = request.getfixturevalue(written_report)
    browser.open(path)
    browser.value(f"{ALL}('details').forEach((each) => {{ each.open = true; }})")
    for scheme in ("light", "dark"):
        browser.prefer(scheme)
        assert browser.violations(axe, RULES) == [], scheme


@pytest.fixture(scope="module")
def axe() -> str:
    """Return axe-core's program; skip where it cannot be had."""
    try:
        return files_of(AXE, ["axe.min.js"], "a test")["axe.min.js"].decode()
    except UsageError as error:
        pytest.skip(str(error))


def test_a_page_says_what_it_shows_once_values_are_changed(
    browser: Browser, tmp_path: Path
) -> None:
    what_if = WhatIf("<p>knobs</p>", "", "/* solver */")
    path = tmp_path / "report.html"
    path.write_text(page_of(sample_report(), what_if), encoding="utf-8")
    browser.open(path)
    note = "getComputedStyle(document.querySelector('.as-written')).display"
    assert browser.value(note) == "none"
    browser.value("document.documentElement.dataset.changed = 'yes'; 0")
    assert browser.value(note) == "block"
    assert browser.errors() == []
