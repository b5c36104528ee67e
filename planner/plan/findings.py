"""What is found about a plan, or about why there is none: plain rows."""

from planner.records import dataclass


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What one more unit of a limit, demand or commitment is worth.

    Attributes:
        constraint: The row's one name.
        scope: Site, accelerator or workload that it is about, else ``fleet``.
        period: Period or span; empty for a whole run.
        value: Gain in the objective per unit more [present $]: 0 or more for
            limits, 0 or less for commitments.
        unit: Of ``value``, e.g. ``USD per MW``.
        valid_from: Limit from which the price holds; None: not known.
        valid_to: Limit up to which it holds; None: not known, or no end.
        unique: Whether it holds on both sides of the limit.
        stages: Under serve_by_priority the gain in every objective in turn, cost in
            present $ last; ``value`` is the first one that is not 0.
    """

    constraint: str
    scope: str
    period: str
    value: float
    unit: str
    valid_from: float | None
    valid_to: float | None
    unique: bool
    stages: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """How far the plan is from satisfying the conditions of an optimum.

    Attributes:
        primal_residual: Largest breach of a row or bound, relative.
        dual_residual: Largest price on a side that has no limit, relative.
        complementary_slackness: Largest price times the distance to its limit,
            both relative.
        relative_gap: Between the objective and its dual bound.
        unique: Whether no other plan is as good after the tie-break.
        verified: Whether all four are within ``tolerance``.
        tolerance: For each of them.
        exact: Whether they were computed in rational numbers.
        fixed: Whether the plan's whole numbers are taken as given: its distance from
            the best of all is the objective's gap.
    """

    primal_residual: float
    dual_residual: float
    complementary_slackness: float
    relative_gap: float
    unique: bool | None
    verified: bool
    tolerance: float
    exact: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """A limit or duty that cannot hold together with the others listed."""

    constraint: str
    scope: str
    period: str


@dataclass(frozen=True, slots=True)
class Fix:
    """One relief that makes a plan possible.

    Attributes:
        amount: The least that suffices, in ``unit``.
        cost_usd: Nominal price of the amount; None where nothing prices it.
        why: Why nothing prices it.
        set: What ``--set`` takes; all of them together solve.
        verified: Whether a new solve proved it.
    """

    constraint: str
    scope: str
    period: str
    amount: float
    unit: str
    cost_usd: float | None
    why: str
    set: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A limit that the starting fleet alone breaks, whatever is planned.

    Attributes:
        used: By what stands and is not past its lifetime, in ``unit``.
        limit: Of it.
        set: What ``--set`` takes to make room for it, in all its periods.
    """

    constraint: str
    scope: str
    period: str
    used: float
    limit: float
    unit: str
    set: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Infeasibility:
    """Why there is no plan, and what would make one possible.

    Attributes:
        conflict: Rows that cannot hold together; empty: not found.
        fixes: The cheapest first.
        standing: Limits that the starting fleet alone breaks.
        whole: Whether it is whole systems, replicas, runs and places alone that have
            no plan; in fractions there would be one.
    """

    conflict: tuple[Conflict, ...]
    fixes: tuple[Fix, ...]
    standing: tuple[Standing, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The worst distance outside a limit that the audit found.

    Attributes:
        worst: Largest breach; 0 or less: kept everywhere.
        tolerance: Breach that would have failed, at that place.
    """

    name: str
    worst: float
    tolerance: float
    unit: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What checking the plan against the specs found."""

    passed: bool
    checks: tuple[CheckRow, ...]
