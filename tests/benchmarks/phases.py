"""``python -m tests.benchmarks.phases FILE``: where one solve spends its time.

Prints CPU seconds by phase as JSON. It does what ``planner.api.solve`` does.
"""

import json
import sys
import time
from importlib import import_module
from typing import Any

TIMES: dict[str, float] = {}


def main(path: str) -> None:
    """Solve a scenario phase by phase and print what each cost."""
    TIMES["start Python"] = time.process_time()
    specs = timed("import specs", import_module, "planner.specs.load")
    timed("import the rest", import_module, "planner.api")
    api = import_module("planner.pipeline")
    timed("import the solver", import_module, "planner.solvers.highs")
    timed("import the command", import_module, "planner.cli.solve")
    scenario = timed("load", specs.load_scenario, path)
    table = timed("rates", api.rates, scenario)
    numbers = timed("coefficients", api.coefficients, scenario, table)
    program = timed("build", api.build, numbers, path)
    solution = timed("solve and break ties", api.solve_program, program)
    row = api.SolverRow("highs", "", solution.algorithm, 0, 0.0, 0.0)
    options: dict[str, Any] = {"solver": row, "h100_flop_s": None}
    plan = timed("plan", api.plan_of, scenario, table, program, solution, **options)
    timed("audit", api.audit, scenario, plan, table)
    sys.stdout.write(json.dumps(TIMES))


def timed(phase: str, work: Any, *arguments: Any, **options: Any) -> Any:
    """Return what ``work`` returns and note the CPU seconds it took."""
    began = time.process_time()
    result = work(*arguments, **options)
    TIMES[phase] = time.process_time() - began
    return result


main(sys.argv[1])
