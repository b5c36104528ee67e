"""cvxpy: matrices of variables, sums and products over whole axes."""

from typing import Any

import cvxpy as cp
import highspy
import numpy as np
import scipy.sparse as sp
from cvxpy import settings

from tests.benchmarks.peers import loaded
from tests.benchmarks.peers.data import Data

PACKAGES = ("cvxpy", "highspy")


def build(d: Data) -> cp.Problem:
    """Return the problem. Rows of a matrix are A x S (by site within type)."""
    accelerators, sites, periods = d.stands
    pairs, scale = accelerators * sites, d.scale
    workloads = d.services + d.runs
    added = cp.Variable((pairs, periods), nonneg=True)
    installed = cp.Variable((pairs, periods), nonneg=True)
    # A row for each workload and pair, so that sums over pairs are one product.
    assigned = cp.Variable((workloads * pairs, periods), nonneg=True)
    served = cp.Variable(
        (d.services * d.steps, periods),
        bounds=[0, np.moveaxis(d.served_width, 2, 1).reshape(-1, periods)],
    )
    completed = cp.Variable(d.runs, bounds=[0, 1])

    all_work = sp.kron(np.ones((1, workloads)), sp.eye(pairs), format="csr")
    of_pair = np.repeat(d.availability, sites)[:, None]
    each_mw = d.facility_mw * scale
    of_site = sp.hstack([sp.diags(mw) for mw in each_mw], format="csr")
    price = np.repeat(d.price_musd * scale, sites, axis=0)
    year = np.eye(len(d.capex_limit_musd))[d.capex_span]
    quarter = np.eye(d.supply_limit.shape[1])[d.supply_span]
    of_type = sp.kron(sp.eye(accelerators), np.ones((1, sites)), format="csr")

    count, split = d.services * pairs, np.ones((1, pairs))
    share = np.repeat(d.demand_share * scale, sites, axis=1).reshape(count, periods)
    of_service = sp.kron(sp.eye(d.services), split, format="csr")
    of_steps = sp.kron(sp.eye(d.services), np.ones((1, d.steps)), format="csr")
    work = np.repeat(d.work_share * scale, sites, axis=1).reshape(-1, periods)
    of_run = sp.kron(sp.eye(d.runs), split, format="csr")
    weight = np.repeat(d.run_weight * scale, sites, axis=1)
    weighted = sp.block_diag([row[None, :] for row in weight], format="csr")
    training = assigned[count:]

    constraints = [
        *_fleet(d, added, installed),
        all_work @ assigned <= cp.multiply(of_pair, installed),
        of_site @ installed <= d.site_power_mw,
        each_mw.ravel() @ installed <= d.power_budget_mw,
        cp.sum(cp.multiply(price, added), axis=0) @ year <= d.capex_limit_musd,
        of_type @ added @ quarter <= d.supply_limit / scale,
        of_service @ cp.multiply(share, assigned[:count]) >= of_steps @ served,
        of_steps @ served >= np.repeat(d.minimum[:, None], periods, axis=1),
        cp.sum(of_run @ cp.multiply(work, training), axis=1) >= completed,
        weighted @ training <= 1,
    ]
    added_cost = np.repeat(d.added_cost(), sites, axis=0)
    worth = np.moveaxis(d.served_musd, 2, 1).reshape(-1, periods)
    cost = (
        cp.sum(cp.multiply(added_cost, added))
        + cp.sum(cp.multiply(d.installed_cost().reshape(pairs, -1), installed))
        + cp.sum(cp.multiply(d.assigned_cost().reshape(-1, periods), assigned))
        - cp.sum(cp.multiply(worth, served))
        - d.completed_musd @ completed
    )
    return cp.Problem(cp.Minimize(cost), constraints)


def _fleet(d: Data, added: cp.Variable, installed: cp.Variable) -> list[Any]:
    """Return fleet_balance and end_of_life, with a column for all that is due."""
    _, _, periods = d.stands
    shape = added.shape
    before = sp.eye(periods, k=1, format="csr")  # a column of it shifts one on
    start = np.zeros(shape)
    start[:, 0] = d.start.ravel() / d.scale
    stands = installed - installed @ before - added
    due = d.due.reshape(shape)
    rows, t = np.nonzero(due)
    if not len(rows):
        return [stands == start]
    retired = cp.Variable(len(rows), nonneg=True)
    place = rows * periods + t
    spread = sp.csr_array(
        (np.ones(len(rows)), (place, np.arange(len(rows)))),
        shape=(due.size, len(rows)),
    )
    leaves = cp.reshape(spread @ retired, shape, order="C")
    same = (rows[:, None] == rows) & (t <= t[:, None])
    type_of = rows // d.stands[1]
    here, when = np.nonzero(d.retires[type_of] <= t[:, None])
    ends = sp.csr_array(
        (np.ones(len(here)), (here, rows[here] * periods + when)),
        shape=(len(rows), due.size),
    )
    expired = d.expired.reshape(shape)[rows, t] / d.scale
    delivered = cp.vec(added, order="C")
    gone = sp.csr_array(same.astype(float)) @ retired
    return [stands + leaves == start, gone - ends @ delivered == expired]


def hand_over(problem: cp.Problem) -> highspy.Highs:
    """Return HiGHS with the problem in it, as cvxpy's own interface passes it."""
    data, _, _ = problem.get_problem_data(cp.HIGHS)
    matrix = data[settings.A].tocsc()
    equations = data[settings.DIMS].zero
    program = highspy.HighsModel()
    lp = program.lp_
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = data[settings.C]
    lp.row_upper_ = data[settings.B]
    lower = np.full(lp.num_row_, -np.inf)
    lower[:equations] = data[settings.B][:equations]
    lp.row_lower_ = lower
    lp.col_lower_ = _bounds(data[settings.LOWER_BOUNDS], lp.num_col_, -np.inf)
    lp.col_upper_ = _bounds(data[settings.UPPER_BOUNDS], lp.num_col_, np.inf)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    model = loaded.silent()
    model.passModel(program)
    return model


def _bounds(found: Any, count: int, missing: float) -> Any:
    return np.full(count, missing) if found is None else found


shape = loaded.shape
optimum = loaded.optimum
