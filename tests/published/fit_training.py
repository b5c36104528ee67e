"""The prior of training efficiency: its data, its spreads, its errors.

Run it in the root of the repository::

    python -m tests.published.fit_training           # tables of what is shipped
    python -m tests.published.fit_training --write   # what follows from the csv, too
    python -m tests.published.fit_training --nested  # and choose the spreads again

``training_runs.csv`` beside this file is the survey: every row that was read, with the
reason where it is excluded.  ``--write`` turns the rows in use into
``planner/performance/training_runs.csv``: FLOP by the matmul sum, MFU against the
catalogue's dense bf16 peak, and MFU between failures by the modelled goodput.

Spreads come from a small grid, by the mean |log error| of accelerator-hours when each
family is predicted from the others.  ``--nested`` does that for every family on the
others alone and writes ``training_folds.csv``, which the errors in the tests and the
README are made with: no family takes part in a choice that serves it.
"""

import csv
import math
import statistics
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from planner.documents import plain
from planner.errors import Problem
from planner.performance.chips import Chip
from planner.performance.goodput import goodput
from planner.performance.inputs import chip
from planner.performance.models import Architecture, Transformer
from planner.performance.published import RUNS, PublishedRun, Survey, load_survey
from planner.performance.training import flops_per_token
from planner.specs.accelerator import Accelerator
from planner.specs.catalogue import Catalogue
from planner.specs.structure import structure

FOLDER = Path(__file__).parent
SURVEY = FOLDER / "training_runs.csv"
FOLDS = FOLDER / "training_folds.csv"
GRID = {
    "deviation": (0.25, 0.35),
    "intensity": (0.7, 1.0),
    "work": (1.5, 2.5),
}
UNKNOWN_DOUBLINGS = 0.5
"""Google's MLPerf rows do not say whether they use 8 bits, which double the peak."""
RATE = "steady-state rate without downtime"
OF_A_RATE = 0.91
"""Median of implied over stated MFU of ten runs that state both (0.67 to 0.98)."""
DAY_S = 86400.0
HOUR_S = 3600.0
Row = dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """One published run, estimated without its family."""

    run: PublishedRun
    low: float
    base: float
    high: float

    @property
    def log_error(self) -> float:
        """Estimated over published accelerator-hours."""
        return math.log(self.base / self.run.hours)

    @property
    def factor(self) -> float:
        return math.exp(abs(self.log_error))

    @property
    def covered(self) -> bool:
        return self.low <= self.run.hours <= self.high


def survey_rows() -> list[Row]:
    with SURVEY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(row: Row, key: str, default: float = 0.0) -> float:
    return float(row[key]) if row[key] else default


@cache
def accelerator(name: str) -> tuple[Accelerator, Chip]:
    problems: list[Problem] = []
    document = Catalogue.of().load("hardware", name, problems)
    assert document is not None
    spec = structure(Accelerator, document.root, plain(document.root), problems)
    assert spec is not None
    return spec, chip(spec)


def model_of(row: Row) -> Transformer:
    """Return the model of a row; its architecture where the row has all of it."""
    shape = None
    if row["kv_heads"]:
        shape = Architecture(
            layers=int(row["layers"]),
            hidden=number(row, "hidden"),
            heads=number(row, "heads"),
            kv_heads=number(row, "kv_heads"),
            head_dim=number(row, "head_dim"),
            feed_forward=number(row, "feed_forward"),
            vocabulary=number(row, "vocabulary"),
            matrices=int(row["matrices"]),
            experts=int(number(row, "experts")),
            active_experts=int(number(row, "active_experts")),
        )
    total = number(row, "parameters_g") * 1e9
    return Transformer(
        row["id"], total, number(row, "active_parameters_g") * 1e9, shape
    )


def peak(used: Chip) -> float:
    return used.peak_flop_s.get("bf16") or used.peak_flop_s["fp16"]


def doublings(row: Row, used: Chip) -> float:
    if row["precision"] == "unknown":
        return UNKNOWN_DOUBLINGS
    if row["precision"] != "fp8":
        return 0.0
    return math.log2(used.peak_flop_s["fp8"] / peak(used))


def flops(row: Row) -> float:
    model = model_of(row)
    sequence = number(row, "sequence", 2048.0)
    each, _ = flops_per_token(model, sequence, frozen=row["method"] == "lora")
    return each * number(row, "tokens_g") * 1e9


def used_rows() -> list[Row]:
    return [row for row in survey_rows() if not row["excluded"]]


