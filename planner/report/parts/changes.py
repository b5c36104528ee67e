"""Which inputs differ between a plan and its baseline."""

from collections.abc import Mapping

from planner.documents import Node, plain, walk_leaves
from planner.report.parts import forms
from planner.report.record import Cell, Table
from planner.report.subject import Subject
from planner.specs.confidential import HIDDEN
from planner.specs.inputs import NO_INPUT
from planner.specs.origins import yaml_text


def changed_inputs(before: Subject, after: Subject) -> Table:
    """Return every value that differs; none where a plan's file holds no inputs."""
    columns = (
        forms.text("path", "Input"),
        forms.text("before", "Baseline"),
        forms.text("after", "This plan"),
        forms.text("place", "File and line"),
    )
    old, new = _leaves(before), _leaves(after)
    paths = dict.fromkeys((*new, *old)) if old and new else {}
    hidden = {*before.hidden().paths, *after.hidden().paths}
    rows: list[tuple[Cell, ...]] = []
    for path in paths:
        ends = [_value(each.get(path)) for each in (old, new)]
        if ends[0] != ends[1]:
            shown = [HIDDEN if end and path in hidden else end for end in ends]
            mark = (new.get(path) or old[path]).mark
            place = f"{mark.file}:{mark.line}" if mark.line else mark.file
            rows.append((path, *shown, place))
    return Table("changed_inputs", "Inputs that differ", columns, tuple(rows))


def _leaves(subject: Subject) -> Mapping[str, Node]:
    """Return what a plan follows from, keyed by path."""
    if subject.scenario is None:
        return {}
    return {
        ".".join(map(str, loc)): leaf
        for loc, leaf in walk_leaves(subject.scenario.tree)
        if not NO_INPUT.intersection(map(str, loc))
    }


def _value(leaf: Node | None) -> str | None:
    """Return a value as written; None where there is none."""
    return None if leaf is None else yaml_text(plain(leaf))
