"""What is refused, and in which words: file, line, column, path, fault and remedy."""

from dataclasses import dataclass, field, fields
from pathlib import Path

import pytest

from planner.api import solve
from planner.errors import InputError, PlannerError
from planner.plan.rows import Metrics
from planner.specs.load import load_scenario
from planner.specs.scenario import METRICS, Scenario
from planner.units import magnitude
from tests.strategies import World

BASE = """\
name: case
horizon: {start: 2026Q1, periods: 4}
accelerators: [chip]
sites:
  - {name: here, power: 1 MW}
workloads:
  - name: chat
    kind: inference
    demand: 100 request/s
    throughput: {chip: 10 request/s}
    value: 1 USD/Mrequest
"""
"""Line 12 is the first that a test appends."""

POWER, VALUE = "power: 1 MW", "value: 1 USD/Mrequest"
DEMAND, RATE = "demand: 100 request/s", "throughput: {chip: 10 request/s}"
LISTED = "accelerators: [chip]"
BLOCKS = "load_blocks: {peak: 6 h, rest: 18 h}\n"
PROFILE = "    profile: {peak: PEAK, rest: REST}\n"
WITHIN = "    peak_to_average: 1.2\n"
FLEET = "fleet: [{site: here, accelerator: chip, count: 5, installed: 2024}]"
RUN = (
    "  - {name: big, kind: training, throughput: {chip: 9 token/s}, value: 1 MUSD, "
    "tokens: 1 Ttoken, MORE}"
)
FOLLOWING = (
    "  - {name: next, KIND, demand: {of: chat}, minimum: 0 %, throughput: {chip: RATE}}"
)
SCENARIO_KEYS = (
    "accelerators, alternatives, budgets, check, currency_year, discount_rate, "
    "early_retirement, expect, fleet, format_version, gap, horizon, inflation, "
    "integer, leases, "
    "load_blocks, name, objective, policies, revenue, sites, sources, supply, title, "
    "transfers, uncertainty, workloads"
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world in the current folder, so that messages show short paths."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLANNER_DATA", raising=False)
    return World(Path())


@dataclass(frozen=True)
class Case:
    """One way to be wrong.

    Attributes:
        expected: Every line of the error.
        old: A piece of ``BASE`` …
        new: … and what stands there instead.
        add: Text behind ``BASE``.
        hardware: Text of ``chip``'s file; its line 2 is the first.
        overrides: Texts ``path=value``.
    """

    expected: tuple[str, ...]
    old: str = ""
    new: str = ""
    add: str = ""
    hardware: str = ""
    overrides: tuple[str, ...] = field(default=())

    def load(self, world: World) -> Scenario:
        assert self.old in BASE
        text = BASE.replace(self.old, self.new) if self.old else BASE
        world.hardware("chip", self.hardware)
        return world.scenario(text + self.add, *self.overrides)


def replaced(old: str, new: str, *expected: str) -> Case:
    return Case(expected, old=old, new=new)


def added(text: str, *expected: str) -> Case:
    return Case(expected, add=text + "\n")


def chip(text: str, *expected: str) -> Case:
    return Case(expected, hardware=text)


def override(text: str, *expected: str) -> Case:
    return Case(expected, overrides=(text,))


def run(more: str, *expected: str) -> Case:
    return added(RUN.replace("MORE", more), *expected)


def reported(case: Case, world: World) -> list[str]:
    """Return the lines of the error that the case gives, checked for their form."""
    with pytest.raises(InputError) as error:
        solve(case.load(world))
    lines = str(error.value).split("\n")
    assert len(lines) == len(error.value.problems)
    places = [(p.file, p.line, p.column) for p in error.value.problems]
    assert places == sorted(places)
    assert all(p.line and p.column for p in error.value.problems if p.file != "--set")
    return lines


