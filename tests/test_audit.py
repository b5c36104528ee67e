from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from planner.api import solve
from planner.audit import CHECKS, audit
from planner.audit.tally import Tally
from planner.errors import AuditError
from planner.formulation import clock, coefficients, work
from planner.performance.pairing import Rate, rates
from planner.plan import money as plan_money
from planner.plan.account_rows import DoesItPay
from planner.plan.plan import Plan
from planner.plan.rows import AllocationRow, FleetRow, SplitRow
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario

QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
NO_MINIMUM = ("workloads.assistant.minimum=0", "workloads.ads.minimum=0")

Break = Callable[[Plan], Plan]
Row = TypeVar("Row")


def scenario_of(*overrides: str) -> Scenario:
    return load_scenario(QUICKSTART, overrides=overrides)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return scenario_of()


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    return solve(scenario)


def failed(scenario: Scenario, plan: Plan) -> set[str]:
    found = audit(scenario, plan, rates(scenario))
    names = {row.name for row in found.checks if row.worst > row.tolerance}
    assert found.passed == (not names)
    return names


def put(row: Row, **values: Any) -> Row:  # values of every type
    return replace(row, **values)  # type: ignore[type-var]  # a row or a plan


def changed(plan: Plan, section: str, change: Callable[[Any], Any]) -> Plan:
    """Replace the rows of a section by what ``change`` makes of each."""
    return put(plan, **{section: tuple(change(r) for r in getattr(plan, section))})


def without(rows: Iterable[AllocationRow], workload: str) -> tuple[AllocationRow, ...]:
    return tuple(row for row in rows if row.workload != workload)


def scaled(row: Row, **factors: float) -> Row:
    return put(row, **{key: getattr(row, key) * f for key, f in factors.items()})


def retire_early(plan: Plan) -> Plan:
    """Take ten h100 out of service in the first period, consistently."""

    def change(row: FleetRow) -> FleetRow:
        if row.accelerator != "h100":
            return row
        retired = row.retired + (10 if row.period == "2026Q1" else 0)
        return put(row, installed=row.installed - 10, retired=retired)

    return changed(plan, "fleet", change)


def move_to_first_period(plan: Plan) -> Plan:
    """Deliver before the lead time has passed."""
    row = next(r for r in plan.fleet if r.accelerator == "mtia_v2" and r.added > 0)
    early = put(row, period="2026Q1", retired=0.0)
    late = [put(r, added=0.0) if r is row else r for r in plan.fleet]
    return put(plan, fleet=(*late, early))


def served(plan: Plan, share: float) -> Plan:
    return changed(
        plan,
        "services",
        lambda r: put(r, served=r.demand * share, served_fraction=share),
    )


def run_elsewhere(plan: Plan, **place: object) -> Plan:
    """Let the first allocation row of the run name another place."""
    row = next(r for r in plan.allocation if r.workload == "llama_run")
    kept = [r for r in plan.allocation if r is not row]
    return put(plan, allocation=(*kept, put(row, **place)))


def first(plan: Plan, section: str, **values: object) -> Plan:
    """Change the first row of a section."""
    head, *rest = getattr(plan, section)
    return put(plan, **{section: (put(head, **values), *rest)})


def scale_all(section: str, **factors: float) -> Break:
    return lambda plan: changed(plan, section, lambda row: scaled(row, **factors))


def metric(name: str, factor: float) -> Break:
    return lambda plan: put(plan, metrics=scaled(plan.metrics, **{name: factor}))


def part(name: str) -> Break:
    """Move a part of the objective by 0.01 %, and the value with it."""

    def change(plan: Plan) -> Plan:
        assert plan.objective.parts is not None
        parts = scaled(plan.objective.parts, **{name: 1.0001})
        objective = put(plan.objective, parts=parts, value_usd=parts.total())
        return put(plan, objective=objective)

    return change


