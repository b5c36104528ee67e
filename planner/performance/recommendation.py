"""Speed of ranking models: compute time plus embedding time.

    t_sample = FLOP/(ec·F) + bytes·(1 - hit)/(em·BW)

User-side work is done once per request and spread over its candidates.  Training does
three times the compute of serving, and three times the embedding traffic: the read of
the forward pass, and a read and a write of the update (optimizer state that is as large
as the rows would add to that; row-wise state, the usual choice, does not).
"""

import math
from typing import Literal

from planner.performance.chips import Chip, Peak, peak_for
from planner.performance.constants import RecommendationConstants
from planner.performance.models import RankingModel
from planner.performance.results import RecommendationRate, Rejection
from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class RankingWork:
    """How a ranking model is used.

    Attributes:
        candidates: Samples per request; None where the workload does not say.
        latency_limit_s: For all candidates of one request; None without.
        training: Whether the model is trained rather than served.
        unit: ``request`` counts whole requests, ``sample`` candidates; None takes the
            model's own unit.
    """

    candidates: float | None = None
    latency_limit_s: float | None = None
    training: bool = False
    unit: Literal["sample", "request"] | None = None

    @property
    def kind(self) -> str:
        """What an accelerator must run."""
        return (
            "recommendation_training" if self.training else "recommendation_inference"
        )


def table_accelerators(model: RankingModel, chip: Chip) -> float | None:
    """Return how many accelerators one copy of the tables fills.

    None for a model without tables; infinite where no memory is free for them.
    """
    if not model.tables_b or chip.usable_b is None:
        return None
    if chip.usable_b <= 0.0:
        return math.inf
    return float(math.ceil(model.tables_b / chip.usable_b))


def recommendation_rate(
    model: RankingModel,
    chip: Chip,
    precision: str,
    work: RankingWork,
    constants: RecommendationConstants,
) -> RecommendationRate | Rejection:
    """Return samples or requests per accelerator-second, or why there are none.

    The latency check is that one accelerator scores all candidates of one request
    within the limit, alone and without queueing: necessary, not sufficient.
    """
    if work.kind not in chip.runs:
        return Rejection("kind", f"{chip.name} does not run {work.kind}")
    peak = peak_for(chip, precision)
    if peak is None:
        return Rejection("precision", f"{chip.name} has no {precision} peak")
    problem = _no_data(model, chip, work)
    if problem is not None:
        return problem
    compute_s, memory_s, request_s = _times(model, chip, peak, work, constants)
    limit_s = work.latency_limit_s
    if limit_s is not None and request_s is not None and request_s > limit_s:
        detail = f"a request takes {request_s * 1e3:.1f} ms, limit {limit_s * 1e3:g} ms"
        return Rejection("latency", detail)
    tables = table_accelerators(model, chip)
    if tables is not None and math.isinf(tables):
        return Rejection("memory", f"{chip.name} has no memory left for tables")
    return RecommendationRate(
        unit_s=1.0 / (compute_s + memory_s),
        unit=_unit(model, work),
        compute_s=compute_s,
        memory_s=memory_s,
        request_latency_s=request_s,
        binding="compute" if compute_s >= memory_s else "bandwidth",
        precision=peak.precision,
        table_accelerators=tables,
        notes=_notes(chip, peak, work),
        confidence=chip.confidence,
    )


def _unit(model: RankingModel, work: RankingWork) -> Literal["sample", "request"]:
    """Return what the rate is counted in."""
    if work.unit is not None:
        return work.unit
    return "request" if model.unit == "request" else "sample"


def _no_data(model: RankingModel, chip: Chip, work: RankingWork) -> Rejection | None:
    """Return which figure is missing, if one is."""
    if not model.sample_flop and not model.request_flop and not model.sample_read_b:
        detail = f"{model.name} states neither compute nor user_compute"
        return Rejection("no_data", detail)
    if model.sample_read_b and chip.bandwidth_b_s is None:
        return Rejection("no_data", f"hardware/{chip.name}.yaml lacks memory.bandwidth")
    if model.tables_b and chip.memory_b is None:
        return Rejection("no_data", f"hardware/{chip.name}.yaml lacks memory.capacity")
    mixed = bool(model.request_flop and model.sample_flop)
    if work.candidates is None and (mixed or _unit(model, work) != model.unit):
        detail = f"{model.name} needs the candidates per request"
        return Rejection("no_data", detail)
    return None


def _times(
    model: RankingModel,
    chip: Chip,
    peak: Peak,
    work: RankingWork,
    constants: RecommendationConstants,
) -> tuple[float, float, float | None]:
    """Return compute and embedding seconds per unit, and seconds per request."""
    share = chip.recommendation_compute
    if share is None:
        share = constants.compute.get(peak.precision, constants.default_compute)
    em = chip.recommendation_bandwidth
    if em is None:
        em = constants.bandwidth
    passes = constants.training_factor if work.training else 1.0
    flop_s = share * peak.flop_s / passes
    sample_s = model.sample_flop / flop_s
    read_b = model.sample_read_b * (1.0 - chip.sram_hit) * passes
    read_s = read_b / (em * chip.bandwidth_b_s) if chip.bandwidth_b_s else 0.0
    user_s = model.request_flop / flop_s
    candidates = work.candidates
    if candidates is None and model.unit == "sample":
        return sample_s, read_s, None
    candidates = candidates or 1.0
    compute_s, memory_s = user_s + candidates * sample_s, candidates * read_s
    if _unit(model, work) == "request":
        return compute_s, memory_s, compute_s + memory_s
    return compute_s / candidates, memory_s / candidates, compute_s + memory_s


def _notes(chip: Chip, peak: Peak, work: RankingWork) -> tuple[str, ...]:
    """Return what was assumed."""
    notes = [peak.note] if peak.note else []
    if chip.recommendation_compute is None:
        notes.append(f"{chip.name} states no compute efficiency: the default is used")
    if chip.confidence == "low":
        notes.append(f"{chip.name}: low confidence, few or no measurements are public")
    if work.latency_limit_s is not None and work.candidates is None:
        notes.append("latency is not checked: candidates per request are not stated")
    return tuple(notes)
