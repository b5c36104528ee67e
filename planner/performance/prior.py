"""What share of the peak a training run reaches: published runs, smoothed.

log MFU of a run is a plane over a few features, plus a smooth deviation that runs of
the same setting share when they are alike, plus noise::

    log MFU = constant + Σ slope·feature + deviation(some features) + noise

All three are Gaussian with known spread, so the estimate and its spread are those of
Gaussian-process regression (kriging).  Far from every published run the deviation is
unknown and the interval wide.  MFU counts FLOP by the causal matmul sum against the
dense bf16 peak (fp16 without one), whatever the precision, and leaves failures out.

Data: ``training_runs.csv``; spreads and their reasons: ``training_prior.yaml``; both
from ``tests/published/fit_training.py``.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from operator import mul
from typing import NamedTuple

from planner.performance.linear import Matrix, inverse
from planner.performance.ranges import Range

Vector = tuple[float, ...]

_WORK_CENTRE = math.log(1e7)  # active parameters per accelerator
_SIZE_CENTRE = math.log(2e10)
_INTENSITY_CENTRE = math.log(250.0)


class Traits(NamedTuple):
    """What the MFU of a run depends on.

    Attributes:
        intensity_flop_b: Dense bf16 peak over memory bandwidth.
        active_parameters: Used per token.
        accelerators: How many.
        mixture: Whether it is a mixture of experts.
        benchmark: Tuned, short and without failures, instead of production.
        lora: Whether most weights are frozen.
        half: Whether it computes in fp16, with loss scaling.
        doublings: log2 of the peak of its precision over the bf16 peak.
    """

    intensity_flop_b: float
    active_parameters: float
    accelerators: float
    mixture: bool = False
    benchmark: bool = False
    lora: bool = False
    half: bool = False
    doublings: float = 0.0


@dataclass(frozen=True, slots=True)
class Spreads:
    """The spreads of the model, all in log MFU.

    Attributes:
        slopes: Of each feature: mean and standard deviation of its slope, keyed by
            feature.
        constant: Standard deviation of the constant.
        deviation: Standard deviation of the smooth part.
        lengths: Distance over which it changes, keyed by feature.
        noise: Standard deviation of single production runs about the rest.
        benchmark_noise: The same of benchmarks.
        unseen: Standard deviation added where no run of the setting was on an
            accelerator of the vendor.
        quantile: Standard deviations to either end of the 80 % interval.
    """

    slopes: Mapping[str, tuple[float, float]]
    constant: float
    deviation: float
    lengths: Mapping[str, float]
    noise: float
    benchmark_noise: float
    unseen: float
    quantile: float


FEATURES = (
    "intensity",
    "work",
    "size",
    "mixture",
    "benchmark",
    "lora",
    "half",
    "doublings",
)
"""Names of what `features` returns, in its order."""


def features(traits: Traits) -> Vector:
    """Return the numbers that estimates rest on, keyed by `FEATURES`.

    ``intensity``, ``work`` (active parameters per accelerator: little work for each
    means that communication weighs more) and ``size`` are logarithms.  Work counts for
    production alone.
    """
    size = math.log(traits.active_parameters)
    work = size - math.log(traits.accelerators) - _WORK_CENTRE
    return (
        math.log(traits.intensity_flop_b) - _INTENSITY_CENTRE,
        0.0 if traits.benchmark else work,
        size - _SIZE_CENTRE,
        float(traits.mixture),
        float(traits.benchmark),
        float(traits.lora),
        float(traits.half),
        traits.doublings,
    )


class _Field(NamedTuple):
    """The published runs of one setting, ready for estimates.

    Attributes:
        places: Of each run, in lengths of the smooth part.
        weights: Of each run's kernel in the mean.
        cross: Twice the rows of the plane against the runs.
        inner: The runs against each other, as `_lower`.
    """

    places: list[Vector]
    weights: list[float]
    cross: Matrix
    inner: Matrix


class Prior:
    """The distribution of log MFU, given published runs."""

    def __init__(
        self, traits: Sequence[Traits], mfus: Sequence[float], spreads: Spreads
    ) -> None:
        """Condition on runs.

        Args:
            traits: Of the published runs.
            mfus: Their MFU between failures.
            spreads: Of the model.
        """
        self.spreads = spreads
        none = (0.0, 0.0)
        slopes = [spreads.slopes.get(name, none) for name in FEATURES]
        self._means, self._scales = zip(*slopes, strict=True)
        lengths = spreads.lengths.items()
        self._lengths = [(FEATURES.index(name), length) for name, length in lengths]
        self._traits = list(traits)
        self._logs = [
            math.log(mfu) - self._offset(features(each))
            for each, mfu in zip(traits, mfus, strict=True)
        ]
        self._fields: dict[tuple[bool, bool], _Field] = {}

    def predict(self, traits: Traits, *, seen: bool = True) -> tuple[float, float]:
        """Return mean and standard deviation of log MFU.

        Args:
            traits: Of the run.
            seen: Whether a published run of its setting was on a like accelerator.
        """
        values, spreads = features(traits), self.spreads
        plane, place = self._plane(values), self._place(values)
        field = self._field(traits)
        apart = map(math.dist, repeat(place), field.places)
        kernel = [spreads.deviation**2 * math.exp(-0.5 * d * d) for d in apart]
        mean = self._mean + self._offset(values) + _dot(self._on_plane, plane)
        mean += _dot(field.weights, kernel)
        known = _form(self._outer, plane) + _form(field.inner, kernel)
        known += _dot(plane, [sum(map(mul, row, kernel)) for row in field.cross])
        variance = _dot(plane, plane) + spreads.deviation**2 - known
        variance += self._noise(traits) ** 2
        if not seen:
            variance += spreads.unseen**2
        return mean, math.sqrt(variance)

    def mfu(self, traits: Traits, *, seen: bool = True) -> Range:
        """Return the MFU between failures, as an 80 % interval."""
        mean, deviation = self.predict(traits, seen=seen)
        width = math.exp(self.spreads.quantile * deviation)
        base = math.exp(mean)
        return Range(base / width, base, base * width)

    def _offset(self, values: Vector) -> float:
        """Return what the means of the slopes make of features."""
        return _dot(self._means, values)

    def _noise(self, traits: Traits) -> float:
        spreads = self.spreads
        return spreads.benchmark_noise if traits.benchmark else spreads.noise

    def _plane(self, values: Vector) -> Vector:
        """Return the features in standard deviations of their slopes."""
        return (self.spreads.constant, *map(mul, values, self._scales))

    def _place(self, values: Vector) -> Vector:
        return tuple(values[number] / length for number, length in self._lengths)

    def _kernel(self, place: Vector, other: Vector) -> float:
        between = math.dist(place, other)
        return self.spreads.deviation**2 * math.exp(-0.5 * between * between)

    @cached_property
    def _mean(self) -> float:
        return sum(self._logs) / len(self._logs)

    @cached_property
    def _planes(self) -> list[Vector]:
        return [self._plane(features(each)) for each in self._traits]

    @cached_property
    def _inverse(self) -> Matrix:
        """Return the inverse of the covariance of the published runs."""
        places = [self._place(features(each)) for each in self._traits]
        rows = []
        for i, mine in enumerate(self._traits):
            row = []
            for j, other in enumerate(self._traits[: i + 1]):
                covariance = _dot(self._planes[i], self._planes[j])
                if _setting(mine) == _setting(other):
                    covariance += self._kernel(places[i], places[j])
                row.append(covariance + (self._noise(mine) ** 2 if i == j else 0.0))
            rows.append(row)
        return inverse(rows)

    @cached_property
    def _alpha(self) -> list[float]:
        centred = [value - self._mean for value in self._logs]
        return [_dot(row, centred) for row in self._inverse]

    @cached_property
    def _by_plane(self) -> Matrix:
        """Return the plane's columns times the inverse, keyed by feature and run."""
        columns = list(zip(*self._planes, strict=True))
        return [[_dot(column, row) for row in self._inverse] for column in columns]

    @cached_property
    def _on_plane(self) -> list[float]:
        columns = zip(*self._planes, strict=True)
        return [_dot(column, self._alpha) for column in columns]

    @cached_property
    def _outer(self) -> Matrix:
        columns = list(zip(*self._planes, strict=True))
        rows = [[_dot(row, column) for column in columns] for row in self._by_plane]
        return _lower(rows)

    def _field(self, traits: Traits) -> _Field:
        """Return the runs of the same setting, made once."""
        setting = _setting(traits)
        if setting not in self._fields:
            chosen = [n for n, t in enumerate(self._traits) if _setting(t) == setting]
            self._fields[setting] = _Field(
                [self._place(features(self._traits[n])) for n in chosen],
                [self._alpha[n] for n in chosen],
                [[2.0 * row[n] for n in chosen] for row in self._by_plane],
                _lower([[self._inverse[n][m] for m in chosen] for n in chosen]),
            )
        return self._fields[setting]


def _setting(traits: Traits) -> tuple[bool, bool]:
    """Return what runs must have in common to share a deviation."""
    return traits.benchmark, traits.lora


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return float(sum(map(mul, left, right)))


def _lower(matrix: Matrix) -> Matrix:
    """Return the lower triangle of a symmetric matrix, doubled off the diagonal."""
    doubled = ([2.0 * x for x in row[:n]] for n, row in enumerate(matrix))
    return [[*row, matrix[n][n]] for n, row in enumerate(doubled)]


def _form(lower: Matrix, vector: Sequence[float]) -> float:
    """Return the quadratic form of a matrix given as `_lower`."""
    # Rows end at the diagonal, and the product with them.
    return _dot([sum(map(mul, row, vector)) for row in lower], vector)
