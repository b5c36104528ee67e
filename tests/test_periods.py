"""Calendar spans and horizons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.periods import Span, horizon, is_span, months_between

JANUARY_2026 = 2026 * 12

READ = [
    ("2026", JANUARY_2026, 12, "2026"),
    (2026, JANUARY_2026, 12, "2026"),
    ("2026Q1", JANUARY_2026, 3, "2026Q1"),
    ("2026Q4", JANUARY_2026 + 9, 3, "2026Q4"),
    ("2026-01", JANUARY_2026, 1, "2026-01"),
    ("2026-12", JANUARY_2026 + 11, 1, "2026-12"),
]


@pytest.mark.parametrize(("text", "first_month", "months", "label"), READ)
def test_reads(text: object, first_month: int, months: int, label: str) -> None:
    """A span knows where it starts, how long it is and how it is written."""
    span = Span.parse(text)
    assert (span.first_month, span.months) == (first_month, months)
    assert span.label == str(span) == label
    assert is_span(label)


REFUSED = [
    "2026Q5", "2026Q0", "2026q1", "2026-Q1", "2026-13", "2026-00", "2026-1", "26", "",
    "2026-01-01", " 2026", "2026\n", "3026", "0000", "२०२६", "2026Q1Q2",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refuses(text: str) -> None:
    """Anything else is refused with an example."""
    with pytest.raises(ValueError, match="is not a period") as caught:
        Span.parse(text)
    assert str(caught.value) == (
        f"'{text}' is not a period; write e.g. 2026Q1, 2026 or 2026-01"
    )
    assert not is_span(text)


@pytest.mark.parametrize("value", [None, True, 2026.0, 12, ["2026"]])
def test_refuses_other_types(value: object) -> None:
    """A bool or a float is no year."""
    with pytest.raises(ValueError, match="is not a period"):
        Span.parse(value)


HOURS = [
    ("2026", 8760), ("2024", 8784), ("2000", 8784), ("1900", 8760), ("2026Q1", 2160),
    ("2024Q1", 2184), ("2026-02", 672), ("2024-02", 696), ("2026-12", 744),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hours"), HOURS)
def test_hours_follow_the_calendar(text: str, hours: int) -> None:
    """Leap years count."""
    assert Span.parse(text).hours == hours


def test_relations() -> None:
    """Ordering and counting are by months."""
    year, quarter, month = map(Span.parse, ("2026", "2026Q1", "2026-04"))
    assert quarter.end_month == month.first_month
    assert sorted([month, year, quarter]) == [quarter, year, month]
    assert months_between(quarter, month) == 3
    assert months_between(month, quarter) == -3
    assert str(month.first_day) == "2026-04-01"
    assert month.year == 2026


def test_horizon() -> None:
    """Periods follow each other and keep their length."""
    spans = horizon(Span.parse("2026Q3"), 4)
    assert [span.label for span in spans] == ["2026Q3", "2026Q4", "2027Q1", "2027Q2"]
    with pytest.raises(ValueError, match="write 1 or more"):
        horizon(spans[0], 0)


spans = st.builds(
    lambda index, months: Span(JANUARY_2026 + index * months, months),
    st.integers(0, 60),
    st.sampled_from([1, 3, 12]),
)


@given(spans)
def test_label_reads_back(span: Span) -> None:
    """Every span prints as a text that reads back to it."""
    assert Span.parse(span.label) == span


@given(spans, st.integers(1, 24))
def test_hours_add_up(span: Span, periods: int) -> None:
    """The hours of a horizon are those of its months, whatever the period."""
    whole = horizon(span, periods)
    months = horizon(Span(span.first_month, 1), span.months * periods)
    assert sum(each.hours for each in whole) == sum(each.hours for each in months)
    assert whole[-1].end_month == span.first_month + span.months * periods
