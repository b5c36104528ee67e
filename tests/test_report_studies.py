"""What a report says of a sweep's runs: tornado, curves, maps, alternatives."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.errors import InputError
from planner.report.build import report_of
from planner.report.charts import Bars, Cells, Line, Rows, Spans
from planner.report.record import Section
from planner.report.studies import studies_of
from planner.report.subject import Subject, subjects_of

TEXT_OF_PRODUCT = """\
name: product
horizon: {start: 2026, periods: 1}
accelerators: [chip]
sites: [{name: here, power: 1 MW, pue: 1, electricity: 0 USD/MWh, carbon: 0 kg/kWh}]
supply: {chip: 0}
fleet: [{site: here, accelerator: chip, count: 100, installed: 2026}]
workloads:
  - name: chat
    kind: inference
    demand: 100 request/s
    throughput: {chip: 10 request/s}
    value: {value: 1000 USD/Mrequest, low: 1 USD/Mrequest}
alternatives:
  - {name: busy, set: {workloads.chat.demand: 300 request/s}}
"""
CHIP = """\
name: chip
vendor: acme
runs: [llm_inference]
power: {nameplate: 1 kW, active: 1 kW, idle: 1 kW}
price: {system: 1 kUSD}
lifetime: 4 year
"""
DEMAND, VALUE, POWER = (
    "workloads.chat.demand",
    "workloads.chat.value",
    "sites.here.power",
)
YEARLY_USD = 1000e-6 * 365 * 86400
"""What serving one request a second earns in a year."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hardware").mkdir()
    (tmp_path / "hardware" / "chip.yaml").write_text(CHIP, encoding="utf-8")
    path = tmp_path / "product.yaml"
    path.write_text(TEXT_OF_PRODUCT, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> None:
    result = CliRunner().invoke(
        app, [*arguments, "--data-dir", ".", "--store", "runs.db", "-q"]
    )
    assert result.exit_code == 0, result.output


def subject_of(*overrides: str) -> Subject:
    (subject,) = subjects_of(["product.yaml"], overrides, ["."])
    return subject


def studied(*overrides: str) -> Section:
    subject = subject_of(*overrides)
    report = report_of([subject], studies_of("runs.db", subject))
    (section,) = [each for each in report.sections if each.name == "studies"]
    return section


@pytest.mark.usefixtures("folder")
def test_a_tornado_has_the_ends_of_every_input() -> None:
    inputs = ["--input", DEMAND, "--input", VALUE, "--by", "20%"]
    run("sensitivity", "product.yaml", *inputs)
    section = studied()
    (spans,) = section.views[0].chart.series
    assert isinstance(spans, Spans)
    profit = 100 * YEARLY_USD
    unit = 1e6
    assert section.views[0].chart.x.unit == "MUSD"
    assert spans.base == pytest.approx(profit / unit)
    assert set(spans.labels) == {DEMAND, VALUE}
    for ends in (spans.low, spans.high):
        share = 0.8 if ends is spans.low else 1.2
        assert ends == pytest.approx([share * profit / unit] * 2)
    assert spans.texts[spans.labels.index(DEMAND)] == ("80 request/s", "120 request/s")
    (table,) = [each for each in section.tables if each.name == "tornado"]
    rows = {row[0]: row for row in table.rows}
    assert rows[DEMAND][1:4] == (80.0, 120.0, "request/s")
    assert rows[DEMAND][6] == pytest.approx(0.4 * profit)
    assert section.text == "9 runs of runs.db."
    run("sensitivity", "product.yaml", *inputs)
    assert studied() == section


@pytest.mark.usefixtures("folder")
def test_a_frontier_goes_through_the_runs_and_the_plan() -> None:
    run("sweep", "product.yaml", "--vary", f"{POWER}=0.05 MW..2 MW in 4")
    section = studied()
    views = {view.name: view for view in section.views}
    (line,) = views[f"frontier of {POWER}"].chart.series
    assert isinstance(line, Line)
    assert line.x == pytest.approx([0.05, 0.7, 1, 1.35, 2])
    profit = pytest.approx(100 * YEARLY_USD / 1e6)
    assert list(line.y) == [None, profit, profit, profit, profit]
    assert "; 1 has no plan." in views[f"frontier of {POWER}"].words


@pytest.mark.usefixtures("folder")
def test_two_inputs_are_a_map_and_alternatives_are_bars() -> None:
    values = [f"{DEMAND}=100 request/s..200 request/s in 2"]
    values += [f"{VALUE}=1000 USD/Mrequest..3000 USD/Mrequest in 3"]
    run("sweep", "product.yaml", "--vary", values[0], "--vary", values[1])
    run("sweep", "product.yaml", "--alternative", "busy")
    views = {view.name: view for view in studied().views}
    (cells,) = views[f"map of {DEMAND} and {VALUE}"].chart.series
    assert isinstance(cells, Cells)
    assert (list(cells.x), list(cells.y)) == (
        ["100", "200"],
        ["1,000", "2,000", "3,000"],
    )
    for up, row in enumerate(cells.values, 1):
        assert row == pytest.approx([x * up * YEARLY_USD / 1e6 for x in (100, 200)])
    (bars,) = views["alternatives"].chart.series
    assert isinstance(bars, Rows)
    assert list(bars.labels) == ["busy"]
    assert bars.x == pytest.approx([300 * YEARLY_USD / 1e6])


@pytest.mark.usefixtures("folder")
def test_a_store_of_other_inputs_is_refused() -> None:
    run("sweep", "product.yaml", "--vary", f"{DEMAND}=1 request/s..2 request/s in 2")
    with pytest.raises(InputError, match="with other inputs than product"):
        studied(f"{VALUE}=900 USD/Mrequest")
    with pytest.raises(InputError, match="of scenario 'product', not of 'other'"):
        studied("name=other")
    with pytest.raises(InputError, match="does not exist"):
        studies_of("nowhere.db", subject_of())


def test_confidential_inputs_are_in_no_picture_of_runs(folder: Path) -> None:
    text = TEXT_OF_PRODUCT.replace("low: 1 USD/Mrequest", "confidential: true")
    (folder / "product.yaml").write_text(text, encoding="utf-8")
    inputs = ["--input", DEMAND, "--input", VALUE]
    run("sensitivity", "product.yaml", *inputs)
    section = studied()
    (spans,) = section.views[0].chart.series
    assert isinstance(spans, Spans)
    assert list(spans.labels) == [DEMAND]
    (table,) = [each for each in section.tables if each.name == "studies"]
    sets = {str(row[0]) for row in table.rows}
    assert f"{VALUE}=…" in sets
    assert not any("Mrequest" in each for each in sets)


@pytest.mark.usefixtures("folder")
def test_draws_are_a_histogram() -> None:
    text = TEXT_OF_PRODUCT + (
        "uncertainty:\n  inputs:\n"
        f"    - path: {DEMAND}\n"
        "      uniform: {low: 50 request/s, high: 150 request/s}\n"
        f"    - path: {VALUE}\n"
        "      uniform: {low: 800 USD/Mrequest, high: 1200 USD/Mrequest}\n"
        f"    - path: {POWER}\n"
        "      uniform: {low: 1 MW, high: 2 MW}\n"
    )
    Path("product.yaml").write_text(text, encoding="utf-8")
    run("sweep", "product.yaml", "--sample", "32")
    views = {view.name: view for view in studied().views}
    (bars,) = views["spread"].chart.series
    assert isinstance(bars, Bars)
    assert sum(bars.heights) == 32
