"""What is minimised: costs less values, in present MUSD."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from planner.formulation.clock import ALL_DAY
from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Column, Pair
from planner.formulation.variables import Variables


class Spending(NamedTuple):
    """What one unit of a column costs to run.

    Attributes:
        column: The column.
        t: Period in which it is spent.
        nominal_musd: The cost [nominal MUSD].
        discount: Present value of 1 paid then.
    """

    column: Column
    t: int
    nominal_musd: float
    discount: float


def running_costs(c: Coefficients, v: Variables) -> Iterator[Spending]:
    """Yield every running cost: what counts as opex, in the period that it falls in.

    Maintenance and idle energy of what is installed, moves, what work adds to it,
    and leases, whose price holds their energy.
    """
    mid = c.clock.mid_discounts
    for (a, s, t), column in v.installed.columns.items():
        nominal_musd = c.installed_musd[a, s, t] * c.scale
        yield Spending(column, t, nominal_musd, mid[t])
    for (a, _, _, t), column in v.moved.columns.items():
        nominal_musd = c.leaving.moving_musd[a] * c.scale
        yield Spending(column, t, nominal_musd, c.clock.start_discounts[t])
    hosted = c.leases.at
    busy, unit, use = c.busy_musd, c.assigned_unit, c.work.use
    made = partial(tuple.__new__, Spending)  # its own way takes twice as long
    share = {b: c.clock.share(b) for b in (*c.clock.blocks, ALL_DAY)}
    for (a, s, w, t, b), column in v.assigned.columns.items():
        if s in hosted:
            continue
        nominal_musd = busy[a, s, t] * (share[b] * use[w]) * unit[w, a]
        yield made((column, t, nominal_musd, mid[t]))
    yield from _rents(c, v)


def _rents(c: Coefficients, v: Variables) -> Iterator[Spending]:
    """Yield the price of what is leased for all hours, or rented for some."""
    mid, offers = c.clock.mid_discounts, c.leases.offers
    for (name, t), column in v.leased.columns.items():
        offer = offers[name]
        if not offer.on_demand:
            nominal_musd = offer.price_musd[t] * c.added_unit[offer.accelerator]
            yield Spending(column, t, nominal_musd, mid[t])
    for (name, t, b), column in v.rented.columns.items():
        offer = offers[name]
        nominal_musd = offer.price_musd[t] * c.added_unit[offer.accelerator]
        yield Spending(column, t, nominal_musd * c.clock.blocks[b], mid[t])


def net_cost(c: Coefficients, v: Variables) -> list[Pair]:
    """Return every column's present cost less its value [MUSD].

        Σ charge·added + Σ charge·expanded + Σ (maintenance + idle energy)·installed
          + Σ cost·moved − Σ residual·kept
          + Σ σ_b·use_w·(active − idle energy)·assigned (owned sites)
          + Σ price·hours·leased + Σ price·σ_b·hours·rented
          − Σ value·served − Σ value·completed

    Only under maximize_value are values above 0. With early retirement the charge is
    the price alone; the residual value of the starting fleet is lost (``sunk_musd``,
    which is not in the pairs), but for what is kept.
    """
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
    pairs += [
        (column, musd * discount) for column, _, musd, discount in running_costs(c, v)
    ]
    for (w, t, b, k), column in v.served.columns.items():
        pairs.append((column, -c.work.served_pieces[w, t, b][k].value_musd))
    for (run, k), column in v.completed.columns.items():
        pairs.append((column, -c.work.completed_pieces[run][k].value_musd))
    return pairs
