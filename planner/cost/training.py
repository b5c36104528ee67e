"""What a training run takes: accelerator-hours, days, energy, carbon and money.

    hours = FLOP / (dense bf16 peak · MFU between failures) / goodput

MFU comes from published runs (``performance.prior``), so hours range as far as those
do; draw and prices range as their files say.  Independent deviations add in quadrature.
"""

import math
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from planner.cost.hardware import Hardware
from planner.economics.inputs import Default
from planner.economics.ownership import Component
from planner.performance.goodput import Goodput, goodput
from planner.performance.models import Transformer
from planner.performance.prior import Traits
from planner.performance.published import Survey, load_survey
from planner.performance.ranges import Factor, Range, factor
from planner.performance.results import Rejection
from planner.performance.training import flops_per_token
from planner.periods import HOURS_OF_A_DAY, SECONDS_OF_AN_HOUR
from planner.records import dataclass

Method = Literal["pretraining", "fine_tuning", "lora"]
Setting = Literal["production", "benchmark"]

AGAINST = "against the dense bf16 peak"
_KWH_OF_A_MWH, _KG_OF_A_TONNE = 1000.0, 1000.0
# Weights and gradients in 16 bit, fp32 master weights and two moments of Adam.
_BYTES_TRAINED = 16.0
_BYTES_FROZEN = 2.0
_TRAINS = frozenset({"llm_training", "recommendation_training"})
_TRAINED_IN = ("bf16", "fp16", "fp8", "fp4")
_MOST_ACCELERATORS = 2**24
_TRUSTED_SHARE = 1e-3
"""Goodput below which a job moves too slowly for an estimate to mean anything."""


