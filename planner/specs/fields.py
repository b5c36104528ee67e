"""Types of single values: what a field accepts, as an annotation.

A quantity field is ``Annotated[Quantity, Unit(...)]``: declaring the field
declares its dimension, its range and the example that an error message shows.
Ratios (shares, factors) become plain floats, since they have no unit to lose.
"""

import re
from collections.abc import Iterable
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from planner.periods import Span
from planner.records import dataclass
from planner.units import Quantity, magnitude, parse, ureg

Kind = Literal[
    "llm_training",
    "llm_inference",
    "recommendation_training",
    "recommendation_inference",
]
Precision = Literal["fp32", "tf32", "bf16", "fp16", "fp8", "int8", "fp4"]

UNKNOWN = "unknown_key"
"""Type of the error whose context holds the keys that are known."""

CHOICE = "choice"
"""Type of the error of a mapping whose ``key`` must say which of several it is."""

_MOST_WHOLE = 10**12
_SHOWN = 60
"""Characters of a wrong value that a message repeats."""

_NAME = re.compile(r"[a-z](?:_?[a-z0-9])*_?")


def refuse(message: str, *at: str | int) -> PydanticCustomError:
    """Return an error for a place below the value that is being validated.

    Args:
        message: What is there, what is wrong, and what to write.
        at: Keys and list indices from the validated value to the place.
    """
    return PydanticCustomError("planner", "{text}", {"text": message, "at": list(at)})


def refuse_key(
    known: Iterable[str], *at: str | int, what: str = "key"
) -> PydanticCustomError:
    """Return an error for an unknown key, whose place is that of the key itself.

    Args:
        known: What may stand there.
        at: Keys and list indices from the validated value to the unknown key.
        what: What the key names.
    """
    context = {"what": what, "known": list(known), "at": list(at)}
    return PydanticCustomError(UNKNOWN, "unknown {what}", context)


def further(error: PydanticCustomError, *at: str | int) -> PydanticCustomError:
    """Return the error of a part, its place seen from the whole."""
    context = dict(error.context or {})
    context["at"] = [*at, *context.get("at", ())]
    return PydanticCustomError(error.type, error.message_template, context)


def shown(value: Any) -> str:
    """Return a value as a message repeats it, in the words of YAML."""
    if value is None:
        return "an empty value"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def is_name(value: Any) -> bool:
    """Return whether a value is a name: no ``__``, which joins names in rows."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def form(value: Any) -> str:
    """Return the tag of a value that is one thing or a mapping of several."""
    return "<mapping>" if isinstance(value, dict | BaseModel) else "<value>"


class Spec(BaseModel):
    """Base of everything users write: immutable, and no unknown key passes."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        defer_build=True,
    )

    resolved: ClassVar[frozenset[str]] = frozenset()
    """Fields that no file writes: the loader fills them in."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe every field by the sentence under it."""
        from planner.specs.docs import field_docs  # noqa: PLC0415  # only for schemas

        schema = handler.resolve_ref_schema(handler(core))
        for name, text in field_docs(cls).items():
            if name in schema.get("properties", {}):
                schema["properties"][name].setdefault("description", text)
        return schema


@dataclass(frozen=True, slots=True)
class Unit:
    """What a quantity field must convert to, and the range it must lie in.

    Attributes:
        symbol: The unit, e.g. ``"W"``; ``also`` names further ones.
        example: What an error message proposes, e.g. ``"1.8 kW"``.
        positive: Zero is refused too; negative values always are, unless
            ``signed``.
    """

    symbol: str
    example: str
    positive: bool = False
    signed: bool = False
    also: tuple[str, ...] = ()

    def read(self, value: Any) -> Quantity:
        """Return the quantity that ``value`` writes.

        Raises:
            ValueError: It is no such quantity, or outside the range.
        """
        if isinstance(value, ureg.Quantity):
            return value
        failure: ValueError | None = None
        for symbol in (self.symbol, *self.also):
            try:
                quantity = parse(value, symbol, self.example)
            except ValueError as error:
                failure = failure or error
            else:
                self._check_range(value, magnitude(quantity, symbol))
                return quantity
        raise failure or ValueError(value)

    def _check_range(self, value: Any, number: float) -> None:
        if not isfinite(number):
            msg = f"{value!r} is too large; write e.g. {self.example!r}"
            raise ValueError(msg)
        if self.positive and number <= 0:
            msg = f"{value!r} must be above 0; write e.g. {self.example!r}"
            raise ValueError(msg)
        if number < 0 and not self.signed:
            msg = f"{value!r} is negative; write e.g. {self.example!r}"
            raise ValueError(msg)

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate with ``read``; describe as text in a JSON Schema."""
        return core_schema.no_info_plain_validator_function(
            _custom(self.read), metadata={"pydantic_js_functions": [self._schema]}
        )

    def _schema(self, _core: CoreSchema, _handler: Any) -> dict[str, Any]:
        return {
            "type": ["string", "number"] if not self.symbol else "string",
            "description": f"quantity in {self.symbol or 'no unit'}",
            "examples": [self.example],
        }


@dataclass(frozen=True, slots=True)
class Ratio:
    """A pure number, written ``0.2`` or ``20 %``, within closed bounds."""

    example: str
    least: float = 0.0
    most: float = float("inf")

    def read(self, value: Any) -> float:
        """Return the ratio as a fraction (``20 %`` is 0.2).

        Raises:
            ValueError: It is no pure number, or outside the bounds.
        """
        number = magnitude(parse(value, "", self.example), "")
        if not self.least <= number <= self.most:
            form = "{:.0%}" if "%" in self.example else "{:g}"
            least, most = form.format(self.least), form.format(self.most)
            within = f"between {least} and {most}"
            if self.most == float("inf"):
                within = f"at least {least}"
            msg = f"{value!r} must be {within}"
            raise ValueError(f"{msg}; write e.g. {self.example!r}")
        return number

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate with ``read``; describe as text or number."""
        return core_schema.no_info_plain_validator_function(
            _custom(self.read), metadata={"pydantic_js_functions": [self._schema]}
        )

    def _schema(self, _core: CoreSchema, _handler: Any) -> dict[str, Any]:
        return {"type": ["string", "number"], "examples": [self.example]}


