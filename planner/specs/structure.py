"""Plain values to validated types: every problem, with its place and a remedy."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from planner.documents import Node, display_path, locate, suggest
from planner.errors import Problem
from planner.records import dataclass
from planner.specs.docs import field_docs
from planner.specs.fields import CHOICE, UNKNOWN, Spec, shown

S = TypeVar("S", bound=Spec)
Loc = tuple[str | int, ...]

_KEY = "[key]"
"""What pydantic puts behind the place of a mapping's key."""


class _Said(NamedTuple):
    """What is said of one error, at which place."""

    loc: Loc
    message: str
    expected: str = ""
    hint: str = ""
    key: bool = False

    def at(self, node: Node) -> Problem:
        """Return the problem at its place in a document."""
        mark, path = locate(node, self.loc, key=self.key), display_path(node, self.loc)
        return Problem(*mark, path, self.message, self.expected, self.hint)


@dataclass(frozen=True, slots=True)
class _Error:
    """One of pydantic's errors.

    Attributes:
        cls: The type of the whole.
        raw: Its location, with the tags of unions.
        loc: Its location in the document.
        value: What stands there.
        text: What a validator of ours says.
        context: What else the error knows.
    """

    cls: type[Spec]
    raw: Loc
    loc: Loc
    value: Any
    text: str
    context: Mapping[str, Any]


def structure(
    cls: type[S],
    node: Node,
    data: Mapping[str, Any],
    problems: list[Problem],
    *,
    prefix: str = "",
    own: Collection[str] = (),
) -> S | None:
    """Return ``data`` as a ``cls``; None when it has problems, which are added.

    Args:
        cls: The type of the whole.
        node: The document that ``data`` was read from, for places.
        data: Plain values; parts may be instances already.
        problems: Gets one entry for every problem.
        prefix: Path of ``node`` where it is part of another document.
        own: Files that hold ``node`` alone, whose paths begin with it.
    """
    try:
        return cls.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        problems += [
            _under(prefix, _said(cls, data, details).at(node), own)
            for details in errors
            if not _is_echo(details, errors)
        ]
        return None


def problem_at(
    node: Node, loc: Loc, message: str, expected: str = "", hint: str = ""
) -> Problem:
    """Return a problem at the place ``loc`` of a document."""
    return _Said(loc, message, expected, hint).at(node)


def unknown_key(cls: type[Spec], node: Node, loc: Loc) -> Problem:
    """Return the problem of a key that ``cls`` does not have."""
    return _unknown(loc, _keys_of(cls)).at(node)


def _under(prefix: str, problem: Problem, own: Collection[str]) -> Problem:
    """Return the problem with its path in the document that holds its own."""
    if not prefix or problem.file in own:
        return problem
    path = f"{prefix}.{problem.path}" if problem.path else prefix
    return replace(problem, path=path)


def _said(cls: type[Spec], data: Mapping[str, Any], details: ErrorDetails) -> _Said:
    """Return what is said of one of pydantic's errors, in our words."""
    context, raw = details.get("ctx") or {}, details["loc"]
    is_key = raw[-1:] == (_KEY,) and details["type"] != "extra_forbidden"
    raw = raw[:-1] if is_key else raw
    loc = _real_loc(raw, data) + tuple(context.get("at", ()))
    error = _Error(cls, raw, loc, details["input"], details["msg"], context)
    words = _WORDS.get(details["type"], "cannot stand here")
    said = words(error) if callable(words) else _mistyped(error, words)
    return said._replace(key=said.key or is_key)


