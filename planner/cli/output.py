"""Documents and warnings, as every command prints them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from planner.cli.errors import print_error, print_line
from planner.cli.options import Terminal
from planner.version import FORMAT_VERSION


def print_json(content: Mapping[str, Any]) -> None:
    """Print one document, with the version of its format in front."""
    print_line(json_text(content))


def json_text(content: Mapping[str, Any]) -> str:
    """Return one document as text, with the version of its format in front."""
    return pretty({"format_version": FORMAT_VERSION, **content})


def pretty(document: Mapping[str, Any]) -> str:
    """Return a document as it is; numbers are finite, or it is a bug."""
    return json.dumps(document, indent=2, allow_nan=False)


def print_warnings(warnings: Iterable[str], terminal: Terminal) -> None:
    """Print warnings to stderr, unless the command is to be quiet."""
    if not terminal.quiet:
        for warning in warnings:
            print_error(f"warning: {warning}")
