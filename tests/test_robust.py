"""One commitment for several alternatives: a newsvendor by hand, laws, the command."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from planner import load_scenario, solve
from planner.cli.app import app
from planner.cli.robust_text import picture
from planner.errors import InfeasibleError, UsageError
from planner.report.charts import Axis, Line
from planner.solvers.highs import Live
from planner.solvers.solve import solve_program
from planner.specs.scenario import Scenario
from planner.sweep.alternatives import declared, sampled
from planner.sweep.criterion import Criterion, criterion_of, tail_mean
from planner.sweep.robust import Robust, robust_plan
from planner.sweep.two_stage import Alternative, TwoStage
from tests.strategies import Draft, World, drafts
from tests.test_laws import few

SCENARIOS = Path(__file__).parents[1] / "scenarios"

# A newsvendor, by hand. A chip is used up by 5 k$ in the year (25 k$, of which 20 are
# left after one of five years) and earns 12 k$ if there is work for it. There is work
# for 10 chips or for 20, as likely as each other. With q chips, 10 ≤ q ≤ 20, in k$:
#   low 120 − 5q, high 7q; each alone: 70 with 10, 140 with 20
#   expected     60 + q: 80 with 20; knowing beforehand 105, so worth 25
#   mean demand  15 chips: 45 and 105, 75 expected, so 5 less than 80
#   cvar:0.5     the worse one, 120 − 5q: 70 with 10; the mean's 45 is 25 less
#   regret       5q − 50 and 140 − 7q: as large with 95/6, 175/6; the mean's 35
EARNED_USD = 12e3
CHIP_REQUESTS_S = 10
PRICE = EARNED_USD / (CHIP_REQUESTS_S * 8760 * 3600)
NEWSVENDOR = f"""
objective: maximize_value
horizon: {{start: 2026, periods: 1}}
sites: [{{name: here, power: 1 MW, pue: 1, electricity: 0 USD/MWh, carbon: 0 kg/kWh}}]
workloads:
  - {{name: papers, kind: inference, demand: 200 request/s,
     throughput: {{chip: {CHIP_REQUESTS_S} request/s}},
     value: {PRICE:.17g} USD/request}}
"""
LOW_HIGH = """
alternatives:
  - {name: low, set: {workloads.papers.demand: 100 request/s}}
  - {name: high, set: {workloads.papers.demand: 200 request/s}}
"""
WITHOUT_DOUBT = """
alternatives:
  - {name: as_it_stands, set: {budgets.capex.2026: 140 MUSD}}
"""
DOUBT = """
extends: [quickstart.yaml]
name: doubt
alternatives:
  - {name: as_planned, probability: 50 %, set: {supply.b200.2026Q2: 2500}}
  - {name: late, probability: 30 %, set: {supply.b200.2026Q2: 0}}
  - {name: boom, probability: 20 %, set: {workloads.assistant.demand.2026Q1:
      17500 request/s, accelerators.b200.price.system: 45 kUSD}}
uncertainty:
  inputs:
    - {path: workloads.assistant.demand.2026Q1,
       lognormal: {median: 16000 request/s, spread: 8 %}}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def doubt(tmp_path: Path) -> Path:
    """Return a scenario with alternatives beside the shipped ones."""
    path = tmp_path / "doubt.yaml"
    shipped = SCENARIOS / "quickstart.yaml"
    path.write_text(DOUBT.replace("quickstart.yaml", str(shipped)))
    return path


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-6)


def planned(scenario: Scenario, criterion: str) -> Robust:
    return robust_plan(scenario, declared(scenario), criterion_of(criterion))


def bought(found: Robust) -> float:
    return sum(row.count for row in found.committed.purchases)


def values(found: Robust) -> list[float]:
    return [each.value_usd for each in found.outcomes]


def command(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["solve", *arguments])
    return result.exit_code, result.stdout, result.stderr


# --- By hand --------------------------------------------------------------------------


@dataclass(frozen=True)
class ByHand:
    """What a criterion buys [chips], what it is worth, and what more would be."""

    criterion: str
    chips: float
    value: float
    outcomes: list[float]
    known: float
    mean: float