QUANTITIES = {
    "wrong dimension": replaced(
        POWER,
        "power: 80 GB",
        "case.yaml:5:25: sites.here.power: '80 GB' is not a power; write e.g. '300 MW'",
    ),
    "missing unit": replaced(
        POWER,
        "power: 5",
        "case.yaml:5:25: sites.here.power: '5' has no unit; write e.g. '300 MW'",
    ),
    "nan": replaced(
        POWER,
        "power: nan MW",
        "case.yaml:5:25: sites.here.power: 'nan MW' is not a finite number; "
        "write e.g. '300 MW'",
    ),
    "negative": replaced(
        POWER,
        "power: -1 MW",
        "case.yaml:5:25: sites.here.power: '-1 MW' is negative; write e.g. '300 MW'",
    ),
    "empty": replaced(
        POWER,
        "power: null",
        "case.yaml:5:25: sites.here.power: an empty value is not a power; "
        "write e.g. '300 MW'",
    ),
    "list": replaced(
        POWER,
        "power: [1 MW]",
        "case.yaml:5:25: sites.here.power: a list is not a power; write e.g. '300 MW'",
    ),
    "in a step": replaced(
        POWER,
        "power: {2026Q1: 3 GB}",
        "case.yaml:5:34: sites.here.power.2026Q1: '3 GB' is not a power; "
        "write e.g. '300 MW'",
    ),
    "zero throughput": replaced(
        "chip: 10 request/s",
        "chip: 0 request/s",
        "case.yaml:10:24: workloads.chat.throughput.chip: '0 request/s' must be "
        "above 0; write e.g. '570 token/s'",
    ),
    "throughput of another dimension": replaced(
        "chip: 10 request/s",
        "chip: 10 FLOP/s",
        "case.yaml:10:24: workloads.chat.throughput.chip: '10 FLOP/s' is not a token "
        "rate; write e.g. '570 token/s'",
    ),
    "share above one": replaced(
        VALUE,
        "minimum: 150 %",
        "case.yaml:11:14: workloads.chat.minimum: '150 %' must be between 0% and "
        "100%; write e.g. '99 %'",
    ),
    "pue below one": replaced(
        POWER,
        f"{POWER}, pue: 0.9",
        "case.yaml:5:36: sites.here.pue: 0.9 must be at least 1; write e.g. '1.2'",
    ),
    "unit with a plural": chip(
        "lifetime: 3 years",
        "hardware/chip.yaml:2:11: lifetime: '3 years' has the unknown unit 'years' "
        "(write year); write e.g. '5.5 year'",
    ),
    "days for months": chip(
        "lead_time: 3 day",
        "hardware/chip.yaml:2:12: lead_time: '3 day' counts days or hours, which no "
        "calendar span holds evenly; use month, quarter or year, e.g. '9 month'",
    ),
    "discount without a span": added(
        "discount_rate: 8 %",
        "case.yaml:12:16: discount_rate: '8 %' is not a rate per month, quarter or "
        "year; write e.g. '8 %/quarter'",
    ),
    "negative discount": added(
        "discount_rate: -8 %/year",
        "case.yaml:12:16: discount_rate: '-8 %/year' is negative; write e.g. "
        "'8 %/year'",
    ),
    "broken period count": replaced(
        "periods: 4",
        "periods: 1.5",
        "case.yaml:2:35: horizon.periods: 1.5 is not a whole number of at least 1",
    ),
    "no such period": replaced(
        "start: 2026Q1",
        "start: 2026Q5",
        "case.yaml:2:18: horizon.start: '2026Q5' is not a period; write e.g. 2026Q1, "
        "2026 or 2026-01",
    ),
    "throughput of another kind of work": replaced(
        RATE,
        "throughput: {chip: 10 sample/s}",
        "case.yaml:10:24: workloads.chat.throughput.chip: '10 sample/s' is not in "
        "token/s or request/s; write e.g. '570 token/s'",
    ),
    "in an overlay": replaced(
        LISTED,
        "accelerators: [{name: chip, power: {nameplate: 3 GB}}]",
        "case.yaml:3:48: accelerators.chip.power.nameplate: '3 GB' is not a power; "
        "write e.g. '1.8 kW'",
    ),
    "too large in its unit": replaced(
        POWER,
        "power: 1e308 GW",
        "case.yaml:5:25: sites.here.power: '1e308 GW' is too large; write e.g. "
        "'300 MW'",
    ),
    "whole number beyond reason": chip(
        "system: {accelerators: 1e300}",
        "hardware/chip.yaml:2:24: system.accelerators: 1e+300 is too large; write at "
        "most 1e+12",
    ),
    "share for a count": added(
        FLEET.replace("5", "5 %"),
        "case.yaml:12:48: fleet.0.count: '5 %' is a share; write a count, e.g. 8000",
    ),
    "boolean for a count": added(
        "    replica: true",
        "case.yaml:12:14: workloads.chat.replica: 'true' is not a share or a plain "
        "number; write e.g. '8000'",
    ),
    "number for text": added(
        "title: 5", "case.yaml:12:8: title: 5 is not text; put it in quotes"
    ),
    "one of two prices without a unit": replaced(
        VALUE,
        "value: {prompt: 3 USD/Mtoken, output: 3}",
        "case.yaml:11:43: workloads.chat.value.output: '3' has no unit; write e.g. "
        "'0.5 USD/Mtoken'",
    ),
    "periods without end": replaced(
        "periods: 4",
        "periods: 4000",
        "case.yaml:2:35: horizon.periods: 4000 end after 2199; write fewer",
    ),
    "tolerance": added(
        "check: {metrics: {profit_usd: {rel: 1 USD}}}",
        "case.yaml:12:37: check.metrics.profit_usd.rel: '1 USD' is not a share or a "
        "plain number; write e.g. '99 %'",
    ),
}

