"""The published runs that are nearest to an estimate, with how far they are."""

import heapq
from typing import Any

from planner.cost.training import Estimate
from planner.performance.published import PublishedRun, Survey, distance, load_survey
from planner.records import dataclass

SHOWN = 3
_WEIGHT_OF_UNKNOWN_AGE = 2.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One published run beside an estimate.

    Attributes:
        run: What was published.
        parts: How it differs, keyed by ``size``, ``generation``, ``kind``, ``setting``
            and ``method``.
    """

    run: PublishedRun
    parts: dict[str, float]

    @property
    def distance(self) -> float:
        """Sum of the parts; 1 is ten times the size, or one generation and a half."""
        return sum(self.parts.values())

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in the JSON."""
        return {
            "run": self.run.name,
            "accelerator": self.run.accelerator,
            "parameters": self.run.parameters,
            "active_parameters": self.run.traits.active_parameters,
            "mfu": round(self.run.mfu, 4),
            "hours": self.run.hours,
            "whole_run": self.run.whole,
            "distance": round(self.distance, 3),
            "distance_parts": {key: round(part, 3) for key, part in self.parts.items()},
            "source": self.run.source,
        }


def nearest(
    estimate: Estimate, number: int = SHOWN, survey: Survey | None = None
) -> list[Evidence]:
    """Return the published runs nearest to an estimate, the nearest first."""
    traits = estimate.job.traits
    year = estimate.job.hardware.available_year
    found = []
    for run in (survey or load_survey()).runs:
        released = run.available_year + _WEIGHT_OF_UNKNOWN_AGE if year is None else year
        found.append(Evidence(run, distance(run, traits, released)))
    return heapq.nsmallest(number, found, key=lambda each: each.distance)


def warning(estimate: Estimate, survey: Survey | None = None) -> str:
    """Return what to say where no published run was on the accelerator, else empty."""
    job, runs = estimate.job, (survey or load_survey()).runs
    name = job.hardware.chip.name
    if any(run.accelerator == name for run in runs):
        return ""
    said = f"no published run on {name}"
    if job.seen:
        return f"{said}: estimated from others of {job.hardware.vendor}"
    return (
        f"{said}, nor in this setting on any of {job.hardware.vendor}: wider interval"
    )
