"""Backtests: the fleet that a year's capex affords, beside the disclosed one.

``python -m pytest tests/test_backtests.py -s`` prints the README's table, and every
corner of the assumptions behind its ranges.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from planner import documents
from planner.api import solve
from planner.documents import Node, walk_leaves
from planner.plan.plan import Plan
from planner.specs.load import load_scenario

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
YEARS = (2024, 2025)
GROUPS = {
    "money": re.compile(r"budgets\.capex\."),
    "price": re.compile(r"accelerators\.\w+\.price\.(system|network)$"),
    "power": re.compile(r"sites\.\w+\.power\."),
}
"""Assumptions that are low or high together, by the path of what they set."""
CORNERS = tuple(product(("low", "high"), repeat=len(GROUPS)))
HEADER = (
    "| end of | disclosed | planner | error | range | disclosed in range | bound by |",
    "|---|---|---|---|---|---|---|",
)


def accelerators(plan: Plan, *names: str) -> float:
    """Return what stands in the last period [accelerators]; all without names."""
    last = plan.fleet[-1].period
    rows = [row for row in plan.fleet if row.period == last]
    return sum(r.installed for r in rows if not names or r.accelerator in names)


def h100_equivalents(plan: Plan) -> float:
    assert plan.metrics is not None
    assert plan.metrics.h100_equivalents is not None
    return plan.metrics.h100_equivalents


@dataclass(frozen=True)
class Figure:
    """What Meta said of a year's end, and how a plan counts it."""

    year: int
    unit: str
    disclosed: int
    qualifier: str
    counted: Callable[[Plan], float]


# January 2024: 350,000 H100, "almost 600,000 H100 equivalents" with the rest.
# January 2025: "more than 1.3 million GPUs" at the end of the year, a target.
FIGURES = (
    Figure(2024, "H100", 350_000, "", lambda plan: accelerators(plan, "h100")),
    Figure(2024, "H100-equivalents", 600_000, "~", h100_equivalents),
    Figure(2025, "GPUs", 1_300_000, "> ", accelerators),
)


@cache
def backtest(year: int, *overrides: str) -> Plan:
    path = ROOT / "scenarios" / f"meta_{year}.yaml"
    plan = solve(load_scenario(path, overrides=overrides))
    assert plan.status == "optimal"
    return plan


@cache
def tree(year: int) -> Node:
    """Return a backtest with the catalogue's values in it."""
    return load_scenario(ROOT / "scenarios" / f"meta_{year}.yaml").tree


def ends(year: int, group: str, end: str) -> Iterator[str]:
    """Yield what sets a group of assumptions to the low or high of its notes."""
    for loc, leaf in walk_leaves(tree(year)):
        path = documents.display_path(tree(year), loc)
        if leaf.notes and end in leaf.notes and GROUPS[group].match(path):
            yield f"{path}={leaf.notes[end]}"


def at_corner(year: int, corner: tuple[str, ...]) -> Plan:
    chosen = zip(GROUPS, corner, strict=True)
    return backtest(year, *(s for group, end in chosen for s in ends(year, group, end)))


def span(figure: Figure) -> tuple[float, float]:
    """Return least and most over the base and all corners."""
    plans = [at_corner(figure.year, corner) for corner in CORNERS]
    counts = [figure.counted(plan) for plan in (backtest(figure.year), *plans)]
    return min(counts), max(counts)


def used(plan: Plan, name: str) -> float:
    """Return how far a limit of the whole fleet is used in its last span."""
    rows = [row for row in plan.budgets if row.name == name]
    last = [row for row in rows if row.period == rows[-1].period]
    return sum(row.used for row in last) / sum(row.limit for row in last)


def bound_by(plan: Plan) -> str:
    """Name the limit that ends a year: money, then power, else deliveries."""
    if used(plan, "capex_budget") > 1 - 1e-6:
        return "capex"
    return "power" if used(plan, "site_power") > 1 - 1e-6 else "deliveries"


