"""A plan's rows, added up by what the checks ask for."""

from collections import defaultdict
from dataclasses import field

from planner.records import dataclass

Place = tuple[str, str, int]
"""Site, accelerator and period, counted from 0."""
Cell = tuple[str, int, str]
"""Workload, period and load block."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Allocation rows, added up.

    Attributes:
        by_place: Accelerators at work, keyed by site, accelerator, period, block.
        by_cell: The same by accelerator, keyed by workload, period, block.
        busy: Mean count over the blocks that draws active power, by place of an
            owned site.
        hours: Accelerator-hours, keyed by workload, site, accelerator, period.
        by_kind: Mean count over the blocks, keyed by kind, accelerator, period.
        by_pair: Largest count, keyed by workload, site, accelerator.
    """

    by_place: dict[tuple[str, str, int, str], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    by_cell: dict[Cell, dict[str, float]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(float))
    )
    busy: dict[Place, float] = field(default_factory=lambda: defaultdict(float))
    hours: dict[tuple[str, str, str, int], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    by_kind: dict[tuple[str, str, int], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    by_pair: dict[tuple[str, str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leased:
    """What is leased of one offer in one period.

    Attributes:
        count: Accelerators at once.
        signed: Of them, signed in this period.
        hours: Accelerator-hours that are paid for.
    """

    count: float
    signed: float
    hours: float
