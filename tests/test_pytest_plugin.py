"""The pytest plugin, in a pytest of its own."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.regression.compare import GROUPS

ROOT = Path(__file__).parents[1]
IS_INSTALLED = any(each.name == "planner" for each in entry_points(group="pytest11"))


@pytest.fixture
def folder(tiny_folder: Path, tiny_text: str) -> Path:
    (tiny_folder / "tiny.yaml").write_text(tiny_text, encoding="utf-8")
    command = ["check", "tiny.yaml", "--update", "--data-dir", "."]
    assert CliRunner().invoke(app, command).exit_code == 0
    return tiny_folder


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a pytest that loads this plugin and xdist, and no other."""
    found = {"PYTHONPATH": str(ROOT), "PLANNER_DATA": str(folder)}
    found["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    plugins = ["-p", "no:cacheprovider", "-p", "planner.pytest_plugin", "-p", "xdist"]
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", *plugins, *arguments],
        cwd=folder,
        env={**os.environ, **found},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_every_group_is_a_test_that_k_selects(folder: Path) -> None:
    listed = pytest_in(folder, "--collect-only", "-q").stdout.splitlines()
    ids = [f"tiny.golden.json::tiny[{group}]" for group in GROUPS]

    assert listed[: len(ids)] == ids
    chosen = pytest_in(folder, "-q", "-k", "tiny and money")
    assert chosen.returncode == 0
    assert "1 passed, 6 deselected" in chosen.stdout


def test_a_drift_fails_its_group_alone_under_xdist(folder: Path) -> None:
    text = (folder / "tiny.yaml").read_text(encoding="utf-8")
    dearer = text.replace("50 USD/MWh", "60 USD/MWh")
    (folder / "tiny.yaml").write_text(dearer, encoding="utf-8")
    done = pytest_in(folder, "-q", "-n", "2", "--junitxml", "report.xml")

    assert done.returncode == 1
    assert "1 failed, 6 passed" in done.stdout
    assert "sites.north.electricity 50 USD/MWh → 60 USD/MWh" in done.stdout
    assert "Traceback" not in done.stdout
    assert 'name="tiny[money]"' in (folder / "report.xml").read_text(encoding="utf-8")


def test_an_invalid_scenario_fails_with_its_place(folder: Path) -> None:
    text = (folder / "tiny.yaml").read_text(encoding="utf-8")
    broken = text.replace("power: 900 kW", "power: 900 GB")
    (folder / "tiny.yaml").write_text(broken, encoding="utf-8")
    done = pytest_in(folder, "-q")

    assert done.returncode == 1
    assert "tiny.yaml:8:" in done.stdout


def test_nothing_but_goldens_is_collected(folder: Path) -> None:
    (folder / "tiny.golden.json").unlink()
    (folder / "data.json").write_text("{}", encoding="utf-8")

    assert "no tests" in pytest_in(folder, "--collect-only", "-q").stdout


@pytest.mark.skipif(not IS_INSTALLED, reason="the planner is not installed")
def test_the_installed_plugin_can_be_left_out(folder: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q"]
    listed = [
        subprocess.run(  # noqa: S603 - our own command
            [*command, *more], cwd=folder, capture_output=True, text=True, check=False
        ).stdout
        for more in ((), ("-p", "no:planner"))
    ]

    assert "tiny[money]" in listed[0]
    assert "no tests" in listed[1]


def test_loading_the_plugin_imports_pytest_alone() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import planner.pytest_plugin; "
        "print(sorted(m for m in set(sys.modules) - before if m.startswith('planner'))"
        "); print(*(m for m in ('yaml', 'pulp', 'pint', 'numpy') if m in sys.modules))"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    names, heavy = done.stdout.split("\n")[:2]
    assert names == "['planner', 'planner.pytest_plugin', 'planner.version']"
    assert heavy == ""