def short(plan: Plan, *, least: bool, usd: float) -> Plan:
    """State a shortfall price where all is served, or something is missing."""
    row = next(r for r in plan.services if (r.served_fraction == 1) == least)
    return changed(
        plan, "services", lambda r: put(r, shortfall_usd=usd) if r is row else r
    )


def without_budget(name: str) -> Break:
    """Remove the last budget row of a name."""

    def change(plan: Plan) -> Plan:
        last = [row for row in plan.budgets if row.name == name][-1]
        return put(plan, budgets=tuple(r for r in plan.budgets if r is not last))

    return change


def bounded(plan: Plan, factor: float, gap: float) -> Plan:
    """State another bound and gap."""
    assert plan.objective.value_usd is not None
    bound = plan.objective.value_usd * factor
    return put(plan, objective=put(plan.objective, bound_usd=bound, gap=gap))


BREAKS: dict[str, list[Break]] = {
    "fleet_balance": [
        scale_all("fleet", installed=1.001),
        lambda plan: put(plan, fleet=()),
    ],
    "end_of_life": [retire_early],
    "assignment": [scale_all("allocation", count=1.5)],
    "site_power": [scale_all("fleet", installed=3)],
    "power_budget": [scale_all("fleet", installed=1.001)],
    "capex_budget": [scale_all("fleet", added=1.001)],
    "supply": [scale_all("fleet", added=30), move_to_first_period],
    "demand": [
        lambda plan: served(plan, 1.0),
        lambda plan: put(plan, allocation=without(plan.allocation, "assistant")),
    ],
    "minimum_served": [lambda plan: served(plan, 0.4)],
    "table_memory": [
        lambda plan: put(plan, allocation=without(plan.allocation, "ads"))
    ],
    "training_work": [
        scale_all("runs", completed_fraction=1.001),
        lambda plan: run_elsewhere(plan, period="2026Q1"),
    ],
    "run_size": [scale_all("allocation", count=2)],
    "names": [
        lambda plan: put(plan, fleet=(*plan.fleet, plan.fleet[0])),
        lambda plan: run_elsewhere(plan, site="nowhere"),
    ],
    "nonnegative": [
        lambda plan: first(plan, "fleet", retired=-1.0),
        lambda plan: first(plan, "allocation", count=-1.0),
        lambda plan: first(plan, "allocation", count=float("nan")),
        lambda plan: first(plan, "runs", completed_fraction=1.1),
    ],
    "assignment_allowed": [
        lambda plan: run_elsewhere(plan, accelerator="mtia_v2"),
        lambda plan: run_elsewhere(plan, period="2026Q1"),
        lambda plan: run_elsewhere(plan, kind="inference"),
        lambda plan: run_elsewhere(plan, kind="inference", count=0.0),
    ],
    "rejected": [
        lambda plan: put(plan, rejected=()),
        lambda plan: put(plan, rejected=plan.rejected[1:]),
        lambda plan: put(plan, rejected=(*plan.rejected, plan.rejected[0])),
        lambda plan: first(plan, "rejected", reason="cooling"),
        lambda plan: first(plan, "rejected", detail="because"),
    ],
    "rounded_up": [
        lambda plan: first(plan, "allocation", rounded_up=1650),
        lambda plan: first(plan, "allocation", rounded_up=1),
    ],
    "services": [
        lambda plan: first(plan, "services", demand=1.0),
        lambda plan: first(plan, "services", kind="training"),
        lambda plan: first(plan, "services", unit="1/s"),
        lambda plan: short(plan, least=False, usd=-1e-6),
        lambda plan: short(plan, least=False, usd=float("nan")),
        lambda plan: short(plan, least=True, usd=1e-6),
        lambda plan: put(
            plan, services=(*plan.services, put(plan.services[0], workload="llama_run"))
        ),
        lambda plan: first(plan, "services", served_fraction=None),
        lambda plan: put(plan, services=plan.services[1:]),
    ],
    "runs": [
        scale_all("runs", tokens=1.001),
        scale_all("runs", energy_mwh=1.001),
        scale_all("runs", accelerator_hours=1.001),
        scale_all("runs", value_usd=1.001),
        scale_all("runs", cost_usd=10),
        scale_all("runs", cost_usd=1.001),
        lambda plan: first(plan, "runs", cost_usd=None),
        lambda plan: first(plan, "runs", last_period="2026Q1"),
        lambda plan: first(plan, "runs", sites=()),
        lambda plan: put(plan, runs=()),
        lambda plan: put(plan, runs=(*plan.runs, put(plan.runs[0], workload="ads"))),
    ],
    "split": [
        lambda plan: changed(plan, "split", lambda r: scaled(r, share=0.99)),
        lambda plan: put(plan, split=()),
        lambda plan: put(
            plan, split=(*plan.split, SplitRow("idle", "h100", "2030Q1", 5.0, 1.0))
        ),
    ],
    "purchases": [
        scale_all("purchases", capex_usd=1.001),
        lambda plan: first(plan, "purchases", order_by="2026-02"),
        lambda plan: first(plan, "purchases", systems=1),
        lambda plan: put(plan, purchases=()),
    ],
    "budgets": [
        scale_all("budgets", used=1.001),
        scale_all("budgets", limit=1.001),
        lambda plan: first(plan, "budgets", utilisation=0.5),
        lambda plan: first(plan, "budgets", utilisation=None),
        lambda plan: changed(
            plan, "budgets", lambda r: put(r, utilisation=r.utilisation or 0.0)
        ),
        lambda plan: first(plan, "budgets", name="patience"),
        lambda plan: first(plan, "budgets", unit="kW"),
        lambda plan: put(plan, budgets=()),
        lambda plan: put(plan, budgets=(*plan.budgets, plan.budgets[0])),
        *(
            without_budget(name)
            for name in ("site_power", "power_budget", "capex_budget", "supply")
        ),
    ],
    "costs": [
        scale_all("costs", capex_usd=1.001),
        scale_all("costs", energy_usd=1.001),
        scale_all("costs", maintenance_usd=1.001),
        scale_all("costs", energy_mwh=1.001),
        scale_all("costs", co2e_t=1.001),
    ],
    "accounts": [
        scale_all("accounts", depreciation_usd=1.001),
        scale_all("accounts", utilisation=1.001),
        scale_all("accounts", h100_equivalents_delivered=1.001),
        scale_all("accounts", stranded_mw=1.001),
        lambda plan: first(plan, "accounts", months=6),
        lambda plan: first(plan, "accounts", utilisation=None),
        lambda plan: put(plan, accounts=()),
        lambda plan: put(plan, totals=None),
        lambda plan: put(plan, totals=scaled(plan.totals, net_present_value_usd=1.001)),
        lambda plan: put(plan, totals=put(plan.totals, undepreciated_accelerators=1.0)),
    ],
    "unit_costs": [
        scale_all("unit_costs", accelerator_hours=1.001),
        scale_all("unit_costs", energy_mwh=1.001),
        scale_all("unit_costs", cost_usd=1.001),
        scale_all("unit_costs", volume=1.001),
        scale_all("unit_costs", usd_per_accelerator_hour=1.001),
        lambda plan: first(plan, "unit_costs", usd_per_run=1.0),
        lambda plan: first(plan, "unit_costs", usd_per_mtoken=None),
        lambda plan: first(plan, "unit_costs", usd_per_mrequest=1.0),
        lambda plan: first(plan, "unit_costs", cost_usd=None),
        lambda plan: first(plan, "unit_costs", unit="sample"),
        lambda plan: put(plan, unit_costs=plan.unit_costs[1:]),
    ],
    # Tests of a scenario with revenue break each part of the answer.
    "does_it_pay": [
        lambda plan: put(
            plan,
            does_it_pay=DoesItPay((), 1.0, *[0.0] * 5, None, None, None, None, None),
        )
    ],
    "metrics": [
        metric(name, 1.001)
        for name in (
            "profit_usd",
            "capex_usd",
            "opex_usd",
            "peak_power_mw",
            "energy_mwh",
            "co2e_t",
            "accelerators",
            "h100_equivalents",
            "unserved_fraction",
        )
    ]
    + [
        lambda plan: put(plan, metrics=put(plan.metrics, unfinished_runs=9)),
        lambda plan: put(plan, metrics=put(plan.metrics, cost_usd=0.0)),
        lambda plan: put(plan, metrics=put(plan.metrics, h100_equivalents=None)),
        lambda plan: put(plan, metrics=None),
    ],
    "objective": [
        *(
            part(name)
            for name in (
                "served_value",
                "run_value",
                "energy",
                "maintenance",
                "purchases",
                "residual",
            )
        ),
        lambda plan: put(plan, objective=put(plan.objective, value_usd=1.0)),
        lambda plan: put(plan, objective=put(plan.objective, value_usd=None)),
        lambda plan: put(plan, objective=put(plan.objective, mode="patience")),
        lambda plan: bounded(plan, 0.5, 0.5),
        lambda plan: bounded(plan, 2.0, 1.0),
        lambda plan: bounded(plan, 1.0, 0.5),
        lambda plan: put(plan, objective=put(plan.objective, bound_usd=None)),
        lambda plan: put(plan, objective=put(plan.objective, gap=None)),
        lambda plan: put(plan, objective=put(plan.objective, gap=float("nan"))),
    ],
}


