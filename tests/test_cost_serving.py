"""``planner cost inference`` and ``recommendation``: money, ranking, refusals."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from planner.cli.commands import Commands
from planner.cli.cost_serving import cost
from planner.cost.cases import load_cases
from planner.cost.grid import serving_rates
from planner.cost.market import Band, parse_price
from planner.cost.recommendation import ranking_rows
from planner.cost.serving import inference_rows
from planner.errors import InputError
from planner.performance.results import InferenceRate
from planner.specs.load import load_scenario

ROOT = Path(__file__).parents[1]
CHAT = ROOT / "scenarios" / "cases" / "chat.yaml"
RANKING = ROOT / "scenarios" / "cases" / "ranking.yaml"
CASE = "model: llama_3_3_70b, accelerator: h100, prompt: 1000 token, output: 500 token"

SHORT = "model: llama_3_3_70b, accelerator: h100, prompt: 100 token, output: 8000 token"
DLRM = "model: dlrm_dcnv2, accelerator: h100, precision: int8, demand: 1 Msample/s"


def run(*arguments: str | Path, text: str | None = None) -> Result:
    app = typer.Typer(cls=Commands, pretty_exceptions_enable=False)
    app.add_typer(cost, name="cost")
    listed = ["cost", *(str(each) for each in arguments)]
    return CliRunner().invoke(app, listed, input=text)


def case_file(*cases: str) -> str:
    return "cases:\n" + "".join(
        f"  - {{name: c{n}, {c}}}\n" for n, c in enumerate(cases)
    )


def document(*arguments: str | Path, text: str | None = None) -> dict[str, Any]:
    result = run(*arguments, "--json", text=text)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def one(case: str, *arguments: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = document(
        "inference", "-", *arguments, text=case_file(case)
    )["cases"]
    assert len(rows) == 1
    return rows[0]


def test_the_json_has_the_keys_of_the_format() -> None:
    row = one(CASE)

    assert {
        "name",
        "model",
        "accelerator",
        "precision",
        "replica",
        "batch",
        "binding",
        "output_token_s_per_accelerator",
        "interval",
        "request_s_per_accelerator",
        "time_per_output_token_ms",
        "time_to_first_token_ms",
        "cost_usd_per_mtoken",
        "utilisation",
        "energy_wh_per_1k_output_tokens",
        "confidence",
    } <= row.keys()
    assert row["precision"] == "fp8"
    assert row["interval"]["low"] < row["output_token_s_per_accelerator"]


def test_costs_add_up() -> None:
    """Input and output tokens of a request cost what its accelerator-seconds cost."""
    row = one(CASE)
    case = load_cases(str(CHAT), "inference", accelerators=["h100"])[0]
    owned, rented = case.candidates[0].owned, case.candidates[0].rented
    assert owned is not None
    assert rented is not None

    for name, hourly in (("owned", owned.total.base), ("rented", rented.base)):
        found = row["cost_usd_per_mtoken"][name]
        request_usd = hourly / 3600 / row["request_s_per_accelerator"]
        shared = 1000 * found["input"]["base"] + 500 * found["output"]["base"]
        assert shared / 1e6 == pytest.approx(request_usd)
        assert 1500 * found["blended"]["base"] / 1e6 == pytest.approx(request_usd)
        for part in found.values():
            assert part["low"] < part["base"] < part["high"]


def test_energy_and_requests_of_a_megawatt() -> None:
    """888 W under load and a PUE of 1.08."""
    row = one(CASE)
    kilowatts = 0.888 * 1.08

    per_token_s = row["output_token_s_per_accelerator"]
    wh = kilowatts * 1000 / 3600 / per_token_s * 1000
    assert row["energy_wh_per_1k_output_tokens"] == pytest.approx(wh)
    served = row["request_s_per_accelerator"] / kilowatts * 1000
    assert row["request_s_per_mw"] == pytest.approx(served)


def test_all_accelerators_are_ranked_and_the_others_say_why() -> None:
    rows = document("inference", CHAT, "--accelerator", "all")["cases"]
    own = [row for row in rows if row["name"] == "llama_70b_chat"]
    hardware = sorted(path.stem for path in (ROOT / "hardware").glob("*.yaml"))

    assert sorted(row["accelerator"] for row in own) == hardware
    priced = [
        row["cost_usd_per_mtoken"]["owned"]["blended"]["base"]
        for row in own
        if "rejected" not in row and row["cost_usd_per_mtoken"]["owned"]
    ]
    assert priced == sorted(priced)
    out = {row["accelerator"]: row["rejected"] for row in own if "rejected" in row}
    assert out["mtia_v2"]["reason"] == "kind"
    assert "60 ms" in out["mtia_v2"]["detail"]


@pytest.mark.parametrize("name", ["trainium2", "mtia_400", "mtia_450", "mtia_500"])
def test_doubtful_accelerators_are_marked_everywhere(name: str) -> None:
    """In the JSON, in the table and below it."""
    row = one(CASE, "--accelerator", name)
    text = run("inference", CHAT, "--accelerator", name).stdout

    assert row["confidence"] == "low"
    assert any("low confidence" in note for note in row["notes"])
    assert "low, " in text
    assert f"low confidence, few or no measurements are public ({name})" in text
    low, high = row["interval"]["low"], row["interval"]["high"]
    assert high / low > 1.8


def test_factors_are_measured_or_assumed() -> None:
    names = "h100,b200,mi300x,trainium2,b300,mtia_450,a100"
    rows = document("inference", CHAT, "--accelerator", names)["cases"]
    found = {row["accelerator"]: row["efficiency"] for row in rows}

    assumed = {name for name, evidence in found.items() if evidence == "assumed"}
    assert assumed == {"b300", "mtia_450", "a100"}


@pytest.mark.parametrize(
    ("case", "binding"),
    [
        (f"{CASE}, concurrency: 4", "concurrency"),
        (f"{CASE}, time_per_output_token: 30 ms", "latency"),
        (f"{CASE}, replica: 2", "compute"),
        (
            f"{SHORT}, replica: 2",
            "capacity",
        ),
        (
            CASE.replace("llama_3_3_70b", "llama_3_1_8b"),
            "compute",
        ),
    ],
)
def test_what_binds(case: str, binding: str) -> None:
    assert one(case)["binding"] == binding


def test_two_faster_accelerators_of_one_peak_in_fp8() -> None:
    """B300 has the B200's fp8 peak and bandwidth and more memory: never slower."""
    rates = {
        name: one(f"{CASE}, precision: fp8", "--accelerator", name)
        for name in ("b200", "b300", "gb200", "gb300")
    }
    of = "request_s_per_accelerator"

    assert rates["b300"][of] >= rates["b200"][of]
    assert rates["gb300"][of] >= rates["gb200"][of]


