"""What figures hang on: against a scenario whose profit is a product of two inputs.

A hundred chips without running costs serve all of a demand below their 1,000 request/s,
so that the profit of a year is demand · value · 31,536,000 s, whatever the power.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli.app import app
from planner.cli.sensitivity import Found
from planner.cli.sensitivity_text import tornado
from planner.report.charts import Spans
from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario
from planner.sweep.evaluate import Evaluator
from planner.sweep.indices import indices_of
from planner.sweep.ranges import Range, inputs_that_matter, ranges_of
from planner.sweep.sensitivity import influences_of
from tests.strategies import World

PRODUCT = """\
horizon: {start: 2026, periods: 1}
sites: [{name: here, power: 1 MW, pue: 1, electricity: 0 USD/MWh, carbon: 0 kg/kWh}]
supply: {chip: 0}
fleet: [{site: here, accelerator: chip, count: 100, installed: 2026}]
workloads:
  - name: chat
    kind: inference
    demand: 100 request/s
    throughput: {chip: 10 request/s}
    value: 1000 USD/Mrequest
"""
UNCERTAIN = """\
uncertainty:
  inputs:
    - {path: DEMAND, uniform: {low: 50 request/s, high: 150 request/s}}
    - {path: VALUE, uniform: {low: 800 USD/Mrequest, high: 1200 USD/Mrequest}}
