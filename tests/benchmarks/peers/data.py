"""The numbers of the model as plain arrays: where every contender starts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Data:
    """Numbers per accelerator; a column counts ``scale`` of them.

    Sets: A accelerators, S sites, W workloads (V services, then R runs), T periods,
    K steps of a service's value, Q spans of supply, Y spans of the capital budget.

    Attributes:
        scale: Accelerators that one unit of a count stands for.
        start: Units that stand at the start, A x S.
        expired: Of them, those past their lifetime, A x S x T.
        due: Where something reaches its lifetime, A x S x T.
        retires: Period in which a delivery does so, A x T; T: after the horizon.
        availability: Share of installed units in working order, A.
        facility_mw: Provisioned by one unit [MW], A x S.
        site_power_mw: Limit of a site [MW], S x T.
        power_budget_mw: Limit of all sites [MW], T.
        price_musd: Of one unit [MUSD], A x T.
        charge_musd: What of it is charged [present MUSD], A x T.
        capex_span: Span of the capital budget of a period, T.
        capex_limit_musd: Keyed by Y.
        supply_span: Span of supply of a period, T.
        supply_limit: Most deliveries, A x Q.
        installed_musd: Running cost of what stands [nominal MUSD], A x S x T.
        busy_musd: What full use adds to it [nominal MUSD], A x S x T.
        use: Share of its time that an assigned unit is in full use, W.
        discount: Present value of 1 spent in a period, T.
        demand_share: Share of a service's demand that one unit serves, V x A x T.
        minimum: Share of its demand that must be served, V.
        served_width: Width of a step of its value [share of demand], V x T x K.
        served_musd: Worth of the whole demand at that step [present MUSD], alike.
        work_share: Share of a run that one unit does, R x A x T.
        run_weight: One over the most units that a run may use, R x A.
        completed_musd: Worth of the whole run [present MUSD], R.
    """

    scale: float
    start: Floats
    expired: Floats
    due: Flags
    retires: Ints
    availability: Floats
    facility_mw: Floats
    site_power_mw: Floats
    power_budget_mw: Floats
    price_musd: Floats
    charge_musd: Floats
    capex_span: Ints
    capex_limit_musd: Floats
    supply_span: Ints
    supply_limit: Floats
    installed_musd: Floats
    busy_musd: Floats
    use: Floats
    discount: Floats
    demand_share: Floats
    minimum: Floats
    served_width: Floats
    served_musd: Floats
    work_share: Floats
    run_weight: Floats
    completed_musd: Floats

    @property
    def stands(self) -> tuple[int, int, int]:
        """Return the sizes of A, S and T."""
        accelerators, sites, periods = self.installed_musd.shape
        return accelerators, sites, periods

    @property
    def services(self) -> int:
        """Return the size of V."""
        return len(self.minimum)

    @property
    def runs(self) -> int:
        """Return the size of R."""
        return len(self.completed_musd)

    @property
    def steps(self) -> int:
        """Return the size of K."""
        return self.served_width.shape[2]

    def added_cost(self) -> Floats:
        """Return the cost of a delivery's column, A x T."""
        return self.charge_musd * self.scale

    def installed_cost(self) -> Floats:
        """Return the present cost of a standing column, A x S x T."""
        return self.installed_musd * (self.scale * self.discount)

    def assigned_cost(self) -> Floats:
        """Return the present cost of a working column, W x A x S x T."""
        busy = self.busy_musd * (self.scale * self.discount)
        return self.use[:, None, None, None] * busy