@pytest.mark.parametrize(
    "hand",
    [
        ByHand("expected", 20, 80e3, [20e3, 140e3], 25e3, 5e3),
        ByHand("cvar:0.5", 10, 70e3, [70e3, 70e3], 0, 25e3),
        ByHand(
            "regret",
            95 / 6,
            175e3 / 6,
            [245e3 / 6, 665e3 / 6],
            175e3 / 6,
            35e3 / 6,
        ),
    ],
    ids=lambda hand: hand.criterion,
)
def test_the_newsvendor_is_as_by_hand(world: World, hand: ByHand) -> None:
    found = planned(world.scenario(NEWSVENDOR + LOW_HIGH), hand.criterion)
    assert bought(found) == near(hand.chips)
    assert found.value_usd == near(hand.value)
    assert values(found) == near(hand.outcomes)
    assert found.expected_usd == near(sum(hand.outcomes) / 2)
    assert [each.alone_usd for each in found.outcomes] == near([70e3, 140e3])
    regrets = [70e3 - hand.outcomes[0], 140e3 - hand.outcomes[1]]
    assert [each.regret_usd for each in found.outcomes] == near(regrets)
    assert found.perfect_information_usd == near(hand.known)
    assert found.stochastic_solution_usd == near(hand.mean)
    assert found.certificate.verified


def test_probabilities_decide(world: World) -> None:
    """Work for 20 pays for the chips beyond 10 if it is likelier than 5 in 12."""
    for percent, chips in ((41, 10), (42, 20)):
        text = LOW_HIGH.replace(
            "{name: high,", f"{{name: high, probability: {percent} %,"
        )
        text = text.replace(
            "{name: low,", f"{{name: low, probability: {100 - percent} %,"
        )
        found = planned(world.scenario(NEWSVENDOR + text), "expected")
        assert bought(found) == near(chips)


def test_alternatives_may_count_in_other_units(world: World) -> None:
    """With a thousand times the power, counts are in thousands; orders are the same."""
    sites = "sites.here.power: 1 GW, "
    text = LOW_HIGH.replace("{name: high, set: {", f"{{name: high, set: {{{sites}")
    scenario = world.scenario(NEWSVENDOR + text)
    alternatives = declared(scenario)
    assert len({each.program.c.scale for each in alternatives}) == 2
    found = robust_plan(scenario, alternatives, Criterion("expected"))
    assert bought(found) == near(20)
    assert values(found) == near([20e3, 140e3])


SHORT = """
supply: {chip: {2026: 20}}
alternatives:
  - {name: plenty, set: {supply.chip.2026: 20}}
  - {name: short, set: {supply.chip.2026: LIMIT,
     workloads.papers.demand: WORK request/s}}
"""


@pytest.mark.parametrize(
    ("limit", "work", "usd"),
    [
        (10, 200, 10 * 7e3),  # of 20 ordered 10 come
        (10, 20, 2 * 12e3 - 10 * 5e3),  # as large a share must be taken, for 2 of use
        (0, 200, 0.0),  # nothing comes, and nothing is paid
    ],
)
def test_what_cannot_come_is_not_paid(
    world: World, limit: int, work: int, usd: float
) -> None:
    text = SHORT.replace("LIMIT", str(limit)).replace("WORK", str(work))
    found = planned(world.scenario(NEWSVENDOR + text), "expected")
    assert bought(found) == near(20)
    assert values(found) == near([140e3, usd])
    assert [row.less_in for row in found.committed.purchases] == [("short",)]


CARDS = """
accelerators: [chip, card]
alternatives:
  - name: none
    probability: 20 %
    set: {accelerators: [chip], workloads.papers.throughput: {chip: 10 request/s}}
  - {name: cards, probability: 80 %, set: {supply.card.2026: 20}}
"""


def test_what_an_alternative_does_not_know_is_ordered_for_the_others(
    world: World,
) -> None:
    """10 cards do the work of 20 chips: 240 − 50 k$, or nothing where none come."""
    world.hardware("card")
    rate = "{chip: 10 request/s}"
    faster = NEWSVENDOR.replace(rate, "{chip: 10 request/s, card: 20 request/s}")
    found = planned(world.scenario(faster + CARDS), "expected")
    (row,) = found.committed.purchases
    assert (row.accelerator, row.less_in) == ("card", ("none",))
    assert row.count == near(10)
    assert values(found) == near([0, 190e3])


def test_a_plan_for_the_mean_may_break_a_limit(world: World) -> None:
    """All must be served: 15 chips do not do the work of 20."""
    text = NEWSVENDOR.replace("maximize_value", "minimize_cost") + LOW_HIGH
    found = planned(world.scenario(text), "expected")
    assert bought(found) == near(20)
    assert values(found) == near([100e3, 100e3])
    assert found.stochastic_solution_usd is None
    assert found.reference == "mean"
    assert found.no_comparison == "leaves no plan in 1 of 2 alternatives (high)"
    assert found.perfect_information_usd == near(25e3)