def _custom(read: Any) -> Any:
    """Turn a ``ValueError`` into one whose text pydantic leaves alone."""

    def validate(value: Any) -> Any:
        try:
            return read(value)
        except ValueError as error:
            raise refuse(str(error)) from None

    return validate


def _span(value: Any) -> Span:
    if isinstance(value, Span):
        return value
    try:
        return Span.parse(value)
    except ValueError:
        message = f"{shown(value)} is not a period"
        raise refuse(f"{message}; write e.g. 2026Q1, 2026 or 2026-01") from None


def _name(value: Any) -> str:
    if is_name(value):
        return str(value)
    message = f"{shown(value)} is not a name; use a-z, 0-9 and single _"
    raise refuse(f"{message}, beginning with a letter")


def count(value: Any, *at: str | int) -> float:
    """Return how many; an error's place is ``at`` below the validated value."""
    try:
        number = magnitude(parse(value, "", "8000"), "")
    except ValueError as error:
        raise refuse(str(error), *at) from None
    if isinstance(value, str) and value.endswith("%"):
        raise refuse(f"{value!r} is a share; write a count, e.g. 8000", *at)
    if number < 0:
        raise refuse(f"{value!r} is negative; write a count, e.g. 8000", *at)
    return number


def whole(value: Any) -> int:
    """Return a whole number from 1 to 10^12, quoted or not."""
    number = count(value)
    if number < 1 or number != int(number):
        raise refuse(f"{value!r} is not a whole number of at least 1")
    if number > _MOST_WHOLE:
        raise refuse(f"{value!r} is too large; write at most {_MOST_WHOLE:.0e}")
    return int(number)


def _truth(value: Any) -> bool:
    words = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise refuse(f"{shown(value)} is not a yes or no; write true or false")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_SPAN_SCHEMA = Field(
    json_schema_extra={"type": ["string", "integer"], "examples": ["2026Q1"]}
)
Period = Annotated[Span, BeforeValidator(_span), _SPAN_SCHEMA]
Name = Annotated[str, BeforeValidator(_name)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
SomeNames = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_listed)]
Count = Annotated[float, BeforeValidator(count)]
Whole = Annotated[int, BeforeValidator(whole)]
Truth = Annotated[bool, BeforeValidator(_truth)]
No = Annotated[Literal[False], BeforeValidator(_truth)]

Power = Annotated[Quantity, Unit("W", "1.8 kW")]
Money = Annotated[Quantity, Unit("USD", "31 kUSD")]
Memory = Annotated[Quantity, Unit("B", "80 GB", positive=True)]
Bandwidth = Annotated[Quantity, Unit("B/s", "3.35 TB/s", positive=True)]
FlopRate = Annotated[Quantity, Unit("FLOP/s", "989 TFLOP/s", positive=True)]
Duration = Annotated[Quantity, Unit("s", "10 min")]
Days = Annotated[Quantity, Unit("day", "60 day", positive=True)]
Latency = Annotated[Quantity, Unit("s", "50 ms", positive=True)]
Months = Annotated[Quantity, Unit("month", "9 month")]
Lifetime = Annotated[Quantity, Unit("month", "5.5 year", positive=True)]
YearlyRate = Annotated[Quantity, Unit("1/year", "4 %/year")]
HourlyPrice = Annotated[Quantity, Unit("USD/hour", "2.5 USD/hour")]
FailureRate = Annotated[Quantity, Unit("1/node/day", "0.0038 1/node/day")]
Tokens = Annotated[Quantity, Unit("token", "15 Ttoken", positive=True)]
TokenCount = Annotated[Quantity, Unit("token", "1155 token")]
Share = Annotated[float, Ratio("99 %", 0.0, 1.0)]
Factor = Annotated[float, Ratio("1.2", 1.0)]
Headroom = Annotated[float, Ratio("20 %", 0.0)]
