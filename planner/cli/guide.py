"""``planner guide``: the documentation, topic by topic."""

from planner.cli.errors import print_line
from planner.cli.options import Terminal
from planner.cli.output import print_json
from planner.documents import suggest
from planner.errors import InputError, Problem
from planner.guide import text_of, titles


def run(topic: str | None, terminal: Terminal) -> int:
    """Print a topic, or the list of topics, and return 0.

    Raises:
        InputError: There is no such topic.
    """
    if topic is None:
        _print_list(terminal)
        return 0
    known = titles()
    if topic not in known:
        hint = suggest(topic, known)
        expected = "" if hint else f"topics are {', '.join(known)}"
        message = f"the guide has no topic {topic!r}"
        raise InputError([Problem("", 0, 0, "", message, expected, hint)])
    text = text_of(topic)
    if terminal.as_json:
        print_json({"topic": topic, "text": text})
    else:
        print_line(text.rstrip())
    return 0


def _print_list(terminal: Terminal) -> None:
    known = titles()
    if terminal.as_json:
        topics = [{"topic": topic, "title": title} for topic, title in known.items()]
        print_json({"topics": topics})
        return
    width = max(map(len, known))
    for topic, title in known.items():
        print_line(topic if terminal.quiet else f"{topic:{width}}  {title}")
    if not terminal.quiet:
        print_line("\nplanner guide TOPIC prints one of them, as Markdown.")
