"""How many accelerators can be of use at most: the big numbers of integer plans.

A binary column switches work on or off: Σ share·assigned ≤ binary. How near the
relaxed program comes to the whole one depends on how tight these shares are, so each
is taken from whatever limits the work most: what the work needs, the run's maximum,
or what can stand and be powered.
"""

from collections.abc import Collection

from planner.formulation.coefficients import Coefficients
from planner.formulation.whole import Place

Shares = dict[Place, float]
"""Share of the most that can be of use, of one accelerator at a site."""


def busy_shares(
    c: Coefficients, w: str, pairs: Collection[Place], t: int, b: str
) -> Shares:
    """Return shares whose sum over what a workload uses is at most 1.

    More than the sum allows either cannot be or is of no use.

    Args:
        c: Numbers of an integer program.
        w: The workload.
        pairs: Sites and accelerators that it may use in the cell.
        t: Period.
        b: Load block.
    """
    candidates = (
        _needed(c, w, pairs, t, b),
        _allowed(c, w, pairs),
        _standing(c, pairs, t),
        _powered(c, pairs, t),
    )
    return max((s for s in candidates if s), key=lambda shares: sum(shares.values()))


def _needed(
    c: Coefficients, w: str, pairs: Collection[Place], t: int, b: str
) -> Shares:
    """Return shares by what the work takes; nothing beyond it is worth its energy.

    Rounding up to whole replicas, or to a run's least size, adds what one more takes.
    """
    need: dict[str, float] = {}
    largest: dict[str, float] = {}
    for a in {a for _, a in pairs}:
        if w in c.work.tokens:
            shares = [c.work.work_share[a, w, t, b]]
        else:
            shares = [c.work.demand_share[a, w, t, b]]
            if (a, w) in c.work.memory_share:
                shares.append(c.work.memory_share[a, w])
        need[a], largest[a] = min(shares) or 1.0, max(shares)
    whole = c.whole
    if whole is None or any((a, w) in c.work.brackets for a in need):
        return {}  # a large run does less than these shares say
    least = whole.minimum.get(w, 0.0)
    most = max(1.0, max(largest.values()) * least)
    most += max(largest[a] * whole.replica.get((w, a), 0) for a in largest)
    return {(s, a): need[a] / most for s, a in pairs}


def _allowed(c: Coefficients, w: str, pairs: Collection[Place]) -> Shares:
    """Return shares by the run's maximum; none without one."""
    weights = c.work.maximum.get(w)
    return {} if weights is None else {(s, a): weights[a] for s, a in pairs}


def _standing(c: Coefficients, pairs: Collection[Place], t: int) -> Shares:
    """Return shares by what can stand and work at all; none where that is no number."""
    held: dict[str, float] = {}
    most = 0.0
    for s, a in pairs:
        if s in c.leases.at:
            most += _working_most(c, s, a, t)
        else:
            held[a] = held.get(a, 0.0) + _working_most(c, s, a, t)
    for a, count in held.items():
        most += min(c.availability[a] * _supplied(c, a, t), count)
    return dict.fromkeys(pairs, 1 / most) if 0 < most < float("inf") else {}


def _powered(c: Coefficients, pairs: Collection[Place], t: int) -> Shares:
    """Return shares by what each place can hold; none where one is without a limit."""
    most = {(s, a): _working_most(c, s, a, t) for s, a in pairs}
    if not all(0 < count < float("inf") for count in most.values()):
        return {}
    sites = len({s for s, _ in pairs})
    return {pair: 1 / count / sites for pair, count in most.items()}


def _working_most(c: Coefficients, s: str, a: str, t: int) -> float:
    """Return the accelerators that an offer, or a site's power, lets work at most.

    With all power that can be added; what stands at the start may have more.
    """
    if s in c.leases.at:
        limit = c.leases.offers[c.leases.at[s]].limit
        return float("inf") if limit is None else limit
    each_mw = c.facility_mw[a, s]
    if each_mw <= 0:
        return float("inf")
    power_mw = c.site_power_mw[s, t] + c.expansions.limit_mw.get(s, 0.0)
    start = c.fleet.start.items()
    standing_mw = sum(n * c.facility_mw[b, p] for (b, p), n in start if p == s)
    return c.availability[a] * max(power_mw, standing_mw) / each_mw


def _supplied(c: Coefficients, a: str, t: int) -> float:
    """Return the accelerators that stood at the start or can have come by then.

    Of all sites, since what stands at one may move.
    """
    found = sum(count for (other, _), count in c.fleet.start.items() if other == a)
    spans = [span for span in c.fleet.supply if span.accelerator == a]
    bought = any(other == a for other, _, _ in c.fleet.can_add)
    if bought and (not spans or any(span.limit is None for span in spans)):
        return float("inf")
    for span in spans:
        if span.limit is not None and any(u <= t for u in span.periods):
            found += span.limit
    return found
