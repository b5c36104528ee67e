"""The figures of a solution without its plan: sums over columns, in microseconds.

A sweep solves thousands of programs that share their columns, and a plan with all its
rows costs more than solving them. ``Readings`` gives the same metrics, to rounding.
"""

from collections.abc import Callable

import numpy as np

from planner.economics.money import USD_PER_MUSD
from planner.formulation.arrays import Floats, Ints
from planner.formulation.build import Program
from planner.formulation.objective import running_costs
from planner.formulation.rows import Pair, columns_and_values
from planner.plan.equivalents import equivalents
from planner.plan.money import FINISHED
from planner.specs.scenario import Scenario
from planner.units import magnitude

Figures = dict[str, float | None]
"""By name: the metrics, then ``fleet.NAME``, ``purchased.NAME``, ``completed.NAME``
and ``served.NAME``."""


class Readings:
    """Reads figures from the values of a program's columns.

    Attributes:
        capex: Columns, and the capex of one unit of each [nominal $].
        opex: The same of running costs [nominal $].
        energy: The same of the sites' energy [MWh].
        carbon: The same of emissions [t].
        power: Period of each installed column, and facility power of one unit [MW].
        served: The same of the share served by hours, keyed by V.
    """

    def __init__(
        self, scenario: Scenario, program: Program, h100_flop_s: float | None
    ) -> None:
        """Prepare the sums of a program.

        Args:
            scenario: What is planned.
            program: Its program.
            h100_flop_s: Peak bf16 of an H100 [FLOP/s], for equivalents.
        """
        self._scenario, self._program = scenario, program
        self._h100_flop_s = h100_flop_s
        spent = running_costs(program.c, program.v)
        self.opex = spent.column, spent.musd * USD_PER_MUSD
        self.capex = _capital(program)
        self.energy, self.carbon = _burnt(scenario, program)
        self.power = program.v.installed.terms.t, _facility(program)
        self._fleet = _by_accelerator(program)
        self._bought = _bought(program)
        self.served = _served(program)

    def read(self, values: Floats) -> Figures:
        """Return the figures of a solution, in the units of their names.

        Args:
            values: Keyed by column of the program.
        """
        total = _sum_of(values)
        fleet = {a: total(terms) for a, terms in self._fleet.items()}
        served = {w: total(terms) for w, terms in self.served.items()}
        done = self._completed(values)
        maximize = self._scenario.spec.objective == "maximize_value"
        value_usd = self._value_usd(values)
        figures: Figures = {
            "profit_usd": value_usd if maximize else None,
            "cost_usd": None if maximize else value_usd,
            "capex_usd": total(self.capex),
            "opex_usd": total(self.opex),
            "peak_power_mw": self._peak_mw(values),
            "energy_mwh": total(self.energy),
            "co2e_t": total(self.carbon),
            "accelerators": sum(fleet.values()),
            "h100_equivalents": equivalents(self._scenario, fleet, self._h100_flop_s),
            "unserved_fraction": 1 - sum(served.values()) / len(served)
            if served
            else 0.0,
            "unfinished_runs": float(sum(x < FINISHED for x in done.values())),
        }
        figures |= {f"fleet.{a}": x for a, x in fleet.items()}
        figures |= {f"purchased.{a}": total(x) for a, x in self._bought.items()}
        figures |= {f"completed.{run}": x for run, x in done.items()}
        return figures | {f"served.{w}": x for w, x in served.items()}

    def _value_usd(self, values: Floats) -> float:
        """Return profit, or cost [present $]."""
        program = self._program
        cost = float(program.arrays.cost @ values) / program.cost_factor
        usd = (cost + program.c.leaving.sunk_musd) * USD_PER_MUSD
        return -usd if self._scenario.spec.objective == "maximize_value" else usd

    def _peak_mw(self, values: Floats) -> float:
        period, mw = self.power
        family = self._program.v.installed
        used = mw * values[family.first : family.first + family.count]
        return float(np.bincount(period, used, minlength=1).max())

    def _completed(self, values: Floats) -> dict[str, float]:
        found = dict.fromkeys(self._program.c.work.runs, 0.0)
        for (run, _), column in self._program.v.completed.columns.items():
            found[run] += float(values[column])
        return found