ELSEWHERE = {
    "expansion_limit": "test_expansion",
    "expansions": "test_expansion",
    "lease_limit": "test_lease_checks",
    "lease_term": "test_lease_checks",
    "leases": "test_lease_checks",
    "residual": "test_leaving",
    "transfer": "test_leaving",
    "transfers": "test_leaving",
    "early_retirements": "test_leaving",
    "minimum_run_size": "test_integer_audit",
    "placement": "test_integer_audit",
    "run_efficiency": "test_brackets",
    "steady_run": "test_blocks",
    "whole_counts": "test_integer_audit",
    **dict.fromkeys(
        (
            "opex_budget",
            "carbon_budget",
            "residency",
            "vendor_share",
            "vendor_commitment",
            "spare",
        ),
        "test_policy_audit",
    ),
    "tier_minimum": "test_priorities",
}
"""Checks of what this scenario does not have: the tests that break their plans."""


def test_every_check_has_a_broken_plan() -> None:
    names = [check.__name__ for check in CHECKS]
    assert list(BREAKS) == [name for name in names if name not in ELSEWHERE]
    for name, module in ELSEWHERE.items():
        text = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
        assert name in names
        assert "audit" in text
        assert f'"{name}"' in text


def test_rows_bear_the_names_of_the_checks(scenario: Scenario, plan: Plan) -> None:
    found = audit(scenario, plan, rates(scenario))
    assert [row.name for row in found.checks] == [c.__name__ for c in CHECKS]