def _is_echo(details: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Return whether "too short" only says that the items have errors."""
    loc = details["loc"]
    return details["type"] == "too_short" and any(
        other["loc"][: len(loc)] == loc and other is not details for other in errors
    )


def _mistyped(error: _Error, words: str) -> _Said:
    is_number = isinstance(error.value, int | float)
    expected = "put it in quotes" if words == _NO_TEXT and is_number else ""
    return _Said(error.loc, f"{shown(error.value)} {words}", expected)


def _refused(error: _Error) -> _Said:
    message, _, expected = error.text.partition("; ")
    return _Said(error.loc, message, expected)


def _empty(error: _Error) -> _Said:
    return _Said(error.loc, "is empty", "write at least one")


def _missing(error: _Error) -> _Said:
    return _Said(error.loc, "is missing", f"write {_example(error.cls, error.raw)}")


def _extra(error: _Error) -> _Said:
    """Return what is said of a key that this kind of mapping does not have."""
    owner, key = _class_at(error.cls, error.raw[:-1]), str(error.loc[-1])
    others = [c for c in _classes_at(error.cls, error.raw[:-2]) if c is not owner]
    having = [_kind_of(other) for other in others if key in _keys_of(other)]
    if owner is None or _kind_of(owner) == "" or not any(having):
        return _unknown(error.loc, _keys_of(owner))
    kinds = " or ".join(dict.fromkeys(kind for kind in having if kind))
    message = f"is for {kinds}, and this is {_kind_of(owner)}"
    return _Said(error.loc, message, "remove it", key=True)


def _kind_of(cls: type[BaseModel]) -> str:
    """Return what makes a mapping one of several kinds; empty where nothing does."""
    words = []
    for key in ("kind", "mode"):
        field = cls.model_fields.get(key)
        choices = get_args(field.annotation) if field else ()
        if field and field.is_required() and len(choices) == 1:
            words.append(f"{key}: {choices[0]}")
    return f"'{', '.join(words)}'" if words else ""


def _unknown_key(error: _Error) -> _Said:
    return _unknown(error.loc, error.context["known"], error.context["what"])


def _unknown(loc: Loc, known: Collection[str], what: str = "key") -> _Said:
    hint = suggest(str(loc[-1]), known)
    expected = "" if hint or not known else f"known are {', '.join(known)}"
    return _Said(loc, f"unknown {what}", expected, hint, key=True)


def _literal(error: _Error) -> _Said:
    return _one_of(error.loc, error.value, _options(error.context["expected"]))


def _choice(error: _Error) -> _Said:
    """Return what is said of a mapping that does not say what it is."""
    key, options = error.context["key"], _options(error.context["expected"])
    if not isinstance(error.value, Mapping):
        return _Said(error.loc, f"{shown(error.value)} is not a mapping")
    if key in error.value:
        return _one_of((*error.loc, key), error.value[key], options)
    return _Said((*error.loc, key), "is missing", f"write {_either(options)}")


def _one_of(loc: Loc, value: Any, options: list[str]) -> _Said:
    """Return what is said of a value that is none of a few."""
    if len(options) == 1:
        return _Said(loc, f"{shown(value)} is not known here", f"write {options[0]}")
    message = f"{shown(value)} is not one of {', '.join(options)}"
    return _Said(loc, message, hint=suggest(str(value), options))


_NO_TEXT = "is not text"
_WORDS: Mapping[str, str | Callable[[_Error], _Said]] = {
    "planner": _refused,
    CHOICE: _choice,
    UNKNOWN: _unknown_key,
    "extra_forbidden": _extra,
    "literal_error": _literal,
    "missing": _missing,
    "too_short": _empty,
    "string_type": _NO_TEXT,
    "dict_type": "is not a mapping",
    "model_type": "is not a mapping",
    "tuple_type": "is not a list",
}
"""What is said of each type of error that pydantic can give for our types."""


def _options(expected: str) -> list[str]:
    """Return the values that pydantic lists as ``'a', 'b' or 'c'``."""
    words = expected.replace(" or ", ", ").split(", ")
    return ["false" if word == "False" else word.strip("'") for word in words]


def _either(options: list[str]) -> str:
    return " or ".join(part for part in (", ".join(options[:-1]), options[-1]) if part)


def _keys_of(cls: type[BaseModel] | None) -> list[str]:
    """Return the keys that a file may write for a type."""
    if cls is None:
        return []
    resolved = cls.resolved if issubclass(cls, Spec) else frozenset()
    return sorted(cls.model_fields.keys() - resolved)


def _real_loc(loc: Loc, data: Any) -> Loc:
    """Return pydantic's location without the tags of unions and validators."""
    real: list[str | int] = []
    for number, part in enumerate(loc):
        last = number == len(loc) - 1
        if isinstance(data, Mapping) and part in data:
            data = data.get(part)
        elif isinstance(data, list | tuple) and isinstance(part, int):
            data = data[part]
        elif not (last and isinstance(data, Mapping)) or str(part).startswith("<"):
            continue
        real.append(part)
    return tuple(real)


def _class_at(cls: type[Spec], loc: Loc) -> type[BaseModel] | None:
    """Return the type of the mapping at ``loc``, for its known keys."""
    found = _classes_at(cls, loc)
    return found[0] if found else None


def _classes_at(cls: type[Spec], loc: Loc) -> list[type[BaseModel]]:
    """Return the types that the mapping at ``loc`` may have."""
    current: list[type[BaseModel]] = [cls]
    for part in loc:
        tagged = [c for c in current if f"<{c.__name__}>" == part]
        if tagged:
            current = tagged
            continue
        fields = [c.model_fields[part] for c in current if part in c.model_fields]
        if fields:
            current = [c for f in fields for c in _specs_in(f.annotation)]
    return current


def _specs_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _specs_in(argument)


def _example(cls: type[Spec], loc: Loc) -> str:
    """Return how a missing field is written, from the field's own example."""
    owner, key = _class_at(cls, loc[:-1]), str(loc[-1])
    field = owner.model_fields.get(key) if owner else None
    for item in field.metadata if field else ():
        example = getattr(getattr(item, "unit", item), "example", None)
        if example:
            return f"e.g. '{key}: {example}'"
    text = field_docs(owner).get(key, "").rstrip(".") if owner else ""
    return f"'{key}: …' ({text})" if text else f"'{key}: …'"
