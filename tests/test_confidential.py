"""Confidential values: what a mark covers, and where the values are shown as ``…``."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from planner.api import solve
from planner.cli.app import app
from planner.cli.schema import schema_of
from planner.documents import find
from planner.errors import InputError
from planner.regression.confidential import is_fingerprint
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
    """Run every test in its own folder, as at a terminal: goldens are written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)


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


def test_mark_in_a_mapping_covers_what_is_in_it() -> None:
    """The nearest one counts, and names are never hidden."""
    text = """
budgets: {confidential: true, capex: {2026: 120 MUSD}}
workloads:
  - name: ads
    confidential: true
    copies: 500
    headroom: {value: 10 %, confidential: false}
"""
    found = set(paths(text))
    assert {"budgets.capex.2026", "workloads.ads.copies"} <= found
    assert not {"workloads.ads.name", "workloads.ads.headroom"} & found
    assert {path.split(".")[1] for path in found} == {"capex", "power", "ads"}


def test_what_replaces_a_confidential_value_is_confidential() -> None:
    """`--set`, a further file and an alternative keep the mark; `false` takes it."""
    assert paths(QUOTED, f"{PRICE}=50 kUSD") == (PRICE,)
    capex = "budgets: {capex: {2026: 120 MUSD, confidential: true}}"
    assert paths(capex, "budgets.capex={2026: 9 MUSD}") == ("budgets.capex.2026",)
    whole = "budgets: {confidential: true, capex: {2026: 120 MUSD}}"
    assert "budgets.carbon.2026" in paths(whole, "budgets.carbon={2026: 9 kt}")
    shown = f"{PRICE}={{value: 50 kUSD, confidential: false}}"
    assert paths(QUOTED, shown) == ()


def test_a_file_that_extends_keeps_the_marks() -> None:
    """What it replaces in the other file stays confidential."""
    write(QUOTED, "base")
    text = "accelerators: [{name: b200, price: {system: 50 kUSD, network: 1 kUSD}}]"
    scenario = load_scenario(write(text, base="base.yaml"))
    assert confidential_paths(scenario) == (PRICE,)


def test_a_mark_covers_what_its_mapping_is_laid_over() -> None:
    """The values of an extended file, and those of the catalogue."""
    assert paths("budgets: {confidential: true}") == (
        "budgets.capex.2026",
        "budgets.power.2026Q1",
        "budgets.power.2026Q3",
    )
    found = paths("accelerators: [{name: b200, confidential: true}]")
    assert PRICE in found
    assert "accelerators.b200.power.nameplate" in found
    assert all(path.startswith("accelerators.b200.") for path in found)
    whole = paths("confidential: true")
    assert {PRICE, "sites.ohio.power", "workloads.ads.copies"} <= set(whole)


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


# What commands print


def run(*arguments: str) -> Result:
    """Run a command that succeeds."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result


NUMBERS = ("43 kUSD", "40 kUSD", "47 kUSD", "quoted", "43", "47")
"""What gives the price of ``QUOTED`` away."""


def test_show_hides_the_value_and_says_so() -> None:
    """The first line is a comment, since what follows cannot be read back."""
    file = write(QUOTED)
    shown = run("show", file).stdout
    assert shown.startswith("# Confidential values (1) are shown as …")
    assert yaml.safe_load(shown)["accelerators"][1]["price"]["system"] == HIDDEN
    assert "43 kUSD" not in shown
    assert not run("show", str(QUICKSTART)).stdout.startswith("#")
    document = json.loads(run("show", file, "--json").stdout)
    assert document["confidential"] == [PRICE]
    assert "43 kUSD" not in str(document["scenario"])


def test_show_hides_what_is_beside_the_value() -> None:
    """Its bounds, its note, and the price as it was before inflation."""
    text = "inflation: 2 %/year\n" + QUOTED.replace("low:", "year: 2024, low:")
    file = write(text)
    values = json.loads(run("show", file, "--sources", "--json").stdout)["values"]
    found = {each["path"]: each for each in values}
    assert found[PRICE]["value"] == HIDDEN
    assert found[PRICE]["confidential"] is True
    assert found[PRICE]["notes"] == {
        "low": HIDDEN,
        "note": HIDDEN,
        "year": 2024,
        "written": HIDDEN,
    }
    assert found["sites.ohio.pue"]["confidential"] is False
    printed = run("show", file, "--sources").stdout
    assert f"{PRICE}: …" in printed
    assert not any(number in printed for number in NUMBERS[:3])


def test_hardware_show_hides_marked_values() -> None:
    """Those of an accelerator's own file."""
    shipped = (QUICKSTART.parents[1] / "hardware" / "b200.yaml").read_text("utf-8")
    Path("hardware").mkdir()
    own = f"confidential: true\n{shipped}"
    Path("hardware", "b200.yaml").write_text(own, encoding="utf-8")
    printed = run("hardware", "show", "b200", "--data-dir", ".", "--json").stdout
    values = json.loads(printed)["values"]
    shown = {each["path"]: each["value"] for each in values}
    assert shown.pop("name") == "b200"
    assert set(shown.values()) == {HIDDEN}


