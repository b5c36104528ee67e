"""Small worlds to plan in: a folder with own hardware, and random scenarios.

``World`` writes files and plans them. Texts state only what a test is about;
``SCENARIO`` and ``HARDWARE`` fill in the rest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import yaml
from hypothesis import strategies as st

from planner.api import solve
from planner.plan.plan import Plan
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario

SCENARIO = {
    "name": "case",
    "horizon": "{start: 2026, periods: 2}",
    "accelerators": "[chip]",
    "sites": "[{name: here, power: 1 GW, pue: 1.25, electricity: 100 USD/MWh, "
    "carbon: 0.5 kg/kWh}]",
}
"""What a scenario's text need not say."""

HARDWARE = {
    "vendor": "acme",
    "power": "{nameplate: 1 kW, active: 800 W, idle: 200 W}",
    "price": "{system: 20 kUSD, network: 5 kUSD}",
    "lifetime": "5 year",
}
"""What an accelerator's text need not say."""


def completed(text: str, defaults: Mapping[str, str]) -> str:
    """Return the text with a line for every default whose key it lacks.

    The lines come last, so that places in the text stay as they are.
    """
    stated = set(re.findall(r"^(\w+):", text, flags=re.MULTILINE))
    lines = [f"{key}: {value}" for key, value in defaults.items() if key not in stated]
    return "\n".join([text.strip("\n"), *lines]) + "\n"


@dataclass(frozen=True)
class World:
    """A data folder of its own, and the scenario in it."""

    folder: Path

    def hardware(self, name: str, text: str = "") -> Path:
        """Write an accelerator's file, completed, and return its path."""
        path = self.folder / "hardware" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(completed(f"name: {name}\n{text.strip()}", HARDWARE))
        return path

    def model(self, name: str, text: str) -> Path:
        """Write a model's file and return its path."""
        path = self.folder / "scenarios" / "models" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"name: {name}\n{text.strip()}\n")
        return path

    def scenario(self, text: str, *overrides: str) -> Scenario:
        """Return the completed scenario, loaded; ``chip`` exists in any case."""
        if not (self.folder / "hardware" / "chip.yaml").exists():
            self.hardware("chip")
        path = self.folder / "case.yaml"
        path.write_text(completed(text, SCENARIO))
        return load_scenario(path, overrides=overrides, data_dirs=[self.folder])

    def plan(self, text: str, *overrides: str) -> Plan:
        """Return the plan of a scenario."""
        return solve(self.scenario(text, *overrides))


# --------------------------------------------------------------- random scenarios


@dataclass(frozen=True)
class Amount:
    """A quantity that can be written in several units of the same size.

    Attributes:
        number: In the first of ``FORMS[kind]``, exact.
        kind: Key of ``FORMS``.
    """

    number: Decimal
    kind: str

    def text(self, form: int) -> str:
        """Return the quantity in the form of that number, counted round."""
        forms = FORMS[self.kind]
        factor, unit = forms[form % len(forms)]
        return f"{self.number * factor:f} {unit}".rstrip()

    def times(self, factor: Decimal) -> "Amount":
        return Amount(self.number * factor, self.kind)


def _forms(*forms: tuple[str, str]) -> tuple[tuple[Decimal, str], ...]:
    return tuple((Decimal(factor), unit) for factor, unit in forms)


FORMS = {
    "power": _forms(("1", "MW"), ("0.001", "GW"), ("1000", "kW")),
    "draw": _forms(("1", "W"), ("0.001", "kW")),
    "money": _forms(("1", "kUSD"), ("0.001", "MUSD"), ("1000", "USD")),
    "electricity": _forms(
        ("1", "USD/MWh"), ("0.001", "kUSD/MWh"), ("0.001", "USD/kWh")
    ),
    "rent": _forms(("1", "USD/hour"), ("0.001", "kUSD/hour"), ("24", "USD/day")),
    "build": _forms(("1", "MUSD/MW"), ("0.001", "GUSD/MW"), ("1000", "USD/kW")),
    "moving": _forms(("1", "USD"), ("0.001", "kUSD"), ("0.000001", "MUSD")),
    "emissions": _forms(("1", "t"), ("0.001", "kt"), ("1000", "kg")),
    "maintenance": _forms(("12", "%/year"), ("3", "%/quarter"), ("1", "%/month")),
    "months": _forms(("3", "month"), ("1", "quarter"), ("0.25", "year")),
    "requests": _forms(
        ("1", "request/s"), ("0.001", "krequest/s"), ("60", "request/min")
    ),
    "samples": _forms(
        ("1", "ksample/s"), ("1000", "sample/s"), ("3.6", "Msample/hour")
    ),
    "tokens": _forms(("1", "Gtoken"), ("0.001", "Ttoken"), ("1000", "Mtoken")),
    "training": _forms(("1", "ktoken/s"), ("1000", "token/s"), ("3.6", "Mtoken/hour")),
    "per_request": _forms(("1", "USD/Mrequest"), ("0.001", "USD/krequest")),
    "per_sample": _forms(("1", "USD/Gsample"), ("0.001", "USD/Msample")),
    "share": _forms(("100", "%"), ("1", "")),
}
"""Factor and unit of every form, the first one being that of ``Amount.number``."""

