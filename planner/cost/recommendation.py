"""What ranking costs: a case on each of its accelerators."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from planner.cost.cases import Candidate, ServingCase
from planner.cost.nearest import Rejected, rejected_by
from planner.performance.constants import load_constants
from planner.performance.inputs import ranking_model
from planner.performance.ranges import Range, exactly, product, spread
from planner.performance.recommendation import RankingWork, recommendation_rate
from planner.performance.results import RecommendationRate, Rejection
from planner.periods import SECONDS_OF_AN_HOUR
from planner.records import dataclass
from planner.specs.case import RecommendationCase
from planner.units import magnitude

_MILLION = 1e6


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One case on one accelerator.

    Attributes:
        name: Of the case.
        model: Its name.
        candidate: The accelerator and its costs.
        candidates: Samples per request; None where the case does not say.
        rejected: Why it cannot; None where it can.
        rate: The estimate; None where it cannot.
        unit_s: Samples (or requests) per accelerator-second, as an 80 % interval.
        for_memory: Accelerators that the copies of the tables fill; 0 without tables.
        for_rate: Accelerators that the demand takes at the owner's utilisation.
        owned: Cost [USD per million samples or requests]; None without a price.
        rented: The same on rented ones.
    """

    name: str
    model: str
    candidate: Candidate
    candidates: float | None = None
    rejected: Rejected | None = None
    rate: RecommendationRate | None = None
    unit_s: Range | None = None
    for_memory: float = 0.0
    for_rate: float = 0.0
    owned: Range | None = None
    rented: Range | None = None

    @property
    def accelerators(self) -> float:
        """Accelerators that demand and tables take, whole ones."""
        return math.ceil(max(self.for_memory, self.for_rate) - 1e-9)

    @property
    def binding(self) -> Literal["compute", "bandwidth", "capacity"] | None:
        """What sets the number of accelerators."""
        if self.rate is None:
            return None
        return "capacity" if self.for_memory > self.for_rate else self.rate.binding


def ranking_rows(serving: ServingCase) -> list[RankingRow]:
    """Return one row for each accelerator: the cheapest first, rejected ones last."""
    rows = [_row(serving, each) for each in serving.candidates]
    return sorted(rows, key=_rank)


def _rank(row: RankingRow) -> tuple[int, float]:
    if row.rate is None:
        return 3, 0.0
    if row.owned is not None:
        return 0, row.owned.base
    return (1, row.rented.base) if row.rented is not None else (2, -row.rate.unit_s)


def _row(serving: ServingCase, candidate: Candidate) -> RankingRow:
    """Return one accelerator's row."""
    case = serving.case
    if not isinstance(case, RecommendationCase):
        msg = f"{case.name} is no case of recommendation"
        raise TypeError(msg)
    work = _work(case)
    row = RankingRow(case.name, serving.model.name, candidate, work.candidates)
    constants = load_constants().recommendation
    model, chip = ranking_model(serving.model), candidate.chip
    found = recommendation_rate(model, chip, case.precision, work, constants)
    if isinstance(found, Rejection):
        help_ = _nearest(found, candidate)
        return replace(row, rejected=rejected_by(found, candidate.why, help_))
    error = constants.interval
    unit_s = product(exactly(found.unit_s), Range(error.low, 1.0, error.high))
    demand_s = magnitude(case.demand, f"{found.unit}/s")
    copies = 1.0 if case.copies is None else case.copies
    done = replace(
        row,
        rate=found,
        unit_s=unit_s,
        for_memory=copies * (found.table_accelerators or 0.0),
        for_rate=demand_s / (found.unit_s * candidate.utilisation.base),
    )
    return _priced(done, unit_s, demand_s)


def _work(case: RecommendationCase) -> RankingWork:
    """Return how a case uses its model, counted as its demand is."""
    candidates, latency = case.candidates, case.latency
    return RankingWork(
        candidates=None
        if candidates is None
        else magnitude(candidates, "sample/request"),
        latency_limit_s=None if latency is None else magnitude(latency, "s"),
        unit="request" if case.demand.check("request/s") else "sample",
    )


def _nearest(found: Rejection, candidate: Candidate) -> str:
    """Return what to write so that the case can be done; empty where nothing helps."""
    chip = candidate.chip
    if found.reason == "precision" and chip.peak_flop_s:
        return f"precision: one of {', '.join(chip.peak_flop_s)}"
    if found.reason == "latency":
        return "a longer latency, or fewer candidates"
    return ""


def _priced(row: RankingRow, unit_s: Range, demand_s: float) -> RankingRow:
    """Return a row with its costs.

    Where tables, not demand, set the number of accelerators, each does less, and its
    capital is spread over fewer samples.
    """
    owned, rented = row.candidate.owned, row.candidate.rented
    stretch = max(1.0, row.for_memory / row.for_rate) if row.for_rate else 1.0
    scale = _MILLION / SECONDS_OF_AN_HOUR
    own = lent = None
    if owned is not None:
        energy_usd = owned.components["energy"].base
        own = spread(
            lambda usd, rate: ((usd - energy_usd) * stretch + energy_usd) / rate,
            [owned.total, unit_s],
        ).times(scale)
    if rented is not None:
        held = demand_s / unit_s.base
        more = max(1.0, row.for_memory / held) if held else 1.0
        lent = spread(lambda usd, rate: usd * more / rate, [rented, unit_s])
        lent = lent.times(scale)
    return replace(row, owned=own, rented=lent)


def as_dicts(rows: Sequence[RankingRow]) -> list[dict[str, Any]]:
    """Return rows as they stand in the JSON (formats §6)."""
    return [_as_dict(row) for row in rows]


def _as_dict(row: RankingRow) -> dict[str, Any]:
    rate, chip = row.rate, row.candidate.chip
    head = {"name": row.name, "model": row.model, "accelerator": chip.name}
    if row.rejected is not None:
        why = row.rejected.as_dict()
        return {**head, "confidence": chip.confidence, "rejected": why}
    if rate is None or row.unit_s is None:
        return head
    latency = rate.request_latency_s
    return {
        **head,
        "precision": rate.precision,
        **_rates(row, rate, row.unit_s),
        "binding": row.binding,
        "request_latency_ms": None if latency is None else latency * 1e3,
        "accelerators_for_memory": row.for_memory,
        "accelerators_for_rate": row.for_rate,
        "accelerators": row.accelerators,
        f"cost_usd_per_m{rate.unit}": {
            "owned": None if row.owned is None else row.owned._asdict(),
            "rented": None if row.rented is None else row.rented._asdict(),
        },
        "utilisation": row.candidate.utilisation.base,
        "energy_wh_per_m" + rate.unit: energy_wh(row),
        "confidence": rate.confidence,
        "notes": list(rate.notes),
    }


def _rates(row: RankingRow, rate: RecommendationRate, unit_s: Range) -> dict[str, Any]:
    """Return the rate in requests where the demand is, and in samples where known."""
    found: dict[str, Any] = {}
    each = 1.0
    if rate.unit == "request":
        found["request_s_per_accelerator"] = rate.unit_s
        each = row.candidates or 0.0
    found["sample_s_per_accelerator"] = rate.unit_s * each if each else None
    found["interval"] = {"low": unit_s.low, "high": unit_s.high}
    return found


def energy_wh(row: RankingRow) -> float | None:
    """Return the energy at the meter of a million samples or requests."""
    if row.rate is None:
        return None
    hourly = row.rate.unit_s * SECONDS_OF_AN_HOUR
    return row.candidate.energy_kwh.base * 1000.0 / hourly * _MILLION
