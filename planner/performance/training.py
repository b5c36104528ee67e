"""Training speed of language models: FLOP per token, times what a chip sustains."""

from collections.abc import Sequence
from dataclasses import replace

from planner.performance.chips import Chip, peak_for
from planner.performance.constants import TrainingConstants
from planner.performance.goodput import goodput
from planner.performance.models import Architecture, Transformer
from planner.performance.results import Bracket, Rejection, TrainingRate

# Two FLOP per multiply-add; the backward pass costs twice the forward pass.
_FLOP_PER_WEIGHT = 6.0
# Frozen weights get no gradient of their own: forward and the way back through them.
_FLOP_PER_FROZEN_WEIGHT = 4.0

MATMUL_SUM = "causal matmul sum"
SIX_N = "6·N_active"
FOUR_N = "4·N_active"


def attention_weights(shape: Architecture) -> float:
    """Return the weights of one layer's query, key, value and output projections."""
    if shape.projections is not None:
        return shape.projections
    query = shape.heads * shape.head_dim
    key_value = 2.0 * shape.kv_heads * shape.head_dim
    return shape.hidden * (query + key_value) + query * shape.hidden


def feed_forward_weights(shape: Architecture) -> float:
    """Return the feed-forward weights that a token meets, over all layers.

    A layer with experts counts its active and shared experts and the router.
    """
    width = shape.dense_feed_forward or shape.feed_forward
    dense = shape.matrices * shape.hidden * width
    with_experts = shape.expert_layers
    return (shape.layers - with_experts) * dense + with_experts * _routed(shape)


def _routed(shape: Architecture) -> float:
    """Return the weights that a token meets in one layer with experts."""
    visited = shape.active_experts + shape.shared_experts
    routed = shape.matrices * shape.hidden * shape.feed_forward * visited
    return routed + shape.hidden * shape.experts


def prediction_weights(shape: Architecture) -> float:
    """Return the weights that a token meets in layers that predict later tokens.

    Each has a projection of two vectors into one, a layer of the last kind, and its
    own pass through the output projection; its attention is not in the sum.
    """
    last = _routed(shape)
    if not shape.experts:
        last = shape.matrices * shape.hidden * shape.feed_forward
    joining = 2.0 * shape.hidden**2
    logits = shape.hidden * shape.vocabulary
    return shape.prediction_layers * (
        attention_weights(shape) + last + joining + logits
    )


def matmul_flops_per_token(
    shape: Architecture, sequence_tokens: float, *, frozen: bool = False
) -> float:
    """Return model FLOP per trained token by the sum over matrix products.

    Causal: a token attends to half of the sequence on average.  The input embedding
    is a lookup and costs nothing.  Convention of Megatron-LM
    ``num_floating_point_operations``; recomputation is not counted.  Where the weights
    are frozen (LoRA) they cost 4 FLOP, not 6; attention has none and costs the same.
    """
    weights = shape.layers * attention_weights(shape) + feed_forward_weights(shape)
    weights += shape.hidden * shape.vocabulary + prediction_weights(shape)
    reach = shape.attended_tokens(sequence_tokens)
    reach += shape.prediction_layers * sequence_tokens
    each = _FLOP_PER_FROZEN_WEIGHT if frozen else _FLOP_PER_WEIGHT
    return each * weights + _FLOP_PER_WEIGHT * shape.heads * shape.head_dim * reach


def flops_per_token(
    model: Transformer, sequence_tokens: float, *, frozen: bool = False
) -> tuple[float, str]:
    """Return model FLOP per trained token, and the convention it was counted by.

    Without an architecture: 6·N_active, or 4·N_active where the weights are frozen,
    which leaves attention out.
    """
    if model.architecture is None:
        each = _FLOP_PER_FROZEN_WEIGHT if frozen else _FLOP_PER_WEIGHT
        return each * model.active_parameters, FOUR_N if frozen else SIX_N
    found = matmul_flops_per_token(model.architecture, sequence_tokens, frozen=frozen)
    return found, MATMUL_SUM


def training_rate(
    model: Transformer,
    chip: Chip,
    precision: str,
    sequence_tokens: float,
    constants: TrainingConstants,
) -> TrainingRate | Rejection:
    """Return the speed of one accelerator in a job that nothing interrupts.

    Args:
        model: What is trained.
        chip: What it is trained on.
        precision: Of the matrix products.
        sequence_tokens: Length of a training sequence.
        constants: From ``efficiency.yaml``.
    """
    if "llm_training" not in chip.runs:
        return Rejection("kind", f"{chip.name} does not run llm_training")
    peak = peak_for(chip, precision)
    if peak is None:
        return Rejection("precision", f"{chip.name} has no {precision} peak")
    efficiency = chip.training_efficiency.get(peak.precision)
    if efficiency is None:
        field = f"efficiency.training.{peak.precision}"
        return Rejection("no_data", f"hardware/{chip.name}.yaml lacks {field}")
    flops, convention = flops_per_token(model, sequence_tokens)
    mfu = efficiency * (constants.mixture_factor if model.mixture else 1.0)
    steady_token_s = peak.flop_s * mfu / flops
    return TrainingRate(
        token_s=steady_token_s,
        steady_token_s=steady_token_s,
        flops_per_token=flops,
        convention=convention,
        mfu=mfu,
        precision=peak.precision,
        goodput=1.0,
        checkpoint_interval_s=None,
        notes=_notes(model, peak.note),
        confidence=chip.confidence,
    )


def in_job(steady: TrainingRate, chip: Chip, count: float) -> TrainingRate:
    """Return a steady rate as it is in a job of `count`, failures included."""
    kept = goodput(chip, count)
    return replace(
        steady,
        token_s=steady.steady_token_s * kept.share,
        goodput=kept.share,
        checkpoint_interval_s=kept.interval_s,
    )


def brackets(
    steady: TrainingRate, chip: Chip, usual: float, ends: Sequence[float], slope: float
) -> tuple[Bracket, ...]:
    """Return what one more accelerator brings, by the size of the run.

    A run of n does n·rate·(n / usual)^−slope·goodput(n): there is less work for each,
    so that communication weighs more, and more of them fail. Marginal rates fall from
    bracket to bracket, as the sum is concave; below 0 they count as 0.

    Args:
        steady: The rate between failures of a run of the usual size.
        chip: What it is trained on.
        usual: Size at which that rate holds.
        ends: Sizes at which brackets end, rising.
        slope: Loss of log MFU per e-fold of the size.
    """
    done, before, found = 0.0, 0.0, list[Bracket]()
    least = float("inf")
    for end in ends:
        kept = goodput(chip, end).share
        whole = end * steady.steady_token_s * (end / usual) ** -slope * kept
        least = min(least, max(0.0, (whole - done) / (end - before)))
        found.append(Bracket(end, least))
        done, before = whole, end
    return tuple(found)


def _notes(model: Transformer, peak_note: str) -> tuple[str, ...]:
    """Return what the reader of the estimate must know."""
    notes = [peak_note] if peak_note else []
    if model.architecture is None:
        lacking = ", ".join(model.missing) or "its architecture"
        notes.append(
            f"{model.name} lacks {lacking}: FLOP per token are 6·N_active, "
            "without attention"
        )
    if model.mixture:
        notes.append("mixture of experts: one factor for all families, 0.33 to 0.73")
    return tuple(notes)
