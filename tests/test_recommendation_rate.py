"""Ranking rates against MLPerf and against what Meta published on MTIA 2i."""

from dataclasses import replace

import pytest

from planner.performance.chips import Chip
from planner.performance.constants import load_constants
from planner.performance.models import RankingModel
from planner.performance.pairing import Context, Rate, rate
from planner.performance.recommendation import (
    RankingWork,
    recommendation_rate,
    table_accelerators,
)
from planner.performance.results import RecommendationRate, Rejection
from planner.specs.accelerator import Accelerator
from planner.specs.workload import Recommendation

CONSTANTS = load_constants().recommendation
# MLPerf DLRM-DCNv2: 214 lookups of 128 int8 values per pair.
DLRM = RankingModel("dlrm_dcnv2", sample_flop=32.06e6, sample_read_b=214 * 128)
LATE = RankingModel("late", 0.94e9, 27.4e3, tables_b=200e9)


def gpu(name: str, bandwidth_tb_s: float) -> Chip:
    """Return a Hopper GPU."""
    return Chip(
        name=name,
        runs=frozenset({"recommendation_inference", "recommendation_training"}),
        peak_flop_s={"bf16": 989e12, "int8": 1979e12},
        memory_b=80e9,
        bandwidth_b_s=bandwidth_tb_s * 1e12,
    )


H100 = gpu("h100", 3.35)
MTIA_V2 = Chip(
    name="mtia_v2",
    runs=frozenset({"recommendation_inference"}),
    peak_flop_s={"fp16": 177e12, "int8": 354e12},
    memory_b=128e9,
    bandwidth_b_s=204.8e9,
    recommendation_compute=0.66,
    sram_hit=0.5,
)


def ranked(
    model: RankingModel, chip: Chip, precision: str, work: RankingWork | None = None
) -> RecommendationRate:
    """Return a rate that must exist."""
    used = work or RankingWork()
    found = recommendation_rate(model, chip, precision, used, CONSTANTS)
    assert not isinstance(found, Rejection), found.detail
    return found


@pytest.mark.parametrize(
    ("chip", "pairs_s"),
    [
        # Offline, 99 %: samples/s per GPU times 270 pairs a sample.
        (H100, 20.1e6),
        (gpu("h200", 4.8), 21.5e6),
        (gpu("h200_v51", 4.8), 21.9e6),
        (gpu("gh200", 4.8), 23.4e6),
    ],
)
def test_mlperf_dlrm(chip: Chip, pairs_s: float) -> None:
    """Within 10 % of MLPerf Inference v4.1 and v5.1, closed division."""
    assert ranked(DLRM, chip, "int8").unit_s == pytest.approx(pairs_s, rel=0.10)


@pytest.mark.parametrize("mflop", [15, 50, 57, 91, 105, 480, 600, 940, 1000])
def test_24_mtia_against_8_gpus(mflop: float) -> None:
    """ISCA 2025: equal in total, and performance per TCO 0.8 to 2.1 at 1.8 on average.

    Divided by that average, the band of relative performance is 0.44 to 1.17.
    """
    model = replace(LATE, sample_flop=mflop * 1e6)

    mtia = 24 * ranked(model, MTIA_V2, "fp16").unit_s
    gpus = 8 * ranked(model, H100, "bf16").unit_s

    assert 0.44 <= mtia / gpus <= 1.17


def test_24_mtia_equal_8_gpus_on_the_top_model() -> None:
    """The factor is set on the 940 MFLOP model: three chips a GPU."""
    mtia = 24 * ranked(LATE, MTIA_V2, "fp16").unit_s

    assert mtia == pytest.approx(8 * ranked(LATE, H100, "bf16").unit_s, rel=0.02)


