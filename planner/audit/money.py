"""Energy, cash and present values, from rows and specs alone."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import pint

from planner.audit.context import Context, Place
from planner.plan.rows import Parts
from planner.specs.demand import unit_value, value_steps
from planner.specs.value import ValueStep
from planner.specs.workload import Workload
from planner.units import Quantity, magnitude, ureg

USD = ureg.Unit("USD")
MWH = ureg.Unit("MWh")


@dataclass(frozen=True)
class Books(Context):
    """A plan beside its scenario, and what it spends, burns and earns."""

    @cached_property
    def price(self) -> dict[tuple[str, int], Quantity]:
        """Return system plus network price, keyed by accelerator and period."""
        found = {}
        for name, accelerator in self.scenario.accelerators.items():
            for t, period in enumerate(self.scenario.periods):
                level = accelerator.price.level(period)
                if level is not None:
                    found[name, t] = level.to(USD)
        return found

    @cached_property
    def dearest(self) -> Quantity:
        """Return the highest price of an accelerator; 1 USD where none is known."""
        return max(self.price.values(), default=ureg.Quantity(1.0, USD))

    @cached_property
    def hungriest(self) -> Quantity:
        """Return the most energy that one accelerator takes in one period."""
        scenario = self.scenario
        draw = max(a.power.nameplate for a in scenario.accelerators.values())
        pue = max(site.pue for site in scenario.spec.sites)
        return (draw * max(self.hours(t) for t in self._times) * pue).to(MWH)

    @property
    def _times(self) -> range:
        return range(len(self.scenario.periods))

    @cached_property
    def capex(self) -> list[Quantity]:
        """Return what the deliveries of each period cost."""
        totals = self._nothing(USD)
        for (_, chip, t), count in self.added.items():
            if count and (chip, t) in self.price:
                totals[t] = totals[t] + self.price[chip, t] * count
        return totals

    @cached_property
    def maintenance(self) -> list[Quantity]:
        """Return the maintenance of everything in service, each period."""
        counts: dict[tuple[str, int], float] = defaultdict(float)
        for (_, chip, t), count in self.installed.items():
            counts[chip, t] += count
        totals = self._nothing(USD)
        for (chip, t), count in counts.items():
            rate = self.scenario.accelerators[chip].price.maintenance
            if rate is not None and (chip, t) in self.price:
                months = ureg.Quantity(float(self.scenario.periods[t].months), "month")
                share = magnitude(rate * months, "")
                totals[t] = totals[t] + self.price[chip, t] * (share * count)
        return totals

    @cached_property
    def energy(self) -> dict[tuple[str, int], Quantity]:
        """Return the energy at the meter, keyed by site and period."""
        drawn: dict[tuple[str, int], Quantity] = {}
        none = ureg.Quantity(0.0, "MW")
        for place in sorted({*self.installed, *self.assigned.busy}):
            site, _, t = place
            drawn[site, t] = drawn.get((site, t), none) + self._draw(place)
        return {
            (site, t): (mean * self.hours(t) * self.scenario.sites[site].pue)
            for (site, t), mean in drawn.items()
        }

    def _draw(self, place: Place) -> Quantity:
        """Return the mean draw at the machines over a period."""
        idle, extra = self.power[place[1]]
        installed = self.installed.get(place, 0.0)
        busy = self.assigned.busy.get(place, 0.0)
        return idle * installed + extra * busy

    @cached_property
    def power(self) -> dict[str, tuple[Quantity, Quantity]]:
        """Return an accelerator's idle draw and what load adds to it."""
        return {
            name: (
                a.power.without_load.to("MW"),
                (a.power.under_load - a.power.without_load).to("MW"),
            )
            for name, a in self.scenario.accelerators.items()
        }

    @cached_property
    def energy_all(self) -> list[Quantity]:
        """Return the energy of all sites, each period."""
        totals = self._nothing(MWH)
        for (_, t), energy in self.energy.items():
            totals[t] = totals[t] + energy
        return totals

    @cached_property
    def energy_cost(self) -> list[Quantity]:
        """Return what the energy of all sites costs, each period."""
        totals = self._nothing(USD)
        for (site, t), energy in self.energy.items():
            price = self.scenario.sites[site].electricity
            level = price.level(self.scenario.periods[t])
            if level is not None:
                totals[t] = totals[t] + (energy * level).to(USD)
        return totals

    @cached_property
    def carbon(self) -> list[Quantity]:
        """Return the emissions of all sites, each period."""
        totals = self._nothing(ureg.Unit("t"))
        for (site, t), energy in self.energy.items():
            intensity = self.scenario.sites[site].carbon
            level = intensity.level(self.scenario.periods[t])
            if level is not None:
                totals[t] = totals[t] + (energy * level).to("t")
        return totals

    def _nothing(self, unit: pint.Unit) -> list[Quantity]:
        return [ureg.Quantity(0.0, unit) for _ in self._times]

    def discount(self, months: float) -> float:
        """Return the present value of 1 paid so many months from the start."""
        growth = self.scenario.spec.discount_rate
        if growth is None:
            return 1.0
        return float((1 + growth.rate) ** (-months / growth.months))

    def _start(self, t: int) -> int:
        periods = self.scenario.periods
        return periods[t].first_month - periods[0].first_month

    def _middle(self, t: int) -> float:
        return self._start(t) + self.scenario.periods[t].months / 2

    def _residual(self) -> Quantity:
        """Return what the purchases are worth at the horizon's end, present $."""
        total = ureg.Quantity(0.0, USD)
        last = len(self.scenario.periods) - 1
        end = self._start(last) + self.scenario.periods[last].months
        for (_, chip, t), count in self.added.items():
            months = self.scenario.accelerators[chip].lifetime_months
            if not count or months is None or (chip, t) not in self.price:
                continue
            left = max(0.0, 1 - (end - self._start(t)) / months)
            price = min(self.price[chip, t], self.price.get((chip, last), self.dearest))
            total = total + price * (count * left)
        return total * self.discount(end)

    def served_value(self) -> Quantity:
        """Return the present value of all that is served."""
        total = ureg.Quantity(0.0, USD)
        steps = {name: self._steps(s) for name, s in self.services.items()}
        for cell, share in self.served.items():
            name, t, block = cell
            if share and steps[name]:
                volume = self.demand[cell] * self.hours(t, block)
                earned = (volume * worth(steps[name], share)).to(USD)
                total = total + earned * self.discount(self._middle(t))
        return total

    def run_value(self, name: str) -> Quantity:
        """Return the present value of what is done of a run."""
        steps, share = self._steps(self.runs[name]), self.completed[name]
        window = self.windows[name]
        if not steps or not window:
            return ureg.Quantity(0.0, USD)
        end = self._start(window[-1]) + self.scenario.periods[window[-1]].months
        return worth(steps, share) * self.discount(end)

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
            purchases=self._present(self.capex, self._start),
            residual=-magnitude(self._residual(), "USD"),
        )
        if self.scenario.spec.objective == "minimize_cost":
            return usd
        return replace(
            usd,
            energy=-usd.energy,
            maintenance=-usd.maintenance,
            purchases=-usd.purchases,
            residual=-usd.residual,
        )

    def _present(
        self, cash: list[Quantity], when: Callable[[int], float]
    ) -> float:
        return sum(
            magnitude(paid, "USD") * self.discount(when(t))
            for t, paid in enumerate(cash)
        )


def worth(steps: list[tuple[float, Quantity]], share: float) -> Quantity:
    """Return the value of a share that fills the steps in order.

    Args:
        steps: Upper share and value of one unit of work, at least one step.
        share: What is served or completed; above the last step it earns nothing.
    """
    total, reached = steps[0][1] * 0.0, 0.0
    for up_to, value in steps:
        taken = min(share, up_to) - reached
        if taken <= 0:
            break
        total = total + value * taken
        reached = up_to
    return total
