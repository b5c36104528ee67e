"""The workloads that compete for the fleet (formats §4)."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from planner.specs.fields import (
    CHOICE,
    Count,
    Factor,
    Headroom,
    Kind,
    Latency,
    Name,
    Period,
    Precision,
    Ratio,
    Share,
    SomeNames,
    Spec,
    TokenCount,
    Tokens,
    Truth,
    Unit,
    Whole,
    count,
    refuse,
    shown,
)
from planner.specs.model import Model, ModelOrName
from planner.specs.value import Demand, DemandOf, ValueOf, ValueStep
from planner.units import Quantity

_USD_TOKEN = "USD/token"  # noqa: S105  # a unit, no secret
Throughput = Annotated[
    Quantity,
    Unit("token/s", "570 token/s", also=("request/s", "sample/s"), positive=True),
]


def _maximum(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: count(entry, name) for name, entry in value.items()}
    return count(value)


def _brackets(value: Any) -> Any:
    if not isinstance(value, list | tuple) or not value:
        raise refuse(f"{shown(value)} is not a list of sizes; write e.g. [8192, 32768]")
    sizes = [count(entry, number) for number, entry in enumerate(value)]
    for number, size in enumerate(sizes):
        least = sizes[number - 1] if number else 0.0
        if size <= least:
            raise refuse(f"{size:g} is not above {least:g}; write rising sizes", number)
    return tuple(sizes)


def _no_mode(value: Any) -> None:
    if value is not None:
        raise refuse(f"{shown(value)} is not a mode of inference; remove it")


class Placement(Spec):
    """Which accelerators a workload may use, and how many at once."""

    allowed: SomeNames | None = None
    """Names; absent: every accelerator that runs this kind."""
    maximum: Annotated[float | dict[str, float] | None, BeforeValidator(_maximum)] = (
        None
    )
    """Runs: accelerators at once, of all types together or by type."""
    minimum: Count | None = None
    """Runs of integer plans: accelerators at once, whenever any work on it."""
    brackets: Annotated[
        tuple[float, ...],
        BeforeValidator(_brackets),
        Field(json_schema_extra={"examples": [[8192, 32768]]}),
    ] = ()
    """Runs: rising sizes at which one more accelerator begins to bring less."""


class WorkloadBase(Spec):
    """What all workloads share."""

    unit: ClassVar[str]
    """Unit of the demand, or of a run's work."""
    kind: str
    """training, inference or recommendation."""
    mode: str | None = None
    """What the kind does, where it does more than one thing."""

    name: Name
    """Key in paths and rows."""
    title: str | None = None
    """Name for people."""
    model: ModelOrName | None = None
    """Name of a model, or the model itself."""
    precision: Precision | None = None
    """Number format of the computation."""
    accelerators: Placement = Placement()
    """Which accelerators it may use."""
    sites: SomeNames | None = None
    """Which sites it may use; absent: all."""
    minimum: Share | None = None
    """Share that must be served or completed."""
    priority: Whole | None = None
    """Rank under serve_by_priority; 1 comes first."""
    weight: Count = 1.0
    """Weight within its priority."""
    throughput: dict[str, Throughput] = {}
    """Measured rate per accelerator, by accelerator; final."""
    replica: Whole | None = None
    """Accelerators of one replica, where the model does not choose it."""
    single_site: Truth = False
    """Integer plans: whether one site does all of it."""
    single_accelerator: Truth = False
    """Integer plans: whether one type of accelerator does all of it."""
    value: tuple[ValueStep, ...] | None = None
    """What the work is worth."""

    @property
    def needs(self) -> Kind:
        """Return the kind of work that an accelerator must run."""
        raise NotImplementedError

    @property
    def model_name(self) -> str | None:
        """Return the key of its model, or None."""
        return self.model.name if isinstance(self.model, Model) else self.model


class TrainingRun(WorkloadBase):
    """A training run: a number of tokens, done within a window or not."""

    unit: ClassVar[str] = "token"
    kind: Literal["training"]
    mode: None = None
    tokens: Tokens
    """Tokens to train on."""
    sequence_length: TokenCount | None = None
    """Tokens of one sequence; absent: 8192."""
    start: Period | None = None
    """First period; absent: the horizon's first."""
    deadline: Period | None = None
    """Last period; absent: the horizon's last."""
    steady: Truth = False
    """Whether it cannot be preempted: as many accelerators in every load block."""
    divisible: Truth = False
    """Integer plans: whether a part of it may be done; absent: all or nothing."""
    value: Annotated[tuple[ValueStep, ...], ValueOf(Unit("USD", "2 GUSD"))] | None = (
        None
    )
    """What the finished run is worth."""

    @property
    def needs(self) -> Kind:
        """Return the kind of work that an accelerator must run."""
        return "llm_training"

    @model_validator(mode="after")
    def _window(self) -> Self:
        if (
            self.start
            and self.deadline
            and self.deadline.end_month <= self.start.first_month
        ):
            message = f"{self.deadline.label} is before its start {self.start.label}"
            raise refuse(f"{message}; write a later period", "deadline")
        return self


