"""How many accelerators a number of users takes: requests, peak and headroom."""

import math
from collections.abc import Sequence
from typing import Any

from planner.documents import Node, find
from planner.economics.inputs import Default
from planner.errors import InputError, Problem
from planner.performance.replica import ServingRequest
from planner.performance.results import InferenceRate
from planner.records import dataclass
from planner.specs.catalogue import Catalogue
from planner.units import magnitude, parse

TRACE = "conversation"
_SECONDS_OF_A_DAY = 86400.0
_PREFIX = "demand_"
_PLACE = ("workloads", 0)
_UNITS = {
    ("demand", "requests_per_user"): "request/user/s",
    ("peak_to_average",): "",
    ("headroom",): "",
}


@dataclass(frozen=True, slots=True)
class Traffic:
    """What people ask for.

    Attributes:
        mean_request_s: Over a day.
        peak_request_s: In the day's highest hour.
        provided_request_s: The same with headroom: what accelerators must serve.
        defaults: Figures of the trace that were used.
    """

    mean_request_s: float
    peak_request_s: float
    provided_request_s: float
    defaults: tuple[Default, ...]

    def accelerators(self, rate: InferenceRate) -> int:
        """Return the accelerators that serve it, in whole replicas."""
        replicas = self.provided_request_s / rate.request_s / rate.replica
        return math.ceil(replicas - 1e-9) * rate.replica

    def token_day(self, request: ServingRequest) -> float:
        """Return prompt and output tokens of a day."""
        tokens: float = request.prompt_tokens + request.output_tokens
        return self.mean_request_s * _SECONDS_OF_A_DAY * tokens

    def as_dict(self, rate: InferenceRate, energy_kwh: float) -> dict[str, Any]:
        """Return what it takes at a rate, as it stands in the JSON."""
        accelerators = self.accelerators(rate)
        return {
            "mean_request_s": self.mean_request_s,
            "peak_request_s": self.peak_request_s,
            "provided_request_s": self.provided_request_s,
            "accelerators": accelerators,
            "power_mw": accelerators * energy_kwh * 1e-3,
        }


def traffic_of(
    users: float, trace: str = TRACE, data_dirs: Sequence[str] = ()
) -> Traffic:
    """Return the requests of so many users, with the habits that a trace states.

    Args:
        users: Who come back at least weekly.
        trace: Name of a file ``scenarios/common/demand_<trace>.yaml``.
        data_dirs: Folders searched before the shipped one.

    Raises:
        InputError: There is no such trace, or it does not count requests by user.
    """
    problems: list[Problem] = []
    catalogue = Catalogue.of(data_dirs)
    document = catalogue.load("scenarios/common", f"{_PREFIX}{trace}", problems)
    if document is None:
        names = catalogue.names("scenarios/common")
        known = [name.removeprefix(_PREFIX) for name in names if _PREFIX in name]
        said = f"{trace!r} is no trace"
        missing = Problem("", 0, 0, "", said, f"known are {', '.join(known)}")
        raise InputError(problems or [missing])
    nodes = {path: find(document.root, (*_PLACE, *path)) for path in _UNITS}
    each, peak, headroom = (
        _number(node, unit, trace)
        for node, unit in zip(nodes.values(), _UNITS.values(), strict=True)
    )
    mean = users * each
    return Traffic(
        mean_request_s=mean,
        peak_request_s=mean * peak,
        provided_request_s=mean * peak * (1.0 + headroom),
        defaults=tuple(
            Default(path[-1], str(node.value), source=node.source)
            for path, node in nodes.items()
            if node is not None
        ),
    )


def _number(node: Node | None, unit: str, trace: str) -> float:
    if node is None:
        message = f"the trace {trace!r} does not count requests by user"
        raise InputError([Problem("", 0, 0, "", message, f"use the trace {TRACE!r}")])
    return magnitude(parse(node.value, unit, ""), unit)