def test_trainium3_gains_little_from_fp4() -> None:
    """Its fp4 peak is its fp8 peak: smaller weights alone make it faster."""
    fp4, fp8 = (
        one(f"{CASE}, precision: {precision}", "--accelerator", "trainium3")
        for precision in ("fp4", "fp8")
    )
    of = "request_s_per_accelerator"

    assert 1.0 <= fp4[of] / fp8[of] < 1.5


def test_cached_prompts_are_cheaper() -> None:
    none, half = one(CASE), one(f"{CASE}, cache_hit: 50 %")

    for kind in ("input", "blended"):
        before, after = (
            row["cost_usd_per_mtoken"]["owned"][kind]["base"] for row in (none, half)
        )
        assert after < before


MARKET = "input=0.20..0.90,output=0.30..0.90 USD/Mtoken"


def test_against_a_hosts_price() -> None:
    """At break-even utilisation the owner pays what the host charges."""
    row = one(CASE, "--market-price", MARKET, "--host-revenue-share", "20 %")
    market, cost_usd = row["market"], row["cost_usd_per_mtoken"]["owned"]["blended"]
    price = market["price_usd_per_mtoken"]

    assert price["low"] == pytest.approx((1000 * 0.2 + 500 * 0.3) / 1500)
    assert price["high"] == pytest.approx(0.9)
    margin = market["owned"]["margin"]
    assert margin["at_low_price"] == pytest.approx(1 - cost_usd["base"] / price["low"])
    assert market["partner_income_usd_per_mtoken"]["high"] == pytest.approx(0.18)

    use = market["owned"]["break_even_utilisation"]["at_low_price"]
    case = load_cases(str(CHAT), "inference", accelerators=["h100"])[0]
    owned = case.candidates[0].owned
    assert owned is not None
    energy = owned.components["energy"].base
    capital = (owned.total.base - energy) * 0.7
    tokens_h = row["request_s_per_accelerator"] * 3600 * 1500
    assert (capital / use + energy) / tokens_h * 1e6 == pytest.approx(price["low"])

    day = market["owned"]["break_even_tokens_per_day"]["at_low_price"]
    per_day = capital * 24 * row["replica"] + day / tokens_h * energy
    assert per_day == pytest.approx(day * price["low"] / 1e6)


