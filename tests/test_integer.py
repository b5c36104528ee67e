"""Integer plans: whole systems, replicas, runs and places, solved by hand.

The chip is that of ``test_hand_cases``: 25 k$, 5 years, 219 $ a year idle and 657 $
more when busy; the horizon is 2026 and 2027.
"""

import itertools
import math
from pathlib import Path

import pytest

from planner.api import solve
from planner.errors import InputError
from planner.plan.plan import Plan
from tests.strategies import World, bought, counts
from tests.test_hand_cases import BUSY_USD, IDLE_USD, NONE_BOUGHT, near

WHOLE = "integer: true\ngap: 0 %\n"
CHAT = """
objective: minimize_cost
workloads:
  - name: chat
    kind: inference
    demand: 100 request/s
    throughput: {chip: 10 request/s}
"""
YEAR = "horizon: {start: 2026, periods: 1}\n"
TWO_SITES = """
sites:
  - {name: here, power: 1 GW, pue: 1.25, electricity: 100 USD/MWh, carbon: 0.5 kg/kWh}
  - {name: there, power: 1 GW, pue: 1.25, electricity: 90 USD/MWh, carbon: 0.5 kg/kWh}
"""
RUN = """
workloads:
  - name: run
    kind: training
    tokens: 315360 Mtoken
    throughput: {chip: 1000 token/s, card: 2000 token/s}
    value: 1 MUSD
"""
"""Ten chips, or five cards, do it in a year of 31.536 Ms."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World(tmp_path)
    found.hardware("chip")
    found.hardware("card", "orderable: false")
    return found


def done(plan: Plan) -> float:
    (run,) = plan.runs
    return run.completed_fraction


def standing(**counts_of: int) -> str:
    """Return a fleet, keyed by ``accelerator_site``."""
    rows = [
        f"{{site: {s}, accelerator: {a}, count: {n}, installed: 2025}}"
        for key, n in counts_of.items()
        for a, s in [key.split("_")]
    ]
    return f"fleet: [{', '.join(rows)}]\n"


# ------------------------------------------------------------------- systems, replicas


def test_purchases_come_in_whole_systems(world: World) -> None:
    # Ten chips are needed; two servers of eight come. Six stand idle.
    world.hardware("chip", "system: {accelerators: 8}")
    plan = world.plan(WHOLE + CHAT)
    assert bought(plan, "period") == {("2026",): 16}
    assert [row.systems for row in plan.purchases] == [2]
    value = 16 * 25e3 * 2 / 5 + 2 * (16 * IDLE_USD + 10 * BUSY_USD)
    assert plan.objective.value_usd == near(value)
    # In fractions: 10 chips, as in test_a_purchase_is_charged_for_its_share_….
    assert plan.objective.continuous_usd == near(117_520)
    assert plan.objective.continuous_loss == near((value - 117_520) / 117_520)
    assert plan.objective.gap == near(0)
    assert plan.certificate is not None
    assert plan.certificate.verified
    assert plan.certificate.unique is None


def test_work_comes_in_whole_replicas(world: World) -> None:
    # 45 request/s at 10 are 4.5 chips: five replicas of one, three of two.
    text = WHOLE + CHAT.replace("100 request", "45 request")
    assert counts(world.plan(text), "period") == near({("2026",): 4.5, ("2027",): 4.5})
    plan = world.plan(text + "    replica: 2\n")
    assert counts(plan, "period") == {("2026",): 6, ("2027",): 6}
    assert [row.rounded_up for row in plan.allocation] == [None, None]


def test_two_types_and_two_services_are_the_best_of_all_ways(world: World) -> None:
    # Servers of 4 chips (one request/s each) or of 3 cards (two): every pair of
    # counts is tried, of which each service takes what it can.
    world.hardware("chip", "system: {accelerators: 4}")
    world.hardware("card", "system: {accelerators: 3}\nprice: {system: 44 kUSD}")
    text = """
