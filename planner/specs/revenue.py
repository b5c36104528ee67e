"""What the work earns outside the plan: ads, subscriptions, partners (formats §4)."""

from typing import Annotated

from planner.specs.fields import Ratio, Share, SomeNames, Spec, Unit
from planner.specs.series import Series, SeriesOf
from planner.units import Quantity

_YEARLY = Unit("USD/year", "196 GUSD/year")


class Subscription(Spec):
    """People who pay for the assistant."""

    subscribers: Annotated[Series, SeriesOf(Unit("user", "5 Muser"))]
    """How many pay; 0 before its first key."""
    price: Annotated[Quantity, Unit("USD/user/month", "7.99 USD/user/month")]
    """What each pays."""


class Partners(Spec):
    """Hosts that sell the models, and share what they earn."""

    revenue: Annotated[Series, SeriesOf(Unit("USD/year", "2 GUSD/year"))]
    """What hosts earn with the models; 0 before its first key."""
    share: Share = 0.0
    """Part of it that they pass on; sources disagree on whether any does."""


class Revenue(Spec):
    """Does it pay? Reported beside the plan, never part of the objective."""

    llama: SomeNames
    """Workloads that have to pay for themselves: training and serving Llama."""
    ad_revenue: Annotated[Series, SeriesOf(_YEARLY)]
    """Yearly advertising revenue that a lift is a part of."""
    ads: SomeNames | None = None
    """Workloads whose served share earns it; absent: all of it is earned."""
    ad_lift: Annotated[float, Ratio("3 %", 0.0)] | None = None
    """Lift that Llama is credited with; absent: only the one that would pay is told."""
    subscription: Subscription | None = None
    """People who pay for the assistant."""
    partners: Partners | None = None
    """Hosts that sell the models, and share what they earn."""
