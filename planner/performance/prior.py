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
from functools import cached_property
from operator import mul
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.performance.ranges import Range
from planner.records import dataclass

Vector = tuple[float, ...]
Array = NDArray[np.float64]

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
        cross: The plane's columns against the runs.
        inner: The runs against each other.
    """

    places: Array
    weights: Array
    cross: Array
    inner: Array


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
        plane, field = self._plane(values), self._field(traits)
        kernel = self._kernel(field.places, self._place(values))
        mean = self._mean + self._offset(values)
        mean += float(self._on_plane @ plane + field.weights @ kernel)
        known = plane @ self._outer @ plane + kernel @ field.inner @ kernel
        known += 2.0 * (plane @ field.cross @ kernel)
        variance = float(plane @ plane - known) + spreads.deviation**2
        variance += self._noise(traits) ** 2
        if not seen:
            variance += spreads.unseen**2
        return mean, math.sqrt(variance)

    def slope(self, feature: str) -> float:
        """Return by how much log MFU rises per unit of a feature, all else equal.

        Without the smooth part, which knows single runs rather than a law.
        """
        number = FEATURES.index(feature)
        return float(
            self._means[number] + self._scales[number] * self._on_plane[1 + number]
        )

    def mfu(self, traits: Traits, *, seen: bool = True) -> Range:
        """Return the MFU between failures, as an 80 % interval."""
        mean, deviation = self.predict(traits, seen=seen)
        width = math.exp(self.spreads.quantile * deviation)
        base = math.exp(mean)
        return Range(base / width, base, base * width)

    def _offset(self, values: Vector) -> float:
        """Return what the means of the slopes make of features."""
        return math.fsum(map(mul, self._means, values))

    def _noise(self, traits: Traits) -> float:
        spreads = self.spreads
        return spreads.benchmark_noise if traits.benchmark else spreads.noise

    def _plane(self, values: Vector) -> Array:
        """Return the features in standard deviations of their slopes."""
        return np.array((self.spreads.constant, *map(mul, values, self._scales)))

    def _place(self, values: Vector) -> Array:
        return np.array([values[number] / length for number, length in self._lengths])

    def _kernel(self, places: Array, place: Array) -> Array:
        """Return the covariance of the smooth part at a place with that at others."""
        apart = places - place
        squares = np.einsum("ij,ij->i", apart, apart)
        found: Array = self.spreads.deviation**2 * np.exp(-0.5 * squares)
        return found

    @cached_property
    def _mean(self) -> float:
        return math.fsum(self._logs) / len(self._logs)

    @cached_property
    def _planes(self) -> Array:
        return np.array([self._plane(features(each)) for each in self._traits])

    @cached_property
    def _places(self) -> Array:
        return np.array([self._place(features(each)) for each in self._traits])

    @cached_property
    def _inverse(self) -> Array:
        """Return the inverse of the covariance of the published runs."""
        alike = np.array(
            [[_setting(a) == _setting(b) for b in self._traits] for a in self._traits]
        )
        smooth = np.array([self._kernel(self._places, each) for each in self._places])
        noise = np.diag([self._noise(each) ** 2 for each in self._traits])
        whole = self._planes @ self._planes.T + np.where(alike, smooth, 0.0) + noise
        return np.linalg.inv(whole).astype(np.float64)

    @cached_property
    def _alpha(self) -> Array:
        found: Array = self._inverse @ (np.array(self._logs) - self._mean)
        return found

    @cached_property
    def _on_plane(self) -> Array:
        found: Array = self._planes.T @ self._alpha
        return found

    @cached_property
    def _outer(self) -> Array:
        found: Array = self._planes.T @ self._inverse @ self._planes
        return found

    def _field(self, traits: Traits) -> _Field:
        """Return the runs of the same setting, made once."""
        setting = _setting(traits)
        if setting not in self._fields:
            alike = [_setting(each) == setting for each in self._traits]
            chosen = np.flatnonzero(alike)
            self._fields[setting] = _Field(
                self._places[chosen],
                self._alpha[chosen],
                self._planes.T @ self._inverse[:, chosen],
                self._inverse[np.ix_(chosen, chosen)],
            )
        return self._fields[setting]


def _setting(traits: Traits) -> tuple[bool, bool]:
    """Return what runs must have in common to share a deviation."""
    return traits.benchmark, traits.lora
