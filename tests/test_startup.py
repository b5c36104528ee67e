"""A command imports what it needs, and nothing that it does not."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
QUICKSTART = "scenarios/quickstart.yaml"
RUN = """
import sys
from planner.cli import main
sys.argv = ["planner", *sys.argv[1:]]
sys.stdout.reconfigure(encoding="utf-8")
try:
    main()
except SystemExit as ended:
    assert not ended.code
print("LOADED", *sys.modules)
"""
TABLES = {"pandas", "plotly", "matplotlib", "dask", "jinja2", "xlsxwriter", "pyarrow"}
PLANNING = {"planner.formulation", "planner.solvers", "planner.audit", "planner.plan"}
OTHERS = {"planner.cost", "planner.init", "planner.guide", "planner.regression"}


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (
            ["--help"],
            {*TABLES, *PLANNING, *OTHERS, "numpy", "pint", "pydantic", "yaml"},
        ),
        (
            ["validate", QUICKSTART, "hardware/b200.yaml"],
            {*TABLES, *PLANNING, *OTHERS, "planner.explain", "planner.economics"}
            | {"rich", "pulp", "highspy"},
        ),
        (["solve", QUICKSTART], {*TABLES, *OTHERS, "rich", "pulp"}),
    ],
)
def test_a_command_imports_nothing_that_it_does_not_need(
    arguments: list[str], unneeded: set[str]
) -> None:
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", RUN, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    loaded = set(done.stdout.partition("LOADED ")[2].split())
    assert "planner.cli" in loaded
    assert not loaded & unneeded
