"""The what-if of a page in a real browser, from a file and without a network."""

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jinja2", reason="the extra `report` is not installed")
pytest.importorskip("plotly", reason="the extra `report` is not installed")

from planner.api import solve
from planner.errors import UsageError
from planner.plan.plan import Plan
from planner.report.build import report_of
from planner.report.page import page_of
from planner.report.subject import subjects_of
from planner.report.what_if import what_if_of
from planner.report.what_if.npm import files_of
from planner.specs.load import load_scenario, reload
from tests.browser import Browser
from tests.test_page_browser import AXE, COLOURS, RULES, colours

pytestmark = pytest.mark.once
SCENARIOS = Path(__file__).parents[1] / "scenarios"
RIGHT, LEFT = "\ue014", "\ue012"

Write = Callable[[Path], Path]


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Return what writes the page of a scenario, each once."""
    written: dict[Path, Path] = {}
    folder = tmp_path_factory.mktemp("pages")

    def page(scenario: Path) -> Path:
        if scenario not in written:
            subjects = subjects_of([str(scenario)])
            try:
                found = what_if_of(subjects[0])
            except UsageError as error:
                pytest.skip(str(error))
            path = folder / f"{len(written)}.html"
            path.write_text(page_of(report_of(subjects), found), encoding="utf-8")
            written[scenario] = path
        return written[scenario]

    return page


class Panel:
    """The sliders of an open page, and what it answers."""

    def __init__(self, browser: Browser, path: Path, hash_: str = "") -> None:
        self.browser = browser
        browser.driver.get("about:blank")  # so that a hash alone is a new page
        browser.driver.get(path.as_uri() + hash_)
        self.settled()

    def settled(self) -> None:
        """Wait until the newest question is answered."""
        self.browser.wait(
            "document.getElementById('what-if').getAttribute('aria-busy') === 'false'"
        )

    def row(self, label: str) -> str:
        """Return the expression of a slider's row."""
        return (
            "[...document.querySelectorAll('.slider')].find((row) => "
            f"row.querySelector('label').textContent === {json.dumps(label)})"
        )

    def type(self, label: str, value: float) -> None:
        """Write a value into the field of a slider."""
        field = f"{self.row(label)}.querySelector('input[type=number]')"
        self.browser.value(
            f"{field}.value = {value!r}, {field}.dispatchEvent(new Event('change')), 0"
        )
        self.settled()

    def drag(self, label: str, place: int) -> None:
        """Put a slider to a place between -100 and 100."""
        field = f"{self.row(label)}.querySelector('input[type=range]')"
        self.browser.value(
            f"{field}.value = {place}, {field}.dispatchEvent(new Event('input')), 0"
        )
        self.settled()

    def press(self, name: str) -> None:
        self.browser.value(f"document.getElementById('what-if-{name}').click(), 0")
        self.settled()

    def text(self, name: str) -> str:
        shown = f"document.getElementById('what-if-{name}').textContent"
        return str(self.browser.value(shown))

    def metrics(self) -> dict[str, float | None]:
        """Return what the cards hold, by the names of the metrics."""
        found = self.browser.value(
            "Object.fromEntries([...document.querySelectorAll('#what-if-cards .card')]"
            ".map((card) => [card.dataset.metric, card.dataset.value]))"
        )
        return {name: float(text) if text else None for name, text in found.items()}

    def copied(self, what: str) -> str:
        """Return what a button copies."""
        self.browser.value(
            "Object.defineProperty(navigator, 'clipboard', {configurable: true, "
            "value: {writeText: async (text) => { window.copied = text; }}}), "
            "window.copied = '', 0"
        )
        self.press(what)
        self.browser.wait("window.copied")
        return str(self.browser.value("window.copied"))

    def command(self) -> list[str]:
        """Return what is copied as a command, in words."""
        return shlex.split(self.copied("command"))

    def sets(self) -> list[str]:
        words = self.command()
        return [words[n + 1] for n, word in enumerate(words) if word == "--set"]


def solved(scenario: Path, sets: list[str]) -> Plan:
    return solve(reload(load_scenario(scenario), sets))


def check_agrees(panel: Panel, plan: Plan) -> None:
    """Compare the cards with the metrics of a plan that Python found."""
    assert plan.status == "optimal"
    assert plan.metrics is not None
    found = panel.metrics()
    objective = found.pop("objective_usd")
    assert objective == pytest.approx(plan.objective.value_usd, rel=1e-6)
    for name, value in found.items():
        wanted: Any = getattr(plan.metrics, name)
        assert value == pytest.approx(wanted, rel=1e-6, abs=1e-9), name


