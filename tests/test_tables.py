"""CSV files of a scenario: series over time, and the starting fleet."""

import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.api import solve
from planner.cli.app import app
from planner.errors import InputError
from planner.plan.plan import Plan
from planner.specs.scenario import Scenario
from tests.strategies import World

BASE = """\
name: case
horizon: {start: 2026Q1, periods: 4}
accelerators: [chip]
sites:
  - {name: here, power: 1 MW}
workloads:
  - name: chat
    kind: inference
    demand: DEMAND
    throughput: {chip: 10 request/s}
    value: 1 USD/request
fleet: FLEET
"""
"""The series is named in line 9, the fleet in line 12."""

YAML_DEMAND = "{2026Q1: 100 request/s, 2026Q3: 300 request/s}"
YAML_FLEET = (
    "[{site: here, accelerator: chip, count: 20, installed: 2024Q2}, "
    "{site: here, accelerator: chip, count: 7.5, installed: 2025}]"
)
CSV_DEMAND = "{csv: demand.csv, column: chat}"
DEMAND = "period,other,chat\n2026Q1,1,100 request/s\n2026Q3,2,300 request/s\n"
HEADER = "site,accelerator,count,installed\n"
FLEET = HEADER + "here,chip,12,2024Q2\nhere,chip,7.5,2025\nhere,chip,8,2024Q2\n"
REORDERED = b"""\
installed,note,site,count,accelerator
2024Q2,"a, b",here,20,chip
2025,,here,7.5,chip
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world in the current folder, so that messages show short paths."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLANNER_DATA", raising=False)
    return World(Path())


def loaded(
    world: World, demand: str = YAML_DEMAND, fleet: str = YAML_FLEET
) -> Scenario:
    return world.scenario(BASE.replace("DEMAND", demand).replace("FLEET", fleet))


def write(name: str, content: str | bytes) -> None:
    raw = content.encode() if isinstance(content, str) else content
    Path(name).write_bytes(raw)


def refused_fleet(world: World, content: str | bytes) -> list[str]:
    """Return the problems of a scenario whose fleet is this file."""
    write("fleet.csv", content)
    with pytest.raises(InputError) as error:
        loaded(world, fleet="fleet.csv")
    return str(error.value).split("\n")


def refused_series(
    world: World, content: str | bytes | None, demand: str = CSV_DEMAND
) -> list[str]:
    """Return the problems of a scenario whose demand is in this file."""
    if content is not None:
        write("demand.csv", content)
    with pytest.raises(InputError) as error:
        loaded(world, demand=demand)
    return str(error.value).split("\n")


def counts(scenario: Scenario) -> list[tuple[str, str, float, str]]:
    return [
        (entry.site, entry.accelerator, entry.count, entry.installed.label)
        for entry in scenario.spec.fleet
    ]


# ---------------------------------------------------------------- what is read


def as_decided(plan: Plan) -> list[object]:
    """Return what was decided: everything but what names the files."""
    return [plan.metrics, plan.runs, plan.services]


def test_a_plan_from_csv_is_that_of_the_same_yaml(world: World) -> None:
    write("demand.csv", DEMAND)
    write("fleet.csv", FLEET)
    from_csv = solve(loaded(world, CSV_DEMAND, "fleet.csv"))
    from_yaml = solve(loaded(world))

    assert as_decided(from_csv) == as_decided(from_yaml)


def test_equal_rows_are_added_up(world: World) -> None:
    write("fleet.csv", FLEET)

    assert counts(loaded(world, fleet="fleet.csv")) == [
        ("here", "chip", 20, "2024Q2"),
        ("here", "chip", 7.5, "2025"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        FLEET.encode("utf-8-sig"),
        FLEET.replace("\n", "\r\n").encode(),
        FLEET.replace("\n", "\r\n", 2).encode(),
        FLEET.replace("\n", "\n\n").encode(),
        FLEET.removesuffix("\n").encode(),
        FLEET.replace(",", " , ").encode(),
        FLEET.replace("here", '"here"').encode(),
        REORDERED,
    ],
    ids=[
        "byte order mark",
        "Windows line ends",
        "mixed line ends",
        "empty lines",
        "no last line end",
        "spaces",
        "quotes",
        "other order and columns",
    ],
)
def test_how_a_file_is_written_does_not_matter(world: World, content: bytes) -> None:
    write("fleet.csv", content)

    assert counts(loaded(world, fleet="fleet.csv")) == counts(loaded(world))


def test_files_are_part_of_the_scenario_with_their_hash(world: World) -> None:
    write("demand.csv", DEMAND)
    write("fleet.csv", b"\xef\xbb\xbf" + FLEET.encode())
    files = dict(loaded(world, CSV_DEMAND, "fleet.csv").files)

    for name in ("demand.csv", "fleet.csv"):
        assert files[name] == hashlib.sha256(Path(name).read_bytes()).hexdigest()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("here,chip,many,2025", "count 'many' is not a count; write e.g. 8000"),
        ("here,chip,-1,2025", "count '-1' is not a count; write e.g. 8000"),
        ("here,chip,nan,2025", "count 'nan' is not a count; write e.g. 8000"),
        ("here,chip,,2025", "count '' is not a count; write e.g. 8000"),
        ("heer,chip,1,2025", "'heer' is not one of this scenario's sites (did you"),
        ("heer,chip,1,2025", "(did you mean 'here'?)"),
        ("zzz,chip,1,2025", "is not one of this scenario's sites; known are here"),
        ("here,chop,1,2025", "'chop' is not one of this scenario's accelerators (did"),
        ("here,chop,1,2025", "(did you mean 'chip'?)"),
        ("here,chip,1,2025Q5", "installed: '2025Q5' is not a period"),
        ("here,chip,1", "has 3 values for 4 columns"),
        ("here,chip,1,2025,9", "has 5 values for 4 columns"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(world: World, row: str, said: str) -> None:
    (problem,) = refused_fleet(world, FLEET + row + "\n")

    assert problem.startswith("fleet.csv:5:1: ")
    assert said in problem


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_problems_of_all_rows_come_at_once(world: World, end: str) -> None:
    rows = ["here,chip,5,2025", "there,chip,x,2025", "here,chip", "here,chap,1,soon"]
    problems = refused_fleet(world, HEADER + end.join(rows) + end)
    places = [problem.split(":")[:2] for problem in problems]

    assert places == [["fleet.csv", str(line)] for line in (3, 3, 4, 5, 5)]


def test_problems_of_all_files_come_at_once(world: World) -> None:
    write("demand.csv", DEMAND.replace("300 request/s", "300 MW"))
    write("fleet.csv", FLEET + "heer,chip,1,2025\n")
    with pytest.raises(InputError) as error:
        loaded(world, CSV_DEMAND, "fleet.csv")

    places = [(problem.file, problem.line) for problem in error.value.problems]
    assert places == [("demand.csv", 3), ("fleet.csv", 5)]


def test_a_missing_column_names_those_that_are_there(world: World) -> None:
    place, problem = refused_fleet(world, FLEET.replace("count,", "number,"))
    assert place == "case.yaml:12:8: 'fleet.csv' cannot be used"
    assert problem == (
        "fleet.csv:1:1: has no column count; it has site, accelerator, number, "
        "installed; name the columns site, accelerator, count, installed in line 1"
    )

    place, problem = refused_series(world, DEMAND.replace("chat", "chats"))
    assert place.startswith("case.yaml:9:")
    assert problem.startswith(
        "demand.csv:1:1: has no column chat; it has period, other"
    )


def test_a_missing_file_is_named_where_it_is_asked_for(world: World) -> None:
    (problem,) = refused_series(world, None)
    assert problem.startswith("case.yaml:9:13: ")
    assert "'demand.csv' does not exist" in problem

    write("fleet.csv", FLEET)
    with pytest.raises(InputError, match=r"did you mean 'fleet\.csv'"):
        loaded(world, fleet="flet.csv")


def test_a_period_that_is_given_twice_is_refused(world: World) -> None:
    (problem,) = refused_series(world, DEMAND + "2026Q1,3,5 request/s\n")

    assert problem == "demand.csv:4:1: period '2026Q1' is given twice; keep one"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("100 request/s", "much", "'much'"),
        ("100 request/s", "100", "has no unit"),
        ("100 request/s", "100 MW", "'100 MW'"),
        ("2026Q1", "2026Q7", "2026Q7"),
        ("2026Q1", "", "''"),
    ],
)
def test_wrong_cells_of_a_series_are_named(
    world: World, old: str, new: str, said: str
) -> None:
    (problem,) = refused_series(world, DEMAND.replace(old, new))

    assert problem.startswith("demand.csv:2:1: ")
    assert said in problem


@pytest.mark.parametrize("demand", ["{csv: demand.csv}", "{csv: demand.csv, colum: x}"])
def test_a_series_needs_its_column(world: World, demand: str) -> None:
    (problem,) = refused_series(world, DEMAND, demand)

    assert problem.startswith("case.yaml:9:")
    assert problem.endswith("write {csv: demand.csv, column: name}")


@pytest.mark.parametrize("content", [b"\xff\xfe\n", b"a,b\0\n", b"", b'a,"b\n'])
def test_what_is_no_table_is_refused(world: World, content: bytes) -> None:
    assert refused_fleet(world, content)


def test_the_program_says_so_with_exit_code_2(world: World) -> None:
    write("demand.csv", DEMAND)
    loaded(world, CSV_DEMAND)
    write("demand.csv", DEMAND.replace("300 request/s", "lots"))
    arguments = ["validate", "case.yaml", "--data-dir", "."]
    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 2
    assert "demand.csv:3:1: " in result.stderr
    assert "Traceback" not in result.output
