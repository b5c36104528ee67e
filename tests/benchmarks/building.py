"""Building 10,000 assignment columns and handing them to HiGHS."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from planner.formulation.arrays import Arrays, Floats, Ints
from planner.formulation.build import Program, build
from planner.formulation.coefficients import Coefficients, coefficients
from planner.performance.pairing import rates
from planner.solvers.highs import Live
from tests.benchmarks.large import large_scenario
from tests.benchmarks.rounds import Clock, Result, interleaved

AGREEMENT = 1e-9


@dataclass(frozen=True, slots=True)
class Terms:
    """A program as numpy computes it, block by block: terms in no order of rows.

    Attributes:
        arrays: Costs and bounds.
        row: Row of each term.
        column: Column of each term.
        value: Coefficient of each term.
    """

    arrays: Arrays
    row: Ints
    column: Ints
    value: Floats

    @classmethod
    def of(cls, arrays: Arrays) -> "Terms":
        """Return the terms of arrays, column by column as blocks come."""
        numbers = np.arange(arrays.rows, dtype=np.int32)
        row = np.repeat(numbers, np.diff(arrays.start))
        order = np.argsort(arrays.index, kind="stable")
        return cls(arrays, row[order], arrays.index[order], arrays.value[order])

    def assembled(self) -> Arrays:
        """Return the arrays, the terms sorted into rows."""
        order = np.argsort(self.row, kind="stable")
        start = np.zeros(self.arrays.rows + 1, dtype=np.int32)
        np.cumsum(np.bincount(self.row, minlength=self.arrays.rows), out=start[1:])
        return Arrays(
            cost=self.arrays.cost.copy(),
            lower=self.arrays.lower.copy(),
            upper=self.arrays.upper.copy(),
            row_lower=self.arrays.row_lower.copy(),
            row_upper=self.arrays.row_upper.copy(),
            start=start,
            index=self.column[order],
            value=self.value[order],
            whole=self.arrays.whole,
        )


def results(rounds: int) -> list[Result]:
    """Return the results of building and of handing over."""
    scenario = large_scenario()
    table = rates(scenario)
    numbers = coefficients(scenario, table)
    program = build(numbers)
    arrays = program.arrays
    terms = Terms.of(arrays)
    _check(arrays, terms)
    parts: list[Clock] = [
        _clock(lambda: _ours(coefficients(scenario, table))),
        _clock(lambda: passed(terms.assembled())),
        _clock(lambda: coefficients(scenario, table)),
        _clock(lambda: build(numbers)),
        _clock(lambda: _as_pulp(numbers)),
        _clock(lambda: Live().load(arrays)),
        _clock(lambda: passed(arrays)),
    ]
    whole, least, first, second, pulp, fourth, alone = interleaved(parts, rounds)
    return [
        Result(_title(program), whole, least, "<= 30"),
        Result("  coefficients", first, []),
        Result("  build", second, []),
        Result("  hand-over alone", fourth, alone),
        Result("the same as a PuLP problem", pulp, least),
    ]


def passed(arrays: Arrays) -> highspy.Highs:
    """Return HiGHS with a program in it, by the shortest way there is."""
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)  # noqa: FBT003  # HiGHS's way
    model.passModel(
        arrays.columns,
        arrays.rows,
        len(arrays.value),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        arrays.cost,
        arrays.lower,
        arrays.upper,
        arrays.row_lower,
        arrays.row_upper,
        arrays.start,
        arrays.index,
        arrays.value,
        np.zeros(arrays.columns, dtype=np.int32),
    )
    return model


def _ours(numbers: Coefficients) -> Live:
    program = build(numbers)
    live = Live()
    live.load(program.arrays)
    return live


def _as_pulp(numbers: Coefficients) -> object:
    """Return a new program as a PuLP problem, which CBC and files need."""
    return build(numbers).problem


def _check(arrays: Arrays, terms: Terms) -> None:
    """See that both sides reach the same optimum."""
    live = Live()
    live.load(arrays)
    ours = live.run()
    model = passed(terms.assembled())
    model.run()
    reference = model.getInfo().objective_function_value
    assert ours.status == "optimal"
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert abs(ours.objective - reference) <= AGREEMENT * max(1.0, abs(reference))


def _clock(work: Callable[[], object]) -> Clock:
    """Return a clock of ``work``; what is left of the last round is gone before."""

    def seconds() -> float:
        gc.collect()
        began = time.process_time()
        work()
        return time.process_time() - began

    return seconds


def _title(program: Program) -> str:
    assigned = len(program.v.assigned.columns)
    return f"build + hand-over, {assigned:,} assignments, {program.nonzeros:,} terms"
