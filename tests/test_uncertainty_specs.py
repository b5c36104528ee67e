"""Alternatives and distributions: what is refused, and what an alternative changes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli.app import app
from planner.errors import InputError
from planner.plan.assemble import inputs_hash
from planner.specs.distribution import distributions_of
from planner.specs.load import load_scenario, reload
from planner.specs.scenario import Scenario

PRICE = "accelerators.small.price.system"
LATE = "{name: late, set: {supply.small.2026: 0, supply.small.2027: 1000}}"
DEAR = f"{{name: dear, title: Dear, set: {{{PRICE}: 8 kUSD}}}}"
GOOD = f"""\
alternatives:
  - {LATE}
  - {DEAR}
uncertainty:
  inputs:
    - {{path: {PRICE}, triangular: {{low: 4 kUSD, mode: 5 kUSD, high: 8000 USD}}}}
    - {{path: sites.north.pue, uniform: {{low: 1.2, high: 1.4}}}}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data-dir", "."])


@pytest.fixture
def write(tiny_folder: Path, tiny_text: str) -> Callable[[str], Path]:
    """Return what writes the tiny scenario with more lines behind it."""

    def written(more: str) -> Path:
        path = tiny_folder / "scenario.yaml"
        path.write_text(tiny_text + more, encoding="utf-8")
        return path

    return written


@pytest.fixture
def good(write: Callable[[str], Path]) -> Scenario:
    return load_scenario(write(GOOD), data_dirs=["."])


def one(distribution: str, path: str = PRICE) -> str:
    return f"uncertainty:\n  inputs:\n    - {{path: {path}, {distribution}}}\n"


def variants(*items: str) -> str:
    return "alternatives:\n" + "".join(f"  - {item}\n" for item in items)


