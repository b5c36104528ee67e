"""Deliveries of an accelerator over time: limits and commitments (formats §4)."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from planner.periods import Span
from planner.records import dataclass
from planner.specs.fields import count, refuse, refuse_key


@dataclass(frozen=True, slots=True)
class SupplyStep:
    """Deliveries that a span allows (None: no limit) and has committed."""

    span: Span | None
    limit: float | None
    committed: float = 0.0


@dataclass(frozen=True, slots=True)
class Supply:
    """Deliveries of one accelerator over time; 0 before the first span."""

    steps: tuple[SupplyStep, ...]

    def spans(self, periods: tuple[Span, ...]) -> list[SupplyStep]:
        """Return limit and commitment of every span that meets the horizon.

        A limit repeats for following spans of its length until the next key;
        a commitment stands for the span of its key alone.
        """
        if self.steps[0].span is None:
            return []
        first, last = periods[0].first_month, periods[-1].end_month
        found = []
        for number, step in enumerate(self.steps):
            following = [s.span for s in self.steps[number + 1 :] if s.span]
            stop = following[0].first_month if following else last
            span, committed = step.span, step.committed
            while span is not None and span.first_month < min(stop, last):
                if span.end_month > first:
                    found.append(SupplyStep(span, step.limit, committed))
                span, committed = span.next(), 0.0
        return found


def _supply(value: Any) -> Supply:
    if isinstance(value, Supply):
        return value
    if not isinstance(value, dict):
        if count(value) != 0:
            message = f"{value!r} does not say for which span"
            raise refuse(f"{message}; write e.g. {{2026Q1: {value}}}")
        return Supply((SupplyStep(None, 0.0),))
    steps = [_supply_step(key, entry) for key, entry in value.items()]
    if not steps:
        raise refuse("no span is given; write e.g. {2026Q1: 60000}")
    if len({step.span.months for step in steps if step.span}) > 1:
        raise refuse("spans of different lengths; write all as years or quarters")
    return Supply(tuple(sorted(steps, key=lambda s: s.span.first_month)))  # type: ignore[union-attr]  # every step here has a span


def _supply_step(key: str, entry: Any) -> SupplyStep:
    try:
        span = Span.parse(key)
    except ValueError as error:
        raise refuse(str(error), key) from None
    if not isinstance(entry, dict):
        return SupplyStep(span, count(entry, key))
    for word in entry:
        if word not in ("limit", "committed"):
            raise refuse_key(("limit", "committed"), key, word)
    limit = count(entry["limit"], key, "limit") if "limit" in entry else None
    committed = count(entry.get("committed", 0), key, "committed")
    if limit is not None and committed > limit:
        raise refuse("more is committed than the limit allows", key, "committed")
    return SupplyStep(span, limit, committed)


SupplyField = Annotated[
    Supply,
    BeforeValidator(_supply),
    Field(json_schema_extra={"examples": [{"2026Q1": 60000}]}),
]
