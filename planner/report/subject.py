"""What a report is about: plans, and the scenarios that they were made from."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.api import solve_whole
from planner.documents import shown_path
from planner.errors import UsageError
from planner.init.plan_file import any_plan
from planner.pipeline import Solved
from planner.plan.plan import Plan
from planner.records import dataclass
from planner.specs.confidential import confidential_paths, overlap
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario

_STDIN = "-"


@dataclass(frozen=True, slots=True)
class Subject:
    """A plan, and what led to it as far as that is known.

    Attributes:
        label: As the user named it.
        plan: The plan; without rows where there is none.
        scenario: What was planned; None for a plan that was read from a file.
        solved: Its program and solution; None likewise.
    """

    label: str
    plan: Plan
    scenario: Scenario | None = None
    solved: Solved | None = None

    @property
    def expect(self) -> str:
        """Return the status that the scenario asks for; that of a file is its own."""
        return self.plan.status if self.scenario is None else self.scenario.spec.expect

    @property
    def block_shares(self) -> Mapping[str, float]:
        """Return each load block's share of the day; alike where it is not known."""
        if self.scenario is not None:
            return self.scenario.blocks
        worked = {row.block: None for row in self.plan.allocation}
        names = worked | {row.block: None for row in self.plan.services}
        return {name: 1 / len(names) for name in names}

    def hidden(self) -> "Hidden":
        """Return what is confidential; nothing is known to be of a plan's file."""
        return Hidden(
            () if self.scenario is None else confidential_paths(self.scenario)
        )


@dataclass(frozen=True, slots=True)
class Hidden:
    """What no report may show.

    Attributes:
        paths: Of confidential values, as ``--set`` takes them.
    """

    paths: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Return whether a value at, above or below a path is confidential."""
        return any(overlap(path, each) for each in self.paths)


def subjects_of(
    paths: Sequence[str],
    overrides: Sequence[str] = (),
    data_dirs: Sequence[str] = (),
    alternative: str | None = None,
) -> tuple[Subject, ...]:
    """Return the plans that are named, those of scenarios solved.

    All are read before the first is solved.

    Args:
        paths: Scenarios, ``-`` being standard input, and plans as JSON, ``.json``.
        overrides: ``path=value`` texts, for every scenario.
        data_dirs: Folders searched before the shipped one.
        alternative: Applied to every scenario; None: none.

    Raises:
        InputError: One of them cannot be read, or is no scenario or plan.
        UsageError: Standard input is named twice, or there is no scenario to apply an
            override or an alternative to.
    """
    _check(paths, has_options=bool(overrides) or alternative is not None)
    read: list[tuple[str, Plan | Scenario]] = []
    for path in paths:
        if _is_plan(path):
            read.append((shown_path(path), any_plan(path)[0]))
            continue
        scenario = load_scenario(
            path, overrides=overrides, data_dirs=data_dirs, alternative=alternative
        )
        read.append((_label(path, alternative), scenario))
    return tuple(_subject(label, each) for label, each in read)


def _check(paths: Sequence[str], *, has_options: bool) -> None:
    if paths.count(_STDIN) > 1:
        msg = "'-' is standard input, which can be read once; name it once"
        raise UsageError(msg)
    if has_options and all(map(_is_plan, paths)):
        msg = "--set and --alternative change scenarios; a plan's file holds no inputs"
        raise UsageError(msg)


def _is_plan(path: str) -> bool:
    return Path(path).suffix.lower() == ".json"


def _label(path: str, alternative: str | None) -> str:
    shown = "<stdin>" if path == _STDIN else shown_path(path)
    return shown if alternative is None else f"{shown} ({alternative})"


def _subject(label: str, read: Plan | Scenario) -> Subject:
    if isinstance(read, Plan):
        return Subject(label, read)
    solved = solve_whole(read)
    return Subject(label, solved.plan, read, solved)
