"""A training run to be estimated on its own (formats §5)."""

from typing import Annotated, Literal, Self

from pydantic import model_validator

from planner.specs.accelerator import Source
from planner.specs.fields import (
    Days,
    Factor,
    Lifetime,
    Name,
    Precision,
    Ratio,
    SomeNames,
    Spec,
    TokenCount,
    Tokens,
    Unit,
    Whole,
    refuse,
)
from planner.specs.model import ModelOrName
from planner.units import Quantity


class RunSite(Spec):
    """Where a run's accelerators stand."""

    pue: Factor | None = None
    """Facility power over the power of the machines."""
    electricity: Annotated[Quantity, Unit("USD/MWh", "65 USD/MWh")] | None = None
    """Price of energy."""
    carbon: Annotated[Quantity, Unit("kg/kWh", "0.375 kg/kWh")] | None = None
    """Carbon intensity of energy."""


class RunEconomics(Spec):
    """How owned accelerators are paid for."""

    lifetime: Lifetime | None = None
    """Years in service."""
    utilisation: Annotated[float, Ratio("70 %", 0.01, 1.0)] | None = None
    """Share of the hours that an owned accelerator is in use."""


class Run(Spec):
    """A training run: a model, tokens, accelerators; the rest has defaults."""

    name: Name
    """Key of the run."""
    title: str | None = None
    """Name for people."""
    model: ModelOrName
    """Name of a model, or the model itself."""
    tokens: Tokens
    """Tokens to train on."""
    sequence_length: TokenCount | None = None
    """Tokens of one sequence; absent: 8192."""
    precision: Precision = "bf16"
    """Number format of the computation."""
    method: Literal["pretraining", "fine_tuning", "lora"] = "pretraining"
    """Which weights learn."""
    setting: Literal["production", "benchmark"] = "production"
    """Long and with failures, or tuned, short and without."""
    accelerator: SomeNames
    """One accelerator, or several to compare."""
    count: Whole | None = None
    """Accelerators of the run."""
    days: Days | None = None
    """Days it may take, to be told the count."""
    site: RunSite = RunSite()
    """Where they stand."""
    economics: RunEconomics = RunEconomics()
    """How they are paid for."""
    sources: dict[str, Source] = {}
    """Where the numbers come from."""

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if self.count is not None and self.days is not None:
            raise refuse("stands beside count; write one of the two", "days")
        return self


class Runs(Spec):
    """A file of several runs."""

    runs: tuple[Run, ...]
    """The runs."""
    sources: dict[str, Source] = {}
    """Where the numbers come from."""
