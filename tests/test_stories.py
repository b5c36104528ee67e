"""What the headers of the variants of ``meta_2026`` say of their plans is true."""

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.api import solve
from planner.plan.plan import Plan
from planner.specs.load import load_scenario

ROOT = Path(__file__).parents[1]
BASE = ROOT / "scenarios" / "meta_2026.yaml"
HOURS = {"peak": 6, "day": 10, "night": 8}
SHOCK = ("2027Q1", "2027Q2")
BLACKWELL = ("b200", "gb200")
TRAINED = ("ads_early_ranking_training", "ads_late_ranking_training")

ShippedPlan = Callable[[str, str], Plan]


@pytest.fixture
def base(shipped_plan: ShippedPlan) -> Plan:
    return shipped_plan("meta_2026", "highs")


@pytest.fixture
def shock(shipped_plan: ShippedPlan) -> Plan:
    return shipped_plan("supply_shock", "highs")


@pytest.fixture
def mtia(shipped_plan: ShippedPlan) -> Plan:
    return shipped_plan("mtia_first", "highs")


def bought(plan: Plan, *names: str, periods: tuple[str, ...] = ()) -> float:
    """Return deliveries [accelerators]; in all periods without any."""
    return sum(
        row.added
        for row in plan.fleet
        if row.accelerator in names and (not periods or row.period in periods)
    )


def deliveries(plan: Plan) -> dict[tuple[str, ...], float]:
    """Return all deliveries, keyed by site, accelerator and period [accelerators]."""
    return {
        (r.site, r.accelerator, r.period): r.added for r in plan.fleet if r.added > 0.1
    }


def served(plan: Plan, workload: str, period: str) -> float:
    """Return what a service does, as the mean over the day."""
    rows = [r for r in plan.services if (r.workload, r.period) == (workload, period)]
    return sum(row.served * HOURS[row.block] for row in rows) / 24


def fraction(plan: Plan, workload: str, period: str) -> float:
    rows = [r for r in plan.services if (r.workload, r.period) == (workload, period)]
    return min(row.served_fraction or 0 for row in rows)


def profit(plan: Plan) -> float:
    """Return profit [GUSD]."""
    assert plan.metrics is not None
    assert plan.metrics.profit_usd is not None
    return plan.metrics.profit_usd / 1e9


def research(plan: Plan) -> dict[str, float]:
    periods = {row.period for row in plan.services}
    return {period: served(plan, "research", period) for period in sorted(periods)}


def test_shock_takes_what_meta_2026_buys(base: Plan, shock: Plan) -> None:
    for period in SHOCK:
        assert bought(base, "b200", periods=(period,)) == pytest.approx(40_000)
    assert bought(shock, "b200", periods=SHOCK) == pytest.approx(0, abs=0.1)


def test_shock_brings_mi300x_and_late_b200(base: Plan, shock: Plan) -> None:
    after = ("2027Q3", "2027Q4")
    cooled = {
        site.name
        for site in load_scenario(BASE).spec.sites
        if "liquid_cooling" in site.provides
    }
    homes = {r.site for r in shock.fleet if r.accelerator == "mi300x" and r.added > 1}

    assert bought(base, "mi300x") == pytest.approx(0, abs=0.1)
    assert bought(shock, "mi300x") == pytest.approx(25_000, rel=0.02)
    assert homes
    assert not homes & cooled
    for period in after:
        less, more = (bought(p, "b200", periods=(period,)) for p in (base, shock))
        assert more > less
    short = bought(base, "b200") - bought(shock, "b200")
    assert short == pytest.approx(19_000, rel=0.02)


def test_shock_is_paid_by_research_alone(base: Plan, shock: Plan) -> None:
    before, after = research(base), research(shock)
    fractions = {
        (r.workload, r.period, r.block): r.served_fraction for r in base.services
    }

    assert profit(base) - profit(shock) == pytest.approx(0.17, abs=0.005)
    assert all(after[period] > 0.96 * before[period] for period in before)
    assert all(after[p] < before[p] for p in before if p >= SHOCK[0])
    assert all(run.completed_fraction > 1 - 1e-6 for run in shock.runs)
    for row in shock.services:
        if row.workload != "research":
            known = fractions[row.workload, row.period, row.block]
            assert row.served_fraction == pytest.approx(known, abs=1e-6)


def test_mtia_serves_ads_as_before(base: Plan, mtia: Plan) -> None:
    for plan in (base, mtia):
        rows = [row for row in plan.allocation if row.kind == "recommendation"]
        serving = [row for row in rows if row.workload not in TRAINED]
        assert {row.accelerator for row in serving} == {"mtia_v2"}
    for row in mtia.services:
        if row.workload.startswith("ads_") and row.workload not in TRAINED:
            assert row.served_fraction == pytest.approx(1)


def test_mtia_alone_trains_late(mtia: Plan) -> None:
    early, late = TRAINED

    assert fraction(mtia, early, "2026Q1") == pytest.approx(0, abs=1e-6)
    assert fraction(mtia, late, "2026Q1") == pytest.approx(0, abs=1e-6)
    assert fraction(mtia, late, "2026Q2") == pytest.approx(0.23, abs=0.005)
    assert fraction(mtia, late, "2026Q3") == pytest.approx(0.81, abs=0.005)
    for period in sorted({row.period for row in mtia.services})[3:]:
        assert fraction(mtia, late, period) == pytest.approx(1)
        assert fraction(mtia, early, period) == pytest.approx(1)


def test_mtia_replaces_blackwell(base: Plan, mtia: Plan) -> None:
    lost = bought(base, *BLACKWELL) - bought(mtia, *BLACKWELL)
    trainers = {
        row.accelerator
        for row in mtia.allocation
        if row.workload in TRAINED and row.count > 1
    }

    assert trainers == {"mtia_300"}
    assert bought(base, "mtia_300") == pytest.approx(30_000, rel=0.01)
    assert bought(mtia, "mtia_300") == pytest.approx(56_000, rel=0.01)
    assert lost == pytest.approx(17_000, rel=0.02)
    assert profit(base) - profit(mtia) == pytest.approx(1.8, abs=0.05)


def test_trainium_is_not_missed(base: Plan, shipped_plan: ShippedPlan) -> None:
    without = shipped_plan("no_trainium", "highs")

    assert bought(base, "trainium2") == pytest.approx(0, abs=0.1)
    assert profit(without) == pytest.approx(profit(base), rel=1e-9)
    assert deliveries(without) == pytest.approx(deliveries(base), abs=0.1)


@pytest.mark.parametrize(
    ("price_kusd", "trainium", "b200"), [(8, 0, 0), (7.5, 2000, 800), (6, 10_000, 4200)]
)
def test_trainium_is_bought_below_its_price(
    base: Plan, price_kusd: float, trainium: float, b200: float
) -> None:
    price = f"accelerators.trainium2.price.system={price_kusd} kUSD"
    plan = solve(load_scenario(BASE, overrides=[price]))
    replaced = bought(base, "b200") - bought(plan, "b200")

    assert bought(plan, "trainium2") == pytest.approx(trainium, rel=0.01, abs=0.1)
    assert replaced == pytest.approx(b200, rel=0.06, abs=1)
    assert 0 <= profit(plan) - profit(base) + 1e-6 < 0.004
