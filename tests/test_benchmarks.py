"""The suite of benchmarks at its least: it runs, and all contenders agree."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.handover import AGREEMENT, CONTENDERS
from tests.benchmarks.report import markdown

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a smoke run writes."""
    path = tmp_path_factory.mktemp("benchmarks") / "found.json"
    command = [sys.executable, "-m", "tests.benchmarks", "--smoke", "--json", str(path)]
    done = subprocess.run(  # noqa: S603  # this very Python
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(path.read_text(encoding="utf-8"))


def test_installed_contenders_reach_the_same_optimum(found: dict[str, Any]) -> None:
    optima = found["parts"]["handover"]["found"]["1e2"]["optimum_musd"]
    assert set(optima) == {one.module for one in CONTENDERS if one.installed}
    assert {"limit", "ours", "ours_pulp", "pulp_manual"} <= set(optima)
    assert optima == pytest.approx(
        dict.fromkeys(optima, optima["limit"]), rel=AGREEMENT
    )


def test_every_contender_has_a_line_installed_or_not(found: dict[str, Any]) -> None:
    (table,) = found["parts"]["handover"]["tables"]
    lines = {line[0]: line[1] for line in table["lines"]}
    for one in CONTENDERS:
        assert (lines[one.title] == "not installed") is not one.installed


def test_rounds_machine_and_versions_are_kept(found: dict[str, Any]) -> None:
    rounds = found["parts"]["handover"]["found"]["1e2"]["rounds"]["ours"]
    assert [sorted(each) for each in rounds] == [
        sorted(
            (
                "before_mib",
                "build_s",
                "hand_over_s",
                "optimum_musd",
                "peak_mib",
                "shape",
            )
        )
    ]
    assert found["machine"]["cores"] > 0
    assert found["versions"]["pulp"] != "not installed"


def test_results_are_written_from_what_was_found(found: dict[str, Any]) -> None:
    text = markdown(found)
    for part in found["parts"].values():
        assert f"## {part['title']}" in text
        for table in part["tables"]:
            assert all(f"| {' | '.join(line)} |" in text for line in table["lines"])
    assert str(ROOT) not in text
