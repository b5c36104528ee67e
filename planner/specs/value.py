"""What served work is worth, and how much of it is asked for (formats §4)."""

from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from planner.records import dataclass
from planner.specs.fields import Ratio, Unit, further, refuse, refuse_key, shown
from planner.specs.series import Series, SeriesOf
from planner.units import Quantity

_UP_TO = Ratio("60 %", 0.0, 1.0)
_PER_TOKEN = Unit("USD/token", "0.5 USD/Mtoken")


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """Prices of prompt and of output tokens."""

    prompt: Quantity
    output: Quantity


Price = Quantity | TokenPrice


@dataclass(frozen=True, slots=True)
class ValueStep:
    """The value of what is served up to a share; the first step starts at 0."""

    up_to: float
    value: Price


@dataclass(frozen=True, slots=True)
class ValueOf:
    """Annotation of a workload's value: one price, or steps of falling ones."""

    unit: Unit
    by_token: bool = False

    def read(self, value: Any) -> tuple[ValueStep, ...]:
        """Return the steps, in order of their shares.

        Raises:
            PydanticCustomError: A step is wrong; its place is named.
        """
        if not isinstance(value, list):
            return (ValueStep(1.0, self._price(value)),)
        if not value:
            raise refuse("no step is given; write [{up_to: 100 %, value: …}]")
        steps = tuple(self._step(number, item) for number, item in enumerate(value))
        for number in range(1, len(steps)):
            if steps[number].up_to <= steps[number - 1].up_to:
                raise refuse("shares must rise from step to step", number, "up_to")
        return steps

    def _step(self, number: int, item: Any) -> ValueStep:
        if not isinstance(item, dict) or set(item) != {"up_to", "value"}:
            example = f"{{up_to: 60 %, value: {self.unit.example}}}"
            message = f"{shown(item)} is not a step of up_to and value"
            raise refuse(f"{message}; write e.g. {example}", number)
        try:
            up_to = _UP_TO.read(item["up_to"])
        except ValueError as error:
            raise refuse(str(error), number, "up_to") from None
        return ValueStep(up_to, self._price(item["value"], number, "value"))

    def _price(self, value: Any, *at: str | int) -> Price:
        if not isinstance(value, dict):
            return _one_price(self.unit, value, *at)
        if not self.by_token:
            raise refuse("is a mapping; write one price", *at)
        if set(value) != {"prompt", "output"}:
            raise refuse("needs prompt and output; write both prices", *at)
        prompt, output = (
            _one_price(_PER_TOKEN, value[key], *at, key) for key in ("prompt", "output")
        )
        return TokenPrice(prompt, output)

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate with ``read``; describe as a price or a list of steps."""
        return core_schema.no_info_plain_validator_function(
            self.read, metadata={"pydantic_js_functions": [self._schema]}
        )

    def _schema(self, _core: CoreSchema, _handler: Any) -> dict[str, Any]:
        price: dict[str, Any] = {"type": "string", "examples": [self.unit.example]}
        forms: list[dict[str, Any]] = [price]
        if self.by_token:
            parts = {"prompt": price, "output": price}
            forms.append(
                {"type": "object", "properties": parts, "additionalProperties": False}
            )
        step = {"up_to": {"type": ["string", "number"]}, "value": {"anyOf": forms}}
        items = {"type": "object", "properties": step, "required": list(step)}
        return {"anyOf": [*forms, {"type": "array", "items": items}]}


def _one_price(unit: Unit, value: Any, *at: str | int) -> Quantity:
    try:
        return unit.read(value)
    except ValueError as error:
        raise refuse(str(error), *at) from None


@dataclass(frozen=True, slots=True)
class Demand:
    """Mean demand over time: stated, by users, or following another workload.

    Attributes:
        series: Stated demand, or None.
        users: People, when demand is stated by users.
        requests_per_user: Requests of one of them over time.
        of: Workload whose demand (in requests) is followed.
        candidates: Samples for one of its requests; absent: one request each.
    """

    series: Series | None = None
    users: Series | None = None
    requests_per_user: Series | None = None
    of: str | None = None
    candidates: Quantity | None = None


@dataclass(frozen=True, slots=True)
class DemandOf:
    """Annotation of a service's demand; ``unit`` is that of a stated one."""

    unit: Unit

    def read(self, value: Any) -> Demand:
        """Return the demand that ``value`` writes.

        Raises:
            PydanticCustomError: A part is wrong; its place is named.
        """
        if isinstance(value, dict) and "of" in value:
            return self._following(value)
        if isinstance(value, dict) and "users" in value:
            return self._by_users(value)
        return Demand(series=SeriesOf(self.unit).read(value))

    def _following(self, value: dict[str, Any]) -> Demand:
        _check_keys(value, ("of", "candidates"))
        if not isinstance(value["of"], str):
            raise refuse(f"{shown(value['of'])} is not a workload's name", "of")
        candidates = value.get("candidates")
        try:
            unit = Unit("sample/request", "100 sample/request", positive=True)
            count = None if candidates is None else unit.read(candidates)
        except ValueError as error:
            raise refuse(str(error), "candidates") from None
        return Demand(of=value["of"], candidates=count)

    def _by_users(self, value: dict[str, Any]) -> Demand:
        _check_keys(value, ("users", "requests_per_user"))
        if "requests_per_user" not in value:
            example = "3.7 request/user/day"
            raise refuse(f"requests_per_user is missing; write e.g. {example}")
        users = _below(SeriesOf(Unit("user", "500 Muser")), value, "users")
        rate = Unit("request/user/day", "3.7 request/user/day")
        return Demand(
            users=users,
            requests_per_user=_below(SeriesOf(rate), value, "requests_per_user"),
        )

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate with ``read``; describe the three forms."""
        return core_schema.no_info_plain_validator_function(
            self.read, metadata={"pydantic_js_functions": [self._schema]}
        )

    def _schema(self, _core: CoreSchema, _handler: Any) -> dict[str, Any]:
        return {
            "description": f"mean demand in {self.unit.symbol}, stated or by users, "
            "or {of: workload, candidates: …}",
            "anyOf": [
                {"type": "string", "examples": [self.unit.example]},
                {"type": "object"},
            ],
        }


def _check_keys(value: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in value:
        if key not in known:
            raise refuse_key(known, key)


def _below(series: SeriesOf, value: dict[str, Any], key: str) -> Series:
    """Read one part of a mapping; an error names its place below the key."""
    try:
        return series.read(value[key])
    except PydanticCustomError as error:
        raise further(error, key) from None
