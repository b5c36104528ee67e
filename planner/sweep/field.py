"""Programs that differ evenly in right sides and costs: built once, any point of them.

Some inputs stand in no coefficient of the matrix. The programs at the ends of each and
in their middle tell how everything else moves with them; no other need be built.
"""

from collections.abc import Sequence

import numpy as np

from planner.formulation.arrays import Arrays, Floats, Ints
from planner.formulation.build import Program
from planner.pipeline import h100_flop_s, program_of
from planner.records import dataclass
from planner.solvers.tie_break import weights_of
from planner.specs.packed import Unpacked
from planner.specs.scenario import Scenario
from planner.sweep.readings import Figures, Readings

EVEN = 1e-11
"""Relative distance from a straight line that rounding explains."""
_PARTS = ("cost", "lower", "upper", "row_lower", "row_upper")
"""Of a program: what may move while its matrix stays."""
_WEIGHTS = "weights"
"""Of the tie-break: some follow the size of the fleet that the power allows."""
_MOVING = (*_PARTS, _WEIGHTS)

Template = tuple[tuple[str, str], ...]
"""Paths and the texts of their values, in the order in which they are set."""


@dataclass(frozen=True, slots=True)
class Way:
    """A range of one input.

    Attributes:
        path: Where it stands.
        unit: That its values are written in.
        least: Smallest value.
        most: Largest value; above ``least``.
    """

    path: str
    unit: str
    least: float
    most: float

    def text(self, share: float) -> str:
        """Return the value at a share of the way, as it is written."""
        number = self.least + share * (self.most - self.least)
        return f"{number:.12g} {self.unit}".rstrip()

    def share(self, number: float) -> float:
        """Return how far along the way a value lies."""
        return (number - self.least) / (self.most - self.least)


@dataclass(frozen=True, slots=True)
class _Built:
    """A scenario with its program, and what moves, costs as they are before scaling."""

    scenario: Scenario
    program: Program
    readings: Readings
    numbers: dict[str, Floats]


class Field:
    """All programs between the ends of some inputs.

    Attributes:
        middle: The program where every input is halfway.
    """

    def __init__(self, middle: _Built, pairs: Sequence[tuple[_Built, _Built]]) -> None:
        """Keep what moves; the ends have been found to lie on straight lines."""
        self.middle = middle.program
        self._readings = middle.readings
        self._ends = [_changing(low, middle, high) for low, high in pairs]
        scaled = {"cost": middle.program.cost_factor}
        factors = {name: scaled.get(name, 1.0) for name in _MOVING}
        self._middle = {name: middle.numbers[name] * factors[name] for name in _MOVING}
        moves = {
            name: [_apart(low, high, name, factors[name]) for low, high in pairs]
            for name in _MOVING
        }
        self._moves = {
            name: each
            for name, each in moves.items()
            if any(len(places) for places, _ in each)
        }

    def arrays(self, shares: Sequence[float]) -> Arrays:
        """Return the program at a share of the way of every input."""
        cost, lower, upper, row_lower, row_upper = (
            self._at(name, shares) for name in _PARTS
        )
        return self.middle.arrays.with_bounds(
            cost, (lower, upper), (row_lower, row_upper)
        )

    def weights(self, shares: Sequence[float]) -> Floats:
        """Return the weights of the tie-break there, keyed by column."""
        return self._at(_WEIGHTS, shares)

    def _at(self, name: str, shares: Sequence[float]) -> Floats:
        """Return what moves at a share of every way; where nothing does, the same."""
        moves = self._moves.get(name)
        if moves is None:
            return self._middle[name]
        numbers = self._middle[name].copy()
        for (places, by), share in zip(moves, shares, strict=True):
            numbers[places] += (share - 0.5) * by
        return numbers

    def read(self, values: Floats, shares: Sequence[float]) -> Figures | None:
        """Return the figures of a solution; None where they do not move evenly."""
        figures = dict(self._readings.read(values))
        at_middle = dict(figures)
        for ends, share in zip(self._ends, shares, strict=True):
            if ends is None:
                continue
            first, last = (each.read(values) for each in ends)
            for name, at in at_middle.items():
                one, other, now = first[name], last[name], figures[name]
                if at is None or one is None or other is None or now is None:
                    continue
                if abs((one + other) / 2 - at) > EVEN * max(abs(one), abs(other)):
                    return None
                figures[name] = now + (share - 0.5) * (other - one)
        return figures


