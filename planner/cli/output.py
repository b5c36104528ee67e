"""Documents and warnings, as every command prints them."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from planner.cli.errors import print_error, print_line
from planner.cli.options import Terminal
from planner.documents import shown_path
from planner.errors import InputError, Problem
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


def check_file(path: str, suffixes: tuple[str, ...], what: str) -> None:
    """Refuse a file that cannot be written, or not in this format.

    Raises:
        InputError: It is a folder, in none or in one that is not to be written in, or
            of another format.
    """
    target = Path(path)
    endings = " or ".join(filter(None, (", ".join(suffixes[:-1]), suffixes[-1])))
    expected = f"write a file that ends in {endings}"
    message = ""
    if target.suffix not in suffixes or path.endswith(("/", os.sep)):
        message = what
    elif target.is_dir():
        message = "is a folder"
    elif not target.parent.is_dir():
        message = f"the folder {shown_path(target.parent)} does not exist"
        expected = ""
    elif not os.access(target.parent, os.W_OK):
        message = f"the folder {shown_path(target.parent)} cannot be written in"
        expected = ""
    if message:
        raise InputError([Problem(shown_path(path), 0, 0, "", message, expected)])
