"""Random scenarios in which the planner's features meet one another."""

from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.strategies import Amount, Data, Draft, drafts

MONEY = frozenset(
    {"money", "electricity", "per_request", "per_sample", "rent", "build", "moving"}
)
"""Kinds of amounts that hold $."""
GOALS = ("maximize_value", "minimize_cost", "serve_by_priority")


def mixed_drafts(*goals: str, whole: bool = False) -> st.SearchStrategy[Draft]:
    """Return random drafts with leases, expansions, policies and more at once.

    Each feature is in three of four drafts. On-demand leases without a limit keep
    most of them feasible; a policy or budget may still be too strict.

    Args:
        goals: Objectives to draw from; none: all.
        whole: Whether plans are of whole systems.
    """
    seeds = st.integers(0, 10**9)
    return st.builds(
        lambda draft, seed: mixed(draft, seed, goals or GOALS, whole=whole),
        drafts(),
        seeds,
    )


def mixed(draft: Draft, seed: int, goals: tuple[str, ...], *, whole: bool) -> Draft:
    """Return a draft with further features, drawn by a seed."""
    random = Random(seed)  # noqa: S311  # no secret
    goal = random.choice(goals)
    keys: Data = {
        "objective": goal,
        "sites": [
            _site(random, site, region)
            for site, region in zip(draft.scenario["sites"], ("us", "eu"), strict=False)
        ],
        "budgets": _budgets(random, draft.scenario["budgets"]),
        "workloads": _workloads(random, draft, goal, whole=whole),
        "leases": _leases(random),
        "policies": _policies(random),
    }
    if _drawn(random):
        keys["early_retirement"] = True
    if _drawn(random):
        cost = Amount(Decimal(random.randint(1, 900)), "moving")
        keys["transfers"] = {"cost": cost}
    memory = {"memory": {"capacity": "80 GB"}}
    hardware = {name: {**data, **memory} for name, data in draft.hardware.items()}
    hardware["card"]["vendor"] = "other"
    if whole:
        keys |= {"integer": True, "gap": "1 %"}
        hardware = {
            name: {**data, "system": {"accelerators": random.choice([1, 8])}}
            for name, data in hardware.items()
        }
    return Draft(draft.having(**keys).scenario, hardware)


def _drawn(random: Random) -> bool:
    return random.random() < 3 / 4


def _amount(random: Random, least: int, most: int, kind: str, over: int = 1) -> Amount:
    return Amount(Decimal(random.randint(least, most)) / over, kind)


def _site(random: Random, site: Data, region: str) -> Data:
    found = {**site, "region": region}
    if _drawn(random):
        found["expansion"] = {
            "limit": _amount(random, 5, 90, "power", 100),
            "cost": _amount(random, 20, 1500, "build", 100),
            "lead_time": _amount(random, 0, 2, "months"),
        }
    return found


def _budgets(random: Random, before: Data) -> Data:
    found = dict(before)
    if _drawn(random):
        found["carry_over"] = True
    if _drawn(random):
        found["opex"] = {2026: _amount(random, 500, 9000, "money")}
    if _drawn(random):
        found["carbon"] = {2026: _amount(random, 2000, 9000, "emissions")}
    return found


def _leases(random: Random) -> list[Data]:
    price = _amount(random, 1, 60, "rent", 100)
    open_offer = {
        "name": "hourly",
        "accelerator": "card",
        "region": "us",
        "price": price.times(Decimal(2)),
        "on_demand": True,
    }
    term = {
        "name": "cloud",
        "accelerator": "chip",
        "price": price,
        "term": _amount(random, 1, 3, "months"),
        "limit": 8 * random.randint(1, 20),
    }
    if _drawn(random):
        term |= {"committed": 8}
    if _drawn(random):
        term |= {"signed": {"2025Q4": 8}}
    return [open_offer, term] if _drawn(random) else [open_offer]


def _policies(random: Random) -> list[Data]:
    share = {
        kind: Amount(Decimal(random.randint(5, 95)) / 100, "share") for kind in "hvs"
    }
    every = [
        {
            "kind": "residency",
            "workload": "chat",
            "region": "us",
            "minimum": share["h"],
        },
        {
            "kind": "vendor_share",
            "vendor": "acme",
            "maximum": share["v"],
            "of": random.choice(["purchases", "power"]),
        },
        {
            "kind": "vendor_commitment",
            "vendor": "other",
            "minimum": random.choice([0, 1]),
        },
        {"kind": "spare", "accelerator": "chip", "share": share["s"]},
        {"kind": "grandfather"},
    ]
    return [policy for policy in every if random.random() < 1 / 2]


def _workloads(
    random: Random, draft: Draft, goal: str, *, whole: bool
) -> list[dict[str, Any]]:
    chat, feed, run = ({**w} for w in draft.scenario["workloads"])
    if _drawn(random):
        feed["copies"] = random.randint(1, 3)
        feed["model"] = {
            "name": "tables",
            "kind": "ranking",
            "compute": "1 GFLOP/sample",
            "tables": f"{random.randint(50, 900)} GB",
        }
    if "load_blocks" in draft.scenario:
        run["steady"] = random.choice([True, False])
    if goal == "minimize_cost":
        chat["minimum"] = _amount(random, 0, 80, "share", 100)
        feed["minimum"] = _amount(random, 0, 80, "share", 100)
        run["minimum"] = _amount(random, 0, 1, "share", 20)
    if goal == "serve_by_priority":
        for workload in (chat, feed, run):
            workload["priority"] = random.randint(1, 2)
            workload["weight"] = random.randint(1, 3)
    if whole:
        run["accelerators"] = {**run["accelerators"], "minimum": random.randint(2, 9)}
        run["single_site"] = random.choice([True, False])
        run["divisible"] = random.choice([True, False])
        feed["single_accelerator"] = random.choice([True, False])
        chat["single_site"] = random.choice([True, False])
        chat["replica"] = random.choice([1, 4])
    return [chat, feed, run]
