"""What a golden is kept of: something with inputs, that gives figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from planner.documents import Node
from planner.regression.changes import Change
from planner.regression.golden import Golden
from planner.regression.inputs import Inputs
from planner.regression.revert import put_back
from planner.regression.snapshot import snapshot, solved
from planner.solvers.near import Neighbour
from planner.solvers.solve import SolverName
from planner.specs.load import load_scenario
from planner.specs.scenario import Check, MetricCheck

Kind = Literal["scenario", "run", "case"]


class Subject(Protocol):
    """A file that is checked."""

    @property
    def data_dirs(self) -> Sequence[str]:
        """Folders that are searched before the shipped one."""

    @property
    def expect(self) -> str:
        """The status that the file asks for."""

    @property
    def checks(self) -> dict[str, MetricCheck] | None:
        """Stated tolerances, keyed by metric; None: not to be checked."""

    def leaves(self) -> dict[str, Node]:
        """Return every value that the figures follow from, keyed by path."""

    def without(self, changes: Sequence[Change]) -> "Subject":
        """Return the same with some changes of its inputs undone.

        Raises:
            InputError: What comes out cannot be used.
        """

    def figures(self) -> Golden:
        """Return what it gives, without inputs.

        Raises:
            InputError: A value that it needs is missing.
            SolverError: The solver failed.
        """


@dataclass(frozen=True)
class Planned:
    """A scenario, which is solved.

    Attributes:
        inputs: What it says, resolved.
        solver: Which one solves it.
        near: What was solved last, of it and of all that undo changes of it.
    """

    inputs: Inputs
    solver: SolverName
    near: Neighbour = field(default_factory=Neighbour, compare=False, repr=False)

    @classmethod
    def load(
        cls,
        path: str,
        overrides: Sequence[str],
        data_dirs: Sequence[str],
        solver: SolverName,
        alternative: str | None = None,
    ) -> "Planned":
        """Return the scenario of a file.

        Raises:
            InputError: It is none.
        """
        scenario = load_scenario(
            path, overrides=overrides, data_dirs=data_dirs, alternative=alternative
        )
        return cls(Inputs.of(scenario), solver)

    @property
    def data_dirs(self) -> Sequence[str]:
        """Folders that are searched before the shipped one."""
        return self.inputs.scenario.data_dirs

    @property
    def expect(self) -> str:
        """The status that the scenario asks for."""
        return self.inputs.scenario.spec.expect

    @property
    def checks(self) -> dict[str, MetricCheck] | None:
        """Stated tolerances, keyed by metric; None: not to be checked."""
        stated = self.inputs.scenario.spec.check
        return stated.metrics if isinstance(stated, Check) else None

    def leaves(self) -> dict[str, Node]:
        """Return every value that the plan follows from, keyed by path."""
        return self.inputs.leaves()

    def without(self, changes: Sequence[Change]) -> "Planned":
        """Return the same with some changes of its inputs undone."""
        return Planned(put_back(self.inputs, changes), self.solver, self.near)

    def figures(self) -> Golden:
        """Return what planning it gives."""
        return snapshot(solved(self.inputs, self.solver, self.near))
