"""A scenario of 20,000 lines: read in full, every value with its place."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from planner import load_scenario
from planner.documents import load, walk_leaves
from planner.documents import reader as reader_module
from planner.errors import InputError, Problem
from tests.benchmarks.long import LINES, long_scenario

LINE = 19_990
LAST = "      b200: "
PARSERS = ["CSafeLoader", "SafeLoader"]


def written(folder: Path, lines: list[str]) -> str:
    path = folder / "long.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def read_with(monkeypatch: pytest.MonkeyPatch, parser: str) -> None:
    if not hasattr(yaml, parser):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(reader_module, "_Parser", getattr(yaml, parser))


@pytest.mark.parametrize("parser", PARSERS)
def test_a_bad_value_on_line_19990_is_named_with_its_place(
    parser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = long_scenario()
    last = max(n for n, line in enumerate(lines) if line.startswith(LAST))
    lines[last:last] = ["    # one more comment"] * (LINE - 1 - last)
    lines[LINE - 1] = f"{LAST}20 MW"
    path = written(tmp_path, lines[:LINES])

    read_with(monkeypatch, parser)
    with pytest.raises(InputError) as raised:
        load_scenario(path)
    (problem,) = raised.value.problems
    assert (problem.line, problem.column) == (LINE, len(LAST) + 1)
    assert problem.path.endswith(".throughput.b200")
    assert "'20 MW'" in problem.message


def test_both_parsers_read_the_same_values_at_the_same_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, found = written(tmp_path, long_scenario()), []
    for parser in PARSERS:
        read_with(monkeypatch, parser)
        problems: list[Problem] = []
        document = load(path, problems=problems)
        assert document is not None
        assert not problems
        leaves: list[Any] = [
            (at, leaf.value, leaf.mark, leaf.key_mark)
            for at, leaf in walk_leaves(document.root)
        ]
        found.append(leaves)
    assert len(found[0]) > LINES / 2
    assert found[0] == found[1]


def test_all_of_a_long_scenario_is_read(tmp_path: Path) -> None:
    lines = long_scenario()
    assert len(lines) == LINES
    scenario = load_scenario(written(tmp_path, lines))
    names = sum(line.startswith("  - name: ") for line in lines)
    assert len(scenario.sites) + len(scenario.workloads) == names
    assert len(scenario.spec.fleet) == sum("  - site: " in line for line in lines)
