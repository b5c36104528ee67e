"""Calendar spans: a month, a quarter or a year, and horizons made of them.

Calendar arithmetic counts months, never hours: a quarter is three months however
long they are. Hours come from the calendar alone, leap years included.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

MONTHS_OF_A_YEAR = 12
MONTHS_OF_A_QUARTER = 3
HOURS_OF_A_DAY = 24
SECONDS_OF_AN_HOUR = 3600

_SPAN = re.compile(
    r"(?P<year>(?:19|20|21)[0-9]{2})(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?"
)


def is_span(text: str) -> bool:
    """Return whether the text is a span: ``2026``, ``2026Q1`` or ``2026-01``."""
    return _SPAN.fullmatch(text) is not None


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A calendar month, quarter or year; ordered by start, the shorter first.

    Attributes:
        first_month: Year * 12 + month - 1 of its first month.
        months: Its length, 1, 3 or 12.
    """

    first_month: int
    months: int

    @classmethod
    def parse(cls, text: object) -> Self:
        """Return the span written as ``2026Q1``, ``2026`` or ``2026-01``.

        Args:
            text: The text; a year may also be an int, as YAML reads it.

        Raises:
            ValueError: It is anything else.
        """
        match = _SPAN.fullmatch(_text(text))
        if match is None:
            msg = f"'{_text(text)}' is not a period; write e.g. 2026Q1, 2026 or 2026-01"
            raise ValueError(msg)
        january = int(match["year"]) * MONTHS_OF_A_YEAR
        if match["quarter"]:
            offset = (int(match["quarter"]) - 1) * MONTHS_OF_A_QUARTER
            return cls(january + offset, MONTHS_OF_A_QUARTER)
        if match["month"]:
            return cls(january + int(match["month"]) - 1, 1)
        return cls(january, MONTHS_OF_A_YEAR)

    @property
    def label(self) -> str:
        """The text that ``parse`` reads back to this span."""
        offset = self.first_month % MONTHS_OF_A_YEAR
        if self.months == MONTHS_OF_A_YEAR:
            return str(self.year)
        if self.months == MONTHS_OF_A_QUARTER:
            return f"{self.year}Q{offset // MONTHS_OF_A_QUARTER + 1}"
        return f"{self.year}-{offset + 1:02d}"

    @property
    def year(self) -> int:
        """The calendar year in which the span starts."""
        return self.first_month // MONTHS_OF_A_YEAR

    @property
    def end_month(self) -> int:
        """The first month after the span, counted as ``first_month`` is."""
        return self.first_month + self.months

    @property
    def first_day(self) -> date:
        """The first day of the span; its text is ISO 8601, ``2026-01-01``."""
        return _first_day(self.first_month)

    @property
    def hours(self) -> int:
        """The hours of the span by the calendar, without clock changes."""
        return (_first_day(self.end_month) - self.first_day).days * HOURS_OF_A_DAY

    def next(self) -> Self:
        """Return the span of the same length that follows."""
        return type(self)(self.end_month, self.months)

    def __str__(self) -> str:
        """Return the label."""
        return self.label


def months_between(earlier: Span, later: Span) -> int:
    """Return the months from the start of one span to the start of another.

    Negative where the second starts first.
    """
    return later.first_month - earlier.first_month


def horizon(start: Span, periods: int) -> tuple[Span, ...]:
    """Return consecutive spans of the length of ``start``, beginning with it.

    Args:
        start: The first period.
        periods: How many, at least 1.

    Raises:
        ValueError: ``periods`` is less than 1.
    """
    if periods < 1:
        msg = f"a horizon of {periods} periods is empty; write 1 or more"
        raise ValueError(msg)
    return tuple(
        Span(start.first_month + index * start.months, start.months)
        for index in range(periods)
    )


def _first_day(month: int) -> date:
    year, offset = divmod(month, MONTHS_OF_A_YEAR)
    return date(year, offset + 1, 1)


def _text(value: object) -> str:
    is_year = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_year or isinstance(value, str) else repr(value)