def test_a_solved_plan_passes(scenario: Scenario, plan: Plan) -> None:
    assert failed(scenario, plan) == set()


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, n) for name, breaks in BREAKS.items() for n in range(len(breaks))],
)
def test_a_broken_plan_fails_the_check_of_that_name(
    scenario: Scenario, plan: Plan, name: str, number: int
) -> None:
    assert name in failed(scenario, BREAKS[name][number](plan))


@pytest.mark.parametrize(
    "overrides",
    [
        ("objective=minimize_cost", "workloads.llama_run.minimum=0", *NO_MINIMUM),
        ("accelerators.h100.lifetime=2 year", *NO_MINIMUM),
        ("accelerators.h100.lifetime=1 year", *NO_MINIMUM),
        ("accelerators.b200.lifetime=6 month",),
        ("supply.b200={2026Q1: {limit: 100, committed: 50}, 2026Q2: 2500}",),
        ("supply.b200=null",),
        ("discount_rate=2 %/quarter",),
        ("horizon.start=2026-01", "horizon.periods=12"),
        (
            "load_blocks={peak: 6 h, rest: 18 h}",
            "workloads.ads.profile={peak: 1.6, rest: 0.8}",
        ),
        ("workloads.llama_run.accelerators.maximum={h100: 500, b200: 800}",),
        ("accelerators.b200.price.system={2026Q1: 30 kUSD, 2026Q4: 20 kUSD}",),
        ("accelerators.b200.lead_time=4.5 month",),
        ("budgets=null", "sites.ohio.provisioning=110 %"),
    ],
)
def test_solved_variants_pass(overrides: tuple[str, ...]) -> None:
    scenario = scenario_of(*overrides)
    found = solve(scenario)
    assert found.status == "optimal"
    assert failed(scenario, found) == set()


