"""Which inputs a sensitivity moves, and how far."""

from collections.abc import Iterable, Iterator, Sequence

from planner.documents import walk_leaves
from planner.errors import InputError, UsageError
from planner.explain.keys import key_prices
from planner.plan.plan import Plan
from planner.records import dataclass
from planner.specs.distribution import Distribution, distributions_of
from planner.specs.inputs import input_at, number_of
from planner.specs.scenario import Scenario

SPREAD = 0.1
"""Share of a number by which it is moved, where nothing is declared or asked."""
ENDS = (0.1, 0.9)
"""Quantiles of a declared distribution that are its low and its high end."""
MOST = 12
"""Inputs taken by their prices, where none are named or declared."""


@dataclass(frozen=True, slots=True)
class Range:
    """An input and the ends that it is moved to.

    Attributes:
        known: Its distribution; uniform from end to end where none is declared.
        low: Lower end, in the input's unit.
        high: Upper end, in the input's unit.
        declared: Whether the scenario declares the distribution.
    """

    known: Distribution
    low: float
    high: float
    declared: bool

    @property
    def path(self) -> str:
        """Return where the input stands."""
        return self.known.where.path

    @property
    def value(self) -> float:
        """Return what the scenario says, in the input's unit."""
        return self.known.where.value

    def sets(self, value: float) -> tuple[str, ...]:
        """Return what ``--set`` takes to give the input another value."""
        return (self.known.where.text(value),)


def ranges_of(
    scenario: Scenario, paths: Iterable[str], share: float | None
) -> tuple[Range, ...]:
    """Return the ranges of inputs, in order.

    Args:
        scenario: Whose inputs they are.
        paths: Where they stand.
        share: Of its value that each is moved by; None: to the ends of its declared
            distribution, else by a tenth.

    Raises:
        InputError: There is no number at a path.
        UsageError: A number without a distribution is 0, which has no tenth.
    """
    declared = {each.where.path: each for each in distributions_of(scenario)}
    found, problems = [], []
    for path in dict.fromkeys(paths):
        known = declared.get(path) if share is None else None
        try:
            found.append(_range(scenario, path, known, share or SPREAD))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def _range(
    scenario: Scenario, path: str, known: Distribution | None, share: float
) -> Range:
    if known is not None:
        low, high = (known.quantile(end) for end in ENDS)
        return Range(known, low, high, declared=True)
    where = input_at(scenario, path)
    if where.value == 0:
        msg = f"{path} is 0, and a share of it is nothing; declare its uncertainty"
        raise UsageError(msg)
    ends = (float(f"{where.value * f:.12g}") for f in (1 - share, 1 + share))
    low, high = sorted(ends)
    known = Distribution(where, "uniform", (low, high))
    return Range(known, low, high, declared=False)


def inputs_that_matter(scenario: Scenario, plan: Plan) -> tuple[str, ...]:
    """Return the inputs that are moved where none are named or declared.

    Those are the limits and demands of which 1 % more gains or costs most at the
    margin, as ``explain`` lists them, then what the accelerators that are bought, and
    the energy of the sites, cost.

    Args:
        scenario: What was planned.
        plan: Its plan, with prices.
    """
    keys = (key.path for key in key_prices(scenario, plan.prices) if key.of_a_hundredth)
    numbers = set(_numbers(scenario))
    priced = [path for path in keys if path in numbers][:MOST]
    bought = {row.accelerator for row in plan.purchases}
    prefixes = [
        *(f"accelerators.{name}.price.system" for name in sorted(bought)),
        *(f"sites.{site.name}.electricity" for site in scenario.spec.sites),
    ]
    return (*priced, *_below(sorted(numbers), prefixes))


def _numbers(scenario: Scenario) -> Iterator[str]:
    """Yield the path of every number that is not 0."""
    for loc, leaf in walk_leaves(scenario.tree):
        number = number_of(leaf.value)
        if number is not None and number[0] != 0:
            yield ".".join(map(str, loc))


def _below(paths: Sequence[str], prefixes: Sequence[str]) -> Iterator[str]:
    for prefix in prefixes:
        yield from (p for p in paths if p == prefix or p.startswith(f"{prefix}."))
