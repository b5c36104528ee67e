"""``python -m tests.benchmarks``: measure, print tables, and write them down."""

import argparse
import json
import time
from importlib import import_module
from pathlib import Path

from tests.benchmarks.large import SIZES
from tests.benchmarks.report import (
    RESULTS,
    Asked,
    Part,
    cpu_s,
    document,
    machine,
    markdown,
    printed,
    say,
)
from tests.benchmarks.rounds import part_of

PARTS = {
    "handover": "",
    "floor": "",
    "growth": "",
    "solving": "Solving",
    "resolving": "A thousand budgets",
    "sweeping": "Sweeps",
    "processes": "Starting: whole processes",
    "loading": "Reading large input",
    "estimates": "Estimates of training",
    "explaining": "Explaining",
    "checking": "Checking",
    "blocks": "Load blocks",
    "whole": "Integer plans",
    "robust": "Decisions under doubt",
    "serving": "Serving rates",
}
"""Modules of this folder, and their titles. A module has ``results(rounds)``, which
returns a list of ``Result``; or ``part(asked)``, for tables of its own and for the
smoke run."""
ROUNDS = 5


def main() -> None:
    """Run what is asked for, and print a table as soon as it is there."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="NAME")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="at most, of each")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all rounds")
    parser.add_argument("--write", action="store_true", help="write RESULTS.md")
    parser.add_argument("--smoke", action="store_true", help="the least, one round")
    args = parser.parse_args()
    asked = Asked(args.rounds, tuple(args.sizes))
    if args.smoke:
        asked = Asked(1, ("1e2",), smoke=True)
    place, parts = machine(), dict[str, Part]()
    for name in args.only or PARTS:
        began, used = time.monotonic(), cpu_s()
        part = _part(name, asked)
        if part is None:
            continue
        parts[name] = part
        say(printed(part))
        took = f"{time.monotonic() - began:.0f} s, {cpu_s() - used:.0f} s of CPU"
        say(f"({name} took {took})\n")
        found = document(parts, _command(args), place)
        if args.json:  # at once: a run that is stopped leaves what it has
            args.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
        if args.write:
            RESULTS.write_text(markdown(found), encoding="utf-8")


def _part(name: str, asked: Asked) -> Part | None:
    """Return what a module measures; None: nothing in a smoke run."""
    module = import_module(f"tests.benchmarks.{name}")
    if hasattr(module, "part"):
        return module.part(asked)
    if asked.smoke:
        return None
    return part_of(PARTS[name], module.results(asked.rounds), module.__doc__)


def _command(args: argparse.Namespace) -> str:
    """Return how to run the same again."""
    words = ["python -m tests.benchmarks", *(["--smoke"] if args.smoke else [])]
    if args.only:
        words += ["--only", *args.only]
    if args.sizes != list(SIZES):
        words += ["--sizes", *args.sizes]
    if args.rounds != ROUNDS:
        words.append(f"--rounds {args.rounds}")
    return " ".join([*words, "--write"])


main()