objective: minimize_cost
accelerators: [chip, card]
workloads:
  - {name: a, kind: inference, demand: 9 request/s, replica: 2,
     throughput: {chip: 1 request/s, card: 2 request/s}}
  - {name: b, kind: inference, demand: 5 request/s, replica: 1,
     throughput: {chip: 1 request/s, card: 2 request/s}}
"""
    free = "sites: [{name: here, power: 1 GW, pue: 1, electricity: 0 USD/MWh, "
    free += "carbon: 0 kg/kWh}]\n"
    costs = []
    for chips, cards in itertools.product(range(6), repeat=2):
        for pairs, twos in itertools.product(range(6), repeat=2):  # replicas of a
            left_chips, left_cards = 4 * chips - 2 * pairs, 3 * cards - 2 * twos
            if min(left_chips, left_cards) < 0 or 2 * pairs + 4 * twos < 9:
                continue
            if left_chips + 2 * left_cards >= 5:
                costs.append((chips * 4 * 25e3 + cards * 3 * 44e3) * 2 / 5)
    plan = world.plan(WHOLE + text + free)
    assert plan.objective.value_usd == near(min(costs))


@pytest.mark.parametrize("replica", [None, 1])
@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_the_gpu_mix_of_bucketed_requests_is_the_published_optimum(
    world: World, replica: int | None, solver: str
) -> None:
    # Example of Mélange (Griggs et al. 2024): 30 request/s in four buckets, measured
    # throughputs and $/h of two GPUs. Buckets that may share a GPU take one of each,
    # 4.68 $/h; its own solver, which keeps each bucket on one type, says 6.70. Here a
    # price is a year of the hourly one and nothing is left of it; energy is free.
    gpus = {"chip": (1.01, (2, 1, 5, 2)), "card": (3.67, (20, 20, 40, 20))}
    rates = [6.0, 3.0, 15.0, 6.0]
    for name, (usd_per_hour, _) in gpus.items():
        price = f"price: {{system: {usd_per_hour * 8760} USD}}"
        world.hardware(name, f"{price}\nlifetime: 1 year")
    buckets = "".join(
        f"  - {{name: b{n}, kind: inference, demand: {rate} request/s, "
        f"throughput: {{chip: {slow} request/s, card: {fast} request/s}}"
        + (f", replica: {replica}}}\n" if replica else "}\n")
        for n, (rate, slow, fast) in enumerate(
            zip(rates, gpus["chip"][1], gpus["card"][1], strict=True)
        )
    )
    text = f"{WHOLE}{YEAR}objective: minimize_cost\naccelerators: [chip, card]\n"
    text += "sites: [{name: here, power: 1 GW, pue: 1, electricity: 0 USD/MWh, "
    text += f"carbon: 0 kg/kWh}}]\nworkloads:\n{buckets}"
    plan = solve(world.scenario(text), solver=solver)  # type: ignore[arg-type]  # one of the two
    ways = itertools.product(range(13), range(6))
    best = min(
        cheap * 1.01 + dear * 3.67
        for cheap, dear in ways
        if enough(cheap, dear, gpus, rates, whole=replica is not None)
    )
    assert plan.objective.value_usd == pytest.approx(best * 8760, rel=1e-6)
    assert best == pytest.approx(12.12 if replica else 4.68)
    divided = plan.objective.continuous_usd
    assert divided == pytest.approx(4.12875 * 8760, rel=1e-6)


def enough(
    cheap: int,
    dear: int,
    gpus: dict[str, tuple[float, tuple[int, ...]]],
    rates: list[float],
    *,
    whole: bool,
) -> bool:
    """Return whether so many GPUs of each type serve all buckets.

    Shared: of two types, the cheap ones take first what they are relatively best at.
    """
    slow, fast = gpus["chip"][1], gpus["card"][1]
    if not whole:
        left = float(cheap)
        needed = 0.0
        for n in sorted(range(4), key=lambda n: fast[n] / slow[n]):
            taken = min(left, rates[n] / slow[n])
            left -= taken
            needed += (rates[n] - taken * slow[n]) / fast[n]
        return needed <= dear + 1e-9
    least = [
        math.ceil(max(0.0, rates[n] - k * slow[n]) / fast[n] - 1e-9)
        for n in range(4)
        for k in range(cheap + 1)
    ]
    per = [least[n * (cheap + 1) : (n + 1) * (cheap + 1)] for n in range(4)]
    return any(
        sum(per[n][k] for n, k in enumerate(ks)) <= dear
        for ks in itertools.product(range(cheap + 1), repeat=4)
        if sum(ks) <= cheap
    )


# ------------------------------------------------------------------------------- runs


def test_a_run_is_done_or_not_begun_unless_it_is_divisible(world: World) -> None:
    text = WHOLE + YEAR + RUN + standing(chip_here=6) + NONE_BOUGHT
    text += "accelerators: [chip, card]\n"
    assert done(world.plan(text)) == 0
    assert done(world.plan(text, "workloads.run.divisible=true")) == near(0.6)
    assert done(world.plan(text, "integer=false")) == near(0.6)


def test_steps_of_value_count_in_sum_for_a_run_that_is_not_divided(
    world: World,
) -> None:
    steps = "[{up_to: 50 %, value: 3 MUSD}, {up_to: 90 %, value: 1 MUSD}]"
    text = WHOLE + YEAR + RUN.replace("1 MUSD", steps) + standing(chip_here=10)
    plan = world.plan(text + NONE_BOUGHT + "accelerators: [chip, card]\n")
    assert plan.runs[0].value_usd == near(0.5 * 3e6 + 0.4 * 1e6)


@pytest.mark.parametrize(
    ("word", "share"),
    [("", 1.0), ("single_site", 0.7), ("single_accelerator", 0.8), ("both", 0.6)],
)
def test_a_run_at_one_place_gets_what_the_best_place_holds(
    world: World, word: str, share: float
) -> None:
    # Tenths of the run in a year: here 3 chips and 2 cards (3 + 4), there 5 chips and
    # 1 card (5 + 2); chips together 8, cards 6. One type at one site: 5.
    fleet = standing(chip_here=3, card_here=2, chip_there=5, card_there=1)
    text = WHOLE + YEAR + RUN + TWO_SITES + fleet + NONE_BOUGHT
    text += "accelerators: [chip, card]\n"
    sets = ["workloads.run.divisible=true"]
    words = ["single_site", "single_accelerator"] if word == "both" else [word]
    sets += [f"workloads.run.{each}=true" for each in words if each]
    plan = world.plan(text, *sets)
    assert done(plan) == near(0.5 if word == "both" else share)
    (run,) = plan.runs
    assert len(run.sites) == (1 if "single_site" in words else 2)
    assert len(run.accelerators) == (1 if "single_accelerator" in words else 2)
    assert not any("spread" in text for text in plan.warnings) or word != "both"


def test_a_service_at_one_site_does_not_use_the_other(world: World) -> None:
    text = CHAT.replace("minimize_cost", "maximize_value")
    text += "    value: 1 USD/request\n" + TWO_SITES + NONE_BOUGHT
    text += standing(chip_here=4, chip_there=6)
    spread = world.plan(WHOLE + text)
    assert [row.served_fraction for row in spread.services] == near([1, 1])
    plan = world.plan(WHOLE + text, "workloads.chat.single_site=true")
    assert [row.served_fraction for row in plan.services] == near([0.6, 0.6])
    assert {row.site for row in plan.allocation} == {"there"}


def test_a_run_works_only_where_its_least_size_fits(world: World) -> None:
    # Ten stand. Chat takes 4 in 2026 and 2 in 2027; a run of at least 7 has room in
    # 2027 alone, where 8 do 8 tenths of a year's work of ten.
    text = """