def rate_rows() -> list[Row]:
    """Return steady rates of production: no hours to predict, but evidence of MFU."""
    return [row for row in survey_rows() if row["excluded"] == RATE]


def typical_count() -> tuple[float, float]:
    """Return scale and exponent of the count, by least squares in logarithms."""
    rows = [r for r in used_rows() if r["count"] and r["setting"] == "production"]
    days = [flops(r) / peak(accelerator(r["accelerator"])[1]) / DAY_S for r in rows]
    counts = [float(row["count"]) for row in rows]
    exponent, constant = np.polyfit(np.log(days), np.log(counts), 1)
    return float(np.exp(constant)), float(exponent)


def evidence() -> Iterator[Row]:
    """Yield the lines of the product's file, as they follow from the survey."""
    scale, exponent = typical_count()
    for row in [*used_rows(), *rate_rows()]:
        spec, used = accelerator(row["accelerator"])
        work = flops(row)
        imputed = scale * (work / peak(used) / DAY_S) ** exponent
        count = number(row, "count", round(imputed))
        hours = float(row["hours"])
        mfu = work / (peak(used) * hours * HOUR_S)
        rate = row["excluded"] == RATE
        kept = goodput(used, count).share if row["setting"] == "production" else 1.0
        model = model_of(row)
        assert spec.available is not None
        assert used.bandwidth_b_s is not None
        yield {
            "run": row["id"],
            "name": row["name"],
            "family": row["family"],
            "accelerator": row["accelerator"],
            "vendor": spec.vendor,
            "available_year": f"{spec.available.first_month / 12:.2f}",
            "setting": row["setting"] or "production",
            "whole": "no" if rate else "yes",
            "method": row["method"],
            "precision": row["precision"],
            "parameters": f"{model.parameters:.6g}",
            "active_parameters": f"{model.active_parameters:.6g}",
            "mixture": "yes" if model.mixture else "no",
            "count": f"{count:g}",
            "count_stated": "yes" if row["count"] else "no",
            "hours": row["hours"],
            "intensity_flop_b": f"{peak(used) / used.bandwidth_b_s:.4f}",
            "doublings": f"{doublings(row, used):.4f}",
            "mfu": f"{mfu:.4f}",
            "steady_mfu": f"{mfu / kept * (OF_A_RATE if rate else 1.0):.4f}",
            "source": row["source"],
            "url": row["url"],
        }


def estimated(run: PublishedRun, survey: Survey) -> Outcome:
    """Return the hours that a survey says a run of another family takes."""
    found = survey.prior.mfu(run.traits, seen=survey.seen(run.vendor, run.traits))
    hours = [run.steady_mfu / mfu * run.hours for mfu in found]
    return Outcome(run, hours[2], hours[1], hours[0])


def families(survey: Survey) -> list[str]:
    return list(dict.fromkeys(run.family for run in survey.runs))


def spreads(survey: Survey, choice: dict[str, float]) -> dict[str, Any]:
    lengths = dict(survey.prior.spreads.lengths)
    lengths |= {key: choice[key] for key in ("intensity", "work")}
    changed: dict[str, Any] = {"deviation": choice["deviation"], "lengths": lengths}
    return changed


def left_out(
    survey: Survey, choices: dict[str, dict[str, float]] | None = None
) -> list[Outcome]:
    """Return every run, estimated from other families alone.

    Args:
        survey: All runs.
        choices: Spreads for each left-out family; absent: the shipped ones.
    """
    found = []
    for family in families(survey):
        changes = spreads(survey, choices[family]) if choices else {}
        rest = survey.without({family}, **changes)
        own = [run for run in survey.runs if run.family == family and run.whole]
        found += [estimated(run, rest) for run in own]
    return found


def choose(survey: Survey) -> dict[str, float]:
    """Return the spreads of the grid that predict families best."""

    def mean_error(choice: dict[str, float]) -> float:
        tried = left_out(survey, dict.fromkeys(families(survey), choice))
        return statistics.fmean(abs(one.log_error) for one in tried)

    grid = [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]
    return min(grid, key=mean_error)


def folds() -> dict[str, dict[str, float]]:
    """Return what nested choice found for each left-out family."""
    with FOLDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["family"]: {key: float(row[key]) for key in GRID} for row in rows}


