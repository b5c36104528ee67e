"""A program that sliders move: built at a few points, known at all."""

import numpy as np

from planner.errors import InputError, PlannerError
from planner.formulation.arrays import Flags
from planner.performance.pairing import Rates, rates
from planner.pipeline import Solved, h100_flop_s
from planner.records import dataclass
from planner.report.what_if.laws import Laws, Move, laws_of, moves_between
from planner.report.what_if.numbers import (
    Snapshot,
    Ties,
    snapshot,
    snapshot_of,
    ties_of,
    weights_at,
)
from planner.report.what_if.sliders import MOST, Slider, all_texts, sliders_of
from planner.specs.packed import Packed, Unpacked
from planner.sweep.readings import Readings

RANGES = ((0.5, 2.0), (0.8, 1.25))
"""Least and largest factor of a slider; the first that its input takes."""
CHECKS = 3
"""Programs where all sliders stand anywhere: the first tells how they combine."""
NOTHING = "changes nothing in this plan's program"
UNEVEN = "what it changes follows no law that a page can carry"
TOO_MANY = f"a page has at most {MOST} sliders"


@dataclass(frozen=True, slots=True)
class Ranged:
    """A slider between its ends.

    Attributes:
        slider: What it multiplies.
        least: Its smallest factor.
        most: Its largest.
    """

    slider: Slider
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Moving:
    """A program, and how sliders move it.

    Attributes:
        base: As the scenario is written.
        ties: What breaks its ties.
        sliders: In the order of ``laws.moves``.
        laws: How they move its numbers, checked.
        left_out: Label of every slider that the page does not have, and why.
    """

    base: Snapshot
    ties: Ties
    sliders: tuple[Ranged, ...]
    laws: Laws
    left_out: tuple[tuple[str, str], ...]


def moving(solved: Solved) -> Moving:
    """Return the program of a scenario with the sliders that move it.

    Args:
        solved: The scenario, its program and its plan.

    Raises:
        InputError: The scenario's files have changed since, and are wrong now.
    """
    chosen, more = sliders_of(solved.scenario, solved.plan)
    maker = _Maker(solved)
    found: list[tuple[Ranged, tuple[Move, ...]]] = []
    left_out = []
    for slider in chosen:
        moved = maker.moved(slider)
        if isinstance(moved, str):
            left_out.append((slider.label, moved))
        else:
            found.append(moved)
    laws, dropped = _together(maker, found)
    left_out += [(each.slider.label, UNEVEN) for each in dropped]
    left_out += [(slider.label, TOO_MANY) for slider in more]
    return Moving(
        maker.base, maker.ties, tuple(each for each, _ in found), laws, tuple(left_out)
    )


class _Maker:
    """Builds the program of a scenario with its sliders anywhere."""

    def __init__(self, solved: Solved) -> None:
        self.scenario = solved.scenario
        self.documents: Unpacked = Packed.of(solved.scenario).unpacked()
        self.flop_s = h100_flop_s(solved.scenario)
        self.rates: Rates = rates(solved.scenario)
        readings = Readings(solved.scenario, solved.program, self.flop_s)
        self.base = snapshot_of(solved.program, readings)
        self.line = self.base.line
        self.ties = ties_of(solved.program)

    def at(self, texts: tuple[str, ...], table: Rates | None = None) -> Snapshot:
        """Return the program with some inputs set; its counts in the same unit.

        Args:
            texts: As ``--set`` takes them.
            table: Work per accelerator-second; None: found anew.

        Raises:
            InputError: One does not fit.
            ScalingError: The numbers of a row lie too far apart.
        """
        scenario = self.documents.scenario(texts)
        table = rates(scenario) if table is None else table
        return snapshot(scenario, table, self.flop_s, self.base.program.c.scale)

    def moved(self, slider: Slider) -> tuple[Ranged, tuple[Move, ...]] | str:
        """Return a slider's range and its moves, or why it cannot have any."""
        reason = ""
        for least, most in RANGES:
            try:
                # How fast work is done depends on none of them; the checks show it.
                ends = [self.at(slider.texts(x), self.rates) for x in (least, most)]
            except PlannerError as error:
                reason = " ".join(str(error).split())
                continue
            if not all(self.base.alike(end) for end in ends):
                reason = UNEVEN
                continue
            low, high = (
                (x, end.line) for x, end in zip((least, most), ends, strict=True)
            )
            moves, misses = moves_between(self.line, low, high)
            if not len(misses):
                return (Ranged(slider, least, most), moves) if moves else NOTHING
            reason = UNEVEN
        return reason


def _together(
    maker: _Maker, found: list[tuple[Ranged, tuple[Move, ...]]]
) -> tuple[Laws, list[Ranged]]:
    """Return the laws of sliders together; those that keep to none are dropped."""
    dropped: list[Ranged] = []
    while True:
        sliders = [each for each, _ in found]
        moves = tuple(each for _, each in found)
        laws, misses = _checked(maker, sliders, moves)
        if not misses.any():
            return laws, dropped
        culprits = [
            number
            for number, each in enumerate(moves)
            if any(misses[move.places].any() for move in each)
        ]
        dropped.append(found.pop(culprits[-1] if culprits else -1)[0])


def _checked(
    maker: _Maker, sliders: list[Ranged], moves: tuple[tuple[Move, ...], ...]
) -> tuple[Laws, Flags]:
    """Return the laws of sliders together, and where they do not hold."""
    draws = np.random.default_rng(0)
    laws = Laws(maker.line, moves, np.zeros(len(maker.line), dtype=np.bool_))
    misses = np.zeros(len(maker.line), dtype=np.bool_)
    for number in range(CHECKS if sliders else 0):
        factors = [_between(each, draws.random()) for each in sliders]
        try:
            there = maker.at(all_texts((each.slider for each in sliders), factors))
        except InputError:
            misses[:] = True  # each fits alone, but not all together
            return laws, misses
        if not maker.base.alike(there):
            misses[:] = True
            return laws, misses
        line = there.line
        if number == 0:
            laws, places = laws_of(maker.line, moves, factors, line)
        else:
            places = laws.misses(factors, line)
        misses[places] = True
        _check_ties(maker, there, misses)
    return laws, misses


def _check_ties(maker: _Maker, there: Snapshot, misses: Flags) -> None:
    """Mark what the weights of ties follow, where those of a program are others."""
    expected = weights_at(
        maker.ties, float(there.parts["sizes"].max()), there.parts["prices"]
    )
    own = ties_of(there.program)
    weights = weights_at(own, there.program.c.fleet.size, there.parts["prices"])
    if not np.allclose(expected, weights, rtol=1e-9, atol=0.0):
        for name in ("sizes", "prices"):
            first = maker.base.first[name]
            misses[first : first + len(maker.base.parts[name])] = True


def _between(each: Ranged, share: float) -> float:
    """Return a factor between the ends of a slider, evenly by ratios."""
    return float(f"{each.least * (each.most / each.least) ** share:.4g}")
