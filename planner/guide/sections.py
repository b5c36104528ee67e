"""The sections of a plan: what each is keyed by, and its columns."""

import re
import textwrap
from dataclasses import fields
from inspect import getdoc
from typing import get_args, get_type_hints

from planner.plan.plan import SECTIONS, Plan

WIDTH = 88
_KEYS = re.compile(r"^ {4}(\w+): Keyed by ([\w, ]+)", re.MULTILINE)


def sections_text() -> str:
    """Return a list of the sections, each with its columns."""
    keyed = dict(_KEYS.findall(getdoc(Plan) or ""))
    rows = get_type_hints(Plan)
    lines: list[str] = []
    for name in SECTIONS:
        keys = keyed.get(name, "").strip()
        columns = [column.name for column in fields(get_args(rows[name])[0])]
        others = [column for column in columns if column not in keys.split(", ")]
        text = f"- `{name}` by {keys}: " if keys else f"- `{name}`: "
        lines += textwrap.wrap(text + ", ".join(others), WIDTH, subsequent_indent="  ")
    return "\n".join(lines)
