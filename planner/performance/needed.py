"""What a scenario's files must hold so that every workload can be rated."""

from planner.documents import find
from planner.errors import InputError, Problem
from planner.performance.pairing import Rate, Rates
from planner.specs.scenario import Scenario


def check_data(scenario: Scenario, table: Rates) -> None:
    """Refuse a scenario whose files lack what a rate needs.

    Raises:
        InputError: A workload without measured throughputs cannot be rated.
    """
    problems = []
    for number, workload in enumerate(scenario.spec.workloads):
        for name in scenario.accelerators:
            rate = table[workload.name, name]
            if isinstance(rate, Rate) or rate.reason != "no_data":
                continue
            if workload.throughput:
                continue
            node = find(scenario.tree, ("workloads", number))
            place = node.mark if node else ("", 0, 0)
            message = f"cannot be rated on {name}: {rate.detail}"
            expected = f"add it, or leave {name} out of accelerators.allowed"
            path = f"workloads.{workload.name}"
            problems.append(Problem(*place, path, message, expected))
    if problems:
        raise InputError(problems)
