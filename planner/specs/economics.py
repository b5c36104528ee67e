"""Defaults that commands fall back on: ``scenarios/common/economics.yaml``."""

from typing import Annotated

from planner.specs.accelerator import Source
from planner.specs.fields import Factor, Lifetime, Ratio, Spec, Unit, YearlyRate
from planner.units import Quantity


class Facility(Spec):
    """What a megawatt of data centre costs."""

    cost_per_it_mw: Annotated[Quantity, Unit("USD/W", "12.5 MUSD/MW")]
    """Capex per MW of critical IT load."""
    lifetime: Lifetime
    """Years in service."""


class Economics(Spec):
    """Sourced defaults; every command lists those it used."""

    pue: Factor
    """Facility power over the power of the machines."""
    electricity: Annotated[Quantity, Unit("USD/MWh", "65 USD/MWh")]
    """Price of energy."""
    carbon: Annotated[Quantity, Unit("kg/kWh", "0.375 kg/kWh")]
    """Carbon intensity of energy."""
    lifetime: Lifetime
    """Years that an accelerator is in service."""
    utilisation: Annotated[float, Ratio("70 %", 0.01, 1.0)]
    """Share of the hours that an owned accelerator is in use."""
    discount_rate: YearlyRate
    """Yearly discount."""
    facility: Facility
    """What a megawatt of data centre costs."""
    sources: dict[str, Source] = {}
    """Where the numbers come from."""
