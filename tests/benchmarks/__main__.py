"""``python -m tests.benchmarks``: measure everything and print the table."""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks import (
    blocks,
    building,
    checking,
    estimates,
    explaining,
    loading,
    processes,
    serving,
    whole,
)
from tests.benchmarks.rounds import print_results


def main() -> None:
    """Print every benchmark; the slow ones run fewer rounds."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--rounds", type=int, default=11, help="of each benchmark")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        start_up = processes.results(Path(folder), rounds)
        start_up += estimates.results(Path(folder), rounds)
        start_up += loading.results(Path(folder), rounds)
    built = building.results(rounds)
    built += explaining.results(rounds)
    built += checking.results(rounds)
    built += blocks.results(rounds)
    built += whole.results(rounds)
    print_results([*start_up, *built, *serving.results(rounds)])


main()