@pytest.mark.parametrize(
    "value", ["papers.sites: [here]", "papers.demand: {2026: 100 request/s}"]
)
def test_without_a_mean_the_scenario_as_it_stands_is_compared(
    world: World, value: str
) -> None:
    """It has 20 chips bought, as the best commitment has."""
    text = LOW_HIGH.replace("papers.demand: 100 request/s", value)
    found = planned(world.scenario(NEWSVENDOR + text), "expected")
    assert found.reference == "as_it_stands"
    assert found.stochastic_solution_usd == near(0)


@pytest.mark.parametrize(
    ("level", "expected"), [(0.0, 5.0), (0.5, 8.0), (0.6, 8.5), (0.9, 10.0)]
)
def test_the_mean_of_the_worst(level: float, expected: float) -> None:
    losses, probabilities = [2.0, 10.0, 6.0], [0.5, 0.25, 0.25]
    assert tail_mean(losses, probabilities, level) == pytest.approx(expected)


# --- Laws -----------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", ["expected", "cvar:0.7", "regret"])
def test_laws_of_a_commitment(doubt: Path, criterion: str) -> None:
    scenario = load_scenario(doubt)
    alternatives = declared(scenario)
    found = robust_plan(scenario, alternatives, criterion_of(criterion), exact=True)
    p = [each.probability for each in found.outcomes]
    assert sum(p) == pytest.approx(1)
    assert found.certificate.verified
    assert found.certificate.exact
    mean = sum(x * each.value_usd for x, each in zip(p, found.outcomes, strict=True))
    assert found.expected_usd == near(mean)
    for each, alternative in zip(found.outcomes, alternatives, strict=True):
        alone = solve(alternative.scenario).objective.value_usd
        assert alone is not None
        assert each.alone_usd == near(alone)
        assert each.value_usd <= alone + 1
        assert each.figures["profit_usd"] == near(each.value_usd)
    assert found.expected_usd <= planned(scenario, "expected").expected_usd + 1


def shaken(draft: Draft, seed: int) -> list[tuple[str, ...]]:
    """Return three points at which other supplies and demands come."""
    random = Random(seed)  # noqa: S311  # no secret
    limits = [
        (f"supply.{a}.{label}", limit)
        for a, spans in draft.scenario["supply"].items()
        for label, limit in spans.items()
    ]
    return [
        tuple(
            f"{path}={round(x * random.choice([0, 0.3, 1, 1.5]))}" for path, x in limits
        )
        for _ in range(3)
    ]


