"""YAML text to nodes, with every problem that the parser can reach."""

from typing import Any, Final

import yaml

from planner.documents.node import Mark, Node
from planner.documents.scalars import meaning
from planner.documents.syntax import explain
from planner.errors import Problem

DEEPEST = 64
MOST_NODES = 1_000_000
MOST_PROBLEMS = 100

# libyaml is several times faster; the pure parser gives the same events.
_Parser: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StopError(Exception):
    """Nothing behind this point can be read."""


def parse_yaml(text: str, file: str, problems: list[Problem]) -> Node | None:
    """Return the one document of a YAML text.

    Args:
        text: The content of a file.
        file: Its name, for the marks.
        problems: Gets what is wrong in it.

    Returns:
        The root; None where the text is empty or breaks off. What was refused inside
        (an alias, the second of two equal keys) is left out or null.
    """
    try:
        parser = _Parser(text)
    except (yaml.YAMLError, UnicodeError) as error:
        problems.append(_syntax_problem(error, text, file))
        return None
    reader = _Reader(parser, file, problems)
    try:
        return reader.document()
    except (yaml.YAMLError, UnicodeError) as error:
        problems.append(_syntax_problem(error, text, file))
    except _StopError:
        pass
    finally:
        parser.dispose()
    return None


class _Reader:
    """Composes nodes from the events of one text."""

    def __init__(self, parser: Any, file: str, problems: list[Problem]) -> None:
        self.next_event = parser.get_event
        self.file = file
        self.problems = problems
        self.nodes = 0
        self.found = 0
        self.aliases: set[str] = set()

    def document(self) -> Node | None:
        """Return the root of the first document; a second one is a problem."""
        self.next_event()
        event = self.next_event()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        root = self.node(self.next_event(), 0)
        self.next_event()
        event = self.next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            self.refuse(event, "a second document begins here", "write one per file")
        return root

    def node(self, event: Any, depth: int) -> Node:
        """Return the node that begins with an event, and read to its end."""
        mark = self.mark_of(event)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.refuse(event, f"the file holds more than {MOST_NODES:,} values")
            raise _StopError
        if isinstance(event, yaml.AliasEvent):
            self.refuse_alias(event)
            return Node(None, mark)
        self.check_properties(event)
        if isinstance(event, yaml.ScalarEvent):
            is_plain = event.style is None or event.style == ""
            return Node(meaning(event.value) if is_plain else event.value, mark)
        if depth >= DEEPEST:
            self.refuse(event, f"values are nested more than {DEEPEST} deep")
            raise _StopError
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self.items(depth), mark)
        return Node(self.entries(depth), mark)

    def items(self, depth: int) -> list[Node]:
        """Return the items of a list whose start was just read."""
        items = []
        while not isinstance(event := self.next_event(), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return items

    def entries(self, depth: int) -> dict[str, Node]:
        """Return the entries of a mapping whose start was just read."""
        entries: dict[str, Node] = {}
        while not isinstance(event := self.next_event(), yaml.MappingEndEvent):
            key = self.key(event, depth)
            value = self.node(self.next_event(), depth + 1)
            if key is None:
                continue
            value.key_mark = self.mark_of(event)
            if first := entries.get(key):
                line = first.key_mark.line if first.key_mark else 0
                self.refuse(
                    event,
                    f"'{key}' is written twice, first on line {line}",
                    "keep one of the two",
                )
            else:
                entries[key] = value
        return entries

    def key(self, event: Any, depth: int) -> str | None:
        """Return the text of a key, or None with a problem where it has none."""
        if not isinstance(event, yaml.ScalarEvent):
            if isinstance(event, yaml.AliasEvent):
                self.refuse_alias(event)
            else:
                self.refuse(event, "a key is a list or mapping", "a key is plain text")
                self.node(event, depth + 1)
            return None
        self.check_properties(event)
        if event.value == "<<" and not event.style:
            self.refuse(
                event, "the merge key '<<' is not supported", "use 'extends' instead"
            )
            return None
        return str(event.value)

    def check_properties(self, event: Any) -> None:
        """Refuse an anchor or a tag in front of a value."""
        if event.anchor is not None:
            self.refuse(
                event,
                f"'&{event.anchor}' is an anchor, which is not supported",
                "write the value out, or share it with 'extends'",
            )
        if getattr(event, "tag", None) is not None:
            self.refuse(
                event,
                f"the tag '{_short_tag(event.tag)}' is not supported",
                "leave it out",
            )

    def refuse_alias(self, event: Any) -> None:
        """Refuse an alias, once for each name."""
        if event.anchor not in self.aliases:
            self.aliases.add(event.anchor)
            self.refuse(
                event,
                f"'*{event.anchor}' is an alias, which is not supported",
                "write the value out, or share it with 'extends'",
            )

    def refuse(self, event: Any, message: str, expected: str = "") -> None:
        """Add a problem at an event; stop where there are too many to read."""
        mark = self.mark_of(event)
        self.problems.append(Problem(*mark, "", message, expected))
        self.found += 1
        if self.found >= MOST_PROBLEMS:
            raise _StopError

    def mark_of(self, event: Any) -> Mark:
        """Return where an event begins."""
        start = event.start_mark
        return Mark(self.file, start.line + 1, start.column + 1)


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")[:60]


def _syntax_problem(error: Exception, text: str, file: str) -> Problem:
    message, expected, line, column = explain(error, text)
    return Problem(file, line, column, "", message, expected)
