"""The headline: the figures of a plan, and how they differ from a baseline's."""

from collections.abc import Callable, Iterator

from planner.numerals import change, count, money, percent, power, scaled
from planner.plan.plan import Plan
from planner.plan.rows import Metrics
from planner.plan.words import WORTH
from planner.records import dataclass
from planner.report.record import Card

SAME = 1e-9
"""Relative difference that is none."""
_POINT = 0.01
Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric as a headline shows it.

    Attributes:
        name: Of the field of ``Metrics``.
        label: In words.
        write: Returns a value in words.
        less_is_better: None: neither more nor less is.
        unit: Of its numbers, as a table needs it.
    """

    name: str
    label: str
    write: Write
    less_is_better: bool | None
    unit: str


def _energy(mwh: float) -> str:
    return scaled(mwh * 1e6, "Wh")


def _carbon(tonnes: float) -> str:
    return f"{count(tonnes)} t"


FIGURES = (
    Figure("profit_usd", "Profit, present value", money, False, "USD"),  # noqa: FBT003 - a record's field
    Figure("cost_usd", "Cost, present value", money, True, "USD"),  # noqa: FBT003 - as above
    Figure("capex_usd", "Capex, nominal", money, True, "USD"),  # noqa: FBT003 - as above
    Figure("opex_usd", "Opex, nominal", money, True, "USD"),  # noqa: FBT003 - as above
    Figure("peak_power_mw", "Peak power", power, True, "MW"),  # noqa: FBT003 - as above
    Figure("energy_mwh", "Energy", _energy, True, "MWh"),  # noqa: FBT003 - as above
    Figure("accelerators", "Accelerators, last period", count, None, "accelerators"),
    Figure("h100_equivalents", "H100-equivalents", count, None, "H100"),
    Figure("unserved_fraction", "Unmet demand", percent, True, "share"),  # noqa: FBT003 - as above
    Figure("unfinished_runs", "Unfinished runs", count, True, "runs"),  # noqa: FBT003 - as above
    Figure("co2e_t", "CO2e", _carbon, True, "t"),  # noqa: FBT003 - as above
)


def cards_of(plan: Plan, baseline: Plan | None = None) -> tuple[Card, ...]:
    """Return the figures of a plan; none where there is no plan.

    Args:
        plan: What is reported.
        baseline: What it is compared with; None: nothing.
    """
    if plan.metrics is None:
        return ()
    before = None if baseline is None else baseline.metrics
    return tuple(_cards(plan, plan.metrics, before))


def _cards(plan: Plan, metrics: Metrics, before: Metrics | None) -> Iterator[Card]:
    other = {"profit": "cost_usd", "cost": "profit_usd"}[WORTH[plan.objective.mode]]
    for figure in FIGURES:
        if figure.name == other:
            continue
        value = getattr(metrics, figure.name)
        was = None if before is None else getattr(before, figure.name)
        written = "not known" if value is None else figure.write(value)
        if figure.name == "unfinished_runs":
            written = f"{written} of {len(plan.runs)}" if plan.runs else "no runs"
        yield Card(
            figure.name,
            figure.label,
            None if value is None else float(value),
            written,
            *_change(figure, value, was),
        )


def _change(
    figure: Figure, now: float | None, before: float | None
) -> tuple[str, bool | None]:
    """Return a change in words, and whether it is for the better."""
    if now is None or before is None:
        return "", None
    if is_same(now, before):
        return "no change", None
    better = None
    if figure.less_is_better is not None:
        better = (now < before) == figure.less_is_better
    return difference_in_words(figure, now, before), better


def is_same(now: float, before: float) -> bool:
    """Return whether two figures differ by no more than a rounding."""
    return abs(now - before) <= SAME * max(1.0, abs(now), abs(before))


def difference_in_words(figure: Figure, now: float, before: float) -> str:
    """Return a signed change, and its percentage where it is not one of shares."""
    difference = now - before
    sign = "+" if difference > 0 else "-"
    if figure.unit == "share":
        return f"{sign}{count(abs(difference) / _POINT)} points"
    written = f"{sign}{figure.write(abs(difference))}"
    if figure.unit in ("accelerators", "H100", "runs"):
        written = change(difference)
    if not before:
        return written
    return f"{written} ({100 * difference / abs(before):+.1f} %)"
