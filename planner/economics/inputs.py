"""Prices, powers and defaults with their bounds, as floats in named units.

The catalogue writes a figure as ``{value: …, low: …, high: …, source: …}``; validated
specs keep the value alone, so the bounds are read from the document beside them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from planner.documents import Node, find
from planner.economics.ownership import Ownership
from planner.performance.ranges import Range, exactly
from planner.records import dataclass
from planner.units import magnitude, parse

_USD, _PER_YEAR, _MONTH = "USD", "1/year", "month"
_MONTHS_OF_A_YEAR = 12.0


class Default(NamedTuple):
    """A value that nobody stated for this estimate.

    Attributes:
        name: What it is, e.g. ``utilisation``.
        value: As its file writes it.
        low: The same, or None.
        high: The same, or None.
        source: Key of its source, with the file that defines it.
    """

    name: str
    value: str
    low: str | None = None
    high: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the figures of an estimate are looked up.

    Attributes:
        accelerator: Document of ``hardware/<name>.yaml``.
        economics: Document of ``scenarios/common/economics.yaml``.
        stated: What the user wrote instead: documents keyed by name (``pue``,
            ``electricity``, ``carbon``, ``lifetime``, ``utilisation``).
    """

    accelerator: Node
    economics: Node
    stated: Mapping[str, Node]

    def default(self, name: str, unit: str) -> Range:
        """Return what the user stated, else the default of economics.yaml."""
        own = self.stated.get(name)
        if own is not None:
            return figure(own, unit)
        node = find(self.economics, tuple(name.split(".")))
        if node is None:
            msg = f"economics.yaml lacks {name}"
            raise ValueError(msg)
        return figure(node, unit)

    def defaults_used(self) -> list[Default]:
        """Return the defaults of economics.yaml that hold, in its order."""
        names = ("pue", "electricity", "carbon", "utilisation")
        facility = ("facility.cost_per_it_mw", "facility.lifetime")
        used = [name for name in names if name not in self.stated]
        found = [self._entry(name, self.economics) for name in (*used, *facility)]
        if "lifetime" not in self.stated:
            owner = self.economics
            if find(self.accelerator, ("lifetime",)) is not None:
                owner = self.accelerator
            found.append(self._entry("lifetime", owner))
        return found

    def _entry(self, name: str, root: Node) -> Default:
        node = find(root, tuple(name.split(".")))
        notes = (node.notes if node is not None else None) or {}
        value = "" if node is None else str(node.value)
        ends = (notes.get("low"), notes.get("high"))
        low, high = (None if end is None else str(end) for end in ends)
        return Default(name, value, low, high, None if node is None else node.source)

    def lifetime_months(self) -> Range:
        """Return the user's lifetime, else the accelerator's, else the default.

        An accelerator's lifetime without bounds has those of economics.yaml.
        """
        general = self.default("lifetime", _MONTH)
        own = find(self.accelerator, ("lifetime",))
        if own is None or "lifetime" in self.stated:
            return general
        found = figure(own, _MONTH)
        return Range(
            min(found.low, general.low), found.base, max(found.high, general.high)
        )


def ownership(figures: Figures) -> Ownership | None:
    """Return what an owned hour is computed from; None without a price.

    Raises:
        ValueError: A document lacks what its kind of file must have.
    """
    root = figures.accelerator
    system = optional(root, "price.system", _USD)
    if system is None:
        return None
    lifetime = figures.lifetime_months()
    return Ownership(
        system_usd=system,
        network_usd=optional(root, "price.network", _USD) or exactly(0.0),
        maintenance_per_year=optional(root, "price.maintenance", _PER_YEAR)
        or exactly(0.0),
        lifetime_years=lifetime.times(1.0 / _MONTHS_OF_A_YEAR),
        utilisation=figures.default("utilisation", ""),
        nameplate_kw=nameplate_kw(root),
        active_kw=active_kw(root),
        pue=figures.default("pue", ""),
        electricity_usd_kwh=figures.default("electricity", "USD/kWh"),
        facility_usd_kw=figures.default("facility.cost_per_it_mw", "USD/kW"),
        facility_lifetime_years=figures.default("facility.lifetime", _MONTH).times(
            1.0 / _MONTHS_OF_A_YEAR
        ),
    )


def rental_usd_h(accelerator: Node) -> Range | None:
    """Return the price of renting one accelerator for an hour; None where unknown."""
    return optional(accelerator, "price.rental", "USD/hour")


def nameplate_kw(accelerator: Node) -> Range:
    """Return the wall power to be provisioned for one accelerator, before PUE [kW].

    Raises:
        ValueError: The document has none.
    """
    found = optional(accelerator, "power.nameplate", "kW")
    if found is None:
        msg = "power.nameplate is missing"
        raise ValueError(msg)
    return found


def active_kw(accelerator: Node) -> Range:
    """Return the wall power under load, before PUE [kW]; absent: the nameplate."""
    measured = optional(accelerator, "power.active", "kW")
    return nameplate_kw(accelerator) if measured is None else measured


def optional(root: Node, path: str, unit: str) -> Range | None:
    """Return the figure at a dotted path of a document; None where it is absent.

    A series has the figure of its last step.
    """
    node = find(root, tuple(path.split(".")))
    while node is not None and isinstance(node.value, dict):
        steps = [each for key, each in node.value.items() if key != "growth"]
        node = steps[-1] if steps else None
    return None if node is None else figure(node, unit)


def figure(node: Node, unit: str) -> Range:
    """Return a value with the bounds noted beside it; without them it is exact.

    Raises:
        ValueError: It is not a quantity of that unit.
    """
    base = _number(node.value, unit)
    notes = node.notes or {}
    low, high = (_number(notes.get(end, node.value), unit) for end in ("low", "high"))
    return Range(min(low, base), base, max(high, base))


def _number(value: Any, unit: str) -> float:
    return magnitude(parse(value, unit, ""), unit)
