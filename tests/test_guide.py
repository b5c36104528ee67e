"""The guide: every topic prints, every block of it runs, nothing is left out."""

import difflib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import ConfigDict, create_model
from pydantic.fields import FieldInfo
from typer.testing import CliRunner, Result

from planner.cli.app import app
from planner.documents import parse_yaml, plain
from planner.formulation.constraints import CONSTRAINTS
from planner.guide import TOPICS, text_of, titles
from planner.guide.examples import EXAMPLES, example_of
from planner.guide.fields import FILES, NOT_WRITTEN, fields_text
from planner.guide.forms import form_of, specs_in
from planner.specs.docs import field_docs
from planner.specs.fields import Spec
from planner.specs.scenario import ScenarioSpec

ROOT = Path(__file__).parents[1]
WIDTH = 88
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<body>.*?)^```", re.DOTALL | re.MULTILINE)

each_topic = pytest.mark.parametrize("topic", TOPICS)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def blocks(topic: str, kind: str) -> list[str]:
    return [b["body"] for b in BLOCK.finditer(text_of(topic)) if b["kind"] == kind]


def reachable() -> Iterator[type[Spec]]:
    """Yield every type that a file can hold."""
    todo, seen = [spec for spec, _ in FILES], set[type[Spec]]()
    while todo:
        spec = todo.pop()
        if spec not in seen:
            seen.add(spec)
            yield spec
            for info in spec.model_fields.values():
                todo += specs_in(info.annotation)


FIELDS = [
    pytest.param(spec, name, info, id=f"{spec.__name__}.{name}")
    for spec in sorted(reachable(), key=lambda spec: spec.__name__)
    for name, info in spec.model_fields.items()
    if name not in NOT_WRITTEN and info.annotation is not type(None)
]


@each_topic
def test_topic_prints(topic: str) -> None:
    result = run("guide", topic)

    assert result.exit_code == 0
    assert result.stdout.strip() == text_of(topic).strip()
    assert "<!--" not in result.stdout
    assert result.stdout.count("```") % 2 == 0


@each_topic
def test_topic_fits_the_terminal(topic: str) -> None:
    lines = text_of(topic).splitlines()

    assert [line for line in lines if len(line) > WIDTH] == []


@each_topic
def test_topic_as_json(topic: str) -> None:
    document = json.loads(run("guide", topic, "--json").stdout)

    assert document == {"format_version": 1, "topic": topic, "text": text_of(topic)}


def test_list_of_topics() -> None:
    shown = run("guide").stdout

    for topic, title in titles().items():
        assert re.search(rf"^{topic} +{re.escape(title)}$", shown, re.MULTILINE)
    assert run("guide", "-q").stdout.split() == list(TOPICS)
    listed = json.loads(run("guide", "--json").stdout)["topics"]
    assert [each["topic"] for each in listed] == list(TOPICS)


def test_every_file_of_the_guide_is_a_topic() -> None:
    files = (ROOT / "planner" / "guide").glob("*.md")

    assert {file.stem for file in files} == set(TOPICS)


@pytest.mark.parametrize(
    ("topic", "said"),
    [("tutorail", "did you mean 'tutorial'"), ("xyz", "topics are tutorial, fields")],
)
def test_unknown_topic(topic: str, said: str) -> None:
    result = run("guide", topic)

    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


# ------------------------------------------------------------------ generated parts


@pytest.mark.parametrize("constraint", [each.__name__ for each in CONSTRAINTS])
def test_constraint_has_a_row_and_a_section(constraint: str) -> None:
    text = text_of("constraints")
    row = re.search(rf"^\| `{constraint}` \| (.+?) \| (.+?) \|", text, re.MULTILINE)
    section = text.partition(f"\n## {constraint}\n")[2].partition("\n## ")[0]

    assert row is not None
    assert re.search(r"^    .*[=≤≥]", section, re.MULTILINE)
    assert f"Rows: {row[1]}." in " ".join(section.split())
    assert f"Unit: {row[2]}." in " ".join(section.split())


def test_prices_are_in_the_table_of_constraints() -> None:
    text = text_of("constraints")

    assert "| `site_power` | S x T | MW | $ per MW at that site |" in text
    assert "Σ value·served" in text


@pytest.mark.parametrize(("spec", "name", "info"), FIELDS)
def test_field_is_in_the_guide(spec: type[Spec], name: str, info: FieldInfo) -> None:
    sentence = field_docs(spec).get(name, "")
    said = " ".join(sentence.split()).replace("``", "`")
    text = " ".join(fields_text().split())
    form = form_of(info.annotation, info.metadata).words

    assert said.endswith("."), "no sentence stands under the field"
    assert "a value" not in form.split(" or "), "the guide cannot say what it holds"
    assert said in text
    assert f"- `{name}`: " in text


