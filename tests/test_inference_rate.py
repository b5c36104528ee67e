"""Serving rates against worked examples of the fitted closed form."""

from dataclasses import replace

import numpy as np
import pytest

from planner.performance.chips import Chip
from planner.performance.constants import load_constants
from planner.performance.inference import inference_rate
from planner.performance.models import Architecture, Transformer
from planner.performance.pairing import Context, Rate, rate
from planner.performance.replica import ServingRequest, context_b, prefill_flop
from planner.performance.results import InferenceRate, Rejection
from planner.performance.serving_grid import inference_rates
from planner.specs.accelerator import Accelerator
from planner.specs.workload import Inference

CONSTANTS = load_constants().inference


def chip(
    name: str,
    fp8_tflop_s: float,
    memory_gb: float,
    bandwidth_tb_s: float,
    *,
    factor: float = 1.0,
    fp4_tflop_s: float = 0.0,
) -> Chip:
    """Return an accelerator that serves language models."""
    peaks = {"fp8": fp8_tflop_s * 1e12}
    if fp4_tflop_s:
        peaks["fp4"] = fp4_tflop_s * 1e12
    return Chip(
        name=name,
        runs=frozenset({"llm_inference"}),
        peak_flop_s=peaks,
        memory_b=memory_gb * 1e9,
        bandwidth_b_s=bandwidth_tb_s * 1e12,
        domain=8,
        node_accelerators=8,
        inference_efficiency=factor,
        confidence="high",
    )


CHIPS = {
    "h100": chip("h100", 1979, 85.9, 3.35),
    "h200": chip("h200", 1979, 141, 4.8),
    "b200": chip("b200", 4500, 180, 7.7, fp4_tflop_s=9000),
    "gb200": chip("gb200", 5000, 186, 8.0, fp4_tflop_s=10000),
    "mi300x": chip("mi300x", 2615, 192, 5.3, factor=0.67),
    "trainium2": chip("trainium2", 1299, 96, 2.9, factor=0.70),
}


def shape(
    layers: int, hidden: float, heads: float, feed_forward: float, experts: int = 0
) -> Architecture:
    """Return a Llama: 8 key-value heads of 128; Llama 4 with windows and experts."""
    return Architecture(
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=8,
        head_dim=128,
        feed_forward=feed_forward,
        vocabulary=128256,
        experts=experts,
        active_experts=1 if experts else 0,
        shared_experts=1 if experts else 0,
        window_tokens=8192 if experts else None,
        full_every=4 if experts else 0,
    )


def llama(
    name: str, billions: float, shape: Architecture, active: float = 0
) -> Transformer:
    """Return a model of so many billion parameters."""
    return Transformer(name, billions * 1e9, (active or billions) * 1e9, shape)


MODELS = {
    "8b": llama("8b", 8.03, shape(32, 4096, 32, 14336)),
    "70b": llama("70b", 70.55, shape(80, 8192, 64, 28672)),
    "405b": llama("405b", 405.85, shape(126, 16384, 128, 53248)),
    "scout": llama("scout", 109, shape(48, 5120, 40, 8192, 16), 17),
    "maverick": llama("maverick", 400, shape(48, 5120, 40, 8192, 128), 17),
}
# Azure's public trace of conversations, 2023: mean lengths.
CONVERSATION = ServingRequest(1155, 211, tpot_limit_s=0.050)


def served(
    model: str, name: str, precision: str, request: ServingRequest = CONVERSATION
) -> InferenceRate:
    """Return a rate that must exist."""
    found = inference_rate(MODELS[model], CHIPS[name], precision, request, CONSTANTS)
    assert not isinstance(found, Rejection), found.detail
    return found


