"""A scenario as the program sees it: resolved, checked, immutable (formats §4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from planner.documents import Node
from planner.errors import Problem
from planner.periods import HOURS_OF_A_DAY, MONTHS_OF_A_YEAR, Span, horizon
from planner.specs.accelerator import Accelerator, Source
from planner.specs.build_out import Expansion, Transfers
from planner.specs.fields import (
    Count,
    Factor,
    Name,
    Names,
    No,
    Period,
    Ratio,
    Share,
    Spec,
    Truth,
    Unit,
    Whole,
    form,
    refuse,
    refuse_key,
    whole,
)
from planner.specs.lease import Lease
from planner.specs.model import Model
from planner.specs.policy import Grandfather, Policies, PolicyBase, scopes_of
from planner.specs.revenue import Revenue
from planner.specs.series import Growth, Series, SeriesOf
from planner.specs.supply import SupplyField
from planner.specs.uncertainty import Alternatives, Uncertainty
from planner.specs.workload import Workload
from planner.units import Quantity, magnitude

_ELECTRICITY = Unit("USD/MWh", "65 USD/MWh")
METRICS = (
    "profit_usd",
    "cost_usd",
    "capex_usd",
    "opex_usd",
    "peak_power_mw",
    "energy_mwh",
    "co2e_t",
    "accelerators",
    "h100_equivalents",
    "unserved_fraction",
    "unfinished_runs",
)
"""Figures of a plan that ``check`` may bound: the fields of its metrics."""

LAST_YEAR = 2199
"""The last that a span can name."""
_ROUNDING = 1e-9
_CARBON = Unit("kg/kWh", "0.375 kg/kWh")


class Horizon(Spec):
    """The periods that are planned."""

    start: Period
    """First period; its form (2026, 2026Q1, 2026-01) is the period's length."""
    periods: Whole
    """How many."""

    @model_validator(mode="after")
    def _end(self) -> Self:
        left = (LAST_YEAR + 1) * MONTHS_OF_A_YEAR - self.start.first_month
        if self.periods * self.start.months > left:
            message = f"{self.periods} end after {LAST_YEAR}"
            raise refuse(f"{message}; write fewer", "periods")
        return self


class Site(Spec):
    """A place with power."""

    name: Name
    """Key in paths and rows."""
    title: str | None = None
    """Name for people."""
    region: Name | None = None
    """Where it is, for people and policies."""
    power: Annotated[Series, SeriesOf(Unit("W", "300 MW"))]
    """Facility power at the meter; 0 before its first key."""
    pue: Factor
    """Facility power over the power of the machines; absent: economics.yaml's."""
    provisioning: Annotated[float, Ratio("100 %", 0.0)] = 1.0
    """Share of the nameplate that is provisioned."""
    provides: Names = ()
    """What accelerators may require, e.g. liquid_cooling."""
    electricity: Annotated[Series, SeriesOf(_ELECTRICITY)]
    """Price of energy; absent: economics.yaml's."""
    carbon: Annotated[Series, SeriesOf(_CARBON)]
    """Carbon intensity of energy; absent: economics.yaml's."""
    accelerators: Names | None = None
    """Which accelerators it takes; absent: all."""
    expansion: Expansion | None = None
    """Power that can be added here; absent: none."""

    def takes(self, accelerator: Accelerator) -> bool:
        """Return whether the accelerator may stand here."""
        allowed = self.accelerators is None or accelerator.name in self.accelerators
        return allowed and set(accelerator.requires) <= set(self.provides)


class FleetEntry(Spec):
    """Accelerators that stand at a site when the horizon starts."""

    site: str
    """Name of the site."""
    accelerator: str
    """Name of the accelerator."""
    count: Count
    """How many."""
    installed: Period
    """When they were installed: the first day of this span."""


class Budgets(Spec):
    """Limits of the whole fleet."""

    capex: Annotated[Series, SeriesOf(Unit("USD", "60 GUSD"), amount=True)] | None = (
        None
    )
    """Capital spent in each span."""
    power: Annotated[Series, SeriesOf(Unit("W", "2 GW"))] | None = None
    """Facility power over all sites, at any time."""
    carry_over: Truth = False
    """Whether capex that a span leaves may be spent later."""
    opex: Annotated[Series, SeriesOf(Unit("USD", "2 GUSD"), amount=True)] | None = None
    """Running costs of each span: energy, maintenance, leases, transfers."""
    carbon: Annotated[Series, SeriesOf(Unit("t", "400 kt"), amount=True)] | None = None
    """Emissions of the energy of each span, at the scenario's own sites."""


