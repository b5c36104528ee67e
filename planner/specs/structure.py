"""Plain values to validated types: every problem, with its place and a remedy."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from planner.documents import Node, display_path, locate, suggest
from planner.errors import Problem
from planner.specs.docs import field_docs
from planner.specs.fields import Spec

S = TypeVar("S", bound=Spec)
Loc = tuple[str | int, ...]

LATER = frozenset(
    {
        "accelerators.minimum",
        "budgets.carbon",
        "budgets.carry_over",
        "budgets.opex",
        "expansion",
        "inflation",
        "leases",
        "policies",
        "single_accelerator",
        "single_site",
        "divisible",
        "steady",
        "transfers",
    }
)
"""Keys of the format that this version knows of but cannot plan with."""

_SHOWN = 60
"""Characters of a wrong value that a message repeats."""

_WORDS = {
    "string_type": "is not text",
    "dict_type": "is not a mapping",
    "model_type": "is not a mapping",
    "model_attributes_type": "is not a mapping",
    "tuple_type": "is not a list",
    "list_type": "is not a list",
    "float_type": "is not a number",
    "int_type": "is not a whole number",
    "bool_type": "is not true or false",
}


def structure(
    cls: type[S],
    node: Node,
    data: Mapping[str, Any],
    problems: list[Problem],
    prefix: str = "",
) -> S | None:
    """Return ``data`` as a ``cls``; None when it has problems, which are added.

    Args:
        cls: The type of the whole.
        node: The document that ``data`` was read from, for places.
        data: Plain values; parts may be instances already.
        problems: Gets one entry for every problem.
        prefix: Path of ``node`` where it is part of another file.
    """
    try:
        return cls.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        problems += [
            _problem(cls, node, data, details, prefix)
            for details in errors
            if not _is_echo(details, errors)
        ]
        return None


def problem_at(
    node: Node,
    loc: Loc,
    message: str,
    *,
    expected: str = "",
    hint: str = "",
    prefix: str = "",
    key: bool = False,
) -> Problem:
    """Return a problem at the place ``loc`` of a document, or at its key."""
    mark = locate(node, loc, key=key)
    path = display_path(node, loc)
    if prefix and mark.file != node.mark.file:
        path = f"{prefix}.{path}" if path else prefix
    return Problem(mark.file, mark.line, mark.column, path, message, expected, hint)


def _problem(
    cls: type[Spec],
    node: Node,
    data: Mapping[str, Any],
    details: ErrorDetails,
    prefix: str,
) -> Problem:
    """Return the problem that one pydantic error stands for."""
    context = details.get("ctx") or {}
    loc = _real_loc(details["loc"], data) + tuple(context.get("at", ()))
    kind, value = details["type"], details["input"]
    if kind == "missing":
        example = _example(cls, details["loc"])
        return problem_at(
            node, loc, "is missing", expected=f"write {example}", prefix=prefix
        )
    if kind == "extra_forbidden":
        return _unknown(cls, node, details["loc"], loc, prefix)
    if kind == "literal_error":
        options = _options(context.get("expected", ""))
        return problem_at(
            node,
            loc,
            f"{value!r} is not one of {', '.join(options)}",
            hint=suggest(str(value), options),
            prefix=prefix,
        )
    if kind in _WORDS:
        return problem_at(node, loc, f"{_short(value)} {_WORDS[kind]}", prefix=prefix)
    if kind == "too_short":
        return problem_at(node, loc, "is empty; write at least one", prefix=prefix)
    message, _, expected = details["msg"].partition("; ")
    return problem_at(node, loc, message, expected=expected, prefix=prefix)


def _is_echo(details: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Return whether "too short" only says that the items have errors."""
    loc = details["loc"]
    return details["type"] == "too_short" and any(
        other["loc"][: len(loc)] == loc and other is not details for other in errors
    )


def _unknown(cls: type[Spec], node: Node, raw: Loc, loc: Loc, prefix: str) -> Problem:
    key = str(loc[-1])
    dotted = ".".join(str(part) for part in loc if isinstance(part, str))
    if any(dotted == later or dotted.endswith(f".{later}") for later in LATER):
        message = "is not supported by this version of planner"
        return problem_at(
            node, loc, message, expected="remove it", prefix=prefix, key=True
        )
    owner = _class_at(cls, raw[:-1])
    known = sorted(owner.model_fields) if owner else []
    hint = suggest(key, known)
    expected = "" if hint else f"known are {', '.join(known)}" if known else ""
    return problem_at(
        node, loc, "unknown key", expected=expected, hint=hint, prefix=prefix, key=True
    )


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
    current: list[type[BaseModel]] = [cls]
    for part in loc:
        tagged = [c for c in current if f"<{c.__name__}>" == part]
        if tagged:
            current = tagged
            continue
        fields = [c.model_fields[part] for c in current if part in c.model_fields]
        if fields:
            current = [c for f in fields for c in _specs_in(f.annotation)]
    return current[0] if current else None


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


def _options(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
