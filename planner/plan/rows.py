"""The rows of a plan: plain values, the unit in every name (formats §6)."""

from dataclasses import field

from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class FleetRow:
    """What stands at a site in a period [accelerators]."""

    site: str
    accelerator: str
    period: str
    installed: float
    added: float
    retired: float


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """A delivery, and when it has to be ordered.

    Attributes:
        order_by: Month of the latest order, e.g. ``2025-10``.
        systems: Whole systems that hold the count, rounded up.
        capex_usd: Nominal price, system and network.
    """

    site: str
    accelerator: str
    order_by: str
    period: str
    count: float
    systems: int
    capex_usd: float


@dataclass(frozen=True, slots=True)
class ExpansionRow:
    """Power that is added to a site, and when it has to be ordered.

    Attributes:
        period: When it is paid; the order serves from ``in_service`` on.
        order_by: Month of the latest order for that, e.g. ``2026-03``.
        in_service: First period in which it can be used.
        mw: Facility power.
        capex_usd: Nominal.
    """

    site: str
    period: str
    order_by: str
    in_service: str
    mw: float
    capex_usd: float


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """What is leased of an offer in a period [accelerators].

    Attributes:
        count: Leased at once; on demand: in the block with the most.
        signed: Of them, signed in this period.
        hours: Accelerator-hours that are paid for.
        lease_usd: Their nominal price.
    """

    offer: str
    accelerator: str
    period: str
    count: float
    signed: float
    hours: float
    lease_usd: float


@dataclass(frozen=True, slots=True)
class TransferRow:
    """Accelerators that move: they leave in a period and serve again in the next.

    Attributes:
        to_site: Where they go.
        arrives: Period in which they stand there.
        cost_usd: Nominal, paid when they leave.
    """

    site: str
    to_site: str
    accelerator: str
    period: str
    arrives: str
    count: float
    cost_usd: float


@dataclass(frozen=True, slots=True)
class EarlyRetirementRow:
    """Accelerators that are scrapped before the end of their life.

    Attributes:
        freed_mw: Facility power that they had provisioned.
    """

    site: str
    accelerator: str
    period: str
    count: float
    freed_mw: float


@dataclass(frozen=True, slots=True)
class ResidualRow:
    """Accelerators installed together, and their value at the horizon's end.

    Attributes:
        site: ``fleet`` for all sites where they can be moved between them.
        installed: Period of the delivery, or as the starting fleet states it.
        standing: Whether they are of the starting fleet.
        cohort: How many were installed.
        kept: How many of them count as standing at the end.
        residual_usd: What those are worth [present $].
        lost_usd: What the others would be worth [present $].
    """

    site: str
    accelerator: str
    installed: str
    standing: bool
    cohort: float
    kept: float
    residual_usd: float
    lost_usd: float


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """Accelerators that work on a workload.

    Attributes:
        rounded_up: The count in whole replicas where it is under 20 of them.
    """

    site: str
    accelerator: str
    workload: str
    kind: str
    period: str
    block: str
    count: float
    rounded_up: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """Demand of a service, and what is served of it.

    Attributes:
        demand: Mean over the block, in ``unit``.
        served: The same, served.
        served_fraction: served / demand; None without demand.
        shortfall_usd: What serving one more unit costs above its value, at
            this plan's prices [present $ per token, sample or request]; None
            where all is served or capacity alone decides.
    """

    workload: str
    kind: str
    period: str
    block: str
    demand: float
    served: float
    unit: str
    served_fraction: float | None
    shortfall_usd: float | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A training run, finished or not.

    Attributes:
        tokens: Tokens trained on within the plan.
        energy_mwh: At the meter, of the owned accelerators while they run.
        cost_usd: Owned cost of its accelerator-hours: straight-line capital at
            the price of their period, maintenance, energy; leased ones at the price
            of their lease [nominal $]; None where an owned accelerator has no price.
        value_usd: Present value that the objective counted for it.
        marginal_price: What one more token costs at the prices of the scarce
            resources [present $]; None where not computed.
    """

    workload: str
    completed_fraction: float
    first_period: str | None
    last_period: str | None
    sites: tuple[str, ...]
    accelerators: tuple[str, ...]
    accelerator_hours: float
    tokens: float
    energy_mwh: float
    cost_usd: float | None
    value_usd: float
    marginal_price: float | None = None


@dataclass(frozen=True, slots=True)
class TierRow:
    """What the workloads of one priority achieve, 1 being everything.

    Attributes:
        minimum: Smallest achievement of a workload: of a service what is served on
            average over its hours with demand, of a run what is completed.
        total: Σ weight · achievement.
    """

    priority: int
    minimum: float
    total: float


@dataclass(frozen=True, slots=True)
class SplitRow:
    """Mean count over the load blocks of one kind of work, and its share."""

    kind: str
    accelerator: str
    period: str
    count: float
    share: float


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """How far a limit is used; ``name`` is the constraint's name."""

    name: str
    scope: str
    period: str
    used: float
    limit: float
    unit: str
    utilisation: float | None


