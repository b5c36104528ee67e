"""The documentation: one Markdown file a topic, with parts made from the types.

A line ``<!-- generated: NAME -->`` stands for text that is made when the topic is
printed, so that it cannot differ from what the program accepts and computes.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

TOPICS = (
    "tutorial",
    "fields",
    "constraints",
    "policies",
    "accounts",
    "sweeps",
    "sensitivity",
    "frontier",
    "uncertainty",
    "robust",
    "report",
    "glossary",
    "assumptions",
    "validation",
    "ci",
    "python",
)
"""In reading order; each is a file of this folder."""

_MARKER = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)


def titles() -> dict[str, str]:
    """Return the title of every topic, by topic, in reading order."""
    return {topic: _frame(topic).partition("\n")[0].lstrip("# ") for topic in TOPICS}


def text_of(topic: str) -> str:
    """Return a topic as Markdown, its generated parts filled in.

    Raises:
        KeyError: There is no such topic.
    """
    if topic not in TOPICS:
        msg = f"{topic!r} is not a topic; write one of {', '.join(TOPICS)}"
        raise KeyError(msg)
    makers = _makers()
    return _MARKER.sub(lambda found: makers[found[1]]().rstrip(), _frame(topic))


def _frame(topic: str) -> str:
    return Path(__file__).with_name(f"{topic}.md").read_text(encoding="utf-8")


def _makers() -> Mapping[str, Callable[[], str]]:
    from planner.guide.constraints import constraints_text, objective_text  # noqa: PLC0415  # loads the program
    from planner.guide.fields import fields_text  # noqa: PLC0415  # loads all types
    from planner.guide.sections import sections_text  # noqa: PLC0415  # loads plans

    return {
        "constraints": constraints_text,
        "fields": fields_text,
        "objective": objective_text,
        "sections": sections_text,
    }
