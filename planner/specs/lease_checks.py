"""What is wrong with an offer of leases, seen beside the rest of the scenario."""

from typing import TYPE_CHECKING

from planner.specs.lease import Lease

if TYPE_CHECKING:
    from planner.specs.checks import Loc, Report


def check_leases(report: "Report") -> None:
    """Add every problem of every offer to the report."""
    scenario = report.scenario
    for number, offer in enumerate(scenario.spec.leases):
        at: Loc = ("leases", number)
        types = scenario.accelerators
        loc = (*at, "accelerator")
        if report.known(loc, offer.accelerator, types, "accelerators"):
            _price(report, at, offer)
            _available(report, at, offer)
        _signed(report, at, offer)


def _price(report: "Report", at: "Loc", offer: Lease) -> None:
    """Check that every period has a price above 0."""
    if offer.price is not None:
        report.covered((*at, "price"), offer.price)
        return
    name = offer.accelerator
    rental = report.scenario.accelerators[name].price.rental
    if rental is None:
        message = f"has no price, and {name} has no price.rental"
        report.problem(at, message, "write e.g. 'price: 2.5 USD/hour'")
    elif rental.magnitude == 0:
        loc = ("accelerators", name, "price", "rental")
        expected = "write e.g. 'rental: 2.5 USD/hour'"
        report.problem(
            loc, f"must be above 0 to be the price of {offer.name}", expected
        )


def _available(report: "Report", at: "Loc", offer: Lease) -> None:
    """Check that what is committed can be had from the first period on."""
    start = report.scenario.periods[0]
    first = report.scenario.accelerators[offer.accelerator].available
    if not offer.committed or first is None or first.first_month <= start.first_month:
        return
    message = f"{offer.accelerator} is available from {first.label} on"
    expected = f"commit to none from {start.label} on, or begin later"
    report.problem((*at, "committed"), message, expected)


def _signed(report: "Report", at: "Loc", offer: Lease) -> None:
    """Check what was signed before the horizon."""
    start = report.scenario.periods[0]
    running = 0.0
    for span, count in offer.signed.items():
        loc = (*at, "signed", span.label)
        if span.first_month >= start.first_month:
            message = f"{span.label} is not before the start {start.label}"
            expected = "remove it: the plan itself signs from the start on"
            report.problem(loc, message, expected)
            continue
        age = start.first_month - span.first_month
        if age >= (offer.term_months or start.months):
            report.warn(loc, f"the term of {count:g} {offer.accelerator} is over")
        else:
            running += count
    if offer.limit is not None and running > offer.limit:
        message = f"{running:g} that still run are more than the limit of"
        report.problem((*at, "signed"), f"{message} {offer.limit:g}", "raise the limit")
