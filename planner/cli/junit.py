"""A JUnit report: one suite for each file, one case for each group of figures."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from planner.cli.check_text import drift_text, share_text, versions_text
from planner.regression.check import Checked
from planner.regression.compare import GROUPS
from planner.regression.explain import Explained


def junit_text(found: Iterable[Checked]) -> str:
    """Return the report as XML."""
    root = ET.Element("testsuites", name="planner check")
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for checked in found:
        suite = ET.SubElement(root, "testsuite", name=_legal(checked.path))
        _fill(suite, checked)
        for name in totals:
            count = len(suite) if name == "tests" else len(suite.findall(_TAGS[name]))
            suite.set(name, str(count))
            totals[name] += count
    for name, count in totals.items():
        root.set(name, str(count))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_text(root)}\n'


_TAGS = {
    "failures": "./testcase/failure",
    "errors": "./testcase/error",
    "skipped": "./testcase/skipped",
}


def _fill(suite: ET.Element, checked: Checked) -> None:
    """Add the cases of one file."""
    said = "\n".join(str(problem) for problem in checked.problems)
    if checked.outcome in ("ok", "drift", "warned") and checked.code in (0, 1, 3):
        for group in GROUPS:
            drifts = [each for each in checked.drifts if each.drift.group == group]
            _case(suite, checked, group, drifts)
        if said and not checked.drifts:
            _result(_plain(suite, checked, "expected"), "failure", said)
        return
    case = _plain(suite, checked, "golden")
    if checked.outcome == "missing":
        _result(case, "failure", said)
    elif checked.outcome in ("skipped", "orphan"):
        _result(case, "skipped", said)
    elif checked.code:
        _result(case, "error", said)


def _case(
    suite: ET.Element, checked: Checked, group: str, drifts: list[Explained]
) -> None:
    case = _plain(suite, checked, group)
    lines = []
    for explained in drifts:
        drift = explained.drift
        lines.append(f"{drift.severity}: {drift.metric} {drift_text(drift)}")
        lines += [f"  {share}  {name}" for name, share in share_text(explained)]
    if drifts and not checked.changes:
        lines.append(f"no input changed: {versions_text(checked)}")
    if any(each.drift.severity == "error" for each in drifts):
        _result(case, "failure", "\n".join(lines))
    elif lines:
        ET.SubElement(case, "system-out").text = _legal("\n".join(lines))


def _plain(suite: ET.Element, checked: Checked, name: str) -> ET.Element:
    classname = _legal(checked.path.replace("/", ".").rpartition(".")[0])
    return ET.SubElement(suite, "testcase", classname=classname, name=name)


def _result(case: ET.Element, tag: str, text: str) -> None:
    first = text.partition("\n")[0]
    ET.SubElement(case, tag, message=_legal(first)).text = _legal(text)


def _legal(text: str) -> str:
    """Return the text without the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or c >= " ")


def _text(root: ET.Element) -> str:
    return ET.tostring(root, encoding="unicode")
