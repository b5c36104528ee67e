"""The planner's program as a PuLP problem, read back from it and handed over."""

import pulp

from planner.formulation import build as formulation
from planner.formulation.build import Program
from planner.formulation.coefficients import Coefficients
from planner.solvers.bridge import arrays_of
from planner.solvers.highs import Live
from tests.benchmarks.peers import ours

PACKAGES = ("pulp", "highspy")
SOURCE = "coefficients"


def build(numbers: Coefficients) -> tuple[Program, pulp.LpProblem]:
    """Return the program, and the PuLP problem that it is."""
    program = formulation.build(numbers)
    return program, program.problem


def hand_over(made: tuple[Program, pulp.LpProblem]) -> ours.Loaded:
    """Return HiGHS with the arrays that PuLP's objects hold."""
    program, problem = made
    live = Live()
    live.load(arrays_of(problem, program.columns))
    return program, live


shape = ours.shape
optimum = ours.optimum
