"""What tests of leases share: scenarios in few words, and what they lease.

The accelerator ``chip`` is that of ``test_hand_cases``: 20 + 5 k$ for 5 years; a year
of it at 1 $ an hour is 8,760 $; a service of 10 request/s keeps one busy.
"""

import pytest

from planner.plan.plan import Plan

CLOUD = "sites: []\n"
"""A scenario without sites: leases are the only capacity."""


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def chat(demand: object, more: str = "") -> str:
    """Return a service that asks for so many request/s, 10 for each chip."""
    return (
        "objective: minimize_cost\nworkloads:\n  - name: chat\n    kind: inference\n"
        f"    demand: {demand}\n    throughput: {{chip: 10 request/s}}\n{more}"
    )


def offers(*texts: str) -> str:
    """Return offers of chips from the text of each."""
    lines = "".join(f"  - {{accelerator: chip, {text}}}\n" for text in texts)
    return f"leases:\n{lines}"


def leased(plan: Plan, offer: str) -> dict[str, float]:
    """Return what is leased of an offer, by period."""
    return {row.period: row.count for row in plan.leases if row.offer == offer}


def signed(plan: Plan, offer: str) -> dict[str, float]:
    """Return what is signed of an offer, by period."""
    rows = [row for row in plan.leases if row.offer == offer and row.signed]
    return {row.period: row.signed for row in rows}
