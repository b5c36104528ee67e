"""A plan's fleet beside the one that stands."""

import csv
import io
import math
from collections import defaultdict

from planner.documents import read_source
from planner.errors import InputError, Problem, UsageError
from planner.periods import Span
from planner.plan.plan import Plan
from planner.records import dataclass
from planner.regression.diff import Difference, compared
from planner.regression.numbers import rounded
from planner.regression.rows import Cells, Key, periods_of
from planner.regression.sides import Side
from planner.specs.tables import FLEET_COLUMNS


@dataclass(frozen=True, slots=True)
class Inventory:
    """What stands, by an inventory.

    Attributes:
        counts: Accelerators, keyed by site and accelerator.
        latest: When the last ones were installed.
    """

    counts: dict[Key, float]
    latest: Span


def actual_difference(planned: Side, file: str, at: str | None) -> Difference:
    """Return the planned fleet of a period beside the one that stands.

    Args:
        planned: A plan.
        file: CSV with the columns site, accelerator, count, installed.
        at: The period; None: that in which the last ones were installed.

    Raises:
        InputError: The file is no such CSV.
        UsageError: The plan has no such period, or there is no plan.
    """
    inventory = _inventory(file)
    period = _period(planned.plan, at, inventory)
    fleet: Cells = {
        (row.site, row.accelerator): rounded(row.installed)
        for row in planned.plan.fleet
        if row.period == period.label
    }
    rows = list(compared("fleet", fleet, inventory.counts))
    stands = Side(file, planned.plan, planned.expect)
    note = f"fleet of {period}: planned → installed"
    return Difference(planned, stands, rows, (), [note])


def _period(plan: Plan, at: str | None, inventory: Inventory) -> Span:
    """Return the period of the plan that is meant."""
    spans = periods_of(plan)
    if not spans:
        msg = f"the plan is {plan.status}, so it has no fleet to compare"
        raise UsageError(msg)
    if at is None:
        past = [s for s in spans if s.first_month <= inventory.latest.first_month]
        return past[-1] if past else spans[0]
    found = next((span for span in spans if span.label == at), None)
    if found is None:
        msg = f"--at {at}: the plan has the periods {spans[0]} to {spans[-1]}"
        raise UsageError(msg)
    return found


def _inventory(file: str) -> Inventory:
    problems: list[Problem] = []
    source = read_source(file, problems)
    if source is None:
        raise InputError(problems)
    reader = csv.DictReader(io.StringIO(source.text, newline=""), skipinitialspace=True)
    missing = [name for name in FLEET_COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        message = f"has no column {', '.join(missing)}"
        expected = f"name the columns {', '.join(FLEET_COLUMNS)} in line 1"
        raise InputError([Problem(source.shown, 1, 1, "", message, expected)])
    counts: dict[Key, float] = defaultdict(float)
    spans = []
    for row in reader:
        place = source.shown, reader.line_num, 1
        counts[row["site"], row["accelerator"]] += _count(row["count"], place)
        spans.append(_span(row["installed"], place))
    if not spans:
        raise InputError([Problem(source.shown, 0, 0, "", "holds no accelerators")])
    latest = max(spans, key=lambda span: span.first_month)
    return Inventory(dict(counts), latest)


def _count(text: str | None, place: tuple[str, int, int]) -> float:
    try:
        number = float(text or "")
    except ValueError:
        number = math.nan
    if math.isfinite(number) and number >= 0:
        return number
    raise _refusal(place, f"count {text!r} is not a count; write e.g. 8000")


def _span(text: str | None, place: tuple[str, int, int]) -> Span:
    try:
        return Span.parse((text or "").strip())
    except ValueError as error:
        raise _refusal(place, f"installed: {error}") from None


def _refusal(place: tuple[str, int, int], message: str) -> InputError:
    return InputError([Problem(*place, "", message)])