@pytest.mark.parametrize(
    ("stated", "right"),
    [(1700, True), (1600, False), (1650, False), (1800, False), (None, False)],
)
def test_few_replicas_are_rounded_up(stated: int | None, *, right: bool) -> None:
    scenario = scenario_of("workloads.ads.replica=100")
    plan = solve(scenario)
    row = next(r for r in plan.allocation if r.rounded_up == 1700)
    other = changed(
        plan, "allocation", lambda r: put(r, rounded_up=stated) if r is row else r
    )
    assert failed(scenario, other) == (set() if right else {"rounded_up"})


@pytest.mark.parametrize("count", [1.0, 2.5, 200.0, None])
def test_tables_fill_as_many_accelerators_as_the_specs_say(
    scenario: Scenario, plan: Plan, count: float | None
) -> None:
    table = dict(rates(scenario))
    right = table["ads", "h100"]
    assert isinstance(right, Rate)
    table["ads", "h100"] = put(right, table_accelerators=count)
    found = {row.name: row for row in audit(scenario, plan, table).checks}
    row = found["table_memory"]
    assert (row.worst > row.tolerance) == (count != right.table_accelerators)


def test_hours_of_a_run_cost_the_price_of_their_period() -> None:
    falling = "accelerators.b200.price.system={2026Q1: 30 kUSD, 2026Q4: 20 kUSD}"
    scenario = scenario_of(falling, "accelerators.h100.price.maintenance=5 %/year")
    assert failed(scenario, solve(scenario)) == set()


def test_a_run_on_what_has_no_price_has_no_cost() -> None:
    scenario = scenario_of(
        "accelerators.h100.price.system=null",
        "accelerators.h100.price.network=null",
        "supply.h100=0",
    )
    plan = solve(scenario)
    assert plan.runs[0].cost_usd is None
    assert failed(scenario, plan) == set()
    assert "runs" in failed(scenario, first(plan, "runs", cost_usd=0.0))


WITHOUT_H100 = (
    "accelerators=[b200, {name: mtia_v2, lead_time: 3 month}]",
    "fleet=[{site: ohio, accelerator: b200, count: 5000, installed: 2025Q4}]",
    "supply.h100=null",
    "supply.trainium2=null",
    "workloads.llama_run.accelerators.allowed=[b200]",
    *NO_MINIMUM,
)


def test_equivalents_are_of_the_h100_of_the_users_folders(tmp_path: Path) -> None:
    (tmp_path / "hardware").mkdir()
    text = "name: h100\nvendor: x\npeak: {bf16: 1 TFLOP/s}\npower: {nameplate: 1 kW}\n"
    (tmp_path / "hardware" / "h100.yaml").write_text(text, encoding="utf-8")
    for folders in ((), (tmp_path,)):
        scenario = load_scenario(QUICKSTART, overrides=WITHOUT_H100, data_dirs=folders)
        plan = solve(scenario)
        assert failed(scenario, plan) == set()
        other = put(plan, metrics=put(plan.metrics, h100_equivalents=None))
        assert failed(scenario, other) == {"metrics"}
        assert failed(scenario, metric("h100_equivalents", 1.001)(plan)) == {"metrics"}


