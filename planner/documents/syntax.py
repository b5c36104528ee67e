"""The parser's complaints in words for people who do not know its grammar."""

from typing import Any

_NO_VALUE = "a value is missing, or a '[' or '{' is not closed"
_CLOSE = "write the value, or the closing ']' or '}'"
# What the two parsers say, what it usually is, what to write instead.
_MEANINGS = (
    ("mapping values are not allowed", "a ':' stands where no key can be",
     "put a text that holds ': ' in quotes, or begin a new line"),
    ("could not find expected ':'", "a line has no ':' behind its key",
     "write 'key: value', and check the indentation"),
    ("did not find expected key", "the line does not fit the lines above it",
     "check its indentation"),
    ("expected <block end>", "the line does not fit the lines above it",
     "check its indentation"),
    ("did not find expected '-'", "the line does not fit the list above it",
     "check its indentation, or begin it with '- '"),
    ("did not find expected ',' or '}'", "a '{' is not closed",
     "write ',' between entries and '}' at the end"),
    ("expected ',' or '}'", "a '{' is not closed",
     "write ',' between entries and '}' at the end"),
    ("did not find expected ',' or ']'", "a '[' is not closed",
     "write ',' between items and ']' at the end"),
    ("expected ',' or ']'", "a '[' is not closed",
     "write ',' between items and ']' at the end"),
    ("found unexpected end of stream", "a quoted text is not closed",
     "add the closing quote"),
    ("unknown escape character", "an unknown escape after '\\'",
     "put a text with '\\' in single quotes"),
    ("undefined tag handle", "a tag ('!') is not supported", "leave it out"),
    ("sequence entries are not allowed", "a '- ' stands where no list can be",
     "begin a new line"),
    ("did not find expected node content", _NO_VALUE, _CLOSE),
    ("expected the node content", _NO_VALUE, _CLOSE),
    ("did not find expected <document start>", "the line fits nothing above it",
     "check its indentation"),
    ("expected '<document start>'", "the line fits nothing above it",
     "check its indentation"),
    ("special characters are not allowed", "a control character is not allowed",
     "remove it"),
    ("control characters are not allowed", "a control character is not allowed",
     "remove it"),
)  # fmt: skip
_RESERVED = "a text cannot begin with '{}'"
_TAB = ("a tab stands in the indentation", "indent with spaces")


def explain(error: Exception, text: str) -> tuple[str, str, int, int]:
    """Return message, advice, line and column (from 1) of a parser's error.

    Args:
        error: As the parser raised it.
        text: What was parsed.
    """
    line, column = _place(error, text)
    said = f"{getattr(error, 'problem', None) or getattr(error, 'reason', error)}"
    before, at = _line_around(text, line, column)
    if before.strip() == "" and "\t" in (before + at[:1]):
        return *_TAB, line, column
    if "cannot start any token" in said:
        return *_bad_start(at), line, column
    for fragment, message, expected in _MEANINGS:
        if fragment in said:
            return message + _opened(error, line), expected, line, column
    return f"this is not YAML: {said}", "", line, column


def _place(error: Any, text: str) -> tuple[int, int]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return mark.line + 1, mark.column + 1
    position = getattr(error, "position", None)
    if not isinstance(position, int) or position < 0:
        return 0, 0
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def _line_around(text: str, line: int, column: int) -> tuple[str, str]:
    """Return the line of a place, cut there."""
    lines = text.split("\n", line)
    content = lines[line - 1] if 0 < line <= len(lines) else ""
    return content[: column - 1], content[column - 1 :]


def _bad_start(at: str) -> tuple[str, str]:
    if at.startswith("\t"):
        return _TAB
    return _RESERVED.format(at[:1]), "put the text in quotes"


def _opened(error: Any, line: int) -> str:
    """Return the line on which the unfinished part began, where it is another."""
    mark = getattr(error, "context_mark", None)
    if mark is None or mark.line + 1 == line:
        return ""
    return f", begun on line {mark.line + 1}"
