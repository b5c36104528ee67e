"""What serving a language model costs: a case on each of its accelerators."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from planner.cost.cases import Candidate, ServingCase
from planner.cost.demand import Traffic
from planner.cost.market import Market, MarketPrice, market_of
from planner.cost.nearest import Rejected, nearest, rejected_by
from planner.performance.constants import load_constants
from planner.performance.inference import inference_rate
from planner.performance.inputs import transformer
from planner.performance.ranges import Range, exactly, product, spread
from planner.performance.replica import ServingRequest
from planner.performance.results import InferenceRate, Rejection
from planner.periods import SECONDS_OF_AN_HOUR
from planner.records import dataclass
from planner.specs.case import InferenceCase
from planner.units import Quantity, magnitude

_MILLION = 1e6
_WH_OF_A_KWH = 1000.0

Binding = Literal[
    "compute", "bandwidth", "overhead", "capacity", "latency", "concurrency"
]


@dataclass(frozen=True, slots=True)
class TokenCost:
    """Cost of tokens [USD per million].

    Accelerator time that goes to prompts is charged to input tokens, the rest to
    output tokens; blended divides all of it by all tokens.
    """

    input: Range
    output: Range
    blended: Range


@dataclass(frozen=True, slots=True)
class InferenceRow:
    """One case on one accelerator.

    Attributes:
        name: Of the case.
        model: Its name.
        candidate: The accelerator and its costs.
        rejected: Why it cannot; None where it can.
        rate: The estimate; None where it cannot.
        binding: What more of would help.
        output_token_s: Per accelerator, as an 80 % interval.
        owned: Cost of tokens on owned accelerators; None without a price.
        rented: On rented ones.
        market: Against a host's list price; None where none is asked about.
        traffic: What is to be served; None where nobody says.
    """

    name: str
    model: str
    candidate: Candidate
    rejected: Rejected | None = None
    rate: InferenceRate | None = None
    binding: Binding | None = None
    output_token_s: Range | None = None
    owned: TokenCost | None = None
    rented: TokenCost | None = None
    market: Market | None = None
    traffic: Traffic | None = None

    @property
    def energy_wh(self) -> float | None:
        """Energy at the meter per 1,000 output tokens."""
        if self.rate is None:
            return None
        hourly_tokens = self.rate.output_token_s * SECONDS_OF_AN_HOUR
        return self.candidate.energy_kwh.base * _WH_OF_A_KWH / hourly_tokens * 1e3

    @property
    def request_s_per_mw(self) -> float | None:
        """Requests per second of a facility megawatt under load."""
        if self.rate is None:
            return None
        return self.rate.request_s / self.candidate.energy_kwh.base * 1e3


def inference_rows(
    serving: ServingCase,
    price: MarketPrice | None = None,
    traffic: Traffic | None = None,
) -> list[InferenceRow]:
    """Return one row for each accelerator: the cheapest first, rejected ones last."""
    rows = [
        replace(_row(serving, each, price), traffic=traffic)
        for each in serving.candidates
    ]
    return sorted(rows, key=_rank)


def _rank(row: InferenceRow) -> tuple[int, float]:
    if row.rate is None:
        return 3, 0.0
    if row.owned is not None:
        return 0, row.owned.blended.base
    if row.rented is not None:
        return 1, row.rented.blended.base
    return 2, -row.rate.request_s


def _row(
    serving: ServingCase, candidate: Candidate, price: MarketPrice | None
) -> InferenceRow:
    """Return one accelerator's row."""
    case = serving.case
    if not isinstance(case, InferenceCase):
        msg = f"{case.name} is no case of inference"
        raise TypeError(msg)
    row = InferenceRow(case.name, serving.model.name, candidate)
    model, request = transformer(serving.model), request_of(case)
    constants = load_constants().inference
    found = inference_rate(model, candidate.chip, case.precision, request, constants)
    if isinstance(found, Rejection):
        help_ = nearest(model, candidate.chip, case.precision, request, found)
        return replace(row, rejected=rejected_by(found, candidate.why, help_))
    error = constants.interval["mixture" if model.mixture else "dense"]
    form = Range(error.low, 1.0, error.high)
    output = product(exactly(found.output_token_s), form, candidate.factor)
    done = replace(row, rate=found, binding=binding_of(found), output_token_s=output)
    return _priced(done, request, price)


