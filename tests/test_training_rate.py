"""FLOP per token and training rates against published figures."""

import pytest

from planner.performance.chips import Chip
from planner.performance.constants import load_constants
from planner.performance.goodput import goodput
from planner.performance.models import Architecture, Transformer
from planner.performance.pairing import Context, Rate, rate
from planner.performance.results import Rejection, TrainingRate
from planner.performance.training import (
    MATMUL_SUM,
    SIX_N,
    flops_per_token,
    in_job,
    matmul_flops_per_token,
    training_rate,
)
from planner.specs.accelerator import Accelerator
from planner.specs.model import Model
from planner.specs.workload import TrainingRun

LLAMA_405B = Architecture(
    layers=126,
    hidden=16384,
    heads=128,
    kv_heads=8,
    head_dim=128,
    feed_forward=53248,
    vocabulary=128256,
)
LLAMA_70B = Architecture(
    layers=80,
    hidden=8192,
    heads=64,
    kv_heads=8,
    head_dim=128,
    feed_forward=28672,
    vocabulary=128256,
)
QWEN3_235B = Architecture(
    layers=94,
    hidden=4096,
    heads=64,
    kv_heads=4,
    head_dim=128,
    feed_forward=1536,
    vocabulary=151936,
    experts=128,
    active_experts=8,
)
QWEN3_30B = Architecture(
    layers=48,
    hidden=2048,
    heads=32,
    kv_heads=4,
    head_dim=128,
    feed_forward=768,
    vocabulary=151936,
    experts=128,
    active_experts=8,
)
GPT_OSS_120B = Architecture(
    layers=36,
    hidden=2880,
    heads=64,
    kv_heads=8,
    head_dim=64,
    feed_forward=2880,
    vocabulary=201088,
    experts=128,
    active_experts=4,
    window_tokens=128,
    full_every=2,
)
H100 = Chip(
    name="h100",
    runs=frozenset({"llm_training"}),
    peak_flop_s={"bf16": 989e12, "fp8": 1979e12},
    node_accelerators=8,
    training_efficiency={"bf16": 0.41, "fp8": 0.385},
    failures_per_node_s=3.79e-3 / 86400,
    restart_s=600,
    checkpoint_s=10,
    confidence="high",
)
CONSTANTS = load_constants().training


@pytest.mark.parametrize(
    ("shape", "sequence", "published_gflop"),
    [
        # Model TFLOP/s over tokens/s in NVIDIA's Megatron-Bridge performance summary.
        (LLAMA_405B, 8192, 2524),
        (LLAMA_70B, 8192, 449.2),
        (QWEN3_235B, 4096, 148.3),
        (QWEN3_30B, 4096, 23.08),
        (GPT_OSS_120B, 4096, 32.7),
    ],
)
def test_flops_per_token_equal_published_ones(
    shape: Architecture, sequence: float, published_gflop: float
) -> None:
    """The matmul sum is within 0.5 % for dense, expert and windowed models."""
    gflop = matmul_flops_per_token(shape, sequence) / 1e9

    assert gflop == pytest.approx(published_gflop, rel=0.005)


def test_every_second_layer_of_experts() -> None:
    """Interleaved experts: half of the layers keep their own dense width."""
    base = {
        "layers": 4,
        "hidden": 100,
        "heads": 1,
        "kv_heads": 1,
        "head_dim": 100,
        "vocabulary": 0,
    }
    dense = Architecture(feed_forward=700, **base)
    mixed = Architecture(
        feed_forward=300,
        dense_feed_forward=700,
        experts=10,
        active_experts=1,
        shared_experts=1,
        expert_every=2,
        **base,
    )
    saved = 2 * (3 * 100 * 700 - 3 * 100 * 300 * 2 - 100 * 10)

    difference = matmul_flops_per_token(dense, 64) - matmul_flops_per_token(mixed, 64)

    assert difference == pytest.approx(6 * saved)


def test_windows_cut_attention_only_beyond_them() -> None:
    """A window longer than the sequence changes nothing."""
    windowed = Architecture(
        layers=48,
        hidden=5120,
        heads=40,
        kv_heads=8,
        head_dim=128,
        feed_forward=8192,
        vocabulary=202048,
        window_tokens=8192,
        full_every=4,
    )

    assert windowed.attended_tokens(8192) == 48 * 8192
    assert windowed.attended_tokens(65536) == 12 * 65536 + 36 * 16384


def test_parameters_alone_fall_back_on_six_n() -> None:
    """Without an architecture: 6·N_active, and the notes say so."""
    model = Transformer("behemoth", 2e12, 288e9, missing=("layers", "hidden"))

    rate = training_rate(model, H100, "fp8", 8192, CONSTANTS)

    assert flops_per_token(model, 8192) == (6 * 288e9, SIX_N)
    assert not isinstance(rate, Rejection)
    assert "layers, hidden" in rate.notes[0]


