"""What is wrong with a policy, seen beside the rest of the scenario."""

from typing import TYPE_CHECKING

from planner.specs.policy import (
    PolicyBase,
    Residency,
    Spare,
    VendorCommitment,
    VendorShare,
)
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun

if TYPE_CHECKING:
    from planner.specs.checks import Loc, Report


def check_policies(report: "Report") -> None:
    """Add every problem of every policy to the report."""
    seen: set[str] = set()
    for number, policy in enumerate(report.scenario.spec.policies):
        at: Loc = ("policies", number)
        _name(report, at, policy, seen)
        if isinstance(policy, Residency):
            _residency(report, at, policy)
        elif isinstance(policy, VendorShare | VendorCommitment):
            _vendor(report, at, policy)
        elif isinstance(policy, Spare):
            types = report.scenario.accelerators
            loc = (*at, "accelerator")
            report.known(loc, policy.accelerator, types, "accelerators")


def _name(report: "Report", at: "Loc", policy: PolicyBase, seen: set[str]) -> None:
    """Check that no two policies have one label."""
    if policy.label in seen:
        if policy.name is not None:
            message = f"{policy.name!r} is used twice; write another name"
            report.problem((*at, "name"), message)
        else:
            message = f"is the second policy {policy.label!r}"
            report.problem(at, message, "give it a name, e.g. 'name: second'")
    seen.add(policy.label)


def _residency(report: "Report", at: "Loc", policy: Residency) -> None:
    """Check the service, and that some place lies in the region."""
    scenario = report.scenario
    known = report.known(
        (*at, "workload"), policy.workload, scenario.workloads, "workloads"
    )
    report.known((*at, "region"), policy.region, regions(scenario), "regions")
    if known and isinstance(scenario.workloads[policy.workload], TrainingRun):
        message = f"{policy.workload} is a run; residency is for services"
        expected = "restrict a run with its own 'sites'"
        report.problem((*at, "workload"), message, expected)


def regions(scenario: Scenario) -> list[str]:
    """Return the regions of all places, in order of appearance."""
    found = (scenario.region_of(place) for place in scenario.places)
    return list(dict.fromkeys(region for region in found if region is not None))


def _vendor(
    report: "Report", at: "Loc", policy: VendorShare | VendorCommitment
) -> None:
    """Check the vendor, and that what is promised to it can be bought."""
    from planner.specs.checks import buyable  # noqa: PLC0415  # it imports this module

    types = report.scenario.accelerators.values()
    vendors = list(dict.fromkeys(each.vendor for each in types))
    if not report.known((*at, "vendor"), policy.vendor, vendors, "vendors"):
        return
    if not isinstance(policy, VendorCommitment) or policy.minimum == 0:
        return
    own = [each for each in types if each.vendor == policy.vendor]
    if not any(buyable(report.scenario, each) for each in own):
        message = f"nothing of {policy.vendor} can be bought here"
        expected = "let a site take some of it and keep it orderable"
        report.problem((*at, "minimum"), message, expected)
