"""A moving program as bytes that a page can hold, and what the page is told of it."""

import gzip
import json
import shlex
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.explain.infeasibility import place_of
from planner.explain.infeasible_words import rule_of
from planner.formulation.rows import Head
from planner.formulation.stages import LARGEST
from planner.pipeline import Solved, h100_flop_s
from planner.plan.equivalents import equivalents
from planner.plan.money import FINISHED
from planner.report.what_if.laws import Move
from planner.report.what_if.moving import Moving, Ranged
from planner.report.what_if.numbers import STAGE
from planner.specs.scenario import Scenario

_KINDS: dict[str, np.dtype[Any]] = {"f8": np.dtype("<f8"), "i4": np.dtype("<i4")}
_SAME = 1e-12
"""Relative distance between a move and its number, below which it is all of it."""
_MW = ("site_power", "power_budget", "expansion_limit")
_MUSD = ("capex_budget", "opex_budget")
_COUNTED = ("supply", "lease_limit", "vendor_commitment")
LIMITS = ("power_limit", "site_limit", "capex_limit")
"""Numbers that charts show as limits."""


class _Arrays:
    """Arrays one after the other, and where each stands."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[str, int, int]] = {}
        self._parts: list[bytes] = []
        self._end = 0

    def add(self, name: str, kind: str, numbers: NDArray[Any] | Sequence[float]) -> str:
        """Add an array and return its name; each begins at a multiple of 8 bytes.

        Whole numbers are kept as differences from one to the next.
        """
        found = np.asarray(numbers)
        stepped = found if kind == "f8" else np.diff(found, prepend=0)
        packed = stepped.astype(_KINDS[kind]).tobytes()
        self.places[name] = kind, self._end, len(packed) // _KINDS[kind].itemsize
        packed += bytes(-len(packed) % 8)
        self._parts.append(packed)
        self._end += len(packed)
        return name

    def bytes(self) -> bytes:
        """Return all arrays."""
        return b"".join(self._parts)


def packed(found: Moving, solved: Solved) -> bytes:
    """Return what the Worker reads: length of a header, header in JSON, arrays.

    The header says where each array begins behind it. The same plan gives the same
    bytes.
    """
    arrays = _Arrays()
    header = {
        **_described(found, solved),
        "parts": _parts(found),
        "sums": _sums(found, arrays),
        "moves": [
            [_move(found, arrays, f"{n}.{k}", move) for k, move in enumerate(moves)]
            for n, moves in enumerate(found.laws.moves)
        ],
    }
    program = found.base.program.arrays
    arrays.add("base", "f8", found.laws.base)
    arrays.add("product", "i4", np.flatnonzero(found.laws.product))
    arrays.add("start", "i4", program.start)
    arrays.add("index", "i4", program.index)
    arrays.add("rest", "f8", found.ties.rest)
    arrays.add("accelerator", "i4", found.ties.accelerator)
    content = arrays.bytes()
    text = json.dumps({**header, "arrays": arrays.places}, separators=(",", ":"))
    written = text.encode()
    written += b" " * (-(4 + len(written)) % 8)
    whole = struct.pack("<I", len(written)) + written + content
    return gzip.compress(whole, 9, mtime=0)


def _parts(found: Moving) -> dict[str, tuple[int, int]]:
    """Return where each kind of number begins on the line, and how many there are."""
    first = found.base.first
    return {name: (first[name], len(part)) for name, part in found.base.parts.items()}


def _sums(found: Moving, arrays: _Arrays) -> list[dict[str, Any]]:
    for each in found.base.sums:
        arrays.add(f"{each.name}.columns", "i4", each.columns)
        arrays.add(f"{each.name}.group", "i4", each.group)
    return [{"name": each.name, "labels": each.labels} for each in found.base.sums]


def _move(found: Moving, arrays: _Arrays, name: str, move: Move) -> dict[str, str]:
    """Return the names of a law's arrays; no ``by``: each b is N(1) itself."""
    kept = {
        "shape": move.shape,
        "places": arrays.add(f"{name}.places", "i4", move.places),
    }
    if not np.allclose(move.by, found.laws.base[move.places], rtol=_SAME, atol=0.0):
        kept["by"] = arrays.add(f"{name}.by", "f8", move.by)
    return kept


