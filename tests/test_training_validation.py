"""The estimate of training hours on published runs, each without its own family.

``python -m tests.published.fit_training`` prints every run, and the README's table.
"""

import math
import statistics
from functools import cache

import pytest

from planner.performance.prior import Prior, Spreads, Traits
from planner.performance.published import RUNS, load_survey
from tests.published import fit_training as fit

MEDIAN, NINETY = 1.17, 1.55
LEAST_INSIDE, MOST_INSIDE = 0.75, 0.90


@cache
def outcomes() -> list[fit.Outcome]:
    """Return every usable run, with spreads that its family had no part in."""
    return fit.left_out(load_survey(), fit.folds())


def errors(*, benchmark: bool | None = None) -> list[float]:
    return [
        one.log_error
        for one in outcomes()
        if benchmark is None or one.run.traits.benchmark == benchmark
    ]


def test_every_row_is_used_or_excluded_for_a_reason() -> None:
    """51 of 90: real single runs and MLPerf; each of the others says why not."""
    used = fit.used_rows()
    assert len(fit.survey_rows()) == 90
    assert len(used) + len(fit.excluded()) == 90
    assert {row["setting"] for row in used} == {"production", "benchmark"}
    assert len(outcomes()) == len(used) == 51


def test_what_ships_follows_from_the_survey() -> None:
    """The product's own file is the survey's rows, nothing by hand."""
    with RUNS.open(encoding="utf-8", newline="") as file:
        shipped = list(fit.csv.DictReader(file))
    assert shipped == list(fit.evidence())
    scale, exponent = fit.typical_count()
    survey = load_survey()
    assert survey.count_scale == pytest.approx(scale, rel=0.005)
    assert survey.count_exponent == pytest.approx(exponent, rel=0.005)


def test_no_family_takes_part_in_its_own_estimate() -> None:
    survey = load_survey()
    rest = survey.without({"llama_3"})
    assert "llama_3" in {run.family for run in survey.runs}
    assert "llama_3" not in {run.family for run in rest.runs}
    assert rest.prior.spreads.noise == survey.prior.spreads.noise


def test_error_of_hours() -> None:
    """Median and 90th percentile of the factor, below the targets."""
    middle, most = fit.summary(errors())
    assert middle <= MEDIAN
    assert most <= NINETY


@pytest.mark.parametrize("benchmark", [None, False])
def test_error_is_below_a_plain_ridge_fit(*, benchmark: bool | None) -> None:
    """Same rows, same folds: generation, log size, mixture, setting."""
    survey = load_survey()
    whole = [run for run in survey.runs if run.whole]
    plain = [
        error
        for run, error in zip(whole, fit.ridge(survey), strict=True)
        if benchmark is None or run.traits.benchmark == benchmark
    ]
    middle, most = fit.summary(errors(benchmark=benchmark))
    ridge_middle, ridge_most = fit.summary(plain)
    assert middle < ridge_middle
    assert most < ridge_most


def test_interval_holds_eight_of_ten() -> None:
    inside = statistics.fmean(one.covered for one in outcomes())
    assert LEAST_INSIDE <= inside <= MOST_INSIDE


def test_production_alone() -> None:
    """Without the benchmarks, which are exact and easier."""
    middle, most = fit.summary(errors(benchmark=False))
    assert middle <= MEDIAN
    assert most <= NINETY
    inside = [one.covered for one in outcomes() if not one.run.traits.benchmark]
    assert LEAST_INSIDE <= statistics.fmean(inside) <= MOST_INSIDE


def test_far_from_every_run_the_interval_is_wider() -> None:
    prior = load_survey().prior
    near = Traits(295.0, 70e9, 2048)
    far = near._replace(intensity_flop_b=5000.0)
    assert prior.predict(far)[1] > 1.5 * prior.predict(near)[1]
    assert prior.predict(near, seen=False)[1] > prior.predict(near)[1]


def test_estimate_on_one_run_is_as_by_hand() -> None:
    """One observation: mean (v_s / (v_s + n²))·0 about itself, variance in closed form.

    Two runs alike in everything, log 0.4 and log 0.2: their mean is the constant, the
    common deviation is 0, and the variance of a third is n² + (1² + d²)·n²/(n² +
    2·(1² + d²)), n the noise, d the deviation, 1 the constant.
    """
    spreads = Spreads(
        slopes={},
        constant=1.0,
        deviation=0.5,
        lengths={"size": 1.0},
        noise=0.3,
        benchmark_noise=0.1,
        unseen=0.4,
        quantile=1.28,
    )
    traits = Traits(250.0, 1e10, 100)
    prior = Prior([traits, traits], [0.4, 0.2], spreads)
    common, noise = 1.0 + 0.25, 0.09
    variance = noise + common * noise / (noise + 2 * common)

    mean, deviation = prior.predict(traits)

    assert mean == pytest.approx(math.log(math.sqrt(0.08)))
    assert deviation == pytest.approx(math.sqrt(variance))
    low, base, high = prior.mfu(traits)
    assert high / base == pytest.approx(base / low)
    assert math.log(high / base) == pytest.approx(1.28 * deviation)
