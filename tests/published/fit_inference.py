"""The fit of the serving constants, and the error of what is shipped.

Run it in the root of the repository::

    python -m tests.published.fit_inference          # fit, tables, leave one source out
    python -m tests.published.fit_inference --check  # tables of the shipped constants

It minimises the mean of sqrt(error² + 0.1²), error the logarithm of predicted over
measured, over the GPU rows of ``inference.csv``.  Rows of TensorRT-LLM count half,
since they are four of five.  Each constant moves alone, by steps of its rounding, until
no step helps; results are printed, and carried into ``efficiency.yaml`` and
``hardware/`` by hand.  Rows of ``inference_held_out.csv`` take no part.
"""

import csv
import math
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from planner.documents import plain
from planner.performance.chips import Chip
from planner.performance.constants import InferenceConstants, load_constants
from planner.performance.inference import inference_rate
from planner.performance.inputs import chip, transformer
from planner.performance.models import Transformer
from planner.performance.replica import ServingRequest
from planner.performance.results import Rejection
from planner.specs.accelerator import Accelerator
from planner.specs.catalogue import Catalogue
from planner.specs.model import Model

FOLDER = Path(__file__).parent
NEURON = ("trainium1", "trainium2", "inferentia2")
SOFT = 0.1
COARSE = 4
NEAR, FAR = (0.75, 1.25), (0.5, 2.0)

Values = Mapping[str, float]
"""Constants by name; ``factor.<accelerator>`` is that of an accelerator."""

STEPS: Values = {
    "compute": 0.01,
    "fp4_gain": 0.05,
    "bandwidth": 0.02,
    "parallelism_exponent": 0.01,
    "mixture": 0.01,
    "tail": 0.01,
    "step_s_per_layer": 5e-6,
    "factor.mi300x": 0.01,
    "factor.mi325x": 0.01,
}
START: Values = {
    "compute": 0.72,
    "fp4_gain": 1.2,
    "bandwidth": 0.66,
    "parallelism_exponent": 0.25,
    "mixture": 0.65,
    "tail": 0.83,
    "step_s_per_layer": 3e-5,
    "factor.mi300x": 0.67,
    "factor.mi325x": 0.85,
}
"""Where the search begins: a fit of the form without a factor on MoE bandwidth."""
MOST: Values = {"bandwidth": 0.9}
"""Copies reach 0.92 of the bandwidth (Azure, GB200); serving cannot do better."""


@dataclass(frozen=True)
class Row:
    """One published throughput.

    Attributes:
        model: Name of its file, as is `accelerator`.
        scenario: ``throughput``, ``offline``, ``server``, ``interactive``, ``batch``
            or ``speed`` (a stated pace of each user).
        measured: Output tokens per accelerator-second.
        publisher: Who measured; its rows are left out together.
    """

    model: str
    accelerator: str
    precision: str
    scenario: str
    request: ServingRequest
    measured: float
    publisher: str

    @property
    def gpu(self) -> bool:
        return self.accelerator not in NEURON

    @property
    def within_limits(self) -> bool:
        """Whether the form claims to hold: 12 ms per token and more."""
        limit = self.request.tpot_limit_s
        return limit is None or limit >= load_constants().inference.shortest_tpot_s


