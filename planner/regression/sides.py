"""One side of a diff: a plan from a file, a scenario, or a revision of one."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from planner.documents import Mark
from planner.errors import InputError
from planner.init.plan_file import any_plan
from planner.pipeline import run
from planner.plan.plan import Plan
from planner.regression.inputs import Inputs, value_of
from planner.regression.revision import Checkout, checkout, revision_of, tree_folder
from planner.specs.confidential import confidential_paths
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario

Folders = Sequence[str]
Load = Callable[[str], Scenario]


@dataclass(frozen=True)
class Side:
    """A plan and what it follows from.

    Attributes:
        label: As the user named it.
        plan: The plan.
        expect: What the scenario expects; the plan's own status for a file.
        values: Inputs keyed by path; None where only their files are known.
        marks: Places of the values.
        confidential: Paths of what is confidential; none for a plan from a file,
            which does not know.
    """

    label: str
    plan: Plan
    expect: str
    values: Mapping[str, Any] | None = None
    marks: Mapping[str, Mark] = field(default_factory=dict)
    confidential: tuple[str, ...] = ()

    @property
    def places(self) -> dict[str, str]:
        """Return ``file:line`` of every value."""
        return {
            path: f"{mark.file}:{mark.line}" if mark.line else mark.file
            for path, mark in self.marks.items()
        }


def sides_of(
    sides: Sequence[tuple[str, str | None]],
    overrides: Sequence[str],
    data_dirs: Folders,
) -> list[Side]:
    """Return the plans that are named, those of scenarios solved.

    Where one names a revision, all are seen with the data folders of their tree.

    Args:
        sides: Each side as the user names it, and the alternative of its scenario.
        overrides: ``path=value`` texts, for scenarios on all sides.
        data_dirs: Folders that are searched first.

    Raises:
        InputError: One of them cannot be read, or there is no such revision.
    """
    named = [revision_of(text) for text, _ in sides]
    own = tree_folder() if any(named) else None
    with ExitStack() as stack:
        trees: dict[str, Checkout] = {}
        found = []
        for (text, alternative), revision in zip(sides, named, strict=True):
            load = partial(load_scenario, overrides=overrides, alternative=alternative)
            if revision is None:
                folders = [*data_dirs, *([own] if own else [])]
                load = partial(load, data_dirs=folders)
                found.append(_side(_label(text, alternative), text, load))
                continue
            name, path = revision
            if name not in trees:
                trees[name] = stack.enter_context(checkout(name))
            load = partial(load, data_dirs=trees[name].folders(data_dirs))
            label = _label(text, alternative)
            found.append(_of_revision(trees[name], label, path, load))
        return found


def _label(text: str, alternative: str | None) -> str:
    return text if alternative is None else f"{text} ({alternative})"


def _of_revision(tree: Checkout, label: str, path: str, load: Load) -> Side:
    """Return the side that a revision holds, its places named by the revision."""
    file = tree.path(path)
    try:
        side = _side(label, str(file), load)
    except InputError as error:
        raise InputError(map(tree.renamed, error.problems)) from None
    marks = {path: tree.renamed_mark(mark) for path, mark in side.marks.items()}
    return replace(side, marks=marks)


def _side(label: str, path: str, load: Load) -> Side:
    if Path(path).suffix == ".json":
        plan, _ = any_plan(path)
        return Side(label, plan, plan.status)
    scenario = load(path)
    return side_of(label, scenario, run(scenario).plan)


def side_of(label: str, scenario: Scenario, plan: Plan) -> Side:
    """Return the side that a scenario and its plan are."""
    leaves = Inputs.of(scenario).leaves()
    return Side(
        label,
        plan,
        scenario.spec.expect,
        {path: value_of(leaf) for path, leaf in leaves.items()},
        {path: leaf.mark for path, leaf in leaves.items()},
        confidential_paths(scenario),
    )
