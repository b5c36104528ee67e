"""pyoptinterface, its functions made from arrays of columns and coefficients."""

import numpy as np
import pyoptinterface as poi
from numpy.typing import NDArray
from pyoptinterface import highs

from tests.benchmarks.peers.data import Data, Floats

PACKAGES = ("pyoptinterface", "highsbox")
Columns = NDArray[np.int32]


class Model(highs.Model):
    """A model whose columns are numbered in arrays."""

    def columns(self, *shape: int) -> Columns:
        """Return new columns of 0 or more, as an array."""
        add = self.add_variable
        count = int(np.prod(shape))
        made = [add(lb=0.0).index for _ in range(count)]
        return np.array(made, dtype=np.int32).reshape(shape)

    def rows(
        self,
        columns: Columns,
        coefficients: Floats,
        sense: poi.ConstraintSense,
        right: Floats,
    ) -> None:
        """Add a row for each of ``columns`` and ``coefficients`` (rows x terms)."""
        made = poi.ScalarAffineFunction.from_numpy
        add = self.add_linear_constraint
        values = np.broadcast_to(coefficients, columns.shape)
        for index, value, bound in zip(
            np.ascontiguousarray(columns),
            np.ascontiguousarray(values, dtype=float),
            np.broadcast_to(np.ravel(right), len(columns)).tolist(),
            strict=True,
        ):
            add(made(value, index), sense, bound)


def build(d: Data) -> Model:
    """Return the model; its constraints are in HiGHS as soon as they are made."""
    m = Model()
    m.set_model_attribute(poi.ModelAttribute.Silent, True)  # noqa: FBT003  # its way
    accelerators, sites, periods = d.stands
    pairs, scale = accelerators * sites, d.scale
    added, installed = m.columns(*d.stands), m.columns(*d.stands)
    retired = np.full(d.stands, -1, dtype=np.int32)
    retired[d.due] = m.columns(int(d.due.sum()))
    assigned = m.columns(d.services + d.runs, *d.stands)
    served = m.columns(*d.served_width.shape)
    completed = m.columns(d.runs)
    for column, width in zip(
        served.ravel().tolist(), d.served_width.ravel().tolist(), strict=True
    ):
        m.set_variable_bounds(poi.VariableIndex(column), 0.0, width)
    for column in completed.tolist():
        m.set_variable_bounds(poi.VariableIndex(column), 0.0, 1.0)

    _fleet(m, d, (added, retired, installed))
    standing = installed.reshape(-1, 1)
    working = assigned.reshape(len(assigned), -1).T
    share = -np.broadcast_to(d.availability[:, None, None], d.stands).reshape(-1, 1)
    m.rows(
        np.hstack((working, standing)),
        np.hstack((np.ones(working.shape), share)),
        poi.Leq,
        0.0,
    )
    for span, limit in enumerate(d.supply_limit.T):
        inside = added[:, :, d.supply_span == span].reshape(accelerators, -1)
        m.rows(inside, 1.0, poi.Leq, limit / scale)

    each_mw = d.facility_mw * scale
    by_site = np.moveaxis(installed, 0, -1).reshape(sites * periods, -1)
    of_site = np.repeat(each_mw.T, periods, axis=0)
    m.rows(by_site, of_site, poi.Leq, d.site_power_mw)
    by_period = installed.reshape(pairs, periods).T
    m.rows(by_period, each_mw.ravel(), poi.Leq, d.power_budget_mw)
    price = np.broadcast_to((d.price_musd * scale)[:, None, :], d.stands)
    for span, limit in enumerate(d.capex_limit_musd):
        inside = d.capex_span == span
        bought = added[:, :, inside].reshape(1, -1)
        m.rows(bought, price[:, :, inside].reshape(1, -1), poi.Leq, limit)

    _work(m, d, assigned, served, completed)
    cost = [
        (added, np.broadcast_to(d.added_cost()[:, None, :], d.stands)),
        (installed, d.installed_cost()),
        (assigned, d.assigned_cost()),
        (served, -d.served_musd),
        (completed, -d.completed_musd),
    ]
    m.set_objective(
        poi.ScalarAffineFunction.from_numpy(
            np.concatenate([value.ravel() for _, value in cost]),
            np.concatenate([columns.ravel() for columns, _ in cost]),
        )
    )
    return m


