"""One accelerator type, as ``hardware/<name>.yaml`` writes it (formats §2)."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from planner.periods import Span
from planner.specs.fields import (
    Bandwidth,
    Duration,
    FailureRate,
    FlopRate,
    HourlyPrice,
    Kind,
    Lifetime,
    Memory,
    Months,
    Name,
    Names,
    Period,
    Power,
    Precision,
    Ratio,
    Share,
    Spec,
    Truth,
    Unit,
    Whole,
    YearlyRate,
    refuse,
)
from planner.specs.series import Series, SeriesOf
from planner.units import Quantity, magnitude

SourceKind = Literal[
    "datasheet", "paper", "measurement", "press", "estimate", "assumption"
]
Confidence = Literal["high", "medium", "low"]
KINDS: tuple[Kind, ...] = (
    "llm_training",
    "llm_inference",
    "recommendation_training",
    "recommendation_inference",
)
Zero = Annotated[Quantity, Unit("B", "3.5 GB")]
Efficiency = Annotated[float, Ratio("0.4", 0.0, 1.0)]


class Source(Spec):
    """Where numbers come from; referred to by its key."""

    title: str
    """What was read."""
    url: str | None = None
    """Where it was read."""
    as_of: Annotated[str, BeforeValidator(str)] | None = None
    """Date that the figure holds for or was read on, e.g. 2026-11."""
    kind: SourceKind
    """How far it can be trusted."""


class MemorySpec(Spec):
    """Memory of one accelerator, in decimal bytes as the driver reports it."""

    capacity: Memory
    """Main memory (HBM, LPDDR)."""
    bandwidth: Bandwidth | None = None
    """Peak read rate of the main memory."""
    reserved: Zero | None = None
    """Memory that runtime and driver keep."""
    sram: Memory | None = None
    """Shared on-chip memory."""
    sram_bandwidth: Bandwidth | None = None
    """Peak read rate of the on-chip memory."""


class InterconnectSpec(Spec):
    """Links of one accelerator, per direction."""

    scale_up: Bandwidth | None = None
    """To the accelerators of its domain (NVLink, NeuronLink …)."""
    domain: Whole = 1
    """Accelerators in one scale-up domain."""
    scale_out: Bandwidth | None = None
    """To the cluster network."""


class SystemSpec(Spec):
    """The unit that can be bought."""

    accelerators: Whole = 1
    """Accelerators in one system."""


class PowerSpec(Spec):
    """Wall power of one accelerator with host and network share, before PUE."""

    nameplate: Annotated[Quantity, Unit("W", "1.8 kW", positive=True)]
    """What has to be provisioned."""
    active: Power | None = None
    """Measured mean under load; absent: the nameplate."""
    idle: Power | None = None
    """Measured mean without load; absent: as active."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for name, low, high in (
            ("idle", self.idle, self.active or self.nameplate),
            ("active", self.active, self.nameplate),
        ):
            if low is not None and low > high:
                limit = "active" if name == "idle" and self.active else "nameplate"
                message = f"is above {limit}; write 0 <= idle <= active <= nameplate"
                raise refuse(message, name)
        return self

    @property
    def under_load(self) -> Quantity:
        """Return the draw under load."""
        return self.nameplate if self.active is None else self.active

    @property
    def without_load(self) -> Quantity:
        """Return the draw without load."""
        return self.under_load if self.idle is None else self.idle


class PriceSpec(Spec):
    """Prices of one accelerator."""

    system: (
        Annotated[Series, SeriesOf(Unit("USD", "31 kUSD", positive=True))] | None
    ) = None
    """Capex of its share of the server."""
    network: Annotated[Series, SeriesOf(Unit("USD", "4 kUSD"))] | None = None
    """Capex of its share of the cluster network."""
    maintenance: YearlyRate | None = None
    """Yearly share of the capex."""
    rental: HourlyPrice | None = None
    """Price of renting one for an hour."""

    @property
    def yearly_maintenance(self) -> float:
        """Return the yearly share of the capex; 0 where the file has none."""
        rate = self.maintenance
        return 0.0 if rate is None else magnitude(rate, "1/year")

    def level(self, period: Span) -> Quantity | None:
        """Return system plus network price; None where no price is known."""
        system = self.system.level(period) if self.system else None
        if system is None or self.network is None:
            return system
        network = self.network.level(period)
        return system if network is None else system + network


class ReliabilitySpec(Spec):
    """Failures, and what they cost."""

    failures: FailureRate | None = None
    """Interruptions per node and day."""
    availability: Annotated[float, Ratio("97 %", 0.0, 1.0)] = 1.0
    """Share of installed units in working order."""
    restart: Duration | None = None
    """From failure to useful work."""
    checkpoint: Duration | None = None
    """Time that writing one checkpoint blocks the job."""


class EfficiencySpec(Spec):
    """Calibrated factors that performance/ multiplies peaks with."""

    training: dict[Precision, Efficiency] = {}
    """MFU of a large dense pretraining run at steady state, by precision."""
    inference: Annotated[float, Ratio("1.0", 0.0)] | None = None
    """Factor on the closed form of LLM serving; 1 is an H100's."""
    recommendation_compute: Efficiency | None = None
    """Achieved share of the peak in ranking models."""
    recommendation_bandwidth: Efficiency | None = None
    """Achieved share of the memory bandwidth in embedding reads."""
    sram_hit: Share | None = None
    """Share of embedding reads that on-chip memory answers."""
    confidence: Confidence = "low"
    """How far the factors can be trusted."""


class Accelerator(Spec):
    """One accelerator type, counted with its share of host and network."""

    name: Name
    """Key in scenarios and rows."""
    title: str | None = None
    """Name for people."""
    vendor: Name
    """Who makes it; any word."""
    available: Period | None = None
    """First month of delivery; absent: always."""
    runs: Annotated[tuple[Kind, ...], Field(min_length=1)] = KINDS
    """Kinds of work that it can do."""
    why: str | None = None
    """Why it cannot do the others."""
    peak: dict[Precision, FlopRate] = {}
    """Dense peak by precision."""
    memory: MemorySpec | None = None
    """Memory."""
    interconnect: InterconnectSpec = InterconnectSpec()
    """Links."""
    system: SystemSpec = SystemSpec()
    """The unit that can be bought."""
    power: PowerSpec
    """Wall power before PUE."""
    price: PriceSpec = PriceSpec()
    """Prices."""
    lead_time: Months | None = None
    """From order to delivery; absent: none."""
    lifetime: Lifetime | None = None
    """Until it is taken out of service."""
    requires: Names = ()
    """What a site must list under ``provides``."""
    orderable: Truth = True
    """Whether it can still be bought."""
    reliability: ReliabilitySpec = ReliabilitySpec()
    """Failures."""
    efficiency: EfficiencySpec = EfficiencySpec()
    """Calibrated factors."""
    sources: dict[str, Source] = {}
    """Where the numbers come from."""

    @model_validator(mode="after")
    def _first_month(self) -> Self:
        if self.available is not None and self.available.months != 1:
            message = f"{self.available.label!r} is not a month; write e.g. '2024-11'"
            raise refuse(message, "available")
        return self

    @property
    def lead_months(self) -> float:
        """Return the months from order to delivery."""
        return 0.0 if self.lead_time is None else magnitude(self.lead_time, "month")

    @property
    def lifetime_months(self) -> float | None:
        """Return the months in service; None without a lifetime."""
        if self.lifetime is None:
            return None
        return magnitude(self.lifetime, "month")