Terms = tuple[Ints, Floats]
"""Columns, and what one unit of each counts for."""


def _sum_of(values: Floats) -> Callable[[Terms], float]:
    """Return what sums terms over the values of columns."""
    return lambda terms: float(values[terms[0]] @ terms[1])


def _capital(program: Program) -> Terms:
    """Return what purchases and expansions cost [nominal $]."""
    c, v = program.c, program.v
    bought = [
        (x, c.price_musd[a, t] * c.added_unit[a] * USD_PER_MUSD)
        for (a, _, t), x in v.added.columns.items()
    ]
    ordered = [
        (x, c.expansions.orders[key].cost_musd * USD_PER_MUSD)
        for key, x in v.expanded.columns.items()
    ]
    return columns_and_values(bought + ordered)


def _facility(program: Program) -> Floats:
    """Return the facility power of one unit of each installed column [MW]."""
    c, k = program.c, program.v.installed.terms
    facility_mw = program.v.sets.table("as", c.facility_mw) * c.scale
    return np.asarray(facility_mw[k.a, k.s])


def _burnt(scenario: Scenario, program: Program) -> tuple[Terms, Terms]:
    """Return the energy [MWh] and the emissions [t] of the scenario's own sites."""
    c, v, table = program.c, program.v, program.v.sets.table
    power = {name: a.power for name, a in scenario.accelerators.items()}
    idle_mw = {a: magnitude(p.without_load, "MW") for a, p in power.items()}
    busy_mw = {a: magnitude(p.under_load, "MW") - idle_mw[a] for a, p in power.items()}
    idle, busy = table("a", idle_mw), table("a", busy_mw)
    pue = table("s", {site.name: site.pue for site in scenario.spec.sites})
    unit, use = table("wa", c.assigned_unit), table("w", c.work.use)
    share = table("b", c.clock.shares)
    hours = np.array(c.clock.hours)
    k, x = v.installed.terms, v.assigned.terms
    standing = pue[k.s] * hours[k.t] * idle[k.a] * c.scale
    own = x.s < v.sets.sites  # the energy of a lease is its host's
    working = pue[x.s] * hours[x.t] * share[x.b] * use[x.w] * busy[x.a] * unit[x.w, x.a]
    columns = np.append(k.place, x.place[own])
    energy = np.append(standing, working[own])
    sites, periods = np.append(k.s, x.s[own]), np.append(k.t, x.t[own])
    carbon = table("st", _carbon(scenario))[sites, periods]
    return (columns, energy), (columns, energy * carbon)


def _carbon(scenario: Scenario) -> dict[tuple[str, int], float]:
    """Return the carbon of energy [t/MWh], keyed by S x T."""
    return {
        (site.name, t): magnitude(level, "t/MWh")
        for site in scenario.spec.sites
        for t, period in enumerate(scenario.periods)
        if (level := site.carbon.level(period)) is not None
    }


def _by_accelerator(program: Program) -> dict[str, Terms]:
    """Return what is in service in the last period, keyed by A."""
    c, k = program.c, program.v.installed.terms
    found = {}
    for a, number in zip(c.availability, range(len(c.availability)), strict=True):
        columns = k.place[(k.a == number) & (k.t == c.clock.count - 1)]
        found[a] = columns, np.full(len(columns), c.scale)
    return found


def _bought(program: Program) -> dict[str, Terms]:
    """Return all deliveries, keyed by A."""
    c = program.c
    found: dict[str, list[Pair]] = {a: [] for a in c.availability}
    for (a, _, _), x in program.v.added.columns.items():
        found[a].append((x, c.added_unit[a]))
    return {a: columns_and_values(pairs) for a, pairs in found.items()}


def _served(program: Program) -> dict[str, Terms]:
    """Return the served share by hours with demand, keyed by V that has demand."""
    c = program.c
    hours = {
        w: {(t, b): c.clock.blocks[b] * c.clock.hours[t] for t, b in cells}
        for w, cells in c.work.live.items()
        if cells
    }
    found: dict[str, list[Pair]] = {w: [] for w in hours}
    for (w, t, b, _), x in program.v.served.columns.items():
        found[w].append((x, hours[w][t, b] / sum(hours[w].values())))
    return {w: columns_and_values(pairs) for w, pairs in found.items()}
