"""Serving cases to be estimated on their own (formats §5)."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from planner.specs.accelerator import Source
from planner.specs.fields import (
    Count,
    Latency,
    Name,
    Precision,
    Share,
    SomeNames,
    Spec,
    TokenCount,
    Unit,
    Whole,
)
from planner.specs.model import ModelOrName
from planner.units import Quantity


class InferenceCase(Spec):
    """A language model on an accelerator, with or without limits."""

    name: Name
    """Key of the case."""
    model: ModelOrName
    """Name of a model, or the model itself."""
    accelerator: SomeNames
    """One accelerator, or several to compare."""
    precision: Precision | None = None
    """Number format; absent: the best that the accelerator has."""
    replica: Whole | None = None
    """Accelerators of one replica; absent: the best."""
    prompt: TokenCount
    """Tokens of the prompt."""
    output: TokenCount
    """Tokens of the answer."""
    time_per_output_token: Latency | None = None
    """Limit on the time between two output tokens."""
    time_to_first_token: Latency | None = None
    """Limit on the time to the first output token."""
    concurrency: Whole | None = None
    """Requests at once on a replica; absent: the best."""
    cache_hit: Share = 0.0
    """Share of prompt tokens found in the prefix cache."""


class RecommendationCase(Spec):
    """A ranking model on an accelerator, for a demand."""

    name: Name
    """Key of the case."""
    model: ModelOrName
    """Name of a model, or the model itself."""
    accelerator: SomeNames
    """One accelerator, or several to compare."""
    precision: Precision
    """Number format of the computation."""
    demand: Annotated[
        Quantity, Unit("sample/s", "2 Gsample/s", also=("request/s",), positive=True)
    ]
    """Mean demand."""
    candidates: (
        Annotated[Quantity, Unit("sample/request", "100 sample/request")] | None
    ) = None
    """Samples for one request."""
    latency: Latency | None = None
    """Limit on the time to rank one request."""
    copies: Count | None = None
    """Copies of the embedding tables that must stay in memory."""


def _tag(value: Any) -> str:
    ranking = {"demand", "candidates", "latency", "copies"}
    keys = set(value) if isinstance(value, dict) else set()
    known = keys & ranking or isinstance(value, RecommendationCase)
    return "<RecommendationCase>" if known else "<InferenceCase>"


Case = Annotated[
    Annotated[InferenceCase, Tag("<InferenceCase>")]
    | Annotated[RecommendationCase, Tag("<RecommendationCase>")],
    Discriminator(_tag),
]


class Cases(Spec):
    """A file of serving cases."""

    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    """The cases."""
    sources: dict[str, Source] = {}
    """Where the numbers come from."""
