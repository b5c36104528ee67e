"""The optimum along one input: a thousand values of a limit for three programs."""

from collections.abc import Iterator, Sequence

from planner.explain.keys import fed_by
from planner.explain.prices import price_key
from planner.formulation.build import Program
from planner.pipeline import program_of
from planner.plan.assemble import objective_usd
from planner.records import dataclass
from planner.solvers.alike import Alike, Line
from planner.solvers.solution import Optimum, Status
from planner.solvers.solve import solve_program
from planner.specs.inputs import Input, input_at
from planner.specs.load import reload
from planner.specs.scenario import Scenario

RIGHT_SIDES = (
    "site_power",
    "power_budget",
    "capex_budget",
    "expansion_limit",
    "opex_budget",
    "carbon_budget",
    "supply",
    "lease_limit",
    "run_size",
)
"""Constraints whose right side an input is."""
FEW = 6
"""So many values are rebuilt rather than looked at for parts that are a line."""


@dataclass(frozen=True, slots=True)
class Point:
    """The optimum at one value of an input.

    Attributes:
        value: Of the input, in the unit that it is written in.
        status: How the solve ended.
        objective_usd: Profit or cost [present $]; None where nothing is optimal.
    """

    value: float
    status: Status
    objective_usd: float | None


def optima_along(
    scenario: Scenario, path: str, values: Sequence[float]
) -> tuple[Point, ...]:
    """Return the optimum at each value of an input, all others as they are.

    They are solved in the order of the values, each from the one before. Where the
    input is a limit no program is built for any value between the ends.

    Args:
        scenario: What the values are put in.
        path: The input, a number, as ``--set`` takes it.
        values: In the unit that it is written in, in any order.

    Raises:
        InputError: There is no number at the path, or a value does not fit.
    """
    where, ordered = input_at(scenario, path), sorted(set(values))
    if not ordered:
        return ()
    found = {point.value: point for point in _points(scenario, where, ordered)}
    return tuple(found[value] for value in values)


def fed_rows(scenario: Scenario, program: Program, path: str) -> list[int]:
    """Return the rows of a limit that a path feeds, whether they bind or not."""
    numbers: dict[str, list[int]] = {}
    for number, row in enumerate(program.rows):
        if row.constraint not in RIGHT_SIDES or row.sense != "<=":
            continue
        for fed in fed_by(scenario, price_key(row)):
            numbers.setdefault(fed.path, []).append(number)
    return numbers.get(path, [])


@dataclass(frozen=True, slots=True)
class Track:
    """A limit between two values, live.

    Attributes:
        scenario: At the middle.
        program: At the middle.
        line: From the least value to the most.
        least: Value at the one end.
        most: Value at the other.
    """

    scenario: Scenario
    program: Program
    line: Line
    least: float
    most: float

    def share(self, value: float) -> float:
        """Return how far along the line a value lies."""
        wide = self.most - self.least
        return (value - self.least) / wide if wide else 0.0


@dataclass(frozen=True, slots=True)
class _End:
    """A value of the input, and the program that it gives."""

    value: float
    scenario: Scenario
    program: Program


def track(scenario: Scenario, where: Input, least: float, most: float) -> Track | None:
    """Return the programs between two values of a limit, live.

    None where the input is no limit of the program, stands in its coefficients, too,
    or does not move it evenly; and where objectives come in turn or columns are whole,
    so that one solve is not the optimum.

    Raises:
        InputError: A value does not fit.
    """
    return _track(where, _ends(scenario, where, least, most))


def _points(
    scenario: Scenario, where: Input, values: Sequence[float]
) -> Iterator[Point]:
    """Yield the optimum at every value, in their order."""
    ends = _ends(scenario, where, values[0], values[-1])
    found = _track(where, ends)
    if found is not None:
        for value in values:
            optimum = found.line.optimum(found.share(value))
            yield _point(value, found.scenario, found.program, optimum)
    elif len(values) > FEW and _rescaled(where, ends):
        half = len(values) // 2
        yield from _points(scenario, where, values[:half])
        yield from _points(scenario, where, values[half:])
    else:
        yield from _rebuilt(scenario, where, values)


def _ends(scenario: Scenario, where: Input, least: float, most: float) -> list[_End]:
    """Return the program at the least value, in the middle, and at the most."""
    found = []
    for value in (least, (least + most) / 2, most):
        changed = _at(scenario, where, value)
        found.append(_End(value, changed, program_of(changed)))
    return found


def _track(where: Input, ends: list[_End]) -> Track | None:
    start, middle, end = ends
    program = middle.program
    fed = fed_rows(middle.scenario, program, where.path)
    if not fed or program.stages or program.c.whole is not None:
        return None
    three = (each.program.arrays for each in ends)
    line = Line.through(*three)
    if line is None or not set(line.rows.tolist()) <= set(fed):
        return None
    return Track(middle.scenario, program, line, start.value, end.value)


def _rescaled(where: Input, ends: list[_End]) -> bool:
    """Return whether a limit only lies on no line because counts are scaled anew.

    They are in thousands or more, by the size of the largest fleet.
    """
    start, middle, end = ends
    fed = fed_rows(middle.scenario, middle.program, where.path)
    return bool(fed) and start.program.c.scale != end.program.c.scale


def _rebuilt(
    scenario: Scenario, where: Input, values: Sequence[float]
) -> Iterator[Point]:
    """Yield the optimum at every value, each program built and solved anew.

    One that is like the one before is solved from its basis.
    """
    alike: Alike | None = None
    for value in values:
        changed = _at(scenario, where, value)
        program = program_of(changed)
        if program.stages or program.c.whole is not None:
            found = solve_program(program)
            yield _point(
                value, changed, program, Optimum(found.status, found.objective)
            )
            continue
        if alike is None:
            alike = Alike(program.arrays)
        alike.turn_to(program.arrays)
        yield _point(value, changed, program, alike.optimum())


def _at(scenario: Scenario, where: Input, value: float) -> Scenario:
    return reload(scenario, (where.text(value),))


def _point(value: float, scenario: Scenario, program: Program, found: Optimum) -> Point:
    if found.status != "optimal":
        return Point(value, found.status, None)
    return Point(value, found.status, objective_usd(program, found, scenario))
