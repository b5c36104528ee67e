"""One replica: what a request asks of it, and how long a step takes.

Per request with I prompt and O output tokens, on a replica of g accelerators::

    seconds = g^β/(η·μ) · [ FLOP/(ec·F) + O·(W_read/B + KV)/(em·BW) ]
    TPOT(B) = seconds·B/(O·g) + step overhead
    TTFT(B) = margin·prefill + steps·TPOT(B)

Compute and memory terms are added, not the larger taken: measured, that cuts the median
error from 15 to 10 %.  KV is read for the mean context I + O/2, and memory set aside
for the whole of it, I + O, as schedulers do that never evict a request.

Lengths may be arrays of one shape: then so are all that follows from them.
"""

import math
from typing import Any

from planner.performance.constants import InferenceConstants
from planner.performance.models import Architecture, Transformer
from planner.records import dataclass

_STEPS = 12
"""Newton's from below: one is exact for a dense model, few are needed for experts."""

Numbers = Any
"""A float, or an array of floats; the arithmetic is the same."""


@dataclass(frozen=True, slots=True)
class ServingRequest:
    """The mean request, and the limits that it is served under.

    Attributes:
        prompt_tokens: I, cached ones included.
        output_tokens: O.
        cache_hit: Share of the prompt whose prefill is skipped; its keys are still
            held and read.
        tpot_limit_s: Largest time per output token; None without.
        ttft_limit_s: Largest time to first token; None without.
        replica: Accelerators of a replica; None lets the best be chosen.
        concurrency: Requests in flight per replica at most; None without.
    """

    prompt_tokens: Numbers
    output_tokens: Numbers
    cache_hit: Numbers = 0.0
    tpot_limit_s: float | None = None
    ttft_limit_s: float | None = None
    replica: int | None = None
    concurrency: float | None = None

    @property
    def context_tokens(self) -> Numbers:
        """Mean context of an output token: I + O/2."""
        return self.prompt_tokens + self.output_tokens / 2.0

    @property
    def reserved_tokens(self) -> Numbers:
        """Longest context of a request: I + O."""
        return self.prompt_tokens + self.output_tokens

    @property
    def limited(self) -> bool:
        """Whether a latency limit applies, and with it the tail factor."""
        return self.tpot_limit_s is not None or self.ttft_limit_s is not None


@dataclass(frozen=True, slots=True)
class Offer:
    """What an accelerator brings to serving.

    Attributes:
        precision: Of weights and matrix products.
        flop_s: Sustained on one accelerator, before its factor.
        memory_b: Bytes that weights and cache may take.
        bandwidth_b_s: Memory bandwidth.
        factor: η, the accelerator's own, on compute and bandwidth.
    """

    precision: str
    flop_s: float
    memory_b: float
    bandwidth_b_s: float
    factor: float


@dataclass(frozen=True, slots=True)
class Load:
    """What one request asks of a replica, and what each accelerator sustains.

    Attributes:
        prefill_flop: To read the prompt.
        decode_flop: To write the output.
        output_tokens: Tokens written.
        weights_b: The whole model.
        always_read_b: The part of it that every step reads.
        untouched: Chance that one request in a step leaves a given expert unread.
        context_b: Keys and values that an output token reads.
        reserved_b: Memory set aside for those of one request.
        compute_flop_s: Sustained in a mixed batch.
        prefill_flop_s: Sustained on a prompt alone.
        read_b_s: Sustained memory reads.
        memory_b: Bytes that weights and cache may take, per accelerator.
        overhead_s: Of one step on several accelerators.
        overhead_single_s: Of one step on one.
    """

    prefill_flop: Numbers
    decode_flop: Numbers
    output_tokens: Numbers
    weights_b: float
    always_read_b: float
    untouched: float
    context_b: Numbers
    reserved_b: Numbers
    compute_flop_s: float
    prefill_flop_s: float
    read_b_s: float
    memory_b: float
    overhead_s: float
    overhead_single_s: float


