"""Why a scenario has no plan, and the cheapest ways to make one possible."""

from collections.abc import Iterator

import numpy as np

from planner.economics.money import USD_PER_MUSD
from planner.explain.prices import FLEET_WIDE, POLICIES, price_key
from planner.explain.relief import Relief, reliefs_of
from planner.explain.soften import Resolve, grandfathered, policy_reliefs, softened
from planner.explain.standing import standing_of
from planner.formulation.build import Program
from planner.formulation.rows import Head
from planner.plan.findings import Conflict, Fix, Infeasibility
from planner.solvers.highs import Live
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun

IIS_STRATEGY = 6
"""HiGHS: by the dual ray, then deletion; its default finds nothing."""
SECONDS = 10.0
"""For each least amount of an integer plan; what is found by then is tried."""
MIXTURE = "mixture"
UNPRICED_USD = 1e15
"""What giving up all of something without a price counts for in a mixture."""
UNPRICED_MOST = 1e6
NOISE = 1e-9
MARGINS = (0.0, 1e-6, 1e-4, 1e-2)
"""Relative additions to the least amount, tried in turn until it is proven."""


def infeasibility_of(
    scenario: Scenario,
    program: Program,
    resolve: Resolve,
    usd_per_mw: float | None,
) -> Infeasibility:
    """Return the limits that collide and what would make a plan possible.

    Args:
        scenario: What has no plan.
        program: Its program.
        resolve: Solves the scenario again with further ``--set`` arguments.
        usd_per_mw: Price of one MW of facility; None: not known.

    Returns:
        The conflict (empty: not found), and the fixes: each one relief with its
        least amount, proven by a new solve, the cheapest first; the limits that
        the starting fleet breaks by itself.
    """
    live, integer = Live(), program.c.whole is not None
    live.load(program.arrays)
    whole = integer and live.run().status == "optimal"
    conflict = () if whole else _conflict(live, program)
    live = Live(SECONDS if integer else None)
    live.load(program.arrays, whole=True)
    reliefs = [
        *reliefs_of(scenario, program, usd_per_mw),
        *policy_reliefs(scenario, program),
    ]
    _open(live, program, reliefs)
    fixes = [
        fix
        for relief, amount in _amounts(live, program, reliefs)
        if (fix := _proven([(relief, amount)], resolve)) is not None
    ]
    mixture = _mixture(live, program, reliefs)
    if len(mixture) > 1 and (mixed := _proven(mixture, resolve)) is not None:
        fixes.append(mixed)
    fixes += _later(scenario, resolve)
    fixes += softened(scenario, resolve)
    standing = standing_of(scenario, program)
    fixes += grandfathered(scenario, standing, resolve)
    fixes = sorted(fixes, key=_rank)
    return Infeasibility(conflict, tuple(fixes), standing, whole)


def _conflict(live: Live, program: Program) -> tuple[Conflict, ...]:
    """Return rows that cannot hold together, load blocks merged."""
    live.option("iis_strategy", value=IIS_STRATEGY)
    _, found = live.model.getIis()
    rows = [program.rows[number] for number in found.row_index_] if found.valid_ else []
    return tuple(dict.fromkeys(place_of(row) for row in rows))


def place_of(row: Head) -> Conflict:
    """Return what a row is about, load blocks merged."""
    words = list(row.index)
    if row.constraint in (*FLEET_WIDE, *POLICIES):
        _, scope, period, _ = price_key(row)
        return Conflict(row.constraint, scope, period)
    if row.constraint in ("fleet_balance", "end_of_life", "assignment"):
        words = [f"{words[0]} at {words[1]}", *words[2:]]
    return Conflict(row.constraint, words[0], words[1] if len(words) > 1 else "")


def _open(live: Live, program: Program, reliefs: list[Relief]) -> None:
    """Add every relief as a closed column, and make all else free of cost."""
    columns = program.arrays.columns
    every = np.arange(columns, dtype=np.int32)
    live.model.changeColsCost(columns, every, np.zeros(columns))
    for relief in reliefs:
        rows = np.array([number for number, _ in relief.rows], dtype=np.int32)
        terms = np.array([_sign(program.rows[n]) * k for n, k in relief.rows])
        live.model.addCol(1.0, 0.0, 0.0, len(rows), rows, terms / relief.size)


def _amounts(
    live: Live, program: Program, reliefs: list[Relief]
) -> Iterator[tuple[Relief, float]]:
    """Yield each relief that suffices alone, with its least amount."""
    first = program.arrays.columns
    for number, relief in enumerate(reliefs, first):
        live.model.changeColBounds(number, 0.0, relief.most * relief.size)
        found = live.run()
        live.model.changeColBounds(number, 0.0, 0.0)
        if found.found:
            yield relief, float(found.values[number]) / relief.size


