"""100,000 serving rates through the library."""

import time

import numpy as np

from planner.cost.grid import serving_rates
from tests.benchmarks.rounds import Clock, Result, interleaved

REQUESTS = 100_000


def results(rounds: int) -> list[Result]:
    """Return the results: one precision of a dense model, the best of a mixture."""
    dense = _clock("llama_3_3_70b", "h100", "fp8")
    mixture = _clock("llama_4_maverick", "b200", None)
    first, second = interleaved([dense, mixture], rounds)
    return [
        Result("100,000 rates, dense, fp8", first, [], "< 2 s"),
        Result("100,000 rates, mixture, best precision", second, [], "< 2 s"),
    ]


def _clock(model: str, accelerator: str, precision: str | None) -> Clock:
    """Return a clock of requests of all lengths, each on its best replica."""
    draw = np.random.default_rng(0)
    prompts = draw.uniform(100, 8000, REQUESTS)
    outputs = draw.uniform(20, 2000, REQUESTS)

    def clock() -> float:
        began = time.process_time()
        found = serving_rates(
            model,
            accelerator,
            prompts,
            outputs,
            precision=precision,
            tpot_limit_s=0.05,
            ttft_limit_s=2.0,
        )
        seconds = time.process_time() - began
        if np.isnan(found.request_s).any():
            msg = "a request has no rate"
            raise RuntimeError(msg)
        return seconds

    return clock