def test_without_a_peak_there_are_no_equivalents(
    scenario: Scenario, plan: Plan
) -> None:
    chips = dict(scenario.accelerators)
    chips["mtia_v2"] = chips["mtia_v2"].model_copy(update={"peak": {}})
    spec = scenario.spec.model_copy(update={"accelerators": chips})
    unknown = put(scenario, spec=spec)
    found = {row.name: row for row in audit(unknown, plan, rates(scenario)).checks}
    assert found["metrics"].worst > found["metrics"].tolerance
    none = put(plan, metrics=put(plan.metrics, h100_equivalents=None))
    none = put(none, totals=put(plan.totals, h100_equivalents=None))
    none = changed(none, "accounts", lambda row: put(row, h100_equivalents=None))
    assert audit(unknown, none, rates(scenario)).passed


def test_units_older_than_their_lifetime_must_retire() -> None:
    scenario = scenario_of("accelerators.h100.lifetime=2 year", *NO_MINIMUM)
    plan = solve(scenario)
    kept = changed(plan, "fleet", lambda r: put(r, retired=0.0))
    assert "end_of_life" in failed(scenario, kept)


def test_what_is_committed_must_come() -> None:
    text = "supply.b200={2026Q1: {limit: 100, committed: 50}, 2026Q2: 2500}"
    scenario = scenario_of(text)
    plan = solve(scenario)
    for wrong in (0.0, 60.0):
        rows = tuple(
            put(r, added=wrong)
            if (r.accelerator, r.period) == ("b200", "2026Q1")
            else r
            for r in plan.fleet
        )
        other = put(plan, fleet=rows)
        assert "supply" in failed(scenario, other)


def test_maximum_by_type_is_kept() -> None:
    scenario = scenario_of(
        "workloads.llama_run.accelerators.maximum={h100: 500, b200: 800}"
    )
    plan = solve(scenario)
    run = changed(
        plan,
        "allocation",
        lambda r: scaled(r, count=1.001) if r.workload == "llama_run" else r,
    )
    assert "run_size" in failed(scenario, run)


def test_dropped_pue_is_caught(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = coefficients.facility_mw
    monkeypatch.setattr(
        coefficients, "facility_mw", lambda a, site: right(a, site) / site.pue
    )
    with pytest.raises(AuditError, match="power_budget"):
        solve(scenario)


def test_wrong_rate_is_caught(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = work._rate  # noqa: SLF001
    monkeypatch.setattr(work, "_rate", lambda *given: 1.01 * right(*given))
    with pytest.raises(AuditError, match="training_work"):
        solve(scenario)


def test_wrong_discount_is_caught(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (clock, work, plan_money):
        monkeypatch.setattr(module, "discount_factor", lambda *_given: 1.0)
    monkeypatch.setattr("planner.economics.money.discount_factor", lambda *_given: 1.0)
    with pytest.raises(AuditError, match="objective"):
        solve(scenario)


def test_tolerance_is_a_millionth_of_limit_or_accelerator() -> None:
    tally = Tally("supply", "accelerator")
    tally.place(1.5e-6, 0.5)
    assert (tally.row().worst, tally.row().tolerance) == (1.5e-6, 1e-6)
    tally.place(1.5, 1e6, 10.0, "MW")
    assert (tally.row().tolerance, tally.row().unit) == (1e-6, "accelerator")
    tally.place(3.0, 1e6, 10.0, "MW")
    assert (tally.row().worst, tally.row().tolerance) == (3.0, 1.0)


def test_a_number_that_is_none_breaks_a_check() -> None:
    tally = Tally("supply", "accelerator")
    tally.place(float("nan"), 1.0)
    assert tally.row().worst > tally.row().tolerance
