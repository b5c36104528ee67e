"""What the performance layer answers: a rate, or the reason why there is none."""

from typing import Literal

from planner.records import dataclass

Reason = Literal[
    "kind",
    "precision",
    "memory",
    "latency",
    "cooling",
    "not_allowed",
    "unavailable",
    "no_data",
]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an accelerator cannot do a workload.

    Attributes:
        reason: ``kind`` it does not run this kind · ``precision`` it has no peak in
            it · ``memory`` the model does not fit · ``latency`` the limit is missed ·
            ``cooling``, ``not_allowed``, ``unavailable`` where and when it may run ·
            ``no_data`` its file lacks a field.
        detail: One sentence with the numbers.
    """

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Bracket:
    """Accelerators of a run that bring the same when added.

    Attributes:
        up_to: Size of the run at which the bracket ends.
        token_s: Of one more accelerator in it [token/s], failures included.
    """

    up_to: float
    token_s: float


@dataclass(frozen=True, slots=True)
class TrainingRate:
    """Training speed of one accelerator in a job.

    Attributes:
        token_s: Tokens per accelerator-second, goodput included.
        steady_token_s: The same between failures.
        flops_per_token: Model FLOP per token, recomputation excluded.
        convention: How they were counted: ``causal matmul sum`` or ``6·N_active``.
        mfu: Steady share of the dense peak of `precision`.
        precision: The precision used.
        goodput: Share of time that moves the run forward.
        checkpoint_interval_s: Between checkpoints; None without failures.
        notes: Sentences for the evidence.
        confidence: Of the accelerator's factors.
    """

    token_s: float
    steady_token_s: float
    flops_per_token: float
    convention: str
    mfu: float
    precision: str
    goodput: float
    checkpoint_interval_s: float | None
    notes: tuple[str, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class InferenceRate:
    """Serving speed of one accelerator in a replica of several.

    Attributes:
        request_s: Requests per accelerator-second.
        output_token_s: Output tokens per accelerator-second.
        replica: Accelerators that share one copy of the model.
        batch: Requests in flight per replica (a mean, so not whole).
        binding: What bounds the batch.
        bottleneck: Largest part of a step.
        precision: The precision used.
        tpot_s: Time per output token, prefill of other requests included.
        ttft_s: Time to first token among a batch that is served.
        prefill_share: Share of an accelerator-second spent on prompts.
        tail: Factor for tail latency in the rates; 1 without a limit.
        notes: Limits of the estimate that this case touches.
        confidence: Of the accelerator's factors.
    """

    request_s: float
    output_token_s: float
    replica: int
    batch: float
    binding: Literal["memory", "latency", "batch_cap", "concurrency"]
    bottleneck: Literal["compute", "bandwidth", "overhead"]
    precision: str
    tpot_s: float
    ttft_s: float
    prefill_share: float
    tail: float
    notes: tuple[str, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class RecommendationRate:
    """Speed of one accelerator on a ranking model.

    Attributes:
        unit_s: Samples, or requests, per accelerator-second.
        unit: ``sample`` or ``request``.
        compute_s: Computing part of the time per unit.
        memory_s: Embedding part of it.
        request_latency_s: Time to score all candidates of a request on one
            accelerator; None where their number is unknown.
        binding: The larger part.
        precision: The precision used.
        table_accelerators: Accelerators that one copy of the tables fills; None for a
            model without tables.
        notes: What was assumed.
        confidence: Of the accelerator's factors.
    """

    unit_s: float
    unit: Literal["sample", "request"]
    compute_s: float
    memory_s: float
    request_latency_s: float | None
    binding: Literal["compute", "bandwidth"]
    precision: str
    table_accelerators: float | None
    notes: tuple[str, ...]
    confidence: str
