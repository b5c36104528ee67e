"""An accelerator as an estimate of training sees it: speed, power and money."""

from collections.abc import Iterator, Mapping

from planner.documents import Node, find
from planner.economics.inputs import (
    Default,
    Figures,
    active_kw,
    nameplate_kw,
    ownership,
    rental_usd_h,
)
from planner.economics.ownership import Component, hourly_kwh, owned_hour
from planner.performance.chips import Chip
from planner.performance.inputs import chip
from planner.performance.ranges import Factor, factor
from planner.records import dataclass
from planner.specs.accelerator import Accelerator

_MONTHS_OF_A_YEAR = 12.0
_KG_PER_KWH = "kg/kWh"


@dataclass(frozen=True, slots=True)
class Hardware:
    """One accelerator and what an hour of it costs.

    Attributes:
        chip: What the performance layer sees.
        vendor: Who makes it.
        available_year: When it came out, with fractions; None where unknown.
        first_month: The same as year·12 + month - 1.
        why: Why it does not do all kinds of work.
        energy_kwh: At the meter in one hour under load, by measured draw.
        nameplate_kwh: The same at the nameplate.
        carbon_kg_kwh: Location-based, of the energy.
        owned: USD per hour of work; None without a price.
        components: The same by component; empty without a price.
        rented: USD per hour; None without a price.
        defaults: Figures that nobody stated.
    """

    chip: Chip
    vendor: str
    available_year: float | None
    first_month: int | None
    why: str
    energy_kwh: Factor
    nameplate_kwh: Factor
    carbon_kg_kwh: Factor
    owned: Factor | None
    components: Mapping[Component, Factor]
    rented: Factor | None
    defaults: tuple[Default, ...]


def hardware(
    spec: Accelerator, tree: Node, economics: Node, stated: Mapping[str, Node]
) -> Hardware:
    """Return an accelerator with its hourly cost.

    Args:
        spec: From the catalogue.
        tree: The document it was read from.
        economics: Document of the defaults.
        stated: What the run states instead of them, keyed as in `Figures`.
    """
    figures = Figures(tree, economics, stated)
    paid = ownership(figures)
    hour = None if paid is None else owned_hour(paid)
    rented = rental_usd_h(tree)
    pue = figures.default("pue", "")
    month = None if spec.available is None else spec.available.first_month
    return Hardware(
        chip=chip(spec),
        vendor=spec.vendor,
        available_year=None if month is None else month / _MONTHS_OF_A_YEAR,
        first_month=month,
        why=spec.why or "",
        energy_kwh=factor(hourly_kwh(active_kw(tree), pue)),
        nameplate_kwh=factor(hourly_kwh(nameplate_kw(tree), pue)),
        carbon_kg_kwh=factor(figures.default("carbon", _KG_PER_KWH)),
        owned=None if hour is None else factor(hour.total),
        components={}
        if hour is None
        else {name: factor(each) for name, each in hour.components.items()},
        rented=None if rented is None else factor(rented),
        defaults=(*figures.defaults_used(), *_of_catalogue(spec.name, tree)),
    )


_ASSUMED = (
    "power.nameplate",
    "power.active",
    "price.system",
    "price.network",
    "price.maintenance",
    "price.rental",
    "reliability.failures",
    "reliability.restart",
    "reliability.checkpoint",
)
"""What an estimate takes from an accelerator's file beside its peak and memory."""


def _of_catalogue(name: str, tree: Node) -> Iterator[Default]:
    """Yield the figures of the accelerator's file, as ``h100: power.active``."""
    for path in _ASSUMED:
        node = find(tree, tuple(path.split(".")))
        if node is None or isinstance(node.value, dict):
            continue
        notes = node.notes or {}
        low, high = (
            str(notes[end]) if end in notes else None for end in ("low", "high")
        )
        yield Default(f"{name}: {path}", str(node.value), low, high, node.source)