@pytest.mark.parametrize(
    ("name", "moves"),
    [
        ("quickstart", {"capex budget 2026": 60, "demand of ads": -40}),
        ("quickstart", {"power budget 2026Q3": -30, "value of assistant": 55}),
        ("lease_or_own", {"price of reserved": 70, "demand of assistant": -20}),
        ("priorities", {"power of ohio": 20, "demand of research": 30}),
        ("hyperion_build_out", {"expansion of hyperion": -60, "price of gb200": 25}),
        ("meta_2026", {"capex budget 2027": -35, "supply of gb200": 20}),
    ],
)
def test_moved_sliders_give_the_plan_that_python_finds(
    browser: Browser, write: Write, name: str, moves: dict[str, int]
) -> None:
    scenario = SCENARIOS / f"{name}.yaml"
    panel = Panel(browser, write(scenario))
    assert browser.value("document.documentElement.dataset.changed ?? 'no'") == "no"
    check_agrees(panel, solved(scenario, []))
    for label, place in moves.items():
        panel.drag(label, place)
    sets = panel.sets()
    assert len(sets) >= len(moves)
    check_agrees(panel, solved(scenario, sets))
    assert browser.value("document.documentElement.dataset.changed") == "yes"
    assert "than in the plan as written" in panel.text("result")
    assert not browser.errors()


def test_a_typed_value_is_set_as_it_is_and_a_reset_takes_it_back(
    browser: Browser, write: Write
) -> None:
    scenario = SCENARIOS / "quickstart.yaml"
    panel = Panel(browser, write(scenario))
    panel.type("supply of b200", 3111.5)
    panel.type("capex budget 2026", 151)
    command = panel.command()
    assert command[:3] == ["planner", "solve", str(scenario)]
    assert sorted(panel.sets()) == [
        "budgets.capex.2026=151 MUSD",
        "supply.b200.2026Q2=3111.5",
    ]
    check_agrees(panel, solved(scenario, panel.sets()))
    panel.press("reset")
    assert browser.value("document.documentElement.dataset.changed ?? 'no'") == "no"
    assert "as in the plan as written" in panel.text("result")
    assert panel.sets() == []
    check_agrees(panel, solved(scenario, []))


def test_a_value_beyond_the_ends_of_a_slider_is_refused(
    browser: Browser, write: Write
) -> None:
    panel = Panel(browser, write(SCENARIOS / "quickstart.yaml"))
    panel.type("capex budget 2026", 900)
    assert panel.sets() == []
    field = f"{panel.row('capex budget 2026')}.querySelector('input[type=number]')"
    assert not browser.value(f"{field}.checkValidity()")


def test_a_link_brings_the_sliders_back_where_they_stood(
    browser: Browser, write: Write
) -> None:
    page = write(SCENARIOS / "hyperion_build_out.yaml")
    panel = Panel(browser, page)
    panel.drag("supply of gb200", 41)  # two numbers
    panel.drag("value of research", -17)  # four in one text
    panel.drag("power of hyperion", 9)
    before, sets = panel.metrics(), panel.sets()
    start, _, hash_ = panel.copied("link").partition("#")
    assert start == page.as_uri()
    again = Panel(browser, page, f"#{hash_}")
    browser.wait("document.documentElement.dataset.changed === 'yes'")
    again.settled()
    assert again.sets() == sets
    assert again.metrics() == pytest.approx(before, rel=1e-12)
    assert "than in the plan as written" in again.text("result")
    browser.value(
        "location.hash = '#content'; 0"
    )  # a place of the page changes nothing
    assert again.sets() == sets
    other = Panel(browser, page, "#what-if&set=budgets.capex.2026%3D1e9%20GUSD")
    assert "budgets.capex.2026=1e9 GUSD" in other.text("copied")
    assert other.sets() == []
    cut = Panel(browser, page, "#what-if&set=budgets.capex.2026%3D1%E2")
    assert "budgets.capex.2026%3D1%E2" in cut.text("copied")
    assert not browser.errors()


def test_without_a_plan_the_limits_in_conflict_are_shown_and_no_figures(
    browser: Browser, write: Write
) -> None:
    panel = Panel(browser, write(SCENARIOS / "quickstart.yaml"))
    panel.type("power budget 2026Q1", 6.5)
    assert panel.text("result").startswith("No plan keeps every limit.")
    limit = "the fleet's power budget in 2026Q1 (power_budget): at most 6.5 MW"
    assert limit in panel.text("conflict")
    assert set(panel.metrics().values()) == {None}
    assert "There is no plan." in panel.text("purchases")
    panel.press("reset")
    assert browser.value("document.getElementById('what-if-conflict').hidden")
    assert None not in panel.metrics().values()