"""
DEMAND, VALUE, POWER = (
    "workloads.chat.demand",
    "workloads.chat.value",
    "sites.here.power",
)
UNCERTAIN = UNCERTAIN.replace("DEMAND", DEMAND).replace("VALUE", VALUE)
PROFIT_USD = 100 * 1000e-6 * 365 * 86400


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    return World(Path())


@pytest.fixture
def product(world: World) -> Scenario:
    return world.scenario(PRODUCT)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(
        app, ["sensitivity", "case.yaml", "--data-dir", ".", *arguments]
    )


def answered(*arguments: str) -> dict[str, dict[str, object]]:
    found = run("--json", *arguments)
    assert found.exit_code == 0, found.output
    return {row["path"]: row for row in json.loads(found.stdout)["inputs"]}


def moved(scenario: Scenario, paths: list[str], share: float | None = None) -> Found:
    evaluator = Evaluator(scenario)
    (base,) = evaluator.outcomes([()])
    ranges = ranges_of(scenario, paths, share)
    names = ("profit_usd", "unserved_fraction")
    found = influences_of(scenario, ranges, base, names, evaluator.outcomes)
    assert base.readings is not None
    return Found(scenario, names, base.readings, found, None)


def test_the_profit_of_the_product_is_known(product: Scenario) -> None:
    found = moved(product, [DEMAND])
    assert found.base["profit_usd"] == pytest.approx(PROFIT_USD, rel=1e-9)


def test_ends_and_elasticities_of_a_product(product: Scenario) -> None:
    found = moved(product, [POWER, VALUE, DEMAND], 0.2)
    by_path = {each.path: each for each in found.influences}
    for path in (DEMAND, VALUE):
        low, high = by_path[path].low, by_path[path].high
        assert low.figures["profit_usd"] == pytest.approx(0.8 * PROFIT_USD, rel=1e-9)
        assert high.figures["profit_usd"] == pytest.approx(1.2 * PROFIT_USD, rel=1e-9)
        assert by_path[path].elasticities["profit_usd"] == pytest.approx(1, rel=1e-6)
    assert by_path[POWER].elasticities["profit_usd"] == pytest.approx(0, abs=1e-6)
    # What moves nothing comes last, and of a figure of 0 there is no share.
    assert found.influences[-1].path == POWER
    assert by_path[DEMAND].elasticities["unserved_fraction"] is None


def test_elasticity_falls_to_nothing_where_a_limit_holds(world: World) -> None:
    limited = world.scenario(PRODUCT.replace("count: 100", "count: 8"))
    found = {each.path: each for each in moved(limited, [DEMAND, VALUE]).influences}
    assert found[DEMAND].elasticities["profit_usd"] == pytest.approx(0, abs=1e-6)
    assert found[VALUE].elasticities["profit_usd"] == pytest.approx(1, rel=1e-6)


def test_declared_inputs_go_to_their_quantiles(world: World) -> None:
    world.scenario(PRODUCT + UNCERTAIN)
    rows = answered()
    assert set(rows) == {DEMAND, VALUE}
    ends = [rows[DEMAND][key]["value"] for key in ("low", "high")]  # type: ignore[index]  # of JSON
    assert ends == pytest.approx([60, 140])
    asked = answered("--by", "10 %", "--input", DEMAND)[DEMAND]
    ends = [asked[key]["value"] for key in ("low", "high")]  # type: ignore[index]
    assert (ends, asked["declared"]) == ([90, 110], False)


def test_sobol_indices_of_a_product(world: World) -> None:
    pytest.importorskip("SALib", reason="the extra `sensitivity` is not installed")
    world.scenario(PRODUCT + UNCERTAIN)
    found = run("--json", "--sobol", "512", "--input", DEMAND, "--input", VALUE)
    assert (found.exit_code, found.stderr) == (0, "")
    content = json.loads(found.stdout)["sobol"]
    # Var(X·Y) = mean(Y)²·Var(X) + mean(X)²·Var(Y) + Var(X)·Var(Y).
    first, second = 1000**2 * 100**2 / 12, 100**2 * 400**2 / 12
    both = 100**2 / 12 * 400**2 / 12
    whole = first + second + both
    rows = {row["path"]: row for row in content["indices"]["profit_usd"]}
    exact = {DEMAND: (first, first + both), VALUE: (second, second + both)}
    for path, (alone, total) in exact.items():
        row = rows[path]
        assert row["first"] == pytest.approx(alone / whole, abs=0.02)
        assert row["total"] == pytest.approx(total / whole, abs=0.02)
        assert abs(row["first"] - alone / whole) <= row["first_within"]
        assert abs(row["total"] - total / whole) <= row["total_within"]
    assert content["points"] == 512 * 4


def test_the_same_seed_gives_the_same_indices(product: Scenario) -> None:
    pytest.importorskip("SALib", reason="the extra `sensitivity` is not installed")
    ranges = ranges_of(product, [DEMAND, VALUE], None)
    figures = [float((7 * n) % 11) for n in range(4 * 16)]
    assert indices_of(ranges, figures, 5) == indices_of(ranges, figures, 5)
    constant = indices_of(ranges, [1.0] * 64, 5)
    assert [(each.first, each.total) for each in constant] == [(0, 0), (0, 0)]


def test_points_without_a_plan_leave_no_indices(world: World) -> None:
    pytest.importorskip("SALib", reason="the extra `sensitivity` is not installed")
    owed = PRODUCT.replace("value: 1000", "minimum: 100 %\n    value: 1000")
    world.scenario(owed.replace("count: 100", "count: 10"))
    found = run("--json", "--sobol", "4", "--input", DEMAND)
    assert found.exit_code == 1
    assert "points have no plan, so there are no Sobol indices" in found.stderr
    content = json.loads(found.stdout)
    assert content["sobol"]["indices"] == {}
    (row,) = content["inputs"]
    assert (row["high"]["status"], row["low"]["status"]) == ("infeasible", "optimal")


def test_an_end_that_no_scenario_may_have_is_said_to_be(world: World) -> None:
    world.scenario(PRODUCT.replace("pue: 1,", "pue: 1.05,"))
    rows = answered("--input", "sites.here.pue", "--input", DEMAND)
    low = rows["sites.here.pue"]["low"]
    assert isinstance(low, dict)
    assert (low["status"], low["why"]) == ("refused", "0.945 must be at least 1")
    assert list(rows) == ["sites.here.pue", DEMAND]
    assert "not possible" in run("--input", "sites.here.pue").stdout


def test_without_names_the_inputs_are_those_that_matter(
    shipped_plan: Callable[[str, str], object],
) -> None:
    path = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
    plan = shipped_plan("quickstart", "highs")
    found = inputs_that_matter(load_scenario(path), plan)  # type: ignore[arg-type]  # of the fixture
    assert {
        "workloads.assistant.demand.2026Q1",
        "budgets.power.2026Q1",
        "budgets.capex.2026",
        "accelerators.b200.price.system",
        "sites.ohio.electricity",
    } <= set(found)
    # Limits that are 0, or that do not bind, have no tenth that matters.
    assert "supply.b200.2026Q1" not in found
    assert "sites.ohio.power" not in found


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--by", "0"), 2, "--by 0 is not a share above 0"),
        (("--by", "x"), 2, "--by x is not a share above 0"),
        (("--by", "100%"), 2, "--by 100% is not a share above 0"),
        (("--metric", "profit_us"), 2, "no figure 'profit_us' (did you mean 'profit_"),
        (("--input", "sites.her.power"), 2, "(did you mean 'sites.here.power'?)"),
        (("--input", "sites.here"), 2, "is not one number"),
        (("--input", "supply.chip"), 2, "is 0, and a share of it is nothing"),
        (("--plot", "chart.pdf"), 2, "charts are written as PNG, SVG or HTML"),
        (("--set", "workloads.chat.minimum=100 %", "--set", "fleet=[]"), 3, "no plan"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    world: World, arguments: tuple[str, ...], code: int, said: str
) -> None:
    world.scenario(PRODUCT)
    found = run(*arguments)
    assert (found.exit_code, said in found.stderr) == (code, True), found.stderr


def test_sobol_wants_a_power_of_two(product: Scenario) -> None:
    pytest.importorskip("SALib", reason="the extra `sensitivity` is not installed")
    assert product.path == "case.yaml"
    found = run("--sobol", "100")
    assert found.exit_code == 2
    assert "--sobol 100 is no power of two; write e.g. 128" in found.stderr


def test_a_missing_salib_is_named_with_its_extra(
    product: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert product.path == "case.yaml"
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample", None)
    found = run("--sobol", "64")
    assert found.exit_code == 2
    assert "pip install 'fleet-planner[sensitivity]'" in found.stderr


def test_the_tornado_shows_what_the_table_says(product: Scenario) -> None:
    chart = tornado(moved(product, [DEMAND, POWER], 0.5), "profit_usd")
    (spans,) = chart.series
    assert isinstance(spans, Spans)
    assert chart.x.title == "profit [MUSD]"
    assert spans.labels == [DEMAND, POWER]
    millions = PROFIT_USD / 1e6
    assert spans.base == pytest.approx(millions)
    assert spans.low == pytest.approx([0.5 * millions, millions])
    assert spans.texts[0] == ("50 request/s", "150 request/s")


def test_a_chart_is_written_beside_the_table(world: World) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plot` is not installed")
    world.scenario(PRODUCT)
    found = run("--input", DEMAND, "--plot", "tornado.svg")
    assert found.exit_code == 0
    assert DEMAND in Path("tornado.svg").read_text(encoding="utf-8")


def test_a_declared_range_keeps_its_distribution(world: World) -> None:
    scenario = world.scenario(PRODUCT + UNCERTAIN)
    (found,) = ranges_of(scenario, [DEMAND, DEMAND], None)
    assert isinstance(found, Range)
    assert (found.declared, found.known.kind) == (True, "uniform")
