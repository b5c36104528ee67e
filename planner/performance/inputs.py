"""What users write, as the floats that the performance layer computes with.

One of the two places where quantities become floats; `formulation.coefficients` is the
other.
"""

from typing import Literal

from planner.performance.chips import Chip
from planner.performance.models import Architecture, RankingModel, Transformer
from planner.performance.recommendation import RankingWork
from planner.performance.replica import ServingRequest
from planner.specs.accelerator import Accelerator
from planner.specs.model import LatentAttention, Model
from planner.specs.workload import Inference, Recommendation
from planner.units import Quantity, magnitude

_NEEDED = ("layers", "hidden", "heads", "feed_forward", "vocabulary")


def _optional(quantity: Quantity | None, unit: str) -> float | None:
    return None if quantity is None else magnitude(quantity, unit)


def chip(accelerator: Accelerator) -> Chip:
    """Return an accelerator in bytes, FLOP and seconds."""
    memory, failing = accelerator.memory, accelerator.reliability
    efficiency = accelerator.efficiency
    return Chip(
        name=accelerator.name,
        runs=frozenset(accelerator.runs),
        peak_flop_s={
            precision: magnitude(peak, "FLOP/s")
            for precision, peak in accelerator.peak.items()
        },
        memory_b=_optional(memory.capacity, "B") if memory else None,
        bandwidth_b_s=_optional(memory.bandwidth, "B/s") if memory else None,
        reserved_b=(_optional(memory.reserved, "B") if memory else None) or 0.0,
        domain=accelerator.interconnect.domain,
        node_accelerators=accelerator.system.accelerators,
        training_efficiency=dict(efficiency.training.items()),
        inference_efficiency=efficiency.inference,
        recommendation_compute=efficiency.recommendation_compute,
        recommendation_bandwidth=efficiency.recommendation_bandwidth,
        sram_hit=efficiency.sram_hit or 0.0,
        failures_per_node_s=_optional(failing.failures, "1/node/s") or 0.0,
        restart_s=_optional(failing.restart, "s") or 0.0,
        checkpoint_s=_optional(failing.checkpoint, "s") or 0.0,
        confidence=efficiency.confidence,
    )


def transformer(model: Model) -> Transformer:
    """Return a language model; its architecture only where all of it is known.

    Raises:
        ValueError: The model is no language model.
    """
    if model.parameters is None:
        msg = f"{model.name} states no parameters"
        raise ValueError(msg)
    parameters = magnitude(model.parameters, "param")
    active = _optional(model.active_parameters, "param")
    return Transformer(
        name=model.name,
        parameters=parameters,
        active_parameters=parameters if active is None else active,
        architecture=_architecture(model),
        missing=tuple(key for key in _NEEDED if getattr(model, key) is None),
    )


def _architecture(model: Model) -> Architecture | None:
    """Return the architecture, or None where a needed key is absent."""
    if (
        model.layers is None
        or model.hidden is None
        or model.heads is None
        or model.feed_forward is None
        or model.vocabulary is None
    ):
        return None
    experts, attention, latent = model.experts, model.attention, model.latent
    width = experts.feed_forward if experts else None
    head_dim = model.head_dim or model.hidden / model.heads
    kv_heads: float = model.kv_heads or model.heads
    if latent is not None:
        head_dim = (latent.head_dim + latent.rotary_dim + latent.value_dim) / 2.0
        kv_heads = (latent.key_value_rank + latent.rotary_dim) / (2.0 * head_dim)
    return Architecture(
        layers=model.layers,
        hidden=model.hidden,
        heads=model.heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        feed_forward=width or model.feed_forward,
        vocabulary=model.vocabulary,
        matrices=model.matrices,
        dense_feed_forward=model.feed_forward,
        experts=experts.count if experts else 0,
        active_experts=experts.active if experts else 0,
        shared_experts=experts.shared if experts else 0.0,
        expert_every=experts.every if experts else 1,
        window_tokens=magnitude(attention.window, "token") if attention else None,
        full_every=attention.every if attention else 0,
        first_dense=experts.first_dense if experts else 0.0,
        projections=_latent_weights(latent, model.hidden, model.heads),
        prediction_layers=model.prediction_layers,
    )


def _latent_weights(
    latent: LatentAttention | None, hidden: float, heads: float
) -> float | None:
    """Return the weights of latent attention's projections; None without it."""
    if latent is None:
        return None
    query = latent.head_dim + latent.rotary_dim
    weights: float = latent.query_rank * (hidden + heads * query)
    weights += latent.key_value_rank * (
        hidden + heads * (latent.head_dim + latent.value_dim)
    )
    weights += hidden * latent.rotary_dim
    return weights + heads * latent.value_dim * hidden


def ranking_model(model: Model) -> RankingModel:
    """Return a ranking model in FLOP and bytes."""
    return RankingModel(
        name=model.name,
        sample_flop=_optional(model.compute, "FLOP/sample") or 0.0,
        sample_read_b=_optional(model.embedding_read, "B/sample") or 0.0,
        request_flop=_optional(model.user_compute, "FLOP/request") or 0.0,
        tables_b=_optional(model.tables, "B") or 0.0,
    )


def serving_request(workload: Inference) -> ServingRequest | None:
    """Return the mean request of a workload; None without prompt and output."""
    if workload.prompt is None or workload.output is None:
        return None
    return ServingRequest(
        prompt_tokens=magnitude(workload.prompt, "token"),
        output_tokens=magnitude(workload.output, "token"),
        cache_hit=workload.cache_hit,
        tpot_limit_s=_optional(workload.time_per_output_token, "s"),
        ttft_limit_s=_optional(workload.time_to_first_token, "s"),
        replica=workload.replica,
    )


def ranking_work(
    workload: Recommendation, unit: Literal["sample", "request"]
) -> RankingWork:
    """Return how a workload uses its ranking model, counted in `unit`."""
    return RankingWork(
        candidates=_optional(workload.demand.candidates, "sample/request"),
        latency_limit_s=_optional(workload.latency, "s"),
        training=workload.mode == "training",
        unit=unit,
    )
