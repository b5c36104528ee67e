"""Rules that a plan must keep beside its limits (formats §4)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Tag

from planner.periods import Span
from planner.specs.fields import CHOICE, Count, Name, Ratio, Share, Spec
from planner.specs.series import Series


class PolicyBase(Spec):
    """What all policies share."""

    about: ClassVar[str | None] = None
    """Field that names what the policy is about; None: the whole fleet."""
    gives: ClassVar[str | None] = None
    """Field that holds the number of it; None: there is none."""
    kind: str
    """What the policy asks for."""

    name: Name | None = None
    """Key in paths and rows; absent: the kind and what it is about, and no path."""
    title: str | None = None
    """Name for people."""

    @property
    def subject(self) -> str | None:
        """Return the workload, vendor or accelerator that it is about, or None."""
        return None if self.about is None else str(getattr(self, self.about))

    @property
    def label(self) -> str:
        """Return its name, or one made of its kind and what it is about."""
        made = self.kind if self.subject is None else f"{self.kind}_{self.subject}"
        return self.name or made


class Residency(PolicyBase):
    """Serve a share of a service from the sites of a region."""

    about: ClassVar[str | None] = "workload"
    gives: ClassVar[str | None] = "minimum"
    kind: Literal["residency"]
    workload: str
    """Name of the service."""
    region: str
    """Region of the sites that count."""
    minimum: Share
    """Share of what is served that is served there."""


class VendorShare(PolicyBase):
    """Keep a vendor's share of the purchases, or of the power, below a maximum."""

    about: ClassVar[str | None] = "vendor"
    gives: ClassVar[str | None] = "maximum"
    kind: Literal["vendor_share"]
    vendor: str
    """Vendor of the accelerators that count."""
    maximum: Annotated[float, Ratio("80 %", 0.0, 1.0)]
    """Its largest share."""
    of: Literal["purchases", "power"] = "purchases"
    """Money spent in each span of the capex budget, or nameplate in each period."""


class VendorCommitment(PolicyBase):
    """Take at least so many accelerators from a vendor over the horizon."""

    about: ClassVar[str | None] = "vendor"
    gives: ClassVar[str | None] = "minimum"
    kind: Literal["vendor_commitment"]
    vendor: str
    """Vendor of the accelerators that count."""
    minimum: Count
    """Deliveries over the horizon, those already committed included."""


class Spare(PolicyBase):
    """Leave a share of an accelerator without work, for failures."""

    about: ClassVar[str | None] = "accelerator"
    gives: ClassVar[str | None] = "share"
    kind: Literal["spare"]
    accelerator: str
    """Name of the accelerator."""
    share: Annotated[float, Ratio("3 %", 0.0, 1.0)]
    """Share of those in working order that stays without work, at every site."""


class Grandfather(PolicyBase):
    """Let the starting fleet stand where its power exceeds a limit."""

    kind: Literal["grandfather"]


KINDS: Mapping[str, type[PolicyBase]] = {
    "residency": Residency,
    "vendor_share": VendorShare,
    "vendor_commitment": VendorCommitment,
    "spare": Spare,
    "grandfather": Grandfather,
}
"""The kinds of policies."""


def _tag(value: Any) -> str | None:
    if isinstance(value, PolicyBase):
        return f"<{type(value).__name__}>"
    kind = value.get("kind") if isinstance(value, dict) else None
    found = KINDS.get(str(kind))
    return None if found is None else f"<{found.__name__}>"


def _listed(value: Any) -> Any:
    """Return no policies for ``policies:`` without any."""
    return [] if value is None else value


Policy = Annotated[
    Annotated[Residency, Tag("<Residency>")]
    | Annotated[VendorShare, Tag("<VendorShare>")]
    | Annotated[VendorCommitment, Tag("<VendorCommitment>")]
    | Annotated[Spare, Tag("<Spare>")]
    | Annotated[Grandfather, Tag("<Grandfather>")],
    Discriminator(
        _tag,
        custom_error_type=CHOICE,
        custom_error_message="unknown kind",
        custom_error_context={
            "key": "kind",
            "expected": ", ".join(f"'{kind}'" for kind in KINDS),
        },
    ),
]
Policies = Annotated[tuple[Policy, ...], BeforeValidator(_listed)]


def scopes_of(policies: Sequence[PolicyBase]) -> dict[str, str]:
    """Return what the rows of each policy are about, by its label.

    That is its workload, vendor or accelerator; its own label where another policy
    of its kind is about the same, so that no two rows are one.
    """
    found: dict[str, str] = {}
    for policy in policies:
        alike = [p for p in policies if (p.kind, p.subject) == _about(policy)]
        alone = policy.subject is not None and len(alike) == 1
        found[policy.label] = str(policy.subject) if alone else policy.label
    return found


def _about(policy: PolicyBase) -> tuple[str, str | None]:
    return policy.kind, policy.subject


def purchase_spans(
    capex: Series | None, periods: Sequence[Span]
) -> list[tuple[str, tuple[int, ...]]]:
    """Return the spans over which a share of the purchases is taken.

    Args:
        capex: The capital budget, or None.
        periods: Of the horizon.

    Returns:
        Label and periods (counted from 0) of each span of the capital budget, and of
        each calendar year for periods that lie in none, in order of time.
    """
    spans = [span for span, _ in capex.amounts(periods)] if capex else []
    found: dict[str, list[int]] = {}
    for t, period in enumerate(periods):
        inside = (s for s in spans if s.first_month <= period.first_month < s.end_month)
        span = next(inside, None)
        label = str(period.year) if span is None else span.label
        found.setdefault(label, []).append(t)
    return [(label, tuple(times)) for label, times in found.items()]
