"""Serving speed of language models: a closed form with few fitted constants.

The rate of a replica of g accelerators is B/(TPOT(B)·g·O) · tail, with TPOT(B) of
`planner.performance.replica`.  The batch B is the largest that memory, the scheduler,
the concurrency and the latency limits allow.  The tail factor applies where a latency
limit is set: rates were fitted on saturated servers, and a limit on the slowest
requests costs a share of them.  Constants and their fit are in ``efficiency.yaml``.
"""

import math
from typing import Literal

from planner.performance.chips import Chip, Peak, peak_for
from planner.performance.constants import InferenceConstants
from planner.performance.models import Transformer
from planner.performance.replica import (
    Load,
    Offer,
    Replica,
    ServingRequest,
    load_of,
)
from planner.performance.results import InferenceRate, Rejection
from planner.records import dataclass

_GB = 1e9
_LOW = "low"

Binding = Literal["memory", "latency", "batch_cap", "concurrency"]


@dataclass(frozen=True, slots=True)
class Case:
    """A model on an accelerator that may serve it."""

    model: Transformer
    chip: Chip
    peak: Peak
    load: Load
    request: ServingRequest
    constants: InferenceConstants


def inference_rate(
    model: Transformer,
    chip: Chip,
    precision: str | None,
    request: ServingRequest,
    constants: InferenceConstants,
) -> InferenceRate | Rejection:
    """Return the best rate over replica sizes, or why there is none.

    Best is most requests per accelerator-second; the smaller replica wins a tie.  A
    precision of None is the best of those that the accelerator has.
    """
    if precision is not None:
        return _in_precision(model, chip, precision, request, constants)
    tried = [
        _in_precision(model, chip, one, request, constants)
        for one in offered(chip, constants)
    ]
    rates = [found for found in tried if isinstance(found, InferenceRate)]
    if rates:
        return max(rates, key=lambda rate: rate.request_s)
    # The first is the smallest, which comes nearest to fitting and to the limits.
    return tried[0] if tried else Rejection("precision", _no_precision(chip, constants))


def offered(chip: Chip, constants: InferenceConstants) -> tuple[str, ...]:
    """Return the precisions that are tried on an accelerator, the smallest first."""
    return tuple(each for each in constants.precisions if peak_for(chip, each))


def _no_precision(chip: Chip, constants: InferenceConstants) -> str:
    return f"{chip.name} has no peak in {', '.join(constants.precisions)}"


def _in_precision(
    model: Transformer,
    chip: Chip,
    precision: str,
    request: ServingRequest,
    constants: InferenceConstants,
) -> InferenceRate | Rejection:
    """Return the best rate over replica sizes in one precision."""
    case = case_of(model, chip, precision, request, constants)
    if isinstance(case, Rejection):
        return case
    sizes = (request.replica,) if request.replica else constants.replicas
    found = [Replica(case.load, size, constants) for size in sizes]
    fitting = [replica for replica in found if replica.memory_batch >= 1.0]
    if not fitting:
        return _no_fit(case, max(sizes))
    keeping = [replica for replica in fitting if _keeps(replica, request)]
    if not keeping:
        return _too_slow(fitting, request)
    return max((_rate(case, one) for one in keeping), key=lambda rate: rate.request_s)


def case_of(
    model: Transformer,
    chip: Chip,
    precision: str,
    request: ServingRequest,
    constants: InferenceConstants,
) -> Case | Rejection:
    """Return the case to rate, or what is missing for it."""
    if "llm_inference" not in chip.runs:
        return Rejection("kind", f"{chip.name} does not run llm_inference")
    peak = peak_for(chip, precision)
    if peak is None:
        return Rejection("precision", f"{chip.name} has no {precision} peak")
    if peak.precision not in constants.compute:
        return Rejection("precision", f"no serving efficiency is known in {precision}")
    shape = model.architecture
    if shape is None:
        lacking = ", ".join(model.missing) or "its architecture"
        return Rejection("no_data", f"{model.name} lacks {lacking} to size its cache")
    offer = _offer(chip, peak, constants)
    if isinstance(offer, Rejection):
        return offer
    load = load_of(model, shape, offer, request, constants)
    return Case(model, chip, peak, load, request, constants)


def _offer(chip: Chip, peak: Peak, constants: InferenceConstants) -> Offer | Rejection:
    """Return what the accelerator brings, or which field its file lacks."""
    memory_b, bandwidth_b_s = chip.memory_b, chip.bandwidth_b_s
    factor = chip.inference_efficiency
    if memory_b is None or bandwidth_b_s is None or factor is None:
        fields = {
            "memory.capacity": memory_b,
            "memory.bandwidth": bandwidth_b_s,
            "efficiency.inference": factor,
        }
        lacking = ", ".join(name for name, value in fields.items() if value is None)
        return Rejection("no_data", f"hardware/{chip.name}.yaml lacks {lacking}")
    reserved_b = max(constants.memory_overhead_b, chip.reserved_b)
    usable_b = constants.memory_share * memory_b - reserved_b
    flop_s = sustained_flop_s(chip, peak, constants)
    return Offer(peak.precision, flop_s, usable_b, bandwidth_b_s, factor)


