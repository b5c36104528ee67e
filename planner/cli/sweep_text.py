"""What ``planner sweep`` prints."""

from collections.abc import Sequence
from typing import Any

from planner.cli.figures import worth_of
from planner.cli.format import digits, money, percent, power
from planner.cli.options import Terminal
from planner.cli.tables import Column, Screen, Table
from planner.documents import shown_path
from planner.specs.scenario import Scenario
from planner.sweep.evaluate import Outcome
from planner.sweep.points import Points
from planner.sweep.store import Store

MAIN = ("capex_usd", "peak_power_mw", "accelerators", "unserved_fraction")
"""Figures that are printed, behind profit or cost, where none are chosen."""
_SHARES = {"5 %": 0.05, "median": 0.5, "95 %": 0.95}
"""Shares of the draws that lie below what is shown."""
_HEADS = {
    "profit_usd": "profit",
    "cost_usd": "cost",
    "capex_usd": "capex",
    "opex_usd": "opex",
    "peak_power_mw": "peak power",
    "unserved_fraction": "unserved",
}


def sweep_text(
    scenario: Scenario,
    varied: Points,
    outcomes: Sequence[Outcome],
    metrics: Sequence[str],
    terminal: Terminal,
) -> None:
    """Print one line per point, or where points are drawn one per figure.

    With ``-v`` every draw is a line.
    """
    if terminal.quiet:
        return
    names = list(dict.fromkeys(metrics)) or [worth_of(scenario), *MAIN]
    table = _drawn if varied.draws and not terminal.verbose else _points
    Screen().table(table(varied, outcomes, names))


def _points(varied: Points, outcomes: Sequence[Outcome], names: Sequence[str]) -> Table:
    """Return a table with a line for each point."""
    bad = any(outcome.status != "optimal" for outcome in outcomes)
    drawn = varied.draws[0] if varied.draws else ()
    heads = [*varied.heads, *(text.partition("=")[0] for text in drawn)]
    columns = [Column(head) for head in heads]
    columns += [Column("status")] if bad else []
    columns += [Column(_HEADS.get(name, name), number=True) for name in names]
    rows = []
    for outcome in outcomes:
        row = list(_values(outcome, heads))
        row += [outcome.status] if bad else []
        figures = outcome.readings or {}
        rows.append([*row, *(shown(name, figures.get(name)) for name in names)])
    return Table("", tuple(columns), rows, keys=len(heads))


def _drawn(varied: Points, outcomes: Sequence[Outcome], names: Sequence[str]) -> Table:
    """Return a table of how the figures of all draws are spread."""
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(_values(outcome, varied.heads), []).append(outcome)
    columns = [*map(Column, (*varied.heads, "figure"))]
    columns += [Column(head, number=True) for head in ("runs", "mean", *_SHARES)]
    rows = []
    for values, group in groups.items():
        for name in names:
            figures = [(each.readings or {}).get(name) for each in group]
            found = sorted(x for x in figures if x is not None)
            mean = sum(found) / len(found) if found else None
            at = [quantile(found, share) for share in _SHARES.values()]
            texts = [shown(name, figure) for figure in (mean, *at)]
            rows.append([*values, _HEADS.get(name, name), f"{len(found):,}", *texts])
    return Table("", tuple(columns), rows, keys=len(varied.heads) + 1)


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """Return what a share of rising numbers lies below, between two of them."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _values(outcome: Outcome, heads: Sequence[str]) -> tuple[str, ...]:
    """Return the values of a point, as they are written."""
    values = dict(text.split("=", 1) for text in outcome.sets)
    return tuple(values[head] for head in heads)


def shown(name: str, figure: float | None) -> str:
    """Return a figure in the unit that its name ends in; ``-`` where there is none."""
    if figure is None:
        return "-"
    if name.endswith("_usd"):
        return money(figure)
    if name.endswith("_mw"):
        return power(figure)
    if name.endswith("_fraction") or name.startswith(("served.", "completed.")):
        return percent(figure)
    return digits(figure)


def document(
    scenario: Scenario, varied: Points, outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    """Return the JSON of a sweep: every figure of every point."""
    return {
        "scenario": scenario.spec.name,
        "vary": [axis.path for axis in varied.axes],
        "alternatives": list(varied.alternatives),
        "draws": len(varied.draws),
        "runs": [
            {
                "set": list(outcome.sets),
                "status": outcome.status,
                "readings": outcome.readings,
                "error": outcome.error,
            }
            for outcome in outcomes
        ],
    }


def status_document(store: Store) -> dict[str, Any]:
    """Return the JSON of what a store holds."""
    counts = store.counts()
    return {
        "store": store.path,
        "scenario": store.scenario,
        "runs": sum(counts.values()),
        "status": counts,
    }


def print_status(store: Store) -> None:
    """Print what a store holds."""
    counts = store.counts()
    told = ", ".join(f"{number:,} {status}" for status, number in counts.items())
    total = sum(counts.values())
    screen = Screen()
    screen.line(
        f"{shown_path(store.path)}: {total:,} {'run' if total == 1 else 'runs'} of "
        f"{store.scenario}{f': {told}' if told else ''}"
    )
