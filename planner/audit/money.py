"""Energy, cash and present values, from rows and specs alone."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from planner.audit.estate import FLEET, Estate
from planner.audit.tally import ONE_MILLIONTH, total
from planner.periods import Span
from planner.plan.rows import Parts
from planner.specs.demand import unit_value, value_steps
from planner.specs.series import Series
from planner.specs.value import ValueStep
from planner.specs.workload import Workload
from planner.units import Quantity, magnitude, ureg


@dataclass(frozen=True)
class Books(Estate):
    """A plan beside its scenario, and what it spends, burns and earns."""

    @cached_property
    def price(self) -> dict[tuple[str, int], Quantity]:
        """Return system plus network price, keyed by accelerator and period."""
        found = {}
        for name, accelerator in self.scenario.accelerators.items():
            for t, period in enumerate(self.scenario.periods):
                level = accelerator.price.level(period)
                if level is not None:
                    found[name, t] = level.to("USD")
        return found

    @cached_property
    def dearest(self) -> Quantity:
        """Return the highest price of an accelerator; 1 USD where none is known."""
        return max(self.price.values(), default=ureg.Quantity(1.0, "USD"))

    @cached_property
    def hungriest(self) -> Quantity:
        """Return the most energy that one accelerator takes in one period."""
        scenario = self.scenario
        draw = max(a.power.nameplate for a in scenario.accelerators.values())
        pue = max((site.pue for site in scenario.spec.sites), default=1.0)
        longest = max(self.hours(t) for t in self._times)
        return total([(draw * longest, pue)], "MWh")

    @property
    def _times(self) -> range:
        return range(len(self.scenario.periods))

    @cached_property
    def purchases(self) -> list[Quantity]:
        """Return what the deliveries of each period cost."""
        terms = self._terms()
        for (chip, t), count in self.delivered.items():
            if (chip, t) in self.price:
                terms[t].append((self.price[chip, t], count))
        return [total(term, "USD") for term in terms]

    @cached_property
    def expansion(self) -> list[Quantity]:
        """Return what the power ordered in each period costs."""
        terms, one = self._terms(), ureg.Quantity(1.0, "MW")
        for (name, t), mw in self.expanded.items():
            price = self._price_of_power(name, t)
            if price is not None:
                terms[t].append((price * one, mw))
        return [total(term, "USD") for term in terms]

    def _price_of_power(self, site: str, t: int) -> Quantity | None:
        """Return what a unit of a site's facility power costs in a period."""
        spec = self.scenario.sites[site]
        period = self.scenario.periods[t]
        return spec.expansion.price(period, spec.pue) if spec.expansion else None

    @cached_property
    def capex(self) -> list[Quantity]:
        """Return purchases and expansions of each period."""
        both = zip(self.purchases, self.expansion, strict=True)
        return [total([(bought, 1.0), (built, 1.0)], "USD") for bought, built in both]

    def capital(self) -> Iterator[tuple[Span, Quantity, Quantity]]:
        """Yield each span of the capital budget, what is spent, and its limit.

        With ``carry_over`` both count the spans before it, too.
        """
        budgets = self.scenario.spec.budgets
        spans = budgets.capex.amounts(self.scenario.periods) if budgets.capex else ()
        spent: list[tuple[Quantity, float]] = []
        limit: list[tuple[Quantity, float]] = []
        for span, amount in spans:
            if not budgets.carry_over:
                spent, limit = [], []
            spent += [(self.capex[t], 1.0) for t in self.starting_in(span)]
            limit.append((amount, 1.0))
            yield span, total(spent, "USD"), total(limit, "USD")

    def within(self, table: list[Quantity], span: Span, unit: str) -> Quantity:
        """Return the sum over a span of what a table holds for each period."""
        return total([(table[t], 1.0) for t in self.starting_in(span)], unit)

    @cached_property
    def transfers(self) -> list[Quantity]:
        """Return what the moves of each period cost."""
        terms, offer = self._terms(), self.scenario.spec.transfers
        for (_, _, _, t), count in self.moved.items() if offer else ():
            if offer is not None:
                terms[t].append((offer.cost, count))
        return [total(term, "USD") for term in terms]

    @cached_property
    def maintenance(self) -> list[Quantity]:
        """Return the maintenance of everything in service, each period."""
        terms = self._terms()
        for (_, chip, t), count in self.installed.items():
            rate = self.scenario.accelerators[chip].price.maintenance
            if rate is not None and (chip, t) in self.price:
                share = magnitude(rate, "1/month") * self.scenario.periods[t].months
                terms[t].append((self.price[chip, t], share * count))
        return [total(term, "USD") for term in terms]

    @cached_property
    def leases(self) -> list[Quantity]:
        """Return the price of the hours that are leased, each period."""
        terms = self._terms()
        for (place, t), row in self.leased.items():
            offer = self.scenario.offers[place]
            price = self.scenario.rent(offer, self.scenario.periods[t])
            if price is not None:
                terms[t].append((price * ureg.Quantity(1.0, "h"), row.hours))
        return [total(term, "USD") for term in terms]

    @cached_property
    def energy(self) -> dict[tuple[str, int], Quantity]:
        """Return the energy at the meter, keyed by site and period."""
        drawn: dict[tuple[str, int], list[tuple[Quantity, float]]] = defaultdict(list)
        for place in sorted({*self.installed, *self.assigned.busy}):
            site, chip, t = place
            idle, extra = self.power[chip]
            drawn[site, t] += [
                (idle, self.installed.get(place, 0.0)),
                (extra, self.assigned.busy.get(place, 0.0)),
            ]
        return {
            (site, t): total(draws, "MW")
            * self.hours(t)
            * self.scenario.sites[site].pue
            for (site, t), draws in drawn.items()
        }

    @cached_property
    def power(self) -> dict[str, tuple[Quantity, Quantity]]:
        """Return an accelerator's idle draw and what load adds to it."""
        powers = {name: a.power for name, a in self.scenario.accelerators.items()}
        return {
            name: (power.without_load, power.under_load - power.without_load)
            for name, power in powers.items()
        }

    @cached_property
    def energy_all(self) -> list[Quantity]:
        """Return the energy of all sites, each period."""
        terms = self._terms()
        for (_, t), energy in self.energy.items():
            terms[t].append((energy, 1.0))
        return [total(term, "MWh") for term in terms]

    @cached_property
    def energy_cost(self) -> list[Quantity]:
        """Return what the energy of all sites costs, each period."""
        sites = self.scenario.sites
        return self._burnt({name: s.electricity for name, s in sites.items()}, "USD")

    @cached_property
    def opex(self) -> list[Quantity]:
        """Return all cash that is not capex, each period."""
        parts = self.energy_cost, self.maintenance, self.leases, self.transfers
        every = zip(*parts, strict=True)
        return [total([(cash, 1.0) for cash in each], "USD") for each in every]

    @cached_property
    def carbon(self) -> list[Quantity]:
        """Return the emissions of all sites, each period."""
        sites = self.scenario.sites
        return self._burnt({name: s.carbon for name, s in sites.items()}, "t")

    @cached_property
    def dirtiest(self) -> Quantity:
        """Return the most that one accelerator emits in one period."""
        levels = [
            level
            for site in self.scenario.spec.sites
            for period in self.scenario.periods
            if (level := site.carbon.level(period)) is not None
        ]
        most = max(levels, default=ureg.Quantity(0.0, "kg/kWh"))
        return total([(self.hungriest * most, 1.0)], "t")

    def _burnt(self, levels: Mapping[str, Series], unit: str) -> list[Quantity]:
        """Return energy times a level of each site, each period."""
        terms = self._terms()
        for (site, t), energy in self.energy.items():
            level = levels[site].level(self.scenario.periods[t])
            if level is not None:
                terms[t].append((energy * level, 1.0))
        return [total(term, unit) for term in terms]

    def _terms(self) -> list[list[tuple[Quantity, float]]]:
        return [[] for _ in self._times]

    def discount(self, months: float) -> float:
        """Return the present value of 1 paid so many months from the start."""
        growth = self.scenario.spec.discount_rate
        if growth is None:
            return 1.0
        return float((1 + growth.rate) ** (-months / growth.months))

    def _start(self, t: int) -> int:
        periods = self.scenario.periods
        return periods[t].first_month - periods[0].first_month

    def _end(self, t: int) -> int:
        return self._start(t) + self.scenario.periods[t].months

    def _middle(self, t: int) -> float:
        return self._start(t) + self.scenario.periods[t].months / 2

    def _residual(self) -> Quantity:
        """Return what the purchases are worth at the horizon's end, present $."""
        end = self._end(len(self.scenario.periods) - 1)
        terms = list(self._buildings(end))
        if self.scenario.spec.early_retirement:
            one = ureg.Quantity(1.0, "USD")
            for row in self.plan.residuals:
                worth = -row.lost_usd if row.standing else row.residual_usd
                terms.append((one, worth))
            return total(terms, "USD")
        for (chip, t), count in self.delivered.items():
            if count:
                terms.append((self._left(chip, t), count))
        return total(terms, "USD")

    def _left(self, chip: str, t: int | None, age: int = 0) -> Quantity:
        """Return what one accelerator is worth at the horizon's end, present $.

        Args:
            chip: Its type.
            t: Period of its delivery; None: of the starting fleet.
            age: Months since its installation, where it was delivered in no period.
        """
        last = len(self.scenario.periods) - 1
        end = self._end(last)
        months = self.scenario.accelerators[chip].lifetime_months
        prices = [self.price.get((chip, u)) for u in (last, last if t is None else t)]
        known = [price for price in prices if price is not None]
        if months is None or len(known) < len(prices):
            return ureg.Quantity(0.0, "USD")
        old = age if t is None else end - self._start(t)
        share = max(0.0, 1 - old / months) * self.discount(end)
        return total([(min(known), share)], "USD")

    @cached_property
    def cohorts(self) -> dict[tuple[str, str, str, bool], tuple[float, Quantity]]:
        """Return what was installed together and is worth something at the end.

        Keyed by site (``fleet`` for what can be moved), accelerator, when, and
        whether it is of the starting fleet; empty without early retirement.

        Returns:
            How many there are, and what one of them is worth, present $.
        """
        found: dict[tuple[str, str, str, bool], tuple[float, Quantity]] = {}
        if not self.scenario.spec.early_retirement:
            return found
        last = self.scenario.periods[-1]
        parts = [
            (
                (e.site, e.accelerator, e.installed.label, True),
                e.count,
                self._left(
                    e.accelerator, None, last.end_month - e.installed.first_month
                ),
            )
            for e in self.scenario.spec.fleet
        ]
        parts += [
            ((s, a, self.scenario.periods[t].label, False), n, self._left(a, t))
            for (s, a, t), n in self.added.items()
        ]
        for (site, chip, when, standing), count, value in parts:
            key = (FLEET if chip in self.movable else site, chip, when, standing)
            before = found.get(key, (0.0, value))[0]
            if value.magnitude > 0 and before + count > ONE_MILLIONTH:
                found[key] = before + count, value
        return found

    def _buildings(self, end: int) -> Iterator[tuple[Quantity, float]]:
        """Yield what each order of power is worth at the horizon's end."""
        last, one = len(self.scenario.periods) - 1, ureg.Quantity(1.0, "MW")
        for (name, t), mw in self.expanded.items():
            offer = self.scenario.sites[name].expansion
            now, then = (self._price_of_power(name, u) for u in (t, last))
            if offer is None or now is None or then is None:
                continue
            first = self.first_after(t, offer.lead_months)
            if first is not None:
                age = end - self._start(first)
                left = max(0.0, 1 - age / offer.lifetime_months)
                yield min(now, then) * one, mw * left * self.discount(end)

    def served_value(self) -> Quantity:
        """Return the present value of all that is served."""
        steps = {name: self._steps(s) for name, s in self.services.items()}
        terms: dict[str, list[tuple[Quantity, float]]] = {name: [] for name in steps}
        for cell, share in self.served.items():
            name, t, block = cell
            seconds = magnitude(self.hours(t, block), "s")
            volume = magnitude(self.demand[cell], self.unit[name]) * seconds
            present = volume * self.discount(self._middle(t))
            terms[name] += [(q, x * present) for q, x in filled(steps[name], share)]
        earned: list[tuple[Quantity, float]] = []
        for name, values in terms.items():
            unit = self.unit[name].removesuffix("/s")
            one = ureg.Quantity(1.0, unit)
            earned.append((total(values, f"USD/{unit}") * one, 1.0))
        return total(earned, "USD")

    def run_value(self, name: str) -> Quantity:
        """Return the present value of what is done of a run."""
        window = self.windows[name]
        if not window:
            return ureg.Quantity(0.0, "USD")
        present = self.discount(self._end(window[-1]))
        worth = filled(self._steps(self.runs[name]), self.completed[name])
        return total([(value, share * present) for value, share in worth], "USD")

    def _steps(self, workload: Workload) -> list[tuple[float, Quantity]]:
        """Return the upper share of every step, and the value of one unit in it."""
        steps: tuple[ValueStep, ...] = value_steps(self.scenario, workload)
        return [(step.up_to, unit_value(workload, step.value)) for step in steps]

    @cached_property
    def parts(self) -> Parts:
        """Return the present $ that add up to the objective (formats §6)."""
        usd = Parts(
            served_value=magnitude(self.served_value(), "USD"),
            run_value=sum(magnitude(self.run_value(r), "USD") for r in self.runs),
            energy=self._present(self.energy_cost, self._middle),
            maintenance=self._present(self.maintenance, self._middle),
            purchases=self._present(self.purchases, self._start),
            expansion=self._present(self.expansion, self._start),
            leases=self._present(self.leases, self._middle),
            residual=-magnitude(self._residual(), "USD"),
            transfers=self._present(self.transfers, self._start),
        )
        if self.scenario.spec.objective != "maximize_value":
            return usd
        return replace(
            usd,
            energy=-usd.energy,
            maintenance=-usd.maintenance,
            leases=-usd.leases,
            purchases=-usd.purchases,
            expansion=-usd.expansion,
            residual=-usd.residual,
            transfers=-usd.transfers,
        )

    def _present(self, cash: list[Quantity], when: Callable[[int], float]) -> float:
        return sum(
            magnitude(paid, "USD") * self.discount(when(t))
            for t, paid in enumerate(cash)
        )


def filled(
    steps: list[tuple[float, Quantity]], share: float
) -> list[tuple[Quantity, float]]:
    """Return the value of each step, and how much of a share lies in it.

    Args:
        steps: Upper share and value of one unit of work, in order.
        share: What is served or completed; above the last step it earns nothing.
    """
    found, reached = [], 0.0
    for up_to, value in steps:
        found.append((value, max(0.0, min(share, up_to) - reached)))
        reached = up_to
    return found