AT = "uncertainty.inputs.0"
REFUSED: dict[str, tuple[str, str]] = {
    "unknown path": (
        one("uniform: {low: 1 kUSD, high: 2 kUSD}", "accelerators.smal.price.system"),
        (
            f"34:14: {AT}.path: accelerators.smal.price.system is not in the scenario "
            f"(did you mean '{PRICE}'?)"
        ),
    ),
    "no number": (
        one("uniform: {low: 1, high: 2}", "accelerators.small.price"),
        (
            f"34:14: {AT}.path: accelerators.small.price is not one number; write "
            "one of its numbers, e.g. accelerators.small.price.system"
        ),
    ),
    "no unit": (
        one("uniform: {low: 1, high: 2}", "workloads.pretraining.tokens"),
        f"34:68: {AT}.uniform.high: '2' has no unit; write e.g. '1.5768 Ttoken'",
    ),
    "other unit": (
        one("normal: {mean: 5 GW, deviation: 1 kUSD}"),
        (
            f"34:62: {AT}.normal.mean: '5 GW' is not an amount of money; "
            "write e.g. '5 kUSD'"
        ),
    ),
    "no spread": (
        one("normal: {mean: 5 kUSD, deviation: 0 USD}"),
        (
            f"34:81: {AT}.normal.deviation: '0 USD' is not above 0; "
            "write a tenth of the mean"
        ),
    ),
    "negative median": (
        one("lognormal: {median: -5 kUSD, spread: 10 %}"),
        (
            f"34:67: {AT}.lognormal.median: '-5 kUSD' is not above 0; "
            "write a normal or a uniform instead"
        ),
    ),
    "no order": (
        one("triangular: {low: 5 kUSD, mode: 9 kUSD, high: 8 kUSD}"),
        (
            f"34:79: {AT}.triangular.mode: '9 kUSD' is not between low and high; "
            "write low <= mode <= high"
        ),
    ),
    "turned round": (
        one("uniform: {low: 9 kUSD, high: 8 kUSD}"),
        f"34:62: {AT}.uniform.low: '9 kUSD' is not below high; write low < high",
    ),
    "two distributions": (
        one("uniform: {low: 1 kUSD, high: 2 kUSD}, empirical: [1 kUSD]"),
        f"34:96: {AT}.empirical: has uniform and empirical; write one distribution",
    ),
    "beyond its field": (
        one("normal: {mean: 1.2, deviation: 0.1}", "sites.north.pue"),
        (
            "34:7: sites.north.pue: 0.8 must be at least 1 (its lowest draw); "
            "write e.g. '1.2'"
        ),
    ),
    "correlation of another size": (
        one("uniform: {low: 1 kUSD, high: 2 kUSD}") + "  correlation: [[1, 0], [0, 1]]",
        "35:16: uncertainty.correlation: has 2 rows; write one for each of 1 inputs",
    ),
    "probabilities": (
        variants(
            "{name: a, probability: 30 %, set: {integer: true}}",
            "{name: b, probability: 60 %, set: {integer: false}}",
        ),
        (
            "33:3: alternatives: the probabilities add up to 0.9; "
            "write ones that add up to 100 %"
        ),
    ),
    "half the probabilities": (
        variants(
            "{name: a, probability: 30 %, set: {integer: true}}",
            "{name: b, set: {integer: false}}",
        ),
        (
            "34:5: alternatives.b: b has no probability, but others have; "
            "write one for each or for none"
        ),
    ),
    "used twice": (
        variants("{name: a, set: {integer: true}}", "{name: a, set: {gap: 1 %}}"),
        "34:12: alternatives.a.name: 'a' is used twice; write another name",
    ),
    "unknown item": (
        variants("{name: a, set: {sites.nort.pue: 1.2}}"),
        (
            "33:21: sites.nort.pue: 'sites' has no item 'nort'; it has north, south "
            "(did you mean 'north'?)"
        ),
    ),
    "unknown key": (
        variants("{name: a, set: {sites.north.pu: 1.2}}"),
        "33:21: sites.north.pu: unknown key (did you mean 'pue'?)",
    ),
    "unit of an alternative": (
        variants("{name: a, set: {sites.north.power: 1 MUSD}}"),
        "33:40: sites.north.power: '1 MUSD' is not a power; write e.g. '300 MW'",
    ),
    "range of an alternative": (
        variants("{name: a, set: {sites.north.pue: 0.5}}"),
        "33:38: sites.north.pue: 0.5 must be at least 1; write e.g. '1.2'",
    ),
    "what an alternative takes away": (
        variants("{name: a, set: {sites.north: null}}"),
        (
            "10:12: fleet.0.site: 'north' is not one of this scenario's sites "
            "(with --alternative a) (did you mean 'south'?)"
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_named_with_its_place(
    case: str, write: Callable[[str], Path]
) -> None:
    more, expected = REFUSED[case]
    write(more)
    found = run("validate", "scenario.yaml")
    assert (found.exit_code, found.stderr.strip().splitlines()[-1]) == (
        2,
        f"scenario.yaml:{expected}",
    )


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ("[[1, 0.5], [0.4, 1]]", "0.4 is 0.5 above the diagonal"),
        ("[[1, 0.5], [0.5, 0.9]]", "with itself is 0.9"),
        ("[[1, 0.5], [0.5]]", "has 1 numbers"),
        ("[[1, 2], [2, 1]]", "must be between"),
        (
            "[[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]",
            "not positive semidefinite",
        ),
    ],
)
def test_a_matrix_that_no_draws_can_have_is_refused(
    write: Callable[[str], Path], matrix: str, said: str
) -> None:
    third = "    - {path: sites.south.pue, uniform: {low: 1.2, high: 1.4}}\n"
    more = third if matrix.count("[") > 3 else ""
    path = write(f"{GOOD}{more}  correlation: {matrix}\n")
    with pytest.raises(InputError, match=said):
        load_scenario(path, data_dirs=["."])


def test_every_problem_of_every_variant_is_told_at_once(
    write: Callable[[str], Path],
) -> None:
    write(variants("{name: a, set: {sites.nort: 1}}", "{name: b, set: {gap: x}}"))
    assert run("solve", "scenario.yaml").stderr.count("scenario.yaml:") == 2


@pytest.mark.usefixtures("good")
def test_neither_changes_the_plan(tiny_text: str) -> None:
    Path("plain.yaml").write_text(tiny_text, encoding="utf-8")
    plans = [
        json.loads(run("solve", name, "--json").stdout)
        for name in ("scenario.yaml", "plain.yaml")
    ]
    for plan in plans:
        del plan["provenance"], plan["solver"]
    assert plans[0] == plans[1]


def test_an_alternative_is_applied_before_set(good: Scenario) -> None:
    dear = load_scenario(good.path, data_dirs=["."], alternative="dear")
    both = load_scenario(
        good.path, data_dirs=["."], alternative="dear", overrides=[f"{PRICE}=9 kUSD"]
    )
    assert [price(each) for each in (good, dear, both)] == [
        "5 kUSD",
        "8 kUSD",
        "9 kUSD",
    ]


def price(scenario: Scenario) -> str:
    series = scenario.accelerators["small"].price.system
    assert series is not None
    return f"{series.steps[0].value.magnitude:g} kUSD"


def test_reload_keeps_the_alternative_and_takes_another(good: Scenario) -> None:
    dear = reload(good, (), alternative="dear")
    assert price(reload(dear, ("sites.north.pue=1.3",))) == "8 kUSD"
    assert price(reload(dear, (), alternative="late")) == "5 kUSD"


@pytest.mark.usefixtures("good")
def test_an_unknown_alternative_is_refused() -> None:
    plain = ("solve", "show", "explain", "validate", "check", "diff", "sensitivity")
    for command in (*plain, "frontier --trade capex:power"):
        name, *more = command.split()
        found = run(name, "scenario.yaml", *more, "--alternative", "deer")
        said = "'deer' is not one of this scenario's alternatives"
        assert found.exit_code == 2, command
        assert f"--alternative: {said} (did you mean 'dear'?)" in found.stderr, command


@pytest.mark.usefixtures("good")
def test_what_set_says_wrong_is_not_the_alternative_s() -> None:
    wrong = f"{PRICE}=5 GW"
    found = run("solve", "scenario.yaml", "--alternative", "dear", "--set", wrong)
    assert found.exit_code == 2
    assert found.stderr.startswith(f"--set: {PRICE}: '5 GW' is not an amount of money")
    found = run("solve", "scenario.yaml", "--alternative", "dear", "--set", "nothing")
    assert found.stderr.startswith("--set: 'nothing' is not an override")


def test_a_new_key_of_an_alternative_has_its_place(
    write: Callable[[str], Path],
) -> None:
    write(variants("{name: a, set: {nosuch.thing: 1}}"))
    found = run("validate", "scenario.yaml").stderr
    assert found.startswith("scenario.yaml:33:21: nosuch: unknown key")


def test_a_scenario_without_alternatives_says_so(write: Callable[[str], Path]) -> None:
    write("")
    found = run("solve", "scenario.yaml", "--alternative", "dear")
    assert found.exit_code == 2
    assert "the scenario has no alternatives, so not 'dear'" in found.stderr


def test_a_plan_of_an_alternative_can_be_made_again(good: Scenario) -> None:
    run("solve", "scenario.yaml", "--alternative", "late", "-o", "plan.json")
    found = json.loads(Path("plan.json").read_text(encoding="utf-8"))["provenance"]
    assert found["set"] == ["supply.small.2026=0", "supply.small.2027=1000"]
    again = load_scenario(good.path, overrides=found["set"], data_dirs=["."])
    assert inputs_hash(again.tree) == found["inputs_hash"]


@pytest.mark.usefixtures("good")
def test_diff_compares_a_scenario_with_its_alternative() -> None:
    found = run("diff", "scenario.yaml", "--alternative", "dear", "--json")
    (change,) = json.loads(found.stdout)["inputs"]
    assert (change["path"], change["before"], change["after"]) == (
        PRICE,
        "5 kUSD",
        "8 kUSD",
    )


@pytest.mark.usefixtures("good")
def test_check_writes_no_golden_of_an_alternative() -> None:
    found = run("check", "scenario.yaml", "--update", "--alternative", "dear")
    assert found.exit_code == 2
    assert "--update with --alternative" in found.stderr


def test_distributions_are_in_the_unit_of_their_path(good: Scenario) -> None:
    stated = distributions_of(good)
    assert [(each.where.unit, each.numbers) for each in stated] == [
        ("kUSD", (4, 5, 8)),
        ("", (1.2, 1.4)),
    ]


@pytest.mark.parametrize(
    ("distribution", "share", "value"),
    [
        ("uniform: {low: 4 kUSD, high: 8 kUSD}", 0.25, 5),
        ("triangular: {low: 4 kUSD, mode: 4 kUSD, high: 8 kUSD}", 0.75, 6),
        ("triangular: {low: 4 kUSD, mode: 8 kUSD, high: 8 kUSD}", 0.25, 6),
        ("normal: {mean: 5 kUSD, deviation: 100 USD}", 0.5, 5),
        ("normal: {mean: 5 kUSD, deviation: 100 USD}", 0, 4.6),
        ("normal: {mean: 5 kUSD, deviation: 100 USD}", 0.841371, 5.1),
        ("lognormal: {median: 5 kUSD, spread: 10 %}", 0.5, 5),
        ("lognormal: {median: 5 kUSD, spread: 10 %}", 1, 5 * 1.4918246976),
        ("empirical: [9 kUSD, 1 kUSD, 5 kUSD]", 0.5, 5),
        ("empirical: [9 kUSD, 1 kUSD, 5 kUSD]", 1, 9),
    ],
)
def test_quantiles(
    write: Callable[[str], Path], distribution: str, share: float, value: float
) -> None:
    (stated,) = distributions_of(
        load_scenario(write(one(distribution)), data_dirs=["."])
    )
    assert stated.quantile(share) == pytest.approx(value, rel=1e-6)


def test_a_price_of_another_year_is_converted_as_in_its_place(
    write: Callable[[str], Path],
) -> None:
    value = "{value: 8 kUSD, source: old}"
    more = (
        "inflation: 25 %/year\nsources: {old: {title: A, as_of: 2024, kind: press}}\n"
    )
    path = write(more + variants(f"{{name: a, set: {{{PRICE}: {value}}}}}"))
    dear = load_scenario(path, data_dirs=["."], alternative="a")
    assert price(dear) == "12.5 kUSD"
    assert dear.applied == (f"{PRICE}=12.5 kUSD",)