def ridge(survey: Survey, penalty: float = 1.0) -> list[float]:
    """Return the log errors of a plain ridge fit on the same rows and folds.

    log MFU on generation (one column each), log size, mixture and setting; columns are
    scaled to unit variance.
    """
    table, target = ridge_columns(survey)
    names = np.array([run.family for run in survey.runs if run.whole])
    errors = np.zeros(len(target))
    for family in set(names):
        rest = names != family
        middle, scale = table[rest].mean(0), table[rest].std(0) + 1e-9
        known, asked = (table[rest] - middle) / scale, (table[~rest] - middle) / scale
        normal = known.T @ known + penalty * np.eye(known.shape[1])
        level = target[rest].mean()
        slopes = np.linalg.solve(normal, known.T @ (target[rest] - level))
        errors[~rest] = target[~rest] - level - asked @ slopes
    return [float(error) for error in errors]


GENERATIONS = (
    ("tpu_v3", "v100"),
    ("a100", "a100_40gb", "a800", "tpu_v4"),
    ("h100", "h200", "h800", "gh200", "mi300x", "mi325x", "tpu_v5p", "tpu_v6e"),
    ("b200", "gb200", "b300", "gb300"),
)


def ridge_columns(survey: Survey) -> tuple[Any, Any]:
    rows = []
    whole = [run for run in survey.runs if run.whole]
    for run in whole:
        traits = run.traits
        generation = [float(run.accelerator in chips) for chips in GENERATIONS]
        size = math.log(traits.active_parameters)
        rows.append([*generation, size, traits.mixture, traits.benchmark])
    return np.array(rows, dtype=float), np.log([run.mfu for run in whole])


def summary(errors: Iterable[float]) -> tuple[float, float]:
    """Return median and 90th percentile of the error factors."""
    factors = [math.exp(abs(error)) for error in errors]
    return float(np.median(factors)), float(np.quantile(factors, 0.9))


def groups(survey: Survey) -> dict[str, list[int]]:
    """Return the numbers of the rows that are reported together."""
    whole = [run for run in survey.runs if run.whole]
    everything = range(len(whole))
    benchmark = [n for n in everything if whole[n].traits.benchmark]
    return {
        "all": list(everything),
        "production": [n for n in everything if n not in benchmark],
        "benchmark (MLPerf)": benchmark,
    }


def table(survey: Survey, outcomes: Sequence[Outcome]) -> list[str]:
    """Return the README's table of errors."""
    by_run = {one.run.run: one for one in outcomes}
    ordered = [by_run[run.run] for run in survey.runs if run.whole]
    plain_errors = ridge(survey)
    lines = [
        "| rows | n | median | 90 % below | in the interval | ridge | 90 % below |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, chosen in groups(survey).items():
        middle, most = summary(ordered[n].log_error for n in chosen)
        inside = statistics.fmean(ordered[n].covered for n in chosen)
        ridge_middle, ridge_most = summary(plain_errors[n] for n in chosen)
        lines.append(
            f"| {name} | {len(chosen)} | {middle:.2f} × | {most:.2f} × | {inside:.0%} "
            f"| {ridge_middle:.2f} × | {ridge_most:.2f} × |"
        )
    return lines


def excluded() -> list[str]:
    """Return every excluded row with its reason."""
    return [f"{r['name']}: {r['excluded']}" for r in survey_rows() if r["excluded"]]


def write_runs() -> None:
    rows = list(evidence())
    with RUNS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_folds(survey: Survey) -> None:
    with FOLDS.open("w", encoding="utf-8", newline="") as file:
        keys = ("family", *GRID)
        writer = csv.DictWriter(file, keys, lineterminator="\n")
        writer.writeheader()
        for family in families(survey):
            choice = choose(survey.without({family}))
            writer.writerow(
                {"family": family} | {k: f"{v:.4g}" for k, v in choice.items()}
            )


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")


def main(arguments: Sequence[str]) -> None:
    if "--write" in arguments:
        write_runs()
        load_survey.cache_clear()
    survey = load_survey()
    if "--nested" in arguments:
        say(f"spreads on all runs: {choose(survey)}")
        write_folds(survey)
    scale, exponent = typical_count()
    say(f"typical count: {scale:.3g} · days ^ {exponent:.3g}")
    outcomes = left_out(survey, folds() if FOLDS.exists() else None)
    for one in sorted(outcomes, key=lambda one: one.factor):
        inside = "inside" if one.covered else "outside"
        say(
            f"{one.run.run:40} {one.run.hours:>14,.0f} h  {one.base:>14,.0f} h  "
            f"{one.factor:.2f} × {inside}"
        )
    say()
    say("\n".join(table(survey, outcomes)))
    say()
    say("excluded:\n" + "\n".join(excluded()))


if __name__ == "__main__":
    main(sys.argv[1:])
