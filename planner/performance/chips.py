"""An accelerator as the performance layer sees it: floats in named units."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, NamedTuple

from planner.records import dataclass

Kind = Literal[
    "llm_training",
    "llm_inference",
    "recommendation_training",
    "recommendation_inference",
]

# Every catalogued part runs its two 16-bit formats at one rate.
_HALF_PRECISION = {"bf16": "fp16", "fp16": "bf16"}


@dataclass(frozen=True, slots=True)
class Chip:
    """One accelerator.  None means that its file does not state the figure.

    Attributes:
        name: Name of the file, e.g. ``h100``.
        runs: Kinds of work that it can do.
        peak_flop_s: Dense peak, keyed by precision.
        memory_b: Capacity in bytes.
        bandwidth_b_s: Bandwidth of that memory.
        reserved_b: Bytes of it that no workload may use.
        domain: Accelerators on one scale-up network.
        node_accelerators: Accelerators that fail together.
        training_efficiency: Steady share of the peak that pre-training of a large
            dense model reaches, keyed by precision.
        inference_efficiency: Factor on all LLM serving rates; 1 for H100.
        recommendation_compute: Share of the peak that ranking models reach.
        recommendation_bandwidth: Share of the bandwidth that embedding reads reach.
        sram_hit: Share of embedding bytes that on-chip memory serves.
        failures_per_node_s: Failures that stop a job, per node and second.
        restart_s: Detection, rescheduling, loading and warm-up after a failure.
        checkpoint_s: Time that a checkpoint holds up training.
        confidence: How well the factors are known, as the file says it.
    """

    name: str
    runs: frozenset[str]
    peak_flop_s: Mapping[str, float]
    memory_b: float | None = None
    bandwidth_b_s: float | None = None
    reserved_b: float = 0.0
    domain: float = 1.0
    node_accelerators: float = 1.0
    training_efficiency: Mapping[str, float] = field(default_factory=dict)
    inference_efficiency: float | None = None
    recommendation_compute: float | None = None
    recommendation_bandwidth: float | None = None
    sram_hit: float = 0.0
    failures_per_node_s: float = 0.0
    restart_s: float = 0.0
    checkpoint_s: float = 0.0
    confidence: str = ""

    @property
    def usable_b(self) -> float | None:
        """Bytes that embedding tables may take, or None where unknown."""
        return None if self.memory_b is None else self.memory_b - self.reserved_b


class Peak(NamedTuple):
    """The peak a workload is rated on.

    Attributes:
        precision: The precision used; may differ from the one asked for.
        flop_s: Dense peak in that precision.
        note: Says so where the precision differs, else empty.
    """

    precision: str
    flop_s: float
    note: str


def peak_for(chip: Chip, precision: str) -> Peak | None:
    """Return the dense peak for a precision, or None where the chip has none.

    bf16 and fp16 stand in for each other.
    """
    if precision in chip.peak_flop_s:
        return Peak(precision, chip.peak_flop_s[precision], "")
    other = _HALF_PRECISION.get(precision, "")
    if other in chip.peak_flop_s:
        note = f"{chip.name} has no {precision}: rated on its {other} peak"
        return Peak(other, chip.peak_flop_s[other], note)
    return None