@pytest.mark.parametrize(
    ("model", "name", "precision", "replica", "output_token_s"),
    [
        ("8b", "h100", "fp8", 1, 7843),
        ("8b", "h200", "fp8", 1, 8620),
        ("8b", "b200", "fp4", 1, 21273),
        ("8b", "mi300x", "fp8", 1, 7261),
        ("8b", "trainium2", "fp8", 1, 3689),
        ("70b", "h100", "fp8", 4, 665),
        ("70b", "h200", "fp8", 1, 759),
        ("70b", "b200", "fp8", 1, 2013),
        ("70b", "b200", "fp4", 1, 2657),
        ("70b", "gb200", "fp4", 1, 2946),
        ("70b", "mi300x", "fp8", 4, 604),
        ("70b", "trainium2", "fp8", 8, 277),
        ("405b", "h100", "fp8", 16, 70),
        ("405b", "h200", "fp8", 16, 82),
        ("405b", "b200", "fp8", 16, 206),
        ("405b", "b200", "fp4", 8, 281),
        ("405b", "gb200", "fp4", 8, 314),
        ("405b", "mi300x", "fp8", 16, 64),
        ("405b", "trainium2", "fp8", 16, 21),
        ("scout", "h100", "fp8", 8, 1423),
        ("scout", "h200", "fp8", 8, 1634),
        ("scout", "b200", "fp4", 1, 5391),
        ("scout", "gb200", "fp4", 1, 5984),
        ("scout", "mi300x", "fp8", 8, 1321),
        ("scout", "trainium2", "fp8", 16, 610),
        ("maverick", "h100", "fp8", 16, 877),
        ("maverick", "h200", "fp8", 16, 1157),
        ("maverick", "b200", "fp4", 8, 3857),
        ("maverick", "gb200", "fp4", 8, 4260),
        ("maverick", "mi300x", "fp8", 16, 839),
        ("maverick", "trainium2", "fp8", 16, 281),
    ],
)
def test_worked_examples(
    model: str, name: str, precision: str, replica: int, output_token_s: float
) -> None:
    """Conversations at 50 ms per token: rate and best replica, within rounding.

    The figures are the form's own, at the constants of its fit; what they are worth
    against measurements is in test_inference_validation.py.
    """
    rate = served(model, name, precision)

    assert rate.replica == replica
    assert rate.output_token_s == pytest.approx(output_token_s, rel=0.012)
    assert rate.request_s == pytest.approx(rate.output_token_s / 211)
    assert rate.tail == CONSTANTS.tail


@pytest.mark.parametrize("model", ["8b", "70b", "scout", "maverick"])
def test_the_limit_on_output_tokens_is_kept(model: str) -> None:
    """The batch is the largest that keeps it, or another bound is named."""
    rate = served(model, "b200", "fp4")

    assert rate.tpot_s <= 0.050 * (1 + 1e-9)
    if rate.binding == "latency":
        assert rate.tpot_s == pytest.approx(0.050)


def test_what_binds_is_named() -> None:
    """Memory, scheduler and concurrency bound the batch without a limit."""
    free = ServingRequest(1155, 211)

    assert served("8b", "h100", "fp8").binding == "latency"
    assert served("70b", "b200", "fp4", replace(free, replica=1)).binding == "memory"
    assert served("8b", "b200", "fp4", free).binding == "batch_cap"
    assert served("8b", "b200", "fp4", replace(free, concurrency=64)).batch == 64


def test_without_a_limit_no_tail_factor() -> None:
    """The factor is for tail latency; a saturated server keeps its full rate."""
    free = served("8b", "h100", "fp8", ServingRequest(1155, 211))
    limited = served("8b", "h100", "fp8", ServingRequest(1155, 211, tpot_limit_s=10))

    assert free.tail == 1.0
    assert limited.request_s == pytest.approx(CONSTANTS.tail * free.request_s)


def test_a_long_prompt_leaves_less_of_the_limit_to_wait() -> None:
    """Half of the limit gone on the prompt itself is half of the load."""
    alone = served("405b", "h200", "fp8", ServingRequest(9400, 652, replica=8))
    prompt_s = alone.ttft_s - CONSTANTS.first_token_steps * alone.tpot_s
    request = ServingRequest(9400, 652, replica=8, ttft_limit_s=2 * prompt_s)

    assert served("405b", "h200", "fp8", request).tail == pytest.approx(
        CONSTANTS.tail / 2
    )


def test_cached_prompts_save_compute_not_memory() -> None:
    """A cached prompt is not read again, but its keys are held."""
    none = served("8b", "h100", "fp8", ServingRequest(1155, 211))
    half = served("8b", "h100", "fp8", ServingRequest(1155, 211, cache_hit=0.5))
    all_of_it = served("8b", "h100", "fp8", ServingRequest(1155, 211, cache_hit=1.0))

    assert none.request_s < half.request_s < all_of_it.request_s
    assert none.batch == half.batch == all_of_it.batch
    assert all_of_it.prefill_share == 0.0
    steps = CONSTANTS.first_token_steps
    assert all_of_it.ttft_s == pytest.approx(steps * all_of_it.tpot_s)


