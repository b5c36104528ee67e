"""Runs of a sweep that vary the reported plan's scenario."""

from planner.documents import shown_path
from planner.errors import InputError, Problem
from planner.records import dataclass
from planner.report.subject import Subject
from planner.sweep.evaluate import Outcome
from planner.sweep.store import Store


@dataclass(frozen=True, slots=True)
class Studies:
    """What other inputs would come to.

    Attributes:
        label: Of the store.
        runs: As they were put; ``sets`` is what each changes of the scenario.
    """

    label: str
    runs: tuple[Outcome, ...]


def studies_of(store_path: str, subject: Subject) -> Studies:
    """Return the runs of a store that vary the inputs of a plan.

    Args:
        store_path: File that ``sweep`` or ``sensitivity`` wrote after ``--store``.
        subject: The reported plan.

    Raises:
        InputError: It is no store, or one of another scenario, or of the same with
            other inputs.
    """
    plan, shown = subject.plan, shown_path(store_path)
    with Store(store_path) as store:
        if store.scenario != plan.scenario:
            what = f"holds runs of scenario '{store.scenario}', not of"
            raise _refusal(shown, f"{what} '{plan.scenario}'")
        stored = tuple(store.runs())
    runs = tuple(x.outcome for x in stored if x.base == plan.provenance.inputs_hash)
    if stored and not runs:
        what = f"holds runs of '{plan.scenario}' with other inputs than {subject.label}"
        raise _refusal(shown, what)
    return Studies(shown, runs)


def _refusal(shown: str, message: str) -> InputError:
    expected = "sweep this scenario, with the same --set, into another file"
    return InputError([Problem(shown, 0, 0, "", message, expected)])
