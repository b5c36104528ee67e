"""A plan that was written to a file, and the scenario that it was made from."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from planner.documents import read_source, shown_path
from planner.errors import InputError, Problem
from planner.plan.assemble import inputs_hash
from planner.plan.plan import Plan
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from planner.version import FORMAT_VERSION

STDIN = "<stdin>"
_AGAIN = "write one with 'planner solve SCENARIO -o plan.json'"


def read_plan(path: str) -> Plan:
    """Return the plan that a file holds, ``-`` being standard input.

    Raises:
        InputError: It cannot be read, is of a newer version, is no plan, or is one of
            a scenario that has none.
    """
    plan, shown = any_plan(path)
    if plan.status != "optimal":
        message = f"its status is {plan.status}, so there is nothing to continue"
        raise refusal(shown, message, "give a plan that is optimal")
    return plan


def any_plan(path: str) -> tuple[Plan, str]:
    """Return the plan that a file holds, whatever its status, and the shown path.

    Raises:
        InputError: It cannot be read, is of a newer version, or is no plan.
    """
    problems: list[Problem] = []
    source = read_source(path, problems)
    if source is None:
        raise InputError(problems)
    return _plan_of(source.text, source.shown), source.shown


def scenario_of(
    plan: Plan, shown: str, data_dirs: Sequence[str]
) -> tuple[Path, Scenario]:
    """Return path and content of the scenario that a plan was made from.

    Args:
        plan: As read.
        shown: Path of its file, for messages; the scenario is looked for as seen
            from here, then as seen from that file.
        data_dirs: Folders searched before the shipped one.

    Raises:
        InputError: The scenario is not there, or not as it was.
    """
    written = plan.provenance.files[0].path if plan.provenance.files else STDIN
    if written == STDIN:
        message = "was made from standard input, so there is no file to extend"
        raise refusal(shown, message, "solve the scenario from a file")
    places = (Path(written), Path(shown).parent / written)
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        message = f"was made from {written!r}, which is not there"
        raise refusal(shown, message, "run this in the folder where it was solved")
    overrides = plan.provenance.set
    scenario = load_scenario(path, overrides=overrides, data_dirs=data_dirs)
    if inputs_hash(scenario.tree) != plan.provenance.inputs_hash:
        raise _changed(plan, shown, scenario, shown_path(path))
    return path, scenario


def refusal(file: str, message: str, expected: str = "") -> InputError:
    """Return the error of a plan's file that cannot be used."""
    return InputError([Problem(file, 0, 0, "", message, expected)])


def _plan_of(text: str, shown: str) -> Plan:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise refusal(shown, "is no JSON, so no plan", _AGAIN) from None
    if not isinstance(content, dict) or "provenance" not in content:
        raise refusal(shown, "is not a plan", _AGAIN)
    _check_version(content.pop("format_version", None), shown)
    try:
        return TypeAdapter(Plan).validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        said = first["msg"][:1].lower() + first["msg"][1:]
        raise refusal(shown, f"is not a plan: {place}: {said}", _AGAIN) from None


def _check_version(version: Any, shown: str) -> None:
    if not isinstance(version, int) or isinstance(version, bool):
        raise refusal(shown, "is not a plan: it has no format_version", _AGAIN)
    if version > FORMAT_VERSION:
        message = f"has format_version {version}; this planner reads {FORMAT_VERSION}"
        raise refusal(shown, message, "install a newer planner")


def _changed(plan: Plan, shown: str, scenario: Scenario, path: str) -> InputError:
    """Return the error of a scenario that is no longer what the plan was made from."""
    before = {row.sha256 for row in plan.provenance.files}
    others = [name for name, sha256 in scenario.files if sha256 not in before]
    what = f"{', '.join(others)} changed" if others else "its inputs changed"
    expected = f"solve it again: planner solve {path} -o {shown}"
    return refusal(shown, f"is out of date: {what} after it was made", expected)