def sustained_flop_s(chip: Chip, peak: Peak, constants: InferenceConstants) -> float:
    """Return the compute that serving reaches on one accelerator of factor 1.

    In fp4 it is a gain over fp8, not a share of the fp4 peak, which is twice or three
    times the fp8 peak, or equal to it.
    """
    reached = constants.compute[peak.precision] * peak.flop_s
    fp8 = chip.peak_flop_s.get("fp8")
    if peak.precision != "fp4" or fp8 is None:
        return reached
    return min(reached, constants.fp4_gain * constants.compute["fp8"] * fp8)


def _no_fit(case: Case, largest: int) -> Rejection:
    """Return the rejection that says how many accelerators the model would need."""
    load, size = case.load, (case.chip.memory_b or 0.0) / _GB
    if load.memory_b <= 0.0:
        return Rejection("memory", f"{size:.0f} GB leave nothing for a model")
    needed = math.ceil((load.weights_b + load.reserved_b) / load.memory_b)
    detail = f"needs {needed} × {size:.0f} GB; a replica has at most {largest}"
    return Rejection("memory", detail)


def _keeps(replica: Replica, request: ServingRequest) -> bool:
    """Return whether a single request keeps both latency limits."""
    tpot, ttft = request.tpot_limit_s, request.ttft_limit_s
    return (tpot is None or replica.tpot_s(1.0) <= tpot) and (
        ttft is None or replica.ttft_s(1.0) <= ttft
    )


def _too_slow(fitting: list[Replica], request: ServingRequest) -> Rejection:
    """Return the rejection that names each limit and the nearest time to it."""
    limits = {
        "per output token": (request.tpot_limit_s, min(r.tpot_s(1.0) for r in fitting)),
        "to first token": (request.ttft_limit_s, min(r.ttft_s(1.0) for r in fitting)),
    }
    said = [
        f"time {what} at best {best * 1e3:.1f} ms, limit {limit * 1e3:g} ms"
        for what, (limit, best) in limits.items()
        if limit is not None
    ]
    return Rejection("latency", "; ".join(said))


def _batch(replica: Replica, request: ServingRequest) -> tuple[float, Binding]:
    """Return the largest batch allowed, and what bounds it."""
    bounds: list[tuple[float, Binding]] = [
        (replica.memory_batch, "memory"),
        (replica.batch_cap, "batch_cap"),
    ]
    if request.concurrency is not None:
        bounds.append((request.concurrency, "concurrency"))
    batch, binding = min(bounds, key=lambda bound: bound[0])
    limit_s = replica.step_limit_s(request)
    if limit_s is None:
        return batch, binding
    limited = replica.largest_batch(limit_s, batch)
    return (limited, "latency") if limited < batch else (batch, binding)


def _rate(case: Case, replica: Replica) -> InferenceRate:
    """Return the rate of one replica that fits and keeps the limits."""
    load, size = case.load, replica.size
    batch, binding = _batch(replica, case.request)
    tpot_s = replica.tpot_s(batch)
    tail = replica.tail(case.request)
    request_s = batch / (load.output_tokens * size) / tpot_s * tail
    parts: dict[Literal["compute", "bandwidth", "overhead"], float] = {
        "compute": replica.computed_s * batch,
        "bandwidth": replica.weights_s(batch) + replica.cached_s * batch,
        "overhead": replica.fixed_s,
    }
    prefill = load.prefill_flop / (load.prefill_flop + load.decode_flop)
    return InferenceRate(
        request_s=request_s,
        output_token_s=request_s * load.output_tokens,
        replica=size,
        batch=batch,
        binding=binding,
        bottleneck=max(parts, key=lambda part: parts[part]),
        precision=case.peak.precision,
        tpot_s=tpot_s,
        ttft_s=replica.ttft_s(batch),
        prefill_share=prefill * parts["compute"] / tpot_s,
        tail=tail,
        notes=_notes(case, size, tpot_s),
        confidence=case.chip.confidence,
    )


def _notes(case: Case, size: int, tpot_s: float) -> tuple[str, ...]:
    """Return which limits of the estimate this case touches."""
    constants, precision = case.constants, case.peak.precision
    notes = [case.peak.note] if case.peak.note else []
    if tpot_s < constants.shortest_tpot_s:
        shortest_ms = constants.shortest_tpot_s * 1e3
        notes.append(
            f"{tpot_s * 1e3:.1f} ms per output token is below the {shortest_ms:g} ms "
            "down to which the estimate was checked"
        )
    if size > max(case.chip.domain, case.chip.node_accelerators):
        notes.append(
            f"a replica of {size} spans several scale-up domains: "
            "the estimate has no term for the network between them"
        )
    if case.model.mixture:
        notes.append("mixture of experts: less sure than the estimate of a dense model")
    elif case.model.active_parameters < constants.small_parameters:
        notes.append("small model: hosts held some servers to 0.65 to 0.9 of this")
    if precision not in constants.measured_precisions:
        notes.append(f"the {precision} constant is not fitted on measurements")
    if case.chip.confidence == _LOW:
        notes.append(
            f"{case.chip.name}: low confidence, few or no measurements are public"
        )
    return tuple(notes)
