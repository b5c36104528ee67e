"""A plan: its sections, as JSON and as pandas frames."""

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Literal

from planner.plan.account_rows import AccountRow, DoesItPay, Totals, UnitCostRow
from planner.plan.findings import Audit, Certificate, Infeasibility, PriceRow
from planner.plan.rows import (
    AllocationRow,
    BudgetRow,
    CostRow,
    EarlyRetirementRow,
    ExpansionRow,
    FleetRow,
    FormulationRow,
    LeaseRow,
    Metrics,
    Objective,
    Provenance,
    PurchaseRow,
    RateRow,
    RejectedRow,
    ResidualRow,
    RunRow,
    ServiceRow,
    SolverRow,
    SplitRow,
    TierRow,
    TransferRow,
)
from planner.records import dataclass
from planner.version import FORMAT_VERSION

if TYPE_CHECKING:
    import pandas as pd

_ROWS = {
    "tiers": TierRow,
    "fleet": FleetRow,
    "purchases": PurchaseRow,
    "expansions": ExpansionRow,
    "leases": LeaseRow,
    "transfers": TransferRow,
    "early_retirements": EarlyRetirementRow,
    "residuals": ResidualRow,
    "allocation": AllocationRow,
    "services": ServiceRow,
    "runs": RunRow,
    "split": SplitRow,
    "budgets": BudgetRow,
    "costs": CostRow,
    "accounts": AccountRow,
    "unit_costs": UnitCostRow,
    "rejected": RejectedRow,
    "rates": RateRow,
    "prices": PriceRow,
}
SECTIONS = tuple(_ROWS)
"""The sections that are lists of rows."""

Status = Literal["optimal", "infeasible", "time_limit", "failed"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to buy where and when, who gets which accelerators, at what cost.

    Sections that hold rows are empty where ``status`` is not ``optimal``.

    Attributes:
        scenario: Its name.
        title: Its title, or None.
        status: How the solve ended.
        objective: What was optimised, in present $.
        metrics: The figures to compare plans by; None without a plan.
        solver: What solved it.
        formulation: Size of the program.
        provenance: What it was computed from.
        tiers: Keyed by priority; only under serve_by_priority.
        fleet: Keyed by site, accelerator, period [accelerators].
        purchases: Keyed by site, accelerator, period.
        expansions: Keyed by site, period.
        leases: Keyed by offer, accelerator, period.
        transfers: Keyed by site, to_site, accelerator, period.
        early_retirements: Keyed by site, accelerator, period.
        residuals: Keyed by site, accelerator, installed, standing; with early
            retirement.
        allocation: Keyed by site, accelerator, workload, period, block.
        services: Keyed by workload, period, block.
        runs: Keyed by workload.
        split: Keyed by kind, accelerator, period.
        budgets: Keyed by name, scope, period.
        costs: Keyed by period.
        accounts: Keyed by year.
        unit_costs: Keyed by workload.
        totals: The accounts of the whole plan; None without a plan.
        does_it_pay: What revenue has to bear; None where the scenario states none.
        rejected: Keyed by workload, accelerator.
        rates: Keyed by workload, accelerator; what the plan was computed with.
        prices: Keyed by constraint, scope, period.
        audit: What checking the plan against the specs found.
        certificate: Proof of the optimum from the program's arrays.
        infeasibility: Why there is no plan; None where there is one.
        warnings: What deserves a look.
    """

    scenario: str
    title: str | None
    status: Status
    objective: Objective
    metrics: Metrics | None
    solver: SolverRow
    formulation: FormulationRow
    provenance: Provenance
    tiers: tuple[TierRow, ...] = ()
    fleet: tuple[FleetRow, ...] = ()
    purchases: tuple[PurchaseRow, ...] = ()
    expansions: tuple[ExpansionRow, ...] = ()
    leases: tuple[LeaseRow, ...] = ()
    transfers: tuple[TransferRow, ...] = ()
    early_retirements: tuple[EarlyRetirementRow, ...] = ()
    residuals: tuple[ResidualRow, ...] = ()
    allocation: tuple[AllocationRow, ...] = ()
    services: tuple[ServiceRow, ...] = ()
    runs: tuple[RunRow, ...] = ()
    split: tuple[SplitRow, ...] = ()
    budgets: tuple[BudgetRow, ...] = ()
    costs: tuple[CostRow, ...] = ()
    accounts: tuple[AccountRow, ...] = ()
    unit_costs: tuple[UnitCostRow, ...] = ()
    totals: Totals | None = None
    does_it_pay: DoesItPay | None = None
    rejected: tuple[RejectedRow, ...] = ()
    rates: tuple[RateRow, ...] = ()
    prices: tuple[PriceRow, ...] = ()
    audit: Audit | None = None
    certificate: Certificate | None = None
    infeasibility: Infeasibility | None = None
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as the JSON of formats §6."""
        return {"format_version": FORMAT_VERSION, **asdict(self)}

    def frame(self, section: str) -> "pd.DataFrame":
        """Return a section as a pandas frame, one line a row.

        Args:
            section: One of ``SECTIONS``.

        Raises:
            KeyError: There is no such section.
        """
        import pandas as pd  # noqa: PLC0415  # only for those who want frames

        if section not in SECTIONS:
            msg = f"{section!r} is not a section; write one of {', '.join(SECTIONS)}"
            raise KeyError(msg)
        names = [column.name for column in fields(_ROWS[section])]
        rows = [asdict(row) for row in getattr(self, section)]
        return pd.DataFrame(rows, columns=names)