def field_of(
    documents: Unpacked, template: Template, ways: Sequence[Way], flop_s: float | None
) -> Field | None:
    """Return the programs between the ends of some inputs.

    None where one of the inputs moves the matrix, or anything unevenly, and where
    objectives come in turn or columns are whole, so that one solve is not the optimum.

    Args:
        documents: What the values are put in.
        template: Every path that is set; values of those with a way do not count.
        ways: At least one.
        flop_s: Peak bf16 of an H100 [FLOP/s], for equivalents.

    Raises:
        InputError: A value does not fit.
    """

    def built(shares: Sequence[float]) -> _Built:
        texts = {w.path: w.text(s) for w, s in zip(ways, shares, strict=True)}
        sets = tuple(f"{path}={texts.get(path, text)}" for path, text in template)
        return _built(documents.scenario(sets), flop_s)

    halfway = [0.5] * len(ways)
    middle = built(halfway)
    if middle.program.stages or middle.program.c.whole is not None:
        return None
    pairs = []
    for number in range(len(ways)):
        ends = []
        for share in (0.0, 1.0):
            at = [*halfway[:number], share, *halfway[number + 1 :]]
            ends.append(built(at))
        low, high = ends
        if not _even(low, middle, high):
            return None
        pairs.append((low, high))
    found = Field(middle, pairs)
    if len(ways) > 1:
        corner = built([1.0] * len(ways))
        expected = found.arrays([1.0] * len(ways))
        if not _same_matrix(corner, middle) or not _agrees(corner.program, expected):
            return None
        weights = found.weights([1.0] * len(ways))
        if not np.allclose(corner.numbers[_WEIGHTS], weights, rtol=1e-9, atol=0.0):
            return None
    return found


def _built(scenario: Scenario, flop_s: float | None) -> _Built:
    program = program_of(scenario)
    arrays = program.arrays
    numbers = {name: getattr(arrays, name) for name in _PARTS}
    numbers["cost"] = arrays.cost / program.cost_factor
    numbers[_WEIGHTS] = weights_of(program)
    own = h100_of(scenario, flop_s)
    return _Built(scenario, program, Readings(scenario, program, own), numbers)


def h100_of(scenario: Scenario, flop_s: float | None) -> float | None:
    """Return the peak bf16 of an H100 [FLOP/s]: the scenario's own, else the one given.

    The catalogue, where it is looked up otherwise, may not be on this machine.
    """
    return h100_flop_s(scenario) if "h100" in scenario.accelerators else flop_s


def _same_matrix(one: _Built, other: _Built) -> bool:
    first, second = one.program, other.program
    same_unit = first.c.scale == second.c.scale
    return same_unit and first.arrays.shares_matrix(second.arrays)


def _even(low: _Built, middle: _Built, high: _Built) -> bool:
    """Return whether a program lies halfway between two others, its ties, too."""
    if not (_same_matrix(low, middle) and _same_matrix(high, middle)):
        return False
    return all(
        _halfway(low.numbers[name], middle.numbers[name], high.numbers[name])
        for name in _MOVING
    )


def _halfway(low: Floats, middle: Floats, high: Floats) -> bool:
    finite = np.isfinite(middle)
    if not np.array_equal(low[~finite], middle[~finite]):
        return False
    if not np.array_equal(high[~finite], middle[~finite]):
        return False
    between = (low[finite] + high[finite]) / 2
    return bool(np.allclose(between, middle[finite], rtol=EVEN, atol=0.0))


def _changing(
    low: _Built, middle: _Built, high: _Built
) -> tuple[Readings, Readings] | None:
    """Return what reads figures at both ends; None where it is the same all along.

    Figures are sums over columns: equal ones of values without any pattern are equal
    whatever the values are.
    """
    values = np.random.default_rng(0).random(middle.program.arrays.columns)
    first, among, last = (x.readings.read(values) for x in (low, middle, high))
    return None if first == among == last else (low.readings, high.readings)


def _apart(low: _Built, high: _Built, name: str, factor: float) -> tuple[Ints, Floats]:
    """Return the places that move, and how far from one end to the other, scaled."""
    first, last = low.numbers[name], high.numbers[name]
    places = np.flatnonzero(first != last)
    return places, (last[places] - first[places]) * factor


def _agrees(program: Program, expected: Arrays) -> bool:
    """Return whether a program is what straight lines from the middle say it is."""
    arrays = program.arrays
    cost = arrays.cost / program.cost_factor
    middle = expected.cost
    # The costs of the two are scaled by other factors.
    size = float(np.max(np.abs(cost), initial=0.0))
    most = float(np.max(np.abs(middle), initial=0.0))
    if size and not np.allclose(cost / size, middle / most, rtol=1e-9, atol=1e-15):
        return False
    return all(
        np.allclose(getattr(arrays, name), getattr(expected, name), rtol=1e-9, atol=0)
        for name in _PARTS[1:]
    )