def rows(name: str = "inference.csv") -> list[Row]:
    """Return the rows of a file."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [_row(record) for record in csv.DictReader(file)]


def _row(record: Mapping[str, str]) -> Row:
    def number(key: str, unit: float = 1.0) -> float | None:
        return float(record[key]) * unit if record[key] else None

    size = number("replica")
    request = ServingRequest(
        float(record["prompt"]),
        float(record["output"]),
        tpot_limit_s=number("time_per_output_token_ms", 1e-3),
        ttft_limit_s=number("time_to_first_token_s"),
        replica=None if size is None else int(size),
        concurrency=number("concurrency"),
    )
    return Row(
        record["model"],
        record["accelerator"],
        record["precision"],
        record["scenario"],
        request,
        float(record["output_token_s_per_accelerator"]),
        record["publisher"],
    )


@cache
def _catalogue() -> Catalogue:
    return Catalogue.of()


def plain_of(kind: str, name: str) -> object:
    """Return a file of the catalogue as plain values."""
    document = _catalogue().load(kind, name, [])
    if document is None:
        raise KeyError(name)
    return plain(document.root)


@cache
def chip_of(name: str) -> Chip:
    """Return an accelerator of the catalogue."""
    return chip(Accelerator.model_validate(plain_of("hardware", name)))


@cache
def model_of(name: str) -> Transformer:
    """Return a model of the catalogue."""
    return transformer(Model.model_validate(plain_of("scenarios/models", name)))


def ratio(row: Row, constants: InferenceConstants, used: Chip | None = None) -> float:
    """Return predicted over measured; nan where the form finds no rate."""
    found = inference_rate(
        model_of(row.model),
        used or chip_of(row.accelerator),
        row.precision,
        row.request,
        constants,
    )
    if isinstance(found, Rejection):
        return math.nan
    # A stated pace is what every user got, not a limit on the slowest request.
    tail = found.tail if row.scenario == "speed" else 1.0
    return found.output_token_s / tail / row.measured


def ratios(table: Iterable[Row]) -> list[float]:
    """Return predicted over measured of the shipped constants and factors."""
    constants = load_constants().inference
    return [ratio(row, constants) for row in table]


def shipped() -> dict[str, float]:
    """Return the fitted constants as they stand in the data files."""
    constants = load_constants().inference
    found = {}
    for name in STEPS:
        if name == "compute":
            found[name] = constants.compute["fp8"]
        elif name.startswith("factor."):
            factor = chip_of(name.removeprefix("factor.")).inference_efficiency
            found[name] = math.nan if factor is None else factor
        else:
            found[name] = getattr(constants, name)
    return found


def loss(table: Sequence[Row], values: Values) -> float:
    """Return the mean error of constants; a row without a rate counts as e."""
    constants = _constants(values)
    total = weights = 0.0
    for row in table:
        factor = values.get(f"factor.{row.accelerator}")
        used = chip_of(row.accelerator)
        if factor is not None:
            used = replace(used, inference_efficiency=factor)
        found = ratio(row, constants, used)
        error = 1.0 if math.isnan(found) else math.log(found)
        weight = 0.5 if row.publisher == "tensorrt_llm" else 1.0
        total += weight * math.hypot(error, SOFT)
        weights += weight
    return total / weights


def _constants(values: Values) -> InferenceConstants:
    own = {name: value for name, value in values.items() if "." not in name}
    compute = own.pop("compute")
    constants = load_constants().inference
    shares = dict.fromkeys(constants.compute, compute)
    return replace(constants, compute=shares, **own)  # type: ignore[arg-type]


def fit(table: Sequence[Row], start: Values) -> dict[str, float]:
    """Return the constants from which no step of rounding lowers the loss."""
    values, least = dict(start), loss(table, start)
    scale = COARSE
    while scale:
        before = least
        for name, sign in [(name, sign) for name in STEPS for sign in (1, -1)]:
            while True:
                moved = values[name] + sign * scale * STEPS[name]
                trial = {**values, name: round(moved, 9)}
                allowed = 0 < moved <= MOST.get(name, math.inf)
                found = loss(table, trial) if allowed else math.inf
                if found >= least - 1e-7:
                    break
                values, least = trial, found
        if least == before:
            scale //= 2
    return values


def summary(found: Iterable[float]) -> str:
    """Return the cells of a table: rows, median, error and shares."""
    numbers = sorted(found)
    median = statistics.median(numbers)
    error = statistics.median(abs(number - 1) for number in numbers)
    return (
        f"{len(numbers)} | {median:.2f} | {numbers[0]:.2f} to {numbers[-1]:.2f} | "
        f"{error:.0%} | {share(numbers, NEAR):.0%} | {share(numbers, FAR):.0%}"
    )


def share(found: Sequence[float], bounds: tuple[float, float]) -> float:
    """Return the share of ratios within bounds."""
    return sum(bounds[0] <= each <= bounds[1] for each in found) / len(found)


def tables() -> str:
    """Return the validation of the shipped constants as Markdown."""
    table = rows()
    gpu = [row for row in table if row.gpu]
    lines = [
        "| predicted / measured | rows | median | range | error | in 25 % | in 2 × |",
        "|---|---:|---:|---:|---:|---:|---:|",
        _line("all GPU rows", gpu),
        _line("dense, on NVIDIA", [row for row in gpu if dense_nvidia(row)]),
    ]
    lines += [
        _line(f"{name} {value}", [row for row in gpu if key(row) == value])
        for name, key in _KEYS.items()
        for value in sorted({key(row) for row in gpu})
    ]
    lines += [_line(n, [row for row in table if row.accelerator == n]) for n in NEURON]
    lines.append(_line("rows held out", rows("inference_held_out.csv")))
    return "\n".join(lines)


_KEYS: Mapping[str, Callable[[Row], str]] = {
    "accelerator": lambda row: row.accelerator,
    "model": lambda row: row.model,
    "scenario": lambda row: row.scenario,
}


def dense_nvidia(row: Row) -> bool:
    """Whether a row is of a dense model on NVIDIA, where the form claims to hold."""
    nvidia = row.gpu and not row.accelerator.startswith("mi")
    return nvidia and not model_of(row.model).mixture and row.within_limits


def _line(name: str, table: Sequence[Row]) -> str:
    return f"| {name} | {summary(ratios(table))} |"


def left_out(
    table: Sequence[Row], start: Values, publishers: Sequence[str] = ()
) -> str:
    """Return what each publisher's rows give under a fit on the others."""
    lines = []
    for name in publishers or sorted({row.publisher for row in table}):
        values = fit([row for row in table if row.publisher != name], start)
        constants = _constants(values)
        found = [
            ratio(
                row,
                constants,
                replace(
                    chip_of(row.accelerator),
                    inference_efficiency=values.get(
                        f"factor.{row.accelerator}",
                        chip_of(row.accelerator).inference_efficiency,
                    ),
                ),
            )
            for row in table
            if row.publisher == name
        ]
        lines.append(f"| {name} left out | {summary(found)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the tables; without ``--check`` the fit and its hold-outs too."""
    sys.stdout.write(f"{tables()}\n")
    if "--check" in sys.argv:
        return
    table = [row for row in rows() if row.gpu]
    values = fit(table, START)
    sys.stdout.write(f"\nfit: {values}\nshipped: {shipped()}\n")
    sys.stdout.write(f"{left_out(table, values)}\n")


if __name__ == "__main__":
    main()