def test_a_host_that_is_always_cheaper() -> None:
    row = one(CASE, "--market-price", "input=0.001,output=0.001 USD/Mtoken")

    for how in ("owned", "rented"):
        found = row["market"][how]
        assert found["margin"]["at_low_price"] < 0
        assert found["break_even_tokens_per_day"]["at_high_price"] is None
    text = run("inference", "-", "--market-price", MARKET, text=case_file(CASE)).stdout
    assert "Against a host at 0.233 to 0.9 USD" in text


@pytest.mark.parametrize(
    ("model", "accelerator"),
    [
        (model, accelerator)
        for model in ("llama_70b_chat", "maverick_chat")
        for accelerator in ("h100", "h200", "b200", "gb200", "mi300x")
    ],
)
def test_within_or_below_the_hosts_band(model: str, accelerator: str) -> None:
    """Hosts of Llama 3.3 70B and Llama 4 Maverick charge 0.20 to 0.90 USD/Mtoken.

    Rented at list prices and always busy, a chat costs less than the top of the band;
    owned, less than its middle.
    """
    rows = document("inference", CHAT, "--accelerator", accelerator)["cases"]
    row = next(row for row in rows if row["name"] == model)
    found = row["cost_usd_per_mtoken"]

    assert 0.01 < found["owned"]["blended"]["base"] < 0.55
    assert 0.02 < found["rented"]["blended"]["base"] < 0.90
    assert found["owned"]["blended"]["base"] < found["rented"]["blended"]["base"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.5", "is not a price; write e.g."),
        ("input=0.9..0.2,output=0.3 USD/Mtoken", "does not rise"),
        ("input=1,output=2 EUR/Mtoken", "is not a price"),
        ("input=nan,output=2 USD/Mtoken", "is not a price"),
        ("input=-1,output=2 USD/Mtoken", "does not rise"),
    ],
)
def test_wrong_prices(text: str, said: str) -> None:
    result = run("inference", CHAT, "--market-price", text)

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_price_without_a_band() -> None:
    price = parse_price("input=0.5,output=1 USD/Mtoken")

    assert price.input == pytest.approx(Band(0.5e-6, 0.5e-6))
    assert price.host_revenue_share == 0.0
    assert run("inference", CHAT, "--host-revenue-share", "20 %").exit_code == 2


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (f"{CASE}, concurrency: 0", "0 is not a whole number of at least 1"),
        (f"{CASE}, precision: fp6", "'fp6' is not one of"),
        (f"{CASE}, replica: 0", "0 is not a whole number"),
        (CASE.replace("500 token", "0 token"), "an answer without tokens"),
        (CASE.replace("h100", "h1000"), "did you mean 'h100'"),
        (CASE.replace("llama_3_3_70b", "ads_late_ranking"), "is a ranking model"),
        (CASE.replace("llama_3_3_70b", "llama_3_3"), "is not in the catalogue"),
        (
            DLRM,
            "use 'planner cost recommendation'",
        ),
    ],
)
def test_invalid_cases(case: str, said: str) -> None:
    result = run("inference", "-", text=case_file(case))

    assert result.exit_code == 2
    assert said in result.stderr
    assert "<stdin>:2:" in result.stderr


@pytest.mark.parametrize(
    ("case", "reason", "nearest"),
    [
        (
            "model: llama_3_1_405b, accelerator: h100, replica: 4",
            "memory",
            "replica: 8",
        ),
        ("model: llama_3_1_405b, accelerator: a100_40gb", "memory", "replica: 23"),
        (
            "model: llama_3_1_405b, accelerator: h100, time_per_output_token: 5 ms",
            "latency",
            "ms can be kept, with replica: 16 in fp8",
        ),
        (
            "model: llama_3_1_405b, accelerator: h100, time_to_first_token: 10 ms",
            "latency",
            "time_to_first_token: ",
        ),
        ("model: llama_3_3_70b, accelerator: h100, precision: fp4", "precision", "fp8"),
        ("model: llama_3_3_70b, accelerator: mtia_v2", "kind", ""),
    ],
)
def test_what_cannot_be_done_says_what_comes_nearest(
    case: str, reason: str, nearest: str
) -> None:
    text = case_file(f"{case}, prompt: 1000 token, output: 500 token", CASE)
    rows = document("inference", "-", text=text)["cases"]
    alone = run(
        "inference", "-", text=case_file(f"{case}, prompt: 1 token, output: 1 token")
    )

    assert rows[0]["rejected"]["reason"] == reason
    assert nearest in rows[0]["rejected"]["nearest"]
    assert "rejected" not in rows[1]
    assert alone.exit_code == 2
    assert "<stdin>:2:5: cases.c0" in alone.stderr


