"""Charts in files: what they say, that they are the same each time, what is refused."""

import importlib.util
from pathlib import Path

import pytest

from planner.errors import InputError, UsageError
from planner.report import charts
from planner.report.charts import (
    Axis,
    Bars,
    Cells,
    Chart,
    Line,
    Rows,
    Spans,
    cell_text,
    histogram,
    scaled,
    shares_below,
    write_chart,
)
from planner.report.interactive import figure, page

MONEY = Axis("profit", "MUSD")
LINE = Line("as it is", (40, 60, 80), (1.2, None, 1.5), points=True)
SPANS = Spans(
    ("sites.ohio.pue", "budgets.power"),
    (210.0, 190.0),
    (230.0, None),
    222.0,
    (("1.1", "1.3"), ("10 MW", "20 MW")),
)
CELLS = Cells(("2026", "2027"), ("1 MW", "2 MW"), ((1, 2), (None, 4)), MONEY)
CHARTS = {
    "line": Chart(
        "What money is worth",
        Axis("capital budget", "GUSD"),
        MONEY,
        (LINE, Line("words", ("2026", "2027"), (1, 2))),
        note="gaps have no plan",
    ),
    "heat map": Chart("Both", Axis("year"), Axis("power", "MW"), (CELLS,)),
    "tornado": Chart("Which inputs matter", MONEY, Axis(""), (SPANS,)),
    "histogram": histogram("Samples", MONEY, [1.0, 2.0, 2.5, 4.0]),
    "shares": shares_below("Samples", MONEY, [4.0, 1.0, 2.0]),
}
WORDS = {
    "line": ("What money is worth", "capital budget [GUSD]", "gaps have no plan"),
    "heat map": ("Both", "power [MW]", "profit [MUSD]", "no plan"),
    "tornado": ("Which inputs matter", "sites.ohio.pue", "budgets.power"),
    "histogram": ("profit [MUSD]", "samples"),
    "shares": ("samples at or below [%]",),
}
NEEDS = {".png": "matplotlib", ".svg": "matplotlib", ".html": "plotly"}


@pytest.mark.parametrize("suffix", [".png", ".svg", ".html"])
@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_gives_the_same_file_each_time(
    kind: str, suffix: str, tmp_path: Path
) -> None:
    pytest.importorskip(NEEDS[suffix], reason="the extra `plot` is not installed")
    files = [tmp_path / f"{name}{suffix}" for name in ("first", "second")]
    for file in files:
        write_chart(str(file), CHARTS[kind])
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("kind", CHARTS)
def test_a_picture_says_what_it_shows(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plot` is not installed")
    write_chart(str(tmp_path / "chart.svg"), CHARTS[kind])
    text = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert [word for word in WORDS[kind] if word not in text] == []


@pytest.mark.parametrize("kind", CHARTS)
def test_a_page_says_what_it_shows_without_the_network(
    kind: str, tmp_path: Path
) -> None:
    pytest.importorskip("plotly", reason="the extra `plot` is not installed")
    write_chart(str(tmp_path / "chart.html"), CHARTS[kind])
    text = (tmp_path / "chart.html").read_text(encoding="utf-8")
    assert [word for word in WORDS[kind] if word not in text] == []
    assert "<script src=" not in text.replace('charset="utf-8" ', "")


def test_a_page_holds_the_numbers_of_its_chart() -> None:
    low, high = figure(CHARTS["tornado"])["data"]
    assert (low["x"], high["x"]) == ([-12.0, -32.0], [8.0, None])
    assert low["y"][0] == "sites.ohio.pue<br>1.1 … 1.3"
    (cells,) = figure(CHARTS["heat map"])["data"]
    assert cells["z"] == [[1, 2], [None, 4]]
    assert cells["text"] == [["1", "2"], ["no plan", "4"]]


def test_years_in_words_are_no_numbers() -> None:
    assert figure(CHARTS["heat map"])["layout"]["xaxis"]["type"] == "category"
    assert "type" not in figure(CHARTS["histogram"])["layout"]["xaxis"]


def test_samples_are_counted_and_ordered() -> None:
    (bars,) = CHARTS["histogram"].series
    assert isinstance(bars, Bars)
    assert (sum(bars.heights), bars.edges[0], bars.edges[-1]) == (4, 1.0, 4.0)
    (line,) = CHARTS["shares"].series
    assert isinstance(line, Line)
    assert list(zip(line.x, line.y, strict=True))[1:] == [
        (1.0, pytest.approx(100 / 3)),
        (2.0, pytest.approx(200 / 3)),
        (4.0, pytest.approx(100)),
    ]


def test_money_takes_the_prefix_of_the_largest() -> None:
    assert scaled("USD", [2e6, None, -4.5e6]) == ("MUSD", [2.0, None, -4.5])
    assert scaled("t", [2e6]) == ("t", [2e6])
    assert cell_text(0.123456) == "0.123"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("chart.pdf", "charts are written as PNG, SVG or HTML"),
        ("chart.svg/", "charts are written as PNG, SVG or HTML"),
        ("none/chart.svg", "does not exist"),
        ("folder.svg", "is a folder"),
    ],
)
def test_a_name_that_cannot_be_written_is_refused(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.svg").mkdir()
    with pytest.raises(InputError, match=said):
        charts.check_chart_path(name)


def test_a_missing_library_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"\.html needs plotly; pip install 'fleet-"):
        charts.check_chart_path("chart.html")


def test_a_chart_alone_fills_its_window_unless_it_is_higher() -> None:
    pytest.importorskip("plotly", reason="the extra `plot` is not installed")
    low = Chart("Low", MONEY, Axis(""), (Rows("worth", ("a", "b"), (1.0, 2.0)),))
    names = tuple(f"name {n}" for n in range(40))
    high = Chart("High", MONEY, Axis(""), (Rows("worth", names, (1.0,) * 40),))
    heights = [figure(each)["layout"]["height"] for each in (low, high)]
    assert f'"height":{heights[0]}' not in page(low)
    assert f'"height":{heights[1]}' in page(high)