def prefill_flop(
    model: Transformer, shape: Architecture, prompt_tokens: Numbers, hit: Numbers
) -> Numbers:
    """Return the FLOP to read a prompt, a share `hit` of it cached.

    2·N_active·I + 2·L·D·I² for causal attention; uncached tokens still attend to
    cached ones, so attention falls by the square of the hit rate.
    """
    cached = hit * prompt_tokens
    pairs = prompt_tokens * _reach(shape, prompt_tokens, 2.0)
    pairs = pairs - cached * _reach(shape, cached, 2.0)
    attention = 2.0 * shape.heads * shape.head_dim * pairs
    return 2.0 * model.active_parameters * (prompt_tokens - cached) + attention


def decode_flop(
    model: Transformer, shape: Architecture, request: ServingRequest
) -> Numbers:
    """Return the FLOP to write all output tokens: (2·N_active + 4·L·D·context)·O."""
    held = _reach(shape, request.context_tokens, 1.0)
    attention = 4.0 * shape.heads * shape.head_dim * held
    return (2.0 * model.active_parameters + attention) * request.output_tokens


def context_b(shape: Architecture, tokens: Numbers, kv_bytes: float) -> Numbers:
    """Return the bytes of keys and values that a context of `tokens` holds."""
    per_layer = 2.0 * shape.kv_heads * shape.head_dim * kv_bytes
    return per_layer * _reach(shape, tokens, 1.0)


def _reach(shape: Architecture, tokens: Numbers, windows: float) -> Numbers:
    """Return Σ over layers of the tokens attended to, in token-layers.

    A windowed layer reaches so many windows at most.  Source: Megatron-LM,
    ``num_floating_point_operations``, where the mean of a causal prompt is half of two.
    """
    if shape.window_tokens is None:
        return shape.layers * tokens
    near = least(tokens, windows * shape.window_tokens)
    return shape.full_layers * tokens + (shape.layers - shape.full_layers) * near


def least(numbers: Numbers, most: Numbers) -> Numbers:
    """Return the smaller of two, element by element where one is an array."""
    if isinstance(numbers, int | float) and isinstance(most, int | float):
        # The general form costs a microsecond, and plans rate thousands of replicas.
        return min(numbers, most)
    import numpy as np  # noqa: PLC0415  # heavy, and needed for arrays alone

    return np.minimum(numbers, most)


def load_of(
    model: Transformer,
    shape: Architecture,
    offer: Offer,
    request: ServingRequest,
    constants: InferenceConstants,
) -> Load:
    """Return what a mean request of a model asks of an accelerator."""
    weight_b = constants.weight_bytes[offer.precision]
    kv_b = constants.kv_bytes[offer.precision]
    routed = shape.active_experts / shape.experts if shape.experts else 1.0
    mixed = offer.factor * (constants.mixture if model.mixture else 1.0)
    step_s = constants.step_s_per_layer * shape.layers
    return Load(
        prefill_flop=prefill_flop(
            model, shape, request.prompt_tokens, request.cache_hit
        ),
        decode_flop=decode_flop(model, shape, request),
        output_tokens=request.output_tokens,
        weights_b=model.parameters * weight_b,
        always_read_b=model.active_parameters * weight_b,
        untouched=1.0 - routed,
        context_b=context_b(shape, request.context_tokens, kv_b),
        reserved_b=context_b(shape, request.reserved_tokens, kv_b),
        compute_flop_s=mixed * offer.flop_s,
        prefill_flop_s=offer.factor * offer.flop_s,
        read_b_s=mixed * constants.bandwidth * offer.bandwidth_b_s,
        memory_b=offer.memory_b,
        overhead_s=step_s,
        overhead_single_s=step_s * constants.single_step_share,
    )


