"""The published training runs that estimates rest on, and the prior made of them."""

import csv
import math
from collections.abc import Container
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from planner import documents
from planner.performance.prior import Prior, Spreads, Traits
from planner.records import dataclass

_FOLDER = Path(__file__).parent
RUNS = _FOLDER / "training_runs.csv"
_PRIOR = _FOLDER / "training_prior.yaml"


class PublishedRun(NamedTuple):
    """One run whose accelerator-hours were published.

    Attributes:
        run: Key.
        name: For people.
        family: Runs that share software and authors.
        accelerator: Name in the catalogue.
        vendor: Its vendor.
        available_year: When it came out, with fractions.
        parameters: Of the whole model.
        traits: What its MFU depends on.
        mfu: Over all its hours.
        steady_mfu: Between failures, by the modelled goodput.
        hours: Accelerator-hours.
        whole: Whether they are those of a whole run; else a steady rate was
            published, and `steady_mfu` is what is left of it in runs that state both.
        source: What was read.
    """

    run: str
    name: str
    family: str
    accelerator: str
    vendor: str
    available_year: float
    parameters: float
    traits: Traits
    mfu: float
    steady_mfu: float
    hours: float
    whole: bool
    source: str


@dataclass(frozen=True, slots=True)
class Survey:
    """Published runs and what they say.

    Attributes:
        runs: Those that can be used.
        prior: Conditioned on them.
        count_scale: Accelerators of a run of one accelerator-day at the peak.
        count_exponent: How they grow with that work.
    """

    runs: tuple[PublishedRun, ...]
    prior: Prior
    count_scale: float
    count_exponent: float

    def without(self, families: Container[str], **changes: Any) -> "Survey":
        """Return the survey as if some families had not been published.

        Args:
            families: To leave out.
            changes: Spreads to replace, keyed by their name.
        """
        kept = tuple(run for run in self.runs if run.family not in families)
        spreads = self.prior.spreads
        values = {name: getattr(spreads, name) for name in Spreads.__slots__}
        return _survey(
            kept, Spreads(**values | changes), self.count_scale, self.count_exponent
        )

    def typical_count(self, peak_days: float) -> float:
        """Return the accelerators of a usual run of that much work.

        Args:
            peak_days: FLOP over the peak of one accelerator, in days.
        """
        return max(1.0, self.count_scale * math.pow(peak_days, self.count_exponent))

    def seen(self, vendor: str, traits: Traits) -> bool:
        """Return whether a run of that setting was on an accelerator of the vendor."""
        return any(
            run.vendor == vendor and run.traits.benchmark == traits.benchmark
            for run in self.runs
        )


@cache
def load_survey() -> Survey:
    """Return the shipped survey.

    Raises:
        InternalError: The shipped files are damaged.
    """
    document = documents.load_shipped(_PRIOR)
    tree: dict[str, Any] = documents.plain(document.root)
    typical = tree.pop("typical_count")
    tree.pop("sources")
    slopes = {name: (mean, spread) for name, (mean, spread) in tree["slopes"].items()}
    with RUNS.open(encoding="utf-8", newline="") as file:
        runs = tuple(_run(row) for row in csv.DictReader(file))
    return _survey(
        runs,
        Spreads(**tree | {"slopes": slopes}),
        typical["scale"],
        typical["exponent"],
    )


def _survey(
    runs: tuple[PublishedRun, ...], spreads: Spreads, scale: float, exponent: float
) -> Survey:
    traits = [run.traits for run in runs]
    prior = Prior(traits, [run.steady_mfu for run in runs], spreads)
    return Survey(runs, prior, scale, exponent)


def _run(row: dict[str, str]) -> PublishedRun:
    """Return one line of the file."""
    traits = Traits(
        intensity_flop_b=float(row["intensity_flop_b"]),
        active_parameters=float(row["active_parameters"]),
        accelerators=float(row["count"]),
        mixture=row["mixture"] == "yes",
        benchmark=row["setting"] == "benchmark",
        lora=row["method"] == "lora",
        half=row["precision"] == "fp16",
        doublings=float(row["doublings"]),
    )
    return PublishedRun(
        run=row["run"],
        name=row["name"],
        family=row["family"],
        accelerator=row["accelerator"],
        vendor=row["vendor"],
        available_year=float(row["available_year"]),
        parameters=float(row["parameters"]),
        traits=traits,
        mfu=float(row["mfu"]),
        steady_mfu=float(row["steady_mfu"]),
        hours=float(row["hours"]),
        whole=row["whole"] == "yes",
        source=row["source"],
    )


def distance(
    run: PublishedRun, traits: Traits, available_year: float
) -> dict[str, float]:
    """Return how far a published run is from another, keyed by what differs.

    ``size`` in decades of active parameters, ``generation`` in spans of two years
    between the accelerators' release, ``kind`` (dense or mixture), ``setting`` and
    ``method`` 0 or 1.  They add up to the distance.
    """
    own = run.traits
    ratio = traits.active_parameters / own.active_parameters
    return {
        "size": abs(math.log10(ratio)),
        "generation": abs(available_year - run.available_year) / 2.0,
        "kind": float(own.mixture != traits.mixture),
        "setting": float(own.benchmark != traits.benchmark),
        "method": float(own.lora != traits.lora),
    }
