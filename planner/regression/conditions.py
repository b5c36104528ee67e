"""Conditions on a change, as ``--fail-if`` takes them: ``capex_usd > +5%``."""

import operator
import re
from collections.abc import Callable, Mapping

from planner.documents import suggest
from planner.errors import UsageError
from planner.records import dataclass
from planner.regression.diff import Row
from planner.specs.scenario import METRICS
from planner.units import QuantityError, magnitude, parse

_FORM = re.compile(
    r"\s*(?P<metric>\w+)\s*(?P<sign>>=|<=|>|<)\s*"
    r"(?P<number>[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)\s*(?P<unit>\S*)\s*"
)
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_UNITS = {"usd": "USD", "mw": "MW", "mwh": "MWh", "t": "t"}
"""Unit of a metric, by the last part of its name."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A bound on how much a metric may change.

    Attributes:
        text: As written.
        metric: Which one.
        sign: How the change compares with the bound where the condition holds.
        bound: In the metric's unit, or a share of what was before.
        is_share: Which of the two.
    """

    text: str
    metric: str
    sign: str
    bound: float
    is_share: bool

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Return the condition that a text states.

        Raises:
            UsageError: It states none.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            msg = f"--fail-if {text!r} is no condition; write e.g. 'capex_usd > +5%'"
            raise UsageError(msg)
        metric, unit, number = found["metric"], found["unit"], found["number"]
        if metric not in METRICS:
            hint = suggest(metric, METRICS) or f"known are {', '.join(METRICS)}"
            msg = f"--fail-if {text!r}: there is no metric {metric!r} ({hint})"
            raise UsageError(msg)
        if unit == "%":
            return cls(text, metric, found["sign"], float(number) / 100, is_share=True)
        bound = float(number) if not unit else _in_own_unit(text, metric, number, unit)
        return cls(text, metric, found["sign"], bound, is_share=False)

    def holds(self, row: Row) -> bool:
        """Return whether a metric has changed by that much.

        Raises:
            UsageError: One of the plans does not have it.
        """
        change = row.change
        if change is None:
            msg = f"--fail-if {self.text!r}: one side has no {self.metric}"
            raise UsageError(msg)
        if not row.differs:
            change = 0.0
        if self.is_share:
            if not row.before:
                change = 0.0 if not change else float("inf") * change
            else:
                change /= abs(row.before)
        return _SIGNS[self.sign](change, self.bound)


def _in_own_unit(text: str, metric: str, number: str, unit: str) -> float:
    """Return a number with a unit in the metric's own."""
    own = _UNITS.get(metric.rsplit("_", 1)[-1])
    if own is None:
        msg = f"--fail-if {text!r}: {metric} has no unit; write a number or a %"
        raise UsageError(msg)
    try:
        return magnitude(parse(f"{number} {unit}", own, f"2 {own}"), own)
    except QuantityError as error:
        msg = f"--fail-if {text!r}: {error}"
        raise UsageError(msg) from None
