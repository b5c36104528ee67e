"""The constants of the performance layer, read once from ``efficiency.yaml``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from planner import documents
from planner.documents import Node
from planner.records import dataclass

_FILE = Path(__file__).with_name("efficiency.yaml")


@dataclass(frozen=True, slots=True)
class TrainingConstants:
    """Constants of language-model training.

    Attributes:
        mixture_factor: MFU of a mixture of experts over that of a dense model.
        sequence_tokens: Length of a sequence where a run states none.
        continuous_accelerators: Size of one job of continuous training.
    """

    mixture_factor: float
    sequence_tokens: float
    continuous_accelerators: float


class Interval(NamedTuple):
    """Measured over predicted on eight rows of ten.

    Attributes:
        low: One row of ten lies below.
        high: One row of ten lies above.
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class InferenceConstants:
    """Constants of language-model serving.

    Attributes:
        compute: Achieved share of the peak on one accelerator, keyed by precision.
        measured_precisions: Those of them that were fitted on measurements.
        fp4_gain: Rate in fp4 over the rate in fp8 of the same accelerator, at most.
        bandwidth: Achieved share of the memory bandwidth.
        parallelism_exponent: β of the penalty g^β of a replica of g accelerators.
        mixture: Factor on compute and bandwidth for a mixture of experts.
        tail: Rate under a tail-latency limit over the rate without.
        step_s_per_layer: Overhead of one step, in seconds per layer.
        single_step_share: Share of that overhead on a single accelerator.
        memory_share: Share of the capacity that weights and cache may take.
        memory_overhead_b: Bytes that the runtime takes from that share.
        batch_cap: Requests in flight per accelerator at most.
        replicas: Sizes that are tried.
        precisions: Tried where none is asked for.
        shortest_tpot_s: Time per output token down to which the form was checked.
        small_parameters: Active ones below which a host may hold back the rate.
        prefill_margin: Measured over computed time of a prompt alone.
        first_token_steps: Steps of the batch that a new request waits for.
        weight_bytes: Bytes per parameter, scales included, keyed by precision.
        kv_bytes: Bytes per cached value, keyed by precision.
        interval: Errors of the form, keyed by ``dense`` and ``mixture``.
    """

    compute: Mapping[str, float]
    measured_precisions: frozenset[str]
    fp4_gain: float
    bandwidth: float
    parallelism_exponent: float
    mixture: float
    tail: float
    step_s_per_layer: float
    single_step_share: float
    memory_share: float
    memory_overhead_b: float
    batch_cap: float
    replicas: tuple[int, ...]
    precisions: tuple[str, ...]
    shortest_tpot_s: float
    small_parameters: float
    prefill_margin: float
    first_token_steps: float
    weight_bytes: Mapping[str, float]
    kv_bytes: Mapping[str, float]
    interval: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class RecommendationConstants:
    """Constants of ranking models, used where an accelerator's file states none.

    Attributes:
        default_compute: Achieved share of the peak.
        compute: The same where a precision was measured, keyed by precision.
        bandwidth: Achieved share of the memory bandwidth in embedding reads.
        training_factor: Work of a training sample over that of a served one.
        interval: Of rates in production over the estimate.
    """

    default_compute: float
    compute: Mapping[str, float]
    bandwidth: float
    training_factor: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Constants:
    """All of them."""

    training: TrainingConstants
    inference: InferenceConstants
    recommendation: RecommendationConstants


_STATED: ContextVar[Constants | None] = ContextVar("stated", default=None)


def load_constants() -> Constants:
    """Return the constants of ``efficiency.yaml``, or those that are stated instead.

    Raises:
        InternalError: The shipped file is damaged.
    """
    return _STATED.get() or _shipped()


@cache
def constants_tree() -> Node:
    """Return ``efficiency.yaml`` as a document, every value with its place.

    Raises:
        InternalError: The shipped file is damaged.
    """
    return documents.load_shipped(_FILE).root


@contextmanager
def stated(tree: Node) -> Iterator[None]:
    """Work with the constants of another document, to see what they change.

    Raises:
        TypeError: It lacks one of them, or holds another.
        KeyError: It lacks a part.
    """
    token = _STATED.set(_constants(tree))
    try:
        yield
    finally:
        _STATED.reset(token)


@cache
def _shipped() -> Constants:
    return _constants(constants_tree())


def _constants(root: Node) -> Constants:
    """Return the constants that a document holds."""
    tree: dict[str, Any] = documents.plain(root)
    inference = dict(tree["inference"])
    inference["measured_precisions"] = frozenset(inference["measured_precisions"])
    inference["replicas"] = tuple(inference["replicas"])
    inference["precisions"] = tuple(inference["precisions"])
    inference["interval"] = {
        kind: Interval(**ends) for kind, ends in inference["interval"].items()
    }
    ranking = dict(tree["recommendation"])
    ranking["interval"] = Interval(**ranking["interval"])
    return Constants(
        TrainingConstants(**tree["training"]),
        InferenceConstants(**inference),
        RecommendationConstants(**ranking),
    )
