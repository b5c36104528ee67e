"""Shadow prices in business units (formulation §5).

A price is the gain in the user's objective, as present value in $, per unit more of
the limit as the user wrote it. Where the input also stands in coefficients (demand,
tokens, a run's maximum) it is the full derivative Σ ∂c_j·x_j − Σ y_i·∂a_ij·x_j of
the optimum, not the dual of a row.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from planner.economics.money import USD_PER_MUSD
from planner.explain.stage_prices import PriceKey, stage_prices
from planner.formulation.arrays import Floats
from planner.formulation.build import Program
from planner.formulation.rows import Head
from planner.plan.findings import PriceRow
from planner.records import dataclass
from planner.solvers.solution import Solution

COMMITTED = "USD per committed accelerator"
_OF_COMMITTED = COMMITTED.removeprefix("USD")
SMALL_USD = 1e-9
"""Prices below this part of the largest one of their kind are rounding."""
FLEET_WIDE = ("power_budget", "capex_budget", "opex_budget", "carbon_budget")
"""Constraints of the whole fleet, whose rows begin with the period."""
POLICIES = ("residency", "vendor_share", "vendor_commitment", "spare")
"""Constraints whose rows begin with a policy, and then say what it is about."""
WIDTH = 1e-9
"""Relative width of a range below which a side of it is empty."""


@dataclass(frozen=True, slots=True)
class _Context:
    """A solved program, its duals in MUSD per unit of a row's right side.

    ``homes`` holds the rows of ``residency`` and their minimum for each row of
    ``demand``, by its index.
    """

    program: Program
    solution: Solution
    duals: Floats
    factors: Floats
    homes: dict[tuple[str, ...], list[tuple[int, float]]]

    def gain_usd(self, row: int) -> float:
        """Return the gain per unit more of a row's right side [present $]."""
        return -float(self.duals[row]) * USD_PER_MUSD

    def limits(self, row: int) -> tuple[float, float]:
        """Return the right sides between which the row's dual holds."""
        ranges = self.solution.ranges
        if ranges is None:
            return float("nan"), float("nan")
        low, high = (float(side[row] / self.factors[row]) for side in ranges)
        return low, high

    def stable(self, row: int) -> bool:
        """Return whether the row's dual holds on both sides of its right side."""
        low, high = self.limits(row)
        written = self.program.rows[row].rhs
        width = WIDTH * max(1.0, abs(written))
        return low < written - width and high > written + width


Kind = Callable[[_Context, int, Head], PriceRow | None]


def price_key(row: Head) -> PriceKey:
    """Return what the price of a row is about; load blocks share one."""
    scope, *rest = row.index
    if row.constraint in FLEET_WIDE:
        return row.constraint, "fleet", scope, False
    if row.constraint in POLICIES:
        _, scope, *rest = row.index
        if row.constraint == "spare":
            rest = rest[1:]
    counted = row.constraint in ("supply", "lease_limit")
    committed = counted and len(row.index) > 2  # noqa: PLR2004  # whose, when, which
    return row.constraint, scope, rest[0] if rest else "", committed


def key_of(price: PriceRow) -> PriceKey:
    """Return the key of a price."""
    committed = price.unit.endswith(_OF_COMMITTED)
    return price.constraint, price.scope, price.period, committed


def prices_of(program: Program, solution: Solution) -> tuple[PriceRow, ...]:
    """Return the price of every limit, demand, run and commitment that has one.

    Args:
        program: What was solved.
        solution: Its optimum, with duals and ranges.

    Returns:
        Rows in the program's order, load blocks summed; prices of 0 left out. Of
        objectives in turn, each price is that of the first one it is not 0 in.
    """
    if solution.stages:
        every = range(len(program.rows))
        return stage_prices(program, solution, lambda p, s: prices_at(p, s, every))
    found = prices_at(program, solution, range(len(program.rows)))
    return tuple(row for row in found.values() if abs(row.value) > SMALL_USD)