def _priced(
    row: InferenceRow, request: ServingRequest, price: MarketPrice | None
) -> InferenceRow:
    """Return a row with what its tokens cost."""
    owned, rented = row.candidate.owned, row.candidate.rented
    done = replace(
        row,
        owned=None if owned is None else _token_cost(row, request, owned.total),
        rented=None if rented is None else _token_cost(row, request, rented),
    )
    if price is None or row.rate is None:
        return done
    return replace(done, market=market_of(row.rate, request, row.candidate, price))


def request_of(case: InferenceCase) -> ServingRequest:
    """Return the request and the limits of a case."""
    return ServingRequest(
        prompt_tokens=magnitude(case.prompt, "token"),
        output_tokens=magnitude(case.output, "token"),
        cache_hit=case.cache_hit,
        tpot_limit_s=_seconds(case.time_per_output_token),
        ttft_limit_s=_seconds(case.time_to_first_token),
        replica=case.replica,
        concurrency=case.concurrency,
    )


def _seconds(quantity: Quantity | None) -> float | None:
    return None if quantity is None else magnitude(quantity, "s")


def binding_of(rate: InferenceRate) -> Binding:
    """Return what more of would raise the rate.

    A batch that a limit or the concurrency holds is bound by it.  One that memory
    holds is bound by capacity, unless most of a step computes anyway.
    """
    if rate.binding in ("latency", "concurrency"):
        return rate.binding
    if rate.binding == "memory" and rate.bottleneck != "compute":
        return "capacity"
    return rate.bottleneck


def _token_cost(
    row: InferenceRow, request: ServingRequest, hourly_usd: Range
) -> TokenCost | None:
    """Return the cost of tokens at a price of an accelerator-hour."""
    rate, output = row.rate, row.output_token_s
    if rate is None or output is None:
        return None
    prompt, written = request.prompt_tokens, request.output_tokens

    def cost(share: float, tokens: float) -> Range:
        """Return the cost of one kind of tokens, so many of them a request."""
        if not tokens:
            return exactly(0.0)
        scale = share * written / tokens * _MILLION / SECONDS_OF_AN_HOUR
        each = spread(lambda usd, token_s: usd / token_s, [hourly_usd, output])
        return each.times(scale)

    return TokenCost(
        input=cost(rate.prefill_share, prompt),
        output=cost(1.0 - rate.prefill_share, written),
        blended=cost(1.0, prompt + written),
    )


def as_dicts(rows: Sequence[InferenceRow]) -> list[dict[str, Any]]:
    """Return rows as they stand in the JSON (formats §6)."""
    return [_as_dict(row) for row in rows]


def _as_dict(row: InferenceRow) -> dict[str, Any]:
    rate, chip = row.rate, row.candidate.chip
    head = {"name": row.name, "model": row.model, "accelerator": chip.name}
    if row.rejected is not None:
        why = row.rejected.as_dict()
        return {**head, "confidence": chip.confidence, "rejected": why}
    if rate is None or row.output_token_s is None:
        return head
    low, base, high = row.output_token_s
    return {
        **head,
        "precision": rate.precision,
        "replica": rate.replica,
        "batch": rate.batch,
        "binding": row.binding,
        "output_token_s_per_accelerator": base,
        "interval": {"low": low, "high": high},
        "request_s_per_accelerator": rate.request_s,
        "time_per_output_token_ms": rate.tpot_s * 1e3,
        "time_to_first_token_ms": rate.ttft_s * 1e3,
        "cost_usd_per_mtoken": {
            "owned": _cost_dict(row.owned),
            "rented": _cost_dict(row.rented),
        },
        "utilisation": row.candidate.utilisation.base,
        "energy_wh_per_1k_output_tokens": row.energy_wh,
        "request_s_per_mw": row.request_s_per_mw,
        "confidence": rate.confidence,
        "efficiency": row.candidate.evidence,
        "notes": list(rate.notes),
        **_asked(row, rate),
    }


def _asked(row: InferenceRow, rate: InferenceRate) -> dict[str, Any]:
    """Return what the command line asks about beside the case."""
    found: dict[str, Any] = {}
    if row.market is not None:
        found["market"] = row.market.as_dict()
    if row.traffic is not None:
        energy_kwh = row.candidate.energy_kwh.base
        found["demand"] = row.traffic.as_dict(rate, energy_kwh)
    return found


def _cost_dict(cost: TokenCost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    parts = {"input": cost.input, "output": cost.output, "blended": cost.blended}
    return {name: part._asdict() for name, part in parts.items()}
