"""What is minimised: costs less values, in present MUSD."""

from collections.abc import Iterator

from planner.formulation.clock import ALL_DAY
from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Column, Pair
from planner.formulation.variables import Variables

Spending = tuple[Column, int, float, float]
"""A column, the period that its running cost falls in, the cost of one unit of it
[nominal MUSD], and the present value of 1 paid then."""


def running_costs(c: Coefficients, v: Variables) -> list[Spending]:
    """Return every running cost: what counts as opex, when it is spent.

    Maintenance and idle energy of what is installed, moves, what work adds to it,
    and leases, whose price holds their energy.
    """
    mid, hosted = c.clock.mid_discounts, c.leases.at
    standing, scale, start = c.installed_musd, c.scale, c.clock.start_discounts
    moving = {a: musd * scale for a, musd in c.leaving.moving_musd.items()}
    share = {b: c.clock.share(b) for b in (*c.clock.blocks, ALL_DAY)}
    busy, use = c.busy_musd, c.work.use
    load = {pair: use[pair[0]] * unit for pair, unit in c.assigned_unit.items()}
    spent = [
        (x, key[2], standing[key] * scale, mid[key[2]])
        for key, x in v.installed.columns.items()
    ]
    spent += [
        (x, t, moving[a], start[t]) for (a, _, _, t), x in v.moved.columns.items()
    ]
    spent += [
        (x, t, busy[a, s, t] * share[b] * load[w, a], mid[t])
        for (a, s, w, t, b), x in v.assigned.columns.items()
        if s not in hosted
    ]
    return [*spent, *_rents(c, v)]


def _rents(c: Coefficients, v: Variables) -> Iterator[Spending]:
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
