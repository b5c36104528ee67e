"""What comes nearest to a case that an accelerator cannot do."""

import math
from collections.abc import Iterator
from dataclasses import replace

from planner.performance.chips import Chip
from planner.performance.constants import load_constants
from planner.performance.inference import case_of, inference_rate, offered
from planner.performance.models import Transformer
from planner.performance.replica import Replica, ServingRequest
from planner.performance.results import InferenceRate, Rejection
from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a case cannot be done, and what comes nearest.

    Attributes:
        reason: As in `Rejection`.
        detail: One sentence with the numbers.
        nearest: What to write instead; empty where nothing helps.
    """

    reason: str
    detail: str
    nearest: str

    def as_dict(self) -> dict[str, str]:
        """Return it as it stands in the JSON (formats §6)."""
        return {"reason": self.reason, "detail": self.detail, "nearest": self.nearest}


def rejected_by(found: Rejection, why: str, help_: str) -> Rejected:
    """Return a rejection with what is known beside it.

    Args:
        found: What the rate said.
        why: The accelerator's own reason for not running a kind of work; may be empty.
        help_: What to write instead; may be empty.
    """
    with_reason = found.reason == "kind" and why
    detail = f"{found.detail}: {why}" if with_reason else found.detail
    return Rejected(found.reason, detail, help_)


def nearest(
    model: Transformer,
    chip: Chip,
    precision: str | None,
    request: ServingRequest,
    rejection: Rejection,
) -> str:
    """Return what to write so that the case can be done; empty where nothing helps.

    Precision and replica are given up first, then the latency limits.
    """
    if rejection.reason not in ("precision", "memory", "latency"):
        return ""
    constants = load_constants().inference
    free = replace(request, replica=None)
    for one, trial in ((None, request), (precision, free), (None, free)):
        found = inference_rate(model, chip, one, trial, constants)
        if isinstance(found, InferenceRate):
            return f"precision: {found.precision} with replica: {found.replica} can"
    best = min(_fastest(model, chip, free), default=None)
    if best is None:
        return _larger(model, chip, free)
    step_s, first_s, used, size = best
    limits = []
    if request.tpot_limit_s is not None:
        limits.append(f"time_per_output_token: {math.ceil(step_s * 1e4) / 10:g} ms")
    if request.ttft_limit_s is not None:
        limits.append(f"time_to_first_token: {math.ceil(first_s * 1e4) / 10:g} ms")
    if not limits:
        return ""
    return f"{' and '.join(limits)} can be kept, with replica: {size} in {used}"


def _fastest(
    model: Transformer, chip: Chip, request: ServingRequest
) -> Iterator[tuple[float, float, str, int]]:
    """Yield step, time to first token, precision and size of a request alone."""
    constants = load_constants().inference
    for precision in offered(chip, constants):
        case = case_of(model, chip, precision, request, constants)
        if isinstance(case, Rejection):
            continue
        for size in constants.replicas:
            replica = Replica(case.load, size, constants)
            if replica.memory_batch >= 1.0:
                step_s, first_s = replica.tpot_s(1.0), replica.ttft_s(1.0)
                yield step_s, first_s, precision, size


def _larger(model: Transformer, chip: Chip, request: ServingRequest) -> str:
    """Return the size of a replica beyond those that are tried."""
    constants = load_constants().inference
    for precision in offered(chip, constants):
        case = case_of(model, chip, precision, request, constants)
        if not isinstance(case, Rejection) and case.load.memory_b > 0.0:
            needed_b = case.load.weights_b + case.load.reserved_b
            size = math.ceil(needed_b / case.load.memory_b)
            return f"replica: {size} in {precision} would hold it"
    return ""