def test_the_nearest_thing_works() -> None:
    """What is proposed for a missed limit is a case that can be done."""
    base = (
        "model: llama_3_1_405b, accelerator: h100, prompt: 1 ktoken, output: 1 ktoken"
    )
    row = one(f"{base}, time_per_output_token: 23.5 ms, replica: 16, precision: fp8")

    assert row["time_per_output_token_ms"] <= 23.5


def test_limits_of_validity_are_printed() -> None:
    text = case_file(
        "model: llama_3_1_8b, accelerator: b200, prompt: 100 token, output: 100 token, "
        "concurrency: 1",
        "model: llama_4_maverick, accelerator: h100, prompt: 1 ktoken, "
        "output: 1 ktoken, replica: 16",
    )
    printed = run("inference", "-", text=text).stdout

    assert "below the 12 ms" in printed
    assert "no term for the network between" in printed
    assert "mixture of experts" in printed
    assert "small model" in printed
    assert "defaults: pue 1.08, electricity 65 USD/MWh" in printed


def test_the_best_configuration_is_the_planners() -> None:
    """A replica of any other size asks for more accelerator-seconds."""
    serving = load_cases(str(CHAT), "inference", accelerators=["h100"])[0]
    best = inference_rows(serving)[0].rate
    assert isinstance(best, InferenceRate)

    for size in (1, 2, 4, 8, 16):
        case = serving.case.model_copy(update={"replica": size})
        rows = document(
            "inference",
            CHAT,
            "--accelerator",
            "h100",
            "--set",
            f"cases.llama_70b_chat.replica={size}",
        )["cases"]
        assert case.name == rows[0]["name"]
        if "rejected" not in rows[0]:
            assert rows[0]["request_s_per_accelerator"] <= best.request_s * (1 + 1e-12)


def test_ranking_cases() -> None:
    rows = document("recommendation", RANKING)["cases"]
    found = {(row["name"], row["accelerator"]): row for row in rows}
    mtia, h100 = found["ads_late", "mtia_v2"], found["ads_late", "h100"]

    assert mtia["sample_s_per_accelerator"] * 24 == pytest.approx(
        h100["sample_s_per_accelerator"] * 8, rel=0.02
    )
    # 180 GB over 126 GB of memory, 40 copies.
    assert mtia["accelerators_for_memory"] == 80
    assert mtia["binding"] == "compute"
    demand = 2e9 / (mtia["sample_s_per_accelerator"] * mtia["utilisation"])
    assert mtia["accelerators"] == pytest.approx(demand, abs=1)
    owned = mtia["cost_usd_per_msample"]["owned"]
    assert owned["low"] < owned["base"] < owned["high"]
    assert mtia["cost_usd_per_msample"]["rented"] is None


def test_tables_set_the_number_where_they_are_many() -> None:
    """A hundred times the copies: capacity binds, and each sample costs more."""
    few, many = (
        document(
            "recommendation",
            RANKING,
            "--accelerator",
            "h100",
            "--set",
            f"cases.ads_late.copies={copies}",
        )["cases"][0]
        for copies in (40, 40000)
    )

    assert few["binding"] == "compute"
    assert many["binding"] == "capacity"
    assert many["accelerators"] == many["accelerators_for_memory"] == 120000
    for how in ("owned", "rented"):
        cheap, dear = (row["cost_usd_per_msample"][how]["base"] for row in (few, many))
        assert dear > 5 * cheap


