"""linopy: labelled arrays of variables, sums over named dimensions."""

import highspy
import linopy
import numpy as np
import pandas as pd
import xarray as xr

from tests.benchmarks.peers import loaded
from tests.benchmarks.peers.data import Data

PACKAGES = ("linopy", "highspy")


def build(d: Data) -> linopy.Model:
    """Return the model."""
    accelerators, sites, periods = d.stands
    scale = d.scale
    a, s = _index("a", accelerators), _index("s", sites)
    t, w = _index("t", periods), _index("w", d.services + d.runs)
    v, r = w[: d.services].rename("v"), w[d.services :].rename("r")
    k = _index("k", d.steps)
    m = linopy.Model()
    added = m.add_variables(lower=0, coords=[a, s, t], name="added")
    installed = m.add_variables(lower=0, coords=[a, s, t], name="installed")
    serving = m.add_variables(lower=0, coords=[v, a, s, t], name="serving")
    training = m.add_variables(lower=0, coords=[r, a, s, t], name="training")
    width = xr.DataArray(d.served_width, coords=[v, t, k])
    served = m.add_variables(lower=0, upper=width, name="served")
    completed = m.add_variables(lower=0, upper=1, coords=[r], name="completed")

    _fleet(m, d, added, installed)
    availability = xr.DataArray(d.availability, coords=[a])
    working = serving.sum("v") + training.sum("r")
    m.add_constraints(working - availability * installed <= 0, name="assignment")
    quarter = xr.DataArray(d.supply_span, coords=[t], name="quarter")
    limit = xr.DataArray(
        d.supply_limit / scale, coords=[a, _index("quarter", d.supply_limit.shape[1])]
    )
    within = added.sum("s").groupby(quarter).sum()
    m.add_constraints(within <= limit, name="supply")

    each_mw = xr.DataArray(d.facility_mw * scale, coords=[a, s])
    needed = each_mw * installed
    limit = xr.DataArray(d.site_power_mw, coords=[s, t])
    m.add_constraints(needed.sum("a") <= limit, name="site_power")
    limit = xr.DataArray(d.power_budget_mw, coords=[t])
    m.add_constraints(needed.sum(["a", "s"]) <= limit, name="power_budget")
    year = xr.DataArray(d.capex_span, coords=[t], name="year")
    price = xr.DataArray(d.price_musd * scale, coords=[a, t])
    limit = xr.DataArray(
        d.capex_limit_musd, coords=[_index("year", len(d.capex_limit_musd))]
    )
    spent = (price * added).sum(["a", "s"]).groupby(year).sum()
    m.add_constraints(spent <= limit, name="capex_budget")

    share = xr.DataArray(d.demand_share * scale, coords=[v, a, t])
    able = (share * serving).sum(["a", "s"])
    m.add_constraints(able - served.sum("k") >= 0, name="demand")
    minimum = xr.DataArray(d.minimum, coords=[v])
    m.add_constraints(served.sum("k") >= minimum, name="minimum_served")
    work = xr.DataArray(d.work_share * scale, coords=[r, a, t])
    done = (work * training).sum(["a", "s", "t"])
    m.add_constraints(done - completed >= 0, name="training_work")
    weight = xr.DataArray(d.run_weight * scale, coords=[r, a])
    m.add_constraints((weight * training).sum(["a", "s"]) <= 1, name="run_size")

    cost = d.assigned_cost()
    m.add_objective(
        (xr.DataArray(d.added_cost(), coords=[a, t]) * added).sum()
        + (xr.DataArray(d.installed_cost(), coords=[a, s, t]) * installed).sum()
        + (xr.DataArray(cost[: d.services], coords=[v, a, s, t]) * serving).sum()
        + (xr.DataArray(cost[d.services :], coords=[r, a, s, t]) * training).sum()
        - (xr.DataArray(d.served_musd, coords=[v, t, k]) * served).sum()
        - (xr.DataArray(d.completed_musd, coords=[r]) * completed).sum()
    )
    return m


def _index(name: str, count: int) -> pd.Index:
    return pd.RangeIndex(count, name=name)


def _fleet(
    m: linopy.Model, d: Data, added: linopy.Variable, installed: linopy.Variable
) -> None:
    """Add fleet_balance and end_of_life."""
    due = xr.DataArray(d.due, coords=added.coords)
    start = xr.DataArray(np.zeros(d.stands), coords=added.coords)
    start[:, :, 0] = d.start / d.scale
    stands = installed - installed.shift(t=1) - added
    if not d.due.any():
        m.add_constraints(stands == start, name="fleet_balance")
        return
    retired = m.add_variables(lower=0, coords=added.coords, mask=due, name="retired")
    m.add_constraints(stands + retired == start, name="fleet_balance")
    t = np.arange(d.stands[2])
    for number in np.flatnonzero(d.due.any(axis=(1, 2))).tolist():
        # Of one type: each period's row sums over the periods u up to it.
        when = t[d.due[number].any(axis=0)]
        coords = {"t": when, "u": t}
        early = xr.DataArray(t <= when[:, None], coords=coords)
        past = xr.DataArray(d.retires[number] <= when[:, None], coords=coords)
        gone = retired.sel(a=number).rename(t="u").where(early).sum("u")
        came = added.sel(a=number).rename(t="u").where(past).sum("u")
        expired = xr.DataArray(
            d.expired[number][:, when] / d.scale,
            coords={"s": added.indexes["s"], "t": when},
        )
        mask = due.sel(a=number, t=when)
        m.add_constraints(gone - came == expired, name=f"end_{number}", mask=mask)


def hand_over(m: linopy.Model) -> highspy.Highs:
    """Return HiGHS with the model in it, its columns not named."""
    return m.to_highspy(set_names=False)


shape = loaded.shape
optimum = loaded.optimum