def prices_at(
    program: Program, solution: Solution, numbers: Iterable[int]
) -> dict[PriceKey, PriceRow]:
    """Return the prices of some rows of a program, those of 0 included.

    Args:
        program: What was solved.
        solution: Its optimum, with duals and, where known, ranges.
        numbers: Places of the rows.
    """
    factors = np.asarray(program.row_factors)
    duals = solution.duals * factors / program.cost_factor
    context = _Context(program, solution, duals, factors, homes_of(program))
    found: dict[PriceKey, PriceRow] = {}
    for number in numbers:
        row = program.rows[number]
        kind = _KINDS.get(row.constraint)
        priced = kind(context, number, row) if kind else None
        if priced is None:
            continue
        key = price_key(row)
        found[key] = _sum(found[key], priced) if key in found else priced
    return found


def _sum(one: PriceRow, other: PriceRow) -> PriceRow:
    """Return the price of an input that stands in two rows."""
    return replace(
        one,
        value=one.value + other.value,
        valid_from=None,
        valid_to=None,
        unique=one.unique and other.unique,
    )


def _limit(
    context: _Context, number: int, row: Head, unit: str, *, per_count: bool = False
) -> PriceRow:
    """Return the price of a right side, valid in its range."""
    scale = context.program.c.scale if per_count else 1.0
    low, high = (limit * scale for limit in context.limits(number))
    _, scope, period, _ = price_key(row)
    return PriceRow(
        constraint=row.constraint,
        scope=scope,
        period=period,
        value=context.gain_usd(number) / scale,
        unit=f"USD per {unit}",
        valid_from=_finite(low),
        valid_to=_finite(high),
        unique=context.stable(number),
    )


def _power(context: _Context, number: int, row: Head) -> PriceRow:
    return _limit(context, number, row, "MW")


def _money(context: _Context, number: int, row: Head) -> PriceRow:
    """Return present $ per nominal $; the row counts in MUSD."""
    priced = _limit(context, number, row, "USD")
    low, high = priced.valid_from, priced.valid_to
    return replace(
        priced,
        value=priced.value / USD_PER_MUSD,
        valid_from=None if low is None else low * USD_PER_MUSD,
        valid_to=None if high is None else high * USD_PER_MUSD,
    )


def _carbon(context: _Context, number: int, row: Head) -> PriceRow:
    return _limit(context, number, row, "t")


def _supply(context: _Context, number: int, row: Head) -> PriceRow:
    committed = price_key(row)[-1]
    unit = COMMITTED.removeprefix("USD per ") if committed else "accelerator"
    return _limit(context, number, row, unit, per_count=True)


def _minimum(context: _Context, number: int, row: Head) -> PriceRow:
    """Return the price of one more unit of share (1 is everything)."""
    run = len(row.index) == 1
    name = row.index[0]
    share = row.rhs / context.program.c.work.minimum[name]
    gain = context.gain_usd(number) * share
    period = "" if run else row.index[1]
    unit, unique = "USD per 100 %", context.stable(number)
    return PriceRow(row.constraint, name, period, gain, unit, None, None, unique)


def _demand(context: _Context, number: int, row: Head) -> PriceRow:
    """Return the gain of one more unit of a service's mean demand.

    The demand stands in the shares of its row and in the value of what is served:
    dz/dD = (y·served − value) / D for each block.
    """
    c = context.program.c
    name, label, block = row.index
    t = c.clock.labels.index(label)
    served, value_musd = _served(context, name, t, block)
    mean = c.work.mean_demand[name, t]
    dual = float(context.duals[number])
    for place, minimum in context.homes.get(row.index, ()):
        dual += float(context.duals[place]) * minimum
    gain_musd = value_musd - dual * served
    return PriceRow(
        row.constraint,
        name,
        label,
        gain_musd * USD_PER_MUSD / mean,
        f"USD per {c.work.unit[name]}",
        None,
        None,
        unique=context.stable(number),
    )


def _served(context: _Context, name: str, t: int, block: str) -> tuple[float, float]:
    """Return the share served, and what the objective counts for it [MUSD]."""
    family = context.program.v.served
    pieces = context.program.c.work.served_pieces[name, t, block]
    positions = context.program.position
    share = value = 0.0
    for k, piece in enumerate(pieces):
        x = float(context.solution.values[positions[family.name, (name, t, block, k)]])
        share += x
        value += x * piece.value_musd
    return share, value


