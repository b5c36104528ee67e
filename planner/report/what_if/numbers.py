"""Every number of a program on one line, and what each belongs to.

A slider moves some of them; which, and how, is found by comparing the lines of several
programs. So everything is on it that the reader's browser needs: the program, what
breaks its ties, what its figures are sums of, and the limits that charts show.
"""

from collections.abc import Mapping

import numpy as np

from planner.economics.money import USD_PER_MUSD
from planner.formulation.arrays import Flags, Floats, Ints
from planner.formulation.build import Program, build
from planner.formulation.coefficients import coefficients
from planner.performance.pairing import Rates
from planner.records import dataclass
from planner.report.what_if.figures import Sums, sums_of
from planner.solvers.in_turn import costs_before
from planner.solvers.tie_break import weights_of
from planner.specs.scenario import Scenario
from planner.sweep.readings import Readings

OF_COLUMNS = ("cost", "lower", "upper")
STAGE = "stage"
"""Before the number of an objective that comes before the last, scaled as it is."""
OF_ROWS = ("row_lower", "row_upper")


@dataclass(frozen=True, slots=True)
class Ties:
    """What breaks the ties of a program, but for the size of its fleet and prices.

    Attributes:
        rest: Weight of each column without the rank of its accelerator; of a column
            that earns, whose weight is below 0, for a fleet of one accelerator.
        accelerator: Number of the accelerator whose rank a column's weight holds, by
            name; -1: none.
        standing: Whether each accelerator stands at the start.
    """

    rest: Floats
    accelerator: Ints
    standing: Flags


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A program as numbers.

    Attributes:
        program: The program.
        parts: Its numbers by kind, in the order of the line. Costs are before scaling
            [MUSD], rows in the user's units.
        sums: Its figures.
    """

    program: Program
    parts: Mapping[str, Floats]
    sums: tuple[Sums, ...]

    @property
    def line(self) -> Floats:
        """Return every number."""
        return np.concatenate([*self.parts.values()])

    @property
    def first(self) -> dict[str, int]:
        """Return where each kind begins on the line."""
        lengths = [len(part) for part in self.parts.values()]
        begins = np.cumsum([0, *lengths])[:-1].tolist()
        return dict(zip(self.parts, begins, strict=True))

    def alike(self, other: "Snapshot") -> bool:
        """Return whether another program has the same terms and figures."""
        if not self.program.arrays.shares_places(other.program.arrays):
            return False
        if [*map(len, self.parts.values())] != [*map(len, other.parts.values())]:
            return False
        return all(
            one.labels == another.labels
            and np.array_equal(one.columns, another.columns)
            and np.array_equal(one.group, another.group)
            for one, another in zip(self.sums, other.sums, strict=True)
        )


def snapshot(
    scenario: Scenario,
    rates: Rates,
    h100_flop_s: float | None,
    scale: float | None = None,
) -> Snapshot:
    """Return the numbers of a scenario's program.

    Args:
        scenario: What is planned.
        rates: Work per accelerator-second, keyed by W x A.
        h100_flop_s: Peak bf16 of an H100 [FLOP/s], for equivalents.
        scale: Accelerators that one unit of a count stands for; None: as the program
            has it by itself.

    Raises:
        ScalingError: The numbers of a row lie too far apart to be solved.
    """
    program = build(coefficients(scenario, rates, scale), scenario.spec.name)
    return snapshot_of(program, Readings(scenario, program, h100_flop_s))


def snapshot_of(program: Program, readings: Readings) -> Snapshot:
    """Return the numbers of a program with what reads its figures."""
    c, arrays = program.c, program.arrays
    sums = sums_of(program, readings)
    factors = np.array(program.row_factors)
    plain = arrays.scaled(1 / program.cost_factor, 1 / factors)
    parts = {name: getattr(plain, name) for name in (*OF_COLUMNS, *OF_ROWS, "value")}
    parts["sizes"] = np.array(c.fleet.sizes)
    # An accelerator without a price comes where one of 0 does.
    parts["prices"] = np.array(
        [c.price_musd.get((a, 0), 0.0) for a in sorted(c.availability)]
    )
    parts["sunk"] = np.array([c.leaving.sunk_musd * USD_PER_MUSD])
    parts["power_limit"] = np.array(list(c.power_budget_mw.values()))
    sites = np.zeros(c.clock.count)
    for (_, t), mw in c.site_power_mw.items():
        sites[t] += mw
    parts["site_limit"] = sites
    parts["capex_limit"] = np.array(
        [span.limit * USD_PER_MUSD for span in c.capex_spans]
    )
    parts |= {each.name: each.coefficients for each in sums}
    for number, costs in enumerate(costs_before(program)):
        parts[f"{STAGE}{number}"] = costs
    return Snapshot(program, parts, sums)


def ties_of(program: Program) -> Ties:
    """Return what breaks the ties of a program apart from size and prices."""
    weights, c, v = weights_of(program).copy(), program.c, program.v
    names = sorted(c.availability)
    number = {a: place for place, a in enumerate(names)}
    accelerator = np.full(len(weights), -1)
    for family in v.families():
        if family.name in ("signed", "leased", "rented"):
            owners = [c.leases.offers[key[0]].accelerator for key in family.keys]
            accelerator[family.places] = [number[a] for a in owners]
        elif family.name in (
            "added",
            "retired",
            "installed",
            "assigned",
            "kept",
            "moved",
        ):
            of = np.array([number[a] for a in family.sets.names["a"]])
            accelerator[family.places] = of[family.numbers("a")]
    prices = [c.price_musd.get((a, 0), 0.0) for a in names]
    standing = np.array([any(a == b for b, _ in c.fleet.start) for a in names])
    ranks = ranks_of(standing, np.array(prices))
    owned = accelerator >= 0
    weights[owned] -= ranks[accelerator[owned]]
    weights[weights < 0] /= c.fleet.size
    return Ties(weights, accelerator, standing)


def ranks_of(standing: Flags, prices: Floats) -> Floats:
    """Return the rank of each accelerator: what stands first, then the cheaper.

    Args:
        standing: Whether it stands at the start, keyed by accelerator.
        prices: Its first price, likewise; of two that are equal the name decides.
    """
    count = len(prices)
    found = np.empty(count)
    found[np.lexsort((np.arange(count), prices, ~standing))] = np.arange(count) / count
    return found


def weights_at(ties: Ties, size: float, prices: Floats) -> Floats:
    """Return the weights of all columns, as ``weights_of`` gives them."""
    found = np.where(ties.rest < 0, ties.rest * size, ties.rest)
    ranks = ranks_of(ties.standing, prices)
    return found + np.where(ties.accelerator >= 0, ranks[ties.accelerator], 0.0)