workloads:
  - {name: chat, kind: inference, demand: {2026: 40 request/s, 2027: 20 request/s},
     throughput: {chip: 10 request/s}, minimum: 100 %}
  - {name: run, kind: training, tokens: 315360 Mtoken, throughput: {chip: 1000 token/s},
     value: 1 MUSD, divisible: true}
"""
    text = WHOLE + text + standing(chip_here=10) + NONE_BOUGHT
    free = world.plan(text)
    assert done(free) == near(1)
    plan = world.plan(text, "workloads.run.accelerators={minimum: 7}")
    assert done(plan) == near(0.8)
    used = counts(plan, "workload", "period")
    assert used["run", "2027"] == near(8)
    assert ("run", "2026") not in used
    none = world.plan(text, "workloads.run.accelerators={minimum: 9}")
    assert done(none) == 0


# ------------------------------------------------------------- bounds, limits, refusals


def test_a_plan_that_only_whole_systems_make_impossible_says_so(world: World) -> None:
    world.hardware("chip", "system: {accelerators: 8}")
    plan = world.plan(WHOLE + CHAT + "supply: {chip: {2026: 12, 2027: 0}}\n")
    assert plan.status == "infeasible"
    found = plan.infeasibility
    assert found is not None
    assert found.whole
    assert not found.conflict
    (fix,) = [fix for fix in found.fixes if fix.constraint == "supply"]
    assert fix.amount == near(4)
    assert fix.verified


def test_an_impossible_one_in_fractions_too_names_what_collides(world: World) -> None:
    plan = world.plan(WHOLE + CHAT + "supply: {chip: {2026: 8, 2027: 0}}\n")
    found = plan.infeasibility
    assert found is not None
    assert not found.whole
    assert "supply" in {row.constraint for row in found.conflict}


def test_prices_are_those_of_what_is_left_when_the_whole_is_fixed(world: World) -> None:
    # One server more would cost; one request/s more takes the energy of a tenth chip.
    world.hardware("chip", "system: {accelerators: 8}")
    plan = world.plan(WHOLE + CHAT)
    prices = {(p.constraint, p.period): p.value for p in plan.prices}
    assert prices["demand", "2026"] == near(-BUSY_USD / 10)
    assert not any(name == "supply" for name, _ in prices)


WORDS = [
    ("workloads.chat.single_site=true", "write 'integer: true', or --integer"),
    ("workloads.chat.single_accelerator=true", "write 'integer: true', or --integer"),
    ("workloads.chat.accelerators={minimum: 4}", "is for training runs"),
]


@pytest.mark.parametrize(("override", "message"), WORDS)
def test_whole_words_in_a_plan_of_fractions_are_refused(
    world: World, override: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        world.scenario(CHAT, override)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("supply: {chip: {2026: {limit: 40, committed: 12}}}\n", "write 8 or 16"),
        ("supply: {chip: {2026: {limit: 40, committed: 4}}}\n", "write 8, or 0"),
    ],
)
def test_a_commitment_that_is_not_in_whole_systems_is_refused(
    world: World, text: str, message: str
) -> None:
    world.hardware("chip", "system: {accelerators: 8}")
    world.scenario(CHAT + text)
    with pytest.raises(InputError) as caught:
        world.scenario(WHOLE + CHAT + text)
    assert message in str(caught.value)


def test_a_least_size_above_the_largest_is_refused(world: World) -> None:
    text = WHOLE + RUN + "accelerators: [chip, card]\n"
    override = "workloads.run.accelerators={minimum: 9, maximum: 8}"
    with pytest.raises(InputError) as caught:
        world.scenario(text, override)
    assert "9 is above its maximum 8" in str(caught.value)


def test_leases_come_in_whole_systems(world: World) -> None:
    # 45 request/s take 4.5 chips: by the hour two servers of four, for a term too.
    world.hardware("chip", "system: {accelerators: 4}\norderable: false")
    lease = "leases: [{name: cloud, accelerator: chip, price: 2 USD/hourMORE}]\n"
    for more in (", on_demand: true", ", term: 12 month"):
        text = (
            WHOLE
            + CHAT.replace("100 request", "45 request")
            + lease.replace("MORE", more)
        )
        plan = world.plan(text)
        assert [row.count for row in plan.leases] == near([8, 8])
        assert plan.objective.value_usd == near(2 * 8760 * 8 * 2)
        assert plan.objective.continuous_usd == near(2 * 8760 * 4.5 * 2)