UNKNOWN = {
    "key at the top": added(
        "objektive: minimize_cost",
        "case.yaml:12:1: objektive: unknown key (did you mean 'objective'?)",
    ),
    "far key at the top": added(
        "zzzqqq: 1", f"case.yaml:12:1: zzzqqq: unknown key; known are {SCENARIO_KEYS}"
    ),
    "key of a workload": added(
        "    demant: 3",
        "case.yaml:12:5: workloads.chat.demant: unknown key (did you mean 'demand'?)",
    ),
    "key of another kind": added(
        "    steady: true",
        "case.yaml:12:5: workloads.chat.steady: is for 'kind: training', and this is "
        "'kind: inference'; remove it",
    ),
    "key of a site": replaced(
        POWER,
        f"{POWER}, powwer: 2 MW",
        "case.yaml:5:31: sites.here.powwer: unknown key (did you mean 'power'?)",
    ),
    "key of the horizon": replaced(
        "periods: 4",
        "periods: 4, end: 2027",
        "case.yaml:2:38: horizon.end: unknown key; known are periods, start",
    ),
    "key of budgets": added(
        "budgets: {capx: {2026: 1 MUSD}}",
        "case.yaml:12:11: budgets.capx: unknown key (did you mean 'capex'?)",
    ),
    "key in a hardware file": chip(
        "vendr: x",
        "hardware/chip.yaml:2:1: vendr: unknown key (did you mean 'vendor'?)",
    ),
    "key inside a hardware file": chip(
        "efficiency: {trainin: 3}",
        "hardware/chip.yaml:2:14: efficiency.trainin: unknown key (did you mean "
        "'training'?)",
    ),
    "precision": added(
        "    precision: fp9",
        "case.yaml:12:16: workloads.chat.precision: 'fp9' is not one of fp32, tf32, "
        "bf16, fp16, fp8, int8, fp4 (did you mean 'fp8'?)",
    ),
    "objective": added(
        "objective: maximise_value",
        "case.yaml:12:12: objective: 'maximise_value' is not one of maximize_value, "
        "minimize_cost, serve_by_priority (did you mean 'maximize_value'?)",
    ),
    "mode": replaced(
        "kind: inference",
        "kind: recommendation\n    mode: trainin",
        "case.yaml:9:11: workloads.chat.mode: 'trainin' is not one of serving, "
        "training (did you mean 'training'?)",
    ),
    "accelerator": replaced(
        LISTED,
        "accelerators: [chip, chop]",
        "case.yaml:3:22: accelerators.chop: 'chop' is not in the catalogue (did you "
        "mean 'chip'?)",
    ),
    "accelerator with an overlay": replaced(
        LISTED,
        "accelerators: [{name: chpi, lifetime: 3 year}]",
        "case.yaml:3:16: accelerators.chpi: 'chpi' is not in the catalogue (did you "
        "mean 'chip'?)",
    ),
    "model": added(
        "    model: llama_3_1_70\n    precision: fp8",
        "case.yaml:12:12: workloads.chat.model: 'llama_3_1_70' is not in the "
        "catalogue (did you mean 'llama_3_1_70b'?)",
    ),
    "site of a workload": added(
        "    sites: [hre]",
        "case.yaml:12:12: workloads.chat.sites: 'hre' is not one of this scenario's "
        "sites (did you mean 'here'?)",
    ),
    "accelerator of a site": replaced(
        POWER,
        f"{POWER}, accelerators: [chop]",
        "case.yaml:5:45: sites.here.accelerators: 'chop' is not one of this "
        "scenario's accelerators (did you mean 'chip'?)",
    ),
    "site and accelerator of the fleet": added(
        FLEET.replace("here", "her").replace("chip", "chop"),
        "case.yaml:12:16: fleet.0.site: 'her' is not one of this scenario's sites "
        "(did you mean 'here'?)",
        "case.yaml:12:34: fleet.0.accelerator: 'chop' is not one of this scenario's "
        "accelerators (did you mean 'chip'?)",
    ),
    "accelerator of a supply": added(
        "supply: {chop: {2026: 3}}",
        "case.yaml:12:16: supply.chop: 'chop' is not one of this scenario's "
        "accelerators (did you mean 'chip'?)",
    ),
    "accelerator of a maximum": run(
        "accelerators: {maximum: {chop: 3}}",
        "case.yaml:12:128: workloads.big.accelerators.maximum.chop: 'chop' is not one "
        "of this scenario's accelerators (did you mean 'chip'?)",
    ),
    "workload that is followed": replaced(
        DEMAND,
        "demand: {of: chatt}",
        "case.yaml:9:18: workloads.chat.demand.of: 'chatt' is not one of this "
        "scenario's workloads (did you mean 'chat'?)",
    ),
    "source": replaced(
        POWER,
        "power: {value: 1 MW, source: nowhere}",
        "case.yaml:5:33: sites.here.power: source 'nowhere' is not defined under "
        "sources; add it there, or write 'assumption'",
    ),
    "source in a hardware file": chip(
        "lifetime: {value: 5 year, source: nowhere}",
        "hardware/chip.yaml:2:19: lifetime: source 'nowhere' is not defined under "
        "sources; add it there, or write 'assumption'",
    ),
    "key of a supply": added(
        "supply: {chip: {2026Q1: {limt: 3}}}",
        "case.yaml:12:26: supply.chip.2026Q1.limt: unknown key (did you mean 'limit'?)",
    ),
    "key of a demand": replaced(
        DEMAND,
        "demand: {of: chat, candidate: 3}",
        "case.yaml:9:24: workloads.chat.demand.candidate: unknown key (did you mean "
        "'candidates'?)",
    ),
    "precision of a peak": chip(
        "peak: {bf17: 3 TFLOP/s}",
        "hardware/chip.yaml:2:8: peak.bf17: 'bf17' is not one of fp32, tf32, bf16, "
        "fp16, fp8, int8, fp4 (did you mean 'bf16'?)",
    ),
    "accelerator that is allowed": run(
        "accelerators: {allowed: [chop]}",
        "case.yaml:12:121: workloads.big.accelerators.allowed: 'chop' is not one of "
        "this scenario's accelerators (did you mean 'chip'?)",
    ),
    "accelerator of a throughput": replaced(
        f"    {RATE}\n",
        "    precision: fp8\n    prompt: 9 token\n    output: 9 token\n"
        "    throughput: {chop: 1 request/s}\n",
        "case.yaml:13:24: workloads.chat.throughput.chop: 'chop' is not one of this "
        "scenario's accelerators (did you mean 'chip'?)",
    ),
    "kind": replaced(
        "kind: inference",
        "kind: inferense",
        "case.yaml:8:11: workloads.chat.kind: 'inferense' is not one of training, "
        "inference, recommendation (did you mean 'inference'?)",
    ),
    "mode where there is none": added(
        "    mode: serving",
        "case.yaml:12:11: workloads.chat.mode: 'serving' is not a mode of inference; "
        "remove it",
    ),
    "key of an overlay": replaced(
        LISTED,
        "accelerators: [{name: chip, prise: 3 kUSD}]",
        "case.yaml:3:29: accelerators.chip.prise: unknown key (did you mean 'price'?)",
    ),
    "metric": added(
        "check: {metrics: {profit: {rel: 1 %}}}",
        "case.yaml:12:19: check.metrics.profit: unknown metric (did you mean "
        "'profit_usd'?)",
    ),
    "key of a model in place": added(
        "    precision: fp8\n    prompt: 1 token\n    output: 1 token\n"
        "    model: {name: mine, kind: transformer, parameters: 3 Gparam, layes: 3}",
        "case.yaml:15:66: workloads.chat.model.layes: unknown key (did you mean "
        "'layers'?)",
    ),
    "models at the top": added(
        "models: {m: {kind: transformer}}",
        f"case.yaml:12:1: models: unknown key; known are {SCENARIO_KEYS}",
    ),
}