@pytest.mark.parametrize(("spec", "name", "info"), FIELDS)
def test_example_is_accepted(spec: type[Spec], name: str, info: FieldInfo) -> None:
    form = form_of(info.annotation, info.metadata)
    example = example_of(spec, name, form.example)
    if not example or (spec, name) == (ScenarioSpec, "accelerators"):
        return
    node = parse_yaml(f"value: {example}", "example", [])
    kind: Any = info.annotation
    if info.metadata:
        kind = Annotated[(info.annotation, *info.metadata)]
    config = ConfigDict(arbitrary_types_allowed=True)

    assert node is not None
    create_model("One", __config__=config, value=(kind, ...)).model_validate(
        plain(node)
    )


def test_every_value_that_is_no_mapping_or_choice_has_an_example() -> None:
    without = [
        f"{spec.__name__}.{name}"
        for spec in reachable()
        for name, info in spec.model_fields.items()
        if name not in NOT_WRITTEN
        and info.annotation is not type(None)
        and not example_of(spec, name, form_of(info.annotation, info.metadata).example)
        and not specs_in(info.annotation)
        and not re.fullmatch(
            r"\w+( \| \w+)*|true or false",
            form_of(info.annotation, info.metadata).words,
        )
    ]

    assert without == []


def test_examples_are_of_fields_that_exist() -> None:
    classes = {base.__name__: base for spec in reachable() for base in spec.__mro__}
    fields = {name for spec in reachable() for name in spec.model_fields}
    known = {
        f"{name}.{field}"
        for name, spec in classes.items()
        for field in getattr(spec, "model_fields", {})
    }

    assert [key for key in EXAMPLES if key not in fields | known] == []


# ---------------------------------------------------------------------------- blocks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with what a checkout has, to be written to."""
    for name in ("hardware", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def process(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def commands(topic: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every command of a topic with the lines that are shown below it."""
    for body in blocks(topic, "console"):
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, *shown = part.rstrip("\n").split("\n")
            yield command, shown


def is_printed(line: str, printed: list[str]) -> bool:
    """Return whether a line is printed; one that ends in … shows the beginning."""
    start = line.removesuffix("…")
    if start == line:
        return line in printed
    return any(each.startswith(start) for each in printed)


def renewed(line: str, printed: list[str]) -> str:
    """Return what is printed now in the place of a line, as far as it was shown."""
    found = difflib.get_close_matches(line, printed, n=1, cutoff=0.3)[0]
    words = line.split(" ")
    return (
        " ".join([*found.split(" ")[: len(words) - 1], "…"]) if "…" in line else found
    )


@pytest.mark.once
@each_topic
def test_blocks_run_and_show_what_they_print(
    topic: str, folder: Path, *, update_golden: bool
) -> None:
    stale: dict[str, str] = {}
    for command, shown in commands(topic):
        name, *arguments = shlex.split(command, comments=True)
        assert name == "planner"
        done = process(["-m", "planner", *arguments], folder)
        printed = (done.stdout + done.stderr).splitlines()

        assert done.returncode == 0, f"{command}: {done.stderr}"
        for line in shown:
            if not is_printed(line, printed):
                stale[line] = renewed(line, printed)
    if stale and update_golden:
        file = ROOT / "planner" / "guide" / f"{topic}.md"
        text = file.read_text(encoding="utf-8")
        for old, new in stale.items():
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    assert update_golden or not stale


@each_topic
def test_python_blocks_run(topic: str, folder: Path) -> None:
    process(["-m", "planner", "init"], folder)
    for body in blocks(topic, "python"):
        done = process(["-c", body], folder)
        assert done.returncode == 0, done.stderr


@each_topic
def test_yaml_blocks_are_yaml(topic: str) -> None:
    for body in blocks(topic, "yaml"):
        problems: list[Any] = []
        assert parse_yaml(body, topic, problems) is not None
        assert not problems


def test_readme_is_short_and_links_every_topic() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert len(readme.splitlines()) <= 300
    for topic in TOPICS:
        assert f"planner/guide/{topic}.md" in readme


def test_python_topic_names_every_section() -> None:
    from planner.plan.plan import SECTIONS  # noqa: PLC0415  # one test alone

    text = text_of("python")
    assert [name for name in SECTIONS if f"- `{name}` by " not in text] == []


def test_ci_topic_names_every_metric() -> None:
    from dataclasses import fields  # noqa: PLC0415

    from planner.plan.rows import Metrics  # noqa: PLC0415

    text = text_of("ci")
    assert [f.name for f in fields(Metrics) if f"`{f.name}`" not in text] == []