def _described(found: Moving, solved: Solved) -> dict[str, Any]:
    """Return what the Worker needs to know beside arrays."""
    scenario, program = solved.scenario, solved.program
    weights = _h100_weights(scenario)
    return {
        "maximize": scenario.spec.objective == "maximize_value",
        "largest_cost": LARGEST,
        "finished": FINISHED,
        "periods": list(program.c.clock.labels),
        "standing": [int(stands) for stands in found.ties.standing],
        "h100": weights or {},
        "h100_known": weights is not None,
        "limits": LIMITS,
        "stages": [name for name in found.base.parts if name.startswith(STAGE)],
        "rows": [_row(row, program.c.scale) for row in program.rows],
    }


def _h100_weights(scenario: Scenario) -> dict[str, float] | None:
    """Return an accelerator in H100s by peak, keyed by A; None where one is unknown."""
    flop_s = h100_flop_s(scenario)
    found = {a: equivalents(scenario, {a: 1.0}, flop_s) for a in scenario.accelerators}
    known = {a: weight for a, weight in found.items() if weight is not None}
    return known if len(known) == len(found) else None


def _row(row: Head, scale: float) -> tuple[str, str, float]:
    """Return a row in words, the unit of its limit, and one unit of it in that.

    Without a unit: a row without a limit that a user would know; ``-`` for one that
    only ties accelerators together.
    """
    place = place_of(row)
    rule = rule_of(place.constraint, place.scope)
    when = f" in {place.period}" if place.period else ""
    words = f"{rule or place.scope}{when} ({place.constraint})"
    if place.constraint in _MW:
        return words, "MW", 1.0
    if place.constraint in _MUSD:
        return words, "MUSD", 1.0
    if place.constraint in _COUNTED:
        return words, "accelerators", scale
    if place.constraint == "carbon_budget":
        return words, "t", 1.0
    return words, "" if rule else "-", 1.0


def controls(found: Moving, solved: Solved) -> dict[str, Any]:
    """Return what the page itself is told: sliders, charts, and the plan as written."""
    c = solved.program.c
    return {
        "command": command_of(solved.scenario),
        "maximize": solved.scenario.spec.objective == "maximize_value",
        "sliders": [_control(each) for each in found.sliders],
        "left_out": found.left_out,
        "periods": list(c.clock.labels),
        "labels": {each.name: each.labels for each in found.base.sums},
        "power_periods": [c.clock.labels[t] for t in c.power_budget_mw],
        "capex_spans": [
            {"label": span.label, "periods": [c.clock.labels[t] for t in span.periods]}
            for span in c.capex_spans
        ],
        "written": _written(solved),
    }


def _control(each: Ranged) -> dict[str, Any]:
    slider = each.slider
    single = slider.single
    return {
        "label": slider.label,
        "family": slider.family,
        "least": each.least,
        "most": each.most,
        "value": None if single is None else single[0],
        "unit": "%" if single is None else single[1],
        "settings": [
            {"words": setting.words, "numbers": setting.numbers}
            for setting in slider.settings
        ],
    }


def _written(solved: Solved) -> dict[str, Any]:
    """Return how the plan as written ended, and its objective [present $]."""
    objective = solved.plan.objective.value_usd
    return {"status": solved.plan.status, "objective_usd": objective}


def command_of(scenario: Scenario) -> str:
    """Return the command that solves the scenario as it is."""
    return " ".join(map(shlex.quote, _words(scenario)))


def _words(scenario: Scenario) -> Iterator[str]:
    yield from ("planner", "solve", scenario.path)
    for folder in scenario.data_dirs:
        yield from ("--data-dir", folder)
    if scenario.alternative is not None:
        yield from ("--alternative", scenario.alternative)
    for text in scenario.overrides:
        yield from ("--set", text)