MISSING = {
    "power of a site": replaced(
        f", {POWER}",
        "",
        "case.yaml:5:5: sites.here.power: is missing; write e.g. 'power: 300 MW'",
    ),
    "demand": replaced(
        f"    {DEMAND}\n",
        "",
        "case.yaml:7:5: workloads.chat.demand: is missing; write e.g. 'demand: "
        "21000 request/s'",
    ),
    "tokens of a run": added(
        RUN.replace("tokens: 1 Ttoken, MORE", ""),
        "case.yaml:12:5: workloads.big.tokens: is missing; write e.g. 'tokens: "
        "15 Ttoken'",
    ),
    "periods": replaced(
        ", periods: 4",
        "",
        "case.yaml:2:1: horizon.periods: is missing; write 'periods: …' (How many)",
    ),
    "name of an accelerator": replaced(
        LISTED,
        "accelerators: [{nme: chip}]",
        "case.yaml:3:16: accelerators.0: has no name; write e.g. 'b200' or '{name: "
        "b200, price: {system: 31 kUSD}}'",
    ),
    "price": chip(
        "price: {network: 3 kUSD}",
        "hardware/chip.yaml:2:1: accelerators.chip.price.system: chip can be bought "
        "but has no price; write e.g. 'price: {system: 31 kUSD}', or 'orderable: "
        "false'",
    ),
    "price at first": chip(
        "price: {system: {2026Q2: 3 kUSD}}",
        "hardware/chip.yaml:2:17: accelerators.chip.price.system: begins with "
        "2026Q2, after 2026Q1; add a value for 2026Q1",
    ),
    "electricity at first": replaced(
        POWER,
        f"{POWER}, electricity: {{2026Q2: 50 USD/MWh}}",
        "case.yaml:5:44: sites.here.electricity: begins with 2026Q2, after 2026Q1; "
        "add a value for 2026Q1",
    ),
    "power budget at first": added(
        "budgets: {power: {2026Q2: 1 MW}}",
        "case.yaml:12:18: budgets.power: begins with 2026Q2, after 2026Q1; add a "
        "value for 2026Q1",
    ),
    "value and minimum": replaced(
        f"    {VALUE}\n",
        "",
        "case.yaml:7:5: workloads.chat: has neither value nor minimum; write what it "
        "is worth, or the share that must be served",
    ),
    "model and throughput": replaced(
        f"    {RATE}\n",
        "",
        "case.yaml:7:5: workloads.chat: has no model, and no throughput for chip; "
        "write e.g. 'model: llama_3_1_70b'",
    ),
    "prompt and output for a price by token": replaced(
        VALUE,
        "value: 3 USD/Mtoken",
        "case.yaml:7:5: workloads.chat: has no output; write e.g. 'output: 211 token'",
        "case.yaml:7:5: workloads.chat: has no prompt; write e.g. 'prompt: 1155 token'",
    ),
    "output for a throughput in tokens": replaced(
        RATE,
        "throughput: {chip: 10 token/s}",
        "case.yaml:7:5: workloads.chat: has no output; write e.g. 'output: 211 token'",
    ),
    "habit of users": replaced(
        DEMAND,
        "demand: {users: 3 user}",
        "case.yaml:9:13: workloads.chat.demand: requests_per_user is missing; write "
        "e.g. 3.7 request/user/day",
    ),
    "kind of a source": added(
        "sources: {a: {title: x}}",
        "case.yaml:12:11: sources.a.kind: is missing; write 'kind: …' (How far it "
        "can be trusted)",
    ),
    "key of an amount": added(
        "budgets: {capex: 3 MUSD}",
        "case.yaml:12:18: budgets.capex: '3 MUSD' does not say for which span; write "
        "e.g. {2026: 3 MUSD}",
    ),
    "key of a supply": added(
        "supply: {chip: 3}",
        "case.yaml:12:16: supply.chip: 3 does not say for which span; write e.g. "
        "{2026Q1: 3}",
    ),
    "period of a series": replaced(
        POWER,
        "power: {growth: 3 %/year}",
        "case.yaml:5:25: sites.here.power: no period is given; write e.g. {2026Q1: "
        "300 MW}",
    ),
    "items of a list": replaced(
        "sites:\n  - {name: here, power: 1 MW}",
        "sites: []",
        "case.yaml:4:8: sites: is empty; write at least one",
    ),
    "file that is extended": added(
        "extends: [nofile.yaml]",
        "case.yaml:12:11: extends: 'nofile.yaml' does not exist (did you mean "
        "'case.yaml'?)",
    ),
    "kind of a workload": replaced(
        "    kind: inference\n",
        "",
        "case.yaml:7:5: workloads.chat.kind: is missing; write training, inference or "
        "recommendation",
    ),
    "accelerators": replaced(
        LISTED,
        "accelerators: []",
        "case.yaml:3:15: accelerators: is empty; write at least one",
    ),
    "value of a key": replaced(
        "  - {name: here, power: 1 MW}\n",
        "",
        "case.yaml:4:7: sites: an empty value is not a list",
    ),
    "parameters of a model in place": added(
        "    precision: fp8\n    prompt: 1 token\n    output: 1 token\n"
        "    model: {name: mine, kind: transformer}",
        "case.yaml:15:5: workloads.chat.model.parameters: a transformer needs it; "
        "write e.g. '70 Gparam'",
    ),
}

