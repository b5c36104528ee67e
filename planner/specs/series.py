"""Values over time: levels that hold, and amounts that a span may use up."""

from collections.abc import Sequence
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from planner.periods import Span
from planner.records import dataclass
from planner.specs.fields import Unit, refuse
from planner.units import Quantity, magnitude, parse

_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
_NOTHING = frozenset({"0", "0.0"})


@dataclass(frozen=True, slots=True)
class Growth:
    """Compound growth: ``rate`` per ``months`` months."""

    rate: float
    months: int

    @classmethod
    def read(cls, value: Any) -> "Growth":
        """Return the growth written as e.g. ``8 %/quarter``.

        Raises:
            ValueError: It is no rate per month, quarter or year, or takes
                everything away.
        """
        example = "8 %/quarter"
        quantity = parse(value, "1/month", example)
        ends = (word for word in _MONTHS_OF if str(value).endswith(f"/{word}"))
        unit = next(ends, None)
        if unit is None:
            msg = f"{value!r} does not end in /month, /quarter or /year"
            raise ValueError(f"{msg}; write e.g. {example!r}")
        rate = magnitude(quantity, f"1/{unit}")
        if rate <= -1:
            msg = f"{value!r} leaves nothing; write more than -100 %"
            raise ValueError(msg)
        return cls(rate, _MONTHS_OF[unit])

    def factor(self, months: float) -> float:
        """Return the factor that ``months`` months of growth give."""
        return float((1 + self.rate) ** (months / self.months))


@dataclass(frozen=True, slots=True)
class Step:
    """The value that a series takes from (or for) a span; None: always."""

    span: Span | None
    value: Quantity


@dataclass(frozen=True, slots=True)
class Series:
    """A value over time, as written: one constant, or steps with a span each.

    Attributes:
        steps: In order of time.
        growth: Growth since the latest step (levels only), or None.
    """

    steps: tuple[Step, ...]
    growth: Growth | None = None

    @property
    def constant(self) -> bool:
        """Return whether the series was written as one value without a span."""
        return self.steps[0].span is None

    def level(self, period: Span) -> Quantity | None:
        """Return the level that holds in ``period``; None before the first key.

        A key finer than the periods takes effect in the first period that
        starts at or after it (formats §1).
        """
        latest: Step | None = None
        for step in self.steps:
            if step.span is None or step.span.first_month <= period.first_month:
                latest = step
        if latest is None:
            return None
        if self.growth is None or latest.span is None:
            return latest.value
        months = period.first_month - latest.span.first_month
        value = latest.value
        # Pint multiplies by a number at twice this cost.
        return Quantity(value.magnitude * self.growth.factor(months), value.units)

    def amounts(self, horizon: Sequence[Span]) -> list[tuple[Span, Quantity]]:
        """Return one amount for each span that meets the horizon, in order.

        Every key's amount holds for its span and for the following spans of
        the same length until the next key.
        """
        first, last = horizon[0].first_month, horizon[-1].end_month
        found: list[tuple[Span, Quantity]] = []
        for number, step in enumerate(self.steps):
            if step.span is None:
                return [(period, step.value) for period in horizon]
            following = self.steps[number + 1 :]
            stop = following[0].span.first_month if following else last  # type: ignore[union-attr]  # steps after a spanned one have spans
            span = step.span
            while span.first_month < min(stop, last):
                if span.end_month > first:
                    found.append((span, step.value))
                span = span.next()
        return found


@dataclass(frozen=True, slots=True)
class SeriesOf:
    """Annotation of a field that holds a series of ``unit``.

    Attributes:
        unit: What every value must convert to.
        amount: Whether values are amounts per span (budgets) and not levels.
    """

    unit: Unit
    amount: bool = False

    def read(self, value: Any) -> Series:
        """Return the series that ``value`` writes.

        Raises:
            PydanticCustomError: A key or a value is wrong; the place is named.
        """
        if isinstance(value, Series):
            return value
        if not isinstance(value, dict):
            return self._constant(value)
        growth = self._growth(value.get("growth"))
        steps = [
            self._step(key, entry) for key, entry in value.items() if key != "growth"
        ]
        if not steps:
            example = f"{{2026Q1: {self.unit.example}}}"
            raise refuse(f"no period is given; write e.g. {example}")
        self._check_lengths(steps)
        ordered = sorted(steps, key=lambda step: step.span.first_month)  # type: ignore[union-attr]  # every step here has a span
        return Series(tuple(ordered), growth)

    def _constant(self, value: Any) -> Series:
        written = value
        if self.amount and str(value) in _NOTHING:
            written = f"0 {self.unit.symbol}"
        try:
            quantity = self.unit.read(written)
        except ValueError as error:
            raise refuse(str(error)) from None
        if self.amount and quantity.magnitude != 0:
            example = f"{{2026: {value}}}"
            raise refuse(f"{value!r} does not say for which span; write e.g. {example}")
        return Series((Step(None, quantity),))

    def _growth(self, value: Any) -> Growth | None:
        if value is None:
            return None
        if self.amount:
            raise refuse("an amount per span cannot grow; write each span", "growth")
        try:
            return Growth.read(value)
        except ValueError as error:
            raise refuse(str(error), "growth") from None

    def _step(self, key: str, value: Any) -> Step:
        try:
            return Step(Span.parse(key), self.unit.read(value))
        except ValueError as error:
            raise refuse(str(error), key) from None

    def _check_lengths(self, steps: list[Step]) -> None:
        lengths = {step.span.months for step in steps if step.span}
        if len(lengths) > 1:
            raise refuse("spans of different lengths; write all as years or quarters")

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate with ``read``; describe as a quantity or a mapping."""
        return core_schema.no_info_plain_validator_function(
            self.read, metadata={"pydantic_js_functions": [self._schema]}
        )

    def _schema(self, _core: CoreSchema, _handler: Any) -> dict[str, Any]:
        return {
            "description": f"series of quantities in {self.unit.symbol}",
            "anyOf": [
                {"type": ["string", "number"], "examples": [self.unit.example]},
                {
                    "type": "object",
                    "examples": [{"2026Q1": self.unit.example}],
                    "additionalProperties": {"type": ["string", "number"]},
                },
            ],
        }