def _training(context: _Context, number: int, row: Head) -> PriceRow:
    """Return the gain of one more token of a run: −y·completed / tokens."""
    c = context.program.c
    (run,) = row.index
    family, positions = context.program.v.completed, context.program.position
    completed = sum(
        float(context.solution.values[positions[family.name, key]])
        for key in family.columns
        if key[0] == run
    )
    gain = context.gain_usd(number) * completed / c.work.tokens[run]
    unit, unique = "USD per token", context.stable(number)
    return PriceRow(row.constraint, run, "", gain, unit, None, None, unique)


def _run_size(context: _Context, number: int, row: Head) -> PriceRow | None:
    """Return the gain of one more accelerator of a run's maximum: −y / maximum.

    A larger run also loses more to failures; that part of a rate is not in it.
    """
    name, label, _ = row.index
    weights = set(context.program.c.work.maximum[name].values())
    if len(weights) > 1:
        return None
    gain = context.gain_usd(number) * weights.pop()
    unit, unique = "USD per accelerator", context.stable(number)
    return PriceRow(row.constraint, name, label, gain, unit, None, None, unique)


def homes_of(program: Program) -> dict[tuple[str, ...], list[tuple[int, float]]]:
    """Return number and minimum of the rows of ``residency``, by those of demand."""
    found: dict[tuple[str, ...], list[tuple[int, float]]] = {}
    homes = {home.where[0]: home for home in program.c.rules.homes}
    for number, row in enumerate(program.rows) if homes else ():
        if row.constraint == "residency":
            home = homes[row.index[0]]
            index = home.workload, *row.index[2:]
            found.setdefault(index, []).append((number, home.minimum))
    return found


def _residency(context: _Context, number: int, row: Head) -> PriceRow:
    """Return the gain of a larger minimum: −y·served."""
    policy, _, label, block = row.index
    c = context.program.c
    home = next(each for each in c.rules.homes if each.where[0] == policy)
    t = c.clock.labels.index(label)
    served, _ = _served(context, home.workload, t, block)
    return _part(context, number, row, served)


def _vendor_share(context: _Context, number: int, row: Head) -> PriceRow:
    """Return the gain of a larger maximum: −y·(all purchases, or all nameplate)."""
    policy, _, label = row.index
    c, v = context.program.c, context.program.v
    cap = next(each for each in c.rules.caps if each.where[0] == policy)
    family = v.installed if cap.of == "power" else v.added
    inside, whole = dict(cap.spans)[label], 0.0
    for place, (a, _, t) in enumerate(family.columns, family.first):
        if t in inside:
            count = float(context.solution.values[place])
            if cap.of == "power":
                whole += count * c.scale * c.rules.nameplate_mw[a]
            else:
                whole += count * c.added_unit[a] * c.price_musd[a, t]
    return _part(context, number, row, whole)


def _vendor_commitment(context: _Context, number: int, row: Head) -> PriceRow:
    return _limit(context, number, row, "accelerator", per_count=True)


def _spare(context: _Context, number: int, row: Head) -> PriceRow:
    """Return the gain of a larger share: y·availability·installed."""
    policy, _, s, label, _ = row.index
    c, installed = context.program.c, context.program.v.installed
    a = next(r.accelerator for r in c.rules.reserves if r.where[0] == policy)
    key = a, s, c.clock.labels.index(label)
    stands = float(
        context.solution.values[context.program.position[installed.name, key]]
    )
    return _part(context, number, row, -stands * c.availability[a])


def _part(context: _Context, number: int, row: Head, whole: float) -> PriceRow:
    """Return the price of a share of so much, in the unit of its row."""
    constraint, scope, period, _ = price_key(row)
    gain, unique = context.gain_usd(number) * whole, context.stable(number)
    unit = "USD per 100 %"
    return PriceRow(constraint, scope, period, gain, unit, None, None, unique)


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None


_KINDS: dict[str, Kind] = {
    "site_power": _power,
    "power_budget": _power,
    "capex_budget": _money,
    "opex_budget": _money,
    "carbon_budget": _carbon,
    "expansion_limit": _power,
    "supply": _supply,
    "lease_limit": _supply,
    "demand": _demand,
    "minimum_served": _minimum,
    "training_work": _training,
    "run_size": _run_size,
    "residency": _residency,
    "vendor_share": _vendor_share,
    "vendor_commitment": _vendor_commitment,
    "spare": _spare,
}