CONFLICTS = {
    "site twice": replaced(
        "{name: here, power: 1 MW}",
        "{name: here, power: 1 MW}\n  - {name: here, power: 2 MW}",
        "case.yaml:6:12: sites.here.name: 'here' is used twice; write another name",
    ),
    "workload twice": added(
        "  - {name: chat, kind: inference, demand: 1 request/s, minimum: 0 %, "
        "throughput: {chip: 1 request/s}}",
        "case.yaml:12:12: workloads.chat.name: 'chat' is used twice; write another "
        "name",
    ),
    "accelerator twice": replaced(
        LISTED,
        "accelerators: [chip, chip]",
        "case.yaml:3:22: accelerators.chip: 'chip' is listed twice",
    ),
    "key twice": added(
        "title: a\ntitle: b",
        "case.yaml:13:1: 'title' is written twice, first on line 12; keep one of the "
        "two",
    ),
    "deadline before the start": run(
        "start: 2026Q3, deadline: 2026Q2",
        "case.yaml:12:122: workloads.big.deadline: 2026Q2 is before its start "
        "2026Q3; write a later period",
    ),
    "fleet installed after the start": added(
        FLEET.replace("2024", "2026Q2"),
        "case.yaml:12:62: fleet.0.installed: 2026Q2 is after the start 2026Q1; write "
        "what is on order as `committed` under supply",
    ),
    "negative fleet": added(
        FLEET.replace("5", "-5"),
        "case.yaml:12:48: fleet.0.count: -5 is negative; write a count, e.g. 8000",
    ),
    "committed above the limit": added(
        "supply: {chip: {2026Q1: {limit: 3, committed: 5}}}",
        "case.yaml:12:47: supply.chip.2026Q1.committed: more is committed than the "
        "limit allows",
    ),
    "committed but not to be bought": Case(
        (
            (
                "case.yaml:12:25: supply.chip.2026Q1: chip cannot be bought here, so "
                "none can be committed; let a site take it and keep it orderable"
            ),
        ),
        add="supply: {chip: {2026Q1: {committed: 5}}}\n",
        hardware="orderable: false",
    ),
    "committed before it is available": Case(
        (
            (
                "case.yaml:12:25: supply.chip.2026Q1: chip is available from 2027-01, "
                "after 2026Q1; commit it to a later span"
            ),
        ),
        add="supply: {chip: {2026Q1: {committed: 5}}}\n",
        hardware="available: 2027-01",
    ),
    "spans of different length": added(
        "budgets: {capex: {2026: 1 MUSD, 2026Q2: 3 MUSD}}",
        "case.yaml:12:18: budgets.capex: spans of different lengths; write all as "
        "years or quarters",
    ),
    "supply in spans of different length": added(
        "supply: {chip: {2026Q1: 3, 2027: 4}}",
        "case.yaml:12:16: supply.chip: spans of different lengths; write all as "
        "years or quarters",
    ),
    "amount finer than the periods": added(
        "budgets: {capex: {2026-02: 1 MUSD}}",
        "case.yaml:12:28: budgets.capex.2026-02: 2026-02 is finer than the periods "
        "(2026Q1 …); write it for whole periods",
    ),
    "supply finer than the periods": added(
        "supply: {chip: {2026-01: 4}}",
        "case.yaml:12:26: supply.chip.2026-01: 2026-01 is finer than the periods "
        "(2026Q1 …); write it for whole periods",
    ),
    "growing amount": added(
        "budgets: {capex: {2026: 1 MUSD, growth: 3 %/year}}",
        "case.yaml:12:41: budgets.capex.growth: an amount per span cannot grow; "
        "write each span",
    ),
    "rising value": replaced(
        VALUE,
        "value: [{up_to: 50 %, value: 1 USD/Mrequest}, {up_to: 100 %, "
        "value: 2 USD/Mrequest}]",
        "case.yaml:11:73: workloads.chat.value.1.value: is above the step before it; "
        "let values fall",
    ),
    "step above 100 %": replaced(
        VALUE,
        "value: [{up_to: 150 %, value: 1 USD/Mrequest}]",
        "case.yaml:11:21: workloads.chat.value.0.up_to: '150 %' must be between 0% "
        "and 100%; write e.g. '60 %'",
    ),
    "falling shares": replaced(
        VALUE,
        "value: [{up_to: 60 %, value: 1 USD/Mrequest}, {up_to: 40 %, "
        "value: 1 USD/Mrequest}]",
        "case.yaml:11:59: workloads.chat.value.1.up_to: shares must rise from step "
        "to step",
    ),
    "no step": replaced(
        VALUE,
        "value: []",
        "case.yaml:11:12: workloads.chat.value: no step is given; write [{up_to: "
        "100 %, value: …}]",
    ),
    "one price of two": replaced(
        VALUE,
        "value: {prompt: 3 USD/Mtoken}",
        "case.yaml:11:12: workloads.chat.value: needs prompt and output; write both "
        "prices",
    ),
    "value of a run by token": added(
        RUN.replace("1 MUSD", "1 USD/Mtoken").replace(", MORE", ""),
        "case.yaml:12:71: workloads.big.value: '1 USD/Mtoken' is not an amount of "
        "money; write e.g. '2 GUSD'",
    ),
    "value in requests of what is counted in samples": replaced(
        f"kind: inference\n    {DEMAND}\n    {RATE}",
        "kind: recommendation\n    demand: 9 sample/s\n"
        "    throughput: {chip: 1 sample/s}",
        "case.yaml:11:12: workloads.chat.value: is not in USD/sample, as the demand "
        "in sample/s needs",
    ),
    "profile without the mean of 1": added(
        PROFILE.replace("PEAK", "3").replace("REST", "0.6667") + WITHIN + BLOCKS,
        "case.yaml:12:14: workloads.chat.profile: has the mean 1.2500 over the day; "
        "it must be 1; scale it",
    ),
    "profile without load blocks": added(
        PROFILE.replace("PEAK", "2").replace("REST", "0.6667") + WITHIN,
        "case.yaml:12:14: workloads.chat.profile: is of load blocks, and the scenario "
        "has none; write e.g. 'load_blocks: {peak: 6 h, day: 10 h, night: 8 h}'",
    ),
    "profile without peak_to_average": added(
        PROFILE.replace("PEAK", "2").replace("REST", "0.6667") + BLOCKS,
        "case.yaml:7:5: workloads.chat: has a profile but no peak_to_average; write "
        "the ratio within a block, e.g. 'peak_to_average: 1.2'",
    ),
    "profile without a block": added(
        "    profile: {peak: 2}\n" + WITHIN + BLOCKS,
        "case.yaml:12:14: workloads.chat.profile: names peak; the load blocks are "
        "peak, rest",
    ),
    "profile of zero": added(
        PROFILE.replace("PEAK", "4").replace("REST", "0") + WITHIN + BLOCKS,
        "case.yaml:12:30: workloads.chat.profile.rest: must be above 0",
    ),
    "day of 23 hours": added(
        "load_blocks: {peak: 6 h, rest: 17 h}",
        "case.yaml:12:14: load_blocks: the blocks last 23 h; they must last 24 h",
    ),
    "maximum on a service": added(
        "    accelerators: {maximum: 5}",
        "case.yaml:12:29: workloads.chat.accelerators.maximum: is for training runs; "
        "a service takes what its demand needs; remove it",
    ),
    "demand that follows itself": replaced(
        DEMAND,
        "demand: {of: chat}",
        "case.yaml:9:18: workloads.chat.demand.of: demands go in a circle: chat → chat",
    ),
    "demands in a circle": added(
        "\n".join(
            f"  - {{name: {name}, kind: inference, demand: {{of: {other}}}, "
            "throughput: {chip: 1 request/s}, minimum: 0 %}"
            for name, other in (("left", "right"), ("right", "left"))
        ),
        "case.yaml:12:48: workloads.left.demand.of: demands go in a circle: left → "
        "right → left",
        "case.yaml:13:49: workloads.right.demand.of: demands go in a circle: right → "
        "left → right",
    ),
    "following what is not in requests": added(
        "  - {name: rank, kind: recommendation, demand: 3 sample/s, minimum: 0 %,\n"
        "     throughput: {chip: 1 sample/s}}\n"
        "  - {name: late, kind: recommendation, demand: {of: rank}, minimum: 0 %,\n"
        "     throughput: {chip: 1 sample/s}}",
        "case.yaml:14:53: workloads.late.demand.of: rank is not counted in requests; "
        "name a workload whose demand is in request/s",
    ),
    "demand in tokens": replaced(
        DEMAND,
        "demand: 3 token/s",
        "case.yaml:9:13: workloads.chat.demand: '3 token/s' is not a request rate; "
        "write e.g. '21000 request/s'",
    ),
    "value in samples": replaced(
        VALUE,
        "value: 3 USD/Msample",
        "case.yaml:11:12: workloads.chat.value: '3 USD/Msample' is not a price per "
        "token; write e.g. '0.5 USD/Mtoken'",
    ),
    "ranking model for chat": added(
        "    model: ads_late_ranking\n    precision: fp8\n"
        "    prompt: 1 token\n    output: 1 token",
        "case.yaml:12:12: workloads.chat.model: ads_late_ranking is a ranking model; "
        "inference needs a transformer model",
    ),
    "fleet without its cooling": Case(
        (
            (
                "case.yaml:12:35: fleet.0.accelerator: chip requires liquid_cooling; "
                "let here list it under provides"
            ),
        ),
        add=FLEET + "\n",
        hardware="requires: [liquid_cooling]",
    ),
    "fleet where it is not taken": replaced(
        f"{{name: here, {POWER}}}\n",
        "{name: here, power: 1 MW, accelerators: []}\n" + FLEET + "\n",
        "case.yaml:6:35: fleet.0.accelerator: here does not take chip; add it to the "
        "site's list",
    ),
    "more active than nameplate": chip(
        "power: {nameplate: 1 kW, active: 2 kW}",
        "hardware/chip.yaml:2:34: power.active: is above nameplate; write 0 <= idle "
        "<= active <= nameplate",
    ),
    "quarter of availability": chip(
        "available: 2024Q1",
        "hardware/chip.yaml:2:12: available: '2024Q1' is not a month; write e.g. "
        "'2024-11'",
    ),
    "nothing to run": chip(
        "runs: []", "hardware/chip.yaml:2:7: runs: is empty; write at least one"
    ),
    "capital letters in a name": replaced(
        "name: here",
        "name: Here",
        "case.yaml:5:12: sites.Here.name: 'Here' is not a name; use a-z, 0-9 and "
        "single _, beginning with a letter",
    ),
    "constant as a series": override(
        "sites.here.power.2026Q2=2 MW",
        "--set: sites.here.power.2026Q2: 'sites.here.power' is one constant (1 MW), "
        "not a series; write sites.here.power={2026Q2: …} with every step",
    ),
    "deadline before the horizon": run(
        "deadline: 2025Q4",
        "case.yaml:12:107: workloads.big.deadline: 2025Q4 is outside 2026Q1 … 2026Q4; "
        "write a period inside, and the tokens that remain",
    ),
    "level in spans of different length": replaced(
        POWER,
        "power: {2026: 3 MW, 2026Q1: 4 MW}",
        "case.yaml:5:25: sites.here.power: spans of different lengths; write all as "
        "years or quarters",
    ),
    "candidates of what is counted in requests": added(
        FOLLOWING.replace("KIND", "kind: inference")
        .replace("of: chat", "of: chat, candidates: 3 sample/request")
        .replace("RATE", "1 request/s"),
        "case.yaml:12:66: workloads.next.demand.candidates: is for recommendation; "
        "inference is counted in requests; remove it",
    ),
    "training that follows requests": added(
        FOLLOWING.replace("KIND", "kind: training, mode: continuous").replace(
            "RATE", "1 token/s"
        ),
        "case.yaml:12:60: workloads.next.demand: training is counted in token/s; "
        "write e.g. '5 Mtoken/s'",
    ),
    "training by users": added(
        FOLLOWING.replace("KIND", "kind: training, mode: continuous")
        .replace("of: chat", "users: 3 user, requests_per_user: 1 request/user/day")
        .replace("RATE", "1 token/s"),
        "case.yaml:12:60: workloads.next.demand: training is counted in token/s; "
        "write e.g. '5 Mtoken/s'",
    ),
    "copies without tables": replaced(
        "kind: inference",
        "kind: recommendation\n    copies: 3",
        "case.yaml:9:13: workloads.chat.copies: no model states tables to hold copies "
        "of; remove copies, or add a model with tables",
    ),
    "nothing allowed": replaced(
        RATE,
        "accelerators: {allowed: []}",
        "case.yaml:10:29: workloads.chat.accelerators.allowed: is empty; write at "
        "least one",
    ),
    "double underscore in a name": replaced(
        "name: here",
        "name: he__re",
        "case.yaml:5:12: sites.he__re.name: 'he__re' is not a name; use a-z, 0-9 and "
        "single _, beginning with a letter",
    ),
}
NEWER = {
    "newer format": added(
        "format_version: 2",
        "case.yaml:12:17: format_version: 2 is newer than this version of planner "
        "reads; write 1, or update planner",
    ),
}

