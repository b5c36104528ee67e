"""What a frontier trades: one number of a whole plan, as a sum over columns."""

from collections.abc import Iterator, Mapping

import numpy as np

from planner.documents import suggest
from planner.economics.money import USD_PER_MUSD
from planner.errors import UsageError
from planner.formulation.arrays import INFINITY, Arrays, Floats, Ints
from planner.formulation.build import Program
from planner.records import dataclass
from planner.specs.scenario import Scenario
from planner.sweep.blocks import with_rows
from planner.sweep.readings import Readings, Terms

UNITS: Mapping[str, str] = {
    "capex": "USD",
    "power": "MW",
    "served": "share",
    "carbon": "t",
    "cost": "USD",
    "opex": "USD",
    "profit": "USD",
}
"""The unit of every quantity, by its name."""
MORE_IS_BETTER = ("served", "profit")

NOTHING = 1e-9
"""So much of one unit of a column is a solver's rounding of 0."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a plan, as a sum over the columns of a program.

    Attributes:
        name: A key of ``UNITS``.
        terms: What one unit of each column counts for, keyed by column.
        constant: What no column decides of it.
    """

    name: str
    terms: Floats
    constant: float

    @property
    def unit(self) -> str:
        """Return its unit."""
        return UNITS[self.name]

    @property
    def sign(self) -> float:
        """Return 1 where less is better, −1 where more is."""
        return -1.0 if self.name in MORE_IS_BETTER else 1.0

    def of(self, values: Floats) -> float:
        """Return the quantity of a solution.

        Args:
            values: Keyed by column.
        """
        found = float(self.terms @ values) + self.constant
        return 0.0 if abs(found) < NOTHING * np.abs(self.terms).max() else found


def trade_of(text: str, scenario: Scenario) -> tuple[str, str]:
    """Return the two quantities of ``best:limit``, e.g. ``capex:power``.

    Args:
        text: As ``--trade`` takes it.
        scenario: What they are taken from.

    Raises:
        UsageError: It is not of this form, or names no quantity of the scenario.
    """
    names = [name.strip() for name in text.split(":")]
    if len(names) != len("XY") or names[0] == names[1]:
        msg = f"--trade {text}: is not two quantities; write e.g. capex:power"
        raise UsageError(msg)
    for name in names:
        if name not in UNITS:
            hint = suggest(name, UNITS)
            known = ", ".join(UNITS)
            msg = f"--trade {text}: there is no '{name}'; write one of {known}"
            raise UsageError(f"{msg} ({hint})" if hint else msg)
    if "profit" in names and scenario.spec.objective != "maximize_value":
        msg = (
            f"--trade {text}: only under objective: maximize_value is there a profit; "
            "write cost"
        )
        raise UsageError(msg)
    return names[0], names[1]


def with_peak(program: Program) -> Arrays:
    """Return the arrays of a program, and a last column: its peak power [MW].

        Σ_{a,s} facility_mw[a,s]·installed[a,s,t] − peak ≤ 0

    Rows: T in which anything can stand.
    """
    peak = program.arrays.columns
    rows = [
        (np.append(columns, peak), np.append(mw, -1.0), 0.0)
        for columns, mw in _power_rows(program)
    ]
    return with_rows(program.arrays, (np.zeros(1), np.full(1, INFINITY)), rows)


def _power_rows(program: Program) -> Iterator[tuple[Ints, Floats]]:
    """Yield columns and facility power [MW] of what stands in each period."""
    c, k = program.c, program.v.installed.terms
    facility_mw = program.v.sets.table("as", c.facility_mw) * c.scale
    for t in range(c.clock.count):
        here = np.flatnonzero(k.t == t)
        if len(here):
            yield k.place[here], facility_mw[k.a[here], k.s[here]]


def quantity_of(
    name: str, scenario: Scenario, program: Program, readings: Readings, columns: int
) -> Quantity:
    """Return a quantity as a sum over columns.

    Args:
        name: A key of ``UNITS``.
        scenario: What is planned.
        program: Its program.
        readings: Its figures.
        columns: Of the program as it is solved, with the peak as its last where
            there is one.

    Raises:
        UsageError: Nothing of a plan changes it.
    """
    if name == "power":
        terms = np.zeros(columns)
        terms[-1] = 1.0
        return Quantity(name, terms, 0.0)
    money, constant = {"capex": readings.capex, "opex": readings.opex}, 0.0
    if name in money:
        terms = _dense([money[name]], columns)
    elif name == "carbon":
        terms = _dense([readings.carbon], columns)
    elif name == "served":
        services = list(readings.served.values())
        terms = _dense(services, columns) / max(len(services), 1)
    else:
        terms, constant = _present_usd(name, program, columns)
    if not terms.any():
        msg = f"no decision changes {name} in {scenario.spec.name}"
        raise UsageError(msg)
    return Quantity(name, terms, constant)


def _present_usd(name: str, program: Program, columns: int) -> tuple[Floats, float]:
    """Return profit, or what is paid of it, and the part that nothing changes."""
    usd = program.arrays.cost / program.cost_factor * USD_PER_MUSD
    constant = program.c.leaving.sunk_musd * USD_PER_MUSD
    if name == "cost":
        usd = usd.copy()
        for family in (program.v.served, program.v.completed):
            usd[family.first : family.first + family.count] = 0.0  # what is earned
    else:
        usd, constant = -usd, -constant
    return np.append(usd, np.zeros(columns - len(usd))), constant


def _dense(parts: list[Terms], columns: int) -> Floats:
    """Return sums over columns as one array keyed by column."""
    found = np.zeros(columns)
    for places, sizes in parts:
        np.add.at(found, places, sizes)
    return found
