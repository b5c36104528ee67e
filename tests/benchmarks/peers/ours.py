"""The planner: its program's arrays, and a HiGHS that has them."""

from planner.formulation import build as formulation
from planner.formulation.build import Program
from planner.formulation.coefficients import Coefficients
from planner.solvers.highs import Live
from tests.benchmarks.peers import loaded

PACKAGES = ("numpy", "highspy")
SOURCE = "coefficients"
Loaded = tuple[Program, Live]


def build(numbers: Coefficients) -> Program:
    """Return the program."""
    return formulation.build(numbers)


def hand_over(program: Program) -> Loaded:
    """Return the program and HiGHS with its arrays."""
    live = Live()
    live.load(program.arrays)
    return program, live


def shape(made: Loaded) -> tuple[int, int, int]:
    """Return the size of what HiGHS has."""
    return loaded.shape(made[1].model)


def optimum(made: Loaded) -> float:
    """Solve, and return the objective in MUSD."""
    program, live = made
    solution = live.run()
    assert solution.status == "optimal", solution.status
    return solution.objective / program.cost_factor
