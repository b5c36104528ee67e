"""What else could give way in an infeasible scenario: budgets of a span, policies.

A share times what is served, bought or installed is no right side, so that no linear
program gives the least change of it: halving finds it, by solving again.
"""

from collections.abc import Callable, Iterator, Sequence

import yaml

from planner.documents import find, plain
from planner.economics.money import USD_PER_MUSD
from planner.explain.keys import AMOUNTS, step_at
from planner.explain.relief import Relief, rounded_down, rounded_up
from planner.formulation.build import Program
from planner.periods import Span
from planner.plan.findings import Fix, Standing
from planner.specs.policy import PolicyBase, Residency, Spare, VendorShare
from planner.specs.scenario import Scenario
from planner.specs.series import Step
from planner.units import magnitude

Resolve = Callable[[tuple[str, ...]], bool]
"""Whether the scenario has a plan with further ``--set`` arguments."""

POINT = 0.001
"""Least change of a share that is looked for."""
_WIDE = 10**6


def policy_reliefs(scenario: Scenario, program: Program) -> Iterator[Relief]:
    """Yield more running costs, more carbon, and smaller promises to a vendor."""
    for constraint in ("opex_budget", "carbon_budget"):
        yield from _running(scenario, program, constraint)
    for number, row in enumerate(program.rows):
        if row.constraint == "vendor_commitment":
            policy = scenario.policy(row.constraint, row.index[1])
            if policy is not None and policy.name is not None:
                yield _promise(program, number, policy.name)


def _running(scenario: Scenario, program: Program, constraint: str) -> Iterator[Relief]:
    """Yield more of a budget, one relief for each written step.

    A step stands for the spans that repeat it: what runs, runs on.
    """
    key, unit = AMOUNTS[constraint]
    series = getattr(scenario.spec.budgets, key)
    size = USD_PER_MUSD if unit == "USD" else 1.0
    found: dict[Step, list[tuple[int, float]]] = {}
    first: dict[Step, str] = {}
    for number, row in enumerate(program.rows):
        if row.constraint == constraint:
            step = step_at(series, Span.parse(row.index[0])) or series.steps[0]
            factor = program.row_factors[number] / size
            found.setdefault(step, []).append((number, factor))
            first.setdefault(step, row.index[0])
    for step, rows in found.items():
        label = step.span.label if step.span else first[step]
        yield Relief(
            constraint,
            "fleet",
            label,
            unit,
            tuple(rows),
            _raised(f"budgets.{key}", label, step, unit),
            float(len(rows)) if unit == "USD" else None,
            "emissions have no price",
        )


def _raised(
    path: str, label: str, step: Step, unit: str
) -> Callable[[float], tuple[str, ...]]:
    """Return what raises a step of a budget; a 0 without a span is written anew."""
    written = magnitude(step.value, unit)
    anew = () if step.span else (f"{path}=null",)
    return lambda more: (f"{path}.{label}={rounded_up(written + more)} {unit}", *anew)


def _promise(program: Program, number: int, name: str) -> Relief:
    """Return fewer promised deliveries."""
    row, scale = program.rows[number], program.c.scale
    promised, path = row.rhs * scale, f"policies.{name}.minimum"
    return Relief(
        "vendor_commitment",
        row.index[1],
        "",
        "accelerator",
        ((number, program.row_factors[number] / scale),),
        lambda less: (f"{path}={rounded_down(promised - less)}",),
        None,
        "a broken promise has no price",
        promised,
    )


def softened(scenario: Scenario, resolve: Resolve) -> Iterator[Fix]:
    """Yield the least change of each policy's share that makes a plan possible.

    Args:
        scenario: What has no plan.
        resolve: Solves it again with further ``--set`` arguments.
    """
    for policy in scenario.spec.policies:
        if isinstance(policy, Residency | VendorShare | Spare) and policy.name:
            yield from _softened(scenario, policy, resolve)


def _softened(
    scenario: Scenario, policy: PolicyBase, resolve: Resolve
) -> Iterator[Fix]:
    key, end = str(policy.gives), 1.0 if policy.kind == "vendor_share" else 0.0
    now = float(getattr(policy, key))

    def sets(share: float) -> tuple[str, ...]:
        return (f"policies.{policy.name}.{key}={100 * share:.9g} %",)

    if now == end or not resolve(sets(end)):
        return
    least, most = 0.0, abs(end - now)
    sign = 1.0 if end > now else -1.0
    while most - least > POINT:
        middle = (least + most) / 2
        if resolve(sets(now + sign * middle)):
            most = middle
        else:
            least = middle
    yield Fix(
        constraint=policy.kind,
        scope=scenario.policy_scopes[policy.label],
        period="",
        amount=most,
        unit="share",
        cost_usd=None,
        why="a policy has no price",
        set=sets(now + sign * most),
        verified=True,
    )


def grandfathered(
    scenario: Scenario, standing: Sequence[Standing], resolve: Resolve
) -> Iterator[Fix]:
    """Yield the policy that lets what stands stay, where that makes a plan possible.

    Args:
        scenario: What has no plan.
        standing: The limits that its starting fleet breaks alone.
        resolve: Solves it again with further ``--set`` arguments.
    """
    if not standing:
        return
    sets = (f"policies={_with_grandfather(scenario)}",)
    if resolve(sets):
        yield Fix(
            constraint=standing[0].constraint,
            scope=standing[0].scope,
            period="",
            amount=1.0,
            unit="policy",
            cost_usd=None,
            why="a policy has no price",
            set=sets,
            verified=True,
        )


def _with_grandfather(scenario: Scenario) -> str:
    """Return the scenario's policies and one more, as one line of YAML."""
    node = find(scenario.tree, ("policies",))
    stated = plain(node) if node is not None else None
    policies = [*(stated or []), {"kind": "grandfather"}]
    text: str = yaml.safe_dump(
        policies, default_flow_style=True, sort_keys=False, width=_WIDE
    )
    return text.strip()
