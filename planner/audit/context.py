"""What a plan's rows add up to, and what its scenario says: the checks' ground."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.audit.sums import Assigned, Cell, Leased, Place
from planner.audit.tally import total
from planner.performance.h100 import h100_rates
from planner.performance.pairing import Rate, Rates
from planner.periods import Span, months_between
from planner.plan.plan import Plan
from planner.plan.rows import AllocationRow
from planner.specs.demand import demand_unit, mean_demand, profile_of
from planner.specs.scenario import Scenario
from planner.specs.workload import Service, TrainingRun
from planner.units import Quantity, ureg


@dataclass(frozen=True)
class Context:
    """A plan beside its scenario.

    Rows that name what the scenario does not have are left out of every sum;
    the check ``names`` counts them.

    Attributes:
        scenario: What was planned.
        plan: One with rows.
        rates: Work per accelerator-second, keyed by workload and accelerator.
    """

    scenario: Scenario
    plan: Plan
    rates: Rates

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Return the number of each period, counted from 0, by its label."""
        return {span.label: t for t, span in enumerate(self.scenario.periods)}

    @cached_property
    def one(self) -> Quantity:
        """Return one accelerator."""
        return ureg.Quantity(1.0, "accelerator")

    @cached_property
    def runs(self) -> Mapping[str, TrainingRun]:
        """Return the training runs by name."""
        return {
            name: workload
            for name, workload in self.scenario.workloads.items()
            if isinstance(workload, TrainingRun)
        }

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """Return the services by name."""
        return {
            name: workload
            for name, workload in self.scenario.workloads.items()
            if not isinstance(workload, TrainingRun)
        }

    @cached_property
    def _stock(self) -> tuple[dict[Place, float], ...]:
        """Return what is installed, added and retired at each place."""
        tables: tuple[dict[Place, float], ...] = ({}, {}, {})
        known = self.scenario
        for row in self.plan.fleet:
            t = self.index.get(row.period)
            if (
                t is None
                or row.site not in known.sites
                or row.accelerator not in known.accelerators
            ):
                continue
            place = row.site, row.accelerator, t
            counts = row.installed, row.added, row.retired
            for table, count in zip(tables, counts, strict=True):
                table[place] = table.get(place, 0.0) + count
        return tables

    @property
    def installed(self) -> Mapping[Place, float]:
        """Return the accelerators in service."""
        return self._stock[0]

    @property
    def added(self) -> Mapping[Place, float]:
        """Return the deliveries [accelerators]."""
        return self._stock[1]

    @property
    def retired(self) -> Mapping[Place, float]:
        """Return the accelerators taken out of service."""
        return self._stock[2]

    @cached_property
    def leased(self) -> Mapping[tuple[str, int], Leased]:
        """Return the lease rows, keyed by the place of the offer and period."""
        offers = {offer.name: place for place, offer in self.scenario.offers.items()}
        found = {
            (place, t): Leased(0.0, 0.0, 0.0)
            for place in self.scenario.offers
            for t in range(len(self.scenario.periods))
        }
        for row in self.plan.leases:
            key = offers.get(row.offer, ""), self.index.get(row.period, -1)
            if key in found:
                before = found[key]
                found[key] = Leased(
                    before.count + row.count,
                    before.signed + row.signed,
                    before.hours + row.hours,
                )
        return found

    def rented(self, place: str, t: int, block: str) -> float:
        """Return the accelerators at work at the place of an offer."""
        chip = self.scenario.offers[place].accelerator
        return self.assigned.by_place.get((place, chip, t, block), 0.0)

    @cached_property
    def start(self) -> Mapping[tuple[str, str], float]:
        """Return the starting fleet, keyed by site and accelerator."""
        found: dict[tuple[str, str], float] = defaultdict(float)
        for entry in self.scenario.spec.fleet:
            found[entry.site, entry.accelerator] += entry.count
        return found

    @cached_property
    def assigned(self) -> Assigned:
        """Return the allocation rows, added up."""
        found = Assigned()
        blocks = self.scenario.blocks
        hours = [float(span.hours) for span in self.scenario.periods]
        for row in self.allocation:
            t, count = self.index[row.period], row.count
            site, chip, work = row.site, row.accelerator, row.workload
            mean = count * blocks[row.block]
            found.by_place[site, chip, t, row.block] += count
            found.by_cell[work, t, row.block][chip] += count
            if site in self.scenario.sites:
                found.busy[site, chip, t] += mean * self.use[work]
            found.hours[work, site, chip, t] += mean * hours[t]
            found.by_kind[self.kinds[work], chip, t] += mean
            pair = work, site, chip
            found.by_pair[pair] = max(count, found.by_pair.get(pair, 0.0))
        return found

    @cached_property
    def allocation(self) -> tuple[AllocationRow, ...]:
        """Return the allocation rows that name what the scenario has."""
        return tuple(self._known_allocation())

    def _known_allocation(self) -> Iterator[AllocationRow]:
        known = self.scenario
        places, chips, works = known.places, known.accelerators, known.workloads
        for row in self.plan.allocation:
            if (
                row.site in places
                and row.accelerator in chips
                and row.workload in works
                and row.period in self.index
                and row.block in known.blocks
            ):
                yield row

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Return the kind of each workload."""
        return {name: w.kind for name, w in self.scenario.workloads.items()}

    @cached_property
    def use(self) -> Mapping[str, float]:
        """Return the share of an assigned accelerator's time under load.

        Peak and headroom of a service are provisioned, not burnt.
        """
        services = {name: 1 / s.capacity_factor for name, s in self.services.items()}
        return services | dict.fromkeys(self.runs, 1.0)

    @cached_property
    def rate(self) -> Mapping[tuple[str, str], Quantity]:
        """Return the work of one accelerator, keyed by workload and accelerator.

        In the unit of the workload's demand (a run's: token/s); rejected pairs
        are absent.
        """
        return {
            key: ureg.Quantity(rate.per_accelerator, rate.unit).to(self.unit[key[0]])
            for key, rate in self.rates.items()
            if isinstance(rate, Rate)
        }

    @cached_property
    def h100_rate(self) -> Mapping[str, Quantity]:
        """Return the work of one H100, keyed by workload; absent where not known."""
        return {
            name: ureg.Quantity(number, self.unit[name])
            for name, number in h100_rates(self.scenario, self.rates).items()
        }

    @cached_property
    def unit(self) -> Mapping[str, str]:
        """Return the unit of each workload's work per second."""
        services = {n: demand_unit(s) for n, s in self.services.items()}
        return services | dict.fromkeys(self.runs, "token/s")

    def working(self, cell: Cell) -> Quantity:
        """Return what the accelerators assigned in a cell can do together."""
        workload, rate = cell[0], self.rate
        used = self.assigned.by_cell.get(cell, {}).items()
        able = [(rate[workload, a], n) for a, n in used if (workload, a) in rate]
        return total(able, self.unit[workload])

    @cached_property
    def at_home(self) -> Mapping[tuple[str, str | None, int, str], dict[str, float]]:
        """Return counts by accelerator, keyed by workload, region, period, block."""
        found: dict[tuple[str, str | None, int, str], dict[str, float]] = {}
        for row in self.allocation:
            region, t = self.scenario.region_of(row.site), self.index[row.period]
            counts = found.setdefault((row.workload, region, t, row.block), {})
            before = counts.get(row.accelerator, 0.0)
            counts[row.accelerator] = before + row.count
        return found

    def working_in(self, region: str, cell: Cell) -> Quantity:
        """Return what the accelerators assigned in a cell can do in a region."""
        workload, t, block = cell
        used = self.at_home.get((workload, region, t, block), {}).items()
        able = [(rate, n) for a, n in used if (rate := self.rate.get((workload, a)))]
        return total(able, self.unit[workload])

    @cached_property
    def fastest(self) -> Mapping[str, Quantity]:
        """Return the work of the best accelerator for each workload."""
        found = {name: ureg.Quantity(0.0, unit) for name, unit in self.unit.items()}
        for (name, _), rate in self.rate.items():
            found[name] = max(found[name], rate)
        return found

    @cached_property
    def demand(self) -> Mapping[Cell, Quantity]:
        """Return the demand of each service, period and block that has any."""
        found: dict[Cell, Quantity] = {}
        for name, service in self.services.items():
            profile = {
                block: profile_of(self.scenario, service, block)
                for block in self.scenario.blocks
            }
            for t, period in enumerate(self.scenario.periods):
                mean = mean_demand(self.scenario, service, period)
                for block, factor in profile.items():
                    wanted = mean.magnitude * factor
                    if wanted > 0:
                        found[name, t, block] = ureg.Quantity(wanted, mean.units)
        return found

    @cached_property
    def served(self) -> Mapping[Cell, float]:
        """Return the share of the demand that is served; 0 without a row."""
        stated = {
            (row.workload, self.index.get(row.period), row.block): row.served_fraction
            for row in self.plan.services
        }
        return {cell: stated.get(cell) or 0.0 for cell in self.demand}

    @cached_property
    def completed(self) -> Mapping[str, float]:
        """Return the share of each run that is done; 0 without a row."""
        stated = {row.workload: row.completed_fraction for row in self.plan.runs}
        return {name: stated.get(name, 0.0) for name in self.runs}

    @cached_property
    def windows(self) -> Mapping[str, tuple[int, ...]]:
        """Return the periods of each run, start and deadline included."""
        periods = self.scenario.periods
        return {
            name: tuple(
                t
                for t, period in enumerate(periods)
                if period.first_month >= (run.start or periods[0]).first_month
                and period.end_month <= (run.deadline or periods[-1]).end_month
            )
            for name, run in self.runs.items()
        }

    def hours(self, t: int, block: str | None = None) -> Quantity:
        """Return the length of a period, or of its part in one block."""
        return self._hours[t, block]

    @cached_property
    def _hours(self) -> Mapping[tuple[int, str | None], Quantity]:
        shares: dict[str | None, float] = {None: 1.0}
        shares.update(self.scenario.blocks)
        return {
            (t, block): ureg.Quantity(period.hours * share, "h")
            for t, period in enumerate(self.scenario.periods)
            for block, share in shares.items()
        }

    @cached_property
    def provision(self) -> Mapping[str, Mapping[str, Quantity]]:
        """Return the facility power of one accelerator, by site and accelerator."""
        return {
            name: {
                chip: (a.power.nameplate * (site.provisioning * site.pue)).to("MW")
                for chip, a in self.scenario.accelerators.items()
            }
            for name, site in self.scenario.sites.items()
        }

    @cached_property
    def provisioned(self) -> Mapping[tuple[str, int], Quantity]:
        """Return the facility power provisioned, keyed by site and period."""
        stands: dict[tuple[str, int], list[tuple[Quantity, float]]] = {}
        for (site, chip, t), count in self.installed.items():
            each = self.provision[site][chip]
            stands.setdefault((site, t), []).append((each, count))
        return {
            (site, t): total(stands.get((site, t), ()), "MW")
            for site in self.scenario.sites
            for t in range(len(self.scenario.periods))
        }

    @cached_property
    def provisioned_everywhere(self) -> list[Quantity]:
        """Return the facility power of all sites, each period."""
        return [
            total([(self.provisioned[s, t], 1.0) for s in self.scenario.sites], "MW")
            for t in range(len(self.scenario.periods))
        ]

    @cached_property
    def delivered(self) -> Mapping[tuple[str, int], float]:
        """Return the deliveries to all sites, keyed by accelerator and period."""
        found: dict[tuple[str, int], float] = defaultdict(float)
        for (_, chip, t), count in self.added.items():
            found[chip, t] += count
        return found

    @cached_property
    def largest(self) -> Quantity:
        """Return the facility power of the largest accelerator."""
        none = ureg.Quantity(0.0, "MW")
        return max((max(x.values()) for x in self.provision.values()), default=none)

    def starting_in(self, span: Span) -> list[int]:
        """Return the periods that start inside a span, counted from 0."""
        return [
            t
            for t, period in enumerate(self.scenario.periods)
            if span.first_month <= period.first_month < span.end_month
        ]

    def age(self, t: int, installed: Span) -> int:
        """Return the months from an installation to a period's start."""
        return months_between(installed, self.scenario.periods[t])
