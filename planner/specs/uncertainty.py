"""Named alternatives of a scenario, and inputs that are not known exactly.

Neither changes a plan by itself: an alternative is applied by ``--alternative NAME``,
and the distributions are what sweeps and sensitivities draw from.
"""

from collections.abc import Sequence
from math import isclose
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from planner.specs.correlation import lower_triangle
from planner.specs.fields import Name, Ratio, Share, Spec, Whole, refuse, shown

_ROUNDING = 1e-9
KINDS = ("normal", "lognormal", "triangular", "uniform", "empirical")
"""Of distributions: the keys of an uncertain input, one of which it has."""


def _amount(value: Any) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise refuse(f"{shown(value)} is not a number; write e.g. 45 kUSD")


Amount = Annotated[
    str,
    BeforeValidator(_amount),
    Field(json_schema_extra={"type": ["string", "number"], "examples": ["45 kUSD"]}),
]
"""A number in the unit of the path beside it, as written."""


class Alternative(Spec):
    """A variant of the scenario that a name stands for."""

    name: Name
    """What ``--alternative`` takes."""
    title: str | None = None
    """Name for people."""
    probability: Share | None = None
    """How likely it is; on all alternatives or on none, which are then alike."""
    set: Annotated[dict[str, Any], Field(min_length=1)]
    """Values by path, as ``--set`` takes them; applied before it."""


def _consistent(listed: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
    """Refuse names used twice, and probabilities that are not one whole."""
    for number, each in enumerate(listed):
        if each.name in [other.name for other in listed[:number]]:
            message = f"{each.name!r} is used twice; write another name"
            raise refuse(message, number, "name")
    stated = [each.probability for each in listed if each.probability is not None]
    for number, each in enumerate(listed):
        if stated and each.probability is None:
            message = f"{each.name} has no probability, but others have"
            raise refuse(f"{message}; write one for each or for none", number)
    if stated and not isclose(sum(stated), 1, abs_tol=_ROUNDING):
        message = f"the probabilities add up to {sum(stated):.6g}"
        raise refuse(f"{message}; write ones that add up to 100 %")
    return listed


Alternatives = Annotated[tuple[Alternative, ...], AfterValidator(_consistent)]


class Normal(Spec):
    """Normally distributed, cut off 4 deviations from the mean."""

    mean: Amount
    """Its mean."""
    deviation: Amount
    """Its standard deviation."""


class Lognormal(Spec):
    """A number whose logarithm is normal, cut off 4 spreads from the median."""

    median: Amount
    """Half of all draws lie below it."""
    spread: Annotated[float, Ratio("20 %", 0.0)]
    """Standard deviation of the logarithm: 20 % is about ± 20 %."""


class Triangular(Spec):
    """Likeliest at the mode, impossible outside low and high."""

    low: Amount
    """The least."""
    mode: Amount
    """The likeliest."""
    high: Amount
    """The most."""


class Uniform(Spec):
    """As likely anywhere between low and high."""

    low: Amount
    """The least."""
    high: Amount
    """The most."""


class UncertainInput(Spec):
    """A number of the scenario with its distribution: one of the five."""

    path: str
    """Where it stands, as ``--set`` takes it."""
    normal: Normal | None = None
    """Mean and standard deviation."""
    lognormal: Lognormal | None = None
    """Median and spread."""
    triangular: Triangular | None = None
    """Low, mode and high."""
    uniform: Uniform | None = None
    """Low and high."""
    empirical: Annotated[tuple[Amount, ...], Field(min_length=1)] | None = None
    """Values, each as likely as the others."""

    @property
    def kind(self) -> str:
        """Return which of the five it has."""
        return next(key for key in KINDS if getattr(self, key) is not None)

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [key for key in KINDS if getattr(self, key) is not None]
        if len(given) > 1:
            message = f"has {' and '.join(given)}; write one distribution"
            raise refuse(message, given[1])
        if not given:
            example = "uniform: {low: 40 kUSD, high: 60 kUSD}"
            message = f"has no distribution; write one of {', '.join(KINDS)}"
            raise refuse(f"{message}, e.g. '{example}'")
        return self


Coefficient = Annotated[float, Ratio("0.5", -1.0, 1.0)]


class Uncertainty(Spec):
    """Inputs that are not known exactly, and how points are drawn from them."""

    sampling: Literal["latin_hypercube", "sobol"] = "latin_hypercube"
    """How points are spread."""
    seed: Whole = 1
    """Draws with the same seed are the same."""
    inputs: Annotated[tuple[UncertainInput, ...], Field(min_length=1)]
    """What is uncertain."""
    correlation: tuple[tuple[Coefficient, ...], ...] | None = None
    """Of the inputs' normal scores, in their order; absent: independent."""

    @model_validator(mode="after")
    def _inputs(self) -> Self:
        paths = [each.path for each in self.inputs]
        for number, path in enumerate(paths):
            if path in paths[:number]:
                message = f"{path} is listed twice; write it once"
                raise refuse(message, "inputs", number, "path")
        if self.correlation is not None:
            _check_correlation(self.correlation, paths)
        return self


def _check_correlation(rows: Sequence[Sequence[float]], paths: Sequence[str]) -> None:
    """Refuse a matrix that no draws of these inputs can have."""
    count, at = len(paths), "correlation"
    if len(rows) != count:
        raise refuse(f"has {len(rows)} rows; write one for each of {count} inputs", at)
    for i, row in enumerate(rows):
        if len(row) != count:
            message = f"has {len(row)} numbers; write one for each of {count} inputs"
            raise refuse(message, at, i)
    for i, row in enumerate(rows):
        if row[i] != 1:
            raise refuse(f"{paths[i]} with itself is {row[i]:g}; write 1", at, i, i)
        for j in range(i):
            if row[j] != rows[j][i]:
                message = f"{row[j]:g} is {rows[j][i]:g} above the diagonal"
                raise refuse(f"{message}; write the same number twice", at, i, j)
    if lower_triangle(rows) is None:
        message = "no inputs can be correlated like this (not positive semidefinite)"
        raise refuse(f"{message}; write smaller numbers beside the diagonal", at)
