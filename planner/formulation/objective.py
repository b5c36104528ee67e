"""What is minimised: costs less values, in present MUSD."""

from collections.abc import Iterator, Sequence

import numpy as np

from planner.formulation.arrays import Floats, Ints
from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Column, Pair, columns_and_values
from planner.formulation.variables import Variables
from planner.records import dataclass

Cost = tuple[Column, int, float, float]
"""A column, the period that its running cost falls in, the cost of one unit of it
[nominal MUSD], and the present value of 1 paid then."""


@dataclass(frozen=True, slots=True)
class Spending:
    """Running costs, each array keyed by cost.

    Attributes:
        column: What costs; every column at most once.
        period: When it is spent.
        musd: The cost of one unit [nominal MUSD].
        discount: The present value of 1 paid then.
    """

    column: Ints
    period: Ints
    musd: Floats
    discount: Floats


def running_costs(c: Coefficients, v: Variables) -> Spending:
    """Return every running cost: what counts as opex, when it is spent.

    Maintenance and idle energy of what is installed, moves, what work adds to it,
    and leases, whose price holds their energy.
    """
    mid, start, scale = c.clock.mid_discounts, c.clock.start_discounts, c.scale
    moving = {a: musd * scale for a, musd in c.leaving.moving_musd.items()}
    spent: list[Cost] = [
        (x, key[2], c.installed_musd[key] * scale, mid[key[2]])
        for key, x in v.installed.columns.items()
    ]
    spent += [
        (x, t, moving[a], start[t]) for (a, _, _, t), x in v.moved.columns.items()
    ]
    parts = [_listed(spent), _busy(c, v), _listed([*_rents(c, v)])]
    return Spending(*map(np.concatenate, zip(*parts, strict=True)))


def _listed(costs: Sequence[Cost]) -> tuple[Ints, Ints, Floats, Floats]:
    column, period, musd, discount = zip(*costs, strict=True) if costs else ((),) * 4
    return (
        np.array(column, np.int64),
        np.array(period, np.int64),
        np.array(musd, np.float64),
        np.array(discount, np.float64),
    )


def _busy(c: Coefficients, v: Variables) -> tuple[Ints, Ints, Floats, Floats]:
    """Return what work adds at the scenario's own sites: energy over an idle one."""
    table = v.sets.table
    busy, use = table("ast", c.busy_musd), table("w", c.work.use)
    unit = table("wa", c.assigned_unit)
    share = table("b", c.clock.shares)
    k = v.assigned.terms
    own = k.s < v.sets.sites
    a, s, w, t, b = (x[own] for x in (k.a, k.s, k.w, k.t, k.b))
    load = use[:, None] * unit
    musd = busy[a, s, t] * share[b] * load[w, a]
    return k.place[own], t, musd, np.array(c.clock.mid_discounts)[t]


def _rents(c: Coefficients, v: Variables) -> Iterator[Cost]:
    """Yield the price of what is leased for all hours, or rented for some."""
    mid, offers = c.clock.mid_discounts, c.leases.offers
    for (name, t), column in v.leased.columns.items():
        offer = offers[name]
        if not offer.on_demand:
            nominal_musd = offer.price_musd[t] * c.added_unit[offer.accelerator]
            yield column, t, nominal_musd, mid[t]
    for (name, t, b), column in v.rented.columns.items():
        offer = offers[name]
        nominal_musd = offer.price_musd[t] * c.added_unit[offer.accelerator]
        yield column, t, nominal_musd * c.clock.blocks[b], mid[t]


def net_cost(c: Coefficients, v: Variables) -> tuple[Ints, Floats]:
    """Return columns and the present cost less the value of each [MUSD].

        Σ charge·added + Σ charge·expanded + Σ (maintenance + idle energy)·installed
          + Σ cost·moved − Σ residual·kept
          + Σ σ_b·use_w·(active − idle energy)·assigned (owned sites)
          + Σ price·hours·leased + Σ price·σ_b·hours·rented
          − Σ value·served − Σ value·completed

    Only under maximize_value are values above 0. With early retirement the charge is
    the price alone; the residual value of the starting fleet is lost (``sunk_musd``,
    which is not in the pairs), but for what is kept.
    """
    running = running_costs(c, v)
    pairs: list[Pair] = []
    for (a, _, t), column in v.added.columns.items():
        pairs.append((column, c.charge_musd[a, t] * c.added_unit[a]))
    for key, column in v.expanded.columns.items():
        pairs.append((column, c.expansions.orders[key].charge_musd))
    for (a, place), cohorts in c.leaving.cohorts.items():
        pairs += [
            (v.kept.columns[a, place, each.label], -each.residual_musd * c.scale)
            for each in cohorts
        ]
    for (w, t, b, k), column in v.served.columns.items():
        pairs.append((column, -c.work.served_pieces[w, t, b][k].value_musd))
    for (run, k), column in v.completed.columns.items():
        pairs.append((column, -c.work.completed_pieces[run][k].value_musd))
    columns, musd = columns_and_values(pairs)
    return (
        np.append(columns, running.column),
        np.append(musd, running.musd * running.discount),
    )