OVERRIDES = {
    "wrong value": override(
        "workloads.chat.demand=3 GB",
        "--set: workloads.chat.demand: '3 GB' is not a request rate; write e.g. "
        "'21000 request/s'",
    ),
    "unknown item": override(
        "sites.her.power=2 MW",
        "--set: sites.her.power: 'sites' has no item 'her'; it has here (did you "
        "mean 'here'?)",
    ),
    "unknown key at the top": override(
        "objektive=minimize_cost",
        "--set: objektive: unknown key (did you mean 'objective'?)",
    ),
    "unknown key of an accelerator": override(
        "accelerators.chip.price.systm=3 kUSD",
        "--set: accelerators.chip.price.systm: unknown key (did you mean 'system'?)",
    ),
    "unknown accelerator": override(
        "accelerators.chop.lifetime=3 year",
        "--set: accelerators.chop.lifetime: 'accelerators' has no item 'chop'; it has "
        "chip (did you mean 'chip'?)",
    ),
    "nothing to remove": override(
        "workloads.chat.valu=null",
        "--set: workloads.chat.valu: there is no 'workloads.chat.valu' to remove (did "
        "you mean 'value'?)",
    ),
    "needed key removed": override(
        "accelerators.chip.vendor=null",
        "case.yaml:3:16: accelerators.chip.vendor: is missing; write 'vendor: …' (Who "
        "makes it; any word)",
    ),
    "needed key of the catalogue removed": override(
        "accelerators.chip.power.nameplate=null",
        "--set: accelerators.chip.power.nameplate: is missing; write e.g. 'nameplate: "
        "1.8 kW'",
    ),
    "every item removed": override(
        "workloads.chat=null",
        "case.yaml:7:3: workloads: is empty; write at least one",
    ),
    "price removed": override(
        "accelerators.chip.price.system=null",
        "--set: accelerators.chip.price.system: chip can be bought but has no price; "
        "write e.g. 'price: {system: 31 kUSD}', or 'orderable: false'",
    ),
    "no value": override(
        "horizon=",
        "--set: horizon: nothing follows the '='; write horizon=null to remove it",
    ),
    "no path": override(
        "horizon",
        "--set: 'horizon' is not an override; write path=value, e.g. integer=true",
    ),
    "item without a name": Case(
        (
            (
                "--set: fleet.0.count: the items of 'fleet' have no names, so none can "
                "be set alone; set fleet as a whole"
            ),
        ),
        add=FLEET + "\n",
        overrides=("fleet.0.count=3",),
    ),
}

