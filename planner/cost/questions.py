"""What analysts ask: how many, how long, which is cheapest, what a project costs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from planner.cost.evidence import nearest, warning
from planner.cost.runs import Candidate
from planner.cost.training import AGAINST, Estimate, count_for, estimate
from planner.economics.inputs import Default
from planner.economics.ownership import COMPONENTS
from planner.performance.ranges import Range
from planner.performance.results import Rejection
from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One run on one accelerator: what it takes, or why it cannot be done.

    Attributes:
        candidate: The run.
        found: The estimate, or the reason.
        defaults: All that nobody stated.
    """

    candidate: Candidate
    found: Estimate | Rejection
    defaults: tuple[Default, ...] = ()

    @property
    def estimate(self) -> Estimate | None:
        """The estimate; None where it cannot be done."""
        return self.found if isinstance(self.found, Estimate) else None

    def meets(self, days: float) -> bool:
        """Return whether it is expected to end in time."""
        found = self.estimate
        return found is not None and found.days.base <= days * (1 + 1e-9)


def answer(candidate: Candidate, first_month: int | None = None) -> Answer:
    """Return what a run takes: on its count, in its days, or on a usual count.

    Args:
        candidate: The run.
        first_month: When it starts, as year·12 + month - 1; None: whenever the
            accelerator is there.
    """
    job = candidate.job
    if isinstance(job, Rejection):
        return Answer(candidate, job)
    released = job.hardware.first_month
    if first_month is not None and released is not None and released > first_month:
        year, month = divmod(released, 12)
        detail = f"{candidate.accelerator} is available from {year}-{month + 1:02}"
        return Answer(candidate, Rejection("unavailable", f"{detail}; start later"))
    count: float | Rejection | None = candidate.count
    defaults = job.defaults
    if candidate.days is not None:
        count = count_for(job, candidate.days)
    elif count is None:
        usual = job.typical_count
        said = Default("count", f"{usual:,}", source="usual for a run of this size")
        defaults, count = (said, *defaults), usual
    found = count if isinstance(count, Rejection) else estimate(job, count)
    return Answer(candidate, found, defaults)


def table(candidate: Candidate, counts: Sequence[int]) -> list[Answer]:
    """Return what a run takes on each of several counts."""
    return [answer(replace(candidate, count=count, days=None)) for count in counts]


def cheapest(answers: Sequence[Answer], days: float | None) -> dict[str, Answer]:
    """Return the cheapest that ends in time, keyed by ``owned`` and ``rented``.

    Accelerators that are not known to train language models do not compete.

    Args:
        answers: One run on several accelerators.
        days: It may take; None: all are in time.
    """
    found: dict[str, Answer] = {}
    for how in ("owned", "rented"):
        priced = [
            (usd.base, number)
            for number, each in enumerate(answers)
            if (usd := _usd(each, how)) is not None
            and "llm_training" in each.candidate.runs
            and (days is None or each.meets(days))
        ]
        if priced:
            found[how] = answers[min(priced)[1]]
    return found


def _usd(one: Answer, how: str) -> Range | None:
    found = one.estimate
    if found is None:
        return None
    return found.owned_usd if how == "owned" else found.rented_usd


def as_dict(one: Answer, multiplier: float | None = None) -> dict[str, Any]:
    """Return an answer as it stands in the JSON.

    Args:
        one: The answer.
        multiplier: Compute of the project over that of the run; None without.
    """
    found, candidate = one.estimate, one.candidate
    if found is None:
        return {
            "name": candidate.name,
            "accelerator": candidate.accelerator,
            "count": candidate.count,
            "rejected": _reason(one.found),
        }
    job = found.job
    said = warning(found)
    row = {
        "name": candidate.name,
        "model": job.model.name,
        "accelerator": candidate.accelerator,
        "count": int(found.count),
        "precision": job.precision,
        "method": job.method,
        "setting": job.setting,
        "flops": job.flops,
        "flops_per_token": job.flops_per_token,
        "mfu": found.mfu._asdict(),
        "mfu_convention": f"{job.convention}, {AGAINST}",
        "goodput": found.goodput,
        "checkpoint_interval_s": found.checkpoint_interval_s,
        "accelerator_hours": found.hours._asdict(),
        "days": found.days._asdict(),
        "energy_mwh": found.energy_mwh._asdict(),
        "energy_nameplate_mwh": found.nameplate_mwh._asdict(),
        "co2e_t": found.co2e_t._asdict(),
        "cost_usd": {
            "owned": _range(found.owned_usd),
            "rented": _range(found.rented_usd),
        },
        "components": {
            name: found.components[name]._asdict()
            for name in COMPONENTS
            if name in found.components
        },
        "evidence": [each.as_dict() for each in nearest(found)],
        "notes": [*job.notes, *([said] if said else [])],
        "defaults": [each._asdict() for each in one.defaults],
    }
    return row if multiplier is None else row | {"project": project(found, multiplier)}


def project(found: Estimate, multiplier: float) -> dict[str, Any]:
    """Return what the whole project takes: ablations and failed runs included."""

    def scaled(figure: Range | None) -> dict[str, float] | None:
        return None if figure is None else figure.times(multiplier)._asdict()

    return {
        "multiplier": multiplier,
        "accelerator_hours": scaled(found.hours),
        "energy_mwh": scaled(found.energy_mwh),
        "co2e_t": scaled(found.co2e_t),
        "cost_usd": {
            "owned": scaled(found.owned_usd),
            "rented": scaled(found.rented_usd),
        },
    }


def _range(figure: Range | None) -> dict[str, float] | None:
    return None if figure is None else figure._asdict()


def _reason(found: Estimate | Rejection) -> dict[str, str]:
    if isinstance(found, Estimate):
        return {}
    return {"reason": found.reason, "detail": found.detail}