@dataclass(frozen=True, slots=True)
class Job:
    """A training run on one accelerator, its count still open.

    Attributes:
        name: Key of the run.
        model: What is trained.
        tokens: To train on.
        sequence_tokens: Of one sequence.
        precision: Asked for.
        method: Which weights learn.
        setting: Long and with failures, or tuned, short and without.
        hardware: What it is trained on.
        flops_per_token: Model FLOP.
        convention: How they were counted.
        peak_flop_s: Dense bf16 (fp16) peak of one accelerator.
        traits: What the MFU depends on, on one accelerator.
        seen: Whether a run of the setting was published on the vendor's accelerators.
        notes: What the reader must know.
        defaults: What nobody stated.
    """

    name: str
    model: Transformer
    tokens: float
    sequence_tokens: float
    precision: str
    method: Method
    setting: Setting
    hardware: Hardware
    flops_per_token: float
    convention: str
    peak_flop_s: float
    traits: Traits
    seen: bool
    notes: tuple[str, ...] = ()
    defaults: tuple[Default, ...] = ()

    @property
    def flops(self) -> float:
        """Model FLOP of the run, recomputation excluded."""
        return self.flops_per_token * self.tokens

    @property
    def least_count(self) -> int:
        """Accelerators whose memory holds the state of training."""
        memory = self.hardware.chip.usable_b
        if not memory:
            return 1
        each = _BYTES_FROZEN if self.method == "lora" else _BYTES_TRAINED
        return math.ceil(self.model.parameters * each / memory)

    @property
    def typical_count(self) -> int:
        """Accelerators of a usual run of this size, in whole systems."""
        days = self.flops / self.peak_flop_s / SECONDS_OF_AN_HOUR / HOURS_OF_A_DAY
        usual = max(load_survey().typical_count(days), self.least_count)
        return self.whole_systems(usual)

    def whole_systems(self, count: float) -> int:
        """Return the accelerators of the systems that hold so many."""
        system = self.hardware.chip.node_accelerators
        return int(math.ceil(count / system - 1e-9) * system)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run takes on a count of one accelerator.

    Attributes:
        job: The run.
        count: Accelerators.
        mfu: Between failures, against the dense bf16 peak.
        goodput: Share of time that moves the run forward.
        checkpoint_interval_s: The best one; None without failures.
        hours: Accelerator-hours.
        days: From start to end.
        energy_mwh: At the meter, by measured draw.
        nameplate_mwh: At the meter, at the nameplate.
        co2e_t: Location-based.
        owned_usd: None without a price.
        rented_usd: None without a price.
        components: Of the owned cost [USD].
    """

    job: Job
    count: float
    mfu: Range
    goodput: float
    checkpoint_interval_s: float | None
    hours: Range
    days: Range
    energy_mwh: Range
    nameplate_mwh: Range
    co2e_t: Range
    owned_usd: Range | None
    rented_usd: Range | None
    components: Mapping[Component, Range] = field(default_factory=dict)


def job_of(
    name: str,
    model: Transformer,
    hardware: Hardware,
    *,
    tokens: float,
    sequence_tokens: float,
    precision: str = "bf16",
    method: Method = "pretraining",
    setting: Setting = "production",
    defaults: tuple[Default, ...] = (),
    survey: Survey | None = None,
) -> Job | Rejection:
    """Return a run on an accelerator, or why it cannot be done on it.

    Args:
        name: Key of the run.
        model: What is trained.
        hardware: What it is trained on.
        tokens: To train on.
        sequence_tokens: Of one sequence.
        precision: Of the matrix products.
        method: Which weights learn.
        setting: Production or benchmark.
        defaults: What nobody stated of the run.
        survey: Published runs; None for the shipped ones.
    """
    refused = _refused(hardware, precision)
    if refused is not None:
        return refused
    chip = hardware.chip
    peaks = chip.peak_flop_s
    peak = peaks.get("bf16") or peaks.get("fp16")
    if peak is None or not chip.bandwidth_b_s:
        lacking = "peak.bf16" if peak is None else "memory.bandwidth"
        return Rejection("no_data", f"hardware/{chip.name}.yaml lacks {lacking}")
    used = precision if precision in peaks else _HALVES[precision]
    each, convention = flops_per_token(model, sequence_tokens, frozen=method == "lora")
    traits = Traits(
        intensity_flop_b=peak / chip.bandwidth_b_s,
        active_parameters=model.active_parameters,
        accelerators=1.0,
        mixture=model.mixture,
        benchmark=setting == "benchmark",
        lora=method == "lora",
        half=used == "fp16",
        doublings=_doublings(peaks, used, peak),
    )
    seen = (survey or load_survey()).seen(hardware.vendor, traits)
    return Job(
        name=name,
        model=model,
        tokens=tokens,
        sequence_tokens=sequence_tokens,
        precision=used,
        method=method,
        setting=setting,
        hardware=hardware,
        flops_per_token=each,
        convention=convention,
        peak_flop_s=peak,
        traits=traits,
        seen=seen,
        notes=tuple(_notes(model, hardware, precision, used, method)),
        defaults=(*defaults, *hardware.defaults),
    )


_HALVES = {"bf16": "fp16", "fp16": "bf16"}


def _refused(hardware: Hardware, precision: str) -> Rejection | None:
    """Return why an accelerator cannot train, or not in a precision."""
    chip = hardware.chip
    if not chip.runs & _TRAINS:
        able = ", ".join(sorted(chip.runs))
        detail = (
            f"{chip.name} does not train: it runs {able}; write another accelerator"
        )
        return Rejection("kind", detail)
    peaks = chip.peak_flop_s
    known = [name for name in _TRAINED_IN if name in peaks]
    if precision not in _TRAINED_IN:
        detail = f"no training run was published in {precision}; write {_either(known)}"
        return Rejection("precision", detail)
    if precision in peaks or _HALVES.get(precision) in peaks:
        return None
    detail = f"{chip.name} has no {precision} peak; write {_either(known)}"
    return Rejection("precision", detail)


def _either(words: list[str]) -> str:
    return " or ".join(words)


def _doublings(peaks: Mapping[str, float], used: str, peak: float) -> float:
    """Return how often a narrower format doubles the peak; fp4 counts as fp8."""
    if used in ("bf16", "fp16"):
        return 0.0
    known = peaks.get("fp8") if used == "fp4" else peaks[used]
    return math.log2((known or peaks[used]) / peak)


def _notes(
    model: Transformer, hardware: Hardware, asked: str, used: str, method: Method
) -> list[str]:
    """Return what the reader of an estimate must know."""
    chip, notes = hardware.chip, []
    if used != asked:
        notes.append(f"{chip.name} has no {asked}: rated on its {used} peak")
    if used == "fp4":
        notes.append("no published run is in fp4: it is taken to be as fast as fp8")
    if model.architecture is None:
        lacking = ", ".join(model.missing) or "its architecture"
        notes.append(f"{model.name} lacks {lacking}: FLOP leave attention out")
    if "llm_training" not in chip.runs:
        why = f": {hardware.why}" if hardware.why else ""
        notes.append(f"{chip.name} is not known to train language models{why}")
    if method == "fine_tuning":
        notes.append("fine-tuning of all weights is estimated as pretraining")
    return notes


def estimate(
    job: Job, count: float | None = None, *, survey: Survey | None = None
) -> Estimate | Rejection:
    """Return what a run takes on a count of accelerators.

    Args:
        job: The run.
        count: Accelerators; None for a usual number.
        survey: Published runs; None for the shipped ones.

    Returns:
        The estimate, or a rejection where memory does not hold the model, or where
        failures leave no progress.
    """
    used = float(job.typical_count if count is None else count)
    if used < job.least_count:
        return _too_small(job, used)
    prior = (survey or load_survey()).prior
    mfu = prior.mfu(job.traits._replace(accelerators=used), seen=job.seen)
    kept = Goodput(1.0, None)
    if job.setting == "production":
        kept = goodput(job.hardware.chip, used)
    if kept.share < _TRUSTED_SHARE:
        detail = f"failures leave {used:,.0f} {job.hardware.chip.name} no progress"
        return Rejection("unavailable", f"{detail}; write a smaller count")
    scale = job.flops / (job.peak_flop_s * SECONDS_OF_AN_HOUR * kept.share)
    hours = Range(scale / mfu.high, scale / mfu.base, scale / mfu.low)
    return _with_money(job, used, mfu, kept, hours)


def _with_money(
    job: Job, count: float, mfu: Range, kept: Goodput, hours: Range
) -> Estimate:
    """Return the estimate of a run whose hours are known."""
    worked, hardware = factor(hours), job.hardware
    energy = worked.times(hardware.energy_kwh).times(1.0 / _KWH_OF_A_MWH)
    nameplate = worked.times(hardware.nameplate_kwh).times(1.0 / _KWH_OF_A_MWH)
    tonnes_per_mwh = _KWH_OF_A_MWH / _KG_OF_A_TONNE
    co2e = factor(energy).times(hardware.carbon_kg_kwh).times(tonnes_per_mwh)
    return Estimate(
        job=job,
        count=count,
        mfu=mfu,
        goodput=kept.share,
        checkpoint_interval_s=kept.interval_s,
        hours=hours,
        days=hours.times(1.0 / (count * HOURS_OF_A_DAY)),
        energy_mwh=energy,
        nameplate_mwh=nameplate,
        co2e_t=co2e,
        owned_usd=_paid(worked, hardware.owned),
        rented_usd=_paid(worked, hardware.rented),
        components={n: worked.times(c) for n, c in hardware.components.items()},
    )


def _paid(hours: Factor, price: Factor | None) -> Range | None:
    return None if price is None else hours.times(price)


def _too_small(job: Job, count: float) -> Rejection:
    """Return the rejection of a cluster whose memory does not hold the training."""
    chip, least = job.hardware.chip, job.whole_systems(job.least_count)
    each = _BYTES_FROZEN if job.method == "lora" else _BYTES_TRAINED
    terabytes = job.model.parameters * each / 1e12
    detail = (
        f"training {job.model.name} keeps {terabytes:.3g} TB ({each:g} bytes a "
        f"parameter), which {count:,.0f} {chip.name} do not hold; "
        f"write a count of at least {least}"
    )
    return Rejection("memory", detail)


def count_for(
    job: Job, days: float, *, survey: Survey | None = None
) -> int | Rejection:
    """Return the smallest count, in whole systems, that finishes in time as expected.

    Args:
        job: The run.
        days: From start to end.
        survey: Published runs; None for the shipped ones.
    """
    low, high = 0, job.whole_systems(job.least_count)
    while not _in_time(job, high, days, survey):
        low, high = high, 2 * high
        if high > _MOST_ACCELERATORS:
            chip = job.hardware.chip.name
            detail = f"no number of {chip} finishes {job.name} in {days:g} days"
            return Rejection("unavailable", f"{detail}; write more days")
    system = int(job.hardware.chip.node_accelerators)
    while high - low > system:
        middle = job.whole_systems((low + high) / 2)
        if middle >= high:
            break
        if _in_time(job, middle, days, survey):
            high = middle
        else:
            low = middle
    return high


def _in_time(job: Job, count: int, days: float, survey: Survey | None) -> bool:
    found = estimate(job, count, survey=survey)
    return isinstance(found, Estimate) and found.days.base <= days
