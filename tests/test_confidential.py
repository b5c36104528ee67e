"""Confidential values: what a mark covers, and where the values are shown as ``…``."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from planner.documents import find
from planner.errors import InputError
from planner.specs.confidential import (
    HIDDEN,
    confidential_paths,
    confidential_places,
    masked,
    masked_override,
)
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario

QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
PRICE = "accelerators.b200.price.system"
QUOTED = """
accelerators:
  - name: b200
    price:
      system: {value: 43 kUSD, confidential: true, low: 40 kUSD, note: as quoted}
"""


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in its own folder, so that places are short."""
    monkeypatch.chdir(tmp_path)


def write(text: str, name: str = "own", base: Path | str = QUICKSTART) -> str:
    """Write a scenario that changes another one, and return its file's name."""
    file = Path(f"{name}.yaml")
    file.write_text(f"extends: [{base}]\nname: {name}\n{text}", encoding="utf-8")
    return str(file)


def read(text: str, overrides: Sequence[str] = (), **options: str) -> Scenario:
    """Return the scenario that a change of the walk-through gives."""
    return load_scenario(write(text), overrides=overrides, **options)


def paths(text: str, *overrides: str) -> tuple[str, ...]:
    """Return what is confidential in a change of the walk-through."""
    return confidential_paths(read(text, overrides))


# What a mark covers


def test_nothing_is_confidential_unless_it_is_said() -> None:
    """The shipped scenarios have no mark."""
    assert confidential_paths(load_scenario(QUICKSTART)) == ()


def test_mark_beside_a_value() -> None:
    """It covers that value, and every step of a series."""
    assert paths(QUOTED) == (PRICE,)
    series = "budgets: {power: {value: {2026Q1: 13 MW, 2026Q3: 9 MW}, %s}}"
    steps = ("budgets.power.2026Q1", "budgets.power.2026Q3")
    assert paths(series % "confidential: true") == steps
    assert paths(series % "confidential: false") == ()


def test_mark_in_a_mapping_covers_what_is_written_in_it() -> None:
    """As `source` does; the nearest one counts, and names are never hidden."""
    text = """
budgets: {confidential: true, capex: {2026: 120 MUSD}}
workloads:
  - name: ads
    confidential: true
    copies: 500
    headroom: {value: 10 %, confidential: false}
"""
    assert paths(text) == ("budgets.capex.2026", "workloads.ads.copies")


def test_what_replaces_a_confidential_value_is_confidential() -> None:
    """`--set`, a further file and an alternative keep the mark; `false` takes it."""
    assert paths(QUOTED, f"{PRICE}=50 kUSD") == (PRICE,)
    capex = "budgets: {confidential: true, capex: {2026: 120 MUSD}}"
    assert paths(capex, "budgets.capex={2026: 9 MUSD}") == ("budgets.capex.2026",)
    assert paths(capex, "budgets.carbon={2026: 9 kt}") == (
        "budgets.capex.2026",
        "budgets.carbon.2026",
    )
    shown = f"{PRICE}={{value: 50 kUSD, confidential: false}}"
    assert paths(QUOTED, shown) == ()


def test_a_file_that_extends_keeps_the_marks() -> None:
    """What it replaces in the other file stays confidential."""
    write(QUOTED, "base")
    text = "accelerators: [{name: b200, price: {system: 50 kUSD, network: 1 kUSD}}]"
    scenario = load_scenario(write(text, base="base.yaml"))
    assert confidential_paths(scenario) == (PRICE,)


def test_a_mark_in_an_accelerators_own_file() -> None:
    """The catalogue's values are covered, and what is laid over them."""
    folder = Path("private", "hardware")
    folder.mkdir(parents=True)
    shipped = QUICKSTART.parents[1] / "hardware" / "b200.yaml"
    text = shipped.read_text(encoding="utf-8").replace(
        "\nprice:\n", "\nprice:\n  confidential: true\n"
    )
    (folder / "b200.yaml").write_text(text, encoding="utf-8")
    scenario = load_scenario(write(""), data_dirs=["private"])
    found = confidential_paths(scenario)
    assert PRICE in found
    assert {path.rpartition(".")[0] for path in found} == {"accelerators.b200.price"}
    laid_over = load_scenario(
        write("accelerators: [{name: b200, price: {system: 50 kUSD}}]"),
        data_dirs=["private"],
    )
    assert confidential_paths(laid_over) == found