def _fleet(m: Model, d: Data, columns: tuple[Columns, Columns, Columns]) -> None:
    """Add fleet_balance and end_of_life, of which some terms are not there."""
    added, retired, installed = columns
    scale = d.scale
    before = np.full_like(installed, -1)
    before[:, :, 1:] = installed[:, :, :-1]
    index = np.stack((installed, before, added, retired), axis=-1).reshape(-1, 4)
    right = np.zeros(d.stands)
    right[:, :, 0] = d.start / scale
    sign = np.array((1.0, -1.0, -1.0, 1.0))
    _some(m, index, sign, index >= 0, right.ravel())
    a, s, t = np.nonzero(d.due)
    if len(a):
        gone, came = retired[a, s], added[a, s]
        early = np.arange(d.stands[2]) <= t[:, None]
        there = np.hstack((early & (gone >= 0), d.retires[a] <= t[:, None]))
        sign = np.repeat((1.0, -1.0), d.stands[2])
        right = d.expired[a, s, t] / scale
        _some(m, np.hstack((gone, came)), sign, there, right)


def _some(
    m: Model, index: Columns, sign: Floats, there: NDArray[np.bool_], right: Floats
) -> None:
    made, add = poi.ScalarAffineFunction.from_numpy, m.add_linear_constraint
    for columns, mask, bound in zip(index, there, right.tolist(), strict=True):
        add(made(sign[mask], columns[mask]), poi.Eq, bound)


def _work(
    m: Model, d: Data, assigned: Columns, served: Columns, completed: Columns
) -> None:
    """Add demand, minimum_served, training_work and run_size."""
    accelerators, sites, periods = d.stands
    pairs, scale = accelerators * sites, d.scale
    by_period = assigned.reshape(-1, pairs, periods).swapaxes(1, 2)
    serving, training = by_period[: d.services], by_period[d.services :]
    share = np.repeat((d.demand_share * scale).swapaxes(1, 2), sites, axis=2)
    steps = served.reshape(-1, d.steps)
    m.rows(
        np.hstack((serving.reshape(-1, pairs), steps)),
        np.hstack((share.reshape(-1, pairs), -np.ones(steps.shape))),
        poi.Geq,
        0.0,
    )
    m.rows(steps, 1.0, poi.Geq, np.repeat(d.minimum, periods))
    work = np.repeat((d.work_share * scale).swapaxes(1, 2), sites, axis=2)
    m.rows(
        np.hstack((training.reshape(d.runs, -1), completed[:, None])),
        np.hstack((work.reshape(d.runs, -1), -np.ones((d.runs, 1)))),
        poi.Geq,
        0.0,
    )
    weight = np.repeat(np.repeat(d.run_weight * scale, sites, axis=1), periods, axis=0)
    m.rows(training.reshape(-1, pairs), weight, poi.Leq, 1.0)


def hand_over(m: Model) -> Model:
    """Return the model, which HiGHS has had since each row was made."""
    return m


def shape(m: Model) -> tuple[int, int, None]:
    """Return its columns and rows; it does not tell its terms."""
    return m.getnumcol(), m.getnumrow(), None


def optimum(m: Model) -> float:
    """Solve, and return the objective."""
    m.optimize()
    status = m.get_model_attribute(poi.ModelAttribute.TerminationStatus)
    assert status == poi.TerminationStatusCode.OPTIMAL, status
    return float(m.get_model_attribute(poi.ModelAttribute.ObjectiveValue))
