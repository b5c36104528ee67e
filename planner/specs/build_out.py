"""What a fleet can change beside buying: power that is built, units that move."""

from typing import Annotated, Self

from pydantic import model_validator

from planner.periods import Span
from planner.specs.fields import Lifetime, Money, Months, Names, Spec, Unit, refuse
from planner.specs.series import Series, SeriesOf
from planner.units import Quantity, magnitude

BUILDING_LIFETIME_MONTHS = 300.0
"""25 years: what buildings are commonly written off over."""
_COST = Unit("USD/W", "12.5 MUSD/MW", positive=True)


class Expansion(Spec):
    """Power that can be added to a site."""

    limit: Annotated[Quantity, Unit("W", "500 MW")]
    """Most facility power that can be ordered within the horizon."""
    cost: Annotated[Series, SeriesOf(_COST)] | None = None
    """Paid at the order, per MW of facility power; levels."""
    cost_per_it_mw: Annotated[Series, SeriesOf(_COST)] | None = None
    """The same per MW of machines; divided by the site's PUE."""
    lead_time: Months | None = None
    """From order to service; absent: in service at once."""
    lifetime: Lifetime | None = None
    """In service; absent: 25 years."""

    @model_validator(mode="after")
    def _one_cost(self) -> Self:
        if (self.cost is None) == (self.cost_per_it_mw is None):
            said = "has no cost" if self.cost is None else "has two costs"
            right = "write either 'cost: 12.5 MUSD/MW' or 'cost_per_it_mw: …'"
            raise refuse(f"{said}; {right}")
        return self

    @property
    def lead_months(self) -> float:
        """Return the months from order to service."""
        return 0.0 if self.lead_time is None else magnitude(self.lead_time, "month")

    @property
    def lifetime_months(self) -> float:
        """Return the months in service."""
        if self.lifetime is None:
            return BUILDING_LIFETIME_MONTHS
        return magnitude(self.lifetime, "month")

    def price(self, period: Span, pue: float) -> Quantity | None:
        """Return the cost of one MW of facility power ordered in a period."""
        if self.cost is not None:
            return self.cost.level(period)
        if self.cost_per_it_mw is None:
            return None
        level = self.cost_per_it_mw.level(period)
        return None if level is None else level / pue


class Transfers(Spec):
    """Moves of accelerators between sites, each down for one period."""

    cost: Money
    """Per accelerator moved."""
    accelerators: Names | None = None
    """Which may be moved; absent: all."""

    def moves(self, accelerator: str) -> bool:
        """Return whether an accelerator may be moved."""
        return self.accelerators is None or accelerator in self.accelerators