def test_sliders_are_moved_by_keys(browser: Browser, write: Write) -> None:
    panel = Panel(browser, write(SCENARIOS / "quickstart.yaml"))
    browser.value(f"{panel.row('demand of ads')}.querySelector('input').focus(), 0")
    field = f"{panel.row('demand of ads')}.querySelector('input[type=range]')"
    browser.value(f"{field}.focus(), 0")
    browser.keys(RIGHT, RIGHT, RIGHT, LEFT)
    browser.wait(f"{field}.value === '2'")
    panel.settled()
    assert panel.sets() == ["workloads.ads.demand.2026Q1=60.84 Msample/s"]
    check_agrees(panel, solved(SCENARIOS / "quickstart.yaml", panel.sets()))


def test_of_many_moves_the_last_one_is_answered(browser: Browser, write: Write) -> None:
    panel = Panel(browser, write(SCENARIOS / "meta_2026.yaml"))
    field = f"{panel.row('capex budget 2026')}.querySelector('input[type=range]')"
    browser.value(
        f"""(async () => {{
            for (let place = -20; place <= 30; place += 2) {{
                {field}.value = place;
                {field}.dispatchEvent(new Event("input"));
                await new Promise((done) => setTimeout(done, 30));
            }}
        }})()"""
    )
    panel.settled()
    check_agrees(panel, solved(SCENARIOS / "meta_2026.yaml", panel.sets()))
    asked = int(browser.value("document.getElementById('what-if').dataset.answer"))
    assert asked < 26  # those that were overtaken were never asked


def test_what_cannot_be_copied_is_shown_selected(
    browser: Browser, write: Write
) -> None:
    panel = Panel(browser, write(SCENARIOS / "quickstart.yaml"))
    browser.value(
        "Object.defineProperty(navigator, 'clipboard', {configurable: true, "
        "value: {writeText: () => Promise.reject(new Error('no'))}}), 0"
    )
    panel.drag("power of ohio", 10)
    panel.press("command")
    browser.wait("!document.getElementById('what-if-text').hidden")
    area = "document.activeElement"
    assert browser.value(f"{area}.tagName") == "TEXTAREA"
    selected = f"{area}.value.slice({area}.selectionStart, {area}.selectionEnd)"
    assert browser.value(selected).endswith("--set 'sites.ohio.power=25.72 MW'")


def test_a_solver_that_does_not_start_is_said(
    browser: Browser, write: Write, tmp_path: Path
) -> None:
    text = write(SCENARIOS / "quickstart.yaml").read_text("utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace('"wasm":"H4s', '"wasm":"AAA'), encoding="utf-8")
    panel = Panel(browser, broken)
    assert panel.text("result").startswith("The plan could not be found: ")
    assert set(panel.metrics().values()) == {None}
    browser.errors()  # which the browser reports, too


def test_a_browser_that_finds_another_plan_says_so(
    browser: Browser, write: Write, tmp_path: Path
) -> None:
    text = write(SCENARIOS / "quickstart.yaml").read_text("utf-8")
    other = tmp_path / "other.html"
    text = text.replace('"objective_usd":2', '"objective_usd":3')
    other.write_text(text, encoding="utf-8")
    assert "do not trust" in Panel(browser, other).text("result")


def test_names_of_files_are_text_in_the_page_and_one_word_in_the_command(
    browser: Browser, write: Write, tmp_path: Path
) -> None:
    path = tmp_path / "it's <b>&amp; $(true).yaml"
    shutil.copy(SCENARIOS / "quickstart.yaml", path)
    panel = Panel(browser, write(path))
    panel.drag("power of ohio", 10)
    assert panel.command()[:3] == ["planner", "solve", str(path)]
    assert panel.sets() == ["sites.ohio.power=25.72 MW"]


def test_the_charts_show_the_changed_plan(browser: Browser, write: Write) -> None:
    panel = Panel(browser, write(SCENARIOS / "quickstart.yaml"))
    browser.wait("document.documentElement.dataset.drawn === 'yes'")
    names = ("fleet", "power", "capex", "work")
    for name in names:
        box = f"[data-what-if={name}]"
        browser.wait(f"document.querySelector('{box} .main-svg')")
        assert colours(browser.picture(box)) > COLOURS
    before = browser.picture("[data-what-if=power]")
    panel.drag("power budget 2026Q1", 80)
    browser.wait("document.querySelector('[data-what-if=power]').data.at(-1).y[0] > 20")
    assert browser.picture("[data-what-if=power]") != before


def test_everybody_can_read_and_use_it(browser: Browser, write: Write) -> None:
    try:
        axe = files_of(AXE, ["axe.min.js"], "the test")["axe.min.js"].decode()
    except UsageError as error:
        pytest.skip(str(error))
    panel = Panel(browser, write(SCENARIOS / "quickstart.yaml"))
    panel.type("power budget 2026Q1", 6.5)
    assert browser.violations(axe, RULES) == []
    panel.type("power budget 2026Q1", 14)
    for scheme in ("light", "dark"):
        browser.prefer(scheme)
        assert browser.violations(axe, RULES) == []
    browser.prefer("light")
