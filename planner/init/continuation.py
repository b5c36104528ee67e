"""The scenario that follows a plan, from one of its periods on.

What the plan has done by then is taken as done: its deliveries stand, what it has
ordered is on its way, what it has spent is gone, and of each training run the tokens
remain that it has not trained on. All else is as the scenario of the plan has it.
"""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from planner import documents
from planner.documents import Mark, Node, PathError, Source, find
from planner.errors import InputError, InternalError, Problem
from planner.init.changes import Change, changes
from planner.init.overlay import node_of, overlay, settled
from planner.init.past import Past
from planner.init.plan_file import STDIN, read_plan, refusal, scenario_of
from planner.init.policies import check_shares
from planner.records import dataclass
from planner.specs.scenario import Scenario

_DATE = re.compile(r"_\d{4}(q[1-4]|_\d{2})$")
_WIDTH = 88
_HEADS = {
    "horizon": "The periods that remain.",
    "fleet": "What stands on the first day: what stood, what came, less what retired.",
    "supply": "Limits as they were, less what has come; `committed` is ordered by now.",
    "sites": "Power with what is ordered; `expansion` is what can still be added.",
    "leases": "`signed` is what has been signed by now and still runs.",
    "budgets": "Less what is spent.",
    "policies": "Promises less what has come; the rest as it was set for the plan.",
    "workloads": "Runs that are over are left out; of the others the tokens that "
    "remain,\n# with their part of the value. Without accelerators.maximum a run's "
    "goodput is\n# estimated for what remains of it.",
}
_PLAIN = frozenset({"name", "title", "extends", "source", "sources"})
_CARRIED = "As it was set for the plan (--set)."


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's own
        super().increase_indent(flow, indentless=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A scenario to be written.

    Attributes:
        name: Its name; the file's where the user gives none.
        text: What the file shall hold.
    """

    name: str
    text: str


def continuation(
    plan_path: str, at: str, target: str | None, data_dirs: Sequence[str]
) -> Draft:
    """Return the scenario that continues a plan.

    Args:
        plan_path: The plan, as ``planner solve -o`` wrote it.
        at: Label of the period to begin with, one of the plan's but the first.
        target: File that it will be written to; None: into the current folder.
        data_dirs: Folders searched before the shipped one.

    Raises:
        InputError: The plan cannot be continued there; says why.
    """
    plan = read_plan(plan_path)
    shown = STDIN if plan_path == "-" else documents.shown_path(plan_path)
    path, scenario = scenario_of(plan, shown, data_dirs)
    past = Past(scenario, plan, _number_of(at, scenario, shown))
    _keep_apart(target, scenario)
    check_shares(past, shown)
    name = f"{_DATE.sub('', scenario.spec.name)}_{_suffix(at)}"
    folder = str(Path(target).parent) if target else ""
    new = _new_values(path, past, folder, Mark(target or f"{name}.yaml", 0, 0))
    order = [*(part for part in _HEADS if part in new), *new]
    source = f"plan_{scenario.spec.name}"
    title = f"Plan of {scenario.spec.name}, {shown}"
    body = {
        "name": name,
        "title": f"{scenario.spec.title or scenario.spec.name}, from {at} on",
        "extends": [_seen_from(path, folder)],
        "source": source,
        **{part: new[part] for part in order},
        "sources": {source: {"title": title, "kind": "estimate"}},
    }
    return Draft(name, _intro(shown, path, at) + _rendered(body))


def _suffix(at: str) -> str:
    return at.lower().replace("-", "_")


def _keep_apart(target: str | None, scenario: Scenario) -> None:
    """Refuse to write over a file that the new one shall build on."""
    read = {os.path.realpath(file) for file, _ in scenario.files}
    if target is not None and os.path.realpath(target) in read:
        message = "is a file that the plan was made from"
        raise refusal(documents.shown_path(target), message, "write another name")


def _number_of(at: str, scenario: Scenario, shown: str) -> int:
    """Return the number of a period that has one before it.

    Raises:
        InputError: It is no period of the plan, or the first.
    """
    labels = [span.label for span in scenario.periods]
    if at in labels[1:]:
        return labels.index(at)
    if len(labels) == 1:
        message = f"has one period, {labels[0]}, so nothing follows it"
        raise refusal(shown, message)
    what = "is its first period" if at in labels else "is not one of its periods"
    last = f" … {labels[-1]}" if len(labels) > 2 else ""  # noqa: PLR2004 - one or more
    raise refusal(shown, f"{at!r} {what}", f"write --at {labels[1]}{last}")


def _new_values(path: Path, past: Past, folder: str, mark: Mark) -> dict[str, Any]:
    """Return what the file must say beside its name and what it extends.

    Raises:
        InputError: Nothing is left to do, or an override cannot be carried over.
    """
    problems: list[Problem] = []
    base = documents.load(path, problems=problems)
    set_for_plan = documents.load(path, past.scenario.overrides, problems=problems)
    if problems or base is None or set_for_plan is None:
        raise InputError(problems)
    wanted = set_for_plan.root
    for change in changes(past):
        wanted = _changed(wanted, change, mark)
    left = find(wanted, ("workloads",))
    if left is None or not left.value:
        message = f"every workload is over before {past.at.label}"
        raise refusal(mark.file, message, "write an earlier --at")
    found = overlay(base.root, wanted, folder)
    _check(base.root, wanted, found, past.scenario.overrides, mark)
    return found


def _changed(root: Node, change: Change, mark: Mark) -> Node:
    steps, data = change
    try:
        return documents.set_at(root, steps, node_of(data, mark))
    except PathError as error:
        msg = f"{'.'.join(steps)} cannot be written: {error}"
        raise InternalError(msg) from error


def _check(
    base: Node,
    wanted: Node,
    found: Mapping[str, Any],
    overrides: Sequence[str],
    mark: Mark,
) -> None:
    """Make sure that the file, laid over what it extends, says what it should.

    Raises:
        InputError: The plan was made with an override that no file can express.
    """
    text = _rendered(found)
    problems: list[Problem] = []
    layer = documents.parse_document(Source(mark.file, text, ""), problems)
    merged = base if layer is None else documents.merge(base, layer)
    if settled(merged) == settled(wanted):
        return
    lost = []
    for each in overrides:
        steps = each.partition("=")[0].strip().split(".")
        there, asked = find(merged, steps), find(wanted, steps)
        if (there and settled(there)) != (asked and settled(asked)):
            lost.append(f"--set {each}")
    if not lost:
        msg = f"the continuation does not say what it should: {problems}"
        raise InternalError(msg)
    message = f"the plan was made with {', '.join(lost)}, which an extending file"
    expected = "write it into the scenario, solve that, and continue its plan"
    raise refusal(mark.file, f"{message} cannot say", expected)


def _seen_from(path: Path, folder: str) -> str:
    """Return a path as a file in a folder writes it."""
    return os.path.relpath(path, folder or ".").replace(os.sep, "/")


def _intro(shown: str, path: Path, at: str) -> str:
    return (
        f"# Continues the plan in {shown} from {at} on.\n"
        "# Until then the plan is taken as carried out. What is not written here is\n"
        f"# as {path.name} has it. Change below what has turned out otherwise.\n\n"
    )


def _rendered(body: Mapping[str, Any]) -> str:
    """Return YAML with a comment above every part that is not a mere heading."""
    parts = []
    for key, value in body.items():
        head = "" if key in _PLAIN else _HEADS.get(key, _CARRIED)
        text = yaml.dump(
            {key: value},
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            # None puts short lists on one line, and a scalar with its key into braces.
            default_flow_style=None if isinstance(value, dict | list) else False,
            width=_WIDTH,
        )
        # A year is a key as good as 2026Q1; PyYAML quotes it, since it looks like one.
        text = re.sub(r"'(\d{4})':", r"\1:", text)
        gap = "\n" if head or key == "sources" else ""
        parts.append(gap + (f"# {head}\n" if head else "") + text)
    return "".join(parts)