def _growth(value: Any) -> Growth:
    if isinstance(value, Growth):
        return value
    try:
        growth = Growth.read(value)
    except ValueError as error:
        raise refuse(str(error)) from None
    if growth.rate < 0:
        raise refuse(f"{value!r} is negative; write e.g. '8 %/year'")
    return growth


class MetricCheck(Spec):
    """Tolerance of one metric in ``planner check``."""

    rel: Share | None = None
    """Relative tolerance."""
    abs: Count | None = None
    """Absolute tolerance in the metric's unit."""
    severity: Literal["warn", "error"] = "error"
    """Whether a drift fails the check."""


def _metric(name: Any) -> Any:
    if name not in METRICS:
        raise refuse_key(METRICS, what="metric")
    return name


class Check(Spec):
    """How ``planner check`` compares this scenario."""

    metrics: dict[
        Annotated[str, BeforeValidator(_metric)],
        MetricCheck,
    ] = {}
    """Tolerance by metric."""


def _check_hours(value: Any) -> Any:
    if isinstance(value, dict) and not value:
        raise refuse("no block is given; write e.g. {peak: 6 h, rest: 18 h}")
    return value


def _version(value: Any) -> int:
    number = whole(value)
    if number > 1:
        message = f"{value} is newer than this version of planner reads"
        raise refuse(f"{message}; write 1, or update planner")
    return number


class ScenarioSpec(Spec):
    """What a scenario file says, with names resolved and defaults filled in."""

    resolved = frozenset({"models"})

    name: Name
    """Key of the scenario."""
    title: str | None = None
    """Name for people."""
    format_version: Annotated[Literal[1], BeforeValidator(_version)] = 1
    """Version of this format."""
    currency_year: Whole | None = None
    """Year whose money all prices are in."""
    inflation: Annotated[Growth | None, BeforeValidator(_growth)] = None
    """Of prices, from their sources' years to ``currency_year``; absent: as written."""
    horizon: Horizon
    """The periods that are planned."""
    load_blocks: Annotated[
        dict[Name, Annotated[Quantity, Unit("h", "6 h", positive=True)]] | None,
        BeforeValidator(_check_hours),
    ] = None
    """Parts of the day; absent: one."""
    objective: Literal["maximize_value", "minimize_cost", "serve_by_priority"] = (
        "maximize_value"
    )
    """What is optimised."""
    discount_rate: Annotated[Growth | None, BeforeValidator(_growth)] = None
    """Yearly discount; absent: none."""
    integer: Truth = False
    """Whether systems, replicas and runs are whole; absent: fractions are allowed."""
    gap: Annotated[float, Ratio("0.5 %", 0.0, 1.0)] = 0.005
    """Of an integer plan: relative distance from the proven bound that suffices."""
    early_retirement: Truth = False
    """Whether units may be scrapped before the end of their life."""
    accelerators: dict[str, Accelerator]
    """Accelerators that take part, by name."""
    models: dict[str, Model] = {}
    """Models of the workloads, by name."""
    sites: tuple[Site, ...] = ()
    """Places with power; may be absent where leases are the only capacity."""
    fleet: tuple[FleetEntry, ...] = ()
    """What stands there when the horizon starts."""
    budgets: Budgets = Budgets()
    """Limits of the whole fleet."""
    supply: dict[str, SupplyField] = {}
    """Deliveries by accelerator; absent: unlimited."""
    leases: tuple[Lease, ...] = ()
    """Offers of accelerators that others own, outside power and capital budgets."""
    transfers: Transfers | None = None
    """Moves between sites; absent: none."""
    workloads: Annotated[tuple[Workload, ...], Field(min_length=1)]
    """What competes for the fleet."""
    policies: Policies = ()
    """Rules that the plan must keep."""
    revenue: Revenue | None = None
    """What the work earns; reported beside the plan, never part of the objective."""
    alternatives: Alternatives = ()
    """Variants for ``--alternative`` and for deciding under uncertainty."""
    uncertainty: Uncertainty | None = None
    """Inputs that are not known exactly; absent: all are."""
    expect: Literal["optimal", "infeasible"] = "optimal"
    """What solving it must give."""
    check: Annotated[
        Annotated[No, Tag("<value>")] | Annotated[Check, Tag("<mapping>")],
        Discriminator(form),
    ] = Check()
    """How planner check compares it; false: not at all."""
    sources: dict[str, Source] = {}
    """Where the numbers come from."""

    @model_validator(mode="after")
    def _day(self) -> Self:
        if self.load_blocks is not None:
            hours = sum(magnitude(q, "h") for q in self.load_blocks.values())
            if abs(hours - HOURS_OF_A_DAY) > _ROUNDING:
                message = f"the blocks last {hours:g} h; they must last 24 h"
                raise refuse(message, "load_blocks")
        return self