@dataclass(frozen=True, slots=True)
class CostRow:
    """Nominal cash, energy and carbon of a period, owned sites."""

    period: str
    capex_usd: float
    energy_usd: float
    maintenance_usd: float
    lease_usd: float
    energy_mwh: float
    co2e_t: float
    transfer_usd: float = 0.0

    @property
    def opex_usd(self) -> float:
        """Return all that is cash and not capex."""
        running = self.energy_usd + self.maintenance_usd
        return running + self.lease_usd + self.transfer_usd


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A workload and an accelerator that cannot be paired, and why."""

    workload: str
    accelerator: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class RateRow:
    """The rate behind a pair that can be, and how far it can be trusted.

    Attributes:
        per_accelerator: Work of one accelerator, all factors included [``unit``].
        replica: Accelerators that serve together; None where divisible.
        confidence: ``measured``, or that of the accelerator's factors.
        notes: What the reader of the estimate must know.
    """

    workload: str
    accelerator: str
    per_accelerator: float
    unit: str
    replica: int | None
    confidence: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """Present $ that add up to the objective's value.

    Under maximize_value values and residual are positive and costs negative;
    under minimize_cost costs are positive and residual negative.
    """

    served_value: float = 0.0
    run_value: float = 0.0
    energy: float = 0.0
    maintenance: float = 0.0
    leases: float = 0.0
    purchases: float = 0.0
    expansion: float = 0.0
    residual: float = 0.0
    transfers: float = 0.0

    def total(self) -> float:
        """Return the sum of all parts."""
        return (
            self.served_value
            + self.run_value
            + self.energy
            + self.maintenance
            + self.leases
            + self.purchases
            + self.expansion
            + self.residual
            + self.transfers
        )


@dataclass(frozen=True, slots=True)
class Objective:
    """What was optimised: profit or cost, in present $.

    Attributes:
        value_usd: None where there is no plan.
        bound_usd: Proven bound; None where there is none.
        gap: Relative distance between the two; None where there is none.
        continuous_usd: What the same plan would be worth if systems, replicas, runs
            and places could be divided; None where they are.
        continuous_loss: Relative distance of the value to that.
    """

    mode: str
    value_usd: float | None
    bound_usd: float | None
    gap: float | None
    parts: Parts | None
    continuous_usd: float | None = None
    continuous_loss: float | None = None


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures that checks, sweeps and reports refer to (formats §6)."""

    profit_usd: float | None
    cost_usd: float | None
    capex_usd: float
    opex_usd: float
    peak_power_mw: float
    energy_mwh: float
    co2e_t: float
    accelerators: float
    h100_equivalents: float | None
    unserved_fraction: float
    unfinished_runs: int


@dataclass(frozen=True, slots=True)
class SolverRow:
    """What solved the program, and how long it took [CPU s]."""

    name: str
    version: str
    algorithm: str
    iterations: int | None
    build_s: float
    solve_s: float


@dataclass(frozen=True, slots=True)
class FormulationRow:
    """Size of the program."""

    variables: int
    constraints: int
    nonzeros: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was read."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the plan was computed from; no clock, no host.

    Attributes:
        inputs_hash: SHA-256 over every resolved value.
    """

    planner: str
    solver: str
    inputs_hash: str
    files: tuple[FileRow, ...]
    set: tuple[str, ...] = field(default=())
