"""The scenario that ``planner init`` writes."""

from pathlib import Path


def template_text() -> str:
    """Return a commented scenario that solves as it stands."""
    return Path(__file__).with_name("template.yaml").read_text(encoding="utf-8")
