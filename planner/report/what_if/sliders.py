"""Which inputs of a scenario have a slider: budgets, supply, prices and demand."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest

from planner.documents import walk_leaves
from planner.explain.keys import key_prices
from planner.plan.plan import Plan
from planner.records import dataclass
from planner.specs.inputs import number_of
from planner.specs.scenario import Scenario

MOST = 24
"""Sliders of one page; more are no longer found."""
FAMILIES = ("budget", "power", "demand", "supply", "price", "lease", "energy", "value")
"""Kinds of sliders; one of each in turn is taken, until there are enough."""
_PLACES = (
    ("budget", r"budgets\.(capex|opex|carbon|power)", "{} budget"),
    ("budget", r"budgets\.(capex|opex|carbon|power)\.([^.]+)", "{} budget {}"),
    ("power", r"sites\.([^.]+)\.power(?:\.[^.]+)?", "power of {}"),
    ("power", r"sites\.([^.]+)\.expansion\.limit", "expansion of {}"),
    ("demand", r"workloads\.([^.]+)\.demand(?:\.users)?(?:\.[^.]+)?", "demand of {}"),
    ("supply", r"supply\.([^.]+)(?:\.[^.]+){0,2}", "supply of {}"),
    ("price", r"accelerators\.([^.]+)\.price\.system(?:\.[^.]+)?", "price of {}"),
    ("lease", r"leases\.([^.]+)\.limit", "limit of {}"),
    ("lease", r"leases\.([^.]+)\.price(?:\.[^.]+)?", "price of {}"),
    ("energy", r"sites\.([^.]+)\.electricity(?:\.[^.]+)?", "electricity at {}"),
    ("value", r"workloads\.([^.]+)\.value", "value of {}"),
)
"""Family of a slider, path of its inputs, and its label; inputs of one label move
together."""
_NO_LEVELS = frozenset({"growth", "of", "candidates", "requests_per_user"})
"""Keys of a series or a demand that are no level of it."""
_IN_STEPS = 5
"""Keys of a path into a value with steps: workloads, NAME, value, STEP, KEY."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A text after ``--set`` that holds numbers.

    Attributes:
        words: What stands before, between and after them.
        numbers: As the scenario writes them, none of them 0.
        paths: Where each stands.
    """

    words: tuple[str, ...]
    numbers: tuple[float, ...]
    paths: tuple[str, ...]

    def text(self, factor: float) -> str:
        """Return the text with all numbers multiplied by a factor."""
        written = [f"{number * factor:.12g}" for number in self.numbers]
        pairs = zip(self.words, [*written, ""], strict=True)
        return "".join(chain.from_iterable(pairs)).rstrip()


@dataclass(frozen=True, slots=True)
class Slider:
    """Inputs that are multiplied by the same factor.

    Attributes:
        label: What they stand for, in words.
        family: One of ``FAMILIES``.
        settings: What sets them.
    """

    label: str
    family: str
    settings: tuple[Setting, ...]

    @property
    def single(self) -> tuple[float, str] | None:
        """Return number and unit of the one input; None where there are several."""
        if len(self.settings) > 1 or len(self.settings[0].numbers) > 1:
            return None
        only = self.settings[0]
        return only.numbers[0], only.words[-1].strip()

    def texts(self, factor: float) -> tuple[str, ...]:
        """Return what ``--set`` takes to multiply the inputs by a factor."""
        return tuple(setting.text(factor) for setting in self.settings)


def sliders_of(
    scenario: Scenario, plan: Plan
) -> tuple[tuple[Slider, ...], tuple[Slider, ...]]:
    """Return the sliders that a page may have, and those beyond ``MOST``.

    Of each family those are taken first whose inputs are worth most at the margin.

    Args:
        scenario: What is planned.
        plan: Its plan; without prices the order is that of the file.
    """
    worth = {key.path: key.of_a_hundredth for key in key_prices(scenario, plan.prices)}
    bought: dict[str, float] = defaultdict(float)
    for row in plan.purchases:
        bought[row.accelerator] += row.capex_usd / 100
    worth |= {f"accelerators.{a}.price.system": usd for a, usd in bought.items()}
    families: dict[str, list[Slider]] = {family: [] for family in FAMILIES}
    written = [*_all(scenario)]
    for slider in written:
        families[slider.family].append(slider)
    ranked = [
        sorted(each, key=lambda x: -_worth(x, worth)) for each in families.values()
    ]
    in_turn = [*filter(None, chain.from_iterable(zip_longest(*ranked)))]
    chosen = set(in_turn[:MOST])
    return (
        tuple(slider for slider in written if slider in chosen),
        tuple(slider for slider in written if slider not in chosen),
    )


def _worth(slider: Slider, worth: Mapping[str, float]) -> float:
    paths = (path for setting in slider.settings for path in setting.paths)
    return sum(abs(worth.get(path, 0.0)) for path in paths)


def _all(scenario: Scenario) -> Iterator[Slider]:
    """Yield every slider that there could be, in the order of the file."""
    grouped: dict[tuple[str, str], list[Setting]] = defaultdict(list)
    stepped: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for loc, leaf in walk_leaves(scenario.tree):
        keys, text = tuple(map(str, loc)), str(leaf.value)
        if keys[:1] + keys[2:3] == ("workloads", "value") and len(keys) == _IN_STEPS:
            stepped[keys[1]].append((keys, text))
            continue
        place, found = _place(keys), number_of(text)
        if place is not None and found is not None and found[0] != 0:
            path = ".".join(keys)
            words = f"{path}=", f" {found[1]}".rstrip()
            grouped[place].append(Setting(words, found[:1], (path,)))
    for name, items in stepped.items():
        grouped["value", f"value of {name}"] = [*_steps(name, items)]
    for (family, label), settings in grouped.items():
        if settings:
            yield Slider(label, family, tuple(settings))


def _steps(name: str, items: list[tuple[tuple[str, ...], str]]) -> Iterator[Setting]:
    """Yield what sets a value with steps, which can only be set as a whole."""
    words, numbers, paths = [f"workloads.{name}.value=["], [], []
    before = ""
    for keys, text in items:
        step, key = keys[-2:]
        words[-1] += "" if step == before else ("}, {" if before else "{")
        words[-1] += f"{', ' if step == before else ''}{key}: "
        before = step
        found = number_of(text)
        if key != "value" or found is None:
            words[-1] += text
            continue
        words.append(f" {found[1]}")
        numbers.append(found[0])
        paths.append(".".join(keys))
    words[-1] += "}]"
    if numbers and all(numbers):
        yield Setting(tuple(words), tuple(numbers), tuple(paths))


def _place(keys: Sequence[str]) -> tuple[str, str] | None:
    """Return family and label of the slider that an input belongs to."""
    if _NO_LEVELS & {*keys}:
        return None
    path = ".".join(keys)
    for family, pattern, label in _PLACES:
        found = re.fullmatch(pattern, path)
        if found:
            return family, label.format(*found.groups(""))
    return None


def all_texts(sliders: Iterable[Slider], factors: Iterable[float]) -> tuple[str, ...]:
    """Return what ``--set`` takes to multiply the inputs of sliders by factors."""
    pairs = zip(sliders, factors, strict=True)
    return tuple(chain.from_iterable(slider.texts(x) for slider, x in pairs))
