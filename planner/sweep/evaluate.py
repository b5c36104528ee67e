"""Every point of a sweep to its figures: solved live where its program only moves."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from planner.errors import PlannerError
from planner.explain.certificate import certificate_of
from planner.pipeline import h100_flop_s, program_of
from planner.records import dataclass
from planner.solvers.near import Neighbour
from planner.solvers.solution import Solution, Status
from planner.solvers.solve import solve_program
from planner.specs.packed import Packed, Unpacked
from planner.specs.scenario import Scenario
from planner.sweep.division import Chunk, Sets, chunks_of
from planner.sweep.field import Field, Template, Way, field_of, h100_of
from planner.sweep.readings import Figures, Readings

DIGITS = 12
"""Significant ones of a figure that is kept."""
NOTHING = 1e-9
"""A figure below this is a solver's rounding of 0."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one point of a sweep came to.

    Attributes:
        sets: What was set there.
        status: How its solve ended; ``failed``, too, where it could not be solved.
        readings: Its figures, to 12 digits; None unless ``optimal``.
        error: Why it failed; empty where it did not.
        seconds: CPU time that it took.
    """

    sets: Sets
    status: Status
    readings: Figures | None
    error: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Job:
    """All that a worker needs, wherever it runs.

    Attributes:
        packed: The scenario's documents.
        flop_s: Peak bf16 of an H100 [FLOP/s], for equivalents.
    """

    packed: Packed
    flop_s: float | None


class Evaluator:
    """Evaluates points of one scenario.

    Attributes:
        job: What another process makes the same evaluator from.
        documents: What values are put in.
    """

    def __init__(self, base: Scenario | Job, alternatives: Sequence[str] = ()) -> None:
        """Read the documents of a scenario once, or take those of a job.

        Args:
            base: What values are put in.
            alternatives: Those of its alternatives that points name, by a text
                ``alternative=NAME``.

        Raises:
            InputError: There is no alternative of that name, or the files of the
                scenario have changed, and are wrong now.
        """
        if isinstance(base, Scenario):
            base = Job(Packed.of(base, alternatives), h100_flop_s(base))
        self.job = base
        self.documents: Unpacked = base.packed.unpacked()
        self._fields: dict[tuple[Template, tuple[Way, ...]], Field | None] = {}

    def outcomes(self, points: Sequence[Sets]) -> Iterator[Outcome]:
        """Yield the outcome of every point, in their order, all evaluated first."""
        found: dict[int, Outcome] = {}
        for chunk in self.chunks(points):
            found |= dict(zip(chunk.numbers, self.evaluated(chunk), strict=True))
        for number in range(len(points)):
            yield found[number]

    def chunks(self, points: Sequence[Sets]) -> list[Chunk]:
        """Return the points in chunks, each evaluated by one worker."""
        return chunks_of(points, self._field)

    def evaluated(self, chunk: Chunk) -> Iterator[Outcome]:
        """Yield the outcome of every point of a chunk, in its order."""
        field = self._field(chunk.template, chunk.ways) if chunk.ways else None
        live = None if field is None else _LiveField(field)
        for point in chunk.points:
            began = time.process_time()
            found = None
            if live is not None:
                found = _guarded(partial(live.outcome, chunk.shares(point)))
            if found is None or found[0] == "failed":
                found = _guarded(partial(self._rebuilt, point))
            status, figures, error = found
            spent = time.process_time() - began
            yield Outcome(point, status, figures, error, spent)

    def _field(self, template: Template, ways: Sequence[Way]) -> Field | None:
        """Return live programs; the last ones asked for are kept."""
        key = template, tuple(ways)
        if key not in self._fields:
            found = field_of(self.documents, template, ways, self.job.flop_s)
            self._fields = {key: found}
        return self._fields[key]

    def _rebuilt(self, point: Sets) -> "Found":
        """Return what a point comes to, its program built and solved alone."""
        scenario = self.documents.scenario(point)
        program = program_of(scenario)
        solution = solve_program(program)
        if solution.status != "optimal":
            return _ended(solution.status)
        error = _doubt(solution)
        if error:
            return "failed", None, error
        flop_s = h100_of(scenario, self.job.flop_s)
        figures = Readings(scenario, program, flop_s).read(solution.values)
        return "optimal", rounded(figures), ""


Found = tuple[Status, Figures | None, str]
"""Status, figures and error."""
_Asked = TypeVar("_Asked")


class _LiveField:
    """A field on two live models: the optimum, then the choice among ties."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.near = Neighbour()

    def outcome(self, shares: Sequence[float]) -> "Found | None":
        """Return what a point comes to; None where the live programs cannot say."""
        arrays = self.field.arrays(shares)
        best = self.near.solution(arrays, lambda: self.field.weights(shares))
        if best is None:
            return None
        if best.status == "infeasible":
            return _ended(best.status)
        if _doubt(best):
            return None
        figures = self.field.read(best.values, shares)
        return None if figures is None else ("optimal", rounded(figures), "")


def rounded(figures: Figures) -> Figures:
    """Return figures to the digits that are kept, without noise around 0."""
    return {name: x if x is None else _rounded(float(x)) for name, x in figures.items()}


def _rounded(number: float) -> float:
    return 0.0 if abs(number) < NOTHING else float(f"{number:.{DIGITS}g}")


def _ended(status: Status) -> Found:
    """Return what a point without a plan comes to."""
    if status == "infeasible":
        return status, None, ""
    return "failed", None, "the solver stopped without a proven optimum"


def _doubt(solution: Solution) -> str:
    """Return why an optimum is not believed; empty where its certificate holds."""
    proof = certificate_of(solution.handed_over, solution)
    if proof.verified:
        return ""
    worst = max(
        proof.primal_residual,
        proof.dual_residual,
        proof.complementary_slackness,
        proof.relative_gap,
    )
    return (
        "the certificate of its optimum does not hold: a residual of "
        f"{worst:.3g} is above {proof.tolerance:g}"
    )


def _guarded(evaluate: Callable[[], _Asked]) -> _Asked | Found:
    """Return what a point comes to, whatever happens: the others go on."""
    try:
        return evaluate()
    except PlannerError as error:
        return "failed", None, " ".join(str(error).split())
    except Exception as error:  # noqa: BLE001  # a sweep keeps going, and tells of it
        said = " ".join(str(error).split())
        return "failed", None, f"internal error: {type(error).__name__}: {said}"
