"""Accelerators of others, leased for a term or rented by the hour (formats §4)."""

from typing import Annotated, Self

from pydantic import model_validator

from planner.specs.fields import Count, Name, Period, Spec, Truth, Unit, refuse
from planner.specs.series import Series, SeriesOf
from planner.units import Quantity, magnitude

LEASE = "lease:"
"""What the place of an offer begins with, before the offer's name."""
_HOURLY = Unit("USD/hour", "2.5 USD/hour", positive=True)


class Lease(Spec):
    """An offer to lease accelerators: a place of its own, ``lease:NAME``."""

    name: Name
    """Key in paths and rows; workloads name its place lease:NAME under sites."""
    title: str | None = None
    """Name for people."""
    accelerator: str
    """Name of the accelerator; what it requires of a site, its host has."""
    region: Name | None = None
    """Where it is, for people and policies."""
    limit: Count | None = None
    """Most accelerators at once; absent: any number."""
    committed: Count = 0.0
    """Least accelerators at once, in every period."""
    price: Annotated[Series, SeriesOf(_HOURLY)] | None = None
    """Per accelerator-hour, energy included; absent: the accelerator's price.rental."""
    term: Annotated[Quantity, Unit("month", "12 month", positive=True)] | None = None
    """How long what is signed is paid for; absent: one period."""
    on_demand: Truth = False
    """Whether each hour is paid for alone, without any term."""
    signed: dict[Period, Count] = {}
    """What was signed before the horizon, by period; it runs until its term ends."""

    @property
    def place(self) -> str:
        """Return the name of its place in rows, and under ``sites``."""
        return LEASE + self.name

    @property
    def term_months(self) -> float | None:
        """Return the months of a term; None for one period."""
        return None if self.term is None else magnitude(self.term, "month")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.on_demand:
            for key in ("committed", "term", "signed"):
                if getattr(self, key):
                    message = "cannot stand on an on-demand offer, which ends any hour"
                    raise refuse(f"{message}; remove it, or on_demand", key)
        if self.limit is not None and self.committed > self.limit:
            message = f"{self.committed:g} is above the limit {self.limit:g}"
            raise refuse(f"{message}; write at most {self.limit:g}", "committed")
        return self
