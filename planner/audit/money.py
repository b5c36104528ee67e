"""Energy, cash and present values, from rows and specs alone."""

from dataclasses import dataclass, replace
from functools import cached_property

from planner.audit.context import Context, Place
from planner.plan.rows import Parts
from planner.specs.demand import unit_value, value_steps
from planner.specs.value import ValueStep
from planner.specs.workload import Workload
from planner.units import Quantity, magnitude, ureg

USD = ureg.Unit("USD")
MWH = ureg.Unit("MWh")
YEAR_MONTHS = 12


@dataclass(frozen=True)
class Books:
    """What a plan spends, burns and earns."""

    ctx: Context

    @cached_property
    def price(self) -> dict[tuple[str, int], Quantity]:
        """Return system plus network price, keyed by accelerator and period."""
        found = {}
        for name, accelerator in self.ctx.scenario.accelerators.items():
            for t, period in enumerate(self.ctx.scenario.periods):
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
        scenario = self.ctx.scenario
        draw = max(a.power.nameplate for a in scenario.accelerators.values())
        pue = max(site.pue for site in scenario.spec.sites)
        return (draw * max(self.ctx.hours(t) for t in self._times) * pue).to(MWH)

    @property
    def _times(self) -> range:
        return range(len(self.ctx.scenario.periods))

    def capex(self, t: int) -> Quantity:
        """Return what the deliveries of a period cost."""
        total = ureg.Quantity(0.0, USD)
        for (_, chip, when), count in self.ctx.added.items():
            if when == t and count and (chip, t) in self.price:
                total = total + self.price[chip, t] * count
        return total

    def maintenance(self, t: int) -> Quantity:
        """Return a period's maintenance of everything in service."""
        months = ureg.Quantity(float(self.ctx.scenario.periods[t].months), "month")
        counts: dict[str, float] = {}
        for (_, chip, when), count in self.ctx.installed.items():
            if when == t:
                counts[chip] = counts.get(chip, 0.0) + count
        total = ureg.Quantity(0.0, USD)
        for chip, count in counts.items():
            rate = self.ctx.scenario.accelerators[chip].price.maintenance
            if rate is not None and (chip, t) in self.price:
                share = magnitude(rate * months, "")
                total = total + self.price[chip, t] * (share * count)
        return total

    @cached_property
    def energy(self) -> dict[tuple[str, int], Quantity]:
        """Return the energy at the meter, keyed by site and period."""
        drawn: dict[tuple[str, int], Quantity] = {}
        none = ureg.Quantity(0.0, "MW")
        for place in sorted({*self.ctx.installed, *self.ctx.assigned.busy}):
            site, _, t = place
            drawn[site, t] = drawn.get((site, t), none) + self._draw(place)
        return {
            (site, t): (mean * self.ctx.hours(t) * self.ctx.scenario.sites[site].pue)
            for (site, t), mean in drawn.items()
        }

    def _draw(self, place: Place) -> Quantity:
        """Return the mean draw at the machines over a period."""
        idle, extra = self.power[place[1]]
        installed = self.ctx.installed.get(place, 0.0)
        busy = self.ctx.assigned.busy.get(place, 0.0)
        return idle * installed + extra * busy

    @cached_property
    def power(self) -> dict[str, tuple[Quantity, Quantity]]:
        """Return an accelerator's idle draw and what load adds to it."""
        return {
            name: (
                a.power.without_load.to("MW"),
                (a.power.under_load - a.power.without_load).to("MW"),
            )
            for name, a in self.ctx.scenario.accelerators.items()
        }

    def energy_of(self, t: int) -> Quantity:
        """Return the energy of all sites in a period."""
        parts = [q for (_, when), q in self.energy.items() if when == t]
        return sum(parts, start=ureg.Quantity(0.0, MWH))

    def energy_cost(self, t: int) -> Quantity:
        """Return what the energy of all sites costs in a period."""
        total = ureg.Quantity(0.0, USD)
        for (site, when), energy in self.energy.items():
            if when == t:
                total = total + (energy * self._level(site, t, "electricity")).to(USD)
        return total

    def carbon(self, t: int) -> Quantity:
        """Return the emissions of all sites in a period."""
        total = ureg.Quantity(0.0, "t")
        for (site, when), energy in self.energy.items():
            if when == t:
                total = total + (energy * self._level(site, t, "carbon")).to("t")
        return total

    def _level(self, site: str, t: int, name: str) -> Quantity:
        series = getattr(self.ctx.scenario.sites[site], name)
        level: Quantity | None = series.level(self.ctx.scenario.periods[t])
        unit = "USD/MWh" if name == "electricity" else "kg/kWh"
        return ureg.Quantity(0.0, unit) if level is None else level

    def discount(self, months: float) -> float:
        """Return the present value of 1 paid so many months from the start."""
        growth = self.ctx.scenario.spec.discount_rate
        if growth is None:
            return 1.0
        return float((1 + growth.rate) ** (-months / growth.months))

    def _start(self, t: int) -> int:
        periods = self.ctx.scenario.periods
        return periods[t].first_month - periods[0].first_month

    def _middle(self, t: int) -> float:
        return self._start(t) + self.ctx.scenario.periods[t].months / 2

    def _residual(self) -> Quantity:
        """Return what the purchases are worth at the horizon's end, present $."""
        total = ureg.Quantity(0.0, USD)
        last = len(self.ctx.scenario.periods) - 1
        end = self._start(last) + self.ctx.scenario.periods[last].months
        for (_, chip, t), count in self.ctx.added.items():
            lifetime = self.ctx.scenario.accelerators[chip].lifetime
            if not count or lifetime is None or (chip, t) not in self.price:
                continue
            age = ureg.Quantity(float(end - self._start(t)), "month")
            left = max(0.0, 1 - magnitude(age / lifetime, ""))
            price = min(self.price[chip, t], self.price.get((chip, last), self.dearest))
            total = total + price * (count * left)
        return total * self.discount(end)

    def served_value(self) -> Quantity:
        """Return the present value of all that is served."""
        total = ureg.Quantity(0.0, USD)
        steps = {name: self._steps(s) for name, s in self.ctx.services.items()}
        for cell, share in self.ctx.served.items():
            name, t, block = cell
            if share and steps[name]:
                volume = self.ctx.demand[cell] * self.ctx.hours(t, block)
                earned = (volume * worth(steps[name], share)).to(USD)
                total = total + earned * self.discount(self._middle(t))
        return total

    def run_value(self, name: str) -> Quantity:
        """Return the present value of what is done of a run."""
        steps, share = self._steps(self.ctx.runs[name]), self.ctx.completed[name]
        window = self.ctx.windows[name]
        if not steps or not window:
            return ureg.Quantity(0.0, USD)
        end = self._start(window[-1]) + self.ctx.scenario.periods[window[-1]].months
        return worth(steps, share) * self.discount(end)

    def _steps(self, workload: Workload) -> list[tuple[float, Quantity]]:
        """Return the upper share of every step, and the value of one unit in it."""
        steps: tuple[ValueStep, ...] = value_steps(self.ctx.scenario, workload)
        return [(step.up_to, unit_value(workload, step.value)) for step in steps]

    @cached_property
    def parts(self) -> Parts:
        """Return the present $ that add up to the objective (formats §6)."""
        usd = Parts(
            served_value=magnitude(self.served_value(), "USD"),
            run_value=sum(magnitude(self.run_value(r), "USD") for r in self.ctx.runs),
            energy=self._present(self.energy_cost, self._middle),
            maintenance=self._present(self.maintenance, self._middle),
            purchases=self._present(self.capex, self._start),
            residual=-magnitude(self._residual(), "USD"),
        )
        if self.ctx.scenario.spec.objective == "minimize_cost":
            return usd
        return replace(
            usd,
            energy=-usd.energy,
            maintenance=-usd.maintenance,
            purchases=-usd.purchases,
            residual=-usd.residual,
        )

    def _present(self, cash, when) -> float:  # type: ignore[no-untyped-def]
        return sum(
            magnitude(cash(t), "USD") * self.discount(when(t)) for t in self._times
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
