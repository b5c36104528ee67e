"""Which points of a sweep share a live program, and how they are cut into chunks.

Chunks follow from the points alone, so that a sweep gives the same digits however many
workers share it. Each begins cold.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from planner.errors import PlannerError
from planner.records import dataclass
from planner.specs.inputs import number_of
from planner.sweep.field import Field, Template, Way

Sets = tuple[str, ...]
"""``path=value`` texts of one point."""
LIVE = 50
"""Points of a chunk that are solved on one live program."""
REBUILT = 5
"""Points of a chunk whose programs are built one by one."""
FEW = 6
"""So many points, and as many for each input more, are not worth a live program."""

TryField = Callable[[Template, Sequence[Way]], Field | None]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Points that one worker evaluates, one after the other.

    Attributes:
        numbers: Places of its points in the sweep.
        points: What is set at each.
        template: Paths and values of the first point.
        ways: Inputs that move a live program; empty: each program is built.
    """

    numbers: tuple[int, ...]
    points: tuple[Sets, ...]
    template: Template = ()
    ways: tuple[Way, ...] = ()

    def shares(self, point: Sets) -> list[float]:
        """Return how far along each way a point lies."""
        values = dict(_entries(point))
        return [way.share(_quantity(values[way.path])[0]) for way in self.ways]


def chunks_of(points: Sequence[Sets], try_field: TryField) -> list[Chunk]:
    """Return the chunks of a sweep.

    Args:
        points: What is set at each.
        try_field: Returns the live programs between the ends of some inputs, or None;
            it may raise ``PlannerError`` where a value does not fit.
    """
    found: list[Chunk] = []
    left: list[int] = []
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, point in enumerate(points):
        alike[tuple(path for path, _ in _entries(point))].append(number)
    for numbers in alike.values():
        for group, ways in _Division(points, try_field).live(numbers):
            if ways:
                found += _cut_live(points, group, ways)
            else:
                left += group
    left.sort()
    for first in range(0, len(left), REBUILT):
        part = left[first : first + REBUILT]
        found.append(Chunk(tuple(part), tuple(points[n] for n in part)))
    return found


class _Division:
    """Groups points that set the same paths."""

    def __init__(self, points: Sequence[Sets], try_field: TryField) -> None:
        self.try_field = try_field
        self.values = [dict(_entries(point)) for point in points]

    def live(self, numbers: list[int]) -> Iterator[tuple[list[int], tuple[Way, ...]]]:
        """Yield groups of points with the inputs that move their live program.

        A group without any is built point by point.
        """
        paths = [p for p in self.values[numbers[0]] if self._moves(numbers, p)]
        if not paths:
            yield numbers, ()
            return
        groups: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
        for number in numbers:
            fixed = tuple(x for x in self.values[number].items() if x[0] not in paths)
            groups[fixed].append(number)
        for group in groups.values():
            yield from self._grouped(group, paths)

    def _moves(self, numbers: list[int], path: str) -> bool:
        """Return whether an input moves a live program, between two near values."""
        units = {_quantity(self.values[n][path])[1] for n in numbers}
        if len(units) > 1 or None in units:
            return False
        at = {_quantity(self.values[n][path])[0]: n for n in numbers}
        values = sorted(at)
        if len(values) <= 1 or len(numbers) <= FEW:
            return False
        half = (len(values) - 1) // 2
        between = at[values[half]], at[values[half + 1]]
        return self._field(between[0], self._ways(between, [path])) is not None

    def _ways(self, numbers: Sequence[int], paths: Sequence[str]) -> tuple[Way, ...]:
        ways = []
        for path in paths:
            found = [_quantity(self.values[n][path]) for n in numbers]
            values = [value for value, _ in found]
            if min(values) < max(values):
                ways.append(Way(path, found[0][1] or "", min(values), max(values)))
        return tuple(ways)

    def _field(self, number: int, ways: tuple[Way, ...]) -> Field | None:
        try:
            return self.try_field(tuple(self.values[number].items()), ways)
        except PlannerError:
            return None  # the points of which it is true say so, one by one

    def _grouped(
        self, group: list[int], paths: Sequence[str]
    ) -> Iterator[tuple[list[int], tuple[Way, ...]]]:
        """Yield parts of a group, halved until each lies on straight lines."""
        ways = self._ways(group, paths)
        if not ways or len(group) <= FEW * len(ways):
            yield group, ()
        elif self._field(group[0], ways) is not None:
            yield group, ways
        else:
            for half in self._halves(group, ways):
                yield from self._grouped(half, paths)

    def _halves(self, group: list[int], ways: tuple[Way, ...]) -> list[list[int]]:
        """Return a group in two, along the input with the most values."""

        def values(way: Way) -> list[float]:
            return sorted({_quantity(self.values[n][way.path])[0] for n in group})

        widest = max(ways, key=lambda way: len(values(way)))
        found = values(widest)
        middle = found[len(found) // 2]
        sides: tuple[list[int], list[int]] = [], []
        for n in group:
            sides[_quantity(self.values[n][widest.path])[0] >= middle].append(n)
        return list(sides)


def _cut_live(
    points: Sequence[Sets], group: list[int], ways: tuple[Way, ...]
) -> Iterator[Chunk]:
    """Yield the chunks of a group in an order in which neighbours differ little."""
    template = tuple(_entries(points[group[0]]))
    whole = Chunk(tuple(group), tuple(points[n] for n in group), template, ways)
    ordered = sorted(group, key=lambda n: (*whole.shares(points[n]), n))
    for first in range(0, len(ordered), LIVE):
        part = ordered[first : first + LIVE]
        yield Chunk(tuple(part), tuple(points[n] for n in part), template, ways)


def _entries(point: Sets) -> Iterator[tuple[str, str]]:
    """Yield path and value of every text; of a path set twice the last counts."""
    for text in point:
        path, _, value = text.partition("=")
        yield path.strip(), value.strip()


def _quantity(text: str) -> tuple[float, str | None]:
    """Return number and unit of a value; no unit, not even an empty one, of others."""
    return number_of(text) or (0.0, None)
