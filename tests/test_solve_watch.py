"""`solve --watch`: what counts as a change, and what is printed when there is one."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.cli.given import Given
from planner.cli.options import Terminal
from planner.cli.solve import Request
from planner.cli.solve_watch import run
from planner.cli.watch import Watch, hash_of, wait

ROOT = Path(__file__).parents[1]
QUICKSTART = (ROOT / "scenarios" / "quickstart.yaml").read_text(encoding="utf-8")
REQUEST = Request(Given("a.yaml"), "highs", None, None)
PLAIN = Terminal(as_json=False, quiet=False, verbose=False, debug=False)
QUIET = PLAIN._replace(quiet=True)
POWER = ("power: 24 MW", "power: 14 MW")
WRONG = ("power: 24 MW", "power: 24 GB")
HOPELESS = ("minimum: 50 %", "minimum: 100 %")
PATIENCE_S = 120
"""Longest that a process may take to say something; nothing waits that long."""


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in its own folder, so that places are short."""
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(QUICKSTART, encoding="utf-8")


# ---------------------------------------------------------------- files


def write(text: str, name: str = "f.yaml") -> None:
    Path(name).write_text(text, encoding="utf-8")


def watch_of(name: str = "f.yaml") -> Watch:
    return Watch({name: hash_of(name)})


def test_nothing_has_changed() -> None:
    write("a")
    watch = watch_of()
    os.utime("f.yaml", ns=(1, 1))
    assert [watch.look() for _ in range(3)] == [False] * 3


def test_a_change_counts_when_it_is_seen_twice() -> None:
    write("a")
    watch = watch_of()
    assert not watch.look()
    write("b")
    assert [watch.look(), watch.look()] == [False, True]


def test_a_change_between_reading_and_watching_counts() -> None:
    write("a")
    known = hash_of("f.yaml")
    write("b")
    watch = Watch({"f.yaml": known})
    assert [watch.look(), watch.look()] == [False, True]


def test_a_write_within_a_tick_of_the_clock_counts() -> None:
    """The file has the time and the length that it had at the look before."""
    write("a")
    os.utime("f.yaml", ns=(1, 1))
    watch = watch_of()
    assert not watch.look()
    write("b")
    os.utime("f.yaml", ns=(1, 1))
    assert [watch.look(), watch.look()] == [False, True]


def test_a_file_that_is_still_written_is_waited_for() -> None:
    write("a")
    watch = watch_of()
    for text in ("ab", "abc", "abcd"):
        write(text)
        assert not watch.look()
    assert watch.look()


def test_a_file_that_an_editor_renames_is_no_missing_file() -> None:
    write("a")
    watch = watch_of()
    Path("f.yaml").unlink()
    assert not watch.look()
    write("b", "f.yaml~")
    Path("f.yaml~").rename("f.yaml")
    assert [watch.look(), watch.look()] == [False, True]


def test_a_file_that_stays_missing_has_changed() -> None:
    write("a")
    watch = watch_of()
    Path("f.yaml").unlink()
    assert [watch.look(), watch.look()] == [False, True]


def test_a_new_file_in_a_folder_counts() -> None:
    folder = Path("data")
    watch = Watch({}, [folder])
    assert not watch.look()
    folder.mkdir()
    (folder / "notes.txt").touch()
    assert [watch.look(), watch.look()] == [False, False]
    (folder / "b200.yaml").touch()
    assert [watch.look(), watch.look()] == [False, True]


def test_wait_pauses_between_looks() -> None:
    write("a")
    pauses = []

    def pause() -> None:
        pauses.append(1)
        if len(pauses) == 3:
            write("b")

    wait(watch_of(), pause)
    assert len(pauses) == 4


# ---------------------------------------------------------------- solves

Step = Callable[[], object]


def edit(old: str, new: str, name: str = "a.yaml") -> Step:
    """Return what changes a file."""

    def step() -> None:
        text = Path(name).read_text(encoding="utf-8")
        assert old in text
        Path(name).write_text(text.replace(old, new), encoding="utf-8")

    return step