def _mixture(
    live: Live, program: Program, reliefs: list[Relief]
) -> list[tuple[Relief, float]]:
    """Return the cheapest reliefs that suffice together; nothing where none do.

    What has no price is taken only where money does not help.
    """
    first = program.arrays.columns
    for number, relief in enumerate(reliefs, first):
        if not relief.mixes:
            continue
        price = relief.usd_per_unit
        usd = UNPRICED_USD / min(relief.most, UNPRICED_MOST) if price is None else price
        live.model.changeColCost(number, usd / relief.size / USD_PER_MUSD)
        live.model.changeColBounds(number, 0.0, relief.most * relief.size)
    found = live.run()
    if not found.found:
        return []
    amounts = (float(x) for x in found.values[first:])
    return [
        (relief, x / relief.size)
        for relief, x in zip(reliefs, amounts, strict=True)
        if x > NOISE
    ]


def _sign(row: Head) -> float:
    """Return the sign of a column that loosens a row."""
    return -1.0 if row.sense == "<=" else 1.0


def _proven(parts: list[tuple[Relief, float]], resolve: Resolve) -> Fix | None:
    """Return a fix with the least amounts that a new solve proves.

    None where an input cannot be written as ``--set``, or nothing was proven: what
    was not solved again is not offered.
    """
    for margin in MARGINS:
        enough = [(r, min(amount * (1 + margin), r.most)) for r, amount in parts]
        sets = _sets(enough)
        if sets is None:
            return None
        if resolve(sets):
            return _fix(enough, sets)
    return None


def _sets(parts: list[tuple[Relief, float]]) -> tuple[str, ...] | None:
    """Return what all reliefs set; a value that one sets, another does not keep."""
    found: dict[str, str] = {}
    for relief, amount in parts:
        texts = relief.sets(amount)
        if not texts:
            return None
        own, *kept = texts
        found[own.partition("=")[0]] = own
        for text in kept:
            found.setdefault(text.partition("=")[0], text)
    # What is taken away must be so before it is written anew.
    return tuple(sorted(found.values(), key=lambda text: not text.endswith("=null")))


def _fix(parts: list[tuple[Relief, float]], sets: tuple[str, ...]) -> Fix:
    """Return reliefs as the plan shows them: one, or a mixture."""
    priced = all(relief.usd_per_unit is not None for relief, _ in parts)
    reasons = (relief.why for relief, _ in parts if relief.usd_per_unit is None)
    relief, amount = parts[0]
    single = len(parts) == 1
    return Fix(
        constraint=relief.constraint if single else MIXTURE,
        scope=relief.scope if single else ", ".join(r.scope for r, _ in parts),
        period=relief.period if single else "",
        amount=amount if single else float(len(parts)),
        unit=relief.unit if single else "change",
        cost_usd=_cost_usd(parts) if priced else None,
        why="; ".join(reasons),
        set=sets,
        verified=True,
    )


def _cost_usd(parts: list[tuple[Relief, float]]) -> float:
    """Return what reliefs cost; a capital budget pays for the deliveries beside it."""
    found = dict.fromkeys(("capex_budget", "supply"), 0.0)
    for relief, amount in parts:
        usd = amount * (relief.usd_per_unit or 0.0)
        found[relief.constraint] = found.get(relief.constraint, 0.0) + usd
    bought = max(found.pop("capex_budget"), found.pop("supply"))
    return bought + sum(found.values())


def _later(scenario: Scenario, resolve: Resolve) -> Iterator[Fix]:
    """Yield the earliest later deadline of each run that makes a plan possible."""
    periods = scenario.periods
    for run in scenario.spec.workloads:
        if not isinstance(run, TrainingRun) or run.deadline is None:
            continue
        later = [p for p in periods if p.end_month > run.deadline.end_month]
        for count, period in enumerate(later, 1):
            sets = (f"workloads.{run.name}.deadline={period.label}",)
            if resolve(sets):
                why = "a later deadline has no price"
                yield Fix(
                    *("training_work", run.name, period.label),
                    amount=float(count),
                    unit="period",
                    cost_usd=None,
                    why=why,
                    set=sets,
                    verified=True,
                )
                break


def _rank(fix: Fix) -> tuple[bool, float, str, str]:
    """Order fixes: priced first, cheap first, then by name."""
    unpriced = fix.cost_usd is None
    return unpriced, fix.cost_usd or 0.0, fix.constraint, fix.scope
