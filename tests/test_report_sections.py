"""The sections of a report agree with the plan that they are made from."""

import json
from pathlib import Path

import pytest

from planner.errors import UsageError
from planner.report.build import report_of
from planner.report.record import Report
from planner.report.subject import subjects_of

SCENARIOS = Path(__file__).parents[1] / "scenarios"
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