@pytest.mark.parametrize(
    "form", [(), ("--markdown",), ("--json",), ("--only-changes",)], ids=str
)
def test_diff_hides_both_ends_of_a_change(form: tuple[str, ...]) -> None:
    """Also where only one side marks the value: `before` tells of `after`."""
    before = write(QUOTED, "before")
    plain = QUOTED.replace("43", "47").replace("confidential: true, ", "")
    after = write(plain, "after")
    for pair in ((before, after), (after, before)):
        printed = run("diff", *pair, *form).stdout
        assert PRICE in printed
        assert not any(number in printed for number in NUMBERS[:3])
    if form == ("--markdown",):
        assert f"{PRICE} … → … |" in printed


def test_equal_confidential_values_do_not_differ() -> None:
    """43 kUSD is 43000 USD, and a mark is no change."""
    same = QUOTED.replace("43 kUSD, confidential: true", "43000 USD")
    printed = run("diff", write(QUOTED), write(same, "own_again")).stdout
    assert PRICE not in printed


def test_golden_keeps_a_hash() -> None:
    """`check` notices that the value changed, and prints neither of the two."""
    file = write(QUOTED)
    run("check", file, "--update")
    golden = json.loads(Path("own.golden.json").read_text("utf-8"))
    assert is_fingerprint(golden["inputs"][PRICE])
    assert "43 kUSD" not in str(golden["inputs"])
    run("check", file)
    write(QUOTED.replace("43", "47"))
    result = CliRunner().invoke(app, ["check", file, "--junit", "j.xml"])
    assert result.exit_code == 1
    assert f"own.yaml:7 {PRICE} … → …" in result.output
    assert "not known" in result.output
    outputs = [
        result.output,
        Path("j.xml").read_text("utf-8"),
        CliRunner().invoke(app, ["check", file, "--json"]).output,
        CliRunner().invoke(app, ["check", file, "--output-format", "github"]).output,
    ]
    for text in outputs:
        assert PRICE in text
        assert not any(number in text for number in NUMBERS[:3])


def test_golden_of_a_run_keeps_a_hash() -> None:
    """Estimates have goldens, too: of the file, and of the accelerator's own."""
    text = """
name: mine
model: llama_3_1_70b
precision: bf16
tokens: {value: 15 Ttoken, confidential: true, low: 14 Ttoken}
accelerator: h100
count: 2048
"""
    Path("runs").mkdir()
    file = Path("runs", "mine.yaml")
    file.write_text(text, encoding="utf-8")
    run("check", str(file), "--update")
    golden = Path("runs", "mine.golden.json").read_text("utf-8")
    assert "Ttoken" not in golden
    assert "confidential sha256:" in golden
    file.write_text(text.replace("15 T", "16 T"), encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(file)])
    assert result.exit_code == 1
    assert "tokens … → …" in result.output
    assert "Ttoken" not in result.output


def test_golden_is_written_again_when_a_mark_comes_or_goes() -> None:
    """The value leaves the file with the mark, and returns without it."""
    plain = QUOTED.replace("confidential: true, ", "")
    file = write(plain)
    golden = Path("own.golden.json")
    for text, is_hidden in ((plain, False), (QUOTED, True), (plain, False)):
        write(text)
        if golden.exists():
            assert "ok" in run("check", file).stdout
        assert "written" in run("check", file, "--update").stdout
        assert ("43 kUSD" in golden.read_text("utf-8")) is not is_hidden
    assert "ok" in run("check", file, "--update").stdout


def test_init_from_writes_values_with_their_mark() -> None:
    """What is left of a confidential budget is confidential in its own file."""
    file = write("budgets: {capex: {2026: 140 MUSD, confidential: true}}")
    run("solve", file, "-q", "-o", "plan.json")
    run("init", "next.yaml", "--from", "plan.json", "--at", "2026Q3")
    written = yaml.safe_load(Path("next.yaml").read_text("utf-8"))
    assert written["budgets"]["capex"]["confidential"] is True
    assert confidential_paths(load_scenario("next.yaml")) == ("budgets.capex.2026",)


def test_diff_hides_what_was_set_for_a_plan() -> None:
    """A plan's file knows no marks, but the scenario beside it does."""
    file = write(QUOTED)
    run("solve", file, "-q", "-o", "plan.json", "--set", f"{PRICE}=47 kUSD")
    printed = run("diff", "plan.json", file).stdout
    assert f"--set  {PRICE} … → nothing" in printed
    assert "47 kUSD" not in printed


def test_marks_fit_the_schema() -> None:
    """Editors complete them, beside a value and in a mapping, and refuse others."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema_of("scenario"))
    text = f"""
extends: [base.yaml]
name: own
confidential: true
budgets: {{confidential: true, capex: {{2026: 1 MUSD, confidential: false}}}}
supply: {{b200: {{2026Q1: {{limit: 5, confidential: true}}, confidential: true}}}}
{QUOTED}
"""
    assert [e.message for e in validator.iter_errors(yaml.safe_load(text))] == []
    wrong = yaml.safe_load(text.replace("confidential: false", "confidential: 1"))
    assert list(validator.iter_errors(wrong)) != []


def test_marks_change_no_plan() -> None:
    """Not even one of the whole scenario."""
    marked, plain = (solve(read(text)) for text in ("confidential: true", ""))
    assert marked.metrics == plain.metrics
    assert marked.purchases == plain.purchases
