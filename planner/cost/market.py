"""Serving against a host's list price: margin, break-even, and when to leave it."""

import re
from typing import Any, Literal, NamedTuple

from planner.cost.cases import Candidate
from planner.performance.replica import ServingRequest
from planner.performance.results import InferenceRate
from planner.periods import HOURS_OF_A_DAY, SECONDS_OF_AN_HOUR
from planner.records import dataclass
from planner.units import magnitude, parse

_MILLION = 1e6
EXAMPLE = "input=0.20..0.90,output=0.30..0.90 USD/Mtoken"
_FORM = re.compile(r"\s*input=(\S+?)\s*,\s*output=(\S+?)\s+(\S+)\s*")


class Band(NamedTuple):
    """A lowest and a highest price, or what follows from each."""

    low: float
    high: float


class Ends(NamedTuple):
    """What follows from the lowest and from the highest price; None where nothing."""

    at_low_price: float | None
    at_high_price: float | None


@dataclass(frozen=True, slots=True)
class MarketPrice:
    """What a host charges [USD per token].

    Attributes:
        input: For prompt tokens.
        output: For output tokens.
        host_revenue_share: Of the host's revenue, paid to the model's owner.
    """

    input: Band
    output: Band
    host_revenue_share: float = 0.0

    def request_usd(self, request: ServingRequest) -> Band:
        """Return what a host charges for one request."""
        low, high = (
            paid * request.prompt_tokens + written * request.output_tokens
            for paid, written in zip(self.input, self.output, strict=True)
        )
        return Band(low, high)


@dataclass(frozen=True, slots=True)
class Break:
    """Own serving against the price, of owned or of rented accelerators.

    Attributes:
        margin: Share of the price that is left after the cost.
        utilisation: Share of hours in use from which own serving is cheaper; above 1
            it never is.
        token_day: Tokens a day, prompt and output, from which one replica that runs
            all day is cheaper; None where it never is.
    """

    margin: Ends
    utilisation: Ends
    token_day: Ends


@dataclass(frozen=True, slots=True)
class Market:
    """A case against a host's list price.

    Attributes:
        blended: The price [USD per million tokens of this mix].
        partner: What the model's owner earns where a host serves, same unit.
        owned: None without a price of owning.
        rented: None without a rental price.
    """

    blended: Band
    partner: Band
    owned: Break | None
    rented: Break | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in the JSON."""
        return {
            "price_usd_per_mtoken": self.blended._asdict(),
            "partner_income_usd_per_mtoken": self.partner._asdict(),
            "owned": _break_dict(self.owned),
            "rented": _break_dict(self.rented),
        }


def _break_dict(found: Break | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "margin": found.margin._asdict(),
        "break_even_utilisation": found.utilisation._asdict(),
        "break_even_tokens_per_day": found.token_day._asdict(),
    }


def parse_price(text: str, host_revenue_share: float = 0.0) -> MarketPrice:
    """Return the price that a command line states.

    Raises:
        ValueError: It is no such price; says what to write.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        msg = f"{text!r} is not a price; write e.g. {EXAMPLE!r}"
        raise ValueError(msg)
    paid, written, unit = found.groups()
    return MarketPrice(
        _band(paid, unit, text), _band(written, unit, text), host_revenue_share
    )


def _band(text: str, unit: str, whole: str) -> Band:
    """Return ``0.20..0.90`` or ``0.5`` in a unit."""
    first, dots, last = text.partition("..")
    try:
        low, high = (
            magnitude(parse(f"{end} {unit}", "USD/token", ""), "USD/token")
            for end in (first, last if dots else first)
        )
    except ValueError:
        msg = f"{whole!r} is not a price; write e.g. {EXAMPLE!r}"
        raise ValueError(msg) from None
    if not 0 <= low <= high:
        msg = f"{text!r} in {whole!r} does not rise from 0 or more; write {EXAMPLE!r}"
        raise ValueError(msg)
    return Band(low, high)


def market_of(
    rate: InferenceRate,
    request: ServingRequest,
    candidate: Candidate,
    price: MarketPrice,
) -> Market:
    """Return how a case compares with a host's price."""
    charged = price.request_usd(request)
    scale = _MILLION / (request.prompt_tokens + request.output_tokens)
    blended = Band(charged.low * scale, charged.high * scale)
    kept = price.host_revenue_share
    return Market(
        blended=blended,
        partner=Band(blended.low * kept, blended.high * kept),
        owned=_break(rate, request, candidate, charged, "owned"),
        rented=_break(rate, request, candidate, charged, "rented"),
    )


def _break(
    rate: InferenceRate,
    request: ServingRequest,
    candidate: Candidate,
    charged: Band,
    how: Literal["owned", "rented"],
) -> Break | None:
    """Return margin and break-even of owned or rented accelerators."""
    costs = _hourly(candidate, how)
    if costs is None:
        return None
    fixed_usd, running_usd, used = costs
    hourly = rate.request_s * SECONDS_OF_AN_HOUR
    tokens = request.prompt_tokens + request.output_tokens
    margins, shares, days = [], [], []
    for each_usd in charged:
        cost_usd = (fixed_usd / used + running_usd) / hourly
        margins.append(1.0 - cost_usd / each_usd if each_usd else None)
        left_usd = each_usd * hourly - running_usd
        share = fixed_usd / left_usd if left_usd > 0 else None
        shares.append(share)
        day = HOURS_OF_A_DAY * rate.replica * hourly * tokens
        days.append(share * day if share is not None and share <= 1 else None)
    return Break(Ends(*margins), Ends(*shares), Ends(*days))


def _hourly(
    candidate: Candidate, how: Literal["owned", "rented"]
) -> tuple[float, float, float] | None:
    """Return USD per hour idle or not, USD per hour in use, and the share in use."""
    if how == "rented":
        return None if candidate.rented is None else (candidate.rented.base, 0.0, 1.0)
    if candidate.owned is None:
        return None
    used = candidate.utilisation.base
    running_usd = candidate.owned.components["energy"].base
    return (candidate.owned.total.base - running_usd) * used, running_usd, used
