"""What the README shows is what happens."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"(?:<!-- (?P<mark>[^>]*?) -->\n)?```(?P<kind>\w+)\n(?P<body>.*?)```", re.DOTALL
)
COMMANDS = sorted(
    {
        line[2:].split("   #")[0].strip()
        for block in BLOCK.finditer(README)
        if block["kind"] == "console"
        for line in block["body"].splitlines()
        if line.startswith("$ planner ") and "scenario.yaml" not in line
    }
)


def planner(
    arguments: list[str], folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "planner", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def lasting(text: str) -> list[str]:
    """Drop the lines whose seconds or rounding differ from run to run."""
    differ = "audit:", "certificate:", "solver:"
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return [line for line in lines if not line.startswith(differ)]


@pytest.mark.once
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    arguments = shlex.split(command)[1:]
    if "--what-if" in arguments and shutil.which("npm") is None:
        pytest.skip("npm, which fetches the solver of the page, is not installed")
    files = [place + 1 for place, each in enumerate(arguments) if each == "-o"]
    for place in files:
        arguments[place] = str(tmp_path / arguments[place])
    done = planner(arguments)

    assert done.returncode == 0, done.stderr
    assert len([*tmp_path.iterdir()]) == len(files)


def test_the_plan_in_the_readme_is_what_solve_prints() -> None:
    # A line "…" stands for lines that are left out.
    shown = next(
        block["body"]
        for block in BLOCK.finditer(README)
        if (block["mark"] or "").startswith("output of: planner solve")
    )
    command, _, output = shown.partition("\n")
    printed = "\n".join(lasting(planner(shlex.split(command)[2:]).stdout))
    for part in "\n".join(lasting(output)).removesuffix("\n…").split("\n…\n"):
        assert part in printed
        printed = printed.partition(part)[2]


def test_the_problems_in_the_readme_are_what_validate_prints(tmp_path: Path) -> None:
    text = (ROOT / "scenarios" / "quickstart.yaml").read_text(encoding="utf-8")
    text = text.replace("power: 24 MW", "power: 80 GB").replace("prompt: ", "promt: ")
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    done = planner(["validate", "scenario.yaml"], tmp_path)
    shown = next(
        block["body"].splitlines()[1:]
        for block in BLOCK.finditer(README)
        if (block["mark"] or "").startswith("output of: planner validate")
    )

    assert done.returncode == 2
    for line in shown:
        assert line in done.stderr


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    body = next(b["body"] for b in BLOCK.finditer(README) if b["kind"] == "python")

    exec(compile(body, "README.md", "exec"), {})  # noqa: S102  # the README's own code


def test_the_readme_states_one_test_command_and_one_run_command() -> None:
    assert README.count("<!-- test command -->") == 1
    assert README.count("<!-- run command -->") == 1
    assert len(README.splitlines()) <= 300


def test_the_readme_counts_the_sources_as_hardware_list_does() -> None:
    counted = next(line[2:] for line in README.splitlines() if line.startswith("> "))
    shown = planner(["hardware", "list"]).stdout.splitlines()

    assert counted in shown
