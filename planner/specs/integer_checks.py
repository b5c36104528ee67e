"""What is wrong with an integer plan's scenario, or with whole words in another."""

from typing import TYPE_CHECKING

from planner.specs.workload import TrainingRun, Workload

if TYPE_CHECKING:
    from planner.specs.checks import Loc, Report

_WHOLE = 1e-9


def check_integer(report: "Report") -> None:
    """Add every problem of what only integer plans can keep."""
    for number, workload in enumerate(report.scenario.spec.workloads):
        at: Loc = ("workloads", number)
        _words(report, at, workload)
        _minimum(report, at, workload)
        _brackets(report, at, workload)
    if report.scenario.spec.integer:
        _committed(report)


def _words(report: "Report", at: "Loc", workload: Workload) -> None:
    """Refuse words that need whole decisions where nothing is whole."""
    if report.scenario.spec.integer:
        return
    for loc in whole_words(workload):
        message = "is for integer plans: a part of a plan cannot be kept whole"
        expected = "write 'integer: true', or --integer, or remove it"
        report.problem((*at, *loc), message, expected)


def whole_words(workload: Workload) -> list[tuple[str, ...]]:
    """Return the keys of a workload that only an integer plan can keep."""
    words: list[tuple[str, ...]] = [
        (key,)
        for key in ("single_site", "single_accelerator")
        if getattr(workload, key)
    ]
    if workload.accelerators.minimum and isinstance(workload, TrainingRun):
        words.append(("accelerators", "minimum"))
    return words


def _minimum(report: "Report", at: "Loc", workload: Workload) -> None:
    """Check a run's least size against its largest."""
    least, most = workload.accelerators.minimum, workload.accelerators.maximum
    if least is None:
        return
    loc = (*at, "accelerators", "minimum")
    if not isinstance(workload, TrainingRun):
        message = "is for training runs; a service takes what its demand needs"
        report.problem(loc, message, "remove it")
        return
    largest = max(most.values(), default=0.0) if isinstance(most, dict) else most
    if largest is not None and least > largest:
        message = f"{least:g} is above its maximum {largest:g}"
        report.problem(loc, message, f"write at most {largest:g}")


def _brackets(report: "Report", at: "Loc", workload: Workload) -> None:
    """Check that brackets of a run's size end somewhere and rest on an estimate."""
    if not workload.accelerators.brackets:
        return
    loc = (*at, "accelerators", "brackets")
    if not isinstance(workload, TrainingRun):
        report.problem(loc, "is for training runs", "remove it")
        return
    if workload.accelerators.maximum is None:
        message = "has no maximum beside it, where the last bracket ends"
        report.problem(loc, message, "write e.g. 'maximum: 131072'")
    if workload.throughput:
        message = "is of an estimate; a throughput is measured and final"
        report.problem(loc, message, "remove one of the two")


def _committed(report: "Report") -> None:
    """Check that what is committed comes in whole systems."""
    scenario = report.scenario
    for name, supply in scenario.spec.supply.items():
        accelerator = scenario.accelerators.get(name)
        if accelerator is None:
            continue
        size = accelerator.system.accelerators
        for step in supply.steps:
            count = step.committed
            below = int(count / size + _WHOLE) * size
            if step.span is None or abs(count - below) <= _WHOLE * max(1.0, count):
                continue
            message = f"{count:g} is not in whole systems of {size}"
            expected = f"write {below or size} or {below + size}"
            if not below:
                expected = f"write {size}, or 0"
            loc = ("supply", name, step.span.label, "committed")
            report.problem(loc, message, expected)