def test_uncached_tokens_attend_to_cached_ones() -> None:
    """At half a hit a quarter of the attention is saved, half of the rest."""
    model = MODELS["70b"]
    layers = model.architecture
    assert layers is not None
    linear = 2 * model.active_parameters * 4000.0
    attention = prefill_flop(model, layers, 4000.0, 0.0) - linear

    half = prefill_flop(model, layers, 4000.0, 0.5)

    assert half == pytest.approx(linear / 2 + 0.75 * attention)


def test_windowed_layers_hold_their_window() -> None:
    """Llama 4: 36 of 48 layers keep 8,192 tokens at most."""
    layers = MODELS["scout"].architecture
    assert layers is not None

    assert context_b(layers, 1000, 1) == 98304 * 1000
    assert context_b(layers, 32768, 1) == 2048 * (12 * 32768 + 36 * 8192)


def test_too_large_a_model_says_what_it_needs() -> None:
    """405 B parameters at one byte need six H100 or more."""
    request = replace(CONVERSATION, replica=4)

    found = inference_rate(MODELS["405b"], CHIPS["h100"], "fp8", request, CONSTANTS)

    assert found == Rejection("memory", "needs 6 \u00d7 86 GB; a replica has at most 4")


def test_missed_limits_say_what_is_nearest() -> None:
    """No replica reads 405 B parameters in 5 ms."""
    request = ServingRequest(1155, 211, tpot_limit_s=0.005, ttft_limit_s=2.0)

    found = inference_rate(MODELS["405b"], CHIPS["h100"], "fp8", request, CONSTANTS)

    assert isinstance(found, Rejection)
    assert found.reason == "latency"
    assert "time per output token at best 2" in found.detail
    assert "limit 5 ms" in found.detail


def test_rejections_by_kind_precision_and_data() -> None:
    """What has no rate is a typed reason."""
    h100, model = CHIPS["h100"], MODELS["8b"]
    cases = [
        (replace(h100, runs=frozenset({"recommendation_inference"})), "fp8", "kind"),
        (h100, "fp4", "precision"),
        (replace(h100, memory_b=None), "fp8", "no_data"),
        (replace(h100, inference_efficiency=None), "fp8", "no_data"),
        (replace(h100, memory_b=2e9), "fp8", "memory"),
    ]
    for used, precision, reason in cases:
        found = inference_rate(model, used, precision, CONVERSATION, CONSTANTS)

        assert isinstance(found, Rejection)
        assert found.reason == reason


def test_parameters_alone_give_no_serving_rate() -> None:
    """The cache cannot be sized without layers and heads."""
    model = Transformer("closed", 1e12, 1e11, missing=("layers",))

    found = inference_rate(model, CHIPS["b200"], "fp8", CONVERSATION, CONSTANTS)

    assert found == Rejection("no_data", "closed lacks layers to size its cache")


def test_measured_2xh100_nim() -> None:
    """NIM, Llama 3 70B, 5,000/500 tokens: no row of the fit; 1.06 to 1.08 of measured.

    The first token of a request alone came after 407 ms.
    """
    for concurrency, measured_ms in ((1, 18.6), (5, 21.8), (25, 38.8), (50, 59.7)):
        request = ServingRequest(5000, 500, replica=2, concurrency=concurrency)

        rate = served("70b", "h100", "fp8", request)

        assert rate.tpot_s * 1e3 / measured_ms == pytest.approx(1.07, abs=0.03)
        if concurrency == 1:
            assert rate.ttft_s == pytest.approx(0.407, rel=0.05)


def test_median_first_tokens_of_mlperf() -> None:
    """Llama 2 70B on B200 in fp4: 244 ms as a server, 63 ms interactive, at p50.

    The server is estimated at 167 ms: near its limit it queues longer than the form.
    """
    for tpot_s, measured_s in ((0.2, 0.244), (0.04, 0.063)):
        request = ServingRequest(294, 290, tpot_limit_s=tpot_s, replica=1)

        rate = served("70b", "b200", "fp4", request)

        assert rate.ttft_s == pytest.approx(measured_s, rel=0.35)


def test_fast_tokens_and_wide_replicas_are_marked() -> None:
    """Below 12 ms, or over several nodes, the notes warn."""
    fast = served("8b", "b200", "fp4", ServingRequest(100, 100, concurrency=1))
    wide = served("405b", "h100", "fp8")

    assert any("12 ms" in note for note in fast.notes)
    assert any("several scale-up domains" in note for note in wide.notes)