def test_behemoth_rate_is_the_published_one() -> None:
    """Meta: 390 TFLOP/s per GPU in FP8; the expert factor is fitted on it, so 3 %."""
    model = Transformer("behemoth", 2e12, 288e9)

    rate = training_rate(model, H100, "fp8", 8192, CONSTANTS)

    assert not isinstance(rate, Rejection)
    assert rate.steady_token_s * rate.flops_per_token == pytest.approx(390e12, rel=0.03)


def test_llama_405b_takes_the_published_hours() -> None:
    """Meta's model card: 30.84 M H100-hours, long-context stage included."""
    model = Transformer("llama_3_1_405b", 405.85e9, 405.85e9, LLAMA_405B)
    steady = training_rate(model, H100, "bf16", 8192, CONSTANTS)
    assert not isinstance(steady, Rejection)

    rate = in_job(steady, H100, 16384)

    assert rate.convention == MATMUL_SUM
    assert rate.goodput == goodput(H100, 16384).share
    assert 15.6e12 / rate.token_s / 3600 == pytest.approx(30.84e6, rel=0.10)


def test_fp16_stands_in_for_bf16_and_says_so() -> None:
    """V100 and MTIA v2 have no bf16."""
    chip = Chip(
        name="v100",
        runs=frozenset({"llm_training"}),
        peak_flop_s={"fp16": 125e12},
        training_efficiency={"fp16": 0.3},
    )
    model = Transformer("gpt3", 175e9, 175e9)

    rate = training_rate(model, chip, "bf16", 2048, CONSTANTS)

    assert not isinstance(rate, Rejection)
    assert rate.precision == "fp16"
    assert rate.notes[0] == "v100 has no bf16: rated on its fp16 peak"


@pytest.mark.parametrize(
    ("chip", "precision", "reason"),
    [
        (Chip("mtia_v2", frozenset({"recommendation_inference"}), {}), "bf16", "kind"),
        (Chip("a100", frozenset({"llm_training"}), {"bf16": 1.0}), "fp8", "precision"),
        (Chip("new", frozenset({"llm_training"}), {"bf16": 1.0}), "bf16", "no_data"),
    ],
)
def test_rejections(chip: Chip, precision: str, reason: str) -> None:
    """What cannot be trained is a typed reason, not an error."""
    model = Transformer("any", 70e9, 70e9)

    found = training_rate(model, chip, precision, 8192, CONSTANTS)

    assert isinstance(found, Rejection)
    assert found.reason == reason
    assert found.detail


ACCELERATOR = Accelerator.model_validate(
    {
        "name": "h100",
        "vendor": "nvidia",
        "power": {"nameplate": "1275 W"},
        "peak": {"bf16": "989 TFLOP/s"},
        "system": {"accelerators": 8},
        "reliability": {
            "failures": "0.00379 1/node/day",
            "restart": "10 min",
            "checkpoint": "10 s",
        },
        "efficiency": {"training": {"bf16": "41 %"}},
    }
)
MODEL = Model.model_validate(
    {
        "name": "llama_3_1_405b",
        "kind": "transformer",
        "parameters": "405.85 Gparam",
        "layers": 126,
        "hidden": 16384,
        "heads": 128,
        "kv_heads": 8,
        "feed_forward": 53248,
        "vocabulary": 128256,
    }
)
RUN = {
    "name": "run",
    "kind": "training",
    "model": "llama_3_1_405b",
    "precision": "bf16",
    "tokens": "15.6 Ttoken",
}
QUARTER_S = 90 * 86400.0


def paired(**changes: object) -> Rate | Rejection:
    """Return the rate of the run with some keys changed."""
    run = TrainingRun.model_validate(RUN | changes)
    return rate(run, ACCELERATOR, Context(MODEL, "token/s", QUARTER_S))


def test_a_stated_maximum_sets_the_goodput() -> None:
    """16,384 accelerators: 0.908, in the rate."""
    found = paired(accelerators={"maximum": 16384})

    assert isinstance(found, Rate)
    assert isinstance(found.detail, TrainingRate)
    assert found.detail.goodput == pytest.approx(0.908, abs=0.001)
    assert found.per_accelerator == found.detail.token_s < found.detail.steady_token_s
    assert found.unit == "token/s"


def test_without_a_maximum_the_job_is_as_large_as_its_window_needs() -> None:
    """The count that finishes in the window has the goodput that it was rated at."""
    found = paired()

    assert isinstance(found, Rate)
    assert isinstance(found.detail, TrainingRate)
    count = 15.6e12 / (found.per_accelerator * QUARTER_S)
    assert goodput(H100, count).share == pytest.approx(found.detail.goodput)


def test_a_stated_throughput_is_final() -> None:
    """No efficiency and no goodput apply to it."""
    found = paired(throughput={"h100": "150 token/s"}, precision=None)

    assert isinstance(found, Rate)
    assert found.measured
    assert found.per_accelerator == pytest.approx(150)


def test_a_type_without_a_maximum_is_not_allowed() -> None:
    """A mapping by type excludes what it does not name."""
    found = paired(accelerators={"maximum": {"b200": 1000}})

    assert isinstance(found, Rejection)
    assert found.reason == "not_allowed"
