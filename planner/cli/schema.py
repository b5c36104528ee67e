"""``planner schema``: JSON Schemas of the files as users write them.

The types know what a value is; a file may also say where it comes from, leave out
what ``extends`` or the catalogue supplies, and quote its numbers.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from planner.cli.errors import print_line
from planner.cli.options import Terminal
from planner.cli.output import pretty
from planner.plan.plan import Plan
from planner.specs.accelerator import Accelerator
from planner.specs.case import Cases
from planner.specs.docs import field_docs
from planner.specs.fields import Spec
from planner.specs.model import Model
from planner.specs.run import Run, Runs
from planner.specs.scenario import ScenarioSpec
from planner.version import FORMAT_VERSION

Schema = dict[str, Any]

_FILES: Mapping[str, type[Spec]] = {
    "hardware": Accelerator,
    "model": Model,
    "case": Cases,
}
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string"}
_NOTES: Mapping[str, Schema] = {
    "source": {"type": "string", "description": "key under sources, or assumption"},
    "confidential": {"type": "boolean", "description": "shown as … to others"},
    "confidence": {"enum": ["high", "medium", "low"]},
    "note": _TEXT,
    "why": _TEXT,
    "low": {"type": ["string", "number"]},
    "high": {"type": ["string", "number"]},
    "year": {"type": "integer"},
    "fitted": {"type": "boolean"},
}
"""What may stand beside ``value``."""

_COVERING: Schema = {key: _NOTES[key] for key in ("source", "confidential")}
"""What may stand in a mapping, where it covers all values in it."""

_KEPT = ("description", "examples")
_SOURCED = "#/$defs/SourcedValue"
_SOURCED_VALUE: Schema = {
    "type": "object",
    "description": "A value with its source.",
    "properties": dict(_NOTES),
    "required": ["value"],
    "propertyNames": {"enum": ["value", *_NOTES]},
}
_SPAN: Schema = {"type": ["string", "integer"], "examples": ["2026Q1"]}
_COUNT: Schema = {"type": ["string", "number"], "examples": [60000]}
_SOURCED_COUNT: Schema = {"anyOf": [_COUNT, {"$ref": _SOURCED}]}
_SUPPLY_STEP: Schema = {
    "type": "object",
    "properties": {
        "limit": _SOURCED_COUNT,
        "committed": _SOURCED_COUNT,
        **_COVERING,
    },
    "additionalProperties": False,
}
_SUPPLY: Schema = {
    "anyOf": [
        _COUNT,
        {
            "type": "object",
            "properties": dict(_COVERING),
            "additionalProperties": {
                "anyOf": [_COUNT, _SUPPLY_STEP, {"$ref": _SOURCED}]
            },
        },
    ]
}
_WRITTEN: Mapping[str, Schema] = {
    "Span": _SPAN,
    "Growth": {"type": "string", "examples": ["8 %/year"]},
    "Supply": _SUPPLY,
}
"""How types are written that are no mappings of their own fields."""

_BY_NAME = (
    "Accelerator",
    "ContinuousTraining",
    "Inference",
    "Lease",
    "Recommendation",
    "Site",
    "TrainingRun",
)
"""Named items: an extended file or the catalogue may supply all but the name."""
_WHOLE = ("Source", "FleetEntry", "Horizon", "Experts", "Attention", "Model")


def run(kind: str, _terminal: Terminal) -> int:
    """Print the schema of a kind of file, and return 0."""
    print_line(pretty(schema_of(kind)))
    return 0


def schema_of(kind: str) -> Schema:
    """Return the JSON Schema of a kind of file, or of a plan."""
    if kind == "plan":
        return _plan()
    if kind == "scenario":
        return _scenario()
    if kind == "run":
        # A file holds one run, or a list of them.
        one, several = _file(_described(Run)), _file(_described(Runs))
        parts = {**one.pop("$defs"), **several.pop("$defs")}
        forms = [{"$ref": "#/$defs/Run"}, several]
        del several["$schema"], one["$schema"]
        return {"$schema": _DRAFT, "anyOf": forms, "$defs": {**parts, "Run": one}}
    return _file(_described(_FILES[kind]))


def _described(spec: type[Spec]) -> Schema:
    """Return the schema of a type, with the sentence under each of its fields."""
    schema = spec.model_json_schema()
    parts = {spec.__name__: schema, **schema.get("$defs", {})}
    for each in _subclasses(Spec):
        properties = parts.get(each.__name__, {}).get("properties", {})
        for name, text in field_docs(each).items() if properties else ():
            if name in properties:
                properties[name].setdefault("description", text)
    return schema


def _subclasses(spec: type[Spec]) -> Iterator[type[Spec]]:
    for below in spec.__subclasses__():
        yield below
        yield from _subclasses(below)


def _plan() -> Schema:
    schema = TypeAdapter(Plan).json_schema(mode="serialization")
    schema["properties"] |= {"format_version": {"const": FORMAT_VERSION}}
    schema["required"] = list(schema["properties"])
    return {"$schema": _DRAFT, **schema}


def _scenario() -> Schema:
    raw = _described(ScenarioSpec)
    for name, part in raw["$defs"].items():
        if name in _BY_NAME:
            part["required"] = ["name"]
        elif name not in _WHOLE:
            part.pop("required", None)
    properties = raw["properties"]
    del properties["models"]
    listed = {"anyOf": [_TEXT, {"$ref": "#/$defs/Accelerator"}]}
    properties["accelerators"] = {
        "type": "array",
        "items": listed,
        "description": "Names in the catalogue, or mappings laid over its files.",
    }
    names = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
    properties["extends"] = {**names, "description": "Files that this one changes."}
    required = raw.pop("required")
    schema = _file(raw)
    schema["if"] = {"not": {"required": ["extends"]}}
    schema["then"] = {"required": required}
    return schema


def _file(raw: Schema) -> Schema:
    """Return the schema of a file from that of its type."""
    parts = {
        name: _WRITTEN[name] if name in _WRITTEN else _written(part)
        for name, part in raw.pop("$defs", {}).items()
    }
    parts["SourcedValue"] = _SOURCED_VALUE
    return {"$schema": _DRAFT, **_written(raw), "$defs": parts}


def _written(schema: Schema) -> Schema:
    """Return what a file may write for a value of a schema, without its source."""
    kept: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if "$ref" in schema:
        return {**kept, "$ref": schema["$ref"]}
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return {**kept, "anyOf": [_written(part) for part in schema[word]]}
    if schema.get("type") == "object":
        return {**kept, **_written_object(schema)}
    if schema.get("type") == "array":
        items = {**schema, "items": _written(schema["items"])}
        items.pop("default", None)
        one = schema["items"] == _TEXT
        return {"anyOf": [items, _TEXT], **kept} if one else items
    return _written_scalar(schema)


def _written_object(schema: Schema) -> Schema:
    found: Schema = {"type": "object"}
    written = schema.get("properties", {})
    known = {name: _sourced(part) for name, part in written.items()}
    known |= _COVERING
    found["properties"] = known
    if "required" in schema:
        found["required"] = schema["required"]
    others = schema.get("additionalProperties", True)
    found["additionalProperties"] = (
        _sourced(others) if isinstance(others, dict) else others
    )
    names = schema.get("propertyNames")
    if names and "enum" in names:
        found["propertyNames"] = {"enum": [*names["enum"], *_COVERING]}
    return found


def _written_scalar(schema: Schema) -> Schema:
    """Return a scalar that may be quoted; a missing value is no default."""
    kept = {key: value for key, value in schema.items() if key != "title"}
    if kept.get("default", 0) is None:
        del kept["default"]
    if kept.get("type") in ("integer", "number", "boolean"):
        kept["type"] = [kept["type"], "string"]
    return kept


def _sourced(schema: Schema) -> Schema:
    """Return what a file may write for a value, with its source beside it or not."""
    plain = _written(schema)
    if not _is_value(schema):
        return plain
    parts = plain.pop("anyOf", None) or [dict(plain)]
    kept: Schema = {key: plain[key] for key in _KEPT if key in plain}
    beside = {"$ref": _SOURCED, "properties": {"value": {"anyOf": parts}}}
    return {**kept, "anyOf": [*parts, beside]}


def _is_value(schema: Schema) -> bool:
    """Return whether a schema has a form that is one value, not a part of a file."""
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return any(_is_value(part) for part in schema[word])
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2] in _WRITTEN
    return schema.get("type") != "null" and "properties" not in schema
