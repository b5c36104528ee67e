"""Bars and trends in the tables of `solve`: what they show, and where none are."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.cli.format import bar, trend
from planner.cli.tables import Column, Screen, Table

QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
TABLE = Table(
    "",
    (
        Column("name"),
        Column("used", number=True),
        Column("", extra=True),
        Column("trend", extra=True),
    ),
    [["hall", "50 %", "████░░░░", "▁▄█"], ["budget", "100 %", "████████", ""]],
)


@pytest.mark.parametrize(
    ("share", "signs", "ascii_signs"),
    [
        (None, "░░░░░░░░", "........"),
        (0, "░░░░░░░░", "........"),
        (0.5, "████░░░░", "####...."),
        (0.58, "████▌░░░", "####...."),
        (0.9999, "███████▌", "#######."),
        (1, "████████", "########"),
        (1.2, "████████", "########"),
    ],
)
def test_bar(share: float | None, signs: str, ascii_signs: str) -> None:
    """Only what is full looks full; a half is the smallest step."""
    assert bar(share, plain=False) == signs
    assert bar(share, plain=True) == ascii_signs


@pytest.mark.parametrize(
    ("shares", "signs"),
    [
        ([], ""),
        ([0.5], ""),
        ([0, 1e-9, 0.001, 0.5, 0.999, 1, 1.1], "▁▁▂▅▇██"),
    ],
)
def test_trend(shares: list[float], signs: str) -> None:
    """The lowest sign is nothing at all, the highest all; one period has no trend."""
    assert trend(shares) == signs


@pytest.mark.parametrize(("of_several", "sign"), [(max, "█"), (min, "▁")])
def test_trend_of_many_periods(
    of_several: Callable[[Sequence[float]], float], sign: str
) -> None:
    """Periods that share a sign do not hide the one that matters."""
    monthly = [0.5] * 60
    monthly[31] = 1.0 if of_several is max else 0.0
    signs = trend(monthly, of_several)
    assert len(signs) == 24
    assert signs.count(sign) == 1
    assert signs.count("▅") == 23


def printed(capsys: pytest.CaptureFixture[str], table: Table) -> list[str]:
    Screen().table(table)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("columns", "first"),
    [
        (80, "hall     50 %  ████░░░░  ▁▄█"),
        (27, "hall     50 %  ▁▄█"),
        (20, "hall     50 %  ▁▄█"),
        (19, "hall     50 %"),
        (5, "hall     50 %"),
    ],
)
def test_narrow_terminals_have_no_pictures(
    columns: int,
    first: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bar goes first, then the trend; text and numbers stay."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert printed(capsys, TABLE)[2] == first


def test_a_column_without_any_picture_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A plan of one period has no trend."""
    rows = [[*row[:3], ""] for row in TABLE.rows]
    table = Table("", TABLE.columns, rows)
    assert "trend" not in printed(capsys, table)[0]


def lines_of(*arguments: str, charset: str = "utf-8") -> list[str]:
    environment = {"COLUMNS": "80"}
    runner = CliRunner(charset=charset, env=environment)
    return runner.invoke(
        app, ["solve", str(QUICKSTART), *arguments]
    ).stdout.splitlines()


def line_of(lines: Sequence[str], *starts: str) -> str:
    return next(line for line in lines if line.split()[: len(starts)] == [*starts])


def test_solve_shows_bars_and_trends() -> None:
    """Shares of the fleet, what stood, how limits are used and what is served."""
    lines = lines_of()
    assert line_of(lines, "h100", "1,084").endswith("8,000  █████░░░")
    assert line_of(lines, "b200", "+416").endswith("  ▁▃██")
    assert "100 %  ████████  ▇█▆▆ " in line_of(lines, "power_budget")
    assert "100 %  ████████       " in line_of(lines, "capex_budget")
    assert "85.4 %  ▅▇█▇   65.3 %" in line_of(lines, "assistant", "16")


@pytest.mark.parametrize("form", ["-q", "--json"])
def test_no_picture_where_none_is_asked_for(form: str) -> None:
    """One line, or a document."""
    text = "\n".join(lines_of(form))
    assert not set("▁▂▃▄▅▆▇█░▌") & set(text)


def test_ascii_terminals_have_bars_alone() -> None:
    """No sign stands for a trend, so none is shown."""
    lines = lines_of(charset="ascii")
    assert "100 %  ########  " in line_of(lines, "power_budget")
    assert not any("trend" in line for line in lines)
    assert not any("?" in line for line in lines)
