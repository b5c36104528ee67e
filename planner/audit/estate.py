"""What moves between sites, and the power that is added to them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.audit.context import Context
from planner.audit.sums import Place
from planner.audit.tally import total
from planner.units import Quantity, ureg

FLEET = "fleet"


@dataclass(frozen=True)
class Estate(Context):
    """A plan beside its scenario: sites with what is built and what comes and goes."""

    @cached_property
    def stands(self) -> list[tuple[str, str]]:
        """Return each site and accelerator of the starting fleet or a row."""
        moved = {(s, a) for s, a, _ in (*self.left, *self.arrived)}
        return sorted({(s, a) for s, a, _ in self.installed} | moved | set(self.start))

    @cached_property
    def moved(self) -> Mapping[tuple[str, str, str, int], float]:
        """Return what moves, keyed by site, where to, accelerator and period."""
        found: dict[tuple[str, str, str, int], float] = defaultdict(float)
        known = self.scenario
        for row in self.plan.transfers:
            t = self.index.get(row.period)
            named = {row.site, row.to_site} <= known.sites.keys()
            if t is not None and named and row.accelerator in known.accelerators:
                found[row.site, row.to_site, row.accelerator, t] += row.count
        return found

    @cached_property
    def left(self) -> Mapping[Place, float]:
        """Return what leaves each place for another site."""
        found: dict[Place, float] = defaultdict(float)
        for (site, _, chip, t), count in self.moved.items():
            found[site, chip, t] += count
        return found

    @cached_property
    def arrived(self) -> Mapping[Place, float]:
        """Return what comes to each place from another site, a period after."""
        found: dict[Place, float] = defaultdict(float)
        for (_, site, chip, t), count in self.moved.items():
            found[site, chip, t + 1] += count
        return found

    @cached_property
    def movable(self) -> frozenset[str]:
        """Return the accelerators that can be moved, and have somewhere to go."""
        offer, known = self.scenario.spec.transfers, self.scenario
        return frozenset(
            name
            for name, accelerator in known.accelerators.items()
            if offer is not None
            and offer.moves(name)
            and sum(site.takes(accelerator) for site in known.spec.sites) > 1
        )

    @cached_property
    def together(self) -> Mapping[tuple[str, str], list[str]]:
        """Return the sites whose units of an accelerator are not told apart.

        Keyed by a site or, for what can be moved, ``fleet``, and the accelerator.
        """
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for site, chip in self.stands:
            found[FLEET if chip in self.movable else site, chip].append(site)
        return found

    @cached_property
    def expanded(self) -> Mapping[tuple[str, int], float]:
        """Return the power ordered [MW], keyed by site and period."""
        found: dict[tuple[str, int], float] = defaultdict(float)
        for row in self.plan.expansions:
            site, t = self.scenario.sites.get(row.site), self.index.get(row.period)
            if site is not None and site.expansion is not None and t is not None:
                found[row.site, t] += row.mw
        return found

    def ordered(self, site: str) -> Quantity:
        """Return all power ordered for a site."""
        ordered = sum(mw for (name, _), mw in self.expanded.items() if name == site)
        return ureg.Quantity(ordered, "MW")

    def power_of(self, site: str, t: int) -> Quantity:
        """Return a site's power in a period, with expansions in service.

        At least what stands counts for the power that is given, if grandfathered.
        """
        spec = self.scenario.sites[site]
        given = spec.power.level(self.scenario.periods[t])
        if self.scenario.grandfathered:
            stands = self.standing(site, t)
            given = stands if given is None else max(given, stands)
        terms = [] if given is None else [(given, 1.0)]
        one = ureg.Quantity(1.0, "MW")
        for (name, ordered), mw in self.expanded.items():
            offer = spec.expansion
            if name != site or offer is None:
                continue
            first = self.first_after(ordered, offer.lead_months)
            if first is not None and first <= t:
                since = self.scenario.periods[first]
                if self.age(t, since) < offer.lifetime_months:
                    terms.append((one, mw))
        return total(terms, "MW")

    @cached_property
    def unprovisioned(self) -> list[Quantity]:
        """Return the power that sites have and nothing provisions, each period."""
        none = ureg.Quantity(0.0, "MW")
        found = []
        for t in range(len(self.scenario.periods)):
            left = [
                max(self.power_of(name, t) - self.provisioned[name, t], none)
                for name in self.scenario.sites
            ]
            found.append(total([(quantity, 1.0) for quantity in left], "MW"))
        return found

    def standing(self, site: str, t: int) -> Quantity:
        """Return what the starting fleet of a site provisions until its end of life."""
        kept = []
        for entry in self.scenario.spec.fleet:
            life = self.scenario.accelerators[entry.accelerator].lifetime_months
            young = life is None or self.age(t, entry.installed) < life
            if entry.site == site and young:
                kept.append((self.provision[site][entry.accelerator], entry.count))
        return total(kept, "MW")

    def first_after(self, t: int, months: float) -> int | None:
        """Return the first period that starts so many months after another's start."""
        since = self.scenario.periods[t]
        later = range(t, len(self.scenario.periods))
        return next((u for u in later if self.age(u, since) >= months), None)
