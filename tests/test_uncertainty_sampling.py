"""Points drawn from declared distributions: their statistics, and that they stay."""

import math
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, pstdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.errors import InputError, UsageError
from planner.specs.correlation import lower_triangle
from planner.specs.distribution import Distribution
from planner.specs.inputs import Input
from planner.specs.load import load_scenario, reload
from planner.specs.scenario import Scenario
from planner.sweep.sampling import samples

COUNT = 2000
INPUTS = """\
  - {path: accelerators.small.price.system, KIND}
  - {path: sites.north.pue, uniform: {low: 1.2, high: 1.4}}
  - {path: workloads.chat.demand.2026, lognormal: {median: 432 request/s, spread: 20 %}}
"""
TRIANGLE = "triangular: {low: 4 kUSD, mode: 5 kUSD, high: 9 kUSD}"
MATRIX = "[[1, 0.8, -0.5], [0.8, 1, 0], [-0.5, 0, 1]]"

Drawn = Callable[..., list[tuple[str, ...]]]


@pytest.fixture
def scenario(tiny_folder: Path, tiny_text: str) -> Callable[..., Scenario]:
    pytest.importorskip("scipy", reason="the extra `sensitivity` is not installed")

    def load(kind: str = TRIANGLE, more: str = "") -> Scenario:
        inputs = INPUTS.replace("KIND", kind)
        text = f"{tiny_text}uncertainty:\n  seed: 7\n{more}  inputs:\n{inputs}"
        path = tiny_folder / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        return load_scenario(path, data_dirs=[tiny_folder])

    return load


def column(points: list[tuple[str, ...]], number: int) -> list[float]:
    return [float(point[number].partition("=")[2].split()[0]) for point in points]


def ranks(values: list[float]) -> list[int]:
    order = sorted(range(len(values)), key=values.__getitem__)
    places = [0] * len(values)
    for place, number in enumerate(order):
        places[number] = place
    return places