def test_a_throughput_in_tokens_becomes_requests() -> None:
    """570 output tokens a second at 211 a request; the replica stays unknown."""
    workload = Inference.model_validate(
        {
            "name": "chat",
            "kind": "inference",
            "demand": "1000 request/s",
            "output": "211 token",
            "throughput": {"h100": "570 token/s"},
        }
    )
    accelerator = Accelerator.model_validate(
        {"name": "h100", "vendor": "nvidia", "power": {"nameplate": "1 kW"}}
    )

    found = rate(workload, accelerator, Context(None, "request/s", 0.0))

    assert isinstance(found, Rate)
    assert found.per_accelerator == pytest.approx(570 / 211)
    assert found.replica is None
    assert found.measured


def test_fp4_is_a_gain_over_fp8() -> None:
    """A third more fp4 peak serves no faster; an equal peak keeps the fp8 rate."""
    request = ServingRequest(2048, 128, replica=1)
    peaks = CHIPS["b200"].peak_flop_s
    wide = replace(CHIPS["b200"], peak_flop_s={**peaks, "fp4": 13500e12})
    equal = replace(CHIPS["b200"], peak_flop_s={**peaks, "fp4": 4500e12})

    def rate(chip: Chip, precision: str) -> float:
        found = inference_rate(MODELS["70b"], chip, precision, request, CONSTANTS)
        assert isinstance(found, InferenceRate)
        return found.request_s

    assert rate(wide, "fp4") == rate(CHIPS["b200"], "fp4")
    assert rate(equal, "fp8") < rate(equal, "fp4") < rate(wide, "fp4")


def test_the_best_precision_is_chosen() -> None:
    """Without a precision, the fastest of those that the accelerator has."""
    for name, precision in (("b200", "fp4"), ("h100", "fp8")):
        found = inference_rate(
            MODELS["70b"], CHIPS[name], None, CONVERSATION, CONSTANTS
        )

        assert found == served("70b", name, precision)

    bare = replace(CHIPS["h100"], peak_flop_s={"fp32": 67e12})
    none = inference_rate(MODELS["70b"], bare, None, CONVERSATION, CONSTANTS)
    assert none == Rejection("precision", "h100 has no peak in fp4, fp8, bf16")


def test_a_limit_on_the_first_token_bounds_the_batch() -> None:
    """A new request waits for steps of the batch; a short limit keeps them short."""
    free = served("70b", "b200", "fp4", ServingRequest(1155, 211, replica=1))
    tight = ServingRequest(1155, 211, ttft_limit_s=0.2, replica=1)
    limited = served("70b", "b200", "fp4", tight)

    assert free.ttft_s > 0.2
    assert limited.binding == "latency"
    assert limited.ttft_s == pytest.approx(0.2)


@pytest.mark.parametrize("model", ["70b", "maverick"])
@pytest.mark.parametrize("limits", [{}, {"tpot_limit_s": 0.05, "ttft_limit_s": 1.0}])
def test_arrays_give_what_single_requests_give(
    model: str, limits: dict[str, float]
) -> None:
    """Batch, precision and replica of each request are its own best."""
    prompts, outputs = [100, 1155, 9000, 40000], [200, 211, 650, 2000]
    tokens = ServingRequest(np.array(prompts), np.array(outputs), **limits)

    grid = inference_rates(MODELS[model], CHIPS["b200"], None, tokens, CONSTANTS)

    for number, (prompt, output) in enumerate(zip(prompts, outputs, strict=True)):
        one = inference_rate(
            MODELS[model],
            CHIPS["b200"],
            None,
            ServingRequest(prompt, output, **limits),
            CONSTANTS,
        )
        if isinstance(one, Rejection):
            assert np.isnan(grid.request_s[number])
            assert grid.replica[number] == 0
            continue
        assert grid.request_s[number] == pytest.approx(one.request_s)
        assert grid.output_token_s[number] == pytest.approx(one.output_token_s)
        assert grid.replica[number] == one.replica
        assert grid.batch[number] == pytest.approx(one.batch)
        assert grid.tpot_s[number] == pytest.approx(one.tpot_s)
        assert grid.ttft_s[number] == pytest.approx(one.ttft_s)
        assert grid.precision[number] == one.precision