def thousands(count: float) -> str:
    return f"{round(count, -3):,.0f}"


def line(figure: Figure) -> str:
    """Return a figure's line of the README's table."""
    plan = backtest(figure.year)
    count, (least, most) = figure.counted(plan), span(figure)
    cells = (
        f"{figure.year}",
        f"{figure.qualifier}{figure.disclosed:,} {figure.unit}",
        thousands(count),
        f"{100 * (count / figure.disclosed - 1):+.0f} %".replace("-", "−"),
        f"{thousands(least)} to {thousands(most)}",
        "yes" if least <= figure.disclosed <= most else "no",
        bound_by(plan),
    )
    return "| " + " | ".join(cells) + " |"


def test_readme_states_what_the_backtests_give() -> None:
    lines = [*HEADER, *map(line, FIGURES)]
    print("\n" + "\n".join(lines))  # noqa: T201  # the table to paste

    assert "\n".join(lines) in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("year", YEARS)
def test_every_corner_has_a_plan(year: int) -> None:
    figures = [figure for figure in FIGURES if figure.year == year]
    for corner in CORNERS:
        plan = at_corner(year, corner)
        ends_of = ", ".join(f"{g} {e}" for g, e in zip(GROUPS, corner, strict=True))
        counts = ", ".join(f"{thousands(f.counted(plan))} {f.unit}" for f in figures)
        print(f"{year}: {ends_of}: {counts}; {bound_by(plan)}")  # noqa: T201

        assert plan.audit is not None
        assert plan.audit.passed


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_a_range(year: int, group: str) -> None:
    low, high = (list(ends(year, group, end)) for end in ("low", "high"))

    assert low
    assert [s.partition("=")[0] for s in low] == [s.partition("=")[0] for s in high]


@pytest.mark.parametrize("year", YEARS)
def test_money_ends_the_year_with_power_to_spare(year: int) -> None:
    plan = backtest(year)
    more = backtest(year, *ends(year, "power", "high"))

    assert used(plan, "capex_budget") == pytest.approx(1)
    assert used(plan, "site_power") < 0.96
    assert accelerators(more) == pytest.approx(accelerators(plan), rel=0.02)


@pytest.mark.parametrize("year", YEARS)
def test_more_money_is_a_larger_fleet(year: int) -> None:
    low, high = (backtest(year, *ends(year, "money", e)) for e in ("low", "high"))

    assert accelerators(low) < accelerators(backtest(year)) < accelerators(high)


def test_target_of_2025_needs_more_power_than_assumed() -> None:
    """Whatever is spent, power ends the year at 1.11 million, as the guide says."""
    plan = backtest(2025, "budgets.capex.2025=80 GUSD")

    assert bound_by(plan) == "power"
    assert accelerators(plan) == pytest.approx(1_110_000, rel=0.005)


@pytest.mark.parametrize("year", YEARS)
def test_pool_only_has_to_be_worth_its_cost(year: int) -> None:
    """Its value is no lever on the result: twice as much buys the same."""
    dearer = backtest(year, "workloads.research.value=20 USD/Mtoken")

    for figure in (figure for figure in FIGURES if figure.year == year):
        assert figure.counted(dearer) == pytest.approx(
            figure.counted(backtest(year)), rel=1e-3
        )
    assert all(row.served < 0.5 * row.demand for row in dearer.services)


def test_opening_fleet_of_2025_is_the_one_disclosed() -> None:
    fleet = load_scenario(ROOT / "scenarios" / "meta_2025.yaml").spec.fleet
    flop_s = {
        name: node.value["peak"].value["bf16"].value
        for name, node in tree(2025).value["accelerators"].value.items()
    }
    peak = {name: float(text.split()[0]) for name, text in flop_s.items()}
    total = sum(float(e.count) * peak[e.accelerator] / peak["h100"] for e in fleet)

    assert total == pytest.approx(600_000, rel=0.002)
