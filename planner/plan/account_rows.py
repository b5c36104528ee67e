"""The rows of a plan's accounts: plain values, the unit in every name."""

from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What a calendar year costs and delivers [nominal $], its months in the horizon.

    Means are over the hours of those months.

    Attributes:
        months: How many of the year are planned.
        capex_usd: Cash paid for deliveries and expansions.
        depreciation_usd: Straight line from the first month in service to the end of
            the lifetime: purchases and expansions at the price paid, the starting
            fleet at the price of its file when it was installed. What is scrapped
            early is written off when it goes.
        opex_usd: Cash for all that is not capex.
        tco_usd: Depreciation and opex.
        h100_equivalents: Mean of the owned fleet, weighted by peak bf16; None where
            a peak is not known.
        h100_equivalents_delivered: H100s that would do the work that was done, by the
            rates of the plan; None where a workload has no rate on an H100.
        utilisation: Owned accelerators at work over those installed; None without any.
        stranded_mw: Mean power that sites have and no accelerator provisions.
        undrawn_mw: Mean power that is provisioned and not drawn.
    """

    year: int
    months: int
    capex_usd: float
    depreciation_usd: float
    opex_usd: float
    tco_usd: float
    h100_equivalents: float | None
    h100_equivalents_delivered: float | None
    utilisation: float | None
    stranded_mw: float
    undrawn_mw: float


@dataclass(frozen=True, slots=True)
class Totals:
    """The accounts of the whole plan; what a row of them has means the same.

    Attributes:
        net_present_value_usd: Values and residual less costs, at the horizon's start;
            where values are ignored, the cost below zero.
        undepreciated_accelerators: Of the starting fleet, those whose price or
            lifetime is not known.
    """

    net_present_value_usd: float
    capex_usd: float
    depreciation_usd: float
    opex_usd: float
    tco_usd: float
    h100_equivalents: float | None
    h100_equivalents_delivered: float | None
    utilisation: float | None
    stranded_mw: float
    undrawn_mw: float
    undepreciated_accelerators: float


@dataclass(frozen=True, slots=True)
class UnitCostRow:
    """What the work on a workload costs inside the plan [nominal $].

    Attributes:
        accelerator_hours: At work on it, owned and leased.
        energy_mwh: At the meter, of owned accelerators while they work on it.
        cost_usd: Owned cost of its accelerator-hours as in ``runs``, their energy, and
            the price of leased hours; idle accelerators are nobody's. None where an
            accelerator has no price.
        volume: Work done, in ``unit``.
        usd_per_accelerator_hour: Cost over hours.
        usd_per_mtoken: Cost per million tokens: prompt and output, or trained on.
        usd_per_mrequest: Cost per million requests.
        usd_per_msample: Cost per million samples.
        usd_per_run: Cost of a whole run at that of what is done of it.
    """

    workload: str
    kind: str
    accelerator_hours: float
    energy_mwh: float
    cost_usd: float | None
    volume: float
    unit: str
    usd_per_accelerator_hour: float | None
    usd_per_mtoken: float | None
    usd_per_mrequest: float | None
    usd_per_msample: float | None
    usd_per_run: float | None


@dataclass(frozen=True, slots=True)
class DoesItPay:
    """What Llama's share of the fleet costs, what pays for it, and the lift that would.

    Nominal $ over the horizon.

    Attributes:
        workloads: Whose cost is asked about.
        years: Length of the horizon.
        cost_usd: Of their accelerators at work, with energy, as in ``unit_costs``;
            None where an accelerator has no price.
        idle_usd: Their part of what idles, in proportion to that cost.
        subscription_usd: What subscribers pay.
        partner_usd: What hosts pass on.
        ad_revenue_usd: Advertising revenue, as far as its workloads are served.
        break_even_lift: The share of that revenue, as a lift, that pays the rest of
            the cost; below 0 where the others pay for more than all of it.
        break_even_usd_per_msample: The same by million samples that the ads workloads
            serve; None where they are not counted in samples.
        ad_lift: The lift that the scenario states, a share; None where it has none.
        net_usd: What is left with that lift.
        pays: Whether that is at least 0.
    """

    workloads: tuple[str, ...]
    years: float
    cost_usd: float | None
    idle_usd: float | None
    subscription_usd: float
    partner_usd: float
    ad_revenue_usd: float
    break_even_lift: float | None
    break_even_usd_per_msample: float | None
    ad_lift: float | None
    net_usd: float | None
    pays: bool | None