CASES = {
    f"{family}: {name}": case
    for family, cases in (
        ("quantity", QUANTITIES),
        ("unknown", UNKNOWN),
        ("missing", MISSING),
        ("conflict", CONFLICTS),
        ("newer", NEWER),
        ("set", OVERRIDES),
    )
    for name, case in cases.items()
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_wrong_input_is_refused_in_one_line_each(case: Case, world: World) -> None:
    assert reported(case, world) == list(case.expected)


def test_an_amount_of_0_needs_neither_key_nor_unit(world: World) -> None:
    assert world.scenario(BASE + "budgets: {capex: 0}\n").spec.budgets.capex


def test_a_magnitude_that_cannot_be_solved_is_refused_at_its_place(
    world: World,
) -> None:
    text = BASE.replace("100 request/s", "100 Prequest/s").replace(
        "Mrequest", "request"
    )
    with pytest.raises(PlannerError) as error:
        solve(world.scenario(text))
    assert isinstance(error.value, InputError)
    assert str(error.value).startswith("case.yaml:")


def test_no_throughput_is_needed_of_what_does_not_run_the_kind(world: World) -> None:
    world.hardware("card", "runs: [llm_training]")
    plan = solve(world.scenario(BASE.replace(LISTED, "accelerators: [chip, card]")))
    rejected = [(row.accelerator, row.reason) for row in plan.rejected]
    assert rejected == [("card", "kind")]


def test_no_throughput_is_needed_of_what_a_maximum_leaves_out(world: World) -> None:
    world.hardware("card", "runs: [llm_training]")
    limited = RUN.replace("MORE", "accelerators: {maximum: {chip: 3}}")
    text = BASE.replace(LISTED, "accelerators: [chip, card]") + limited + "\n"
    text = text.replace("inference", "inference\n    accelerators: {allowed: [chip]}")
    plan = solve(world.scenario(text))
    assert ("big", "card", "not_allowed") in [
        (row.workload, row.accelerator, row.reason) for row in plan.rejected
    ]


def test_a_repeated_amount_that_leaves_the_horizon_is_warned_of(world: World) -> None:
    text = BASE.replace("start: 2026Q1, periods: 4", "start: 2026Q3, periods: 3")
    found = world.scenario(text + "budgets: {capex: {2026: 1 MUSD}}\n").warnings
    said = [problem.message for problem in found]
    assert "the whole of 2027 applies to its part inside the horizon" in said


# ------------------------------------------------------------------ all at once


def test_every_problem_of_every_file_is_reported_at_once(world: World) -> None:
    case = Case(
        (
            (
                "case.yaml:3:22: accelerators.chop: 'chop' is not in the catalogue "
                "(did you mean 'chip'?)"
            ),
            (
                "case.yaml:5:25: sites.here.power: '80 GB' is not a power; write e.g. "
                "'300 MW'"
            ),
            (
                "case.yaml:5:37: sites.here.pue: 0.5 must be at least 1; write e.g. "
                "'1.2'"
            ),
            "case.yaml:12:1: objektive: unknown key (did you mean 'objective'?)",
            "hardware/chip.yaml:2:1: vendr: unknown key (did you mean 'vendor'?)",
            (
                "hardware/chip.yaml:3:20: power.nameplate: '80 GB' is not a power; "
                "write e.g. '1.8 kW'"
            ),
        ),
        old=f"{LISTED}\nsites:\n  - {{name: here, {POWER}}}",
        new="accelerators: [chip, chop]\nsites:\n"
        "  - {name: here, power: 80 GB, pue: 0.5}",
        add="objektive: minimize_cost\n",
        hardware="vendr: x\npower: {nameplate: 80 GB}",
    )
    assert reported(case, world) == list(case.expected)


def test_the_metrics_that_check_knows_are_those_of_a_plan() -> None:
    assert tuple(each.name for each in fields(Metrics)) == METRICS


def test_one_file_named_by_many_is_blamed_once(world: World) -> None:
    text = "accelerators: [{name: chip}, {name: chip}]"
    case = Case((), old=LISTED, new=text, hardware="vendr: x")
    lines = reported(case, world)
    blamed = [line for line in lines if line.startswith("hardware/chip.yaml")]
    assert len(blamed) == 1


def test_a_problem_of_an_overlay_stands_in_the_scenario(world: World) -> None:
    overlay = "accelerators: [{name: chip, price: {system: 3 GB}, lifetime: 3 day}]"
    case = replaced(LISTED, overlay)
    lines = reported(case, world)
    places = [line.split(" ")[0] for line in lines]
    assert places == ["case.yaml:3:45:", "case.yaml:3:62:"]


# ------------------------------------------------------------------ overlays, --set


def loaded(world: World, *overrides: str, old: str = "", new: str = "") -> Scenario:
    text = BASE.replace(old, new) if old else BASE
    return world.scenario(text, *overrides)


def test_an_overlay_is_laid_over_the_catalogue(world: World) -> None:
    new = "accelerators: [{name: chip, price: {system: 9 kUSD}, lead_time: 3 month}]"
    found = loaded(world, old=LISTED, new=new).accelerators["chip"]
    assert found.price.system is not None
    assert magnitude(found.price.system.steps[0].value, "USD") == 9000
    assert found.lead_months == 3
    assert found.price.network is not None  # as the file says


@pytest.mark.parametrize(
    "overlay", ["price: {network: null}", "price: {network: ~}", "price: {network: }"]
)
def test_null_in_an_overlay_removes_a_value(world: World, overlay: str) -> None:
    new = f"accelerators: [{{name: chip, {overlay}}}]"
    found = loaded(world, old=LISTED, new=new).accelerators["chip"]
    assert found.price.network is None
    assert found.price.system is not None


@pytest.mark.parametrize("overlay", ["price: null", "price: {system: null}"])
def test_null_in_an_overlay_makes_a_needed_value_missing(
    world: World, overlay: str
) -> None:
    case = replaced(LISTED, f"accelerators: [{{name: chip, {overlay}}}]")
    (line,) = reported(case, world)
    assert line.startswith("case.yaml:3:")
    assert "accelerators.chip.price.system: chip can be bought but has no price" in line


def test_a_new_accelerator_can_be_written_in_place(world: World) -> None:
    new = (
        "accelerators: [chip, {name: own, vendor: us, power: {nameplate: 500 W}, "
        "price: {system: 1 kUSD}, lifetime: 3 year}]"
    )
    text = BASE.replace(LISTED, new).replace(
        "{chip: 10 request/s}", "{chip: 10 request/s, own: 1 request/s}"
    )
    assert list(world.scenario(text).accelerators) == ["chip", "own"]


def test_set_replaces_a_value(world: World) -> None:
    scenario = loaded(world, "sites.here.power=2 MW", "objective=minimize_cost")
    assert magnitude(scenario.spec.sites[0].power.steps[0].value, "MW") == 2
    assert scenario.spec.objective == "minimize_cost"
    assert scenario.overrides == ("sites.here.power=2 MW", "objective=minimize_cost")


def test_the_last_set_wins(world: World) -> None:
    scenario = loaded(world, "sites.here.power=2 MW", "sites.here.power=3 MW")
    assert magnitude(scenario.spec.sites[0].power.steps[0].value, "MW") == 3


def test_set_adds_keys_that_the_schema_knows(world: World) -> None:
    scenario = loaded(
        world,
        "budgets.capex.2026=3 MUSD",
        "supply.chip.2026Q1.committed=5",
        "sites.here.region=us",
        "load_blocks={peak: 6 h, rest: 18 h}",
    )
    capex = scenario.spec.budgets.capex
    assert capex is not None
    assert magnitude(capex.steps[0].value, "MUSD") == 3
    assert scenario.spec.supply["chip"].steps[0].committed == 5
    assert scenario.spec.sites[0].region == "us"
    assert scenario.blocks == {"peak": 0.25, "rest": 0.75}


def test_set_changes_one_step_of_a_series(world: World) -> None:
    series = "power: {2026Q1: 1 MW, 2026Q3: 2 MW}"
    changes = ("sites.here.power.2026Q3=5 MW", "sites.here.power.2026Q4=7 MW")
    power = loaded(world, *changes, old=POWER, new=series).spec.sites[0].power
    steps = {str(step.span): magnitude(step.value, "MW") for step in power.steps}
    assert steps == {"2026Q1": 1, "2026Q3": 5, "2026Q4": 7}


def test_set_changes_an_item_of_a_list_and_of_the_catalogue(world: World) -> None:
    scenario = loaded(
        world, "workloads.chat.headroom=20 %", "accelerators.chip.price.system=9 kUSD"
    )
    (chat,) = scenario.spec.workloads
    assert chat.kind == "inference"
    assert getattr(chat, "headroom", None) == pytest.approx(0.2)
    price = scenario.accelerators["chip"].price.system
    assert price is not None
    assert magnitude(price.steps[0].value, "USD") == 9000


def test_set_null_removes(world: World) -> None:
    scenario = loaded(
        world,
        "workloads.chat.value=null",
        "workloads.chat.minimum=10 %",
        "accelerators.chip.price.network=null",
    )
    assert scenario.spec.workloads[0].value is None
    assert scenario.accelerators["chip"].price.network is None


def test_a_lifetime_removed_by_set_is_missed(world: World) -> None:
    (line,) = reported(override("accelerators.chip.lifetime=null"), world)
    assert "accelerators.chip.lifetime: chip can be bought but has no lifetime" in line


# ------------------------------------------------------------------ data folders


def folder_with(path: Path, nameplate: str) -> Path:
    World(path).hardware("h100", f"power: {{nameplate: {nameplate}}}")
    return path


def nameplate_w(scenario: Scenario) -> float:
    return magnitude(scenario.accelerators["h100"].power.nameplate, "W")


@pytest.fixture
def with_h100(world: World) -> Path:
    path = Path("h100.yaml")
    path.write_text(BASE.replace("chip", "h100"))
    return world.folder / path


def test_the_shipped_catalogue_is_always_there(with_h100: Path) -> None:
    assert nameplate_w(load_scenario(with_h100)) == 1275


def test_own_hardware_overrides_the_shipped_one(with_h100: Path) -> None:
    own = folder_with(Path("own"), "7 W")
    scenario = load_scenario(with_h100, data_dirs=[own])
    assert nameplate_w(scenario) == 7
    assert "own/hardware/h100.yaml" in [name for name, _ in scenario.files]


def test_the_first_data_folder_wins(with_h100: Path) -> None:
    folders = [folder_with(Path("one"), "1 W"), folder_with(Path("two"), "2 W")]
    assert nameplate_w(load_scenario(with_h100, data_dirs=folders)) == 1
    assert nameplate_w(load_scenario(with_h100, data_dirs=folders[::-1])) == 2


def test_planner_data_comes_behind_the_given_folders(
    with_h100: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = folder_with(Path("one"), "1 W"), folder_with(Path("two"), "2 W")
    monkeypatch.setenv("PLANNER_DATA", f"{one}:{two}")
    assert nameplate_w(load_scenario(with_h100)) == 1
    assert nameplate_w(load_scenario(with_h100, data_dirs=[two])) == 2


def test_a_data_folder_that_is_not_there_is_refused(with_h100: Path) -> None:
    with pytest.raises(InputError) as error:
        load_scenario(with_h100, data_dirs=["nowhere"])
    said = "nowhere: is not a folder; write a folder that holds hardware/ or scenarios/"
    assert str(error.value) == said


def test_site_defaults_come_from_economics(world: World) -> None:
    site = loaded(world).spec.sites[0]
    assert site.pue == 1.08
    assert magnitude(site.electricity.steps[0].value, "USD/MWh") == 65
    folder = Path("scenarios/common")
    folder.mkdir(parents=True)
    text = "pue: 1.3\nelectricity: 40 USD/MWh\ncarbon: 0.1 kg/kWh\n"
    (folder / "economics.yaml").write_text(text)
    site = loaded(world).spec.sites[0]
    assert site.pue == 1.3
    assert magnitude(site.electricity.steps[0].value, "USD/MWh") == 40


# ------------------------------------------------------------------ warnings


def said(scenario: Scenario) -> list[str]:
    return [str(problem) for problem in scenario.warnings]


def test_an_unlimited_supply_is_warned_of(world: World) -> None:
    assert said(loaded(world)) == [
        (
            "hardware/chip.yaml:1:1: accelerators.chip: chip has no supply limit; any "
            "number can be bought"
        )
    ]


def test_a_stated_supply_is_not_warned_of(world: World) -> None:
    assert not said(loaded(world, "supply.chip.2026Q1=5"))
