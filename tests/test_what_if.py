"""What a page solves is what Python solves: laws, plans, prices, and refusals."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.api import solve_whole
from planner.errors import UsageError
from planner.performance.pairing import rates
from planner.pipeline import Solved, h100_flop_s, run
from planner.report.subject import Subject
from planner.report.what_if import npm, what_if_of
from planner.report.what_if.laws import laws_of, moves_between
from planner.report.what_if.moving import NOTHING, TOO_MANY, UNEVEN, Moving, moving
from planner.report.what_if.npm import HIGHS, files_of
from planner.report.what_if.numbers import snapshot, ties_of, weights_at
from planner.report.what_if.packing import command_of, packed
from planner.report.what_if.sliders import MOST, all_texts, sliders_of
from planner.solvers.tie_break import weights_of
from planner.specs.load import load_scenario, reload
from planner.sweep.readings import Figures, Readings
from tests.conftest import TINY, Tiny

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "planner" / "report" / "what_if" / "page"
SCENARIOS = ("quickstart", "lease_or_own", "hyperion_build_out", "eu_residency")
AGREES = 1e-6
"""Relative distance that the page may keep from Python."""

Answer = dict[str, Any]


@cache
def solved(name: str, *overrides: str) -> Solved:
    return solve_whole(
        load_scenario(ROOT / f"scenarios/{name}.yaml", overrides=overrides)
    )


@cache
def moved(name: str, *overrides: str) -> Moving:
    return moving(solved(name, *overrides))


def anywhere(found: Moving, seed: int, width: float = 1.0) -> list[float]:
    """Return a factor for each slider, within a share of its range."""
    draws = np.random.default_rng(seed)
    return [
        float(f"{(x.least * (x.most / x.least) ** draws.random()) ** width:.4g}")
        for x in found.sliders
    ]


def texts(found: Moving, factors: Sequence[float]) -> tuple[str, ...]:
    return all_texts((each.slider for each in found.sliders), factors)


def number(found: Moving, label: str) -> int:
    """Return the place of a slider."""
    return [each.slider.label for each in found.sliders].index(label)


def one(found: Moving, label: str, factor: float) -> list[float]:
    """Return the factors with one slider moved."""
    factors = [1.0] * len(found.sliders)
    factors[number(found, label)] = factor
    return factors


# --- Laws -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*SCENARIOS, "priorities", "meta_2026"])
@pytest.mark.parametrize("seed", [11, 12])
def test_every_number_is_known_wherever_the_sliders_stand(name: str, seed: int) -> None:
    whole, found = solved(name), moved(name)
    factors = anywhere(found, seed)
    scenario = reload(whole.scenario, texts(found, factors))
    scale = found.base.program.c.scale
    own = snapshot(scenario, rates(scenario), h100_flop_s(scenario), scale)
    expected = found.laws.at(factors)
    finite = np.isfinite(own.line)
    assert np.array_equal(expected[~finite], own.line[~finite])
    np.testing.assert_allclose(
        expected[finite], own.line[finite], rtol=1e-9, atol=1e-12
    )
    size, prices = (own.parts[name] for name in ("sizes", "prices"))
    weights = weights_at(found.ties, float(size.max()), prices)
    np.testing.assert_allclose(weights, weights_of(own.program), rtol=1e-9)


def test_the_weights_of_ties_are_taken_apart_and_put_together() -> None:
    program = solved("lease_or_own").program
    found = ties_of(program)
    prices = np.array([program.c.price_musd.get(("h100", 0), 0.0)])
    again = weights_at(found, program.c.fleet.size, prices)
    np.testing.assert_allclose(again, weights_of(program), rtol=1e-12)


@given(st.floats(0.5, 2.0), st.floats(0.5, 2.0), st.floats(-3.0, 3.0))
def test_sums_products_and_inverses_are_told_apart(
    x: float, y: float, b: float
) -> None:
    def numbers(x: float, y: float) -> np.ndarray:
        return np.array([5 + b * x, 2 * x + 3 * y, 4 * x * y, 7 / x, 6 * x / y, np.inf])

    base = numbers(1, 1)
    moves = []
    for low, high in [
        (numbers(0.5, 1), numbers(2, 1)),
        (numbers(1, 0.5), numbers(1, 2)),
    ]:
        found, misses = moves_between(base, (0.5, low), (2.0, high))
        assert not len(misses)
        moves.append(found)
    laws, missed = laws_of(base, tuple(moves), (1.7, 0.6), numbers(1.7, 0.6))
    assert not len(missed)
    assert laws.product.tolist() == [False, False, True, False, True, False]
    np.testing.assert_allclose(laws.at([x, y])[:-1], numbers(x, y)[:-1], rtol=1e-12)


def test_a_kink_a_square_and_a_mixture_keep_to_no_law() -> None:
    def numbers(x: float, y: float = 1.0) -> np.ndarray:
        return np.array([max(x, 1.2), x * x, x * y + 3, 3 * x])

    base = numbers(1)
    _, misses = moves_between(base, (0.5, numbers(0.5)), (2.0, numbers(2)))
    assert misses.tolist() == [0, 1]
    along = [
        moves_between(base, (0.5, numbers(0.5)), (2.0, numbers(2)))[0],
        moves_between(base, (0.5, numbers(1, 0.5)), (2.0, numbers(1, 2)))[0],
    ]
    there = numbers(1.5, 0.7)
    there[:2] = base[:2]
    assert laws_of(base, tuple(along), (1.5, 0.7), there)[1].tolist() == [2]


# --- Sliders --------------------------------------------------------------------------


def test_quickstart_has_a_slider_for_every_budget_price_supply_and_demand() -> None:
    found = moved("quickstart")
    labels = {each.slider.label: each for each in found.sliders}
    assert {
        "capex budget 2026",
        "power budget 2026Q3",
        "power of ohio",
        "demand of assistant",
        "supply of b200",
        "price of mtia_v2",
        "electricity at ohio",
        "value of assistant",
    } <= labels.keys()
    assert found.left_out == ()
    assert labels["power of ohio"].slider.texts(0.5) == ("sites.ohio.power=12 MW",)
    [value] = labels["value of assistant"].slider.texts(2.0)
    assert value == (
        "workloads.assistant.value=[{up_to: 50 %, value: 0.6 USD/Mtoken}, "
        "{up_to: 100 %, value: 0.3 USD/Mtoken}]"
    )


def test_a_series_moves_as_one_and_numbers_of_0_stay() -> None:
    found = moved("hyperion_build_out")
    supply = found.sliders[number(found, "supply of gb200")].slider
    assert supply.texts(1.5) == (
        "supply.gb200.2027Q1=90000",
        "supply.gb200.2027Q3=150000",
    )
    assert supply.single is None
    power = found.sliders[number(found, "expansion of hyperion")].slider
    assert power.single == (1.5, "GW")


def test_of_many_inputs_those_of_every_kind_that_are_worth_most_have_sliders() -> None:
    whole = solved("meta_2026")
    chosen, more = sliders_of(whole.scenario, whole.plan)
    assert len(chosen) == MOST
    assert {each.family for each in chosen} >= {"budget", "power", "demand", "supply"}
    said = dict(moved("meta_2026").left_out)
    assert said == {each.label: TOO_MANY for each in more}


def test_what_follows_no_law_is_left_out_and_named(tiny: Tiny) -> None:
    """What a grandfathered fleet provisions is the limit until more is written."""
    text = TINY.replace("power: 1 MW", "power: 600 kW").replace(
        "power: 900", "power: 9"
    )
    scenario = tiny(text=f"{text}policies:\n  - kind: grandfather\n")
    found = moving(solve_whole(scenario))
    assert dict(found.left_out) == {"power of north": UNEVEN}
    assert "power of south" in [each.slider.label for each in found.sliders]


def test_what_moves_nothing_is_left_out_and_named(tiny: Tiny) -> None:
    text = TINY.replace("maximize_value", "minimize_cost")
    found = moving(solve_whole(tiny(text=text)))
    worth = {"value of chat": NOTHING, "value of pretraining": NOTHING}
    assert dict(found.left_out) == worth


def test_a_slider_goes_as_far_as_its_input_can() -> None:
    def ends(committed: int) -> tuple[dict[str, float], dict[str, str]]:
        sets = "leases.reserved.limit=2000", f"leases.reserved.committed={committed}"
        found = moved("lease_or_own", *sets)
        least = {each.slider.label: each.least for each in found.sliders}
        return least, dict(found.left_out)

    least, left_out = ends(1500)
    assert (least["limit of reserved"], least["limit of hourly"]) == (0.8, 0.5)
    assert not left_out
    _, left_out = ends(1900)
    assert "leases.reserved.committed: " in left_out["limit of reserved"]


# --- Plans ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def loader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the solver's program in a folder of its own, for Node."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    folder = tmp_path_factory.mktemp("highs")
    try:
        found = files_of(HIGHS, ["build/highs.js", "build/highs.wasm"])
    except UsageError as error:
        pytest.skip(str(error))
    for name, content in found.items():
        (folder / Path(name).name).write_bytes(content)
    return folder / "highs.js"


class Node:
    """Answers of the page's program, without a page."""

    def __init__(self, loader: Path, folder: Path) -> None:
        self.loader, self.folder = loader, folder

    def answers(
        self, found: Moving, whole: Solved, points: list[list[float]]
    ) -> list[Answer]:
        paths = [self.folder / name for name in ("packed", "points")]
        paths[0].write_bytes(packed(found, whole))
        paths[1].write_text(json.dumps(points), encoding="utf-8")
        script = ROOT / "tests" / "what_if_node.js"
        command = ["node", script, self.loader, PAGE, *paths]
        ended = subprocess.run(  # noqa: S603  # the page's own program
            command, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        answers: list[Answer] = json.loads(ended.stdout)
        return answers


@pytest.fixture
def node(loader: Path, tmp_path: Path) -> Node:
    return Node(loader, tmp_path)


def figures(whole: Solved) -> Figures:
    """Return the figures of Python's plan, as the page names them."""
    readings = Readings(whole.scenario, whole.program, h100_flop_s(whole.scenario))
    found = readings.read(whole.solution.values)
    return {**found, "objective_usd": whole.plan.objective.value_usd}


def check_agrees(answer: Answer, whole: Solved) -> None:
    assert answer["status"] == whole.plan.status
    if answer["status"] != "optimal":
        return
    expected = figures(whole)
    assert answer["unique"] is whole.solution.unique
    for name, value in answer["metrics"].items():
        wanted = expected[name]
        assert value == pytest.approx(wanted, rel=AGREES, abs=1e-6), name


@pytest.mark.parametrize("name", [*SCENARIOS, "priorities", "meta_2026"])
def test_plans_are_those_of_python_wherever_the_sliders_stand(
    name: str, node: Node
) -> None:
    whole, found = solved(name), moved(name)
    points = [[1.0] * len(found.sliders)]
    points += [anywhere(found, seed, width) for seed, width in [(1, 1.0), (2, 0.5)]]
    points += [anywhere(found, 3, 0.2), anywhere(found, 4, 0.1)]
    answers = node.answers(found, whole, points)
    assert "optimal" in [answer["status"] for answer in answers[1:]]
    for factors, answer in zip(points, answers, strict=True):
        check_agrees(answer, run(reload(whole.scenario, texts(found, factors))))


def test_a_unit_of_counts_that_python_would_choose_anew_is_no_matter(
    node: Node,
) -> None:
    overrides = ("sites.ohio.power=26 MW", "accelerators.mtia_v2.power.nameplate=200 W")
    whole, found = solved("quickstart", *overrides), moved("quickstart", *overrides)
    factors = one(found, "power of ohio", 0.7)
    there = run(reload(whole.scenario, texts(found, factors)))
    assert there.program.c.scale != whole.program.c.scale
    [answer] = node.answers(found, whole, [factors])
    check_agrees(answer, there)


def test_an_infeasible_point_names_the_limits_in_conflict(node: Node) -> None:
    whole, found = solved("quickstart"), moved("quickstart")
    factors = one(found, "power budget 2026Q1", 0.5)
    [answer] = node.answers(found, whole, [factors])
    assert answer["status"] == "infeasible"
    limits = answer["conflict"]["limits"]
    assert "the fleet's power budget in 2026Q1 (power_budget): at most 6.5 MW" in limits
    assert "metrics" not in answer


def test_an_infeasible_scenario_becomes_feasible_with_its_sliders(node: Node) -> None:
    overrides = ("budgets.power.2026Q1=7 MW",)
    whole, found = solved("quickstart", *overrides), moved("quickstart", *overrides)
    assert whole.plan.status == "infeasible"
    points = [[1.0] * len(found.sliders), one(found, "power budget 2026Q1", 1.9)]
    answers = node.answers(found, whole, points)
    assert [answer["status"] for answer in answers] == ["infeasible", "optimal"]
    check_agrees(answers[1], run(reload(whole.scenario, texts(found, points[1]))))


@pytest.mark.parametrize("name", ["quickstart", "hyperion_build_out", "lease_or_own"])
def test_what_one_hundredth_is_worth_is_the_slope_of_the_objective(
    name: str, node: Node
) -> None:
    whole, found = solved(name), moved(name)
    base = anywhere(found, 5, 0.05)
    step = 1e-6
    points = [base]
    for place in range(len(base)):
        for sign in (-1, 1):
            points.append([*base])
            points[-1][place] *= 1 + sign * step
    first, *around = node.answers(found, whole, points)
    assert first["status"] == "optimal"
    worth = [answer["metrics"]["objective_usd"] for answer in around]
    sign = 1 if whole.scenario.spec.objective == "maximize_value" else -1
    for place, gain in enumerate(first["gains"]):
        low, high = worth[2 * place], worth[2 * place + 1]
        slope = sign * (high - low) / (2 * step) / 100
        size = abs(first["metrics"]["objective_usd"])
        assert gain == pytest.approx(slope, rel=1e-3, abs=1e-6 * size)


# --- What is packed -------------------------------------------------------------------


def test_the_same_plan_gives_the_same_bytes() -> None:
    whole = solved("quickstart")
    once, again = (packed(moving(whole), whole) for _ in range(2))
    assert once == again
    assert gzip.decompress(once)[4:5] == b"{"


def test_the_command_names_the_scenario_as_it_was_loaded(tiny: Tiny) -> None:
    scenario = tiny("sites.north.power=1.1 MW")
    folder = Path(scenario.path).parent
    assert command_of(scenario) == (
        f"planner solve {scenario.path} --data-dir {folder} "
        "--set 'sites.north.power=1.1 MW'"
    )


# --- Refusals -------------------------------------------------------------------------


def subject(whole: Solved) -> Subject:
    return Subject("it.yaml", whole.plan, whole.scenario, whole)


def test_a_plan_without_its_scenario_cannot_be_solved_again() -> None:
    with pytest.raises(UsageError, match=r"it\.yaml is a plan without the scenario"):
        what_if_of(Subject("it.yaml", solved("quickstart").plan))


def test_whole_numbers_are_refused() -> None:
    with pytest.raises(UsageError, match="'integer: true' needs branch") as caught:
        what_if_of(subject(solved("racks")))
    assert caught.value.exit_code == 2


def test_a_scenario_with_confidential_values_is_refused_with_the_list(
    tiny: Tiny,
) -> None:
    text = TINY.replace(
        "power: 1 MW,", "power: {value: 1 MW, confidential: true},"
    ).replace("value: 5 MUSD", "value: {value: 5 MUSD, confidential: true}")
    whole = solve_whole(tiny(text=text))
    expected = (
        r"confidential values: sites\.north\.power, workloads\.pretraining\.value;"
    )
    with pytest.raises(UsageError, match=expected):
        what_if_of(subject(whole))


def test_without_npm_the_page_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(UsageError, match=r"needs npm once, to fetch highs 1\.15\.3"):
        what_if_of(subject(solved("quickstart")))


def test_no_text_ends_the_script_of_the_page(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = dict.fromkeys(("LICENSE", "highs.js", "highs.wasm"), b"</script><!--")
    monkeypatch.setattr("planner.report.what_if.panel.files_of", lambda *_: files)
    whole = solve_whole(tiny())
    assert npm.HIGHS.version in what_if_of(subject(whole)).script
    assert "</script" not in what_if_of(subject(whole)).script
    assert "<!--" not in what_if_of(subject(whole)).script
