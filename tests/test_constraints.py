"""Every constraint's rows, as text, without a solver.

One small scenario makes each constraint show all its forms, or one of its own does
(``forms/<constraint>.yaml``). What it is made of, in
the units of the rows (a count is in tens of accelerators):

- three quarters of 2160, 2184 and 2208 h; blocks of 18 h and 6 h; south has no power
  in the first quarter and takes no ``old``;
- 20 + 300 + 200 ``old`` that have reached their two years in 2026Q1, Q2 and Q3, 100
  ``new`` that reach their six months in 2026Q2, as a delivery does in two quarters;
- ``new`` takes four months, so that until 2026Q3 only what is committed comes.
"""

import difflib
import math
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from planner.formulation.build import Program
from planner.formulation.constraints import CONSTRAINTS, Constraint
from planner.formulation.objective import net_cost
from planner.specs.scenario import Scenario

GOLDENS = Path(__file__).parent / "lp"
FORMS = Path(__file__).parent / "forms"
"""Scenarios of constraints that the one below does not show, by constraint."""

HARDWARE = {
    "old": """\
name: old
vendor: acme
memory: {capacity: 100 GB}
power: {nameplate: 4 kW, active: 3 kW, idle: 1 kW}
price: {system: 20 kUSD, maintenance: 8 %/year}
lifetime: 2 year
reliability: {availability: 90 %}
""",
    "new": """\
name: new
vendor: other
memory: {capacity: 200 GB, reserved: 20 GB}
power: {nameplate: 2 kW, active: 1500 W, idle: 500 W}
price: {system: {2026Q1: 30 kUSD, 2026Q3: 27 kUSD}, network: 3 kUSD}
lead_time: 4 month
lifetime: 6 month
""",
}

SCENARIO = """\
name: forms
currency_year: 2026
horizon: {start: 2026Q1, periods: 3}
load_blocks: {day: 18 h, night: 6 h}
objective: maximize_value
discount_rate: 8 %/year
accelerators: [old, new]
sites:
  - name: north
    pue: 1.25
    power: {2026Q1: 3 MW, 2026Q3: 4 MW}
    provisioning: 80 %
    electricity: 50 USD/MWh
    carbon: 0.4 kg/kWh
  - name: south
    pue: 1.5
    power: {2026Q2: 2 MW}
    electricity: {2026Q1: 40 USD/MWh, 2026Q3: 60 USD/MWh}
    carbon: 0.2 kg/kWh
    accelerators: [new]
fleet:
  - {site: north, accelerator: old, count: 20, installed: 2023}
  - {site: north, accelerator: old, count: 300, installed: 2024Q2}
  - {site: north, accelerator: old, count: 200, installed: 2024Q3}
  - {site: south, accelerator: new, count: 100, installed: 2025Q4}
budgets:
  capex: {2026Q1: 5 MUSD, 2026Q3: 7 MUSD}
  power: {2026Q1: 5 MW, 2026Q3: 5.5 MW}
supply:
  old: {2026Q1: 50, 2026Q3: {committed: 30}}
  new: {2026: {limit: 500, committed: 200}}
workloads:
  - name: pretraining
    kind: training
    tokens: 10 Ttoken
    deadline: 2026Q2
    throughput: {old: 1000 token/s, new: 3000 token/s}
    accelerators: {maximum: {old: 100, new: 50}}
    value: [{up_to: 60 %, value: 5 MUSD}, {up_to: 100 %, value: 3 MUSD}]
    minimum: 25 %
  - name: tuning
    kind: training
    tokens: 1 Ttoken
    start: 2026Q3
    throughput: {old: 1000 token/s, new: 3000 token/s}
    accelerators: {allowed: [new, old], maximum: 80}
    sites: [south]
    value: 1 MUSD
  - name: chat
    kind: inference
    demand: {2026Q2: 100 request/s, growth: 10 %/quarter}
    throughput: {old: 2 request/s, new: 5 request/s}
    profile: {day: 1.2, night: 0.4}
    peak_to_average: 1.25
    headroom: 20 %
    value:
      - {up_to: 60 %, value: 0.01 USD/request}
      - {up_to: 90 %, value: 0.005 USD/request}
    minimum: 50 %
  - name: ranking
    kind: recommendation
    model: {name: tables, kind: ranking, compute: 1 GFLOP/sample, tables: 250 GB}
    demand: {of: chat, candidates: 50 sample/request}
    throughput: {old: 80 sample/s, new: 200 sample/s}
    copies: 4
    value: 20 USD/Msample
"""

Tiny = Callable[..., Scenario]


@pytest.fixture
def forms(tiny: Tiny, program: Callable[[Scenario], Program]) -> Program:
    return program(tiny(text=SCENARIO, hardware=HARDWARE))


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda f: f.__name__)
def test_rows_are_those_of_the_golden(
    constraint: Constraint,
    tiny: Tiny,
    program: Callable[[Scenario], Program],
    *,
    update_golden: bool,
) -> None:
    own = FORMS / f"{constraint.__name__}.yaml"
    text = own.read_text(encoding="utf-8") if own.exists() else SCENARIO
    made = program(tiny(text=text, hardware=HARDWARE))
    lines = [
        row_text(made, number)
        for number, head in enumerate(made.rows)
        if head.constraint == constraint.__name__
    ]
    compare(constraint.__name__, lines, update=update_golden)