def watched(
    capsys: pytest.CaptureFixture[str],
    *steps: Step,
    request: Request = REQUEST,
    terminal: Terminal = PLAIN,
) -> tuple[list[str], list[str]]:
    """Return what was printed to stdout and stderr: at first, and after each step."""
    printed: list[tuple[str, str]] = []
    left = list(steps)
    is_still = False

    def pause() -> None:
        """Take a step, then do nothing until it has been seen a second time."""
        nonlocal is_still
        is_still = not is_still
        if not is_still:
            return
        printed.append(capsys.readouterr())
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()

    with pytest.raises(KeyboardInterrupt):
        run(request, terminal, pause)
    outs, errors = zip(*printed, strict=True)
    return list(outs), list(errors)


def test_a_change_is_printed_against_the_run_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outs, errors = watched(capsys, edit(*POWER), edit(POWER[1], "power: 15 MW"))
    assert "Services" in outs[0]
    assert "planner: 8 files are watched; Ctrl-C ends" in errors[0]
    assert "run 1 → run 2: profit_usd -6.14 %" in outs[1]
    assert "a.yaml:28  sites.ohio.power 24 MW → 14 MW" in outs[1]
    assert "capex_usd           140,000,000  67,770,374.8" in outs[1]
    assert "Services" not in outs[1]
    assert "run 2 → run 3: " in outs[2]
    assert "sites.ohio.power 14 MW → 15 MW" in outs[2]
    assert errors[1:] == ["", ""]


def test_verbose_prints_every_row_that_differs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outs, _ = watched(capsys, edit(*POWER), terminal=PLAIN._replace(verbose=True))
    assert "Purchases [accelerators]" in outs[1]


def test_a_comment_is_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    outs, _ = watched(capsys, edit("name: quickstart", "# mine\nname: quickstart"))
    assert outs[1] == "\nrun 1 → run 2: no difference\n"


