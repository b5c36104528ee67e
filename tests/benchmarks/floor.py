"""What PuLP's objects cost at least, and the program as a PuLP problem beside it.

The floor is what making one variable, one term and one row costs here and now, with
names and lists of pairs at hand, times how many of each the program has.
"""

import gc
import time
from collections.abc import Callable
from statistics import median

import pulp

from planner.formulation import pulp_versions
from planner.formulation.build import Program, build, no_collection
from planner.formulation.coefficients import coefficients
from planner.performance.pairing import rates
from tests.benchmarks.large import SIZES, large_scenario
from tests.benchmarks.report import Asked, Part, Table, ratios, seconds

SIZES_HERE = ("1e2", "1e4", "1e5")
FEW, MANY = 5, 105
"""Terms of a row of either kind; from their difference comes one term's cost."""
SAMPLE = 2_000
"""Rows of either kind."""
MICROSECOND = 1e-6
HEAD = (
    *("size", "µs a variable", "µs a term", "µs a row", "floor", "as PuLP"),
    *("× floor min / median / max", "target", "with build", "× floor"),
)


def part(asked: Asked) -> Part:
    """Return the floor and what we take, at every size but the largest."""
    lines, found = [], {}
    for size in asked.sizes:
        if size in SIZES_HERE:
            scenario = large_scenario(SIZES[size])
            numbers = coefficients(scenario, rates(scenario))
            program = build(numbers)
            given = _given(program)
            works = {
                "micro": lambda program=program: micro_costs(program),
                "converted_s": lambda given=given: _taken(
                    lambda: pulp_versions.problem_of(*given)
                ),
                "built_s": lambda numbers=numbers: _taken(
                    lambda: build(numbers).problem
                ),
            }
            found[size] = _rounds(works, min(asked.rounds, 5))
            lines.append(_line(size, program, found[size]))
    return Part("The floor of PuLP's objects", [Table("", HEAD, lines)], found, __doc__)


def _rounds(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, list]:
    """Return what each work returns, by round; they take turns, once unseen."""
    found: dict[str, list] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            value = work()
            if number:
                found[name].append(value)
    return found


def _given(program: Program) -> tuple[object, ...]:
    """Return what ``problem_of`` takes, names at hand."""
    rows = [row.name for row in program.rows]
    return program.name, program.arrays, program.column_names, rows


def _taken(work: Callable[[], object]) -> float:
    """Return the CPU seconds of ``work`` alone."""
    gc.collect()
    with no_collection():
        began = time.process_time()
        made = work()
        taken = time.process_time() - began
    del made  # what is thrown away is not what was made
    return taken


def micro_costs(program: Program) -> tuple[float, float, float]:
    """Return the CPU seconds of a variable, a term and a row in PuLP's objects."""
    names = program.column_names
    problem = pulp.LpProblem("floor", pulp.LpMinimize)
    made = []

    def add_all() -> None:
        add = problem.add_variable
        made.extend([add(name, 0.0, None) for name in names])

    variable_s = _taken(add_all) / len(names)
    used = [made[column] for column in program.arrays.index.tolist()]
    few, many = (_rows_s(problem, used, terms) for terms in (FEW, MANY))
    term_s = max(0.0, (many - few) / (MANY - FEW))
    return variable_s, term_s, max(0.0, few - FEW * term_s)


def _rows_s(problem: pulp.LpProblem, used: list[object], terms: int) -> float:
    """Return the CPU seconds of a row of so many terms, as PuLP takes it fastest.

    Columns come in the order of the program's terms: far from each other in memory.
    """
    count = len(used)
    pairs = [
        [(used[(row * terms + place) % count], 1.0) for place in range(terms)]
        for row in range(SAMPLE)
    ]
    names = [f"row_{terms}_{row}" for row in range(SAMPLE)]

    def add_all() -> None:
        for name, one in zip(names, pairs, strict=True):
            if pulp_versions.PULP_4:
                expression = pulp.LpAffineExpression.from_list(one)
                problem.addConstraint(expression <= 1.0, name)
            else:
                expression = pulp.LpAffineExpression(one)
                row = pulp.LpConstraint(expression, pulp.LpConstraintLE, name, 1.0)
                problem.addConstraint(row)

    return _taken(add_all) / SAMPLE


def _line(size: str, program: Program, found: dict[str, list]) -> tuple[str, ...]:
    arrays = program.arrays
    terms = program.nonzeros + int((arrays.cost != 0).sum())
    counts = arrays.columns, terms, arrays.rows
    floors = [
        sum(count * each for count, each in zip(counts, costs, strict=True))
        for costs in found["micro"]
    ]
    micro = [median(one) / MICROSECOND for one in zip(*found["micro"], strict=True)]
    return (
        size,
        *(f"{each:.2f}" for each in micro),
        seconds(floors),
        seconds(found["converted_s"]),
        ratios(found["converted_s"], floors),
        "<= 1.3",
        seconds(found["built_s"]),
        ratios(found["built_s"], floors),
    )