@dataclass(frozen=True)
class Scenario:
    """A checked scenario with everything it refers to.

    Attributes:
        spec: What the file says, resolved.
        tree: The resolved document: every value with its place and source.
        files: Path and SHA-256 of every file read, in reading order.
        overrides: ``--set`` arguments, in order.
        alternative: Name of the alternative that is applied before them, or None.
        applied: What it sets, as ``--set`` would say it.
        warnings: What deserves a look, but is not wrong.
        path: The file that it was loaded from.
        data_dirs: Folders that were searched before the shipped one.
    """

    spec: ScenarioSpec
    tree: Node
    files: tuple[tuple[str, str], ...]
    overrides: tuple[str, ...] = ()
    alternative: str | None = None
    applied: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = field(default=())
    path: str = ""
    data_dirs: tuple[str, ...] = ()

    @cached_property
    def periods(self) -> tuple[Span, ...]:
        """Return the periods of the horizon, in order."""
        return horizon(self.spec.horizon.start, self.spec.horizon.periods)

    @cached_property
    def blocks(self) -> Mapping[str, float]:
        """Return each load block's share of the day (they add to 1)."""
        if self.spec.load_blocks is None:
            return {"all": 1.0}
        return {
            name: magnitude(hours, "h") / 24
            for name, hours in self.spec.load_blocks.items()
        }

    @cached_property
    def sites(self) -> Mapping[str, Site]:
        """Return the sites by name."""
        return {site.name: site for site in self.spec.sites}

    @cached_property
    def offers(self) -> Mapping[str, Lease]:
        """Return the offers of leases, keyed by their place ``lease:NAME``."""
        return {offer.place: offer for offer in self.spec.leases}

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Return where accelerators can work: the sites, then the offers' places."""
        return (*self.sites, *self.offers)

    def places_of(self, accelerator: Accelerator) -> tuple[str, ...]:
        """Return where an accelerator may stand or be leased, limits of 0 left out."""
        sites = (site.name for site in self.spec.sites if site.takes(accelerator))
        leased = (
            offer.place
            for offer in self.spec.leases
            if offer.accelerator == accelerator.name and offer.limit != 0
        )
        return (*sites, *leased)

    def region_of(self, place: str) -> str | None:
        """Return the region of a site or an offer; None where it states none."""
        if place in self.offers:
            return self.offers[place].region
        return self.sites[place].region

    def rent(self, offer: Lease, period: Span) -> Quantity | None:
        """Return the price of an accelerator-hour; None where none is stated."""
        if offer.price is not None:
            return offer.price.level(period)
        return self.accelerators[offer.accelerator].price.rental

    @cached_property
    def workloads(self) -> Mapping[str, Workload]:
        """Return the workloads by name."""
        return {workload.name: workload for workload in self.spec.workloads}

    @property
    def accelerators(self) -> Mapping[str, Accelerator]:
        """Return the accelerators by name."""
        return self.spec.accelerators

    @cached_property
    def policy_scopes(self) -> Mapping[str, str]:
        """Return what the rows of each policy are about, by its label."""
        return scopes_of(self.spec.policies)

    def policy(self, kind: str, scope: str) -> PolicyBase | None:
        """Return the policy of a kind whose rows are about ``scope``; else None."""
        for each in self.spec.policies:
            if each.kind == kind and self.policy_scopes[each.label] == scope:
                return each
        return None

    @cached_property
    def grandfathered(self) -> bool:
        """Return whether the starting fleet may stand above a limit of power."""
        return any(isinstance(each, Grandfather) for each in self.spec.policies)

    def model_of(self, workload: Workload) -> Model | None:
        """Return the model of a workload, or None where it states none."""
        if isinstance(workload.model, Model):
            return workload.model
        return None if workload.model is None else self.spec.models[workload.model]
