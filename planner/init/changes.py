"""What a scenario must say anew when it begins at a later date."""

from collections.abc import Iterator
from typing import Any

from planner.economics.money import MUSD
from planner.init.past import NOISE, Past
from planner.init.policies import promises, running
from planner.periods import Span
from planner.specs.scenario import Site
from planner.specs.supply import SupplyStep
from planner.specs.value import ValueStep
from planner.specs.workload import TrainingRun
from planner.units import magnitude

Change = tuple[tuple[str, ...], Any]
"""A path and the value to write there; None takes away what is there."""
PRECISION = ".12g"
"""Digits of a count: a millionth of an accelerator in a million, and legible."""


def changes(past: Past) -> list[Change]:
    """Return every value that differs from the scenario of the plan."""
    found: list[Change] = [
        (("horizon",), {"start": past.at.label, "periods": len(past.ahead)}),
        (("fleet",), _fleet(past)),
    ]
    found += [(("supply", name), steps) for name, steps in _supply(past)]
    found += list(_sites(past))
    found += list(_leases(past))
    if capex := _capex(past):
        found.append((("budgets", "capex"), capex))
    found += [*running(past), *promises(past)]
    return [*found, *_runs(past)]


def number(value: float) -> float | int:
    """Return a count as a file shows it: whole where it is whole."""
    short = float(format(value, PRECISION))
    return int(short) if short.is_integer() else short


def _fleet(past: Past) -> list[dict[str, Any]]:
    return [
        {
            "site": each.site,
            "accelerator": each.accelerator,
            "count": number(each.count),
            "installed": each.installed.label,
        }
        for each in past.cohorts()
    ]


def _supply(past: Past) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the supply of each type that orders or deliveries change."""
    stated = past.scenario.spec.supply
    for name in past.scenario.accelerators:
        before = stated[name].spans(past.ahead) if name in stated else _free(past.ahead)
        after = [_left(past, name, step) for step in before]
        if after != before:
            yield name, _series(after)


def _free(periods: tuple[Span, ...]) -> list[SupplyStep]:
    """Return the supply of an accelerator without any limit."""
    return [SupplyStep(period, None) for period in periods]


def _left(past: Past, name: str, step: SupplyStep) -> SupplyStep:
    """Return a span's supply less what has come, with what is ordered committed."""
    if step.span is None:
        return step
    came = past.delivered(name, step.span)
    limit = None if step.limit is None else max(0.0, step.limit - came)
    owed = max(step.committed - came, past.coming(name, step.span), 0.0)
    return SupplyStep(step.span, limit, owed if limit is None else min(owed, limit))


def _series(steps: list[SupplyStep]) -> dict[str, Any]:
    """Return steps as written: a limit repeats until the next key."""
    found: dict[str, Any] = {}
    last: SupplyStep | None = None
    for step in steps:
        repeats = last is not None and step.limit == last.limit
        if step.span is not None and (step.committed > NOISE or not repeats):
            found[step.span.label] = _step(step)
        last = step
    return found


def _step(step: SupplyStep) -> Any:
    limit = {} if step.limit is None else {"limit": number(step.limit)}
    if step.committed > NOISE:
        return {**limit, "committed": number(step.committed)}
    return limit.get("limit", {})


def _sites(past: Past) -> Iterator[Change]:
    """Yield power and expansion of each site for which power has been ordered."""
    for site in past.scenario.spec.sites:
        ordered = past.ordered_mw(site.name)
        if site.expansion is None or ordered <= 0:
            continue
        at = ("sites", site.name)
        yield (*at, "power"), _power(past, site)
        left = max(0.0, magnitude(site.expansion.limit, "MW") - ordered)
        yield (*at, "expansion", "limit"), f"{left:{PRECISION}} MW"


def _power(past: Past, site: Site) -> dict[str, str]:
    """Return a site's power with what is ordered, where it changes."""
    found: dict[str, str] = {}
    for period in past.ahead:
        given = site.power.level(period)
        mw = 0.0 if given is None else magnitude(given, "MW")
        text = f"{mw + past.built_mw(site.name, period):{PRECISION}} MW"
        if text != next(reversed(found.values()), None):
            found[period.label] = text
    return found


def _leases(past: Past) -> Iterator[Change]:
    """Yield what of each offer is signed by the date and still runs."""
    for offer in past.scenario.spec.leases:
        running = {
            span.label: number(count) for span, count in past.signed(offer).items()
        }
        before = {span.label: number(count) for span, count in offer.signed.items()}
        if running != before:
            yield ("leases", offer.name, "signed"), running or None


def _capex(past: Past) -> dict[str, str]:
    """Return the capital that is left of each span, where some is spent.

    What ``carry_over`` brings from spans that are over is added to the first.
    """
    series = past.scenario.spec.budgets.capex
    if series is None or series.constant:
        return {}
    spans = series.amounts(past.ahead)
    spent = {span: past.spent_usd(span) for span, _ in spans}
    carried = past.scenario.spec.budgets.carry_over
    if not carried and not any(usd > 0 for usd in spent.values()):
        return {}
    left = {span: magnitude(limit, "USD") - spent[span] for span, limit in spans}
    if carried:
        over = series.amounts(past.scenario.periods)
        left[spans[0][0]] += sum(
            magnitude(limit, "USD") - past.spent_usd(span)
            for span, limit in over
            if span not in left
        )
    return {span.label: _musd(max(0.0, usd)) for span, usd in left.items()}


def _musd(usd: float) -> str:
    return f"{usd * MUSD:{PRECISION}} MUSD"


def _runs(past: Past) -> Iterator[Change]:
    """Yield what is left of each training run; one that is over is taken away."""
    for run, done, over in past.runs():
        at = ("workloads", run.name)
        if over:
            yield at, None
            continue
        if run.start is not None and run.start.first_month < past.at.first_month:
            yield (*at, "start"), past.at.label
        if done > 0:
            yield from ((((*at, key), value)) for key, value in _rest(run, done))


def _rest(run: TrainingRun, done: float) -> Iterator[tuple[str, Any]]:
    """Yield tokens, value and minimum of the part of a run that is left."""
    left = 1 - done
    yield "tokens", f"{magnitude(run.tokens, 'Ttoken') * left:{PRECISION}} Ttoken"
    if run.value is not None:
        yield "value", _value(run.value, done)
    if run.minimum:
        yield "minimum", number(max(0.0, (run.minimum - done) / left))


def _value(steps: tuple[ValueStep, ...], done: float) -> Any:
    """Return what is left of a run's value: steps of the shares that are not done."""
    left = 1 - done
    found = [
        {
            "up_to": number(min(1.0, (step.up_to - done) / left)),
            "value": _musd(magnitude(step.value, "USD") * left),  # type: ignore[arg-type]  # a run has no price by token
        }
        for step in steps
        if step.up_to > done
    ]
    if not found:
        return _musd(0.0)
    return found[0]["value"] if found[0]["up_to"] == 1 else found