def test_compute_and_embedding_time_are_added() -> None:
    """On-chip memory serves its share of the embedding bytes."""
    rate = ranked(LATE, MTIA_V2, "fp16")

    assert rate.compute_s == pytest.approx(0.94e9 / (0.66 * 177e12))
    assert rate.memory_s == pytest.approx(27.4e3 * 0.5 / (0.76 * 204.8e9))
    assert rate.unit_s == pytest.approx(1 / (rate.compute_s + rate.memory_s))
    assert rate.binding == "compute"


def test_the_user_side_is_shared_by_the_candidates() -> None:
    """Work per request = user_compute + candidates · compute."""
    split = replace(LATE, request_flop=80e9, sample_read_b=0.0)
    plain = replace(LATE, sample_read_b=0.0)

    rate = ranked(split, H100, "bf16", RankingWork(candidates=100))
    ratio = ranked(plain, H100, "bf16").unit_s / rate.unit_s

    assert rate.unit == "sample"
    assert ratio == pytest.approx((0.94e9 + 0.8e9) / 0.94e9)


def test_a_model_with_a_user_side_alone_counts_requests() -> None:
    """HSTU ranking: 80 GFLOP a request."""
    rate = ranked(RankingModel("hstu", request_flop=80e9), H100, "bf16")

    assert rate.unit == "request"
    assert rate.unit_s == pytest.approx(0.35 * 989e12 / 80e9)


def test_training_does_three_times_the_work() -> None:
    """Compute and embedding traffic alike."""
    work = RankingWork(training=True)

    assert ranked(LATE, H100, "bf16").unit_s == pytest.approx(
        3 * ranked(LATE, H100, "bf16", work).unit_s
    )


def test_tables_fill_whole_accelerators() -> None:
    """200 GB are three times 80 GB; reserved memory does not count."""
    assert table_accelerators(LATE, H100) == 3.0
    assert table_accelerators(LATE, replace(H100, reserved_b=14e9)) == 4.0
    assert table_accelerators(DLRM, H100) is None


def test_rejections() -> None:
    """Every refusal has its reason."""
    no_memory = replace(H100, reserved_b=80e9)
    unknown = replace(H100, bandwidth_b_s=None)
    split = replace(LATE, request_flop=1e9)
    slow = RankingWork(candidates=1e6, latency_limit_s=0.1)
    cases = [
        (LATE, MTIA_V2, "fp16", RankingWork(training=True), "kind"),
        (LATE, H100, "fp8", RankingWork(), "precision"),
        (LATE, no_memory, "bf16", RankingWork(), "memory"),
        (LATE, H100, "bf16", slow, "latency"),
        (LATE, unknown, "bf16", RankingWork(), "no_data"),
        (split, H100, "bf16", RankingWork(), "no_data"),
        (LATE, H100, "bf16", RankingWork(unit="request"), "no_data"),
        (RankingModel("empty"), H100, "bf16", RankingWork(), "no_data"),
    ]
    for model, chip, precision, work, reason in cases:
        found = recommendation_rate(model, chip, precision, work, CONSTANTS)

        assert isinstance(found, Rejection)
        assert found.reason == reason


def test_unchecked_latency_is_said() -> None:
    """Without candidates per request there is nothing to check."""
    rate = ranked(LATE, H100, "bf16", RankingWork(latency_limit_s=0.1))

    assert any("latency is not checked" in note for note in rate.notes)


def test_a_throughput_per_request_becomes_samples() -> None:
    """Demand of 100 candidates a request: 3,000 request/s are 300,000 sample/s."""
    workload = Recommendation.model_validate(
        {
            "name": "ads",
            "kind": "recommendation",
            "demand": {"of": "page", "candidates": "100 sample/request"},
            "throughput": {"h100": "3000 request/s"},
        }
    )
    accelerator = Accelerator.model_validate(
        {"name": "h100", "vendor": "nvidia", "power": {"nameplate": "1 kW"}}
    )

    found = rate(workload, accelerator, Context(None, "sample/s", 0.0))

    assert isinstance(found, Rate)
    assert found.per_accelerator == pytest.approx(300_000)
    assert found.unit == "sample/s"