Data = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A random scenario before it is written: plain data with ``Amount`` leaves.

    Attributes:
        scenario: The scenario's keys.
        hardware: Accelerators by name.
    """

    scenario: Data
    hardware: dict[str, Data]

    def mapped(self, change: Callable[[Amount], Amount]) -> "Draft":
        """Return the draft with every amount changed."""
        return Draft(
            _mapped(self.scenario, change),
            {name: _mapped(data, change) for name, data in self.hardware.items()},
        )

    def having(self, **keys: Any) -> "Draft":
        """Return the draft with some keys of the scenario replaced."""
        return Draft({**self.scenario, **keys}, self.hardware)

    def plan(self, folder: Path, form: int = 0, turn: int = 0) -> Plan:
        """Return the plan of the draft, written below ``folder``.

        Args:
            folder: Gets a new world.
            form: Which unit every amount is written in.
            turn: By how many places keys and items of lists are turned round.
        """
        return solve(self.load(folder, form, turn))

    def load(self, folder: Path, form: int = 0, turn: int = 0) -> Scenario:
        """Return the draft as a scenario; arguments as in ``plan``."""
        world = World(folder)
        for name, data in self.hardware.items():
            path = folder / "hardware" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_dump(data, form, turn))
        path = world.folder / "case.yaml"
        path.write_text(_dump(self.scenario, form, turn))
        return load_scenario(path, data_dirs=[folder])


def _mapped(value: Any, change: Callable[[Amount], Amount]) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(below, change) for key, below in value.items()}
    if isinstance(value, list):
        return [_mapped(below, change) for below in value]
    return change(value) if isinstance(value, Amount) else value


def _written(value: Any, form: int, turn: int) -> Any:
    if isinstance(value, dict):
        turned = _turned(list(value.items()), turn)
        return {key: _written(below, form, turn) for key, below in turned}
    if isinstance(value, list):
        # The steps of a value are the one list whose order has a meaning.
        steps = any(isinstance(item, dict) and "up_to" in item for item in value)
        items = value if steps else _turned(value, turn)
        return [_written(item, form, turn) for item in items]
    return value.text(form) if isinstance(value, Amount) else value


def _turned(items: list[Any], turn: int) -> list[Any]:
    places = turn % len(items) if items else 0
    turned = items[places:] + items[:places]
    return turned[::-1] if turn % 2 else turned


def _dump(data: Data, form: int, turn: int) -> str:
    return yaml.safe_dump(_written(data, form, turn), sort_keys=False)


def counts(plan: Plan, *keys: str) -> dict[tuple[str, ...], float]:
    """Return the sums of allocated accelerators by some of a row's keys."""
    found: dict[tuple[str, ...], float] = {}
    for row in plan.allocation:
        key = tuple(getattr(row, name) for name in keys)
        found[key] = found.get(key, 0.0) + row.count
    return found


def bought(plan: Plan, *keys: str) -> dict[tuple[str, ...], float]:
    """Return the sums of deliveries by some of a row's keys."""
    found: dict[tuple[str, ...], float] = {}
    for row in plan.purchases:
        key = tuple(getattr(row, name) for name in keys)
        found[key] = found.get(key, 0.0) + row.count
    return found


def differing(
    first: Mapping[Any, float], second: Mapping[Any, float], tolerance: float = 1e-6
) -> dict[Any, tuple[float, float]]:
    """Return what differs by more than ``tolerance`` relative and absolute."""
    pairs = {
        key: (first.get(key, 0.0), second.get(key, 0.0)) for key in {*first, *second}
    }
    return {
        key: (a, b)
        for key, (a, b) in pairs.items()
        if abs(a - b) > tolerance * max(1.0, abs(a), abs(b))
    }


PERIODS = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")
CHIPS = ("chip", "card")
SITES = ("east", "west")
HEAVIEST_MW = Decimal("0.0025")
"""Facility power of the heaviest accelerator that is drawn, PUE included."""


def drafts() -> st.SearchStrategy[Draft]:
    """Return random drafts: two accelerators, one or two sites, up to 4 quarters.

    All are feasible: nothing has to be served, and power holds the starting fleet.
    A draft is drawn by its seed, since hypothesis prefers small and equal numbers,
    with which nothing competes.
    """
    return st.integers(0, 10**9).map(draft_of)