def test_values_of_a_csv_file_are_covered_by_its_name() -> None:
    """A series and a fleet that a file holds."""
    Path("d.csv").write_text("period,ads\n2026Q1,5 Msample/s\n", encoding="utf-8")
    Path("fleet.csv").write_text(
        "site,accelerator,count,installed\nohio,h100,7,2024Q2\n", encoding="utf-8"
    )
    text = """
fleet: {value: fleet.csv, confidential: true}
workloads:
  - {name: ads, demand: {csv: d.csv, column: ads, confidential: true}}
"""
    found = paths(text)
    assert "workloads.ads.demand.2026Q1" in found
    assert "fleet.0.count" in found


ABOUT = """
alternatives:
  - name: dear
    set: {accelerators.b200.price.system: 60 kUSD, discount_rate: 9 %/year}
uncertainty:
  inputs:
    - path: accelerators.b200.price.system
      uniform: {low: 39 kUSD, high: 51 kUSD}
    - path: accelerators.b200.price.network
      uniform: {low: 1 kUSD, high: 2 kUSD}
"""


def test_what_tells_of_a_confidential_value_is_confidential() -> None:
    """What an alternative sets in its place, and its distribution."""
    about = (
        f"alternatives.dear.set.{PRICE}",
        "uncertainty.inputs.0.uniform.low",
        "uncertainty.inputs.0.uniform.high",
    )
    assert paths(QUOTED + ABOUT) == (PRICE, *about)
    applied = load_scenario("own.yaml", alternative="dear")
    assert confidential_paths(applied) == (PRICE, *about)


def test_prices_of_other_years_stay_confidential() -> None:
    """Conversion changes the number, not the mark."""
    scenario = read(
        "inflation: 2 %/year\n"
        + QUOTED.replace("confidential", "year: 2024, confidential")
    )
    assert confidential_paths(scenario) == (PRICE,)
    leaf = find(scenario.tree, PRICE.split("."))
    assert leaf is not None
    assert leaf.value != "43 kUSD"


@pytest.mark.parametrize("written", ["yes", "1", "'true'", "~", "[true]"])
def test_mark_must_be_true_or_false(written: str) -> None:
    """Anything else is a problem with its place."""
    with pytest.raises(InputError) as caught:
        read(f"budgets:\n  confidential: {written}\n")
    assert str(caught.value.problems[0]) == (
        "own.yaml:4:17: confidential: this is neither true nor false; "
        "write true or false"
    )


# Values as they may be shown


def test_masked_tree_keeps_everything_else() -> None:
    """Lists of named items, lists of others, and the values beside a hidden one."""
    scenario = read(QUOTED + ABOUT)
    shown = masked(scenario.tree, confidential_places(scenario))
    assert shown["accelerators"]["b200"]["price"]["system"] == HIDDEN
    assert shown["accelerators"]["b200"]["price"]["network"] != HIDDEN
    assert shown["alternatives"][0]["set"] == {
        PRICE: HIDDEN,
        "discount_rate": "9 %/year",
    }
    assert shown["uncertainty"]["inputs"][0] == {
        "path": PRICE,
        "uniform": {"low": HIDDEN, "high": HIDDEN},
    }
    assert shown["sites"][0]["name"] == "ohio"


def test_masked_override() -> None:
    """A value set at, above or below a confidential path is hidden."""
    hidden = (PRICE,)
    assert masked_override(f"{PRICE}=1 kUSD", hidden) == f"{PRICE}=…"
    above = "accelerators.b200.price={system: 1 kUSD}"
    assert masked_override(above, hidden) == "accelerators.b200.price=…"
    other = f"{PRICE}s=1"
    assert masked_override(other, hidden) == other
