"""Time as the program counts it: periods from 0, hours exact, years as months/12."""

from dataclasses import dataclass
from functools import cached_property

from planner.economics.money import discount_factor
from planner.periods import Span
from planner.specs.scenario import Scenario

ALL_DAY = "ALL_DAY"
"""In a key in place of a load block: all of them. No block can have this name."""


@dataclass(frozen=True)
class Clock:
    """The periods of one program.

    Attributes:
        labels: Name of each period, e.g. ``2026Q1``, keyed by T.
        spans: The periods themselves, keyed by T.
        months: Months of each period, keyed by T.
        hours: Hours of each period by the calendar, keyed by T.
        start_years: τ_t, years from the horizon's start [year], keyed by T.
        mid_years: The same to each period's middle [year], keyed by T.
        end_years: τ_T, the same to the horizon's end [year].
        blocks: Share of the day of each load block, keyed by B.
        yearly_rate: Discount rate [1/year].
    """

    labels: tuple[str, ...]
    spans: tuple[Span, ...]
    months: tuple[int, ...]
    hours: tuple[float, ...]
    start_years: tuple[float, ...]
    mid_years: tuple[float, ...]
    end_years: float
    blocks: dict[str, float]
    yearly_rate: float

    @classmethod
    def of(cls, scenario: Scenario) -> "Clock":
        """Return the clock of a scenario."""
        spans = scenario.periods
        origin = spans[0].first_month
        starts = tuple((span.first_month - origin) / 12 for span in spans)
        rate = scenario.spec.discount_rate
        return cls(
            labels=tuple(span.label for span in spans),
            spans=spans,
            months=tuple(span.months for span in spans),
            hours=tuple(float(span.hours) for span in spans),
            start_years=starts,
            mid_years=tuple(
                start + span.months / 24
                for start, span in zip(starts, spans, strict=True)
            ),
            end_years=(spans[-1].end_month - origin) / 12,
            blocks=dict(scenario.blocks),
            yearly_rate=0.0 if rate is None else rate.factor(12) - 1,
        )

    @cached_property
    def start_discounts(self) -> tuple[float, ...]:
        """Return the present value of 1 paid when each period starts, keyed by T."""
        return tuple(discount_factor(self.yearly_rate, y) for y in self.start_years)

    @cached_property
    def mid_discounts(self) -> tuple[float, ...]:
        """Return the present value of 1 paid in each period's middle, keyed by T."""
        return tuple(discount_factor(self.yearly_rate, y) for y in self.mid_years)

    @cached_property
    def shares(self) -> dict[str, float]:
        """Return each block's share of the day, and 1 for ``ALL_DAY``."""
        return {**self.blocks, ALL_DAY: 1.0}

    @property
    def count(self) -> int:
        """Return the number of periods."""
        return len(self.labels)

    def within(self, span: Span) -> tuple[int, ...]:
        """Return the periods that start inside a span."""
        return tuple(
            t
            for t, period in enumerate(self.spans)
            if span.first_month <= period.first_month < span.end_month
        )

    def months_since(self, t: int, month: int) -> int:
        """Return the months from ``month`` to the start of period ``t``."""
        return self.spans[t].first_month - month
