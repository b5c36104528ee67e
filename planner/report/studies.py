"""Runs of a sweep that vary the reported plan's scenario."""

from collections import defaultdict

from planner.documents import shown_path
from planner.errors import InputError, Problem
from planner.plan.plan import Plan
from planner.plan.words import WORTH
from planner.records import dataclass
from planner.report.subject import Subject
from planner.specs.inputs import number_of
from planner.specs.packed import ALTERNATIVE
from planner.sweep.evaluate import Outcome
from planner.sweep.store import Store


@dataclass(frozen=True, slots=True)
class Point:
    """A run that changes one input alone.

    Attributes:
        value: Of the input.
        status: How its solve ended.
        worth: Profit or cost [present $]; None where it has no plan.
    """

    value: float
    status: str
    worth: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """What an input does to the objective.

    Attributes:
        path: The input.
        unit: Of its values.
        points: Of different values, by rising value.
    """

    path: str
    unit: str
    points: tuple[Point, ...]

    def swing(self) -> float:
        """Return how far the objective moves over all points [present $]."""
        known = [each.worth for each in self.points if each.worth is not None]
        return max(known) - min(known) if known else 0.0


@dataclass(frozen=True, slots=True)
class Studies:
    """What other inputs would come to.

    Attributes:
        label: Of the store.
        figure: Name of the runs' figure that the plan's objective is.
        runs: As they were put; ``sets`` is what each changes of the scenario.
    """

    label: str
    figure: str
    runs: tuple[Outcome, ...]

    def worth(self, run: Outcome) -> float | None:
        """Return profit or cost of a run [present $]; None where it has no plan."""
        return (run.readings or {}).get(self.figure)

    def curves(self) -> tuple[Curve, ...]:
        """Return the inputs that runs change alone, by how far the objective moves."""
        found: dict[tuple[str, str], dict[float, Point]] = defaultdict(dict)
        for run in self.runs:
            moved = numbers_of(run)
            if len(moved) == 1 == len(run.sets):
                ((path, value, unit),) = moved
                point = Point(value, run.status, self.worth(run))
                found[path, unit][value] = point
        curves = (
            Curve(path, unit, tuple(points[value] for value in sorted(points)))
            for (path, unit), points in found.items()
        )
        return tuple(sorted(curves, key=lambda x: (-x.swing(), x.path, x.unit)))


def numbers_of(run: Outcome) -> list[tuple[str, float, str]]:
    """Return path, value and unit of every number that a run sets."""
    found = []
    for text in run.sets:
        path, _, written = text.partition("=")
        number = number_of(written)
        if number is not None and path.strip() != ALTERNATIVE:
            found.append((path.strip(), *number))
    return found


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
    return Studies(shown, figure_of(plan), runs)


def figure_of(plan: Plan) -> str:
    """Return the name of the figure that a plan's objective is."""
    return f"{WORTH[plan.objective.mode]}_usd"


def _refusal(shown: str, message: str) -> InputError:
    expected = "sweep this scenario, with the same --set, into another file"
    return InputError([Problem(shown, 0, 0, "", message, expected)])
