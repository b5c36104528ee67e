"""One model: what training and serving it takes (formats §3)."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Tag, model_validator

from planner.specs.accelerator import Source
from planner.specs.fields import (
    Count,
    Name,
    Spec,
    TokenCount,
    Unit,
    Whole,
    form,
    refuse,
)
from planner.units import Quantity

Parameters = Annotated[Quantity, Unit("param", "70 Gparam", positive=True)]
SampleWork = Annotated[Quantity, Unit("FLOP/sample", "0.94 GFLOP/sample")]
SampleBytes = Annotated[Quantity, Unit("B/sample", "27.4 kB/sample")]
RequestWork = Annotated[Quantity, Unit("FLOP/request", "10 GFLOP/request")]
TableBytes = Annotated[Quantity, Unit("B", "200 GB")]


class Experts(Spec):
    """Mixture of experts."""

    count: Whole
    """Routed experts in a layer."""
    active: Whole = 1
    """Routed experts that a token passes."""
    shared: Count = 0.0
    """Experts that every token passes."""
    every: Whole = 1
    """Every how many-th layer is a mixture; the others are dense."""
    first_dense: Count = 0.0
    """Layers at the start that are dense, whatever ``every`` says."""
    feed_forward: Whole | None = None
    """Width of one expert where it differs from the model's ``feed_forward``."""


class LatentAttention(Spec):
    """Multi-head latent attention: keys and values come from one small vector."""

    query_rank: Whole
    """Width that queries are projected through."""
    key_value_rank: Whole
    """Width of the vector that keys and values are made of, and that is cached."""
    head_dim: Whole
    """Width of a head's query and key without the rotary part."""
    rotary_dim: Whole
    """Width of the rotary part; its key is shared by all heads, and cached."""
    value_dim: Whole
    """Width of a head's value."""


class Attention(Spec):
    """Attention with a window in some layers."""

    window: TokenCount
    """Tokens that a windowed layer looks back on."""
    every: Whole
    """Every how many-th layer looks at everything."""


class Model(Spec):
    """One model."""

    name: Name
    """Key in scenarios."""
    title: str | None = None
    """Name for people."""
    kind: Literal["transformer", "ranking"]
    """A language model, or a ranking (recommendation) model."""
    parameters: Parameters | None = None
    """Total parameters; a transformer needs them."""
    active_parameters: Parameters | None = None
    """Parameters that one token passes; absent: all."""
    layers: Whole | None = None
    """Transformer layers."""
    hidden: Whole | None = None
    """Width of the residual stream."""
    heads: Whole | None = None
    """Query heads."""
    kv_heads: Whole | None = None
    """Key and value heads; absent: as many as query heads."""
    head_dim: Whole | None = None
    """Width of a head; absent: hidden / heads."""
    feed_forward: Whole | None = None
    """Width of the dense layer or of one expert."""
    matrices: Whole = 3
    """Matrices of one feed-forward block: 3 where it is gated, else 2."""
    experts: Experts | None = None
    """Mixture of experts; absent: dense."""
    vocabulary: Whole | None = None
    """Tokens of the vocabulary."""
    attention: Attention | None = None
    """Windowed attention; absent: every layer looks at everything."""
    latent: LatentAttention | None = None
    """Latent attention (MLA); then kv_heads and head_dim say nothing."""
    prediction_layers: Count = 0.0
    """Further layers that are trained to predict later tokens (MTP)."""
    compute: SampleWork | None = None
    """Ranking: forward work of one sample."""
    embedding_read: SampleBytes | None = None
    """Ranking: embedding bytes read for one sample."""
    tables: TableBytes | None = None
    """Ranking: size of one copy of the embedding tables."""
    user_compute: RequestWork | None = None
    """Ranking: forward work done once for a request."""
    sources: dict[str, Source] = {}
    """Where the numbers come from."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "transformer" and self.parameters is None:
            raise refuse("a transformer needs it; write e.g. '70 Gparam'", "parameters")
        if (
            self.kind == "ranking"
            and self.compute is None
            and self.user_compute is None
        ):
            message = "a ranking model needs it (or user_compute)"
            raise refuse(f"{message}; write e.g. '0.94 GFLOP/sample'", "compute")
        if (
            self.parameters is not None
            and self.active_parameters is not None
            and self.active_parameters > self.parameters
        ):
            message = "is above parameters; write those that one token passes"
            raise refuse(message, "active_parameters")
        return self

    @property
    def per_request(self) -> bool:
        """Return whether a ranking model is counted in requests, not samples."""
        return self.kind == "ranking" and self.compute is None


ModelOrName = Annotated[
    Annotated[str, Tag("<value>")] | Annotated[Model, Tag("<mapping>")],
    Discriminator(form),
]
