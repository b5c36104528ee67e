"""Every field of every kind of file, from the types that read them."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planner.guide.examples import example_of
from planner.guide.forms import Form, form_of, is_keyed, specs_in
from planner.specs.accelerator import Accelerator
from planner.specs.case import Cases
from planner.specs.docs import field_docs
from planner.specs.economics import Economics
from planner.specs.fields import Spec
from planner.specs.model import Model
from planner.specs.run import Run
from planner.specs.scenario import ScenarioSpec

WIDTH = 88
FILES: tuple[tuple[type[Spec], str], ...] = (
    (ScenarioSpec, "Scenario: `scenarios/*.yaml`, or any file"),
    (Accelerator, "Accelerator: `hardware/*.yaml`, and `accelerators` of a scenario"),
    (Model, "Model: `scenarios/models/*.yaml`, or in place as `model`"),
    (Run, "Run: `scenarios/runs/*.yaml`, alone or in a list under `runs`"),
    (Cases, "Cases: `scenarios/cases/*.yaml`"),
    (Economics, "Defaults: `scenarios/common/economics.yaml`"),
)
"""What the top of each kind of file is."""

NOT_WRITTEN = frozenset({"models"})
"""Filled in by the program."""
_LISTED = Form("a list of names in the catalogue, or of mappings laid over its files")
"""The accelerators of a scenario, which the program keeps by name."""
_SPACE = "\N{NO-BREAK SPACE}"


def fields_text() -> str:
    """Return a section for every kind of file, with all its fields as lists."""
    writer = _Writer()
    for spec, title in FILES:
        writer.lines += [f"## {title}", ""]
        writer.describe(spec, "")
    return "\n".join(writer.lines)


@dataclass
class _Writer:
    """Writes each type once, where a file first uses it."""

    lines: list[str] = field(default_factory=list)
    done: set[type[Spec]] = field(default_factory=lambda: {spec for spec, _ in FILES})

    def describe(self, spec: type[Spec], path: str) -> None:
        """Add the fields of a type, then the types of its fields."""
        docs = field_docs(spec)
        self.lines += [*textwrap.wrap(_first_sentence(spec), WIDTH), ""]
        for name, info in _written(spec):
            self.lines += _entry(spec, name, info, docs.get(name, ""))
        self.lines.append("")
        for name, info in _written(spec):
            self._below(f"{path}.{name}".lstrip("."), info)

    def _below(self, path: str, info: FieldInfo) -> None:
        """Add the types that a field holds and that are not described yet."""
        specs = specs_in(info.annotation)
        place = f"{path}.NAME" if is_keyed(info.annotation) else path
        for spec in specs:
            if spec in self.done:
                continue
            self.done.add(spec)
            label = f", {_label(spec)}" if len(specs) > 1 else ""
            self.lines += [f"### {place}{label}", ""]
            self.describe(spec, place)


def _written(spec: type[Spec]) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in spec.model_fields.items():
        if info.annotation is not type(None) and name not in NOT_WRITTEN:
            yield name, info


def _entry(spec: type[Spec], name: str, info: FieldInfo, doc: str) -> list[str]:
    """Return the lines of one field: its form, what it means without, an example."""
    form = form_of(info.annotation, info.metadata)
    if spec is ScenarioSpec and name == "accelerators":
        form = _LISTED
    shown = example_of(spec, name, form.example)
    # A line breaks between an example and its neighbours, never inside.
    example = f", e.g. `{shown}`".replace(" ", _SPACE).replace(_SPACE, " ", 1)
    head = f"- `{name}`: {form.words}; {_absent(info, doc)}{example if shown else ''}"
    said = " ".join(doc.split()).replace("``", "`")
    return [
        *_wrapped(head, "", "  "),
        *_wrapped(said, "  ", "  "),
    ]


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_SPACE, " ") for line in lines]


def _absent(info: FieldInfo, doc: str) -> str:
    """Return what holds where the field is not written."""
    if info.is_required():
        return "required" if "absent:" not in doc else "optional"
    default = info.get_default(call_default_factory=False)
    if default is None or isinstance(default, BaseModel) or default in ((), {}):
        return "optional"
    return f"default {_shown(default)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _label(spec: type[Spec]) -> str:
    """Return what tells one type of a union from the others."""
    literals = {
        name: get_args(info.annotation)
        for name, info in spec.model_fields.items()
        if get_origin(info.annotation) is Literal
    }
    fixed = [f"`{name}: {of[0]}`" for name, of in literals.items() if len(of) == 1]
    return " ".join(fixed) or _first_sentence(spec).partition(",")[0].lower()


def _first_sentence(spec: type[Spec]) -> str:
    said = (getdoc(spec) or "").partition("\n\n")[0]
    return said.replace("\n", " ").replace("``", "`")
