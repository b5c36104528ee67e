"""Models as the performance layer sees them: floats in named units."""

from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a decoder-only transformer; all of it is needed or none.

    Attributes:
        layers: Number of layers.
        hidden: Width of the residual stream.
        heads: Query heads.
        kv_heads: Key and value heads (grouped-query attention).
        head_dim: Width of a head.
        feed_forward: Width of the dense layer, or of one expert.
        vocabulary: Entries of the output projection.
        matrices: Matrices per feed-forward block: 3 for SwiGLU, 2 otherwise.
        dense_feed_forward: Width of the dense layers of a mixture of experts; None
            where it is `feed_forward`.
        experts: Routed experts of a layer; 0 for a dense model.
        active_experts: Routed experts that a token visits.
        shared_experts: Experts that every token visits.
        expert_every: Every so many layers one has experts, the others are dense.
        window_tokens: Tokens that a windowed layer attends to; None without windows.
        full_every: Every so many layers one attends to everything; 0 for none.
        first_dense: Layers at the start without experts.
        projections: Weights of one layer's attention projections where they are not
            those of `heads` and `kv_heads` (latent attention).  Then `head_dim` is
            the mean of a head's key and value, which gives its matrix products, and
            2·`kv_heads`·`head_dim` the values that are cached.
        prediction_layers: Further layers, each with a projection of two vectors into
            one and with its own logits, that training adds (multi-token prediction).
    """

    layers: int
    hidden: float
    heads: float
    kv_heads: float
    head_dim: float
    feed_forward: float
    vocabulary: float
    matrices: int = 3
    dense_feed_forward: float | None = None
    experts: int = 0
    active_experts: int = 0
    shared_experts: float = 0.0
    expert_every: int = 1
    window_tokens: float | None = None
    full_every: int = 0
    first_dense: float = 0.0
    projections: float | None = None
    prediction_layers: float = 0.0

    @property
    def full_layers(self) -> int:
        """Layers that attend to every earlier token."""
        if self.window_tokens is None:
            return self.layers
        return self.layers // self.full_every if self.full_every else 0

    @property
    def expert_layers(self) -> int:
        """Layers that hold experts."""
        if not self.experts:
            return 0
        return int(self.layers - self.first_dense) // self.expert_every

    def attended_tokens(self, tokens: float) -> float:
        """Return Σ over layers of the reach of attention, in token-layers.

        A full layer reaches `tokens`; a windowed one min(2·window, tokens), so that
        half of the result is the mean number of keys a causal token meets.  Source:
        Megatron-LM ``num_floating_point_operations``.
        """
        if self.window_tokens is None:
            return self.layers * tokens
        windowed = min(2.0 * self.window_tokens, tokens)
        return self.full_layers * tokens + (self.layers - self.full_layers) * windowed


@dataclass(frozen=True, slots=True)
class Transformer:
    """A language model.

    Attributes:
        name: Name of its file.
        parameters: Of the whole model.
        active_parameters: Used per token; equal to `parameters` in a dense model.
        architecture: None where the file does not describe all of it.
        missing: Keys that the file lacks for an architecture.
    """

    name: str
    parameters: float
    active_parameters: float
    architecture: Architecture | None = None
    missing: tuple[str, ...] = ()

    @property
    def mixture(self) -> bool:
        """Whether it is a mixture of experts."""
        return self.active_parameters < self.parameters


@dataclass(frozen=True, slots=True)
class RankingModel:
    """A recommendation model.

    Attributes:
        name: Name of its file.
        sample_flop: Forward work per candidate.
        sample_read_b: Embedding bytes read per candidate.
        request_flop: Forward work per request, shared by its candidates.
        tables_b: Embedding tables.
    """

    name: str
    sample_flop: float = 0.0
    sample_read_b: float = 0.0
    request_flop: float = 0.0
    tables_b: float = 0.0

    @property
    def unit(self) -> str:
        """What it is counted in: ``request`` where it has user-side work alone."""
        return "request" if self.request_flop and not self.sample_flop else "sample"