def test_costs_and_bounds_of_columns_are_those_of_the_golden(
    forms: Program, *, update_golden: bool
) -> None:
    columns, musd = net_cost(forms.c, forms.v)
    costs = dict(zip(columns.tolist(), musd.tolist(), strict=True))
    bounds = zip(forms.arrays.lower, forms.arrays.upper, strict=True)
    lines = [
        f"{number(low)} <= {forms.column_names[column]}"
        + ("" if math.isinf(high) else f" <= {number(high)}")
        + f": {number(costs.get(column, 0.0))}"
        for column, (low, high) in enumerate(bounds)
    ]
    compare("objective", lines, update=update_golden)


def test_every_golden_belongs_to_a_constraint() -> None:
    names = {constraint.__name__ for constraint in CONSTRAINTS} | {"objective"}
    assert {path.stem for path in GOLDENS.iterdir()} == names


def test_a_golden_that_differs_shows_both_and_the_remedy(tmp_path: Path) -> None:
    golden = tmp_path / "site_power.txt"
    golden.write_text("site_power__north: 1 x <= 2\n", encoding="utf-8")
    with pytest.raises(pytest.fail.Exception) as caught:
        compare("site_power", ["site_power__north: 1 x <= 3"], folder=tmp_path)
    text = str(caught.value)
    assert "-site_power__north: 1 x <= 2\n+site_power__north: 1 x <= 3" in text
    assert "pytest --update-golden" in text


def test_a_golden_that_is_missing_fails(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="pytest --update-golden"):
        compare("site_power", ["site_power__north: 1 x <= 3"], folder=tmp_path)


def test_problem_holds_every_row_under_its_own_name(forms: Program) -> None:
    names = [row.name for row in forms.rows]
    assert [row.name for row in forms.problem.constraints()] == names
    assert len(set(names)) == len(names)


def test_scaling_a_row_is_by_a_power_of_two(forms: Program) -> None:
    for factor in forms.row_factors:
        assert factor.hex().startswith("0x1.0000000000000p")


NORTH = {("north", 0), ("north", 1), ("north", 2)}
SOUTH = {("south", 0), ("south", 1), ("south", 2)}
FROM_SECOND = {("north", 1), ("south", 1), ("north", 2), ("south", 2)}
FROM_THIRD = {("north", 2), ("south", 2)}


@pytest.mark.parametrize(
    ("hardware", "override", "delivered"),
    [
        ("", "", NORTH | SOUTH),
        ("available: 2026-04", "", FROM_SECOND),
        ("available: 2026-05", "", FROM_THIRD),
        ("orderable: false", "", set()),
        ("requires: [water]", "sites.south.provides=[water]", SOUTH),
        ("", "sites.south.accelerators=[old]", NORTH),
        ("", "supply.new=0", set()),
        ("", "supply.new={2026: 0}", set()),
        ("", "supply.new={2026Q2: 9}", FROM_SECOND),
        ("", "supply.new={2026Q1: 9, 2026Q2: 0}", {("north", 0), ("south", 0)}),
        ("", "supply.new={2026Q1: 0, 2026Q3: 9}", FROM_THIRD),
        ("lead_time: 3 month", "", FROM_SECOND),
        ("lead_time: 4 month", "", FROM_THIRD),
        ("lead_time: 9 month", "", set()),
        (
            "lead_time: 9 month",
            "supply.new={2026Q2: {limit: 9, committed: 5}}",
            {("north", 1), ("south", 1)},
        ),
    ],
)
def test_deliveries_exist_only_where_they_can_be_non_zero(
    tiny: Tiny,
    program: Callable[[Scenario], Program],
    hardware: str,
    override: str,
    delivered: set[tuple[str, int]],
) -> None:
    new = HARDWARE["new"].replace("lead_time: 4 month\n", "") + hardware
    scenario = tiny(
        "fleet=[]",
        "supply={}",
        *([override] if override else []),
        text=SCENARIO,
        hardware={"old": HARDWARE["old"], "new": new},
    )
    added = program(scenario).v.added.columns
    assert {(s, t) for a, s, t in added if a == "new"} == delivered


def row_text(made: Program, row: int) -> str:
    """Return ``name: 1.25 column + … <= 15``, terms in order of their columns."""
    names, head = made.column_names, made.rows[row]
    terms = [(names[column], size) for column, size in made.pairs(row)]
    return f"{head.name}: {sum_text(terms)} {head.sense} {number(head.rhs)}"


def sum_text(terms: list[tuple[str, float]]) -> str:
    text = " ".join(
        f"{'-' if coefficient < 0 else '+'} {number(abs(coefficient))} {name}"
        for name, coefficient in sorted(terms)
    )
    return text.removeprefix("+ ") or "0"


def number(value: float) -> str:
    return f"{value + 0.0:.9g}"


def compare(
    name: str, lines: Iterable[str], *, update: bool = False, folder: Path = GOLDENS
) -> None:
    """Compare lines with a golden, or write it.

    Raises:
        pytest.fail.Exception: They differ, or there is no golden.
    """
    path = folder / f"{name}.txt"
    new = "".join(f"{line}\n" for line in lines)
    if update:
        path.write_text(new, encoding="utf-8")
        return
    remedy = "if the new rows are right: pytest --update-golden"
    if not path.is_file():
        pytest.fail(f"{path} does not exist; {remedy}\n{new}", pytrace=False)
    old = path.read_text(encoding="utf-8")
    if new == old:
        return
    diff = "\n".join(
        difflib.unified_diff(
            old.splitlines(), new.splitlines(), path.name, "now", lineterm="", n=0
        )
    )
    pytest.fail(f"the rows of {name} changed; {remedy}\n{diff}", pytrace=False)
