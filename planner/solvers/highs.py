"""HiGHS: one bulk hand-over, its own status, a live model."""

import time
from typing import Any

import highspy
import numpy as np
from highspy import HighsModelStatus

from planner.errors import InternalError, SolverError
from planner.formulation.arrays import Arrays, Floats, Ints
from planner.solvers.solution import Optimum, Solution, Status

FEASIBILITY = 1e-6
"""Largest breach of a row or bound that an optimum may show."""
FEASIBLE = 2
"""HiGHS: a feasible point is at hand."""
INTERIOR_POINT_ROWS = 6_000
"""From here on interior point with crossover beats dual simplex, be the columns many
or few: ``tests/benchmarks/solving.py``."""
DEVEX = 1
"""HiGHS: weights of rows by which dual simplex chooses; its own choice, steepest edge,
takes up to twice as long on our programs, hot or cold."""
PARALLEL = 1 << 13
"""HiGHS: presolve does not look for rows and columns that are multiples of others; ours
has next to none, and the search takes up to a third of the solve."""
PRESOLVED_COLUMNS = 1_000
"""From here on presolve takes less time than it saves."""


class Live:
    """One HiGHS model that can be changed and run again."""

    def __init__(self, time_limit: float | None = None) -> None:
        """Start a silent HiGHS with one thread, so that runs repeat."""
        self.model = highspy.Highs()
        self.option("output_flag", value=False)
        self.option("threads", value=1)
        self.time_limit = time_limit
        if time_limit is not None:
            self.option("time_limit", value=float(time_limit))

    def option(self, name: str, *, value: Any) -> None:
        """Set an option.

        Raises:
            InternalError: HiGHS does not know it (it would go on silently).
        """
        if self.model.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            msg = f"HiGHS refused option {name} = {value}"
            raise InternalError(msg)

    def load(
        self, arrays: Arrays, *, whole: bool = False, constant: float = 0.0
    ) -> None:
        """Hand a program over, replacing the one before.

        Args:
            arrays: The program.
            whole: Whether its whole columns are not to be divided.
            constant: Counts in the objective, and so in the gap of whole plans.

        Raises:
            InternalError: HiGHS refuses it.
        """
        status = self.model.passModel(
            arrays.columns,
            arrays.rows,
            len(arrays.value),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            constant,
            arrays.cost,
            arrays.lower,
            arrays.upper,
            arrays.row_lower,
            arrays.row_upper,
            arrays.start,
            arrays.index,
            arrays.value,
            (arrays.whole & whole).astype(np.int32),
        )
        if status == highspy.HighsStatus.kError:
            msg = "HiGHS refused the program"
            raise InternalError(msg)
        self.whole = whole and bool(arrays.whole.any())
        interior = arrays.rows >= INTERIOR_POINT_ROWS
        self.option("solver", value="ipx" if interior else "simplex")
        self.option("simplex_dual_edge_weight_strategy", value=DEVEX)
        self.option("presolve_rule_off", value=0 if self.whole else PARALLEL)
        self.presolve = "choose" if arrays.columns >= PRESOLVED_COLUMNS else "off"
        self.algorithm = "interior point" if interior else "dual simplex"
        if self.whole:
            self.option("solver", value="choose")
            self.presolve = "choose"
            self.algorithm = "branch and cut"
        self.option("presolve", value=self.presolve)

    def change(self, arrays: Arrays) -> None:
        """Give the loaded program another objective and other bounds."""
        columns = np.arange(arrays.columns, dtype=np.int32)
        rows = np.arange(arrays.rows, dtype=np.int32)
        model = self.model
        model.changeColsCost(len(columns), columns, arrays.cost)
        model.changeColsBounds(len(columns), columns, arrays.lower, arrays.upper)
        model.changeRowsBounds(len(rows), rows, arrays.row_lower, arrays.row_upper)

    def start(self, columns: Ints, values: Floats) -> None:
        """Let the next run begin where some columns have these values, if it can."""
        self.model.setSolution(len(columns), columns, values)

    def basis(self) -> highspy.HighsBasis | None:
        """Return where the last run ended; None where it left nothing to begin at."""
        found = self.model.getBasis()
        return found if found.valid else None

    def begin_at(self, basis: highspy.HighsBasis | None) -> None:
        """Let the next run begin at a basis, with as many rows and columns."""
        if basis is not None:
            self.model.setBasis(basis)

    def run(self) -> Solution:
        """Solve the loaded program and return how it ended."""
        began = time.process_time()
        status = self._ended()
        return self._solution(status, time.process_time() - began)

    def optimum(self) -> Optimum:
        """Solve the loaded program and return its objective alone.

        Reading a plan back costs as much as a hot run that changes little of it.
        """
        status = self._ended()
        info = self.model.getInfo()
        if status == "optimal" and info.max_primal_infeasibility > FEASIBILITY:
            status = "failed"
        return Optimum(status, float(info.objective_function_value))

    def _ended(self) -> Status:
        """Solve the loaded program and return HiGHS's own word on how it ended."""
        self.model.run()
        status = self.model.getModelStatus()
        if status == HighsModelStatus.kUnboundedOrInfeasible:
            self.option("presolve", value="off")
            self.model.run()
            status = self.model.getModelStatus()
            self.option("presolve", value=self.presolve)
        return _status(status)

    def ranges(self) -> tuple[Floats, Floats] | None:
        """Return the right sides between which each row's dual holds."""
        status, found = self.model.getRanging()
        if status != highspy.HighsStatus.kOk:
            return None
        low, high = found.row_bound_dn.value_, found.row_bound_up.value_
        return np.asarray(low), np.asarray(high)

    def _solution(self, status: Status, seconds: float) -> Solution:
        info, found = self.model.getInfo(), self.model.getSolution()
        counts = info.simplex_iteration_count, info.ipm_iteration_count
        iterations = sum(max(0, count) for count in counts)  # -1: none of its kind
        objective = float(info.objective_function_value)
        if status == "optimal" and info.max_primal_infeasibility > FEASIBILITY:
            status = "failed"
        bound = objective if status == "optimal" else None
        if self.whole and np.isfinite(info.mip_dual_bound):
            bound = float(info.mip_dual_bound)
        feasible = info.primal_solution_status == FEASIBLE
        return Solution(
            status=status,
            values=np.asarray(found.col_value),
            reduced_costs=np.asarray(found.col_dual),
            row_values=np.asarray(found.row_value),
            duals=np.asarray(found.row_dual),
            objective=objective,
            bound=bound,
            algorithm=self.algorithm,
            iterations=int(iterations),
            seconds=seconds,
            found=status == "optimal" or (self.whole and feasible),
        )


def _status(status: HighsModelStatus) -> Status:
    """Return HiGHS's own word on how the solve ended.

    Raises:
        InternalError: The program is unbounded, which no valid scenario is.
    """
    if status == HighsModelStatus.kUnbounded:
        msg = "the program is unbounded; a valid scenario cannot be"
        raise InternalError(msg)
    if status in (HighsModelStatus.kOptimal, HighsModelStatus.kModelEmpty):
        return "optimal"
    if status == HighsModelStatus.kInfeasible:
        return "infeasible"
    limits = (HighsModelStatus.kTimeLimit, HighsModelStatus.kIterationLimit)
    return "time_limit" if status in limits else "failed"


def version() -> str:
    """Return the version of the HiGHS library in use.

    Raises:
        SolverError: highspy cannot say.
    """
    try:
        return str(highspy.Highs().version())
    except AttributeError:
        msg = "highspy does not state its version"
        raise SolverError(msg) from None