@few
@given(draft=drafts(), seed=st.integers(0, 10**6))
def test_no_other_commitment_does_better(draft: Draft, seed: int) -> None:
    """Neither that of any alternative alone, and nothing beats knowing beforehand."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = draft.load(Path(folder))
        alternatives = sampled(scenario, shaken(draft, seed))
        two = TwoStage(alternatives)
        for text in ("expected", "cvar:0.6", "regret"):
            criterion = criterion_of(text)
            found = robust_plan(scenario, alternatives, criterion)
            assert found.certificate.verified
            p = [each.probability for each in found.outcomes]
            alone = [-each.alone_usd for each in found.outcomes]
            own = [-each.value_usd for each in found.outcomes]
            room = 1e-7 * max(1.0, *map(abs, alone))
            assert all(x >= y - room for x, y in zip(own, alone, strict=True))
            for each in alternatives:
                losses = losses_with(two, each)
                if losses is not None:
                    most = criterion.of(losses, p, alone) + room
                    assert criterion.of(own, p, alone) <= most


def losses_with(two: TwoStage, planned_for: Alternative) -> list[float] | None:
    """Return losses [USD] with the orders of a plan for one; None: there is no plan."""
    orders = planned_for.ordered(solve_program(planned_for.program).values)
    found = []
    for number, each in enumerate(two.alternatives):
        live = Live()
        live.load(two.fixed(number, orders))
        best = live.optimum()
        if best.status != "optimal":
            return None
        musd = best.objective / each.program.cost_factor + each.constant_musd
        found.append(musd * 1e6)
    return found


def test_every_criterion_is_best_in_itself(doubt: Path) -> None:
    scenario = load_scenario(doubt)
    plans = {
        text: planned(scenario, text) for text in ("expected", "cvar:0.7", "regret")
    }
    p = [each.probability for each in plans["expected"].outcomes]
    alone = [-each.alone_usd for each in plans["expected"].outcomes]
    for text in plans:
        scores = {
            name: criterion_of(text).of([-x for x in values(plan)], p, alone)
            for name, plan in plans.items()
        }
        assert scores[text] == pytest.approx(min(scores.values()), rel=1e-9)
    assert len({bought(plan) for plan in plans.values()}) == 3


def test_after_the_commitment_every_alternative_does_its_best(doubt: Path) -> None:
    """Also where it does not decide the criterion, as the better ones do of cvar."""
    scenario = load_scenario(doubt)
    alternatives = declared(scenario)
    two = TwoStage(alternatives)
    for text in ("cvar:0.9", "regret"):
        found = robust_plan(scenario, alternatives, criterion_of(text))
        orders = {
            (
                "added",
                (row.accelerator, row.site, _period(scenario, row.period)),
            ): row.count
            for row in found.committed.purchases
        }
        for number, each in enumerate(alternatives):
            live = Live()
            live.load(two.fixed(number, orders))
            best = live.optimum()
            assert best.status == "optimal"
            musd = best.objective / each.program.cost_factor
            assert found.outcomes[number].value_usd == pytest.approx(
                -musd * 1e6, rel=1e-6
            )


def _period(scenario: Scenario, label: str) -> int:
    return [period.label for period in scenario.periods].index(label)


@pytest.mark.parametrize("criterion", ["expected", "cvar:0.9", "regret"])
def test_one_alternative_is_the_plain_plan(tmp_path: Path, criterion: str) -> None:
    path = tmp_path / "sure.yaml"
    shipped = SCENARIOS / "quickstart.yaml"
    path.write_text(f"extends: [{shipped}]\nname: sure\n{WITHOUT_DOUBT}")
    found = planned(load_scenario(path), criterion)
    plan = solve(load_scenario(shipped))
    assert values(found) == near([plan.objective.value_usd])
    assert found.perfect_information_usd == near(0)
    assert found.stochastic_solution_usd == near(0)
    rows = [(x.site, x.accelerator, x.period) for x in found.committed.purchases]
    assert sorted(rows) == sorted(
        (x.site, x.accelerator, x.period) for x in plan.purchases
    )
    counts = {(x.accelerator, x.period): x.count for x in plan.purchases}
    for row in found.committed.purchases:
        assert row.count == pytest.approx(counts[row.accelerator, row.period], rel=1e-9)


def test_hardly_any_tail_is_the_mean(doubt: Path) -> None:
    scenario = load_scenario(doubt)
    found, mean = planned(scenario, "cvar:1e-9"), planned(scenario, "expected")
    assert found.value_usd == pytest.approx(mean.value_usd, rel=1e-7)


def test_leases_and_expansions_are_committed(tmp_path: Path) -> None:
    texts = {
        "lease_or_own": "discount_rate: 6 %/year",
        "hyperion_build_out": "discount_rate: 6 %/year",
    }
    rows = {}
    for name, value in texts.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(
            f"extends: [{SCENARIOS / f'{name}.yaml'}]\nalternatives:\n"
            f"  - {{name: cheap_money, set: {{{value}}}}}\n"
            "  - {name: dear_money, set: {discount_rate: 10 %/year}}\n"
        )
        found = planned(load_scenario(path), "expected")
        assert found.certificate.verified
        assert found.perfect_information_usd >= 0
        rows[name] = found.committed
    assert rows["lease_or_own"].leases
    assert rows["hyperion_build_out"].expansions


def test_samples_are_alternatives_alike(doubt: Path) -> None:
    scenario = load_scenario(doubt)
    path = "workloads.assistant.demand.2026Q1"
    points = [(f"{path}={n} request/s",) for n in (15000, 16000, 17000)]
    found = robust_plan(scenario, sampled(scenario, points), Criterion("expected"))
    assert [each.name for each in found.outcomes] == [
        "sample_1",
        "sample_2",
        "sample_3",
    ]
    assert {each.probability for each in found.outcomes} == {1 / 3}
    gain = found.stochastic_solution_usd
    assert gain is not None
    assert gain >= 0


# --- Refusals, and the command --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("expectd", "did you mean 'expected'"),
        ("cvar", "write e.g. cvar:0.9"),
        ("cvar:1", "above 0 and below 1"),
        ("cvar:0", "above 0 and below 1"),
        ("cvar:90 %", "write e.g. cvar:0.9"),
        ("regret:2", "takes no number"),
        ("", "write expected, cvar:0.9 or regret"),
    ],
)
def test_what_is_no_criterion_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        criterion_of(text)


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ("objective: serve_by_priority, workloads.papers.priority: 1", "by_priority"),
        ("integer: true", "integer=false"),
        ("objective: minimize_cost", "another objective"),
        ("horizon.periods: 2", "another horizon"),
    ],
)
def test_what_cannot_be_decided_together_is_refused(
    world: World, sets: str, said: str
) -> None:
    text = f"alternatives: [{{name: other, set: {{{sets}}}}}]\n"
    with pytest.raises(UsageError, match=said):
        planned(world.scenario(NEWSVENDOR + text), "expected")


def test_without_alternatives_there_is_nothing_to_weigh(world: World) -> None:
    with pytest.raises(UsageError, match="states no alternatives"):
        planned(world.scenario(NEWSVENDOR), "expected")


def test_alternatives_without_a_plan_are_named(world: World) -> None:
    text = NEWSVENDOR.replace("maximize_value", "minimize_cost")
    none = text + LOW_HIGH.replace("200 request/s", "200 Mrequest/s")
    with pytest.raises(
        InfeasibleError, match=r"by itself: 1 of 2 alternatives \(high\)"
    ):
        planned(world.scenario(none), "expected")
    # 10 chips is all that money buys in one, and 20 must come in the other.
    apart = f"{text}budgets: {{capex: {{2026: 1 MUSD}}}}" + LOW_HIGH.replace(
        "100 request/s", "100 request/s, budgets.capex.2026: 250 kUSD"
    )
    with pytest.raises(InfeasibleError, match="no commitment keeps every limit"):
        planned(world.scenario(apart), "expected")


def test_the_command_prints_the_commitment(doubt: Path, tmp_path: Path) -> None:
    output = tmp_path / "robust.json"
    code, text, _ = command(str(doubt), "--robust", "regret", "-o", str(output))
    assert code == 0
    assert "one commitment for 3 alternatives; regret at most" in text
    assert "less may come in" in text
    assert "late" in text
    code, text, _ = command(str(doubt), "--robust", "regret", "--json")
    document = json.loads(text)
    assert output.read_text() == text
    assert document["criterion"] == "regret"
    assert document["value_usd"] == max(x["regret_usd"] for x in document["outcomes"])


def test_the_command_draws_samples(doubt: Path) -> None:
    pytest.importorskip("scipy", reason="draws are SciPy's")
    code, text, _ = command(str(doubt), "--robust", "expected", "--samples", "20")
    assert code == 0
    assert "one commitment for 20 alternatives" in text
    assert "8 better ones: -v" in text
    _, whole, _ = command(str(doubt), "--robust", "expected", "--samples", "20", "-v")
    assert whole.count("sample_") > text.count("sample_")


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--robust", "expected", "--solver", "cbc"], 2, "leave out --solver cbc"),
        (["--robust", "expected", "--export", "x.mps"], 2, "leave out --robust"),
        (["--robust", "expected", "--alternative", "late"], 2, "--alternative"),
        (["--robust", "expected", "--integer"], 2, "integer=false"),
        (["--robust", "expected", "--samples", "0"], 2, "write 1 or more"),
        (["--samples", "5"], 2, "--robust"),
        (["--plot", "x.svg"], 2, "--plot belongs to --robust"),
        (["--robust", "expected", "--plot", "x.pdf"], 2, ".png, .svg or .html"),
        (["--robust", "expected", "--set", "workloads.assistant.minimum=99%"], 3, ""),
    ],
)
def test_the_command_refuses(
    doubt: Path, options: list[str], code: int, said: str
) -> None:
    found, text, error = command(str(doubt), *options)
    assert (found, text) == (code, "")
    assert said in error


def test_the_picture_has_the_probabilities_of_the_outcomes(world: World) -> None:
    found = planned(world.scenario(NEWSVENDOR + LOW_HIGH), "expected")
    chart = picture(found)
    committed, alone = chart.series
    assert isinstance(committed, Line)
    assert isinstance(alone, Line)
    assert chart.x == Axis("profit", "kUSD")
    assert (committed.x, committed.y) == (near([20, 20, 140]), [0, 50, 100])
    assert (alone.x, alone.y) == (near([70, 70, 140]), [0, 50, 100])


def test_the_picture_is_written(doubt: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plot` is not installed")
    file = tmp_path / "robust.svg"
    assert command(str(doubt), "--robust", "regret", "--plot", str(file))[0] == 0
    assert "each planned alone" in file.read_text(encoding="utf-8")