def test_every_file_behind_the_scenario_is_watched(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What it extends, and the accelerators of a data folder; also a new one."""
    shipped = (ROOT / "hardware" / "b200.yaml").read_text(encoding="utf-8")
    Path("data", "hardware").mkdir(parents=True)
    write("extends: [a.yaml]\nname: b\n", "b.yaml")
    outs, errors = watched(
        capsys,
        edit(*POWER),
        lambda: write(shipped, "data/hardware/b200.yaml"),
        edit("nameplate:", "nameplate: 2 kW #", "data/hardware/b200.yaml"),
        request=replace(REQUEST, given=Given("b.yaml", (), ("data",))),
    )
    assert "a.yaml:28  sites.ohio.power 24 MW → 14 MW" in outs[1]
    assert "run 2 → run 3: no difference" in outs[2]
    assert "run 3 → run 4: " in outs[3]
    assert "data/hardware/b200.yaml" in outs[3]
    assert errors[1:] == [""] * 3


def test_an_error_is_printed_and_can_be_mended(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What follows is compared with the last plan there was."""
    outs, errors = watched(capsys, edit(*WRONG), edit("24 GB", "14 MW"))
    assert outs[1] == ""
    assert errors[1].startswith("a.yaml:28:12: sites.ohio.power: '24 GB' is not a")
    assert "run 1 → run 2: profit_usd -6.14 %" in outs[2]


def test_a_scenario_that_is_wrong_at_first_is_watched(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Also a file that it extends, once that is there."""
    Path("a.yaml").rename("later.txt")
    write("extends: [a.yaml]\nname: b\n", "b.yaml")
    outs, errors = watched(
        capsys,
        edit("name: b", "name: c", "b.yaml"),
        lambda: Path("later.txt").rename("a.yaml"),
        request=replace(REQUEST, given=Given("b.yaml")),
    )
    assert "'a.yaml' does not exist" in errors[0]
    assert "'a.yaml' does not exist" in errors[1]
    assert outs[:2] == ["", ""]
    assert "c: optimal" in outs[2]


def test_without_a_plan_it_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    """And compares with the last plan when there is one again."""
    outs, errors = watched(capsys, edit(*HOPELESS), edit(HOPELESS[1], "minimum: 60 %"))
    assert "run 1 → run 2: optimal → infeasible" in outs[1]
    assert "workloads.assistant.minimum 50 % → 100 %" in outs[1]
    assert "Cannot hold together" in outs[1]
    assert "a.yaml: infeasible: no plan keeps every limit" in errors[1]
    assert "run 1 → run 3: " in outs[2]
    assert "workloads.assistant.minimum 50 % → 60 %" in outs[2]


def test_quiet_is_one_line_for_each_run(capsys: pytest.CaptureFixture[str]) -> None:
    outs, errors = watched(capsys, edit(*POWER), edit(*HOPELESS), terminal=QUIET)
    assert [out.count("\n") for out in outs] == [1, 1, 1]
    assert outs[0].startswith("quickstart: optimal; profit")
    assert outs[1].startswith("run 1 → run 2: profit_usd -6.14 %")
    assert errors[:2] == ["", ""]


def test_options_hold_for_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    """The plan is written whole each time; `--set` stays in force."""
    counts = []

    def counted(step: Step) -> Step:
        def both() -> None:
            plan = json.loads(Path("p.json").read_text(encoding="utf-8"))
            counts.append(round(plan["metrics"]["peak_power_mw"], 3))
            step()

        return both

    overrides = ("sites.ohio.power=16 MW", "budgets.power=99 MW")
    request = replace(REQUEST, given=Given("a.yaml", overrides), output="p.json")
    grown = edit("growth: 20 %/quarter", "growth: 0 %/quarter")
    outs, _ = watched(
        capsys, counted(edit(*POWER)), counted(grown), counted(list), request=request
    )
    assert counts[0] == counts[1] == 16
    assert "run 1 → run 2: no difference" in outs[1]
    assert "run 2 → run 3: profit_usd" in outs[2]


def test_confidential_values_are_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    marked = "power: {value: 24 MW, confidential: true}"
    outs, _ = watched(capsys, edit("power: 24 MW", marked), edit("24 MW", "14 MW"))
    assert "no difference" in outs[1]
    assert "sites.ohio.power … → …" in outs[2]
    assert "14 MW" not in outs[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-", "--watch"], "standard input does not change"),
        (["a.yaml", "--watch", "--json"], "so no --json"),
        (["a.yaml", "--watch", "--robust", "expected"], "leave --robust out"),
        (["a.yaml", "--watch", "-o", "plan.txt"], "plan.txt"),
        (["b.yaml", "--watch"], "b.yaml: the file does not exist"),
    ],
)
def test_what_cannot_be_watched_is_refused(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["solve", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


# ---------------------------------------------------------------- from outside


@pytest.fixture(name="process")
def _process() -> Iterator[subprocess.Popen[str]]:
    """A watching process; it is ended, whatever happens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "planner", "solve", "a.yaml", "--watch", "-q"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        yield process
        process.kill()


def lines_of(process: subprocess.Popen[str]) -> "queue.Queue[str]":
    """Return the lines that a process prints, as they come."""
    found: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            found.put(line)

    threading.Thread(target=read, daemon=True).start()
    return found


def test_a_process_that_watches_ends_at_an_interrupt(
    process: subprocess.Popen[str],
) -> None:
    """It says what it has at once, and leaves with 130."""
    lines = lines_of(process)
    assert lines.get(timeout=PATIENCE_S).startswith("quickstart: optimal")
    edit(*POWER)()
    assert lines.get(timeout=PATIENCE_S).startswith("run 1 → run 2: profit_usd")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE_S) == 130
    assert process.stderr is not None
    assert process.stderr.read() == "planner: interrupted\n"
