"""A hundred small scenarios in one process: checked, and only loaded and solved."""

import gc
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from planner.pipeline import run
from planner.regression.check import Request, check_file
from planner.specs.load import load_scenario
from tests.benchmarks.rounds import Result, interleaved

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "scenarios" / "quickstart.yaml"
COUNT = 100


def results(rounds: int) -> list[Result]:
    """Return what checking adds to loading and solving."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder, f"{number}.yaml")) for number in range(COUNT)]
        for path in paths:
            shutil.copy(SCENARIO, path)
            check_file(path, "scenario", Request(update=True))
        checked, solved = interleaved(
            [
                _clock(lambda: [_check(path) for path in paths]),
                _clock(lambda: [run(load_scenario(path)) for path in paths]),
            ],
            rounds,
        )
    return [Result(f"check of {COUNT} / their solves", checked, solved, "<= 1.5")]


def _check(path: str) -> None:
    assert check_file(path, "scenario", Request()).outcome == "ok"


def _clock(work: Callable[[], object]) -> Callable[[], float]:
    """Return a clock of ``work``; what is left of the last round is gone before."""

    def seconds() -> float:
        gc.collect()
        began = time.process_time()
        work()
        return time.process_time() - began

    return seconds
