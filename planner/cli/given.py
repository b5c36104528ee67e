"""The scenario that a command is given, with what is changed in it first."""

from planner.documents import STDIN, shown_path
from planner.records import dataclass
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Given:
    """A scenario as the command line names it.

    Attributes:
        path: Of its file, or ``-``.
        overrides: Texts ``path=value``.
        data_dirs: Folders that are searched first.
        alternative: Name of the alternative that is applied; None: none.
    """

    path: str
    overrides: tuple[str, ...] = ()
    data_dirs: tuple[str, ...] = ()
    alternative: str | None = None

    @property
    def shown(self) -> str:
        """Return the path as messages show it."""
        return "<stdin>" if self.path == STDIN else shown_path(self.path)

    def load(self) -> Scenario:
        """Return the scenario.

        Raises:
            InputError: It cannot be used; lists every problem of every file.
        """
        return load_scenario(
            self.path,
            overrides=self.overrides,
            data_dirs=self.data_dirs,
            alternative=self.alternative,
        )
