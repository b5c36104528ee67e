"""How a field is written: its form in words, and an example."""

import types
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from planner.periods import Span
from planner.records import dataclass
from planner.specs.fields import Count, Name, Names, Ratio, Spec, Truth, Unit, Whole
from planner.specs.series import Growth, SeriesOf
from planner.specs.supply import Supply
from planner.specs.uncertainty import Amount
from planner.specs.value import DemandOf, ValueOf


@dataclass(frozen=True, slots=True)
class Form:
    """What a field holds.

    Attributes:
        words: In words, with its unit.
        example: As a file writes it; empty where the form is a mapping of its own.
    """

    words: str
    example: str = ""


_ALIASES: tuple[tuple[Any, Form], ...] = (
    (Name, Form("a name")),
    (Names, Form("a list of names")),
    (Count, Form("a count", "1000")),
    (Whole, Form("a whole number", "8")),
    (Truth, Form("true or false")),
    (Amount, Form("a number in the unit of the path", "45 kUSD")),
)
_MARKS = tuple((get_args(alias)[1], form) for alias, form in _ALIASES)
_CLASSES: dict[Any, Form] = {
    str: Form("text"),
    float: Form("a number", "1000"),
    int: Form("a whole number", "8"),
    bool: Form("true or false"),
    Span: Form("a period", "2026Q1"),
    Growth: Form("a rate per month, quarter or year", "8 %/year"),
    Supply: Form("counts by span"),
}


def form_of(annotation: Any, metadata: Sequence[Any] = ()) -> Form:
    """Return the form of a field's type.

    Args:
        annotation: The type, with or without annotations of its own.
        metadata: Annotations that pydantic has taken off it.
    """
    # A choice says more than the check that reads it.
    for mark in () if get_origin(annotation) is Literal else metadata:
        found = _marked(mark)
        if found is not None:
            return found
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return form_of(inner, marks)
    if get_args(annotation):
        return _composed(get_origin(annotation), get_args(annotation))
    if specs_in(annotation):
        return Form("a mapping")
    return _CLASSES.get(annotation, Form("a value"))


def _composed(origin: Any, below: tuple[Any, ...]) -> Form:
    """Return the form of a union, a choice, a list or a mapping."""
    if origin in (Union, types.UnionType):
        return _either([form_of(part) for part in below if part is not type(None)])
    if origin is Literal:
        words = [str(each).lower() if each is False else str(each) for each in below]
        return Form(" | ".join(words))
    if origin is tuple:
        several = "mappings" if specs_in(below[0]) else form_of(below[0]).words
        return Form(f"a list of {several}")
    return _mapping(form_of(below[0]), form_of(below[1]))


def specs_in(annotation: Any) -> tuple[type[Spec], ...]:
    """Return the types of mappings that a field may hold, in order."""
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return (annotation,)
    found = [spec for part in get_args(annotation) for spec in specs_in(part)]
    return tuple(dict.fromkeys(found))


def is_keyed(annotation: Any) -> bool:
    """Return whether a field holds mappings by name, or a list of named ones."""
    named = [spec for spec in specs_in(annotation) if "name" in spec.model_fields]
    return get_origin(annotation) is dict or bool(named)


def _marked(mark: Any) -> Form | None:
    """Return the form that an annotation declares."""
    if isinstance(mark, Unit):
        return Form(f"a quantity in {_units(mark)}", mark.example)
    if isinstance(mark, Ratio):
        return Form(_bounds(mark), mark.example)
    if isinstance(mark, SeriesOf):
        kind = "an amount per span" if mark.amount else "a level, or levels over time"
        key = "2026" if mark.amount else "2026Q1"
        example = f"{{{key}: {mark.unit.example}}}"
        return Form(f"{kind}, in {_units(mark.unit)}", example)
    if isinstance(mark, DemandOf):
        return Form(f"a demand, in {_units(mark.unit)}", mark.unit.example)
    if isinstance(mark, ValueOf):
        words = f"a value, or steps of it, in {_units(mark.unit)}"
        return Form(words, mark.unit.example)
    return next((form for known, form in _MARKS if known == mark), None)


def _units(unit: Unit) -> str:
    return " or ".join(each or "no unit" for each in (unit.symbol, *unit.also))


def _bounds(ratio: Ratio) -> str:
    most = "" if ratio.most == float("inf") else f" to {ratio.most:.0%}"
    return f"a share of {ratio.least:.0%}{most or ' or more'}".replace("%", " %")


def _either(forms: list[Form]) -> Form:
    words = " or ".join(dict.fromkeys(form.words for form in forms))
    example = next((form.example for form in forms if form.example), "")
    return Form(words, example)


def _mapping(key: Form, value: Form) -> Form:
    keys = "names" if key.words in ("a name", "text") else key.words
    return Form(f"a mapping from {keys} to {value.words}")
