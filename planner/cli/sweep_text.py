"""What ``planner sweep`` prints."""

from collections.abc import Sequence
from typing import Any

from planner.cli.format import digits, money, percent, power
from planner.cli.options import Terminal
from planner.cli.tables import Column, Screen, Table
from planner.documents import shown_path
from planner.specs.scenario import Scenario
from planner.sweep.axes import Axis
from planner.sweep.evaluate import Outcome
from planner.sweep.store import Store

MAIN = ("capex_usd", "peak_power_mw", "accelerators", "unserved_fraction")
"""Figures that are printed, behind profit or cost, where none are chosen."""
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
    axes: Sequence[Axis],
    outcomes: Sequence[Outcome],
    metrics: Sequence[str],
    terminal: Terminal,
) -> None:
    """Print one line per point: what was set, how it ended, its figures."""
    if terminal.quiet:
        return
    screen = Screen()
    worth = "profit_usd" if scenario.spec.objective == "maximize_value" else "cost_usd"
    names = list(dict.fromkeys(metrics)) or [worth, *MAIN]
    bad = any(outcome.status != "optimal" for outcome in outcomes)
    columns = [Column(axis.path) for axis in axes]
    columns += [Column("status")] if bad else []
    columns += [Column(_HEADS.get(name, name), number=True) for name in names]
    rows = []
    for outcome in outcomes:
        row = [text.partition("=")[2] for text in outcome.sets]
        row += [outcome.status] if bad else []
        figures = outcome.readings or {}
        rows.append([*row, *(shown(name, figures.get(name)) for name in names)])
    screen.table(Table("", tuple(columns), rows, keys=len(axes)))


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
    scenario: Scenario, axes: Sequence[Axis], outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    """Return the JSON of a sweep: every figure of every point."""
    return {
        "scenario": scenario.spec.name,
        "vary": [axis.path for axis in axes],
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
