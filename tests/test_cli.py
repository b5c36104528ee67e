"""The command line from outside: what it prints where, and how it exits."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import planner.cli.solve
from planner.api import solve
from planner.cli.app import app
from planner.cli.errors import worst_code
from planner.cli.format import change, count, digits, money, percent, runs_of, scaled
from planner.cli.schema import schema_of
from planner.documents import parse_yaml, plain
from planner.errors import AuditError
from planner.plan.plan import Plan
from planner.plan.rows import RunRow
from planner.specs.scenario import Scenario

ROOT = Path(__file__).parents[1]
SCENARIOS = ROOT / "scenarios"
QUICKSTART = SCENARIOS / "quickstart.yaml"
IMPOSSIBLE = SCENARIOS / "impossible_deadline.yaml"
TEXT = QUICKSTART.read_text(encoding="utf-8")
SHIPPED = sorted(SCENARIOS.glob("*.yaml"))

COMMANDS = (
    [],
    ["validate"],
    ["show"],
    ["solve"],
    ["hardware"],
    ["hardware", "list"],
    ["hardware", "show"],
    ["schema"],
)


def run(*arguments: str | Path, **options: Any) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], **options)


def process(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "planner", *map(str, arguments)],
        env=environment,
        capture_output="stdout" not in options,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def changed(pattern: str, new: str) -> str:
    text, found = re.subn(pattern, new, TEXT, count=1)
    assert found
    return text


ZERO = "    throughput: {h100: 0 sample/s}\n    copies:"
POWER = r"(?<=    )power: \d+ MW"


def one_document(result: Result) -> dict[str, Any]:
    document = json.loads(result.stdout)
    assert document["format_version"] == 1
    return document


# ---------------------------------------------------------------- help and options


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help(command: list[str], option: str) -> None:
    result = run(*command, option)

    assert result.exit_code == 0
    assert "Usage: planner" in result.stdout.replace("root", "planner")
    assert result.stderr == ""


def test_version() -> None:
    done = process("--version")

    assert done.returncode == 0
    assert done.stdout.startswith("planner ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["slove", "x"], "Did you mean 'solve'"),
        (["solve", "--bogus"], "No such option"),
        (["solve"], "Missing argument"),
        (["solve", "x", "--solver", "gurobi"], "gurobi"),
        (["solve", "x", "--time-limit", "nan"], "nan is not a time"),
        (["solve", "x", "--time-limit", "-1"], "-1 is not a time"),
        (["schema", "nothing"], "nothing"),
        (["hardware", "show", "b20"], "did you mean 'b200'"),
        (["solve", "x", "--data-dir", "nowhere"], "is not a folder"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], said: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_wrong_usage_with_json_is_a_document() -> None:
    result = run("solve", "--json", "--bogus")

    assert result.exit_code == 2
    error = one_document(result)["error"]
    assert error["exit_code"] == 2
    assert "No such option" in error["problems"][0]["message"]


def test_no_color_is_respected() -> None:
    forced = {"FORCE_COLOR": "1", "NO_COLOR": "1"}
    done = process("hardware", "list", env=forced)

    assert done.returncode == 0
    assert "\x1b[3" not in done.stdout


def test_output_without_a_terminal_has_no_escapes() -> None:
    done = process("solve", QUICKSTART)

    assert "\x1b" not in done.stdout


def test_ascii_terminals_get_ascii() -> None:
    done = process("solve", QUICKSTART, env={"PYTHONIOENCODING": "ascii"})

    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "###" in done.stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, planner.cli.app;"
        "print([m for m in ('pandas','pint','pydantic','numpy','rich','yaml')"
        " if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"


# ---------------------------------------------------------------- bad input

BAD = {
    "wrong dimension": (changed(POWER, "power: 80 GB"), "is not a power"),
    "missing unit": (changed(POWER, "power: 24"), "has no unit"),
    "nan": (changed(POWER, "power: nan MW"), "not a finite number"),
    "infinite": (changed(POWER, "power: .inf"), "not a finite number"),
    "negative": (changed(POWER, "power: -24 MW"), "is negative"),
    "power tower": (changed(POWER, "power: 9**9**9 W"), "<number> <unit>"),
    "zero throughput": (
        changed("    copies:", ZERO),
        "must be above 0",
    ),
    "unknown key": (changed("pue: 1", "pui: 1"), "did you mean 'pue'"),
    "unknown accelerator": (
        changed("name: b200", "name: b201"),
        "did you mean 'b200'",
    ),
    "duplicate key": (changed("periods:", "periods: 3, periods:"), "twice"),
    "no power": (changed(POWER, "#"), "power: is missing"),
    "deadline before start": (
        changed("    deadline: 2026Q", "    deadline: 2025Q"),
        "is before its start",
    ),
    "share over 100 %": (changed(r"minimum: \d+ %", "minimum: 150 %"), "100%"),
    "empty": ("", "empty"),
    "a list": ("[1, 2]", "not a mapping"),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("command", ["validate", "show", "solve"])
def test_bad_input_is_one_line_with_its_place(
    tmp_path: Path, command: str, text: str, said: str
) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    result = run(command, path)

    assert result.exit_code == 2, result.stderr
    [line] = result.stderr.splitlines()
    assert said in line
    assert line.startswith(f"{path}:")
    if text:
        assert line.removeprefix(f"{path}:").split(":")[0].isdigit()


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    path.write_text("\n".join(lines), encoding="utf-8")
    result = run("solve", path)

    assert result.exit_code == 2
    assert "'*a' is an alias" in result.stderr
    assert "Traceback" not in result.stderr


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50_000_000)


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "large": (_large, "larger than"),
    "binary": (lambda path: path.write_bytes(bytes(range(256))), "is not text"),
    "folder": (lambda path: path.mkdir(), "is a folder"),
    "missing": (lambda _: None, "does not exist"),
}


@pytest.mark.parametrize(("make", "said"), FILES.values(), ids=FILES)
def test_unreadable_files_are_one_line(
    tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    path = tmp_path / "scenario.yaml"
    make(path)
    result = run("solve", path)

    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("sits.ohio.pue=2", "did you mean 'sites'"),
        ("sites.ohio.pui=2", "did you mean 'pue'"),
        ("sites.oho.pue=2", "did you mean 'ohio'"),
        ("sites.ohio.power=3 GB", "is not a power"),
        ("nonsense", "is not an override"),
        ("x=null", "there is no 'x'"),
    ],
)
def test_wrong_override_is_one_line(override: str, said: str) -> None:
    result = run("solve", QUICKSTART, "--set", override)

    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert said in line
    assert line.startswith("--set: ")


def test_json_of_bad_input_is_one_document(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(changed(POWER, "power: 80 GB"), encoding="utf-8")
    for command in ("validate", "show", "solve"):
        result = run(command, path, "--json")
        error = one_document(result)["error"]

        assert result.exit_code == error["exit_code"] == 2
        [problem] = error["problems"]
        assert problem["path"] == "sites.ohio.power"
        assert problem["line"] > 0
        assert set(problem) == {
            "file",
            "line",
            "column",
            "path",
            "message",
            "expected",
            "hint",
        }


# ---------------------------------------------------------------- exit codes


def test_solved_is_0_and_expected_infeasible_too() -> None:
    assert run("solve", QUICKSTART).exit_code == 0
    result = run("solve", IMPOSSIBLE)

    assert result.exit_code == 0
    assert "infeasible, as the scenario expects" in result.stdout


def test_expected_infeasible_that_solves_is_1() -> None:
    result = run("solve", QUICKSTART, "--set", "expect=infeasible", "-q")

    assert result.exit_code == 1
    assert "there is a plan" in result.stderr


def test_infeasible_is_3_and_prints_no_plan() -> None:
    result = run("solve", IMPOSSIBLE, "--set", "expect=optimal")

    assert result.exit_code == 3
    assert "infeasible" in result.stderr
    assert "Purchases" not in result.stdout
    document = one_document(
        run("solve", IMPOSSIBLE, "--set", "expect=optimal", "--json")
    )
    assert document["status"] == "infeasible"
    assert document["objective"]["value_usd"] is None
    assert document["fleet"] == []


def test_infeasible_names_what_nothing_can_do() -> None:
    path = "workloads.llama_run.accelerators.allowed=[mtia_v2]"
    result = run(
        "solve", QUICKSTART, "--set", path, "--set", "workloads.llama_run.minimum=1"
    )

    assert result.exit_code == 3
    assert "llama_run: no accelerator of this scenario can do it" in result.stdout
    assert "mtia_v2 does not run llm_training" in result.stdout


def test_time_limit_is_4(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(scenario: Scenario, **options: Any) -> Plan:
        plan = solve(scenario, **options)
        unproven = replace(plan.objective, value_usd=None, bound_usd=5e6)
        return replace(
            plan, status="time_limit", objective=unproven, metrics=None, audit=None
        )

    monkeypatch.setattr(planner.cli.solve, "solve", stopped)
    result = run("solve", QUICKSTART, "--time-limit", "5")

    assert result.exit_code == 4
    assert "time limit of 5 s before a proven optimum; bound 5,000,000" in result.stderr
    assert "not proven" in result.stdout


def raising(error: BaseException) -> Callable[..., Plan]:
    def refuse(*_: object, **__: object) -> Plan:
        raise error

    return refuse


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ZeroDivisionError("division by zero"), 70, "this is a bug"),
        (AuditError("the plan fails its audit"), 70, "this is a bug"),
        (RecursionError("too deep"), 70, "this is a bug"),
        (MemoryError(), 70, "memory"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_raised_is_one_line(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    monkeypatch.setattr(planner.cli.solve, "solve", raising(error))
    result = run("solve", QUICKSTART)

    assert result.exit_code == code
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    if isinstance(error, Exception):
        assert "Traceback" in run("solve", QUICKSTART, "--debug").stderr
    document = one_document(run("solve", QUICKSTART, "--json"))
    assert document["error"]["exit_code"] == code


def test_worst_code_of_several() -> None:
    assert worst_code([]) == 0
    assert worst_code([0, 1]) == 1
    assert worst_code([3, 2, 1]) == 3
    assert worst_code([0, 70, 4]) == 70


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m planner show {QUICKSTART} | head -n 1"
    done = subprocess.run(  # noqa: S603 - our own command
        ["bash", "-o", "pipefail", "-c", command],  # noqa: S607 - the user's
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert done.stdout == "name: quickstart\n"
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = process("hardware", "list", stdout=full, stderr=subprocess.PIPE)

    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1


# ---------------------------------------------------------------- validate


def test_validate_checks_all_that_is_shipped() -> None:
    result = run("validate", SCENARIOS, ROOT / "hardware")

    assert result.exit_code == 0, result.stderr
    assert "0 with problems" in result.stdout
    assert "(hardware)" in result.stdout
    assert "(model)" in result.stdout
    assert "(economics)" in result.stdout


def test_validate_reports_every_problem_of_every_file(tmp_path: Path) -> None:
    bad = changed(POWER, "power: 80 GB").replace("pue: 1", "pui: 1")
    (tmp_path / "one.yaml").write_text(bad, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(bad, encoding="utf-8")
    result = run("validate", tmp_path, QUICKSTART)

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 4
    assert "3 files checked, 2 with problems" in result.stdout


def test_validate_reads_standard_input() -> None:
    assert run("validate", "-", input=TEXT).exit_code == 0
    bad = changed(POWER, "power: 80 GB")
    result = run("validate", "-", input=bad)

    assert result.exit_code == 2
    assert result.stderr.startswith("<stdin>:")


def test_validate_with_json() -> None:
    files = one_document(run("validate", QUICKSTART, "--json"))["files"]

    assert [file["kind"] for file in files] == ["scenario"]


def test_validate_knows_files_by_place_and_by_keys(tmp_path: Path) -> None:
    (tmp_path / "hardware").mkdir()
    b200 = (ROOT / "hardware" / "b200.yaml").read_text(encoding="utf-8")
    (tmp_path / "hardware" / "b200.yaml").write_text(b200, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(b200, encoding="utf-8")
    result = run("validate", tmp_path)

    assert result.exit_code == 0
    assert result.stdout.count("ok (hardware)") == 2


def test_shipped_numbers_need_a_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hardware").mkdir()
    path = tmp_path / "hardware" / "x.yaml"
    path.write_text("name: x\nvendor: y\npower: {nameplate: 1 kW}\n", encoding="utf-8")
    assert run("validate", path).exit_code == 0
    monkeypatch.setattr("planner.cli.files.shipped_folder", lambda: tmp_path)
    result = run("validate", path)

    assert result.exit_code == 2
    assert f"{path}:3:20: power.nameplate: no source covers '1 kW'" in result.stderr


# ---------------------------------------------------------------- show and hardware


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_show_prints_is_the_same_scenario(path: Path) -> None:
    shown = run("show", path).stdout
    again = run("show", "-", input=shown)

    assert again.exit_code == 0, again.stderr
    assert again.stdout == shown


def test_show_gives_the_same_plan() -> None:
    shown = run("show", QUICKSTART).stdout

    assert (
        run("solve", "-", "-q", input=shown).stdout
        == run("solve", QUICKSTART, "-q").stdout
    )


def test_show_fills_in_defaults_and_overrides() -> None:
    result = run("show", QUICKSTART, "--set", "sites.ohio.pue=1.3", "--json")
    scenario = one_document(result)["scenario"]

    assert scenario["sites"][0]["pue"] == 1.3
    assert scenario["sites"][0]["provisioning"] == 1.0
    assert scenario["expect"] == "optimal"


def test_sources_say_where_each_value_comes_from() -> None:
    result = run("show", QUICKSTART, "--sources", "--json", "--set", "integer=false")
    values = {value["path"]: value for value in one_document(result)["values"]}
    power = values["accelerators.b200.power.nameplate"]

    assert power["value"] == "1788 W"
    assert power["file"].endswith("hardware/b200.yaml")
    assert power["line"] > 0
    assert power["source"]["kind"] == "datasheet"
    assert values["sites.ohio.pue"]["source"]["key"] == "assumption"
    assert values["integer"]["file"] == "--set"


def test_sources_as_text_name_file_line_and_source() -> None:
    shown = run("show", QUICKSTART, "--sources").stdout

    assert "accelerators.b200.power.nameplate: 1788 W" in shown
    assert "dgx_b200 (datasheet, 2026-11)" in shown


def test_hardware_list_has_every_file() -> None:
    names = {path.stem for path in (ROOT / "hardware").glob("*.yaml")}
    listed = one_document(run("hardware", "list", "--json"))["accelerators"]
    text = run("hardware", "list").stdout

    assert {each["name"] for each in listed} == names
    assert all(name in text for name in names)
    assert "none" not in {kind for each in listed for kind in each["numbers"]}


def test_hardware_list_compares_price_and_power_of_peak() -> None:
    listed = one_document(run("hardware", "list", "--json"))["accelerators"]
    found = {each["name"]: each for each in listed}
    text = run("hardware", "list", env={"COLUMNS": "250"}).stdout
    rows = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    h100, old = found["h100"], found["mtia_v1"]

    # 34.5 + 4.2 kUSD and 1.275 kW for 0.989 PFLOP/s.
    assert h100["usd_per_pflop_s"] == pytest.approx(38_700 / 0.989)
    assert h100["pflop_s_per_kw"] == pytest.approx(0.989 / 1.275)
    assert "39,130" in rows["h100"]
    assert "0.776" in rows["h100"]
    # Has no bf16, so its fp16 counts.
    assert old["bf16_flop_s"] is None
    assert old["pflop_s_per_kw"] == pytest.approx(0.0512 / old["power_w"] * 1e3)


def test_hardware_show_has_every_value() -> None:
    values = one_document(run("hardware", "show", "b200", "--json"))["values"]
    found = {value["path"]: value for value in values}

    assert found["peak.bf16"]["value"] == "2250 TFLOP/s"
    assert found["peak.bf16"]["source"]["kind"] == "datasheet"
    assert "datasheet, 2026-11" in run("hardware", "show", "b200").stdout


def test_a_data_folder_comes_first(tmp_path: Path) -> None:
    (tmp_path / "hardware").mkdir()
    text = "name: mine\nvendor: me\npower: {nameplate: 1 kW}\n"
    (tmp_path / "hardware" / "mine.yaml").write_text(text, encoding="utf-8")

    assert "mine" in run("hardware", "list", "-q", "--data-dir", tmp_path).stdout


# ---------------------------------------------------------------- schema


SHIPPED = [
    ("scenario", "scenarios/*.yaml"),
    ("hardware", "hardware/*.yaml"),
    ("model", "scenarios/models/*.yaml"),
    ("run", "scenarios/runs/*.yaml"),
    ("case", "scenarios/cases/*.yaml"),
]


@pytest.mark.parametrize(("kind", "pattern"), SHIPPED)
def test_shipped_files_fit_their_schema(kind: str, pattern: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(run("schema", kind).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in ROOT.glob(pattern):
        root = parse_yaml(path.read_text(encoding="utf-8"), path.name, [])
        assert root is not None
        assert [e.message for e in validator.iter_errors(plain(root))] == [], path


@pytest.mark.parametrize("kind", [kind for kind, _ in SHIPPED])
def test_committed_schemas_are_what_schema_prints(kind: str) -> None:
    # Where not: planner schema KIND > planner/schemas/KIND.json
    committed = ROOT / "planner" / "schemas" / f"{kind}.json"

    assert committed.read_text(encoding="utf-8") == run("schema", kind).stdout


@pytest.mark.parametrize(("kind", "pattern"), SHIPPED)
def test_editors_find_the_schema_of_every_shipped_file(kind: str, pattern: str) -> None:
    for path in ROOT.glob(pattern):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        modeline, _, schema = first.partition("$schema=")

        assert modeline == "# yaml-language-server: ", path
        named = (path.parent / schema).resolve()
        assert named == ROOT.resolve() / "planner" / "schemas" / f"{kind}.json", path


@pytest.mark.parametrize(("kind", "pattern"), SHIPPED)
def test_check_jsonschema_accepts_every_shipped_file(kind: str, pattern: str) -> None:
    pytest.importorskip("check_jsonschema")
    schema = ROOT / "planner" / "schemas" / f"{kind}.json"
    files = map(str, sorted(ROOT.glob(pattern)))
    command = ["-m", "check_jsonschema", "--schemafile", str(schema), *files]
    done = subprocess.run(  # noqa: S603  # a program of the tests
        [sys.executable, *command], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_schema_refuses_what_the_program_refuses() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema_of("scenario"))
    root = parse_yaml(TEXT, "x", [])
    assert root is not None
    right = plain(root)
    for wrong in (
        {"unknown": 1},
        {"models": {}},
        {"objective": "profit"},
        {"accelerators": {"h100": {}}},
        {"sites": [{"name": "ohio", "pui": 1.1}]},
    ):
        assert not validator.is_valid({**right, **wrong}), wrong
    del right["workloads"]
    assert not validator.is_valid(right)


def test_plans_fit_their_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema_of("plan"))
    for path in (QUICKSTART, IMPOSSIBLE):
        document = one_document(run("solve", path, "--json"))
        assert [e.message for e in validator.iter_errors(document)] == []


# ---------------------------------------------------------------- solve


def test_solve_prints_what_a_planner_reads_first() -> None:
    shown = run("solve", QUICKSTART, env={"COLUMNS": "80"}).stdout
    for text in (
        "quickstart: optimal",
        "residual value",
        "H100-equivalents",
        "Accelerators by kind of work, 2026Q4",
        "Change from 2026Q1 to 2026Q4",
        "order by",
        "capex_budget",
        "Services",
        "Training runs",
        "carbon tCO2e",
        "Cannot be used",
        "audit: passed all",
        "solver: highs",
    ):
        assert text in shown


def test_no_number_is_cut_on_a_narrow_terminal() -> None:
    wide = run("solve", SCENARIOS / "meta_2026.yaml", env={"COLUMNS": "300"}).stdout
    narrow = run("solve", SCENARIOS / "meta_2026.yaml", env={"COLUMNS": "60"}).stdout

    assert "…" not in narrow.replace("[…]", "")
    numbers = {word for word in wide.split() if word[:1].isdigit() and "," in word}
    lasting = {word.strip(";,") for word in numbers if word.count(",") == 1}
    assert {word for word in lasting if word not in narrow} == set()


def test_quiet_is_one_line() -> None:
    result = run("solve", QUICKSTART, "-q")

    assert result.stdout.count("\n") == 1
    assert result.stdout.startswith("quickstart: optimal; profit ")
    assert result.stderr == ""


def test_json_is_one_document_and_the_file_the_same(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    result = run("solve", QUICKSTART, "--json", "-o", path)

    assert one_document(result)["status"] == "optimal"
    assert one_document(result) == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "said"),
    [("plan.txt", ".json"), ("plans/", "--format"), ("nowhere/plan.json", "not exist")],
)
def test_other_outputs_are_refused_before_solving(
    tmp_path: Path, name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner.cli.solve, "solve", raising(ZeroDivisionError()))
    result = run("solve", QUICKSTART, "-o", f"{tmp_path}/{name}")

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_run_that_is_spread_or_unfinished_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def spread(scenario: Scenario, **options: Any) -> Plan:
        row = RunRow(
            workload="llama_run",
            completed_fraction=0.43,
            first_period="2026Q2",
            last_period="2026Q3",
            sites=("ohio", "iowa"),
            accelerators=("b200", "h100"),
            accelerator_hours=1e6,
            tokens=1e13,
            energy_mwh=500.0,
            cost_usd=None,
            value_usd=17.2e6,
        )
        return replace(solve(scenario, **options), runs=(row,))

    monkeypatch.setattr(planner.cli.solve, "solve", spread)
    shown = run("solve", QUICKSTART).stdout

    assert "not finished (43.0 %)" in shown
    assert "still counts 17.2 MUSD" in shown
    assert "restrict it with 'sites: […]' and 'accelerators: {allowed: […]}'" in shown


def test_unserved_demand_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def dear(scenario: Scenario, **options: Any) -> Plan:
        plan = solve(scenario, **options)
        rows = [
            replace(row, served_fraction=0.5, shortfall_usd=1.2e-7)
            if row.workload == "ads"
            else row
            for row in plan.services
        ]
        return replace(plan, services=tuple(rows))

    monkeypatch.setattr(planner.cli.solve, "solve", dear)
    shown = run("solve", QUICKSTART).stdout

    assert "one more Msample is worth 0.12 USD less than its capacity takes" in shown
    assert "2026Q4: one more is worth just what its capacity takes" in shown


# ---------------------------------------------------------------- numbers


def test_numbers_are_read_the_same_everywhere() -> None:
    assert count(1234567.8) == "1,234,568"
    assert count(12.34) == "12.3"
    assert count(1000.0000001) == "1,000"
    assert change(-0.0) == "0"
    assert change(5.0) == "+5"
    assert digits(0.00012345) == "0.0001234"
    assert money(1.4e8) == "140 MUSD"
    assert money(999_999.99) == "1 MUSD"
    assert money(None) == "-"
    assert scaled(-2.5e9, "USD") == "-2.5 GUSD"


def test_shares_that_are_not_quite_whole_do_not_read_as_whole() -> None:
    assert percent(1.0) == "100 %"
    assert percent(0.99999) == ">99.9 %"
    assert percent(0.00001) == "<0.1 %"
    assert percent(0.0) == "0 %"
    assert percent(None) == "-"


def test_neighbouring_periods_are_joined() -> None:
    order = ["2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1"]

    assert runs_of(["2026Q2", "2026Q1", "2027Q1"], order) == "2026Q1 to 2026Q2, 2027Q1"
