"""YAML documents: meaning of scalars, what is refused, extends, overrides, places."""

import hashlib
import io
import itertools
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planner.documents import (
    Document,
    Mark,
    Node,
    display_path,
    find,
    load,
    locate,
    merge,
    parse_document,
    parse_yaml,
    plain,
    suggest,
    walk_leaves,
)
from planner.documents import reader as reader_module
from planner.documents.source import LARGEST_FILE, Source, beside
from planner.errors import Problem

Data: TypeAlias = Any  # what plain YAML data is to a type checker


@pytest.fixture(params=["libyaml", "pure"])
def _each_parser(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run a test on the C parser and on its fallback."""
    if request.param == "pure":
        monkeypatch.setattr(reader_module, "_Parser", yaml.SafeLoader)


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in its own folder, so that places are short."""
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> str:
    """Write a file into the current folder and return its name."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return name


def read(text: str) -> Data:
    """Return the plain value of a text that must be free of problems."""
    problems: list[Problem] = []
    node = parse_yaml(text, "f", problems)
    assert problems == []
    assert node is not None
    return plain(node)


def refused(text: str) -> list[str]:
    """Return the problems of a text, as printed."""
    problems: list[Problem] = []
    parse_yaml(text, "f", problems)
    return [str(problem) for problem in problems]


def loaded(path: str, *overrides: str) -> Document:
    """Return a document that must load without problems."""
    problems: list[Problem] = []
    document = load(path, overrides, problems=problems)
    assert problems == []
    assert document is not None
    return document


def problems_of(path: str, *overrides: str) -> list[str]:
    """Return the problems of loading a document, as printed."""
    problems: list[Problem] = []
    load(path, overrides, problems=problems)
    return [str(problem) for problem in problems]


SCALARS = [
    ("NO", "NO"), ("on", "on"), ("yes", "yes"), ("y", "y"), ("1e9", 1e9),
    ("1.0e9", 1e9), ("1E+2", 100.0), ("1_000", "1_000"), ("010", 10),
    ("12:30", "12:30"),
    ("2026-01-01", "2026-01-01"), ("2026-01", "2026-01"), ("2026", 2026),
    ("2026Q1", "2026Q1"), (".inf", ".inf"), ("-.inf", "-.inf"), (".nan", ".nan"),
    ("1e999", "1e999"), ("9" * 5000, "9" * 5000), ("0x10", 16), ("0o10", 8),
    ("-5", -5), ("+5", 5), ("-.5", -0.5), ("5.", 5.0), (".", "."),
    ("true", True), ("False", False), ("TRUE", True), ("~", None), ("null", None),
    ("NULL", None), ("'5'", "5"), ('"true"', "true"), ("''", ""), ("'~'", "~"),
    ("80 GB", "80 GB"), ("8 %", "8 %"), ("1.8 kW # note", "1.8 kW"), ("=", "="),
    ('"a\\tb"', "a\tb"), ("|\n  a\n  b\n", "a\nb\n"), ("nan", "nan"), ("1e", "1e"),
]  # fmt: skip


@pytest.mark.usefixtures("_each_parser")
@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    """Type and value are those of the core schema; ``True`` is not 1."""
    found = read(f"a: {text}")["a"]
    assert (type(found), found) == (type(value), value)


def test_empty_value_is_none_and_keys_are_text() -> None:
    """Keys stay as written."""
    text = "a:\n2026: 1\n2026Q1: 2\n010: 3\ntrue: 4\nnull: 5\n1e3: 6"
    keys = ["a", "2026", "2026Q1", "010", "true", "null", "1e3"]
    assert list(read(text)) == keys


ANCHOR = "which is not supported; write the value out, or share it with 'extends'"
REFUSED = [
    ("a: 1\nb: 2\na: 3",
     ["f:3:1: 'a' is written twice, first on line 1; keep one of the two"]),
    ("a: {b: 1, 'b': 2}",
     ["f:1:11: 'b' is written twice, first on line 1; keep one of the two"]),
    ("a: &x 1", [f"f:1:4: '&x' is an anchor, {ANCHOR}"]),
    ("a: *x", [f"f:1:4: '*x' is an alias, {ANCHOR}"]),
    ("&x a: 1", [f"f:1:1: '&x' is an anchor, {ANCHOR}"]),
    ("<<: {a: 1}",
     ["f:1:1: the merge key '<<' is not supported; use 'extends' instead"]),
    ("a: !!python/object:os.system x",
     ["f:1:4: the tag '!!python/object:os.system' is not supported; leave it out"]),
    ("a: !!str 5", ["f:1:4: the tag '!!str' is not supported; leave it out"]),
    ("a: ! 5", ["f:1:4: the tag '!' is not supported; leave it out"]),
    ("a: !b [1]", ["f:1:4: the tag '!b' is not supported; leave it out"]),
    ("? [1, 2]\n: 3", ["f:1:3: a key is a list or mapping; a key is plain text"]),
    ("{a: 1}: 2", ["f:1:1: a key is a list or mapping; a key is plain text"]),
    ("a: 1\n---\nb: 2", ["f:2:1: a second document begins here; write one per file"]),
    ("\ta: 1", ["f:1:1: a tab stands in the indentation; indent with spaces"]),
    ("a:\n\tb: 1", ["f:2:1: a tab stands in the indentation; indent with spaces"]),
    ("a: b: c", [("f:1:5: a ':' stands where no key can be;"
                 " put a text that holds ': ' in quotes, or begin a new line")]),
    ("a: {b: 1\n", [("f:2:1: a '{' is not closed, begun on line 1;"
                    " write ',' between entries and '}' at the end")]),
    ("a: [1\n", [("f:2:1: a '[' is not closed, begun on line 1;"
                 " write ',' between items and ']' at the end")]),
    ("a: @x", ["f:1:4: a text cannot begin with '@'; put the text in quotes"]),
    ("a: `x`", ["f:1:4: a text cannot begin with '`'; put the text in quotes"]),
    ("a: - b", ["f:1:4: a '- ' stands where no list can be; begin a new line"]),
    ("a:\n  - b\n c: 1",
     [("f:3:2: the line does not fit the lines above it, begun on line 1;"
      " check its indentation")]),
    ("a: !x!y 1", ["f:1:4: a tag ('!') is not supported; leave it out"]),
    ("[" * 3000, ["f:1:65: values are nested more than 64 deep"]),
    ("a: " + "{a: " * 3000, ["f:1:256: values are nested more than 64 deep"]),
]  # fmt: skip


@pytest.mark.usefixtures("_each_parser")
@pytest.mark.parametrize(("text", "problems"), REFUSED)
def test_refuses(text: str, problems: list[str]) -> None:
    """Each trap is one problem with its place and a way out."""
    assert refused(text) == problems


@pytest.mark.usefixtures("_each_parser")
@pytest.mark.parametrize("text", ['a: "x', 'a: "\\q"', "a: \x07", "a\nb: 1", "a: %x"])
def test_refuses_in_plain_words(text: str) -> None:
    """Other breaks of syntax are one problem each, free of the parser's jargon."""
    (problem,) = refused(text)
    assert problem.startswith("f:")
    assert not any(word in problem for word in ("token", "block", "scan", "<"))


def test_finds_everything_in_one_pass() -> None:
    """Problems that leave the parser going are all reported."""
    text = "a: 1\na: 2\nb: &x 1\nc: *x\nd: !t 1\n<<: {}\ne: [1\n"
    lines = [problem.split(":")[1] for problem in refused(text)]
    assert lines == ["2", "3", "4", "5", "6", "8"]


def test_alias_bomb_is_refused_at_once() -> None:
    """Aliases are never followed."""
    names = "abcdefghijklmnopqrst"
    lines = ["a: &a [" + ",".join("x" * 9) + "]"]
    lines += [
        f"{b}: &{b} [" + ",".join([f"*{a}"] * 9) + "]"
        for a, b in itertools.pairwise(names)
    ]
    assert len(refused("\n".join(lines))) == 39


def test_too_many_values_stop_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of values is bounded, and so is the number of problems."""
    monkeypatch.setattr(reader_module, "MOST_NODES", 1000)
    assert refused("[" + "x," * 2000 + "]") == [
        "f:1:2000: the file holds more than 1,000 values"
    ]
    assert len(refused("a: 1\n" * 500)) == 100


WHOLE_FILES = [
    (b"", "s.yaml: the file is empty"),
    (b"# only a comment\n", "s.yaml: the file is empty"),
    (b"---\n", "s.yaml: the file is empty"),
    (b"- a\n",
     "s.yaml:1:1: the file holds a list, not a mapping; write 'key: value' lines"),
    (b"text\n",
     ("s.yaml:1:1: the file holds a single value, not a mapping;"
     " write 'key: value' lines")),
    (b"a: 1\nb: \0\n", "s.yaml: the file is not text: it holds a NUL byte on line 2"),
    (b"a: 1\nb: \xff\n",
     "s.yaml: the file is not UTF-8 text: it holds a wrong byte on line 2"),
    ("a: 1".encode("utf-16"),
     "s.yaml: the file is not text: it holds a NUL byte on line 1"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "problem"), WHOLE_FILES)
def test_refuses_whole_files(content: bytes, problem: str) -> None:
    """What is no document says so."""
    Path("s.yaml").write_bytes(content)
    assert problems_of("s.yaml") == [problem]


def test_byte_order_mark_is_accepted() -> None:
    """Windows editors write one."""
    Path("s.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert plain(loaded("s.yaml").root) == {"a": 1, "b": 2}


def test_refuses_what_is_no_file() -> None:
    """Folders, missing files, pipes and devices are refused without waiting."""
    Path("d").mkdir()
    os.mkfifo("pipe")
    write("scenario.yaml", "a: 1")
    assert problems_of("d") == ["d: the file is a folder, not a file"]
    assert problems_of("scenari.yaml") == [
        "scenari.yaml: the file does not exist (did you mean 'scenario.yaml'?)"
    ]
    pipe = "is a pipe or device, not a file; use '-' for standard input"
    assert problems_of("pipe") == [f"pipe: the file {pipe}"]
    assert problems_of("/dev/zero") == [f"/dev/zero: the file {pipe}"]
    assert "cannot be read" in problems_of("a\0b")[0]
    assert "cannot be read" in problems_of("x" * 5000)[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_refuses_unreadable_file() -> None:
    """Permissions are named."""
    Path(write("s.yaml", "a: 1")).chmod(0)
    assert problems_of("s.yaml") == [
        "s.yaml: the file cannot be read: permission denied"
    ]


def test_large_file_is_refused_before_it_is_read() -> None:
    """50 MB cost neither time nor memory."""
    with Path("big.yaml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    tracemalloc.start()
    assert problems_of("big.yaml") == ["big.yaml: the file is larger than 16 MB"]
    assert tracemalloc.get_traced_memory()[1] < 3 * LARGEST_FILE
    tracemalloc.stop()


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input has a name in messages, and extends from the current folder."""
    write("base.yaml", "a: 1")
    content = io.BytesIO(b"extends: base.yaml\nb: [\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    assert problems_of("-")[0].startswith("<stdin>:3:1: a value is missing")
    content = io.BytesIO(b"extends: base.yaml\nb: 2\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    document = loaded("-")
    assert plain(document.root) == {"a": 1, "b": 2}
    assert [shown for shown, _ in document.files] == ["<stdin>", "base.yaml"]
    monkeypatch.setattr(sys, "stdin", None)
    assert problems_of("-") == ["<stdin>: the input is closed"]


def test_marks_and_shown_paths(tmp_path: Path) -> None:
    """Places are of keys and values; paths are relative with slashes."""
    write("sub/s.yaml", "a:\n  b: [1, {c: 80 GB}]\n")
    node = find(loaded(f"{tmp_path}/sub/s.yaml").root, ("a", "b", 1, "c"))
    assert node is not None
    assert node.mark == Mark("sub/s.yaml", 2, 14)
    assert node.key_mark == Mark("sub/s.yaml", 2, 11)
    assert loaded("sub/../sub/s.yaml").files[0][0] == "sub/s.yaml"
    assert beside(node.mark, "demand.csv") == "sub/demand.csv"
    assert beside(Mark("<stdin>", 1, 1), "demand.csv") == "demand.csv"
    assert beside(Mark("--set", 0, 0), "demand.csv") == "demand.csv"


def test_files_carry_their_hash() -> None:
    """The hash is of the bytes on disk."""
    write("s.yaml", "a: 1")
    digest = hashlib.sha256(b"a: 1").hexdigest()
    assert loaded("s.yaml").files == [("s.yaml", digest)]


# Sources


def source_of(text: str, *path: str | int) -> tuple[object, str | None, object]:
    """Return value, source and notes of a node of a text."""
    problems: list[Problem] = []
    root = parse_document(Source("f", text, ""), problems)
    assert problems == []
    assert root is not None
    node = find(root, path)
    assert node is not None
    return plain(node), node.source, node.notes


def test_sourced_value_is_unwrapped() -> None:
    """The node is that of the value, with its notes beside it."""
    text = "a: {value: 700 W, source: sheet, confidence: high, low: 650 W}"
    notes = {"confidence": "high", "low": "650 W"}
    assert source_of(text, "a") == ("700 W", "sheet", notes)
    assert source_of("a: {value: 700 W}", "a") == ("700 W", None, {})


def test_other_mappings_with_a_value_stay() -> None:
    """A workload's value is a key like others."""
    text = "w: {name: x, value: 5 USD}\ns: [{up_to: 60 %, value: 1}]"
    assert source_of(text, "w")[0] == {"name": "x", "value": "5 USD"}
    assert source_of(text, "s", 0, "value") == (1, None, None)


def test_source_of_a_mapping_is_inherited() -> None:
    """The nearest source counts, and stands in no mapping."""
    text = (
        "source: far\na: 1\nb: {source: near, c: 2, d: [3], e: {value: 4, source: own}}"
    )
    assert source_of(text, "a") == (1, "far", None)
    assert source_of(text, "b", "c") == (2, "near", None)
    assert source_of(text, "b", "d", 0) == (3, "near", None)
    assert source_of(text, "b", "e") == (4, "own", {})
    assert source_of(text)[0] == {"a": 1, "b": {"c": 2, "d": [3], "e": 4}}


def test_sourced_series_hands_its_source_down() -> None:
    """Every step of a sourced series has its source."""
    text = "p: {value: {2026Q1: 1 W, 2026Q2: 2 W}, source: s}"
    assert source_of(text, "p", "2026Q2") == ("2 W", "s", None)


@pytest.mark.parametrize("source", ["[a]", "{a: 1}", "true", "~", "''"])
def test_source_must_be_a_key(source: str) -> None:
    """Anything but a text is a problem."""
    write("s.yaml", f"a: 1\nsource: {source}\n")
    assert problems_of("s.yaml") == [
        "s.yaml:2:9: source: this is not the key of a source; write a key of 'sources'"
    ]


# Extends


def test_later_wins_and_the_file_itself_last() -> None:
    """Order of ``extends`` is order of layers; places are those of the winner."""
    write("common/a.yaml", "x: 1\ny: 1\nz: 1\n")
    write("common/b.yaml", "y: 2\nz: 2\n")
    write("s.yaml", "extends: [common/a.yaml, common/b.yaml]\nz: 3\n")
    document = loaded("s.yaml")
    assert plain(document.root) == {"x": 1, "y": 2, "z": 3}
    marks = {path: node.mark.file for path, node in walk_leaves(document.root)}
    assert marks == {
        ("x",): "common/a.yaml",
        ("y",): "common/b.yaml",
        ("z",): "s.yaml",
    }
    files = [shown for shown, _ in document.files]
    assert files == ["s.yaml", "common/a.yaml", "common/b.yaml"]


def test_extends_is_relative_to_its_own_file() -> None:
    """A chain of folders is followed from file to file."""
    write("a/b/base.yaml", "x: 1")
    write("a/mid.yaml", "extends: b/base.yaml\ny: 2")
    write("c/s.yaml", "extends: ../a/mid.yaml\nz: 3")
    assert plain(loaded("c/s.yaml").root) == {"x": 1, "y": 2, "z": 3}


def test_shared_base_is_applied_once_and_first() -> None:
    """What one file changes in a shared base survives its sister."""
    write("base.yaml", "x: 1\ny: 1\n")
    write("left.yaml", "extends: base.yaml\nx: 2\n")
    write("right.yaml", "extends: ./base.yaml\ny: 2\n")
    write("s.yaml", "extends: [left.yaml, right.yaml]\n")
    document = loaded("s.yaml")
    assert plain(document.root) == {"x": 2, "y": 2}
    assert len(document.files) == 4


def test_cycles_and_missing_files_point_at_the_entry() -> None:
    """All faults of ``extends`` have the place of the name."""
    write("a.yaml", "extends: [b.yaml]\n")
    write("b.yaml", "extends:\n  - a.yaml\n")
    cycle = "'a.yaml' extends this file, so neither can be read"
    assert problems_of("a.yaml") == [f"b.yaml:2:5: extends: {cycle}"]
    write("s.yaml", "extends: [scenaro.yaml, 5, s.yaml, '-']\n")
    write("scenario.yaml", "a: 1\n")
    name = "this is not the name of a file; write e.g. extends: [common/economics.yaml]"
    assert problems_of("s.yaml") == [
        f"s.yaml:1:25: extends: {name}",
        f"s.yaml:1:36: extends: {name}",
        (
            "s.yaml:1:11: extends: 'scenaro.yaml' does not exist"
            " (did you mean 'scenario.yaml'?)"
        ),
        "s.yaml:1:28: extends: 's.yaml' extends this file, so neither can be read",
    ]


def test_problems_of_every_file_are_found() -> None:
    """A broken base hides nothing of the others."""
    write("base.yaml", "a: [\n")
    write("s.yaml", "extends: base.yaml\nb: 1\nb: 2\n")
    assert [text[:8] for text in problems_of("s.yaml")] == ["s.yaml:3", "base.yam"]


# Merging


def merged(base: str, overlay: str) -> Data:
    """Return the plain result of laying one text over another."""
    nodes = [parse_document(Source("f", text, ""), []) for text in (base, overlay)]
    assert nodes[0] is not None
    assert nodes[1] is not None
    return plain(merge(nodes[0], nodes[1]))


MERGES = [
    ("a: {b: 1, c: 2}", "a: {c: 3, d: 4}", {"a": {"b": 1, "c": 3, "d": 4}}),
    ("a: {b: 1}", "a: 5", {"a": 5}),
    ("a: 5", "a: {b: 1}", {"a": {"b": 1}}),
    ("a: {b: 1}", "a:", {"a": None}),
    ("a: [1, 2]", "a: [3]", {"a": [3]}),
    ("a: [x]", "a: []", {"a": []}),
    ("p: {2026Q1: 1, 2026Q2: 2}", "p: {2026Q3: 3}", {"p": {"2026Q3": 3}}),
    ("p: {2026: 1, growth: 2}", "p: {2026-05: 3}", {"p": {"2026-05": 3}}),
    ("p: {csv: a.csv, column: b}", "p: {2026: 3}", {"p": {"2026": 3}}),
    ("d: {users: 1}", "d: {2026: 3}", {"d": {"2026": 3}}),
    ("d: {2026: 3}", "d: {users: 1}", {"d": {"users": 1}}),
    ("b: {capex: {2026: 1}, x: 1}", "b: {capex: {2027: 2}}",
     {"b": {"capex": {"2027": 2}, "x": 1}}),
    ("v: {value: {prompt: 1, output: 2}, source: s}",
     "v: {value: {prompt: 3}, source: t}", {"v": {"prompt": 3}}),
    ("v: {value: {prompt: 1, output: 2}, source: s}", "v: {prompt: 3}",
     {"v": {"prompt": 3}}),
    ("s: [{name: a, x: 1}, {name: b, x: 1}]", "s: [{name: c}, {name: a, y: 2}]",
     {"s": [{"name": "a", "x": 1, "y": 2}, {"name": "b", "x": 1}, {"name": "c"}]}),
    ("s: [a, b]", "s: [{name: b, x: 1}]", {"s": ["a", {"name": "b", "x": 1}]}),
    ("s: [{name: b, x: 1}]", "s: [b, {name: c}]",
     {"s": [{"name": "b", "x": 1}, {"name": "c"}]}),
    ("s: [{name: b, x: 1}, c]", "s: [a, b]", {"s": ["a", {"name": "b", "x": 1}]}),
    ("s: [{name: a}]", "s: [{name: b}, {name: b}]",
     {"s": [{"name": "a"}, {"name": "b"}, {"name": "b"}]}),
    ("s: [{name: a, x: 1}]", "s: [{name: a, x: 2}, {name: a, x: 3}]",
     {"s": [{"name": "a", "x": 2}, {"name": "a", "x": 3}]}),
    ("f: [{site: a, count: 1}]", "f: [{site: b, count: 2}]",
     {"f": [{"site": "b", "count": 2}]}),
]  # fmt: skip


@pytest.mark.parametrize(("base", "overlay", "result"), MERGES)
def test_merges(base: str, overlay: str, result: object) -> None:
    """Each rule of merging, with its edges."""
    assert merged(base, overlay) == result


keys = st.sampled_from(["a", "b", "name", "2026", "2026Q1", "growth"])
scalars = st.integers(0, 3) | st.sampled_from(["a", "b"])
trees = st.recursive(
    scalars,
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3)
    ),
    max_leaves=12,
)
HERE = Mark("f", 1, 1)


def node_of(value: Data) -> Node:
    """Return plain data as a node."""
    if isinstance(value, dict):
        return Node({key: node_of(below) for key, below in value.items()}, HERE)
    if isinstance(value, list):
        return Node([node_of(below) for below in value], HERE)
    return Node(value, HERE)


@given(
    st.dictionaries(keys, trees, max_size=3), st.dictionaries(keys, trees, max_size=3)
)
def test_laws_of_merging(first: Data, second: Data) -> None:
    """Neither input changes; an empty overlay changes nothing; twice is once."""
    base, overlay = node_of(first), node_of(second)
    result = merge(base, overlay)
    assert (plain(base), plain(overlay)) == (first, second)
    assert plain(merge(Node({}, HERE), base)) == first
    assert plain(merge(base, node_of({}))) == ({} if is_series_like(first) else first)
    if not has_repeated_names(second):
        assert plain(merge(result, overlay)) == plain(result)


def is_series_like(value: Data) -> bool:
    """Return whether plain data is one value that an overlay replaces."""
    return bool(value) and set(value) <= {"2026", "2026Q1", "growth"}


def has_repeated_names(value: Data) -> bool:
    """Return whether a list anywhere holds one name twice, or a nameless item."""
    if isinstance(value, dict):
        return any(has_repeated_names(below) for below in value.values())
    if not isinstance(value, list):
        return False
    names = [
        item["name"] for item in value if isinstance(item, dict) and "name" in item
    ]
    strange = bool(names) and len(names) < len(value)
    repeated = len(names) != len({str(name) for name in names})
    return strange or repeated or any(has_repeated_names(below) for below in value)


@given(st.dictionaries(st.text(max_size=5), trees, max_size=4))
def test_json_reads_back(data: Data) -> None:
    """JSON is YAML: what PyYAML writes in flow style reads back."""
    text = yaml.safe_dump(data, default_flow_style=True, default_style='"')
    problems: list[Problem] = []
    root = parse_yaml(text.replace("!!int ", ""), "f", problems)
    assert root is not None
    assert problems == []


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Every text is a tree, nothing, or problems."""
    problems: list[Problem] = []
    parse_yaml(text, "f", problems)
    assert all(problem.message for problem in problems)


# Overrides

SCENARIO = """
title: Fleet
integer: false
power: 300 MW
accelerators: [h100, b200, {name: gb200, price: {system: 40 kUSD}}]
workloads:
  - {name: meta_ai, demand: {2026Q1: 5 request/s}, minimum: 99 %}
  - {name: llama_3.1, tokens: {value: 1 Ttoken, source: paper}}
runs: [training, inference]
fleet: [{site: a, count: 1}]
nothing:
"""

SET = [
    ("integer=true", ("integer",), True),
    ("workloads.meta_ai.demand.2026Q3=9 request/s",
     ("workloads", "meta_ai", "demand"),
     {"2026Q1": "5 request/s", "2026Q3": "9 request/s"}),
    ("workloads.meta_ai.demand={2026: 1 request/s}",
     ("workloads", "meta_ai", "demand"), {"2026": "1 request/s"}),
    ("workloads.llama_3.1.tokens=2 Ttoken", ("workloads", "llama_3.1", "tokens"),
     "2 Ttoken"),
    ("workloads.meta_ai.minimum=null", ("workloads", "meta_ai"),
     {"name": "meta_ai", "demand": {"2026Q1": "5 request/s"}}),
    ("accelerators.b200.price.system=31 kUSD", ("accelerators",),
     ["h100", {"name": "b200", "price": {"system": "31 kUSD"}},
      {"name": "gb200", "price": {"system": "40 kUSD"}}]),
    ("accelerators.gb200.price.network=1 kUSD", ("accelerators", "gb200", "price"),
     {"system": "40 kUSD", "network": "1 kUSD"}),
    ("accelerators.h100=null", ("accelerators",),
     ["b200", {"name": "gb200", "price": {"system": "40 kUSD"}}]),
    ("accelerators.h100={lifetime: 3 year}", ("accelerators", "h100"),
     {"name": "h100", "lifetime": "3 year"}),
    ("accelerators.b200.price.rental=null", ("accelerators", "b200"),
     {"name": "b200", "price": {"rental": None}}),
    ("accelerators.gb200.price.system=null", ("accelerators", "gb200"),
     {"name": "gb200", "price": {"system": None}}),
    ("budgets.capex.2026=5 GUSD", ("budgets",), {"capex": {"2026": "5 GUSD"}}),
    ("nothing.at.all=1", ("nothing",), {"at": {"all": 1}}),
    ("runs=[training]", ("runs",), ["training"]),
    ("title= Fleet 2 ", ("title",), "Fleet 2"),
    ("title='a: b = c'", ("title",), "a: b = c"),
    ("power=400 MW", ("power",), "400 MW"),
]  # fmt: skip


@pytest.mark.parametrize(("override", "path", "value"), SET)
def test_sets(override: str, path: tuple[str, ...], value: object) -> None:
    """Each form of path, on a small scenario."""
    write("s.yaml", SCENARIO)
    node = find(loaded("s.yaml", override).root, path)
    assert node is not None
    assert plain(node) == value


NOT_SET = [
    ("integer", " 'integer' is not an override; write path=value, e.g. integer=true"),
    ("=5", " '=5' is not an override; write path=value, e.g. integer=true"),
    ("a..b=5",
     " a..b: 'a..b=5' is not an override; write path=value, e.g. integer=true"),
    ("integer=", " integer: nothing follows the '='; write integer=null to remove it"),
    ("integer=[", (" integer: a value is missing, or a '[' or '{' is not closed;"
                  " write the value, or the closing ']' or '}'")),
    ("integer={a: 1, a: 2}",
     " integer: 'a' is written twice, first on line 1; keep one of the two"),
    ("title=a: b", (" title: 'a: b' is not one value;"
                   " put a text that holds ': ' in quotes")),
    ("workloads.meta_at.minimum=1 %",
     (" workloads.meta_at.minimum: 'workloads' has no item 'meta_at';"
     " it has meta_ai, llama_3.1 (did you mean 'meta_ai'?)")),
    ("fleet.0.count=5",
     (" fleet.0.count: the items of 'fleet' have no names, so none can be set alone;"
     " set fleet as a whole")),
    ("power.2026Q3=5 MW",
     (" power.2026Q3: 'power' is one constant (300 MW), not a series;"
     " write power={2026Q3: …} with every step")),
    ("power.peak=5 MW", (" power.peak: 'power' is 300 MW, which has nothing below it;"
                        " set power itself")),
    ("intege=null", (" intege: there is no 'intege' to remove"
                    " (did you mean 'integer'?)")),
    ("workloads.meta_ai.demand.2027=null",
     (" workloads.meta_ai.demand.2027: there is no 'workloads.meta_ai.demand.2027'"
     " to remove (did you mean '2026Q1'?)")),
]  # fmt: skip


@pytest.mark.parametrize(("override", "problem"), NOT_SET)
def test_refuses_overrides(override: str, problem: str) -> None:
    """Each wrong override is one problem on the command line."""
    write("s.yaml", SCENARIO)
    assert problems_of("s.yaml", override) == [f"--set:{problem}"]


def test_override_that_is_no_text_is_refused() -> None:
    """Bytes of the command line that are no UTF-8 do not break the reader."""
    write("s.yaml", SCENARIO)
    (problem,) = problems_of("s.yaml", "title=\udcff")
    assert problem.startswith("--set: title: this is not YAML")


def test_override_takes_the_place_of_a_source() -> None:
    """A set value is no longer what the source says."""
    write("s.yaml", SCENARIO)
    path = ("workloads", "llama_3.1", "tokens")
    before = find(loaded("s.yaml").root, path)
    assert before is not None
    assert before.source == "paper"
    document = loaded("s.yaml", "workloads.llama_3.1.tokens=2 Ttoken")
    after = find(document.root, path)
    assert after is not None
    assert (after.source, after.notes) == (None, {"note": "--set"})
    assert after.mark == after.key_mark == Mark("--set", 0, 0)
    assert document.overrides == ("workloads.llama_3.1.tokens=2 Ttoken",)


def test_overrides_follow_each_other() -> None:
    """The last one wins, and a step may go into what an earlier one made."""
    write("s.yaml", SCENARIO)
    root = loaded("s.yaml", "power={2026: 1 MW}", "power.2027=2 MW", "a=1", "a=2").root
    assert plain(root)["power"] == {"2026": "1 MW", "2027": "2 MW"}
    assert plain(root)["a"] == 2


# Places and paths


def test_locations() -> None:
    """Locations of a validator lead to places and to paths as users write them."""
    root = loaded(write("s.yaml", SCENARIO)).root
    loc = ("workloads", 1, "tokens")
    assert display_path(root, loc) == "workloads.llama_3.1.tokens"
    assert locate(root, loc) == Mark("s.yaml", 8, 39)
    assert locate(root, loc, key=True) == Mark("s.yaml", 8, 23)
    tagged = ("workloads", 1, "training", "tokens")
    assert locate(root, tagged) == locate(root, loc)
    assert display_path(root, tagged) == display_path(root, loc)
    missing = ("accelerators", 2, "price", "rental")
    assert locate(root, missing) == Mark("s.yaml", 5, 42)
    assert display_path(root, missing) == "accelerators.gb200.price.rental"
    assert display_path(root, ("fleet", 0, "count")) == "fleet.0.count"
    assert locate(root, ()) == root.mark
    assert locate(root, ("nowhere",)) == root.mark
    assert display_path(root, ("nowhere", 3)) == "nowhere.3"


def test_leaves_are_found_again() -> None:
    """``find`` reads back every path of ``walk_leaves``."""
    root = loaded(write("s.yaml", SCENARIO)).root
    leaves = dict(walk_leaves(root))
    assert all(find(root, path) is node for path, node in leaves.items())
    assert ("accelerators", "gb200", "price", "system") in leaves
    assert ("runs", 0) in leaves
    assert find(root, ("title", "x")) is None
    assert find(root, ("runs", 9)) is None


def test_suggestions() -> None:
    """Near words, whatever their case, and none otherwise."""
    assert suggest("namplate", ["nameplate", "active"]) == "did you mean 'nameplate'?"
    assert suggest("H100", ["h100", "b200"]) == "did you mean 'h100'?"
    assert suggest("zebra", ["h100", "b200"]) == ""


def test_pint_stays_out() -> None:
    """Reading documents needs no unit registry, which is slow to import."""
    code = "import sys, planner.documents; sys.exit('pint' in sys.modules)"
    root = Path(reader_module.__file__).parents[2]
    ran = subprocess.run(  # noqa: S603 - own code
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert ran.returncode == 0


# --- Parsed once ----------------------------------------------------------------------


def test_a_text_is_parsed_once_and_what_is_wrong_in_it_told_every_time() -> None:
    for text in ("a: 1\na: 2\n", "- a\n", "", "a: [\n"):
        told = []
        for _ in range(2):
            problems: list[Problem] = []
            parse_document(Source("f", text, ""), problems)
            told.append(problems)
        assert told[0]
        assert told[0] == told[1]
    one, other = (parse_document(Source("f", "a: 1", ""), []) for _ in range(2))
    assert one is other
    elsewhere = parse_document(Source("g", "a: 1", ""), [])
    assert elsewhere is not None
    assert elsewhere.mark.file == "g"


def test_a_file_that_changes_is_read_anew() -> None:
    for text in ("a: 1", "a: 2", "a: 1"):
        document = load(write("changing.yaml", text), problems=[])
        assert document is not None
        assert plain(document.root) == {"a": int(text[-1])}
