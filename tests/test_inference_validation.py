"""The serving form against published throughputs, and its constants against their fit.

Sources of the rows are in ``published/inference.csv``; ``published/fit_inference.py``
made the constants and prints the table of the README.
"""

import math
import statistics

import pytest

from planner.performance.constants import load_constants
from planner.performance.inputs import ranking_model
from planner.performance.models import RankingModel
from planner.performance.recommendation import RankingWork, recommendation_rate
from planner.performance.results import RecommendationRate
from planner.specs.model import Model
from tests.published.fit_inference import (
    FAR,
    NEAR,
    STEPS,
    Row,
    chip_of,
    dense_nvidia,
    left_out,
    loss,
    plain_of,
    ratios,
    rows,
    share,
    shipped,
    tables,
)

ROWS = rows()
GPU = [row for row in ROWS if row.gpu]


def test_every_row_is_rated() -> None:
    assert len(ROWS) == 221
    assert len(GPU) == 206
    assert not any(math.isnan(each) for each in ratios(ROWS))


def test_all_gpu_rows() -> None:
    found = ratios(GPU)

    assert 0.95 <= statistics.median(found) <= 1.05
    assert share(found, NEAR) >= 0.90
    assert share(found, FAR) == 1.0


def test_dense_models_on_nvidia() -> None:
    found = ratios([row for row in GPU if dense_nvidia(row)])

    assert 0.95 <= statistics.median(found) <= 1.05
    assert share(found, NEAR) >= 0.96


@pytest.mark.parametrize("precision", ["fp4", "fp8"])
@pytest.mark.parametrize("mixture", [False, True])
def test_no_precision_or_kind_of_model_is_off(precision: str, *, mixture: bool) -> None:
    names = ("llama_4_scout", "llama_4_maverick")
    table = [
        row
        for row in GPU
        if row.precision == precision and (row.model in names) is mixture
    ]
    found = ratios(table)

    assert 0.9 <= statistics.median(found) <= 1.1
    assert share(found, NEAR) >= 0.8


def test_rows_that_took_no_part() -> None:
    """The misses are 8B in MLPerf and vLLM of 2024."""
    found = ratios(rows("inference_held_out.csv"))

    assert len(found) == 25
    assert 0.9 <= statistics.median(found) <= 1.1
    assert share(found, NEAR) >= 0.80
    assert share(found, FAR) >= 0.95


def test_other_makers_rows_are_within_a_factor_of_two() -> None:
    """Trainium and Inferentia, at batch 1 to 8 and with software of 2024."""
    found = ratios([row for row in ROWS if not row.gpu])

    assert all(0.5 <= each <= 2.0 for each in found)


def test_no_step_of_a_constant_improves_the_fit() -> None:
    """The shipped constants are the fit's: each is at a least error of its own."""
    values = shipped()
    least = loss(GPU, values)

    for name, step in STEPS.items():
        if (name, values[name]) == ("bandwidth", 0.9):
            continue  # at its bound
        for sign in (1, -1):
            moved = {**values, name: values[name] + sign * step}
            assert loss(GPU, moved) > least - 1e-4, name


def test_one_publisher_left_out() -> None:
    """Without MLPerf 4.1 in the fit, its rows are predicted as well."""
    text = left_out(GPU, shipped(), ["mlperf_4_1"])

    assert text.startswith("| mlperf_4_1 left out | 4 |")
    assert text.endswith("| 100% | 100% |")


def test_the_table_of_the_readme() -> None:
    """It is printed by the fit; the first line is what the README leads with."""
    lines = tables().splitlines()

    assert lines[2].startswith("| all GPU rows | 206 | 1.0")
    assert lines[3].startswith("| dense, on NVIDIA | 127 |")


# MLPerf Inference v4.1 and v5.1, closed, DLRM-DCNv2 99 % offline: samples/s per GPU,
# one sample being 270 pairs of user and item on average.
DLRM = [
    ("h100", 74457),
    ("h200", 79668),
    ("h200", 80983),
    ("gh200", 86731),
]


@pytest.mark.parametrize(("name", "samples_s"), DLRM)
def test_dlrm_of_mlperf(name: str, samples_s: float) -> None:
    """Within 10 %, with the catalogue's peaks and bandwidths."""
    assert ranked("dlrm_dcnv2", name, "int8") == pytest.approx(
        270 * samples_s, rel=0.10
    )


@pytest.mark.parametrize(("name", "ratio"), [("b200", 1.67), ("gb200", 1.75)])
def test_blackwell_against_h100(name: str, ratio: float) -> None:
    """MLPerf Training: DLRM-DCNv2 1.64 to 1.70 times, 1.75 times an H100."""
    found = ranked("dlrm_dcnv2", name, "bf16") / ranked("dlrm_dcnv2", "h100", "bf16")

    assert found == pytest.approx(ratio, rel=0.05)


@pytest.mark.parametrize("name", ["ads_late_ranking", "ads_late_ranking_low"])
def test_24_mtia_v2_against_8_h100(name: str) -> None:
    """ISCA 2025: about equal; by model 0.8 to 2.1 over a mean of 1.8: 0.44 to 1.17."""
    found = 24 * ranked(name, "mtia_v2", "fp16") / (8 * ranked(name, "h100", "fp16"))

    assert 0.44 <= found <= 1.17


def ranked(model: str, accelerator: str, precision: str) -> float:
    """Return samples per accelerator-second."""
    constants = load_constants().recommendation
    found = recommendation_rate(
        ranking(model), chip_of(accelerator), precision, RankingWork(), constants
    )
    assert isinstance(found, RecommendationRate)
    return found.unit_s


def ranking(name: str) -> RankingModel:
    return ranking_model(Model.model_validate(plain_of("scenarios/models", name)))


def test_rows_say_what_they_are() -> None:
    scenarios = {row.scenario for row in ROWS}

    assert scenarios == {
        "batch",
        "interactive",
        "offline",
        "server",
        "speed",
        "throughput",
    }
    assert all(isinstance(row, Row) and row.measured > 0 for row in ROWS)
