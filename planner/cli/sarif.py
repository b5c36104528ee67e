"""Problems as SARIF 2.1.0, which code scanning services read."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from planner import __version__
from planner.errors import Problem

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RULE = "planner/input"


def sarif_document(
    problems: Iterable[Problem], warnings: Iterable[Problem]
) -> dict[str, Any]:
    """Return one log with one run: a result for each problem and each warning."""
    results = [_result(each, "error") for each in problems]
    results += [_result(each, "warning") for each in warnings]
    rule = {
        "id": _RULE,
        "shortDescription": {
            "text": "What planner cannot use, or what deserves a look"
        },
    }
    driver = {"name": "planner", "version": __version__, "rules": [rule]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints"}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{**run, "results": results}],
    }


def _result(problem: Problem, level: str) -> dict[str, Any]:
    path = f"{problem.path}: " if problem.path else ""
    tail = "; ".join(part for part in (problem.message, problem.expected) if part)
    hint = f" ({problem.hint})" if problem.hint else ""
    result: dict[str, Any] = {
        "ruleId": _RULE,
        "level": level,
        "message": {"text": f"{path}{tail}{hint}"},
    }
    if problem.file and not problem.file.startswith(("<", "-")):
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.file)}}
        if problem.line:
            place["region"] = {
                "startLine": problem.line,
                "startColumn": max(problem.column, 1),
            }
        result["locations"] = [{"physicalLocation": place}]
    return result
