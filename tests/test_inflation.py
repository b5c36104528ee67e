"""`inflation`: prices of other years in the money of `currency_year`."""

import json
import re
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.plan.plan import Plan
from planner.specs.load import load_scenario
from tests.strategies import World
from tests.test_cli import QUICKSTART, SCENARIOS, process

CHIP = """
price:
  system: {value: 20 kUSD, source: list}
  network: {value: 5 kUSD, source: list, year: 2025}
  maintenance: 4 %/year
sources:
  list: {title: A price list, as_of: 2024-05, kind: press}
"""
CASE = """
currency_year: 2026
inflation: 10 %/year
objective: minimize_cost
budgets: {capex: {2026: {value: 1 MUSD, source: tariff}}}
sites:
  - name: here
    power: 1 GW
    pue: 1.25
    electricity: {2026: {value: 100 USD/MWh, source: tariff}, 2027: 100 USD/MWh}
    carbon: 0.5 kg/kWh
workloads:
  - {name: chat, kind: inference, demand: 100 request/s,
     throughput: {chip: 10 request/s}}
sources:
  tariff: {title: A tariff, as_of: 2028, kind: press}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.hardware("chip", CHIP)
    return world


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def capex(plan: Plan) -> float:
    assert plan.metrics is not None
    return plan.metrics.capex_usd


def test_prices_come_to_the_money_of_the_currency_year(world: World) -> None:
    # 20 k$ of 2024 twice 10 % dearer, 5 k$ of 2025 once; the tariff of 2028 is two
    # years cheaper in 2026, the one of 2027 has no source and stands as it is.
    plan = world.plan(CASE)
    price = 20e3 * 1.21 + 5e3 * 1.1
    assert capex(plan) == near(10 * price)
    assert [row.maintenance_usd for row in plan.costs] == near([0.4 * price] * 2)
    energy = [row.energy_usd for row in plan.costs]
    assert energy == near([8760 / 1.21, 8760])


def test_without_inflation_prices_are_used_as_they_stand(world: World) -> None:
    plan = world.plan(CASE.replace("inflation: 10 %/year\n", ""))
    assert capex(plan) == near(250e3)
    assert [row.energy_usd for row in plan.costs] == near([8760, 8760])


def test_a_budget_is_a_limit_and_no_price(world: World) -> None:
    plan = world.plan(CASE)
    limits = [row.limit for row in plan.budgets if row.name == "capex_budget"]
    assert limits[0] == near(1e6)


def test_inflation_by_quarter_is_compounded(world: World) -> None:
    plan = world.plan(CASE.replace("10 %/year", "2 %/quarter"))
    assert capex(plan) == near(10 * (20e3 * 1.02**8 + 5e3 * 1.02**4))


def test_what_the_command_line_sets_is_of_the_currency_year(world: World) -> None:
    plan = world.plan(CASE, "accelerators.chip.price.system=30 kUSD")
    assert capex(plan) == near(10 * (30e3 + 5.5e3))


def test_an_overlay_of_the_scenario_names_its_own_sources(world: World) -> None:
    overlay = "accelerators: [{name: chip, price: {system: {value: 10 kUSD, "
    plan = world.plan(overlay + "source: tariff}, network: null}}]\n" + CASE)
    assert capex(plan) == near(100e3 / 1.21)


def test_values_of_a_workload_are_prices_too(world: World) -> None:
    value = "maximize_value\nsupply: {chip: {2026: 10, 2027: 0}}"
    text = CASE.replace("minimize_cost", value)
    text = text.replace(
        "10 request/s}}",
        "10 request/s},\n     value: {value: 0.01 USD/request, source: tariff}}",
    )
    parts = world.plan(text).objective.parts
    assert parts is not None
    assert parts.served_value == near(100 * 3600 * 2 * 8760 * 0.01 / 1.21)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("currency_year: 2026\n", "", "inflation: needs to know whose year's money"),
        ("as_of: 2028, ", "", "electricity.2026: '100 USD/MWh' cannot be converted"),
        ("as_of: 2028", "as_of: lately", "source 'tariff' has no year"),
        ("10 %/year", "10 %", "inflation"),
        ("10 %/year", "-3 %/year", "negative"),
    ],
)
def test_what_cannot_be_converted_is_refused(
    world: World, before: str, after: str, said: str
) -> None:
    text = CASE.replace(before, after).replace(
        "{2026: {value: 1 M", "{2026: {value: 2 M"
    )
    with pytest.raises(InputError) as caught:
        world.scenario(text)
    assert said in str(caught.value)
    assert re.search(r":\d+:\d+: ", str(caught.value))


def test_every_shipped_price_has_a_year(shipped: str) -> None:
    path = SCENARIOS / f"{shipped}.yaml"
    plain = load_scenario(path)
    same = load_scenario(path, overrides=["inflation=0 %/year"])
    for name, accelerator in plain.accelerators.items():
        assert same.accelerators[name].price == accelerator.price


def test_show_prints_the_years() -> None:
    shown = process("show", QUICKSTART, "--sources", "--json").stdout
    found = {value["path"]: value for value in json.loads(shown)["values"]}
    assert found["sites.ohio.electricity"]["money_of"] == 2026
    assert found["sites.ohio.power"]["money_of"] is None
    rate = "inflation=10 %/year"
    shown = process("show", QUICKSTART, "--sources", "--set", rate, "--json").stdout
    dearer = {value["path"]: value for value in json.loads(shown)["values"]}
    converted = [path for path in dearer if "written" in dearer[path]["notes"]]
    assert converted
    for path in converted:
        before, after = found[path], dearer[path]
        assert after["notes"]["written"] == before["value"]
        assert after["money_of"] == before["money_of"] != 2026
        factor = 1.1 ** (2026 - before["money_of"])
        old, new = (float(each["value"].split()[0]) for each in (before, after))
        assert new == pytest.approx(old * factor)
    text = process("show", QUICKSTART, "--sources", "--set", rate).stdout
    assert f"written {found[converted[0]]['value']}" in " ".join(text.split())


def test_a_resolved_scenario_is_not_converted_again(tmp_path: Path) -> None:
    rate = "inflation=3 %/year"
    shown = process("show", SCENARIOS / "meta_2026.yaml", "--set", rate).stdout
    written = tmp_path / "resolved.yaml"
    written.write_text(shown, encoding="utf-8")
    first = load_scenario(SCENARIOS / "meta_2026.yaml", overrides=[rate])
    again = load_scenario(written)
    for name, accelerator in first.accelerators.items():
        assert again.accelerators[name].price == accelerator.price
    for one, other in zip(first.spec.sites, again.spec.sites, strict=True):
        assert one.electricity == other.electricity