def test_requests_of_a_model_with_a_user_side_alone() -> None:
    text = case_file(
        "model: hstu_ranking, accelerator: [gb200, mtia_v2], precision: fp16, "
        "demand: 1 krequest/s, latency: 1 s"
    )
    rows = document("recommendation", "-", text=text)["cases"]

    assert rows[0]["request_s_per_accelerator"] > 0
    assert rows[0]["sample_s_per_accelerator"] is None
    assert "cost_usd_per_mrequest" in rows[0]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("precision: fp4", "h100 has no fp4 peak; nearest: precision: one of"),
        (
            "precision: fp16, latency: 1 us, candidates: 100 sample/request",
            "limit 0.001",
        ),
        ("precision: fp5", "'fp5' is not one of"),
    ],
)
def test_ranking_that_cannot_be_done(case: str, said: str) -> None:
    head = "model: ads_late_ranking, accelerator: h100, demand: 1 Msample/s"
    result = run("recommendation", "-", text=case_file(f"{head}, {case}"))

    assert result.exit_code == 2
    assert said in result.stderr


def test_trainium_ranks_nothing() -> None:
    serving = load_cases(
        str(RANKING), "recommendation", accelerators=["trainium2", "h100"]
    )[0]
    rows = ranking_rows(serving)

    assert rows[0].candidate.chip.name == "h100"
    assert rows[1].rejected is not None
    assert rows[1].rejected.reason == "kind"


@pytest.mark.parametrize("name", ["conversation", "code", "long_chat", "agents"])
def test_a_scenario_takes_its_demand_from_a_trace(name: str, tmp_path: Path) -> None:
    """Lengths, cache hits, peak and headroom come with the name of the workload."""
    by_users = name in ("conversation", "long_chat")
    demand = "{users: 1 Muser}" if by_users else "100 request/s"
    trace = ROOT / "scenarios" / "common" / f"demand_{name}.yaml"
    path = tmp_path / "scenario.yaml"
    path.write_text(
        f"""\
extends: [{trace}]
name: traced
currency_year: 2026
horizon: {{start: 2026, periods: 1}}
objective: maximize_value
accelerators: [b200]
sites: [{{name: here, power: {{2026: 1 MW}}}}]
fleet: [{{site: here, accelerator: b200, count: 8, installed: 2025}}]
workloads:
  - name: {name}
    model: llama_3_3_70b
    precision: fp8
    demand: {demand}
    value: 1 USD/Mtoken
""",
        encoding="utf-8",
    )
    workload: Any = load_scenario(path).workloads[name]

    assert workload.prompt.magnitude in (1155, 2048, 12035, 15325)
    assert workload.peak_to_average == 1.5
    assert workload.headroom == 0.2


def test_rates_by_name() -> None:
    """The library's front door gives what the command prints."""
    row = one(CASE)

    grid = serving_rates("llama_3_3_70b", "h100", [1000, 2000], 500)

    assert grid.request_s[0] == pytest.approx(row["request_s_per_accelerator"])
    assert grid.precision[0] == row["precision"]
    assert grid.request_s[1] < grid.request_s[0]
    assert not serving_rates("llama_3_3_70b", "mtia_v2", 1000, 500).replica.any()
    with pytest.raises(InputError, match="llama_3_3"):
        serving_rates("llama_3_3", "h100", 1000, 500)


def test_a_fleet_for_users() -> None:
    """500 M weekly users at 3.7 messages a day: 21 k/s, half more at the peak."""
    row = one(CASE, "--users", "500 Muser")
    demand = row["demand"]

    assert demand["mean_request_s"] == pytest.approx(5e8 * 3.7 / 86400)
    assert demand["peak_request_s"] == pytest.approx(1.5 * demand["mean_request_s"])
    provided = 1.2 * demand["peak_request_s"]
    assert demand["provided_request_s"] == pytest.approx(provided)
    needed = provided / row["request_s_per_accelerator"]
    assert 0 <= demand["accelerators"] - needed < row["replica"]
    assert demand["accelerators"] % row["replica"] == 0
    text = run("inference", "-", "--users", "1 user", text=case_file(CASE)).stdout
    assert "with headroom" in text
    assert "requests_per_user 3.7 request/user/day" in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--users", "many"), "has no number"),
        (("--users", "0 user"), "must be above 0"),
        (("--users", "1 Muser", "--trace", "chats"), "known are agents, code"),
        (("--users", "1 Muser", "--trace", "code"), "does not count requests by user"),
    ],
)
def test_wrong_users(options: tuple[str, ...], said: str) -> None:
    result = run("inference", CHAT, *options)

    assert result.exit_code == 2
    assert said in result.stderr
