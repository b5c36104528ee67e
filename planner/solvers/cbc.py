"""CBC through PuLP: the second opinion, a program of its own."""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pulp

from planner.errors import UsageError
from planner.formulation.arrays import Arrays, Floats
from planner.formulation.pulp_versions import bundled_cbc, ended, problem_of
from planner.solvers.solution import Solution, Status

FEASIBILITY = 1e-6
"""Largest breach of a row or bound that an optimum may show, relative to its terms:
CBC writes eight digits."""
NARROWER = 0.9
"""How much nearer than needed a solver is asked to come that came not near enough."""
TRIES = 3
"""How often it is asked for a gap above 0."""


class Cbc:
    """Solves problems with CBC, each as a process of its own."""

    def __init__(self, time_limit: float | None = None, gap: float = 0.0) -> None:
        """Find the program.

        Args:
            time_limit: For each solve [s]; None: none.
            gap: Of integer programs: relative distance from the bound that suffices.

        Raises:
            UsageError: There is none.
        """
        self.path = find_cbc()
        self.time_limit = time_limit
        self.gap = gap

    def solve(
        self,
        problem: pulp.LpProblem,
        columns: Sequence[pulp.LpVariable],
        arrays: Arrays,
    ) -> Solution:
        """Return how CBC solved a problem, checked against its arrays."""
        began = time.perf_counter()
        whole = bool(arrays.whole.any())
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder, "cbc.log")
            solver = pulp.COIN_CMD(
                path=self.path,
                msg=False,
                timeLimit=self.time_limit,
                timeMode="elapsed",
                gapRel=self.gap if whole else None,
                logPath=str(log) if whole else None,
            )
            result = problem.solve(solver)
            bound = _stated_bound(log) if whole else None
        seconds = time.perf_counter() - began
        values = _floats(x.varValue for x in columns)
        row_values = activities(arrays, values)
        status = self._status(problem, result, arrays, values)
        objective = float(arrays.cost @ values)
        return Solution(
            status=status,
            values=values,
            reduced_costs=_floats(x.dj for x in columns),
            row_values=row_values,
            duals=_floats(row.pi for row in problem.constraints()),
            objective=objective,
            bound=objective if status == "optimal" and bound is None else bound,
            algorithm="CBC",
            iterations=None,
            seconds=seconds,
            found=status == "optimal" or (whole and self._kept(arrays, values)),
        )

    def solve_arrays(self, arrays: Arrays) -> Solution:
        """Return how CBC solved a program given as arrays, in fractions."""
        arrays = replace(arrays, whole=np.zeros(arrays.columns, dtype=np.bool_))
        columns = [f"x{number}" for number in range(arrays.columns)]
        rows = [f"r{number}" for number in range(arrays.rows)]
        problem, made = problem_of("face", arrays, columns, rows)
        return self.solve(problem, made, arrays)

    def _status(
        self,
        problem: pulp.LpProblem,
        result: Any,
        arrays: Arrays,
        values: Floats,
    ) -> Status:
        ending = ended(problem, result)
        if ending == "infeasible":
            return "infeasible"
        if ending == "stopped":
            return "failed" if self.time_limit is None else "time_limit"
        return "optimal" if self._kept(arrays, values) else "failed"

    @staticmethod
    def _kept(arrays: Arrays, values: Floats) -> bool:
        """Return whether values keep every row and bound, and are whole where due."""
        sizes = activities(replace(arrays, value=np.abs(arrays.value)), np.abs(values))
        row_values = activities(arrays, values)
        divided = np.abs(values - np.round(values))
        broken = max(
            _breach(values, arrays.lower, arrays.upper, np.abs(values)),
            _breach(row_values, arrays.row_lower, arrays.row_upper, sizes),
            float(np.max(divided, initial=0.0, where=arrays.whole)),
        )
        return broken <= FEASIBILITY


def within_gap(
    solve: Callable[[float], Solution], gap: float, constant: float
) -> Solution:
    """Return a whole solution from a solver that cannot be told of a constant.

    Its gap is relative to the objective without the constant, which may be many times
    as large as with it; so it is asked again for a smaller one where that is too wide.

    Args:
        solve: Solves the program to a relative gap.
        gap: Relative distance between solution and bound that suffices.
        constant: Counts in the objective that the gap is relative to.
    """
    asked = gap
    for _ in range(TRIES):
        found = solve(asked)
        if found.status != "optimal" or found.bound is None or asked == 0:
            return found
        apart = found.objective - found.bound
        allowed = gap * abs(found.objective + constant)
        if apart <= allowed:
            return found
        asked *= NARROWER * allowed / apart
    return solve(0.0)


def _stated_bound(log: Path) -> float | None:
    """Return the bound that CBC's log ends with; None where it states none."""
    if not log.exists():
        return None
    found = re.findall(r"Lower bound:\s*(\S+)", log.read_text(encoding="utf-8"))
    return float(found[-1]) if found else None


def find_cbc() -> str:
    """Return the path of a CBC: PuLP's own, the one on PATH, or the extra's.

    Raises:
        UsageError: There is none.
    """
    found = bundled_cbc() or shutil.which("cbc")
    if found:
        return found
    try:
        import cbcbox  # noqa: PLC0415  # an extra: only where it is asked for
    except ImportError:
        msg = (
            "no CBC was found; install the Debian package coinor-cbc, or "
            "'pip install fleet-planner[cbc]', or use --solver highs"
        )
        raise UsageError(msg) from None
    return str(cbcbox.cbc_bin_path())


def version() -> str:
    """Return the version that CBC states of itself, or that it states none."""
    shown = subprocess.run(  # noqa: S603  # the solver that was found
        [find_cbc(), "-quit"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"Version:\s*(\S+)", shown)
    return found[1] if found else "of unknown version"


def activities(arrays: Arrays, values: Floats) -> Floats:
    """Return matrix·values, keyed by row."""
    terms = arrays.value * values[arrays.index]
    found = np.zeros(arrays.rows)
    filled = np.flatnonzero(np.diff(arrays.start))
    found[filled] = (
        np.add.reduceat(terms, arrays.start[:-1][filled]) if len(terms) else 0
    )
    return found


def _floats(values: Any) -> Floats:
    return np.array([0.0 if value is None else value for value in values])


def _breach(values: Floats, lower: Floats, upper: Floats, size: Floats) -> float:
    """Return the largest distance outside the bounds, relative to the size."""
    outside = np.maximum(lower - values, values - upper) / np.maximum(1.0, size)
    return float(np.max(outside, initial=0.0))