class ServiceBase(WorkloadBase):
    """A service: a demand that goes on, served in part or in full."""

    demand: Demand
    """Mean demand of a period."""
    profile: dict[str, Annotated[float, Ratio("1.4", 0.0)]] | None = None
    """Demand in each load block over the mean."""
    peak_to_average: Factor | None = None
    """Peak over mean within a block; absent: 1."""
    headroom: Headroom = 0.0
    """Capacity above the peak: forecast error and utilisation target."""

    @property
    def capacity_factor(self) -> float:
        """Return capacity over mean demand: peak_to_average × (1 + headroom)."""
        peak = 1.0 if self.peak_to_average is None else self.peak_to_average
        return peak * (1 + self.headroom)


class ContinuousTraining(ServiceBase):
    """Research and experiments: training that goes on, in tokens per second."""

    unit: ClassVar[str] = "token/s"
    kind: Literal["training"]
    mode: Literal["continuous"]
    sequence_length: TokenCount | None = None
    """Tokens of one sequence; absent: 8192."""
    demand: Annotated[Demand, DemandOf(Unit("token/s", "5 Mtoken/s"))]
    """Mean demand of a period."""
    value: (
        Annotated[tuple[ValueStep, ...], ValueOf(Unit(_USD_TOKEN, "0.5 USD/Mtoken"))]
        | None
    ) = None
    """What a served token is worth."""

    @property
    def needs(self) -> Kind:
        """Return the kind of work that an accelerator must run."""
        return "llm_training"


class Inference(ServiceBase):
    """Serving a language model."""

    unit: ClassVar[str] = "request/s"
    kind: Literal["inference"]
    mode: Annotated[None, BeforeValidator(_no_mode)] = None
    demand: Annotated[Demand, DemandOf(Unit("request/s", "21000 request/s"))]
    """Mean demand of a period."""
    prompt: TokenCount | None = None
    """Tokens of the prompt."""
    output: TokenCount | None = None
    """Tokens of the answer."""
    cache_hit: Share = 0.0
    """Share of prompt tokens found in the prefix cache."""
    time_per_output_token: Latency | None = None
    """Limit on the time between two output tokens."""
    time_to_first_token: Latency | None = None
    """Limit on the time to the first output token."""
    value: (
        Annotated[
            tuple[ValueStep, ...],
            ValueOf(
                Unit(_USD_TOKEN, "0.5 USD/Mtoken", also=("USD/request",)), by_token=True
            ),
        ]
        | None
    ) = None
    """What a served token (prompt and output) or request is worth."""

    @property
    def needs(self) -> Kind:
        """Return the kind of work that an accelerator must run."""
        return "llm_inference"


class Recommendation(ServiceBase):
    """Ranking: serving a ranking model, or training it."""

    unit: ClassVar[str] = "sample/s"
    kind: Literal["recommendation"]
    mode: Literal["serving", "training"] = "serving"
    demand: Annotated[
        Demand, DemandOf(Unit("sample/s", "2 Gsample/s", also=("request/s",)))
    ]
    """Mean demand of a period."""
    latency: Latency | None = None
    """Limit on the time to rank one request."""
    copies: Count | None = None
    """Copies of the embedding tables that must stay in memory."""
    value: (
        Annotated[
            tuple[ValueStep, ...],
            ValueOf(Unit("USD/sample", "0.2 USD/Msample", also=("USD/request",))),
        ]
        | None
    ) = None
    """What a served sample is worth."""

    @property
    def needs(self) -> Kind:
        """Return the kind of work that an accelerator must run."""
        if self.mode == "training":
            return "recommendation_training"
        return "recommendation_inference"


def _tag(value: Any) -> str | None:
    if isinstance(value, WorkloadBase):
        return f"<{type(value).__name__}>"
    if not isinstance(value, dict):
        return None
    kind, mode = value.get("kind"), value.get("mode")
    if kind == "training":
        return "<TrainingRun>" if mode is None else "<ContinuousTraining>"
    return {"inference": "<Inference>", "recommendation": "<Recommendation>"}.get(
        str(kind)
    )


Workload = Annotated[
    Annotated[TrainingRun, Tag("<TrainingRun>")]
    | Annotated[ContinuousTraining, Tag("<ContinuousTraining>")]
    | Annotated[Inference, Tag("<Inference>")]
    | Annotated[Recommendation, Tag("<Recommendation>")],
    Discriminator(
        _tag,
        custom_error_type=CHOICE,
        custom_error_message="unknown kind",
        custom_error_context={
            "key": "kind",
            "expected": "'training', 'inference' or 'recommendation'",
        },
    ),
]
Service = ContinuousTraining | Inference | Recommendation
