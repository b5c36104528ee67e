"""The sections of a report agree with the plan that they are made from."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from planner.api import solve
from planner.errors import UsageError
from planner.report.build import report_of
from planner.report.cells import sheet_of
from planner.report.charts import (
    Cells,
    Changes,
    Columns,
    Flows,
    Line,
    Rows,
    Stretches,
)
from planner.report.record import Cell, Report, Section
from planner.report.subject import Subject, subjects_of
from planner.specs.scenario import Scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"
Tiny = Callable[..., Scenario]
QUICKSTART = str(SCENARIOS / "quickstart.yaml")


def reported(*names: str) -> Report:
    return report_of(subjects_of([str(SCENARIOS / f"{name}.yaml") for name in names]))


def test_cards_are_the_metrics_and_their_changes_are_signed() -> None:
    subjects = subjects_of([QUICKSTART])
    (subject,) = subjects
    metrics = subject.plan.metrics
    assert metrics is not None
    cards = {card.name: card for card in report_of(subjects).cards}
    assert "cost_usd" not in cards
    assert cards["profit_usd"].text == "222.1 MUSD"
    for name, card in cards.items():
        assert card.value == getattr(metrics, name)
        assert (card.change, card.better) == ("", None)
    less = subjects_of([QUICKSTART], ["sites.ohio.power=15 MW"])
    report = report_of([*subjects, *less])
    changed = {card.name: card for card in report.cards}
    assert report.baseline == subject.label
    profit, power = changed["profit_usd"], changed["peak_power_mw"]
    assert profit.change.startswith("-")
    assert profit.better is False
    assert power.change.startswith("-2.1")
    assert power.better is True
    again = report_of([*subjects, *subjects]).cards
    assert {card.change for card in again} == {"no change"}
    assert {card.better for card in again} == {None}


def test_no_plan_has_no_cards_and_says_so() -> None:
    report = reported("impossible_deadline")
    assert report.cards == ()
    assert report.status == "infeasible, as the scenario expects"


def test_a_plan_of_a_file_is_the_plan_of_its_scenario(tmp_path: Path) -> None:
    (subject,) = subjects_of([QUICKSTART])
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(subject.plan.as_dict()), encoding="utf-8")
    (read,) = subjects_of([str(path)])
    assert read.scenario is None
    assert read.solved is None
    assert report_of([read]).cards == report_of([subject]).cards


def test_what_cannot_be_named_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="read once"):
        subjects_of(["-", "-"])
    with pytest.raises(UsageError, match="holds no inputs"):
        subjects_of([str(tmp_path / "plan.json")], ["gap=1 %"])


def test_every_table_of_a_plan_has_its_own_name_and_full_rows(shipped: str) -> None:
    report = reported(shipped)
    tables = [table for section in report.sections for table in section.tables]
    views = [view.name for section in report.sections for view in section.views]
    assert len({table.name for table in tables}) == len(tables)
    assert len(set(views)) == len(views)
    for table in tables:
        assert len({column.name for column in table.columns}) == len(table.columns)
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_a_waterfall_leads_from_one_total_to_the_other() -> None:
    before = subjects_of([QUICKSTART])
    after = subjects_of([QUICKSTART], ["sites.ohio.power=15 MW"])
    section = report_of([*before, *after]).sections[0]
    assert [view.name for view in section.views] == [
        "waterfall",
        "waterfall of capex",
        "waterfall of opex",
    ]
    ends = [each.plan.objective.value_usd for each in (*before, *after)]
    (changes,) = section.views[0].chart.series
    assert isinstance(changes, Changes)
    assert section.views[0].chart.y.unit == "MUSD"
    first, *steps, last = changes.amounts
    assert changes.totals == (True, *(False for _ in steps), True)
    assert [1e6 * first, 1e6 * last] == pytest.approx(ends, rel=1e-12)
    assert first + sum(steps) == pytest.approx(last, rel=1e-12)
    table = {table.name: table for table in section.tables}["waterfall"]
    *parts, total = table.rows
    for column in (1, 2, 3):
        added = sum(row[column] for row in parts)
        assert added == pytest.approx(total[column], rel=1e-12)


def test_plans_of_other_objectives_have_no_waterfall_of_them() -> None:
    cost = subjects_of([QUICKSTART], ["objective=minimize_cost"])
    section = report_of([*subjects_of([QUICKSTART]), *cost]).sections[0]
    assert "waterfall" not in {view.name for view in section.views}
    assert "(maximize_value and minimize_cost)" in section.text


def test_limits_that_bind_are_marked() -> None:
    (subject,) = subjects_of([QUICKSTART])
    sections = {each.name: each for each in report_of([subject]).sections}
    power, _, capex = sections["budgets"].views
    used, limit = power.chart.series
    assert isinstance(used, Columns)
    assert isinstance(limit, Line)
    rows = {r.period: r for r in subject.plan.budgets if r.name == "power_budget"}
    binding = [rows[x].used > 0.999999 * rows[x].limit for x in used.x]
    assert used.marked == binding
    assert any(binding)
    assert not all(binding)
    assert list(limit.y) == [rows[x].limit for x in used.x]
    assert "used up in 2026Q2;" in power.words
    assert capex.chart.series[0].y == pytest.approx([140.0])


def test_the_split_adds_up_to_the_allocation() -> None:
    (subject,) = subjects_of([str(SCENARIOS / "night_shift.yaml")])
    sections = {each.name: each for each in report_of([subject]).sections}
    tables = {table.name: table for table in sections["split"].tables}
    blocks = subject.block_shares
    assert len(blocks) > 1
    periods = len(subject.plan.costs)
    mean = sum(r.count * blocks[r.block] for r in subject.plan.allocation) / periods
    assert sum(row[2] for row in tables["split"].rows) == pytest.approx(mean)
    (cells,) = sections["split"].views[0].chart.series
    assert isinstance(cells, Cells)
    for accelerator, workload, count in tables["split"].rows:
        place = cells.y.index(accelerator), cells.x.index(workload)
        assert cells.values[place[0]][place[1]] == count
    (flows,) = sections["split"].views[2].chart.series
    assert isinstance(flows, Flows)
    into = sum(x for _, end, x in flows.links if flows.nodes[end] in cells.x)
    assert into == pytest.approx(mean)


def sections_of(subject: Subject) -> dict[str, Section]:
    return {section.name: section for section in report_of([subject]).sections}


def rows_of(section: Section, name: str) -> list[dict[str, Cell]]:
    (table,) = [table for table in section.tables if table.name == name]
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


@pytest.mark.parametrize(
    ("scenario", "section", "names"),
    [
        ("quickstart", "fleet", ["fleet"]),
        ("quickstart", "purchases", ["purchases"]),
        ("lease_or_own", "purchases", ["purchases", "leases"]),
        (
            "hyperion_build_out",
            "purchases",
            ["expansions", "transfers", "early_retirements", "residuals"],
        ),
        ("quickstart", "costs", ["costs", "accounts", "unit_costs"]),
        ("priorities", "tiers", ["tiers"]),
        ("priorities", "runs", ["runs"]),
        ("quickstart", "services", ["services"]),
        ("quickstart", "prices", ["prices"]),
    ],
)
def test_tables_hold_the_rows_of_the_plan(
    scenario: str, section: str, names: list[str]
) -> None:
    (subject,) = subjects_of([str(SCENARIOS / f"{scenario}.yaml")])
    found = sections_of(subject)[section]
    for name in names:
        kept = getattr(subject.plan, name)
        rows = rows_of(found, name)
        assert len(rows) == len(kept) > 0
        for row, plain in zip(rows, kept, strict=True):
            known = {x.name: getattr(plain, x.name) for x in fields(plain)}
            shared = row.keys() & known.keys()
            assert len(shared) > 2
            for key in shared - {"sites", "accelerators", "unique"}:
                assert row[key] == known[key]


def test_areas_and_columns_add_up_to_the_plan() -> None:
    (subject,) = subjects_of([str(SCENARIOS / "lease_or_own.yaml")])
    plan, found = subject.plan, sections_of(subject)
    fleet = found["fleet"].views[0].chart
    assert fleet.stacked
    assert [each.name for each in fleet.series] == ["h100", "h100, leased"]
    for place, row in enumerate(plan.costs):
        here = sum(r.installed for r in plan.fleet if r.period == row.period)
        here += sum(r.count for r in plan.leases if r.period == row.period)
        height = sum(each.y[place] for each in fleet.series)
        assert height == pytest.approx(here)
    cash = found["costs"].views[0].chart
    assert cash.y.unit == "MUSD"
    assert [x.name for x in cash.series] == ["capex", "energy", "maintenance", "leases"]
    spent = sum(row.capex_usd + row.opex_usd for row in plan.costs)
    assert sum(sum(x.y) for x in cash.series) == pytest.approx(spent / 1e6)
    bought = found["purchases"].views[0].chart.series
    assert sum(sum(x.y) for x in bought) == pytest.approx(
        sum(row.count for row in plan.purchases)
    )
    parts = rows_of(found["costs"], "objective")
    assert parts[-1] == {"part": "cost", "usd": plan.objective.value_usd}


def test_bars_of_prices_are_what_one_percent_more_gains() -> None:
    (subject,) = subjects_of([QUICKSTART])
    section = sections_of(subject)["prices"]
    (bars,) = section.views[0].chart.series
    assert isinstance(bars, Rows)
    keys = {row["path"]: row for row in rows_of(section, "worth")}
    assert section.views[0].chart.x.unit == "kUSD"
    assert list(bars.x) == sorted(bars.x, reverse=True)
    for path, gain, text in zip(bars.labels, bars.x, bars.texts, strict=True):
        assert keys[path]["of_a_hundredth"] == pytest.approx(1e3 * gain)
        assert text.partition(" per ")[0] in str(keys[path]["sentence"])
    assert bars.labels[0] == "budgets.power.2026Q1"
    assert bars.texts[0] == "2.25 MUSD per MW, from 12.2 MW to 13.75 MW"


def test_a_timeline_says_how_much_of_each_run_is_done() -> None:
    (subject,) = subjects_of([str(SCENARIOS / "priorities.yaml")])
    (run,) = subject.plan.runs
    section = sections_of(subject)["runs"]
    (stretches,) = section.views[0].chart.series
    assert isinstance(stretches, Stretches)
    assert list(stretches.labels) == [run.workload]
    first, last = stretches.first[0], stretches.last[0]
    assert first is not None
    assert last is not None
    assert stretches.x[first] == run.first_period
    assert stretches.x[last] == run.last_period
    assert stretches.done == [run.completed_fraction]
    assert stretches.texts[0].startswith("not finished (")
    assert stretches.texts[0] in section.views[0].words


def test_served_shares_are_of_a_period_with_all_its_hours() -> None:
    (subject,) = subjects_of([str(SCENARIOS / "priorities.yaml")])
    section = sections_of(subject)["services"]
    shares = subject.block_shares
    found = rows_of(section, "served")[0]
    rows = [
        row
        for row in subject.plan.services
        if (row.workload, row.period) == (found["workload"], found["period"])
    ]
    assert len(rows) > 1
    served = sum(row.served * shares[row.block] for row in rows)
    demand = sum(row.demand * shares[row.block] for row in rows)
    assert found["served_fraction"] == pytest.approx(served / demand)
    (line, *_) = section.views[0].chart.series
    assert line.y[0] == pytest.approx(100 * served / demand)


def test_what_users_call_things_passes_unchanged(tiny: Tiny, tiny_text: str) -> None:
    hostile = (
        "<script>alert(\"1\")</script> & 'quotes' \u202eright to left " + 9999 * "a"
    )
    text = tiny_text + f"title: {json.dumps(hostile)}\n"
    scenario = tiny(text=text)
    report = report_of([Subject(hostile, solve(scenario), scenario)] * 2)
    assert report.title == hostile
    assert report.baseline == hostile
    assert hostile in report.sections[0].text
    assert hostile in {x.label for x in report.sections[0].tables[0].columns}


def test_inputs_stand_with_their_places_and_sources(tiny: Tiny, tiny_text: str) -> None:
    text = tiny_text.replace(
        "electricity: 50 USD/MWh",
        "electricity: {value: 50 USD/MWh, source: grid, low: 40 USD/MWh, "
        "note: the contract of 2026}",
    )
    text += "sources:\n  grid: {title: Tariff, kind: datasheet, as_of: 2026-03}\n"
    scenario = tiny(text=text)
    section = sections_of(Subject("tiny", solve(scenario), scenario))["inputs"]
    rows = {row["path"]: row for row in rows_of(section, "inputs")}
    row = rows["sites.north.electricity"]
    assert str(row.pop("place")).endswith("scenario.yaml:7")
    assert row == {
        "path": "sites.north.electricity",
        "value": "50 USD/MWh",
        "source": "grid",
        "kind": "datasheet",
        "as_of": "2026-03",
        "money_of": "2026",
        "range": "40 USD/MWh to ?",
        "note": "the contract of 2026",
    }
    told = "38 numbers: 1 from a source, 0 are assumptions, 37 without a source."
    assert section.text == told
    sources = rows_of(section, "sources")
    assert [(x["key"], x["title"], x["values"]) for x in sources] == [
        ("grid", "Tariff", 1)
    ]


def test_the_file_of_a_plan_names_its_files() -> None:
    (subject,) = subjects_of([QUICKSTART])
    section = sections_of(Subject("plan.json", subject.plan))["inputs"]
    assert "holds no inputs" in section.text
    assert [table.name for table in section.tables] == ["files"]
    assert rows_of(section, "files") == [
        {"path": row.path, "sha256": row.sha256}
        for row in subject.plan.provenance.files
    ]


def test_why_there_is_no_plan_and_what_would_help() -> None:
    (subject,) = subjects_of([str(SCENARIOS / "impossible_deadline.yaml")])
    report = report_of([subject])
    section = report.sections[0]
    found = subject.plan.infeasibility
    assert found is not None
    assert section.name == "no_plan"
    assert "Cannot hold together: the power of ohio" in section.text
    conflict = rows_of(section, "conflict")
    assert [row["scope"] for row in conflict] == [x.scope for x in found.conflict]
    fixes = rows_of(section, "fixes")
    assert [row["cost_usd"] for row in fixes] == [fix.cost_usd for fix in found.fixes]
    assert fixes[1]["fix"] == "a minimum of llama_run lower by 59.7 %"
    assert fixes[1]["why"] == "a lower minimum has no price"
    assert fixes[1]["set"] == f"--set '{found.fixes[1].set[0]}'"


def test_a_solve_that_was_stopped_is_no_plan() -> None:
    (subject,) = subjects_of([QUICKSTART])
    scenario = subject.scenario
    assert scenario is not None
    stopped = Subject("quickstart", solve(scenario, time_limit=1e-9), scenario)
    report = report_of([stopped])
    assert report.cards == ()
    assert report.status.startswith("stopped at the time limit")
    assert report.sections[0].name == "no_plan"
    assert "not proven optimal" in report.sections[0].text


def test_proof_is_the_certificate_and_every_check() -> None:
    (subject,) = subjects_of([QUICKSTART])
    plan, section = subject.plan, sections_of(subject)["proof"]
    assert plan.audit is not None
    assert plan.certificate is not None
    checks = rows_of(section, "audit")
    assert [row["worst"] for row in checks] == [x.worst for x in plan.audit.checks]
    proof = rows_of(section, "certificate")
    assert [row["holds"] for row in proof] == ["yes"] * 5
    assert proof[0]["worst"] == plan.certificate.primal_residual
    rates = sections_of(subject)["rates"]
    assert len(rows_of(rates, "rates")) == len(plan.rates)
    assert len(rows_of(rates, "rejected")) == len(plan.rejected)


def test_an_accelerator_looks_the_same_in_every_chart() -> None:
    (subject,) = subjects_of([str(SCENARIOS / "hyperion_build_out.yaml")])
    found = sections_of(subject)
    looks: dict[str, set[int]] = defaultdict(set)
    for name in ("fleet", "purchases"):
        for view in found[name].views:
            for place, series in enumerate(view.chart.series):
                looks[series.name].add(view.chart.look(place))
    assert len(looks) > 2
    assert all(len(each) == 1 for each in looks.values())
    assert len({place for each in looks.values() for place in each}) == len(looks)


def test_inputs_that_differ_stand_beside_each_other(tiny: Tiny, tiny_text: str) -> None:
    text = tiny_text.replace(
        "electricity: 50 USD/MWh",
        "electricity: {value: 50 USD/MWh, confidential: true}",
    )
    before, after = (
        Subject("tiny", solve(scenario), scenario)
        for scenario in (
            tiny(text=text),
            tiny(
                "sites.north.electricity=60 USD/MWh",
                "budgets.power.2027=1.2 MW",
                text=text,
            ),
        )
    )
    section = report_of([before, after]).sections[0]
    rows = {row["path"]: row for row in rows_of(section, "changed_inputs")}
    row = rows.pop("budgets.power.2027")
    assert (row["before"], row["after"], row["place"]) == ("1.1 MW", "1.2 MW", "--set")
    row = rows.pop("sites.north.electricity")
    assert (row["before"], row["after"]) == ("…", "…")
    assert rows == {}
    of_file = report_of([Subject("plan.json", before.plan), after]).sections[0]
    assert "changed_inputs" not in {table.name for table in of_file.tables}


def test_a_year_is_no_count() -> None:
    section = {x.name: x for x in reported("quickstart").sections}["costs"]
    (accounts,) = (table for table in section.tables if table.name == "accounts")
    assert sheet_of(accounts).rows[0][0].text == "2026"


def test_several_plans_stand_side_by_side() -> None:
    plans = [
        subjects_of([QUICKSTART], [f"sites.ohio.power={mw} MW"])[0]
        for mw in (15, 16, 17)
    ]
    section = report_of(plans).sections[0]
    row = {row["metric"]: row for row in rows_of(section, "comparison")}["Peak power"]
    assert [row[f"plan_{n}"] for n in (1, 2, 3)] == pytest.approx([15, 16, 17])
    assert row["change"] == pytest.approx(2)
    assert row["change_fraction"] == pytest.approx(2 / 15)