def rank_correlation(first: list[float], second: list[float]) -> float:
    a, b = ranks(first), ranks(second)
    mean = (len(a) - 1) / 2
    both = fmean((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    return both / (pstdev(a) * pstdev(b))


SPREADS = ("", "  sampling: sobol\n")


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize(
    ("kind", "mean", "deviation"),
    [
        (TRIANGLE, 6, math.sqrt((16 + 25 + 81 - 20 - 36 - 45) / 18)),
        ("uniform: {low: 4 kUSD, high: 10 kUSD}", 7, math.sqrt(3)),
        ("normal: {mean: 6 kUSD, deviation: 500 USD}", 6, 0.5),
        (
            "lognormal: {median: 6 kUSD, spread: 30 %}",
            6 * math.exp(0.045),
            6 * math.exp(0.045) * math.sqrt(math.exp(0.09) - 1),
        ),
        ("empirical: [2 kUSD, 4 kUSD, 12 kUSD]", 6, math.sqrt(56 / 3)),
    ],
)
def test_draws_have_the_mean_and_the_deviation_of_their_distribution(
    scenario: Callable[..., Scenario],
    kind: str,
    mean: float,
    deviation: float,
    spread: str,
) -> None:
    drawn = column(samples(scenario(kind, spread), COUNT), 0)
    # Spread evenly, 2,000 draws are closer to the mean than independent ones.
    assert fmean(drawn) == pytest.approx(mean, rel=2e-3)
    assert pstdev(drawn) == pytest.approx(deviation, rel=1e-2)


@pytest.mark.parametrize("spread", SPREADS)
def test_draws_are_correlated_as_declared(
    scenario: Callable[..., Scenario], spread: str
) -> None:
    points = samples(scenario(more=f"{spread}  correlation: {MATRIX}\n"), COUNT)
    first, second, third = (column(points, number) for number in range(3))
    # Normal scores with correlation r have rank correlation 6/π·asin(r/2).
    for pair, stated in (((first, second), 0.8), ((first, third), -0.5)):
        expected = 6 / math.pi * math.asin(stated / 2)
        assert rank_correlation(*pair) == pytest.approx(expected, abs=0.03)
    assert rank_correlation(second, third) == pytest.approx(0, abs=0.05)
    assert fmean(first) == pytest.approx(6, rel=1e-2)


def test_draws_without_a_matrix_are_independent(
    scenario: Callable[..., Scenario],
) -> None:
    points = samples(scenario(), COUNT)
    found = rank_correlation(column(points, 0), column(points, 1))
    assert found == pytest.approx(0, abs=0.05)


def test_a_hypercube_has_one_draw_in_every_layer(
    scenario: Callable[..., Scenario],
) -> None:
    drawn = column(samples(scenario(), 100), 1)
    assert sorted(int((x - 1.2) / 0.2 * 100) for x in drawn) == list(range(100))


def test_the_same_seed_gives_the_same_points(
    scenario: Callable[..., Scenario],
) -> None:
    first = scenario()
    assert samples(first, 50) == samples(first, 50)
    other = reload(first, ("uncertainty.seed=8",))
    assert samples(other, 50) != samples(first, 50)
    # As drawn when this was written: neither a machine nor a version may change it.
    assert samples(first, 2)[:1] == AS_DRAWN


AS_DRAWN = [
    (
        "accelerators.small.price.system=4.71088116651 kUSD",
        "sites.north.pue=1.29469061167",
        "workloads.chat.demand.2026=480.964718611 request/s",
    ),
]


def test_every_draw_is_a_scenario(scenario: Callable[..., Scenario]) -> None:
    base = scenario("normal: {mean: 6 kUSD, deviation: 1 kUSD}")
    for point in samples(base, 5):
        assert reload(base, point).accelerators["small"].price.system


def test_draws_that_a_field_refuses_are_refused_before_any(
    scenario: Callable[..., Scenario],
) -> None:
    base = scenario("normal: {mean: 6 kUSD, deviation: 2 kUSD}")
    with pytest.raises(InputError, match=r"above 0 \(its lowest draw\)"):
        samples(base, 5)


def test_nothing_uncertain_cannot_be_drawn_from(tiny: Callable[..., Scenario]) -> None:
    with pytest.raises(InputError, match="declares nothing uncertain"):
        samples(tiny(), 5)


def test_a_missing_scipy_is_named_with_its_extra(
    scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = scenario()
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(UsageError, match=r"pip install 'fleet-planner\[sensitivity\]'"):
        samples(base, 5)


@given(
    st.sampled_from(["normal", "lognormal", "triangular", "uniform", "empirical"]),
    st.lists(st.floats(0.5, 50), min_size=3, max_size=3, unique=True),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_higher_share_is_no_lower_value(
    kind: str, numbers: list[float], first: float, second: float
) -> None:
    low, mode, high = sorted(numbers)
    assume(high - low > 1e-3)
    stated = {
        "normal": (mode, low),
        "lognormal": (mode, low / 50),
        "triangular": (low, mode, high),
        "uniform": (low, high),
        "empirical": (low, mode, high),
    }
    drawn = Distribution(Input("a", 1.0, ""), kind, stated[kind])
    below, above = (drawn.quantile(share) for share in sorted((first, second)))
    assert below <= above or math.isclose(below, above)
    if kind in ("triangular", "uniform", "empirical"):
        assert low - 1e-9 <= below
        assert above <= high + 1e-9


@given(
    st.lists(st.lists(st.floats(-1, 1), min_size=3, max_size=3), min_size=3, max_size=3)
)
def test_the_factor_of_a_correlation_gives_it_back(rows: list[list[float]]) -> None:
    lengths = [math.hypot(*row) for row in rows]
    assume(min(lengths) > 1e-2)
    unit = [[x / n for x in row] for row, n in zip(rows, lengths, strict=True)]
    wanted = [
        [1.0 if a is b else sum(map(float.__mul__, a, b)) for b in unit] for a in unit
    ]
    factor = lower_triangle(wanted)
    assert factor is not None
    found = [[sum(map(float.__mul__, a, b)) for b in factor] for a in factor]
    for row, expected in zip(found, wanted, strict=True):
        assert row == pytest.approx(expected, abs=1e-4)


@given(st.floats(0.51, 1))
def test_three_inputs_cannot_all_be_opposed(strength: float) -> None:
    r = -strength
    assert lower_triangle([[1, r, r], [r, 1, r], [r, r, 1]]) is None