def draft_of(seed: int) -> Draft:
    """Return the draft of a seed."""
    random = Random(seed)  # noqa: S311  # no secret
    labels = PERIODS[: random.randint(2, 4)]
    sites = SITES[: random.randint(1, 2)]
    blocks = random.random() < 1 / 2
    first_mw = Decimal(random.randint(10, 100)) / 100
    standing = random.randint(1, int(first_mw / HEAVIEST_MW))
    start = {"site": sites[0], "accelerator": "chip", "installed": "2024Q1"}
    supplies = {
        name: {label: random.randint(1, 900) for label in labels[:2]} for name in CHIPS
    }
    scenario: Data = {
        "name": "draft",
        "horizon": {"start": labels[0], "periods": len(labels)},
        "discount_rate": random.choice(["0 %/year", "8 %/year"]),
        "accelerators": list(CHIPS),
        "sites": [_site(random, name, first_mw, labels) for name in sites],
        "fleet": [start | {"count": standing}],
        "budgets": {"capex": {2026: _amount(random, 500, 20000, "money")}},
        "supply": supplies,
        "workloads": [
            _chat(random, blocks=blocks),
            _feed(random),
            _run(random, labels),
        ],
    }
    if blocks:
        scenario["load_blocks"] = {"peak": "6 h", "rest": "18 h"}
    return Draft(scenario, {name: _hardware(random, name) for name in CHIPS})


def _amount(random: Random, least: int, most: int, kind: str, over: int = 1) -> Amount:
    """Return a random amount of at least and at most so many ``over``-ths."""
    return Amount(Decimal(random.randint(least, most)) / over, kind)


def _rates(random: Random, least: int, most: int, kind: str, over: int) -> Data:
    return {name: _amount(random, least, most, kind, over) for name in CHIPS}


def _site(random: Random, name: str, first_mw: Decimal, labels: Sequence[str]) -> Data:
    more = first_mw * random.randint(100, 300) / 100
    return {
        "name": name,
        "pue": random.choice([1.1, 1.25]),
        "power": {
            labels[0]: Amount(first_mw, "power"),
            labels[1]: Amount(more, "power"),
        },
        "electricity": _amount(random, 40, 120, "electricity"),
        "carbon": "0.4 kg/kWh",
    }


def _hardware(random: Random, name: str) -> Data:
    nameplate = Decimal(random.randint(500, 2000))
    return {
        "name": name,
        "vendor": "acme",
        "peak": {"bf16": "500 TFLOP/s"},
        "power": {
            "nameplate": Amount(nameplate, "draw"),
            "active": Amount(nameplate * Decimal("0.75"), "draw"),
            "idle": Amount(nameplate * Decimal("0.25"), "draw"),
        },
        "price": {
            "system": _amount(random, 500, 4000, "money", 100),
            "network": _amount(random, 100, 500, "money", 100),
            "maintenance": Amount(Decimal(1) / 4, "maintenance"),
        },
        "lead_time": _amount(random, 0, 1, "months"),
        "lifetime": _amount(random, 3, 20, "months"),
        "reliability": {"availability": random.choice([0.95, 1.0])},
    }


def _chat(random: Random, *, blocks: bool) -> Data:
    value = Decimal(random.randint(50, 800))
    service: Data = {
        "name": "chat",
        "kind": "inference",
        "demand": {
            "2026Q1": _amount(random, 50, 2000, "requests"),
            "growth": random.choice(["-5 %/quarter", "15 %/quarter"]),
        },
        "throughput": _rates(random, 20, 90, "requests", 10),
        "peak_to_average": 1.2,
        "headroom": Amount(Decimal("0.2"), "share"),
        "value": [
            {
                "up_to": Amount(Decimal("0.5"), "share"),
                "value": Amount(value, "per_request"),
            },
            {
                "up_to": Amount(Decimal(1), "share"),
                "value": Amount(value / 2, "per_request"),
            },
        ],
    }
    if blocks:
        service["profile"] = {"peak": 1.6, "rest": 0.8}
    return service


def _feed(random: Random) -> Data:
    return {
        "name": "feed",
        "kind": "recommendation",
        "demand": _amount(random, 10, 500, "samples"),
        "throughput": _rates(random, 40, 800, "samples", 400),
        "value": _amount(random, 200, 6000, "per_sample"),
    }


def _run(random: Random, labels: Sequence[str]) -> Data:
    return {
        "name": "run",
        "kind": "training",
        "tokens": _amount(random, 500, 9000, "tokens"),
        "deadline": random.choice(labels),
        "throughput": _rates(random, 20, 400, "training", 100),
        "accelerators": {"maximum": random.randint(10, 300)},
        "value": _amount(random, 100, 4000, "money"),
    }
