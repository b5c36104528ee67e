"""What of policies and running budgets a plan has used up before a date."""

from collections.abc import Iterator
from typing import Any

from planner.documents import find, plain
from planner.economics.money import MUSD
from planner.errors import InputError
from planner.init.past import Past
from planner.init.plan_file import refusal
from planner.periods import Span
from planner.specs.policy import VendorCommitment, VendorShare, purchase_spans
from planner.units import magnitude

PRECISION = ".12g"
AMOUNTS = (("opex", "USD", MUSD, "MUSD"), ("carbon", "t", 1.0, "t"))
"""Budget, the unit of its limit, and factor and unit in which it is written."""


def running(past: Past) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Yield what is left of the budgets of running costs and carbon."""
    for key, unit, factor, shown in AMOUNTS:
        series = getattr(past.scenario.spec.budgets, key)
        if series is None or series.constant:
            continue
        spans = series.amounts(past.ahead)
        used = {span: _used(past, key, span) for span, _ in spans}
        if any(used.values()):
            left = {s: max(0.0, magnitude(q, unit) - used[s]) for s, q in spans}
            yield (
                ("budgets", key),
                {s.label: f"{x * factor:{PRECISION}} {shown}" for s, x in left.items()},
            )


def _used(past: Past, key: str, span: Span) -> float:
    """Return running costs [USD], or emissions [t], of a span before the date."""
    rows = [
        row
        for row in past.plan.costs
        if past.is_over(row.period) and past.is_inside(row.period, span)
    ]
    return sum(row.opex_usd if key == "opex" else row.co2e_t for row in rows)


def promises(past: Past) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield what is left of the deliveries that are promised to vendors."""
    node = find(past.scenario.tree, ("policies",))
    stated = plain(node) if node is not None else None
    unnamed = False
    for number, policy in enumerate(past.scenario.spec.policies):
        if not isinstance(policy, VendorCommitment):
            continue
        came = _delivered(past, policy.vendor)
        if came <= 0:
            continue
        short = float(format(max(0.0, policy.minimum - came), PRECISION))
        if policy.name is not None:
            yield ("policies", policy.name, "minimum"), short
        elif stated is not None:
            stated[number] = {**stated[number], "minimum": short}
            unnamed = True
    if unnamed:
        yield ("policies",), stated


def _delivered(past: Past, vendor: str) -> float:
    """Return a vendor's deliveries before the date [accelerators]."""
    types = past.scenario.accelerators
    return sum(
        row.count
        for row in past.plan.purchases
        if past.is_over(row.period) and types[row.accelerator].vendor == vendor
    )


def check_shares(past: Past, shown: str) -> None:
    """Refuse a date that divides what the share of a vendor is taken of.

    Args:
        past: The plan up to the date.
        shown: The plan's file, for the message.

    Raises:
        InputError: Something was bought before it in the same span.
    """
    for policy in past.scenario.spec.policies:
        if isinstance(policy, VendorShare) and policy.of == "purchases":
            label = _divided(past)
            if label is not None:
                raise _refused(past, shown, policy.label, label)


def _spans(past: Past) -> list[tuple[str, tuple[int, ...]]]:
    return purchase_spans(past.scenario.spec.budgets.capex, past.scenario.periods)


def _divided(past: Past) -> str | None:
    """Return the span with purchases on one side of the date; None without one."""
    labels = [period.label for period in past.scenario.periods]
    bought = {row.period for row in past.plan.purchases}
    for label, times in _spans(past):
        before = {labels[t] for t in times if t < past.first}
        if before & bought and times[-1] >= past.first:
            return label
    return None


def _refused(past: Past, shown: str, policy: str, label: str) -> InputError:
    message = (
        f"{past.at.label} lies inside {label}, of whose purchases the policy {policy} "
        "takes its share"
    )
    starts = [times[0] for _, times in _spans(past) if times[0] > 0]
    labels = [past.scenario.periods[t].label for t in starts]
    expected = f"write --at {', '.join(labels)}" if labels else "remove the policy"
    return refusal(shown, message, expected)
