"""Serving rates of many requests at once: the closed form on arrays."""

import numpy as np
from numpy.typing import NDArray

from planner.performance.chips import Chip
from planner.performance.constants import InferenceConstants
from planner.performance.inference import case_of, offered
from planner.performance.models import Transformer
from planner.performance.replica import Replica, ServingRequest, least
from planner.performance.results import Rejection
from planner.records import dataclass

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RateGrid:
    """The best rate of each request; nan, 0 and an empty text where there is none.

    Attributes:
        request_s: Requests per accelerator-second.
        output_token_s: Output tokens per accelerator-second.
        replica: Accelerators of the best replica.
        batch: Requests in flight in it.
        tpot_s: Time per output token.
        ttft_s: Time to first token.
        precision: The best precision.
    """

    request_s: Array
    output_token_s: Array
    replica: NDArray[np.int64]
    batch: Array
    tpot_s: Array
    ttft_s: Array
    precision: NDArray[np.str_]


def inference_rates(
    model: Transformer,
    chip: Chip,
    precision: str | None,
    request: ServingRequest,
    constants: InferenceConstants,
) -> RateGrid:
    """Return the rates of many requests on one accelerator.

    Args:
        model: What is served.
        chip: Where.
        precision: In which; None: the best for each request.
        request: Its tokens and cache hits may be arrays that broadcast together.
        constants: Of the closed form.
    """
    tokens = np.broadcast_arrays(
        *np.atleast_1d(request.prompt_tokens, request.output_tokens, request.cache_hit)
    )
    prompt, output, hit = (np.asarray(each, dtype=np.float64) for each in tokens)
    asked = ServingRequest(
        prompt,
        output,
        hit,
        request.tpot_limit_s,
        request.ttft_limit_s,
        request.replica,
        request.concurrency,
    )
    best = _nothing(prompt.shape)
    for one in [precision] if precision else offered(chip, constants):
        case = case_of(model, chip, one, asked, constants)
        if isinstance(case, Rejection):
            continue
        for size in [request.replica] if request.replica else constants.replicas:
            replica = Replica(case.load, size, constants)
            _improve(best, replica, asked, case.peak.precision)
    return best


def _nothing(shape: tuple[int, ...]) -> RateGrid:
    """Return a grid without rates."""
    return RateGrid(
        request_s=np.full(shape, np.nan),
        output_token_s=np.full(shape, np.nan),
        replica=np.zeros(shape, np.int64),
        batch=np.full(shape, np.nan),
        tpot_s=np.full(shape, np.nan),
        ttft_s=np.full(shape, np.nan),
        precision=np.full(shape, "", dtype="U8"),
    )


def _improve(
    best: RateGrid,
    replica: Replica,
    request: ServingRequest,
    precision: str,
) -> None:
    """Write the rates of one replica where they are the best so far."""
    most = least(replica.memory_batch, replica.batch_cap)
    if request.concurrency is not None:
        most = least(most, request.concurrency)
    can = replica.memory_batch >= 1.0
    limit_s = replica.step_limit_s(request)
    batch = most
    if limit_s is not None:
        alone_s = replica.tpot_s(1.0)
        can &= alone_s <= limit_s
        batch = replica.largest_batch(np.where(can, limit_s, alone_s), most)
    batch = np.where(can, batch, 1.0)
    tpot_s = replica.tpot_s(batch)
    share = batch / (replica.load.output_tokens * replica.size)
    request_s = share / tpot_s * replica.tail(request)
    better = can & ~(best.request_s >= request_s)
    best.request_s[better] = request_s[better]
    best.output_token_s[better] = (request_s * replica.load.output_tokens)[better]
    best.replica[better] = replica.size
    best.batch[better] = batch[better]
    best.tpot_s[better] = tpot_s[better]
    best.ttft_s[better] = replica.ttft_s(batch)[better]
    best.precision[better] = precision