class Replica:
    """One load on a replica of a given size.

    A step takes `fixed_s` + `always_s`, plus `each_s` for every request, plus a share
    of `rest_s` that nears 1 as the batch touches more experts.

    Attributes:
        load: What is served, on which accelerator.
        size: Accelerators of the replica.
        memory_batch: Requests whose contexts fit; below 1 not even one.
        batch_cap: Requests that the scheduler takes.
        fixed_s: Overhead of a step.
        always_s: To read the weights that every step reads.
        rest_s: To read all other weights.
        computed_s: To compute one request's share of a step.
        cached_s: To read its keys and values.
    """

    def __init__(self, load: Load, size: int, constants: InferenceConstants) -> None:
        self.load = load
        self.size = size
        self.constants = constants
        free_b = size * load.memory_b - load.weights_b
        self.memory_batch = free_b / load.reserved_b
        self.batch_cap = constants.batch_cap * size
        self._pace = size**constants.parallelism_exponent / size
        self.fixed_s = load.overhead_s if size > 1 else load.overhead_single_s
        self.always_s = self._pace * load.always_read_b / load.read_b_s
        rest_b = load.weights_b - load.always_read_b
        self.rest_s = self._pace * rest_b / load.read_b_s
        flop = load.prefill_flop + load.decode_flop
        self.computed_s = self._pace * flop / load.output_tokens / load.compute_flop_s
        self.cached_s = self._pace * load.context_b / load.read_b_s

    def weights_s(self, batch: Numbers) -> Numbers:
        """Return the time in which one step of a batch reads weights."""
        if not self.load.untouched:
            return self.always_s + self.rest_s
        return self.always_s + self.rest_s * (1.0 - self.load.untouched**batch)

    def tpot_s(self, batch: Numbers) -> Numbers:
        """Return the time per output token at a batch: that of one step."""
        each_s = self.computed_s + self.cached_s
        return self.fixed_s + self.weights_s(batch) + each_s * batch

    def prefill_s(self) -> Numbers:
        """Return the time that a prompt alone takes."""
        alone_s = self._pace * self.load.prefill_flop / self.load.prefill_flop_s
        return self.constants.prefill_margin * alone_s

    def ttft_s(self, batch: Numbers) -> Numbers:
        """Return the time to first token among a batch that is served."""
        waited_s = self.constants.first_token_steps * self.tpot_s(batch)
        return self.prefill_s() + waited_s

    def step_limit_s(self, request: ServingRequest) -> Numbers | None:
        """Return the longest step that keeps both limits; None without limits.

        Time to first token rises with the step, so that a limit on it is one on the
        step as well.
        """
        limit = request.tpot_limit_s
        if request.ttft_limit_s is None:
            return limit
        left_s = request.ttft_limit_s - self.prefill_s()
        waiting = left_s / self.constants.first_token_steps
        return waiting if limit is None else least(waiting, limit)

    def tail(self, request: ServingRequest) -> Numbers:
        """Return the share of the saturated rate that keeps the limits at their tail.

        Of a limit on the first token, the prompt's own time cannot be waited for: the
        more of it that takes, the shorter the queue must be, and the lower the load.
        """
        if not request.limited:
            return 1.0
        most = self.constants.tail
        if request.ttft_limit_s is None:
            return most
        return most * (1.0 - self.prefill_s() / request.ttft_limit_s)

    def largest_batch(self, limit_s: Numbers, most: Numbers) -> Numbers:
        """Return the largest batch up to `most` whose step keeps the limit.

        A step is concave in the batch, so that Newton's steps from a batch of 1, which
        must keep the limit, never pass the largest one; a dense model takes one.
        """
        untouched, each_s = self.load.untouched, self.computed_s + self.cached_s
        if not untouched:
            return least(1.0 + (limit_s - self.tpot_s(1.0)) / each_s, most)
        batch = 1.0 + 0.0 * limit_s
        curvature_s = -math.log(untouched) * self.rest_s
        for _ in range(_STEPS):
            rest = untouched**batch
            step_s = self.fixed_s + self.always_s + self.rest_s * (1.0 - rest)
            missing_s = limit_s - step_s - each_s * batch
            batch = least(batch + missing_s / (each_s + curvature_s * rest), most)
        return batch
