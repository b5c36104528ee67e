"""Power that can be added to sites: where, when, for how long and at what cost."""

from collections.abc import Mapping

from planner.economics.money import MUSD, discount_factor, residual_value
from planner.formulation.clock import Clock
from planner.records import dataclass
from planner.specs.build_out import Expansion
from planner.specs.scenario import Scenario, Site
from planner.units import magnitude

_EPSILON_MONTHS = 1e-9


@dataclass(frozen=True, slots=True)
class Order:
    """One MW of facility power ordered at a site in a period.

    Attributes:
        serves: Periods in which it is in service, T; at least one.
        cost_musd: Paid at the order [nominal MUSD].
        residual_musd: What is left of it at the horizon's end [present MUSD].
        charge_musd: Capital charge: the cost less the residual [present MUSD].
    """

    serves: range
    cost_musd: float
    residual_musd: float
    charge_musd: float


@dataclass(frozen=True, slots=True)
class Expansions:
    """Power that can be added to sites.

    Attributes:
        limit_mw: Most that can be ordered within the horizon [MW], keyed by S.
        orders: What one MW is, keyed by S x T of the order; absent where it would
            serve after the horizon only, or where the limit is 0.
        lead_months: From order to service, keyed by S.
    """

    limit_mw: Mapping[str, float]
    orders: Mapping[tuple[str, int], Order]
    lead_months: Mapping[str, float]


def expansions_of(scenario: Scenario, clock: Clock) -> Expansions:
    """Return the expansions that a scenario offers."""
    offers = {s.name: s.expansion for s in scenario.spec.sites if s.expansion}
    limits = {name: magnitude(offer.limit, "MW") for name, offer in offers.items()}
    orders = {
        (name, t): order
        for name, offer in offers.items()
        if limits[name] > 0
        for t in range(clock.count)
        if (order := _order(scenario.sites[name], offer, clock, t)) is not None
    }
    leads = {name: offer.lead_months for name, offer in offers.items()}
    return Expansions(limits, orders, leads)


def _order(site: Site, offer: Expansion, clock: Clock, t: int) -> Order | None:
    """Return what one MW ordered in a period is; None where it serves too late."""
    first = _reached(clock, t, offer.lead_months)
    if first == clock.count:
        return None
    last = clock.count - 1
    musd, last_musd = (_musd(site, offer, clock, u) for u in (t, last))
    residual = residual_value(
        musd,
        last_musd,
        paid_years=clock.start_years[first],
        end_years=clock.end_years,
        lifetime_years=offer.lifetime_months / 12,
        yearly_rate=clock.yearly_rate,
    )
    paid = musd * discount_factor(clock.yearly_rate, clock.start_years[t])
    end = _reached(clock, first, offer.lifetime_months)
    return Order(range(first, end), musd, residual, paid - residual)


def _reached(clock: Clock, t: int, months: float) -> int:
    """Return the first period that starts so many months after another, or none."""
    since = clock.spans[t].first_month
    for later in range(t, clock.count):
        if clock.months_since(later, since) >= months - _EPSILON_MONTHS:
            return later
    return clock.count


def _musd(site: Site, offer: Expansion, clock: Clock, t: int) -> float:
    price = offer.price(clock.spans[t], site.pue)
    return 0.0 if price is None else magnitude(price, "USD/MW") * MUSD
